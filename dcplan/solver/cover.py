"""The cheapest plant for any k SUs by a day, crews' order ignored: bounds that tie spend to what is live, and when.

Everything up to a day is taken as one cell: what can be delivered, installed and tested by then may be there, crews
have all their working days for all their work. The least price of plant that carries k SUs under these terms bounds
from below what any schedule has spent by then; where there is none, no k SUs are live by then.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.grid import Grid, GridModel, GridSolution
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

    @property
    def least(self) -> int:
        """Least price of plant that carries all SUs, whenever."""
        return self.stages[-1].least[-1]

    def by(self, day: int) -> tuple[int, ...]:
        """Least price per number of live SUs by a day: that of the first stage on or after it."""
        index = bisect_left([stage.day for stage in self.stages], day)
        return self.stages[min(index, len(self.stages) - 1)].least


def cheapest_cover(problem: Problem, capacity: Capacity, limits: Limits) -> Cover | None:
    """The cover of a problem; None when not even by the plan's end plant can carry all SUs: it is infeasible.

    `limits` are for the whole cover.
    """
    total = sum(len(su.arrivals) for su in problem.classes)
    counts = sorted({-(-total * part // MOST_COUNTS) for part in range(1, MOST_COUNTS + 1)})
    days = list(_stage_days(problem))
    each = replace(limits, seconds=limits.seconds / (len(days) * len(counts)))
    last = _stage(problem, capacity, problem.days, counts, [0] * (total + 1), replace(each, seconds=4 * each.seconds))
    if len(last.least) <= total:
        return None
    stages = [_stage(problem, capacity, day, counts, last.least, each) for day in days if day < problem.days]
    return Cover((*stages, last))


def _stage_days(problem: Problem) -> Iterator[int]:
    """The last day before each further type of plant can first count, and the plan's end; at most so many."""
    first = min(min(su.ready) for su in problem.classes)
    counted = {max(su.ready) for su in problem.classes}
    for plant in problem.plants:
        counted.update(plant.arrivals)
        if plant.purchase is not None:
            start = problem.workdays.next_open(plant.purchase.install.release)
            counted.add(problem.counted(plant, problem.commissioned(plant.purchase, start)))
    days = sorted(day - 1 for day in counted if first < day - 1 < problem.days)
    stride = -(-len(days) // MOST_STAGES) if days else 1
    yield from days[::stride]
    yield problem.days


def _stage(
    problem: Problem, capacity: Capacity, day: int, counts: list[int], floor: tuple[int, ...] | list[int], limits: Limits
) -> Stage:
    """Least prices by one day; `floor` are those of a later day, which bound these from below."""
    grid = Grid((0, day + 1))
    least, solution = [0], None
    for live in counts:
        solution = None
        result = GridModel(problem, capacity, grid, live=live).solve(limits)
        if result.outcome is Outcome.INFEASIBLE:
            break
        solution = result.solution
        bound = max(least[-1], floor[live], result.bound or 0)
        # numbers between the ones tried cost at least as much as the one tried before
        least.extend(max(least[-1], floor[number]) for number in range(len(least), live))
        least.append(bound)
    else:
        return Stage(day, tuple(least), grid, solution)
    return Stage(day, _untried(least, counts, floor), grid, None)


def _untried(least: list[int], counts: list[int], floor: tuple[int, ...] | list[int]) -> tuple[int, ...]:
    """Numbers of SUs above the last one found possible and below the first one found impossible stay possible."""
    impossible = next(count for count in counts if count >= len(least))
    return (*least, *(max(least[-1], floor[number]) for number in range(len(least), impossible)))
