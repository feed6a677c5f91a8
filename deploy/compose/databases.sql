-- Beside the ledger's catalog, Dagster's own records. Run once, when Postgres's folder is new.
CREATE DATABASE dagster;
