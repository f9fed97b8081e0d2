"""The check: a tiny site worked by hand, what each verdict means, and what gates."""

from __future__ import annotations

from typing import Any

import pytest
from assess_site import N1, TINY, failing, line, merged, sus, tiny, upgrade

from dcplan.answer import Check
from dcplan.assess.coverage import NOT_COVERED
from dcplan.errors import InputError

# ---------------------------------------------------------------- worked by hand


@pytest.mark.parametrize(
    ("line_id", "required", "available", "unit"),
    [
        # four racks of 100 kW; two modules of 500 kW with one out
        ("ups.site", 400.0, 500.0, "kW"),
        ("ups_va.site", 400.0, 500.0, "kVA"),
        # two of three walls carry 400 kW with the third out, so all three run: 30 kW
        ("room_air.a", 400.0, 500.0, "kW"),
        # (400 + 30) kW and a tenth of it for pumps
        ("heat_rejection.cold", 473.0, 500.0, "kW"),
        # 400 / 0.95 + 30 fans + 43 pumps + 150 chiller
        ("generator.site", 400 / 0.95 + 223, 1000.0, "kW"),
        # 400 / 0.95 / 0.95 + 223 / 0.8
        ("generator_va.site", 400 / 0.95 / 0.95 + 223 / 0.8, 1250.0, "kVA"),
        ("transformer.site", 400 / 0.95 / 0.95 + 223 / 0.8, 2000.0, "kVA"),
        ("utility.site", (400 / 0.95 + 223) / 0.99, 3000.0, "kW"),
        ("positions.a", 4.0, 8.0, "positions"),
        # 900 kg over 2 m2; a third of it on one tile
        ("floor_uniform.a.airrack", 450.0, 500.0, "kg/m2"),
        ("floor_point.a.airrack", 300.0, 400.0, "kg"),
        ("loop_supply.cold", 18.0, 18.0, "degC"),
    ],
)
def test_tiny_site_by_hand(line_id: str, required: float, available: float, unit: str) -> None:
    found = line(tiny(), line_id)
    assert found.required == pytest.approx(required)
    assert found.available == pytest.approx(available)
    assert found.margin == pytest.approx(available - required, abs=1e-6)
    assert (found.unit, found.verdict, found.assumed) == (unit, "pass", False)


def test_tiny_site_passes_all_that_is_checked() -> None:
    found = tiny()
    assert found.gates is None
    assert found.count("fail") == found.count("open") == 0
    assert found.count("pass") == 12
    assert len({line.id for line in found.lines}) == len(found.lines)
    assert found.not_covered == NOT_COVERED
    assert Check.model_validate_json(found.model_dump_json()) == found


def test_rules_say_scheme_unit_place_and_conditions() -> None:
    found = tiny()
    assert "N+1 by unit over site: largest unit out" in line(found, "generator.site").rule
    assert "derated for 100 m and 35 degC" in line(found, "generator.site").rule
    assert "N by unit over site: no unit out" in line(found, "utility.site").rule
    assert "IBM tile rule: W/3" in line(found, "floor_point.a.airrack").rule
    assert "structural engineer" in line(found, "floor_uniform.a.airrack").reason
    assert "assumes 1 SUs of alpha here: halls filled in the order of the file" in line(found, "room_air.a").reason
    assert "runs 3 of 3 wall" in line(found, "room_air.a").reason
    assert "M wall" in line(found, "room_air.a").source


def test_baseline_and_reserved_loads_count() -> None:
    loads = {
        "old": {"hall": "a", "ups": "50 kW", "air_heat": "50 kW", "positions": 2},
        "promised": {"status": "reserved", "hall": "a", "ups": "60 kW", "air_heat": "60 kW", "positions": 3},
    }
    found = tiny(loads=loads)
    assert line(found, "ups.site").required == pytest.approx(510.0)
    assert line(found, "ups.site").verdict == "fail"
    assert "already there and reserved 110 kW, alpha 400 kW" in line(found, "ups.site").reason
    assert line(found, "positions.a").margin == pytest.approx(-1.0)


# ---------------------------------------------------------------- plant


def test_ordered_and_reserved_plant_is_named_but_not_counted() -> None:
    plant = {
        "more": {"spec": "genset", "count": 2, "at": "site", "status": "ordered", "in_service": "2027-05-03"},
        "theirs": {"spec": "genset", "count": 1, "at": "site", "status": "reserved"},
    }
    found = line(tiny(plant=plant), "generator.site")
    assert found.available == pytest.approx(1000.0)
    assert "ordered: +2,000 kW from 2027-05-03 (more), not counted" in found.reason
    assert "reserved for others: 1,000 kW (theirs), not counted" in found.reason


def test_plant_ordered_for_a_day_that_has_passed_counts_as_the_warning_says() -> None:
    plant = {"more": {"spec": "genset", "count": 1, "at": "site", "status": "ordered", "in_service": "2026-12-01"}}
    found = tiny(plant=plant)
    assert line(found, "generator.site").available == pytest.approx(2000.0)
    assert any("counted as existing" in warning for warning in found.warnings)


def test_the_chillers_with_least_draw_run() -> None:
    small = {
        "family": "chiller",
        "maker": "M",
        "model": "small",
        "ratings": [{"ambient": "35 degC", "water": "18 degC", "capacity": "480 kW", "power": "90 kW"}],
    }
    found = tiny(specs={"small": small}, plant={"small": {"spec": "small", "count": 1, "at": "cold"}})
    assert "runs 0 of 1 chiller, 1 of 1 small" in line(found, "heat_rejection.cold").reason
    assert line(found, "generator.site").required == pytest.approx(400 / 0.95 + 30 + 43 + 90)


def test_all_cooling_runs_where_it_does_not_carry_the_heat() -> None:
    found = tiny(deployments=sus(2))
    # generators: 800 / 0.95 + 30 + 83 + 150
    assert failing(found) == {"generator.site", "ups.site", "ups_va.site", "room_air.a", "heat_rejection.cold"}
    assert line(found, "generator.site").required == pytest.approx(800 / 0.95 + 263)
    assert "runs 1 of 1 chiller" in line(found, "heat_rejection.cold").reason
    assert (
        "what is missing on heat_rejection.cold, room_air.a would draw more: not counted"
        in line(found, "generator.site").reason
    )


def test_a_chiller_outside_its_points_counts_as_zero() -> None:
    found = tiny(place={"design_dry_bulb": "34 degC"})
    assert failing(found) == {"loop_supply.cold", "heat_rejection.cold"}
    assert line(found, "loop_supply.cold").required is None
    assert "water of 18 degC in air of 36 degC" in line(found, "loop_supply.cold").reason
    assert line(found, "heat_rejection.cold").available == 0.0
    assert found.gates == "loop_supply.cold"


def test_one_cooler_that_reaches_the_temperature_is_enough() -> None:
    plant = {"cooler": {"spec": "cooler", "count": 1, "at": "cold"}}
    found = line(tiny(plant=plant), "loop_supply.cold")
    assert found.verdict == "pass"
    assert "cooler does not make water of 18 degC in air of 35 degC by its minimum approach" in found.reason
    alone = tiny(plant={"chiller": None, **plant})
    assert line(alone, "loop_supply.cold").margin == pytest.approx(18.0 - 40.0)
    assert line(alone, "heat_rejection.cold").available == 0.0


# ---------------------------------------------------------------- liquid

WET: dict[str, Any] = {
    "redundancy": {"cdu": {**N1, "group": "hall"}},
    "loops": {"warm": {"supply": "41 degC", "back": "51 degC"}},
    "halls": {"a": {"liquid": {"fluid": "water", "supply": "45 degC", "loop": "warm"}, "gallery_slots": 1}},
    "plant": {
        "cdus": {"spec": "cdu", "count": 2, "at": "a", "gallery_slots": 1},
        "coolers": {"spec": "cooler", "count": 1, "at": "warm"},
    },
    "deployments": sus(1, su=[{"spec": "wetrack", "count": 4}]),
}


def test_liquid_side_by_hand() -> None:
    found = tiny(**WET)
    # 320 kW of the racks; both CDUs run as one is redundant, each puts 5 of its 10 kW into the liquid
    assert line(found, "cdu.a").required == pytest.approx(330.0)
    assert line(found, "cdu.a").available == pytest.approx(500.0)
    assert line(found, "cdu_flow.a").available == pytest.approx(1000.0)
    # rho 985, cp 4183 of water at 52.5 degC, a rise of 15 K
    assert line(found, "cdu_flow.a").required == pytest.approx(320e3 / (985 * 4183 * 15) * 60_000, rel=0.01)
    # 80 kW of the racks and half of the CDUs' draw
    assert line(found, "room_air.a").required == pytest.approx(90.0)
    assert line(found, "heat_rejection.warm").required == pytest.approx(330.0)
    assert line(found, "approach.a").margin == pytest.approx(4.0)
    assert line(found, "loop_supply.warm").margin == pytest.approx(1.0)
    assert line(found, "supply_temperature.a.wetrack").margin == 0.0
    assert line(found, "gallery.a").margin == pytest.approx(-1.0)
    assert failing(found) == {"gallery.a", "floor_uniform.a.wetrack", "floor_point.a.wetrack"}


def test_no_approach_fails_at_zero() -> None:
    found = tiny(**merged(WET, {"loops": {"warm": {"supply": "45 degC"}}}))
    assert line(found, "approach.a").margin == 0.0
    assert {"approach.a", "cdu.a"} <= failing(found)


def test_what_is_not_checked_says_why() -> None:
    found = tiny(**WET)
    why = {line.id: line.reason for line in found.lines if line.verdict == "not checked"}
    assert "pump_power" in why["pumps.warm"]
    assert "pumps.cold" not in why
    assert {
        "dew_point.a",
        "cdu_pressure.a",
        "feed_tap.a.wetrack",
        "peak.a",
        "floor_rolling.a.wetrack",
        "hall_rolling.a.wetrack",
        "route.a.wetrack",
        "electrical_room.site",
        "battery_recharge.site",
    } <= set(why)
    assert all(why.values())


@pytest.mark.parametrize("service", ["utility", "transformer", "generator", "ups", "room_air", "heat_rejection"])
def test_an_undeclared_service_is_not_checked(service: str) -> None:
    own = {"generator": ["gensets"], "ups": ["ups"], "room_air": ["fans"], "heat_rejection": ["chiller"]}
    gone = own.get(service, ["service" if service == "utility" else service])
    found = tiny(redundancy={service: None}, plant=dict.fromkeys(gone))
    place = {"room_air": "a", "heat_rejection": "cold"}.get(service, "site")
    unread = line(found, f"{service}.{place}")
    assert (unread.verdict, unread.required) == ("not checked", None)
    assert f"redundancy.{service}" in unread.reason


@pytest.mark.parametrize(
    ("field", "ids"),
    [
        ("uniform", ["floor_uniform"]),
        ("point", ["floor_point"]),
        ("position_area", ["floor_uniform"]),
    ],
)
def test_an_absent_floor_field_is_not_checked(field: str, ids: list[str]) -> None:
    found = tiny(halls={"a": {"floor": {field: None}}})
    for line_id in ids:
        assert line(found, f"{line_id}.a.airrack").verdict == "not checked"
        assert field in line(found, f"{line_id}.a.airrack").reason


# ---------------------------------------------------------------- halls

TWO_HALLS: dict[str, Any] = {
    "halls": {"b": TINY["halls"]["a"]},
    "plant": {"more": {"spec": "wall", "count": 3, "at": "b"}},
}


def test_halls_are_filled_in_the_order_of_the_file() -> None:
    found = tiny(**TWO_HALLS, deployments=sus(3, halls=["b", "a"]))
    assert [line(found, f"positions.{hall}").required for hall in "ab"] == [4.0, 8.0]
    assert [line(found, f"room_air.{hall}").required for hall in "ab"] == [400.0, 800.0]


def test_sus_without_positions_count_in_the_last_hall_they_may_use() -> None:
    found = tiny(**TWO_HALLS, deployments=sus(5, halls=["a", "b"]))
    assert line(found, "positions.a").verdict == "pass"
    assert line(found, "positions.b").margin == pytest.approx(-4.0)
    assert "SUs that find no positions in any hall they may use: 1 of alpha" in line(found, "positions.b").reason
    assert line(found, "ups.site").required == pytest.approx(2000.0)


def test_a_second_deployment_finds_what_the_first_one_leaves() -> None:
    """Two halls of 8 positions, SUs of 4: alpha takes three places of four, beta of two SUs the last one."""
    alpha = sus(3, halls=["a", "b"])
    beta = {**TINY["deployments"]["alpha"], **sus(2, halls=["a", "b"])["alpha"]}
    found = tiny(**TWO_HALLS, deployments={**alpha, "beta": beta})
    assert [line(found, f"positions.{hall}").required for hall in "ab"] == [8.0, 12.0]
    told = line(found, "positions.b").reason
    assert "assumes 1 SUs of alpha, 2 SUs of beta here" in told
    assert "SUs that find no positions in any hall they may use: 1 of beta" in told
    assert "find no positions" not in line(found, "positions.a").reason


def test_a_deployment_that_no_hall_can_take_is_an_obstacle() -> None:
    found = tiny(deployments=sus(1, su=[{"spec": "wetrack", "count": 4}]))
    assert line(found, "obstacle.alpha.a").verdict == "fail"
    assert "declares no `liquid` loop" in line(found, "obstacle.alpha.a").reason
    assert "its load is in no other line" in line(found, "obstacle.alpha.a").reason
    assert line(found, "supply_temperature.a.wetrack").verdict == "not checked"
    assert found.gates == "obstacle.alpha.a"


def test_no_line_passes_without_the_load_of_a_barred_deployment() -> None:
    found = tiny(deployments=sus(1, su=[{"spec": "wetrack", "count": 4}]))
    lacking = {one.id for one in found.lines if "alpha can run in none of its halls" in one.reason}
    # of the hall, its loop and the site all that the tiny site balances
    services = {"utility", "transformer", "generator", "generator_va", "ups", "ups_va"}
    assert lacking == {f"{name}.site" for name in services} | {"positions.a", "room_air.a", "heat_rejection.cold"}
    assert {line(found, name).verdict for name in lacking} == {"not checked"}
    assert {line(found, name).required for name in lacking} == {None}
    assert line(found, "loop_supply.cold").verdict == "pass"


def test_what_falls_short_without_a_barred_load_still_fails() -> None:
    found = tiny(
        deployments=sus(1, su=[{"spec": "wetrack", "count": 4}]),
        loads={"old": {"hall": "a", "ups": "2 MW", "positions": 2}},
    )
    assert line(found, "ups.site").verdict == "fail"
    assert "its load is not in this line" in line(found, "ups.site").reason
    assert line(found, "positions.a").verdict == "not checked"


def test_a_barred_deployment_opens_nothing_elsewhere() -> None:
    halls = {"b": {**TINY["halls"]["a"], "air": {"loop": "other"}}}
    other = {
        "loops": {"other": TINY["loops"]["cold"]},
        "plant": {
            "far": {**TINY["plant"]["chiller"], "at": "other"},
            "walls": {**TINY["plant"]["fans"], "at": "b"},
        },
        "deployments": {
            "beta": {**TINY["deployments"]["alpha"], "halls": ["b"]},
            **sus(1, su=[{"spec": "wetrack", "count": 4}]),
        },
    }
    found = tiny(halls=halls, **other)
    assert line(found, "heat_rejection.cold").verdict == "not checked"
    assert [line(found, name).verdict for name in ("heat_rejection.other", "room_air.b", "positions.b")] == ["pass"] * 3


def test_a_hall_with_an_obstacle_is_left_out() -> None:
    halls = {"b": merged(TINY["halls"]["a"], {"floor": {"point": "100 kg"}})}
    own = merged(WET, {"halls": halls, "deployments": sus(1, halls=["b", "a"])})
    found = tiny(**own)
    assert line(found, "positions.a").required == 4.0
    assert "no SU with wetrack is assumed in b" in line(found, "floor_point.b.wetrack").reason
    assert "obstacle.alpha.b" not in {line.id for line in found.lines}


# ---------------------------------------------------------------- assumptions


def assumed(value: str, low: str, high: str) -> dict[str, Any]:
    return {"value": value, "range": [low, high], "confidence": "assumption", "note": "for the test"}


@pytest.mark.parametrize(
    ("heat", "verdict", "moved"),
    [
        ("100 kW", "pass", False),
        (assumed("100 kW", "90 kW", "120 kW"), "pass", True),
        (assumed("100 kW", "90 kW", "130 kW"), "open", True),
        (assumed("126 kW", "100 kW", "126 kW"), "fail", False),
        (assumed("126 kW", "100 kW", "130 kW"), "fail", True),
        # a range without the label `assumption` is a tolerance of its source, not an adverse world
        ({"value": "100 kW", "range": ["90 kW", "200 kW"]}, "pass", False),
    ],
)
def test_assumptions_open_a_line_only_where_their_adverse_end_fails(heat: Any, verdict: str, moved: bool) -> None:
    found = line(tiny(specs={"airrack": {"heat": heat}}), "ups.site")
    assert (found.verdict, found.assumed) == (verdict, moved)
    if verdict == "open":
        assert "margin -20 kW at the adverse ends of labelled assumptions" in found.reason


def test_liquid_share_hurts_both_sides() -> None:
    found = tiny(**merged(WET, {"specs": {"wetrack": {"liquid_share": assumed("80 %", "40 %", "100 %")}}}))
    assert "(most heat to liquid)" in line(found, "cdu.a").reason
    assert "(most heat to air)" in line(found, "room_air.a").reason


def test_a_rack_that_may_refuse_the_coolant_opens_an_obstacle() -> None:
    limits = {
        "supply_max": assumed("46 degC", "40 degC", "50 degC"),
        "return_limit": assumed("60 degC", "44 degC", "65 degC"),
    }
    found = tiny(**merged(WET, {"specs": {"wetrack": {"liquid": limits}}}))
    assert line(found, "obstacle.alpha.a").verdict == "open"
    assert line(found, "supply_temperature.a.wetrack").verdict == "open"
    assert "margin -5 K" in line(found, "supply_temperature.a.wetrack").reason


def test_air_beyond_a_chillers_points_in_an_adverse_world_opens_the_loop() -> None:
    found = tiny(place={"design_dry_bulb": assumed("33 degC", "32 degC", "34 degC")})
    assert line(found, "loop_supply.cold").verdict == "open"
    assert line(found, "heat_rejection.cold").verdict == "open"
    # the chiller still draws: a missing point must not relieve the generators
    assert line(found, "generator.site").assumed is False


def test_chiller_points_that_contradict_each_other_are_an_input_error() -> None:
    points = TINY["specs"]["chiller"]["ratings"]
    hotter = {"ambient": "40 degC", "water": "18 degC", "capacity": "600 kW", "power": "150 kW"}
    with pytest.raises(InputError, match="hotter air costs capacity"):
        tiny(specs={"chiller": {"ratings": [*points, hotter]}})


# ---------------------------------------------------------------- what gates


def test_the_longest_of_the_quickest_cures_gates() -> None:
    offered = {
        "slow-ups": upgrade("module", "site", 60),
        "quick-ups": upgrade("module", "site", 10),
        "wall": upgrade("wall", "a", 20),
        "chiller-more": upgrade("chiller", "cold", 30),
        "genset": upgrade("genset", "site", 25),
    }
    assert tiny(deployments=sus(2), upgrades=offered).gates == "heat_rejection.cold"
    # the slow UPS alone takes longer than the chiller
    del offered["quick-ups"]
    assert tiny(deployments=sus(2), upgrades=offered).gates == "ups.site"
    # nothing cures room air
    del offered["wall"]
    assert tiny(deployments=sus(2), upgrades=offered).gates == "room_air.a"


def test_a_reinforcement_cures_only_the_check_it_acts_on() -> None:
    heavy = {"airrack": {"mass": "1300 kg"}}
    found = tiny(specs=heavy, upgrades={"plates": upgrade("plates", "a", 8)})
    assert failing(found) == {"floor_uniform.a.airrack", "floor_point.a.airrack"}
    assert found.gates == "floor_uniform.a.airrack"
    only_point = tiny(specs=heavy, halls={"a": {"floor": {"uniform": "900 kg/m2"}}})
    assert only_point.gates == "floor_point.a.airrack"


def test_a_hall_in_which_no_su_is_assumed_gates_last() -> None:
    weak = {"halls": {"b": merged(TINY["halls"]["a"], {"floor": {"point": "100 kg"}})}}
    found = tiny(
        **merged(TWO_HALLS, weak), deployments=sus(2, halls=["a", "b"]), upgrades={"u": upgrade("module", "site", 1)}
    )
    assert "floor_point.b.airrack" in failing(found)
    assert found.gates != "floor_point.b.airrack"
