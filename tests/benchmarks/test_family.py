"""The family's sites say exactly the family's numbers, and are planned."""

from collections import Counter

import pytest

from dcplan.formulate.build import formulate
from dcplan.hire import SCALE
from dcplan.planner import plan
from dcplan.problem import FINE, Plant, Problem
from tests.benchmarks.family import CASES, OPTIONS, Case, site_of

SMALL, LARGE, MIXED = Case(16, 2), Case(128, 16), Case(64, 8, mixed=True)
HIRED = Case(64, 8, mixed=True, hired=True)


def kilowatts(problem: Problem, terms: tuple[tuple[int, int], ...]) -> dict[str, float]:
    """Amounts by the service of their row [kW]."""
    rows = ((problem.rows[index], amount) for index, amount in terms)
    return {row.id.split("@")[0]: amount * row.step / 1000 for row, amount in rows if row.unit == "W"}


def bought(problem: Problem) -> dict[str, Plant]:
    """The first plant of each option."""
    return {plant.upgrade: plant for plant in reversed(problem.plants) if plant.upgrade is not None}


@pytest.mark.parametrize("case", [*CASES, HIRED], ids=lambda case: case.name)
def test_options_are_those_of_the_price_list(case):
    problem = formulate(site_of(case))
    plants = bought(problem)
    options = [option for option in OPTIONS if option.name != "rent" or not case.hired]
    assert set(plants) == {option.name for option in options} | ({"hire"} if case.hired else set())
    for option in options:
        plant, purchase = plants[option.name], plants[option.name].purchase
        assert purchase is not None
        assert kilowatts(problem, plant.supply) == {option.service: option.power}
        drawn = kilowatts(problem, plant.running)
        assert {drawn.get("generator", 0), drawn.get("utility", 0)} == {option.draw}
        assert not plant.standing
        assert (purchase.lead_days, purchase.order_release) == (option.lead, 0)
        task = purchase.install
        assert (problem.crews[task.crew][0], task.need) == (option.crew, option.crew_need)
        assert (task.days, task.release, purchase.commission_days) == (option.install, option.lead, option.commission)
        assert purchase.cost * problem.money_step / FINE == 3650 * option.price
        assert problem.unit_price(purchase, 700) * problem.money_step == 3650 * option.price, "no rounding, no interest"


def test_what_stands_and_what_loads_it():
    problem = formulate(site_of(SMALL))
    there = Counter()
    for plant in problem.plants:
        for service, power in kilowatts(problem, plant.supply).items():
            there[service, plant.place] += power * plant.existing
    assert there["generator", "site"] == 6000
    assert there["heat_rejection", "water"] == 4000
    assert there["room_air", "hall-01"] == there["room_air", "hall-02"] == 100
    rows = {row.id: row for row in problem.rows}
    load = {name: row.demand * row.step / 1000 for name, row in rows.items() if row.unit == "W"}
    assert (load["generator@site"], load["heat_rejection@water"]) == (3000, 1800)
    assert there["utility", "site"] - load["utility@site"] == 12_000 - 4_000
    failures = {name.split("@")[0]: row.failures for name, row in rows.items()}
    assert {name for name, out in failures.items() if out} == {
        "generator", "generator_va", "heat_rejection", "cdu", "cdu_flow",
    }  # fmt: skip
    assert dict(problem.crews) == {"E": 3, "I": 4, "M": 6, "S": 3}
    assert dict(formulate(site_of(Case(64, 8, electricians=2))).crews)["E"] == 2


def test_sus_and_halls():
    problem = formulate(site_of(LARGE))
    (su,) = problem.classes
    assert su.arrivals == tuple(60 + 300 * number // 128 for number in range(128))
    assert su.ready == tuple(day + 6 for day in su.arrivals)
    assert problem.accepted(su, su.ready[0]) == su.arrivals[0] + 10
    assert (problem.delay_cost(su, 101) - problem.delay_cost(su, 100)) * problem.money_step == 24_000
    assert (len(su.modes), su.deadline) == (16, 1500)
    for mode in su.modes:
        needs = kilowatts(problem, mode.demand)
        assert (needs["cdu"], needs["room_air"], needs["heat_rejection"]) == (919, 137, 1056)
        assert (needs["generator"], needs["utility"]) == (1056, 1056)
        floor = mode.reinforcement
        assert floor is not None
        assert (problem.crews[floor.task.crew][0], floor.task.need, floor.task.days) == ("S", 1, 12)
        assert (floor.cost, floor.task.release) == (0, 0)
        slots = {problem.rows[index].id: (problem.rows[index].capacity or 0) // amount for index, amount in mode.takes}
        assert slots == {f"{name}@{problem.halls[mode.hall].name}": 9 for name in ("positions", "reinforced:plates")}


def test_mixed_family():
    problem = formulate(site_of(MIXED))
    kinds = {su.deployment: su for su in problem.classes}
    assert sorted(kinds) == ["a-air", "a-gb", "a-lg", "b-air", "b-gb", "b-lg"]
    assert sum(len(su.arrivals) for su in problem.classes) == 64
    assert [day for name in ("a-gb", "a-air", "a-lg") for day in kinds[name].arrivals[:1]] == [60, 69, 78]
    for name, (liquid, air, floor) in {"gb": (919, 137, 1), "lg": (1100, 164, 1), "air": (0, 320, 0)}.items():
        for customer, daily in (("a", 24_000), ("b", 30_000)):
            su = kinds[f"{customer}-{name}"]
            assert su.delays[0].rate * problem.money_step / FINE == daily
            needs = kilowatts(problem, su.modes[0].demand)
            assert (needs.get("cdu", 0), needs["room_air"], needs["generator"]) == (liquid, air, liquid + air)
            assert all((mode.reinforcement is not None) == bool(floor) for mode in su.modes)
    room = [row.capacity * row.step / 8 for row in problem.rows if row.capacity and row.id.startswith("positions@")]
    assert [round(slots, 9) for slots in room] == [11, 7] * 4
    usual, sooner = (plant.purchase for plant in problem.plants if plant.upgrade == "gen2")
    assert usual is not None
    assert sooner is not None
    assert (usual.lead_days, sooner.lead_days, sooner.at_most) == (420, 330, 6)
    assert (sooner.cost - usual.cost) * problem.money_step / FINE == 3650 * 180
    closed = [day for day in range(1500) if problem.workdays.next_open(day) != day]
    assert closed == [*range(355, 366), *range(720, 731)]


def test_family_on_hire():
    problem = formulate(site_of(HIRED))
    hired = bought(problem)["hire"]
    assert hired.purchase is not None
    assert hired.purchase.hire is not None
    terms = hired.purchase.hire
    assert kilowatts(problem, hired.supply) == {"generator": 1500}
    assert (hired.purchase.lead_days, hired.purchase.install.days, terms.minimum, terms.removal) == (50, 4, 56, 2)
    assert hired.purchase.cost * problem.money_step / FINE == 3650 * (40 + 8 * 60)
    assert terms.rent * problem.money_step / SCALE == pytest.approx(3650 * 60 / 7)


def test_a_small_case_is_planned():
    found = plan(site_of(Case(3, 1)), seconds=4)
    assert found.verified
    assert len(found.sus) == 3
