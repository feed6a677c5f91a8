"""Taking in months of a dataset: found, copied, judged beside what is recorded, read; or refused whole.

What the ledger holds is given, not looked up; what is to be recorded and kept is returned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from deliveries.delivered import Delivery
from deliveries.door import copied, drop, sha256_of
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.finding import SentDelivery, latest_delivery
from deliveries.layouts.cells import Vocabulary
from deliveries.reading import Observed, read_deliveries
from deliveries.withdrawal import LAYOUT as WITHDRAWN
from schemas.deliveries import DeliveryId
from schemas.months import month_key, parse_month
from schemas.places import DataRoot


@dataclass(frozen=True)
class AlreadyRecorded:
    """What is recorded of a dataset.

    Attributes:
        files: every file ever accepted, as `audit.deliveries`.
        current: the delivery that each month rests on.
    """

    files: pl.DataFrame
    current: Mapping[date, DeliveryId]


@dataclass
class TakenIn:
    """Deliveries found right, their copies still to be kept; and refusals, of which no copy is left.

    A month without any delivery is in neither.
    """

    observed: list[Observed] = field(default_factory=list)
    refused: list[DeliveryRefusedError] = field(default_factory=list)


def take_in(
    root: DataRoot,
    dataset: str,
    months: Sequence[date],
    recorded: AlreadyRecorded,
    vocabulary: Vocabulary,
    folder: Path,
) -> TakenIn:
    """The latest delivery of each month, read from its copy.

    Args:
        root: where deliveries lie.
        dataset: which one.
        months: which ones.
        recorded: what they are judged beside.
        vocabulary: words that a column may hold, by the table's column.
        folder: an open door's, where the copies go.

    Raises:
        OSError: if no copy can be written.
        ChildProcessError: if the process that reads was ended from outside.
    """
    taken = TakenIn()
    delivered: list[Delivery] = []
    for month in sorted(months):
        try:
            sent = latest_delivery(root, dataset, month)
            _refuse_if_gone(sent, recorded.current.get(month), recorded.files)
            if sent:
                delivered.append(_unchanged(copied(sent, folder), recorded.files))
        except DeliveryRefusedError as error:
            taken.refused.append(error)
    observed, refused = read_deliveries(delivered, vocabulary)
    taken.refused += refused
    _refuse_bytes_of_other_months(dataset, observed, recorded.files, taken)
    right = {each.delivery.name for each in taken.observed}
    for each in delivered:
        if each.name not in right:
            drop(each)
    return taken


def not_taken_in(
    root: DataRoot, dataset: str, months: Sequence[date], files: pl.DataFrame
) -> list[date]:
    """The months whose latest delivery is not a recorded one: it was not read yet, or it was refused.

    Args:
        root: where deliveries lie.
        dataset: which one.
        months: which ones.
        files: every file ever accepted, as `audit.deliveries`.
    """
    hashes = dict(files.select("file_name", "sha256").iter_rows())

    def is_taken(month: date) -> bool:
        try:
            sent = latest_delivery(root, dataset, month)
            return not sent or all(
                hashes.get(file.name) == sha256_of(file.path) for file in sent.files()
            )
        except (DeliveryRefusedError, OSError):
            return False

    return [month for month in months if not is_taken(month)]


def month_of(refused: DeliveryRefusedError) -> date:
    """The month of the delivery, whose name is its path below `raw/`."""
    return parse_month(refused.delivery.split("/")[1])


def _refuse_if_gone(
    sent: SentDelivery | None, current: DeliveryId | None, files: pl.DataFrame
) -> None:
    """Refuse a month whose recorded delivery is no longer there whole, and was not replaced by a later one.

    Without this check the delivery of an earlier day, or what is left of the files, would become
    current as if it were a correction.
    """
    if current is None:
        return
    if sent and sent.day > current.day:
        return
    present = {file.name for file in sent.files()} if sent else set()
    of_it = files.filter(pl.col("delivery_id") == str(current))
    gone = [
        Fault(
            file,
            None,
            "",
            "",
            "the file that was recorded under this name, which is gone",
            f"Copy warehouse/deliveries/{sha256} to raw/{file}. The month keeps what was recorded.",
        )
        for file, sha256 in of_it.select("file_name", "sha256").iter_rows()
        if file not in present
    ]
    if gone:
        raise DeliveryRefusedError(current.name, gone)


def _unchanged(delivery: Delivery, files: pl.DataFrame) -> Delivery:
    """The delivery, if its bytes are those recorded under its names, where they are known.

    Raises:
        DeliveryRefusedError: naming every file of which that is not so; no copy stays.
    """
    hashes = dict(files.select("file_name", "sha256").iter_rows())
    faults = [
        Fault(
            file.name,
            None,
            "",
            "",
            "the bytes recorded under this name",
            "Restore the recorded file, and deliver the correction under a later day.",
        )
        for file in delivery.files
        if hashes.get(file.name, file.sha256) != file.sha256
    ]
    if faults:
        drop(delivery)
        raise DeliveryRefusedError(delivery.name, faults)
    return delivery


def _refuse_bytes_of_other_months(
    dataset: str, observed: Sequence[Observed], files: pl.DataFrame, taken: TakenIn
) -> None:
    """Refuse a delivery that holds counts in bytes that were accepted for another month of the dataset."""
    months = _months_of_bytes(dataset, observed, files)
    for each in observed:
        month = each.delivery.month
        others = {
            file.name: min(accepted)
            for file in each.delivery.files
            if file.name in each.counting
            and (accepted := months.get(file.sha256))
            and month not in accepted
        }
        if others:
            faults = [
                Fault(
                    name,
                    None,
                    "",
                    "",
                    f"the month's own file: these bytes are those of {month_key(other)}",
                    "Deliver the month's own. If the other month has them by mistake, withdraw it there.",
                )
                for name, other in others.items()
            ]
            taken.refused.append(DeliveryRefusedError(each.delivery.name, faults))
            continue
        for file in each.delivery.files:
            months.setdefault(file.sha256, set()).add(month)
        taken.observed.append(each)


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
