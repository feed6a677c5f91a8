-- performance.surgeries: operations since the first month measured, against the mean of three years.
--
-- Operations on a region's residents (hemregion), wherever they were done, less the mean of the same
-- months in the three baseline years. Only increases count, procedure by procedure, at the price of
-- the procedure. The mean is exact, so what is earned is kept in thirds of a krona; or the increase is
-- rounded down to whole operations, if the scheme reads I-8 so.
-- A delivery that has any row for a home region reports all that the delivery has of it: what it lacks
-- is 0. A home region without any row, a procedure without any row of any region, a month not delivered,
-- or a count not available makes the procedures concerned `incomplete` and worth 0, this year and in the
-- baseline alike (I-13).
-- Source: S2025, annex 1; rules, section 3.5; interpretations I-8 and I-13.

WITH

operations AS (
    SELECT month AS counted_month, home_region_code AS region_code, procedure,
        sum(operations) AS operations,
        bool_or(operations IS NULL) AS not_available
    FROM observed.surgeries
    GROUP BY ALL
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
    SELECT counted.scheme, counted.month, region_code, prices.procedure, price_sek,
        coalesce(sum(operations) FILTER (counted_as = 'this_year'), 0) AS operations_to_date,
        coalesce(sum(operations) FILTER (counted_as = 'last_year'), 0) AS last_year_to_date,
        coalesce(sum(operations) FILTER (counted_as = 'baseline'), 0) AS baseline_sum_to_date,
        bool_and(is_reported IS NOT NULL AND is_asked_for IS NOT NULL AND not_available IS NOT TRUE)
            FILTER (counted_as IN ('this_year', 'baseline')) AS is_complete
    FROM second_opinion.counted_months AS counted
    JOIN parameters.prices AS prices
        ON prices.scheme = counted.scheme
        AND counted.month BETWEEN prices.valid_from AND prices.valid_to
    CROSS JOIN parameters.regions
    LEFT JOIN operations USING (counted_month, region_code, procedure)
    LEFT JOIN reported USING (counted_month, region_code)
    LEFT JOIN asked_for USING (counted_month, procedure)
    GROUP BY ALL
),

-- The increase in thirds of an operation: three times this year's operations, less the three years' sum.
increases AS (
    SELECT *,
        CASE WHEN is_complete THEN greatest(3 * operations_to_date - baseline_sum_to_date, 0) ELSE 0 END
            AS increase_in_thirds
    FROM sums
)

SELECT
    month,
    scheme,
    region_code,
    procedure,
    CAST(operations_to_date AS BIGINT) AS operations_to_date,
    CAST(last_year_to_date AS BIGINT) AS last_year_to_date,
    CAST(baseline_sum_to_date AS BIGINT) AS baseline_sum_to_date,
    CAST(price_sek * CASE baseline_mean
        WHEN 'exact_thirds' THEN increase_in_thirds
        WHEN 'whole_operations' THEN 3 * second_opinion.rounded_down(increase_in_thirds, 3)
    END AS BIGINT) AS earned_thirds_to_date_sek,
    month = measured_to AS is_final,
    CASE WHEN is_complete THEN 'ok' ELSE 'incomplete' END AS status,
    CAST(CAST(second_opinion.half_up(100 * earned_thirds_to_date_sek, 3) AS BIGINT) * 0.01 AS DECIMAL(18, 2))
        AS earned_to_date_sek
FROM increases
JOIN parameters.readings USING (scheme)
JOIN parameters.schemes USING (scheme)
