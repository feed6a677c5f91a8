-- payouts.reserves: what each region can earn, by month, by period, or as a grant or cap.
--
-- Waiting times: a measure's fund in equal parts, one a month measured, each shared by population.
-- New-visit production: the fund's part for the period's months, shared by population.
-- Grants: an equal amount to each region where there is one, and the rest shared by population; equally
-- where the grant names no population. A region that is not eligible is no part of the key, and gets 0.
-- Operations: the cap of annex 2, for all months measured together.
-- Where the population of some region is not at hand, nothing can be shared, and there are no rows; nor are
-- there where it is not known yet what is shared, or how.
-- Source: rules, sections 2, 3.1, 3.2, 3.4 and 3.5; T2025, table 2; D2024, annex, table 1; S2025, annex 2.

WITH

-- What is shared out by population: `total_sek` / `parts` kronor for each month, period or grant.
totals AS (
    SELECT scheme, component, measure, month, month AS month_to, fund_sek AS total_sek,
        months_measured AS parts, 0 AS each_sek
    FROM second_opinion.measured_months
    JOIN parameters.funds USING (scheme)
    WHERE component = 'waiting_time' AND month BETWEEN valid_from AND valid_to

    UNION ALL

    SELECT scheme, component, funds.measure, month_from AS month, month_to,
        fund_sek * (date_diff('month', month_from, month_to) + 1) AS total_sek,
        date_diff('month', measured_from, measured_to) + 1 AS parts, 0 AS each_sek
    FROM parameters.production_periods
    JOIN parameters.schemes USING (scheme)
    JOIN parameters.funds AS funds USING (scheme)
    WHERE component = 'first_visit_production' AND month_from BETWEEN valid_from AND valid_to

    UNION ALL

    SELECT scheme, component, measure, payout_month AS month, payout_month AS month_to,
        fund_sek AS total_sek, 1 AS parts, coalesce(each_sek, 0) AS each_sek
    FROM parameters.payout_components AS payouts
    JOIN parameters.funds AS funds USING (scheme, component)
    LEFT JOIN parameters.fixed_amounts AS fixed
        ON fixed.scheme = payouts.scheme AND fixed.component = payouts.component
        AND payout_month BETWEEN fixed.valid_from AND fixed.valid_to
    WHERE component NOT IN ('waiting_time', 'first_visit_production')
        AND payout_month BETWEEN funds.valid_from AND funds.valid_to
),

-- The regions that a list of eligible ones leaves out.
left_out AS (
    SELECT scheme, component, valid_from, valid_to, region_code, true AS is_left_out
    FROM (SELECT DISTINCT scheme, component, valid_from, valid_to FROM parameters.eligible_regions)
    CROSS JOIN parameters.regions
    ANTI JOIN parameters.eligible_regions USING (scheme, component, valid_from, region_code)
),

-- What each region counts for: its people, or 1 where shares are equal, or 0 where it is left out.
weights AS (
    SELECT totals.*, regions.region_code, method, coalesce(is_left_out, false) AS is_left_out,
        CASE WHEN is_left_out THEN 0 WHEN bases.scheme IS NULL THEN 1 ELSE population END AS weight
    FROM totals
    CROSS JOIN parameters.regions AS regions
    JOIN parameters.apportionments AS apportionments
        ON apportionments.scheme = totals.scheme AND apportionments.component = totals.component
        AND totals.month BETWEEN apportionments.valid_from AND apportionments.valid_to
    LEFT JOIN parameters.population_bases AS bases
        ON bases.scheme = totals.scheme AND bases.component = totals.component
        AND totals.month BETWEEN bases.valid_from AND bases.valid_to
    LEFT JOIN observed.population AS people
        ON people.month = bases.reference_month AND people.age_group = bases.age_group
        AND people.region_code = regions.region_code
    LEFT JOIN left_out
        ON left_out.scheme = totals.scheme AND left_out.component = totals.component
        AND totals.month BETWEEN left_out.valid_from AND left_out.valid_to
        AND left_out.region_code = regions.region_code
    ANTI JOIN parameters.not_known_yet AS unknown
        ON unknown.scheme = totals.scheme AND unknown.component = totals.component
        AND unknown.key IN ('population', 'fixed_each', 'eligible') AND NOT unknown.is_assumed
        AND totals.month BETWEEN unknown.valid_from AND unknown.valid_to
),

shares AS (
    SELECT * REPLACE (total_sek - each_sek * count(*) FILTER (NOT is_left_out) OVER sharing AS total_sek),
        sum(weight) OVER sharing AS everybody
    FROM weights
    WINDOW sharing AS (PARTITION BY scheme, component, measure, month)
    QUALIFY count(weight) OVER sharing = count(*) OVER sharing
),

amounts AS (
    SELECT scheme, region_code, component, measure, month, month_to,
        CASE WHEN is_left_out THEN 0 ELSE each_sek END + CASE method
            WHEN 'largest_remainder' THEN second_opinion.largest_remainder(
                total_sek, parts, weight, everybody, region_code, (scheme, component, measure, month))
            WHEN 'half_up_residual_on_largest' THEN second_opinion.half_up_residual_on_largest(
                total_sek, parts, weight, everybody, region_code, (scheme, component, measure, month))
        END AS reserved_sek
    FROM shares

    UNION ALL

    SELECT scheme, region_code, 'surgery' AS component, '' AS measure, measured_from AS month,
        measured_to AS month_to, cap_sek AS reserved_sek
    FROM parameters.caps
    JOIN parameters.schemes USING (scheme)
    SEMI JOIN parameters.regions USING (region_code)
    WHERE measured_from BETWEEN valid_from AND valid_to
)

SELECT month, scheme, region_code, component, measure, month_to, CAST(reserved_sek AS BIGINT) AS reserved_sek
FROM amounts
