"""The pay list: every region once, and of numbers and accounts only what the agency gave."""

from dataclasses import replace
from pathlib import Path

import pytest

from reports.documents import documents
from reports.pay_list import Payee, PayeesRefusedError, pay_list, read_payees
from reports.payout import Payout
from tests.reports.conftest import ReadFor
from tests.reports.workbooks import table

HEADING = "region_code;registration_number;account\n"


def test_numbers_and_accounts_are_never_invented(made: dict[str, bytes]) -> None:
    """Without the agency's file their cells are empty; amounts, payer and status are there."""
    heading, *rows, total = table(made["utbetalningslista.xlsx"], "Länskod")
    assert heading[2:5] == ["Organisationsnummer", "Konto", "Belopp (kronor)"]
    assert len(rows) == 21
    assert {tuple(row[2:4]) for row in rows} == {("", "")}
    assert total[4] == sum(int(str(row[4])) for row in rows) == 1_545_740_465
    assert {tuple(row[5:]) for row in rows} == {("Kammarkollegiet", "1:11 ap.1", "", "beräknad")}


def test_what_the_agency_gave_stands_with_its_region(computed: Payout, tmp_path: Path) -> None:
    """By region code, in whatever order; a region that is not in the file has empty cells."""
    path = tmp_path / "payees.csv"
    path.write_text(f"{HEADING}25;000000-0002;12-3\n01;000000-0001;5050-1055\n", encoding="utf-8")
    payees = read_payees(path)
    assert payees["01"] == Payee("000000-0001", "5050-1055")
    rows = pay_list(computed, payees).rows
    assert [row[2] for row in rows if row[2]] == ["000000-0001", "000000-0002"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("region;account\n", "row 1: the columns must be region_code"),
        (f"{HEADING}99;;\n", "row 2, region_code: a county code"),
        (f"{HEADING}01;;\n01;;\n", "row 3, region_code: 01 stands in an earlier row"),
        (f"{HEADING}01;12345;\n", "row 2, registration_number: NNNNNN-NNNN"),
        (f"{HEADING}01;;=1+1\n", "row 2, account: digits"),
        (f"{HEADING}01;\n", "row 2: 3 cells"),
    ],
)
def test_a_faulty_file_is_refused_whole(content: str, words: str, tmp_path: Path) -> None:
    """With row, column and what was expected, and without the value, which may be nobody's business."""
    path = tmp_path / "payees.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PayeesRefusedError, match=words):
        read_payees(path)


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_is_none_is_named(name: str, tmp_path: Path) -> None:
    """With what was expected and what to do, not with the system's number alone."""
    with pytest.raises(
        PayeesRefusedError, match=r"columns region_code.*leave out --payees"
    ) as told:
        read_payees(tmp_path / name)
    assert str(tmp_path / name) in str(told.value)
    assert "Errno" not in str(told.value)


def test_the_public_has_no_pay_list(read_for: ReadFor) -> None:
    """Accounts are for the agency; every other document is there, and says for whom it is."""
    made = documents(read_for("public"), {})
    assert set(made) == {
        *("bilaga.pdf", "bilaga.xlsx", "bilaga.csv", "press.md", "avstamning.xlsx"),
        "manifest.json",
    }
    assert "Offentlig version: antal under 5 visas inte" in made["press.md"].decode()


def test_what_is_settled_stands_beside_what_is_decided(computed: Payout) -> None:
    """Of those without a settlement 0; without any there is one amount, and every document says what is settled."""
    settled = replace(computed, settled={"09": -70_177, "12": 941_895})
    table = pay_list(settled, {})
    assert table.headings[4:7] == ["Belopp (kronor)", "Reglering (kronor)", "Att betala (kronor)"]
    for row in table.rows:
        assert row[4] == computed.paid_to(str(row[0]))
        assert row[5] == settled.settled.get(str(row[0]), 0)
        assert row[6] == row[4] + row[5]
    assert table.totals[4:7] == [1_545_740_465, 871_718, 1_546_612_183]
    assert "sammanlagt 871\u00a0718 kronor" in table.notes[-1]
    assert len(pay_list(computed, {}).headings) == len(table.headings) - 2
