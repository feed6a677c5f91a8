"""What was recorded: appended in one order, read at a moment, published, audited.

Here belong: the append-only ledger and its chain of hashes, what a record rests on, receipts,
`audit/`, `national/` (the ledger on DuckLake), and the published warehouse. One module each knows
the lock and the database's dialect.

Not here: what the counts amount to (`rules/`), the order of work (`assets/`), what people type or
see (`pipeline/`). This room imports `deliveries` and `schemas`.
"""
