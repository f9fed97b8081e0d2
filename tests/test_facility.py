"""Facility loops: flow and pumps, header, frost, loops fed by loops, ride-through, and dew point in the halls."""

from __future__ import annotations

from typing import Any

import pytest
from assess_site import TINY, checked, line, merged
from sites import loaded

from dcplan.answer import Line
from dcplan.physics.hydraulics import velocity
from dcplan.ratings.climate import dew_point
from dcplan.ratings.rows import World

# 400 kW of racks and 30 kW of fans into 18/28 degC: two pumps of 6 L/s and a standby; 4 kW each go into the water
PUMPS: dict[str, Any] = {
    "redundancy": {"facility_pump": {"scheme": "N+1", "unit": "unit", "group": "loop"}},
    "loops": {"cold": {"pump_power": None}},
    "plant": {"pumps": {"spec": "pump", "count": 3, "at": "cold"}},
    "specs": {
        "pump": {
            "family": "facility_pump", "maker": "M", "model": "pump", "flow": "6 L/s", "head": "400 kPa",
            "efficiency": "60 %",
        },
    },
}  # fmt: skip
RESTART: dict[str, Any] = {
    "behind_ups": ["facility_pump"],
    "loops": {"cold": {"ride_through": {"volume": "3 m3", "supply_limit": "26 degC"}}},
    "specs": {"genset": {"start_time": "30 s"}, "chiller": {"restart_time": "2 min"}},
}


def site(*edits: dict[str, Any]) -> dict[str, Any]:
    data = TINY
    for edit in edits:
        data = merged(data, edit)
    return data


def found(line_id: str, *edits: dict[str, Any]) -> Line:
    return line(checked(site(*edits)), line_id)


def loop(**own: Any) -> dict[str, Any]:
    return {"loops": {"cold": own}}


def test_flow_of_a_loop_and_its_pumps_by_hand() -> None:
    flow = found("loop_flow.cold", PUMPS)
    # 3 pumps run as one is redundant: 3 * 6 L/s * 400 kPa / 60 % = 12 kW, all of it into the water
    heat = 400 + 30 + 12
    assert flow.required == pytest.approx(heat / (0.9976 * 4.1826 * 10), rel=1e-3)
    assert flow.available == pytest.approx(12.0)
    assert found("heat_rejection.cold", PUMPS).required == pytest.approx(heat)
    # in place of the share of 10 % of the heat, the pumps' own draw
    share, named = found("generator.site"), found("generator.site", PUMPS)
    assert share.required is not None
    assert named.required is not None
    assert share.required - named.required == pytest.approx(0.1 * 430 - 12)


def test_a_stated_draw_counts_as_the_same_draw_worked_out() -> None:
    stated = {"specs": {"pump": {"efficiency": None, "power": "4 kW"}}}
    assert found("generator.site", PUMPS, stated) == found("generator.site", PUMPS)


def test_pumps_behind_the_ups_load_it() -> None:
    behind = found("ups.site", PUMPS, {"behind_ups": ["facility_pump"]}).required
    beside = found("ups.site", PUMPS).required
    assert behind is not None
    assert beside is not None
    assert behind - beside == pytest.approx(12.0)


def test_pumps_that_are_a_share_of_heat_are_not_balanced() -> None:
    named = found("loop_flow.cold", {"redundancy": PUMPS["redundancy"]})
    assert (named.verdict, "share of its heat" in named.reason) == ("not checked", True)
    assert found("facility_pump.cold").verdict == "not checked"


@pytest.mark.parametrize(("drop", "verdict", "available"), [("400 kPa", "pass", 12.0), ("401 kPa", "fail", 0.0)])
def test_a_pump_below_the_loops_head_counts_as_zero(drop: str, verdict: str, available: float) -> None:
    edit = loop(pipe_pressure_drop=drop)
    assert found("pump_head.cold", PUMPS, edit).verdict == verdict
    assert found("loop_flow.cold", PUMPS, edit).available == pytest.approx(available)


@pytest.mark.parametrize(
    ("low", "verdict", "margin"), [("390 kPa", "pass", None), ("380 kPa", "open", "margin -10 kPa")]
)
def test_an_assumed_head_is_judged_at_its_value_then_at_its_low_end(low: str, verdict: str, margin: str | None) -> None:
    head = {"value": "400 kPa", "range": [low, "420 kPa"], "confidence": "assumption", "note": "for the test"}
    told = found("pump_head.cold", PUMPS, loop(pipe_pressure_drop="390 kPa"), {"specs": {"pump": {"head": head}}})
    assert (told.required, told.available, told.verdict) == (390.0, 400.0, verdict)
    assert margin is None or margin in told.reason


def test_an_assumed_heat_is_in_the_velocity_at_its_value_then_at_its_high_end() -> None:
    heat = {"value": "100 kW", "range": ["90 kW", "120 kW"], "confidence": "assumption", "note": "for the test"}
    edits = (PUMPS, loop(header_diameter="80 mm", velocity_limit="2.4 m/s"))
    plain = found("header_velocity.cold", *edits)
    told = found("header_velocity.cold", *edits, {"specs": {"airrack": {"heat": heat}}})
    assert (told.required, told.available, told.verdict) == (plain.required, 2.4, "open")
    assert plain.required is not None
    # 480 + 30 + 12 kW in place of 442 kW
    assert f"margin {2.4 - plain.required * 522 / 442:.3g} m/s" in told.reason


@pytest.mark.parametrize("named", [True, False])
def test_velocity_in_the_header_from_the_whole_flow(named: bool) -> None:
    edits = [PUMPS] if named else []
    fast = found("header_velocity.cold", *edits, loop(header_diameter="80 mm", velocity_limit="2.4 m/s"))
    heat = 442 if named else 473
    assert fast.required == pytest.approx(velocity(heat / (997.6 * 4.1826 * 10), 0.080), rel=1e-3)
    # 2.1 m/s of 442 kW, 2.3 m/s of 473 kW
    assert (fast.verdict, fast.available) == ("pass", 2.4)
    slower = loop(header_diameter="80 mm", velocity_limit="2 m/s")
    assert found("header_velocity.cold", *edits, slower).verdict == "fail"


@pytest.mark.parametrize(
    ("fluid", "coldest", "verdict"),
    [("water", "4 degC", "pass"), ("water", "2 degC", "fail"), ("EG30", "-11 degC", "pass"),
     ("EG30", "-12 degC", "fail"), ("EG40", "-20 degC", "pass"), ("water", None, "not checked")],
)  # fmt: skip
def test_a_loop_freezes_3_k_below_the_coldest_air_at_the_most(fluid: str, coldest: str | None, verdict: str) -> None:
    place = {} if coldest is None else {"place": {"design_min_dry_bulb": coldest}}
    assert found("frost.cold", loop(fluid=fluid), place).verdict == verdict


def test_glycol_asks_for_more_flow_than_water() -> None:
    water, glycol = (found("loop_flow.cold", PUMPS, loop(fluid=fluid)).required for fluid in ("water", "EG40"))
    assert water is not None
    assert glycol is not None
    assert glycol / water == pytest.approx(0.9976 * 4182.6 / (1.0508 * 3528), rel=1e-2)


# the racks' loop gives its heat to an outer one, on which the chiller stands
FED: dict[str, Any] = {
    "loops": {
        "outer": {"supply": "18 degC", "back": "28 degC", "pump_power": "5 %"},
        "cold": {"supply": "20 degC", "back": "30 degC", "fed_by": {"loop": "outer", "approach": "2 K"}},
    },
    "plant": {"chiller": {"at": "outer"}},
    "specs": {"wall": {"water_supply": "20 degC"}},
}


def test_heat_is_passed_on_with_the_pumps_of_both_loops() -> None:
    # 430 kW, 10 % of pumps on the first loop, 5 % on the second
    outer = found("heat_rejection.outer", FED)
    assert outer.required == pytest.approx(430 * 1.1 * 1.05)
    assert not any(item.id == "heat_rejection.cold" for item in checked(site(FED)).lines)
    direct, fed = found("generator.site").required, found("generator.site", FED).required
    assert direct is not None
    assert fed is not None
    assert fed - direct == pytest.approx(430 * 1.1 * 0.05)


def test_pumps_of_a_fed_loop_are_chosen_before_those_of_the_loop_behind_it() -> None:
    # 430 kW and 8 kW of pumps ask for 10.5 L/s of the next loop; two pumps of 5.2 L/s would do for 430 kW alone
    pump = PUMPS["specs"]["pump"]
    both = {
        "redundancy": {"facility_pump": {"scheme": "N"}},
        "loops": {"outer": {"pump_power": None}},
        "plant": {"behind": {"spec": "small", "count": 3, "at": "outer"}},
        "specs": {"small": {**pump, "flow": "5.25 L/s", "head": "1 kPa"}},
    }
    row = found("loop_flow.outer", PUMPS, FED, both)
    assert row.required == pytest.approx((430 + 8 + 0.03) / (0.9976 * 4.1826 * 10), rel=2e-3)
    assert "runs 2 of 3 small" in row.reason
    tight = found("loop_flow.outer", PUMPS, FED, both, {"specs": {"small": {"flow": "5.2 L/s"}}})
    assert "runs 3 of 3 small" in tight.reason


def test_the_supply_of_a_fed_loop_has_the_approach_at_the_adverse_end_too() -> None:
    assert found("exchanger_approach.cold", FED).verdict == "pass"
    wide = {"value": "2 K", "range": ["1 K", "3 K"], "confidence": "assumption", "note": "not selected yet"}
    assert found("exchanger_approach.cold", FED, loop(fed_by={"approach": wide})).verdict == "open"
    assert found("exchanger.cold", FED).verdict == "not checked"


# ---------------------------------------------------------------- ride-through


def test_water_that_circulates_holds_the_heat_for_so_long() -> None:
    held = found("ride_through.cold", PUMPS, RESTART)
    # 3 m3 * 4.174 MJ/(m3 K) * 8 K / 442 kW, against 30 s of generators and 2 min of chillers
    assert held.available == pytest.approx(3 * 4174 * 8 / 442, rel=2e-3)
    assert (held.required, held.verdict, held.unit) == (pytest.approx(150.0), "pass", "s")
    more = loop(ride_through={"volume": "1.9 m3"})
    assert found("ride_through.cold", PUMPS, RESTART, more).verdict == "fail"


def test_water_of_a_fed_loop_waits_for_the_chillers_of_the_loop_behind_it() -> None:
    held = found("ride_through.cold", PUMPS, RESTART, FED)
    assert (held.required, held.verdict) == (pytest.approx(150.0), "pass")
    short = loop(ride_through={"volume": "1.9 m3"})  # 90 s would be enough for the generators alone
    assert found("ride_through.cold", PUMPS, RESTART, FED, short).verdict == "fail"
    silent = found("ride_through.cold", PUMPS, RESTART, FED, {"specs": {"chiller": {"restart_time": None}}})
    assert silent.verdict == "not checked"


@pytest.mark.parametrize("edits", [(RESTART, {"behind_ups": []}), (PUMPS, RESTART, {"behind_ups": []})])
def test_water_that_stands_still_holds_nothing(edits: tuple[dict[str, Any], ...]) -> None:
    held = found("ride_through.cold", *edits)
    assert (held.verdict, held.available) == ("fail", 0.0)
    assert "stands still" in held.reason


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (loop(ride_through=None), "no `ride_through`"),
        ({"specs": {"genset": {"start_time": None}}}, "`start_time`"),
        ({"specs": {"chiller": {"restart_time": None}}}, "`restart_time` is stated for chiller"),
    ],
)
def test_what_is_not_stated_is_not_checked(edit: dict[str, Any], words: str) -> None:
    held = found("ride_through.cold", PUMPS, RESTART, edit)
    assert held.verdict == "not checked"
    assert words in held.reason


LIQUID: dict[str, Any] = {
    "halls": {"a": {"liquid": {"fluid": "water", "supply": "30 degC", "loop": "cold"}}},
    "deployments": {"alpha": {"su": [{"spec": "wetrack", "count": 4}]}},
}


@pytest.mark.parametrize(
    ("edits", "verdict"),
    [((), "not checked"), ((RESTART,), "fail"), (({"behind_ups": ["cdu"]},), "not checked")],
)
def test_racks_lose_their_flow_with_the_power_unless_cdus_are_behind_the_ups(
    edits: tuple[dict[str, Any], ...], verdict: str
) -> None:
    assert found("ride_through.a", LIQUID, *edits).verdict == verdict


# ---------------------------------------------------------------- dew point


@pytest.mark.parametrize(
    ("humidity", "coolant", "water"),
    [
        ({"dew_point": "16 degC"}, "pass", "pass"),
        ({"dew_point": "17 degC"}, "pass", "fail"),
        ({"dew_point": "28 degC"}, "pass", "fail"),
        ({"dew_point": "28.1 degC"}, "fail", "fail"),
        (None, "not checked", "not checked"),
    ],
)
def test_coolant_and_water_stay_2_k_above_the_dew_point(humidity: Any, coolant: str, water: str) -> None:
    edit = {"halls": {"a": {"humidity": humidity}}}
    assert found("dew_point.a", LIQUID, edit).verdict == coolant
    assert found("dew_point_water.a", LIQUID, edit).verdict == water
    barred = any(item.id == "obstacle.alpha.a" for item in checked(site(LIQUID, edit)).lines)
    assert barred == (coolant == "fail")


def test_dew_point_from_dry_bulb_and_relative_humidity() -> None:
    # ASHRAE Fundamentals: 25 degC at 50 % has a dew point of 13.9 degC
    model = loaded(site({"halls": {"a": {"humidity": {"dry_bulb": "25 degC", "relative_humidity": "50 %"}}}}))
    found_point = dew_point(model, "a", World.PLANNING)
    assert found_point is not None
    assert found_point - 273.15 == pytest.approx(13.9, abs=0.05)
