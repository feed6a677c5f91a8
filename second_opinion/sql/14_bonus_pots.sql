-- payouts.bonus_pots: how each fund closes in the scheme's last payout month.
--
-- The pot is the fund less everything paid in the year's rounds, and not below 0. If nobody was paid
-- anything that it is shared by, nobody can share it, and it stays undistributed. Rounded reserves can exceed the fund by
-- some kronor; then the pot is 0, and the excess is named.
-- Source: SKR, bonuspott; D2024, annex; rules, section 3.3.

WITH

closing AS (
    SELECT scheme, max(payout_month) AS payout_month
    FROM parameters.payouts
    GROUP BY ALL
),

funds AS (
    SELECT closing.payout_month, scheme, pot, sum(fund_sek) AS fund_sek
    FROM closing
    JOIN parameters.pots USING (scheme)
    JOIN parameters.funds USING (scheme, component)
    WHERE closing.payout_month BETWEEN valid_from AND valid_to
    GROUP BY ALL
),

paid AS (
    SELECT scheme, pot, sum(amount_sek) AS paid_sek
    FROM second_opinion.rounds_as_reckoned
    JOIN parameters.pots USING (scheme, component)
    GROUP BY ALL
),

shared AS (
    SELECT scheme, pot, sum(weight) AS shared_by
    FROM second_opinion.shared_by
    GROUP BY ALL
)

SELECT
    payout_month,
    scheme,
    pot,
    CAST(fund_sek AS BIGINT) AS fund_sek,
    CAST(paid_sek AS BIGINT) AS paid_sek,
    CAST(greatest(fund_sek - paid_sek, 0) AS BIGINT) AS pot_sek,
    CAST(CASE WHEN shared_by = 0 THEN greatest(fund_sek - paid_sek, 0) ELSE 0 END AS BIGINT) AS undistributed_sek,
    CAST(greatest(paid_sek - fund_sek, 0) AS BIGINT) AS overdrawn_sek
FROM funds
JOIN paid USING (scheme, pot)
JOIN shared USING (scheme, pot)
