"""The cheapest plant for any k SUs, all dates ignored: a bound that ties every cell's spend to what it has live."""

from __future__ import annotations

from dataclasses import dataclass

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.grid import Grid, GridModel, GridSolution
from dcplan.solver.run import Limits, Outcome


@dataclass(frozen=True)
class Cover:
    """What plant must cost at the least, all dates ignored."""

    least: tuple[int, ...]
    """For k = 0, 1, ...: a lower bound on the price, before interest, of plant that carries k SUs."""
    grid: Grid
    solution: GridSolution | None
    """Plant and modes that carry all SUs at about that price."""


def cheapest_cover(problem: Problem, capacity: Capacity, limits: Limits) -> Cover | None:
    """The cover of a problem; None when not even date-free plant carries all SUs: the problem is infeasible."""
    grid = Grid((0, problem.days + 1))
    total = sum(len(su.arrivals) for su in problem.classes)
    least, solution = [0], None
    for live in range(1, total + 1):
        model = GridModel(problem, capacity, grid, live=live)
        result = model.solve(limits)
        if result.outcome is Outcome.INFEASIBLE:
            return None
        least.append(max(least[-1], result.bound or 0))
        solution = result.solution
    return Cover(tuple(least), grid, solution)
