"""What differs between two schemes' data, in words: what an officer asks of a new year's agreement."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from explanation.language import Code
from explanation.values import Name, Number, Span, kronor, percent
from reports.tables import PrintedTable
from reports.words import Worded, words_in
from rules.catalogue import interpretations
from rules.parameters import (
    Attainment,
    Bands,
    Parameter,
    Period,
    PopulationBase,
    Production,
    Undecided,
    Version,
)
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.scheme import Scheme
from schemas.components import BONUS
from schemas.regions import region_codes, region_name


def comparison(one: Scheme, other: Scheme, code: Code) -> PrintedTable:
    """A row for each thing that the two say differently, or that only one of them says.

    References and wordings are not compared: only what is computed, paid and asked for. Amounts are
    in kronor, shares in per cent.
    """
    words = words_in(code)["comparison"]
    said = [dict(_Telling(scheme, code).statements()) for scheme in (one, other)]
    return PrintedTable(
        title=words["title"].format(one=one.name, other=other.name),
        headings=[words["what"], one.name, other.name],
        rows=[
            [what, *(each.get(what, words["nothing"]) for each in said)]
            for what in said[0] | said[1]
            if said[0].get(what) != said[1].get(what)
        ],
        sheet=words["sheet"],
    )


@dataclass(frozen=True)
class _Telling(Worded):
    """What one scheme's data say that changes what is computed, in a language."""

    scheme: Scheme
    code: Code

    @property
    def said(self) -> Mapping[str, str]:
        """The words of the comparison."""
        return self.words["comparison"]

    def statements(self) -> Iterator[tuple[str, str]]:
        """Each statement by what it is of."""
        words, scheme, identity = self.said, self.scheme, self.scheme.identity
        yield words["payer"], identity.payer
        yield words["assessor"], identity.assessor
        yield words["appropriation"], identity.told("appropriation", self.code)
        yield words["data_source"], identity.told("data_source", self.code)
        unknown = self._unknown(identity)
        if identity.measured:
            yield words["measured"], "; ".join([self._span(identity.measured), *unknown])
        for number, payout in enumerate(scheme.payouts, start=1):
            paid = ", ".join(map(self.component, payout.components))
            covers = words["of"].format(span=self._span(payout.round)) if payout.round else ""
            month = self.language.month(payout.month)
            yield words["payout"].format(number=number), f"{month}: {paid}{covers}"
        if identity.reporting:
            last = identity.reporting.last
            by = words["day"].format(day=identity.reporting.day)
            yield (
                words["reported"],
                by + (words["last"].format(day=self.language.day(last)) if last else ""),
            )
        yield from self._pots()
        for component, production in scheme.all_of(FirstVisitProduction).items():
            for number, period in enumerate(production.period, start=1):
                what = words["period"].format(number=number)
                yield f"{self.component(component)}: {what}", self._span(period)
        yield from self._parameters()
        if parts := identity.not_computable:
            yield words["not_computable"], " ".join(part.in_words(self.code) for part in parts)
        for each in interpretations().values():
            if len(each.readings) > 1 and scheme.is_concerned(each):
                asked = self.language.interpretations[each.name]
                yield asked.question, asked.readings[scheme.reading(each.name)]

    def _parameters(self) -> Iterator[tuple[str, str]]:
        """Each parameter of each component; of one that is left out, what that means."""
        for component, requirement in self.scheme.requirements.items():
            name = self.component(component)
            for key, parameter in requirement.parameters():
                for what, value in self._parameter(key, parameter):
                    yield f"{name}: {what}", value
            for key, value in requirement:
                if value is None and (said := self.said.get(f"unset.{key}")):
                    regions = len(self.scheme.regions)
                    yield f"{name}: {self.said[f'key.{key}']}", said.format(count=regions)

    def _pots(self) -> Iterator[tuple[str, str]]:
        """Of what each bonus pot is, when it is shared out, and by what."""
        for pot in self.scheme.pots:
            told = self.said["pot"].format(
                components=self.language.listed(
                    [self.language.in_a_sentence(f"component.{each}") for each in pot.components]
                ),
                month=self.language.month(self.scheme.payouts[-1].month),
            )
            yield self.component(f"{BONUS}{pot.name}"), told

    def _parameter(self, key: str, parameter: Parameter[object]) -> Iterator[tuple[str, str]]:
        """What a parameter is called, and its versions; amounts by region are a statement each."""
        name, _, part = key.partition(".")
        what = self.said.get(f"key.{name}") or name.replace("_", " ")
        if part:
            names = self.language.names
            what += f", {names.get(f'measure.{part}') or self.language.name(f'procedure.{part}')}"
        by_region = [each for each in parameter.values() if isinstance(each, Mapping)]
        for code in sorted({code for each in by_region for code in each}):
            yield f"{what}, {region_name(code)}", self._versions(name, parameter, code)
        if not by_region:
            yield what, self._versions(name, parameter)

    def _versions(self, name: str, parameter: Parameter[object], region: str = "") -> str:
        return "; ".join(self._version(name, version, region) for version in parameter.root)

    def _version(self, name: str, version: Version[object], region: str) -> str:
        value = version.value
        since = (
            self.said["from"].format(month=self.language.month(version.valid_from))
            if version.valid_from
            else ""
        )
        told = [] if value is None else [self._value(name, version, region)]
        return since + "; ".join([*told, *self._unknown(version)])

    def _unknown(self, stated: Undecided) -> list[str]:
        why = stated.told("not_known_yet", self.code)
        return [self.said["unknown"].format(why=why)] if why else []

    def _value(self, name: str, version: Version[object], region: str) -> str:  # noqa: PLR0911 - a kind of value each
        words, write = self.said, self.language.write
        match version.value:
            case PopulationBase() as base:
                return words["inhabitants"].format(
                    aged=write(Name(f"age_group.{base.age_group}")),
                    month=self.language.month(base.reference_month),
                )
            case Attainment() as both:
                return words["attainment"].format(
                    completed=write(percent(both.completed_share_pct)),
                    waiting=write(percent(both.waiting_share_pct)),
                    level=write(percent(both.level_pct)),
                )
            case Production() as production:
                least = words["below"].format(minimum=write(percent(production.minimum_pct)))
                return f"{least}; {self._bands(name, production.levels)}"
            case Bands() as bands:
                return self._bands(name, bands)
            case Mapping() as by_region:
                return write(kronor(by_region[region])) if region in by_region else words["nothing"]
            case list() as several:
                return self._list(several)
            case int() as number:
                is_money = version.unit.startswith("kronor")
                return write(Number(Fraction(number), "kr" if is_money else ""))
            case value:
                return words.get(f"value.{value}") or str(value).replace("_", " ")

    def _bands(self, name: str, bands: Bands) -> str:
        unit = self.said.get(f"unit.{name}", "")
        return "; ".join(
            self.said["band"].format(
                span=self.language.write(Span(band.lower, band.upper, bands.decimals)),
                unit=unit,
                level=self.language.write(percent(band.level_pct)),
            )
            for band in bands.bands
        )

    def _list(self, several: Sequence[object]) -> str:
        codes = set(region_codes())
        if set(several) == codes:
            return self.said["every_region"].format(count=len(codes))
        return ", ".join(region_name(str(each)) if each in codes else str(each) for each in several)

    def _span(self, period: Period) -> str:
        return self.language.span(period.first, period.last)
