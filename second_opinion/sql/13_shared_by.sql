-- What each region's share of a bonus pot goes by: what it counts as paid of the pot's components.
--
-- Months that an amendment pays by population count like the others; or their reserves are left out, if
-- the scheme reads I-19 so. Never below 0: a decision may have given less than those reserves.
-- Source: SKR, bonuspott; rules, sections 3.3 and 6.5; interpretation I-19.

WITH

counted AS (
    SELECT scheme, component, region_code, amount_sek
    FROM second_opinion.rounds_as_reckoned

    UNION ALL

    SELECT scheme, component, region_code, -reserved_sek
    FROM second_opinion.reserves AS reserves
    JOIN parameters.readings USING (scheme)
    JOIN parameters.paid_by AS paid_by USING (scheme, component)
    WHERE months_by_population = 'left_out'
        AND paid_by.paid_by = 'population'
        AND reserves.month BETWEEN paid_by.valid_from AND paid_by.valid_to
)

SELECT scheme, pot, region_code, CAST(greatest(sum(amount_sek), 0) AS BIGINT) AS weight
FROM counted
JOIN parameters.pots USING (scheme, component)
GROUP BY ALL
