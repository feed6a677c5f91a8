-- Exact arithmetic: division, rounding, and sharing out whole kronor.
--
-- Everything here is done on whole numbers (HUGEINT holds 38 digits), so nothing is lost on the way.
-- DuckDB's `/` makes approximate numbers (DOUBLE) of whole ones, so it stands nowhere in these files;
-- its `//` cuts off towards zero, which is wrong for negative numbers, so it stands only here.
-- A fraction is carried as two whole numbers, and two fractions are compared by cross-multiplication.
--
-- "Half-up" means the whole number that lies nearest, and the greater one if two lie equally near.
-- Source: rules, sections 1 and 2; T2025, table 2; D2024, annex, table 1.

CREATE SCHEMA second_opinion;

-- The greatest whole number that is not above numerator / denominator. The denominator is above 0.
CREATE MACRO second_opinion.rounded_down(numerator, denominator) AS
    numerator::HUGEINT // denominator::HUGEINT
    - CASE WHEN numerator::HUGEINT % denominator::HUGEINT < 0 THEN 1 ELSE 0 END;

-- numerator / denominator, half-up: the quotient plus one half, rounded down.
CREATE MACRO second_opinion.half_up(numerator, denominator) AS
    second_opinion.rounded_down(2 * numerator::HUGEINT + denominator::HUGEINT, 2 * denominator::HUGEINT);

-- part / whole in per cent with four decimals, half-up; for reading only. NULL where nothing is the whole.
CREATE MACRO second_opinion.per_cent(part, whole) AS
    CAST(CAST(second_opinion.half_up(1000000 * part::HUGEINT, nullif(whole, 0)) AS BIGINT) * 0.0001 AS DECIMAL(7, 4));

-- Largest remainder (Hamilton): `total / parts` kronor shared out by weight, in whole kronor.
-- Each share is rounded down. The kronor then left of the total (itself half-up) go, one each, to the
-- shares that lost the largest fraction; between equal ones, to the lowest county code.
-- `together` names the shares that belong to one total; `all_weights` is the sum of their weights.
CREATE MACRO second_opinion.largest_remainder(total, parts, weight, all_weights, county_code, together) AS
    second_opinion.rounded_down(total::HUGEINT * weight, parts::HUGEINT * all_weights)
    + CASE
        WHEN row_number() OVER (
                PARTITION BY together
                ORDER BY (total::HUGEINT * weight) % (parts::HUGEINT * all_weights) DESC, county_code
            )
            <= second_opinion.half_up(total, parts)
                - sum(second_opinion.rounded_down(total::HUGEINT * weight, parts::HUGEINT * all_weights))
                    OVER (PARTITION BY together)
        THEN 1 ELSE 0
    END;

-- Half-up: each share is rounded half-up by itself. What the sum then lacks of the total, or has too
-- much, falls on the largest weight; between equal ones, on the lowest county code.
CREATE MACRO second_opinion.half_up_residual_on_largest(total, parts, weight, all_weights, county_code, together) AS
    second_opinion.half_up(total::HUGEINT * weight, parts::HUGEINT * all_weights)
    + CASE
        WHEN row_number() OVER (PARTITION BY together ORDER BY weight DESC, county_code) = 1
        THEN second_opinion.half_up(total, parts)
            - sum(second_opinion.half_up(total::HUGEINT * weight, parts::HUGEINT * all_weights))
                OVER (PARTITION BY together)
        ELSE 0
    END;
