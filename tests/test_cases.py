"""Failure sets as balances: counts by unit, train, side, pod and hall by hand, and plans that survive every set."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from assess_site import TINY, checked, line, merged
from hypothesis import given, settings
from hypothesis import strategies as st
from site_features import in_trains
from sites import TINY as SMALLEST
from sites import Data, Drawn, Seeded, loaded, seeded, site_data
from trains import site, ups

from dcplan.answer import Check, Plan
from dcplan.assess.balance import after_failures
from dcplan.cases import Cases
from dcplan.physics.power import supply_after_failures
from dcplan.planner import plan
from dcplan.ratings.plant import unit_supply
from dcplan.ratings.racks import existing_load, su_demand
from dcplan.ratings.rows import World, add
from dcplan.redundancy import declared, members_at, pairs_at, places_of
from dcplan.site import SiteModel

BALANCED = {"topology": "cords", "pairing": "balanced"}
PODS = {"at": "pod1 pod2", "group": "pod"}

# ---------------------------------------------------------------- one load, one rating, many counts

# 400 kW, 200 kW in each of two pods, on modules of 150 kW: N is 3 in a hall (450 kW), 2 in a pod (300 kW)
COUNTS: dict[str, tuple[Data, int]] = {
    "N over the hall: 3": (ups("N"), 3),
    "N+1 by unit over the hall: 3 + 1": (ups("N+1"), 4),
    "N+2 by unit over the hall: 3 + 2": (ups("N+2"), 5),
    "N+1 by unit over the site: as one hall": (ups("N+1", at="site", group="site"), 4),
    "N per pod: 2 x 2": (ups("N", **PODS), 4),
    "N+1 by unit per pod: 2 x (2 + 1)": (ups("N+1", **PODS), 6),
    "N+1 by train of two over the hall: either train carries all, 2 x 3": (ups("N+1", "train", trains="AB"), 6),
    "N+1 by train of three over the hall: any two have 3, so 2 + 2 + 1": (ups("N+1", "train", trains="ABC"), 5),
    "N+1 by train of four over the hall: any three have 3, so 4 x 1": (ups("N+1", "train", trains="ABCD"), 4),
    "N+2 by train of four over the hall: any two have 3, so 2 + 2 + 2 + 1": (ups("N+2", "train", trains="ABCD"), 7),
    "N+1 by train of three per pod: any two have 2, so 2 x 3": (ups("N+1", "train", trains="ABC", **PODS), 6),
    "2N by train over the hall: 2 x 3": (ups("2N", "train", trains="AB"), 6),
    "2N by side over the hall: either side has 3": (ups("2N", "side", trains="ABCD"), 6),
    "2N per pod: 2 x 2 x 2": (ups("2N", "train", trains="AB", **PODS), 8),
    "2(N+1) over the hall: 2 x (3 + 1)": (ups("2(N+1)", "side", trains="AC"), 8),
    "2(N+1) per pod: 2 x 2 x (2 + 1)": (ups("2(N+1)", "side", trains="AC", **PODS), 12),
    "3N/4 over the hall: any three have 3": (ups("3N/4", "train", trains="ABCD"), 4),
    "2N/4 over the hall: any two have 3": (ups("2N/4", "train", trains="ABCD"), 7),
    # each pair has 1/6 of the load: a survivor has one whole pair and two halves, 1/3 of 400 kW = 133 kW
    "3N/4 by cords, all pairs alike: 4 x 1": (ups("3N/4", "train", trains="ABCD", **BALANCED), 4),
    # A and B share half of it: the survivor has all that half, 200 kW
    "3N/4 by cords in two pairs: 4 x 2": (
        ups("3N/4", "train", trains="ABCD", topology="cords", pairs={"A-B": "50 %", "C-D": "50 %"}), 8,
    ),
    # A-B 80 %: 320 kW on the survivor, 3 each; C-D 20 %: 80 kW, 1 each
    "3N/4 by cords in unlike pairs: 2 x 3 + 2 x 1": (
        ups("3N/4", "train", trains="ABCD", topology="cords", pairs={"A-B": "80 %", "D-C": "20 %"}), 8,
    ),
    # thirds: a survivor has one whole pair and one half, 200 kW
    "2N/3 by cords: 3 x 2": (ups("2N/3", "train", trains="ABC", **BALANCED), 6),
    "2N by cords: one pair, all of it on either": (ups("2N", "train", trains="AB", topology="cords"), 6),
    "2(N+1) by cords: 2 x (3 + 1)": (ups("2(N+1)", "side", trains="AC", topology="cords"), 8),
    # nothing out, yet each has half: 200 kW
    "N by cords: 2 x 2": (ups("N", "train", trains="AB", topology="cords"), 4),
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_the_same_load_takes_as_many_units_as_its_redundancy_says(name: str) -> None:
    edit, count = COUNTS[name]
    model = loaded(site(edit))
    found = plan(model, seconds=20.0, workers=1, deterministic=True)
    assert (found.status, found.verified, len(found.units)) == ("optimal", True, count), found.warnings


# ---------------------------------------------------------------- the check, by hand

BLOCK: dict[str, Any] = {"family": "ups", "maker": "M", "model": "block", "efficiency": "95 %",
                         "input_power_factor": "95 %"}  # fmt: skip


def blocks(scheme: str, unit: str, powers: dict[str, int], load: int, **own: Any) -> Check:
    """A hall with one UPS block [kW] per train; its racks draw 400 kW, other loads the rest."""
    return checked(
        merged(
            TINY,
            {
                "trains": {name: {"side": name} for name in powers},
                "redundancy": {"ups": {"scheme": scheme, "unit": unit, "group": "hall", **own}},
                "specs": {f"b{power}": {**BLOCK, "power": f"{power} kW", "apparent": f"{power} kVA"}
                          for power in powers.values()},
                "plant": {"ups": None, **{
                    f"ups-{name}": {"spec": f"b{power}", "count": 1, "at": "a", "train": name}
                    for name, power in powers.items()
                }},
                "loads": {"others": {"hall": "a", "ups": f"{load - 400} kW"}},
            },
        )
    )  # fmt: skip


def margin(found: Check) -> tuple[float | None, float | None]:
    one = line(found, "ups.a")
    return one.required, one.available


def test_either_side_carries_all() -> None:
    found = blocks("2N", "side", {"A": 1500, "B": 1500}, 1400)
    assert margin(found) == (1400.0, 1500.0)
    assert line(found, "ups.a").verdict == "pass"
    assert "2N by side over hall a: any 1 side out, shared bus" in line(found, "ups.a").rule
    assert line(blocks("2N", "side", {"A": 1500, "B": 1500}, 1600), "ups.a").margin == -100.0


def test_the_larger_of_unequal_trains_is_the_worst_to_lose() -> None:
    found = blocks("N+1", "train", {"A": 500, "B": 900, "C": 700}, 1200)
    assert margin(found) == (1200.0, 1200.0)
    assert "tightest of 3 failure sets: train B out" in line(found, "ups.a").reason
    assert margin(blocks("N+2", "train", {"A": 500, "B": 900, "C": 700}, 1200)) == (1200.0, 500.0)


def test_three_of_four_trains_carry_all() -> None:
    assert margin(blocks("3N/4", "train", dict.fromkeys("ABCD", 500), 1400)) == (1400.0, 1500.0)


def test_by_cords_a_survivor_has_its_own_share() -> None:
    """A is whole with one of its three pairs and halved with two: 1/6 + 2/12 of 1400 kW."""
    found = blocks("3N/4", "train", dict.fromkeys("ABCD", 500), 1400, **BALANCED)
    assert margin(found) == (pytest.approx(1400 / 3), 500.0)
    assert "all pairs alike (assumed)" in line(found, "ups.a").rule
    assert "A carries 33.33 % with D out" in line(found, "ups.a").reason


def test_declared_pairs_load_their_trains_unevenly() -> None:
    pairs = {"A-B": "70 %", "C-D": "30 %"}
    found = blocks("3N/4", "train", {"A": 1000, "B": 990, "C": 500, "D": 500}, 1400, topology="cords", pairs=pairs)
    assert margin(found) == (pytest.approx(980.0), 990.0)
    assert "B carries 70 % with A out" in line(found, "ups.a").reason
    assert "shares of pairs as declared" in line(found, "ups.a").rule


def test_one_unit_more_is_out_of_the_other_side() -> None:
    """2(N+1): beside a whole side, the larger module of the other."""
    data = {"trains": {"A": {"side": "A"}, "B": {"side": "B"}}, "redundancy": {
        "ups": {"scheme": "2(N+1)", "unit": "side", "group": "site"}}, "plant": {"ups": None}}  # fmt: skip
    for train, (small, large) in {"A": (2, 2), "B": (3, 1)}.items():
        data["plant"] |= {
            f"small-{train}": {"spec": "module", "count": small, "at": "site", "train": train},
            f"large-{train}": {"spec": "large", "count": large, "at": "site", "train": train},
        }
    data["specs"] = {"large": {**BLOCK, "power": "800 kW", "apparent": "800 kVA"}}
    found = line(checked(merged(TINY, data)), "ups.site")
    assert found.available == min(2 * 500 + 2 * 800, 3 * 500 + 800) - 800
    assert "any 1 side out and the largest unit of the other" in found.rule


def test_an_upgrade_cures_only_the_trains_it_may_be_added_to() -> None:
    """B is short when A is out: a module that can only go to A does not help, one for B does."""

    def gates(trains: list[str], weeks: int) -> str | None:
        edit = {
            "trains": {"A": {}, "B": {}},
            "redundancy": {"ups": {"scheme": "2N", "unit": "train"}},
            "plant": {"ups": None, **{
                f"ups-{name}": {"spec": "module", "count": count, "at": "site", "train": name}
                for name, count in (("A", 2), ("B", 0)) if count
            }},
            "upgrades": {
                "ups": {"spec": "module", "at": ["site"], "at_most": 4, "crew": "all", "lead_time": f"{weeks} week",
                        "cost": "1 MUSD", "install": "1 workday", "trains": trains},
                "spare": {"spec": "module", "at": ["site"], "at_most": 0, "crew": "all", "lead_time": "1 week",
                          "cost": "1 MUSD", "install": "1 workday", "trains": ["A", "B"]},
                "genset": {"spec": "genset", "at": ["site"], "at_most": 4, "crew": "all", "lead_time": "50 week",
                           "cost": "1 MUSD", "install": "1 workday"},
            },
            "loads": {"x": {"other": "900 kW"}},
        }  # fmt: skip
        found = checked(merged(TINY, edit))
        assert {"ups.site", "generator.site"} <= {one.id for one in found.lines if one.verdict == "fail"}
        return found.gates

    assert gates(["A"], 10) == "ups.site"  # nothing cures it
    assert gates(["A", "B"], 10) == "generator.site"
    assert gates(["A", "B"], 60) == "ups.site"


# ---------------------------------------------------------------- laws


@given(powers=st.lists(st.integers(0, 9), min_size=1, max_size=6), failures=st.integers(0, 7))
def test_by_unit_it_is_the_loss_of_the_largest(powers: list[int], failures: int) -> None:
    each = [float(power) for power in powers]
    assert after_failures([(power, 1) for power in each], failures) == supply_after_failures(each, failures)


@pytest.mark.parametrize("name", COUNTS)
def test_shares_of_the_load_add_up(name: str) -> None:
    """Whatever is out, what survivors carry together is the load: no more than one balance may have less than that."""
    model = loaded(site(COUNTS[name][0]))
    for place in places_of(model.site, "ups"):
        entry = model.site.redundancy["ups"]
        members = members_at(model.site, model.specs, "ups", place)
        found = Cases(model).of(f"ups@{place}")
        if entry.topology == "shared_bus":
            assert all(case.share == 1.0 for case in found)
            continue
        pairs = pairs_at(entry, tuple(members))
        assert sum(share for _, _, share in pairs) == pytest.approx(1.0)
        assert {case.suffix for case in found} == {f"/{name}" for name in members}
        assert sum(case.share for case in found) >= 1.0 - 1e-9


def survives(model: SiteModel, found: Plan) -> int:
    """Take each redundancy unit that may be out from a finished plan: what is left carries everything; how many."""
    tried = 0
    for service, entry in model.site.redundancy.items():
        if entry.unit == "unit" or service in ("cdu", "room_air", "heat_rejection"):
            continue
        energised = [su_demand(model, su.deployment, su.hall, World.PLANNING) for su in found.sus]
        loads = [existing_load(model, load, World.PLANNING) for load in model.site.loads.values()]
        demand = add(*energised, *loads)
        for place in places_of(model.site, service):
            members = members_at(model.site, model.specs, service, place)
            plant = [
                (entry.train, unit_supply(model, model.specs[entry.spec], place, World.PLANNING))
                for entry in model.site.plant.values()
                for _ in range(entry.count)
                if entry.at == place and entry.status != "reserved"
            ]
            plant += [
                (unit.train, unit_supply(model, model.specs[unit.spec], place, World.PLANNING))
                for unit in found.units
                if unit.place == place
            ]
            for out in itertools.combinations(members, declared(entry).out):
                gone = {train for name in out for train in members[name]}
                key = f"{service}@{place}"
                left = sum(supply.get(key, 0.0) for train, supply in plant if train not in gone)
                assert left >= demand.get(key, 0.0) * (1 - 1e-9), (service, place, out)
                tried += 1
    return tried


def test_a_plan_carries_its_load_without_any_train() -> None:
    tried = bought = 0
    for seed in range(60):
        model = loaded(in_trains(Seeded(seed), seeded(seed, SMALLEST)))
        found = plan(model, seconds=3.0, workers=1, deterministic=True)
        if found.sus:
            assert found.verified, (seed, found.warnings)
            tried += survives(model, found)
            bought += any(unit.train for unit in found.units)
    assert (tried >= 60, bought >= 5) == (True, True), (tried, bought)


@given(st.data())
@settings(max_examples=25)
def test_drawn_plans_survive_every_failure_set(data: st.DataObject) -> None:
    """The verifier tries every set of the declaration, load moving by bus or cord."""
    pick = Drawn(data.draw)  # type: ignore[arg-type]
    drawn = in_trains(pick, site_data(pick, SMALLEST))
    model = loaded(drawn)
    found = plan(model, seconds=3.0, workers=1, deterministic=True)
    assert found.verified or not found.sus, (drawn, found.warnings)
    if found.sus:
        survives(model, found)
