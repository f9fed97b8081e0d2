"""Setpoints: every choice a file allows, and the site at one of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import planned_by_hand, tiny

from dcplan.answer import Alternative, Plan
from dcplan.errors import InputError
from dcplan.figure import FigureKind
from dcplan.ratings.racks import rack_flow, su_racks
from dcplan.ratings.rows import World
from dcplan.setpoints import choices, settled, shifted
from dcplan.units import TEMPERATURE, text
from dcplan.verifier.verdict import verify

OPEN = {"loops.water.setpoints": ["24 degC", "30 degC", "33 degC"]}


def test_without_setpoints_there_is_one_choice_and_the_same_site(tmp_path: Path) -> None:
    model = tiny(tmp_path)
    assert choices(model.site) == [{}]
    assert settled(model, {}) is model


def test_a_setpoint_moves_return_water_and_coolant_with_the_supply(tmp_path: Path) -> None:
    model = tiny(tmp_path, OPEN)
    assert choices(model.site) == [{"water": "24 degC"}, {"water": "30 degC"}, {"water": "33 degC"}]
    site = settled(model, {"water": "33 degC"}).site
    assert text(site.loops["water"].supply.value) == "33 degC"
    assert text(site.loops["water"].back.value) == "43 degC"
    assert site.halls["hall"].liquid is not None
    assert text(site.halls["hall"].liquid.supply.value) == "37 degC"
    assert settled(model, {"water": "30 degC"}).site.halls == model.site.halls


def test_choices_of_two_loops_are_all_combinations(tmp_path: Path) -> None:
    loops = {"supply": "10 degC", "back": "16 degC", "setpoints": ["9 degC", "12 degC"]}
    model = tiny(tmp_path, {**OPEN, "loops.second": loops})
    found = choices(model.site)
    assert len(found) == 6
    assert {(choice["second"], choice["water"]) for choice in found} == {
        (second, water) for second in ("9 degC", "12 degC") for water in ("24 degC", "30 degC", "33 degC")
    }


def test_a_setpoint_that_the_file_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="31 degC"):
        settled(tiny(tmp_path, OPEN), {"water": "31 degC"})


@settings(max_examples=30, deadline=None)
@given(low=st.integers(15, 39), warmer=st.integers(1, 10))
def test_warmer_coolant_never_needs_less_flow(low: int, warmer: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    supplies = [f"{low} degC", f"{low + warmer} degC"]
    model = tiny(tmp_path_factory.mktemp("site"), {"loops.water.setpoints": supplies})
    flows = []
    for supply in supplies:
        at_supply = settled(model, {"water": supply})
        ((_, rack, _),) = su_racks(at_supply, "alpha")
        flows.append(rack_flow(rack, at_supply.site.halls["hall"], World.PLANNING))
    assert flows[0] < flows[1]


@given(celsius=st.floats(5, 60), kelvin=st.floats(-20, 20))
def test_a_shifted_figure_is_warmer_by_the_shift(celsius: float, kelvin: float) -> None:
    low, high = f"{celsius - 1:.6f} degC", f"{celsius + 1:.6f} degC"
    figure = FigureKind(TEMPERATURE).read(
        {"value": f"{celsius:.6f} degC", "range": [low, high], "confidence": "assumption", "note": "invented"}
    )
    moved = shifted(figure, kelvin)
    for before, after in ((figure.si(), moved.si()), (figure.low(), moved.low()), (figure.high(), moved.high())):
        assert after - before == pytest.approx(kelvin, abs=1e-6)
    assert (moved.confidence, moved.note) == (figure.confidence, figure.note)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["30 degC", "86 degF"], "each setpoint once"),
        (["30 degC", "63 degC"], "water and coolant of 5 to 70 degC"),
        ([f"{10 + index} degC" for index in range(13)], "12"),
    ],
)
def test_setpoints_that_cannot_be(wrong: list[str], told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        tiny(tmp_path, {"loops.water.setpoints": wrong})
    assert told in str(caught.value)
    assert "loops.water.setpoints" in str(caught.value)


def test_too_many_combinations(tmp_path: Path) -> None:
    many = [f"{10 + index} degC" for index in range(7)]
    loops = {"supply": "10 degC", "back": "16 degC", "setpoints": many}
    with pytest.raises(InputError, match="49 combinations"):
        tiny(tmp_path, {"loops.water.setpoints": many, "loops.second": loops})


def test_the_verifier_asks_for_an_allowed_setpoint(tmp_path: Path) -> None:
    model = tiny(tmp_path, OPEN)
    plan = planned_by_hand(model)
    assert [item.rule for item in verify(plan, model).violations] == ["setpoint"]
    assert verify(at(plan, "30 degC"), model).ok
    assert [item.rule for item in verify(at(plan, "31 degC"), model).violations] == ["setpoint"]


def at(plan: Plan, supply: str) -> Plan:
    """The plan as made at a setpoint, which is its only alternative."""
    bought = dict(Counter(unit.spec for unit in plan.units))
    made = Alternative(
        setpoints={"water": supply}, chosen=True, status=plan.status, value=plan.objective.value, bound=None,
        bought=bought, reasons=(),
    )  # fmt: skip
    return plan.model_copy(update={"setpoints": {"water": supply}, "alternatives": (made,)})


def test_the_verifier_works_at_the_plans_setpoint(tmp_path: Path) -> None:
    """At 24 degC no cooler works: air of 20 degC and an approach of 5 K."""
    model = tiny(tmp_path, OPEN)
    broken = verify(at(planned_by_hand(model), "24 degC"), model).violations
    assert ("capacity", "heat_rejection@water") in {(item.rule, item.place) for item in broken}
