"""What Dagster loads: every asset, a job a scheme, and how steps are executed."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from assets.graph import all_assets
from assets.other_runs import PROCESS, this_process
from assets.publication import PUBLISHED
from assets.stage import group_name
from assets.store import Store
from pipeline.execution import chosen_executor
from pipeline.warnings_expected import expect_warnings
from rules.loading import load_schemes
from schemas.regions import region_codes

expect_warnings()

SCHEMES = load_schemes()


def _scheme_job(name: str) -> UnresolvedAssetJobDefinition:
    """All of a scheme for a month or a range of months, from delivery to published payout."""
    scheme = SCHEMES[name]
    datasets = ["population"]
    if scheme.waiting_time or scheme.first_visit_production:
        datasets += ["waiting_times", "waiting_times_last_year"]
    if scheme.surgery:
        datasets.append("surgeries")
    observed = dg.AssetSelection.assets(*(["observed", dataset] for dataset in datasets))
    whole = (
        observed | dg.AssetSelection.groups(group_name(name)) | dg.AssetSelection.assets(PUBLISHED)
    )
    return dg.define_asset_job(
        group_name(name),
        selection=whole,
        description=f"{scheme.identity.title}: a month, or a range of months, from delivery to "
        "payout. Run for a range, it is one step an asset.",
    )


@dg.resource(description="What assets reach storage through: the data root and its ledger.")
def signed_store(context: dg.InitResourceContext) -> Store:
    """The store; the run is signed with the process that executes it."""
    if context.run and context.instance and PROCESS not in context.run.tags:
        context.instance.add_run_tags(context.run.run_id, {PROCESS: this_process()})
    return Store()


definitions = dg.Definitions(
    assets=all_assets(list(SCHEMES.values()), region_codes()),
    jobs=[_scheme_job(name) for name in SCHEMES],
    resources={"store": signed_store},
    executor=chosen_executor(),
)
