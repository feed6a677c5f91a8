"""What people see of a table in Dagster: its columns, its rows' sums, its payouts with names."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import dagster as dg
import polars as pl
from dagster._core.definitions.metadata import RawMetadataValue

from deliveries.faults import SHOWN, Fault
from deliveries.finding import made_up
from reports.pictures import map_markdown
from rules.requirement import FULL_LEVEL
from schemas.amounts import NO_BREAK_SPACE, grouped
from schemas.components import REGISTER
from schemas.deliveries import DeliveryId
from schemas.months import month_key
from schemas.payouts import Fulfilment, PayoutLines, Payouts, RoundPayments
from schemas.performance import NextLevels
from schemas.places import DataRoot
from schemas.regions import COUNTRY_CODE, code_and_name
from schemas.table import Table

KINDS = {"polars", "duckdb"}
NEAREST_SHOWN = 10
SUMMED = ("amount_sek", "reserved_sek", "pot_sek", "paid_sek", "operations")
"""Columns of whole numbers whose sum over the regions says something."""

NO_BREAK_HYPHEN = "\N{NON-BREAKING HYPHEN}"
MONTH = re.compile(r"\b\d{4}-\d{2}(-\d{2})?\b")
FAULT_COLUMNS = [field.name for field in fields(Fault)]


def column_schema(
    table: type[Table], computed_from: Mapping[str, str] = MappingProxyType({})
) -> dg.TableSchema:
    """The table's columns for Dagster: type, description with unit and source, constraints.

    Of some it says in words the columns they are computed from.
    """
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=each.name,
                type=str(each.data_type),
                description=f"{each.description} Unit: {each.unit}. Source: {each.source}."
                + (f" From {computed_from[each.name]}." if each.name in computed_from else ""),
                constraints=dg.TableColumnConstraints(
                    nullable=each.nullable, unique=table.key() == [each.name]
                ),
                tags={"key": "part of the key"} if each.is_key else {},
            )
            for each in table.columns()
        ]
    )


def records_table(records: Iterable[Mapping[str, str | int | None]]) -> dg.TableMetadataValue:
    """Rows as a table of Dagster's, the names of their values being its columns."""
    return dg.MetadataValue.table([dg.TableRecord(each) for each in records])


def figures(rows: pl.DataFrame) -> dict[str, int | float]:
    """The numbers of a month's rows that are worth following over time, as the columns allow.

    Sums are exact integers. Percentages are rounded for plots alone: Dagster plots floats.
    """
    regions = _of_regions(rows)
    found: dict[str, int | float] = {"dagster/partition_row_count": rows.height}
    for column in SUMMED:
        if column in rows.columns:
            found[f"{column}_total"] = int(regions[column].sum())
    if "earned_sek" in rows.columns:
        earned = regions["earned_sek"].sum()
        found["earned_sek_total"] = _plotted(Decimal(earned))
        if "reserved_sek" in rows.columns and (reserved := int(regions["reserved_sek"].sum())):
            found["uppfyllnadsgrad_pct"] = _plotted(Decimal(earned) * 100 / reserved)
    if "level_pct" in rows.columns and "to_level_pct" not in rows.columns:
        found["rows_at_100_pct"] = rows.filter(pl.col("level_pct") == FULL_LEVEL).height
    if "status" in rows.columns:
        found["rows_not_fully_assessed"] = rows.filter(pl.col("status") != "ok").height
    return found


def sums_in_words(rows: pl.DataFrame) -> dict[str, str]:
    """The sums of a month's kronor, exact and grouped to be read; `figures` has them to be plotted."""
    totals = [
        f"{name.removesuffix('_sek')} {grouped(Decimal(_of_regions(rows)[name].sum()))}"
        for name in (*SUMMED, "earned_sek")
        if name in rows.columns and name.endswith("_sek")
    ]
    return {"kronor": "; ".join(totals)} if totals else {}


def markdown_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()
) -> str:
    """A Markdown table; the columns named in `right` are aligned there, and not broken in two.

    Nor are months and days, which a narrow column would break at their hyphens.
    """
    ruler = "|".join("---:" if name in right else "---" for name in header)
    unbroken = [
        [
            cell.replace(" ", NO_BREAK_SPACE)
            if name in right
            else MONTH.sub(lambda found: found[0].replace("-", NO_BREAK_HYPHEN), cell)
            for name, cell in zip(header, row, strict=True)
        ]
        for row in rows
    ]
    lines = [header, *unbroken]
    written = ["| " + " | ".join(cells) + " |" for cells in lines]
    return "\n".join([written[0], f"|{ruler}|", *written[1:]])


def payout_markdown(lines: pl.DataFrame) -> str:
    """Lines or payouts as a Markdown table: a row a region, a column a component, with totals."""
    if lines.is_empty():
        return ""
    has_components = "component" in lines.columns
    named = lines if has_components else lines.with_columns(component=pl.lit(""))
    wide = named.pivot(on="component", index="region_code", values="amount_sek").sort("region_code")
    components = wide.columns[1:]
    names = [REGISTER[name].label_sv if name in REGISTER else "Summa" for name in components]
    rows = [[code_and_name(code), *map(grouped, amounts)] for code, *amounts in wide.iter_rows()]
    totals = [f"**{grouped(int(wide[name].sum()))}**" for name in components]
    return markdown_table(["Region", *names], [*rows, ["**Summa**", *totals]], right=names)


def nearest_markdown(rows: pl.DataFrame) -> str:
    """The next levels that were missed by fewest patients, those worth most first among equals."""
    nearest = rows.sort("patients", "gain_sek", descending=[False, True], maintain_order=True)
    columns = ("measure", "alternative", "level_pct", "to_level_pct", "patients")
    return markdown_table(
        ("Region", "Measure", "Alternative", "Level (%)", "Next (%)", "Patients", "Kronor more"),
        [
            [
                code_and_name(row["region_code"]),
                *(str(row[name]) for name in columns),
                grouped(row["gain_sek"]),
            ]
            for row in nearest.head(NEAREST_SHOWN).to_dicts()
        ],
        right=("Level (%)", "Next (%)", "Patients", "Kronor more"),
    )


def shown_of(table: type[Table], month: date, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    """What to read of a table's month in Dagster, where there is more to it than sums."""
    if table is Fulfilment:
        return _bars(month, rows)
    if table is NextLevels and rows.height:
        return {"nearest": dg.MetadataValue.md(nearest_markdown(rows))}
    if table in {RoundPayments, PayoutLines, Payouts}:
        return {"table": dg.MetadataValue.md(payout_markdown(rows))}
    return {}


def basis(root: DataRoot, deliveries: Collection[DeliveryId]) -> dict[str, RawMetadataValue]:
    """The deliveries that a materialisation rests on, and which of their datasets are made up."""
    if not deliveries:
        return {}
    listed = "\n".join(f"- `{name}`" for name in sorted(map(str, deliveries)))
    fictitious = made_up(root, sorted({each.dataset for each in deliveries}))
    warning = (
        {"made_up": f"rests on made-up deliveries: {', '.join(fictitious)}"} if fictitious else {}
    )
    return {"deliveries": dg.MetadataValue.md(listed), **warning}


def _bars(month: date, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    """The fulfilment of each component: a rough map of the regions, and a bar a region."""
    shown: dict[str, dg.MetadataValue] = {}
    for (component,), group in rows.sort("region_code").group_by("component", maintain_order=True):
        percentages = dict(group.select("region_code", "fulfilment_pct").iter_rows())
        known = {code: value for code, value in percentages.items() if value is not None}
        regions = {code: value for code, value in percentages.items() if code != COUNTRY_CODE}
        title = f"Uppfyllnadsgrad, {REGISTER[str(component)].label_sv}, {month_key(month)}"
        if picture := map_markdown(title, regions):
            shown[f"karta_{component}"] = dg.MetadataValue.md(picture)
        shown[f"uppfyllnadsgrad_{component}"] = dg.MetadataValue.md(bars_markdown(known))
        if COUNTRY_CODE in known:
            # To be followed over time: Dagster plots floats.
            shown[f"uppfyllnadsgrad_{component}_pct"] = dg.MetadataValue.float(
                float(round(known[COUNTRY_CODE], 2))
            )
    return shown


def bars_markdown(percentages: Mapping[str, Decimal]) -> str:
    """Percentages by region code as a table with bars, a block for each five per cent."""
    rows = [
        [code_and_name(code), f"{value:.1f}", "█" * int(value // 5)]
        for code, value in percentages.items()
    ]
    return markdown_table(["Region", "%", ""], rows, right=["%"])


def fault_table(faults: Sequence[Fault]) -> dg.TableMetadataValue:
    """Faults of a delivery as a table, the first hundred; the last row counts those not shown."""
    records = [
        dg.TableRecord({name: value or "" for name, value in vars(fault).items()})
        for fault in faults[:SHOWN]
    ]
    if len(faults) > SHOWN:
        words = f"{len(faults) - SHOWN} more faults are not shown"
        records.append(dg.TableRecord(dict.fromkeys(FAULT_COLUMNS, "") | {"expected": words}))
    columns = [dg.TableColumn(name, "int" if name == "row" else "string") for name in FAULT_COLUMNS]
    return dg.MetadataValue.table(records, dg.TableSchema(columns=columns))


def _of_regions(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows but the country's, which is the regions' sum already."""
    if "region_code" not in rows.columns:
        return rows
    return rows.filter(pl.col("region_code") != COUNTRY_CODE)


def _plotted(value: Decimal) -> float:
    return float(round(value, 2))
