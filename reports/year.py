"""A scheme's year as its account needs it: its payouts, and the tables they follow from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from explanation.language import Code
from ledger.warehouse import read_published
from reports.payout import RESTED_ON, Payout, latest, read_payout
from rules.scheme import Scheme
from rules.small_numbers import Audience
from rules.step import Inputs
from schemas.audit import Materialisations
from schemas.components import REGISTER
from schemas.payouts import Fulfilment, Reserves
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from schemas.places import DataRoot
from schemas.surgery import SurgeryFollowup
from schemas.table import Table

READ: tuple[type[Table], ...] = (Fulfilment, SurgeryFollowup, *RESTED_ON)

FOLLOWED_UP = (WaitingTimePerformance, FirstVisitProductionPerformance, SurgeryFollowup)
"""What can be told of a year before anything of it is paid."""


@dataclass(frozen=True)
class Year:
    """The year of one scheme.

    Attributes:
        payouts: all of them, in order of time; of a scheme that pays nothing before more is known,
            its last alone, without amounts.
        tables: by model, the rows that each payout rests on; of such a scheme, all that are published.
    """

    payouts: Sequence[Payout]
    tables: Inputs

    @property
    def last(self) -> Payout:
        """The payout that closes the year; its words, version and language are the year's."""
        return self.payouts[-1]

    @property
    def scheme(self) -> Scheme:
        """Whose year it is."""
        return self.last.scheme

    @property
    def regions(self) -> list[str]:
        """The codes of the regions that were paid, in order; of all, before anything is paid."""
        paid = sorted({code for payout in self.payouts for code in payout.regions})
        return paid or list(self.scheme.regions)

    def paid(self, kinds: Sequence[str]) -> Mapping[str, int]:
        """Kronor paid over the year to each region, for components of the kinds."""
        return {
            code: sum(
                payout.amounts[name].get(code, 0)
                for payout in self.payouts
                for name in payout.components
                if REGISTER[name].kind in kinds
            )
            for code in self.regions
        }

    def reserved(self, kinds: Sequence[str]) -> Mapping[str, int]:
        """Kronor that each region could earn over the year, by components of the kinds."""
        names = [name for name, each in REGISTER.items() if each.kind in kinds]
        sums = (
            self.tables[Reserves]
            .filter(pl.col("component").is_in(names))
            .group_by("region_code")
            .agg(pl.col("reserved_sek").sum())
        )
        return dict(sums.iter_rows())


def read_year(
    root: DataRoot, scheme: Scheme, *, is_made_up: bool, audience: Audience, code: Code
) -> Year:
    """The scheme's year, as the published warehouse has it, and of what was decided as it was decided.

    Raises:
        NothingPublishedError: if nothing was published yet.
        NotComputedError: if one of its payouts was not computed, though what it asks for is known,
            or nothing of the year was.
    """
    if scheme.not_known_yet:
        tables = {table: read_published(root, table, scheme.name) for table in READ}
        if any(not tables[table].is_empty() for table in FOLLOWED_UP):
            last = read_payout(
                root,
                scheme,
                scheme.payout_months[-1],
                is_made_up=is_made_up,
                audience=audience,
                code=code,
            )
            records = latest(read_published(root, Materialisations, scheme.name))
            return Year([replace(last, records=records)], tables)
    payouts = [
        read_payout(
            root, scheme, month, is_made_up=is_made_up, audience=audience, code=code
        ).computed()
        for month in scheme.payout_months
    ]
    return Year(payouts, {table: pl.concat(each.rows(table) for each in payouts) for table in READ})
