"""Press figures: whole millions by one rule, and what does not sum said so."""

import csv
import re
from dataclasses import replace
from datetime import date

from reports.annex import annex_table
from reports.payout import Payout
from reports.press import press_text
from rules.requirements.grant import Grant
from schemas.places import CHECKOUT
from tests.rules.scheme_data import restated, with_requirement

FOLDER = CHECKOUT / "rules" / "schemes" / "access-2024" / "published"
PARAGRAPH = re.compile(
    r"^(.+): ([\d\xa0]+) miljoner kronor, varav (\d+) miljoner kronor för", re.MULTILINE
)


def test_the_figures_are_the_press_releases(computed: Payout) -> None:
    """All 21, but for the three parts that the press release cuts off instead of rounding."""
    with (FOLDER / "press_release.csv").open(encoding="utf-8", newline="") as file:
        published = {
            computed.region(row["region_code"]): (
                int(row["total_msek"]),
                int(row["of_which_bup_msek"]),
            )
            for row in csv.DictReader(file)
        }
    written = {
        name: (int(total), int(part))
        for name, total, part in PARAGRAPH.findall(press_text(computed))
    }
    differing = {
        name: (figures, published[name])
        for name, figures in written.items()
        if name in published and figures != published[name]
    }
    assert differing == {
        "Skåne": ((233, 72), (233, 71)),
        "Värmland": ((39, 7), (39, 3)),
        "Västmanland": ((39, 8), (39, 7)),
    }
    assert published.keys() <= written.keys()


def test_where_rounded_amounts_do_not_sum_it_is_said(computed: Payout) -> None:
    """1 547 against 1 546, with the exact amount."""
    text = press_text(computed).replace("\xa0", " ")
    assert (
        "blir summan av regionernas avrundade belopp 1 547 miljoner kronor, medan hela beloppet, "
        "1 545 740 465 kronor, avrundas till 1 546 miljoner kronor." in text
    )
    assert (
        "För barn- och ungdomspsykiatrin (BUP) gäller: På grund av avrundning blir summan av regionernas avrundade "
        "belopp 349 miljoner kronor, medan hela beloppet, 348 240 465 kronor, avrundas till 348"
        in text
    )
    assert (
        "Totalt beräknas 1 546 miljoner kronor betalas ut till 21 regioner, varav 348 miljoner"
        in text
    )


def test_where_they_sum_that_is_said(computed: Payout) -> None:
    """Made-up amounts of even millions."""
    amounts = {name: {"01": 2_000_000, "03": 1_000_000} for name in computed.components}
    text = press_text(replace(computed, amounts=amounts))
    assert "är lika med det avrundade totalbeloppet" in text
    assert "På grund av avrundning" not in text


def test_what_would_be_rounded_to_nothing_is_written_in_kronor(computed: Payout) -> None:
    """499 999 kronor are no 0 million; half a million is one."""
    amounts = {name: {"01": 0, "03": 0} for name in computed.components}
    amounts["general_grant"] = {"01": 499_999, "03": 500_000}
    text = press_text(replace(computed, amounts=amounts)).replace("\xa0", " ")
    assert "\nStockholm: 499 999 kronor" in text
    assert "\nUppsala: 1 miljon kronor" in text


def test_only_those_paid_are_counted(computed: Payout) -> None:
    """Who did not meet a grant's conditions is named, and is paid 0 kronor, not 0 million."""
    grant = computed.scheme.all_of(Grant)["general_grant"]
    paid = [code for code in computed.regions if code not in {"13", "21"}]
    scheme = with_requirement(
        computed.scheme, "general_grant", qualified=restated(grant.qualified, value=paid)
    )
    amounts = {
        name: {
            code: 2_000_000 if name == "general_grant" and code in paid else 0
            for code in computed.regions
        }
        for name in computed.components
    }
    text = press_text(replace(computed, scheme=scheme, amounts=amounts)).replace("\xa0", " ")
    assert "till 19 regioner" in text
    assert "Halland: 0 kronor" in text
    assert (
        "2 av 21 regioner (Halland och Gävleborg) uppfyllde inte villkoren för bidraget (befolkning totalt)"
        in text
    )


def test_what_is_not_in_is_said_of_the_payout(computed: Payout) -> None:
    """Where nothing of a month came in, no 0 stands without a word; of a payout that is all in, nothing is said."""
    in_part = replace(computed, not_in=[date(2024, 10, 1), date(2024, 11, 1)])
    said = (
        "Uppgifter saknas för oktober\N{EN DASH}november 2024. Belopp som beror på dem räknas tills vidare som 0 kr; "
        "vad de blir är inte känt."
    )
    assert said in press_text(in_part).splitlines()
    assert said in annex_table(in_part).notes
    assert computed.not_in == []
    assert "Uppgifter saknas" not in press_text(computed)
