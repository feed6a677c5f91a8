"""A ledger that was rewritten with right hashes shows against what knew it before, and against nothing else."""

import shutil
import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deliveries.door import sha256_of
from ledger.audit import witnesses
from ledger.audit.finding import Finding
from ledger.audit.signatures import NAMESPACE, signed_heads
from ledger.audit.walk import NothingRecordedError, audit
from ledger.audit.witnesses import Said, Witness
from ledger.failures import DatabaseDamagedError
from ledger.heads import HEADER, Head, note, noted
from ledger.ledger import Ledger
from ledger.warehouse import AnotherChainError, publish, read_published, refuse_another_chain
from schemas.payouts import Payouts
from schemas.places import DataRoot
from tests.ledger.audit.ledgers import audited, filled, tamper
from tests.ledger.audit.rewriting import rewritten
from tests.ledger.ledger_entries import append, payouts

pytestmark = pytest.mark.slow

CASES: dict[str, dict[str, list[Any]]] = {
    case["done"]: case
    for case in tomllib.loads(
        Path(__file__).with_name("rewritings.toml").read_text(encoding="utf-8")
    )["case"]
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A data root with a ledger, and its published warehouse; to be copied."""
    root = DataRoot(tmp_path_factory.mktemp("made"))
    filled(root)
    publish(root)
    return root


@pytest.fixture
def copy(made: DataRoot, tmp_path: Path) -> DataRoot:
    """A copy to tamper with."""
    return DataRoot(Path(shutil.copytree(made.path, tmp_path / "copy")))


def others(root: DataRoot) -> list[Witness]:
    """Dagster's events of every record, and a head that was signed when there were four."""
    said = [Said(each.number, each.record_hash) for each in Ledger(root.ledger).records()]
    return [Witness("Dagster's events", said), Witness("signed heads", [said[3]])]


def wrong(root: DataRoot) -> list[Finding]:
    """What the audit finds wrong, with the witnesses of the warehouse's folder alone."""
    return [each for each in audited(root).findings if each.weight == "wrong"]


@pytest.mark.parametrize("done", CASES)
def test_who_finds_a_rewritten_ledger(made: DataRoot, copy: DataRoot, done: str) -> None:
    """Each witness that knew what is gone, and no other; the ledger in itself is whole."""
    head = Ledger(made.ledger).records()[-1].record_hash
    rewritten(copy.ledger, *CASES[done]["sql"])
    findings = audit(copy, [head], lambda *_: None, others(made)).findings
    of_witnesses = {
        "noted head" if each.what == "noted head missing" else each.where.partition(":")[0]
        for each in findings
        if each.what in {"witness contradicts", "noted head missing"}
    }
    assert sorted(of_witnesses) == CASES[done]["found_by"]
    assert all(
        each.weight == "open"
        for each in findings
        if each.what not in {"witness contradicts", "noted head missing"}
    )


def test_nothing_is_found_where_nothing_was_done(made: DataRoot) -> None:
    """Every witness agrees, also as the ledger grows."""
    assert audit(made, [], lambda *_: None, others(made)).findings == []


def test_a_ledger_that_was_removed(copy: DataRoot) -> None:
    """Is not one in which nothing was ever recorded, as long as a witness knows better."""
    copy.ledger.unlink()
    assert {each.what for each in wrong(copy)} == {"witness contradicts"}
    copy.heads.unlink()
    copy.published.unlink()
    with pytest.raises(NothingRecordedError):
        audited(copy)


def test_witnesses_that_are_not_at_hand(copy: DataRoot) -> None:
    """Are named, each with the reason, and nothing is wrong."""
    copy.heads.unlink()
    copy.published.unlink()
    walked = audited(copy)
    assert walked.findings == []
    assert [each.absent for each in walked.witnesses] == [
        f"{path} does not exist" for path in (copy.heads, copy.published)
    ]


@pytest.mark.parametrize(
    "done", ["the last record cut off", "a record of other amounts added at the end"]
)
def test_what_is_published_is_never_replaced_by_another_chain(copy: DataRoot, done: str) -> None:
    """It is refused with what to do, and stays as it was; a chain that only grew is published."""
    before = sha256_of(copy.published), copy.heads.read_bytes()
    rewritten(copy.ledger, *CASES[done]["sql"])
    if not CASES[done]["found_by"]:
        publish(copy)
        return
    with pytest.raises(AnotherChainError, match=r"bear witness\. `bonuspott audit`"):
        publish(copy)
    assert (sha256_of(copy.published), copy.heads.read_bytes()) == before
    # Whoever takes the published warehouse away has the heads against them.
    copy.published.unlink()
    with pytest.raises(AnotherChainError):
        publish(copy)


@pytest.mark.parametrize("kept", [True, False], ids=["lines before it", "alone"])
def test_a_head_that_was_forged_speaks_for_itself_alone(copy: DataRoot, *, kept: bool) -> None:
    """It does not take the place of what another witness, or an earlier line, has of the same record."""
    rewritten(copy.ledger, *CASES["a krona more for one region"]["sql"])
    last = Ledger(copy.ledger).records()[-1]
    if not kept:
        copy.heads.unlink()
    note(copy.heads, Head(last.number, last.record_hash, sha256_of(copy.published)))
    before = sha256_of(copy.published)
    with pytest.raises(AnotherChainError):
        publish(copy)
    with pytest.raises(AnotherChainError):
        refuse_another_chain(copy, {last.number: last.record_hash})
    assert sha256_of(copy.published) == before


CHANGED: dict[str, str] = {
    "an amount": "UPDATE payouts.payouts SET amount_sek = amount_sek + 1 WHERE region_code = '09'",
    "a record": "UPDATE audit.materialisations SET code_version = '2' WHERE materialisation_id = 3",
    "a view": "CREATE OR REPLACE VIEW payouts.payouts_named AS SELECT 'Gotland' AS region_name",
}


@pytest.mark.parametrize("statement", CHANGED.values(), ids=CHANGED)
def test_an_altered_published_warehouse(copy: DataRoot, statement: str) -> None:
    """Whatever was changed in it: it is not the file that was noted."""
    copy.published.chmod(0o644)
    tamper(copy.published, statement)
    assert [each.what for each in wrong(copy)] == ["published warehouse changed"]
    assert not any(
        each.name == "published warehouse" and each.said for each in audited(copy).witnesses
    )


def change_without_heads(root: DataRoot, statement: str) -> None:
    """Change what is published where no head tells that it is another file."""
    root.heads.unlink()
    root.published.chmod(0o644)
    tamper(root.published, statement)


def test_an_altered_published_warehouse_without_heads(copy: DataRoot) -> None:
    """Its rows are compared with its records, and those with the ledger's."""
    change_without_heads(copy, CHANGED["an amount"])
    assert {each.what for each in wrong(copy)} == {"published rows changed"}
    tamper(copy.published, CHANGED["a record"])
    assert "witness contradicts" in {each.what for each in wrong(copy)}
    copy.published.write_bytes(b"no database" * 1000)
    assert [each.what for each in wrong(copy)] == ["unreadable"]


PUT_IN = (
    "INSERT INTO payouts.payouts SELECT DATE '2023-01-01' AS payout_month, * EXCLUDE (payout_month) "
    "FROM payouts.payouts WHERE payout_month = (SELECT max(payout_month) FROM payouts.payouts)"
)


def test_published_rows_of_no_record(copy: DataRoot) -> None:
    """Nothing was recorded of the month that they were put in for."""
    change_without_heads(copy, PUT_IN)
    [found] = wrong(copy)
    assert (found.what, found.where) == (
        "published rows of no record",
        "published warehouse: payouts.payouts",
    )
    assert found.found.endswith("of 2023-01")


def test_published_rows_taken_out_with_their_record(copy: DataRoot) -> None:
    """The list of records that is published has a gap."""
    change_without_heads(copy, "DELETE FROM audit.materialisations WHERE materialisation_id = 3")
    [found] = [each for each in wrong(copy) if each.what == "published records gone"]
    assert found.found == "no record 3"


ANOTHER_VERSIONS = "ALTER TABLE payouts.payouts RENAME payout_month TO month"


def test_a_warehouse_that_another_version_published(copy: DataRoot) -> None:
    """Its records are compared, also where their lists are JSON text; its rows are not, which is told."""
    change_without_heads(copy, ANOTHER_VERSIONS)
    tamper(
        copy.published,
        "CREATE TABLE audit.older AS SELECT * REPLACE (inputs::JSON::VARCHAR AS inputs, "
        "deliveries::JSON::VARCHAR AS deliveries) FROM audit.materialisations",
    )
    tamper(copy.published, "DROP TABLE audit.materialisations CASCADE")
    tamper(copy.published, "ALTER TABLE audit.older RENAME TO materialisations")
    found = audited(copy)
    assert [(each.what, each.weight) for each in found.findings] == [
        ("published by another version", "open")
    ]
    [published] = [each for each in found.witnesses if each.name == "published warehouse"]
    assert len(published.said) == len(Ledger(copy.ledger).records())


def test_columns_changed_in_what_this_version_published(
    copy: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever wants rows not to be compared could say that they are another version's."""
    change_without_heads(copy, ANOTHER_VERSIONS)
    last = Ledger(copy.ledger).records()[-1]
    monkeypatch.setattr(witnesses, "code_version", lambda: last.code_version)
    assert [each.what for each in wrong(copy)] == ["unreadable"]


FAR = (
    "UPDATE audit.materialisations SET materialisation_id = 1000000000000000 "
    "WHERE materialisation_id = (SELECT max(materialisation_id) FROM audit.materialisations)"
)


def test_a_record_put_in_far_beyond_the_last(copy: DataRoot) -> None:
    """The records that are missing before it are one span, however many they would be."""
    last = Ledger(copy.ledger).records()[-1].number
    change_without_heads(copy, FAR)
    [found] = [each for each in wrong(copy) if each.what == "published records gone"]
    assert found.found == f"no record {last} to 999999999999999"


@pytest.mark.parametrize("line", ['"2025-01-01', "x" * 200_000], ids=["quoted", "long"])
def test_a_line_of_heads_that_is_none_hides_no_other(copy: DataRoot, line: str) -> None:
    """A quotation mark, or more than a field may have: that line alone is none."""
    [head] = noted(copy.heads)
    assert isinstance(head, Head)
    with copy.heads.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    note(copy.heads, head)
    assert list(noted(copy.heads)) == [head, 3, head]
    assert wrong(copy) == []


def test_an_altered_published_warehouse_whose_hash_was_noted_anew(copy: DataRoot) -> None:
    """Who can write the one file can write the other: the rows are compared all the same."""
    copy.published.chmod(0o644)
    tamper(copy.published, CHANGED["an amount"])
    *_, last = noted(copy.heads)
    assert isinstance(last, Head)
    note(copy.heads, replace(last, published_sha256=sha256_of(copy.published)))
    assert {each.what for each in wrong(copy)} == {"published rows changed"}


def test_the_views_of_a_published_warehouse_without_heads(copy: DataRoot) -> None:
    """Are not compared, and that is said."""
    change_without_heads(copy, CHANGED["a view"])
    walked = audited(copy)
    assert walked.findings == []
    assert walked.witnesses[0].silence.endswith("what is recorded was compared, and nothing else")


LAST = "SELECT max(materialisation_id) FROM audit.materialisations"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE audit.materialisations SET record_hash = repeat('0', 64)", "witness contradicts"),
        (
            f"DELETE FROM audit.materialisations WHERE materialisation_id = ({LAST})",  # noqa: S608 - our own words
            "published records gone",
        ),
    ],
)
def test_an_altered_list_of_records_whose_hash_was_noted_anew(
    copy: DataRoot, change: str, what: str
) -> None:
    """Its hashes are compared as they stand, and it ends where the line says."""
    copy.published.chmod(0o644)
    tamper(copy.published, change)
    *_, last = noted(copy.heads)
    assert isinstance(last, Head)
    note(copy.heads, replace(last, published_sha256=sha256_of(copy.published)))
    assert what in {each.what for each in wrong(copy)}


def test_a_folder_in_the_place_of_the_published_warehouse(copy: DataRoot) -> None:
    """Is no witness, and that is said."""
    copy.published.unlink()
    copy.published.mkdir()
    assert audited(copy).witnesses[-1].silence.endswith("is no file")
    with pytest.raises(DatabaseDamagedError, match="Is a directory"):
        refuse_another_chain(copy, {})


def test_an_older_published_warehouse_put_back(copy: DataRoot) -> None:
    """Shows older figures, and is named; what it noted is compared all the same."""
    before = copy.published.read_bytes()
    append(Ledger(copy.ledger), payouts(8))
    publish(copy)
    copy.published.chmod(0o644)
    copy.published.write_bytes(before)
    walked = audited(copy)
    assert [(each.what, each.weight) for each in walked.findings] == [
        ("published warehouse older", "open")
    ]
    assert [len(each.said) for each in walked.witnesses] == [2, 6]
    publish(copy)
    assert audited(copy).findings == []


@pytest.mark.parametrize("left", ["", HEADER])
def test_heads_that_were_emptied(copy: DataRoot, left: str) -> None:
    """What is published had a line; without it, an empty file is a witness that notes nothing."""
    copy.heads.write_text(left, encoding="utf-8")
    assert [each.what for each in wrong(copy)] == ["heads gone"]
    copy.published.unlink()
    walked = audited(copy)
    assert walked.findings == []
    assert walked.witnesses[0].silence == "it notes nothing"


def test_a_line_for_every_publication(copy: DataRoot) -> None:
    """With the head, and the hash of the file; a torn line spoils no other."""
    append(Ledger(copy.ledger), payouts(8))
    publish(copy)
    first, second = noted(copy.heads)
    assert isinstance(first, Head)
    assert isinstance(second, Head)
    assert (first.number, second.number) == (6, 7)
    assert second.published_sha256 == sha256_of(copy.published)
    assert copy.heads.read_text(encoding="utf-8").startswith(HEADER)
    with copy.heads.open("a", encoding="utf-8") as file:
        file.write("2026-11-")
    note(copy.heads, second)
    assert list(noted(copy.heads)) == [first, second, 4, second]
    [finding] = audited(copy).findings
    assert (finding.what, finding.where) == ("head unreadable", "warehouse/heads.csv: line 4")
    assert finding.weight == "open"


def signed(root: DataRoot, key: Path, namespace: str = NAMESPACE) -> Path:
    """The last line of heads.csv, signed as docs/audit.md has it."""
    root.signed.mkdir(exist_ok=True)
    path = root.signed / "2025-12-18.csv"
    path.write_text(
        root.heads.read_text(encoding="utf-8").splitlines()[-1] + "\n", encoding="utf-8"
    )
    subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", key, path],
        check=True,
        capture_output=True,
    )
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key, and beside it who may sign; without ssh-keygen the test is skipped, and says so."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed, so signatures were NOT tested")
    path = tmp_path / "key"
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "made up", "-f", path]
    subprocess.run(make, check=True)
    public = path.with_suffix(".pub").read_text(encoding="utf-8")
    (tmp_path / "signers").write_text(f"auditor@example.org {public}", encoding="utf-8")
    return path


def test_a_signed_head(copy: DataRoot, key: Path) -> None:
    """Is a witness once it is said who may sign."""
    signed(copy, key)
    head = Ledger(copy.ledger).records()[-1]
    assert signed_heads(copy, key.with_name("signers")).said == [Said(6, head.record_hash)]
    assert "--signers" in signed_heads(copy, None).absent
    rewritten(copy.ledger, *CASES["a krona more for one region"]["sql"])
    walked = audit(copy, [], lambda *_: None, [signed_heads(copy, key.with_name("signers"))])
    assert "signed heads: record 6" in {each.where for each in walked.findings}


def forged(path: Path, _key: Path) -> None:
    """Another number in the signed line."""
    path.write_text(path.read_text(encoding="utf-8").replace(",6,", ",5,"), encoding="utf-8")


def unsigned(path: Path, _key: Path) -> None:
    """The signature taken away."""
    path.with_name(f"{path.name}.sig").unlink()


def by_another(_path: Path, key: Path) -> None:
    """Somebody else's key."""
    signers = key.with_name("signers")
    public = "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    signers.write_text(f"auditor@example.org ssh-ed25519 {public}\n", encoding="utf-8")


@pytest.mark.parametrize("do", [forged, unsigned, by_another])
def test_a_signature_that_does_not_count(
    copy: DataRoot, key: Path, do: Callable[[Path, Path], None]
) -> None:
    """The file is named, and says nothing."""
    do(signed(copy, key), key)
    witness = signed_heads(copy, key.with_name("signers"))
    assert witness.said == []
    assert [each.what for each in witness.findings] == ["signature wrong"]


def test_signed_heads_that_are_gone(copy: DataRoot, key: Path) -> None:
    """Are missed by whoever says who may sign; where nobody says so, they are not at hand."""
    signed(copy, key)
    shutil.rmtree(copy.signed)
    [finding] = signed_heads(copy, key.with_name("signers")).findings
    assert (finding.what, finding.weight) == ("signed heads gone", "wrong")
    assert signed_heads(copy, None).absent == f"{copy.signed} has none"


def test_a_signature_made_for_something_else(copy: DataRoot, key: Path) -> None:
    """Such as a commit, is none of a head."""
    signed(copy, key, "git")
    [finding] = signed_heads(copy, key.with_name("signers")).findings
    assert finding.found == "not auditor@example.org's signature of these bytes"


def test_a_failed_replacement_leaves_a_line_and_nothing_wrong(
    copy: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line comes before the file takes its name: whatever stands there was noted."""
    append(Ledger(copy.ledger), payouts(8))

    def fail(_path: Path, _target: Path) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fail)
        with pytest.raises(OSError):  # noqa: PT011 - it has no words
            publish(copy)
    assert len(list(noted(copy.heads))) == 2
    assert wrong(copy) == []
    publish(copy)
    assert set(read_published(copy, Payouts)["amount_sek"]) == {2, 3, 8}
