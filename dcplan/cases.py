"""What balances a declared redundancy makes of one row: one for each failure set, or for each survivor of a load.

Redundant by unit, a row stays one balance that leaves its largest units out. Redundant by train or side on a shared
bus, it becomes one balance per set of trains or sides that may be out: what is left must carry everything. Where load
moves to the rack's other cord, it becomes one balance per survivor: its own plant must carry the largest share of the
load that any failure set puts on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from dcplan.once import once
from dcplan.periods import Period, periods
from dcplan.ratings.rows import Vector, dimensions
from dcplan.redundancy import declared, members_at, pairs_at
from dcplan.site import Redundancy, Service, SiteModel


@dataclass(frozen=True)
class Case:
    """One balance of a row.

    Parameters
    ----------
    suffix : str
        What its id adds to the row's.
    trains : frozenset of str or None
        Trains whose plant supplies it; None: all plant of the row.
    failures : int
        Single units out beside.
    share : float
        Part of the row's load that it must carry.
    title : str
        The failure set, for reading; empty for single units.
    """

    suffix: str = ""
    trains: frozenset[str] | None = None
    failures: int = 0
    share: float = 1.0
    title: str = ""
    since: date | None = None
    """First day on which it must hold; None: from the plan's first."""
    until: date | None = None
    """Day from which on it need not hold any more; None: to the end."""

    def counts(self, train: str | None) -> bool:
        """Whether plant of a train supplies this balance."""
        return self.trains is None or train in self.trains


@once
def _members(model: SiteModel, service: Service, place: str) -> Mapping[str, frozenset[str]]:
    return members_at(model.site, model.specs, service, place)


@once
def cases(model: SiteModel, key: str) -> tuple[Case, ...]:
    """The balances that the declared redundancy makes of a row.

    Parameters
    ----------
    model : SiteModel
    key : str
        Row id, ``dimension@place``.

    Returns
    -------
    tuple of Case
        At least one.
    """
    dimension, place = key.split("@", 1)
    about = dimensions(model).get(dimension)
    service = None if about is None else about.service
    return (Case(),) if service is None or service not in model.site.redundancy else _cases(model, service, place)


@once
def _cases(model: SiteModel, service: Service, place: str) -> tuple[Case, ...]:
    """The balances of every row of a service at a place."""
    redundancy = model.site.redundancy[service]
    if not redundancy.until:
        return _in_force(model, service, place, redundancy)
    return tuple(
        _dated(case, period)
        for period in periods(redundancy, model.site.start)
        for case in _in_force(model, service, place, redundancy.model_copy(update={"scheme": period.scheme}))
    )


def _dated(case: Case, period: Period) -> Case:
    """A balance that must hold in one period only."""
    before = "" if period.until is None else f"/until-{period.until}"
    return replace(case, suffix=before + case.suffix, since=period.since, until=period.until)


def _in_force(model: SiteModel, service: Service, place: str, redundancy: Redundancy) -> tuple[Case, ...]:
    """The balances of a row under one scheme."""
    scheme = declared(redundancy)
    if redundancy.unit == "unit":
        return (Case(failures=scheme.out),)
    members = _members(model, service, place)
    if not members:  # nothing stands here, nothing may be built: no supply whatever fails
        return (Case(),)
    sets = [frozenset(lost) for lost in combinations(members, scheme.out)]
    beside = " and one unit more" if scheme.beside else ""
    if redundancy.topology == "cords":
        pairs = pairs_at(redundancy, tuple(members))
        return tuple(_survivor(name, trains, sets, pairs, scheme.beside, beside) for name, trains in members.items())
    return tuple(
        Case(
            suffix=f"/without-{'+'.join(sorted(lost))}" if lost else "",
            trains=frozenset().union(*(trains for name, trains in members.items() if name not in lost)),
            failures=scheme.beside,
            title=f"{redundancy.unit} {' and '.join(sorted(lost))} out{beside}" if lost else "",
        )
        for lost in sets
    )


def _survivor(
    name: str,
    trains: frozenset[str],
    sets: Iterable[frozenset[str]],
    pairs: Iterable[tuple[str, str, float]],
    failures: int,
    beside: str,
) -> Case:
    """The balance of one survivor: its worst share over all failure sets that leave it in service."""
    shared = [(other if one == name else one, share) for one, other, share in pairs if name in (one, other)]

    def carried(lost: frozenset[str]) -> float:
        return sum(share * (1.0 if partner in lost else 0.5) for partner, share in shared)

    lost = max((lost for lost in sets if name not in lost), key=lambda lost: (carried(lost), sorted(lost)))
    out = f" with {' and '.join(sorted(lost))} out{beside}" if lost else ""
    return Case(f"/{name}", trains, failures, carried(lost), f"{name} carries {100 * carried(lost):.4g} %{out}")


class Cases:
    """The balances of every row of a site, worked out when first asked for."""

    def __init__(self, model: SiteModel) -> None:
        self.model = model
        self._known: dict[str, tuple[Case, ...]] = {}

    def of(self, key: str) -> tuple[Case, ...]:
        """The balances of a row."""
        if key not in self._known:
            self._known[key] = cases(self.model, key)
        return self._known[key]

    def loads(self, vector: Mapping[str, float]) -> Vector:
        """A draw on rows as a draw on their balances."""
        return {key + case.suffix: value * case.share for key, value in vector.items() for case in self.of(key)}

    def supplies(self, vector: Mapping[str, float], train: str | None) -> Vector:
        """A supply of rows, by plant of a train, as a supply of their balances."""
        return {
            key + case.suffix: value for key, value in vector.items() for case in self.of(key) if case.counts(train)
        }
