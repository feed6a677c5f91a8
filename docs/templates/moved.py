"""What other readings of the open questions move: each computed beside the scheme's own.

`python -m docs.templates moved` computes it from the published warehouse of the sample deliveries and
keeps it in `moved.csv`, since the documents are made without running anything. A test holds the two
against each other.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import polars as pl

from ledger.warehouse import read_published
from rules.loading import load_schemes
from rules.readings import amounts_under, moved, other_readings
from rules.scheme import Scheme
from schemas.observed import Population
from schemas.places import DataRoot
from schemas.table import Table

KEPT = Path(__file__).with_name("moved.csv")
RUN = ("access-2024", "bup-2025", "surgery-2025")
"""The schemes that the sample has deliveries of."""


class Moved(NamedTuple):
    """What one other reading gives: kronor that regions get more, and less, over all payouts."""

    scheme: str
    reading: str
    gained_sek: int
    lost_sek: int


def moved_by(scheme: Scheme, root: DataRoot) -> list[Moved]:
    """Each other reading of the scheme by itself, with what was observed in the root's warehouse.

    Raises:
        NothingPublishedError: if nothing was published yet.
        PopulationMissingError: if a population that shares rest on is missing.
    """
    tables: set[type[Table]] = {
        Population,
        *(each for rule in scheme.requirements.values() for each in rule.datasets),
    }
    observed = {table: read_published(root, table) for table in tables}
    own = amounts_under(scheme, observed)
    alone = [each for each in other_readings(scheme) if len(each.numbers) == 1]
    found = []
    for each in alone:
        change = moved(own, {each.name: amounts_under(scheme, observed, each)})["difference_sek"]
        gained, lost = change.filter(change > 0).sum(), -change.filter(change < 0).sum()
        found.append(Moved(scheme.name, each.name, int(gained), int(lost)))
    return found


def kept() -> list[Moved]:
    """What was computed last. Source: `moved.csv`."""
    frame = pl.read_csv(KEPT)
    return [Moved(*row) for row in frame.iter_rows()]


def keep(found: Iterable[Moved]) -> None:
    """Write the file anew."""
    with KEPT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Moved._fields)
        writer.writerows(found)


def keep_anew() -> None:
    """Compute the schemes that the sample has deliveries of, and keep what each reading moves."""
    schemes, root = load_schemes(), DataRoot.from_environment()
    keep([each for name in RUN for each in moved_by(schemes[name], root)])
