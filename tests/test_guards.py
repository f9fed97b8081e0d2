"""Slips of whoever calls the library: each is refused with what was given, what is allowed and what to try."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny import planned_by_hand, tiny

import dcplan
from dcplan.errors import InputError

SEARCHES: dict[str, Callable[..., Any]] = {
    "plan()": dcplan.plan,
    "explain()": dcplan.explain,
    "front()": dcplan.front,
    "explain_plan()": lambda model, **own: dcplan.explain_plan(model, planned_by_hand(model), **own),
}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"seconds": -1}, "seconds: given -1; allowed a number of seconds above 0; try: seconds=60"),
    ({"seconds": 0.0}, "seconds: given 0.0; allowed a number of seconds above 0; try: seconds=60"),
    ({"seconds": float("nan")}, "seconds: given nan; allowed a number of seconds above 0; try: seconds=60"),
    ({"seconds": float("inf")}, "seconds: given inf; allowed a number of seconds above 0; try: seconds=60"),
    ({"seconds": "5"}, "seconds: given 5; allowed a number of seconds above 0; try: seconds=60"),
    ({"seconds": True}, "seconds: given true; allowed a number of seconds above 0; try: seconds=60"),
    ({"workers": 0}, "workers: given 0; allowed a whole number from 1 to 1024; try: workers=1"),
    ({"workers": 2.5}, "workers: given 2.5; allowed a whole number from 1 to 1024; try: workers=1"),
    ({"workers": True}, "workers: given true; allowed a whole number from 1 to 1024; try: workers=1"),
    ({"seed": -1}, "seed: given -1; allowed a whole number from 0 to 2147483647; try: seed=0"),
]


@pytest.mark.parametrize("call", SEARCHES)
def test_limits_that_no_search_can_have(call: str, tmp_path: Path) -> None:
    model = tiny(tmp_path)
    for own, words in WRONG:
        with pytest.raises(InputError) as caught:
            SEARCHES[call](model, **own)
        assert str(caught.value) == f"{call}: {words}"
    with pytest.raises(InputError) as caught:
        SEARCHES[call](model, seconds=-1, workers=0, seed=-1)
    assert [problem.field for problem in caught.value.problems] == ["seconds", "workers", "seed"]


@pytest.mark.parametrize("points", [1, 51, 2.5])
def test_points_of_a_front(points: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"points: given {points}; allowed a whole number from 2 to 50"):
        dcplan.front(tiny(tmp_path), points=points)


def test_a_path_is_no_site_and_no_plan(tmp_path: Path) -> None:
    model = tiny(tmp_path)
    plan: Any = planned_by_hand(model)
    given: Any = "mini.yaml"
    site = "model: given mini.yaml; allowed a SiteModel; try: load('site.yaml')"
    read = "given mini.yaml; allowed a Plan; try: read_plan('plan.json')"
    for run, words in (
        (lambda: dcplan.check(given), f"check(): {site}"),
        (lambda: dcplan.derive(given, "cdu.hall"), f"check(): {site}"),
        (lambda: dcplan.plan(given), f"plan(): {site}"),
        (lambda: dcplan.explain(given), f"explain(): {site}"),
        (lambda: dcplan.front(given), f"front(): {site}"),
        (lambda: dcplan.verify(plan, given), f"verify(): {site}"),
        (lambda: dcplan.verify(given, model), f"verify(): plan: {read}"),
        (lambda: dcplan.explain_plan(given, plan), f"explain_plan(): {site}"),
        (lambda: dcplan.explain_plan(model, given), f"explain_plan(): plan: {read}"),
        (lambda: dcplan.progressed(given, plan, "p.yaml"), f"progressed(): {site}"),
        (lambda: dcplan.progressed(model, given, "p.yaml"), f"progressed(): plan: {read}"),
        (lambda: dcplan.diff(plan, given), f"diff(): new: {read}"),
    ):
        with pytest.raises(InputError) as caught:
            run()
        assert str(caught.value) == words
