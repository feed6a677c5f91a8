"""The account of a scheme's year: what was reserved, earned and paid, what was met, what was done.

Every figure of its text is read from its tables. What only a region or an agency can tell is left as
headings, as `accounts.toml` has them.
"""
