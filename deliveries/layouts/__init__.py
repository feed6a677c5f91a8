"""The layouts that deliveries come in: a small file of data each, and where needed a function.

A layout says which headers it has and how a delivery in it is read. Which one a delivery has is
seen from its files' headers: the layout that shares the most of them. That of case records is in `patients/`.
"""
