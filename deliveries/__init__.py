"""From a folder to typed rows: finding deliveries, reading them, refusing them whole.

Here belong: which files are a delivery and which are none; `formats/` (text, spreadsheet, Parquet),
`layouts/` (how a table is laid out), `patients/` (a row a case), and what looks odd in what was read.

Not here: what the counts amount to (`rules/`), where they are recorded (`ledger/`), what people type
or see (`pipeline/`). This room imports `schemas` and nothing else of ours.
"""
