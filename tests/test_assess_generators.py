"""Generators in the check: classes, minimum load, emissions, fuel, and what is not checked about them."""

from __future__ import annotations

from typing import Any

import pytest
from assess_site import line, tiny

FUEL = [{"load": "50 %", "flow": "140 L/h"}, {"load": "100 %", "flow": "260 L/h"}]


def genset(**own: Any) -> dict[str, Any]:
    return {"specs": {"genset": own}}


def asked(duty: dict[str, Any], **own: Any) -> dict[str, Any]:
    return {**genset(**own), "generator_duty": duty}


def test_without_a_duty_nothing_is_passed() -> None:
    found = tiny()
    for name in ("generator_hours.site.genset", "generator_minimum.site", "generator_block.site", "fuel.site"):
        assert line(found, name).verdict == "not checked", name


def test_a_standby_set_may_run_200_hours_a_year() -> None:
    for hours, verdict in (("200 hour", "pass"), ("201 hour", "fail")):
        found = tiny(**asked({"hours": hours}, rating_class="ESP"))
        told = line(found, "generator_hours.site.genset")
        assert (told.verdict, told.available, told.unit) == (verdict, 200.0, "hour")
        assert (line(found, "generator.site").available == 0.0) is (verdict == "fail")


def test_a_makers_own_limit_goes_before_the_class() -> None:
    found = tiny(**asked({"hours": "400 hour"}, rating_class="ESP", hours="500 hour", average_load="85 %"))
    assert line(found, "generator_hours.site.genset").verdict == "pass"
    # two sets of 1 MW, one out
    assert line(found, "generator_average.site").available == 850.0


def test_average_load_of_prime_and_continuous_sets() -> None:
    for kind, available in (("PRP", 700.0), ("COP", 1000.0)):
        found = tiny(**asked({"hours": "8000 hour"}, rating_class=kind))
        assert line(found, "generator_average.site").available == available
        assert line(found, "generator_average.site").required == line(found, "generator.site").required


def test_sets_are_shed_down_to_their_minimum_load() -> None:
    loads = {"house": {"other": "700 kW"}}
    found = tiny(**genset(minimum_load="30 %"), loads=loads)
    told = line(found, "generator_minimum.site")
    assert (told.verdict, told.required, told.available) == ("pass", 600.0, 700.0)
    assert told.reason.startswith("2 of the smallest sets run")


def test_too_low_a_load_is_a_warning_that_a_load_bank_cures() -> None:
    loads = {"house": {"other": "100 kW"}}
    told = line(tiny(**genset(minimum_load="30 %"), loads=loads), "generator_minimum.site")
    assert (told.verdict, told.margin) == ("open", -200.0)
    assert "load bank of 200 kW" in told.reason
    cured = tiny(**asked({"load_bank": "200 kW"}, minimum_load="30 %"), loads=loads)
    assert line(cured, "generator_minimum.site").verdict == "pass"


def test_fuel_on_site_by_hand() -> None:
    redundancy = {"fuel": {"scheme": "N", "unit": "unit", "group": "site"}}
    found = tiny(**asked({"autonomy": "24 hour"}, fuel=FUEL, tank="5000 L"), redundancy=redundancy)
    told, bus = line(found, "fuel.site"), line(found, "generator.site").required
    assert told.available == 10_000.0
    assert bus is not None
    assert told.required is not None
    assert abs(told.required - 24 * (2 * 140.0 + bus * 120.0 / 1000.0)) < 1e-6


def test_nameplate_of_sets_that_stand_or_are_promised_against_the_permit() -> None:
    """Two sets of 1 MW: the plan would be refused where they alone pass the cap."""
    assert not [one for one in tiny().lines if one.id.startswith("generator_permit")]
    for status in ("existing", "reserved"):
        plant = {"plant": {"gensets": {"spec": "genset", "count": 2, "at": "site", "status": status}}}
        for cap, verdict in (("2 MW", "pass"), ("1999 kW", "fail")):
            told = line(tiny(**plant, limits={"generator_power": cap}), "generator_permit.site")
            assert (told.required, told.unit, told.verdict) == (2000.0, "kW", verdict)


def test_emissions_of_standing_sets_against_their_cap() -> None:
    own = {"engine_power": "1100 kW", "emission": "6 g/kWh"}
    for cap, verdict in (("1.4 t", "pass"), ("1.3 t", "fail")):
        found = tiny(**asked({"hours": "100 hour"}, **own), limits={"emissions": cap})
        # 2 x 1,100 kW x 6 g/kWh x 100 h
        assert (line(found, "emissions.site").required, line(found, "emissions.site").verdict) == (1320.0, verdict)
    assert line(tiny(limits={"emissions": "1 t"}), "emissions.site").verdict == "not checked"


def test_peaks_against_the_overload_curve() -> None:
    rack = {"peak": "150 kW", "peak_time": "1 min"}
    curve = [{"load": "125 %", "time": "10 min"}, {"load": "150 %", "time": "0.5 min"}]
    found = tiny(specs={"airrack": rack, "module": {"overload": curve}})
    told = line(found, "ups_peak.site")
    # two modules of 500 kW, one out; 150 % only for half a minute
    assert (told.required, told.available, told.verdict) == (600.0, 625.0, "pass")
    assert all(item.id != "peak.a" for item in found.lines)
    assert line(tiny(specs={"airrack": rack}), "peak.a").verdict == "not checked"


def test_peaks_of_a_hall_ask_for_the_curves_of_its_own_modules() -> None:
    rack = {"peak": "150 kW", "peak_time": "1 min"}
    curve = [{"load": "125 %", "time": "10 min"}, {"load": "150 %", "time": "0.5 min"}]
    own: dict[str, Any] = {"redundancy": {"ups": {"group": "hall"}}, "plant": {"ups": {"at": "a"}}}
    silent = tiny(**own, specs={"airrack": rack})
    assert line(silent, "peak.a").verdict == "not checked"
    found = tiny(**own, specs={"airrack": rack, "module": {"overload": curve}})
    assert (line(found, "ups_peak.a").required, line(found, "ups_peak.a").available) == (600.0, 625.0)
    assert all(item.id != "peak.a" for item in found.lines)


def test_what_is_only_reserved_keeps_no_set_at_its_minimum() -> None:
    loads = {"house": {"other": "100 kW"}, "later": {"other": "900 kW", "status": "reserved"}}
    told = line(tiny(**genset(minimum_load="30 %"), loads=loads), "generator_minimum.site")
    assert (told.verdict, told.available) == ("open", 100.0)


def test_a_least_load_is_tried_at_the_low_end_of_an_assumption() -> None:
    other = {"value": "400 kW", "range": ["200 kW", "500 kW"], "confidence": "assumption", "note": "by hand"}
    told = line(tiny(**genset(minimum_load="30 %"), loads={"house": {"other": other}}), "generator_minimum.site")
    assert (told.verdict, told.margin) == ("open", 100.0)
    assert "margin -100 kW" in told.reason


def test_sets_that_count_as_zero_have_no_minimum() -> None:
    edits = asked({"hours": "600 hour"}, rating_class="ESP", minimum_load="30 %")
    told = line(tiny(**edits, loads={"house": {"other": "700 kW"}}), "generator_minimum.site")
    assert (told.verdict, told.reason) == ("not checked", "genset counts as zero: no set runs to be loaded")


@pytest.mark.parametrize(("load", "verdict"), [("600 kW", "pass"), ("599 kW", "open")])
def test_by_cords_every_train_keeps_a_set_running(load: str, verdict: str) -> None:
    # half the load each: one set of 1 MW needs 300 kW on each side
    rule = {"scheme": "2N", "unit": "train", "group": "site", "topology": "cords", "pairing": "balanced"}
    sets = {f"set{name}": {"spec": "genset", "count": 1, "at": "site", "train": name} for name in "AB"}
    edits = {"redundancy": {"generator": rule}, "trains": {"A": {}, "B": {}}, "loads": {"house": {"other": load}}}
    told = line(tiny(**genset(minimum_load="30 %"), **edits, plant={"gensets": None, **sets}), "generator_minimum.site")
    assert (told.verdict, told.required) == (verdict, 300.0)
    assert "train A" in told.reason
