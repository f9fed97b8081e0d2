"""The cheapest plant for any k SUs, all dates ignored: a bound that ties every cell's spend to what it has live."""

from __future__ import annotations

from dataclasses import dataclass

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.grid import Grid, GridModel, GridSolution
from dcplan.solver.run import Limits, Outcome

CREW_DAYS = 14
"""How much later than a type's first possible day plant is looked for: crews take their time."""


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


def dated_covers(problem: Problem, capacity: Capacity, limits: Limits, most: int) -> list[GridSolution]:
    """The cheapest plant that can count by a day, for the days on which types first count, late ones first."""
    first = max(su.ready[-1] for su in problem.classes)
    days = {first}
    for plant in problem.plants:
        if plant.purchase is not None:
            start = problem.workdays.next_open(plant.purchase.install.release)
            days.add(problem.counted(plant, problem.commissioned(plant.purchase, start)))
    later = sorted(day for day in days if first <= day <= problem.days)
    number = sum(len(su.arrivals) for su in problem.classes)
    found = []
    for day in later[:: -max(1, -(-len(later) // most))]:
        grid = Grid((0, day + 2 * CREW_DAYS))
        solution = GridModel(problem, capacity, grid, live=number).solve(limits).solution
        if solution is not None:
            found.append(solution)
    return found
