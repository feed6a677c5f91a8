"""What a scheme is missing, said so that whoever reads it knows which file to supply."""

from collections.abc import Iterable

from rules.planning import Missing
from rules.scheme import Scheme
from schemas.months import month_key


def supplies(scheme: Scheme, missing: Iterable[Missing]) -> list[str]:
    """A line for each parameter that is not known yet, and for each month of a dataset that is missing.

    Each says what to supply.
    """
    unknown = [f"{each}; until then nothing is paid" for each in scheme.not_known_yet]
    return [*unknown, *(_supply(scheme, each) for each in missing)]


def _supply(scheme: Scheme, missing: Missing) -> str:
    month = month_key(missing.month)
    if not missing.dataset:
        return f"{month}: the month has not begun"
    file = f"raw/{missing.dataset}/{month}/<day of delivery>.csv"
    bases = [base for each in scheme.requirements.values() for base in each.populations()]
    groups = {base.age_group for base in bases if base.reference_month == missing.month}
    if missing.dataset == "population":
        return f"population {' and '.join(sorted(groups))} of {month}-01: supply {file}"
    return f"{missing.dataset} of {month}: supply {file}"
