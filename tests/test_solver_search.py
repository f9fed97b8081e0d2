"""The search as a whole: how it ends, what it reports, and how its grids get finer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sites import SMALL, TINY, loaded, seeded

from dcplan.formulate.build import formulate
from dcplan.problem import Problem
from dcplan.solver import search
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Grid, GridResult
from dcplan.solver.grid import GridModel
from dcplan.solver.merge import unmerged
from dcplan.solver.refine import closed_grid, first_grid, refined
from dcplan.solver.run import Limits, Outcome
from dcplan.solver.search import Status, optimise
from dcplan.solver.spread import spread

LIMITS = Limits(seconds=10.0, workers=1, deterministic=True)


def tiny(seed: int) -> Problem:
    return formulate(loaded(seeded(seed, TINY)))


def test_an_su_that_can_stand_nowhere_is_infeasible():
    problem = tiny(0)
    nowhere = replace(problem, classes=tuple(replace(su, modes=()) for su in problem.classes))
    found = optimise(nowhere, LIMITS)
    assert (found.status, found.schedule, found.bound) == (Status.INFEASIBLE, None, None)


def test_progress_tells_of_better_plans_and_bounds():
    for seed in range(12):
        told: list[tuple[float, int | None, int | None]] = []
        found = optimise(tiny(seed), LIMITS, lambda *news, told=told: told.append(news))
        if found.schedule is None:
            continue
        objectives = [objective for _, objective, _ in told if objective is not None]
        bounds = [bound for _, _, bound in told if bound is not None]
        assert objectives == sorted(objectives, reverse=True)
        assert bounds == sorted(bounds)
        assert objectives[-1] >= found.schedule.objective


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_seed_gives_the_same_schedule(workers: int):
    for seed in range(4):
        problem = formulate(loaded(seeded(seed, SMALL)))
        limits = Limits(seconds=1.0, workers=workers, seed=5, deterministic=True)
        found = [optimise(problem, limits) for _ in range(2)]
        assert replace(found[0], seconds=0.0) == replace(found[1], seconds=0.0)


def test_an_interrupt_keeps_the_best_schedule(monkeypatch: pytest.MonkeyPatch):
    problem = tiny(28)

    def pressed(*given: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(search, "first_grid", pressed)
    found = optimise(problem, LIMITS)
    assert found.status is Status.INTERRUPTED
    assert found.schedule is not None
    monkeypatch.setattr(search, "cheapest_cover", pressed)
    assert optimise(problem, LIMITS).schedule is None


# ---------------------------------------------------------------- infeasible, confirmed


def planned(seed: int = 28) -> Problem:
    """A site with a plan: calling it infeasible is wrong."""
    problem = tiny(seed)
    assert optimise(problem, LIMITS).status is Status.OPTIMAL
    return problem


EMPTY = GridResult(Outcome.INFEASIBLE, None, None)


def test_a_wrong_infeasible_of_the_cover_is_not_told(monkeypatch: pytest.MonkeyPatch):
    """The search goes on without the cover, and finds the same optimum."""
    problem = planned()
    right = optimise(problem, LIMITS)
    monkeypatch.setattr(search, "cheapest_cover", lambda *_, **__: None)
    found = optimise(problem, LIMITS)
    assert (found.status, found.bound, found.doubted) == (Status.OPTIMAL, right.bound, False)


@pytest.mark.parametrize("deterministic", [True, False])
def test_a_wrong_infeasible_of_every_grid_is_not_told(deterministic: bool, monkeypatch: pytest.MonkeyPatch):
    """Nothing is found then: no plan within the limit, and why."""
    problem = planned()
    monkeypatch.setattr(search, "cheapest_cover", lambda *_, **__: None)
    monkeypatch.setattr(GridModel, "solve", lambda *_, **__: EMPTY)
    found = optimise(problem, replace(LIMITS, deterministic=deterministic))
    assert (found.status, found.schedule, found.bound, found.doubted) == (Status.NO_PLAN, None, None, True)


def test_a_schedule_in_hand_disproves_infeasible(monkeypatch: pytest.MonkeyPatch):
    """Nothing that was proven with such an answer is kept: no bound is left."""
    problem = planned()
    cover = search.cheapest_cover

    def spoilt(*given: Any, **named: Any) -> Any:
        made = cover(*given, **named)
        monkeypatch.setattr(GridModel, "solve", lambda *_, **__: EMPTY)
        return made

    monkeypatch.setattr(search, "cheapest_cover", spoilt)
    found = optimise(problem, LIMITS)
    assert (found.status, found.bound, found.doubted) == (Status.FEASIBLE, None, False)
    assert found.schedule is not None


def test_infeasible_is_confirmed_by_a_second_solve(monkeypatch: pytest.MonkeyPatch):
    """On every tiny site that a solver calls infeasible; SUs that fit nowhere need none to see it."""
    asked: list[bool] = []

    def counted(model: Any, limits: Limits) -> bool:
        asked.append(surely_infeasible(model, limits))
        return asked[-1]

    surely_infeasible = search.surely_infeasible
    monkeypatch.setattr(search, "surely_infeasible", counted)
    problems = [problem for problem in map(tiny, range(40)) if all(su.modes for su in problem.classes)]
    ended = [optimise(problem, LIMITS).status for problem in problems]
    assert asked == [True] * ended.count(Status.INFEASIBLE)
    assert len(asked) >= 3


def test_grids_end_with_the_plan():
    problem = tiny(0)
    assert closed_grid(problem, [-4, 0, 3, 3, problem.days, problem.days + 1, 999]) == Grid(
        (0, 3, problem.days, problem.days + 1)
    )
    grid = first_grid(problem, range(0, 20, 7), 20)
    assert {7, 14, 21} <= set(grid.breaks)
    assert (grid.breaks[0], grid.breaks[-1]) == (0, problem.days + 1)


def test_refined_grids_end_up_daily():
    """Each grid splits cells of the one before, until every cell is a day."""
    for seed in (0, 5, 28):
        problem = tiny(seed)
        capacity, grid = Capacity(problem), Grid((0, problem.days + 1))
        for _ in range(20):
            result = GridModel(problem, capacity, grid).solve(LIMITS)
            finer = refined(problem, grid, result, [])
            assert set(grid.breaks) <= set(finer.breaks)
            if finer == grid:
                break
            grid = finer
        assert grid == Grid(tuple(range(problem.days + 2)))


def test_choices_place_every_su_of_the_relaxation():
    for seed in range(10):
        problem = tiny(seed)
        grid = Grid(tuple(range(problem.days + 2)))
        result = GridModel(problem, Capacity(problem), grid).solve(LIMITS)
        if result.solution is None:
            continue
        for choice in spread(unmerged(problem), (), grid, result.solution):
            assert len(choice.sus) == sum(len(su.arrivals) for su in problem.classes)
            assert len(choice.units) == sum(len(days) for days in result.solution.starts.values())
