-- performance.surgery_followup_country: operations to date by place, of the whole country.
--
-- The regions' sums; missing where any region's is. Nothing is paid by this table.
-- Source: S2025; rules, section 3.5.

SELECT
    month,
    scheme,
    procedure,
    place,
    CAST(CASE WHEN count(operations_to_date) = count(*) THEN sum(operations_to_date) END AS BIGINT) AS operations_to_date,
    CAST(CASE WHEN count(last_year_to_date) = count(*) THEN sum(last_year_to_date) END AS BIGINT) AS last_year_to_date,
    CAST(CASE WHEN count(baseline_sum_to_date) = count(*) THEN sum(baseline_sum_to_date) END AS BIGINT) AS baseline_sum_to_date
FROM second_opinion.surgery_followup
GROUP BY ALL
