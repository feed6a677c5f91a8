"""What people decide: seen in Dagster as assets, made by commands alone."""

import dagster as dg

from assets.keys import asset_key, group_name
from assets.partitions import exactly
from assets.presentation import column_schema
from rules.scheme import Scheme
from schemas.decisions import Decided, Revocations, Settlements
from schemas.table import Table

ENTERED: tuple[tuple[type[Table], str], ...] = (
    (Decided, "Entered by `bonuspott decide`, once for each payout; it cannot be computed."),
    (Settlements, "Entered by `bonuspott settle`; it cannot be computed."),
    (Revocations, "Entered by `bonuspott revoke`; what was taken back stays in the ledger."),
)
"""Tables that people enter, and what their assets say of it."""


def entered_assets(scheme: Scheme) -> list[dg.AssetSpec]:
    """The assets of what people decide for the scheme."""
    return [
        dg.AssetSpec(
            asset_key(table, scheme.name),
            description=f"{table.describe()}\n\n{sentence}",
            group_name=group_name(scheme.name),
            tags={"scheme": scheme.name, "part": "decisions"},
            kinds={"duckdb"},
            partitions_def=exactly(scheme.payout_months),
            metadata={
                "dagster/column_schema": column_schema(table),
                "dagster/table_name": table.qualified_name(),
            },
        )
        for table, sentence in ENTERED
    ]
