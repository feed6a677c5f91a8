"""Taking in months of a dataset: found, copied, judged beside what is recorded, read; or refused whole.

What the ledger holds is given, not looked up; what is to be recorded and kept is returned.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from deliveries.alike import tables_of
from deliveries.delivered import Delivery, refusal
from deliveries.door import copied, sha256_of
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.finding import SentDelivery, SentFile, deliveries, latest_delivery
from deliveries.reading import Observed, read_deliveries
from deliveries.recorded import NotKeptError, open_recorded
from deliveries.withdrawal import LAYOUT as WITHDRAWN
from schemas.deliveries import DeliveryId
from schemas.months import month_key
from schemas.places import DataRoot


@dataclass(frozen=True)
class AlreadyRecorded:
    """What is recorded of a dataset.

    Attributes:
        files: every file ever accepted, as `audit.deliveries`.
        current: the delivery that each month rests on.
        rows: reads the observed table's rows of these months.
    """

    files: pl.DataFrame
    current: Mapping[date, DeliveryId]
    rows: Callable[[], pl.DataFrame] = pl.DataFrame

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """The hash of each file ever accepted, by its name with each letter as one sign."""
        return dict(self._by_name("sha256"))

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """The bytes of each, by its name."""
        return dict(self._by_name("size_bytes"))

    def _by_name(self, column: str) -> Iterator[tuple[str, Any]]:
        return self.files.select(pl.col("file_name").str.normalize("NFC"), column).iter_rows()


@dataclass
class TakenIn:
    """Deliveries found right, their copies still to be kept; and refusals, of which no copy is left.

    A month without any delivery is in none of them.

    Attributes:
        observed: what counts, one a month.
        replaced: what another in `observed` replaces and nobody had read, in order of month and day. It is
            recorded before that one: a region was in time, or was corrected, whenever a run came.
        refused: what would count, and is at fault.
    """

    observed: list[Observed] = field(default_factory=list)
    replaced: list[Observed] = field(default_factory=list)
    refused: list[DeliveryRefusedError] = field(default_factory=list)


def take_in(
    root: DataRoot,
    dataset: str,
    months: Sequence[date],
    recorded: AlreadyRecorded,
    folder: Path,
) -> TakenIn:
    """The latest delivery of each month, read from its copy, and those that it replaces unread.

    Args:
        root: where deliveries lie.
        dataset: which one.
        months: which ones.
        recorded: what they are judged beside.
        folder: an open door's, where the copies go.

    Raises:
        OSError: if no copy can be written.
        ChildProcessError: if the process that reads was ended from outside.
    """
    refused: list[DeliveryRefusedError] = []
    delivered: list[Delivery] = []
    for month in sorted(months):
        try:
            if counts := _what_counts(root, dataset, month, recorded, folder):
                delivered.append(counts)
        except DeliveryRefusedError as error:
            refused.append(error)
    taken = read_beside(dataset, delivered, recorded)
    taken.refused = [*refused, *taken.refused]
    taken.replaced = _replaced_unread(root, dataset, taken.observed, recorded, folder)
    right = [*taken.replaced, *taken.observed]
    kept = {file.path for each in right for file in each.delivery.files}
    for copy in set(folder.iterdir()) - kept:
        copy.unlink()
    return taken


def read_beside(dataset: str, delivered: Sequence[Delivery], recorded: AlreadyRecorded) -> TakenIn:
    """Deliveries of a dataset, read, and refused too where their bytes or counts are another month's."""
    observed, refused = read_deliveries(delivered)
    taken = TakenIn(refused=refused)
    _refuse_other_months(dataset, observed, recorded, taken)
    return taken


def _what_counts(
    root: DataRoot, dataset: str, month: date, recorded: AlreadyRecorded, folder: Path
) -> Delivery | None:
    """The month's latest delivery, copied; or the recorded one, where `raw/` was pruned of it.

    That files are gone from `raw/` takes nothing back: neither the delivery of an earlier day, nor
    what is left of the files, becomes current as if it were a correction.
    """
    sent, current = latest_delivery(root, dataset, month), recorded.current.get(month)
    if sent and not _is_before(sent, current):
        delivery = unchanged(copied(sent, folder), recorded)
        if not _is_left_of(sent, current, recorded):
            return delivery
    if current is None:
        return None
    try:
        return open_recorded(root.accepted, recorded.files, current)
    except NotKeptError as error:
        advice = "Put the delivery back into raw/, or withdraw it by a later day's empty file."
        raise refusal(current.name, str(error), advice) from error


def _replaced_unread(
    root: DataRoot,
    dataset: str,
    counting: Sequence[Observed],
    recorded: AlreadyRecorded,
    folder: Path,
) -> list[Observed]:
    """What came before those that count and after what is recorded; a faulty one was corrected, and is passed over."""
    earlier: list[Observed] = []
    for month, day in ((each.delivery.month, each.delivery.day) for each in counting):
        current = recorded.current.get(month)
        for sent in deliveries(root, dataset, month):
            if sent.day < day and (current is None or current.day < sent.day):
                with suppress(DeliveryRefusedError):
                    found, _ = read_deliveries([unchanged(copied(sent, folder), recorded)])
                    earlier += found
    if not earlier:
        return []
    judged = TakenIn()
    _refuse_other_months(dataset, [*counting, *earlier], recorded, judged)
    return judged.observed[len(counting) :]


def _is_before(sent: SentDelivery, current: DeliveryId | None) -> bool:
    return current is not None and sent.day < current.day


def _is_left_of(sent: SentDelivery, current: DeliveryId | None, recorded: AlreadyRecorded) -> bool:
    """Whether only some of the current delivery's files are there.

    Raises:
        DeliveryRefusedError: naming those that are gone, if others of the same day are in their place.
    """
    if current is None or sent.day != current.day:
        return False
    of_it = recorded.files.filter(pl.col("delivery_id") == str(current))
    kept = AlreadyRecorded(of_it, {}).hashes
    present = {file.name for file in sent.files()}
    gone = [
        Fault.of_file(
            file,
            "the file that was recorded under this name, which is gone",
            f"Copy warehouse/deliveries/{sha256} to raw/{file}, and deliver what is new under a "
            "later day.",
        )
        for file, sha256 in kept.items()
        if file not in present
    ]
    if gone and present - kept.keys():
        raise DeliveryRefusedError(current.name, gone)
    return bool(gone)


def not_taken_in(
    root: DataRoot, dataset: str, months: Iterable[date], recorded: AlreadyRecorded
) -> list[date]:
    """The months whose latest delivery is not a recorded one: it was not read yet, or it was refused.

    A file that was not touched since its kept copy was made is not read again, as git does it; whoever
    takes it in hashes it.

    Args:
        root: where deliveries lie.
        dataset: which one.
        months: which ones.
        recorded: what is recorded of it.
    """

    def is_recorded(file: SentFile) -> bool:
        sha256 = recorded.hashes.get(file.name)
        if sha256 is None:
            return False
        return _is_untouched(file.path, root.accepted / sha256) or sha256 == sha256_of(file.path)

    def is_taken(month: date) -> bool:
        try:
            sent = latest_delivery(root, dataset, month)
            return (
                sent is None
                or _is_before(sent, recorded.current.get(month))
                or all(map(is_recorded, sent.files()))
            )
        except (DeliveryRefusedError, OSError):
            return False

    return [month for month in months if not is_taken(month)]


def _is_untouched(path: Path, copy: Path) -> bool:
    """Whether nobody touched a file since its copy was made, by a time that no program sets back."""
    try:
        found, kept = path.lstat(), copy.stat()
    except OSError:
        return False
    return found.st_size == kept.st_size and found.st_ctime_ns < kept.st_mtime_ns


def unchanged(delivery: Delivery, recorded: AlreadyRecorded) -> Delivery:
    """The delivery, if its bytes are those recorded under its names, where they are known; else refused."""
    refuse_changed(delivery, recorded.hashes)
    return delivery


def refuse_changed(delivery: Delivery, recorded: Mapping[str, str]) -> None:
    """See that the delivery's bytes are those whose hashes are recorded under its names, where they are known.

    Raises:
        DeliveryRefusedError: naming every file of which that is not so.
    """
    faults = [
        Fault.of_file(
            file.name,
            "the bytes recorded under this name",
            "Restore the recorded file, and deliver the correction under a later day.",
        )
        for file in delivery.files
        if recorded.get(file.name, file.sha256) != file.sha256
    ]
    if faults:
        raise DeliveryRefusedError(delivery.name, faults)


def _refuse_other_months(
    dataset: str, observed: Sequence[Observed], recorded: AlreadyRecorded, taken: TakenIn
) -> None:
    """Refuse a delivery that holds counts in bytes that were accepted for another month of the dataset.

    Or that holds a table of another month saved anew.
    """
    bytes_of = _months_of_bytes(dataset, observed, recorded.files)
    tables = _months_of_tables(observed, recorded)
    for each in observed:
        month = each.delivery.month
        same_bytes = [
            (file.name, "these bytes", bytes_of.setdefault(file.sha256, set()))
            for file in each.delivery.files
            if file.name in each.counting
        ]
        same_tables = [
            (each.delivery.name, f"its counts ({name})", tables.setdefault(found, set()))
            for _, name, found in tables_of(each.rows)
        ]
        # Of equal bytes the counts need not be told as well.
        for found in (same_bytes, same_tables):
            others = [told for told in found if told[2] and month not in told[2]]
            if others:
                faults = [
                    Fault.of_file(
                        name,
                        f"the month's own file: {what} are those of {month_key(min(accepted))}",
                        "Deliver the month's own. If the other month has them by mistake, withdraw it "
                        "there.",
                    )
                    for name, what, accepted in others
                ]
                taken.refused.append(DeliveryRefusedError(each.delivery.name, faults))
                break
        else:
            for _, _, accepted in (*same_bytes, *same_tables):
                accepted.add(month)
            taken.observed.append(each)


def _months_of_tables(
    observed: Sequence[Observed], recorded: AlreadyRecorded
) -> dict[int, set[date]]:
    """The months that tables are recorded of, by the hash of their counts; a withdrawal lets go of them."""
    withdrawn = {each.delivery.month for each in observed if each.layout == WITHDRAWN}
    found: dict[int, set[date]] = {}
    rows = recorded.rows() if observed else pl.DataFrame()
    for month, _, table in () if rows.is_empty() else tables_of(rows):
        if month not in withdrawn:
            found.setdefault(table, set()).add(month)
    return found


def _months_of_bytes(
    dataset: str, observed: Sequence[Observed], files: pl.DataFrame
) -> dict[str, set[date]]:
    """The months that bytes were ever accepted for, by their hash; a withdrawal lets go of those before."""
    withdrawn = {
        each.delivery.month: each.delivery.day for each in observed if each.layout == WITHDRAWN
    }
    accepted = []
    for delivery_id, sha256, layout in files.select("delivery_id", "sha256", "layout").iter_rows():
        name = DeliveryId.parse(delivery_id)
        if name.dataset == dataset:
            accepted.append((name, sha256))
            if layout == WITHDRAWN:
                withdrawn[name.month] = max(name.day, withdrawn.get(name.month, name.day))
    found: dict[str, set[date]] = {}
    for name, sha256 in accepted:
        if name.day >= withdrawn.get(name.month, date.min):
            found.setdefault(sha256, set()).add(name.month)
    return found
