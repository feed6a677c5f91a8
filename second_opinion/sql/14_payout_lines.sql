-- payouts.payout_lines: every component of a payout, per region, bonuses included.
--
-- A payout that was decided is what was decided, whatever is computed since; else it is as computed.
-- Source: D2024, annex, table 1; rules, section 3.3.

SELECT month, scheme, region_code, component, amount_sek
FROM second_opinion.lines_as_computed
ANTI JOIN payouts.decided USING (month, scheme)

UNION ALL

SELECT month, scheme, region_code, component, amount_sek
FROM payouts.decided
