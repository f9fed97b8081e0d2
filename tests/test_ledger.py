"""Payments worked by hand: long stops, net days and habits, what moves with the site and what does not."""

import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcplan.answer import Cash, Payments
from dcplan.formulate.build import formulate
from dcplan.ledger import MilestoneDay, World, milestone_day, milestone_days, payments
from dcplan.loading import load
from dcplan.problem import Problem
from dcplan.procure import CHAIN_MARGIN_DAYS
from dcplan.risk import Replay
from dcplan.site import READINESS_EVENTS, Event, Milestone, SiteModel
from dcplan.solver.schedule import Run, Schedule

SITE = """\
dcplan: 1
name: A hall with room for everyone
start: 2027-01-01
end: 2028-01-01
currency: EUR
perspective: PERSPECTIVE
financing_rate: 8 %/year
place: {altitude: 0 m, design_dry_bulb: 25 degC, recirculation_rise: 1 K}
calendar: {working_days: [mon, tue, wed, thu, fri, sat, sun]}
crews: {racks: {size: 9}}
redundancy: {}
mechanical_power_factor: 90 %
halls: {h: {positions: 20, integrated_test: 1 workday}}
su_chain:
  set_and_connect: {crew: racks, duration: 4 workday}
  burn_in: 5 day
  acceptance: 1 workday
deployments:
  alpha:
    customer: Alpha
    su: [{spec: rack, count: 1}]
    deliveries: [{day: 2027-02-10, count: 2}]
    halls: [h]
    ordered: 2026-12-22
    price: 10 MEUR
    terms:
      - {event: order, share: 10 %, net: 30 day}
      - {event: delivery, share: 50 %, net: 30 day, habit: 12 hour}
      - {event: energise, share: 10 %, net: 10 day}
      - {event: acceptance, share: 30 %, net: 30 day, habit: 1 week, long_stop: 100 day}
  beta:
    customer: Beta
    su: [{spec: rack, count: 1}]
    deliveries: [{day: 2027-03-02, count: 1}]
    halls: [h]
    ordered: 2027-01-01
    price: 20 MEUR
    terms:
      - {event: delivery, share: 80 %, net: 0 day}
      - {event: acceptance, share: 20 %, net: 0 day}
  gamma:
    customer: Gamma
    su: [{spec: rack, count: 1}]
    deliveries: [{day: 2026-12-30, count: 1}]
    halls: [h]
    ordered: 2026-12-01
    price: 1 MEUR
    terms:
      - {event: delivery, share: 100 %, net: 30 day}
specs:
  rack:
    {family: rack, maker: M, model: R, role: compute, heat: 10 kW, power_factor: 95 %, liquid_share: 0 %, mass: 500 kg}
"""
NAMES = ("alpha#1", "alpha#2", "beta#1", "gamma#1")
ARRIVALS = (40, 40, 60, -2)
PLANNED = (60, 120, 64, 10)
"""Energised; accepted six days later. At a ready site: 44, 44, 64, 4."""


def site(tmp_path: Path, perspective: str = "operator") -> SiteModel:
    path = tmp_path / "site.yaml"
    path.write_text(SITE.replace("PERSPECTIVE", perspective))
    return load(path)


def world(*energised: int | None) -> Replay:
    return Replay(energised, tuple(None if day is None else day + 6 for day in energised))


def schedule(problem: Problem) -> Schedule:
    classes = {name: [i for i, su in enumerate(problem.classes) if su.deployment == name[:-2]] for name in NAMES}
    runs = tuple(
        Run(su=classes[name][0], mode=0, arrival=arrival, reinforce=None, set_start=arrival, set_end=arrival + 4,
            fill_end=arrival + 4, energised=day, accepted=day + 6)
        for name, arrival, day in zip(NAMES, ARRIVALS, PLANNED, strict=True)
    )  # fmt: skip
    return Schedule(runs=runs, installs=(), objective=0, cost=0)


def paid(model: SiteModel, best: Replay, worst: Replay) -> Payments:
    problem = formulate(model)
    return payments(model, problem, schedule(problem), NAMES, World(problem, best), World(problem, worst))


def row(found: Payments, su: str, event: Event) -> Cash:
    return next(item for item in found.milestones if (item.su, item.event) == (su, event))


def day(number: int) -> date:
    return date(2027, 1, 1) + timedelta(days=number)


def days(item: Cash) -> tuple[int, ...]:
    return tuple((when - day(0)).days for when in (item.ready, item.planned, item.best, item.worst))


# one milestone

EVENTS: dict[Event, int] = {"order": -10, "delivery": 100, "energise": 140, "acceptance": 150}


@pytest.mark.parametrize(
    ("term", "met", "cash", "stopped"),
    [
        ({"event": "order", "net": "30 day"}, -10, 20, False),
        ({"event": "delivery", "net": "2 week", "habit": "5 day"}, 100, 119, False),
        ({"event": "energise", "net": "0 day"}, 140, 140, False),
        ({"event": "acceptance", "net": "45 day", "habit": "7 day", "long_stop": "90 day"}, 150, 202, False),
        ({"event": "acceptance", "net": "45 day", "habit": "7 day", "long_stop": "50 day"}, 150, 202, False),
        ({"event": "acceptance", "net": "45 day", "habit": "7 day", "long_stop": "49 day"}, 149, 201, True),
        ({"event": "acceptance", "net": "45 day", "long_stop": "0 day"}, 100, 145, True),
        ({"event": "energise", "net": "1 day", "long_stop": "30 hour"}, 102, 103, True),
        ({"event": "energise", "net": "36 hour"}, 140, 142, False),
        ({"event": "energise", "net": "36 hour", "habit": "12 hour"}, 140, 142, False),  # summed, then rounded up
        ({"event": "energise", "net": "36 hour", "habit": "13 hour"}, 140, 143, False),
        ({"event": "delivery", "net": "0 day", "long_stop": "0 day"}, 100, 100, False),
    ],
)
def test_a_milestone(term: dict[str, Any], met: int, cash: int, stopped: bool) -> None:
    assert milestone_day(Milestone(share="30 %", **term), EVENTS) == MilestoneDay(met, cash, stopped)


def test_milestones_keep_the_order_of_the_terms(tmp_path: Path) -> None:
    found = milestone_days(site(tmp_path).site.deployments["alpha"], EVENTS)
    assert found == (
        MilestoneDay(-10, 20, False),
        MilestoneDay(100, 131, False),
        MilestoneDay(140, 150, False),
        MilestoneDay(150, 187, False),
    )


# a whole ledger


def test_order_and_delivery_do_not_move(tmp_path: Path) -> None:
    found = paid(site(tmp_path), world(50, 90, 64, 8), world(70, None, 100, 200))
    assert days(row(found, "alpha#1", "order")) == days(row(found, "alpha#2", "order")) == (20,) * 4
    assert days(row(found, "alpha#2", "delivery")) == (71,) * 4
    assert row(found, "alpha#2", "delivery").delay_days == 0
    assert not row(found, "alpha#2", "delivery").readiness


def test_what_waits_for_the_site_moves_with_it(tmp_path: Path) -> None:
    found = paid(site(tmp_path), world(50, 90, 64, 8), world(70, 130, 100, 200))
    assert days(row(found, "alpha#1", "energise")) == (54, 70, 60, 80)
    assert days(row(found, "alpha#1", "acceptance")) == (87, 103, 93, 113)
    assert row(found, "alpha#1", "acceptance").delay_days == 16
    assert days(row(found, "beta#1", "acceptance")) == (70, 70, 70, 106)
    assert found.worst_unserved == 0


def test_the_long_stop_caps_delay(tmp_path: Path) -> None:
    # delivered on 40, so deemed accepted on 140 at the latest; the second SU is accepted on 126, at the worst on 156
    found = row(paid(site(tmp_path), world(50, 90, 64, 8), world(70, 150, 100, 200)), "alpha#2", "acceptance")
    assert days(found) == (87, 163, 133, 177)
    assert not found.long_stop


def test_a_planned_long_stop_is_marked(tmp_path: Path) -> None:
    model = site(tmp_path)
    problem = formulate(model)
    plan = schedule(problem)
    late = tuple(Run(**{**vars(run), "energised": 200, "accepted": 206}) for run in plan.runs)
    best, worst = World(problem, world(50, 90, 64, 8)), World(problem, world(300, 300, 300, 300))
    found = payments(model, problem, Schedule((), late, 0, 0), NAMES, best, worst)
    assert [item.long_stop for item in found.milestones if item.su == "alpha#1"] == [False, False, False, True]
    assert days(row(found, "alpha#1", "acceptance")) == (87, 177, 93, 177)


def test_an_su_never_served_takes_its_long_stop_else_the_last_day(tmp_path: Path) -> None:
    found = paid(site(tmp_path), world(50, 90, 64, 8), world(70, None, None, None))
    last = 365 + CHAIN_MARGIN_DAYS
    assert days(row(found, "alpha#2", "acceptance"))[3] == 177
    assert days(row(found, "alpha#2", "energise"))[3] == last + 10
    assert days(row(found, "beta#1", "acceptance"))[3] == last
    assert found.worst_unserved == 3


def test_racks_that_came_before_the_plan_are_paid_from_their_real_day(tmp_path: Path) -> None:
    assert days(row(paid(site(tmp_path), world(1, 1, 1, 1), world(9, 9, 9, 9)), "gamma#1", "delivery")) == (28,) * 4


def test_amounts_are_shares_of_the_price(tmp_path: Path) -> None:
    found = paid(site(tmp_path), world(50, 90, 64, 8), world(70, 130, 100, 200))
    assert math.fsum(item.amount for item in found.milestones) == pytest.approx(41e6)
    assert row(found, "alpha#1", "acceptance").amount == pytest.approx(3e6)
    assert row(found, "alpha#1", "acceptance").share == pytest.approx(0.3)


def test_windows_weigh_by_value(tmp_path: Path) -> None:
    found = paid(site(tmp_path), world(50, 90, 64, 8), world(70, 130, 100, 200))
    # gamma has nothing that waits for the site, so no window
    assert [item.scope for item in found.windows] == ["all", "alpha", "beta"]
    everyone, alpha, beta = found.windows
    assert (everyone.amount, alpha.amount, beta.amount) == pytest.approx((12e6, 8e6, 4e6))
    # alpha: energise 1 M each on 70 and 130, acceptance 3 M each on 103 and 163; ready on 54 and 87
    assert alpha.delay_days == pytest.approx((1 * 16 + 1 * 76 + 3 * 16 + 3 * 76) / 8)
    assert alpha.ready == day(math.ceil((54 + 3 * 87) / 4))
    assert alpha.planned == day(math.ceil((70 + 130 + 3 * 103 + 3 * 163) / 8))
    assert (beta.ready, beta.planned, beta.worst) == (day(70), day(70), day(106))
    assert everyone.delay_days == pytest.approx((8 * 46 + 4 * 0) / 12)
    assert everyone.worst_delay_days == pytest.approx((8 * alpha.worst_delay_days + 4 * 36) / 12)


def test_classes_by_delivery_give_the_same_ledger(tmp_path: Path) -> None:
    # a vendor's SUs are classed by delivery where a long stop depends on it
    worlds = world(50, 90, 64, 8), world(70, 130, 100, 200)
    assert paid(site(tmp_path, "vendor"), *worlds) == paid(site(tmp_path, "operator"), *worlds)


def test_no_milestone_that_waits_for_the_site_gives_no_window(tmp_path: Path) -> None:
    model = site(tmp_path)
    gamma = model.site.model_copy(update={"deployments": {"gamma": model.site.deployments["gamma"]}})
    only = SiteModel.model_construct(
        site=gamma, specs=model.specs, file="f", warnings=(), text_sha256=model.text_sha256
    )  # fmt: skip
    problem = formulate(only)
    run = Run(su=0, mode=0, arrival=-2, reinforce=None, set_start=0, set_end=4, fill_end=4, energised=4, accepted=10)
    found = payments(
        only, problem, Schedule((), (run,), 0, 0), ["gamma#1"], World(problem, world(4)), World(problem, world(4))
    )
    assert found.windows == ()
    assert len(found.milestones) == 1


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_dates_are_ordered_as_their_worlds(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    model = site(tmp_path_factory.mktemp("site"))
    best = world(*(data.draw(st.integers(0, planned)) for planned in PLANNED))
    last = 365 + CHAIN_MARGIN_DAYS - 6
    worst = world(*(data.draw(st.none() | st.integers(planned, last)) for planned in PLANNED))
    found = paid(model, best, worst)
    for item in (*found.milestones, *found.windows):
        assert item.best <= item.planned <= item.worst
        assert item.ready <= item.planned
    for item in found.windows:
        assert item.best_delay_days <= item.delay_days <= item.worst_delay_days
        assert item.delay_days >= 0
    for cash in found.milestones:
        assert cash.readiness == (cash.event in READINESS_EVENTS)
        assert cash.delay_days == (cash.planned - cash.ready).days
