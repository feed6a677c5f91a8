"""Why a region was paid what it was: the tree from kronor down to the rows of the deliveries.

Here belong: the walk along a payout's own records, each computed once more by its rule and held
against what was recorded; what they hold, step by step; the words for it, in English and Swedish; and
the page they are printed on.

Not here: the rules themselves, which this room follows and does not make (`rules/`); files and
databases (`ledger/`); the terminal and the command (`pipeline/`). This room imports `rules`,
`deliveries`, `ledger` and `schemas`.
"""
