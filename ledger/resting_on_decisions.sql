-- The current records that rest on the current decision of their payout: by table, scheme and month.
WITH RECURSIVE current AS (
    SELECT materialisation_id, table_name, scheme, month, inputs
    FROM audit.materialisations
    QUALIFY materialisation_id = max(materialisation_id) OVER (PARTITION BY table_name, scheme, month)
),
resting AS (
    FROM current WHERE table_name = 'payouts.decided'
    UNION
    SELECT current.*
    FROM current
    JOIN resting
        ON current.scheme = resting.scheme
        AND current.month = resting.month
        AND list_contains(current.inputs, resting.materialisation_id)
)
SELECT table_name, scheme, month FROM resting
