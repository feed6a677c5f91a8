-- payouts.differences: each decided payout beside what the rules give today, line by line.
--
-- A difference never changes what was decided; only an entry that settles it closes it.
-- Source: rules, section 3.3.

WITH settled AS (
    SELECT payout_month, scheme, region_code, component, sum(amount_sek) AS settled_sek
    FROM payouts.settlements
    GROUP BY ALL
)

SELECT
    payout_month,
    scheme,
    region_code,
    component,
    decided.amount_sek AS decided_sek,
    computed.amount_sek AS recomputed_sek,
    CAST(coalesce(settled_sek, 0) AS BIGINT) AS settled_sek,
    CAST(computed.amount_sek - decided.amount_sek - coalesce(settled_sek, 0) AS BIGINT) AS difference_sek
FROM payouts.decided AS decided
JOIN second_opinion.lines_as_computed AS computed USING (payout_month, scheme, region_code, component)
LEFT JOIN settled USING (payout_month, scheme, region_code, component)
