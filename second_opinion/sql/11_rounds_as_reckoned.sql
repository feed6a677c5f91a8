-- What each region counts as paid in the year's rounds, when the bonus pots are reckoned.
--
-- An earlier round whose payout was decided counts as decided, plus what later entries have settled of
-- it: a later correction changes neither the round nor the pot unless it is settled. Every other round
-- counts as computed, and so does the round of the closing month, the scheme's last payout month.
-- Source: SKR, bonuspott; D2024, annex; rules, section 3.3.

WITH

closing AS (
    SELECT scheme, max(month) AS closing_month
    FROM parameters.payouts
    GROUP BY ALL
),

settled AS (
    SELECT scheme, settled_month AS month, region_code, component, sum(amount_sek) AS amount_sek
    FROM payouts.settlements
    GROUP BY ALL
),

decided AS (
    SELECT scheme, month, region_code, component,
        decided.amount_sek + coalesce(settled.amount_sek, 0) AS amount_sek
    FROM payouts.decided AS decided
    JOIN closing USING (scheme)
    LEFT JOIN settled USING (scheme, month, region_code, component)
    WHERE month < closing_month
)

SELECT month, scheme, region_code, component,
    CAST(coalesce(decided.amount_sek, computed.amount_sek) AS BIGINT) AS amount_sek
FROM second_opinion.round_payments AS computed
LEFT JOIN decided USING (month, scheme, region_code, component)
