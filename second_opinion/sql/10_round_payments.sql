-- payouts.round_payments: what a payout month pays before bonuses, each component per region.
--
-- Waiting times: everything earned in the round's months over the measures, half-up to whole kronor
-- once per round and region (or per month and measure, if the scheme reads I-12 so).
-- New-visit production: what the period that ends with the round earned, half-up.
-- Operations: what was earned by the last month of the round, at most the cap.
-- Grants: the reserve; 0 for a region that does not pass the grant's condition.
-- Nothing, while any value of the scheme is not known yet.
-- Source: D2024, annex; SKR, block 2; S2025, annex 1; rules, sections 3.1, 3.2, 3.4 and 3.5; interpretation I-12.

WITH

payments AS (
    -- Level (per cent) x reserve is in hundredths of a krona.
    SELECT payout_month, scheme, region_code, 'waiting_time' AS component,
        CASE rounding_of_earned
            WHEN 'per_round_and_region' THEN second_opinion.half_up(sum(level_pct * reserved_sek), 100)
            WHEN 'per_month_and_measure' THEN sum(second_opinion.half_up(level_pct * reserved_sek, 100))
        END AS amount_sek
    FROM parameters.payouts
    JOIN parameters.readings USING (scheme)
    JOIN second_opinion.waiting_times AS performance USING (scheme)
    WHERE performance.month BETWEEN round_from AND round_to
    GROUP BY payout_month, scheme, region_code, rounding_of_earned

    UNION ALL

    SELECT payout_month, scheme, region_code, 'first_visit_production',
        second_opinion.half_up(level_pct * reserved_sek, 100)
    FROM parameters.payouts
    JOIN second_opinion.first_visit_production AS performance USING (scheme)
    WHERE performance.month = round_to AND is_final

    UNION ALL

    SELECT payout_month, scheme, region_code, 'surgery', earned_to_date_sek
    FROM parameters.payouts
    JOIN second_opinion.surgery_caps AS performance USING (scheme)
    WHERE performance.month = round_to

    UNION ALL

    SELECT reserves.month AS payout_month, reserves.scheme, reserves.region_code, reserves.component,
        CASE
            WHEN conditions.scheme IS NULL OR qualified.region_code IS NOT NULL THEN reserved_sek
            ELSE 0
        END
    FROM second_opinion.reserves AS reserves
    LEFT JOIN parameters.conditions AS conditions
        ON conditions.scheme = reserves.scheme AND conditions.component = reserves.component
        AND reserves.month BETWEEN conditions.valid_from AND conditions.valid_to
    LEFT JOIN parameters.qualified_regions AS qualified
        ON qualified.scheme = conditions.scheme AND qualified.component = conditions.component
        AND qualified.valid_from = conditions.valid_from AND qualified.region_code = reserves.region_code
    WHERE reserves.component NOT IN ('waiting_time', 'first_visit_production', 'surgery')
)

SELECT payout_month, scheme, region_code, component, CAST(amount_sek AS BIGINT) AS amount_sek
FROM payments
SEMI JOIN parameters.payout_components USING (scheme, payout_month, component)
ANTI JOIN parameters.not_known_yet USING (scheme)
