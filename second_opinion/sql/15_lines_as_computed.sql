-- Every component of a payout, per region, as the rules give it, bonuses included.
--
-- A region's bonus is the pot x what the region was paid in the rounds / what all were paid, by
-- largest remainder (or half-up, if the scheme reads I-16 so).
-- Source: SKR, bonuspott; D2024, annex, table 1; rules, section 3.3; interpretation I-16.

WITH

weights AS (
    SELECT *, sum(weight) OVER (PARTITION BY scheme, pot) AS weight_of_all
    FROM second_opinion.shared_by
),

bonuses AS (
    SELECT payout_month, scheme, region_code, 'bonus_' || pot AS component,
        CASE
            WHEN weight_of_all = 0 THEN 0
            WHEN rounding_of_bonuses = 'largest_remainder' THEN second_opinion.largest_remainder(
                pot_sek, 1, weight, nullif(weight_of_all, 0), region_code, (scheme, pot))
            WHEN rounding_of_bonuses = 'half_up' THEN second_opinion.half_up_residual_on_largest(
                pot_sek, 1, weight, nullif(weight_of_all, 0), region_code, (scheme, pot))
        END AS amount_sek
    FROM second_opinion.bonus_pots
    JOIN weights USING (scheme, pot)
    JOIN parameters.readings USING (scheme)
)

SELECT payout_month, scheme, region_code, component, CAST(amount_sek AS BIGINT) AS amount_sek
FROM (
    SELECT payout_month, scheme, region_code, component, amount_sek FROM second_opinion.round_payments
    UNION ALL
    FROM bonuses
)
