"""The verifier accepts a plan worked out on paper, and names the rule, the place and the date of every damage to it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from damage import (
    BOUGHT,
    MONEY,
    Pair,
    Triple,
    cash,
    check,
    dates,
    day,
    floor,
    objective,
    running,
    su,
    unit,
    window,
    without,
)
from test_verifier_sites import SITES
from tiny import planned_by_hand, tiny

from dcplan.answer import Plan, Stay, TieIn, Verdict
from dcplan.ratings import electrical, heat, plant, racks
from dcplan.verifier import energy, verdict
from dcplan.verifier.verdict import verify

Damage = Callable[[Plan], Plan]
GENSET, CDU = "genset@site#1", "cdu@hall#3"
DAMAGES: dict[str, tuple[Damage, set[Triple], set[Pair]]] = {
    "a tie-in that the file does not ask for": (
        lambda p: unit(p, GENSET, tie_in=TieIn(window="bus", start=day("03-09"))),
        {("tie-in", GENSET, "03-08")},
        set(),
    ),
    "other text of the site file": (
        lambda p: p.model_copy(update={"input_sha256": "0" * 64}),
        {("other-input", "site", "")},
        set(),
    ),
    "a setpoint where the file leaves none open": (
        lambda p: p.model_copy(update={"setpoints": {"water": "30 degC"}}),
        {("setpoint", "site", "")},
        set(),
    ),
    "a goal without its stages": (
        lambda p: p.model_copy(update={"goal": "earliest"}),
        {("stages", "site", "")},
        set(),
    ),
    "plan of another site": (
        lambda p: p.model_copy(update={"site": "Huge", "currency": "EUR"}),
        {("other-site", "site", "")},
        set(),
    ),
    "no such upgrade": (
        lambda p: unit(p, GENSET, upgrade="turbine"),
        {("unknown-upgrade", GENSET, "01-11"), ("running", "genset@site", "03-16")},
        {("unit-id", GENSET), ("capacity", "generator@site"), ("capacity", "generator_va@site"), *MONEY},
    ),
    "hired where the file buys": (
        lambda p: unit(p, GENSET, hire=Stay(released=p.end, returned=p.end, stays=True, rent=0.0, running=0.0)),
        {("hire", GENSET, "01-11")},
        {("objective-rounding", "site")},
    ),
    "other spec than the upgrade buys": (
        lambda p: unit(p, GENSET, spec="genset-5000"),
        {("unknown-upgrade", GENSET, "01-11")},
        set(),
    ),
    "plant in a place that the upgrade does not name": (
        lambda p: unit(p, GENSET, place="hall"),
        {("upgrade-place", GENSET, "01-11"), ("running", "genset@site", "03-16")},
        {("unit-id", GENSET), ("capacity", "generator@site"), ("capacity", "generator_va@site"), *MONEY},
    ),
    "one name for two units": (
        lambda p: unit(p, "cdu@hall#2", id="cdu@hall#1"),
        {("unit-id", "cdu@hall#1", "")},
        {("hall-test", "hall")},
    ),
    "ordered before engineering is done": (
        lambda p: unit(p, GENSET, order=day("01-08")),
        {("engineering", GENSET, "01-08")},
        MONEY,
    ),
    "lot moved a week forward": (
        lambda p: unit(p, GENSET, **dates(delivery="03-01", install_start="03-01", install_end="03-03")),
        {("lead-time", GENSET, "03-01"), ("permit", GENSET, "03-01")},
        {("commissioning", GENSET)},
    ),
    "installed before delivery": (
        lambda p: unit(p, CDU, delivery=day("02-25")),
        {("install-delivery", CDU, "02-24")},
        set(),
    ),
    "installed from a Saturday on": (
        lambda p: unit(p, GENSET, **dates(install_start="03-06", delivery="03-06")),
        {("working-day", GENSET, "03-06"), ("lead-time", GENSET, "03-06")},
        set(),
    ),
    "installed from a holiday on": (
        lambda p: unit(
            p, CDU, **dates(install_start="03-22", install_end="03-25", commissioned="03-26", counted="03-31")
        ),
        {("working-day", CDU, "03-22"), ("running", "cdu@hall", "03-04"), ("capacity", "cdu@hall", "03-16")},
        {("hall-test", "hall"), ("running", "cdu@hall")},
    ),
    "installed in a change freeze": (
        lambda p: unit(
            p, CDU, **dates(install_start="04-05", install_end="04-09", commissioned="04-10", counted="04-15")
        ),
        {("working-day", CDU, "04-05"), ("running", "cdu@hall", "03-04"), ("capacity", "cdu@hall", "03-16")},
        {("hall-test", "hall"), ("running", "cdu@hall")},
    ),
    "install a day too short": (
        lambda p: unit(p, GENSET, install_end=day("03-09")),
        {("install-time", GENSET, "03-09")},
        {("commissioning", GENSET)},
    ),
    "start-up left out": (
        lambda p: unit(p, GENSET, commissioned=day("03-10")),
        {("commissioning", GENSET, "03-10")},
        {("integrated-test", GENSET), ("hall-test", "hall")},
    ),
    "counted before it is tested": (
        lambda p: unit(p, GENSET, counted=day("03-13")),
        {("integrated-test", GENSET, "03-13")},
        {("hall-test", "hall")},
    ),
    "counted later than it is tested": (
        lambda p: unit(p, "cdu@hall#1", counted=day("03-03")),
        {("integrated-test", "cdu@hall#1", "03-03")},
        set(),
    ),
    "wrong price": (
        lambda p: unit(p, GENSET, cost=150_000.0),
        {("cost", GENSET, "01-11"), ("purchases", "site", "")},
        set(),
    ),
    "wrong payer": (lambda p: unit(p, GENSET, paid_by="vendor"), {("paid-by", GENSET, "01-11")}, set()),
    "generator left out": (
        lambda p: without(p, GENSET),
        {
            ("running", "genset@site", "03-16"),
            ("capacity", "generator@site", "03-16"),
            ("capacity", "generator_va@site", "03-16"),
        },
        {("hall-test", "hall"), *BOUGHT},
    ),
    "CDU left out": (
        lambda p: without(p, CDU),
        {("running", "cdu@hall", "03-04"), ("running", "cdu@hall", "03-16"), ("capacity", "cdu@hall", "03-16")},
        {("hall-test", "hall"), *BOUGHT},
    ),
    "no CDU at all": (
        lambda p: without(p, "cdu@hall#1", "cdu@hall#2", "cdu@hall#3"),
        {
            ("fill-loop", "alpha#1", "03-03"),
            ("fill-loop", "alpha#2", "03-05"),
            ("capacity", "cdu@hall", "03-04"),
            ("capacity", "cdu_flow@hall", "03-04"),
        },
        {
            ("running", "cdu@hall"),
            ("hall-test", "hall"),
            *BOUGHT,
            ("capacity", "cdu@hall"),
            ("capacity", "cdu_flow@hall"),
        },
    ),
    "member on two tasks": (
        lambda p: unit(p, "cdu@hall#2", members=(2, 3)),
        {("crew-clash", "mechanical", "02-22")},
        set(),
    ),
    "crew with too much work": (
        lambda p: su(p, "alpha#2", **dates(set_start="03-02", set_end="03-04")),
        {("crew-size", "integration", "03-02"), ("crew-clash", "integration", "03-02")},
        set(),
    ),
    "member that the crew does not have": (
        lambda p: unit(p, GENSET, members=(2, 3)),
        {("crew-members", GENSET, "03-08")},
        set(),
    ),
    "too few members": (lambda p: su(p, "alpha#1", members=(1,)), {("crew-members", "alpha#1", "03-01")}, set()),
    "member named twice": (lambda p: unit(p, GENSET, members=(1, 1)), {("crew-members", GENSET, "03-08")}, set()),
    "other crew": (lambda p: unit(p, GENSET, crew="structural"), {("crew-members", GENSET, "03-08")}, set()),
    "SU left out": (
        lambda p: p.model_copy(update={"sus": p.sus[:1]}),
        {("su-once", "alpha#2", "03-01"), ("su-delivery", "alpha", "03-01")},
        {("hall-test", "hall"), *BOUGHT},
    ),
    "SU planned twice": (
        lambda p: su(p, "alpha#2", id="alpha#1"),
        {("su-once", "alpha#1", "03-01"), ("su-once", "alpha#2", "03-01")},
        {("hall-test", "hall"), ("crew-clash", "integration")},
    ),
    "SU that nobody ordered": (
        lambda p: su(p, "alpha#2", id="alpha#3"),
        {("su-once", "alpha#3", ""), ("su-once", "alpha#2", "03-01")},
        {("hall-test", "hall")},
    ),
    "SU delivered on another day": (
        lambda p: su(p, "alpha#1", delivery=day("02-26")),
        {("su-delivery", "alpha", "02-26"), ("su-delivery", "alpha", "03-01")},
        {("ready-date", "alpha#1"), ("delay-days", "alpha#1")},
    ),
    "SU in an unknown hall": (
        lambda p: su(p, "alpha#2", hall="attic"),
        {("su-hall", "alpha#2", "03-03")},
        {("unknown-upgrade", "alpha#2"), ("at-most", "plates@attic"), ("hall-test", "hall")},
    ),
    "floor not reinforced": (
        lambda p: su(p, "alpha#1", reinforcement=None),
        {("floor", "alpha#1", "03-01")},
        BOUGHT,
    ),
    "too few positions reinforced": (
        lambda p: floor(p, "alpha#1", positions=1),
        {("floor-positions", "alpha#1", "03-01"), ("cost", "alpha#1", "02-12")},
        MONEY,
    ),
    "floor reinforced with a generator": (
        lambda p: floor(p, "alpha#1", upgrade="genset"),
        {("unknown-upgrade", "alpha#1", "02-26"), ("floor", "alpha#1", "03-01")},
        {("crew-members", "alpha#1 floor"), ("at-most", "genset@hall"), *MONEY},
    ),
    "plates on the floor sooner than they can be there": (
        lambda p: floor(p, "alpha#1", order=day("02-15")),
        {("lead-time", "alpha#1", "02-26")},
        MONEY,
    ),
    "plates laid on a Sunday": (
        lambda p: floor(p, "alpha#1", start=day("02-28"), end=day("03-02")),
        {("working-day", "alpha#1", "02-28"), ("set-floor", "alpha#1", "03-01")},
        {("crew-size", "structural"), ("crew-clash", "structural")},
    ),
    "plates laid too fast": (
        lambda p: floor(p, "alpha#1", end=day("02-26")),
        {("reinforce-time", "alpha#1", "02-26")},
        set(),
    ),
    "racks set before the floor is ready": (
        lambda p: floor(p, "alpha#1", start=day("03-02"), end=day("03-03")),
        {("set-floor", "alpha#1", "03-01")},
        set(),
    ),
    "racks set before they are delivered": (
        lambda p: su(p, "alpha#1", **dates(set_start="02-25", set_end="02-27")),
        {("set-delivery", "alpha#1", "02-25"), ("set-floor", "alpha#1", "02-25")},
        set(),
    ),
    "set and connect a day too short": (
        lambda p: su(p, "alpha#1", set_end=day("03-02")),
        {("set-time", "alpha#1", "03-02")},
        set(),
    ),
    "filled before it is connected": (
        lambda p: su(p, "alpha#1", **dates(fill_start="03-02", fill_end="03-03")),
        {("fill-set", "alpha#1", "03-02")},
        set(),
    ),
    "no leak test": (
        lambda p: su(p, "alpha#1", fill_end=day("03-03")),
        {("fill-time", "alpha#1", "03-03")},
        set(),
    ),
    "energised before the leak test is done": (
        lambda p: su(p, "alpha#1", **dates(energise="03-03", burn_in_end="03-06")),
        {("energise-fill", "alpha#1", "03-03"), ("running", "site", "03-03"), ("capacity", "ups@hall", "03-03")},
        {("capacity", f"{row}") for row in ("cdu@hall", "cdu_flow@hall", "room_air@hall", "heat_rejection@water")}
        | {("capacity", f"{row}") for row in ("ups_va@hall", "generator@site", "generator_va@site", "utility@site")}
        | {("hall-test", "hall"), *MONEY},
    ),
    "energised before the generator is there": (
        lambda p: su(p, "alpha#2", **dates(energise="03-10", burn_in_end="03-13", acceptance="03-17"), delay_days=7),
        {("capacity", "generator@site", "03-10")},
        {("capacity", "generator@site"), ("capacity", "generator_va@site"), ("hall-test", "hall"), *MONEY},
    ),
    "burn-in a day too short": (
        lambda p: su(p, "alpha#1", burn_in_end=day("03-06")),
        {("burn-in", "alpha#1", "03-06")},
        set(),
    ),
    "accepted on a holiday": (
        lambda p: su(p, "alpha#2", acceptance=day("03-23"), delay_days=13),
        {("acceptance-time", "alpha#2", "03-23")},
        MONEY,
    ),
    "accepted after the plan ends": (
        lambda p: su(p, "alpha#2", acceptance=date(2028, 1, 5), delay_days=301),
        {("deadline", "alpha#2", "01-05"), ("acceptance-time", "alpha#2", "01-05")},
        MONEY,
    ),
    "flattering ready date": (
        lambda p: su(p, "alpha#2", ready_acceptance=day("03-20")),
        {("ready-date", "alpha#2", "03-20")},
        MONEY,
    ),
    "flattering delay": (lambda p: su(p, "alpha#2", delay_days=0), {("delay-days", "alpha#2", "03-24")}, set()),
    "test a day too short": (
        lambda p: p.model_copy(update={"tests": (p.tests[0].model_copy(update={"end": day("03-01")}), p.tests[1])}),
        {("hall-test", "hall", "02-27")},
        set(),
    ),
    "test that serves another SU": (
        lambda p: p.model_copy(
            update={"tests": (p.tests[0].model_copy(update={"sus": ("alpha#1", "alpha#2")}), p.tests[1])}
        ),
        {("hall-test", "hall", "02-27")},
        set(),
    ),
    "test left out": (lambda p: p.model_copy(update={"tests": p.tests[:1]}), {("hall-test", "hall", "03-11")}, set()),
    "test listed twice": (
        lambda p: p.model_copy(update={"tests": (*p.tests, p.tests[1])}),
        {("hall-test", "hall", "03-11")},
        set(),
    ),
    "test of a hall that is not there": (
        lambda p: p.model_copy(update={"tests": (p.tests[0].model_copy(update={"hall": "attic"}), p.tests[1])}),
        {("hall-test", "attic", "02-27"), ("hall-test", "hall", "02-27")},
        set(),
    ),
    "test before its unit is commissioned": (
        lambda p: p.model_copy(update={"tests": (p.tests[0], p.tests[1].model_copy(update={"start": day("03-10")}))}),
        {("hall-test", "hall", "03-10"), ("hall-test", "hall", "03-11")},
        set(),
    ),
    "more units run than there are": (
        lambda p: running(p, "03-04", units={"genset@site": 1}),
        {("running", "genset@site", "03-04")},
        set(),
    ),
    "plant promised to someone else runs": (
        lambda p: running(p, "03-04", units={"promised@site": 1}),
        {("running", "promised@site", "03-04")},
        set(),
    ),
    "redundant CDU off": (
        lambda p: running(p, "03-16", units={"cdu@hall": 2}),
        {("capacity", "cdu@hall", "03-16")},
        set(),
    ),
    "running units not stated": (
        lambda p: p.model_copy(update={"running": p.running[1:]}),
        {("running", "site", "03-04"), ("capacity", "ups@hall", "03-04")},
        {
            ("capacity", row)
            for row in (
                *("cdu@hall", "cdu_flow@hall", "room_air@hall", "heat_rejection@water"),
                *("ups_va@hall", "generator@site", "generator_va@site", "utility@site"),
            )
        },
    ),
    "running units stated twice": (
        lambda p: p.model_copy(update={"running": (*p.running, p.running[1])}),
        {("running", "site", "03-16")},
        set(),
    ),
    "total of purchases": (
        lambda p: p.model_copy(update={"purchases": p.purchases - 1000}),
        {("purchases", "site", "")},
        set(),
    ),
    "objective": (
        lambda p: objective(p, value=p.objective.value - 50.0),
        {("objective", "site", "")},
        {("objective-gap", "site")},
    ),
    "objective off by one step": (
        lambda p: objective(p, spend=p.objective.spend - 1.0),
        {("objective", "site", "")},
        set(),
    ),
    "step that is no power of ten": (
        lambda p: objective(p, step=2.0),
        {("objective-step", "site", "")},
        {("objective-rounding", "site"), ("objective", "site")},
    ),
    "finer step than the objective was counted in": (
        lambda p: objective(p, step=0.01),
        {("objective-rounding", "site", ""), ("objective", "site", "")},
        set(),
    ),
    "exact objective": (
        lambda p: objective(p, exact=p.objective.exact - 0.1),
        {("objective-exact", "site", "")},
        set(),
    ),
    "objective with generous rounding": (
        lambda p: objective(p, value=p.objective.value - 50.0, rounding=100.0),
        {("objective-rounding", "site", "")},
        {("objective", "site"), ("objective-gap", "site")},
    ),
    "bound above the objective": (
        lambda p: objective(p, bound=p.objective.value + 10.0, gap=0.0),
        {("objective-gap", "site", "")},
        {("status", "site")},
    ),
    "smaller gap than the bound shows": (
        lambda p: objective(p, bound=p.objective.value / 2, gap=0.01),
        {("objective-gap", "site", "")},
        set(),
    ),
    "gap in money": (
        lambda p: objective(p, gap_money=0.0),
        {("objective-gap", "site", "")},
        set(),
    ),
    "gap in SU-days": (
        lambda p: objective(p, gap_su_days=1.0),
        {("objective-gap", "site", "")},
        set(),
    ),
    "gap of a plan that costs nothing": (
        lambda p: objective(p, value=0.0, bound=-1.0, gap=0.0),
        {("objective-gap", "site", "")},
        {("objective", "site")},
    ),
    "gap without a bound": (lambda p: objective(p, bound=None), {("objective-gap", "site", "")}, set()),
    "optimal without proof": (
        lambda p: p.model_copy(update={"status": "optimal"}),
        {("status", "site", "")},
        set(),
    ),
    "other reason for a date": (
        lambda p: su(p, "alpha#2", gated_by="crew integration"),
        {("gate", "alpha#2", "03-16")},
        set(),
    ),
    "cash sooner than the terms say": (
        lambda p: cash(p, 5, planned=day("04-20"), delay_days=11),
        {("payment", "alpha#2 acceptance", "")},
        set(),
    ),
    "the whole ledger left out": (
        lambda p: p.model_copy(update={"payments": None}),
        {("payment", "site", "")},
        set(),
    ),
    "milestone left out": (
        lambda p: p.model_copy(
            update={"payments": p.payments.model_copy(update={"milestones": p.payments.milestones[:5]})}
        ),
        {("payment", "site", "")},
        set(),
    ),
    "flattering window": (
        lambda p: window(p, 1, worst_delay_days=1.0),
        {("payment-window", "window of alpha", "")},
        set(),
    ),
    "window left out": (
        lambda p: p.model_copy(update={"payments": p.payments.model_copy(update={"windows": p.payments.windows[:1]})}),
        {("payment-window", "site", "")},
        set(),
    ),
    "SUs lost in the worst world": (
        lambda p: p.model_copy(update={"payments": p.payments.model_copy(update={"worst_unserved": 1})}),
        {("worst-unserved", "site", "")},
        set(),
    ),
    "reasons for having no plan": (
        lambda p: p.model_copy(update={"reasons": ("too late",)}),
        {("reasons", "site", "")},
        set(),
    ),
    "warning that the site does not give": (
        lambda p: p.model_copy(update={"warnings": ("all is well",)}),
        {("warnings", "site", "")},
        set(),
    ),
    "assumption that the site does not make": (
        lambda p: p.model_copy(update={"assumed": ("halls.hall.floor.point: 2000 lb",)}),
        {("assumed", "site", "")},
        set(),
    ),
    "called verified": (
        lambda p: su(p, "alpha#2", delay_days=0).model_copy(update={"verified": True}),
        {("verified", "site", ""), ("delay-days", "alpha#2", "03-24")},
        set(),
    ),
    "date that no plan has": (
        lambda p: unit(p, GENSET, order=date(1, 1, 1)),
        {("date-range", "site", "01-01")},
        set(),
    ),
}


def test_a_plan_worked_out_on_paper_keeps_every_rule(tmp_path: Path) -> None:
    model = tiny(tmp_path)
    found = verify(planned_by_hand(model), model)
    assert found.violations == ()
    assert found.ok
    assert min(found.checked.values()) >= 1
    # three services by hall or loop have one row, UPS, CDU and generator two: on both dates that change
    assert found.checked["capacity"] == 2 * 9


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_named_with_rule_place_and_date(name: str, tmp_path: Path) -> None:
    damage, expected, follows = DAMAGES[name]
    model = tiny(tmp_path)
    check(verify(damage(planned_by_hand(model)), model), expected, follows)


def test_the_objective_follows_the_perspective(tmp_path: Path) -> None:
    """Operator: plant and lost margin. Vendor: plates, and interest on the two milestones that wait for the site."""
    plan = planned_by_hand(tiny(tmp_path))
    plant = [200e3 * (1 - 0.08 * 7 / 365), *[100e3 * (1 - 0.08 * 21 / 365)] * 2, 100e3 * (1 - 0.08 * 23 / 365)]
    plates = [2e3 * (1 - 0.08 * 39 / 365), 2e3 * (1 - 0.08 * 42 / 365)]
    interest = [1e6 * 0.08 / 365 * (0.1 * 71 + 0.4 * 79), -1e6 * 0.08 / 365 * (0.1 * 59 + 0.4 * 65)]
    due = {"operator": (plant, [79e3, -65e3]), "vendor": (plates, interest)}
    for perspective, (prices, losses) in due.items():
        model = tiny(tmp_path, {"perspective": perspective})
        spend, delay = sum(map(round, prices)), sum(map(round, losses))
        seen = objective(
            plan, value=spend + delay, spend=spend, delay=delay, exact=sum(prices) + sum(losses),
            bound=None, gap=None, gap_money=None, gap_su_days=None,
        )  # fmt: skip
        seen = seen.model_copy(update={"perspective": perspective, "input_sha256": model.text_sha256})
        assert verify(seen, model).violations == ()


def test_a_site_without_a_plan_is_not_verified(tmp_path: Path) -> None:
    model = tiny(tmp_path)
    empty = {"status": "infeasible", "units": (), "sus": (), "tests": (), "running": (), "reasons": ("too late",)}
    found = verify(planned_by_hand(model).model_copy(update=empty), model)
    assert [(item.rule, item.place) for item in found.violations] == [("no-plan", "site")]


@pytest.mark.parametrize(
    ("lost", "rows"),
    [
        ("to_room", {"room_air@hall", "heat_rejection@water", "generator@site", "utility@site"}),
        ("to_liquid", {"cdu@hall", "heat_rejection@water", "generator@site", "utility@site"}),
        ("to_loop", {"heat_rejection@water", "generator@site", "utility@site"}),
        ("electrical", {"ups@hall", "generator@site", "utility@site"}),
    ],
)
def test_heat_and_power_that_get_lost_are_noticed(
    lost: str, rows: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny(tmp_path)
    plan = planned_by_hand(model)
    for module in (electrical, heat, plant, racks):
        if hasattr(module, lost):
            monkeypatch.setattr(module, lost, lambda *given, **named: {})
    open_volumes = {item.place for item in verify(plan, model).violations if item.rule == "energy-balance"}
    assert open_volumes == rows


PART_LOAD = {
    "specs.ups-300.efficiency": None,
    "specs.ups-300.efficiencies": [
        {"load": "25 %", "efficiency": "94 %"}, {"load": "50 %", "efficiency": "96 %"},
        {"load": "100 %", "efficiency": "95 %"},
    ],
    "specs.ups-300.recharge": "2 %",
}  # fmt: skip


def test_losses_by_load_close_and_are_never_below_the_curve(tmp_path: Path) -> None:
    model = tiny(tmp_path, PART_LOAD)
    broken = {item.rule for item in verify(planned_by_hand(model), model).violations}
    assert not broken & {"energy-balance", "losses"}


@pytest.mark.parametrize("fault", ["fixed", "slope"])
def test_a_charge_below_the_curve_is_noticed(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever drops a part of the charge in both statements of it is still caught by the curve."""
    model = tiny(tmp_path, PART_LOAD)
    if fault == "slope":
        monkeypatch.setattr(energy, "ups_slope", lambda model, place: 0.0)
    else:
        monkeypatch.setattr(energy, "ups_idle", lambda spec: 0.0)
    found = verify(planned_by_hand(model), model)
    assert {item.place for item in found.violations if item.rule == "losses"} == {"ups@hall"}


def test_a_violation_says_what_to_do(tmp_path: Path) -> None:
    model = tiny(tmp_path)
    found = verify(without(planned_by_hand(model), GENSET), model)
    short = next(item for item in found.violations if (item.rule, item.place) == ("capacity", "generator@site"))
    # 200 kW of offices, 400 kW of racks and three CDUs behind the UPS, fans, coolers; pumps. Of the 3 kW of a CDU,
    # 0.1 kW is drawn standing and not behind the UPS
    bus = 200 + (400 + 8.7) / 0.95 + 15 + 20 + 0.3 + 0.02 * (400 + 8.7 + 15 + 0.3)
    assert (short.required, short.found, short.unit) == (pytest.approx(bus), 500.0, "kW")
    assert short.message == (
        "generator power at site on 2027-03-16: 674.0 kW are drawn, 500.0 left with 1 x gensets@site out (N+1): "
        "energise later, or have more units commissioned and running"
    )


MESSAGES: dict[str, tuple[Damage, str, str]] = {
    "gap in money": (
        lambda p: objective(p, bound=None, gap=None, gap_su_days=None),
        "objective-gap",
        "gap in money: 51772.4 is stated; objective 517,724.00 and bound unknown make None",
    ),
    "gap in SU-days": (
        lambda p: objective(p, bound=None, gap=None, gap_money=None),
        "objective-gap",
        "gap in SU-days: 46.65907654320988 is stated; objective 517,724.00 and bound unknown make None",
    ),
    "reasons": (
        lambda p: p.model_copy(update={"reasons": ("one", "two")}),
        "reasons",
        "the plan has a schedule, and reasons why there is none: one; two",
    ),
    "clash": (
        lambda p: unit(p, "cdu@hall#2", members=(2, 3)),
        "crew-clash",
        "crew mechanical: member 2 is on cdu@hall#1 and on cdu@hall#2 on 2027-02-22",
    ),
    "running": (
        lambda p: running(p, "03-04", units={"genset@site": 1}),
        "running",
        "genset@site: 1 units run from 2027-03-04, 0 are commissioned and tested by then",
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_violations_say_what_was_stated_and_what_is_due(name: str, tmp_path: Path) -> None:
    damage, rule, message = MESSAGES[name]
    model = tiny(tmp_path)
    found = [item for item in verify(damage(planned_by_hand(model)), model).violations if item.rule == rule]
    assert message in [item.message for item in found]
    amounts = {"crew-clash": (1.0, 2.0, "tasks"), "running": (0.0, 1.0, "units")}
    if rule in amounts:
        assert (found[0].required, found[0].found, found[0].unit) == amounts[rule]


def test_an_assumption_that_is_not_named_is_told(tmp_path: Path) -> None:
    guess = {"value": "1000 lb", "range": ["900 lb", "1100 lb"], "confidence": "assumption", "note": "guess"}
    model = tiny(tmp_path, {"halls.hall.floor.point": guess})
    plan = planned_by_hand(model)
    found = verify(plan, model)
    line = "halls.hall.floor.point: 1000 lb"
    assert [item.message for item in found.violations] == [
        f"the plan rests on {line}, an assumption that it does not name"
    ]
    assert verify(plan.model_copy(update={"assumed": (line,)}), model).ok
    twice = verify(plan.model_copy(update={"assumed": (line, line)}), model).violations
    assert [item.message for item in twice] == [f"the plan names an assumption 2 times: {line}"]


# ---------------------------------------------------------------- the verifier itself


def test_every_rule_has_a_damage_that_breaks_it(tmp_path: Path) -> None:
    model = tiny(tmp_path)
    tried = set(verify(planned_by_hand(model), model).checked)
    broken = {rule for table in (DAMAGES, SITES) for _, expected, _ in table.values() for rule, _, _ in expected}
    # these have tests of their own
    assert tried - broken == {"energy-balance", "flow-balance", "losses", "no-plan"}


def test_the_verifier_shares_nothing_with_the_optimizer() -> None:
    shared = {
        "answer",
        "catalog",
        "circuits",
        "errors",
        "guards",
        "past",
        "physics",
        "ratings",
        "setpoints",
        "site",
        "units",
        "verifier",
    }
    for path in Path(verdict.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        own = {name.split(".")[1] for name in names if name.startswith("dcplan.")}
        assert "dcplan" not in names, path
        assert own <= shared, path


HUGE = 1.7e308
ABSURD: list[Damage] = [
    lambda p: unit(unit(p, GENSET, cost=HUGE), CDU, cost=HUGE),
    lambda p: unit(p, GENSET, cost=-HUGE, **dates(order="12-31")),
    lambda p: objective(p, step=HUGE, rounding=HUGE, value=-HUGE, exact=HUGE, bound=-HUGE, gap=HUGE),
    lambda p: p.model_copy(update={"purchases": -HUGE, "units": p.units * 30, "sus": p.sus * 30}),
    lambda p: floor(p, "alpha#1", positions=10_000_000, members=(0,) * 1000),
    lambda p: floor(p, "alpha#1", upgrade="", spec="", crew="", order=date(2299, 12, 31), start=date(2000, 1, 1)),
    lambda p: su(p, "alpha#1", deployment="", hall="", id="", members=(), energise=date(9999, 12, 31)),
    lambda p: su(p, "alpha#2", deployment="", hall="water", id="", fill_start=date(2000, 1, 1)),
    lambda p: running(p, "03-04", units={"": 10_000_000, "cdu@hall": 10_000_000, "site": 0}),
    lambda p: p.model_copy(update={"units": (), "tests": p.tests * 9, "running": ()}),
    lambda p: p.model_copy(update={"sus": p.sus[:1], "units": ()}),
]


@pytest.mark.parametrize("number", range(len(ABSURD)))
def test_the_most_absurd_plan_gets_a_verdict(number: int, tmp_path: Path) -> None:
    model = tiny(tmp_path)
    found = verify(ABSURD[number](planned_by_hand(model)), model)
    assert not found.ok
    assert Verdict.model_validate_json(found.model_dump_json()) == found
