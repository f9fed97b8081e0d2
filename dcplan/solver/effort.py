"""What crews can do, in a relaxation: rows that every day-exact order of work keeps.

* on a day, the members busy for certain are no more than a crew has;
* work released after a day and finished by another fits between the two, also when every task is counted in whole
  shares of a common length: the members' days cannot be used to the last where tasks do not divide them;
* tasks that take more than half of a crew never overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from dcplan.problem import Problem, Task
from dcplan.solver.cells import Expr, Grid
from dcplan.solver.columns import Columns
from dcplan.workdays import Workdays

MOST_LENGTHS = 8
"""Common lengths that work is counted in."""


@dataclass(frozen=True)
class Work:
    """A task with its cumulative starts."""

    task: Task
    release: int
    """First day on which one can start."""
    starts: Columns


def add_effort(model: cp_model.CpModel, problem: Problem, grid: Grid, works: Iterable[Work]) -> None:
    """The rows of all crews.

    Parameters
    ----------
    model : CpModel
    problem : Problem
    grid : Grid
    works : iterable of Work
        All tasks of all crews.
    """
    every = [work for work in works if work.starts.counts and work.task.days]
    for crew, (_, size) in enumerate(problem.crews):
        own = [work for work in every if work.task.crew == crew]
        if sum(work.task.need * work.starts.most for work in own) <= size:
            continue
        _busy(model, problem.workdays, own, size)
        _content(model, problem.workdays, grid, own, size)
        large = [work for work in own if 2 * work.task.need > size]
        if large and size > 1:
            alone = [Work(_alone(work.task), work.release, work.starts) for work in large]
            _content(model, problem.workdays, grid, alone, 1)


def _alone(task: Task) -> Task:
    return Task(task.crew, 1, task.days, task.release)


def _busy(model: cp_model.CpModel, workdays: Workdays, works: Sequence[Work], size: int) -> None:
    """Members surely busy on each day that some count is known for are no more than the crew has."""
    for day in sorted({day for work in works for day in work.starts.days}):
        busy: list[Expr] = []
        for work in works:
            finished = work.starts.at_most(workdays.latest_start(day, work.task.days))
            busy.append(work.task.need * (work.starts.at_least(day) - finished))
        if sum(not isinstance(term, int) for term in busy):
            model.add(sum(busy) <= size)


def _content(model: cp_model.CpModel, workdays: Workdays, grid: Grid, works: Sequence[Work], size: int) -> None:
    """Work released after a day and in time for a cell fits between the two, in whole shares of each length.

    A task of several members can be given the same ones throughout, so that the shares of each member add up.
    """
    lengths = _lengths(works)
    for release in sorted({work.release for work in works}):
        later = [work for work in works if work.release >= release]
        for cell in grid.cells:
            ready = [work for work in later if work.starts.day(cell) >= 0]
            end = max((workdays.finish(work.starts.day(cell), work.task.days) for work in ready), default=0)
            days = workdays.between(release, end)
            for length in lengths:
                shares = [(work.task.need * (work.task.days // length), work.starts) for work in ready]
                most = size * (days // length)
                if sum(share * starts.most for share, starts in shares) > most:
                    model.add(sum(share * starts.cell(cell) for share, starts in shares if share) <= most)


def _lengths(works: Sequence[Work]) -> list[int]:
    """One day, and the lengths of tasks and their halves."""
    days = {work.task.days for work in works}
    every = sorted({1, *days, *((day + 1) // 2 for day in days)})
    return every if len(every) <= MOST_LENGTHS else [1, *sorted(days, reverse=True)[: MOST_LENGTHS - 1]]
