"""Files and databases: reading what was delivered, the ledger, the published warehouse.

Here belong: finding and reading deliveries with every fault named; the append-only ledger; the
published copy for analysts. One module each knows the lock and the database's dialect.

Not here: what the counts amount to (`rules/`), the order of work (`assets/`), what people type or
see (`pipeline/`). This room imports `schemas` and nothing else of ours.
"""
