"""The tree of an explanation: a node is a number, the words for it, and the numbers it comes from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from deliveries.positions import Place
from explanation.values import Number, Value
from rules.parameters import Sourced
from schemas.mendable import MendableError


@dataclass(frozen=True)
class Rounding:
    """A rounding where it happens: from a number, how, to a number."""

    before: Number
    method: str
    after: Number
    values: Mapping[str, Value] = field(default_factory=dict)


def changing(*roundings: Rounding) -> list[Rounding]:
    """The roundings that change the number; one of a number that is whole already says nothing."""
    return [each for each in roundings if each.before.value != each.after.value]


@dataclass(frozen=True)
class Note:
    """A sentence beside a node's own: what lacked, which reading decided."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Node:
    """A step of an explanation.

    Attributes:
        key: which sentence of the catalogue tells it.
        name: its name in the tree, unique.
        amount: what it comes to.
        values: what its sentence is filled with.
        roundings: those that happen here, in order.
        notes: further sentences.
        rules: the parameters that decide, with their wording and source.
        readings: the interpretations that decide, by name.
        record: the number of the materialisation that holds the amount; none if no table holds it.
        places: where the counts stand in the deliveries' files.
        children: what it comes from.
        see: the name of the node that has the same number and is told in full; else empty.
    """

    key: str
    name: str
    amount: Number | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    roundings: Sequence[Rounding] = ()
    notes: Sequence[Note] = ()
    rules: Sequence[Sourced] = ()
    readings: Sequence[str] = ()
    record: int | None = None
    places: Sequence[Place] = ()
    children: Sequence["Node"] = ()
    see: str = ""

    def amount_of(self) -> Fraction:
        """What the node comes to; 0 where it has no amount."""
        return self.amount.value if self.amount else Fraction(0)

    def withheld(self, key: str, values: Mapping[str, Value]) -> "Node":
        """The node for the public: what it comes to, told by another sentence, and nothing of what it comes from."""
        places = [place for node in self.walk() for place in node.places]
        return replace(
            self,
            key=key,
            values=values,
            roundings=(),
            notes=(),
            readings=(),
            places=places,
            children=(),
        )

    def walk(self) -> Iterator["Node"]:
        """The node and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


class DoesNotAddUpError(MendableError):
    """A recorded number is not what the numbers it rests on make: nothing is explained then."""


def agree(what: str, recorded: object, recomputed: object) -> None:
    """Assert that a recorded value is what it comes to when computed again.

    Raises:
        DoesNotAddUpError: naming both, if they differ.
    """
    if recorded != recomputed:
        raise DoesNotAddUpError(
            f"the explanation does not add up: {what} is recorded as {recorded}, and "
            f"computed again it is {recomputed}"
        )
