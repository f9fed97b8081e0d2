"""Columns: the last start in time for each cell, and counts on other days from both sides."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model
from random_plans import problems

from dcplan.problem import Problem
from dcplan.solver.columns import Columns, install_columns, weighted
from dcplan.solver.refine import closed_grid


@given(problems(), st.sets(st.integers(1, 250), max_size=12))
@settings(max_examples=60)
def test_the_last_start_of_a_cell_counts_by_its_last_day_and_the_next_does_not(problem: Problem, days: set[int]):
    grid = closed_grid(problem, days)
    for index, plant in enumerate(problem.plants):
        if plant.purchase is None:
            continue
        columns = install_columns(cp_model.CpModel(), problem, grid, index)

        def counted(start: int, plant=plant) -> int:
            return problem.counted(plant, problem.commissioned(plant.purchase, start))

        for cell in grid.cells:
            start, last = columns.day(cell), grid.last(cell)
            following = problem.workdays.next_open(max(start + 1, plant.purchase.install.release))
            assert counted(following) > last
            if start >= 0:
                assert start >= plant.purchase.install.release
                assert counted(start) <= last


@given(st.sets(st.integers(0, 60), min_size=1, max_size=8), st.lists(st.integers(0, 60), max_size=5))
def test_counts_on_any_day_are_bounded_from_both_sides(days: set[int], starts: list[int]):
    model = cp_model.CpModel()
    columns = Columns(model, "work", 9, min(days), sorted(days))
    begun = [day for day in starts if day >= min(days)]
    for day, count in zip(columns.days, columns.counts, strict=True):
        model.add(count == sum(start <= day for start in begun))
    solver = cp_model.CpSolver()
    assert solver.solve(model) == cp_model.OPTIMAL
    for day in range(62):
        least, most = (solver.value(side) for side in (columns.at_least(day), columns.at_most(day)))
        assert least <= sum(start <= day for start in begun) <= most


def test_starts_are_priced_by_the_last_day_they_can_have_been_on():
    model = cp_model.CpModel()
    columns = Columns(model, "work", 3, 0, [5, 9])
    model.add(columns.counts[0] == 1)
    model.add(columns.counts[1] == 3)
    solver = cp_model.CpSolver()
    solver.solve(model)
    # one by day 5 at 50, two more by day 9 at 90
    assert solver.value(sum(columns.prices(lambda day: 10 * day))) == 50 + 2 * 90
    assert columns.read(solver.value) == (5, 9, 9)
    # equal prices need one term for both columns
    (term,) = weighted(columns.counts, [7, 7])
    assert solver.value(term) == 7 * 3
