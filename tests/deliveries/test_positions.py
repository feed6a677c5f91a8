"""Where counts stand: the rows of the files they came in, found again by the files' hashes."""

from deliveries.door import keep
from deliveries.positions import Deliveries
from ledger.ledger import Ledger
from ledger.provenance import files
from schemas.labels import codes_of
from schemas.places import DataRoot
from tests.deliveries.delivering import FILE, accepted, deliver, lines

KEY = {"region_code": "12", "measure": "first_visit"}
COMPLETED = ("completed", "completed_within_30")
SIDE = (
    "Landsting / region;Andel {x} inom 30 dagar;Antal {x} totalt;Antal {x} exkl PVV;"
    "{y} väntetid 30 dagar eller kortare;PVV 31 dagar eller längre;Svarsfrekvens"
)
RECORD_HEADER = "region;measure;listed_on;started_on;patient_chosen"


def recorded(root: DataRoot, name: str = FILE) -> tuple[str, Deliveries]:
    """Accept the latest delivery of a month, and look for its rows; its number too."""
    observed = accepted(root, name)
    root.accepted.mkdir(parents=True, exist_ok=True)
    keep(observed.delivery, root.accepted)
    ledger = Ledger(root.ledger)
    ledger.append(
        [], run_id="a run", code_version="1", delivered=[(observed.delivery, observed.layout)]
    )
    return observed.delivery.delivery_id, again(root, observed.delivery.delivery_id)


def again(root: DataRoot, delivery: str) -> Deliveries:
    """The delivery looked for once more."""
    return Deliveries(root, files(Ledger(root.ledger), [delivery]))


def test_the_tidy_layout(root: DataRoot) -> None:
    """The line of the key's row; none where there is no such row."""
    deliver(root, FILE, lines("01;first_visit;3;2;1;1", "", "Skåne;first_visit;9;8;7;6"))
    delivery, found = recorded(root)
    [place] = found.places(delivery, KEY, COMPLETED)
    assert (place.file.name, place.file.state, place.rows) == (FILE, "kept", (4,))
    [nowhere] = found.places(delivery, {**KEY, "region_code": "25"}, COMPLETED)
    assert nowhere.rows == ()
    rows = found.rows(delivery)
    assert rows is not None
    assert [row["completed"] for row in rows] == [3, 9]


def test_several_rows_of_a_key(root: DataRoot) -> None:
    """Operations of a procedure at several places."""
    header = "home_region;procedure;performing_region;provider_type;operations"
    name = "surgeries/2025-06/2025-07-20.csv"
    body = ("01;cataract;01;public;3", "12;cataract;12;public;4", "01;cataract;12;private;..")
    deliver(root, name, lines(*body, header=header))
    delivery, found = recorded(root, name)
    key = {"home_region_code": "01", "procedure": "cataract"}
    [place] = found.places(delivery, key, ("operations",))
    assert place.rows == (2, 4)


def test_the_layout_of_vantetider(root: DataRoot) -> None:
    """The region's line in the measure's table of the side that is asked for, or of both."""
    for number, measure in enumerate(codes_of("measure")):
        for side, x, y in (
            ("completed", "genomförda", "Genomförda"),
            ("waiting", "väntande", "Väntande"),
        ):
            body = [
                f"Alla regioner;50 %;{90 + number} st;{90 + number};50;0;100 %",
                "Region Skåne;50 %;10 st;10;5;0;100 %",
            ]
            if side == "completed":
                body.insert(1, "Region Gotland;50 %;4 st;4;2;0;100 %")
            name = f"waiting_times/2025-04/2025-05-20__{measure}__{side}.csv"
            deliver(root, name, lines(*body, header=SIDE.format(x=x, y=y)))
    delivery, found = recorded(root)
    stem = "waiting_times/2025-04/2025-05-20__first_visit__"
    places = found.places(delivery, KEY, ("completed", "waiting_within_30"))
    assert [(place.file.name, place.rows) for place in places] == [
        (f"{stem}completed.csv", (4,)),
        (f"{stem}waiting.csv", (3,)),
    ]
    assert [place.rows for place in found.places(delivery, KEY, COMPLETED)] == [(4,)]


def test_the_record_layout(root: DataRoot) -> None:
    """How many records of the key each file has; no line, and nothing of a patient."""
    first = lines(
        "Skåne;first_visit;2025-04-01;2025-04-03;0",
        "Skåne;first_visit;2025-02-01;2025-04-03;1",
        "01;first_visit;2025-04-01;;0",
        header=RECORD_HEADER,
    )
    second = lines(
        "Skåne;first_visit;2025-04-01;;0", "Skåne;treatment;2025-04-01;;0", header=RECORD_HEADER
    )
    deliver(root, "waiting_times/2025-04/2025-05-20-a.csv", first)
    deliver(root, "waiting_times/2025-04/2025-05-20-b.csv", second)
    delivery, found = recorded(root)
    assert [(each.records, each.rows) for each in found.places(delivery, KEY, COMPLETED)] == [
        (2, ()),
        (0, ()),
    ]
    waiting = found.places(delivery, KEY, ("waiting", "waiting_within_30"))
    assert [each.records for each in waiting] == [0, 1]


def test_raw_may_be_pruned(root: DataRoot) -> None:
    """Only the kept copy is read again; without it, the recorded hash is all there is."""
    path = deliver(root, FILE, lines("Skåne;first_visit;3;2;1;1"))
    delivery, _ = recorded(root)
    path.unlink()
    [place] = again(root, delivery).places(delivery, KEY, COMPLETED)
    assert (place.file.state, place.rows) == ("kept", (2,))
    next(root.accepted.iterdir()).unlink()
    found = again(root, delivery)
    [place] = found.places(delivery, KEY, COMPLETED)
    assert (place.file.state, place.rows, len(place.file.sha256)) == ("missing", (), 64)
    assert found.rows(delivery) is None


def test_a_copy_with_other_bytes(root: DataRoot) -> None:
    """It is not what was recorded, and is not read for it."""
    deliver(root, FILE, lines("Skåne;first_visit;3;2;1;1"))
    delivery, _ = recorded(root)
    [copy] = root.accepted.iterdir()
    copy.chmod(0o600)
    copy.write_text(lines("Skåne;first_visit;4;2;1;1"), encoding="utf-8")
    [place] = again(root, delivery).places(delivery, KEY, COMPLETED)
    assert (place.file.state, place.rows) == ("missing", ())
