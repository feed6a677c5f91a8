"""The agreements: their parameters as data, and the pure calculations that apply them.

Here belong: `schemes/`, a folder of data for each agreement's year;
`scenarios/`, cases as tables that an official can read and the tests run; the strict model that reads it;
and functions from Polars frames to Polars frames in integers and exact decimals. Money, shares and
thresholds never pass through a float.

Not here: Dagster (`assets/`), deliveries (`deliveries/`), databases (`ledger/`), clocks, command lines
(`pipeline/`). This room imports `schemas` and nothing else of ours.
"""
