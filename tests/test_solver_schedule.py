"""Decoding: every schedule built keeps crews, capacity and limits, whatever choice it is built from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import brute
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plans import plans, problems
from sites import TINY, loaded, seeded

from dcplan.formulate.build import formulate
from dcplan.problem import Problem, Task
from dcplan.solver.capacity import Capacity
from dcplan.solver.crews import Crews
from dcplan.solver.decode import Choice, SuChoice, UnitChoice, build, within_limits
from dcplan.solver.improve import choice_of
from dcplan.solver.schedule import Schedule, dated_install, price
from dcplan.workdays import BEYOND

Pair = tuple[Problem, Schedule]


@given(plans())
@settings(max_examples=150)
def test_no_crew_is_overbooked(pair: Pair):
    problem, schedule = pair
    busy: Counter[tuple[int, int]] = Counter()

    def work(task: Task, start: int) -> None:
        assert problem.workdays.is_open(start)
        assert start >= task.release
        first = problem.workdays.open_days.index(start)
        for day in problem.workdays.open_days[first : first + task.days]:
            busy[task.crew, day] += task.need

    for install in schedule.installs:
        purchase = problem.plants[install.plant].purchase
        assert purchase is not None
        work(purchase.install, install.start)
    for run in schedule.runs:
        su = problem.classes[run.su]
        work(su.connect, run.set_start)
        way = su.modes[run.mode].reinforcement
        if way is not None:
            assert run.reinforce is not None
            work(way.task, run.reinforce)
            assert problem.workdays.finish(run.reinforce, way.task.days) <= run.set_start
    assert all(number <= problem.crews[crew][1] for (crew, _), number in busy.items())


@given(plans())
@settings(max_examples=150)
def test_everything_live_is_carried_from_the_first_day(pair: Pair):
    problem, schedule = pair
    supply = brute.Supply(problem)
    first = min(run.energised for run in schedule.runs)
    days = {run.energised for run in schedule.runs} | {install.counted for install in schedule.installs}
    days |= {day for plant in problem.plants for day in plant.arrivals}
    for day in sorted(day for day in days if day >= first):
        there = Counter(install.plant for install in schedule.installs if install.counted <= day)
        counts = tuple(
            plant.existing + there[index] + sum(arrival <= day for arrival in plant.arrivals)
            for index, plant in enumerate(problem.plants)
        )
        live = tuple((run.su, run.mode) for run in schedule.runs if run.energised <= day)
        assert supply.carries(counts, live), day


@given(plans())
@settings(max_examples=100)
def test_each_su_follows_its_chain(pair: Pair):
    problem, schedule = pair
    for run in schedule.runs:
        su = problem.classes[run.su]
        assert run.arrival <= run.set_start < run.set_end <= run.fill_end <= run.energised
        assert run.accepted == problem.accepted(su, run.energised) <= su.deadline
    placed = Counter((run.su, run.arrival) for run in schedule.runs)
    assert placed == Counter((number, day) for number, su in enumerate(problem.classes) for day in su.arrivals)
    assert (schedule.objective, schedule.cost) == price(problem, schedule.installs, schedule.runs)
    assert schedule.objective >= schedule.cost


@given(plans())
@settings(max_examples=60)
def test_the_choice_of_a_schedule_is_never_worse(pair: Pair):
    """Built again in the order of its dates, with moves to later days, a schedule costs no more."""
    problem, schedule = pair
    plain = build(problem, Capacity(problem), choice_of(schedule), shift=False)
    moved = build(problem, Capacity(problem), choice_of(schedule))
    if plain is not None:
        assert moved is not None
        assert moved.objective <= plain.objective


@given(problems(), st.integers(0, 3))
@settings(max_examples=30)
def test_no_more_than_may_be_bought(problem: Problem, plant: int):
    """A retyped unit may become two: what is more than may be bought is no choice."""
    purchase = problem.plants[plant % len(problem.plants)].purchase
    assert purchase is not None
    units = tuple(UnitChoice(plant % len(problem.plants), 0) for _ in range(purchase.at_most))
    assert within_limits(problem, Choice(units, ()))
    assert not within_limits(problem, Choice((*units, units[0]), ()))
    assert build(problem, Capacity(problem), Choice((*units, units[0]), ())) is None


def test_rows_of_fixed_supply_are_kept():
    problem = formulate(loaded(seeded(0, TINY)))
    sus = tuple(SuChoice(number, 0, 0) for number, su in enumerate(problem.classes) for _ in su.arrivals)
    assert within_limits(problem, Choice((), sus))
    none = replace(
        problem, rows=tuple(replace(row, capacity=None if row.capacity is None else 0) for row in problem.rows)
    )
    assert not within_limits(none, Choice((), sus))


@given(problems(), st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=60)
def test_earliest_and_latest_find_room(problem: Problem, after: int, before: int):
    crews = Crews(problem)
    task = problem.classes[0].connect
    first = crews.earliest(task, after)
    assert first < BEYOND
    assert crews.fits(task, first)
    assert not any(crews.fits(task, day) for day in range(after, first) if problem.workdays.is_open(day))
    last = crews.latest(task, before, -1)
    assert last is None or (last <= before and crews.fits(task, last))


def test_a_taken_crew_has_no_room_until_it_is_free_again():
    problem = formulate(loaded(seeded(0, TINY)))
    crews, task = Crews(problem), replace(problem.classes[0].connect, need=problem.crews[0][1], crew=0)
    start = crews.earliest(task, 0)
    crews.take(task, start)
    assert crews.earliest(task, start) >= problem.workdays.finish(start, task.days)
    crews.take(task, start, -1)
    assert crews.earliest(task, start) == start


@pytest.mark.parametrize("start", [BEYOND, BEYOND + 1])
def test_an_install_beyond_the_table_has_no_dates(start: int):
    problem = formulate(loaded(seeded(0, TINY)))
    bought = next(index for index, plant in enumerate(problem.plants) if plant.purchase is not None)
    assert dated_install(problem, bought, start) is None
