-- The months whose operations are counted by each month measured: of this year, of last year, of the baseline.
--
-- Of each year, the same months from the first one measured up to the month.
-- None, where the baseline years are not known yet.
-- Source: S2025, annex 1; rules, section 3.5.

WITH

to_date AS (
    SELECT this.scheme, this.month, so_far.month AS month_so_far
    FROM second_opinion.measured_months AS this
    JOIN second_opinion.measured_months AS so_far
        ON so_far.scheme = this.scheme AND so_far.month <= this.month
    SEMI JOIN parameters.baseline_years AS baseline
        ON baseline.scheme = this.scheme AND this.month BETWEEN baseline.valid_from AND baseline.valid_to
)

SELECT scheme, month, 'this_year' AS counted_as, month_so_far AS counted_month
FROM to_date

UNION ALL

SELECT scheme, month, 'last_year', CAST(month_so_far - INTERVAL 1 YEAR AS DATE)
FROM to_date

UNION ALL

SELECT to_date.scheme, month, 'baseline',
    make_date(baseline.year + year(month_so_far) - year(measured_from), month(month_so_far), 1)
FROM to_date
JOIN parameters.schemes ON schemes.scheme = to_date.scheme
JOIN parameters.baseline_years AS baseline
    ON baseline.scheme = to_date.scheme AND month BETWEEN baseline.valid_from AND baseline.valid_to
