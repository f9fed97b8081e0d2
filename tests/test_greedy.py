"""What the optimizer is worth on the colocation example: greedy sizing, scheduled alike, is clearly worse."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcplan.formulate.build import formulate
from dcplan.loading import load
from dcplan.solver.run import Limits
from dcplan.solver.search import optimise
from tests.greedy import greedy


@pytest.mark.parametrize("per_capacity", [True, False])
def test_greedy_sizing_is_at_least_three_per_cent_worse(per_capacity: bool, examples: Path) -> None:
    problem = formulate(load(examples / "colo_48_nvl72.yaml"))
    by_hand = greedy(problem, per_capacity=per_capacity)
    plan = optimise(problem, Limits(seconds=15.0)).schedule
    assert by_hand is not None
    assert plan is not None
    assert by_hand.objective >= 1.03 * plan.objective
