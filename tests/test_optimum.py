"""The optimum: equal to brute force on tiny sites, and never dearer when a limit is relaxed or capacity is added."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import brute
import pytest
from site_features import in_trains
from site_options import with_hires, with_options
from sites import TINY, Data, Seeded, loaded, seeded

from dcplan.formulate.build import formulate
from dcplan.problem import Problem
from dcplan.solver.run import Limits
from dcplan.solver.search import Result, Status, optimise

LIMITS = Limits(seconds=1000.0, workers=1, deterministic=True)
"""Ample: half of what is left is set aside for each grid, though these need next to nothing."""
SEEDS, BLOCK = 200, 50


def solved(data: Data) -> tuple[Problem, Result]:
    problem = formulate(loaded(data))
    return problem, optimise(problem, LIMITS)


# ---------------------------------------------------------------- brute force


def enumerable(problem: Problem, most: int) -> bool:
    """Small enough to be enumerated, and not so small that there is nothing to choose."""
    return 100 <= brute.tries(problem, most) <= most


def agrees(seed: int, change: Callable[[int, Data], Data] = lambda _, data: data, most: int = brute.MOST) -> str:
    """Compare one seed's optimum with brute force, if it can be; what was compared."""
    problem = formulate(loaded(change(seed, seeded(seed, TINY))))
    if not enumerable(problem, most):
        return ""
    result, least = optimise(problem, LIMITS), brute.optimum(problem)
    if least is None:
        assert (result.status, result.schedule) == (Status.INFEASIBLE, None), f"seed {seed}"
        return "infeasible"
    assert result.status is Status.OPTIMAL, f"seed {seed}"
    assert result.schedule is not None
    assert (result.schedule.objective, result.bound) == (least, least), f"seed {seed}"
    if not result.schedule.installs:
        return "nothing bought"
    carried = any(plant.purchase and plant.purchase.carry for plant in problem.plants)
    return "bought with interest" if carried else "bought without interest"


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_the_optimum_is_that_of_brute_force(first: int):
    compared = [agrees(seed) for seed in range(first, first + BLOCK)]
    assert sum(map(bool, compared)) >= 12
    assert {"bought with interest", "bought without interest"} <= set(compared)


def put_in_trains(seed: int, data: Data) -> Data:
    return in_trains(Seeded(seed), data)


def featured(seed: int, _: Data) -> Data:
    return seeded(seed, replace(TINY, features=(1, 3)))


def test_the_optimum_by_trains_and_sides_is_that_of_brute_force():
    """Failure sets by train and side, load by bus and by cords."""
    compared = [agrees(seed, put_in_trains, most=2500) for seed in range(250)]
    assert sum(kind.startswith("bought") for kind in compared) >= 12, compared


@pytest.mark.parametrize("first", range(0, 120, 40))
def test_the_optimum_of_sites_with_features_is_that_of_brute_force(first: int):
    """Pumps, towers, rear doors, pods, route plates, fuel and the rest."""
    compared = [agrees(seed, featured, most=5000) for seed in range(first, first + 40)]
    assert sum(map(bool, compared)) >= 4, compared


def test_the_optimum_of_sites_with_options_is_that_of_brute_force():
    """Expedited units, units that others wait for or rule out or that tie in; lower schemes until a day."""
    compared = [agrees(seed, with_options, most=5000) for seed in range(120)]
    assert sum(kind.startswith("bought") for kind in compared) >= 10, compared


@pytest.mark.parametrize("first", range(0, 200, 100))
def test_the_optimum_of_hired_plant_is_that_of_brute_force(first: int):
    """Hired until what is bought is there, to the plan's end, or not at all; on standby and prime duty."""
    compared = [agrees(seed, with_hires, most=60_000) for seed in range(first, first + 100)]
    assert sum(kind.startswith("bought") for kind in compared) >= 10, compared


def test_started_periods_are_never_cheaper_than_brute_force_nor_below_their_bound():
    """Bounds know days only: where a hire ends inside a period, a gap may be left."""
    met = []
    for seed in range(60):
        data = with_hires(seed, {})
        for option in data["upgrades"].values():
            if "rental" in option:
                option["rental"]["period"] = "4 day"
        problem = formulate(loaded(data))
        if not enumerable(problem, 60_000):
            continue
        result, least = optimise(problem, LIMITS), brute.optimum(problem)
        if least is None:
            assert result.schedule is None, f"seed {seed}"
            continue
        assert result.schedule is not None, f"seed {seed}"
        assert result.bound is not None
        assert result.bound <= least <= result.schedule.objective, f"seed {seed}"
        met.append(least == result.schedule.objective)
    assert len(met) >= 10
    assert met.count(False) <= 1, met


@pytest.mark.slow
@pytest.mark.parametrize("first", range(SEEDS, SEEDS + 3000, 100))
def test_the_optimum_of_many_sites_is_that_of_brute_force(first: int):
    assert sum(bool(agrees(seed)) for seed in range(first, first + 100)) >= 25
    assert sum(bool(agrees(seed, featured)) for seed in range(first, first + 100)) >= 15
    assert sum(bool(agrees(seed, with_hires, most=60_000)) for seed in range(first, first + 100)) >= 15


@pytest.mark.parametrize("seed", [75, 1028, 1062, 1550, 2639])
def test_standing_losses_need_nothing_before_the_first_su(seed: int):
    """Plant that stands and draws was taken to need supply before anything was live: optima were cut off."""
    assert agrees(seed)


# ---------------------------------------------------------------- relaxing a limit


Edit = Callable[[Data], bool]
"""Changes a site in place; False when there was nothing to change."""


def each(data: Data, section: str, change: Callable[[Any], bool | None]) -> bool:
    """Apply a change to every entry of a section; whether anything was changed."""
    return any([change(entry) is not False for entry in data[section].values()])


def amount(text: str, times: float, more: float = 0.0) -> str:
    number, unit = text.split(" ", 1)
    return f"{float(number) * times + more:g} {unit}"


def larger_crews(data: Data) -> bool:
    return each(data, "crews", lambda crew: crew.update(size=crew["size"] + 1))


def higher(limit: str) -> Edit:
    def edit(data: Data) -> bool:
        if limit not in data["limits"]:
            return False
        data["limits"][limit] = amount(data["limits"][limit], 2.0)
        return True

    return edit


def more_at_most(data: Data) -> bool:
    return each(data, "upgrades", lambda upgrade: upgrade.update(at_most=upgrade["at_most"] + 1))


def shorter_permits(data: Data) -> bool:
    return each(data, "permits", lambda permit: permit.update(duration="0 day"))


def shorter_leads(data: Data) -> bool:
    return each(data, "upgrades", lambda upgrade: upgrade.update(lead_time=amount(upgrade["lead_time"], 0.5)))


def no_engineering(data: Data) -> bool:
    return each(data, "upgrades", lambda upgrade: upgrade.pop("engineering", None) is not None)


def later_deadlines(data: Data) -> bool:
    def edit(deployment: Data) -> bool:
        if "deadline" not in deployment:
            return False
        deployment["deadline"] = (date.fromisoformat(deployment["deadline"]) + timedelta(days=9)).isoformat()
        return True

    return each(data, "deployments", edit)


def more_room(data: Data) -> bool:
    return each(
        data,
        "halls",
        lambda hall: hall.update(positions=hall["positions"] + 9, gallery_slots=hall["gallery_slots"] + 9),
    )


def less_redundancy(data: Data) -> bool:
    lower = {"N": "N", "N+1": "N", "N+2": "N+1"}
    return each(data, "redundancy", lambda entry: entry.update(scheme=lower[entry["scheme"]]))


def more_standing(data: Data) -> bool:
    """One more unit of everything that stands and draws nothing; a generator also needs room in its permit."""
    quiet = ["utility", "transformer", "ups"] + ["generator"] * ("generator_power" not in data["limits"])

    def edit(entry: Data) -> bool:
        if entry["spec"].split("-")[0] not in quiet or entry.get("status") == "reserved":
            return False
        entry["count"] += 1
        return True

    return each(data, "plant", edit)


def no_loads(data: Data) -> bool:
    found = bool(data["loads"])
    data["loads"] = {}
    return found


RELAXED: dict[str, Edit] = {
    "larger crews": larger_crews,
    "higher budget": higher("budget"),
    "larger yard": higher("yard_area"),
    "higher generator permit": higher("generator_power"),
    "more at most": more_at_most,
    "shorter permits": shorter_permits,
    "shorter lead times": shorter_leads,
    "no engineering": no_engineering,
    "later deadlines": later_deadlines,
    "more positions and slots": more_room,
    "less redundancy": less_redundancy,
    "more existing units": more_standing,
    "no other loads": no_loads,
}


@cache
def optimum_of(seed: int) -> tuple[Problem, Result]:
    """The optimum of a tiny site as it is drawn."""
    return solved(seeded(seed, TINY))


@cache
def base(seed: int) -> tuple[Data, float | None, float]:
    """A site, its optimum in money (None: it has none) and what rounding can have moved it by."""
    data = seeded(seed, TINY)
    problem, result = optimum_of(seed)
    if result.schedule is None or result.status is not Status.OPTIMAL:
        return data, None, 0.0
    return data, result.schedule.objective * problem.money_step, rounding(problem, result)


def rounding(problem: Problem, result: Result) -> float:
    """What the money step may have moved an objective by."""
    assert result.schedule is not None
    return 0.5 * problem.money_step * (len(result.schedule.installs) + 3 * len(result.schedule.runs))


@pytest.mark.parametrize("name", RELAXED)
def test_relaxing_a_limit_never_raises_cost(name: str):
    compared = 0
    for seed in range(1500):
        if compared == 12:
            break
        data = seeded(seed, TINY)
        if not RELAXED[name](relaxed := copy.deepcopy(data)):
            continue
        data, before, slack = base(seed)
        if before is None:
            continue
        problem, result = solved(relaxed)
        assert result.schedule is not None, f"seed {seed}"
        if result.status is Status.OPTIMAL:
            after = result.schedule.objective * problem.money_step
            assert after <= before + slack + rounding(problem, result) + 1e-6, f"seed {seed}"
            compared += 1
    assert compared == 12


# ---------------------------------------------------------------- what must not matter


SECTIONS = ("crews", "halls", "loops", "plant", "loads", "permits", "upgrades", "deployments", "specs")


def reordered(data: Any) -> Any:
    """The same entries, written in the opposite order."""
    if isinstance(data, dict):
        return {key: reordered(value) for key, value in reversed(data.items())}
    return [reordered(item) for item in data] if isinstance(data, list) else data


def renamed(data: Data) -> Data:
    """The same site with other names, which sort in the opposite order."""
    names = sorted({name for section in SECTIONS for name in data[section]})
    new = {name: f"n{len(names) - index:03}" for index, name in enumerate(names)}

    def walk(part: Any, *, keys: bool = False) -> Any:
        if isinstance(part, dict):
            return {new.get(key, key) if keys else key: walk(value) for key, value in part.items()}
        if isinstance(part, list):
            return [walk(item) for item in part]
        return new.get(part, part) if isinstance(part, str) else part

    return {key: walk(part, keys=key in SECTIONS) for key, part in data.items()}


@pytest.mark.parametrize("change", [reordered, renamed])
def test_order_and_names_do_not_matter(change: Callable[[Data], Data]):
    for seed in range(25):
        data = seeded(seed, TINY)
        (_, before), (_, after) = optimum_of(seed), solved(change(copy.deepcopy(data)))
        assert before.status is after.status, f"seed {seed}"
        assert before.status in (Status.OPTIMAL, Status.INFEASIBLE), f"seed {seed}"
        if before.schedule is not None and after.schedule is not None:
            assert before.schedule.objective == after.schedule.objective, f"seed {seed}"


@pytest.mark.parametrize("seconds", [0.01, 0.3, 3.0])
def test_no_plan_is_better_than_its_bound(seconds: float):
    """Whenever the search is stopped: bounds from below, plans from above, the optimum between them."""
    for seed in range(30):
        problem, final = optimum_of(seed)
        result = optimise(problem, Limits(seconds=seconds, workers=1, deterministic=True))
        if final.status is Status.INFEASIBLE:
            assert result.schedule is None
            continue
        assert final.schedule is not None
        best, bound = final.schedule.objective, -math.inf if result.bound is None else result.bound
        assert bound <= best, f"seed {seed}"
        assert result.schedule is None or result.schedule.objective >= best, f"seed {seed}"
        assert result.status is not Status.INFEASIBLE, f"seed {seed}"
