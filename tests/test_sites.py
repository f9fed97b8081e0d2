"""The generated sites themselves: they load, they are the same for ever, and between them they use everything."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

import brute
import pytest
from hypothesis import given, settings
from site_features import FEATURES, NEEDS
from sites import GATES, GROUPS, SMALL, TINY, Data, Seeded, Size, loaded, seeded, sites

from dcplan.formulate.build import formulate

SEEDS = range(300)


@pytest.mark.parametrize("size", [SMALL, TINY], ids=["small", "tiny"])
def test_the_same_seed_gives_the_same_site(size: Size):
    assert [seeded(seed, size) for seed in range(20)] == [seeded(seed, size) for seed in range(20)]


def test_seeds_give_different_sites():
    assert len({str(seeded(seed)) for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("size", [SMALL, TINY], ids=["small", "tiny"])
@pytest.mark.parametrize("block", range(5))
def test_seeded_sites_load(size: Size, block: int):
    for seed in range(20 * block, 20 * block + 20):
        loaded(seeded(seed, size))


@given(sites())
@settings(max_examples=40)
def test_drawn_sites_load(data: Data):
    assert loaded(data).site.deployments


def features(data: Any) -> Iterator[str]:
    """What a site uses: each key with a plain value, and the value itself where it is a word."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            if isinstance(value, str) and len(value.split()) == 1:
                yield f"{key}: {value}"
            yield from features(value)
    elif isinstance(data, list):
        for value in data:
            yield from features(value)


def test_everything_occurs():
    used: Counter[str] = Counter()
    for seed in SEEDS:
        used.update(set(features(seeded(seed))))
    wanted = {f"gates: {gate}" for gate in GATES} | set(GROUPS)
    wanted |= {f"scheme: {scheme}" for scheme in ("N", "N+1", "N+2")}
    wanted |= {f"perspective: {one}" for one in ("operator", "vendor", "joint")}
    wanted |= {f"status: {one}" for one in ("ordered", "reserved", "running")}
    wanted |= {f"paid_by: {one}" for one in ("operator", "vendor")}
    wanted |= {"budget", "yard_area", "generator_power", "deadline", "long_stop", "holidays", "freezes", "chain"}
    wanted |= {"standing_power", "pump_power", "engineering", "permit", "apply", "hall1", "hall2", "plates", "uniform"}
    wanted |= {"fill_and_leak_test", "liquid_flow", "offices", "customer2", "lost_margin", "liquid"}
    assert {name: used[name] for name in wanted if used[name] < 8} == {}


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_is_used_and_leaves_a_site_that_loads(name: str):
    """Each alone, on the sites of its own that it changes."""
    changed = 0
    for seed in range(100):
        data = seeded(seed, TINY)
        before = copy.deepcopy(data)
        if NEEDS.get(name, set(data["redundancy"])) & set(data["redundancy"]):
            FEATURES[name](Seeded(seed), TINY, data)
        if data != before:
            loaded(data)
            changed += 1
        if changed == 5:
            break
    assert changed == 5


def test_features_occur_together():
    """Between them, what the sites of the first seeds have beside the usual."""
    used: Counter[str] = Counter()
    for seed in range(3 * len(SEEDS)):
        used.update(set(features(seeded(seed))))
    wanted = {"recharge", "peak", "no_load_loss", "block_load", "autonomy", "emissions", "impedance", "feeds", "ramp"}
    wanted |= {"altitude_derate", "engine", "adiabatic", "water", "setpoints", "fed_by", "on", "air_rise", "pump_curve"}
    wanted |= {"pipe_pressure_drop", "humidity", "tile", "effective_depth", "within", "range", "trains", "cooled_by"}
    families = ("cooling_tower", "chiller", "rear_door", "liquid_to_air", "facility_pump", "fuel_tank", "switchgear")
    wanted |= {f"family: {family}" for family in (*families, "busway", "route_protection")}
    assert {name: used[name] for name in wanted if used[name] < 6} == {}


def test_floors_need_strengthening_or_not():
    ways = Counter(
        mode.reinforcement is not None
        for seed in range(60)
        for su in formulate(loaded(seeded(seed))).classes
        for mode in su.modes
    )
    assert ways[True] >= 10
    assert ways[False] >= 10


def test_tiny_sites_can_be_enumerated():
    sizes = [brute.tries(formulate(loaded(seeded(seed, TINY)))) for seed in range(100)]
    assert sum(100 <= size <= brute.MOST for size in sizes) >= 30
