-- The parameters of the agreements, as tables: what each scheme's folder of TOML files says.
--
-- A value that can change holds from the month `valid_from` to the month `valid_to`, both included.
-- Thresholds are written in parts per million, as whole numbers: 10 000 is one per cent, or one
-- percentage point. A reading that these queries do not know is refused by the CHECK of its column.
-- Source: the folders rules/schemes/*, where each value stands with its legal reference and wording.

CREATE SCHEMA parameters;

CREATE TABLE parameters.regions (region_code VARCHAR PRIMARY KEY);
COMMENT ON TABLE parameters.regions IS 'The regions that take part, by county code (länskod).';

CREATE TABLE parameters.schemes (
    scheme VARCHAR PRIMARY KEY, measured_from DATE, measured_to DATE
);
COMMENT ON TABLE parameters.schemes IS 'The schemes, each with the first and last month measured, if it measures any.';

CREATE TABLE parameters.readings (
    scheme VARCHAR PRIMARY KEY,
    band_gaps VARCHAR CHECK (band_gaps IN ('rounded', 'exact', 'shares_rounded')),
    nobody_waiting VARCHAR CHECK (nobody_waiting IN ('met', 'not_met')),
    patient_chosen VARCHAR CHECK (patient_chosen IN ('included', 'excluded')),
    month_not_reported VARCHAR CHECK (month_not_reported IN ('own_cells')),
    no_base VARCHAR CHECK (no_base IN ('improvement_unavailable')),
    production_month_missing VARCHAR CHECK (production_month_missing IN ('period_earns_nothing')),
    nobody_added VARCHAR CHECK (nobody_added IN ('completed_decides')),
    baseline_mean VARCHAR CHECK (baseline_mean IN ('exact_thirds', 'whole_operations')),
    first_round_months VARCHAR CHECK (first_round_months IN ('january_to_june')),
    block_1_month VARCHAR CHECK (block_1_month IN ('march')),
    delivery_that_counts VARCHAR CHECK (delivery_that_counts IN ('latest')),
    rounding_of_earned VARCHAR CHECK (rounding_of_earned IN ('per_round_and_region', 'per_month_and_measure')),
    surgery_gaps VARCHAR CHECK (surgery_gaps IN ('absent_key_is_zero')),
    bands_of_2024 VARCHAR CHECK (bands_of_2024 IN ('as_2025')),
    production_sum VARCHAR CHECK (production_sum IN ('sums_then_ratio')),
    rounding_of_bonuses VARCHAR CHECK (rounding_of_bonuses IN ('largest_remainder', 'half_up')),
    year_2026_and_the_rest VARCHAR CHECK (year_2026_and_the_rest IN ('as_stated')),
    equal_shares_left_over VARCHAR CHECK (equal_shares_left_over IN ('lowest_codes')),
    months_by_population VARCHAR CHECK (months_by_population IN ('count', 'left_out'))
);
COMMENT ON TABLE parameters.readings IS 'How each scheme reads what its sources leave open: interpretations I-1 to I-19, in order; NULL where one does not concern it, or has one reading alone.';

CREATE TABLE parameters.payouts (
    scheme VARCHAR NOT NULL, payout_month DATE NOT NULL, round_from DATE, round_to DATE,
    PRIMARY KEY (scheme, payout_month)
);
COMMENT ON TABLE parameters.payouts IS 'The payout months, each with the first and last month of the round that it pays, if it pays one.';

CREATE TABLE parameters.payout_components (
    scheme VARCHAR NOT NULL, payout_month DATE NOT NULL, component VARCHAR NOT NULL,
    PRIMARY KEY (scheme, payout_month, component)
);
COMMENT ON TABLE parameters.payout_components IS 'What each payout month pays.';

CREATE TABLE parameters.unknown_components (
    scheme VARCHAR NOT NULL, component VARCHAR NOT NULL, PRIMARY KEY (scheme, component)
);
COMMENT ON TABLE parameters.unknown_components IS 'What schemes pay for by a kind of requirement that these queries do not know: they have no opinion on it, nor on a pot that holds it.';

CREATE TABLE parameters.not_known_yet (
    scheme VARCHAR NOT NULL, component VARCHAR NOT NULL, key VARCHAR NOT NULL,
    valid_from DATE NOT NULL, valid_to DATE NOT NULL, is_assumed BOOLEAN NOT NULL,
    PRIMARY KEY (scheme, component, key, valid_from)
);
COMMENT ON TABLE parameters.not_known_yet IS 'What was not decided when the scheme was written: what rests on it has no rows, unless a value is assumed until then, and no scheme with a row here pays anything.';

CREATE TABLE parameters.funds (
    scheme VARCHAR NOT NULL, component VARCHAR NOT NULL, measure VARCHAR NOT NULL,
    valid_from DATE NOT NULL, valid_to DATE NOT NULL, fund_sek BIGINT NOT NULL,
    PRIMARY KEY (scheme, component, measure, valid_from)
);
COMMENT ON TABLE parameters.funds IS 'The year''s money for each requirement and grant, in kronor; waiting times have a fund a measure.';

CREATE TABLE parameters.population_bases (
    scheme VARCHAR NOT NULL, component VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL,
    age_group VARCHAR NOT NULL, reference_month DATE NOT NULL,
    PRIMARY KEY (scheme, component, valid_from)
);
COMMENT ON TABLE parameters.population_bases IS 'Whose number decides the regions'' shares: an age group, in the delivery of a month. A grant without a row is shared equally.';

CREATE TABLE parameters.apportionments (
    scheme VARCHAR NOT NULL, component VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL,
    method VARCHAR NOT NULL CHECK (method IN ('largest_remainder', 'half_up_residual_on_largest')),
    PRIMARY KEY (scheme, component, valid_from)
);
COMMENT ON TABLE parameters.apportionments IS 'How shares become whole kronor.';

CREATE TABLE parameters.fixed_amounts (
    scheme VARCHAR NOT NULL, component VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL,
    each_sek BIGINT NOT NULL,
    PRIMARY KEY (scheme, component, valid_from)
);
COMMENT ON TABLE parameters.fixed_amounts IS 'What a grant gives to every region alike, before the rest is shared by population; in kronor.';

CREATE TABLE parameters.conditions (
    scheme VARCHAR NOT NULL, component VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL,
    PRIMARY KEY (scheme, component, valid_from)
);
COMMENT ON TABLE parameters.conditions IS 'Grants that are paid only to regions that pass a condition.';

CREATE TABLE parameters.qualified_regions (
    scheme VARCHAR NOT NULL, component VARCHAR NOT NULL, valid_from DATE NOT NULL, region_code VARCHAR NOT NULL,
    PRIMARY KEY (scheme, component, valid_from, region_code)
);
COMMENT ON TABLE parameters.qualified_regions IS 'The regions that pass the condition of a grant.';

CREATE TABLE parameters.eligible_regions (
    scheme VARCHAR NOT NULL, component VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL,
    region_code VARCHAR NOT NULL,
    PRIMARY KEY (scheme, component, valid_from, region_code)
);
COMMENT ON TABLE parameters.eligible_regions IS 'The regions that share a grant between them, where some do not: the share of the others is theirs. A grant without any is shared by all.';

CREATE TABLE parameters.bands (
    scheme VARCHAR NOT NULL, component VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL,
    band INTEGER NOT NULL, from_ppm BIGINT NOT NULL, to_ppm BIGINT, level_pct BIGINT NOT NULL,
    step_ppm BIGINT NOT NULL,
    unrounded_gap VARCHAR NOT NULL CHECK (unrounded_gap IN ('band_below', 'band_above')),
    PRIMARY KEY (scheme, component, valid_from, band)
);
COMMENT ON TABLE parameters.bands IS 'Bands as printed, numbered from the lowest, and the level that each earns. The last has no upper end. step_ppm is one unit of the last printed decimal; unrounded_gap says which band a value between two of them belongs to if nothing is rounded.';

CREATE TABLE parameters.paid_by (
    scheme VARCHAR NOT NULL, component VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL,
    paid_by VARCHAR NOT NULL CHECK (paid_by IN ('requirement', 'population')),
    PRIMARY KEY (scheme, component, valid_from)
);
COMMENT ON TABLE parameters.paid_by IS 'What a requirement''s months are paid by, where an amendment changes it within the year: the requirement, or the population alone.';

CREATE TABLE parameters.attainment (
    scheme VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL,
    completed_share_ppm BIGINT NOT NULL, waiting_share_ppm BIGINT NOT NULL, level_pct BIGINT NOT NULL,
    PRIMARY KEY (scheme, valid_from)
);
COMMENT ON TABLE parameters.attainment IS 'Shares to reach, of those completed and of those waiting, and the level that this earns.';

CREATE TABLE parameters.production (
    scheme VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL, minimum_ppm BIGINT NOT NULL,
    PRIMARY KEY (scheme, valid_from)
);
COMMENT ON TABLE parameters.production IS 'New-visit production: the share of completed to added below which nothing is earned, exactly.';

CREATE TABLE parameters.production_periods (
    scheme VARCHAR NOT NULL, period BIGINT NOT NULL, month_from DATE NOT NULL, month_to DATE NOT NULL,
    measure VARCHAR NOT NULL,
    PRIMARY KEY (scheme, period)
);
COMMENT ON TABLE parameters.production_periods IS 'The periods of new-visit production, numbered from 1, and the measure that is counted.';

CREATE TABLE parameters.procedures (
    scheme VARCHAR NOT NULL, procedure VARCHAR NOT NULL,
    PRIMARY KEY (scheme, procedure)
);
COMMENT ON TABLE parameters.procedures IS 'The procedures that each scheme follows, whether their price is known or not.';

CREATE TABLE parameters.prices (
    scheme VARCHAR NOT NULL, procedure VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL,
    price_sek BIGINT NOT NULL,
    PRIMARY KEY (scheme, procedure, valid_from)
);
COMMENT ON TABLE parameters.prices IS 'Kronor for each operation above the mean, by procedure.';

CREATE TABLE parameters.baseline_years (
    scheme VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL, year BIGINT NOT NULL,
    PRIMARY KEY (scheme, valid_from, year)
);
COMMENT ON TABLE parameters.baseline_years IS 'The three years whose mean operations are compared with.';

CREATE TABLE parameters.caps (
    scheme VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL, region_code VARCHAR NOT NULL,
    cap_sek BIGINT NOT NULL,
    PRIMARY KEY (scheme, valid_from, region_code)
);
COMMENT ON TABLE parameters.caps IS 'The most that each region can be paid for operations, in kronor.';

CREATE TABLE parameters.pots (
    scheme VARCHAR NOT NULL, pot VARCHAR NOT NULL, component VARCHAR NOT NULL,
    PRIMARY KEY (scheme, pot, component)
);
COMMENT ON TABLE parameters.pots IS 'The bonus pots, and the requirements whose unpaid money each holds.';
