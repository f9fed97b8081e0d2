"""What crews can do, by hand: whole tasks, large tasks one after the other, and days on which all are busy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ortools.sat.python import cp_model
from random_plans import DAYS, EVERY_DAY

from dcplan.problem import Problem, Task
from dcplan.solver.cells import Grid
from dcplan.solver.columns import Columns
from dcplan.solver.effort import Work, add_effort

EMPTY = Problem(
    days=DAYS, workdays=EVERY_DAY, money_step=1.0, crews=(("fitters", 3),), rows=(), plants=(), halls=(), classes=()
)


def most_finished(end: int, size: int, *kinds: tuple[int, int]) -> int:
    """Tasks of some kinds (members, days), all free from day 0, that the rows let be finished by a day."""
    problem = replace(EMPTY, crews=(("fitters", size),))
    grid, model = Grid((0, end + 1)), cp_model.CpModel()
    works = []
    for number, (need, days) in enumerate(kinds):
        starts = Columns(model, f"kind {number}", 50, 0, [end - days])
        works.append(Work(Task(0, need, days, 0), 0, starts))
    add_effort(model, problem, grid, works)
    model.maximize(sum(work.starts.last for work in works))
    solver = cp_model.CpSolver()
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


@pytest.mark.parametrize(
    ("end", "size", "kinds", "most"),
    [
        (30, 1, [(1, 10)], 3),
        (29, 1, [(1, 10)], 2),  # 29 days hold two whole tasks
        (29, 3, [(1, 10)], 6),
        (29, 3, [(2, 10)], 2),  # two of three: never two at once
    ],
)
def test_what_fits(end: int, size: int, kinds: list[tuple[int, int]], most: int):
    assert most_finished(end, size, *kinds) == most
