"""DuckDB's extensions for DuckLake: loaded from installed packages, and told where keys are found.

The packages bring the files that DuckDB's makers built and signed, and DuckDB loads no other.
"""

import os
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from ledger.dialect import quoted
from ledger.engine import LedgerSettingError


def prepare(connection: duckdb.DuckDBPyConnection, data_path: str) -> None:
    """Load what DuckLake needs from the installed packages, never from the network."""
    connection.execute(
        "SET autoinstall_known_extensions = false; SET autoload_known_extensions = false"
    )
    extensions = ["ducklake", "postgres_scanner"]
    if data_path.startswith("s3://"):
        extensions += ["httpfs", "aws"]
    for name in extensions:
        connection.execute(f"LOAD {quoted(str(_extension(name)))}")
    # A transaction that finds another one's commit in its way fails, instead of being put after it.
    connection.execute("SET ducklake_max_retry_count = 0")
    if data_path.startswith("s3://"):
        connection.execute(_secret(data_path))


def _extension(name: str) -> Path:
    """The extension's file in its package, for the installed DuckDB.

    Raises:
        LedgerSettingError: if it is not installed, or for another DuckDB.
    """
    package = f"duckdb_extension_{name}"
    try:
        found = files(package) / "extensions" / f"v{duckdb.__version__}"
    except ModuleNotFoundError:
        found = None
    file = found / f"{name}.duckdb_extension" if found else None
    if file is None or not file.is_file():
        raise LedgerSettingError(
            f"the ledger on DuckLake needs {package.replace('_', '-')} {duckdb.__version__}; "
            "install the group `distributed`"
        )
    return Path(str(file))


def _secret(data_path: str) -> str:
    """How to reach the bucket: keys are found where AWS's own tools find them, and never written."""
    options = {"TYPE": "s3", "PROVIDER": "credential_chain", "SCOPE": quoted(data_path)}
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        parts = urlsplit(endpoint)
        options |= {
            "ENDPOINT": quoted(parts.netloc),
            "URL_STYLE": quoted("path"),
            "USE_SSL": str(parts.scheme == "https").lower(),
        }
    listed = ", ".join(f"{option} {value}" for option, value in options.items())
    return f"CREATE OR REPLACE TEMPORARY SECRET bonuspott_ledger ({listed})"
