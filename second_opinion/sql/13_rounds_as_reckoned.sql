-- What each region counts as paid in the year's rounds, when the bonus pots are reckoned.
--
-- A round whose payout was decided counts as decided, plus what entries have settled of it in a payout
-- not after the closing month, the scheme's last payout month. So a later correction changes neither
-- the round nor the pot unless it is settled. A round that was not decided counts as computed.
-- Source: SKR, bonuspott; D2024, annex; rules, section 3.3.

WITH

settled AS (
    SELECT payout_month, scheme, region_code, component, sum(amount_sek) AS amount_sek
    FROM payouts.settlements
    JOIN (SELECT scheme, max(payout_month) AS closing_month FROM parameters.payouts GROUP BY scheme) USING (scheme)
    WHERE month_paid <= closing_month
    GROUP BY ALL
)

SELECT payout_month, scheme, region_code, component,
    CAST(coalesce(decided.amount_sek + coalesce(settled.amount_sek, 0), computed.amount_sek) AS BIGINT)
        AS amount_sek
FROM second_opinion.round_payments AS computed
LEFT JOIN payouts.decided AS decided USING (payout_month, scheme, region_code, component)
LEFT JOIN settled USING (payout_month, scheme, region_code, component)
