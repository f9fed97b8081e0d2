"""From when SUs are carried and units needed: every day of random schedules, tried one by one."""

from __future__ import annotations

from hypothesis import given, settings
from random_plans import plans

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.schedule import Schedule, counted_days
from dcplan.solver.timeline import Needs, Timeline


def timeline_of(problem: Problem, schedule: Schedule) -> Timeline:
    live = [(run.energised, run.su, run.mode) for run in schedule.runs]
    return Timeline(problem, Capacity(problem), counted_days(problem, schedule.installs), live)


@given(plans())
@settings(max_examples=100)
def test_what_is_energised_is_carried_then_and_ever_after(pair: tuple[Problem, Schedule]):
    problem, schedule = pair
    timeline = timeline_of(problem, schedule)
    first = min(run.energised for run in schedule.runs)
    for day in timeline.changes(first - 1):
        assert timeline.capacity.running(timeline.available(day), timeline.demand(day)) is not None


@given(plans())
@settings(max_examples=100)
def test_a_unit_is_needed_on_the_first_day_that_lacks_it(pair: tuple[Problem, Schedule]):
    problem, schedule = pair
    timeline = timeline_of(problem, schedule)
    needs = Needs(problem, timeline.capacity, timeline.counted, timeline.energised)
    first = min(run.energised for run in schedule.runs)
    for install in schedule.installs:
        without = [one for one in timeline.counted if one != (install.counted, install.plant)]
        gone = timeline.counted.count((install.counted, install.plant))
        without += [(install.counted, install.plant)] * (gone - 1)
        less = Timeline(problem, timeline.capacity, without, timeline.energised)
        days = [day for day in timeline.changes(first - 1) if day >= install.counted]
        short = [day for day in days if less.capacity.running(less.available(day), less.demand(day)) is None]
        assert needs.needed(install.plant, install.counted) == (short[0] if short else None)
