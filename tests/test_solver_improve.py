"""Local search: never a worse schedule, never a forbidden one, the same from the same seed."""

from __future__ import annotations

import random

from hypothesis import given, settings
from random_plans import plans

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.decode import within_limits
from dcplan.solver.improve import choice_of, improve
from dcplan.solver.schedule import Schedule


def improved(pair: tuple[Problem, Schedule], tries: int, seconds: float = 1e9) -> Schedule:
    problem, schedule = pair
    return improve(problem, Capacity(problem), schedule, seconds=seconds, tries=tries, rng=random.Random(1))


@given(plans())
@settings(max_examples=60)
def test_no_worse_and_within_limits(pair: tuple[Problem, Schedule]):
    found = improved(pair, tries=40)
    assert found.objective <= pair[1].objective
    assert within_limits(pair[0], choice_of(found))
    assert len(found.runs) == len(pair[1].runs)


@given(plans())
@settings(max_examples=15)
def test_the_same_seed_finds_the_same_schedule(pair: tuple[Problem, Schedule]):
    assert improved(pair, tries=25) == improved(pair, tries=25)


@given(plans())
@settings(max_examples=5)
def test_without_time_or_tries_nothing_changes(pair: tuple[Problem, Schedule]):
    assert improved(pair, tries=0) is pair[1]
    assert improved(pair, tries=1000, seconds=0.0) is pair[1]
