"""Amperes: feeds, continuous loads and faults, by hand and for any number; and how the check tells them."""

from __future__ import annotations

from typing import Any

import pytest
from assess_site import TINY as SITE
from assess_site import checked, line, merged, tiny
from hypothesis import given
from hypothesis import strategies as st

from dcplan.answer import Check
from dcplan.errors import InputError, OutsideRange
from dcplan.physics.feeders import continuous_current, single_phase_current, transformer_fault_current
from dcplan.physics.power import three_phase_current

powers = st.floats(0.0, 1e9)


@given(apparent=powers, voltage=st.floats(50.0, 1e5))
def test_three_phases_carry_less_current_than_one_at_the_same_voltage(apparent: float, voltage: float) -> None:
    one, three = single_phase_current(apparent, voltage), three_phase_current(apparent, voltage)
    assert one == pytest.approx(3.0**0.5 * three, rel=1e-12)


@pytest.mark.parametrize(("apparent", "voltage"), [(-1.0, 230.0), (1.0, 49.0), (1.0, 5e6)])
def test_a_single_phase_feed_outside_its_range_is_refused(apparent: float, voltage: float) -> None:
    with pytest.raises(OutsideRange):
        single_phase_current(apparent, voltage)


def test_a_gb300_feed_needs_252_a_at_415_v() -> None:
    # 142 kW at 0.98: 202 A; 125 % of it is the smallest breaker
    current = three_phase_current(142e3 / 0.98, 415.0)
    assert current == pytest.approx(201.6, abs=0.1)
    assert continuous_current(252.0, "nec_80") == pytest.approx(current, abs=0.1)


@given(rating=st.floats(0.0, 1e5))
def test_no_rule_lets_a_breaker_carry_more_than_its_rating(rating: float) -> None:
    nec, full, iec = (continuous_current(rating, rule) for rule in ("nec_80", "rated_100", "iec"))
    assert nec <= full == iec == rating


@given(rating=st.floats(1e3, 1e8), voltage=st.floats(50.0, 1e5), impedance=st.floats(0.01, 1.0))
def test_a_fault_draws_the_rated_current_over_the_impedance(rating: float, voltage: float, impedance: float) -> None:
    fault = transformer_fault_current(rating, voltage, impedance)
    assert fault * impedance == pytest.approx(1.05 * three_phase_current(rating, voltage), rel=1e-12)


@pytest.mark.parametrize(("rating", "voltage", "impedance"), [(-1.0, 480.0, 0.05), (1e6, 10.0, 0.05), (1e6, 480.0, 0)])
def test_a_fault_outside_its_range_is_refused(rating: float, voltage: float, impedance: float) -> None:
    with pytest.raises(OutsideRange):
        transformer_fault_current(rating, voltage, impedance)


# the check

FEEDS = {
    "busway": "track", "voltage": "415 V", "racks_per_run": 4, "sides": 2, "feeds_per_rack": 2, "rule": "nec_80",
}  # fmt: skip
TRACK = {"family": "busway", "maker": "M", "model": "track", "current": "1000 A", "tap_current": "250 A"}


def fed(rack: dict[str, Any] | None = None, **own: Any) -> Check:
    airrack = {"provisioned": "120 kW", **(rack or {})}
    return tiny(halls={"a": {"feeds": {**FEEDS, **own}}}, specs={"track": TRACK, "airrack": airrack})


def test_without_feeds_or_provisioned_power_nothing_is_passed() -> None:
    assert line(tiny(), "feed_tap.a.airrack").verdict == "not checked"
    assert line(fed({"provisioned": None}), "feed_tap.a.airrack").verdict == "not checked"


def test_one_side_carries_the_rack_when_the_other_is_lost() -> None:
    found = fed()
    tap, run = line(found, "feed_tap.a.airrack"), line(found, "feed_run.a.airrack")
    # 120 kVA / (1.73205 x 415 V) on the one cord left, of 80 % of 250 A; four of them on a run, of 80 % of 1,000 A
    assert (tap.required, tap.available, tap.unit) == (pytest.approx(166.94, abs=0.01), 200.0, "A")
    assert (run.required, run.available) == (pytest.approx(667.78, abs=0.02), 800.0)
    assert tap.verdict == run.verdict == "pass"


def test_an_assumed_power_is_fed_at_its_value_then_at_its_high_end() -> None:
    power = {"value": "120 kW", "range": ["100 kW", "150 kW"], "confidence": "assumption", "note": "for the test"}
    tap = line(fed({"provisioned": power}), "feed_tap.a.airrack")
    assert (tap.required, tap.available, tap.verdict) == (pytest.approx(166.94, abs=0.01), 200.0, "open")
    # 166.94 A * 150 / 120
    assert "margin -8.68 A" in tap.reason


@pytest.mark.parametrize(
    ("own", "amperes"),
    [({"feeds_per_rack": 4}, 83.47), ({"sides": 1}, 83.47), ({"phases": 1}, 289.16), ({"rule": "iec"}, 166.94)],
)
def test_what_a_tap_off_carries(own: dict[str, Any], amperes: float) -> None:
    assert line(fed(**own), "feed_tap.a.airrack").required == pytest.approx(amperes, abs=0.01)


@pytest.mark.parametrize(("own", "failing"), [({"racks_per_run": 5}, "A per run"), ({"phases": 1}, "A per tap-off")])
def test_a_rack_that_its_feeds_do_not_carry_cannot_stand_there(own: dict[str, Any], failing: str) -> None:
    obstacle = line(fed(**own), "obstacle.alpha.a")
    assert obstacle.verdict == "fail"
    assert failing in obstacle.reason


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"busway": "trackk"}, "did you mean track"),
        ({"busway": "genset"}, "a busway"),
        ({"feeds_per_rack": 3}, "2 sides"),
        ({"voltage": "0 V"}, "from 50 to 500000 V"),
        ({"voltage": "41.5 V"}, "from 50 to 500000 V"),
    ],
)
def test_feeds_that_make_no_sense_are_refused(own: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        fed(**own)


def board(**own: Any) -> Check:
    """Two boards of 2,000 A and 65 kA at 480 V; the transformer has 6 %."""
    site = {
        "redundancy": {"switchgear": {"scheme": "N", "unit": "unit", "group": "site"}},
        "switchboard": {"voltage": "480 V", **own},
        "plant": {"boards": {"spec": "board", "count": 2, "at": "site"}},
        "loads": {"house": {"other": "80 kW", "ways": 3}},
        "specs": {
            "trafo": {"impedance": "6 %"},
            "board": {
                "family": "switchgear", "maker": "M", "model": "board", "current": "2000 A", "interrupting": "65 kA",
                "ways": 8,
            },
        },
    }  # fmt: skip
    return checked(merged(SITE, site))


def test_bus_amperes_are_the_transformers_load_over_the_voltage() -> None:
    found = board()
    load, bus = line(found, "transformer.site").required, line(found, "switchgear.site")
    assert load is not None
    assert bus.required == pytest.approx(load * 1e3 / (3.0**0.5 * 480.0))
    assert (bus.available, bus.unit) == (4000.0, "A")


def test_circuits_are_counted_for_units_and_loads() -> None:
    ways = line(board(ways={"transformer": 1, "generator": 1, "ups": 2, "heat_rejection": 1}), "ways.site")
    # one transformer, two sets, two UPS of two circuits, a chiller, and three for the house
    assert (ways.required, ways.available, ways.margin) == (11.0, 16.0, 5.0)
    assert line(board(), "ways.site").verdict == "not checked"


def test_services_without_circuits_per_unit_are_named() -> None:
    told = line(board(ways={"transformer": 1, "generator": 1, "heat_rejection": 0}), "ways_left_out.site")
    assert told.verdict == "not checked"
    assert "of utility, ups: they count as none" in told.reason


def test_fault_current_adds_motors_and_generators_to_the_transformers() -> None:
    found = line(board(parallel=1, contribution="8 kA"), "fault.site")
    # 1.05 x 2,000 kVA / (1.73205 x 480 V x 6 %) = 42.10 kA
    assert (found.required, found.available, found.verdict) == (pytest.approx(50.10, abs=0.01), 65.0, "pass")
    assert line(board(parallel=2, contribution="8 kA"), "fault.site").verdict == "fail"
    assert line(board(parallel=1), "fault.site").verdict == "not checked"


def test_switchgear_needs_a_voltage() -> None:
    with pytest.raises(InputError, match="switchboard"):
        checked(merged(SITE, {"redundancy": {"switchgear": {"scheme": "N", "unit": "unit", "group": "site"}}}))
