"""Pods: parts of a hall with plant of their own beside what they share, counted there or over the hall, by hand."""

from __future__ import annotations

from typing import Any

import pytest
from assess_site import checked, line, merged
from sites import Data, loaded
from test_constraints import COLD, LIQUID, pdu, service
from trains import site

from dcplan.assess.derive import derive_all
from dcplan.planner import plan
from dcplan.ratings.climate import dew_point
from dcplan.ratings.rows import World
from dcplan.verifier.energy import State, energies

GONE: Data = {"redundancy": {"ups": None}, "upgrades": {"buy-ups": None}}


def cooled(name: str, group: str, places: str, scheme: str = "N+1", **own: Any) -> Data:
    """Two pods of 200 kW each on CDUs or room air units of 150 kW."""
    return merged(
        service(name, scheme=scheme, at_most=9, at=places.split(), **own), {"redundancy": {name: {"group": group}}}
    )


def bought(*edits: Data) -> list[str]:
    model = loaded(site(GONE, *edits))
    found = plan(model, seconds=20.0, workers=1, deterministic=True)
    assert (found.status, found.verified) == ("optimal", True), found.warnings
    assert set(derive_all(model)) >= {line.id for line in checked(site(GONE, *edits)).lines}
    return sorted(unit.place for unit in found.units)


@pytest.mark.parametrize(("name", "edits"), [("cdu", (LIQUID,)), ("room_air", ())])
def test_cooling_is_counted_per_pod_or_over_the_hall(name: str, edits: tuple[Data, ...]) -> None:
    """400 kW over the hall are 3 + 1 units; 200 kW in each pod are 2 + 1 in each."""
    assert bought(*edits, cooled(name, "hall", "hall")) == ["hall"] * 4
    assert bought(*edits, cooled(name, "pod", "pod1 pod2")) == ["pod1"] * 3 + ["pod2"] * 3


def test_levels_of_transformers_are_counted_per_pod_or_over_the_hall() -> None:
    """400 kW over the hall are 3 units of 150 kVA; 200 kW in each pod are 2 in each."""

    def level(group: str, *places: str) -> list[str]:
        counted: Data = {"levels": {"pdu": {"redundancy": {"group": group}}}}
        return bought(pdu("97 %"), counted, {"upgrades": {"buy-transformer": {"at": places}}})

    assert level("hall", "hall") == ["hall"] * 3
    assert level("pod", "pod1", "pod2") == ["pod1"] * 2 + ["pod2"] * 2


def test_one_service_is_shared_and_another_is_not() -> None:
    half = {"specs": {"rack": {"liquid_share": "50 %", "liquid": LIQUID["specs"]["rack"]["liquid"]}}}
    found = bought(half, cooled("cdu", "hall", "hall"), cooled("room_air", "pod", "pod1 pod2"))
    assert found == ["hall"] * 3 + ["pod1"] * 2 + ["pod2"] * 2  # 200 kW of liquid; 100 kW of air in each pod


def test_heat_of_plant_in_a_pod_is_carried_there() -> None:
    """20 kW of each CDU go to its pod's air: 2 x 20 kW and the racks' 100 kW are one unit of 150 kW, N."""
    edits = (
        {"specs": {"rack": {"liquid_share": "50 %", "liquid": LIQUID["specs"]["rack"]["liquid"]}}},
        cooled("cdu", "pod", "pod1 pod2", spec={"power": "20 kW", "fluid_share": "0 %"}),
        cooled("room_air", "pod", "pod1 pod2", scheme="N"),
    )
    assert bought(*edits) == ["pod1"] * 3 + ["pod2"] * 3
    warm = {"specs": {"cdu": {"power": "30 kW"}}}  # 160 kW
    assert bought(*edits, warm) == ["pod1"] * 4 + ["pod2"] * 4


def test_a_pod_has_what_its_hall_states_unless_it_states_its_own() -> None:
    floor, track = {"point": "900 kg"}, {"family": "busway", "maker": "M", "model": "track", "current": "1000 A"}
    feeds = {"busway": "track", "voltage": "415 V", "racks_per_run": 4, "sides": 2, "feeds_per_rack": 2, "rule": "iec"}
    common = {"floor": floor, "humidity": {"dew_point": "12 degC"}, "feeds": feeds}
    own = {"floor": {"point": "500 kg"}, "humidity": {"dew_point": "9 degC"}}
    edits = {"halls": {"hall": common, "pod2": own}, "specs": {"track": {**track, "tap_current": "250 A"}}}
    model = loaded(site(LIQUID, edits))
    hall, one, two = (model.site.halls[name] for name in ("hall", "pod1", "pod2"))
    assert (one.floor, one.liquid, one.air) == (hall.floor, hall.liquid, hall.air)
    assert (one.humidity, one.feeds, two.feeds) == (hall.humidity, hall.feeds, hall.feeds)
    assert hall.feeds is not None
    assert [dew_point(model, name, World.PLANNING) for name in ("pod1", "pod2")] == pytest.approx([285.15, 282.15])
    assert (two.floor.point, two.liquid) != (hall.floor.point, None)
    assert two.liquid == hall.liquid
    assert (one.positions, two.positions, hall.positions) == (2, 2, 0)


def test_shared_plant_counts_after_the_longest_test_of_its_pods() -> None:
    """Built on day 1 and ready on 2: tested for 30 days with the hall's slowest pod, for 5 in a pod of its own."""
    tests = {"halls": {"pod1": {"integrated_test": "5 workday"}, "pod2": {"integrated_test": "30 workday"}}}

    def energised(group: str, places: str) -> list[int]:
        model = loaded(site(GONE, tests, cooled("room_air", group, places, scheme="N")))
        found = plan(model, seconds=20.0, workers=1, deterministic=True)
        assert found.verified
        return [(su.energise - model.site.start).days for su in sorted(found.sus, key=lambda su: su.hall)]

    shared, apart = energised("hall", "hall"), energised("pod", "pod1 pod2")
    assert min(shared) >= 30
    assert (apart[0] < 15, apart[1] >= 30) == (True, True)


def test_lines_are_named_by_pod_and_hall() -> None:
    stands = {"plant": {f"u{at}": {"spec": "room_air", "count": 2, "at": at} for at in ("pod1", "pod2")}}
    apart = checked(site(GONE, cooled("room_air", "pod", "pod1 pod2"), stands))
    assert [(line(apart, f"room_air.pod{n}").required, line(apart, f"room_air.pod{n}").available) for n in (1, 2)] == [
        (200.0, 150.0),
        (200.0, 150.0),
    ]
    assert "N+1 by unit over pod pod1: largest unit out" in line(apart, "room_air.pod1").rule
    stands = {"plant": {"u": {"spec": "room_air", "count": 4, "at": "hall"}}}
    shared = line(checked(site(GONE, cooled("room_air", "hall", "hall"), stands)), "room_air.hall")
    assert (shared.required, shared.available, shared.verdict) == (400.0, 450.0, "pass")


def test_units_of_the_hall_warm_the_hall_whose_pods_they_cool() -> None:
    """Liquid-to-air units stand at the hall: 400 kW of the pods' liquid heat come out there, none in the pods."""
    edits = (
        LIQUID,
        {"halls": {"hall": {"liquid": {"loop": None}, "air": {"supply": "24 degC"}}}},
        COLD,
        cooled("cdu", "hall", "hall", spec={"family": "liquid_to_air"}),
        cooled("room_air", "pod", "hall pod1 pod2"),
    )
    model = loaded(site(GONE, *edits))
    assert line(checked(site(GONE, *edits)), "room_air.hall").required == pytest.approx(400.0)
    state = State({("alpha", "pod1"): 1}, {}, {}, {})
    due = energies(model, state)
    assert (due["room_air@hall"], due["room_air@pod1"]) == (due["cdu@hall"], 0.0)
    assert bought(*edits) == ["hall"] * 8
