"""The verifier and the planner: every plan made is accepted, and damage to a real one is named."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from damage import BOUGHT, MONEY, Pair, Triple, check, day, su, unit, without
from tiny import planned_by_hand, tiny

from dcplan.answer import Plan, Su, Unit
from dcplan.loading import load
from dcplan.planner import plan as make_plan
from dcplan.site import SiteModel
from dcplan.verifier.verdict import verify

EXAMPLE = Path(__file__).parents[1] / "examples" / "hopper_to_blackwell.yaml"
GENERATOR_ROWS = {("capacity", "generator@site"), ("capacity", "generator_va@site")}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SiteModel:
    return tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def example() -> tuple[SiteModel, Plan]:
    loaded = load(EXAMPLE)
    return loaded, make_plan(loaded, seconds=8)


def test_the_planner_is_no_dearer_than_paper(model: SiteModel) -> None:
    found, paper = make_plan(model, seconds=8), planned_by_hand(model)
    assert verify(found, model).violations == ()
    assert found.objective.exact is not None
    assert paper.objective.exact is not None
    assert found.objective.exact <= paper.objective.exact


# pumps to buy for a loop of glycol that gives its heat to the loop of the coolers, and racks with a minimum flow
PUMPED = {
    "redundancy.facility_pump": {"scheme": "N+1", "unit": "unit", "group": "loop"},
    "behind_ups": ["cdu"],
    "loops.water": {
        "supply": "30 degC", "back": "40 degC", "fluid": "EG30", "pipe_pressure_drop": "250 kPa",
        "fed_by": {"loop": "outer", "approach": "3 K"},
    },
    "loops.outer": {"supply": "27 degC", "back": "40 degC", "pump_power": "2 %"},
    "plant.coolers.at": "outer",
    "plant.pumps": {"spec": "pump", "count": 1, "at": "water"},
    "upgrades.pump": {"spec": "pump", "at": ["water"], "at_most": 3, "crew": "mechanical"},
    "specs.rack-100.liquid.minimum_specific_flow": "1.2 L/min/kW",
    "specs.pump": {
        "family": "facility_pump", "maker": "Tiny", "model": "pump", "flow": "7 L/s", "head": "300 kPa",
        "efficiency": "60 %",
        "footprint": "2 m2",
        "procurement": {"lead_time": "2 week", "cost": "20000 USD", "install": "1 workday", "commission": "1 workday"},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    "overrides",
    [
        {"perspective": "operator"},
        {"perspective": "vendor"},
        {"permits.air.gates": "order"},
        {"permits.air.gates": "delivery"},
        {"permits.air": {"duration": "90 day", "gates": "startup"}},
        {"permits.air.apply": "2026-12-01"},
        {"redundancy.cdu.scheme": "N+2"},
        {"plant.crahs.status": "ordered", "plant.crahs.in_service": "2027-04-10"},
        {"deployments.alpha.deliveries": [{"day": "2027-01-04", "count": 1}, {"day": "2027-04-03", "count": 1}]},
        {"deployments.alpha.deliveries[0].day": "2027-01-04", "deployments.alpha.terms[2].long_stop": "30 day"},
        {"halls.hall.floor": {}},
        {"su_chain.fill_and_leak_test": None},
        {"upgrades.cdu.install": "0 workday", "upgrades.cdu.commission": "0 workday"},
        {"calendar.working_days": ["sat", "sun"]},
        PUMPED,
    ],
    ids=str,
)
def test_plans_of_changed_sites_keep_every_rule(overrides: dict[str, Any], tmp_path: Path) -> None:
    changed = tiny(tmp_path, overrides)
    found = make_plan(changed, seconds=8)
    assert found.status in ("optimal", "feasible")
    assert verify(found, changed).violations == ()


def test_the_plan_of_the_example_keeps_every_rule(example: tuple[SiteModel, Plan]) -> None:
    loaded, found = example
    assert verify(found, loaded).violations == ()
    assert found.verified


def _first(plan: Plan, upgrade: str) -> Unit:
    return next(item for item in plan.units if item.upgrade == upgrade)


def _last_su(plan: Plan) -> Su:
    return max(plan.sus, key=lambda item: item.energise)


def _drop_genset(plan: Plan) -> tuple[Plan, set[Triple], set[Pair]]:
    item = _first(plan, "genset-2500")
    expected = {(rule, place, str(_last_su(plan).energise)[5:]) for rule, place in (
        ("capacity", "generator@site"), ("running", "genset-2500@site"))}  # fmt: skip
    return without(plan, item.id), expected, {("hall-test", "hall-1"), *GENERATOR_ROWS, *BOUGHT}


def _early_order(plan: Plan) -> tuple[Plan, set[Triple], set[Pair]]:
    item = _first(plan, "genset-2500")
    damaged = unit(plan, item.id, order=day("01-05"))
    return damaged, {("engineering", item.id, "01-05")}, MONEY


def _early_install(plan: Plan) -> tuple[Plan, set[Triple], set[Pair]]:
    item = _first(plan, "genset-2500")
    start = day("02-01")
    damaged = unit(plan, item.id, delivery=start, install_start=start)
    expected = {
        ("permit", item.id, "02-01"),
        ("lead-time", item.id, "02-01"),
        ("install-time", item.id, str(item.install_end)[5:]),
    }
    return damaged, expected, {("crew-clash", item.crew)}  # fmt: skip


def _early_energise(plan: Plan) -> tuple[Plan, set[Triple], set[Pair]]:
    item = _last_su(plan)
    early = item.energise - timedelta(days=1)
    rows = {("capacity", row) for row in (*ratings_rows(), "generator@site", "generator_va@site")}
    damaged = su(plan, item.id, energise=early)
    follows = {*rows, ("hall-test", "hall-1"), ("energise-fill", item.id), *MONEY}
    return damaged, {("burn-in", item.id, str(item.burn_in_end)[5:])}, follows


def ratings_rows() -> list[str]:
    return ["cdu@hall-1", "cdu_flow@hall-1", "heat_rejection@warm", "room_air@hall-1", "heat_rejection@chilled"]


def _no_floor(plan: Plan) -> tuple[Plan, set[Triple], set[Pair]]:
    item = plan.sus[0]
    return su(plan, item.id, reinforcement=None), {("floor", item.id, str(item.set_start)[5:])}, BOUGHT


def _holiday(plan: Plan) -> tuple[Plan, set[Triple], set[Pair]]:
    """Racks set on Memorial Day, before they are delivered."""
    item = plan.sus[0]
    damaged = su(plan, item.id, set_start=day("05-31"), set_end=day("06-08"))
    expected = {("working-day", item.id, "05-31"), ("set-delivery", item.id, "05-31")}
    follows = {("set-floor", item.id), ("set-time", item.id), ("crew-clash", item.crew), ("crew-size", item.crew)}
    return damaged, expected, follows


def _clash(plan: Plan) -> tuple[Plan, set[Triple], set[Pair]]:
    one, other = next(
        pair for pair in itertools.combinations(plan.sus, 2) if pair[0].set_start < pair[1].set_end <= pair[0].set_end
    )
    damaged = su(plan, other.id, members=one.members)
    shared = max(one.set_start, other.set_start)
    return damaged, {("crew-clash", one.crew, str(shared)[5:])}, set()


REAL: Mapping[str, Callable[[Plan], tuple[Plan, set[Triple], set[Pair]]]] = {
    "generator left out": _drop_genset,
    "ordered before engineering": _early_order,
    "installed before permit and delivery": _early_install,
    "energised a day early": _early_energise,
    "floor not reinforced": _no_floor,
    "set on a holiday": _holiday,
    "crew on two SUs": _clash,
}


@pytest.mark.parametrize("name", REAL)
def test_damage_to_the_plan_of_the_example(name: str, example: tuple[SiteModel, Plan]) -> None:
    loaded, found = example
    damaged, expected, follows = REAL[name](found)
    check(verify(damaged, loaded), expected, follows)
