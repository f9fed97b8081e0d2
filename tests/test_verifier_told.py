"""What a violation tells, to the word: message, date, both amounts and unit, each worked out on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from damage import day, floor, objective, unit
from tiny import planned_by_hand, tiny

from dcplan.answer import Plan, Violation
from dcplan.catalog import Transformer, Ups
from dcplan.verifier import capacity, money
from dcplan.verifier.duty import asked
from dcplan.verifier.energy import State
from dcplan.verifier.losses import transformer_loss, ups_loss
from dcplan.verifier.terms import Terms
from dcplan.verifier.verdict import verify

GENSET = "genset@site#1"


def told(rule: str, folder: Path, own: dict[str, Any] | None = None, of: Callable[[Plan], Plan] = lambda p: p) -> Any:
    """The violations of a rule: place, date, required, found, unit and message."""
    model = tiny(folder, own)
    return [_parts(item) for item in verify(of(planned_by_hand(model)), model).violations if item.rule == rule]


def _parts(item: Violation) -> tuple[Any, ...]:
    return item.place, str(item.on or "")[5:], item.required, item.found, item.unit, item.message


def test_energy_that_does_not_close(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Racks put 160 kW into the coolant for each SU, three CDUs 90 % of 2.9 kW each."""
    monkeypatch.setattr(capacity, "energies", lambda model, state: {"cdu@hall": 150e3})
    told_of = "are carried, racks, plant and losses put in 150.000 kW"
    assert told("energy-balance", tmp_path) == [
        (place, on, 150.0, pytest.approx(kw), "kW", f"cdu@hall on 2027-{on}: {kw:.3f} kW {told_of}")
        for place, on, kw in (("cdu@hall", "03-04", 167.83), ("cdu@hall", "03-16", 327.83))
    ]


def test_losses_that_are_more_than_charged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "real_losses", lambda model, state: [("ups@hall", 10e3, 12e3)])
    first, second = told("losses", tmp_path)
    message = "losses of 10.000 kW are carried, the published curves give 12.000 kW"
    assert first == ("ups@hall", "03-04", 12.0, 10.0, "kW", f"ups@hall on 2027-03-04: {message}")
    assert second == ("ups@hall", "03-16", 12.0, 10.0, "kW", f"ups@hall on 2027-03-16: {message}")


def test_orders_before_engineering_and_deliveries_before_their_lead_time(tmp_path: Path) -> None:
    ((_, on, *_, message),) = told("engineering", tmp_path, None, lambda p: unit(p, GENSET, order=day("01-08")))
    due = "it is dated 2027-01-08, possible from 2027-01-09"
    assert (on, message) == ("01-08", f"{GENSET}: ordered before engineering is done; {due}")
    ((_, on, *_, message),) = told("lead-time", tmp_path, None, lambda p: unit(p, GENSET, delivery=day("03-01")))
    due = "it is dated 2027-03-01, possible from 2027-03-08"
    assert (on, message) == ("03-01", f"{GENSET}: delivered sooner than its lead time allows; {due}")


def test_plates_too_soon_or_too_few(tmp_path: Path) -> None:
    ((place, on, *_, message),) = told("lead-time", tmp_path, None, lambda p: floor(p, "alpha#1", order=day("02-15")))
    due = "it is dated 2027-02-26, possible from 2027-03-01"
    assert (place, on) == ("alpha#1", "02-26")
    assert message == f"alpha#1: reinforcement starts sooner than its lead time allows; {due}"
    assert told("floor-positions", tmp_path, None, lambda p: floor(p, "alpha#1", positions=1)) == [
        (
            *("alpha#1", "03-01", 2.0, 1.0, "positions"),
            "alpha#1: 1 positions are reinforced, 2 racks are too heavy for the floor of hall hall",
        )
    ]


@pytest.mark.parametrize(
    ("own", "told_of"),
    [
        ({"limits.yard_area": "24 m2"}, ("yard", "site", "03-08", 24.0, 25.0, "m2")),
        ({"limits.budget": "0.5 MUSD"}, ("budget", "site", "02-12", 500_000.01, 504_000.0, "USD")),
        ({"limits.generator_power": "1.9 MW"}, ("generator-permit", "site", "03-08", 1900.0, 2000.0, "kW")),
        ({"halls.hall.gallery_slots": 2}, ("gallery", "hall", "02-24", 2.0, 3.0, "slots")),
        ({"halls.hall.positions": 3}, ("positions", "hall", "03-03", 3.0, 4.0, "positions")),
    ],
)
def test_what_is_overdrawn(own: dict[str, Any], told_of: tuple[Any, ...], tmp_path: Path) -> None:
    """One set of 25 m2; three CDUs, the third on 24 February; all plant, 500 kUSD, before the plates of 12 February."""
    rule, place, on, limit, used, unit = told_of
    ((*found, message),) = told(rule, tmp_path, own)
    assert tuple(found) == (place, on, pytest.approx(limit), used, unit)
    amounts = f"{used:,.6g} {unit} are used, {limit:,.6g} are there; short from 2027-{on}"
    assert message == f"{rule} at {place}: {amounts}"


def test_plant_too_heavy_for_the_floor(tmp_path: Path) -> None:
    """1,500 kg, a third of it on one tile, against 1,000 lb; all of it on 1 m2, against 1,000 kg/m2."""
    heavy = {"specs.cdu-200.mass": "1500 kg", "specs.cdu-200.footprint": "1 m2"}
    foot, *_ = told("plant-floor", tmp_path, heavy)
    said = "cdu@hall#1: the floor of hall hall does not carry one cdu-200"
    on_feet = (pytest.approx(500 * 9.80665), pytest.approx(1000 * 4.4482216), "N")
    assert foot == ("cdu@hall#1", "02-22", *on_feet, f"{said}: point load")
    wide = heavy | {"halls.hall.floor": {"uniform": "1000 kg/m2", "position_area": "2 m2"}}
    spread, *_ = told("plant-floor", tmp_path, wide)
    over = (pytest.approx(1500 * 9.80665), pytest.approx(1000 * 9.80665), "Pa")
    assert spread == ("cdu@hall#1", "02-22", *over, f"{said}: uniform load")


def test_a_permit_of_plates_gates_their_order(tmp_path: Path) -> None:
    own = {"upgrades.plates.permit": "air", "permits.air.gates": "order"}
    assert {(place, on) for place, on, *_ in told("permit", tmp_path, own)} == {
        (GENSET, "01-11"),
        ("alpha#1", "02-12"),
        ("alpha#2", "02-15"),
    }


def test_plates_are_judged_by_their_stated_value_not_by_the_end_of_its_range(tmp_path: Path) -> None:
    guess = {"range": ["900 lb", "2500 lb"], "confidence": "assumption", "note": "guess"}
    assert told("floor", tmp_path, {"specs.plates.point": {"value": "2000 lb", **guess}}) == []
    assert len(told("floor", tmp_path, {"specs.plates.point": {"value": "1000 lb", **guess}})) == 2


def test_an_amount_that_is_not_stated_is_told_as_nothing(tmp_path: Path) -> None:
    ((place, on, due, given, *_, message),) = told(
        "objective-exact", tmp_path, None, lambda p: objective(p, exact=None)
    )
    assert (place, on, given, "nothing" in message) == ("site", "", None, True)
    assert f"{due:,.2f}" in message


def test_a_price_that_cannot_be_worked_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader refuses a price per kW of what has no rating; the verifier would not take the stated cost either."""
    monkeypatch.setattr(Terms, "price", lambda terms, upgrade, expedite=None: None)
    message = "its price per kW has no rating to act on"
    assert [(place, due, given, said) for place, _, due, given, _, said in told("cost", tmp_path)] == [
        (GENSET, None, 200e3, f"{GENSET}: entered at 200,000.00, {message}"),
        *((f"cdu@hall#{n}", None, 100e3, f"cdu@hall#{n}: entered at 100,000.00, {message}") for n in (1, 2, 3)),
        *((f"alpha#{n}", None, 2e3, f"alpha#{n}: entered at 2,000.00, {message}") for n in (1, 2)),
    ]


@pytest.mark.parametrize("status", ["infeasible", "no_plan"])
def test_an_answer_that_calls_itself_none_is_no_plan(status: str, tmp_path: Path) -> None:
    ((place, *_, message),) = told("no-plan", tmp_path, None, lambda p: p.model_copy(update={"status": status}))
    assert (place, message) == ("site", f"there is no schedule to verify: the answer is {status}")


def test_a_gap_has_no_days_where_a_day_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(money, "_daily", lambda terms: 0.0)
    assert told("objective-gap", tmp_path, None, lambda p: objective(p, gap_su_days=None)) == []
    assert len(told("objective-gap", tmp_path)) == 1


def test_water_that_is_not_there(tmp_path: Path) -> None:
    """Two coolers draw 40 m3/s of air of 20 degC without water, 0.8305 m3/kg, 80 % of the way to 5.8 degC.

    There W_s = 0.00573; behind the pads the air has 8.64 degC and W = 0.00457; half of the water evaporates.
    """
    pads = {"effectiveness": "80 %", "airflow": "40 m3/s", "evaporated_share": "50 %"}
    wet = {"specs.cooler-500.adiabatic": pads, "place.design_wet_bulb": "15 degC", "limits.water": "10 L/min"}
    ((place, on, limit, used, unit, message),) = told("water", tmp_path, wet)
    assert (place, on, limit, unit) == ("site", "01-04", pytest.approx(10.0), "L/min")
    assert used == pytest.approx(2 * 40.0 / 0.8305 * 0.00457 * 60.0 * 2.0, rel=5e-3)
    assert message == f"water at site: {used:,.6g} L/min are used, 10 are there; short from 2027-01-04"
    # a third one is bought
    wet |= {
        "limits.water": "60 L/min",
        "specs.cooler-500.footprint": "1 m2",
        "upgrades.cooler": {
            "spec": "cooler-500",
            "at": ["water"],
            "at_most": 1,
            "crew": "mechanical",
            "lead_time": "4 week",
            "cost": "1000 USD",
            "install": "1 workday",
            "commission": "1 workday",
        },
    }
    own = {"id": "cooler@water#1", "upgrade": "cooler", "spec": "cooler-500", "place": "water"}
    ((_, on, _, more, *_),) = told(
        "water",
        tmp_path,
        wet,
        lambda p: p.model_copy(update={"units": (*p.units, p.units[-1].model_copy(update=own))}),
    )
    assert (on, more) == ("02-24", pytest.approx(1.5 * used))


# ---------------------------------------------------------------- parts


def test_a_peak_without_racks_is_the_load_itself(tmp_path: Path) -> None:
    own: dict[str, Any] = {
        "specs.rack-100.peak": "120 kW",
        "specs.rack-100.peak_time": "1 min",
        "specs.ups-300.overload": [{"load": "125 %", "time": "1 min"}],
        "loads.desks": {"ups": "7 kW", "hall": "hall"},
    }
    model = tiny(tmp_path, own)
    types = {"ups@hall": ("ups-300", "hall")}
    assert asked(model, State({}, {}, {"ups@hall": 3}, types))["ups_peak@hall"] == 7000.0
    racks = State({("alpha", "hall"): 1}, {}, {"ups@hall": 3}, types)
    assert asked(model, racks)["ups_peak@hall"] == pytest.approx(7000.0 + 2 * 120e3)


def test_losses_of_transformers_of_several_makes_add_up(tmp_path: Path) -> None:
    """Half loaded: 1 + 8 / 4 kW twice, 2 + 12 / 4 kW once; of 900 kW the fourth carries 4/12, at 98 %."""
    made = {"family": "transformer", "maker": "Tiny"}
    own: dict[str, Any] = {
        **{f"plant.{name}": {"spec": name, "count": 1, "at": "site"} for name in ("small", "large", "plain")},
        "redundancy.transformer": {"scheme": "N", "unit": "unit", "group": "site"},
        "specs.small": {**made, "model": "s", "apparent": "400 kVA", "no_load_loss": "1 kW", "load_loss": "8 kW"},
        "specs.large": {**made, "model": "l", "apparent": "800 kVA", "no_load_loss": "2 kW", "load_loss": "12 kW"},
        "specs.plain": {**made, "model": "p", "apparent": "800 kVA", "efficiency": "98 %"},
    }
    model = tiny(tmp_path, own)
    small, large, plain = (model.specs[name] for name in ("small", "large", "plain"))
    assert isinstance(small, Transformer)
    assert isinstance(large, Transformer)
    assert isinstance(plain, Transformer)
    assert transformer_loss([(small, 2), (large, 1)], 760e3, 800e3) == pytest.approx(2 * 3e3 + 5e3)
    assert transformer_loss([(large, 1), (small, 2)], 760e3, 800e3) == pytest.approx(2 * 3e3 + 5e3)
    third = 900e3 / 3 * (1 / 0.98 - 1)
    assert transformer_loss([(small, 2), (plain, 1), (large, 1)], 900e3, 1200e3) == pytest.approx(2 * 3e3 + 5e3 + third)


def test_losses_of_modules_by_hand(tmp_path: Path) -> None:
    """25 kW at 100 kW, at 80 %, and below; 21.05 kW at 400 kW, at 95 %; on the straight line between."""
    points = [{"load": "25 %", "efficiency": "80 %"}, {"load": "100 %", "efficiency": "95 %"}]
    own = {"power": "400 kW", "efficiency": None, "efficiencies": points}
    module = tiny(tmp_path, {f"specs.ups-300.{key}": value for key, value in own.items()}).specs["ups-300"]
    assert isinstance(module, Ups)
    full = 400e3 / 0.95 - 400e3
    assert [ups_loss([(module, 2)], 2 * each) for each in (0.0, 20e3, 60e3, 100e3)] == [pytest.approx(2 * 25e3)] * 4
    assert ups_loss([(module, 2)], 2 * 250e3) == pytest.approx(25e3 + full)
    assert ups_loss([(module, 1)], 400e3) == pytest.approx(full)
