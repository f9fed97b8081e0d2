"""When hired units go again, in a schedule whose energisations stay: once all is carried without them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from dcplan.hire import SCALE
from dcplan.problem import FINE, Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.carrier import State, carrier_of
from dcplan.solver.hire import terms
from dcplan.solver.schedule import Install, counted_days, departures, install_cost
from dcplan.solver.timeline import Needs

Spend = tuple[bool, int, int]
"""Whether a hired unit stays too long, what all units cost, and what they cost at the prices of the problem's cap."""


@dataclass(frozen=True)
class Stays:
    """Finds the stays of hired units for what is energised."""

    problem: Problem
    capacity: Capacity
    energised: Sequence[tuple[int, int, int]]
    """(day, class, mode)"""

    def needs(self, installs: Sequence[Install]) -> Needs:
        """From which day on each unit is needed, hired ones going as dated."""
        counted = counted_days(self.problem, installs)
        return Needs(self.problem, self.capacity, counted, self.energised, departures(installs))

    # ------------------------------------------------------------ releases

    def released(self, installs: Sequence[Install]) -> list[Install]:
        """The installs with each hired unit released as early as everything stays carried; dearest rent first."""
        problem = self.problem
        types = {install.plant for install in installs if problem.plants[install.plant].is_hired}
        kept = [replace(install, released=None) if install.plant in types else install for install in installs]

        def daily(index: int) -> int:
            _, hire = terms(problem, index)
            return hire.rent + hire.running

        for index in sorted(types, key=lambda index: (-daily(index), index)):
            trial = self._type_released(kept, index)
            if self.carried(trial):
                kept = trial
        return kept

    def carried(self, installs: Sequence[Install]) -> bool:
        """Whether everything energised is carried on every day of the plan."""
        carrier = carrier_of(self.capacity)
        return all(carrier.carries(state) for _, state in self._states(installs))

    def _states(self, installs: Sequence[Install]) -> Iterator[tuple[int, State]]:
        """Each day from the first energisation on, on which supply, demand or what must balance changes."""
        problem, carrier = self.problem, carrier_of(self.capacity)
        first = min((day for day, _, _ in self.energised), default=0)
        coming = sorted(
            [*((day, plant, 1) for day, plant in counted_days(problem, installs)),
             *((day, plant, -1) for day, plant in departures(installs))]
        )  # fmt: skip
        live = sorted(self.energised)
        days = {day for day, _, _ in (*coming, *live)} | {*problem.row_changes}
        state = carrier.state([plant.existing for plant in problem.plants], self.capacity.base)
        came = lit = 0
        for day in sorted(day for day in days if first <= day <= problem.days):
            while came < len(coming) and coming[came][0] <= day:
                carrier.arrive(state, *coming[came][1:])
                came += 1
            while lit < len(live) and live[lit][0] <= day:
                carrier.energise(state, live[lit][1:])
                lit += 1
            carrier.date(state, day)
            yield day, state.copy()

    def _type_released(self, installs: Sequence[Install], index: int) -> list[Install]:
        """The installs with the units of one type released, those that started first as soon as one can be spared."""
        units = sorted((place for place, install in enumerate(installs) if install.plant == index),
                       key=lambda place: installs[place].start)  # fmt: skip
        spared: list[int | None] = [None] * len(units)
        """The day from which one unit, two units and so on can be spared to the end."""
        most = len(units)
        for day, state in reversed(list(self._states(installs))):
            there = sum(installs[place].counted <= day for place in units)
            most = self._spare(state, index, min(most, there))
            spared[:most] = [day] * most
            if not most:
                break
        found = list(installs)
        for place, needed in zip(units, spared, strict=True):
            found[place] = _released(self.problem, found[place], needed)
        return found

    def _spare(self, state: State, index: int, most: int) -> int:
        """How many units of a type can be spared, up to so many."""
        carrier = carrier_of(self.capacity)

        def short(number: int) -> bool:
            trial = state.copy()
            carrier.arrive(trial, index, -number)
            return not carrier.carries(trial)

        return bisect_left(range(1, most + 1), True, key=short)

    # ------------------------------------------------------------ what is worth it

    def spend(self, installs: Sequence[Install]) -> Spend:
        """What units cost when hired ones are released as early as they can be."""
        left = self.released(installs)
        cap = self.problem.cap
        capped = 0 if cap is None else sum(install_cost(cap.prices, install) for install in left)
        cost = sum(install_cost(self.problem, install) for install in left)
        return stays_too_long(self.problem, left), cost, capped

    def moved(self, install: Install, later: Install) -> Install | None:
        """A later install of the same unit, released no sooner; None where it may not be, or that costs more."""
        if not self.problem.plants[install.plant].is_hired:
            return later
        if install.released is not None:
            later = _released(self.problem, later, max(install.released, later.counted))
        if _too_long(self.problem, later) and not _too_long(self.problem, install):
            return None
        return later if install_cost(self.problem, later) <= install_cost(self.problem, install) else None

    def rent_is_less(self, carry: int) -> bool:
        """Whether a day of some hire costs less than the interest saved by a later order."""
        hires = [terms(self.problem, index)[1] for index in self.problem.hired]
        return any(hire.rent + hire.running < carry * (SCALE // FINE) for hire in hires)

    def last_days(self, installs: Iterable[Install]) -> set[int]:
        """Days on which hired units are released, and on which they may be at the latest."""
        hired = [install for install in installs if self.problem.plants[install.plant].is_hired]
        latest = {self.problem.days - terms(self.problem, one.plant)[1].removal for one in hired}
        return latest | {day for day, _ in departures(hired)}

    def kept_longer(self, kept: Sequence[Install], trial: Sequence[Install]) -> list[Install] | None:
        """A trial with a later order, hired units kept for it; None unless all is carried and it costs less."""
        longer = self.released(trial)
        costs = [sum(install_cost(self.problem, install) for install in one) for one in (longer, kept)]
        fine = costs[0] < costs[1] and not stays_too_long(self.problem, longer) and self.carried(longer)
        return longer if fine else None


def _released(problem: Problem, install: Install, needed: int | None) -> Install:
    """The unit released on the first day from `needed` on that its hire allows; kept where that is past the plan."""
    _, hire = terms(problem, install.plant)
    day = None if needed is None else hire.release(install.start, max(needed, install.counted))
    return replace(install, released=None if day is None or day + hire.removal > problem.days else day)


def stays_too_long(problem: Problem, installs: Iterable[Install]) -> bool:
    """Whether a hired unit serves more days than it may, or is not gone when it must be."""
    return any(_too_long(problem, install) for install in installs if problem.plants[install.plant].is_hired)


def _too_long(problem: Problem, install: Install) -> bool:
    _, hire = terms(problem, install.plant)
    if install.released is None and hire.bridge:
        return True
    last = problem.days if install.released is None else install.released
    return hire.longest is not None and last - install.counted > hire.longest
