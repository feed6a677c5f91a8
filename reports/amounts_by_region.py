"""Amounts as every command shows them: a row a region, a column a component, their sum last."""

import polars as pl

from explanation.language import Code, language
from reports.tables import Cell
from reports.words import words_in
from schemas.components import REGISTER
from schemas.regions import code_and_name


def amounts_by_region(
    lines: pl.DataFrame, last: str, code: Code
) -> tuple[list[str], list[list[Cell]]]:
    """The headings, and the rows in order of region, components as payouts show them.

    Args:
        lines: region_code, component, amount_sek; each region has the same components.
        last: the heading of the sum.
        code: whose words.
    """
    wide = lines.sort("region_code").pivot("component", index="region_code", values="amount_sek")
    components = [name for name in REGISTER if name in wide.columns]
    names = [language(code).name(f"component.{name}") for name in components]
    return [words_in(code)["table"]["region"], *names, last], [
        [code_and_name(region), *amounts, sum(amounts)]
        for region, *amounts in wide.select("region_code", *components).iter_rows()
    ]
