"""The verifier at other sites: a plan that no longer fits, calendars and failure sets."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from damage import MONEY, Pair, Triple, check, day
from hypothesis import given
from hypothesis import strategies as st
from tiny import planned_by_hand, tiny

from dcplan.site import SiteModel
from dcplan.verifier.failures import failure_sets
from dcplan.verifier.terms import Terms
from dcplan.verifier.verdict import verify

GENSET, CDU = "genset@site#1", "cdu@hall#3"

# ---------------------------------------------------------------- the same plan at another site


CDU_ROWS = {("capacity", "cdu@hall"), ("capacity", "cdu_flow@hall")}
GENERATOR_ROWS = {("capacity", "generator@site"), ("capacity", "generator_va@site")}
SITES: dict[str, tuple[dict[str, Any], set[Triple], set[Pair]]] = {
    "permit gates the order": ({"permits.air.gates": "order"}, {("permit", GENSET, "01-11")}, set()),
    "permit gates delivery, 70 days": (
        {"permits.air": {"duration": "70 day", "gates": "delivery"}},
        {("permit", GENSET, "03-08")},
        set(),
    ),
    "permit gates install, 70 days": (
        {"permits.air": {"duration": "70 day", "gates": "install"}},
        {("permit", GENSET, "03-08")},
        set(),
    ),
    "permit gates start-up, 70 days": (
        {"permits.air": {"duration": "70 day", "gates": "startup"}},
        {("commissioning", GENSET, "03-11")},
        set(),
    ),
    "permit asked for later": ({"permits.air.apply": "2027-01-11"}, {("permit", GENSET, "03-08")}, set()),
    "permit of the plates": (
        {"upgrades.plates.permit": "air"},
        {("permit", "alpha#1", "02-26"), ("permit", "alpha#2", "03-01")},
        set(),
    ),
    "engineering of the plates": (
        {"upgrades.plates.engineering": "40 workday"},
        {("engineering", "alpha#1", "02-12"), ("engineering", "alpha#2", "02-15")},
        set(),
    ),
    "longer lead": (
        {"upgrades.cdu.lead_time": "29 day"},
        {("lead-time", CDU, "02-24")},
        {("lead-time", "cdu@hall#1"), ("lead-time", "cdu@hall#2")},
    ),
    "lead a billionth longer": ({"upgrades.cdu.lead_time": "28.0000000001 day"}, set(), set()),
    "fewer units allowed": ({"upgrades.cdu.at_most": 2}, {("at-most", "cdu@hall", "01-27")}, set()),
    "fewer reinforced positions allowed": ({"upgrades.plates.at_most": 3}, {("at-most", "plates@hall", "")}, set()),
    "weaker plates": (
        {"specs.plates.point": "1050 lb"},
        {("floor", "alpha#1", "03-01"), ("floor", "alpha#2", "03-03")},
        set(),
    ),
    "heavy CDUs": (
        {"specs.cdu-200.mass": "1500 kg", "specs.cdu-200.footprint": "1 m2"},
        {
            ("plant-floor", "cdu@hall#1", "02-22"),
            ("plant-floor", "cdu@hall#2", "02-22"),
            ("plant-floor", "cdu@hall#3", "02-24"),
        },
        set(),
    ),
    "a route that carries no rack": (
        {"halls.hall.route": {"corridor": {"rolling": "1600 lb"}}},
        {("route", "alpha#1", "03-01"), ("route", "alpha#2", "03-03")},
        set(),
    ),
    "a route that carries half a rack": ({"halls.hall.route": {"corridor": {"rolling": "1654 lb"}}}, set(), set()),
    "a lift too small": (
        {"halls.hall.route": {"lift": {"capacity": "1499 kg"}}},
        {("su-hall", "alpha#1", "03-01"), ("su-hall", "alpha#2", "03-03")},
        {("running", "site"), ("running", "cdu@hall"), ("hall-test", "hall")},
    ),
    "smaller crew": (
        {"crews.mechanical.size": 2},
        {("crew-size", "mechanical", "02-22")},
        {("crew-members", "cdu@hall#2")},
    ),
    "holiday at the generator's install": (
        {"calendar.holidays[0].day": "2027-03-09"},
        {("install-time", GENSET, "03-10")},
        {
            ("acceptance-time", "alpha#1"),
            ("acceptance-time", "alpha#2"),
            ("ready-date", "alpha#1"),
            ("ready-date", "alpha#2"),
            ("delay-days", "alpha#1"),
            ("delay-days", "alpha#2"),
            *MONEY,
        },
    ),
    "longer integrated test": (
        {"halls.hall.integrated_test": "4 workday"},
        {("integrated-test", GENSET, "03-16")},
        {("integrated-test", f"cdu@hall#{number}") for number in (1, 2, 3)},
    ),
    "hall that the order does not allow": (
        {"halls.annex": {"positions": 9, "integrated_test": "1 workday"}, "deployments.alpha.halls": ["annex"]},
        {("su-hall", "alpha#1", "03-01"), ("su-hall", "alpha#2", "03-03")},
        set(),
    ),
    "hall without liquid": (
        {"halls.hall.liquid": None},
        {("su-hall", "alpha#1", "03-01"), ("su-hall", "alpha#2", "03-03")},
        set(),
    ),
    "deadline": ({"deployments.alpha.deadline": "2027-03-23"}, {("deadline", "alpha#2", "03-24")}, set()),
    "budget": ({"limits.budget": "502000 USD"}, {("budget", "site", "02-15")}, set()),
    "yard": ({"limits.yard_area": "20 m2"}, {("yard", "site", "03-08")}, set()),
    "generator nameplate": ({"limits.generator_power": "1999 kW"}, {("generator-permit", "site", "03-08")}, set()),
    "generator nameplate, to the watt": ({"limits.generator_power": "2000 kW"}, set(), set()),
    "positions": ({"halls.hall.positions": 3}, {("positions", "hall", "03-03")}, set()),
    "positions taken by plant": ({"plant.crahs.positions": 1}, {("positions", "hall", "03-03")}, set()),
    "positions taken by a load": (
        {"loads.offices.hall": "hall", "loads.offices.positions": 3},
        {("positions", "hall", "03-03")},
        set(),
    ),
    "gallery slots": ({"halls.hall.gallery_slots": 2}, {("gallery", "hall", "02-24")}, set()),
    "two generators may fail": (
        {"redundancy.generator.scheme": "N+2"},
        {("capacity", "generator@site", "03-04"), ("capacity", "generator@site", "03-16")},
        GENERATOR_ROWS,
    ),
    "larger load": (
        {"loads.offices.other": "560 kW"},
        {("capacity", "generator@site", "03-04"), ("capacity", "generator@site", "03-16")},
        GENERATOR_ROWS,
    ),
    "room units on order": (
        {"plant.crahs.status": "ordered", "plant.crahs.in_service": "2027-03-10"},
        {("running", "crahs@hall", "03-04"), ("capacity", "room_air@hall", "03-04")},
        set(),
    ),
    "room units promised": (
        {"plant.crahs.status": "reserved"},
        {("running", "crahs@hall", "03-04"), ("capacity", "room_air@hall", "03-16")},
        {("running", "crahs@hall"), ("capacity", "room_air@hall")},
    ),
    "CDU that cannot work at this approach": (
        {"loops.water.supply": "33 degC", "specs.crah-100.water_supply": "33 degC"},
        {("capacity", "cdu@hall", "03-04"), ("capacity", "cdu@hall", "03-16")},
        {("capacity", "heat_rejection@water")},
    ),
    "dearer unit": (
        {"upgrades.cdu.cost": "600 USD/kW"},
        {("cost", "cdu@hall#1", "01-25")},
        {("cost", "cdu@hall#2"), ("cost", "cdu@hall#3"), *MONEY},
    ),
    "operator's view": ({"perspective": "operator"}, {("other-site", "site", "")}, {("objective-gap", "site"), *MONEY}),
    "other interest": (
        {"financing_rate": "9 %/year"},
        {("objective-exact", "site", "")},
        {("objective-gap", "site"), *MONEY},
    ),
    "long stop": (
        {"deployments.alpha.terms[2].long_stop": "15 day"},
        {("objective-exact", "site", ""), ("payment", "alpha#2 acceptance", "")},
        {("payment-window", "window of all"), ("payment-window", "window of alpha"), *MONEY},
    ),
    "customer who pays late": (
        {"deployments.alpha.terms[0].habit": "12 hour"},
        {("payment", "alpha#1 delivery", ""), ("payment", "alpha#2 delivery", "")},
        set(),
    ),
    "order that is paid": (
        {"deployments.alpha.terms[0].event": "order"},
        {("payment", "site", "")},
        set(),
    ),
    "other price": (
        {"deployments.alpha.price": "2 MUSD"},
        {("payment", "alpha#1 delivery", "")},
        {
            *(("payment", f"alpha#{su} {event}") for su in (1, 2) for event in ("delivery", "energise", "acceptance")),
            *(("payment-window", "window of all"), ("payment-window", "window of alpha")),
            *(("objective-gap", "site"), *MONEY),
        },
    ),
    "generators that may be late": (
        {"upgrades.genset.lead_time": {"value": "8 week", "range": ["6 week", "10 week"]}},
        {("payment", "alpha#2 energise", ""), ("payment", "alpha#2 acceptance", "")},
        {("payment-window", "window of all"), ("payment-window", "window of alpha")},
    ),
    "permit that may never come": (
        {"permits.air.duration": {"value": "60 day", "range": ["60 day", "2000 day"]}},
        {("worst-unserved", "site", ""), ("payment", "alpha#2 energise", "")},
        {
            ("payment", "alpha#2 acceptance"),
            ("payment-window", "window of all"),
            ("payment-window", "window of alpha"),
        },
    ),
    "assumption": (
        {
            "halls.hall.floor.point": {
                "value": "1000 lb",
                "range": ["900 lb", "1100 lb"],
                "confidence": "assumption",
                "note": "guess",
            },
        },
        {("assumed", "site", "")},
        set(),
    ),
}


@pytest.mark.parametrize("name", SITES)
def test_a_plan_of_another_site_breaks_its_rules(name: str, tmp_path: Path) -> None:
    overrides, expected, follows = SITES[name]
    plan = planned_by_hand(tiny(tmp_path))
    verdict = verify(plan, tiny(tmp_path, overrides))
    check(verdict, {("other-input", "site", ""), *expected}, follows)


# ---------------------------------------------------------------- parts


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SiteModel:
    return tiny(tmp_path_factory.mktemp("tiny"))


@given(st.lists(st.integers(0, 4), max_size=4), st.integers(0, 5))
def test_failure_sets_by_type_are_those_of_the_units(units: list[int], failures: int) -> None:
    each = [kind for kind, number in enumerate(units) for _ in range(number)]
    sets = itertools.combinations(each, min(failures, len(each)))
    due = {tuple(lost.count(kind) for kind in range(len(units))) for lost in sets}
    assert set(failure_sets(units, failures)) == (due if units else set())


@given(first=st.integers(0, 400), duration=st.integers(0, 60))
def test_work_ends_after_so_many_working_days(first: int, duration: int, model: SiteModel) -> None:
    start = model.site.start + timedelta(days=first)
    closed = {day("03-22"), day("04-05"), day("04-06")}
    end, left = start, duration
    while left:
        left -= end.weekday() < 5 and end not in closed
        end += timedelta(days=1)
    terms = Terms.of(model)
    assert terms.finish(start, duration) == end
    assert len(terms.open_days(start, duration)) == duration
