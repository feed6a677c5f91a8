"""A scheme: one year of an agreement, put together from its folder and checked as a whole."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pydantic import Field

from rules.catalogue import Interpretation, interpretations
from rules.parameters import (
    BonusPots,
    FirstVisitProduction,
    Grant,
    Kronor,
    Parameter,
    Payout,
    Period,
    Reporting,
    Strict,
    Surgery,
    Text,
    WaitingTime,
)
from rules.published import Published
from schemas.months import add_months


class NotComputable(Strict):
    """A part of the agreement that nothing here computes, and why."""

    what: Text
    amount_sek: Kronor
    reasons: list[Text] = Field(min_length=1)
    source: Text
    section: Text


class Identity(Strict):
    """What a scheme is, who decides and pays, and when: the file `scheme.toml`.

    `based_on` names the scheme whose files hold wherever this one says nothing else. `inferred`
    says what of this no source says.
    """

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
    based_on: str = ""
    inferred: str = ""
    note: str = ""
    measured: Period | None = None
    reporting: Reporting | None = None
    payout: list[Payout] = Field(min_length=1)
    not_computable: list[NotComputable] = Field(default_factory=list)
    interpretations: Mapping[str, str] = Field(default_factory=dict)

    @property
    def measured_from(self) -> date:
        """The first month measured.

        Raises:
            LookupError: if the scheme measures nothing.
        """
        return self._measured().first

    @property
    def measured_to(self) -> date:
        """The last month measured; errors as for `measured_from`."""
        return self._measured().last

    def _measured(self) -> Period:
        if self.measured is None:
            raise LookupError(f"{self.name} measures no month")
        return self.measured


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
    grants: Mapping[str, Grant] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The scheme's name, which is its folder's."""
        return self.identity.name

    @property
    def measured_months(self) -> list[date]:
        """The months measured, in order; none where grants alone are paid."""
        return self.identity.measured.months() if self.identity.measured else []

    @property
    def payouts(self) -> list[Payout]:
        """The payouts, in order of time; the last closes the bonus pots."""
        return self.identity.payout

    @property
    def months(self) -> list[date]:
        """All months in which the scheme computes something, in order."""
        return sorted({*self.measured_months, *(payout.month for payout in self.payouts)})

    def due(self, month: date) -> date:
        """The day by which a measured month is to be reported, that day included.

        Raises:
            LookupError: if the scheme has no days for reporting.
        """
        reporting = self.identity.reporting
        if reporting is None:
            raise LookupError(f"{self.name} has no days for reporting")
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
        """The reading taken of an interpretation, such as `rounded` of `band_gaps`.

        Raises:
            LookupError: if the question has several readings and the scheme names none.
        """
        chosen = self.identity.interpretations.get(name)
        if chosen is None:
            chosen = next(each.only for each in interpretations().values() if each.name == name)
        return chosen

    def read_as(self, **readings: str) -> "Scheme":
        """The scheme under other readings of its interpretations."""
        chosen = {**self.identity.interpretations, **readings}
        return replace(self, identity=self.identity.model_copy(update={"interpretations": chosen}))

    def parameters(self) -> Iterator[tuple[str, str, Parameter[object]]]:
        """Every parameter of the scheme: its file, its key, and its versions."""
        for file, part in self._parts():
            for key, value in part:
                yield from _parameters_in(file, key, value)

    @property
    def not_known_yet(self) -> list[str]:
        """What is missing of its parameters, so that nothing can be paid: file, key and what."""
        return [
            f"{file}: {key}: {version.not_known_yet}"
            for file, key, parameter in self.parameters()
            for version in parameter.root
            if version.not_known_yet
        ]

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


def fingerprint(folders: Sequence[Path]) -> str:
    """The SHA-256 over the files of a scheme's folder and those it is based on: names and bytes."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{content}  {path.relative_to(folder).as_posix()}\n".encode())
    return digest.hexdigest()
