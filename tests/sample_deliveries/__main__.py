"""Make the sample deliveries.

``python -m tests.sample_deliveries [--output DIR]``, run from the root of the project.
"""

import argparse
import sys
from pathlib import Path

from tests.sample_deliveries.reference import read_reference
from tests.sample_deliveries.self_check import SampleDoesNotFitError, check
from tests.sample_deliveries.summary import summarise
from tests.sample_deliveries.surgeries import make_surgeries
from tests.sample_deliveries.waiting_times import make_waiting_times
from tests.sample_deliveries.waiting_times_2025 import make_waiting_times_2025
from tests.sample_deliveries.writing import render, write


def main() -> int:
    """Make, check and write the files; return 0 if written, 1 if the figures do not fit."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.sample_deliveries", description="Make the sample deliveries."
    )
    parser.add_argument(
        "--output", type=Path, default=Path("data/raw"), help="folder to write to (data/raw)"
    )
    output: Path = parser.parse_args().output

    reference = read_reference()
    cells = make_waiting_times(reference)
    cells |= make_waiting_times_2025(reference)
    operations = make_surgeries(reference)
    try:
        check(reference, cells, operations)
    except SampleDoesNotFitError as fault:
        sys.stderr.write(f"nothing was written, the figures do not fit:\n{fault}\n")
        return 1

    files = render(reference, cells, operations)
    write(files, output)
    sys.stdout.write(summarise(reference, cells, operations, files))
    return 0


if __name__ == "__main__":
    sys.exit(main())
