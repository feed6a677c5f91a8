"""What people take away of a payout: annex, pay list, press figures, reconciliation.

Here belong: the documents of a payout made from the published warehouse, how their tables are laid
out and what their words are, and how a table becomes a page, a workbook or a text file. The same
records give the same bytes: no document knows the time or the machine.

Not here: arithmetic beyond the sum below a column (`rules/`); why an amount is what it is
(`explanation/`); the terminal and the command (`pipeline/`). This room imports `rules`, `ledger`,
`explanation` and `schemas`.
"""
