-- performance.waiting_times: level and kronor of one month, region and measure.
--
-- Alternative 1, improvement: the share completed within 30 days, less the share in the same month
-- last year, falls in a band of percentage points, and the band earns a level.
-- Alternative 2, attainment: of those completed and of those waiting, large enough shares had waited
-- at most 30 days. The better alternative counts; if both earn the same, attainment is named.
-- Where an amendment pays the month by population, the level is 100 % whatever was reported.
-- Earned = level x the month's reserve, exact.
-- A month that is judged has no rows where a threshold of either alternative is not known yet.
-- Each alternative needs only its own counts; `status` names the first thing that lacked (I-4, I-5).
-- Source: SKR, prestationskrav; D2024; rules, section 3.1; interpretations I-1 to I-5.

WITH

-- A row for each month measured, region and measure, whether or not anything was delivered of it.
-- Patient-chosen waits (PvV) are taken out of the completed if the scheme reads I-3 so.
counts AS (
    SELECT reserves.month, reserves.scheme, reserves.region_code, reserves.measure, reserved_sek,
        now.completed
            - CASE patient_chosen WHEN 'excluded' THEN coalesce(now.completed_patient_chosen, 0) ELSE 0 END
            AS completed,
        now.completed_within_30,
        now.waiting,
        now.waiting_within_30,
        last_year.completed
            - CASE patient_chosen WHEN 'excluded' THEN coalesce(last_year.completed_patient_chosen, 0) ELSE 0 END
            AS completed_last_year,
        last_year.completed_within_30 AS completed_within_30_last_year
    FROM second_opinion.reserves
    JOIN parameters.readings USING (scheme)
    LEFT JOIN observed.waiting_times AS now USING (month, region_code, measure)
    LEFT JOIN observed.waiting_times AS last_year
        ON last_year.month = reserves.month - INTERVAL 1 YEAR
        AND last_year.region_code = reserves.region_code AND last_year.measure = reserves.measure
    WHERE component = 'waiting_time'
),

-- What can be judged. A count that is missing (NULL) makes a comparison false here, never true.
known AS (
    SELECT *,
        coalesce(completed > 0 AND completed_within_30 >= 0, false) AS has_share,
        coalesce(completed_last_year > 0 AND completed_within_30_last_year >= 0, false) AS has_base,
        waiting IS NOT NULL AND waiting_within_30 IS NOT NULL AS has_waiting
    FROM counts
),

-- Improvement as a fraction, improvement_numerator / improvement_denominator, in parts per million.
-- I-1 `rounded`: the exact difference, half-up to the bands' decimals.
-- I-1 `shares_rounded`: each share half-up to the bands' decimals, then the difference.
-- I-1 `exact`: the exact difference, by cross-multiplication.
improvements AS (
    SELECT known.*,
        CASE band_gaps
            WHEN 'rounded' THEN step_ppm * second_opinion.half_up(
                1000000 * (completed_within_30::HUGEINT * completed_last_year
                    - completed_within_30_last_year::HUGEINT * completed),
                step_ppm * completed::HUGEINT * completed_last_year)
            WHEN 'shares_rounded' THEN step_ppm * (
                second_opinion.half_up(1000000 * completed_within_30::HUGEINT, step_ppm * completed)
                - second_opinion.half_up(
                    1000000 * completed_within_30_last_year::HUGEINT, step_ppm * completed_last_year))
            WHEN 'exact' THEN 1000000 * (completed_within_30::HUGEINT * completed_last_year
                - completed_within_30_last_year::HUGEINT * completed)
        END AS improvement_numerator,
        CASE band_gaps
            WHEN 'exact' THEN completed::HUGEINT * completed_last_year
            ELSE 1
        END AS improvement_denominator,
        -- For reading, in tenths of a percentage point.
        CASE band_gaps
            WHEN 'shares_rounded' THEN second_opinion.half_up(1000 * completed_within_30::HUGEINT, completed)
                - second_opinion.half_up(1000 * completed_within_30_last_year::HUGEINT, completed_last_year)
            ELSE second_opinion.half_up(
                1000 * (completed_within_30::HUGEINT * completed_last_year
                    - completed_within_30_last_year::HUGEINT * completed),
                completed::HUGEINT * completed_last_year)
        END AS improvement_in_tenths
    FROM known
    JOIN parameters.readings USING (scheme)
    JOIN parameters.bands AS bands
        ON bands.scheme = known.scheme AND bands.component = 'waiting_time' AND bands.band = 1
        AND known.month BETWEEN bands.valid_from AND bands.valid_to
    WHERE has_share AND has_base
),

-- The highest band reached. Between two bands, an unrounded value belongs to the one below, so that
-- the next begins at its printed lower edge; or to the one above, which then begins after the upper
-- edge of the one below.
improvement_levels AS (
    SELECT improvements.month, improvements.scheme, region_code, measure,
        improvement_in_tenths,
        coalesce(max(level_pct) FILTER (
            CASE
                WHEN band_gaps = 'exact' AND unrounded_gap = 'band_above' AND band > 1
                THEN improvement_numerator > below_ppm * improvement_denominator
                ELSE improvement_numerator >= from_ppm * improvement_denominator
            END), 0) AS level_pct
    FROM improvements
    JOIN parameters.readings USING (scheme)
    JOIN (
        SELECT *, lag(to_ppm) OVER (PARTITION BY scheme, component, valid_from ORDER BY band) AS below_ppm
        FROM parameters.bands
    ) AS bands
        ON bands.scheme = improvements.scheme AND bands.component = 'waiting_time'
        AND improvements.month BETWEEN bands.valid_from AND bands.valid_to
    GROUP BY ALL
),

attainment_levels AS (
    SELECT known.month, known.scheme, region_code, measure, level_pct
    FROM known
    JOIN parameters.readings USING (scheme)
    JOIN parameters.attainment AS attainment
        ON attainment.scheme = known.scheme
        AND known.month BETWEEN attainment.valid_from AND attainment.valid_to
    WHERE has_share AND has_waiting
        AND 1000000 * completed_within_30::HUGEINT >= completed_share_ppm * completed::HUGEINT
        AND CASE
            WHEN waiting = 0 THEN nobody_waiting = 'met'
            ELSE 1000000 * waiting_within_30::HUGEINT >= waiting_share_ppm * waiting::HUGEINT
        END
),

levels AS (
    SELECT known.*, improvement_in_tenths,
        coalesce(improvement.level_pct, 0) AS by_improvement,
        coalesce(attainment.level_pct, 0) AS by_attainment,
        coalesce(paid_by = 'population', false) AS by_population,
        CASE WHEN by_population THEN 100 ELSE greatest(by_improvement, by_attainment) END AS level_pct
    FROM known
    LEFT JOIN improvement_levels AS improvement USING (month, scheme, region_code, measure)
    LEFT JOIN attainment_levels AS attainment USING (month, scheme, region_code, measure)
    LEFT JOIN parameters.paid_by AS paid_by
        ON paid_by.scheme = known.scheme AND paid_by.component = 'waiting_time'
        AND known.month BETWEEN paid_by.valid_from AND paid_by.valid_to
    ANTI JOIN parameters.not_known_yet AS unknown
        ON unknown.scheme = known.scheme AND unknown.component = 'waiting_time'
        AND (unknown.key = 'paid_by' OR (unknown.key IN ('improvement', 'attainment') AND paid_by.paid_by IS DISTINCT FROM 'population'))
        AND NOT unknown.is_assumed
        AND known.month BETWEEN unknown.valid_from AND unknown.valid_to
)

SELECT
    month,
    scheme,
    region_code,
    measure,
    CAST(completed AS BIGINT) AS completed,
    completed_within_30,
    waiting,
    waiting_within_30,
    CAST(completed_last_year AS BIGINT) AS completed_last_year,
    completed_within_30_last_year,
    second_opinion.per_cent(completed_within_30, completed) AS share_pct,
    second_opinion.per_cent(completed_within_30_last_year, completed_last_year) AS share_last_year_pct,
    second_opinion.per_cent(waiting_within_30, waiting) AS waiting_share_pct,
    CAST(CAST(improvement_in_tenths AS BIGINT) * 0.1 AS DECIMAL(5, 1)) AS improvement_pp,
    CASE
        WHEN by_population THEN 'population'
        WHEN level_pct = 0 THEN 'none'
        WHEN by_attainment >= by_improvement THEN 'attainment'
        ELSE 'improvement'
    END AS alternative,
    level_pct,
    reserved_sek,
    CAST(level_pct * reserved_sek * 0.01 AS DECIMAL(18, 2)) AS earned_sek,
    CASE
        WHEN completed IS NULL OR completed_within_30 IS NULL THEN 'not_reported'
        WHEN completed = 0 THEN 'no_completed'
        WHEN NOT has_base THEN 'no_base'
        WHEN NOT has_waiting THEN 'no_waiting'
        ELSE 'ok'
    END AS status
FROM levels
