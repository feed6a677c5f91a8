"""`bonuspott inspect`: read one file as the pipeline would, say what was understood, record nothing."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click
import polars as pl

from deliveries.delivered import refusal
from deliveries.door import copied, open_door
from deliveries.faults import SHOWN, DeliveryRefusedError, Fault, fault_table
from deliveries.finding import (
    DAY,
    Listing,
    SentDelivery,
    being_no_deliveries,
    day_of,
    expected_name,
    left_by_others,
    listing,
    misplaced,
    month_of,
)
from deliveries.formats.spreadsheets import SHEET
from deliveries.plausibility import oddly_dated, sentence, without_a_row
from deliveries.reading import Observed
from deliveries.taking_in import AlreadyRecorded, TakenIn, read_beside, unchanged
from deliveries.withdrawal import LAYOUT as WITHDRAWN
from explanation.language import Code
from explanation.language import language as language_of
from ledger.accepted import already_recorded
from pipeline.arguments import FILE, MONTH, printing_options
from pipeline.rendering import beside, messages, print_result, terminal_table, without_formulas
from reports.tables import Cell, PrintedTable
from reports.words import words_in
from reports.words.phrases import phrase
from schemas.amounts import spaced
from schemas.audit import Deliveries
from schemas.days import today
from schemas.deliveries import DATASETS
from schemas.places import DataRoot
from schemas.regions import code_and_name, region_codes

SUM_OF = "sum of "
"""What is understood of a column of counts begins so."""

PASSED_OVER = "Inspect the delivery beside it: a run passes this over."

SPEAKING = "regions with a row"
SILENT = "regions without a row"
"""What is understood of the regions that no row names: their codes."""

WITHOUT_SOME = "regions without a row, but with others"
"""What is understood of those that have rows, and none of a measure, ends so: their codes."""


class Seen(NamedTuple):
    """One thing that was understood of a delivery, and of how many rows it is not available."""

    what: str
    understood: str | int
    not_available: int | None = None


COLUMNS = ["delivery", "layout", *Seen._fields]
"""What a row for programs has."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--dataset",
    type=click.Choice([str(each) for each in DATASETS]),
    help="Which one; else seen from the folder.",
)
@click.option("--month", type=MONTH, help="Which month; else seen from the folder.")
@click.option(
    "--faults-to",
    type=FILE,
    help="Write the faults to this CSV, to send back to the sender.",
)
@printing_options("How to print what was understood; or the faults, where it would be refused.")
def command(
    file: Path,
    dataset: str | None,
    month: date | None,
    faults_to: Path | None,
    layout: str,
    language: Code,
) -> None:
    """Read FILE and say what was understood.

    It is read as the pipeline would, beside what is recorded if it lies below raw/, and nothing is recorded. With FILE are read the other files of the same day beside it, as one delivery. The exit status
    is 1 if the delivery would be refused. Its faults are in English in both languages, as they are sent back.
    """
    if not os.path.lexists(file):
        raise click.BadParameter(f"Path '{file}' does not exist.", param_hint="'FILE'")
    # The file's own name, also where it is a link: that is for the reader to refuse.
    file = Path(os.path.abspath(file))  # noqa: PTH100 - resolving would follow the link
    file = file.parent.resolve() / file.name
    beside = lying_beside(file)
    for words in being_no_deliveries(beside.passed_over if beside else ()):
        messages().print(phrase(words, language))
    taken = TakenIn()
    try:
        sent = delivery_of(file, beside, dataset, month, today())
        odd = map(sentence, oddly_dated(sent, today()))
        for words in chain(_whether_it_counts(sent, beside), odd):
            messages().print(phrase(words, language))
        taken = _read(sent, is_placed=beside is not None)
    except DeliveryRefusedError as error:
        taken.refused.append(error)
    if not taken.refused:
        rows = [
            {"delivery": each.delivery.name, "layout": each.layout} | found._asdict()
            for each in taken.observed
            for found in seen(each)
        ]
        tables = [understood(each, layout, language) for each in taken.observed]
        print_result(tables, rows, COLUMNS, layout, language)
    for each in taken.refused:
        _tell(each, faults_to, layout, language)
    if taken.refused:
        sys.exit(1)


def _tell(refusal: DeliveryRefusedError, faults_to: Path | None, layout: str, code: Code) -> None:
    """What was understood all the same, and every fault, to the file too if one is named."""
    console = beside(layout)
    for words, value in refusal.understood.items():
        console.print(f"{phrase(words, code)}: {_value(words, value, code)}")
    if layout == "table":
        messages().print(terminal_table(faults_for_people(refusal, SHOWN, code), code))
    else:
        found = fault_table(refusal.faults)
        tables = [faults_for_people(refusal, None, code)]
        print_result(tables, found.to_dicts(), found.columns, layout, code)
        messages().print(phrase(str(refusal), code))
    if faults_to and faults_to.exists():
        raise click.ClickException(f"{faults_to} exists already; name another file")
    if faults_to:
        faults_to.parent.mkdir(parents=True, exist_ok=True)
        write_faults(refusal.faults, faults_to)
        words = words_in(code)["inspect"]["written"]
        messages().print(words.format(count=len(refusal.faults), file=faults_to))


def _whether_it_counts(sent: SentDelivery, beside: Listing | None) -> Iterator[str]:
    """What a run does otherwise, a sentence each."""
    if beside is None:
        yield "not compared with what is recorded: the file is in no month's folder below raw/"
    elif later := [each for each in beside.deliveries if each.day > sent.day]:
        yield f"a run passes it over: {later[-1].name} is of a later day"


def _read(sent: SentDelivery, *, is_placed: bool) -> TakenIn:
    """The delivery as a run would read it, beside what is recorded, from copies that go again."""
    root = DataRoot(sent.raw.parent)
    recorded = AlreadyRecorded(Deliveries.without_rows(), {})
    if is_placed and sent.raw == root.raw:
        recorded = already_recorded(root)[f"observed.{sent.dataset}"]
    with TemporaryDirectory() as store, open_door(Path(store)) as folder:
        return read_beside(sent.dataset, [unchanged(copied(sent, folder), recorded)], recorded)


def month_folder(file: Path) -> Path:
    """The folder of a dataset's month that the file is in, however deep; else the one that it lies in."""
    found = (each for each in file.parents if each.parent.name in DATASETS and month_of(each))
    return next(found, file.parent)


def lying_beside(file: Path) -> Listing | None:
    """What lies in the month's folder that the file is in; none if it is in none as those below `raw/`."""
    folder = month_folder(file)
    dataset, month = folder.parent.name, month_of(folder)
    return listing(folder.parents[1], dataset, month) if month and dataset in DATASETS else None


def delivery_of(
    file: Path, beside: Listing | None, dataset: str | None, month: date | None, today: date
) -> SentDelivery:
    """The delivery that a file, a folder of parts, or a part belongs to: all files of its day beside it, or the file alone.

    Where dataset, month or day are not given, the folders' names and the file's say them; else the day is `today`.

    Raises:
        click.UsageError: if dataset or month is neither given nor to be seen.
        DeliveryRefusedError: if it, or something beside it in the month's folder, is misnamed; if its
            folder is; if a run passes it over.
    """
    folder = month_folder(file)
    if what := left_by_others(file.name):
        raise refusal(file.name, "a delivery", PASSED_OVER, what)
    found = dataset or (folder.parent.name if folder.parent.name in DATASETS else None)
    if found is None:
        raise click.UsageError(f"say which dataset it is: --dataset {'|'.join(DATASETS)}")
    month = month or month_of(folder)
    if month is None and folder.parent.name in DATASETS:
        fault = misplaced(folder.parents[1], folder)
        raise DeliveryRefusedError(fault.file, [fault])
    if month is None:
        raise click.UsageError("say which month it measures: --month YYYY-MM")
    raw = folder.parents[1] if beside else folder
    if beside and any(file.is_relative_to(raw / name) for name in beside.passed_over):
        raise refusal(file.name, "a delivery, or a part of one", PASSED_OVER)
    for delivery in beside.in_order() if beside else ():
        if any(file.is_relative_to(path) for path in delivery.paths):
            return replace(delivery, dataset=found, month=month)
    day, expected = day_of(file.name), expected_name(file.name)
    if day is None and DAY.match(file.name):
        raise refusal(file.name, expected, "Rename it so that its day stands first.")
    return SentDelivery(found, month, day or today, (file,), raw)


def seen(observed: Observed) -> Iterator[Seen]:
    """What was read: how many rows and regions, the sum of each count, and whatever was noted.

    Of a withdrawal the note alone: what it takes back is neither zero nor missing.
    """
    if observed.layout != WITHDRAWN:
        yield from _counted(observed.delivery.dataset, observed.rows)
    for words, value in observed.notes.items():
        yield Seen(words, value)
    for words in dict.fromkeys(remark.what for remark in observed.remarks):
        whose = {remark.region_code for remark in observed.remarks if remark.what == words}
        yield Seen(f"odd, and taken: {words}", ", ".join(sorted(filter(None, whose))))


def _counted(dataset: str, rows: pl.DataFrame) -> Iterator[Seen]:
    yield Seen("rows", rows.height)
    code = "home_region_code" if "home_region_code" in rows.columns else "region_code"
    regions = set(rows[code])
    yield Seen(SPEAKING, f"{len(regions)} of {len(region_codes())}")
    silent = sorted(set(region_codes()) - regions)
    if silent:
        yield Seen(SILENT, ", ".join(silent))
    for name, without in without_a_row(dataset, rows).items():
        yield Seen(f"{name}: {SPEAKING}", f"{len(regions) - len(without)} of {len(regions)}")
        if len(without) < len(regions):
            yield Seen(f"{name}: {WITHOUT_SOME}", ", ".join(without))
    for name, kind in rows.schema.items():
        if kind == pl.Int64:
            yield Seen(f"{SUM_OF}{name}", int(rows[name].sum()), rows[name].null_count())


def understood(observed: Observed, layout: str, code: Code) -> PrintedTable:
    """What was read, for people; in a spreadsheet a number is one, but for how many are missing of it."""
    words = words_in(code)["inspect"]

    def cell(each: Seen) -> Cell:
        if each.not_available:
            missing = words["missing"].format(count=each.not_available)
            return _value(each.what, each.understood, code) + missing
        is_number = isinstance(each.understood, int) and layout != "table"
        return each.understood if is_number else _value(each.what, each.understood, code)

    return PrintedTable(
        title=words["title"].format(delivery=observed.delivery.name, layout=words[observed.layout]),
        headings=[words["what"], words["understood"]],
        rows=[[_what(observed, each.what, code), cell(each)] for each in seen(observed)],
        sheet=words["understood"],
    )


def _what(observed: Observed, what: str, code: Code) -> str:
    """What was understood in words; a column by what it is called in the language."""
    column = what.removeprefix(SUM_OF)
    if column == what:
        return phrase(what, code)
    name = f"column.observed.{observed.delivery.dataset}.{column}"
    return words_in(code)["inspect"]["sum_of"].format(column=language_of(code).name(name))


def _value(what: str, value: str | int, code: Code) -> str:
    if isinstance(value, int):
        return spaced(value) if code == "sv" else str(value)
    if what == SILENT or what.endswith(WITHOUT_SOME):
        return ", ".join(map(code_and_name, value.split(", ")))
    # What a sheet is called is its sender's word, whatever it means to us.
    return value if what.endswith(SHEET) else phrase(value, code)


def faults_for_people(refusal: DeliveryRefusedError, most: int | None, code: Code) -> PrintedTable:
    """The faults, at most so many, and how many there are besides; as they are sent, in English."""
    words = words_in(code)["inspect"]
    shown = fault_table(refusal.faults[:most])
    rest = len(refusal.faults) - shown.height
    return PrintedTable(
        title=phrase(str(refusal), code),
        headings=[words[name] for name in shown.columns],
        rows=[["" if cell is None else str(cell) for cell in row] for row in shown.iter_rows()],
        notes=[words["rest"].format(count=rest)] if rest else [],
        sheet=words["faults"],
    )


def write_faults(faults: Sequence[Fault], path: Path) -> None:
    """The faults as CSV to send back to the sender; no cell of it starts a formula.

    Raises:
        FileExistsError: if there is such a file already.
        OSError: if it cannot be written.
    """
    # Loading what writes workbooks takes longer than reading a delivery.
    from reports.spreadsheets import text_for_excel  # noqa: PLC0415

    found = fault_table(faults)
    with path.open("xb") as file:
        file.write(text_for_excel(without_formulas(PrintedTable("", found.columns, found.rows()))))
