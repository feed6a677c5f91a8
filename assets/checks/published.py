"""Whether what was published of a month comes out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import dagster as dg
import polars as pl

from assets.checks.check import Check, Evidence, Verdict
from deliveries.finding import made_up
from rules.reconciliation import AGREEING, Outcome, describe, of_month, reconcile
from schemas.payouts import PayoutLines, Reserves
from schemas.table import Table


def _agrees_with_published(evidence: Evidence) -> Mapping[date, Verdict]:
    scheme, table = evidence.step.scheme, evidence.step.table
    is_made_up = bool(made_up(evidence.root, scheme.datasets))
    nothing: dict[type[Table], pl.DataFrame] = {
        each: each.without_rows() for each in (PayoutLines, Reserves)
    }
    found = {}
    for month, rows in evidence.rows.items():
        outcomes = [
            each
            for each in reconcile(
                of_month(scheme, month), {**nothing, table: rows}, made_up=is_made_up
            )
            if each.computed is not None
        ]
        if outcomes:
            found[month] = _verdict(outcomes)
    return found


def _verdict(outcomes: Sequence[Outcome]) -> Verdict:
    counted = Counter(outcome.verdict for outcome in outcomes)
    words = ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counted.items())
    metadata = {name: dg.MetadataValue.int(count) for name, count in counted.items()} | {
        "not_agreeing": dg.MetadataValue.md(
            "\n".join(f"- {describe(each)}" for each in outcomes if each.verdict != "agrees")
            or "none"
        )
    }
    return Verdict(set(counted) <= AGREEING, words, metadata)


AGREES_WITH_PUBLISHED = Check(
    "agrees_with_published",
    "Published figures of the month come out to the krona, but for differences that are known.",
    False,
    _agrees_with_published,
)
