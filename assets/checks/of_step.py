"""Which checks a step has: those that Dagster shows, and those that are only asserted."""

from assets.checks.check import Check
from assets.checks.decided import STANDS_AS_DECIDED
from assets.checks.money import (
    BONUSES_EMPTY_THE_POTS,
    POTS_CONSERVE_MONEY,
    every_region_once,
)
from assets.checks.next_levels import THE_LEAST_THAT_RAISES
from assets.checks.published import AGREES_WITH_PUBLISHED
from assets.checks.reproduction import AS_RECORDED_BEFORE
from assets.checks.second_opinion import second_opinion
from rules.step import Step
from schemas.decisions import Differences
from schemas.keys import OfRegion, OfScheme
from schemas.payouts import BonusPots, PayoutLines, Payouts, Reserves
from schemas.performance import NextLevels


def checks_of(step: Step) -> list[Check]:
    """The checks of a step that Dagster shows, each an event for every month.

    On the tables between, the second opinion and that every region is there are asserted without an
    event: a run over many months would be mostly events.
    """
    shown = [*_own(step), AS_RECORDED_BEFORE]
    opinion = second_opinion(step)
    if opinion and _shows_its_opinion(step):
        shown.insert(0, opinion)
    return [*_regions(step), *shown] if step.table is Payouts else shown


def assertions_of(step: Step) -> list[Check]:
    """What must hold before a step's rows are recorded: its blocking checks, and the second opinion."""
    opinion = second_opinion(step)
    own = [*_regions(step), *(each for each in _own(step) if each.blocking)]
    return [*own, opinion] if opinion else own


def _regions(step: Step) -> list[Check]:
    """Whether every region is there, where the table has a row for each."""
    if issubclass(step.table, OfRegion) and step.table not in {Differences, NextLevels}:
        return [every_region_once(step)]
    return []


def _own(step: Step) -> list[Check]:
    """The checks that hang on the table."""
    checks = []
    if step.table is NextLevels:
        checks.append(THE_LEAST_THAT_RAISES)
    if step.table is BonusPots:
        checks.append(POTS_CONSERVE_MONEY)
    if step.table is PayoutLines and step.scheme.bonus_pots:
        checks.append(BONUSES_EMPTY_THE_POTS)
    if step.table in {PayoutLines, Reserves}:
        checks.append(AGREES_WITH_PUBLISHED)
    if step.table is Differences:
        checks.append(STANDS_AS_DECIDED)
    return checks


def _shows_its_opinion(step: Step) -> bool:
    """Once a month and requirement, and once a payout: where counts earn kronor, and in the end."""
    earns = any(name.startswith("earned") for name in step.table.polars_schema())
    counts = any(not issubclass(need.table, OfScheme) for need in step.needs)
    return step.table is PayoutLines or (earns and counts)
