"""Units stay in the hall they were put into: counts that kits alone would make do with are not enough."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache

import pytest
from benchmarks.family import Case, site_of
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from dcplan.formulate.build import formulate
from dcplan.hire import Hire
from dcplan.problem import Problem
from dcplan.solver import nested as module
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Grid
from dcplan.solver.grid import GridModel
from dcplan.solver.kits import Kits, kits_of
from dcplan.solver.merge import merged
from dcplan.solver.nested import Nested, nested
from dcplan.solver.run import Limits, Outcome
from dcplan.solver.search import Status, optimise

Content = tuple[int, ...]
LIMITS = Limits(seconds=20.0, workers=1, deterministic=True)


@cache
def family(sus: int, halls: int) -> Problem:
    return formulate(site_of(Case(sus, halls)))


def fewest(contents: tuple[Content, ...], halls: int, cells: tuple[tuple[int, ...], ...]) -> int:
    """Least units in all, over both types, when so many halls run each kit in each cell."""
    kits = Kits(0, halls, (0, 1), (0, 1), contents, tuple((0,) for _ in contents), ())
    model = cp_model.CpModel()
    nest = Nested(model, kits)
    counted: list[cp_model.IntVar] = []
    for cell, numbers in enumerate(cells):
        counted = [model.new_int_var(0, 100, f"counted {place}[{cell}]") for place in range(2)]
        nest.add(cell, [model.new_int_var(number, number, "") for number in numbers], counted)
    model.minimize(sum(counted))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


def test_a_hall_keeps_its_early_kit_by_hand():
    """One hall of two starts with two small units; in the end each runs a small and a large one.

    By counts alone, two small and two large ones do. The hall that began keeps its second small one: five in all.
    """
    early, last = (2, 0), (1, 1)
    assert fewest((early, last), 2, ((0, 2),)) == 4
    assert fewest((early, last), 2, ((1, 0), (0, 2))) == 5
    assert fewest((early, last), 2, ((1, 0), (1, 1))) == 4


contents = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=3, unique=True).map(tuple)


@given(contents, st.data())
@settings(max_examples=40, deadline=None)
def test_the_fewest_units_are_those_of_brute_force(kits, data):
    """Over every way to give the kits of each cell to the halls; a hall needs the most of each type it ever runs."""
    halls = data.draw(st.integers(1, 3))
    cells = []
    for _ in range(data.draw(st.integers(1, 3))):
        numbers = data.draw(st.lists(st.integers(0, halls), min_size=len(kits), max_size=len(kits)))
        while sum(numbers) > halls:
            numbers[numbers.index(max(numbers))] -= 1
        cells.append(tuple(numbers))
    none = (0, 0)
    given_out = []
    for numbers in cells:
        chosen = [kit for kit, number in zip(kits, numbers, strict=True) for _ in range(number)]
        given_out.append(set(itertools.permutations([*chosen, *[none] * (halls - len(chosen))])))
    least = min(
        sum(max(units) for hall in zip(*ways, strict=True) for units in zip(*hall, strict=True))
        for ways in itertools.product(*given_out)
    )
    assert fewest(kits, halls, tuple(cells)) == least


@pytest.mark.parametrize("sus", [2, 3])
def test_bounds_hold_for_the_whole(sus):
    whole = family(sus, 2)
    found = optimise(whole, LIMITS)
    assert found.schedule is not None
    assert found.status is Status.OPTIMAL
    joined = merged(whole)
    grid = Grid((0, *range(50, whole.days, 90), whole.days + 1))
    bounds = []
    for nest in (False, True):
        capacity, kits = Capacity(joined.problem), kits_of(joined)
        solved = GridModel(joined.problem, capacity, grid, kits=kits, nest=nest).solve(LIMITS)
        assert solved.outcome is Outcome.OPTIMAL
        bounds.append(solved.bound or 0)
    assert bounds[0] <= bounds[1] <= found.schedule.objective


def test_not_where_units_leave_or_choices_are_too_many(monkeypatch):
    joined = merged(family(3, 2))
    kits, model = kits_of(joined), cp_model.CpModel()
    assert len(nested(model, joined.problem, kits, 5)) == len(kits)
    choices = 5 * sum(one.halls * len(one.contents) for one in kits)
    monkeypatch.setattr(module, "MOST_CHOICES", choices - 1)
    assert nested(model, joined.problem, kits, 5) == []
    monkeypatch.setattr(module, "MOST_CHOICES", choices)
    assert len(nested(model, joined.problem, kits, 5)) == len(kits)
    index = kits[0].plants[0]
    plant = joined.problem.plants[index]
    assert plant.purchase is not None
    hired = replace(plant, purchase=replace(plant.purchase, hire=Hire(56, 2, 7, None, False, 0, 0, 0, 0)))
    plants = [hired if place == index else one for place, one in enumerate(joined.problem.plants)]
    assert nested(model, replace(joined.problem, plants=tuple(plants)), kits, 5) == []
