-- performance.surgery_followup: operations to date by place, per region.
--
-- The place is `private` whenever the provider is private, wherever it was; else `home` if the region
-- of residence did it, and `other` if another region did. Nothing is paid by this table.
-- A sum is missing if a month of it has no row for the home region, or none for the procedure of any
-- region, or a count of the procedure is not available: what is missing is never zero (I-13).
-- Source: S2025; rules, section 3.5; interpretation I-13.

WITH

operations AS (
    SELECT month AS counted_month, home_region_code AS region_code, procedure,
        CASE
            WHEN provider_type = 'private' THEN 'private'
            WHEN performing_region_code = home_region_code THEN 'home'
            ELSE 'other'
        END AS place,
        sum(operations) AS operations
    FROM observed.surgeries
    GROUP BY ALL
),

not_available AS (
    SELECT DISTINCT month AS counted_month, home_region_code AS region_code, procedure, true AS is_gap
    FROM observed.surgeries
    WHERE operations IS NULL
),

reported AS (
    SELECT DISTINCT month AS counted_month, home_region_code AS region_code, true AS is_reported
    FROM observed.surgeries
),

asked_for AS (
    SELECT DISTINCT month AS counted_month, procedure, true AS is_asked_for
    FROM observed.surgeries
),

sums AS (
    SELECT counted.scheme, counted.month, region_code, procedure, place, counted_as,
        CASE WHEN bool_and(is_reported IS NOT NULL AND is_asked_for IS NOT NULL AND is_gap IS NULL) THEN coalesce(sum(operations), 0) END
            AS operations
    FROM second_opinion.counted_months AS counted
    JOIN parameters.procedures USING (scheme)
    CROSS JOIN parameters.regions
    CROSS JOIN (VALUES ('home'), ('other'), ('private')) AS places (place)
    LEFT JOIN operations USING (counted_month, region_code, procedure, place)
    LEFT JOIN not_available USING (counted_month, region_code, procedure)
    LEFT JOIN reported USING (counted_month, region_code)
    LEFT JOIN asked_for USING (counted_month, procedure)
    GROUP BY ALL
)

SELECT
    month,
    scheme,
    region_code,
    procedure,
    place,
    CAST(sum(operations) FILTER (counted_as = 'this_year') AS BIGINT) AS operations_to_date,
    CAST(sum(operations) FILTER (counted_as = 'last_year') AS BIGINT) AS last_year_to_date,
    CAST(sum(operations) FILTER (counted_as = 'baseline') AS BIGINT) AS baseline_sum_to_date
FROM sums
GROUP BY ALL
