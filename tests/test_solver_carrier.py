"""States that are kept up to date say what the capacity says when it is asked anew."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from test_solver_capacity import demand, questions

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.carrier import Carrier

Question = tuple[Problem, tuple[int, ...], list[tuple[int, int]]]


@given(questions())
@settings(max_examples=200)
def test_a_state_carries_what_the_capacity_carries(question: Question):
    problem, there, live = question
    capacity = Capacity(problem)
    carrier = Carrier(capacity)
    asked = demand(capacity, live)
    assert carrier.carries(carrier.state(there, asked)) == (capacity.running(there, asked) is not None)


@given(questions(), st.data())
@settings(max_examples=100)
def test_units_that_come_and_go_and_sus_leave_the_state_they_would_have_made(question: Question, data: st.DataObject):
    problem, there, live = question
    capacity = Capacity(problem)
    carrier = Carrier(capacity)
    state = carrier.state([0] * len(there), capacity.base)
    events = [("unit", plant) for plant, number in enumerate(there) for _ in range(number)]
    events += [("su", index) for index in range(len(live))]
    for kind, index in data.draw(st.permutations(events)):
        if kind == "unit":
            carrier.arrive(state, index, 2)
            carrier.arrive(state, index, -1)
        else:
            carrier.energise(state, live[index])
    anew = carrier.state(there, demand(capacity, live))
    rows = carrier.common.rows
    assert (state.units, state.asked, state.loads) == (anew.units, anew.asked, anew.loads)
    assert [state.shared[row] for row in rows] == [anew.shared[row] for row in rows]
    assert carrier.carries(state) == carrier.carries(anew)
