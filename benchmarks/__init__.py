"""How much work costs, always against a floor or a peer measured in the same run.

Nothing here asserts a time, and nothing here fails the tests: figures are printed, and kept as JSON
so that later changes can be compared.
"""
