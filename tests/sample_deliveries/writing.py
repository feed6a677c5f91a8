"""The files of the sample: where each stands, what it is called, and its bytes."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.sample_deliveries.counts import Cell, CellKey
from tests.sample_deliveries.population import DELIVERY_DAYS, figures_by_date
from tests.sample_deliveries.reference import Reference, read_text
from tests.sample_deliveries.surgeries import SurgeryKey

_TEXTS: Final = {
    "README.md": "raw.md",
    "population/README.md": "population.md",
    "population/ORIGIN.txt": "population_origin.txt",
    "surgeries/README.md": "surgeries.md",
    "surgeries/ORIGIN.txt": "surgeries_origin.txt",
    "waiting_times/README.md": "waiting_times.md",
    "waiting_times/ORIGIN.txt": "waiting_times_origin.txt",
}
_POPULATION_HEADER: Final = "region;age_group;population"
_SURGERIES_HEADER: Final = "home_region;procedure;performing_region;provider_type;operations"
_WAITING_TIMES_HEADER: Final = (
    "region;measure;completed;completed_within_30;completed_patient_chosen;"
    "waiting;waiting_within_30"
)
_NOVEMBER: Final = 11
_DECEMBER: Final = 12


def render(
    reference: Reference, cells: dict[CellKey, Cell], operations: dict[SurgeryKey, int]
) -> dict[str, str]:
    """Return the text of every file, by its path below the output folder."""
    return {
        **{path: read_text(name) for path, name in _TEXTS.items()},
        **_population_files(reference),
        **_waiting_times_files(cells),
        **_surgeries_files(operations),
    }


def write(files: dict[str, str], output: Path) -> None:
    """Write the files below the folder; others in it are left alone."""
    for path, text in files.items():
        target = output / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8"))


def _population_files(reference: Reference) -> dict[str, str]:
    return {
        f"population/{reference_date[:7]}/{DELIVERY_DAYS[reference_date]}.csv": _csv(
            _POPULATION_HEADER,
            ((figure.region, figure.age_group, figure.population) for figure in figures),
        )
        for reference_date, figures in figures_by_date(reference).items()
    }


def _waiting_times_files(cells: dict[CellKey, Cell]) -> dict[str, str]:
    rows: dict[str, list[tuple[str | int, ...]]] = {}
    for key in sorted(cells):
        completed, waiting = cells[key].completed, cells[key].waiting
        rows.setdefault(f"waiting_times/{_delivery(key.year, key.month)}", []).append(
            (
                key.region,
                key.measure,
                completed.total,
                completed.within_30,
                completed.patient_chosen,
                waiting.total,
                waiting.within_30,
            )
        )
    return {path: _csv(_WAITING_TIMES_HEADER, month) for path, month in rows.items()}


def _surgeries_files(operations: dict[SurgeryKey, int]) -> dict[str, str]:
    rows: dict[str, list[tuple[str | int, ...]]] = {}
    for key in sorted(operations):
        rows.setdefault(f"surgeries/{_delivery(key.year, key.month)}", []).append(
            (*key[2:], operations[key])
        )
    return {path: _csv(_SURGERIES_HEADER, month) for path, month in rows.items()}


def _delivery(year: int, month: int) -> str:
    """Folder and name of a month's delivery: it comes on the 20th of the month after.

    November's comes on 5 December, in time for the decision on the year's payouts.
    """
    day = 5 if month == _NOVEMBER else 20
    year_after, month_after = (year + 1, 1) if month == _DECEMBER else (year, month + 1)
    return f"{year}-{month:02}/{year_after}-{month_after:02}-{day:02}.csv"


def _csv(header: str, rows: Iterable[tuple[str | int, ...]]) -> str:
    lines = [header, *(";".join(str(value) for value in row) for row in rows)]
    return "\n".join(lines) + "\n"
