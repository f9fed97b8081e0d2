"""Parts of the verifier by themselves: whether plant carries a load, why an SU is no earlier, what an order brings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from damage import cash, dates, day, floor, su
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import planned_by_hand, tiny

from dcplan.answer import Plan
from dcplan.ratings.racks import su_demand
from dcplan.ratings.rows import World, add
from dcplan.site import SiteModel
from dcplan.verifier.capacity import Balance, plant_types, times
from dcplan.verifier.connect import Connections
from dcplan.verifier.energy import State
from dcplan.verifier.gates import NO_LIMIT, check_gates
from dcplan.verifier.terms import Findings, Terms
from dcplan.verifier.verdict import verify

# ---------------------------------------------------------------- what carries a load


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[SiteModel, Balance]]:
    """Sites whose generators have little to spare, with CDUs that draw for standing there."""
    found = []
    for load in (100, 170, 177, 200, 300):
        model = tiny(
            tmp_path_factory.mktemp("tight"),
            {
                "loads.offices.other": f"{load} kW",
                "specs.cdu-200.standing_power": "3 kW",
                "specs.cdu-200.power": "8 kW",
                "plant.small": {"spec": "crah-60", "count": 1, "at": "hall"},
                "specs.crah-60": {
                    "family": "room_air_unit", "maker": "Tiny", "model": "crah", "capacity": "60 kW", "power": "2 kW",
                    "water_supply": "30 degC",
                },
            },
        )  # fmt: skip
        found.append((model, Balance(model, plant_types(planned_by_hand(model), Terms.of(model)))))
    return found


def selections(counted: dict[str, int], only: list[str]) -> Iterator[dict[str, int]]:
    for chosen in itertools.product(*(range(counted[name] + 1) for name in only)):
        yield {**counted, **dict(zip(only, chosen, strict=True))}


def holds(balance: Balance, counted: dict[str, int], running: dict[str, int], demand: Any) -> bool:
    load = add(
        demand,
        *(times(balance.idle[name], number) for name, number in counted.items()),
        *(times(balance.draw[name], number) for name, number in running.items()),
    )
    for row in balance.rows:
        worst = row.survival.worst(balance.running(row.key, State({}, running, {}, {})), load.get(row.key, 0.0))
        if worst.left < worst.need * (1 - 1e-9):
            return False
    return True


@settings(max_examples=60)
@given(data=st.data(), sus=st.integers(0, 2), index=st.integers(0, 4))
def test_plant_carries_a_load_when_some_selection_of_it_does(
    data: st.DataObject, sus: int, index: int, sites: list[tuple[SiteModel, Balance]]
) -> None:
    """Tried in every way: which of the new CDUs are connected, and which units run."""
    model, balance = sites[index]
    most = {"gensets@site": 3, "genset@site": 1, "ups@hall": 3, "crahs@hall": 2, "coolers@water": 2, "cdu@hall": 4}
    counted = dict.fromkeys(balance.supply, 0) | {"service@site": 1, "small@hall": data.draw(st.integers(0, 1))}
    counted |= {name: data.draw(st.integers(max(0, number - 2), number)) for name, number in most.items()}
    there = {**counted, "cdu@hall": data.draw(st.integers(0, counted["cdu@hall"]))}
    demand = add(balance.base, times(su_demand(model, "alpha", "hall", World.PLANNING), sus))
    drawing = [name for name in counted if balance.draw[name]]
    due = any(
        holds(balance, connected, running, demand)
        for fewer in range(there["cdu@hall"], counted["cdu@hall"] + 1)
        for connected in [{**counted, "cdu@hall": fewer}]
        for running in selections(connected, drawing)
    )
    found = Connections(balance)
    assert found.carries(counted, demand, there) == due
    assert found.carries(counted, demand, there) == due
    # a load must fit with something to spare, or may lack something
    assert Connections(balance, 0.5).carries(counted, demand, there) <= due
    assert Connections(balance, -0.5).carries(counted, demand, there) >= due


def test_a_margin_is_part_of_the_load(sites: list[tuple[SiteModel, Balance]]) -> None:
    """Offices of 100 kW, no SU: one set of 500 kW is left; 5 x 100 kW would fit, 5.1 x not."""
    _, balance = sites[0]
    counted = dict.fromkeys(balance.supply, 0) | {"service@site": 1, "gensets@site": 2}
    for margin, fits in ((0.0, True), (3.99, True), (4.01, False), (-0.9, True)):
        assert Connections(balance, margin).carries(counted, balance.base, counted) is fits
    alone = counted | {"gensets@site": 1}
    assert not Connections(balance).carries(alone, balance.base, alone)
    assert Connections(balance, -1.0).carries(alone, balance.base, alone)


# ---------------------------------------------------------------- why no earlier


def week_later(plan: Plan) -> Plan:
    """The first SU a week later: plates from Friday 5 March on, racks from Monday."""
    later = su(
        plan, "alpha#1",
        **dates(set_start="03-08", set_end="03-10", fill_start="03-10", fill_end="03-11", energise="03-11"),
    )  # fmt: skip
    return floor(later, "alpha#1", order=day("02-19"), start=day("03-05"), end=day("03-06"))


def gate(plan: Plan, model: SiteModel) -> str:
    found = Findings(model.site.start)
    check_gates(su(plan, "alpha#1", gated_by="?"), Terms.of(model), found)
    message = next(item.message for item in found.violations if item.place == "alpha#1")
    return message.removeprefix("alpha#1: gated by ? is stated, by the plan's dates it is ")


@pytest.mark.parametrize(
    ("overrides", "due"),
    [
        ({}, NO_LIMIT),
        ({"permits.floor": {"duration": "60 day", "gates": "delivery"}}, "floor: plates"),
        ({"permits.floor": {"duration": "60 day", "gates": "install"}}, "floor: plates"),
        ({"permits.floor": {"duration": "59 day", "gates": "install"}}, NO_LIMIT),
        ({"permits.floor": {"duration": "46 day", "gates": "order"}}, "floor: plates"),
        ({"permits.floor": {"duration": "45 day", "gates": "order"}}, NO_LIMIT),
        ({"upgrades.plates.lead_time": "60 day"}, "floor: plates"),
        ({"upgrades.plates.engineering": "34 workday"}, "floor: plates"),
        ({"deployments.alpha.chain": {"set_and_connect": {"crew": "integration", "crew_need": 2,
                                                          "duration": "7 workday"},
                                      "fill_and_leak_test": "1 workday", "burn_in": "3 day",
                                      "acceptance": "2 workday"}}, "delivery"),
    ],
)  # fmt: skip
def test_what_kept_an_su_from_being_earlier(overrides: dict[str, Any], due: str, tmp_path: Path) -> None:
    if "permits.floor" in overrides:
        overrides = {**overrides, "upgrades.plates.permit": "floor"}
    model = tiny(tmp_path, overrides)
    assert gate(week_later(planned_by_hand(model)), model) == due


def test_capacity_and_the_loop_keep_an_su(tmp_path: Path) -> None:
    model = tiny(tmp_path)
    plan = week_later(planned_by_hand(model))
    assert gate(su(plan, "alpha#1", energise=day("03-16")), model) == "capacity: genset@site"
    waiting = su(plan, "alpha#1", **dates(fill_start="03-11", fill_end="03-12", energise="03-12"))
    assert gate(waiting, model) == "first unit of the hall's liquid loop"
    assert gate(su(plan, "alpha#1", energise=day("03-12")), model) == NO_LIMIT


def test_a_crew_keeps_an_su_only_where_it_was_at_work(tmp_path: Path) -> None:
    """The plates are laid on Friday 5 March, the racks set on Monday: who was free the day before?."""
    model = tiny(tmp_path)
    plan = week_later(planned_by_hand(model))
    assert gate(plan, model) == NO_LIMIT
    assert gate(floor(plan, "alpha#2", start=day("03-03"), end=day("03-04")), model) == NO_LIMIT
    assert gate(floor(plan, "alpha#2", start=day("03-04"), end=day("03-05")), model) == "crew structural"
    # with its floor done on Thursday it waits for those who set racks
    early = floor(plan, "alpha#1", start=day("03-04"), end=day("03-05"))
    assert gate(early, model) == NO_LIMIT
    assert gate(su(early, "alpha#2", **dates(set_start="03-03", set_end="03-05")), model) == NO_LIMIT
    assert gate(su(early, "alpha#2", **dates(set_start="03-04", set_end="03-06")), model) == "crew integration"
    unreinforced = su(plan, "alpha#1", reinforcement=None)
    assert gate(unreinforced, model) == NO_LIMIT


def test_a_scheme_that_ends_lets_an_su_in(tmp_path: Path) -> None:
    model = tiny(tmp_path, {"redundancy.ups": {"scheme": "N+2", "unit": "unit", "group": "hall",
                                               "until": [{"scheme": "N+1", "day": "2027-03-12"}]}})  # fmt: skip
    plan = week_later(planned_by_hand(model))
    assert gate(su(plan, "alpha#1", energise=day("03-12")), model) == "redundancy in force from 2027-03-12"
    assert gate(su(plan, "alpha#1", energise=day("03-13")), model) == NO_LIMIT


# ---------------------------------------------------------------- cash


def test_cash_of_an_order_comes_after_the_order(tmp_path: Path) -> None:
    """Ordered on 4 January, 30 days net: 3 February for both SUs, in every world."""
    model = tiny(tmp_path, {"deployments.alpha.terms[0].event": "order"})
    plan = planned_by_hand(model)
    for index in (0, 3):
        on = dict.fromkeys(("ready", "planned", "best", "worst"), day("02-03"))
        plan = cash(plan, index, event="order", **on)
    assert verify(plan, model).violations == ()


def test_a_long_stop_pays_an_su_that_is_late(tmp_path: Path) -> None:
    """Accepted on 24 March; deemed accepted 15 days after delivery: on the 16th, paid on 15 April, late by six days."""
    model = tiny(tmp_path, {"deployments.alpha.terms[2].long_stop": "15 day"})
    plan = cash(
        planned_by_hand(model), 5, long_stop=True, delay_days=6,
        **dict.fromkeys(("planned", "best", "worst"), day("04-15")),
    )  # fmt: skip
    assert not [item for item in verify(plan, model).violations if item.rule == "payment"]
