"""Levels of transformers: a chain worked out by hand, the energy that passes it, and plans that buy for it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny import planned_by_hand, tiny

from dcplan.answer import Check
from dcplan.assess.derive import derive
from dcplan.assess.gap import check
from dcplan.catalog import LevelTransformer, Rack
from dcplan.errors import InputError
from dcplan.planner import plan
from dcplan.ratings import electrical
from dcplan.ratings import plant as ratings_plant
from dcplan.ratings.plant import unit_standing, unit_supply
from dcplan.ratings.racks import rack_demand
from dcplan.ratings.rows import World
from dcplan.site import SiteModel
from dcplan.verifier.capacity import Balance, PlantType
from dcplan.verifier.energy import State, energies, real_losses
from dcplan.verifier.verdict import verify

Data = dict[str, Any]
RPP: Data = {"apparent": "500 kVA", "efficiency": "98 %"}
PDU: Data = {"apparent": "600 kVA", "no_load_loss": "1 kW", "load_loss": "6 kW"}
SUBSTATION: Data = {"apparent": "2000 kVA", "no_load_loss": "2 kW", "load_loss": "20 kW"}


def level(name: str, below: str, figures: Data, count: int = 1, group: str = "hall", **own: Any) -> Data:
    """A level with its transformers, as overrides of the tiny site."""
    scheme = own.pop("scheme", "N")
    at = "site" if group == "site" else "hall"
    return {
        f"levels.{name}": {"below": below, "redundancy": {"scheme": scheme, "unit": "unit", "group": group}, **own},
        f"specs.{name}-t": {"family": "transformer", "maker": "Tiny", "model": name, **figures},
        f"plant.{name}": {"spec": f"{name}-t", "count": count, "at": at, "level": name},
    }


THREE: Data = {
    "specs.rack-100.power_factor": "95 %",
    **level("pdu", "ups", PDU),
    **level("rpp", "pdu", RPP),
    **level("substation", "bus", SUBSTATION, group="site", feeds=["ups", "mechanical"]),
}


def test_three_levels_by_hand(tmp_path: Path) -> None:
    """A rack of 100 kW at 0.95; levels of 98 %, 1 % and 1 % per kVA; a UPS of 95 % at 0.99; mechanical load at 0.90."""
    model = tiny(tmp_path, THREE)
    rack = model.specs["rack-100"]
    assert isinstance(rack, Rack)
    found = {key: value / 1e3 for key, value in rack_demand(model, "rack-100", rack, "hall", World.PLANNING).items()}
    assert found["level.rpp@hall"] == pytest.approx(105.263158)  # 100 / 0.95
    assert found["level.pdu@hall"] == pytest.approx(107.411386)  # + 2.040816 / 0.95
    assert found["ups@hall"] == pytest.approx(103.114930)  # 100 + 2.040816 + 1.074114
    assert found["ups_va@hall"] == pytest.approx(108.542032)  # 107.411386 + 1.074114 / 0.95
    # the loop's pumps draw 2 % of 100 kW from the substation too, which loses 1 % of kVA
    ups, pumps = 103.114930 / 0.95 / 0.99, 2.0 / 0.9
    assert found["level.substation@site"] == pytest.approx(ups + pumps)
    assert found["generator@site"] == pytest.approx(103.114930 / 0.95 + 2.0 + 0.01 * (ups + pumps))
    assert found["generator_va@site"] == pytest.approx((ups + pumps) * (1 + 0.01 / 0.9))


def test_no_load_losses_climb_from_the_level_above(tmp_path: Path) -> None:
    model = tiny(tmp_path, {**THREE, "levels.pdu.cooled_by": "outdoors"})
    spec = model.specs["pdu-t+pdu"]
    assert isinstance(spec, LevelTransformer)
    found = unit_standing(model, spec, "hall", World.PLANNING)
    assert "level.pdu@hall" not in found
    assert found["ups@hall"] == 1000.0
    assert found["level.substation@site"] == pytest.approx(1000.0 / 0.95 / 0.99)
    above = unit_standing(model, model.specs["substation-t+substation"], "site", World.PLANNING)
    assert (above["generator@site"], "level.substation@site" in above) == (2000.0, False)
    assert unit_supply(model, spec, "hall", World.PLANNING) == {"level.pdu@hall": 600_000.0}


def by_id(found: Check) -> dict[str, tuple[float | None, ...]]:
    return {line.id: (line.required, line.available) for line in found.lines}


def test_a_check_has_a_line_per_level_and_explains_it(tmp_path: Path) -> None:
    model = tiny(tmp_path, {**THREE, "plant.pdu.count": 2, "levels.pdu.redundancy.scheme": "N+1"})
    lines = {line.id: line for line in check(model).lines}
    assert (lines["level.rpp.hall"].required, lines["level.rpp.hall"].available) == (pytest.approx(400 / 0.95), 500.0)
    assert lines["level.pdu.hall"].available == 600.0
    assert "largest unit out" in lines["level.pdu.hall"].rule
    assert "pdu" in repr(derive(model, "level.pdu.hall"))
    assert lines["transformer.site"].verdict == "not checked"


def test_a_level_that_falls_short_gates_where_nothing_is_for_sale(tmp_path: Path) -> None:
    short = check(tiny(tmp_path, {**THREE, "specs.rpp-t.apparent": "300 kVA"}))
    assert next(line for line in short.lines if line.id == "level.rpp.hall").verdict == "fail"


def test_losses_warm_the_hall_of_a_level_or_what_cools_it(tmp_path: Path) -> None:
    outdoors = by_id(check(tiny(tmp_path, {**THREE, **{f"levels.{name}.cooled_by": "outdoors" for name in NAMES}})))
    here = by_id(check(tiny(tmp_path, THREE)))
    assert here["room_air.hall"][0] == pytest.approx((outdoors["room_air.hall"][0] or 0.0) + 7.0 + 500 / 0.98 - 500)
    told = next(line for line in check(tiny(tmp_path, THREE)).lines if line.id == "electrical_room.site")
    assert "level.substation@site" in told.reason
    water = by_id(check(tiny(tmp_path, {**THREE, "levels.substation.cooled_by": "water"})))
    assert water["heat_rejection.water"][0] == pytest.approx((here["heat_rejection.water"][0] or 0.0) + 22.0 * 1.02)


NAMES = ("rpp", "pdu", "substation")


def test_the_order_of_a_file_changes_nothing(tmp_path: Path) -> None:
    turned = dict(reversed(list(THREE.items())))
    assert by_id(check(tiny(tmp_path, turned))) == by_id(check(tiny(tmp_path, THREE)))


# ---------------------------------------------------------------- energy


def whole(model: SiteModel) -> tuple[State, Balance]:
    """All SUs on, everything that stands counted, no cooling in operation."""
    entries = {f"{name}@{entry.at}": entry for name, entry in model.site.plant.items() if entry.status == "existing"}
    kinds = {name: PlantType(entry.spec, entry.at) for name, entry in entries.items()}
    counted = {name: entry.count for name, entry in entries.items()}
    types = {name: (entry.spec, entry.at) for name, entry in entries.items()}
    return State({("alpha", "hall"): 2}, {}, counted, types), Balance(model, kinds)


figures = st.one_of(
    st.integers(90, 99).map(lambda share: {"apparent": "900 kVA", "efficiency": f"{share} %"}),
    st.tuples(st.integers(0, 9), st.integers(0, 20)).map(
        lambda loss: {"apparent": "900 kVA", "no_load_loss": f"{loss[0]} kW", "load_loss": f"{loss[1]} kW"}
    ),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    racks=st.lists(figures, max_size=4),
    feeders=st.lists(figures, max_size=3),
    factor=st.integers(80, 100),
    mechanical=st.sampled_from([None, 1, -1]),
)
def test_input_at_the_meter_is_the_load_and_all_losses(
    racks: list[Data], feeders: list[Data], factor: int, mechanical: int | None, tmp_path: Path
) -> None:
    own: Data = {"specs.rack-100.power_factor": f"{factor} %", "loops.water.pump_power": "0 %"}
    for top, chain, group in (("ups", racks, "hall"), ("bus", feeders, "site")):
        names = [top, *(f"{top}{number}" for number in range(len(chain)))]
        for (below, name), figure in zip(pairwise(names), chain, strict=True):
            own |= level(name, below, figure, group=group)
        if top == "bus" and chain and mechanical is not None:
            own[f"levels.{names[mechanical]}.feeds"] = ["mechanical"] if mechanical == 1 else ["ups", "mechanical"]
    model = tiny(tmp_path, own)
    state, balance = whole(model)
    load, charged = balance.load(state), {key: value for key, value, _ in real_losses(model, state)}
    assert len([key for key in charged if key.startswith("level.")]) == len(racks) + len(feeders)
    assert load["utility@site"] == pytest.approx(600e3 + sum(charged.values()), rel=1e-9)
    for key, due in energies(model, state).items():
        assert load.get(key, 0.0) == pytest.approx(due, rel=1e-9)
    assert all(value >= real - 1e-6 for _, value, real in real_losses(model, state))


# ---------------------------------------------------------------- plans


def verdict(model: SiteModel) -> set[tuple[str, str]]:
    """What the verifier says of the plan worked out by hand, with the levels' plant running."""
    by_hand = planned_by_hand(model)
    there = {f"{name}@{entry.at}": entry.count for name, entry in model.site.plant.items() if entry.level}
    steps = tuple(step.model_copy(update={"units": {**step.units, **there}}) for step in by_hand.running)
    found = verify(by_hand.model_copy(update={"running": steps}), model)
    return {(item.rule, item.place) for item in found.violations}


COOL: Data = {f"levels.{name}.cooled_by": "outdoors" for name in NAMES}


def test_a_plan_is_verified_and_a_lost_level_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = {
        "specs.rack-100.peak": "110 kW",
        "specs.rack-100.peak_time": "1 min",
        "specs.ups-300.overload": [{"load": "110 %", "time": "10 min"}, {"load": "125 %", "time": "1 min"}],
    }
    model = tiny(tmp_path, {**THREE, **COOL, **peaks})
    assert verdict(model) == set()
    assert ("capacity", "level.rpp@hall") in verdict(
        tiny(tmp_path, {**THREE, **COOL, "specs.rpp-t.apparent": "400 kVA"})
    )
    monkeypatch.setattr(electrical, "through", lambda model, world, hall, level, draw: ({}, draw))
    assert {"level.rpp@hall", "level.pdu@hall", "ups@hall", "generator@site"} <= {
        place for rule, place in verdict(tiny(tmp_path, {**THREE, **COOL, **peaks})) if rule == "energy-balance"
    }


def test_heat_of_a_level_is_added_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny(tmp_path, THREE)
    assert verdict(model) == set()
    monkeypatch.setattr(ratings_plant, "_into_electrical_room", lambda *given: {})
    assert ("energy-balance", "room_air@hall") in verdict(model)


def test_a_level_by_trains_buys_for_what_each_side_must_carry(tmp_path: Path) -> None:
    """400 kW at 0.95 on 2N of 300 kVA: either side falls short of 421 kVA, and two more units cure both."""
    own: Data = {
        **level("pdu", "ups", {**PDU, "apparent": "300 kVA"}, scheme="2N"),
        "specs.rack-100.power_factor": "95 %",
        "levels.pdu.redundancy.unit": "side",
        "levels.pdu.cooled_by": "outdoors",
        "trains": {"A1": {"side": "A"}, "B1": {"side": "B"}},
        "plant.pdu.train": "A1",
        "plant.pdu-b": {"spec": "pdu-t", "count": 1, "at": "hall", "level": "pdu", "train": "B1"},
        "upgrades.pdu-more": {
            "spec": "pdu-t",
            "at": ["hall"],
            "at_most": 2,
            "level": "pdu",
            "trains": ["A1", "B1"],
            "crew": "electrical",
            "lead_time": "4 week",
            "cost": "20000 USD",
            "install": "1 workday",
        },
    }
    model = tiny(tmp_path, own)
    here = next(line for line in check(model).lines if line.id == "level.pdu.hall")
    assert (here.required, here.available, here.verdict) == (pytest.approx(400 / 0.95), 300.0, "fail")
    found = plan(model, seconds=20.0, workers=1, deterministic=True)
    bought = sorted(unit.id.split("#")[0] for unit in found.units if unit.id.startswith("pdu"))
    assert bought == ["pdu-more@hall/A1", "pdu-more@hall/B1"]
    assert found.verified


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"levels.rpp.below": "pud"}, "ups, bus or a level"),
        ({"levels.pdu.below": "rpp"}, "a chain that ends at `ups` or `bus`"),
        ({"plant.pdu.level": "pud"}, "a level: pdu, rpp, substation"),
        ({"plant.pdu.level": None, "plant.pdu.at": "site"}, "level pdu without plant"),
        ({"plant.ups.level": "pdu"}, "a transformer"),
        ({"levels.rpp.redundancy.group": "site"}, "what feeds it must know which place it feeds"),
        ({"levels.rpp.redundancy.scheme": "N+x"}, "levels.rpp.redundancy.scheme"),
        ({"levels.rpp.redundancy.group": "loop"}, "site or hall or pod"),
        ({"levels.rpp.feeds": ["mechanical"]}, "no `feeds`"),
        ({"levels.rpp.below": "ups"}, "one level that feeds each"),
        ({"levels.rpp.cooled_by": "roof"}, "a hall with `air`, a loop or outdoors"),
        ({"levels.substation.redundancy.group": "hall", "plant.substation.at": "hall"}, "a level over the site"),
        ({"plant.pdu.at": "site"}, "where level.pdu is grouped"),
        (level("bus", "ups", PDU), "is taken"),
        (
            {"redundancy.ups.group": "site", "plant.ups.at": "site", "levels.substation.feeds": ["ups"],
             "levels.substation.redundancy.group": "hall", "plant.substation.at": "hall"},
            "feeds UPS over the site",
        ),
    ],
)  # fmt: skip
def test_levels_that_do_not_fit_together_are_refused(own: Data, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        tiny(tmp_path, {**THREE, **own})
