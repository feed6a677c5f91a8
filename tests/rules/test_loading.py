"""Loading: a scheme's folder that is not wholly right is refused, naming file and key."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rules.loading import SCHEMES, load_scheme, load_schemes
from rules.strict import SchemeError
from tests.rules.refusals import EDITS
from tests.rules.scheme_data import SCHEME_NAMES, copied, edited


@pytest.mark.parametrize("name", EDITS)
def test_refusal(name: str, tmp_path: Path) -> None:
    """One edit of a real folder, and the fault that names its place."""
    scheme, file, old, new, fault = EDITS[name]
    folder = copied(scheme, tmp_path)
    edited(folder, file, old, new)
    with pytest.raises(SchemeError) as refusal:
        load_scheme(folder)
    assert any(fault in each for each in refusal.value.faults), refusal.value.faults
    assert str(folder) in str(refusal.value)


def add_a_file(folder: Path) -> None:
    """A TOML file that no model knows, such as a misspelt one."""
    (folder / "first_visits.toml").write_text("", encoding="utf-8")


def remove_the_identity(folder: Path) -> None:
    """No `scheme.toml`."""
    (folder / "scheme.toml").unlink()


def write_windows_1252(folder: Path) -> None:
    """A file that is not UTF-8."""
    (folder / "scheme.toml").write_bytes("title_sv = 'Överenskommelse'".encode("cp1252"))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (add_a_file, "first_visits.toml: no such file belongs in a scheme"),
        (remove_the_identity, "scheme.toml: the file is missing"),
        (write_windows_1252, "scheme.toml: the file: line 1 is not UTF-8"),
    ],
)
def test_refused_files(change: Callable[[Path], None], fault: str, tmp_path: Path) -> None:
    """Files too many, too few, or unreadable."""
    folder = copied("bup-2025", tmp_path)
    change(folder)
    with pytest.raises(SchemeError) as refusal:
        load_scheme(folder)
    assert any(each.startswith(fault) for each in refusal.value.faults)


@pytest.mark.parametrize(
    ("folder", "file"), [("bup-2026", "scheme.toml"), ("bup-2025", "waiting_time.toml")]
)
def test_what_is_not_toml_is_one_fault(folder: str, file: str, tmp_path: Path) -> None:
    """With file and line, in the scheme's folder or its base's; what would follow from it is not said."""
    schemes = Path(shutil.copytree(SCHEMES, tmp_path / "schemes"))
    broken = schemes / folder / file
    lines = broken.read_text(encoding="utf-8").splitlines()
    broken.write_text("\n".join([*lines[:4], 'payer  "x"', *lines[4:]]), encoding="utf-8")
    with pytest.raises(SchemeError) as refusal:
        load_scheme(schemes / "bup-2026")
    [fault] = refusal.value.faults
    assert fault.startswith(file if folder == "bup-2026" else f"{folder}/{file}")
    assert "line 5" in fault


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        ("scheme.toml", "bup-2025/scheme.toml: the file is missing, and bup-2026 rests on it"),
        (
            "waiting_time.toml",
            "waiting_time.toml: fund: the key is missing, and bup-2025 has no waiting_time.toml",
        ),
    ],
)
def test_a_file_that_the_base_has_not_is_named(file: str, fault: str, tmp_path: Path) -> None:
    """Whoever reads the fault is not sent to the year's own file alone."""
    copied("bup-2025", tmp_path)
    (tmp_path / "bup-2025" / file).unlink()
    with pytest.raises(SchemeError) as refusal:
        load_scheme(copied("bup-2026", tmp_path))
    assert any(each.startswith(fault) for each in refusal.value.faults), refusal.value.faults


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    """Faults of several files come in one message."""
    folder = copied("bup-2025", tmp_path)
    edited(folder, "scheme.toml", 'payer = "', 'colour = "red"\npayer = "')
    edited(folder, "waiting_time.toml", "from = 5.0", "from = 5.1")
    edited(folder, "bonus_pots.toml", 'source = "SKR"\n', "")
    with pytest.raises(SchemeError) as refusal:
        load_scheme(folder)
    assert [fault.partition(":")[0] for fault in refusal.value.faults] == [
        "scheme.toml",
        "bonus_pots.toml",
        "waiting_time.toml",
    ]


def test_what_can_be_read_is_checked_beside_what_cannot(tmp_path: Path) -> None:
    """A file that is no TOML, keys with faults, rows of a CSV, and what does not agree between files."""
    folder = copied("access-2024", tmp_path)
    edited(folder, "general_grant.toml", "[fund]", "[fund")
    edited(folder, "scheme.toml", 'payer = "Kammarkollegiet"\n', "")
    edited(folder, "scheme.toml", 'band_gaps = "rounded"', 'band_gaps = "guessed"')
    edited(folder, "scheme.toml", 'to = "2024-06"', 'to = "2024-05"')
    edited(folder, "waiting_time.toml", "from = 5.0", "from = 5.1")
    edited(folder, "waiting_time.toml", 'source = "SKR"', 'source = "SRK"')
    edited(folder, "bonus_pots.toml", '["waiting_time"]', '["general_grant"]')
    edited(folder, "published/decision.csv", "\n03,", "\n01,")
    with pytest.raises(SchemeError) as refusal:
        load_scheme(folder)
    expected = [
        "general_grant.toml: the file: Expected ']'",
        "scheme.toml: payer: the key is missing",
        "published.toml: figures: published/decision.csv has region 01 twice",
        "waiting_time.toml: improvement.value: bands leave a hole",
        "source: 'SRK' is not a document",
        "scheme.toml: measured, payout.round: measured, but in no round: 2024-06",
        "bonus_pots.toml: pot.components: 'general_grant' is no component of one pot",
        "scheme.toml: interpretations.band_gaps: 'guessed' is not one of",
    ]
    faults = refusal.value.faults
    assert len(faults) == len(expected), faults
    for fault in expected:
        assert any(fault in each for each in faults), (fault, faults)


def test_a_part_of_what_the_base_has_under_a_key_is_not_the_whole(tmp_path: Path) -> None:
    """A year that states one measure's fund says what becomes of the others': nothing drops out unseen."""
    copied("bup-2025", tmp_path)
    folder = copied("bup-2026", tmp_path)
    text = (tmp_path / "bup-2025" / "waiting_time.toml").read_text(encoding="utf-8")
    fund = text[text.index("[fund.first_visit]") : text.index("[fund.assessment]")]
    with (folder / "waiting_time.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{fund}")
    with pytest.raises(SchemeError) as refusal:
        load_scheme(folder)
    [fault] = refusal.value.faults
    assert fault.startswith(
        "waiting_time.toml: fund: bup-2025 has assessment, treatment under it too"
    )


def test_an_assessment_is_of_its_own_year(tmp_path: Path) -> None:
    """A year based on another states who met its conditions: it is refused until it does."""
    copied("cancer-2025", tmp_path)
    folder = tmp_path / "cancer-2026"
    folder.mkdir()
    identity = 'based_on = "cancer-2025"\nname = "cancer-2026"\n'
    (folder / "scheme.toml").write_text(identity, encoding="utf-8")
    with pytest.raises(SchemeError) as refusal:
        load_scheme(folder)
    [fault] = refusal.value.faults
    assert fault.startswith(
        "cancer_grant.toml: eligible: cancer-2025 states it of its own year alone: state it"
    )
    (folder / "cancer_grant.toml").write_text("[eligible", encoding="utf-8")
    with pytest.raises(SchemeError) as refusal:
        load_scheme(folder)
    [fault] = refusal.value.faults
    assert fault.startswith("cancer_grant.toml: the file: ")


@pytest.mark.parametrize(
    ("folder", "key", "file"),
    [
        ("bup-2025", "improvement", "bup-2025/waiting_time.toml"),
        ("bup-2026", "population", "waiting_time.toml"),
    ],
)
def test_a_fault_names_the_file_that_states_the_key(
    folder: str, key: str, file: str, tmp_path: Path
) -> None:
    """Of a scheme that is based on another, the base's file where the key is the base's."""
    schemes = Path(shutil.copytree(SCHEMES, tmp_path / "schemes"))
    edited(schemes / folder, "waiting_time.toml", f"[{key}]\n", f"[{key}]\ncolour = 1\n")
    with pytest.raises(SchemeError) as refusal:
        load_scheme(schemes / "bup-2026")
    assert refusal.value.faults == [f"{file}: {key}.colour: unknown key"]


def test_what_does_not_fit_of_the_base_is_to_be_stated_anew(tmp_path: Path) -> None:
    """Between files too the base's file is named, and where to state the key."""
    schemes = Path(shutil.copytree(SCHEMES, tmp_path / "schemes"))
    edited(schemes / "bup-2025", "development_grant.toml", "value = 5_000_000", "value = 8_000_000")
    with pytest.raises(SchemeError) as refusal:
        load_scheme(schemes / "bup-2026")
    [fault] = refusal.value.faults
    assert fault.startswith("bup-2025/development_grant.toml: fund, fixed_each: 8 000 000 kronor")
    assert fault.endswith(
        "; state the key in bup-2026/development_grant.toml, as it is to be in this year"
    )


def test_a_draft_that_cannot_be_used_stops_no_other_scheme(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names its folder and every fault; whoever asks for it by name is refused with them."""
    schemes = Path(shutil.copytree(SCHEMES, tmp_path / "schemes"))
    edited(schemes / "cancer-2023", "scheme.toml", "payer = ", "pays = ")
    loaded = load_schemes(schemes)
    assert set(SCHEME_NAMES) - set(loaded) == {"cancer-2023"}
    [told] = {record.getMessage() for record in caplog.records}
    for words in (
        str(schemes / "cancer-2023"),
        "scheme.toml: payer: the key",
        "scheme.toml: pays: unk",
    ):
        assert words in told
    load_schemes(schemes)
    assert len(caplog.records) == 1
    with pytest.raises(SchemeError, match="pays: unknown key"):
        loaded["cancer-2023"]
    with pytest.raises(SchemeError, match="there is no such scheme"):
        loaded["cancer-1999"]


def test_a_file_that_cannot_be_opened_stops_no_other_scheme(tmp_path: Path) -> None:
    """Here a folder of a file's name."""
    copied("cancer-2023", tmp_path)
    (copied("cancer-2025", tmp_path) / "notes.toml").mkdir()
    loaded = load_schemes(tmp_path)
    assert list(loaded) == ["cancer-2023"]
    assert "notes.toml" in str(loaded.refused["cancer-2025"])


def test_an_unchanged_copy_is_the_same_scheme(tmp_path: Path) -> None:
    """The fingerprint follows the folder's content, not its place; any change shows in it."""
    for name in SCHEME_NAMES:
        copy = load_scheme(copied(name, tmp_path))
        assert copy.content_sha256 == load_scheme(SCHEMES / name).content_sha256
    edited(tmp_path / "bup-2025", "waiting_time.toml", "# ", "#  ")
    changed = load_scheme(tmp_path / "bup-2025")
    assert changed.content_sha256 != load_scheme(SCHEMES / "bup-2025").content_sha256


def test_all_schemes_of_the_repository_load() -> None:
    """Every folder, by its name."""
    assert tuple(load_schemes()) == SCHEME_NAMES
