"""The search as a whole: how it ends, what it reports, and how its grids get finer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sites import SMALL, TINY, loaded, seeded

from dcplan.formulate.build import formulate
from dcplan.problem import Problem
from dcplan.solver import search
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Grid
from dcplan.solver.grid import GridModel
from dcplan.solver.run import Limits
from dcplan.solver.search import Status, choices_of, closed_grid, first_grid, optimise, refined

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
        for choice in choices_of(problem, grid, result.solution):
            assert len(choice.sus) == sum(len(su.arrivals) for su in problem.classes)
            assert len(choice.units) == sum(counts[-1] for counts in result.solution.starts.values())
