"""One call of CP-SAT and one of HiGHS: outcomes, bounds, and what an interrupt or a refused model does."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from ortools.sat.python import cp_model

from dcplan.errors import InternalError
from dcplan.solver import confirm, highs, run
from dcplan.solver.confirm import surely_infeasible
from dcplan.solver.highs import refutes, solve_highs
from dcplan.solver.run import Limits, Outcome, solve

LIMITS = Limits(seconds=5.0, workers=1)


def knapsack(limit: int = 10) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """Least cost of at least `limit` from pieces of 3 for 4 and of 4 for 5, at most 2 of each: 3 + 3 + 4 for 13."""
    model = cp_model.CpModel()
    pieces = [model.new_int_var(0, 2, name) for name in ("three", "four")]
    model.add(3 * pieces[0] + 4 * pieces[1] >= limit)
    model.minimize(4 * pieces[0] + 5 * pieces[1] + 100)
    return model, pieces


@pytest.mark.parametrize("call", [solve, solve_highs])
def test_optimum_with_bound_and_values(call: Any):
    model, pieces = knapsack()
    found = call(model, LIMITS)
    assert (found.outcome, [found.values(piece) for piece in pieces]) == (Outcome.OPTIMAL, [2, 1])
    # HiGHS computes in floats: its bound is taken less a margin
    assert found.bound in ({112, 113} if call is solve_highs else {113})


@pytest.mark.parametrize(("price", "least"), [(3, 109), (1000, 3100)])
def test_a_bound_of_highs_is_a_value_that_the_objective_can_take(price: int, least: int):
    """A margin of 1e-6 of the optimum falls between two values; where all lie `price` apart, it costs nothing."""
    model = cp_model.CpModel()
    count = model.new_int_var(0, 10, "count")
    model.add(2 * count >= 5)
    model.minimize(price * count + 100)
    assert solve_highs(model, LIMITS).bound == least


def test_deterministic_limits_give_the_same():
    found = [solve(knapsack()[0], Limits(seconds=1.0, workers=2, seed=3, deterministic=True)) for _ in range(2)]
    assert found[0].bound == found[1].bound == 113


def test_infeasible_has_no_bound():
    found = solve(knapsack(limit=15)[0], LIMITS)
    assert (found.outcome, found.bound, found.values) == (Outcome.INFEASIBLE, None, None)


def test_highs_is_not_believed_when_it_says_infeasible():
    found = solve_highs(knapsack(limit=15)[0], LIMITS)
    assert found.outcome is Outcome.LIMIT
    assert found.values is None


@pytest.mark.parametrize(("limit", "empty"), [(14, False), (15, True)])
@pytest.mark.parametrize("deterministic", [False, True])
def test_a_second_opinion_on_infeasible(limit: int, empty: bool, deterministic: bool):
    """HiGHS gives one only where time may be counted by the clock."""
    limits = Limits(seconds=5.0, workers=1, deterministic=deterministic)
    assert surely_infeasible(knapsack(limit)[0], limits) is empty
    assert refutes(knapsack(limit)[0], LIMITS) is empty
    found = solve(knapsack(limit)[0], LIMITS, plain=True)
    assert found.outcome is (Outcome.INFEASIBLE if empty else Outcome.OPTIMAL)


def test_a_second_opinion_is_needed_in_time(monkeypatch: pytest.MonkeyPatch):
    """Either solver's is enough; neither's is none. Ctrl-C is raised."""
    given = {"highs": False, "plain": Outcome.LIMIT}
    monkeypatch.setattr(confirm, "refutes", lambda *_: given["highs"])
    monkeypatch.setattr(confirm, "solve", lambda *_, **__: run.RunResult(given["plain"], None, None))
    model = knapsack(15)[0]
    assert not surely_infeasible(model, LIMITS)
    given["highs"] = True
    assert surely_infeasible(model, LIMITS)
    # with wall time ruled out, HiGHS is not asked
    assert not surely_infeasible(model, replace(LIMITS, deterministic=True))
    given["plain"] = Outcome.INTERRUPTED
    with pytest.raises(KeyboardInterrupt):
        surely_infeasible(model, replace(LIMITS, deterministic=True))


def test_an_interrupted_second_opinion_is_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(highs.threading, "Event", Interrupted)
    monkeypatch.setattr(highs.threading, "Thread", Quick)
    with pytest.raises(KeyboardInterrupt):
        refutes(knapsack(15)[0], LIMITS)


def test_highs_takes_comparisons_of_plain_numbers():
    """A cell in which nothing can be bought or be live compares two constants."""
    model, pieces = knapsack()
    model.add(True)
    found = solve_highs(model, LIMITS)
    assert (found.outcome, [found.values(piece) for piece in pieces]) == (Outcome.OPTIMAL, [2, 1])
    model.add(False)
    assert solve_highs(model, LIMITS).values is None


def test_no_time_is_a_limit():
    found = solve(knapsack()[0], Limits(seconds=0.0, workers=1))
    assert found.outcome in (Outcome.LIMIT, Outcome.OPTIMAL)


def test_a_refused_model_is_a_bug():
    model = cp_model.CpModel()
    model.new_int_var(0, 2**62, "large")
    low = model.new_int_var(0, 2**62, "low")
    model.add(2**62 * low <= 1)
    with pytest.raises(InternalError, match="CP-SAT refused the model"):
        solve(model, LIMITS)


class Interrupted(threading.Event):
    """An event whose first wait is broken off by Ctrl-C, the solver as if still at work."""

    waits = 0

    def is_set(self) -> bool:
        return self.waits > 0 and super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        self.waits += 1
        if self.waits == 1:
            raise KeyboardInterrupt
        return super().wait(timeout)


@pytest.mark.parametrize("module", [run, highs])
def test_an_interrupt_ends_the_solve_even_one_that_is_optimal(module: Any, monkeypatch: pytest.MonkeyPatch):
    """It is not raised; CP-SAT keeps what it has, HiGHS has nothing to keep."""
    monkeypatch.setattr(module.threading, "Event", Interrupted)
    monkeypatch.setattr(module.threading, "Thread", Quick)
    call = solve if module is run else solve_highs
    found = call(knapsack()[0], LIMITS)
    assert found.outcome is Outcome.INTERRUPTED
    assert (found.values is None) == (module is highs)


class Quick:
    """A thread that has done its work when it has been started."""

    def __init__(self, target: Any, daemon: bool) -> None:
        self.target = target

    def start(self) -> None:
        self.target()


@pytest.mark.parametrize("call", [solve, solve_highs])
def test_a_failure_inside_the_thread_is_raised(call: Any, monkeypatch: pytest.MonkeyPatch):
    def broken(*given: Any, **named: Any) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(cp_model.CpSolver, "solve", broken)
    monkeypatch.setattr(highs.mathopt, "solve", broken)
    with pytest.raises(MemoryError, match="no room"):
        call(knapsack()[0], LIMITS)
