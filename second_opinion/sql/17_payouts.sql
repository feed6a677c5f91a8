-- payouts.payouts: what each region is paid in a payout month, the sum of its lines.
--
-- Source: D2024, annex, table 1; rules, section 3.

SELECT payout_month, scheme, region_code, CAST(sum(amount_sek) AS BIGINT) AS amount_sek, status
FROM second_opinion.payout_lines
GROUP BY ALL
