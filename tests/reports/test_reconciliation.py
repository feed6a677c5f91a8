"""The reconciliation: exact, rounded, published, difference and explanation, side by side."""

from tests.reports.workbooks import table


def test_every_amount_stands_beside_what_was_published(made: dict[str, bytes]) -> None:
    """21 regions times four components, the total and two press figures."""
    heading, *rows = table(made["avstamning.xlsx"], "Region")
    assert heading == [
        *("Region", "Uppgift", "Enhet", "Exakt", "Avrundat", "Publicerat"),
        *("Publicerat minus avrundat", "Utfall", "Förklaring", "Källa"),
    ]
    assert len(rows) == 21 * 7
    in_kronor = [row for row in rows if row[2] == "kronor"]
    assert {row[7] for row in in_kronor} == {"stämmer"}
    assert all(row[4] == row[5] and row[6] == 0 for row in in_kronor)


def test_the_exact_amount_is_what_was_earned_before_rounding(made: dict[str, bytes]) -> None:
    """Quarters of a krona, rounded half up; a grant shared out in whole kronor has none."""
    rows = {(row[0], row[1]): row for row in table(made["avstamning.xlsx"], "Region")}
    assert rows["Stockholm", "Prestationskrav juli\u2013november"][3:5] == [
        24_393_292.5,
        24_393_293,
    ]
    assert rows["Stockholm", "Bonuspott"][3] is None


def test_known_differences_come_with_their_reason(made: dict[str, bytes]) -> None:
    """The three figures that the press release cuts off."""
    rows = table(made["avstamning.xlsx"], "Region")
    known = {row[0]: row for row in rows if row[7] == "känd skillnad"}
    assert known.keys() == {"Skåne", "Värmland", "Västmanland"}
    assert known["Skåne"][3:7] == [71_631_819, 72, 71, -1]
    assert "cut off rather than rounded" in str(known["Skåne"][8])
