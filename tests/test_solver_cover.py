"""The cover: what k live SUs have cost at the least by a day, or that they cannot be live by then."""

from __future__ import annotations

import itertools

import pytest
from sites import TINY, loaded, seeded

from dcplan.formulate.build import formulate
from dcplan.problem import FINE, Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.cover import Cover, cheapest_cover
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Schedule
from dcplan.solver.search import Status, optimise

LIMITS = Limits(seconds=10.0, workers=1, deterministic=True)


def cover_of(seed: int) -> tuple[Problem, Cover | None]:
    problem = formulate(loaded(seeded(seed, TINY)))
    return problem, cheapest_cover(problem, Capacity(problem), LIMITS)


def paid_by(problem: Problem, schedule: Schedule, day: int) -> float:
    """Price, before interest, of the units that count and the floors under what is live by a day."""
    total = 0.0
    for install in schedule.installs:
        purchase = problem.plants[install.plant].purchase
        if purchase is not None and install.counted <= day:
            total += purchase.cost / FINE + 1
    for run in schedule.runs:
        way = problem.classes[run.su].modes[run.mode].reinforcement
        if way is not None and run.energised <= day:
            total += way.cost / FINE + 1
    return total


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_no_schedule_has_paid_less_than_its_cover(first: int):
    for seed in range(first, first + 20):
        problem, cover = cover_of(seed)
        result = optimise(problem, LIMITS)
        if cover is None:
            assert result.status is Status.INFEASIBLE, f"seed {seed}"
            continue
        if result.schedule is None:
            continue
        for day in range(problem.days + 1):
            live = sum(run.energised <= day for run in result.schedule.runs)
            least = cover.by(day)
            assert live < len(least), f"seed {seed}: {live} live on day {day}"
            assert least[live] <= paid_by(problem, result.schedule, day), f"seed {seed}, day {day}"


def test_more_sus_or_earlier_days_never_cost_less():
    for seed in range(40):
        _, cover = cover_of(seed)
        if cover is None:
            continue
        for stage in cover.stages:
            assert list(stage.least) == sorted(stage.least), f"seed {seed}"
            assert stage.least[0] == 0
        for earlier, later in itertools.pairwise(cover.stages):
            assert earlier.day < later.day, f"seed {seed}"
            assert len(earlier.least) <= len(later.least), f"seed {seed}"
            assert all(a >= b for a, b in zip(earlier.least, later.least, strict=False)), f"seed {seed}"
        assert cover.least == cover.stages[-1].least[-1]


def test_a_day_is_bounded_by_the_first_stage_on_or_after_it():
    _, cover = next(found for seed in range(40) if (found := cover_of(seed))[1] and len(found[1].stages) > 2)
    assert cover is not None
    for stage in cover.stages:
        assert cover.by(stage.day) == stage.least
    assert cover.by(0) == cover.stages[0].least
    assert cover.by(cover.stages[-1].day + 100) == cover.stages[-1].least
    assert cover.by(cover.stages[0].day + 1) == cover.stages[1].least
