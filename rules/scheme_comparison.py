"""What differs between two schemes' data, in words: what an officer asks of a new year's agreement."""

from collections.abc import Iterator, Mapping
from datetime import date

from pydantic import BaseModel

from rules.catalogue import interpretations
from rules.parameters import Parameter, Period
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.scheme import Scheme
from schemas.amounts import grouped
from schemas.months import month_key

FACTS = ("payer", "assessor", "appropriation", "data_source")


def differences_in_words(one: Scheme, other: Scheme) -> list[str]:
    """A line for each thing that the two say differently, or that only one of them says.

    References and wordings are not compared: only what is computed, paid and asked for.
    """
    said = [dict(_statements(scheme)) for scheme in (one, other)]
    names = (one.name, other.name)
    lines = []
    for what in {**said[0], **said[1]}:
        here, there = (each.get(what) for each in said)
        if here != there:
            words = [
                f"{name} {'says nothing of it' if value is None else f'has {value}'}"
                for name, value in zip(names, (here, there), strict=True)
            ]
            lines.append(f"{what}: {'; '.join(words)}")
    return lines


def _statements(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Everything that the scheme's data say that changes what is computed, each by what it is of."""
    identity = scheme.identity
    for fact in FACTS:
        yield fact.replace("_", " "), getattr(identity, fact)
    yield "months measured", _span(identity.measured) if identity.measured else "none"
    for number, payout in enumerate(scheme.payouts, start=1):
        covers = f" for {_span(payout.round)}" if payout.round else ""
        paid = ", ".join(payout.components)
        yield f"payout {number}", f"{paid} in {month_key(payout.month)}{covers}"
    if identity.reporting:
        last = identity.reporting.last
        yield "reported by", f"day {identity.reporting.day}, the last month by {last}"
    production = scheme.find(FirstVisitProduction)
    for number, period in enumerate(production.period if production else [], start=1):
        yield f"first_visit_production, period {number}", _span(period)
    for file, key, parameter in scheme.parameters():
        yield f"{file.removesuffix('.toml')}, {key}", _versions(parameter)
    for each in interpretations().values():
        if len(each.readings) > 1 and scheme.is_concerned(each):
            yield f"reading of {each.name}", scheme.reading(each.name)


def _versions(parameter: Parameter[object]) -> str:
    return "; ".join(
        (f"from {month_key(version.valid_from)} " if version.valid_from else "")
        + (
            f"nothing known yet ({version.not_known_yet})"
            if version.value is None
            else f"{_words(version.value)} {version.unit}"
        )
        for version in parameter.root
    )


def _span(period: Period) -> str:
    return f"{month_key(period.first)} to {month_key(period.last)}"


def _words(value: object) -> str:
    match value:
        case BaseModel():
            said = {name: each for name, each in value if each is not None}
            return ", ".join(
                f"{name.replace('_', ' ')} {_words(each)}" for name, each in said.items()
            )
        case Mapping():
            return ", ".join(f"{name}: {_words(each)}" for name, each in value.items())
        case list():
            return " | ".join(map(_words, value))
        case date():
            return month_key(value)
        case int():
            return grouped(value) if value > 9999 else str(value)  # noqa: PLR2004 - a year is no amount
        case _:
            return str(value)
