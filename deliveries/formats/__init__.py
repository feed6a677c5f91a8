"""The formats that files come in: text, spreadsheets and Parquet, each read into plain cells."""
