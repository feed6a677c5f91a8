-- Every recorded table beside what these queries make of it: how many rows differ. All should be 0.
--
-- Only the months and schemes that are recorded are compared; `not_recomputed` counts rows that are
-- recorded and that the queries do not make, `not_recorded` the other way round. A row with a cell that
-- differs counts in both. Rows also differ if a delivery was read, and not everything that rests on it
-- was computed anew, and if they rest on a kind of requirement that these queries do not know
-- (parameters.unknown_components), or are of a scheme whose folder was not there when this was published (not in
-- parameters.schemes). It takes some seconds, since every table is computed.

WITH

reserves AS MATERIALIZED (FROM second_opinion.reserves SEMI JOIN payouts.reserves USING (month, scheme)),
waiting_times AS MATERIALIZED (FROM second_opinion.waiting_times SEMI JOIN performance.waiting_times USING (month, scheme)),
first_visit_production AS MATERIALIZED (FROM second_opinion.first_visit_production SEMI JOIN performance.first_visit_production USING (month, scheme)),
surgeries AS MATERIALIZED (FROM second_opinion.surgeries SEMI JOIN performance.surgeries USING (month, scheme)),
surgery_followup AS MATERIALIZED (FROM second_opinion.surgery_followup SEMI JOIN performance.surgery_followup USING (month, scheme)),
surgery_followup_country AS MATERIALIZED (FROM second_opinion.surgery_followup_country SEMI JOIN performance.surgery_followup_country USING (month, scheme)),
surgery_caps AS MATERIALIZED (FROM second_opinion.surgery_caps SEMI JOIN performance.surgery_caps USING (month, scheme)),
round_payments AS MATERIALIZED (FROM second_opinion.round_payments SEMI JOIN payouts.round_payments USING (payout_month, scheme)),
fulfilment AS MATERIALIZED (FROM second_opinion.fulfilment SEMI JOIN payouts.fulfilment USING (payout_month, scheme)),
fulfilment_country AS MATERIALIZED (FROM second_opinion.fulfilment_country SEMI JOIN payouts.fulfilment_country USING (payout_month, scheme)),
bonus_pots AS MATERIALIZED (FROM second_opinion.bonus_pots SEMI JOIN payouts.bonus_pots USING (payout_month, scheme)),
payout_lines AS MATERIALIZED (FROM second_opinion.payout_lines SEMI JOIN payouts.payout_lines USING (payout_month, scheme)),
payouts AS MATERIALIZED (FROM second_opinion.payouts SEMI JOIN payouts.payouts USING (payout_month, scheme)),
differences AS MATERIALIZED (FROM second_opinion.differences SEMI JOIN payouts.differences USING (payout_month, scheme))

SELECT 'payouts.reserves' AS table_name,
    (SELECT count(*) FROM payouts.reserves) AS recorded,
    (SELECT count(*) FROM (FROM payouts.reserves EXCEPT ALL FROM reserves)) AS not_recomputed,
    (SELECT count(*) FROM (FROM reserves EXCEPT ALL FROM payouts.reserves)) AS not_recorded

UNION ALL

SELECT 'performance.waiting_times' AS table_name,
    (SELECT count(*) FROM performance.waiting_times) AS recorded,
    (SELECT count(*) FROM (FROM performance.waiting_times EXCEPT ALL FROM waiting_times)) AS not_recomputed,
    (SELECT count(*) FROM (FROM waiting_times EXCEPT ALL FROM performance.waiting_times)) AS not_recorded

UNION ALL

SELECT 'performance.first_visit_production' AS table_name,
    (SELECT count(*) FROM performance.first_visit_production) AS recorded,
    (SELECT count(*) FROM (FROM performance.first_visit_production EXCEPT ALL FROM first_visit_production)) AS not_recomputed,
    (SELECT count(*) FROM (FROM first_visit_production EXCEPT ALL FROM performance.first_visit_production)) AS not_recorded

UNION ALL

SELECT 'performance.surgeries' AS table_name,
    (SELECT count(*) FROM performance.surgeries) AS recorded,
    (SELECT count(*) FROM (FROM performance.surgeries EXCEPT ALL FROM surgeries)) AS not_recomputed,
    (SELECT count(*) FROM (FROM surgeries EXCEPT ALL FROM performance.surgeries)) AS not_recorded

UNION ALL

SELECT 'performance.surgery_followup' AS table_name,
    (SELECT count(*) FROM performance.surgery_followup) AS recorded,
    (SELECT count(*) FROM (FROM performance.surgery_followup EXCEPT ALL FROM surgery_followup)) AS not_recomputed,
    (SELECT count(*) FROM (FROM surgery_followup EXCEPT ALL FROM performance.surgery_followup)) AS not_recorded

UNION ALL

SELECT 'performance.surgery_followup_country' AS table_name,
    (SELECT count(*) FROM performance.surgery_followup_country) AS recorded,
    (SELECT count(*) FROM (FROM performance.surgery_followup_country EXCEPT ALL FROM surgery_followup_country)) AS not_recomputed,
    (SELECT count(*) FROM (FROM surgery_followup_country EXCEPT ALL FROM performance.surgery_followup_country)) AS not_recorded

UNION ALL

SELECT 'performance.surgery_caps' AS table_name,
    (SELECT count(*) FROM performance.surgery_caps) AS recorded,
    (SELECT count(*) FROM (FROM performance.surgery_caps EXCEPT ALL FROM surgery_caps)) AS not_recomputed,
    (SELECT count(*) FROM (FROM surgery_caps EXCEPT ALL FROM performance.surgery_caps)) AS not_recorded

UNION ALL

SELECT 'payouts.round_payments' AS table_name,
    (SELECT count(*) FROM payouts.round_payments) AS recorded,
    (SELECT count(*) FROM (FROM payouts.round_payments EXCEPT ALL FROM round_payments)) AS not_recomputed,
    (SELECT count(*) FROM (FROM round_payments EXCEPT ALL FROM payouts.round_payments)) AS not_recorded

UNION ALL

SELECT 'payouts.fulfilment' AS table_name,
    (SELECT count(*) FROM payouts.fulfilment) AS recorded,
    (SELECT count(*) FROM (FROM payouts.fulfilment EXCEPT ALL FROM fulfilment)) AS not_recomputed,
    (SELECT count(*) FROM (FROM fulfilment EXCEPT ALL FROM payouts.fulfilment)) AS not_recorded

UNION ALL

SELECT 'payouts.fulfilment_country' AS table_name,
    (SELECT count(*) FROM payouts.fulfilment_country) AS recorded,
    (SELECT count(*) FROM (FROM payouts.fulfilment_country EXCEPT ALL FROM fulfilment_country)) AS not_recomputed,
    (SELECT count(*) FROM (FROM fulfilment_country EXCEPT ALL FROM payouts.fulfilment_country)) AS not_recorded

UNION ALL

SELECT 'payouts.bonus_pots' AS table_name,
    (SELECT count(*) FROM payouts.bonus_pots) AS recorded,
    (SELECT count(*) FROM (FROM payouts.bonus_pots EXCEPT ALL FROM bonus_pots)) AS not_recomputed,
    (SELECT count(*) FROM (FROM bonus_pots EXCEPT ALL FROM payouts.bonus_pots)) AS not_recorded

UNION ALL

SELECT 'payouts.payout_lines' AS table_name,
    (SELECT count(*) FROM payouts.payout_lines) AS recorded,
    (SELECT count(*) FROM (FROM payouts.payout_lines EXCEPT ALL FROM payout_lines)) AS not_recomputed,
    (SELECT count(*) FROM (FROM payout_lines EXCEPT ALL FROM payouts.payout_lines)) AS not_recorded

UNION ALL

SELECT 'payouts.payouts' AS table_name,
    (SELECT count(*) FROM payouts.payouts) AS recorded,
    (SELECT count(*) FROM (FROM payouts.payouts EXCEPT ALL FROM payouts)) AS not_recomputed,
    (SELECT count(*) FROM (FROM payouts EXCEPT ALL FROM payouts.payouts)) AS not_recorded

UNION ALL

SELECT 'payouts.differences' AS table_name,
    (SELECT count(*) FROM payouts.differences) AS recorded,
    (SELECT count(*) FROM (FROM payouts.differences EXCEPT ALL FROM differences)) AS not_recomputed,
    (SELECT count(*) FROM (FROM differences EXCEPT ALL FROM payouts.differences)) AS not_recorded
