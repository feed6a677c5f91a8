"""Whether what was published of a month comes out."""

from collections import Counter
from datetime import date

import dagster as dg
import polars as pl

from assets.checks.check import Check, Evidence, Verdict, each_month
from deliveries.finding import made_up
from rules.reconciliation import AGREEING, describe, of_month, reconcile
from rules.step import Inputs
from schemas.payouts import PayoutLines, Reserves


def _agrees_with_published(evidence: Evidence, month: date, rows: pl.DataFrame) -> Verdict | None:
    scheme = evidence.step.scheme
    nothing: Inputs = {each: each.without_rows() for each in (PayoutLines, Reserves)}
    compared = reconcile(
        of_month(scheme, month),
        {**nothing, evidence.step.table: rows},
        made_up=bool(made_up(evidence.root, scheme.datasets)),
    )
    outcomes = [each for each in compared if each.computed is not None]
    if not outcomes:
        return None
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
    each_month(_agrees_with_published),
)
