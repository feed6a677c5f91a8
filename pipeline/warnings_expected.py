"""The one list of warnings that are expected: Dagster's Beta and Preview parts that we rely on.

Every other warning is an error in the tests.
"""

import warnings

import dagster as dg

EXPECTED: tuple[tuple[type[Warning], str], ...] = (
    # Mappings that reach back before the grid begins.
    (dg.BetaWarning, ".*allow_nonexistent_upstream_partitions.*"),
    # Links from an asset to the file and line that compute it.
    (dg.BetaWarning, ".*CodeReference.*"),
    # Checks that know the partition they were evaluated on.
    (dg.PreviewWarning, ".*partitions_def.*AssetCheckSpec.*"),
)
"""Category and message (a regular expression) of each expected warning."""


def expect_warnings() -> None:
    """Silence the expected warnings, and no other."""
    for category, message in EXPECTED:
        warnings.filterwarnings("ignore", message=message, category=category)
