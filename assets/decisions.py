"""What was decided: payouts frozen by a decision, settlements, and how both differ from a recomputation."""

from collections.abc import Callable, Sequence
from datetime import date

import dagster as dg
import polars as pl

from assets.grid import GRID
from assets.presentation import OWNERS, column_schema
from assets.stage import Check, Frames, Input, Stage, Verdict, asset_key, group_name
from assets.store import Store
from ledger.provenance import causes
from rules.decisions import differences
from rules.scheme import Scheme
from schemas.amounts import kronor
from schemas.decisions import Decided, Differences, Revocations, Settlements
from schemas.months import month_key
from schemas.regions import region_name
from schemas.table import Table

ENTERED: tuple[tuple[type[Table], str], ...] = (
    (Decided, "Entered by `bonuspott decide`, once for each payout; it cannot be computed."),
    (Settlements, "Entered by `bonuspott settle`; it cannot be computed."),
)
"""Tables that people enter and payouts reckon with, and what their assets say of it."""

REVOKED: tuple[type[Table], str] = (
    Revocations,
    "Entered by `bonuspott revoke`; what was taken back stays in the ledger.",
)


def entered_assets(scheme: Scheme) -> list[dg.AssetSpec]:
    """The assets of what people decide for the scheme: seen in Dagster, made by commands alone."""
    return [
        dg.AssetSpec(
            asset_key(table, scheme.name),
            description=f"{table.describe()}\n\n{sentence}",
            group_name=group_name(scheme.name),
            owners=OWNERS,
            kinds={"duckdb"},
            partitions_def=GRID,
            metadata={
                "dagster/column_schema": column_schema(table),
                "dagster/table_name": table.qualified_name(),
            },
        )
        for table, sentence in (*ENTERED, REVOKED)
    ]


def decision_inputs(scheme: Scheme, months: Callable[[date], Sequence[date]]) -> list[Input]:
    """What was decided of the payouts of `months`, if anything was."""
    return [Input(table, scheme.name, months, required=False) for table, _ in ENTERED]


def differences_stage(
    scheme: Scheme,
    months: Sequence[date],
    inputs: Sequence[Input],
    computed: Callable[[Frames, list[date]], pl.DataFrame],
) -> Stage:
    """Each decided payout beside what the rules give today.

    Args:
        scheme: whose payouts.
        months: its payout months.
        inputs: what its payout lines are computed from.
        computed: the rule that computes them.
    """

    def rule(frames: Frames, wanted: list[date]) -> pl.DataFrame:
        of_months = pl.col("month").is_in(wanted)
        return differences(
            computed(frames, wanted),
            frames["payouts.decided"].filter(of_months),
            frames["payouts.settlements"].filter(of_months),
        )

    return Stage(
        scheme,
        Differences,
        months,
        inputs,
        rule,
        "Decided, recomputed and settled, line by line. A payout that is not decided has no row. "
        "A difference never changes what was decided: only an entry by `bonuspott settle` does.",
        [stands_as_decided(scheme)],
    )


def stands_as_decided(scheme: Scheme) -> Check:
    """Whether a decided payout is still what the rules give; a warning, since it stands anyhow."""

    def evaluate(store: Store, month: date, rows: pl.DataFrame) -> Verdict | None:
        if rows.is_empty():
            return None
        differing = rows.filter(pl.col("difference_sek") != 0)
        if differing.is_empty():
            return Verdict(True, f"{month_key(month)} comes out as it was decided, or is settled")
        why = _causes(store, scheme, month)
        total = int(differing["difference_sek"].sum())
        regions = differing["region_code"].n_unique()
        return Verdict(
            False,
            f"{month_key(month)} was decided and stands. Today {regions} regions would be paid "
            f"otherwise, {kronor(total)} kr in sum. Cause: {'; '.join(why)}",
            {
                "differences": _table(differing),
                "causes": dg.MetadataValue.md("\n".join(f"- {cause}" for cause in why)),
                "difference_sek_total": total,
            },
        )

    return Check(
        "stands_as_decided",
        "A decided payout is what today's deliveries, parameters and code give. Where it is not, it "
        "stands as decided, and the difference is shown.",
        False,
        evaluate,
    )


def _causes(store: Store, scheme: Scheme, month: date) -> list[str]:
    """Why a recomputation differs: what the decision rested on, beside what is used today."""
    decided = store.ledger.read(Decided, scheme.name, [month]).rows
    now = store.ledger.read(Differences, scheme.name, [month]).records[month]
    return causes(store.ledger, decided["computation"][0], now.number)


def _table(differing: pl.DataFrame) -> dg.TableMetadataValue:
    amounts = ("decided_sek", "recomputed_sek", "settled_sek", "difference_sek")
    records = [
        dg.TableRecord(
            {
                "region": f"{row['region_code']} {region_name(row['region_code'])}",
                "component": row["component"],
                **{name: kronor(row[name]) for name in amounts},
            }
        )
        for row in differing.iter_rows(named=True)
    ]
    return dg.MetadataValue.table(records)
