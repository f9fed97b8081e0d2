"""Nothing early and nothing for nothing: the same energisations, no dearer, no unit that can be spared."""

from __future__ import annotations

from hypothesis import given, settings
from random_plans import plans

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.decode import build
from dcplan.solver.improve import choice_of
from dcplan.solver.late import polished
from dcplan.solver.schedule import Schedule, counted_days
from dcplan.solver.timeline import Needs


@given(plans())
@settings(max_examples=80)
def test_polish_keeps_energisations_and_costs_no_more(pair: tuple[Problem, Schedule]):
    problem, schedule = pair
    capacity = Capacity(problem)
    early = build(problem, capacity, choice_of(schedule), shift=False)
    if early is None:
        return
    late = polished(problem, capacity, early)
    assert [run.energised for run in late.runs] == [run.energised for run in early.runs]
    assert late.objective <= early.objective
    assert len(late.installs) <= len(early.installs)
    assert polished(problem, capacity, late).objective <= late.objective


@given(plans())
@settings(max_examples=80)
def test_no_unit_that_is_left_can_be_spared_but_for_what_waits_for_it(pair: tuple[Problem, Schedule]):
    problem, schedule = pair
    capacity = Capacity(problem)
    late = polished(problem, capacity, schedule)
    needs = Needs(
        problem,
        capacity,
        counted_days(problem, late.installs),
        [(run.energised, run.su, run.mode) for run in late.runs],
    )
    waited = {index for hall in problem.halls for group in hall.loop_groups for index in group}
    waited |= {index for su in problem.classes for mode in su.modes for index in mode.route}
    for install in late.installs:
        if install.plant not in waited:
            assert needs.needed(install.plant, install.counted) is not None
