"""The ledger of a national installation: on DuckLake, behind the same protocol as the file's."""
