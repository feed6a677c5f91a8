-- payouts.reserves: what each region can earn, by month, by period, or as a grant or cap.
--
-- Waiting times: a measure's fund in equal parts, one a month measured, each shared by population.
-- New-visit production: the fund's part for the period's months, shared by population.
-- Grants: an equal amount to each region where there is one, and the rest shared by population.
-- Operations: the cap of annex 2, for all months measured together.
-- Where the population of some region is not at hand, nothing can be shared, and there are no rows.
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

    SELECT scheme, component, measure, payouts.month, payouts.month AS month_to,
        fund_sek - coalesce(each_sek, 0) * (SELECT count(*) FROM parameters.regions) AS total_sek,
        1 AS parts, coalesce(each_sek, 0) AS each_sek
    FROM parameters.payout_components AS payouts
    JOIN parameters.funds AS funds USING (scheme, component)
    LEFT JOIN parameters.fixed_amounts AS fixed
        ON fixed.scheme = payouts.scheme AND fixed.component = payouts.component
        AND payouts.month BETWEEN fixed.valid_from AND fixed.valid_to
    WHERE component IN ('development_grant', 'population_grant', 'general_grant')
        AND payouts.month BETWEEN funds.valid_from AND funds.valid_to
),

-- The regions' people, where every region's number is at hand.
people AS (
    SELECT month AS reference_month, age_group, region_code, population,
        sum(population) OVER (PARTITION BY month, age_group) AS everybody
    FROM observed.population
    SEMI JOIN parameters.regions USING (region_code)
    QUALIFY count(*) OVER (PARTITION BY month, age_group) = (SELECT count(*) FROM parameters.regions)
),

shares AS (
    SELECT totals.*, region_code, population, everybody, method
    FROM totals
    JOIN parameters.population_bases AS bases
        ON bases.scheme = totals.scheme AND bases.component = totals.component
        AND totals.month BETWEEN bases.valid_from AND bases.valid_to
    JOIN parameters.apportionments AS apportionments
        ON apportionments.scheme = totals.scheme AND apportionments.component = totals.component
        AND totals.month BETWEEN apportionments.valid_from AND apportionments.valid_to
    JOIN people USING (age_group, reference_month)
),

amounts AS (
    SELECT scheme, region_code, component, measure, month, month_to,
        each_sek + CASE method
            WHEN 'largest_remainder' THEN second_opinion.largest_remainder(
                total_sek, parts, population, everybody, region_code, (scheme, component, measure, month))
            WHEN 'half_up_residual_on_largest' THEN second_opinion.half_up_residual_on_largest(
                total_sek, parts, population, everybody, region_code, (scheme, component, measure, month))
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
