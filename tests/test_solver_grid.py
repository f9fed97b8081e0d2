"""The grid relaxation: no true schedule costs less than its bound, on any grid, and on a daily grid one reaches it."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

import brute
import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_options import with_hires
from sites import TINY, loaded, seeded

from dcplan.formulate.build import formulate
from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Grid, coarse_step
from dcplan.solver.cover import cheapest_cover
from dcplan.solver.grid import GridModel, latest_energise
from dcplan.solver.run import Limits, Outcome

LIMITS = Limits(seconds=10.0, workers=1, deterministic=True)
Known = Callable[[], list[tuple[int, Problem, int | None]]]


@cache
def optima() -> list[tuple[int, Problem, int | None]]:
    """Tiny sites with their optima by brute force; those with standing losses as well."""
    found = []
    for seed in (*range(60), 75, 1028, 1062, 1550, 2639):
        problem = formulate(loaded(seeded(seed, TINY)))
        if 10 <= brute.tries(problem) <= 4000:
            found.append((seed, problem, brute.optimum(problem)))
    return found


@cache
def hired_optima() -> list[tuple[int, Problem, int | None]]:
    """The same of sites of a few days whose plant may be hired."""
    found = []
    for seed in range(160):
        problem = formulate(loaded(with_hires(seed, {})))
        if problem.hired and 10 <= brute.tries(problem, 20_000) <= 20_000:
            found.append((seed, problem, brute.optimum(problem)))
    return found


def daily(problem: Problem) -> Grid:
    return Grid(tuple(range(problem.days + 2)))


def some_grid(problem: Problem, rng: random.Random) -> Grid:
    days = rng.sample(range(1, problem.days + 1), rng.randrange(problem.days))
    return Grid((0, *sorted(days), problem.days + 1))


@pytest.mark.parametrize("known", [optima, hired_optima])
def test_a_daily_grid_is_exact(known: Known):
    compared = 0
    for seed, problem, best in known():
        result = GridModel(problem, Capacity(problem), daily(problem)).solve(LIMITS)
        if best is None:
            assert result.outcome is Outcome.INFEASIBLE, f"seed {seed}"
        else:
            assert (result.outcome, result.bound) == (Outcome.OPTIMAL, best), f"seed {seed}"
            compared += 1
    assert compared >= 15


@pytest.mark.parametrize("known", [optima, hired_optima])
@pytest.mark.parametrize("with_cover", [False, True])
def test_any_grid_is_a_bound(with_cover: bool, known: Known):
    rng = random.Random(5)
    for seed, problem, best in known():
        if best is None:
            continue
        capacity = Capacity(problem)
        cover = cheapest_cover(problem, capacity, LIMITS)
        assert cover is not None, f"seed {seed}"
        for _ in range(4):
            model = GridModel(problem, capacity, some_grid(problem, rng))
            if with_cover:
                model.add_cover(cover.by)
            result = model.solve(LIMITS)
            assert result.outcome is Outcome.OPTIMAL, f"seed {seed}"
            assert result.bound is not None
            assert result.bound <= best, f"seed {seed}"


@given(st.sets(st.integers(1, 40)), st.integers(-1, 50))
def test_cells_cover_the_days(days: set[int], day: int):
    grid = Grid((0, *sorted(days), 41))
    assert [grid.first(cell) for cell in grid.cells] == [0, *sorted(days)]
    covering = grid.covering(day)
    if 0 <= day <= 40:
        assert grid.first(covering) <= day <= grid.last(covering)
    else:
        assert covering == (-1 if day < 0 else len(grid.cells) - 1)
    ended = [cell for cell in grid.cells if grid.last(cell) <= day]
    assert grid.ended(day) == max(ended, default=-1)


def test_the_latest_energisation_still_meets_the_deadline():
    for _, problem, _ in optima():
        for su in problem.classes:
            latest = latest_energise(problem, su)
            assert latest < 0 or problem.accepted(su, latest) <= su.deadline
            assert problem.accepted(su, max(latest, 0) + 1) > su.deadline or latest < 0


@pytest.mark.parametrize(
    ("amounts", "step"),
    [([], 1), ([0, -5], 1), ([6, 9], 3), ([7, 9], 1), ([100_000_000, 1], 1000), ([300_000_000, 200_000_000], 10**8)],
)
def test_amounts_are_counted_in_a_common_divisor_or_in_five_digits(amounts: list[int], step: int):
    assert coarse_step(amounts) == step
