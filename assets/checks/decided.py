"""Whether a decided payout is still what the rules give; a warning, since it stands anyhow."""

from datetime import date

import dagster as dg
import polars as pl

from assets.checks.check import Check, Evidence, Verdict, each_month
from assets.presentation import records_table
from ledger.provenance import causes
from schemas.amounts import grouped
from schemas.decisions import Decided
from schemas.months import month_key
from schemas.regions import code_and_name

AMOUNTS = ("decided_sek", "recomputed_sek", "settled_sek", "difference_sek")


def _stands_as_decided(evidence: Evidence, month: date, rows: pl.DataFrame) -> Verdict | None:
    if rows.is_empty():
        return None
    differing = rows.filter(pl.col("difference_sek") != 0)
    if differing.is_empty():
        return Verdict(True, f"{month_key(month)} comes out as it was decided, or is settled")
    decided = evidence.inputs[Decided].filter(pl.col("month") == month)
    why = causes(evidence.ledger, decided["computation"][0], evidence.records[month].number)
    total = int(differing["difference_sek"].sum())
    regions = differing["region_code"].n_unique()
    return Verdict(
        False,
        f"{month_key(month)} was decided and stands. Today {regions} regions would be paid "
        f"otherwise, {grouped(total)} kr in sum. Cause: {'; '.join(why)}",
        {
            "differences": records_table(
                {
                    "region": code_and_name(row["region_code"]),
                    "component": row["component"],
                    **{name: grouped(row[name]) for name in AMOUNTS},
                }
                for row in differing.iter_rows(named=True)
            ),
            "causes": dg.MetadataValue.md("\n".join(f"- {cause}" for cause in why)),
            "difference_sek_total": total,
        },
    )


STANDS_AS_DECIDED = Check(
    "stands_as_decided",
    "A decided payout is what today's deliveries, parameters and code give. Where it is not, it "
    "stands as decided, and the difference is shown.",
    False,
    each_month(_stands_as_decided),
)
