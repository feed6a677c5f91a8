"""The population deliveries: real figures, written as the product receives them."""

from typing import Final

from tests.sample_deliveries.reference import PopulationFigure, Reference

# The delivery day of the figures of each reference date.
DELIVERY_DAYS: Final = {
    "2022-11-01": "2023-02-20",
    "2023-09-30": "2023-11-20",
    "2023-11-01": "2024-02-20",
    "2024-11-01": "2025-02-20",
    "2025-09-30": "2025-11-20",
}


def figures_by_date(reference: Reference) -> dict[str, list[PopulationFigure]]:
    """Return the figures of each reference date, in the order of the published file."""
    return {
        reference_date: [
            figure for figure in reference.population if figure.reference_date == reference_date
        ]
        for reference_date in DELIVERY_DAYS
    }
