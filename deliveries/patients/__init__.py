"""Records of cases, a row each: counted as streams, and never kept; a person's row is never shown."""
