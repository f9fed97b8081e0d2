"""When what is energised is carried: the first day for each SU, and the day from which a unit cannot be spared.

Plant only comes, so what is carried on the day it is energised stays carried, but for the days on which something else
comes that draws power itself: those are looked at as well.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity, Counts

Way = tuple[int, int]
"""(class, mode)"""
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

    def available(self, day: int) -> Counts:
        """Units of each plant type that count on a day."""
        total = [plant.existing for plant in self.problem.plants]
        for when, plant in self.counted:
            if when <= day:
                total[plant] += 1
        return tuple(total)

    def demand(self, day: int) -> Counts:
        """Demand per row on a day."""
        number = Counter((su, mode) for when, su, mode in self.energised if when <= day)
        return self.capacity.demand([(su, mode, count) for (su, mode), count in sorted(number.items())])

    def changes(self, since: int) -> list[int]:
        """Days after `since` on which supply or demand changes."""
        days = {when for when, _ in self.counted} | {when for when, _, _ in self.energised}
        return sorted(day for day in days if day > since)


def drawing_days(problem: Problem, counted: Iterable[tuple[int, int]]) -> list[int]:
    """Days on which units come that draw power even when they do not run."""
    return sorted({day for day, plant in counted if problem.plants[plant].standing})


# ---------------------------------------------------------------- energisation


class _Sweep:
    """Goes through the days once; on each, SUs are energised in their order as far as plant carries them."""

    def __init__(self, problem: Problem, capacity: Capacity, counted: Sequence[tuple[int, int]]) -> None:
        self.problem, self.capacity = problem, capacity
        self.arriving: dict[int, list[int]] = {}
        for day, plant in counted:
            self.arriving.setdefault(day, []).append(plant)
        self.drawing = drawing_days(problem, counted)
        self.there = Timeline(problem, capacity, list(counted))
        self.units = [plant.existing for plant in problem.plants]
        self.load = list(capacity.base)
        self.waiting: dict[Way, deque[tuple[int, int]]] = {}
        self.blocked: dict[Way, frozenset[int] | None] = {}
        """Ways that are not carried now, and the plant of which a new unit could change that; None: any."""

    def days(self, waiting: Sequence[Waiting]) -> list[int | None]:
        """Day of energisation of each SU; None for those that are never carried."""
        found: list[int | None] = [None] * len(waiting)
        ready: dict[int, list[int]] = {}
        for index, item in enumerate(waiting):
            ready.setdefault(item.ready, []).append(index)
        for day in sorted({*self.arriving, *ready}):
            self._arrive(self.arriving.get(day, ()))
            for index in sorted(ready.get(day, ()), key=lambda index: waiting[index].order):
                queue = self.waiting.setdefault(waiting[index].way, deque())
                insort(queue, (waiting[index].order, index))
            for index in self._energised(day):
                found[index] = day
        return found

    def _arrive(self, plants: Sequence[int]) -> None:
        for plant in plants:
            self.units[plant] += 1
        for way, hope in list(self.blocked.items()):
            if any(hope is None or plant in hope for plant in plants):
                del self.blocked[way]

    def _energised(self, day: int) -> Iterable[int]:
        while True:
            open_to = [(queue[0], way) for way, queue in self.waiting.items() if queue and way not in self.blocked]
            if not open_to:
                return
            (_, index), way = min(open_to)
            if self._carried(day, way):
                self.waiting[way].popleft()
                yield index

    def _carried(self, day: int, way: Way) -> bool:
        """Whether one more SU is carried from a day on; if so, it is."""
        load = list(self.load)
        for row, amount in self.problem.classes[way[0]].modes[way[1]].demand:
            load[row] += amount
        demand = tuple(load)
        answer = self.capacity.answer(tuple(self.units), demand)
        if answer.running is None:
            self._block(way, answer.short)
            return False
        later = self.drawing[bisect_left(self.drawing, day + 1) :]
        if any(self.capacity.running(self.there.available(other), demand) is None for other in later):
            self.blocked[way] = None
            return False
        self.load = load
        return True

    def _block(self, way: Way, short: int | None) -> None:
        hope = None if short is None else self.capacity.sources[short]
        self.blocked[way] = hope
        if short is None or short not in self.capacity.shared or len(self.waiting) <= FEW_WAYS:
            return
        asked = self._of_site(way)
        for other in self.waiting:
            if other not in self.blocked and self._of_site(other) == asked:
                self.blocked[other] = hope

    def _of_site(self, way: Way) -> tuple[tuple[int, int], ...]:
        """What an SU asks of plant that stands in no hall."""
        mode = self.problem.classes[way[0]].modes[way[1]]
        return tuple(term for term in mode.demand if term[0] in self.capacity.shared_rows)


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
    """

    def __init__(
        self,
        problem: Problem,
        capacity: Capacity,
        counted: Sequence[tuple[int, int]],
        energised: Sequence[tuple[int, int, int]],
    ) -> None:
        self.capacity = capacity
        first = min((day for day, _, _ in energised), default=0)
        drawing = [day for day in drawing_days(problem, counted) if day > first]
        timeline = Timeline(problem, capacity, list(counted), list(energised))
        self.days = sorted({*(day for day, _, _ in energised), *drawing})
        """On which something is asked of plant that was not before."""
        self._units = [list(timeline.available(day)) for day in self.days]
        self._demands = [timeline.demand(day) for day in self.days]

    def needed(self, plant: int, counted: int) -> int | None:
        """First day on which a unit that counts from a day cannot be spared; None when it always can."""
        for place in range(bisect_left(self.days, counted), len(self.days)):
            units = self._units[place]
            units[plant] -= 1
            short = self.capacity.running(tuple(units), self._demands[place]) is None
            units[plant] += 1
            if short:
                return self.days[place]
        return None

    def move(self, plant: int, counted: int, later: int | None) -> None:
        """Let a unit count from a later day instead; None: never."""
        end = len(self.days) if later is None else bisect_left(self.days, later)
        for place in range(bisect_left(self.days, counted), end):
            self._units[place][plant] -= 1
