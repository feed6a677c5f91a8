"""The parameters of schemes as tables of SQL, read from their TOML files without `rules/`.

The files are known to fit their model: `rules/` refuses them otherwise. What a folder says and the
tables of `01_parameters.sql` cannot hold is refused here.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ledger.dialect import quoted
from schemas.components import REGISTER
from schemas.months import add_months, parse_month
from second_opinion.queries import parameter_columns

Value = str | int | date | None
Rows = dict[str, list[tuple[Value, ...]]]
"""Rows by the name of their table, in the order of its columns."""

PPM_OF_ONE_PERCENT = 10_000
EVER = (date(1, 1, 1), date(9999, 12, 1))
"""The months that a value holds for which the files give no month of change."""

READINGS = parameter_columns()["parameters.readings"][1:]
"""The interpretations I-1 to I-19, as that table has them after the scheme's name."""


class OutOfScopeError(Exception):
    """A scheme says something that the second opinion does not know how to compute."""


def scheme_rows(folder: Path, readings: Mapping[str, str] | None = None) -> Rows:
    """The parameters of the scheme in the folder, as rows of the tables of parameters.

    `readings` by interpretation are taken instead of the scheme's own.

    Raises:
        OutOfScopeError: if a file, an interpretation or a threshold is not known here. A component
            of a kind that is not known here is no error: the queries have no opinion on it.
    """
    identity = _content(folder, "scheme.toml")
    scheme = str(identity["name"])
    rows: Rows = {
        "schemes": [(scheme, *_span(identity.get("measured")))],
        "readings": [
            _readings(scheme, {**identity.get("interpretations", {}), **(readings or {})})
        ],
        "payouts": [
            (scheme, parse_month(each["month"]), *_span(each.get("round")))
            for each in identity["payout"]
        ],
        "payout_components": [
            (scheme, parse_month(each["month"]), component)
            for each in identity["payout"]
            for component in each["components"]
        ],
        "not_known_yet": [
            (scheme, "scheme", "measured", *EVER, True)
            for path in [folder / "scheme.toml"]
            if "not_known_yet" in _stated(path.read_text(encoding="utf-8"))
        ],
    }
    stated = {path.name for each in _folders(folder) for path in each.glob("*.toml")}
    for file in sorted(stated - {"scheme.toml", "published.toml"}):
        component = file.removesuffix(".toml")
        kind = "bonus_pots" if component == "bonus_pots" else _kind(folder, component)
        content = _content(folder, file)
        for row in _not_known_yet("", content):
            rows.setdefault("not_known_yet", []).append((scheme, component, *row))
        for table, row in READERS.get(kind, _unknown)(component, _known(content)):
            rows.setdefault(table, []).append((scheme, *row))
    return rows


def _kind(folder: Path, component: str) -> str:
    if component not in REGISTER:
        raise OutOfScopeError(
            f"{folder.name}/{component}.toml: the second opinion knows no such file"
        )
    return REGISTER[component].kind


def insertions(rows: Mapping[str, Sequence[tuple[Value, ...]]]) -> Iterator[str]:
    """The statements that fill the tables of parameters."""
    for table, lines in rows.items():
        if lines:
            values = ",\n".join(f"({', '.join(map(_literal, line))})" for line in lines)
            yield f"INSERT INTO parameters.{table} VALUES\n{values};"


Found = Iterator[tuple[str, tuple[Value, ...]]]
"""A table's name with a row of it, without the scheme that it begins with."""


def _waiting_time(component: str, content: Any) -> Found:  # noqa: ANN401
    for measure, fund in content["fund"].items():
        yield from _valued("funds", fund, component, measure)
    yield from _shared_out(component, content)
    for version in content["improvement"]:
        yield from _bands(component, version, version["value"])
    for version in content["attainment"]:
        value = version["value"]
        shares = (_ppm(value["completed_share_pct"]), _ppm(value["waiting_share_pct"]))
        yield "attainment", (*_validity(version), *shares, value["level_pct"])


def _production(component: str, content: Any) -> Found:  # noqa: ANN401
    yield from _valued("funds", content["fund"], component, "")
    yield from _shared_out(component, content)
    for number, period in enumerate(content["period"], start=1):
        months = (parse_month(period["from"]), parse_month(period["to"]))
        yield "production_periods", (number, *months, content["measure"])
    for version in content["production"]:
        yield "production", (*_validity(version), _ppm(version["value"]["minimum_pct"]))
        yield from _bands(component, version, version["value"]["levels"])


def _surgery(_component: str, content: Any) -> Found:  # noqa: ANN401
    for procedure, price in content["price"].items():
        yield "procedures", (procedure,)
        yield from _valued("prices", price, procedure)
    for version in content["baseline_years"]:
        for year in version["value"]:
            yield "baseline_years", (*_validity(version), year)
    for version in content["caps"]:
        for region, cap in version["value"].items():
            yield "caps", (*_validity(version), region, cap)


def _grant(component: str, content: Any) -> Found:  # noqa: ANN401
    yield from _valued("funds", content["fund"], component, "")
    yield from _shared_out(component, content)
    yield from _valued("fixed_amounts", content.get("fixed_each", []), component)
    for version in content.get("qualified", []):
        yield "conditions", (component, *_validity(version))
        for region in version["value"]:
            yield "qualified_regions", (component, version["valid_from"], region)
    for version in content.get("eligible", []):
        for region in version["value"]:
            yield "eligible_regions", (component, *_validity(version), region)


def _pots(_component: str, content: Any) -> Found:  # noqa: ANN401
    for pot in content["pot"]:
        for component in pot["components"]:
            yield "pots", (pot["name"], component)


def _unknown(component: str, _content: Any) -> Found:  # noqa: ANN401
    yield "unknown_components", (component,)


READERS = {
    "waiting_time": _waiting_time,
    "first_visit_production": _production,
    "surgery": _surgery,
    "grant": _grant,
    "bonus_pots": _pots,
}
"""How a file is read, by the kind of its component."""


def _valued(table: str, versions: Any, *key: str) -> Found:  # noqa: ANN401 - as TOML has it
    """A row a version: the key, the months it holds, its value."""
    for version in versions:
        yield table, (*key, *_validity(version), version["value"])


def _shared_out(component: str, content: Any) -> Found:  # noqa: ANN401 - as TOML has it
    for version in content.get("population", []):
        value = version["value"]
        base = (value["age_group"], parse_month(value["reference_month"]))
        yield "population_bases", (component, *_validity(version), *base)
    yield from _valued("apportionments", content["apportionment"], component)
    yield from _valued("paid_by", content.get("paid_by", []), component)


def _bands(component: str, version: Any, levels: Any) -> Found:  # noqa: ANN401 - as TOML has it
    step = PPM_OF_ONE_PERCENT // 10 ** levels["decimals"]
    for number, band in enumerate(levels["bands"], start=1):
        upper = _ppm(band["to"]) if "to" in band else None
        edges = (number, _ppm(band["from"]), upper, band["level_pct"])
        yield "bands", (component, *_validity(version), *edges, step, levels["unrounded_gap"])


def _readings(scheme: str, chosen: Mapping[str, str]) -> tuple[Value, ...]:
    unknown = sorted(set(chosen) - set(READINGS))
    if unknown:
        raise OutOfScopeError(
            f"{scheme}: the second opinion does not know the interpretation {', '.join(unknown)}"
        )
    return (scheme, *(chosen.get(name) for name in READINGS))


def _span(covered: Mapping[str, str] | None) -> tuple[date | None, date | None]:
    return (parse_month(covered["from"]), parse_month(covered["to"])) if covered else (None, None)


def _validity(version: Mapping[str, date]) -> tuple[date, date]:
    return version["valid_from"], version["valid_to"]


def _ppm(percent: int | Decimal) -> int:
    """Per cent, or percentage points, in parts per million."""
    millionths = Decimal(percent) * PPM_OF_ONE_PERCENT
    if millionths != int(millionths):
        raise OutOfScopeError(f"the threshold {percent} has more decimals than the tables hold: 4")
    return int(millionths)


def _by_region(folder: Path, value: Any) -> Any:  # noqa: ANN401 - as TOML has it
    """The value; where it names a column of a CSV file in the folder, the whole numbers by region."""
    if not isinstance(value, dict) or set(value) != {"file", "column"}:
        return value
    with (folder / value["file"]).open(encoding="utf-8", newline="") as lines:
        return {row["region_code"]: int(row[value["column"]]) for row in csv.DictReader(lines)}


def _folders(folder: Path) -> list[Path]:
    """The folder, and the one that it says it is based on."""
    base = _stated((folder / "scheme.toml").read_text(encoding="utf-8")).get("based_on")
    return [folder, folder.parent / base] if base else [folder]


@cache
def _stated(text: str) -> Mapping[str, Any]:
    """What a file's text says."""
    return tomllib.loads(text, parse_float=Decimal)


def _content(folder: Path, file: str) -> dict[str, Any]:
    """What the file says, and under the keys that it leaves out, what the base's file says.

    A parameter is a list of versions, each with the months that it holds.
    """
    content: dict[str, Any] = {}
    for each in reversed(_folders(folder)):
        if (each / file).is_file():
            stated = _stated((each / file).read_text(encoding="utf-8"))
            content |= {key: _dated(each, value) for key, value in stated.items()}
    return content


def _dated(folder: Path, value: Any) -> Any:  # noqa: ANN401 - as TOML has it
    """The value, with every parameter in it as versions that say when they hold."""
    if isinstance(value, dict) and "unit" not in value:
        return {key: _dated(folder, each) for key, each in value.items()}
    versions = value if isinstance(value, list) else [value]
    if not all(isinstance(each, dict) and "unit" in each for each in versions):
        return value
    begins = [EVER[0], *(parse_month(each["from"]) for each in versions[1:])]
    ends = [*(add_months(month, -1) for month in begins[1:]), EVER[1]]
    return [
        {
            **version,
            **({"value": _by_region(folder, version["value"])} if "value" in version else {}),
            "valid_from": first,
            "valid_to": last,
        }
        for version, first, last in zip(versions, begins, ends, strict=True)
    ]


def _not_known_yet(key: str, content: Any) -> Iterator[tuple[Value, ...]]:  # noqa: ANN401
    """What is not known yet: each key, its months, and whether a value is assumed until it is."""
    if isinstance(content, dict):
        for name, each in content.items():
            yield from _not_known_yet(f"{key}.{name}" if key else name, each)
    elif _is_dated(content):
        for version in content:
            if "not_known_yet" in version:
                yield key, *_validity(version), "value" in version


def _known(content: Any) -> Any:  # noqa: ANN401 - as TOML has it
    """The content, each parameter with those of its versions that have a value."""
    if isinstance(content, dict):
        return {key: _known(each) for key, each in content.items()}
    return [each for each in content if "value" in each] if _is_dated(content) else content


def _is_dated(content: Any) -> bool:  # noqa: ANN401 - as TOML has it
    """Whether it is a parameter's versions."""
    return isinstance(content, list) and all(
        isinstance(each, dict) and "valid_from" in each for each in content
    )


def _literal(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, date):
        return f"DATE {quoted(value.isoformat())}"
    return quoted(value) if isinstance(value, str) else str(value)
