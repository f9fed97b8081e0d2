"""Work that may start on some days only, in the relaxation: its count rises in no cell without such a day."""

from __future__ import annotations

from collections.abc import Sequence

from ortools.sat.python import cp_model

from dcplan.problem import Problem, Task
from dcplan.solver.cells import Grid


def hold_outside(model: cp_model.CpModel, grid: Grid, task: Task, counts: Sequence[cp_model.IntVar]) -> None:
    """Let a cumulative count of starts rise only in cells that hold a day on which the task may start.

    Parameters
    ----------
    model : CpModel
    grid : Grid
    task : Task
        Where it may start on any working day, nothing is asked.
    counts : sequence of IntVar
        Starts up to the end of each cell.
    """
    if task.starts is None:
        return
    days = iter(task.starts)
    day = next(days, None)
    for cell in grid.cells:
        while day is not None and day < grid.first(cell):
            day = next(days, None)
        if day is None or day > grid.last(cell):
            model.add(counts[cell] <= (counts[cell - 1] if cell else 0))


def last_start(problem: Problem, grid: Grid, task: Task, cell: int) -> int:
    """Last day up to a cell's end on which a task may start, at which what it installs is cheapest; 0 without one."""
    return max(0, task.last_start(problem.workdays, grid.last(cell)))
