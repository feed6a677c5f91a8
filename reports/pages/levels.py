"""By which rule the levels of a month are given, in words: read from the scheme's parameters."""

from fractions import Fraction

from explanation.values import Number, Span
from reports.pages.telling import Telling
from rules.parameters import Bands
from rules.requirement import EarnedByLevel
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.waiting_times import WaitingTime


def how_levels_are_given(told: Telling) -> list[str]:
    """The bands of improvement, the thresholds of attainment, and that the better one counts."""
    rule, month = told.year.scheme.require(WaitingTime), told.year.until
    words = told.words["how"]
    if rule.is_by_population(month):
        return [words["population"]]
    attainment = rule.attainment.at(month)
    return [
        words["levels"].format(
            bands=_bands(told, rule.improvement.at(month)),
            completed=told.language.write(Number(Fraction(attainment.completed_share_pct))),
            waiting=told.language.write(Number(Fraction(attainment.waiting_share_pct))),
            level=attainment.level_pct,
        )
    ]


def how_production_is_given(told: Telling) -> list[str]:
    """The bands of the ratio of new-visit production, and what counts."""
    rule, words = told.year.scheme.require(FirstVisitProduction), told.words["how"]
    found = []
    for period in rule.period:
        if period.first > told.year.until:
            break
        if rule.is_by_population(period.first):
            months = told.language.span(period.first, period.last)
            found.append(words["production_population"].format(months=months))
        else:
            bands = _bands(told, rule.production.at(period.first).levels)
            found.append(words["production"].format(bands=bands))
    return list(dict.fromkeys(found))


def what_is_paid_whole(told: Telling) -> list[str]:
    """That what is paid by population is paid whole, where a month so far is: its 100 per cent is no requirement met."""
    rules = told.year.scheme.all_of(EarnedByLevel).values()
    months = told.year.computed_months
    is_amended = any(rule.is_by_population(month) for rule in rules for month in months)
    return [told.words["how"]["whole"]] * is_amended


def _bands(told: Telling, bands: Bands) -> str:
    words = told.words["how"]["band"]
    return ", ".join(
        words.format(
            span=told.language.write(Span(each.lower, each.upper, bands.decimals)),
            level=each.level_pct,
        )
        for each in bands.bands
    )
