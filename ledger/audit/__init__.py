"""The audit: walking the ledger and the files it names, and saying what is not as it was written.

Here belong: the chain of records, the rows under each record, the deliveries recorded and the files
on disk, and what a finding is. Everything is only read.

Not here: computing anything anew (that is verification), and how findings are shown (`pipeline/`).
"""
