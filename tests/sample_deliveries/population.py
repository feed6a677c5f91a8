"""The population deliveries: real figures, written as the product receives them."""

from typing import Final

from tests.sample_deliveries.reference import PopulationFigure, Reference

# The delivery day of the figures of each reference date.
DELIVERY_DAYS: Final = {"2023-11-01": "2024-02-20", "2024-11-01": "2025-02-20"}


def figures_by_date(reference: Reference) -> dict[str, list[PopulationFigure]]:
    """Return the figures of each reference date, sorted by region and age group."""
    return {
        reference_date: sorted(
            (figure for figure in reference.population if figure.reference_date == reference_date),
            key=lambda figure: (figure.region, figure.age_group),
        )
        for reference_date in DELIVERY_DAYS
    }
