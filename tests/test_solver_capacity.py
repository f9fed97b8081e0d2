"""Capacity: the same answers as trying every running combination against every failure set."""

from __future__ import annotations

import brute
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plans import problems

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity


@st.composite
def questions(draw: st.DrawFn) -> tuple[Problem, tuple[int, ...], list[tuple[int, int]]]:
    """A problem, units that are there, and (class, mode) of the SUs that are live."""
    problem = draw(problems())
    there = tuple(draw(st.integers(0, 4)) for _ in problem.plants)
    live = [
        (number, draw(st.integers(0, len(su.modes) - 1)))
        for number, su in enumerate(problem.classes)
        for _ in range(draw(st.integers(0, 2)))
    ]
    return problem, there, live


def demand(capacity: Capacity, live: list[tuple[int, int]]) -> tuple[int, ...]:
    return capacity.demand([(*one, live.count(one)) for one in sorted(set(live))])


@given(questions())
@settings(max_examples=300)
def test_carries_what_brute_force_carries(question: tuple[Problem, tuple[int, ...], list[tuple[int, int]]]):
    problem, there, live = question
    capacity = Capacity(problem)
    found = capacity.running(there, demand(capacity, live))
    supply = brute.Supply(problem)
    assert (found is not None) == supply.carries(there, tuple(live))
    if found is not None:
        assert all(running <= number for running, number in zip(found, there, strict=True))
        assert supply.holds(there, live, found)


@given(questions())
@settings(max_examples=100)
def test_fewer_sus_are_carried_too(question: tuple[Problem, tuple[int, ...], list[tuple[int, int]]]):
    problem, there, live = question
    capacity = Capacity(problem)
    if live and capacity.running(there, demand(capacity, live)) is not None:
        assert capacity.running(there, demand(capacity, live[1:])) is not None


@given(problems())
@settings(max_examples=50)
def test_pools_share_plants_and_rows_out(problem: Problem):
    pools = Capacity(problem).pools
    assert sorted(plant for pool in pools for plant in pool.plants) == list(range(len(problem.plants)))
    rows = [row for pool in pools for row in pool.rows]
    assert len(rows) == len(set(rows))
