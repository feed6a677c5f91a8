"""The DAG: Dagster's coat over the steps of `rules`, each asset made from a scheme's data.

Here belong: how a group of steps is read, computed, checked and recorded, and what people see of it in Dagster.
What rests on what, and in which months, the steps say (`rules/steps.py`).

Not here: arithmetic (`rules/`), files (`deliveries/`), SQL (`ledger/`), jobs and commands (`pipeline/`). This
room imports `reports`, `rules`, `second_opinion`, `deliveries`, `ledger` and `schemas`.
"""
