"""Edits that make a scheme's folder wrong: scheme, file, old text, new text, and the fault named."""

VERSION = """value = 1
unit = "kronor"
source = "D2024"
section = "annex"
wording_sv = "Påhittat."

"""


EDITS = {
    "unknown key in the identity": (
        *("bup-2025", "scheme.toml", 'payer = "', 'colour = "red"\npayer = "'),
        "scheme.toml: colour: unknown key",
    ),
    "unknown key in a version": (
        *("bup-2025", "waiting_time.toml", "value = 210_000_000", "value = 1\ncolour = 1"),
        "waiting_time.toml: fund.first_visit.colour: unknown key",
    ),
    "unknown parameter": (
        *("access-2024", "population_grant.toml", "[fund]", "[funds]"),
        "population_grant.toml: funds: unknown key",
    ),
    "missing parameter": (
        *("access-2024", "population_grant.toml", "[fund]", "[funds]"),
        "population_grant.toml: fund: the key is missing",
    ),
    "missing source": (
        *("bup-2025", "waiting_time.toml", 'source = "SKR"\n', ""),
        "waiting_time.toml: fund.first_visit.source: the key is missing",
    ),
    "empty source": (
        *("bup-2025", "waiting_time.toml", 'source = "SKR"', 'source = ""'),
        "waiting_time.toml: fund.first_visit.source: '' is not a document of rules/sources.toml",
    ),
    "missing section": (
        *("bup-2025", "waiting_time.toml", 'section = "Block två: Prestationer"\n', ""),
        "waiting_time.toml: fund.first_visit.section: the key is missing",
    ),
    "missing unit": (
        *("bup-2025", "waiting_time.toml", 'unit = "kronor a year"\n', ""),
        "waiting_time.toml: fund.first_visit.unit: the key is missing",
    ),
    "missing wording": (
        *("surgery-2025", "surgery.toml", "wording_sv = ", "wording = "),
        "surgery.toml: price.hip_replacement.wording_sv: the key is missing",
    ),
    "unknown source of a parameter": (
        *("bup-2025", "waiting_time.toml", 'source = "SKR"', 'source = "T1999"'),
        "waiting_time.toml: fund.first_visit.source: 'T1999' is not a document of rules/sources.toml; ",
    ),
    "unknown source of a payout": (
        *("bup-2025", "scheme.toml", 'source = "SKR"', 'source = "SRK"'),
        "scheme.toml: payout.1.source: 'SRK' is not a document of rules/sources.toml; ",
    ),
    "unknown source of a pot": (
        *("bup-2025", "bonus_pots.toml", 'source = "SKR"', 'source = "SRK"'),
        "bonus_pots.toml: pot.1.source: 'SRK' is not a document of rules/sources.toml; ",
    ),
    "unknown source of a published figure": (
        *("bup-2025", "published.toml", 'source = "T2025"', 'source = "T1999"'),
        "published.toml: figures.1.source: 'T1999' is not a document",
    ),
    "overlapping bands": (
        *("bup-2025", "waiting_time.toml", "from = 5.0", "from = 4.9"),
        "waiting_time.toml: improvement.value: bands overlap at 4.9",
    ),
    "bands with a hole": (
        *("bup-2025", "waiting_time.toml", "from = 5.0", "from = 5.1"),
        "waiting_time.toml: improvement.value: bands leave a hole between 4.9 and 5.1",
    ),
    "bands that end": (
        *("bup-2025", "first_visit_production.toml", "from = 105.1,", "from = 105.1, to = 110.0,"),
        "first_visit_production.toml: production.value.levels: bands leave a hole above 110.0",
    ),
    "an open band in the middle": (
        *("bup-2025", "waiting_time.toml", "from = 1.0, to = 4.9,", "from = 1.0,"),
        "waiting_time.toml: improvement.value: bands overlap at 5.0",
    ),
    "a band that ends before it begins": (
        *("bup-2025", "waiting_time.toml", "from = 5.0, to = 9.9", "from = 5.0, to = 4.9"),
        "improvement.value: band from 5.0 ends before it begins, at 4.9",
    ),
    "an edge with more decimals": (
        *("bup-2025", "waiting_time.toml", "to = 4.9,", "to = 4.95,"),
        "waiting_time.toml: improvement.value: edge 4.95 has more than 1 decimals",
    ),
    "an infinite edge": (
        *("bup-2025", "waiting_time.toml", "from = 10.0,", "from = inf,"),
        "waiting_time.toml: improvement.value.bands.3.from: Infinity is not a number",
    ),
    "a threshold that is not a number": (
        *("bup-2025", "waiting_time.toml", "completed_share_pct = 75", "completed_share_pct = nan"),
        "waiting_time.toml: attainment.value.completed_share_pct: NaN is not a number",
    ),
    "a threshold written as text": (
        *("bup-2025", "waiting_time.toml", "completed_share_pct = 75"),
        *('completed_share_pct = "75"', "completed_share_pct: '75' is not a number"),
    ),
    "a level above 100": (
        *("bup-2025", "waiting_time.toml", "level_pct = 75", "level_pct = 175"),
        "waiting_time.toml: improvement.value.bands.2.level_pct: 175 should be less than",
    ),
    "kronor with decimals": (
        *("bup-2025", "waiting_time.toml", "value = 210_000_000", "value = 210_000_000.5"),
        "waiting_time.toml: fund.first_visit.value: 210000000.5 is not a whole number as 220_000_000",
    ),
    "negative kronor": (
        *("bup-2025", "waiting_time.toml", "value = 210_000_000", "value = -1"),
        "waiting_time.toml: fund.first_visit.value: -1 should be greater than or equal to 0",
    ),
    "an unknown method": (
        *("bup-2025", "waiting_time.toml", '"largest_remainder"', '"half_to_even"'),
        "waiting_time.toml: apportionment.value: 'half_to_even' should be 'largest_remainder' or",
    ),
    "an unknown age group": (
        *("bup-2025", "waiting_time.toml", '"0-18"', '"0-17"'),
        "waiting_time.toml: population.value.age_group: '0-17' should be '0-18' or 'all'",
    ),
    "a month that is none": (
        *("bup-2025", "scheme.toml", 'to = "2025-11" }', 'to = "2025-13" }'),
        "scheme.toml: measured.to: '2025-13' is not a month of the calendar",
    ),
    "a month written as a date": (
        *("bup-2025", "scheme.toml", 'to = "2025-11" }', "to = 2025-11-01 }"),
        "scheme.toml: measured.to: 2025-11-01 is not a month as text, such as",
    ),
    "a round that leaves a month out": (
        *("bup-2025", "scheme.toml", 'to = "2025-06"', 'to = "2025-05"'),
        "scheme.toml: measured, payout.round: measured, but in no round: 2025-06",
    ),
    "rounds that overlap": (
        *("bup-2025", "scheme.toml", 'from = "2025-07"', 'from = "2025-06"'),
        "scheme.toml: measured, payout.round: in more than one round: 2025-06",
    ),
    "a round beyond the months measured": (
        *(
            "access-2024",
            "scheme.toml",
            '{ from = "2024-01", to = "2024-11"',
            '{ from = "2024-02", to = "2024-11"',
        ),
        "scheme.toml: measured, payout.round: in a round, but not measured: 2024-01",
    ),
    "a payout within its round": (
        *("bup-2025", "scheme.toml", 'month = "2025-08"', 'month = "2025-06"'),
        "scheme.toml: payout.month: 2025-06 is not after its round",
    ),
    "payouts out of order": (
        *("bup-2025", "scheme.toml", 'month = "2025-03"', 'month = "2025-09"'),
        "scheme.toml: payout: 2025-08 is not after the one before",
    ),
    "periods that are not the rounds": (
        *("bup-2025", "first_visit_production.toml", 'to = "2025-06"', 'to = "2025-05"'),
        (
            "first_visit_production.toml: period: 2025-03 to 2025-05, 2025-07 to 2025-11; the rounds of "
            "scheme.toml, which they must be, are 2025-03 to 2025-06, 2025-07 to 2025-11"
        ),
    ),
    "a period that ends before it begins": (
        *("bup-2025", "first_visit_production.toml", 'to = "2025-06"', 'to = "2025-02"'),
        "first_visit_production.toml: period.1: 2025-02 is before 2025-03",
    ),
    "malformed TOML by thousands with spaces": (
        *("bup-2025", "waiting_time.toml", "value = 210_000_000", "value = 210 000 000"),
        ": mend `value = 210 000 000` (texts in straight quotes, each key once, amounts as 220_000_000",
    ),
    "a table that is a number": (
        *("bup-2025", "development_grant.toml", "{ age_group", "7 # { age_group"),
        "development_grant.toml: population.value: 7 is not a table in { }",
    ),
    "an amount beyond all money": (
        *("bup-2025", "waiting_time.toml", "210_000_000", "9_999_999_999_999"),
        "fund.first_visit.value: 9999999999999 should be less than or equal to 1000000000000",
    ),
    "a component without parameters": (
        *("bup-2025", "scheme.toml", '["development_grant"]', '["development_grant", "gift"]'),
        "scheme.toml: payout.1.components.2: 'gift' is not a component of schemas/components.csv",
    ),
    "a component that is never paid": (
        *("access-2024", "scheme.toml", ', "general_grant"]', "]"),
        "scheme.toml: payout.components: 'general_grant' is never paid",
    ),
    "a grant that is paid twice": (
        *("access-2024", "scheme.toml", '["waiting_time"]', '["waiting_time", "general_grant"]'),
        "scheme.toml: payout.components: 'general_grant' is paid more than once",
    ),
    "a bonus before the year's end": (
        *("access-2024", "scheme.toml", '"bonus_waiting_time", ', ""),
        "scheme.toml: payout.components: 'bonus_waiting_time' is not paid in the last payout",
    ),
    "a round that does not pay": (
        *("access-2024", "scheme.toml", '["waiting_time"]', '["population_grant"]'),
        "scheme.toml: payout.components: 'waiting_time' is paid where there is a round",
    ),
    "a component in two pots": (
        *("bup-2025", "bonus_pots.toml", '["first_visit_production"]', '["waiting_time"]'),
        "bonus_pots.toml: pot.components: 'waiting_time' is no component of one pot",
    ),
    "an unknown reading": (
        *("bup-2025", "scheme.toml", 'band_gaps = "rounded"', 'band_gaps = "guessed"'),
        "scheme.toml: interpretations.band_gaps: 'guessed' is not one of rounded, exact, shares",
    ),
    "an unknown interpretation": (
        *("bup-2025", "scheme.toml", 'band_gaps = "rounded"', 'gap_bands = "rounded"'),
        "scheme.toml: interpretations.gap_bands: no such interpretation",
    ),
    "a missing interpretation": (
        *("bup-2025", "scheme.toml", 'band_gaps = "rounded"\n', ""),
        "scheme.toml: interpretations.band_gaps: the key is missing",
    ),
    "an interpretation that does not concern the scheme": (
        *(
            "bup-2025",
            "scheme.toml",
            "[interpretations]",
            '[interpretations]\nbaseline_mean = "exact_thirds"',
        ),
        "scheme.toml: interpretations.baseline_mean: the question concerns surgery alone",
    ),
    "an interpretation with one reading": (
        *(
            "bup-2025",
            "scheme.toml",
            "[interpretations]",
            '[interpretations]\nno_base = "improvement_unavailable"',
        ),
        "scheme.toml: interpretations.no_base: the question has one reading alone; leave",
    ),
    "a first version that begins late": (
        *("access-2024", "population_grant.toml", "[fund]", '[fund]\nfrom = "2024-02"'),
        "population_grant.toml: fund: the first version holds from the start: leave its `from` out",
    ),
    "a version without its month": (
        *("bup-2025", "development_grant.toml", "[fund]", f"[[fund]]\n{VERSION}[[fund]]"),
        "development_grant.toml: fund: every version but the first needs the month it holds `from`",
    ),
    "versions out of order": (
        *("access-2024", "population_grant.toml", "[fund]"),
        f'[[fund]]\n{VERSION}[[fund]]\nfrom = "2024-08"\n{VERSION}[[fund]]\nfrom = "2024-06"',
        "population_grant.toml: fund: versions are not in order: 2024-06 stands after 2024-08",
    ),
    "a version after the scheme's last month": (
        *("access-2024", "population_grant.toml", "[fund]"),
        f'[[fund]]\n{VERSION}[[fund]]\nfrom = "2025-01"',
        "population_grant.toml: fund: a version begins 2025-01, but its value can change in",
    ),
    "neither a value nor why there is none": (
        *("bup-2025", "development_grant.toml", "value = 150_000_000\n", ""),
        "development_grant.toml: fund: give a value, or in not_known_yet what is missing",
    ),
    "a base that is not there": (
        *("bup-2026", "scheme.toml", 'based_on = "bup-2025"', 'based_on = "bup-2020"'),
        "scheme.toml: based_on: there is no scheme 'bup-2020' beside it",
    ),
    "what is measured without days for reporting": (
        *("access-2024", "scheme.toml", 'measured = { from = "2024-01", to = "2024-11" }', ""),
        "scheme.toml: measured, reporting: what is measured is reported by a day",
    ),
    "a folder of another name": (
        *("bup-2025", "scheme.toml", 'name = "bup-2025"', 'name = "bup-2027"'),
        "scheme.toml: name: the folder is called 'bup-2025'",
    ),
    "malformed TOML": (
        *("bup-2025", "waiting_time.toml", "[population]", "[population"),
        "waiting_time.toml: the file: Expected ']' at the end of a table declaration (at line",
    ),
    "a column that is not in the CSV": (
        *("surgery-2025", "surgery.toml", 'column = "cap_sek"', 'column = "cap"'),
        "surgery.toml: caps: caps.csv has no column 'cap'",
    ),
    "a CSV that is not there": (
        *("surgery-2025", "surgery.toml", 'file = "caps.csv"', 'file = "cap.csv"'),
        "surgery.toml: caps: cap.csv: it cannot be read: No such file or directory",
    ),
    "a region twice in a CSV": (
        *("surgery-2025", "caps.csv", "\n03,", "\n01,"),
        "surgery.toml: caps: caps.csv has region 01 twice",
    ),
    "a CSV value that is not a number": (
        *("surgery-2025", "caps.csv", "107595016", "many"),
        "surgery.toml: caps: caps.csv, region 01: 'many' is not a number",
    ),
    "an infinite CSV value": (
        *("surgery-2025", "caps.csv", "107595016", "Infinity"),
        "surgery.toml: caps: caps.csv, region 01: 'Infinity' is not a number",
    ),
    "a CSV row that is cut short": (
        *("surgery-2025", "caps.csv", "01,107595016", "01"),
        "surgery.toml: caps: caps.csv, region 01: '' is not a number",
    ),
    "an amount with decimals in a CSV": (
        *("surgery-2025", "caps.csv", "107595016", "107595016.5"),
        "surgery.toml: caps.value.01: 107595016.5 is not a whole number",
    ),
    "a part of the frame with two amounts": (
        *("access-2024", "published.toml", 'fund = "general_grant"'),
        *('fund = "general_grant", amount_sek = 1', "published.toml: frame.3.part.2: a part has"),
    ),
    "reporting day that no month has": (
        *("bup-2025", "scheme.toml", "day = 20", "day = 31"),
        "scheme.toml: reporting.day: 31 should be less than or equal to 27",
    ),
    "last month reported before it ends": (
        *("bup-2025", "scheme.toml", "last = 2025-12-05", "last = 2025-11-30"),
        "scheme.toml: reporting.last: 2025-11-30 is before the last month measured has ended",
    ),
    "last month reported after the payout": (
        *("bup-2025", "scheme.toml", "last = 2025-12-05", "last = 2026-01-05"),
        "scheme.toml: reporting: 2025-11 is reported by 2026-01-05, after its payout in 2025-12",
    ),
    "unknown source of the reporting days": (
        "surgery-2025",
        "scheme.toml",
        'source = "S2025"\nsection = "annex 1"',
        'source = "S1999"\nsection = "annex 1"',
        "scheme.toml: reporting.source: 'S1999' is not a document of rules/sources.toml; ",
    ),
    "a misspelt measure": (
        *("bup-2025", "waiting_time.toml", "[fund.treatment]", "[fund.treatmnt]"),
        (
            "waiting_time.toml: fund.treatmnt: 'treatmnt' is not a measure of schemas/labels.csv; nearest: "
            "treatment"
        ),
    ),
    "a misspelt procedure": (
        *("surgery-2025", "surgery.toml", "[price.prolapse]", "[price.prolaps]"),
        "surgery.toml: price.prolaps: 'prolaps' is not a procedure of schemas/labels.csv; nearest: prolapse",
    ),
    "a misspelt measure that is counted": (
        *("bup-2025", "first_visit_production.toml", '"first_visit"', '"first_visits"'),
        (
            "first_visit_production.toml: measure: 'first_visits' is not a measure of schemas/labels.csv; "
            "nearest: first_visit"
        ),
    ),
    "a misspelt measure of a published figure": (
        *("bup-2025", "published.toml", 'measure = "assessment"', 'measure = "asessment"'),
        "compares.reserve.measure: 'asessment' is not a measure of schemas/labels.csv; nearest: assessment",
    ),
    "a published figure of what is not paid": (
        *("bup-2025", "published.toml", 'component = "waiting_time"', 'component = "surgery"'),
        "published.toml: Table 2: first visit, a month: component: 'surgery' is none of the scheme's",
    ),
    "a published figure of another year's month": (
        *("bup-2025", "published.toml", 'month = "2025-03"', 'month = "2024-03"'),
        "published.toml: Table 2: first visit, a month: month: '2024-03' is none of the scheme's",
    ),
    "a ceiling below the caps": (
        *("surgery-2025", "surgery.toml", "value = 507_500_000", "value = 500_000_000"),
        (
            "surgery.toml: ceiling, caps: the ceiling is 500 000 000 kronor, and the caps of all regions "
            "together are 507 500 000"
        ),
    ),
    "a ceiling above the caps": (
        *("surgery-2025", "surgery.toml", "value = 507_500_000", "value = 507_500_001"),
        (
            "surgery.toml: ceiling, caps: the ceiling is 507 500 001 kronor, and the caps of all regions "
            "together are 507 500 000"
        ),
    ),
    "a share written as a part of one": (
        *(
            "bup-2025",
            "waiting_time.toml",
            "completed_share_pct = 75",
            "completed_share_pct = 0.75",
        ),
        "attainment.value.completed_share_pct: 0.75 is less than one per cent: write 75",
    ),
    "a component twice in one payout": (
        *("bup-2025", "scheme.toml", '["waiting_time", "first_visit_production"]'),
        *(
            '["waiting_time", "first_visit_production", "waiting_time"]',
            "scheme.toml: payout.components: 'waiting_time' is named twice in one payout",
        ),
    ),
    "a population counted after its payout": (
        *("bup-2025", "development_grant.toml", '"2024-11"', '"2025-11"'),
        "development_grant.toml: population: 2025-11 is after its payout in 2025-03",
    ),
    "baseline years of two digits": (
        *("surgery-2025", "surgery.toml", "[2022, 2023, 2024]", "[22, 23, 24]"),
        "surgery.toml: baseline_years.value.1: 22 should be greater than or equal to 2000",
    ),
    "baseline years that are counted backwards": (
        *("surgery-2025", "surgery.toml", "[2022, 2023, 2024]", "[0, -1, 2024]"),
        "surgery.toml: baseline_years.value.2: -1 should be greater than or equal to 2000",
    ),
    "a region without a cap": (
        *("surgery-2025", "caps.csv", "\n09,3370945", ""),
        "surgery.toml: caps: no cap is given for 09",
    ),
    "equal amounts beyond the fund": (
        *("bup-2025", "development_grant.toml", "value = 5_000_000", "value = 8_000_000"),
        (
            "development_grant.toml: fund, fixed_each: 8 000 000 kronor to each region are "
            "168 000 000, more than the fund of 150 000 000"
        ),
    ),
    "a minimum outside the first band": (
        *("bup-2025", "first_visit_production.toml", "minimum_pct = 100", "minimum_pct = 103"),
        (
            "first_visit_production.toml: production.value: nothing is earned below 103 per cent, but the "
            "first band is from 100"
        ),
    ),
    "a county that is none": (
        *("cancer-2025", "cancer_grant.toml", '"01"', '"99"'),
        "cancer_grant.toml: eligible.value.1: '99' is not a region of schemas/regions.csv",
    ),
    "what is missing in one language": (
        *("surgery-2026", "surgery.toml", "not_known_yet_sv = ", "wording = "),
        "surgery.toml: price.hip_replacement.wording: unknown key",
    ),
    "a base without a payer": (
        *("bup-2025", "scheme.toml", 'payer = "Kammarkollegiet"\n', ""),
        "scheme.toml: payer: the key is missing",
    ),
}
