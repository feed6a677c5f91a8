"""The pages: a region's month, the country's month, the data's standing, the words, and where they begin.

A page is a value (`page.py`): its sections with their tables. The same tables are written as HTML, as
a workbook and as text, so no figure on a page stands anywhere else than in a table.
"""
