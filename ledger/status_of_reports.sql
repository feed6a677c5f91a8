-- observed.status: whose report of which month is in, and how it came.
--
-- A region has reported a month when the delivery that counts holds any count of it. It was late if
-- the first delivery that held any came after the day; every delivery ever recorded is looked at.
-- `reports` holds the regions that each of them has any count of.

WITH

deliveries AS (
    SELECT split_part(table_name, '.', 2) AS dataset, month,
        arg_max(deliveries[1], materialisation_id) AS delivery_id,
        count(DISTINCT deliveries[1]) - 1 AS times_replaced
    FROM ledger.audit.materialisations
    WHERE table_name LIKE 'observed.%' AND len(deliveries) > 0
    GROUP BY ALL
),

layouts AS (
    SELECT delivery_id, max(delivered_on) AS delivered_on, bool_or(layout = 'withdrawn') AS is_withdrawn
    FROM ledger.audit.deliveries
    GROUP BY ALL
),

first_reports AS (
    SELECT dataset, month, region_code, min(CAST(split_part(delivery_id, '/', 3) AS DATE)) AS first_on
    FROM reports
    GROUP BY ALL
)

SELECT dataset, month, region_code, delivered_on, delivery_id,
    reports.region_code IS NOT NULL AS is_reported,
    first_on > due_on AS is_late,
    CASE
        WHEN first_on > due_on THEN date_diff('day', due_on, first_on)
        WHEN first_on <= due_on THEN 0
    END AS days_late,
    times_replaced, is_withdrawn
FROM deliveries
JOIN layouts USING (delivery_id)
CROSS JOIN (SELECT code AS region_code FROM main.labels WHERE kind = 'region')
LEFT JOIN first_reports USING (dataset, month, region_code)
LEFT JOIN reports USING (dataset, month, region_code, delivery_id)
LEFT JOIN observed.reporting_days USING (dataset, month)
