"""The words that deliveries may use: what some scheme's requirements know."""

from collections.abc import Collection, Iterable, Mapping

from rules.scheme import Scheme


def vocabulary(schemes: Iterable[Scheme]) -> Mapping[str, Collection[str]]:
    """The measures and procedures that are known, by the observed tables' columns."""
    found: dict[str, set[str]] = {"measure": set(), "procedure": set()}
    for scheme in schemes:
        for requirement in scheme.requirements.values():
            for column, words in requirement.vocabulary().items():
                found.setdefault(column, set()).update(words)
    return found
