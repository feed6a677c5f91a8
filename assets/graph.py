"""The whole graph: what was observed, each scheme's stages, and the published warehouse."""

from collections.abc import Sequence
from functools import partial

import dagster as dg

from assets.decisions import entered_assets
from assets.last_year import last_year_asset
from assets.materialise import stage_asset
from assets.observed import SOURCES, observed_assets, raw_assets
from assets.payouts import payout_stages
from assets.performance import performance_stages
from assets.publication import published_asset
from assets.reproduction import with_reproduction
from assets.reserves import reserves_stage
from assets.second_opinion import publication_of, with_second_opinion
from assets.stage import Stage, asset_key
from rules.scheme import Scheme
from schemas.payouts import Reserves
from schemas.surgery import SurgeryFollowup


def scheme_stages(scheme: Scheme, regions: list[str]) -> list[Stage]:
    """The scheme's stages, in the order data flows."""
    stages = [*_measuring(scheme, regions), *_paying(scheme, regions)]
    return [with_reproduction(with_second_opinion(stage, regions)) for stage in stages]


def _measuring(scheme: Scheme, regions: list[str]) -> list[Stage]:
    """What can be earned and what was done; without what an unknown parameter keeps back."""
    stages = [reserves_stage(scheme, regions), *performance_stages(scheme, regions)]
    known = {Reserves, SurgeryFollowup}
    return [stage for stage in stages if stage.table in known or not scheme.not_known_yet]


def _paying(scheme: Scheme, regions: list[str]) -> list[Stage]:
    """The stages of payouts; none while a parameter is not known yet."""
    return [] if scheme.not_known_yet else payout_stages(scheme, regions)


def all_assets(
    schemes: Sequence[Scheme], regions: list[str]
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Every asset of the graph.

    Args:
        schemes: whose stages.
        regions: codes of the register.
    """
    stages = [stage for scheme in schemes for stage in scheme_stages(scheme, regions)]
    upstream = [
        *(asset_key(source.table) for source in SOURCES),
        *(each.key for scheme in schemes for each in _last(scheme, regions)),
    ]
    return [
        *raw_assets(),
        *observed_assets(schemes),
        last_year_asset(),
        *(stage_asset(stage) for stage in stages),
        *(
            spec
            for scheme in schemes
            if not scheme.not_known_yet
            for spec in entered_assets(scheme)
        ),
        published_asset(upstream, partial(publication_of, schemes)),
    ]


def _last(scheme: Scheme, regions: list[str]) -> list[Stage]:
    """The stages that end the months measured, and those that end the payouts.

    A run is of deliveries, of measured months, or of payouts: what is published waits for the ends
    of each, and the graph stays readable.
    """
    return [*_ends(_measuring(scheme, regions)), *_ends(_paying(scheme, regions))]


def _ends(stages: Sequence[Stage]) -> list[Stage]:
    read = {each.key for stage in stages for each in stage.inputs}
    return [stage for stage in stages if stage.key not in read]
