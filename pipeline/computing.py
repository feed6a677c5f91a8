"""What a run records, of Dagster's definitions: the assets of schemes, and what a command needs to run them."""

from collections.abc import Mapping, Sequence

import dagster as dg

from assets.coat import group_assets
from assets.decisions import entered_assets
from assets.due import due_assets
from assets.groups import all_groups
from assets.observed import observed_assets, raw_assets
from assets.publication import published_asset
from pipeline.engines import keep_engines
from pipeline.execution import chosen_executor
from pipeline.jobs import deliveries_job, group_job, publication_job
from pipeline.warnings_expected import expect_warnings
from rules.scheme import Scheme
from rules.strict import SchemeError

expect_warnings()
keep_engines()


def recorded_assets(
    schemes: Sequence[Scheme], refused: Mapping[str, SchemeError]
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """From deliveries to the published warehouse, and what is due; `refused` are the schemes that cannot be used, by name."""
    return [
        *raw_assets(),
        observed_assets(),
        *map(group_assets, all_groups(schemes)),
        *(
            spec
            for scheme in schemes
            if not scheme.not_known_yet
            for spec in entered_assets(scheme)
        ),
        published_asset(schemes, refused),
        *due_assets(schemes),
    ]


def computing(scheme: Scheme) -> dg.Definitions:
    """What a command needs that runs one scheme: to make the definitions of all takes several times as long."""
    return dg.Definitions(
        assets=recorded_assets([scheme], {}),
        jobs=[deliveries_job(), *map(group_job, all_groups([scheme])), publication_job()],
        executor=chosen_executor(),
    )
