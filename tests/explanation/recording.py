"""A scheme computed from the deliveries of a data root into its ledger, without Dagster around it.

The runs of its groups are the product's own; readings of the interpretations can be others than the
scheme's.
"""

from datetime import date

from assets.group_run import compute, read_inputs
from assets.group_run import record as record_computed
from assets.groups import groups_of
from assets.taking_in import record_taken
from deliveries.door import open_door
from deliveries.finding import months_delivered
from deliveries.taking_in import AlreadyRecorded, take_in
from explanation.payouts import Explainer, Explanation, Question
from ledger.ledger import Ledger
from rules.scheme import Scheme
from rules.small_numbers import Audience
from schemas.audit import Deliveries
from schemas.deliveries import DATASETS
from schemas.places import DataRoot
from schemas.regions import region_codes

NOTHING = AlreadyRecorded(Deliveries.without_rows(), {})


def record(root: DataRoot, scheme: Scheme) -> None:
    """Record what was delivered, then every group of the scheme's steps."""
    ingest(root)
    ledger = Ledger.of(root)
    for group in groups_of(scheme):
        read = read_inputs(ledger, group.steps, group.months, set())
        assert read.left_out == {}
        computed = compute(root, ledger, read, group.steps, group.months)
        record_computed(ledger, group, read, computed, "a test")


def ingest(root: DataRoot) -> None:
    """Record the latest delivery of every month of every dataset; all must be accepted."""
    for dataset in DATASETS:
        months = months_delivered(root, dataset)
        with open_door(root.accepted) as folder:
            taken = take_in(root, dataset, months, NOTHING, folder)
            assert taken.refused == []
            record_taken(root, taken, "a test")
            assert taken.refused == []


def explained(
    root: DataRoot, scheme: Scheme, month: date, *regions: str, audience: Audience = "internal"
) -> list[Explanation]:
    """The explanations of a payout to regions, or to all."""
    explainer = Explainer(root, Question(scheme, month, audience=audience))
    return [explainer.explain(region) for region in regions or region_codes()]
