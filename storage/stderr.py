"""Standard error while a reader meets a damaged file: what an engine writes there by itself."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from storage.faults import DeliveryRefusedError

STDERR = 2


@contextmanager
def held_back() -> Iterator[None]:
    """Hold back what is written to standard error, and drop it if the delivery is refused.

    Where a damaged file makes the engine of Polars panic, it writes a trace of its own, which no
    Python code can keep from being written. The refusal says the same in words.
    """
    try:
        sys.stderr.flush()
        kept = os.dup(STDERR)
    except (OSError, ValueError, AttributeError):  # there is no standard error
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), STDERR)
        refused = False
        try:
            yield
        except DeliveryRefusedError:
            refused = True
            raise
        finally:
            os.dup2(kept, STDERR)
            os.close(kept)
            held.seek(0)
            if not refused and (written := held.read()):
                os.write(STDERR, written)
