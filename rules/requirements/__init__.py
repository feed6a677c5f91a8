"""The kinds of requirement, each a module: parameters, reserves, steps, payments. This is the register.

A new kind is a module here; CONTRIBUTING says what it holds. Tables that it defines and components that it
names are taken in with it.
"""

from importlib import import_module
from pkgutil import iter_modules

from rules.requirement import Requirement
from schemas.components import REGISTER
from schemas.table import Table
from schemas.tables import register


def _kinds() -> dict[str, type[Requirement]]:
    found: dict[str, type[Requirement]] = {}
    for each in iter_modules(__path__):
        module = import_module(f"{__name__}.{each.name}")
        for named in list(vars(module).values()):
            if not isinstance(named, type) or named.__module__ != module.__name__:
                continue
            if issubclass(named, Table):
                register(named)
            elif issubclass(named, Requirement):
                found[named.kind] = named
                REGISTER.update({each.name: each for each in named.components})
    order = [component.kind for component in REGISTER.values()]
    return dict(sorted(found.items(), key=lambda each: order.index(each[0])))


KINDS = _kinds()
"""The kinds by their names, in the order of their components."""
