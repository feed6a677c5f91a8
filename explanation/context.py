"""What every part of an explanation needs: the scheme, the records, the region, what was told already."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from deliveries.positions import Deliveries
from explanation.basis import Basis
from explanation.nodes import Node
from rules.parameters import Parameter, Sourced
from rules.scheme import Scheme
from rules.small_numbers import Audience, Case
from schemas.months import month_key
from schemas.records import Record


@dataclass
class Context:
    """What one explanation is made from.

    `withheld` are the cases of which the audience sees no count; `nodes` holds, for what may come up again, the node that tells it in full.
    """

    scheme: Scheme
    basis: Basis
    deliveries: Deliveries
    region: str
    audience: Audience
    withheld: frozenset[Case]
    nodes: dict[tuple[object, ...], Node] = field(default_factory=dict)

    def key(self, **more: str) -> dict[str, str]:
        """What the region's rows are found by, with what else is given."""
        return {"region_code": self.region, **more}

    def row(self, record: Record, **more: str) -> Mapping[str, Any]:
        """The record's only row of the region, and of what else is given; errors as `Basis.row`."""
        return self.basis.row(record, **self.key(**more))

    def is_shown(self, month: date, measure: str) -> bool:
        """Whether these readers may see the region's counts of the month and measure, and what follows from them."""
        return (self.region, month, measure) not in self.withheld

    def once(self, what: tuple[object, ...], tell: Callable[[], Node]) -> Node:
        """The node told in full the first time, and from then on a reference to it, which has its name until it is numbered."""
        before = self.nodes.get(what)
        if before is None:
            self.nodes[what] = node = tell()
            return node
        return replace(
            before,
            roundings=(),
            notes=(),
            places=(),
            children=(),
            see=before.name,
        )


def versions(month: date, parameters: Iterable[Parameter[Any]]) -> list[Sourced]:
    """The version of each parameter that holds in the month."""
    return [parameter.version_at(month) for parameter in parameters]


def named(*parts: str | date) -> str:
    """A node's name: what it is of, from the payout down."""
    return "/".join(month_key(part) if isinstance(part, date) else part for part in parts)
