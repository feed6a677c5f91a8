"""A scheme: one year of an agreement, put together from its folder and checked as a whole."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pydantic import Field

from rules.catalogue import Interpretation
from rules.parameters import (
    BonusPots,
    FirstVisitProduction,
    Grant,
    GrantName,
    Month,
    Parameter,
    Payout,
    Reporting,
    Strict,
    Surgery,
    Text,
    WaitingTime,
)
from rules.published import Published
from schemas.months import add_months, months_between


class Identity(Strict):
    """What a scheme is, who decides and pays, and when: the file `scheme.toml`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    title: Text
    title_sv: Text
    agreement: Text
    payer: Text
    assessor: Text
    appropriation: Text
    appropriation_sv: Text
    data_source: Text
    data_source_sv: Text
    note: str = ""
    in_force_from: Month
    in_force_to: Month
    measured_from: Month
    measured_to: Month
    reporting: Reporting
    payout: list[Payout] = Field(min_length=1)
    interpretations: Mapping[str, str]


@dataclass(frozen=True)
class Scheme:
    """One year of an agreement, as its folder states it.

    Attributes:
        identity: what it is, who pays, which months.
        waiting_time, first_visit_production, grants, surgery, bonus_pots: its requirements.
        published: figures to reconcile with.
        content_sha256: the fingerprint of the folder's files.
    """

    folder: Path
    content_sha256: str
    identity: Identity
    published: Published
    waiting_time: WaitingTime | None = None
    first_visit_production: FirstVisitProduction | None = None
    surgery: Surgery | None = None
    bonus_pots: BonusPots | None = None
    grants: Mapping[GrantName, Grant] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The scheme's name, which is its folder's."""
        return self.identity.name

    @property
    def measured_months(self) -> list[date]:
        """The months measured, in order."""
        return months_between(self.identity.measured_from, self.identity.measured_to)

    @property
    def payouts(self) -> list[Payout]:
        """The payouts, in order of time; the last closes the bonus pots."""
        return self.identity.payout

    @property
    def months(self) -> list[date]:
        """All months in which the scheme computes something, in order."""
        return sorted({*self.measured_months, *(payout.month for payout in self.payouts)})

    def due(self, month: date) -> date:
        """The day by which a measured month is to be reported, that day included."""
        reporting = self.identity.reporting
        if reporting.last and month == self.identity.measured_to:
            return reporting.last
        return add_months(month, 1).replace(day=reporting.day)

    def payout_of(self, month: date) -> Payout | None:
        """The payout of the month, if it is a payout month."""
        return next((payout for payout in self.payouts if payout.month == month), None)

    @property
    def parts(self) -> frozenset[str]:
        """The names of the files that state its requirements and grants, such as `surgery`."""
        pots = ["bonus_pots"] if self.bonus_pots else []
        return frozenset([*(file.removesuffix(".toml") for file, _ in self._parts()), *pots])

    def is_concerned(self, interpretation: Interpretation) -> bool:
        """Whether the answer to the open question can matter to the scheme."""
        return not {self.name, *self.parts}.isdisjoint(interpretation.concerns)

    def reading(self, name: str) -> str:
        """The reading chosen of an interpretation, such as `rounded` of `band_gaps`."""
        return self.identity.interpretations[name]

    def read_as(self, **readings: str) -> "Scheme":
        """The scheme under other readings of its interpretations."""
        chosen = {**self.identity.interpretations, **readings}
        return replace(self, identity=self.identity.model_copy(update={"interpretations": chosen}))

    def parameters(self) -> Iterator[tuple[str, str, Parameter[object]]]:
        """Every parameter of the scheme: its file, its key, and its versions."""
        for file, part in self._parts():
            for key, value in part:
                yield from _parameters_in(file, key, value)

    def _parts(self) -> Iterator[tuple[str, Strict]]:
        if self.waiting_time:
            yield "waiting_time.toml", self.waiting_time
        if self.first_visit_production:
            yield "first_visit_production.toml", self.first_visit_production
        if self.surgery:
            yield "surgery.toml", self.surgery
        for name, grant in self.grants.items():
            yield f"{name}.toml", grant


def _parameters_in(
    file: str, key: str, value: object
) -> Iterator[tuple[str, str, Parameter[object]]]:
    if isinstance(value, Parameter):
        yield file, key, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _parameters_in(file, f"{key}.{name}", each)


def fingerprint(folder: Path) -> str:
    """The SHA-256 over the folder's files: names and bytes, in order of name."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{content}  {path.relative_to(folder).as_posix()}\n".encode())
    return digest.hexdigest()
