-- payouts.payout_lines: every component of a payout, per region, bonuses included.
--
-- A payout that was decided is what was decided, whatever is computed since; else it is as computed.
-- Source: D2024, annex, table 1; rules, section 3.3.

SELECT payout_month, scheme, region_code, component, amount_sek, 'computed' AS status
FROM second_opinion.lines_as_computed
ANTI JOIN payouts.decided USING (payout_month, scheme)

UNION ALL

SELECT payout_month, scheme, region_code, component, amount_sek, 'decided' AS status
FROM payouts.decided
