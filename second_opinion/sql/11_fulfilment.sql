-- payouts.fulfilment: uppfyllnadsgrad, what a round paid of what was reserved for it.
--
-- Per region and component. A payout that was decided is what was decided. Nothing is paid by this table.
-- Source: rules, section 3.

WITH

paid AS (
    SELECT payout_month, scheme, region_code, component, amount_sek, 'computed' AS status
    FROM second_opinion.round_payments
    ANTI JOIN payouts.decided USING (payout_month, scheme)

    UNION ALL

    SELECT payout_month, scheme, region_code, component, amount_sek, 'decided' AS status
    FROM payouts.decided
),

-- What was reserved for the payout: for the months of its round, or, for a grant, in the month itself.
reserved AS (
    SELECT payout_month, scheme, region_code, component, sum(reserved_sek) AS reserved_sek
    FROM parameters.payouts
    JOIN second_opinion.reserves AS reserves USING (scheme)
    WHERE CASE
        WHEN component NOT IN ('waiting_time', 'first_visit_production', 'surgery')
        THEN reserves.month = payout_month
        ELSE reserves.month >= round_from AND month_to <= round_to
    END
    GROUP BY ALL
)

SELECT
    payout_month,
    scheme,
    region_code,
    component,
    amount_sek,
    CAST(reserved_sek AS BIGINT) AS reserved_sek,
    second_opinion.per_cent(amount_sek, reserved_sek) AS fulfilment_pct,
    status
FROM paid
JOIN reserved USING (payout_month, scheme, region_code, component)
