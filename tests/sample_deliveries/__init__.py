"""The sample deliveries: small, deterministic files for every dataset in ``data/raw``.

What belongs here: making the files (``python -m tests.sample_deliveries``), the published figures
they are fitted to (``published/``), the made-up starting points (``made_up/``), and the texts that
say so beside the data (``texts/``).

What does not: the rules the product pays by, which live in ``rules/``. The self-check here
recomputes the few results it needs on its own, so that a fault in the product cannot hide in the
data the product is tested with.
"""
