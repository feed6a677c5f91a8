-- performance.surgery_caps: what each region has earned for operations so far, against its cap.
--
-- A region's amount is the sum over its procedures, half-up to whole kronor, and at most its cap.
-- There are no rows where the price of some procedure is not known yet.
-- Source: S2025, annexes 1 and 2; rules, section 3.5.

WITH earned AS (
    SELECT month, scheme, region_code, bool_or(is_final) AS is_final,
        second_opinion.half_up(sum(earned_thirds_to_date_sek), 3) AS before_cap_sek
    FROM second_opinion.surgeries
    GROUP BY ALL
)

SELECT
    earned.month,
    scheme,
    region_code,
    CAST(least(before_cap_sek, reserved_sek) AS BIGINT) AS earned_to_date_sek,
    reserved_sek AS cap_sek,
    second_opinion.per_cent(least(before_cap_sek, reserved_sek), reserved_sek) AS share_of_cap_pct,
    is_final
FROM earned
JOIN second_opinion.reserves AS reserves USING (scheme, region_code)
ANTI JOIN parameters.not_known_yet AS unknown
    ON unknown.scheme = earned.scheme AND unknown.component = 'surgery'
    AND starts_with(unknown.key, 'price.') AND NOT unknown.is_assumed
    AND earned.month BETWEEN unknown.valid_from AND unknown.valid_to
WHERE component = 'surgery'
