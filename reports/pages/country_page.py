"""The country's month: money, the regions side by side, months side by side, and where the pot comes from."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from reports.pages.counts import beneath, counts_section
from reports.pages.levels import what_is_paid_whole
from reports.pages.operations import caps_by_month, country_operations
from reports.pages.page import INDEX, Link, Page, Section
from reports.pages.telling import Telling
from reports.pages.year import Year
from reports.pictures import svg
from reports.results import Money, Share, together
from reports.tables import Cell, PrintedTable
from rules.exact import half_up
from rules.parameters import Payout
from rules.population import weights
from rules.requirement import FULL_LEVEL
from rules.requirements.surgery import Surgery
from rules.requirements.waiting_times import WaitingTime
from schemas.observed import Population
from schemas.regions import region_name

PRODUCTION = "first_visit_production"

SMALL = 30
"""A region with fewer completed than this in some measure of the month is marked as small."""


def country_page(told: Telling) -> Page:
    """The page of the country, of the month that the year is told up to."""
    year, words = told.year, told.words["country_page"]
    sections = (
        [
            country_operations(told),
            *_came_in(told),
            _map(told, words["map_caps"]),
            caps_by_month(told),
        ]
        if year.is_of_operations
        else [
            _regions(told),
            _pot(told),
            *_came_in(told),
            _map(told, words["map"]),
            *_months(told),
            counts_section(told, year.scheme.regions, [year.until]),
        ]
    )
    return Page(
        told.country_path(),
        words["title"].format(month=told.month(year.until)),
        ways=[
            Link(told.words["pages"]["index"], INDEX),
            *(Link(told.month(each), told.country_path(each)) for each in year.month_before),
        ],
        banner=told.banner(year.scheme.regions),
        standing=told.standing(is_made_up=year.is_made_up),
        lead=" ".join([_earned(told), *_not_judged(told)]),
        facts=list(_facts(told)),
        sections=sections,
        is_wide=True,
    )


def _earned(told: Telling) -> str:
    """What the regions earned, of how much; that it is not known, where none has reported what it is of."""
    year, words = told.year, told.words["country_page"]
    said, money = (
        (words["lead_operations"], year.up_to_caps(year.scheme.regions))
        if year.is_of_operations
        else (words["lead"], year.known(year.scheme.regions))
    )
    if money is None:
        return told.earned_is_unknown(words["regions_in_a_sentence"])
    return said.format(month=told.month(year.until), **told.of(money))


def _not_judged(told: Telling) -> list[str]:
    """That the month is paid by population, where it is: its 100 per cent is no requirement met."""
    rules = told.year.scheme.all_of(WaitingTime).values()
    is_paid = any(rule.is_by_population(told.year.until) for rule in rules)
    return [told.words["how"]["population"]] * is_paid


def _facts(told: Telling) -> Iterator[tuple[str, str]]:
    """The fund, and of what it is the sum: paid, earned since, not earned, to come; and when the payout is."""
    year, words = told.year, told.words["country_page"]
    if year.is_of_operations:
        yield (
            words["fund"],
            told.kronor(sum(_fund(year, name) for name in year.scheme.all_of(Surgery))),
        )
        if money := year.up_to_caps(year.scheme.regions):
            yield words["left_to_caps"], told.kronor(money.left)
    else:
        parts = _parts(year)
        fund, so_far = sum(_fund(year, name) for name in parts), together(parts.values())
        before = sum(
            _earned_in(year, payout, name)
            for payout in _rounds(year)
            if payout != year.payout
            for name in parts
        )
        yield words["fund"], told.kronor(fund)
        yield words["paid"], told.kronor(before)
        yield words["earned_so_far"], told.kronor(so_far.earned - before)
        yield words["pot"], told.kronor(so_far.left)
        if not year.is_over:
            yield words["to_come"], told.kronor(fund - so_far.reserved)
    if year.payout:
        month = year.payout.month
        is_decided = month in year.decisions
        yield words["payout" if is_decided else "next_payout"], told.month(month)
        # The decision's day is not known before it is made; the month is.
        if not is_decided and year.data_as_of and year.data_as_of < month:
            days = (month - year.data_as_of).days
            yield words["days"].format(day=told.language.day(month)), str(days)


def _regions(told: Telling) -> Section:
    """A row a region: each measure's share, change and level; earned, of how much, a child."""
    year, words = told.year, told.words["country_page"]
    base = year.scheme.require(WaitingTime).population.at(year.until)
    children = dict(weights(year.tables[Population], base, year.scheme.regions).iter_rows())
    rows: list[list[Cell]] = []
    counts: dict[tuple[int, int], str] = {}
    has_small = False
    for code in year.scheme.regions:
        results = [year.results[code, year.until, each] for each in year.measures]
        is_small = any(
            each.completed is not None and each.completed < SMALL and not each.is_withheld
            for each in results
        )
        has_small |= is_small
        counts |= beneath(len(rows), ((1 + 3 * n, each.now) for n, each in enumerate(results)))
        rows.append(
            [
                f"{region_name(code)}{' *' if is_small else ''}",
                *(
                    cell
                    for result in results
                    for cell in (told.share(result.now), told.change(result), result.level_pct)
                ),
                *_money(told, [code], children.get(code)),
            ]
        )
    totals: list[Cell] = [words["country"]]
    for place, measure in enumerate(year.measures):
        share = _share_of_country(told, measure)
        totals += [share.tenths, None, None]
        counts |= beneath(-1, [(1 + 3 * place, share)])
    totals += _money(told, year.scheme.regions, sum(children.values()))
    table = PrintedTable(
        words["regions"].format(month=told.month(year.until)),
        [
            words["region"],
            *[words["share"], words["change"], words["level"]] * len(year.measures),
            words["earned"],
            words["of_reserve"],
            words["per_child"],
        ],
        rows,
        totals,
        groups=[
            "",
            *(told.measure(each) for each in year.measures for _ in range(3)),
            *[told.component("waiting_time")] * 3,
        ],
        notes=[*_notes(told, is_small=has_small)],
        sheet=words["sheet_regions"],
    )
    return Section(
        "regioner",
        table.title,
        [told.words["pages"]["counts"]] * bool(counts),
        table=table,
        signed=frozenset(2 + 3 * place for place in range(len(year.measures))),
        sortable=True,
        beneath=counts,
        links={place: told.region_path(code) for place, code in enumerate(year.scheme.regions)},
    )


def _money(told: Telling, regions: Sequence[str], children: int | None) -> list[Cell]:
    """Earned, its share of what could be, and kronor a child."""
    money = told.year.known(regions)
    if money is None:
        return [told.words["pages"]["missing"]] * 3
    each = half_up(Fraction(money.earned) / children) if children else None
    return [money.earned, money.share, each]


def _share_of_country(told: Telling, measure: str) -> Share:
    """The share of the regions whose counts are shown: with those of others it would tell of these."""
    year = told.year
    shares = [
        each.now
        for code in year.scheme.regions
        if (each := year.results[code, year.until, measure]).completed_within_30 is not None
        and not each.is_withheld
    ]
    return Share(sum(each.part or 0 for each in shares), sum(each.whole or 0 for each in shares))


def _notes(told: Telling, *, is_small: bool) -> Iterator[str]:
    words = told.words["country_page"]
    of_month = [
        each for (_, month, _), each in told.year.results.items() if month == told.year.until
    ]
    yield from told.why_withheld(of_month)
    if any(each.is_withheld for each in of_month):
        yield words["share_of_shown"]
    if is_small:
        yield words["small"].format(count=SMALL, points=FULL_LEVEL // SMALL)
    base = told.year.scheme.require(WaitingTime).population.at(told.year.until)
    group = told.language.name(f"age_group.{base.age_group}")
    yield words["per_child_note"].format(age_group=group)
    yield from _not_judged(told)


def _map(told: Telling, title: str) -> Section:
    year = told.year
    known = {code: year.known([code]) for code in year.scheme.regions}
    shares = {code: money.share if money else None for code, money in known.items()}
    picture = f'<div class="map">{svg(title, shares, told.code)}</div>'
    return Section("karta", title, picture=picture, fits="half")


def _months(told: Telling) -> Iterator[Section]:
    """For each measure the grid that readers of vantetider.se know: regions by months."""
    year, words = told.year, told.words["country_page"]
    months = year.scheme.measured_months
    threshold = year.scheme.require(WaitingTime).attainment.at(year.until).completed_share_pct
    for number, measure in enumerate(year.measures):
        rows: list[list[Cell]] = []
        for code in year.scheme.regions:
            results = [year.results.get((code, month, measure)) for month in months]
            rows.append(
                [
                    region_name(code),
                    *(told.share(each.now) if each else None for each in results),
                ]
            )
        table = PrintedTable(
            words["months"].format(measure=told.measure(measure)),
            [words["region"], *(told.short(month) for month in months)],
            rows,
            # A sheet's name is short: without the Swedish in brackets.
            sheet=told.measure(measure).partition(" (")[0],
        )
        paragraphs = [words["thresholds"].format(threshold=threshold)] if number == 0 else []
        yield Section(
            f"manader-{measure}",
            table.title,
            paragraphs,
            table=table,
            look="shares",
            fits="third",
        )


def _pot(told: Telling) -> Section:
    """A row a component: what could be earned so far, what was, and what goes to the pot."""
    words = told.words["country_page"]
    rows: list[list[Cell]] = [
        [told.component(name), each.reserved, each.earned, each.left]
        for name, each in _parts(told.year).items()
    ]
    table = PrintedTable(
        words["pot_table"],
        [words["component"], words["reserved"], words["earned_year"], words["left"]],
        rows,
        notes=what_is_paid_whole(told),
        sheet=words["sheet_pot"],
    )
    months = told.language.span(told.year.computed_months[0], told.year.computed_months[-1])
    lead = [words["pot_lead"].format(months=months)]
    if len(rows) > 1:
        lead.append(words["pot_production"])
    if decided := [payout for payout in told.year.decided if payout.round]:
        rounds = ", ".join(told.month(payout.month) for payout in decided)
        lead.append(words["pot_decided"].format(payouts=rounds))
    return Section("pott", table.title, lead, table=table, fits="half")


def _came_in(told: Telling) -> Iterator[Section]:
    """Of which months some regions' data came late, or were replaced: how many, and whose."""
    words, states = told.words["country_page"], told.words["data_page"]
    rows: list[list[Cell]] = [
        [told.month(each.month), *(_named(told, codes) for codes in (each.late, each.replaced))]
        for each in told.year.reports
        if each.late or each.replaced
    ]
    if rows:
        headings = [states["month"], words["late"], states["replaced_regions"]]
        table = PrintedTable(words["came_in"], headings, rows, sheet=words["sheet_came_in"])
        yield Section("inlamnat", table.title, table=table, fits="half")


def _named(told: Telling, codes: Collection[str]) -> Cell:
    return f"{len(codes)}: {told.regions(codes)}" if codes else None


def _parts(year: Year) -> dict[str, Money]:
    """By component with a pot, what was earned so far, and of how much: of all of its fund, once the year is over."""
    parts, produced = {}, year.produced(year.scheme.regions, year.computed_months).reserved
    for name in [*year.scheme.all_of(WaitingTime), *[PRODUCTION] * bool(produced)]:
        earned = sum((_earned_in(year, payout, name) for payout in _rounds(year)), Decimal(0))
        reserved = _by_months(year, name, year.computed_months).reserved
        # The months' amounts, whole kronor each, make up the fund but for some kronor; a pot closes on the fund.
        parts[name] = Money(
            earned, max(_fund(year, name), int(earned)) if year.is_over else reserved
        )
    return parts


def _rounds(year: Year) -> list[Payout]:
    """The payouts whose rounds have begun."""
    return [each for each in year.scheme.payouts if each.round and each.round.first <= year.until]


def _fund(year: Year, component: str) -> int:
    """The kronor set aside for the component: as the pots close on it, once the year is over."""
    month = year.scheme.payout_months[-1] if year.is_over else year.until
    return year.scheme.requirements[component].fund_at(month)


def _earned_in(year: Year, payout: Payout, component: str) -> Decimal:
    """Earned of the component in the payout's round: what is paid, where that is over and computed; else so far by month."""
    paid = year.rounds_paid.filter(month=payout.month, component=component)
    if not paid.is_empty():
        return Decimal(paid["amount_sek"].sum())
    months = [month for month in year.computed_months if month in payout.round_months()]
    return _by_months(year, component, months).earned


def _by_months(year: Year, component: str, months: Sequence[date]) -> Money:
    """What the months gave of the component by the latest data, and could have."""
    money = year.produced if component == PRODUCTION else year.money
    return money(year.scheme.regions, months)
