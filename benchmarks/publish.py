"""Publish a data root's warehouse, and say how long that took: `python -m benchmarks.publish FOLDER`."""

import sys
import time
from pathlib import Path

from ledger.warehouse import publish
from schemas.places import DataRoot

if __name__ == "__main__":
    begun = time.perf_counter()
    counts = publish(DataRoot(Path(sys.argv[1])))
    print(f"{sum(counts.values())} rows in {time.perf_counter() - begun:.3f} s")
