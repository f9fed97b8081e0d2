"""Return water of a loop against the coolant, air and water that warm it, by hand."""

from __future__ import annotations

from typing import Any

import pytest
from assess_site import TINY, checked, line, merged
from hypothesis import given
from hypothesis import strategies as st
from sites import loaded

from dcplan.answer import Line
from dcplan.catalog import Rack
from dcplan.ratings.returns import Source, coolant_return, mixed_return
from dcplan.ratings.rows import World

# racks of 100 kW, a fifth of it to air: coolant of 30 degC comes back at 60 degC at most, air of 24 degC at 36 degC
WET: dict[str, Any] = {
    "halls": {"a": {"liquid": {"fluid": "water", "supply": "30 degC", "loop": "warm"}, "air": {"supply": "24 degC"}}},
    "loops": {"warm": {"supply": "26 degC", "back": "40 degC"}},
    "deployments": {"alpha": {"su": [{"spec": "wetrack", "count": 4}]}},
    "specs": {"wetrack": {"air_rise": "12 K"}},
}


def back(loop: str, temperature: str, *edits: dict[str, Any]) -> Line:
    data = merged(TINY, WET)
    for edit in ({"loops": {loop: {"back": temperature}}}, *edits):
        data = merged(data, edit)
    return line(checked(data), f"loop_back.{loop}")


@pytest.mark.parametrize(
    ("loop", "temperature", "warmest", "verdict"),
    [
        ("warm", "60 degC", 60.0, "pass"), ("warm", "60.1 degC", 60.0, "fail"),
        ("cold", "36 degC", 36.0, "pass"), ("cold", "36.1 degC", 36.0, "fail"),
    ],
)  # fmt: skip
def test_water_comes_back_no_warmer_than_coolant_or_air(
    loop: str, temperature: str, warmest: float, verdict: str
) -> None:
    found = back(loop, temperature)
    assert (found.verdict, found.available) == (verdict, pytest.approx(warmest))


def test_a_least_flow_brings_coolant_back_cooler() -> None:
    # 80 kW of a rack in 2 L/s of water: 80 / (2 x 0.993 x 4.18) = 9.6 K over 30 degC
    flow = {"specs": {"wetrack": {"liquid": {"minimum_flow": "2 L/s"}}}}
    found = back("warm", "45 degC", flow)
    assert (found.verdict, found.available) == ("fail", pytest.approx(39.63, abs=0.03))
    per_heat = {"specs": {"wetrack": {"liquid": {"minimum_specific_flow": "1.5 L/min/kW"}}}}
    assert back("warm", "45 degC", per_heat).available == pytest.approx(39.63, abs=0.03)


def test_a_range_of_the_return_limit_leaves_it_open() -> None:
    limit = {"value": "60 degC", "range": ["50 degC", "62 degC"], "confidence": "assumption", "note": "not published"}
    assert back("warm", "55 degC", {"specs": {"wetrack": {"liquid": {"return_limit": limit}}}}).verdict == "open"


def test_the_mix_of_coolant_and_air_on_one_loop() -> None:
    # on 18 degC: 320 kW could return at 60 degC, 80 kW at 36 degC: 400 / (320 / 42 + 80 / 18) = 33.16 K
    one = {"halls": {"a": {"liquid": {"loop": "cold"}}}}
    found = back("cold", "51 degC", one)
    assert (found.verdict, found.available) == ("pass", pytest.approx(18 + 400 / (320 / 42 + 80 / 18)))
    assert back("cold", "52 degC", one).verdict == "fail"


def test_a_fed_loop_gives_its_own_return_at_most() -> None:
    fed = {
        "loops": {
            "cold": {"supply": "20 degC", "back": "30 degC", "fed_by": {"loop": "outer", "approach": "2 K"}},
            "outer": {"supply": "18 degC", "pump_power": "5 %"},
        },
        "plant": {"chiller": {"at": "outer"}},
        "specs": {"wall": {"water_supply": "20 degC"}},
    }
    assert back("outer", "30 degC", fed).verdict == "pass"
    warm = back("outer", "30.5 degC", fed)
    assert (warm.verdict, warm.available) == ("fail", pytest.approx(30.0))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"halls": {"a": {"air": {"supply": None}}}}, "air of wetrack in a"),
        ({"specs": {"wetrack": {"air_rise": None}}}, "air of wetrack in a"),
        ({"electrical_rooms": {"r": {"service": "ups", "at": "site", "cooled_by": "cold"}}}, "electrical room r"),
        ({"loads": {"old": {"hall": "a", "air_heat": "5 kW"}}}, "load old"),
        ({"deployments": {"alpha": {"su": [{"spec": "airrack", "count": 4}]}}}, "air of airrack in a"),
    ],
)
def test_what_is_not_stated_is_not_checked(edit: dict[str, Any], words: str) -> None:
    found = back("cold", "28 degC", edit)
    assert found.verdict == "not checked"
    assert words in found.reason


def test_a_loop_that_nothing_heats_is_not_checked() -> None:
    assert back("spare", "50 degC", {"loops": {"spare": {"supply": "20 degC"}}}).verdict == "not checked"


def test_known_heat_that_is_too_cool_fails_beside_heat_that_is_not_stated() -> None:
    room = {"electrical_rooms": {"r": {"service": "ups", "at": "site", "cooled_by": "cold"}}}
    found = back("cold", "45 degC", room)
    assert found.verdict == "fail"
    assert "electrical room r" in found.reason


def test_coolant_no_warmer_than_the_water_gives_it_nothing() -> None:
    assert mixed_return(300.0, [Source("a", 1.0, 299.0), Source("b", 1e6, 330.0)]) == 299.0
    assert mixed_return(300.0, [Source("a", 1.0, None)]) is None


@given(st.lists(st.tuples(st.floats(1.0, 1e6), st.floats(301.0, 340.0)), min_size=1, max_size=5))
def test_a_mix_lies_between_its_coolest_and_its_warmest_source(branches: list[tuple[float, float]]) -> None:
    found = mixed_return(300.0, [Source("", heat, warmest) for heat, warmest in branches])
    assert found is not None
    ends = [warmest for _, warmest in branches]
    assert min(ends) - 1e-6 <= found <= max(ends) + 1e-6


def test_a_rack_at_its_limit_returns_at_its_limit() -> None:
    model = loaded(merged(TINY, WET))
    rack = model.specs["wetrack"]
    assert isinstance(rack, Rack)
    assert coolant_return(rack, model.site.halls["a"], World.PLANNING) == pytest.approx(333.15)
