-- observed.corrections: the counts that a region's later report of a month gave otherwise.
--
-- Between the first delivery ever recorded that held any count of the region, and the one that counts
-- now; the day is that of the first delivery that gave the count of now. `reports` and `counts` hold what
-- each delivery has of each region.

WITH

spans AS (
    SELECT dataset, month, region_code, first_id, delivery_id AS latest_id
    FROM (
        SELECT dataset, month, region_code, arg_min(delivery_id, record) AS first_id
        FROM reports
        GROUP BY ALL
    )
    JOIN observed.status USING (dataset, month, region_code)
    WHERE is_reported AND first_id <> delivery_id
),

changed AS (
    SELECT dataset, month, region_code, item, counted,
        any_value(number) FILTER (delivery_id = first_id) AS first_number,
        any_value(number) FILTER (delivery_id = latest_id) AS corrected_number
    FROM counts
    JOIN spans USING (dataset, month, region_code)
    GROUP BY ALL
    HAVING first_number IS DISTINCT FROM corrected_number
)

SELECT changed.*,
    coalesce(
        (
            SELECT min(CAST(split_part(delivery_id, '/', 3) AS DATE))
            FROM counts
            WHERE (dataset, month, region_code, item, counted)
                = (changed.dataset, changed.month, changed.region_code, changed.item, changed.counted)
                AND number = changed.corrected_number
        ),
        delivered_on
    ) AS corrected_on
FROM changed
JOIN observed.status USING (dataset, month, region_code)
