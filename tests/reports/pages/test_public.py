"""Pages for the public: no count below 5 can be read from them, or reckoned from what they show."""

import re

from reports.pages.country_page import country_page
from reports.pages.region_page import region_page
from reports.results import Share
from rules.requirement import FULL_LEVEL
from tests.reports.pages.conftest import NOTHING_ASSUMED, Tell
from tests.reports.pages.test_region_page import section, table

WITHHELD = "visas inte"
COMPLETED, WITHIN = 3, 4


def test_shares_and_shortfalls_of_low_counts_are_withheld(tell: Tell) -> None:
    """Wherever a share or a number of patients would give a low count away, for every region."""
    told = tell("2025-11", audience="public")
    withheld = 0
    for region in told.year.scheme.regions:
        page = region_page(told, region, NOTHING_ASSUMED)
        for measure, row in zip(told.year.measures, table(page, "matt").rows, strict=True):
            result = told.year.results[region, told.year.until, measure]
            now, before = result.is_withheld, result.is_base_withheld
            hidden = now or before
            assert [cell == WITHHELD for cell in row[1:5]] == [now, before, hidden, now]
            if hidden and result.level_pct < FULL_LEVEL:
                assert row[9:] == [WITHHELD, None]
            withheld += hidden
        for row in table(page, "antal").rows:
            counts = [cell for cell in row[COMPLETED:9] if isinstance(cell, int)]
            assert all(count >= 5 for count in counts)
            if isinstance(row[COMPLETED], int) and isinstance(row[WITHIN], int):
                assert row[COMPLETED] - row[WITHIN] >= 5
    assert withheld > 0


def test_a_picture_without_lines_says_why(tell: Tell) -> None:
    """Gotland's counts are low: its shares are not drawn, the page says why, and no small print is explained."""
    internal, public = (
        region_page(tell("2025-11", audience=audience), "09", NOTHING_ASSUMED)
        for audience in ("internal", "public")
    )
    assert section(internal, "andelar").paragraphs == []
    assert "antalen bakom dem" in section(public, "andelar").paragraphs[0]
    found = section(public, "matt")
    says = any("Liten stil" in said for said in found.paragraphs)
    assert says == bool(found.beneath)
    assert any("Liten stil" in said for said in section(internal, "matt").paragraphs)


def test_no_low_count_within_a_sum_to_date(tell: Tell) -> None:
    """Where a month's first visits are withheld, so are the period's sums from that month on."""
    told = tell("2025-11", audience="public")
    for region in told.year.scheme.regions:
        for (month, _), row in zip(
            told.year.productions(region),
            table(region_page(told, region, NOTHING_ASSUMED), "nybesok").rows,
            strict=True,
        ):
            hidden = any(
                told.year.results[region, each, "first_visit"].is_withheld
                for each in told.year.period_to_date(month)
            )
            if hidden:
                assert row[1:4] == [WITHHELD] * 3


def test_the_countrys_share_is_of_what_is_shown(tell: Tell) -> None:
    """With the hidden regions' counts it would tell of theirs; a note says of whose it is."""
    for month in ("2025-03", "2025-06", "2025-11"):
        told = tell(month, audience="public")
        page = country_page(told)
        regions, beneath = table(page, "regioner"), section(page, "regioner").beneath
        for place in (1, 4, 7):
            counted = {
                row: [int("".join(number.split())) for number in said.split("/")]
                for (row, column), said in beneath.items()
                if column == place
            }
            part, whole = counted.pop(-1)
            assert [part, whole] == [sum(each) for each in zip(*counted.values(), strict=True)]
            assert regions.totals[place] == Share(part, whole).tenths
            hidden = sum(row[place] == WITHHELD for row in regions.rows)
            assert len(counted) == len(regions.rows) - hidden
            assert hidden
        assert any("de regioner vars antal visas" in note for note in regions.notes)


def test_money_and_levels_are_public(tell: Tell) -> None:
    """They are the same for both, and the page says for whom it is."""
    internal, public = (
        region_page(tell("2025-11", audience=audience), "09", NOTHING_ASSUMED)
        for audience in ("internal", "public")
    )
    for column in (5, 6, 7, 8):
        assert [row[column] for row in table(internal, "matt").rows] == [
            row[column] for row in table(public, "matt").rows
        ]
    assert table(internal, "nivaer").rows == table(public, "nivaer").rows
    assert any(re.search("Offentlig version", line) for line in public.standing)
