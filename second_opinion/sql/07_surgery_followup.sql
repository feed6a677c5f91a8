-- performance.surgery_followup: operations to date by place, per region.
--
-- The place is `private` whenever the provider is private, wherever it was; else `home` if the region
-- of residence did it, and `other` if another region did. Nothing is paid by this table.
-- Source: S2025; rules, section 3.5.

WITH

operations AS (
    SELECT month AS counted_month, home_region_code, procedure,
        CASE
            WHEN provider_type = 'private' THEN 'private'
            WHEN performing_region_code = home_region_code THEN 'home'
            ELSE 'other'
        END AS place,
        operations
    FROM observed.surgeries
),

rows_asked_for AS (
    SELECT scheme, month, measured_from, region_code, procedure, place
    FROM second_opinion.measured_months
    JOIN parameters.schemes USING (scheme)
    JOIN parameters.procedures USING (scheme)
    CROSS JOIN parameters.regions
    CROSS JOIN (VALUES ('home'), ('other'), ('private')) AS places (place)
),

-- Each year's months up to the same month: this year's, last year's, and the baseline's three.
counted AS (
    SELECT asked.scheme, asked.month, asked.region_code, asked.procedure, asked.place,
        coalesce(sum(operations) FILTER (counted_month BETWEEN measured_from AND asked.month), 0)
            AS operations_to_date,
        coalesce(sum(operations) FILTER (
            counted_month BETWEEN measured_from - INTERVAL 1 YEAR AND asked.month - INTERVAL 1 YEAR), 0)
            AS last_year_to_date,
        coalesce(sum(operations) FILTER (EXISTS (
            SELECT 1 FROM parameters.baseline_years AS baseline
            WHERE baseline.scheme = asked.scheme
                AND asked.month BETWEEN baseline.valid_from AND baseline.valid_to
                AND counted_month
                    BETWEEN measured_from - to_years(CAST(year(measured_from) - baseline.year AS INTEGER))
                    AND asked.month - to_years(CAST(year(measured_from) - baseline.year AS INTEGER)))), 0)
            AS baseline_sum_to_date
    FROM rows_asked_for AS asked
    LEFT JOIN operations
        ON operations.home_region_code = asked.region_code
        AND operations.procedure = asked.procedure AND operations.place = asked.place
    GROUP BY ALL
)

SELECT
    month,
    scheme,
    region_code,
    procedure,
    place,
    CAST(operations_to_date AS BIGINT) AS operations_to_date,
    CAST(last_year_to_date AS BIGINT) AS last_year_to_date,
    CAST(baseline_sum_to_date AS BIGINT) AS baseline_sum_to_date
FROM counted
