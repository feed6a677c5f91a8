"""The whole calculation once more, in plain DuckDB SQL that an auditor reads without any Python.

Here belong the queries (`sql/`, a file a table, in the order data flows), the tables of parameters
that they read, made from the schemes' TOML files, and the comparison of their rows with recorded
ones.

Not here: the calculation that pays (`rules/`), from which nothing may be taken, neither code nor
models: two calculations that share a mistake agree. Nor how the comparison becomes a check
(`assets/`).
"""
