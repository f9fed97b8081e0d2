"""Cost against delay: points that no other beats, each within its bound, each verified; the front of tiny sites."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import brute
import pytest
from site_options import with_options
from sites import SMALL, TINY, loaded, seeded
from tiny import TEXT, tiny

from dcplan import cli
from dcplan.errors import InputError
from dcplan.formulate.build import formulate
from dcplan.fronting import curve
from dcplan.fronting.answering import front
from dcplan.loading import load
from dcplan.report.progress import Shown
from dcplan.site import SiteModel
from dcplan.solver.grid import GridModel
from dcplan.staging import pricing
from dcplan.staging.lexicographic import Minimiser, Staged, lexicographic
from dcplan.tradeoff import Front
from dcplan.verifier.verdict import verify

EASY = {"seconds": 60.0, "workers": 1, "deterministic": True}


def traded(folder: Path) -> SiteModel:
    """The tiny site, where generators may be had sooner in three ways."""
    saved = {"slow": (7, 10_000), "fast": (14, 40_000), "air": (21, 90_000)}
    ways = ", ".join(f"{name}: {{saves: {days} day, cost: {cost} USD}}" for name, (days, cost) in saved.items())
    text = TEXT.replace("permit: air}", f"expedite: {{{ways}}}}}").replace("8 week", "12 week")
    path = folder / "traded.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def sound(found: Front, model: SiteModel, place: str) -> None:
    """What holds of every front, however short its search was."""
    assert Front.model_validate_json(found.model_dump_json()) == found, place
    for point in found.points:
        assert point.plan.verified, f"{place}: {point.plan.warnings}"
        assert verify(point.plan, model).ok, place
        assert point.delay <= point.most + 1e-9, place
        by_the_day = sum(unit.hire.rent + unit.hire.running for unit in point.plan.units if unit.hire is not None)
        assert point.cost == pytest.approx(point.plan.purchases + by_the_day, abs=0.01), place
        prices = [model.site.deployments[su.deployment].price.si() for su in point.plan.sus]
        late = sum(price * su.delay_days for price, su in zip(prices, point.plan.sus, strict=True))
        assert point.delay == pytest.approx(late / sum(prices)), place
        if point.bound is not None:
            assert point.bound <= point.cost, place
            assert point.gap_money == pytest.approx(point.cost - point.bound), place
    for this, following in itertools.pairwise(found.points):
        assert this.delay < following.delay, place
        assert this.cost > following.cost, place
        assert this.week == pytest.approx(7 * (this.cost - following.cost) / (following.delay - this.delay)), place
        # less delay allowed is never promised cheaper
        assert (this.bound or 0) >= (following.bound or 0) - 0.01, place
    for end, least in ((found.earliest, min), (found.cheapest, min)):
        if end and end[0].bound is not None and found.points:
            number = least(getattr(point, end[0].aim) for point in found.points)
            assert end[0].bound <= number + 1e-6, place


def enumerable() -> Iterator[tuple[int, SiteModel]]:
    for seed in range(400):
        model = loaded(with_options(seed, seeded(seed, TINY)))
        if 100 <= brute.tries(formulate(model), 1500) <= 1500:
            yield seed, model


def test_the_front_of_tiny_sites_is_that_of_brute_force():
    """Both ends are those of the true front; each point is the least at its limit, and its bound is met."""
    several = 0
    for seed, model in enumerable():
        minimiser = Minimiser(model, [formulate(model)])
        cost, delay = (minimiser.priced[aim] for aim in ("cost", "delay"))
        true = [(cost.told(one), delay.told(other)) for one, other in brute.front(cost.problems[0], delay.problems[0])]
        if len(true) < 2 and seed % 8:
            continue
        found = front(model, points=6, **EASY)
        sound(found, model, f"seed {seed}")
        if not true:
            assert (found.status, found.points) == ("infeasible", ()), f"seed {seed}"
            assert found.reasons, f"seed {seed}"
            continue
        assert found.status == "optimal", f"seed {seed}"
        ends = {(found.points[0].cost, found.points[0].delay), (found.points[-1].cost, found.points[-1].delay)}
        for end in ends:
            assert any(end == pytest.approx(one) for one in (true[0], true[-1])), f"seed {seed}"
        assert len(ends) == min(len(true), 2), f"seed {seed}"
        for point in found.points:
            least = min(one for one, other in true if other <= point.most + 1e-9)
            assert point.cost == pytest.approx(least), f"seed {seed}"
            assert point.bound == pytest.approx(least), f"seed {seed}"
        several += len(found.points) > 1
    assert several >= 2


@pytest.mark.parametrize("seconds", [0.05, 0.5])
def test_a_front_is_sound_whenever_it_is_stopped(seconds: float):
    made = 0
    for seed in range(8):
        model = loaded(with_options(seed, seeded(seed, SMALL if seed % 4 == 0 else TINY)))
        found = front(model, points=4, seconds=seconds, workers=1, deterministic=True)
        sound(found, model, f"seed {seed}")
        made += bool(found.points)
    assert made >= 3


def test_each_way_to_be_sooner_is_a_point(tmp_path: Path):
    model = traded(tmp_path)
    found = front(model, points=9, **EASY)
    sound(found, model, "traded")
    assert found.status == "optimal"
    assert [round(point.cost - found.points[-1].cost) for point in found.points] == [90_000, 40_000, 10_000, 0]
    assert found.points[0].bought["genset (expedited: air)"] == 1
    text = " ".join(str(found).split())
    assert "from point 4 to point 3:" in text
    assert "point 4: 3 cdu, 1 genset" in text
    assert "point 3, against point 4: 1 genset fewer; 1 genset (expedited: slow) more" in text
    assert "there is nothing" in text
    assert all(len(line) <= 120 for line in str(found).splitlines())


def test_a_plan_of_a_front_says_what_it_was_held_to(tmp_path: Path):
    point = front(traded(tmp_path), points=3, **EASY).points[1]
    assert (point.plan.goal, [stage.aim for stage in point.plan.stages]) == ("front", ["cost"])
    assert "no plan of at most" in str(point.plan)
    (stage,) = point.plan.stages
    for change in ({"most": None}, {"most": 0.5}, {"value": 1.0}):
        forged = point.plan.model_copy(update={"stages": (stage.model_copy(update=change),)})
        assert "stages" in {item.rule for item in verify(forged, traded(tmp_path)).violations}


def test_with_setpoints_a_front_is_over_all_of_them(tmp_path: Path):
    model = tiny(tmp_path, {"loops.water.setpoints": ["24 degC", "28 degC", "30 degC"]})
    found = front(model, points=3, **EASY)
    sound(found, model, "setpoints")
    assert found.points
    assert all(point.plan.setpoints["water"] != "24 degC" for point in found.points)


def test_without_a_plan_there_is_no_front(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    found = front(tiny(tmp_path, {"limits.budget": "1 USD"}), **EASY)
    assert (found.status, found.points, found.cheapest) == ("infeasible", (), ())
    assert "`limits.budget`" in found.reasons[0]
    assert "WHY THERE IS NO PLAN" in str(found)
    assert cli.main(["front", str(tmp_path / "tiny.yaml"), "--set", "limits.budget=1 USD", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["status"] == "infeasible"


@pytest.mark.parametrize("points", [1, 51, -3])
def test_a_front_has_at_least_its_ends(tmp_path: Path, points: int):
    with pytest.raises(InputError):
        front(tiny(tmp_path), points=points)


# ---------------------------------------------------------------- interrupts


@pytest.mark.parametrize("number", [0, 1, 2, 4, 6, 8, 10, 12, 16, 20, 30])
def test_an_interrupt_keeps_the_points_that_are_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int):
    calls = iter(range(1000))

    def solve(self: GridModel, *given: Any, **named: Any) -> Any:
        if next(calls) >= number:
            raise KeyboardInterrupt
        return usual(self, *given, **named)

    usual = GridModel.solve
    model = traded(tmp_path)
    monkeypatch.setattr(GridModel, "solve", solve)
    found = front(model, points=5, **EASY)
    sound(found, model, f"{number} solves")
    assert found.status == "interrupted" or next(calls) < number
    assert number < 12 or found.points
    assert str(found)


def test_ctrl_c_prints_the_points(tmp_path: Path):
    traded(tmp_path)
    start = (
        "import signal, runpy; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from dcplan.fronting.curve import Curve; between = Curve._between\n"
        "def pressed(self): signal.raise_signal(signal.SIGINT); between(self)\n"
        "Curve._between = pressed; runpy.run_module('dcplan', run_name='__main__')"
    )
    arguments = [sys.executable, "-c", start, "front", str(tmp_path / "traded.yaml"), "--json", "--seconds", "20"]
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=90, check=False)
    assert ended.returncode == 130, ended.stderr
    found = Front.model_validate_json(ended.stdout)
    assert found.status == "interrupted"
    assert len(found.points) == 2
    assert found.untried > 0


# ---------------------------------------------------------------- the command line


def test_the_command_prints_the_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    traded(tmp_path)
    options = ["--points", "3", "--seconds", "60", "--workers", "1", "--deterministic"]
    assert cli.main(["front", str(tmp_path / "traded.yaml"), *options, "--json"]) == 0
    found = Front.model_validate_json(capsys.readouterr().out)
    assert (found.schema_version, len(found.points)) == ("dcplan.front/1", 3)
    # each point's plan is a plan file
    file = tmp_path / "plan.json"
    file.write_text(found.points[0].plan.model_dump_json(), encoding="utf-8")
    assert cli.main(["verify", str(tmp_path / "traded.yaml"), str(file)]) == 0
    capsys.readouterr()
    assert cli.main(["front", str(tmp_path / "traded.yaml"), *options]) == 0
    assert "COST AGAINST DELAY" in capsys.readouterr().out
    assert cli.main(["front", str(tmp_path / "traded.yaml"), "--points", "1"]) == 1


def test_a_front_of_prices_that_are_rounded_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Prices and values are rounded down for the solver only: what is told and what is held to is exact."""
    right = front(traded(tmp_path), points=5, **EASY)
    monkeypatch.setattr(pricing, "ROW_LIMIT", 10**5)
    found = front(traded(tmp_path), points=5, **EASY)
    sound(found, traded(tmp_path), "rounded")
    assert [point.cost for point in found.points] == [point.cost for point in right.points]
    for rounded, exact in zip(found.points, right.points, strict=True):
        assert (rounded.bound or 0) <= (exact.bound or 0)


def test_progress_tells_which_search_it_is():
    shown = Shown(StringIO(), "EUR")
    shown.start("limit 2 of 5 between them")
    shown.begin("cost")
    shown(1.0, 5e6, 4e6)
    words = shown.line.tasks[0].description
    assert words == "limit 2 of 5 between them: a plan of 5,000,000 EUR; none below 4,000,000 EUR; gap 20.00 %"


def test_time_that_is_left_goes_to_the_earliest_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where the first search for it proves nothing, and the points between the ends need no time."""
    made: list[Staged] = []

    def unproven_at_first(*given: Any, **named: Any) -> Staged:
        staged = lexicographic(*given, **named)
        if not made:
            open_stage = staged.stages[0].model_copy(update={"bound": None, "gap": None})
            first = replace(staged.first, bound=None, told=None)
            staged = replace(staged, first=first, stages=(open_stage, *staged.stages[1:]))
        made.append(staged)
        return staged

    monkeypatch.setattr(curve, "lexicographic", unproven_at_first)
    found = front(tiny(tmp_path), points=5, **EASY)
    sound(found, tiny(tmp_path), "again")
    assert len(made) == 3
    assert found.status == "optimal"
    assert [stage.gap for stage in found.earliest] == [0.0, 0.0]
