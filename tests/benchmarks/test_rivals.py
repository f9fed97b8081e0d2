"""The two rivals of the benchmark are right: same optimum, valid bounds, plans that the verifier passes."""

from __future__ import annotations

from dataclasses import replace
from itertools import count, islice

import pytest
from ortools.sat.python import cp_model
from sites import TINY, loaded, seeded

from dcplan.formulate.build import formulate
from dcplan.planner import answered
from dcplan.problem import Problem
from dcplan.setpoints import choices
from dcplan.site import SiteModel
from dcplan.solver.run import Limits
from dcplan.solver.search import Status, optimise
from tests.benchmarks import intervals, per_unit, weekly
from tests.benchmarks.family import Case, site_of
from tests.benchmarks.rival import Found, Uncovered, alike, balances, first_schedule, refuse_uncovered

AMPLE = Limits(seconds=60.0, workers=1)
"""None of these problems needs a second of it."""
BRIEF = Limits(seconds=1.5, workers=1)
MAIN = Limits(seconds=1000.0, workers=1, deterministic=True)


def covered(number: int, *, bought: bool = False) -> list[tuple[int, SiteModel, Problem]]:
    """The first seeds whose tiny sites the rivals cover."""
    return list(islice(_covered(bought), number))


def _covered(bought: bool):
    for seed in count():
        model = loaded(seeded(seed, TINY))
        problem = formulate(model)
        try:
            refuse_uncovered(problem)
        except Uncovered:
            continue
        if not bought or any(plant.purchase for plant in problem.plants):
            yield seed, model, problem


def verified(model: SiteModel, problem: Problem, found: Found) -> bool:
    """Whether the verifier passes the plan."""
    return answered(model, choices(model.site)[0], problem, found, AMPLE).verified  # type: ignore[arg-type]


# ---------------------------------------------------------------- one interval per unit


def test_the_per_unit_optimum_is_that_of_the_search():
    """Any calendar, interest, permits, tests, leak tests, deadlines, two classes of SUs."""
    bought = 0
    for seed, model, problem in covered(40):
        mine, main = intervals.optimise(problem, AMPLE), optimise(problem, MAIN)
        assert mine.status is main.status, f"seed {seed}"
        if main.schedule is None or mine.schedule is None:
            continue
        assert mine.schedule.objective == main.schedule.objective == mine.bound, f"seed {seed}"
        bought += bool(mine.schedule.installs)
        if seed % 5 == 0:
            assert verified(model, problem, mine), f"seed {seed}"
    assert bought >= 15


@pytest.mark.parametrize(
    ("case", "millions"), [(Case(2, 1), 16.9265), (Case(3, 1), 29.072), (Case(3, 2, mixed=True), None)],
    ids=lambda value: value.name if isinstance(value, Case) else "",
)  # fmt: skip
def test_the_per_unit_model_proves_the_optimum_of_the_family(case: Case, millions: float | None):
    model = site_of(case)
    problem = formulate(model)
    found = intervals.optimise(problem, AMPLE)
    assert found.schedule is not None
    assert found.status is Status.OPTIMAL
    assert found.schedule.objective == found.bound
    assert verified(model, problem, found)
    if millions is not None:
        assert found.schedule.objective * problem.money_step == pytest.approx(millions * 1e6)


def test_a_search_that_is_cut_short_has_a_plan_and_a_bound_that_are_right():
    model = site_of(Case(8, 1))
    problem = formulate(model)
    told: list[tuple[float, int | None, int | None]] = []
    found = intervals.optimise(problem, BRIEF, lambda *step: told.append(step))
    assert found.schedule is not None
    assert found.bound is not None
    assert verified(model, problem, found)
    optimum = 94_195_500 / problem.money_step
    assert found.bound <= optimum <= found.schedule.objective
    objectives = [objective for _, objective, _ in told if objective is not None]
    assert objectives == sorted(objectives, reverse=True)
    assert objectives[-1] >= found.schedule.objective


# ---------------------------------------------------------------- weeks


def test_weekly_bounds_hold_and_weekly_plans_are_real():
    planned = 0
    for seed, model, problem in covered(70):
        try:
            found = weekly.optimise(problem, AMPLE)
        except Uncovered:
            continue
        exact = intervals.optimise(problem, AMPLE)
        if exact.schedule is None:
            assert found.schedule is None, f"seed {seed}"
            continue
        assert found.status is not Status.INFEASIBLE, f"seed {seed}"
        assert found.bound is not None, f"seed {seed}"
        assert found.bound <= exact.schedule.objective, f"seed {seed}"
        if found.schedule is not None:
            assert found.schedule.objective >= exact.schedule.objective, f"seed {seed}"
            planned += 1
            if seed % 5 == 0:
                assert verified(model, problem, found), f"seed {seed}"
    assert planned >= 25


def test_a_weekly_program_that_is_cut_short_has_a_plan_and_a_bound_that_are_right():
    model = site_of(Case(2, 1))
    problem = formulate(model)
    found = weekly.optimise(problem, replace(AMPLE, seconds=3.0))
    optimum = 16_926_500 / problem.money_step
    if found.schedule is not None:
        assert verified(model, problem, found)
        assert found.schedule.objective >= optimum
    assert found.bound is None or found.bound <= optimum


SMALL = pytest.mark.parametrize("case", [Case(3, 1), Case(4, 2, mixed=True)], ids=lambda case: case.name)


@SMALL
def test_a_schedule_is_a_solution_of_the_per_unit_model_of_the_same_cost(case: Case):
    problem = formulate(site_of(case))
    model, schedule = per_unit.PerUnit(problem), first_schedule(problem)
    assert schedule is not None
    intervals.Start(model, schedule)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.fix_variables_to_their_hinted_value = True
    assert solver.solve(model.model) == cp_model.OPTIMAL
    assert round(solver.objective_value) == schedule.objective


@SMALL
def test_a_schedule_is_a_point_of_the_weekly_program_that_costs_no_more(case: Case):
    problem = formulate(site_of(case))
    program, schedule = weekly.Weekly(problem), first_schedule(problem)
    assert schedule is not None
    values = program.values_of(schedule)
    assert sorted(values) == list(range(len(program.program.most)))
    assert all(0 <= values[number] <= most for number, most in enumerate(program.program.most))
    for least, most, row in program.program.rows:
        assert least <= sum(factor * values[number] for number, factor in row.items()) <= most
    cost = sum(price * values[number] for number, price in program.program.costs.items())
    assert cost - sum(problem.delay_base(su) for su in problem.classes) <= schedule.objective


# ---------------------------------------------------------------- what both share


def test_what_the_family_does_not_need_is_refused_by_name():
    problem = formulate(site_of(Case(2, 1)))
    plant, su = problem.plants[0], problem.classes[0]
    changed = {
        "draws power while it stands": {"plants": (replace(plant, standing=((0, 1),)), *problem.plants[1:])},
        "on order": {"plants": (replace(plant, arrivals=(3,)), *problem.plants[1:])},
        "on a route": {"classes": (replace(su, modes=(replace(su.modes[0], route=(0,)),)),)},
        "rule out": {"exclusive": (((0,), (1,)),)},
    }
    for told, change in changed.items():
        for rival in (intervals, weekly):
            with pytest.raises(Uncovered, match=told):
                rival.optimise(replace(problem, **change), BRIEF)
    with pytest.raises(Uncovered, match="hired"):
        refuse_uncovered(formulate(site_of(Case(2, 1, hired=True))))


def test_rows_that_others_imply_are_left_out():
    """Apparent power of generators and flow of CDUs never bind in the family."""
    problem = formulate(site_of(Case(16, 2)))
    balanced = [row.id.split("@")[0] for row in problem.rows if row.capacity is None]
    assert {"generator_va", "cdu_flow"} <= set(balanced)
    implied = sum(name in ("generator_va", "cdu_flow") for name in balanced)
    assert len(balances(problem)) == len(balanced) - implied


def test_halls_that_differ_only_in_name_are_alike():
    assert [len(group) for group in alike(formulate(site_of(Case(16, 2))))] == [2]
    mixed = formulate(site_of(Case(64, 8, mixed=True)))
    names = [{mixed.halls[hall].name for hall in group} for group in alike(mixed)]
    assert {"hall-01", "hall-03", "hall-05", "hall-07"} in names
    assert {"hall-02", "hall-04", "hall-06", "hall-08"} in names
