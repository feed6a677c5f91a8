"""Stands in Hypothesis's place in processes that measure or test what users have: they have no Hypothesis.

Pandera loads it wherever it is installed, which takes half a second.
"""

raise ImportError("Hypothesis is no dependency of the project, and is hidden here")
