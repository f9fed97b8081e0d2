"""The least spend on plant that carries every SU, dates set aside: one small model, and a schedule made of it.

Where delay costs nothing this is often the optimum itself, which grids of many cells take long to prove.
"""

from __future__ import annotations

import time

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Grid
from dcplan.solver.decode import build
from dcplan.solver.grid import GridModel, latest_energise
from dcplan.solver.merge import merged
from dcplan.solver.run import Limits, Outcome
from dcplan.solver.schedule import Schedule
from dcplan.solver.search import Result, Status, View, first_choices


def dateless(problem: Problem, limits: Limits) -> Result:
    """A bound on the spend of a problem without interest and without a cost of delay; a schedule, if one comes of it.

    Parameters
    ----------
    problem : Problem
        Its cap, if it has one, is kept.
    limits : Limits

    Returns
    -------
    Result
        Without a bound or without a schedule where none was found. Never infeasible: that is for others to say.
    """
    begun = time.monotonic()
    last = max((latest_energise(problem, su) for su in problem.classes), default=-1)
    if last < 0 or any(not su.modes for su in problem.classes):
        return Result(Status.NO_PLAN, None, None, 0, 0.0)
    status, best, bound = Status.NO_PLAN, None, None
    try:
        status, best, bound = _solved(problem, last, limits)
    except KeyboardInterrupt:
        status = Status.INTERRUPTED
    return Result(status, best, bound, 1, time.monotonic() - begun)


def _solved(problem: Problem, last: int, limits: Limits) -> tuple[Status, Schedule | None, int | None]:
    """Everything up to the last day on which anything may be energised is one cell."""
    view, grid = View(merged(problem)), Grid((0, last + 1))
    total = sum(len(su.arrivals) for su in problem.classes)
    found = GridModel(view.problem, view.capacity, grid, live=total, kits=view.kits).solve(limits)
    if found.outcome is Outcome.INTERRUPTED:
        return Status.INTERRUPTED, None, found.bound
    choices = [] if found.solution is None else first_choices(view.joined, view.kits, grid, found.solution)
    capacity = Capacity(problem)
    made = [schedule for choice in choices if (schedule := build(problem, capacity, choice)) is not None]
    best = min(made, key=lambda schedule: schedule.objective, default=None)
    if best is None:
        return Status.NO_PLAN, None, found.bound
    closed = found.bound is not None and found.bound >= best.objective
    return Status.OPTIMAL if closed else Status.FEASIBLE, best, found.bound
