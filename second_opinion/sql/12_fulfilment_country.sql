-- payouts.fulfilment_country: uppfyllnadsgrad of the whole country.
--
-- The regions' sums. Nothing is paid by this table.
-- Source: rules, section 3.

WITH sums AS (
    SELECT
        payout_month,
        scheme,
        component,
        status,
        CAST(sum(amount_sek) AS BIGINT) AS amount_sek,
        CAST(sum(reserved_sek) AS BIGINT) AS reserved_sek
    FROM second_opinion.fulfilment
    GROUP BY ALL
)

SELECT
    payout_month,
    scheme,
    component,
    amount_sek,
    reserved_sek,
    second_opinion.per_cent(amount_sek, reserved_sek) AS fulfilment_pct,
    status
FROM sums
