"""Floors of a site: tiles and slab, what each reinforcement really improves, plant and what hangs overhead."""

from __future__ import annotations

from typing import Any

import pytest
from assess_site import TINY, line, merged, tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from sites import Data, loaded
from test_constraints import plates, site

from dcplan.answer import Check
from dcplan.assess.derive import derive
from dcplan.catalog import FloorReinforcement, Rack
from dcplan.errors import InputError
from dcplan.ratings.floors import FloorCheck, floor_checks, floor_holds
from dcplan.ratings.rows import World
from dcplan.units import POINT_LOAD, in_unit

G = 9.80665
RACK: Data = {"specs": {"airrack": {"mass": "1580 kg", "width": "600 mm", "depth": "1068 mm"}}}


def floor(*edits: Data, **own: Any) -> Check:
    """The check of the tiny site with a rack of 1,580 kg on such a floor, and nothing else said of it."""
    data = merged(RACK, {"halls": {"a": {"floor": {"uniform": None, "point": None, "position_area": None, **own}}}})
    for edit in edits:
        data = merged(data, edit)
    return tiny(**data)


def found(made: Check, name: str, spec: str = "airrack") -> tuple[str, float | None, float | None, str]:
    shown = line(made, f"{name}.a.{spec}")
    return shown.verdict, shown.required, shown.available, shown.unit


# ---------------------------------------------------------------- tiles


def test_feet_and_tiles_known_replace_the_ibm_rule() -> None:
    feet = {"specs": {"airrack": {"foot_inset": "50 mm"}}}
    grid = {"point": "2000 lb", "tile": "600 mm", "rack_pitch": "600 mm", "row_offset": "0 mm", "row_setback": "0 mm"}
    made = floor(feet, **grid)
    assert found(made, "floor_point") == ("pass", pytest.approx(1580 / 2 / 0.45359237), 2000.0, "lb")
    assert "0.5 W, as the row stands on the tiles" in line(made, "floor_point.a.airrack").rule
    anywhere = floor(feet, **{**grid, "row_offset": None})
    assert found(anywhere, "floor_point")[1] == pytest.approx(1580 * 0.75 / 0.45359237)
    assert "row anywhere on tiles" in line(anywhere, "floor_point.a.airrack").rule


@pytest.mark.parametrize(
    ("rack", "grid", "unknown"),
    [
        ({}, {"tile": "600 mm", "rack_pitch": "600 mm"}, "foot positions unknown"),
        ({"foot_inset": "50 mm"}, {"tile": "600 mm"}, "tiles or rack pitch unknown"),
        ({"foot_inset": "50 mm"}, {"rack_pitch": "600 mm"}, "tiles or rack pitch unknown"),
    ],
)
def test_without_feet_or_tiles_it_is_the_ibm_rule_by_name(rack: Data, grid: Data, unknown: str) -> None:
    made = floor({"specs": {"airrack": rack}}, point="1250 lb", **grid)
    assert found(made, "floor_point")[1] == pytest.approx(1161.1, abs=0.1)
    assert line(made, "floor_point.a.airrack").rule == f"IBM tile rule: W/3, one rack on a tile, {unknown}"


def test_feet_one_by_one_with_uneven_shares() -> None:
    shares = (("100 mm", "100 mm", "40 %"), ("500 mm", "100 mm", "40 %"), ("300 mm", "900 mm", "20 %"))
    feet = {"specs": {"airrack": {"feet": [{"x": x, "y": y, "share": share} for x, y, share in shares]}}}
    made = floor(
        feet, point="3000 kg", tile="600 mm", rack_pitch="600 mm", row_offset="0 mm", row_setback="0 mm"
    )  # fmt: skip
    assert found(made, "floor_point")[1] == pytest.approx(0.8 * 1580)


def test_the_worst_tile_is_explained_down_to_the_mass() -> None:
    data = merged(RACK, {"specs": {"airrack": {"foot_inset": "50 mm"}}})
    grid = {"point": "2000 lb", "tile": "600 mm", "rack_pitch": "600 mm"}
    model = loaded(merged(TINY, merged(data, {"halls": {"a": {"floor": grid}}})))
    text = str(derive(model, "floor_point.a.airrack"))
    assert "tiles.worst_tile" in text
    assert "airrack.mass" in text


# ---------------------------------------------------------------- tributary area


def test_the_area_of_a_position_may_be_its_rack_pitch_times_the_row_pitch() -> None:
    made = floor(uniform="250 psf", rack_pitch="0.6 m", row_pitch="2.4 m")
    verdict, required, _, unit = found(made, "floor_uniform")
    assert (verdict, unit) == ("pass", "psf")
    assert required == pytest.approx(1580 * G / 1.44 / 47.88025898)


def test_own_footprint_would_be_505_psf_and_fail_250() -> None:
    assert found(floor(uniform="250 psf", position_area="0.6408 m2"), "floor_uniform")[:2] == (
        "fail", pytest.approx(505.0, abs=0.2),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"position_area": "2 m2", "row_pitch": "2.4 m", "rack_pitch": "0.6 m"}, "not both"),
        ({"row_pitch": "2.4 m"}, "together with `rack_pitch`"),
        ({"slab_uniform": "10 kPa"}, "`kind: raised`"),
        ({"kind": "slab", "slab_uniform": "10 kPa"}, "`kind: raised`"),
        ({"tile": "5 mm"}, "0.1 to 10 m|100 to 10,?000 mm|100 to 1e"),
        ({"kind": "slab", "concrete_strength": "1 kPa"}, "strength of concrete"),
    ],
)
def test_floors_that_contradict_themselves_are_refused(own: Data, words: str) -> None:
    with pytest.raises(InputError, match=words):
        floor(**own)


@pytest.mark.parametrize(
    ("rack", "words"),
    [
        ({"foot_inset": "400 mm"}, "shorter side"),
        ({"foot_inset": "50 mm", "width": None}, "with `width` and `depth`"),
        ({"feet": [{"x": "0 m", "y": "0 m", "share": "50 %"}, *[{"x": "1 m", "y": "1 m"}] * 2]}, "add up to 100 %"),
        ({"feet": [{"x": "0 m", "y": "0 m", "share": "50 %"}] * 3}, "add up to 100 %"),
    ],
)
def test_feet_that_cannot_be_are_refused(rack: Data, words: str) -> None:
    with pytest.raises(InputError, match=words):
        floor({"specs": {"airrack": rack}})


# ---------------------------------------------------------------- slab


def test_on_a_slab_the_worst_foot_counts_and_the_tile_rule_does_not() -> None:
    made = floor(kind="slab", point="10 kN")
    verdict, required, _, unit = found(made, "floor_point")
    assert (verdict, unit) == ("pass", "kN")
    assert required == pytest.approx(1580 * G / 2e3)  # rocks on two of four feet
    assert "IBM" not in line(made, "floor_point.a.airrack").rule
    known = floor({"specs": {"airrack": {"foot_inset": "50 mm"}}}, kind="slab", point="10 kN")
    assert found(known, "floor_point")[1] == pytest.approx(1580 * G / 4e3)


def test_punching_is_screened_where_slab_and_foot_are_known() -> None:
    slab = {"kind": "slab", "effective_depth": "125 mm", "concrete_strength": "28 MPa"}
    feet = {"specs": {"airrack": {"foot_inset": "50 mm", "foot_plate": "100 mm"}}}
    verdict, required, available, unit = found(floor(feet, **slab), "floor_punching")
    assert (verdict, unit) == ("pass", "kN")
    assert (required, available) == (pytest.approx(1580 * G / 4e3), pytest.approx(92.08, abs=0.01))
    assert "screening" in line(floor(feet, **slab), "floor_punching.a.airrack").reason
    for made, missing in (
        (floor(feet, kind="slab", effective_depth="125 mm"), "concrete_strength"),
        (floor(feet, kind="slab", concrete_strength="28 MPa"), "effective_depth"),
        (floor(**slab), "foot_plate"),
    ):
        shown = line(made, "floor_punching.a.airrack")
        assert (shown.verdict, f"`{missing}`" in shown.reason) == ("not checked", True)


def test_the_slab_below_a_raised_floor_carries_racks_people_and_floor() -> None:
    made = floor(kind="raised", slab_uniform="250 psf", rack_pitch="0.6 m", row_pitch="2.4 m")
    verdict, required, _, _ = found(made, "floor_slab")
    assert verdict == "pass"
    area, under = 1.44, 0.6 * 1.068
    psf = 47.88025898
    assert required == pytest.approx(1580 * G / area / psf + 15 * 0.5 * (area - under) / area + 10, rel=1e-4)
    assert line(floor(kind="raised"), "floor_slab.a.airrack").verdict == "not checked"


# ---------------------------------------------------------------- reinforcements


def checks(acts_on: str, kind: str | None, mass: int = 1580, **own: Any) -> tuple[dict[str, FloorCheck], ...]:
    """Checks of a rack without and with a reinforcement of 150 kg/m2 of its own, by kind."""
    stated = {"uniform": "500 kg/m2", "point": "300 kg", "position_area": "2 m2", "kind": kind,
              "slab_uniform": "600 kg/m2" if kind == "raised" else None, "effective_depth": "150 mm",
              "concrete_strength": "25 MPa"}  # fmt: skip
    work = {"acts_on": acts_on, "own_load": "150 kg/m2", "point": None, "uniform": None, **own}
    model = loaded(
        site(
            plates(), {"halls": {"hall": {"floor": stated}}, "specs": {"plates": work, "rack": {"mass": f"{mass} kg"}}}
        )
    )
    rack, by, hall = model.specs["rack"], model.specs["plates"], model.site.halls["hall"]
    assert isinstance(rack, Rack)
    assert isinstance(by, FloorReinforcement)
    return tuple(
        {made.kind: made for made in floor_checks(rack, hall, with_it, World.PLANNING)} for with_it in (None, by)
    )


def kilograms(value: float | None) -> float:
    assert value is not None
    return value / G


def test_pedestals_and_tiles_improve_the_point_load_and_weigh_on_the_rest() -> None:
    bare, made = checks("pedestals_and_tiles", "raised", point="900 kg")
    assert (kilograms(bare["point"].rating), kilograms(made["point"].rating)) == (
        pytest.approx(300.0), pytest.approx(900.0),
    )  # fmt: skip
    assert made["point"].load == bare["point"].load
    for kind in ("uniform", "slab"):
        assert made[kind].rating == bare[kind].rating
        assert kilograms(made[kind].load) - kilograms(bare[kind].load) == pytest.approx(150.0)


def test_spreader_plates_improve_point_and_local_uniform_load_but_not_the_slab_below() -> None:
    bare, made = checks("spreader_plates", "raised", point="900 kg", uniform="1000 kg/m2")
    assert kilograms(made["point"].rating) == pytest.approx(900.0)
    assert kilograms(made["uniform"].rating) == pytest.approx(1000.0)
    assert made["slab"].rating == bare["slab"].rating


def test_dunnage_bypasses_a_raised_floor_and_leaves_its_slab() -> None:
    bare, made = checks("dunnage_to_slab", "raised", point="2000 kg", plate="200 mm")
    assert set(bare) == {"uniform", "point", "slab"}
    assert set(made) == {"point", "slab", "punching"}
    assert made["slab"].rating == bare["slab"].rating
    assert kilograms(made["slab"].load) - kilograms(bare["slab"].load) == pytest.approx(150.0)
    assert made["punching"].holds


def test_dunnage_leaves_the_uniform_rating_of_a_floor_whose_kind_is_not_said() -> None:
    bare, made = checks("dunnage_to_slab", None, point="2000 kg")
    assert made["uniform"].rating == bare["uniform"].rating


def test_steel_under_the_slab_improves_the_slab_wherever_it_is_rated() -> None:
    bare, made = checks("steel_under_slab", "raised", uniform="1200 kg/m2")
    assert kilograms(made["slab"].rating) == pytest.approx(1200.0)
    assert (made["uniform"].rating, made["uniform"].load) == (bare["uniform"].rating, bare["uniform"].load)
    for kind in ("slab", None):
        bare, made = checks("steel_under_slab", kind, uniform="1200 kg/m2")
        assert kilograms(made["uniform"].rating) == pytest.approx(1200.0)
        assert made["point"].rating == bare["point"].rating


@pytest.mark.parametrize(
    ("work", "words"),
    [
        ({"acts_on": "pedestals_and_tiles"}, "improves point loads"),
        ({"acts_on": "dunnage_to_slab"}, "improves point loads"),
        ({"acts_on": "steel_under_slab"}, "improves the uniform load"),
    ],
)
def test_a_reinforcement_that_states_what_it_does_not_improve_is_refused(work: Data, words: str) -> None:
    with pytest.raises(InputError, match=words):
        loaded(site(plates(), {"specs": {"plates": work}}))


ACTS = {
    "pedestals_and_tiles": {"point": "900 kg"},
    "spreader_plates": {"point": "900 kg", "uniform": "700 kg/m2"},
    "dunnage_to_slab": {"point": "900 kg"},
    "steel_under_slab": {"uniform": "700 kg/m2"},
}


@settings(max_examples=40, deadline=None)
@given(
    acts_on=st.sampled_from(sorted(ACTS)), kind=st.sampled_from([None, "raised", "slab"]), mass=st.integers(100, 3000)
)
def test_no_reinforcement_worsens_a_check_but_by_its_own_load(acts_on: str, kind: str | None, mass: int) -> None:
    bare, made = checks(acts_on, kind, mass, **ACTS[acts_on])
    for name, check in made.items():
        if name in bare and check.load is not None:
            assert check.rating is not None
            assert check.rating >= (bare[name].rating or 0.0)
            assert (bare[name].load or 0.0) <= check.load <= (bare[name].load or 0.0) + 150 * G + 1e-6


@settings(max_examples=30, deadline=None)
@given(light=st.integers(100, 3000), more=st.integers(1, 2000), kind=st.sampled_from([None, "raised", "slab"]))
def test_what_carries_a_heavy_rack_carries_a_lighter_one(light: int, more: int, kind: str | None) -> None:
    low, high = (checks("spreader_plates", kind, mass, **ACTS["spreader_plates"]) for mass in (light, light + more))
    for under, over in zip(low, high, strict=True):
        for name, check in under.items():
            if check.load is not None:
                assert check.load < (over[name].load or 0.0)
            assert check.holds or not over[name].holds


def test_a_rack_too_heavy_for_plates_of_their_own_weight_is_not_held() -> None:
    edits = {"halls": {"hall": {"floor": {"uniform": "1000 kg/m2", "position_area": "1 m2", "point": "200 kg"}}}}
    for own, holds in (("100 kg/m2", True), ("101 kg/m2", False)):
        work = {"specs": {"plates": {"uniform": None, "own_load": own}}}
        model = loaded(site(plates(), edits, work))
        rack, by = model.specs["rack"], model.specs["plates"]
        assert isinstance(rack, Rack)
        assert isinstance(by, FloorReinforcement)
        assert floor_holds(rack, model.site.halls["hall"], by, World.PLANNING) is holds


# ---------------------------------------------------------------- plant, overhead, what stands already


def test_plant_that_states_its_mass_is_held_against_the_floor_of_its_hall() -> None:
    wall = {"specs": {"wall": {"mass": "1200 kg", "footprint": "3 m2"}}}
    made = floor(wall, uniform="500 kg/m2", point="350 kg")
    assert found(made, "plant_uniform", "wall") == ("pass", pytest.approx(400.0), 500.0, "kg/m2")
    assert found(made, "plant_point", "wall") == ("fail", pytest.approx(400.0), 350.0, "kg")
    on_slab = floor(wall, kind="slab", point="700 kg")
    assert found(on_slab, "plant_point", "wall") == ("pass", pytest.approx(600.0), 700.0, "kg")
    assert found(on_slab, "plant_uniform", "wall")[0] == "not checked"


def test_plant_without_mass_or_area_is_not_checked() -> None:
    assert line(floor(), "plant_floor.a.wall").reason == "wall states no `mass`"
    made = floor({"specs": {"wall": {"mass": "1200 kg"}}}, uniform="500 kg/m2")
    assert line(made, "plant_uniform.a.wall").reason == "the spec states no `footprint`"


def test_overhead_load_is_added_up_and_what_is_absent_is_said() -> None:
    parts = {"rating": "400 lb", "busway": "150 lb", "pipes": "0.9 kN"}
    made = tiny(halls={"a": {"overhead": parts}})
    shown = line(made, "overhead.a")
    pipes = in_unit(900.0, "lb", POINT_LOAD)
    assert (shown.verdict, shown.required, shown.unit) == ("pass", pytest.approx(150 + pipes), "lb")
    assert "not stated, taken as nothing: trays" in shown.reason
    assert line(tiny(halls={"a": {"overhead": {**parts, "trays": "60 lb"}}}), "overhead.a").verdict == "fail"
    assert line(tiny(), "overhead.a").verdict == "not checked"
    assert line(tiny(halls={"a": {"overhead": {"rating": "1 kN"}}}), "overhead.a").verdict == "not checked"


def test_racks_that_stand_already_are_mentioned() -> None:
    made = tiny(loads={"old": {"hall": "a", "positions": 3}})
    assert "racks on 3 positions that are taken already" in line(made, "floor_uniform.a.airrack").reason
