"""A hall's coolant loop: flow and pressure of racks, what one CDU carries and which limit says so, and the lines."""

from __future__ import annotations

from typing import Any

import pytest
from assess_site import TINY, checked, line, merged
from hypothesis import given
from hypothesis import strategies as st
from sites import loaded

from dcplan.catalog import Cdu, Rack
from dcplan.ratings.liquid import cdu_flow, cdu_heat, loop_head, rack_flow, rack_pressure, racks_served
from dcplan.ratings.rows import World
from dcplan.site import SiteModel

LITRE = 1.0 / 60_000.0
# water at 20 degC, coolant at 30, racks that give 80 kW to water returning at 60 degC at the most: 38.6 L/min
WET: dict[str, Any] = {
    "redundancy": {"cdu": {"scheme": "N", "unit": "unit", "group": "hall"}},
    "halls": {"a": {"liquid": {"fluid": "water", "supply": "30 degC", "loop": "cold"}}},
    "plant": {"cdus": {"spec": "cdu", "count": 1, "at": "a"}},
    "deployments": {"alpha": {"su": [{"spec": "wetrack", "count": 4}]}},
}
DROPS: dict[str, Any] = {
    "halls": {"a": {"liquid": {"pipe_pressure_drop": "60 kPa"}}},
    "specs": {
        "wetrack": {"liquid": {"pressure_drop": "40 kPa", "pressure_flow": "40 L/min"}},
        "cdu": {"head": "100 kPa", "pump_curve": [{"flow": "400 L/min", "head": "130 kPa"}]},
    },
}
# published GB300 racks and an XDU1350 at 4 K above its facility water
REAL: dict[str, Any] = {
    "halls": {"a": {"liquid": {"fluid": "PG25", "pipe_pressure_drop": "60 kPa"}}},
    "plant": {"cdus": {"spec": "vertiv-xdu1350"}},
    "deployments": {"alpha": {"su": [{"spec": "gb300-nvl72", "count": 4}]}},
}


def wet(*edits: dict[str, Any]) -> dict[str, Any]:
    data = merged(TINY, WET)
    for edit in edits:
        data = merged(data, edit)
    return data


def at(supply: float, water: float | None = None) -> dict[str, Any]:
    return {
        "halls": {"a": {"liquid": {"supply": f"{supply} degC"}}},
        "loops": {"cold": {"supply": f"{supply - 4 if water is None else water} degC", "back": f"{supply + 9} degC"}},
    }


def rack(model: SiteModel, name: str) -> Rack:
    spec = model.specs[name]
    assert isinstance(spec, Rack)
    return spec


def cdu(model: SiteModel, name: str) -> Cdu:
    spec = model.specs[name]
    assert isinstance(spec, Cdu)
    return spec


def litres(model: SiteModel) -> float:
    return rack_flow(rack(model, "wetrack"), model.site.halls["a"], World.PLANNING) / LITRE


@pytest.mark.parametrize(("supply", "racks", "binding"), [(35.0, 11, "heat"), (40.0, 10, "flow"), (45.0, 6, "flow")])
def test_an_xdu1350_carries_11_gb300_at_35_degc_by_heat_but_10_at_40_and_6_at_45_by_flow(
    supply: float, racks: int, binding: str
) -> None:
    model = loaded(wet(REAL, at(supply)))
    found = racks_served(model, cdu(model, "vertiv-xdu1350"), rack(model, "gb300-nvl72"), "a", World.PLANNING)
    assert found is not None
    assert (found.racks, found.binding) == (racks, binding)


def test_the_check_names_the_limit_that_binds_an_xdu1350() -> None:
    found = checked(wet(REAL, at(45.0)))
    assert "one vertiv-xdu1350 carries 6 gb300-nvl72: its published flow limits it" in line(found, "cdu_flow.a").reason


def test_pressure_binds_where_the_pipes_take_most_of_the_head() -> None:
    tight = {"halls": {"a": {"liquid": {"pipe_pressure_drop": "80 kPa"}}}, "specs": {"cdu": {"capacity": "2 MW"}}}
    model = loaded(wet(DROPS, tight))
    found = racks_served(model, cdu(model, "cdu"), rack(model, "wetrack"), "a", World.PLANNING)
    assert found is not None
    assert found.binding == "pressure"
    assert found.by["pressure"] < found.by["flow"]


def test_a_rack_takes_the_larger_of_heat_balance_and_its_minimum() -> None:
    balance = litres(loaded(wet()))
    assert balance == pytest.approx(38.65, abs=0.1)
    for minimum, flow in (("30 L/min", balance), ("50 L/min", 50.0)):
        assert litres(loaded(wet({"specs": {"wetrack": {"liquid": {"minimum_flow": minimum}}}}))) == pytest.approx(flow)
    for minimum, flow in (("0.4 L/min/kW", balance), ("1.5 L/min/kW", 120.0)):
        edit = {"specs": {"wetrack": {"liquid": {"minimum_specific_flow": minimum}}}}
        assert litres(loaded(wet(edit))) == pytest.approx(flow)


@given(st.floats(min_value=25.0, max_value=44.0), st.floats(min_value=0.0, max_value=1.0))
def test_warmer_coolant_never_lets_a_cdu_carry_more_racks(supply: float, warmer: float) -> None:
    carried = []
    for each in (supply, supply + warmer):
        model = loaded(wet(REAL, at(each)))
        found = racks_served(model, cdu(model, "vertiv-xdu1350"), rack(model, "gb300-nvl72"), "a", World.PLANNING)
        assert found is not None
        carried.append(found.racks)
    assert carried[1] <= carried[0]


def test_pressure_of_rack_and_pipes_by_hand() -> None:
    # 38.65 L/min of the published 40: 40 kPa * 0.966 ** 1.75 = 37.7 kPa, and 60 kPa of pipes
    model = loaded(wet(DROPS))
    head = loop_head(model, "a", World.PLANNING)
    assert head == pytest.approx(60e3 + 40e3 * (litres(model) / 40.0) ** 1.75)
    assert cdu_flow(model, cdu(model, "cdu"), "a", World.PLANNING) == pytest.approx(1000 * LITRE)
    found = line(checked(wet(DROPS)), "cdu_pressure.a")
    assert (found.verdict, found.available, found.unit) == ("pass", 130.0, "kPa")
    assert found.required == pytest.approx(97.7, abs=0.1)
    assert "gives 1,000 L/min of its published 1,000 L/min" in found.reason


@pytest.mark.parametrize(("pipes", "flow"), [(62.3, 1000.0), (77.3, 700.0), (92.2, 400.0), (92.4, 0.0)])
def test_flow_falls_along_the_curve_and_is_zero_beyond_it(pipes: float, flow: float) -> None:
    model = loaded(wet(DROPS, {"halls": {"a": {"liquid": {"pipe_pressure_drop": f"{pipes} kPa"}}}}))
    assert cdu_flow(model, cdu(model, "cdu"), "a", World.PLANNING) / LITRE == pytest.approx(flow, abs=5.0)


def test_a_loop_beyond_every_published_head_fails() -> None:
    found = checked(wet(DROPS, {"halls": {"a": {"liquid": {"pipe_pressure_drop": "100 kPa"}}}}))
    assert line(found, "cdu_pressure.a").verdict == "fail"
    assert (line(found, "cdu_flow.a").available, line(found, "cdu_flow.a").verdict) == (0.0, "fail")


def test_the_largest_drop_of_parallel_racks_decides() -> None:
    other = {
        "specs": {"other": {**TINY["specs"]["wetrack"], "liquid": {
            "return_limit": "60 degC", "supply_max": "45 degC", "pressure_drop": "70 kPa", "pressure_flow": "38 L/min",
        }}},
        "deployments": {"alpha": {"su": [{"spec": "wetrack", "count": 2}, {"spec": "other", "count": 2}]}},
    }  # fmt: skip
    model = loaded(wet(DROPS, other))
    hall = model.site.halls["a"]
    drops = [rack_pressure(rack(model, name), hall, World.PLANNING) for name in ("wetrack", "other")]
    assert None not in drops
    assert loop_head(model, "a", World.PLANNING) == 60e3 + max(drop or 0.0 for drop in drops)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        ({"halls": {"a": {"liquid": {"pipe_pressure_drop": None}}}}, "no `pipe_pressure_drop`"),
        ({"specs": {"wetrack": {"liquid": {"pressure_drop": None, "pressure_flow": None}}}}, "stated for wetrack"),
        ({"specs": {"cdu": {"head": None, "pump_curve": None}}}, "stated for cdu: its published flow is counted"),
    ],
)
def test_what_is_not_stated_leaves_the_pressure_unchecked_and_the_published_flow(
    edit: dict[str, Any], reason: str
) -> None:
    data = wet(DROPS, edit)
    found = line(checked(data), "cdu_pressure.a")
    assert found.verdict == "not checked"
    assert reason in found.reason
    model = loaded(data)
    assert cdu_flow(model, cdu(model, "cdu"), "a", World.PLANNING) == pytest.approx(1000 * LITRE)


def test_no_cdu_no_pressure_to_check() -> None:
    found = line(checked(wet(DROPS, {"plant": {"cdus": None}})), "cdu_pressure.a")
    assert (found.verdict, found.reason) == ("not checked", "no CDU stands in a")


@pytest.mark.parametrize(
    ("ends", "counts"),
    [
        ({"supply_min": "30 degC", "supply_max": "30 degC"}, True),
        ({"supply_min": "31 degC"}, False),
        ({"supply_max": "29 degC"}, False),
    ],
)
def test_a_cdu_outside_its_temperatures_counts_as_zero(ends: dict[str, str], counts: bool) -> None:
    data = wet({"specs": {"cdu": ends}})
    model = loaded(data)
    worth = (
        cdu_heat(model, cdu(model, "cdu"), "a", World.PLANNING),
        cdu_flow(model, cdu(model, "cdu"), "a", World.PLANNING),
    )
    assert all(worth) if counts else worth == (0.0, 0.0)
    verdicts = {found.verdict for found in checked(data).lines if found.id.startswith("cdu_supply_")}
    assert verdicts == {"pass" if counts else "fail"}


@pytest.mark.parametrize(("coldest", "verdict"), [("25 degC", "pass"), ("31 degC", "fail"), (None, "not checked")])
def test_coolant_colder_than_a_rack_takes(coldest: str | None, verdict: str) -> None:
    found = checked(wet({"specs": {"wetrack": {"liquid": {"supply_min": coldest}}}}))
    assert line(found, "supply_minimum.a.wetrack").verdict == verdict
    assert any(found.id == "obstacle.alpha.a" for found in found.lines) == (verdict == "fail")


def test_pods_on_the_cdus_of_their_hall_have_one_line_with_it() -> None:
    hall = merged(TINY, WET)["halls"]["a"]
    pod = {key: value for key, value in hall.items() if key != "liquid"}
    pods = {"halls": {"b": {**pod, "within": "a"}}, "deployments": {"alpha": {"halls": ["b", "a"]}}}
    found = checked(wet(DROPS, pods))
    assert line(found, "cdu_pressure.a").verdict == "pass"
    assert not any(item.id == "cdu_pressure.b" for item in found.lines)


def test_a_rack_that_may_refuse_the_coolant_still_counts_in_the_loops_pressure() -> None:
    wide = {"value": "45 degC", "range": ["29 degC", "45 degC"], "confidence": "assumption", "note": "not published"}
    model = loaded(wet(DROPS, {"specs": {"wetrack": {"liquid": {"supply_max": wide}}}}))
    heads = {loop_head(model, "a", world) for world in World}
    assert len(heads) == 1
    limit = {**wide, "value": "60 degC", "range": ["29 degC", "60 degC"]}
    model = loaded(wet(DROPS, {"specs": {"wetrack": {"liquid": {"return_limit": limit}}}}))
    assert {loop_head(model, "a", world) for world in World} == heads
