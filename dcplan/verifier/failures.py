"""Every failure set that a declared redundancy must survive, one by one, and where the load then goes.

Stated from the site file alone: what its scheme means, which trains or sides are out, single units out beside them, and
load that moves to any survivor or to each rack's other cord.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dcplan.site import Redundancy, SiteModel
from dcplan.units import si


@dataclass(frozen=True)
class Running:
    """Running units of one type that supply a row: how many, what each supplies, and their train."""

    number: int
    each: float
    train: str | None


@dataclass(frozen=True)
class Outcome:
    """What is left of a row in one failure set, what it must then carry, what is out, and who carries it."""

    left: float
    need: float
    lost: str
    carrier: str = ""


def failure_sets(units: Sequence[int], failures: int) -> Iterator[tuple[int, ...]]:
    """How many units of each type are out, for every way in which so many may be out at once.

    Examples
    --------
    >>> list(failure_sets([2, 1], 2))
    [(1, 1), (2, 0)]
    >>> list(failure_sets([1], 3)), list(failure_sets([4, 4], 0))
    ([(1,)], [(0, 0)])
    """
    out = min(failures, sum(units))
    ranges = [range(min(out, number) + 1) for number in units[:-1]]
    for lost in itertools.product(*ranges):
        last = out - sum(lost)
        if units and 0 <= last <= units[-1]:
            yield (*lost, last)


def out_at_once(scheme: str) -> tuple[int, int]:
    """How many redundancy units are out at once under a scheme, and how many single units beside them.

    Examples
    --------
    >>> [out_at_once(scheme) for scheme in ("N", "N+2", "2N", "2(N+1)", "3N/4", "2N/4")]
    [(0, 0), (2, 0), (1, 0), (1, 1), (1, 0), (2, 0)]
    """
    if scheme in ("2N", "2(N+1)"):
        return 1, scheme.count("+")
    needed, _, there = scheme.partition("N/")
    if there:
        return int(there) - int(needed), 0
    return int(scheme[2:] or 0), 0


def scheme_on(redundancy: Redundancy, day: date) -> str:
    """The scheme in force on a day: the declared one, or before the days on which lower ones end, the first of these.

    Examples
    --------
    >>> lower = [{"scheme": "N", "day": date(2027, 3, 1)}, {"scheme": "N+1", "day": date(2027, 9, 1)}]
    >>> found = Redundancy.model_validate({"scheme": "N+2", "unit": "unit", "group": "site", "until": lower})
    >>> [scheme_on(found, date(2027, month, 1)) for month in (2, 3, 8, 9)]
    ['N', 'N+1', 'N+1', 'N+2']
    """
    ends = {lower.day: lower.scheme for lower in redundancy.until if day < lower.day}
    return ends[min(ends)] if ends else redundancy.scheme


@dataclass(frozen=True)
class Survival:
    """What the declared redundancy of a service demands at one place."""

    redundancy: Redundancy
    members: Mapping[str, frozenset[str]]
    """Trains by redundancy unit; empty where single units fail."""

    @classmethod
    def of(cls, model: SiteModel, redundancy: Redundancy, trains: Iterable[str | None]) -> Survival:
        """Of a service whose plant at one place stands, or may stand, in these trains."""
        members: dict[str, set[str]] = {}
        for train in trains:
            if train is not None and redundancy.unit != "unit":
                side = model.site.trains[train].side
                members.setdefault(train if redundancy.unit == "train" or side is None else side, set()).add(train)
        return cls(redundancy, {name: frozenset(members[name]) for name in sorted(members)})

    def on(self, day: date) -> Survival:
        """What is demanded on a day: by the scheme in force on it."""
        if not self.redundancy.until:
            return self
        scheme = scheme_on(self.redundancy, day)
        return Survival(self.redundancy.model_copy(update={"scheme": scheme, "until": ()}), self.members)

    def pairs(self) -> Iterator[tuple[frozenset[str], float]]:
        """Each two redundancy units that share a load by its cords, and that share of the load."""
        if self.redundancy.pairs is None:
            pairs = [frozenset(pair) for pair in itertools.combinations(self.members, 2)]
            yield from ((pair, 1.0 / len(pairs)) for pair in pairs)
            return
        for key, share in self.redundancy.pairs.items():
            pair = frozenset(key.split("-"))
            if pair <= self.members.keys():
                yield pair, si(share)

    def worst(self, running: Mapping[str, Running], need: float) -> Outcome:
        """The failure set that leaves least over."""
        return min(self.outcomes(running, need), key=lambda outcome: outcome.left - outcome.need)

    def outcomes(self, running: Mapping[str, Running], need: float) -> Iterator[Outcome]:
        """What is left in every failure set; nothing is ever supplied where no plant may stand."""
        number, beside = out_at_once(self.redundancy.scheme)
        if not self.members:
            yield from _units_out(running, number if self.redundancy.unit == "unit" else 0, need, [])
            return
        for out in itertools.combinations(self.members, number):
            what = [f"{self.redundancy.unit} {name}" for name in out]
            gone = {train for name in out for train in self.members[name]}
            alive = {name: kind for name, kind in running.items() if kind.train is not None and kind.train not in gone}
            if self.redundancy.topology == "shared_bus":
                yield from _units_out(alive, beside, need, what)
                continue
            for name in sorted(self.members.keys() - set(out)):
                own = {plant: kind for plant, kind in alive.items() if kind.train in self.members[name]}
                yield from _units_out(own, beside, need * self._moved(name, out), what, f" from {name}")

    def _moved(self, name: str, out: Sequence[str]) -> float:
        """Share of the load on a survivor: half of each pair it is part of, all of it when the partner is out."""
        return sum(share * (1.0 if pair & set(out) else 0.5) for pair, share in self.pairs() if name in pair)


def _units_out(
    running: Mapping[str, Running], failures: int, need: float, what: Sequence[str], carrier: str = ""
) -> Iterator[Outcome]:
    """Every way in which single units may be out of those that run."""
    names = sorted(running)
    for lost in failure_sets([running[name].number for name in names], failures) if names else [()]:
        left = sum((running[name].number - out) * running[name].each for name, out in zip(names, lost, strict=True))
        single = [f"{out} x {name}" for name, out in zip(names, lost, strict=True) if out]
        yield Outcome(left, need, ", ".join([*what, *single]) or "nothing", carrier)
