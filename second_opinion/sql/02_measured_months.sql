-- The months that each scheme measures, as their first days, and how many they are.
--
-- Source: D2024, annex (see I-9); T2025; S2025. The first and last months stand in parameters.schemes.

SELECT
    scheme,
    CAST(unnest(generate_series(measured_from, measured_to, INTERVAL 1 MONTH)) AS DATE) AS month,
    date_diff('month', measured_from, measured_to) + 1 AS months_measured
FROM parameters.schemes
