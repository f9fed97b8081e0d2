"""Several problems of which one is carried out: the best of all, and the bound over all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tiny import tiny

from dcplan.formulate.build import formulate
from dcplan.planner import plan
from dcplan.problem import Problem
from dcplan.setpoints import choices, settled
from dcplan.solver import search
from dcplan.solver.run import Limits
from dcplan.solver.search import Status, optimise
from dcplan.solver.variants import optimise_variants
from dcplan.verifier.verdict import verify

LIMITS = Limits(seconds=10.0, workers=1, deterministic=True)


def problems(folder: Path, *supplies: str) -> list[Problem]:
    model = tiny(folder, {"loops.water.setpoints": list(supplies)})
    return [formulate(settled(model, choice)) for choice in choices(model.site)]


def test_the_best_of_all_is_the_best_of_each(tmp_path: Path) -> None:
    made = problems(tmp_path, "24 degC", "28 degC", "30 degC")
    each = [optimise(problem, LIMITS) for problem in made]
    assert [result.status for result in each] == [Status.INFEASIBLE, Status.OPTIMAL, Status.OPTIMAL]
    found = optimise_variants(made, LIMITS)
    values = [result.schedule.objective for result in each if result.schedule is not None]
    assert found.answer.schedule is not None
    assert found.answer.schedule.objective == min(values)
    assert found.answer.bound == min(values)
    assert found.answer.status is Status.OPTIMAL
    assert found.results[0].status is Status.INFEASIBLE


def test_money_steps_may_differ(tmp_path: Path) -> None:
    """Ten times the step means a tenth of every price in steps: the other problem is then dearer by the rest."""
    (problem,) = problems(tmp_path, "30 degC")
    dear = replace(problem, money_step=10 * problem.money_step)
    found = optimise_variants([dear, problem], LIMITS)
    assert found.chosen == 1
    assert found.answer == replace(found.results[1], seconds=found.answer.seconds, grids=found.answer.grids)


def test_all_infeasible_is_infeasible(tmp_path: Path) -> None:
    found = optimise_variants(problems(tmp_path, "22 degC", "24 degC"), LIMITS)
    assert (found.answer.status, found.answer.schedule, found.answer.bound) == (Status.INFEASIBLE, None, None)


def test_one_problem_is_searched_as_it_stands(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "30 degC")
    alone = optimise(problem, LIMITS)
    assert replace(optimise_variants([problem], LIMITS).answer, seconds=0.0) == replace(alone, seconds=0.0)


def test_an_interrupt_ends_every_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def pressed(*given: object, **named: object) -> None:
        begun.append(given)
        raise KeyboardInterrupt

    monkeypatch.setattr(search, "GridModel", pressed)
    found = optimise_variants(problems(tmp_path, "28 degC", "30 degC"), LIMITS)
    assert found.answer.status is Status.INTERRUPTED
    assert len(begun) == 1


def test_a_plan_says_what_each_setpoint_would_have_cost(tmp_path: Path) -> None:
    supplies = ["24 degC", "28 degC", "30 degC"]
    model = tiny(tmp_path, {"loops.water.setpoints": supplies})
    answer = plan(model, seconds=10.0, workers=1, deterministic=True)
    assert answer.verified
    assert verify(answer, model).ok
    assert [made.setpoints["water"] for made in answer.alternatives] == supplies
    (chosen,) = [made for made in answer.alternatives if made.chosen]
    assert answer.setpoints == chosen.setpoints
    assert chosen.value == answer.objective.value
    assert all(made.value is None or made.value >= chosen.value for made in answer.alternatives)
    cold = answer.alternatives[0]
    assert cold.status == "infeasible"
    assert "cooler-500 cannot make this water at design air" in cold.reasons
    assert "LOOP SUPPLY TEMPERATURE" in str(answer)
