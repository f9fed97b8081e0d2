"""The way in: rolling load, lifts, doors and ramps in the check; plates laid before racks are set in the plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from assess_site import line, merged, tiny
from brute import optimum
from hypothesis import given, settings
from hypothesis import strategies as st
from sites import Data, day, loaded
from test_constraints import BASE, bought, service, site

from dcplan.answer import Check, Plan
from dcplan.catalog import Rack, RouteProtection
from dcplan.formulate.build import formulate
from dcplan.planner import plan as make_plan
from dcplan.ratings.route import passage_checks, rolling_checks, rolls
from dcplan.ratings.rows import World
from dcplan.site import SiteModel
from dcplan.solver.run import Limits
from dcplan.solver.search import Status, optimise
from dcplan.verifier.verdict import verify

CATALOG_RACK = {"specs": {"airrack": {"mass": "1580 kg"}}}


def route(**segments: Data) -> Check:
    """The check of the tiny site with a rack of 1,580 kg and a route of these segments."""
    return tiny(**merged(CATALOG_RACK, {"halls": {"a": {"route": segments}}}))


def found(made: Check, name: str) -> tuple[str, float | None, float | None, str]:
    shown = line(made, f"{name}.a.airrack")
    return shown.verdict, shown.required, shown.available, shown.unit


# ---------------------------------------------------------------- the numbers that are asked for


def test_a_1580_kg_rack_under_the_ibm_rule_passes_a_1250_lb_tile_standing_with_1161_lb() -> None:
    made = tiny(**merged(CATALOG_RACK, {"halls": {"a": {"floor": {"point": "1250 lb"}}}}))
    assert found(made, "floor_point") == ("pass", pytest.approx(1161.1, abs=0.1), 1250.0, "lb")


def test_a_1580_kg_rack_fails_a_1250_lb_tile_moving_with_1742_lb() -> None:
    made = route(corridor={"rolling": "1250 lb"})
    assert found(made, "floor_rolling") == ("fail", pytest.approx(1741.6, abs=0.1), 1250.0, "lb")


def test_two_1580_kg_racks_that_share_a_1250_lb_tile_fail_it_with_2322_lb() -> None:
    floor = {"point": "1250 lb", "racks_share_tiles": True}
    made = tiny(**merged(CATALOG_RACK, {"halls": {"a": {"floor": floor}}}))
    assert found(made, "floor_point") == ("fail", pytest.approx(2322.2, abs=0.1), 1250.0, "lb")


def test_a_1580_kg_rack_fails_a_1500_kg_lift() -> None:
    made = route(lift={"capacity": "1500 kg"})
    assert found(made, "route_lift") == ("fail", 1580.0, 1500.0, "kg")
    obstacle = line(made, "obstacle.alpha.a")
    assert (obstacle.verdict, "airrack does not pass lift to hall a: capacity 1500 kg" in obstacle.reason) == (
        "fail",
        True,
    )


def test_hpes_2495_mm_fails_a_lift_door_of_2400_mm() -> None:
    made = tiny(specs={"airrack": {"height": "2495 mm"}}, halls={"a": {"route": {"lift": {"height": "2.4 m"}}}})
    assert found(made, "route_height") == ("fail", pytest.approx(2.495), 2.4, "m")


# ---------------------------------------------------------------- lines


def test_shipping_mass_rolls_and_rides_in_place_of_operating_mass() -> None:
    segments = {"halls": {"a": {"route": {"way": {"rolling": "1000 kg"}, "lift": {"capacity": "1500 kg"}}}}}
    made = tiny(**merged(segments, {"specs": {"airrack": {"mass": "1580 kg", "shipping_mass": "1450 kg"}}}))
    assert found(made, "floor_rolling") == ("pass", 725.0, 1000.0, "kg")
    assert found(made, "route_lift") == ("pass", 1450.0, 1500.0, "kg")
    assert "shipping mass" in line(made, "route_lift.a.airrack").reason
    assert "operating mass, as no `shipping_mass`" in line(tiny(**segments), "route_lift.a.airrack").reason


def test_the_worst_segment_is_named() -> None:
    made = route(dock={"rolling": "3000 lb"}, bridge={"rolling": "1800 lb"}, hall={"rolling": "2000 lb"})
    assert found(made, "floor_rolling")[2] == 1800.0
    assert "at bridge" in line(made, "floor_rolling.a.airrack").reason


def test_a_rack_passes_doors_by_its_narrower_side_and_lifts_by_its_longer_one() -> None:
    sides = {"width": "600 mm", "depth": "1068 mm", "height": "2236 mm"}
    segments = {"door": {"width": "0.9 m", "height": "2.2 m"}, "lift": {"depth": "1.0 m"}}
    made = tiny(specs={"airrack": sides}, halls={"a": {"route": segments}})
    assert found(made, "route_width") == ("pass", 0.6, 0.9, "m")
    assert found(made, "route_depth") == ("fail", pytest.approx(1.068), 1.0, "m")
    assert found(made, "route_height") == ("fail", pytest.approx(2.236), 2.2, "m")


def test_the_crate_is_taken_where_its_size_is_stated() -> None:
    sides = {"width": "600 mm", "shipping_width": "1 m", "depth": "1.2 m"}
    made = tiny(specs={"airrack": sides}, halls={"a": {"route": {"door": {"width": "0.9 m"}}}})
    assert found(made, "route_width") == ("fail", 1.0, 0.9, "m")
    assert "`shipping_width`" in line(made, "route_width.a.airrack").reason


def test_a_ramp_is_held_against_what_the_rack_may_roll_on() -> None:
    ramp = {"halls": {"a": {"route": {"ramp": {"slope": "8 %"}}}}}
    assert found(tiny(**merged(ramp, {"specs": {"airrack": {"ramp_limit": "5 %"}}})), "route_ramp") == (
        "fail", 8.0, 5.0, "%",
    )  # fmt: skip
    assert found(tiny(**merged(ramp, {"specs": {"airrack": {"ramp_limit": "10 %"}}})), "route_ramp")[0] == "pass"
    silent = line(tiny(**ramp), "route_ramp.a.airrack")
    assert (silent.verdict, silent.reason) == ("not checked", "the rack states no `ramp_limit`")


def test_what_is_not_stated_is_not_checked() -> None:
    bare = tiny()
    assert {line(bare, f"{name}.a.airrack").verdict for name in ("floor_rolling", "route")} == {"not checked"}
    made = tiny(halls={"a": {"route": {"door": {"height": "2.4 m", "width": "1 m"}, "lift": {"depth": "2 m"}}}})
    for name in ("floor_rolling", "route_height", "route_width", "route_depth"):
        assert line(made, f"{name}.a.airrack").verdict == "not checked", name
    assert not any(item.id.startswith(("route.", "route_lift", "route_ramp")) for item in made.lines)


def test_a_rating_that_only_an_assumption_holds_is_open() -> None:
    rated = {"value": "2000 lb", "range": ["1500 lb", "2500 lb"], "confidence": "assumption", "note": "no drawing"}
    assert found(route(way={"rolling": rated}), "floor_rolling")[0] == "open"


def test_plates_cure_a_rolling_line_so_that_what_nothing_cures_gates_before_it() -> None:
    plates = {
        "halls": {"a": {"route": {"way": {"rolling": "1000 lb"}}, "floor": None}},
        "specs": {
            "sheets": {"family": "route_protection", "maker": "M", "model": "sheets", "rolling": "2000 lb"},
            "airrack": {"mass": "1580 kg"},
        },
        "upgrades": {
            "sheets": {
                "spec": "sheets", "at": ["a"], "at_most": 1, "crew": "all", "lead_time": "3 week", "cost": "1000 USD",
                "install": "1 workday",
            }
        },
    }  # fmt: skip
    rack = {"specs": {"airrack": {"heat": "1 kW"}}}  # nothing else falls short
    made = tiny(**merged(plates, rack))
    assert [item.id for item in made.lines if item.verdict == "fail"] == ["floor_rolling.a.airrack"]
    heavy = tiny(**merged(merged(plates, rack), {"halls": {"a": {"floor": {"point": "400 kg", "uniform": None}}}}))
    # nothing strengthens the floor, three weeks of lead time cure the route
    assert heavy.gates == "floor_point.a.airrack"
    assert not any("sheets" in item.id for item in made.lines)


# ---------------------------------------------------------------- the hall's own floor


def test_a_rack_that_stands_on_a_tile_may_be_too_heavy_to_roll_over_it() -> None:
    # 1,580 kg: a third of it, 5.165 kN, standing; a half, 7.747 kN, rolling
    floor = {"kind": "raised", "point": "6 kN", "rolling": "6 kN"}
    made = tiny(**merged(CATALOG_RACK, {"halls": {"a": {"floor": floor}}}))
    assert found(made, "floor_point") == ("pass", pytest.approx(5.165, abs=1e-3), 6.0, "kN")
    assert found(made, "hall_rolling") == ("fail", pytest.approx(7.747, abs=1e-3), 6.0, "kN")
    light = tiny(**merged({"specs": {"airrack": {"mass": "1580 kg", "shipping_mass": "1200 kg"}}},
                          {"halls": {"a": {"floor": floor}}}))  # fmt: skip
    assert found(light, "hall_rolling") == ("pass", pytest.approx(5.884, abs=1e-3), 6.0, "kN")


@pytest.mark.parametrize("kind", [None, "raised"])
def test_tiles_without_a_rolling_rating_are_not_checked_whatever_the_route_carries(kind: str | None) -> None:
    made = tiny(halls={"a": {"floor": {"kind": kind}, "route": {"way": {"rolling": "9000 kg"}}}})
    assert found(made, "floor_rolling")[0] == "pass"
    silent = line(made, "hall_rolling.a.airrack")
    assert (silent.verdict, silent.reason) == ("not checked", "the hall's floor states no `rolling`")


def test_a_slab_without_a_rolling_rating_has_no_tiles_to_roll_over() -> None:
    made = tiny(halls={"a": {"floor": {"kind": "slab"}}})
    assert not any(item.id.startswith("hall_rolling") for item in made.lines)


# ---------------------------------------------------------------- laws

masses = st.integers(100, 4000)


def rack_and_hall(mass: int, rolling: int, capacity: int) -> SiteModel:
    way = {"way": {"rolling": f"{rolling} kg"}, "lift": {"capacity": f"{capacity} kg", "rolling": "9000 kg"}}
    sheets = {"family": "route_protection", "maker": "M", "model": "sheets", "rolling": "1000 kg"}
    return loaded(site({"halls": {"hall": {"route": way}}, "specs": {"rack": {"mass": f"{mass} kg"}, "sheets": sheets},
                        "upgrades": {"sheets": {"spec": "sheets", "at": ["hall"], "at_most": 1, "crew": "mep",
                        "lead_time": "0 day", "cost": "1 USD", "install": "1 workday"}}}))  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(mass=masses, more=masses, rolling=masses, capacity=masses)
def test_a_heavier_rack_never_passes_where_a_lighter_one_does_not(
    mass: int, more: int, rolling: int, capacity: int
) -> None:
    light, heavy = (rack_and_hall(value, rolling, capacity) for value in (mass, mass + more))
    for model, other in ((light, heavy),):
        racks = [item.specs["rack"] for item in (model, other)]
        assert isinstance(racks[0], Rack)
        assert isinstance(racks[1], Rack)
        hall = model.site.halls["hall"]
        assert rolls(racks[0], hall, None, World.PLANNING) or not rolls(racks[1], hall, None, World.PLANNING)
        rides = [all(made.holds for made in passage_checks(rack, hall, World.PLANNING)) for rack in racks]
        assert rides[0] or not rides[1]


@settings(max_examples=40, deadline=None)
@given(mass=masses, rolling=masses)
def test_plates_never_lower_a_rating_and_do_not_lie_in_lifts(mass: int, rolling: int) -> None:
    model = rack_and_hall(mass, rolling, 9000)
    rack, sheets, hall = model.specs["rack"], model.specs["sheets"], model.site.halls["hall"]
    assert isinstance(rack, Rack)
    assert isinstance(sheets, RouteProtection)
    bare = {made.segment: made.available for made in rolling_checks(rack, hall, None, World.PLANNING)}
    laid = {made.segment: made.available for made in rolling_checks(rack, hall, sheets, World.PLANNING)}
    assert laid["way"] >= bare["way"]
    assert laid["lift"] == bare["lift"]


# ---------------------------------------------------------------- plans


def plated(**own: Any) -> Data:
    """Racks of 900 kg roll 450 kg onto a tile that carries 400 kg; sheets for 600 kg are for sale."""
    upgrade = {
        "spec": "sheets", "at": ["hall"], "at_most": 1, "crew": "mep", "lead_time": "0 day", "cost": "1000 USD",
        "install": "2 workday", **own,
    }  # fmt: skip
    return {
        "halls": {"hall": {"route": {"way": {"rolling": "400 kg"}}}},
        "specs": {"sheets": {"family": "route_protection", "maker": "M", "model": "sheets", "rolling": "600 kg"}},
        "upgrades": {"sheets": upgrade},
    }


def delivered(when: int, count: int) -> Data:
    return {"deployments": {"alpha": {"deliveries": [{"day": day(when), "count": count}]}}}


def answered(*edits: Data) -> tuple[Plan, SiteModel]:
    model = loaded(site(*edits))
    return make_plan(model, seconds=10.0, deterministic=True), model


def test_plates_are_laid_once_before_the_first_rack_is_set() -> None:
    made, _ = answered(delivered(10, 2), plated(), {"financing_rate": "10 %/year"})
    assert made.status == "optimal"
    assert made.verified
    (unit,) = made.units
    assert unit.commissioned == unit.counted == min(su.set_start for su in made.sus)
    assert made.tests == ()


def test_late_plates_hold_the_racks_and_are_named_as_the_reason() -> None:
    made, _ = answered(plated(lead_time="30 day"))
    assert (made.status, made.verified) == ("optimal", True)
    (su,) = made.sus
    assert su.gated_by == "route: sheets"
    assert su.set_start == made.units[0].commissioned
    assert su.delay_days == 22  # 30 days of lead and two of work, racks due on day 10


def test_a_long_integrated_test_does_not_hold_plates_up() -> None:
    made, _ = answered(plated(), {"halls": {"hall": {"integrated_test": "20 workday"}}})
    assert (made.verified, [su.delay_days for su in made.sus]) == (True, [0])


def test_without_strong_enough_plates_there_is_no_plan() -> None:
    weak = {"specs": {"sheets": {"rolling": "440 kg"}}}
    for edits in ((plated(), weak), (plated(at_most=0),)):
        made, _ = answered(*edits)
        assert made.status == "infeasible", edits


def test_the_cheaper_of_two_kinds_is_laid_and_another_hall_is_taken_where_that_is_cheaper_still() -> None:
    dear = {"upgrades": {"dear": {**plated()["upgrades"]["sheets"], "cost": "5000 USD"}}}
    made, _ = answered(plated(), dear)
    assert [unit.upgrade for unit in made.units] == ["sheets"]
    other = {"halls": {"other": BASE["halls"]["hall"]}, "deployments": {"alpha": {"halls": ["hall", "other"]}}}
    made, _ = answered(plated(), other)
    assert ([su.hall for su in made.sus], made.units) == (["other"], ())


def test_only_plates_that_cover_the_hall_let_racks_roll_over_its_own_tiles() -> None:
    own = {"halls": {"hall": {"route": {"way": {"rolling": "1000 kg"}}, "floor": {"rolling": "400 kg"}}}}
    short, _ = answered(plated(), own)
    assert short.status == "infeasible"
    made, model = answered(plated(), own, {"specs": {"sheets": {"covers_hall": True}}})
    assert (made.status, made.verified, [unit.upgrade for unit in made.units]) == ("optimal", True, ["sheets"])
    gone = verify(made.model_copy(update={"units": ()}), model)
    assert ("route", "alpha#1") in {(item.rule, item.place) for item in gone.violations}


def test_a_pod_takes_its_halls_route_and_plates() -> None:
    pod = {**BASE["halls"]["hall"], "within": "hall"}
    del pod["integrated_test"]
    pods = {"halls": {"pod": {**pod, "integrated_test": "0 workday"}}, "deployments": {"alpha": {"halls": ["pod"]}}}
    made, _ = answered(plated(), pods)
    assert (made.verified, [unit.place for unit in made.units]) == (True, ["hall"])


def test_the_verifier_misses_plates_that_are_gone_late_or_too_weak(tmp_path: Path) -> None:
    made, model = answered(plated())
    assert verify(made, model).ok
    gone = verify(made.model_copy(update={"units": ()}), model)
    assert ("route", "alpha#1") in {(item.rule, item.place) for item in gone.violations}
    late = made.units[0].model_copy(update={"commissioned": made.sus[0].set_end})
    kept = verify(made.model_copy(update={"units": (late,)}), model)
    assert ("route", "alpha#1") in {(item.rule, item.place) for item in kept.violations}
    weaker = loaded(site(plated(), {"specs": {"sheets": {"rolling": "449 kg"}}}))
    assert ("route", "alpha#1") in {(item.rule, item.place) for item in verify(made, weaker).violations}


@pytest.mark.parametrize(
    "edits",
    [
        (plated(lead_time="3 day"), delivered(2, 2), {"end": day(18)}),
        (plated(lead_time="6 day"), {"end": day(16), "financing_rate": "50 %/year"}),
        (
            plated(install="3 workday"), bought(at_most=2, lead_time="4 day"),
            delivered(4, 1), {"end": day(16), "crews": {"mep": {"size": 1}}},
        ),
    ],
)  # fmt: skip
def test_plans_with_plates_cost_what_trying_everything_finds(edits: tuple[Data, ...]) -> None:
    problem = formulate(loaded(site(*edits)))
    result = optimise(problem, Limits(seconds=20.0, workers=1, deterministic=True))
    assert result.status is Status.OPTIMAL
    assert result.schedule is not None
    assert result.schedule.objective == optimum(problem)


def test_worlds_of_a_plan_with_plates_are_verified() -> None:
    lead = {"value": "20 day", "range": ["10 day", "40 day"]}
    made, model = answered(plated(lead_time=lead), service("generator", count=2))
    assert made.payments is not None
    assert made.verified
    assert verify(made, model).ok
