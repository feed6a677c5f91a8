"""The two ways to earn a month's reserve: improvement on last year, and attainment."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from explanation.context import Context, named, versions
from explanation.levels import rounding_of, span_of
from explanation.nodes import Node, Note, Rounding, changing
from explanation.values import Change, Month, Name, Number, Value, count, percent, points
from explanation.waiting_counts import Counted, Counts, completed_leaf, waiting_leaf
from rules.requirements.waiting_times import WaitingTime

PER_CENT = 100


def improvement(context: Context, rule: WaitingTime, counts: Counts, level: int) -> Node:
    """Alternative 1: the share completed within 30 days against last year's; its level in per cent."""
    now, base = counts.now, counts.base
    name = named("improvement", now.month, now.measure)
    unknown = Node(
        "improvement.no_base",
        name,
        percent(0),
        {"month": Month(now.month), "month_base": Month(base.month)},
        rules=versions(now.month, [rule.improvement]),
        readings=["no_base"],
        children=[completed_leaf(context, now), completed_leaf(context, base)],
    )
    if now.share is None or base.share is None:
        return unknown
    bands = rule.improvement.at(now.month)
    reading = context.scheme.reading("band_gaps")
    compared, roundings = _compared(now.share, base.share, bands.decimals, reading)
    short = Fraction(bands.bands[0].lower) - compared
    below = Number(short, "points", bands.decimals)
    return replace(
        unknown,
        key="improvement.below" if short > 0 else "improvement.level",
        amount=percent(level),
        values={
            **unknown.values,
            "share": now.told,
            "share_base": base.told,
            "difference": Change(points(compared, bands.decimals)),
            "span": span_of(level, compared, bands),
        },
        roundings=roundings,
        notes=[Note("short.improvement", {"short": below})] if short > 0 else [],
        readings=["band_gaps", *_chosen(context)],
    )


def attainment(context: Context, rule: WaitingTime, counts: Counts, level: int) -> Node:
    """Alternative 2: both shares against their thresholds, exactly; its level in per cent."""
    now, waiting = counts.now, counts.waiting
    name = named("attainment", now.month, now.measure)
    threshold = rule.attainment.at(now.month)
    unknown = Node(
        "attainment.no_waiting",
        name,
        percent(0),
        {"month": Month(now.month)},
        rules=versions(now.month, [rule.attainment]),
        readings=["month_not_reported"],
        children=[completed_leaf(context, now), waiting_leaf(context, waiting)],
    )
    if now.share is None or not waiting.is_known:
        return unknown
    completed_reached = now.share >= Fraction(threshold.completed_share_pct)
    nobody = waiting.share is None
    waiting_reached = (
        context.scheme.reading("nobody_waiting") == "met"
        if waiting.share is None
        else waiting.share >= Fraction(threshold.waiting_share_pct)
    )
    values: dict[str, Value] = {
        "completed_share": now.told,
        "completed_needed": percent(threshold.completed_share_pct),
        "completed_verdict": _verdict(reached=completed_reached),
        "waiting_share": waiting.told,
        "waiting_needed": percent(threshold.waiting_share_pct),
        "waiting_verdict": _verdict(reached=waiting_reached),
    }
    notes = []
    if not completed_reached:
        notes.append(_short("completed", now, threshold.completed_share_pct))
    if not (waiting_reached or nobody):
        notes.append(_short("waiting", waiting, threshold.waiting_share_pct))
    return replace(
        unknown,
        key="attainment.nobody_waiting" if nobody else "attainment.shares",
        amount=percent(level),
        values=values,
        notes=notes,
        readings=[*["nobody_waiting"] * nobody, *_chosen(context)],
    )


def _compared(
    now: Fraction, base: Fraction, decimals: int, reading: str
) -> tuple[Fraction, list[Rounding]]:
    """The difference that is held against the bands, and the roundings on the way."""
    if reading == "exact":
        return now - base, []
    if reading == "shares_rounded":
        steps = [rounding_of(percent(share), decimals) for share in (now, base)]
        return steps[0].after.value - steps[1].after.value, changing(*steps)
    step = rounding_of(points(now - base), decimals)
    return step.after.value, changing(step)


def _short(side: str, counted: Counted, needed: Decimal) -> Note:
    """How many more within 30 days would have reached the share."""
    whole, within = counted.whole or 0, counted.within or 0
    short = ceil(Fraction(needed) * whole / PER_CENT) - within
    return Note(f"short.{side}", {"whole": count(whole), "short": count(short)})


def _verdict(*, reached: bool) -> Name:
    return Name("verdict.reached" if reached else "verdict.not_reached")


def _chosen(context: Context) -> list[str]:
    """The reading of waits that the patient chose, where it is not the usual one."""
    return ["patient_chosen"] if context.scheme.reading("patient_chosen") == "excluded" else []
