"""The cheapest plant for any k SUs by a day, crews' order ignored: bounds that tie spend to what is live, and when.

Everything up to a day is taken as one cell: what can be delivered, installed and tested by then may be there, crews
have all their working days for all their work. The least price of plant that carries k SUs under these terms bounds
from below what any schedule has spent by then; where there is none, no k SUs are live by then.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Grid, GridSolution
from dcplan.solver.grid import GridModel
from dcplan.solver.kits import Kits
from dcplan.solver.run import Limits, Outcome

MOST_STAGES = 12
MOST_COUNTS = 12


@dataclass(frozen=True)
class Stage:
    """What plant must have cost by a day at the least, and a selection that costs about that."""

    day: int
    least: tuple[int, ...]
    """For k = 0, 1, ... live SUs, in money steps before interest; shorter where more cannot be live."""
    grid: Grid
    solution: GridSolution | None
    """Carries all SUs; None where that cannot be by this day."""


@dataclass(frozen=True)
class Cover:
    """Stages in order of their days; the last one is the plan's end."""

    stages: tuple[Stage, ...]
    whole: int = 0
    """Least price of plant that carries all SUs at the plan's end, which may ask more than any stage."""

    @property
    def least(self) -> int:
        """Least price of plant that carries all SUs, whenever."""
        return self.stages[-1].least[-1]

    def spent(self, problem: Problem, last: int, rate: Fraction) -> int:
        """Least spend when all SUs are live by a day, less the interest saved at a daily rate until it is bought.

        What is asked only after that day is bought for the day on which it is.
        """
        covers = ((self.stages[-1].day, self.least), (problem.days, self.whole))
        return max(
            math.floor(least * (1 - rate * max([last, *(day for day in problem.row_changes if day <= end)])))
            for end, least in covers
        )

    def by(self, day: int) -> tuple[int, ...]:
        """Least price per number of live SUs by a day: that of the first stage on or after it."""
        index = bisect_left([stage.day for stage in self.stages], day)
        return self.stages[min(index, len(self.stages) - 1)].least


def cheapest_cover(
    problem: Problem, capacity: Capacity, limits: Limits, kits: Sequence[Kits] = (), *, whole: bool = True
) -> Cover | None:
    """The cover of a problem; None when not even by the plan's end plant can carry all SUs: it is infeasible.

    `limits` are for the whole cover, `kits` those of equal halls. Unless it is to be `whole`, only the price of all SUs
    by the plan's end is worked out.
    """
    counts = _counts(problem) if whole else [sum(len(su.arrivals) for su in problem.classes)]
    total = counts[-1]
    final = replace(limits, seconds=limits.seconds / 3)
    last = _Stages(problem, capacity, counts, (0,) * (total + 1), final, kits).stage(problem.days)
    if len(last.least) <= total:
        return None
    if not whole:
        return Cover((last,), last.least[-1])
    days = [day for day in _stage_days(problem) if day < problem.days]
    each = replace(limits, seconds=limits.seconds / 15)
    earlier = _Stages(problem, capacity, counts, last.least, each, kits)
    # what is asked later is no floor where less is asked
    lower = _Stages(problem, capacity, counts, (0,) * (total + 1), each, kits)
    ends = max(problem.row_changes, default=0)
    stages = tuple((earlier if day >= ends else lower).stage(day) for day in days)
    return Cover((*stages, last), last.least[-1])


def tightened(
    problem: Problem, capacity: Capacity, cover: Cover, day: int, limits: Limits, kits: Sequence[Kits] = ()
) -> Cover:
    """The cover when everything is known to be live by a day: that day's stage is the last one.

    Its prices are often well above those of the plan's end, which slow and cheap plant can still meet.
    """
    final = replace(limits, seconds=limits.seconds / 3)
    former = cover.stages[-1]
    counts = _counts(problem) if len(cover.stages) > 1 else [len(former.least) - 1]
    same = not any(day < change <= former.day for change in problem.row_changes)
    floor = former.least if same else (0,) * len(former.least)
    last = _Stages(problem, capacity, counts, floor, final, kits).stage(day)
    return Cover((*(stage for stage in cover.stages if stage.day < day), last), cover.whole)


def _counts(problem: Problem) -> list[int]:
    """Numbers of live SUs that are tried, all of them included."""
    total = sum(len(su.arrivals) for su in problem.classes)
    return sorted({-(-total * part // MOST_COUNTS) for part in range(1, MOST_COUNTS + 1)})


def _stage_days(problem: Problem) -> Iterator[int]:
    """The last day before each further type of plant can first count, at most so many, and the plan's end.

    Beside them the last day before each change of what must balance: a stage then bounds no day on which less is asked.
    """
    first = min(min(su.ready) for su in problem.classes)
    counted = {max(su.ready) for su in problem.classes}
    for plant in problem.plants:
        counted.update(plant.arrivals)
        if plant.purchase is not None:
            start = plant.purchase.install.next_start(problem.workdays, plant.purchase.install.release)
            counted.add(problem.counted(plant, problem.commissioned(plant.purchase, start)))
    days = sorted(day - 1 for day in counted if first < day - 1 < problem.days)
    stride = -(-len(days) // MOST_STAGES) if days else 1
    before = (day - 1 for day in problem.row_changes if first < day - 1 < problem.days)
    yield from sorted({*days[::stride], *before})
    yield problem.days


@dataclass
class _Stages:
    """Stages in order of their days; what has sunk to its floor once stays there on later days."""

    problem: Problem
    capacity: Capacity
    counts: list[int]
    floor: tuple[int, ...]
    """Least prices of a later day, which bound these from below."""
    limits: Limits
    kits: Sequence[Kits]
    settled: dict[int, GridSolution | None] = field(default_factory=dict)

    def stage(self, day: int) -> Stage:
        """Least prices by one day."""
        grid = Grid((0, day + 1))
        least: list[int] = [0]
        solution: GridSolution | None = None
        for live in self.counts:
            if live in self.settled:
                bound, solution = self.floor[live], self.settled[live]
            else:
                result = GridModel(self.problem, self.capacity, grid, live=live, kits=self.kits).solve(self.limits)
                if result.outcome is Outcome.INTERRUPTED:
                    raise KeyboardInterrupt
                if result.outcome is Outcome.INFEASIBLE:
                    # numbers between the last one found possible and this one may still be possible
                    return Stage(day, (*least, *self._between(least, live)), grid, None)
                bound, solution = max(self.floor[live], result.bound or 0), result.solution
                if bound == self.floor[live] and any(self.floor):
                    self.settled[live] = solution
            least.extend(self._between(least, live))
            least.append(max(least[-1], bound))
        return Stage(day, tuple(least), grid, solution)

    def _between(self, least: list[int], live: int) -> list[int]:
        """Least prices of the numbers below one that were not tried."""
        return [max(least[-1], self.floor[number]) for number in range(len(least), live)]
