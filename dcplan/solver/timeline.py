"""When what is energised is carried: the first day for each SU, and the day from which a unit cannot be spared.

Plant only comes, so what is carried on the day it is energised stays carried, but for the days on which more is asked:
by something else that comes and draws power itself, or by another redundancy. Those are looked at as well.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity, Counts
from dcplan.solver.carrier import SHARED, State, Way, carrier_of

FEW_WAYS = 8
"""With more, an SU that the plant of the site does not carry speaks for its like in other halls."""


@dataclass(frozen=True)
class Waiting:
    """An SU that can be energised from a day on, and its place in the order of energisation."""

    ready: int
    order: int
    way: Way


@dataclass
class Timeline:
    """Which plant counts from which day, and what is energised from which day."""

    problem: Problem
    capacity: Capacity
    counted: list[tuple[int, int]]
    """(day, plant) of every unit that is not there on day 0."""
    energised: list[tuple[int, int, int]] = field(default_factory=list)
    """(day, class, mode)"""
    left: list[tuple[int, int]] = field(default_factory=list)
    """(day, plant) of every hired unit that is released."""

    def available(self, day: int) -> Counts:
        """Units of each plant type that count on a day."""
        total = [plant.existing for plant in self.problem.plants]
        for when, plant in self.counted:
            if when <= day:
                total[plant] += 1
        for when, plant in self.left:
            if when <= day:
                total[plant] -= 1
        return tuple(total)

    def demand(self, day: int) -> Counts:
        """Demand per row on a day, as asked on it."""
        number = Counter((su, mode) for when, su, mode in self.energised if when <= day)
        asked = self.capacity.demand([(su, mode, count) for (su, mode), count in sorted(number.items())])
        return self.capacity.on(asked, day)

    def changes(self, since: int) -> list[int]:
        """Days after `since` on which supply, demand or what must balance changes."""
        days = {when for when, _ in self.counted} | {when for when, _, _ in self.energised}
        days.update(self.problem.row_changes)
        days.update(when for when, _ in self.left)
        return sorted(day for day in days if day > since)


def harder_days(problem: Problem, counted: Iterable[tuple[int, int]]) -> list[int]:
    """Days on which more is asked though no SU comes: by units that draw power when idle, by rows in force anew."""
    return sorted({*(day for day, plant in counted if problem.plants[plant].standing), *problem.row_changes})


# ---------------------------------------------------------------- energisation


class _Sweep:
    """Goes through the days once; on each, SUs are energised in their order as far as plant carries them."""

    def __init__(self, problem: Problem, capacity: Capacity, counted: Sequence[tuple[int, int]]) -> None:
        self.problem, self.carrier = problem, carrier_of(capacity)
        self.arriving: dict[int, list[int]] = {}
        for day, plant in counted:
            self.arriving.setdefault(day, []).append(plant)
        self.harder = harder_days(problem, counted)
        self.state = self.carrier.state([plant.existing for plant in problem.plants], capacity.base)
        self.waiting: dict[Way, list[tuple[int, int]]] = {}
        self.blocked: dict[Way, int] = {}
        """Ways that are not carried now, and the part that falls short."""

    def days(self, waiting: Sequence[Waiting]) -> list[int | None]:
        """Day of energisation of each SU; None for those that are never carried."""
        found: list[int | None] = [None] * len(waiting)
        ready: dict[int, list[int]] = {}
        for index, item in enumerate(waiting):
            ready.setdefault(item.ready, []).append(index)
        for day in sorted({*self.arriving, *ready, *self.problem.row_changes}):
            self._arrive(self.arriving.get(day, ()))
            if self.carrier.date(self.state, day):
                self.blocked.clear()
            for index in ready.get(day, ()):
                insort(self.waiting.setdefault(waiting[index].way, []), (waiting[index].order, index))
            for index in self._energised(day):
                found[index] = day
        return found

    def _arrive(self, plants: Sequence[int]) -> None:
        for plant in plants:
            self.carrier.arrive(self.state, plant)
        parts = {self.carrier.part_of.get(plant, SHARED) for plant in plants}
        if parts:
            self.blocked = {way: part for way, part in self.blocked.items() if part != SHARED and part not in parts}

    def _energised(self, day: int) -> Iterable[int]:
        while True:
            open_to = [(queue[0], way) for way, queue in self.waiting.items() if queue and way not in self.blocked]
            if not open_to:
                return
            (_, index), way = min(open_to)
            if self._carried(day, way):
                self.waiting[way].pop(0)
                yield index

    def _carried(self, day: int, way: Way) -> bool:
        """Whether one more SU is carried from a day on; if so, it is."""
        state = self.state.copy()
        self.carrier.energise(state, way)
        short = self.carrier.short(state)
        later = self.harder[bisect_right(self.harder, day) :]
        if short is None and later and not self._stays(state, day, later):
            short = SHARED
        if short is None:
            self.state = state
            return True
        self._block(way, short)
        return False

    def _stays(self, state: State, day: int, later: Sequence[int]) -> bool:
        """Whether what is carried on a day still is on those on which more is asked."""
        state = state.copy()
        for other in sorted({*later, *(when for when in self.arriving if day < when <= later[-1])}):
            for plant in self.arriving.get(other, ()):
                self.carrier.arrive(state, plant)
            self.carrier.date(state, other)
            if other in later and not self.carrier.carries(state):
                return False
        return True

    def _block(self, way: Way, short: int) -> None:
        self.blocked[way] = short
        if short == SHARED and len(self.waiting) > FEW_WAYS:
            asked = self.carrier.ways[way[0]][way[1]][1]
            for other in self.waiting:
                if other not in self.blocked and self.carrier.ways[other[0]][other[1]][1] == asked:
                    self.blocked[other] = SHARED


def energise(
    problem: Problem, capacity: Capacity, counted: Sequence[tuple[int, int]], waiting: Sequence[Waiting]
) -> list[int | None]:
    """The day on which each SU is energised: the first on which plant carries it, then and ever after.

    Parameters
    ----------
    problem : Problem
    capacity : Capacity
    counted : sequence of (day, plant)
        Of every unit that is not there on day 0.
    waiting : sequence of Waiting
        On each day, those that are ready are energised in their order as far as they are carried.

    Returns
    -------
    list of int or None
        In the order of `waiting`; None for an SU that is never carried.
    """
    return _Sweep(problem, capacity, counted).days(waiting)


# ---------------------------------------------------------------- what is not needed yet


class Needs:
    """Answers from which day on a unit is needed, in a schedule whose energisations stay.

    Parameters
    ----------
    problem : Problem
    capacity : Capacity
    counted : sequence of (day, plant)
    energised : sequence of (day, class, mode)
    left : sequence of (day, plant)
        Of every hired unit that is released.
    """

    def __init__(
        self,
        problem: Problem,
        capacity: Capacity,
        counted: Sequence[tuple[int, int]],
        energised: Sequence[tuple[int, int, int]],
        left: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.carrier = carrier_of(capacity)
        first = min((day for day, _, _ in energised), default=0)
        live: dict[int, list[Way]] = {}
        for day, su, mode in energised:
            live.setdefault(day, []).append((su, mode))
        coming = sorted([*((day, plant, 1) for day, plant in counted), *((day, plant, -1) for day, plant in left)])
        harder = {*harder_days(problem, counted), *(day for day, _ in left)}
        self.days = sorted({*live, *(day for day in harder if day > first)})
        """On which something is asked of plant that was not before."""
        self._states: list[State] = []
        state, place = self.carrier.state([plant.existing for plant in problem.plants], capacity.base), 0
        for day in self.days:
            while place < len(coming) and coming[place][0] <= day:
                self.carrier.arrive(state, *coming[place][1:])
                place += 1
            for way in live.get(day, ()):
                self.carrier.energise(state, way)
            self.carrier.date(state, day)
            self._states.append(state.copy())

    def needed(self, plant: int, counted: int, until: int | None = None) -> int | None:
        """First day on which a unit that counts from a day (until one) cannot be spared; None when it always can."""
        end = len(self.days) if until is None else bisect_left(self.days, until)
        for place in range(bisect_left(self.days, counted), end):
            state = self._states[place].copy()
            self.carrier.arrive(state, plant, -1)
            if not self.carrier.carries(state):
                return self.days[place]
        return None

    def move(self, plant: int, counted: int, later: int | None) -> None:
        """Let a unit count from a later day instead; None: never."""
        end = len(self.days) if later is None else bisect_left(self.days, later)
        for place in range(bisect_left(self.days, counted), end):
            self.carrier.arrive(self._states[place], plant, -1)
