"""Made-up schemes, as folders of TOML: nothing here is or was ever agreed."""

from pathlib import Path

from rules.catalogue import interpretations
from schemas.regions import region_codes

NAME = "made-up-2031"
OPERATIONS = "made-up-operations-2031"

PROCEDURES = {
    "knee_replacement": 900,
    "inguinal_hernia": 30,
    "cataract": 20,
    "hip_replacement": 1_200,
    "prolapse": 60,
    "colonoscopy": 7,
}

CAPS = {"01": 1000, "03": 500}


def parameter(key: str, value: str) -> str:
    """A parameter with one value for the whole year."""
    return f"""
[{key}]
value = {value}
unit = "made up"
source = "SKR"
section = "made up"
wording_sv = "Påhittat."
"""


def payout(month: str, components: list[str], first: str = "", last: str = "") -> str:
    """A payout, of a round where months are given."""
    names = ", ".join(f'"{name}"' for name in components)
    covers = f'round = {{ from = "{first}", to = "{last}" }}\n' if first else ""
    return f"""
[[payout]]
month = "{month}"
components = [{names}]
{covers}source = "SKR"
section = "made up"
wording_sv = "Påhittat."
"""


def identity(name: str, measured: tuple[str, str], payouts: str, parts: list[str]) -> str:
    """The file `scheme.toml`, with every open question of the parts at its default."""
    chosen = "\n".join(
        f'{each.name} = "{each.default}"'
        for each in interpretations().values()
        if len(each.readings) > 1 and not set(parts).isdisjoint(each.concerns)
    )
    return f"""
name = "{name}"
title = "Made up for a test"
title_sv = "Påhittat för ett test"
agreement = "none"
payer = "nobody"
assessor = "nobody"
appropriation = "none"
appropriation_sv = "none"
data_source = "made up"
data_source_sv = "påhittat"
measured = {{ from = "{measured[0]}", to = "{measured[1]}" }}

[reporting]
day = 20
source = "SKR"
section = "made up"
wording_sv = "Påhittat."
{payouts}
[interpretations]
{chosen}
"""


def waiting_time_folder(parent: Path) -> Path:
    """Two measures, two decimals, four bands, three rounds of unequal length, two pots."""
    rounds = ["waiting_time", "first_visit_production"]
    payouts = (
        payout("2031-05", rounds, "2031-03", "2031-03")
        + payout("2031-07", rounds, "2031-04", "2031-05")
        + payout(
            "2031-10",
            [*rounds, "bonus_waiting_time", "bonus_first_visit_production", "general_grant"],
            "2031-06",
            "2031-08",
        )
    )
    people = '{ age_group = "all", reference_month = "2030-11" }'
    shared = parameter("population", people) + parameter("apportionment", '"largest_remainder"')
    improvement = parameter(
        "improvement",
        """{ decimals = 2, unrounded_gap = "band_below", bands = [
  { from = 2.00, to = 3.99, level_pct = 10 },
  { from = 4.00, to = 7.49, level_pct = 40 },
  { from = 7.50, to = 19.99, level_pct = 60 },
  { from = 20.00, level_pct = 90 },
] }""",
    )
    attainment = parameter(
        "attainment", "{ completed_share_pct = 92.5, waiting_share_pct = 50, level_pct = 100 }"
    )
    production = parameter(
        "production",
        """{ minimum_pct = 80, levels = { decimals = 0, unrounded_gap = "band_above", bands = [
  { from = 80, to = 119, level_pct = 25 },
  { from = 120, level_pct = 100 },
] } }""",
    )
    periods = "".join(
        f'\n[[period]]\nfrom = "{first}"\nto = "{last}"\n'
        for first, last in (("2031-03", "2031-03"), ("2031-04", "2031-05"), ("2031-06", "2031-08"))
    )
    pots = "".join(
        f'\n[[pot]]\nname = "{name}"\ncomponents = ["{name}"]\n'
        'source = "SKR"\nsection = "made up"\nwording_sv = "Påhittad."\n'
        for name in rounds
    )
    return written(
        parent / NAME,
        {
            "scheme.toml": identity(
                NAME,
                ("2031-03", "2031-08"),
                payouts,
                ["waiting_time", "first_visit_production", "bonus_pots"],
            ),
            "waiting_time.toml": parameter("fund.first_visit", "6_000")
            + parameter("fund.assessment", "12_003")
            + shared
            + improvement
            + attainment,
            "first_visit_production.toml": 'measure = "first_visit"\n'
            + periods
            + parameter("fund", "600")
            + shared
            + production,
            "bonus_pots.toml": pots,
            "general_grant.toml": parameter("fund", "1_000")
            + parameter("fixed_each", "100")
            + parameter("eligible", '["01", "03"]')
            + shared
            + parameter("qualified", '["03"]'),
        },
    )


def operations_folder(parent: Path) -> Path:
    """Six procedures, other prices, other baseline years, two months, caps in a CSV."""
    prices = "".join(parameter(f"price.{name}", str(sek)) for name, sek in PROCEDURES.items())
    return written(
        parent / OPERATIONS,
        {
            "scheme.toml": identity(
                OPERATIONS,
                ("2031-02", "2031-03"),
                payout("2031-06", ["surgery"], "2031-02", "2031-03"),
                ["surgery"],
            ),
            "surgery.toml": prices
            + parameter("baseline_years", "[2026, 2028, 2029]")
            + parameter("ceiling", "1_500")
            + parameter("caps", '{ file = "caps.csv", column = "most" }'),
            "caps.csv": "region_code,most\n"
            + "".join(f"{code},{CAPS.get(code, 0)}\n" for code in region_codes()),
        },
    )


def written(folder: Path, files: dict[str, str]) -> Path:
    """The folder, with the files in it."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
