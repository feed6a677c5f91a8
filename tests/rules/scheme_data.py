"""The repository's schemes, read once, and copies of their folders to edit."""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from rules.loading import SCHEMES, load_scheme
from rules.parameters import Parameter
from rules.scheme import Scheme

SCHEME_NAMES = tuple(sorted(path.name for path in SCHEMES.iterdir() if path.is_dir()))


@cache
def scheme_named(name: str) -> Scheme:
    """The repository's scheme of that name."""
    return load_scheme(SCHEMES / name)


def of_regions(scheme: Scheme, regions: Iterable[str]) -> Scheme:
    """The scheme with other regions taking part."""
    return replace(scheme, regions=tuple(regions))


def with_requirement(scheme: Scheme, component: str, **parameters: object) -> Scheme:
    """The scheme with other parameters of a component."""
    rule = scheme.requirements[component].model_copy(update=parameters)
    return replace(scheme, requirements={**scheme.requirements, component: rule})


def restated(parameter: Parameter[object] | None, **version: object) -> Parameter[object]:
    """The parameter, which has one version, with another value in it, or with none."""
    assert parameter is not None
    [stated] = parameter.root
    return parameter.model_copy(update={"root": [stated.model_copy(update=version)]})


def copied(name: str, parent: Path) -> Path:
    """A copy of the scheme's folder, of the same name, in `parent`."""
    return Path(shutil.copytree(SCHEMES / name, parent / name))


def edited(folder: Path, file: str, old: str, new: str) -> None:
    """Put `new` in place of the first `old` of the file; it must be there."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"{file} does not say: {old}"
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
