"""Whether there is any schedule at all, without a care for what it costs: far sooner answered than the best one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dcplan.problem import Problem
from dcplan.solver.grid import GridModel
from dcplan.solver.refine import closed_grid
from dcplan.solver.run import Limits, Outcome
from dcplan.solver.search import Result, Search, Status, first_choices

COVER_SHARE = 0.4
"""Part of the time in which plant that carries everything by the plan's end is looked for, dates set aside."""


class _AnySearch(Search):
    """A search that the first schedule ends."""

    def any(self) -> Result:
        """A schedule; or that there is none; or neither within the limits."""
        problem = self.problem
        overdrawn = any(row.capacity is not None and row.demand > row.capacity for row in problem.rows)
        if overdrawn or any(not su.modes for su in problem.classes):
            return self._end(Status.INFEASIBLE)
        total = sum(len(su.arrivals) for su in problem.classes)
        view, grid = self.view, closed_grid(self.view.problem, ())
        model = GridModel(view.problem, view.capacity, grid, live=total, kits=view.kits)
        found = model.solve(replace(self.limits, seconds=COVER_SHARE * self.limits.seconds))
        self.used += found.work
        if found.outcome is Outcome.INTERRUPTED:
            raise KeyboardInterrupt
        if found.outcome is Outcome.INFEASIBLE and (none := self._without_point(grid)):
            return none
        if found.solution is not None:
            for choice in first_choices(view.joined, view.kits, grid, found.solution):
                self._try(choice)
        result = self._end(Status.FEASIBLE) if self._proven() else self.refine()
        if result.schedule is None:
            return result
        # it ended with the first schedule, which seldom is the best
        best = result.bound is not None and result.bound >= result.schedule.objective
        return replace(result, status=Status.OPTIMAL if best else Status.FEASIBLE)

    def _proven(self) -> bool:
        """Nothing is left to prove once there is a schedule."""
        return self.best is not None


def any_schedule(problem: Problem, limits: Limits) -> Result:
    """Some schedule within limits, or that there is none.

    Parameters
    ----------
    problem : Problem
    limits : Limits
        Of the whole search.

    Returns
    -------
    Result
        With a schedule; or infeasible; or neither, when the limits ended the search.

    Raises
    ------
    KeyboardInterrupt
        The search was interrupted.
    """
    result = _AnySearch(problem, limits).any()
    if result.status is Status.INTERRUPTED and result.schedule is None:
        raise KeyboardInterrupt
    return result


def first_of(problems: Sequence[Problem], limits: Limits) -> tuple[int, Result]:
    """The first of several problems that has a schedule, with it.

    Without one, the first that is not proven to have none; when all are, the first.
    """
    share = replace(limits, seconds=limits.seconds / len(problems))
    undecided: tuple[int, Result] | None = None
    for index, problem in enumerate(problems):
        result = any_schedule(problem, share)
        if result.schedule is not None:
            return index, result
        if undecided is None or (undecided[1].status is Status.INFEASIBLE and result.status is not Status.INFEASIBLE):
            undecided = index, result
    if undecided is None:
        raise ValueError("no problem to choose from")
    return undecided
