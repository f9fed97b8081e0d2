"""Air of a hall: rear doors, liquid-to-air units, air flow and inlet temperature by hand; control volumes; laws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from assess_site import TINY, checked, line, merged
from hypothesis import given, settings
from hypothesis import strategies as st
from sites import loaded
from test_constraints import DOORS, TO_AIR, site, spec
from tiny import planned_by_hand, tiny

from dcplan.errors import InputError
from dcplan.planner import plan
from dcplan.ratings.air import door_heat, rack_airflow
from dcplan.ratings.plant import unit_running, unit_supply
from dcplan.ratings.racks import su_demand
from dcplan.ratings.rows import World
from dcplan.verifier.energy import State, energies
from dcplan.verifier.verdict import verify

DOOR = {
    "family": "rear_door", "maker": "M", "model": "door", "capacity": "60 kW", "power": "1 kW",
    "water_supply": "18 degC",
}  # fmt: skip


def door_site(doors: int, walls: int, **own: Any) -> dict[str, Any]:
    """Four racks of 100 kW air heat, so many doors of 60 kW, so many walls of 250 kW, nothing redundant."""
    base = merged(TINY, {
        "redundancy": {"room_air": {"scheme": "N"}}, "specs": {"door": DOOR},
        "plant": {"fans": {"count": max(walls, 1)}},
    })  # fmt: skip
    if doors:
        base = merged(base, {"plant": {"doors": {"spec": "door", "count": doors, "at": "a", "on": "airrack"}}})
    if not walls:
        base = merged(base, {"plant": {"fans": None}})
    return merged(base, own)


# ---------------------------------------------------------------- rear doors


def carried(doors: int, walls: int) -> bool:
    found = checked(door_site(doors, walls))
    lines = [one for one in found.lines if one.id in ("room_air.a", "open_air.a")]
    return all(one.verdict == "pass" for one in lines)


@pytest.mark.parametrize(
    ("doors", "walls", "holds"),
    [
        (0, 1, False), (0, 2, True),
        (2, 1, False), (3, 1, True),  # 400 - 180 = 220 kW for one wall of 250
        (7, 0, False), (40, 0, False),  # doors beyond the racks take nothing: 40 kW of each rack pass its door
    ],
)  # fmt: skip
def test_walls_carry_what_doors_leave(doors: int, walls: int, holds: bool) -> None:
    assert carried(doors, walls) is holds


@given(doors=st.integers(1, 9), walls=st.integers(0, 3))
def test_both_rows_together_credit_exactly_the_doors_that_hang_on_racks(doors: int, walls: int) -> None:
    left = 400.0 - 60.0 * min(doors, 4)
    assert carried(doors, walls) is (250.0 * walls >= left)


@given(doors=st.integers(1, 9), walls=st.integers(0, 4), out=st.integers(1, 2))
def test_no_spare_door_makes_up_for_one_that_fails(doors: int, walls: int, out: int) -> None:
    """Every set of doors and walls that may be out, one by one; a door that fails is one that hangs on a rack."""
    found = checked(door_site(doors, walls, redundancy={"room_air": {"scheme": f"N+{out}"}}))
    holds = all(line(found, name).verdict == "pass" for name in ("room_air.a", "open_air.a"))
    hung = min(doors, 4)
    sets = [(lost, out - lost) for lost in range(out + 1) if lost <= hung and out - lost <= walls]
    left = [60.0 * (hung - lost) + 250.0 * (walls - without) for lost, without in sets]
    assert holds is (doors + walls >= out and bool(left) and min(left) >= 400.0)


def test_a_ninth_door_on_eight_racks_is_no_redundancy() -> None:
    full = {"specs": {"door": {"capacity": "100 kW"}}, "redundancy": {"room_air": {"scheme": "N+1"}}}
    alone = checked(door_site(5, 0, **full))
    assert (line(alone, "room_air.a").verdict, line(alone, "open_air.a").verdict) == ("pass", "fail")
    assert line(alone, "open_air.a").margin == pytest.approx(-100.0)
    # one wall takes the heat of the rack whose door is out; with the wall out, four doors take all
    assert line(checked(door_site(4, 1, **full)), "open_air.a").verdict == "pass"


def test_walls_that_need_not_run_stand_by_all_the_same() -> None:
    """Two of four walls run for 160 kW; the row has all four, and a door's 60 kW besides in the row of all air heat."""
    found = checked(door_site(1, 4))
    assert (line(found, "open_air.a").required, line(found, "open_air.a").available) == (160.0, 4 * 250.0)
    assert line(found, "room_air.a").available == 4 * 250.0 + 60.0


def test_the_verifier_holds_a_failed_doors_heat_against_the_room_units() -> None:
    doors = {"specs": {"door": {"capacity": "100 kW"}}, "redundancy": {"room_air": {"scheme": "N+1"}}}
    found = loaded(door_site(5, 1, **doors))
    state = State({}, {"doors@a": 5, "fans@a": 1}, {}, {"doors@a": ("door", "a"), "fans@a": ("wall", "a")})
    assert energies(found, state)["open_air@a"] == pytest.approx(5 * 100e3)
    assert unit_running(found, found.specs["door"], "a", World.PLANNING)["open_air@a"] == pytest.approx(100e3)


def test_a_door_takes_no_more_than_its_rack_gives() -> None:
    light = loaded(door_site(1, 1, specs={"airrack": {"heat": "40 kW"}}))
    assert door_heat(light, "a", World.PLANNING) == 40e3
    assert door_heat(loaded(door_site(1, 1)), "a", World.PLANNING) == 60e3


def test_water_warmer_than_published_makes_a_door_worth_nothing() -> None:
    found = loaded(door_site(1, 1, loops={"cold": {"supply": "19 degC"}}))
    assert unit_supply(found, found.specs["door"], "a", World.PLANNING) == {"room_air@a": 0.0}


def test_a_door_moves_heat_and_destroys_none() -> None:
    """The loop carries all air heat, with or without doors; a running door adds its fans, as it is net of them."""
    with_doors, without = loaded(door_site(3, 1)), loaded(door_site(0, 1))
    for found in (with_doors, without):
        assert su_demand(found, "alpha", "a", World.PLANNING)["heat_rejection@cold"] == pytest.approx(400e3 * 1.1)
    running = unit_running(with_doors, with_doors.specs["door"], "a", World.PLANNING)
    assert running["heat_rejection@cold"] == pytest.approx(1e3 * 1.1)
    assert "room_air@a" not in running


def test_thin_air_costs_doors_and_walls_capacity() -> None:
    own = {"specs": {"door": {"altitude_derate": "10 %/km"}, "wall": {"altitude_derate": "10 %/km"}}}
    found = loaded(door_site(1, 1, **own, place={"altitude": "1500 m"}))
    assert door_heat(found, "a", World.PLANNING) == pytest.approx(60e3 * 0.85)
    rows = unit_supply(found, found.specs["wall"], "a", World.PLANNING)
    assert rows == {"room_air@a": pytest.approx(250e3 * 0.85), "open_air@a": pytest.approx(250e3 * 0.85)}
    due = energies(found, State({("alpha", "a"): 1}, {}, {}, {}))
    assert due["room_air@a"] - due["open_air@a"] == pytest.approx(4 * 60e3 * 0.85)


# ---------------------------------------------------------------- liquid to air


def test_liquid_to_air_by_hand() -> None:
    """At 34 degC coolant and 24 degC air, 10 of 8 K: the name plate; at 28 degC air, 6 of 8 K: three quarters."""
    full = loaded(site(*TO_AIR, spec("cdu", approach="8 K")))
    warm = loaded(site(*TO_AIR, spec("cdu", approach="8 K"), {"halls": {"hall": {"air": {"supply": "28 degC"}}}}))
    assert unit_supply(full, full.specs["cdu"], "hall", World.PLANNING)["cdu@hall"] == pytest.approx(150e3)
    assert unit_supply(warm, warm.specs["cdu"], "hall", World.PLANNING)["cdu@hall"] == pytest.approx(112.5e3)


def test_liquid_heat_loads_the_room_once_and_the_loop_once() -> None:
    found = loaded(site(*TO_AIR, {"redundancy": {"heat_rejection": {"scheme": "N", "unit": "unit", "group": "loop"}}}))
    rows = su_demand(found, "alpha", "hall", World.PLANNING)
    assert rows["cdu@hall"] == rows["room_air@hall"] == rows["heat_rejection@water"] == pytest.approx(200e3)


@settings(max_examples=40)
@given(
    energised=st.integers(0, 3), units=st.integers(0, 3), walls=st.integers(0, 3), power=st.integers(0, 20),
    share=st.integers(0, 100), liquid=st.integers(0, 100),
)  # fmt: skip
def test_control_volumes_close(energised: int, units: int, walls: int, power: int, share: int, liquid: int) -> None:
    """Ratings, added up row by row, and the energies of the control volumes are the same to 1e-9."""
    found = loaded(site(
        *TO_AIR, {"redundancy": {"heat_rejection": {"scheme": "N", "unit": "unit", "group": "loop"}}},
        spec("cdu", power=f"{power} kW", fluid_share=f"{share} %"), spec("room_air", power="3 kW"),
        spec("rack", liquid_share=f"{liquid} %"), {"loops": {"water": {"pump_power": "3 %"}}},
    ))  # fmt: skip
    running = {"old-cdu@hall": units, "buy-room_air@hall": walls}
    types = {"old-cdu@hall": ("cdu", "hall"), "buy-room_air@hall": ("room_air", "hall")}
    due = energies(found, State({("alpha", "hall"): energised}, running, running, types))
    total: dict[str, float] = {}
    parts = [(su_demand(found, "alpha", "hall", World.PLANNING), energised)]
    parts += [
        (unit_running(found, found.specs[name], "hall", World.PLANNING), count)
        for name, count in (("cdu", units), ("room_air", walls))
    ]
    for vector, count in parts:
        for key, value in vector.items():
            total[key] = total.get(key, 0.0) + value * count
    for key in ("cdu@hall", "room_air@hall", "heat_rejection@water"):
        assert total.get(key, 0.0) == pytest.approx(due[key], rel=1e-9, abs=1e-6)


# ---------------------------------------------------------------- air flow and temperature


def test_air_flow_by_hand() -> None:
    """100 kW at a rise of 15 K and sea level: 100 / (1.2041 x 1.006 x 15) m3/s; at 6,000 ft a quarter more."""
    low = loaded(door_site(0, 1, specs={"airrack": {"air_rise": "15 K"}}, place={"altitude": "0 m"}))
    high = loaded(door_site(0, 1, specs={"airrack": {"air_rise": "15 K"}}, place={"altitude": "6000 ft"}))
    rack = low.specs["airrack"]
    assert rack.family == "rack"
    here = rack_airflow(low, rack, World.PLANNING)
    assert here == pytest.approx(100.0 / (1.2041 * 1.006 * 15.0), rel=1e-4)
    there = rack_airflow(high, rack, World.PLANNING)
    assert there is not None
    assert there / here == pytest.approx(1.0 / 0.80, rel=0.01)
    stated = loaded(door_site(0, 1, specs={"airrack": {"airflow": "8 m3/s"}}, place={"altitude": "6000 ft"}))
    flow = rack_airflow(stated, stated.specs["airrack"], World.PLANNING)  # type: ignore[arg-type]
    assert flow == pytest.approx(8.0 * there / here)


AIRY: dict[str, Any] = {"specs": {"airrack": {"air_rise": "12 K"}, "wall": {"airflow": "20 m3/s"}}}


def test_air_flow_line_and_what_keeps_it_unchecked() -> None:
    full = checked(door_site(0, 2, **AIRY))
    assert line(full, "room_airflow.a").verdict == "pass"
    assert line(full, "room_airflow.a").available == pytest.approx(40.0)
    assert line(checked(door_site(0, 1, **AIRY)), "room_airflow.a").verdict == "fail"
    for own, said in (
        ({"specs": {"wall": {"airflow": "20 m3/s"}}}, "airrack states neither `air_rise` nor `airflow`"),
        ({"specs": {"airrack": {"air_rise": "12 K"}}}, "wall states no `airflow`"),
    ):
        missing = line(checked(door_site(0, 2, **own)), "room_airflow.a")
        assert (missing.verdict, missing.reason) == ("not checked", said)
    doors = line(checked(door_site(1, 2, **AIRY)), "room_airflow.a")
    assert (doors.verdict, "rear doors" in doors.reason) == ("not checked", True)
    room = {"electrical_rooms": {"r": {"service": "ups", "at": "site", "cooled_by": "a"}}}
    lossy = line(checked(door_site(0, 2, **AIRY, **room)), "room_airflow.a")
    assert (lossy.verdict, "electrical room r" in lossy.reason) == ("not checked", True)
    load = {"loads": {"old": {"hall": "a", "air_heat": "10 kW"}}}
    assert "load old states no `air_flow`" in line(checked(door_site(0, 2, **AIRY, **load)), "room_airflow.a").reason


def test_air_temperature_lines() -> None:
    own = {"specs": {"airrack": {"air_inlet_max": "27 degC"}}, "halls": {"a": {"air": {"supply": "24 degC"}}}}
    found = line(checked(door_site(0, 2, **own)), "air_inlet.a.airrack")
    assert (found.verdict, found.required, found.available) == ("pass", pytest.approx(24.0), pytest.approx(27.0))
    hot = checked(merged(door_site(0, 2, **own), {"halls": {"a": {"air": {"supply": "28 degC"}}}}))
    assert line(hot, "obstacle.alpha.a").verdict == "fail"
    silent = line(checked(door_site(0, 2)), "air_inlet.a.airrack")
    assert silent.verdict == "not checked"


def test_a_unit_is_not_credited_with_air_colder_than_published() -> None:
    for supply, worth in (("22 degC", 250e3), ("21.9 degC", 0.0)):
        own = {"specs": {"wall": {"air_supply": "22 degC"}}, "halls": {"a": {"air": {"supply": supply}}}}
        found = loaded(door_site(0, 1, **own))
        assert unit_supply(found, found.specs["wall"], "a", World.PLANNING)["room_air@a"] == worth


@given(
    heat=st.floats(1.0, 200.0), rise=st.floats(5.0, 25.0), height=st.floats(0.0, 3_000.0), more=st.floats(0.0, 900.0)
)
def test_thinner_air_and_smaller_rises_never_need_less_air(
    heat: float, rise: float, height: float, more: float
) -> None:
    def flow(kelvin: float, altitude: int) -> float:
        own = {"specs": {"airrack": {"heat": f"{heat} kW", "air_rise": f"{kelvin} K"}}}
        found = loaded(door_site(0, 1, **own, place={"altitude": f"{altitude} m"}))
        return rack_airflow(found, found.specs["airrack"], World.PLANNING) or 0.0  # type: ignore[arg-type]

    here = flow(rise, height)
    assert flow(rise, height + more) >= here * (1 - 1e-12)
    assert flow(rise * 0.9, height) >= here


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"plant": {"doors": {"on": None}}}, "the rack that it hangs on"),
        ({"plant": {"doors": {"on": "nobody"}}}, "a rack of a deployment"),
        ({"plant": {"fans": {"on": "airrack"}}}, "`on` with a rear door only"),
        (
            {"specs": {"other": DOOR}, "plant": {"more": {"spec": "other", "count": 1, "at": "a", "on": "airrack"}}},
            "one kind of rear door on one kind of rack",
        ),
        ({"specs": {"airrack": {"air_rise": "10 K", "airflow": "5 m3/s"}}}, "one of them"),
    ],
)
def test_doors_that_cannot_be_worked_out_are_refused(own: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        loaded(door_site(2, 1, **own))


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (spec("cdu", family="cdu"), "CDUs where the hall's `liquid` names a loop"),
        ({"halls": {"hall": {"liquid": {"loop": "water"}}}}, "liquid-to-air units where it names none"),
        ({"halls": {"hall": {"air": {"supply": None}}}}, "the air that cools it"),
    ],
)
def test_a_hall_is_cooled_by_a_loop_or_by_its_air(own: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        loaded(site(*TO_AIR, own))


# ---------------------------------------------------------------- plans


@pytest.mark.parametrize("edits", [DOORS, TO_AIR], ids=["rear doors", "liquid to air"])
def test_plans_keep_every_rule(edits: tuple[dict[str, Any], ...]) -> None:
    found = loaded(site(*edits))
    answer = plan(found, seconds=5)
    assert answer.verified
    assert verify(answer, found).ok


def test_the_verifier_adds_up_the_air_itself(tmp_path: Path) -> None:
    known = {"specs.rack-100.air_rise": "10 K", "specs.crah-100.airflow": "4 m3/s"}
    found = tiny(tmp_path, known)
    assert verify(planned_by_hand(found), found).violations == ()
    tight = tiny(tmp_path, {**known, "specs.crah-100.airflow": "3 m3/s"})
    broken = {(violation.rule, violation.place) for violation in verify(planned_by_hand(tight), tight).violations}
    assert broken == {("capacity", "room_airflow@hall")}


# ---------------------------------------------------------------- air against the water that cools it


@pytest.mark.parametrize(
    ("supply", "published", "verdict", "units"),
    [
        ("24 degC", None, "not checked", 500.0), ("18.1 degC", None, "not checked", 500.0),
        ("18 degC", None, "fail", 0.0), ("14 degC", None, "fail", 0.0),  # water of 18 degC
        ("24 degC", "22 degC", "pass", 500.0), ("22 degC", "22 degC", "pass", 500.0),
        ("21 degC", "22 degC", "fail", 0.0), ("14 degC", "12 degC", "fail", 0.0),
    ],
)  # fmt: skip
def test_air_is_not_made_as_cold_as_its_water(supply: str, published: str | None, verdict: str, units: float) -> None:
    own: dict[str, Any] = {"halls": {"a": {"air": {"supply": supply}}}}
    if published:
        own["specs"] = {"wall": {"air_supply": published}}
    found = checked(door_site(0, 2, **own))
    assert line(found, "air_supply.a").verdict == verdict
    assert line(found, "room_air.a").available == units


def test_air_supply_that_is_not_stated_is_not_checked() -> None:
    assert line(checked(door_site(0, 2)), "air_supply.a").verdict == "not checked"


def test_doors_take_nothing_where_the_air_is_as_cold_as_their_water() -> None:
    cold = loaded(door_site(1, 1, halls={"a": {"air": {"supply": "18 degC"}}}))
    assert door_heat(cold, "a", World.PLANNING) == 0.0
    due = energies(cold, State({("alpha", "a"): 1}, {}, {}, {}))
    assert due["room_air@a"] == due["open_air@a"] == pytest.approx(400e3)
