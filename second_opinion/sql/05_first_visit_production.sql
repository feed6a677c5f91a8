-- performance.first_visit_production: new-visit production, from the period's start to the month.
--
-- First visits completed, in per cent of those added to the list, which are each month-end's number
-- waiting 0-30 days for a first visit; both are summed over the period, and then comes the ratio (I-15).
-- Below the minimum, exactly, nothing is earned. From there on the ratio, half-up to the bands'
-- decimals (I-1), falls in a band, and the band earns a level of the whole period's reserve.
-- After a month in which either count is missing the period earns nothing, while the sums go on over
-- the months reported (I-6). If nobody was added, whoever completed anything earns 100 per cent (I-7).
-- Where an amendment pays the period by population, the level is 100 % whatever was reported.
-- There are no rows where it is not known yet how the ratio is judged.
-- Patient-chosen waits always count here (I-3).
-- Source: SKR, prestationskrav, nybesöksproduktion; rules, section 3.2; interpretations I-1, I-3, I-6, I-7, I-15.

WITH

-- A row for each month measured and region: the period so far.
sums AS (
    SELECT months.scheme, months.month, reserves.region_code, period,
        months.month = periods.month_to AS is_final,
        reserved_sek,
        coalesce(sum(completed) FILTER (waiting_within_30 IS NOT NULL), 0) AS completed_to_date,
        coalesce(sum(waiting_within_30) FILTER (completed IS NOT NULL), 0) AS added_to_date,
        count(*) FILTER (completed IS NOT NULL AND waiting_within_30 IS NOT NULL) AS months_reported,
        date_diff('month', month_from, months.month) + 1 AS months_so_far
    FROM second_opinion.measured_months AS months
    JOIN parameters.production_periods AS periods
        ON periods.scheme = months.scheme AND months.month BETWEEN month_from AND periods.month_to
    JOIN second_opinion.reserves AS reserves
        ON reserves.scheme = months.scheme AND reserves.component = 'first_visit_production'
        AND reserves.month = month_from
    LEFT JOIN observed.waiting_times AS counted
        ON counted.region_code = reserves.region_code AND counted.measure = periods.measure
        AND counted.month BETWEEN month_from AND months.month
    GROUP BY ALL
),

-- The ratio as a fraction, in parts per million: rounded, or exact if the scheme reads I-1 so.
ratios AS (
    SELECT sums.*, band_gaps,
        CASE band_gaps
            WHEN 'exact' THEN 1000000 * completed_to_date
            ELSE step_ppm * second_opinion.half_up(1000000 * completed_to_date, step_ppm * added_to_date)
        END AS ratio_numerator,
        CASE band_gaps WHEN 'exact' THEN added_to_date ELSE 1 END AS ratio_denominator
    FROM sums
    JOIN parameters.readings USING (scheme)
    JOIN parameters.production AS production
        ON production.scheme = sums.scheme AND sums.month BETWEEN production.valid_from AND production.valid_to
    JOIN parameters.bands AS bands
        ON bands.scheme = sums.scheme AND bands.component = 'first_visit_production' AND bands.band = 1
        AND sums.month BETWEEN bands.valid_from AND bands.valid_to
    WHERE added_to_date > 0 AND 1000000 * completed_to_date >= minimum_ppm * added_to_date
),

-- The highest band reached; see 04 for values between two bands.
band_levels AS (
    SELECT ratios.scheme, ratios.month, region_code,
        coalesce(max(level_pct) FILTER (
            CASE
                WHEN band_gaps = 'exact' AND unrounded_gap = 'band_above' AND band > 1
                THEN ratio_numerator > below_ppm * ratio_denominator
                ELSE ratio_numerator >= from_ppm * ratio_denominator
            END), 0) AS level_pct
    FROM ratios
    JOIN (
        SELECT *, lag(to_ppm) OVER (PARTITION BY scheme, component, valid_from ORDER BY band) AS below_ppm
        FROM parameters.bands
    ) AS bands
        ON bands.scheme = ratios.scheme AND bands.component = 'first_visit_production'
        AND ratios.month BETWEEN bands.valid_from AND bands.valid_to
    GROUP BY ALL
),

levels AS (
    SELECT sums.*,
        CASE
            WHEN months_reported < months_so_far THEN 'incomplete'
            WHEN completed_to_date = 0 AND added_to_date = 0 THEN 'no_activity'
            ELSE 'ok'
        END AS status,
        CASE
            WHEN paid_by = 'population' THEN 100
            WHEN status <> 'ok' THEN 0
            WHEN added_to_date = 0 THEN 100
            ELSE coalesce(band_levels.level_pct, 0)
        END AS level_pct
    FROM sums
    LEFT JOIN band_levels USING (scheme, month, region_code)
    LEFT JOIN parameters.paid_by AS paid_by
        ON paid_by.scheme = sums.scheme AND paid_by.component = 'first_visit_production'
        AND sums.month BETWEEN paid_by.valid_from AND paid_by.valid_to
    ANTI JOIN parameters.not_known_yet AS unknown
        ON unknown.scheme = sums.scheme AND unknown.component = 'first_visit_production'
        AND (unknown.key = 'paid_by' OR (unknown.key = 'production' AND paid_by.paid_by IS DISTINCT FROM 'population'))
        AND NOT unknown.is_assumed
        AND sums.month BETWEEN unknown.valid_from AND unknown.valid_to
)

SELECT
    month,
    scheme,
    region_code,
    period,
    CAST(completed_to_date AS BIGINT) AS completed_to_date,
    CAST(added_to_date AS BIGINT) AS added_to_date,
    CAST(CAST(second_opinion.half_up(1000 * completed_to_date, nullif(added_to_date, 0)) AS BIGINT) * 0.1
        AS DECIMAL(18, 1)) AS ratio_pct,
    level_pct,
    reserved_sek,
    CAST(level_pct * reserved_sek * 0.01 AS DECIMAL(18, 2)) AS earned_to_date_sek,
    is_final,
    status
FROM levels
