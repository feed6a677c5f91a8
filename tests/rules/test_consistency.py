"""What must hold of a scheme as a whole, where no folder of today's register can say otherwise."""

from dataclasses import replace

import pytest

from rules.consistency import inconsistencies
from tests.rules.scheme_data import scheme_named

REFUSAL = "and a scheme has one of each kind but for grants"


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("access-2024", "waiting_time"),
        ("bup-2025", "first_visit_production"),
        ("surgery-2025", "surgery"),
    ],
)
def test_two_requirements_of_a_kind_are_refused(name: str, component: str) -> None:
    """Their results would be one table: the second is named, and the one that it repeats."""
    scheme = scheme_named(name)
    again = {"another": scheme.requirements[component]}
    doubled = replace(scheme, requirements={**scheme.requirements, **again})
    faults = list(map(str, inconsistencies(doubled)))
    assert (
        f"another.toml: the file: {component}.toml is of the kind '{component}' already, {REFUSAL}"
    ) in faults


def test_a_scheme_may_have_several_grants() -> None:
    """2024 had two."""
    scheme = scheme_named("access-2024")
    assert len([each for each in scheme.requirements.values() if each.kind == "grant"]) > 1
    assert inconsistencies(scheme) == []
