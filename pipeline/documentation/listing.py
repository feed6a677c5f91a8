"""What the schemes' data say: parameters, interpretations, sources, published figures."""

from collections.abc import Iterator, Mapping

from pipeline.documentation.markdown import grouped, span, table
from rules.bonus_pots import component_fund
from rules.catalogue import Interpretation, documents, interpretations, open_questions
from rules.parameters import (
    Attainment,
    Bands,
    PopulationBase,
    Production,
    Reporting,
    Sourced,
    Version,
)
from rules.published import Figures, ReserveTotal, Total
from rules.scheme import NotComputable, Scheme
from schemas.months import month_key
from schemas.payouts import COMPONENTS_SV
from schemas.regions import region_codes, region_name

Schemes = Mapping[str, Scheme]


def scheme_words(schemes: Schemes) -> Mapping[str, str]:
    """What the template of the rules is filled with from the schemes' data."""
    return {
        "schemes": _overview(schemes),
        "bands": _bands(schemes["bup-2025"]),
        "interpretations": "\n\n".join(
            _interpretation(number, each, schemes) for number, each in interpretations().items()
        ),
        "parameters": "\n\n".join(map(_scheme, schemes.values())),
        "published": _published(schemes),
        "known_differences": _known_differences(schemes),
        "unknown": _unknown(schemes),
        "sources": table(
            ["Name", "Document", "In Swedish", "Text checked on"],
            [
                [
                    name,
                    each.title,
                    each.title_sv,
                    str(each.checked)
                    if each.checked
                    else f"not to be had; known from {each.known_from}",
                ]
                for name, each in documents().items()
            ],
        ),
    }


def _unknown(schemes: Schemes) -> str:
    return table(
        ["What is not known", "Scheme", "At most, kronor", "What it could move"],
        [
            [
                each.question,
                f"`{each.scheme}`",
                grouped(
                    each.amount_sek
                    + sum(component_fund(schemes[each.scheme], name) for name in each.components)
                ),
                each.moves,
            ]
            for each in open_questions()
        ],
        numbers=["At most, kronor"],
    )


def _overview(schemes: Schemes) -> str:
    return table(
        ["Scheme", "Agreement", "Kronor", "Months measured", "Paid", "Paid by", "Assessed by"],
        [
            [
                f"`{name}`",
                each.identity.title_sv,
                grouped(_at_stake(each)),
                _measured(each),
                ", ".join(month_key(payout.month) for payout in each.payouts),
                each.identity.payer,
                each.identity.assessor,
            ]
            for name, each in schemes.items()
        ],
        numbers=["Kronor"],
    )


def _measured(scheme: Scheme) -> str:
    months = scheme.measured_months
    return span(months[0], months[-1]) if months else "none"


def _at_stake(scheme: Scheme) -> int:
    """All kronor that the scheme can pay."""
    components = {name for payout in scheme.payouts for name in payout.components}
    return sum(component_fund(scheme, name) for name in components if not name.startswith("bonus_"))


def _bands(scheme: Scheme) -> str:
    """The levels of both requirements of the agreement on child and adolescent psychiatry."""
    rules, production = scheme.waiting_time, scheme.first_visit_production
    if rules is None or production is None:
        raise ValueError(f"{scheme.name} lacks a requirement that the document explains")
    month = scheme.measured_months[0]
    attainment = rules.attainment.at(month)
    return table(
        ["Requirement", "Result", "Level"],
        [
            *(
                ["Improvement on the same month last year", f"{each} percentage points", level]
                for each, level in _levels(rules.improvement.at(month))
            ),
            ["Attainment", _thresholds(attainment), f"{attainment.level_pct} %"],
            *(
                ["New-visit production over the period", f"{each} %", level]
                for each, level in _levels(production.production.at(month).levels)
            ),
        ],
    )


def _interpretation(number: str, each: Interpretation, schemes: Schemes) -> str:
    readings = [
        f"- `{name}`{' (default)' if name == each.default else ''}: {words}"
        for name, words in each.readings.items()
    ]
    quote = [f'The source says: "{each.quote}".'] if each.quote else []
    otherwise = [
        f"`{name}` takes `{scheme.reading(each.name)}`."
        for name, scheme in schemes.items()
        if scheme.is_concerned(each) and scheme.reading(each.name) != each.default
    ]
    concerned = ", ".join(f"`{name}`" for name in schemes if schemes[name].is_concerned(each))
    otherwise.append(f"It concerns {concerned}.")
    lines = [*quote, f"Reason for the default: {each.reason}", *otherwise]
    return "\n".join(
        [f"### {number} `{each.name}`", "", each.question, "", *readings, "", " ".join(lines)]
    )


def _scheme(scheme: Scheme) -> str:
    identity = scheme.identity
    facts = [
        ["Swedish name", identity.title_sv],
        ["Agreement", identity.agreement],
        ["Who pays", f"{identity.payer}, appropriation {identity.appropriation}"],
        ["Who assesses", identity.assessor],
        ["Rests on", identity.data_source],
        *(
            [["Based on", f"`{identity.based_on}`, but for what differs"]]
            if identity.based_on
            else []
        ),
        ["Measured", _measured(scheme)],
        *([["Reported by", _reporting(identity.reporting)]] if identity.reporting else []),
        *([["Inferred", identity.inferred]] if identity.inferred else []),
        *([["Note", identity.note]] if identity.note else []),
        *(["Not computable", _not_computable(each)] for each in identity.not_computable),
    ]
    parts = [f"### {scheme.name}: {identity.title}", table(["What", "Says"], facts)]
    parts += ["Payouts:", _payouts(scheme)]
    rows: dict[str, list[list[str]]] = {}
    for file, key, parameter in scheme.parameters():
        for version in parameter.root:
            rows.setdefault(file, []).append(_parameter(key, version))
    header = ["Parameter", "Value", "Unit", "Source", "Rule in Swedish"]
    for file, of_file in rows.items():
        parts += [f"`{file}`:", table(header, of_file)]
        if file == "first_visit_production.toml" and scheme.first_visit_production:
            periods = [span(each.first, each.last) for each in scheme.first_visit_production.period]
            parts.append(f"Periods counted together: {'; '.join(periods)}.")
        if file == "surgery.toml" and scheme.surgery:
            caps = scheme.surgery.caps.at(identity.measured_from)
            amounts = [[f"{code} {region_name(code)}", grouped(caps[code])] for code in caps]
            parts.append(table(["Region", "Cap"], amounts, numbers=["Cap"]))
    return "\n\n".join(parts)


def _reporting(each: Reporting) -> str:
    """By when a month is to be reported, with source and wording."""
    last = f", the last month by {each.last}" if each.last else ""
    return f"day {each.day} of the month after{last} ({_place(each)}); {_wording(each)}"


def _not_computable(each: NotComputable) -> str:
    reasons = " ".join(each.reasons)
    return (
        f"{each.what}, {grouped(each.amount_sek)} kronor ({each.source}, {each.section}): {reasons}"
    )


def _place(rule: Sourced) -> str:
    return f"{rule.source}, {rule.section}"


def _payouts(scheme: Scheme) -> str:
    return table(
        ["Month", "Measured months it pays for", "What is paid", "Source", "Rule in Swedish"],
        [
            [
                month_key(each.month),
                span(each.round.first, each.round.last) if each.round else "none",
                ", ".join(f"{COMPONENTS_SV[name]} (`{name}`)" for name in each.components),
                _place(each),
                _wording(each),
            ]
            for each in scheme.payouts
        ],
    )


def _parameter(key: str, version: Version[object]) -> list[str]:
    since = f" (from {month_key(version.valid_from)})" if version.valid_from else ""
    known = _value(version.value) if version.value is not None else "not known yet"
    return [
        f"`{key}`{since}",
        known,
        version.unit,
        _place(version),
        " ".join(filter(None, [_wording(version), version.not_known_yet])),
    ]


def _wording(rule: Sourced) -> str:
    words = f'quoted: "{rule.wording_sv}"' if rule.quoted else rule.wording_sv
    return f"{words} *Inferred:* {rule.inferred}" if rule.inferred else words


def _value(value: object) -> str:
    match value:
        case Bands():
            words = "; ".join(f"{each}: {level}" for each, level in _levels(value))
        case Production():
            words = f"below {value.minimum_pct} (exact): 0 %; {_value(value.levels)}"
        case Attainment():
            words = f"{_thresholds(value)}: {value.level_pct} %"
        case PopulationBase():
            words = f"{value.age_group}, {month_key(value.reference_month)}"
        case int():
            words = grouped(value)
        case Mapping():
            words = f"{len(value)} amounts, {grouped(sum(value.values()))} in all"
        case list():
            words = "all regions" if value == region_codes() else ", ".join(map(str, value))
        case _:
            words = f"`{value}`"
    return words


def _levels(bands: Bands) -> Iterator[tuple[str, str]]:
    for band in bands.bands:
        result = f"from {band.lower}" if band.upper is None else f"{band.lower} to {band.upper}"
        yield result, f"{band.level_pct} %"


def _thresholds(attainment: Attainment) -> str:
    return (
        f"at least {attainment.completed_share_pct} % of those completed and at least "
        f"{attainment.waiting_share_pct} % of those waiting within 30 days"
    )


def _published(schemes: Schemes) -> str:
    rows: list[list[str]] = []
    for name, scheme in schemes.items():
        published = scheme.published
        totals: list[Total | ReserveTotal] = [*published.total, *published.reserve_total]
        rows += [
            [f"`{name}`", each.title, f"{len(each.values)}, one a region", *_standing(each)]
            for each in published.figures
        ]
        rows += [
            [f"`{name}`", each.title, f"{grouped(each.amount_sek)} in all", *_standing(each)]
            for each in totals
        ]
        rows += [
            [
                f"`{name}`",
                f"{each.name}, as the sum of its parts",
                f"{grouped(each.total_sek)} in all",
                f"{each.source}, {each.section}",
                "conservation",
            ]
            for each in published.frame
        ]
    return table(["Scheme", "Figures", "How many", "Source", "Evidence"], rows)


def _standing(each: Figures | Total | ReserveTotal) -> list[str]:
    return [f"{each.source}, {each.section}", each.evidence.replace("_", " ")]


def _known_differences(schemes: Schemes) -> str:
    return table(
        ["Scheme", "Figures", "Region", "Published", "Computed", "Explanation"],
        [
            [
                f"`{name}`",
                f"{figures.title} ({figures.source})",
                f"{each.region_code} {region_name(each.region_code)}",
                str(each.published),
                str(each.computed),
                each.explanation,
            ]
            for name, scheme in schemes.items()
            for figures in scheme.published.figures
            for each in figures.known_difference
        ],
        numbers=["Published", "Computed"],
    )
