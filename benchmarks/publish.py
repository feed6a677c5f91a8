"""Publish a data root's warehouse: `python -m benchmarks.publish FOLDER`."""

import sys
from pathlib import Path

from ledger.warehouse import publish
from schemas.places import DataRoot

if __name__ == "__main__":
    publish(DataRoot(Path(sys.argv[1])))
