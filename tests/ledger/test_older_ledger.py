"""A ledger whose lists are JSON text, as versions before 0.9 wrote them: read, audited, written on.

`older_records.csv` and `older_deliveries.csv` were written by such a version, from made-up counts.
"""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from ledger.audit.walk import Audited, walk_ledger
from ledger.chain import Entry
from ledger.dialect import create_table
from ledger.engine import EmbeddedEngine, Engine
from ledger.ledger import Ledger
from ledger.warehouse import publish
from schemas.days import end_of
from schemas.deliveries import DeliveryId
from schemas.observed import WaitingTimes
from schemas.payouts import Payouts
from schemas.places import DataRoot
from schemas.surgery import SurgeryFollowup
from tests.deliveries.delivering import APRIL, accepted, deliver, lines
from tests.ledger.ledger_entries import SCHEME, append, payouts, records

FOLDER = Path(__file__).parent
DELIVERIES = tuple(
    map(
        DeliveryId.parse,
        (
            "waiting_times/2025-04/2025-05-20/fdc1723d89cd",
            "waiting_times/2025-05/2025-06-20/815feffeb324",
        ),
    )
)


TEXTS = (
    "scheme",
    "code_version",
    "code_commit",
    "scheme_sha256",
    "inputs",
    "deliveries",
    "previous_hash",
)
"""Columns that could be taken for something else than text."""


def made_older(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the older version's records in the place of this version's of the same rows."""
    texts = ", ".join(f"'{name}': 'VARCHAR'" for name in TEXTS)
    for table, file, types in (
        ("audit.materialisations", "older_records.csv", f", types = {{{texts}}}"),
        ("audit.deliveries", "older_deliveries.csv", ""),
    ):
        csv = f"read_csv('{FOLDER / file}', allow_quoted_nulls = false{types})"
        connection.execute(f"DROP TABLE {table}; CREATE TABLE {table} AS FROM {csv}")
    for came_later in ("payouts.revocations", "performance.next_levels"):
        connection.execute(f"DROP TABLE {came_later}")
    connection.execute(f"DROP TABLE {SurgeryFollowup.qualified_name()}")
    column = "operations_to_date BIGINT"
    statement = create_table(SurgeryFollowup, extra="materialisation_id BIGINT NOT NULL")
    connection.execute(statement.replace(column, f"{column} NOT NULL"))


@pytest.fixture(params=["embedded", pytest.param("lake", marks=pytest.mark.slow)])
def older(request: pytest.FixtureRequest, root: DataRoot) -> Engine:
    """The older ledger, on either engine."""
    embedded = request.param == "embedded"
    engine: Engine = EmbeddedEngine(root.ledger) if embedded else request.getfixturevalue("lake")
    for month, day, completed in (("2025-04", "2025-05-20", 1), ("2025-05", "2025-06-20", 2)):
        name = f"waiting_times/{month}/{day}.csv"
        counts = (f"01;first_visit;{completed};1;1;1", f"03;first_visit;9;1;{completed};1")
        deliver(root, name, lines(*counts))
        observed = accepted(root, name)
        append(Ledger(engine), Entry(WaitingTimes, "", observed.delivery.month, observed.rows))
    append(Ledger(engine), payouts(3))
    engine.write(made_older)
    return engine


def audited(engine: Engine) -> Audited:
    """What an audit of the ledger alone finds."""
    found = Audited()
    with engine.reading() as connection:
        walk_ledger(connection, found, [], lambda *_: None)
    return found


def test_it_is_read_as_it_is(older: Engine) -> None:
    """Its lists are lists, also in what was known on a day."""
    [_, _, payout] = Ledger(older).records()
    assert (payout.inputs, payout.deliveries) == ((1, 2), DELIVERIES)
    as_of = end_of(payout.recorded_at.date())
    found = Ledger(older).read(Payouts, SCHEME, [APRIL], as_of=as_of)
    assert found.records == {APRIL: payout}


def test_its_hashes_hold(older: Engine) -> None:
    """An audit finds nothing."""
    assert audited(older).findings == []


def test_it_is_written_on(older: Engine) -> None:
    """Its records become those of this version, under their hashes; the chain goes on."""
    before = records(Ledger(older))
    append(Ledger(older), payouts(4))
    after = records(Ledger(older))
    assert [each["record_hash"] for each in after[:-1]] == [each["record_hash"] for each in before]
    assert after[2]["inputs"] == [1, 2]
    assert after[2]["deliveries"] == [str(each) for each in DELIVERIES]
    assert after[3]["previous_hash"] == before[2]["record_hash"]
    assert audited(older).findings == []


def test_a_count_may_be_missing_where_it_might_not_then(older: Engine) -> None:
    """Operations to date were summed over whatever was reported."""
    row = {"month": APRIL, "scheme": SCHEME, "region_code": "01", "procedure": "cataract"}
    rows = SurgeryFollowup.conform(
        pl.DataFrame(
            row
            | {"place": "home", "operations_to_date": None}
            | {"last_year_to_date": 1, "baseline_sum_to_date": 2}
        )
    )
    append(Ledger(older), Entry(SurgeryFollowup, SCHEME, APRIL, rows))
    found = Ledger(older).read(SurgeryFollowup, SCHEME, [APRIL])
    assert found.rows["operations_to_date"].to_list() == [None]


def test_it_is_published_before_anything_is_written_on(older: Engine, root: DataRoot) -> None:
    """A table that came later has no rows there."""
    root.warehouse.mkdir(exist_ok=True)
    counts = publish(root, engine=older)
    assert counts["payouts.revocations"] == counts["performance.next_levels"] == 0
    assert counts["payouts.payouts"] > 0
    assert counts["observed.waiting_times"] == 4
