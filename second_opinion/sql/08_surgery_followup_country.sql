-- performance.surgery_followup_country: operations to date by place, of the whole country.
--
-- The regions' sums. Nothing is paid by this table.
-- Source: S2025; rules, section 3.5.

SELECT
    month,
    scheme,
    procedure,
    place,
    CAST(sum(operations_to_date) AS BIGINT) AS operations_to_date,
    CAST(sum(last_year_to_date) AS BIGINT) AS last_year_to_date,
    CAST(sum(baseline_sum_to_date) AS BIGINT) AS baseline_sum_to_date
FROM second_opinion.surgery_followup
GROUP BY ALL
