"""The DAG: one module a stage, in the order data flows, each asset made from a scheme's data.

Here belong: what each table is computed from and in which months, its checks, and what people see
of it in Dagster. An asset takes inputs, calls one rule and hands on the table.

Not here: arithmetic (`rules/`), files (`deliveries/`), SQL (`ledger/`), jobs and commands (`pipeline/`). This
room imports `reports`, `rules`, `second_opinion`, `deliveries`, `ledger` and `schemas`.
"""
