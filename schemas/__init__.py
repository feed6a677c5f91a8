"""The tables: what every column is called, means and may hold.

Here belong: one Pandera model a table, the register of regions, and the calendar's word for a
month. From the models come validation, Dagster's column metadata, the warehouse's DDL with its
comments and the data dictionary; nowhere else is a recorded column described.

Not here: arithmetic of the agreements (`rules/`), files (`deliveries/`) and databases (`ledger/`), how anything is
run (`assets/`, `pipeline/`). This room imports none of the others.
"""
