"""The same code with ten times as many schemes, and with a hundred times as many regions.

Run as a process of its own: `python -m benchmarks.growth schemes N` loads N schemes into Dagster's
graph and computes a year of each; `python -m benchmarks.growth regions N` computes a year of one
scheme for N regions. What is computed from is made up, from the same seed.
"""

import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.paired import Paired, python, run_paired

if TYPE_CHECKING:
    from rules.step import Inputs

MANY_SCHEMES, FEW_SCHEMES = 40, 4
MANY_REGIONS, FEW_REGIONS = 2_100, 21
MODEL = "bup-2025"
SEED = 20250420
DELIVERY = "waiting_times/2025-01/2025-02-20/000000000000"
GRANT, EACH = "development_grant.toml", "value = 5_000_000"
MEASURES = ("first_visit", "assessment", "treatment")


def schemes() -> Paired:
    """Forty schemes against four."""
    return _paired("schemes", MANY_SCHEMES, FEW_SCHEMES)


def regions() -> Paired:
    """2,100 regions against 21."""
    return _paired("regions", MANY_REGIONS, FEW_REGIONS)


def _paired(what: str, many: int, few: int) -> Paired:
    return run_paired(
        lambda: python("benchmarks.growth", what, str(many)),
        lambda: python("benchmarks.growth", what, str(few)),
        f"{many} {what} against {few}",
    )


def with_schemes(number: int) -> int:
    """Load as many schemes, build Dagster's graph of them, and compute each; rows of payout lines."""
    import dagster as dg  # noqa: PLC0415 - only here

    from assets.coat import group_assets  # noqa: PLC0415
    from assets.groups import all_groups  # noqa: PLC0415
    from assets.observed import observed_assets, raw_assets  # noqa: PLC0415
    from pipeline.warnings_expected import expect_warnings  # noqa: PLC0415
    from rules.calculation import calculate  # noqa: PLC0415
    from rules.loading import SCHEMES, load_schemes  # noqa: PLC0415
    from schemas.payouts import PayoutLines  # noqa: PLC0415
    from schemas.regions import region_codes  # noqa: PLC0415

    expect_warnings()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for each in range(number):
            _copy_scheme(SCHEMES / MODEL, folder / f"made-up-{each}")
        loaded = list(load_schemes(folder).values())
        groups = [group_assets(each) for each in all_groups(loaded)]
        definitions = dg.Definitions(assets=[*raw_assets(), observed_assets(), *groups])
        definitions.resolve_all_asset_specs()
        observed = _observed(region_codes())
        return sum(calculate(scheme, observed)[PayoutLines].height for scheme in loaded)


def _copy_scheme(model: Path, folder: Path) -> None:
    """The model under another name, without figures to compare with."""
    shutil.copytree(model, folder)
    (folder / "published.toml").unlink(missing_ok=True)
    text = (folder / "scheme.toml").read_text(encoding="utf-8")
    (folder / "scheme.toml").write_text(
        text.replace(f'name = "{model.name}"', f'name = "{folder.name}"'), encoding="utf-8"
    )


def with_regions(number: int) -> int:
    """Compute a year of one scheme for as many regions; rows of payout lines."""
    from schemas import regions as register  # noqa: PLC0415 - before anything reads the register

    with tempfile.TemporaryDirectory() as scratch:
        codes = [f"{each:04}" for each in range(1, number + 1)]
        file = Path(scratch) / "regions.csv"
        lines = [f"{code},Region {code}," for code in codes]
        file.write_text("\n".join(["region_code,region_name,name_variants", *lines]), "utf-8")
        register.REGISTER_FILE = file
        register.register()

        from rules.calculation import calculate  # noqa: PLC0415
        from rules.loading import SCHEMES, load_scheme  # noqa: PLC0415
        from schemas.payouts import PayoutLines  # noqa: PLC0415

        folder = Path(scratch) / "made-up"
        _copy_scheme(SCHEMES / MODEL, folder)
        # A sum to each region would take more than the fund, were there a hundred times as many.
        grant = (folder / GRANT).read_text(encoding="utf-8")
        (folder / GRANT).write_text(grant.replace(EACH, "value = 1_000"), encoding="utf-8")
        tables = calculate(load_scheme(folder), _observed(codes))
        return tables[PayoutLines].height


def _observed(codes: Sequence[str]) -> "Inputs":
    """A population and two years of waiting times, made up."""
    from schemas.observed import Population, WaitingTimes  # noqa: PLC0415 - after the register

    draw = random.Random(SEED)  # noqa: S311 - nothing secret
    population = pl.DataFrame(
        [
            {
                "month": date(2024, 11, 1),
                "region_code": code,
                "age_group": group,
                "population": draw.randrange(*people),
                "delivery_id": DELIVERY,
            }
            for code in codes
            for group, people in (("0-18", (10_000, 100_000)), ("all", (100_000, 500_000)))
        ]
    )
    waiting = pl.DataFrame(
        [
            _waiting(draw, date(year, month, 1), code, measure)
            for year in (2024, 2025)
            for month in range(1, 13)
            for code in codes
            for measure in MEASURES
        ]
    )
    return {
        Population: Population.conform(population),
        WaitingTimes: WaitingTimes.conform(waiting),
    }


def _waiting(draw: random.Random, month: date, code: str, measure: str) -> dict[str, object]:
    completed, waiting = draw.randrange(400), draw.randrange(400)
    within = draw.randrange(completed + 1)
    return {
        "month": month,
        "region_code": code,
        "measure": measure,
        "completed": completed,
        "completed_within_30": within,
        "completed_patient_chosen": draw.randrange(completed - within + 1),
        "waiting": waiting,
        "waiting_within_30": draw.randrange(waiting + 1),
        "delivery_id": DELIVERY,
    }


if __name__ == "__main__":
    what, count = sys.argv[1:]
    print({"schemes": with_schemes, "regions": with_regions}[what](int(count)))
