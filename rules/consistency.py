"""What must hold between the files of a scheme, beyond each file's own model."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise, starmap

from rules.catalogue import interpretations
from rules.requirement import Requirement
from rules.scheme import Scheme
from rules.strict import Fault
from schemas.months import add_months, month_key


def inconsistencies(scheme: Scheme, faults: Sequence[str] = ()) -> list[Fault]:
    """Every fault of the scheme as a whole.

    Args:
        scheme: whose files were read; a key that was read with a fault is no attribute of its model.
        faults: of reading them. What these hide is not looked at; all else is.

    Raises:
        AttributeError: if nothing explains that a key is missing.
    """
    found: list[Fault] = []
    for check in _checks(scheme):
        try:
            found.extend(check)
        except (AttributeError, LookupError):
            if not (found or faults):
                raise
    return found


def _checks(scheme: Scheme) -> Iterator[Iterator[Fault]]:
    """Each check by itself."""
    for of_identity in (_name, _rounds, _reporting, _components, _readings):
        yield starmap(partial(Fault, "scheme.toml"), of_identity(scheme))
    for of_others in (_kinds, _populations, _pots, _published):
        yield of_others(scheme)
    for requirement in scheme.requirements.values():
        yield requirement.faults(scheme)
        yield _versions(scheme, requirement)


Keyed = tuple[str, str]
"""A key of `scheme.toml`, and what is wrong."""


def _name(scheme: Scheme) -> Iterator[Keyed]:
    if scheme.folder.name != scheme.name:
        folder = scheme.folder.name
        yield (
            "name",
            f"the folder is called '{folder}', and not '{scheme.name}': rename one of them",
        )


def _versions(scheme: Scheme, requirement: Requirement) -> Iterator[Fault]:
    """A value changes where a reserve begins: what is measured and paid as one has one value."""
    starts = sorted(requirement.reserved_months(scheme))
    allowed = [month_key(month) for month in starts if month > scheme.months[0]]
    may = (
        f"its value can change in {', '.join(allowed)} alone, the first month of what is judged and paid as one"
        if allowed
        else "it has one value for all that is counted together: write one table, without `from`"
    )
    for key, parameter in requirement.parameters():
        for begins in filter(None, (version.valid_from for version in parameter.root)):
            is_before_all = scheme.months[0] < begins < starts[0]
            if month_key(begins) not in allowed and not is_before_all:
                words = f"a version begins {month_key(begins)}, but {may}"
                yield Fault(f"{requirement.component}.toml", key, words)


def _rounds(scheme: Scheme) -> Iterator[Keyed]:
    """The rounds cover each measured month once, in order, and are paid after they end."""
    for earlier, later in pairwise(scheme.payouts):
        if later.month <= earlier.month:
            yield "payout", f"{month_key(later.month)} is not after the one before"
    covered = [month for payout in scheme.payouts for month in payout.round_months()]
    measured = scheme.measured_months
    for what, months in (
        ("measured, but in no round", [month for month in measured if month not in covered]),
        ("in more than one round", [month for month in measured if covered.count(month) > 1]),
        ("in a round, but not measured", sorted(set(covered) - set(measured))),
    ):
        if months:
            yield "measured, payout.round", f"{what}: {', '.join(map(month_key, months))}"
    for payout in scheme.payouts:
        if payout.round and payout.month <= payout.round.last:
            yield "payout.month", f"{month_key(payout.month)} is not after its round, and must be"


def _reporting(scheme: Scheme) -> Iterator[Keyed]:
    """Each month is reported after it ends, and before its round is paid."""
    reporting, measured = scheme.identity.reporting, scheme.identity.measured
    if (reporting is None) != (measured is None):
        yield "measured, reporting", "what is measured is reported by a day, all else not"
        return
    last = reporting.last if reporting else None
    if last and last < add_months(scheme.measured_months[-1], 1):
        yield "reporting.last", f"{last} is before the last month measured has ended"
    for payout in scheme.payouts:
        paid = month_key(payout.month)
        for month in payout.round_months():
            if (due := scheme.due(month)) >= add_months(payout.month, 1):
                yield (
                    "reporting",
                    f"{month_key(month)} is reported by {due}, after its payout in {paid}",
                )


def _kinds(scheme: Scheme) -> Iterator[Fault]:
    """One requirement of a kind at most, for its results are one table; what is not measured has none."""
    first: dict[str, str] = {}
    for component, each in scheme.requirements.items():
        if each.datasets and first.setdefault(each.kind, component) != component:
            yield Fault(
                f"{component}.toml",
                "the file",
                f"{first[each.kind]}.toml is of the kind '{each.kind}' "
                "already, and a scheme has one of each kind but for grants",
            )


def _populations(scheme: Scheme) -> Iterator[Fault]:
    """What shares are paid by is counted when they are paid."""
    for component, each in scheme.requirements.items():
        paid = [payout.month for payout in scheme.payouts if component in payout.components]
        for base in each.populations():
            if paid and base.reference_month > paid[0]:
                yield Fault(
                    f"{component}.toml",
                    "population",
                    f"{month_key(base.reference_month)} is after its payout in {month_key(paid[0])}",
                )


def _components(scheme: Scheme) -> Iterator[Keyed]:
    """What payouts pay is what the folder defines, rounds where there are any, bonuses at the end."""
    paid = [name for payout in scheme.payouts for name in payout.components]
    rounds, bonuses = _paid_in_rounds(scheme), _bonuses(scheme)
    defined = bonuses | set(scheme.requirements)
    for wrong, names in (
        ("has no file of its name, with its parameters", set(paid) - defined),
        ("is never paid: name it in a payout", defined - set(paid)),
        ("is paid more than once", {name for name in bonuses if paid.count(name) > 1}),
        (
            "is named twice in one payout",
            {
                name
                for payout in scheme.payouts
                for name in payout.components
                if payout.components.count(name) > 1
            },
        ),
        (
            "is not paid in the last payout, which closes the pots",
            bonuses - set(scheme.payouts[-1].components),
        ),
        (
            "is paid where there is a round, and nowhere else",
            {
                name
                for payout in scheme.payouts
                for name in rounds
                if (name in payout.components) != (payout.round is not None)
            },
        ),
    ):
        for name in sorted(names):
            yield "payout.components", f"'{name}' {wrong}"


def _pots(scheme: Scheme) -> Iterator[Fault]:
    """Each pot holds components paid in rounds, and none is in two pots."""
    pooled = [name for pot in scheme.pots for name in pot.components]
    for name in pooled:
        if name not in _paid_in_rounds(scheme) or pooled.count(name) > 1:
            yield Fault("bonus_pots.toml", "pot.components", f"'{name}' is no component of one pot")


def _bonuses(scheme: Scheme) -> set[str]:
    return {f"bonus_{pot.name}" for pot in scheme.pots}


def _paid_in_rounds(scheme: Scheme) -> set[str]:
    return {name for name, each in scheme.requirements.items() if each.datasets}


def _published(scheme: Scheme) -> Iterator[Fault]:
    """What is compared is of the scheme: what it pays, and its months."""
    known = {
        "component": {name for payout in scheme.payouts for name in payout.components},
        "fund": set(scheme.requirements),
    }
    for kind, statements in scheme.published:
        for each in statements:
            stated = each.model_dump()
            for key, value in _leaves(kind, stated):
                words = known.get(key.removesuffix("s"), {value})
                if value and value not in (scheme.months if isinstance(value, date) else words):
                    named = month_key(value) if isinstance(value, date) else value
                    title = stated.get("title", stated.get("name"))
                    yield Fault(
                        "published.toml", f"{title}", f"{key}: '{named}' is none of the scheme's"
                    )


def _leaves(key: str, value: object) -> Iterator[tuple[str, object]]:
    """Every value that is no list or table, with the key that it stands under."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _leaves(name, each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(key, each)
    else:
        yield key, value


def _readings(scheme: Scheme) -> Iterator[Keyed]:
    """Every question with several readings that concerns the scheme is answered, and no other."""
    chosen = scheme.identity.interpretations
    known = {each.name: each for each in interpretations().values()}
    for name in sorted(set(chosen) - set(known)):
        yield f"interpretations.{name}", "no such interpretation"
    for name, interpretation in known.items():
        key, readings = f"interpretations.{name}", ", ".join(interpretation.readings)
        if len(interpretation.readings) == 1:
            if name in chosen:
                yield key, "the question has one reading alone; leave the key out"
        elif scheme.is_concerned(interpretation):
            if name not in chosen:
                yield key, f"the key is missing: choose one of {readings}"
            elif chosen[name] not in interpretation.readings:
                yield key, f"'{chosen[name]}' is not one of {readings}"
        elif name in chosen:
            concerned = ", ".join(interpretation.concerns)
            yield key, f"the question concerns {concerned} alone; leave the key out"
