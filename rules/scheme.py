"""A scheme: one year of an agreement, put together from its folder and checked as a whole."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import Field

from rules.catalogue import Interpretation, interpretations
from rules.parameters import (
    BonusPot,
    BonusPots,
    Concluded,
    Kronor,
    Parameter,
    Payout,
    Period,
    Reporting,
    Source,
    Undecided,
)
from rules.published import Published
from rules.requirement import EarnedByLevel, Requirement
from rules.strict import Text
from schemas.amounts import grouped
from schemas.months import add_months
from schemas.regions import region_codes
from schemas.table import Table

Kind = TypeVar("Kind", bound=Requirement)


class NotComputable(Concluded):
    """A part of the agreement that nothing here computes, and why."""

    what: Text
    what_sv: Text
    amount_sek: Kronor
    reasons: list[Text] = Field(min_length=1)
    reasons_sv: list[Text] = Field(min_length=1)
    source: Source
    section: Text

    def in_words(self, code: str) -> str:
        """What it is, its amount and the reasons: in Swedish for `sv`, else in English."""
        what, reasons = (
            (self.what_sv, self.reasons_sv) if code == "sv" else (self.what, self.reasons)
        )
        amount = grouped(self.amount_sek)
        return f"{what}, {amount} kronor. {' '.join(reasons)}"


class Identity(Undecided, Concluded):
    """What a scheme is, who decides and pays, and when: the file `scheme.toml`.

    `based_on` names the scheme whose keys hold wherever this one's files do not have them. `inferred`
    says what of this no source says, `not_known_yet` which months are assumed until they are decided.
    """

    of_its_own_year: ClassVar[tuple[str, ...]] = (
        "inferred",
        "inferred_sv",
        "not_known_yet",
        "not_known_yet_sv",
        "note",
        "not_computable",
    )

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
    note: str = ""
    measured: Period | None = None
    reporting: Reporting | None = None
    payout: list[Payout] = Field(min_length=1)
    not_computable: list[NotComputable] = Field(default_factory=list)
    interpretations: Mapping[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Scheme:
    """One year of an agreement, as its folder states it.

    Attributes:
        identity: what it is, who pays, which months.
        published: figures to reconcile with.
        requirements: what it pays for, by component.
        bonus_pots: how what is not earned is shared.
        content_sha256: the fingerprint of the folder's files.
        regions: codes of the regions that take part, in order.
    """

    folder: Path
    content_sha256: str
    identity: Identity
    published: Published
    requirements: Mapping[str, Requirement]
    bonus_pots: BonusPots | None = None
    regions: tuple[str, ...] = tuple(region_codes())

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
    def pots(self) -> list[BonusPot]:
        """The bonus pots; none where all that is not earned stays with the state."""
        return self.bonus_pots.pot if self.bonus_pots else []

    @property
    def payout_months(self) -> list[date]:
        """The months paid, in order."""
        return [payout.month for payout in self.payouts]

    @property
    def months(self) -> list[date]:
        """All months in which the scheme computes something, in order."""
        return sorted({*self.measured_months, *self.payout_months})

    def due(self, month: date) -> date:
        """The day by which a measured month is to be reported, that day included.

        Raises:
            LookupError: if the scheme has no days for reporting.
        """
        reporting = self.identity.reporting
        if reporting is None:
            raise LookupError(f"{self.name} has no days for reporting")
        if reporting.last and month == self.measured_months[-1]:
            return reporting.last
        return add_months(month, 1).replace(day=reporting.day)

    def payout_of(self, month: date) -> Payout | None:
        """The payout of the month, if it is a payout month."""
        return next((payout for payout in self.payouts if payout.month == month), None)

    def round_months(self, month: date) -> list[date]:
        """The measured months that the payout of the month covers; none if there is none."""
        payout = self.payout_of(month)
        return payout.round_months() if payout else []

    def closes_pots(self, month: date) -> bool:
        """Whether the bonus pots close in the month."""
        return bool(self.pots) and month == self.payouts[-1].month

    def all_of(self, kind: type[Kind]) -> dict[str, Kind]:
        """The requirements of a kind, by component."""
        return {
            component: each
            for component, each in self.requirements.items()
            if isinstance(each, kind)
        }

    def find(self, kind: type[Kind]) -> Kind | None:
        """The scheme's one requirement of a kind, if it has it."""
        return next(iter(self.all_of(kind).values()), None)

    def require(self, kind: type[Kind]) -> Kind:
        """The scheme's one requirement of a kind.

        Raises:
            ValueError: if it has none.
        """
        rule = self.find(kind)
        if rule is None:
            raise ValueError(f"{self.name} has no requirement of the kind {kind.kind}")
        return rule

    @property
    def counted(self) -> set[type[Table]]:
        """The models of what is counted for it, beside population."""
        return {table for each in self.requirements.values() for table in each.datasets}

    def counted_for(self, components: Collection[str]) -> set[type[Table]]:
        """The same for some of its components; a bonus rests on all that is counted."""
        if not self.requirements.keys() >= set(components):
            return self.counted
        return {table for each in components for table in self.requirements[each].datasets}

    def population_months(self, components: Collection[str]) -> list[date]:
        """The months whose population the components are shared by."""
        rules = [self.requirements[each] for each in components if each in self.requirements]
        return sorted({base.reference_month for rule in rules for base in rule.populations()})

    @property
    def datasets(self) -> list[str]:
        """The datasets of counts that it rests on, by name, beside population."""
        return sorted(table.qualified_name().partition(".")[2] for table in self.counted)

    @property
    def parts(self) -> frozenset[str]:
        """The names of the files that state its requirements, such as `surgery`."""
        return frozenset([*self.requirements, *(["bonus_pots"] if self.bonus_pots else [])])

    def is_concerned(self, interpretation: Interpretation) -> bool:
        """Whether the answer to the open question can matter to the scheme."""
        kinds = {each.kind for each in self.requirements.values()}
        names = {self.name, *self.parts, *kinds, *(["paid_by"] if self.amended else [])}
        return not names.isdisjoint(interpretation.concerns)

    @property
    def amended(self) -> Mapping[str, EarnedByLevel]:
        """What shares a bonus pot and is paid by population in some month, by component."""
        pooled = {name for pot in self.pots for name in pot.components}
        earned = self.all_of(EarnedByLevel).items()
        return {name: each for name, each in earned if name in pooled and each.is_amended}

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
        for component, requirement in self.requirements.items():
            for key, parameter in requirement.parameters():
                yield f"{component}.toml", key, parameter

    @property
    def not_known_yet(self) -> list[str]:
        """What is missing of its parameters, so that nothing can be paid: file, key and what."""
        return self.not_known_in("en")

    def way_to_payouts(self, as_of: date | None = None) -> str:
        """What gives its payouts, also those of an earlier day, where there are none: the command, or what must be known first."""
        if unknown := self.not_known_yet:
            return "\n  ".join(["none can be computed before these are known:", *unknown])
        if as_of:
            return (
                f"`bonuspott run {self.name} --as-of {as_of}` computes it from what had been delivered by then, "
                "in a warehouse of its own"
            )
        return f"`bonuspott run {self.name}` computes it, or says what it waits for"

    def not_known_in(self, code: str) -> list[str]:
        """The same in Swedish for `sv`, else in English."""
        months = self.identity.told("not_known_yet", code)
        return [
            *([f"scheme.toml: measured: {months}"] if months else []),
            *(
                f"{file}: {key}: {version.told('not_known_yet', code)}"
                for file, key, parameter in self.parameters()
                for version in parameter.root
                if version.not_known_yet
            ),
        ]


def fingerprint(folders: Sequence[Path]) -> str:
    """The SHA-256 over the files of a scheme's folder and those it is based on: names and bytes."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{content}  {path.relative_to(folder).as_posix()}\n".encode())
    return digest.hexdigest()
