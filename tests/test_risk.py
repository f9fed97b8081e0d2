"""Replays of a plan: the planned dates come back exactly, and longer durations never make a date earlier."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plans import DAYS, EVERY_DAY, GENSET, Span, changed, dated_plans, plans, tied

from dcplan.errors import InternalError
from dcplan.formulate.build import formulate
from dcplan.loading import load
from dcplan.problem import (
    FINE,
    Delay,
    HallTest,
    Mode,
    Plant,
    Problem,
    Row,
    SuClass,
    Task,
)
from dcplan.procure import Pace
from dcplan.risk import Replay, policy, replay
from dcplan.site import SiteModel
from dcplan.solver.capacity import Capacity
from dcplan.solver.decode import Choice, SuChoice, UnitChoice, build
from dcplan.solver.members import bookings, crew_members
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Install, Run, Schedule
from dcplan.solver.search import optimise

SITE = """\
dcplan: 1
name: Two small halls
start: 2027-01-04
end: 2028-06-30
currency: USD
perspective: joint
financing_rate: 8 %/year
place:
  altitude: 100 m
  design_dry_bulb: 25 degC
  recirculation_rise: 1 K
crews:
  plant: {size: 2}
  racks: {size: 2}
redundancy:
  generator: {scheme: N, unit: unit, group: site}
  cdu: {scheme: N+1, unit: unit, group: hall}
mechanical_power_factor: 90 %
loops:
  water: {supply: 30 degC, back: 40 degC}
halls:
  east:
    positions: 8
    gallery_slots: 6
    floor: {point: 1000 lb, racks_share_tiles: true}
    liquid: {fluid: water, supply: 40 degC, loop: water}
    integrated_test: {value: 3 workday, range: [2 workday, 6 workday]}
  west:
    positions: 8
    gallery_slots: 6
    floor: {point: 9000 lb}
    liquid: {fluid: water, supply: 40 degC, loop: water}
    integrated_test: 4 workday
permits:
  air: {duration: {value: 40 day, range: [20 day, 75 day]}, gates: PERMIT_GATES}
upgrades:
  genset:
    spec: genset
    at: [site]
    at_most: 4
    crew: plant
    engineering: {value: 5 workday, range: [2 workday, 15 workday]}
    permit: air
  cdu:
    spec: cdu
    at: [east, west]
    at_most: 3
    crew: plant
    crew_need: 2
    gallery_slots: 1
  tiles: {spec: tiles, at: [east], at_most: 8, crew: racks}
su_chain:
  set_and_connect: {crew: racks, duration: {value: 3 workday, range: [2 workday, 5 workday]}}
  fill_and_leak_test: {value: 2 workday, range: [1 workday, 4 workday]}
  burn_in: {value: 5 day, range: [3 day, 8 day]}
  acceptance: {value: 3 workday, range: [2 workday, 6 workday]}
deployments:
  alpha:
    customer: Alpha
    su: [{spec: rack, count: 2}]
    deliveries:
      - {day: 2027-03-01, count: 1}
      - {day: 2027-04-05, count: 1}
    halls: [east, west]
    ordered: 2026-12-01
    price: 8 MUSD
    lost_margin: MARGIN USD/day
    terms:
      - {event: delivery, share: 60 %, net: 30 day}
      - {event: acceptance, share: 40 %, net: 30 day, long_stop: 120 day}
  beta:
    customer: Beta
    su: [{spec: rack, count: 1}]
    deliveries: [{day: 2027-02-01, count: 2}]
    halls: [west]
    ordered: 2026-12-01
    price: 4 MUSD
    lost_margin: MARGIN USD/day
    terms:
      - {event: order, share: 30 %, net: 30 day}
      - {event: energise, share: 70 %, net: 30 day}
specs:
  rack:
    family: rack
    maker: M
    model: R
    role: compute
    heat: 100 kW
    power_factor: 95 %
    liquid_share: 90 %
    liquid: {return_limit: 52 degC, supply_max: 45 degC}
    mass: 2500 lb
  genset:
    family: generator
    maker: M
    model: G
    power: 250 kW
    rating_class: DCC
    power_factor: 80 %
    procurement:
      lead_time: {value: 12 week, range: [8 week, 20 week]}
      cost: 400000 USD
      install: {value: 6 workday, range: [4 workday, 9 workday]}
      commission: {value: 2 workday, range: [1 workday, 5 workday]}
  cdu:
    family: cdu
    maker: M
    model: C
    capacity: 300 kW
    approach: 5 K
    flow: 600 L/min
    power: 5 kW
    fluid_share: 80 %
    standing_power: 1 kW
    procurement:
      lead_time: {value: 10 week, range: [6 week, 22 week]}
      cost: 150000 USD
      install: {value: 4 workday, range: [3 workday, 8 workday]}
      commission: {value: 1 workday, range: [1 workday, 3 workday]}
  tiles:
    family: floor_reinforcement
    maker: M
    model: T
    acts_on: pedestals_and_tiles
    point: 4000 lb
    procurement:
      lead_time: {value: 3 week, range: [1 week, 9 week]}
      cost: 2000 USD
      install: {value: 1 workday, range: [1 workday, 2 workday]}
"""


def site(tmp_path: Path, gates: str = "install", margin: int = 20000) -> SiteModel:
    path = tmp_path / "site.yaml"
    path.write_text(SITE.replace("PERMIT_GATES", gates).replace("MARGIN", str(margin)))
    return load(path)


def dates(schedule: Schedule) -> Replay:
    return Replay(tuple(run.energised for run in schedule.runs), tuple(run.accepted for run in schedule.runs))


def not_later(left: Replay, right: Replay) -> bool:
    """Whether no date of the left is after that of the right; None is after every day."""
    pairs = zip((*left.energised, *left.accepted), (*right.energised, *right.accepted), strict=True)
    return all(b is None or (a is not None and a <= b) for a, b in pairs)


# hand-worked


def one_hall(count: int = 1, **changes: object) -> Problem:
    """One genset of 10 per SU of 10, two in each crew, every day worked: energised on day 34 at the earliest."""
    su = SuClass(
        id="a", deployment="a", arrivals=(10,) * count, ready=(13,) * count, connect=Task(1, 1, 3, 0), fill_days=0,
        liquid=False, burn_in_days=5, acceptance_days=2, delays=(Delay(FINE, "acceptance", None),), deadline=DAYS,
        modes=(Mode(0, None, ((0, 10),), ()),),
    )  # fmt: skip
    problem = Problem(
        days=DAYS, workdays=EVERY_DAY, money_step=1.0, crews=(("plant", 2), ("racks", 2)),
        rows=(Row("generator@site", "kW", 1.0, 0, 0, None),), plants=(GENSET,), halls=(HallTest("h", 3, ()),),
        classes=(su,),
    )  # fmt: skip
    return replace(problem, **changes)  # type: ignore[arg-type]


def with_purchase(problem: Problem, **changes: object) -> Problem:
    plant = problem.plants[0]
    assert plant.purchase is not None
    changed = replace(plant, purchase=replace(plant.purchase, **changes))  # type: ignore[arg-type]
    return replace(problem, plants=(changed, *problem.plants[1:]))


def built(problem: Problem, units: int = 1, **changes: int) -> Schedule:
    sus = tuple(SuChoice(0, 0, 100 + i, i, **changes) for i in range(len(problem.classes[0].arrivals)))
    schedule = build(problem, Capacity(problem), Choice(tuple(UnitChoice(0, i) for i in range(units)), sus))
    assert schedule is not None
    return schedule


def test_a_genset_gates_one_su() -> None:
    problem = one_hall()
    schedule = built(problem)
    # order on 5, there on 25, 4 days of install, 2 of commissioning, 3 of test
    assert dates(schedule) == Replay((34,), (41,)) == replay(problem, schedule, problem)


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({"lead_days": 30}, 44),
        ({"lead_days": 10}, 34),  # the permit, or earliest delivery, of day 25 still holds
        ({"lead_days": 10, "install": Task(0, 1, 4, 0)}, 24),
        ({"order_release": 8}, 37),  # ordered as soon as this world allows
        ({"order_release": 2, "install": Task(0, 1, 4, 0)}, 34),  # the order keeps its planned day
        ({"install": Task(0, 1, 6, 25)}, 36),
        ({"commission_days": 9}, 41),
        ({"startup_release": 50}, 55),
    ],
)
def test_one_duration_moves_energisation(changes: dict[str, object], day: int) -> None:
    problem = one_hall()
    assert replay(problem, built(problem), with_purchase(problem, **changes)) == Replay((day,), (day + 7,))


def test_burn_in_and_acceptance_move_acceptance_only() -> None:
    problem = one_hall()
    longer = replace(problem, classes=(replace(problem.classes[0], burn_in_days=8, acceptance_days=4),))
    assert replay(problem, built(problem), longer) == Replay((34,), (46,))


def test_members_work_through_their_planned_sequence() -> None:
    # two members, four installs of 4 days: the second pair waits for the first
    problem = with_purchase(one_hall(4), cost=0)
    schedule = built(problem, 4)
    members = crew_members(problem, schedule).installs
    assert sorted(members) == [(0,), (0,), (1,), (1,)]
    assert dates(schedule).energised == (34, 34, 38, 38) == replay(problem, schedule, problem).energised
    slower = with_purchase(problem, install=Task(0, 1, 7, 25))
    assert replay(problem, schedule, slower).energised == (37, 37, 44, 44)


def test_an_su_never_overtakes_onto_capacity_promised_to_another() -> None:
    # capacity for one on day 0, for two later; the first SU is late in the other world, the second does not profit
    plant = replace(GENSET, existing=1)
    slow = SuClass(
        id="b", deployment="b", arrivals=(10,), ready=(13,), connect=Task(1, 1, 3, 0), fill_days=0, liquid=False,
        burn_in_days=5, acceptance_days=2, delays=(), deadline=DAYS, modes=(Mode(0, None, ((0, 10),), ()),),
    )  # fmt: skip
    problem = one_hall(plants=(plant,), classes=(replace(slow, id="a", deployment="a"), slow))
    choice = Choice((UnitChoice(0, 0),), (SuChoice(0, 0, 1, 0), SuChoice(1, 0, 2, 1)))
    schedule = build(problem, Capacity(problem), choice)
    assert schedule is not None
    assert dates(schedule).energised == (13, 34)
    late = replace(problem, classes=(replace(problem.classes[0], connect=Task(1, 1, 60, 0)), slow))
    assert replay(problem, schedule, late).energised == (70, 34)


def test_an_su_waits_only_for_plant_on_its_own_path() -> None:
    # each hall has a cooler of its own; a cooler that comes late to one hall does not hold up the other
    def cooler(hall: int) -> Plant:
        return replace(GENSET, id=f"cooler@{hall}", hall=hall, place=str(hall), supply=((hall, 10),))

    def su(hall: int) -> SuClass:
        return replace(one_hall().classes[0], id=str(hall), modes=(Mode(hall, None, ((hall, 10),), ()),))

    rows = tuple(Row(f"cooling@{hall}", "kW", 1.0, 0, 0, None) for hall in (0, 1))
    halls = (HallTest("0", 3, ()), HallTest("1", 3, ()))
    problem = one_hall(rows=rows, plants=(cooler(0), cooler(1)), halls=halls, classes=(su(0), su(1)))
    choice = Choice((UnitChoice(0, 0), UnitChoice(1, 1)), (SuChoice(0, 0, 2, 0), SuChoice(1, 0, 3, 1)))
    schedule = build(problem, Capacity(problem), choice)
    assert schedule is not None
    assert replay(problem, schedule, problem).energised == (34, 34)
    assert replay(problem, schedule, with_purchase(problem, lead_days=90)).energised == (104, 34)


def test_an_su_set_later_than_it_could_be_is_held_to_its_day() -> None:
    problem = one_hall(plants=(replace(GENSET, existing=1),))
    schedule = built(problem, 0, set_not_before=40)
    assert dates(schedule).energised == (43,) == replay(problem, schedule, problem).energised
    assert policy(problem, schedule).set_hold == (40,)
    quicker = replace(problem, classes=(replace(problem.classes[0], connect=Task(1, 1, 2, 0)),))
    assert replay(problem, schedule, quicker).energised == (42,)


def test_an_su_set_early_and_gated_by_plant_is_not_held() -> None:
    problem = one_hall()
    schedule = built(problem, 1, set_not_before=30)
    fixed = policy(problem, schedule)
    assert fixed.set_hold == fixed.energise_hold == (0,)


def test_a_unit_stays_unconnected_while_its_standing_draw_would_hurt() -> None:
    # the second cooler draws 1 standing; until the genset counts, the first cooler and the utility carry the SU
    genset = replace(GENSET, id="utility@site", existing=1)
    cooler = replace(
        GENSET, id="cooler@h", existing=1, supply=((1, 10),), standing=((0, 1),),
        purchase=replace(with_purchase(one_hall()).plants[0].purchase, lead_days=0),  # type: ignore[type-var]
    )  # fmt: skip
    rows = (Row("generator@site", "kW", 1.0, 0, 0, None), Row("cooling@h", "kW", 1.0, 0, 0, None))
    su = replace(one_hall().classes[0], arrivals=(10, 10), modes=(Mode(0, None, ((0, 9), (1, 10)), ()),))
    problem = one_hall(rows=rows, plants=(genset, cooler), classes=(su,))
    choice = Choice((UnitChoice(0, 0), UnitChoice(1, 1)), (SuChoice(0, 0, 2, 0), SuChoice(0, 0, 3, 1)))
    schedule = build(problem, Capacity(problem), choice)
    assert schedule is not None
    assert dates(schedule).energised == (13, 34)
    assert replay(problem, schedule, problem).energised == (13, 34)
    soon = replace(cooler, purchase=replace(cooler.purchase, install=Task(0, 1, 1, 0)))  # type: ignore[type-var]
    assert replay(problem, schedule, replace(problem, plants=(genset, soon))).energised == (13, 34)


def test_what_is_not_accepted_within_the_table_is_never_served() -> None:
    problem = one_hall()
    never = with_purchase(problem, lead_days=10_000)
    assert replay(problem, built(problem), never) == Replay((None,), (None,))


def test_a_plan_of_another_site_is_refused() -> None:
    problem = one_hall()
    with pytest.raises(InternalError, match="own site"):
        replay(problem, built(problem), replace(problem, plants=(GENSET, GENSET)))


def test_more_work_than_members_is_refused() -> None:
    problem = one_hall(crews=(("plant", 1), ("racks", 1)))
    installs = (Install(0, 30, 36, 39), Install(0, 33, 39, 42))
    run = Run(
        su=0, mode=0, arrival=10, reinforce=None, set_start=10, set_end=13, fill_end=13, energised=39, accepted=46
    )
    with pytest.raises(InternalError, match="crew plant is overbooked on day 33"):
        crew_members(problem, Schedule(installs, (run,), 0, 0))


# any plan


@settings(max_examples=60, deadline=None)
@given(plans())
def test_planned_durations_give_the_planned_dates(plan: tuple[Problem, Schedule]) -> None:
    problem, schedule = plan
    assert replay(problem, schedule, problem) == dates(schedule)


@settings(max_examples=60, deadline=None)
@given(plans(), st.data())
def test_longer_durations_never_give_earlier_dates(plan: tuple[Problem, Schedule], data: st.DataObject) -> None:
    problem, schedule = plan
    longer = changed(problem, lambda old: old + data.draw(st.sampled_from([0, 0, 1, 5, 30])))
    shorter = changed(problem, lambda old: old - data.draw(st.integers(0, old)))
    longest = changed(longer, lambda old: old + data.draw(st.sampled_from([0, 0, 2, 11])))
    fixed = [replay(problem, schedule, world) for world in (shorter, problem, longer, longest)]
    assert all(not_later(better, worse) for better, worse in itertools.pairwise(fixed))


@settings(max_examples=60, deadline=None)
@given(dated_plans(), st.data())
def test_nor_do_they_where_installs_wait_for_windows_and_more_may_fail_from_a_day_on(
    plan: tuple[Problem, Schedule, list[Span]], data: st.DataObject
) -> None:
    problem, schedule, windows = plan
    assert replay(problem, schedule, problem) == dates(schedule)
    longer = changed(problem, lambda old: old + data.draw(st.sampled_from([0, 0, 1, 5, 30])))
    shorter = changed(problem, lambda old: old - data.draw(st.integers(0, old)))
    fixed = [replay(problem, schedule, tied(world, windows)) for world in (shorter, problem, longer)]
    assert all(not_later(better, worse) for better, worse in itertools.pairwise(fixed))


@settings(max_examples=60, deadline=None)
@given(plans())
def test_members_are_never_in_two_places(plan: tuple[Problem, Schedule]) -> None:
    problem, schedule = plan
    found = crew_members(problem, schedule)
    by_kind = (found.installs, found.reinforcements, found.sets)
    busy: set[tuple[int, int, int]] = set()
    for booking in bookings(problem, schedule):
        members = by_kind[booking.kind][booking.index]
        assert members is not None
        assert len(members) == booking.task.need
        end = problem.workdays.finish(booking.start, booking.task.days)
        days = {
            (booking.task.crew, member, day)
            for member in members
            for day in range(booking.start, end)
            if problem.workdays.is_open(day)
        }
        assert len(days) == booking.task.need * booking.task.days
        assert not busy & days
        busy |= days


@settings(max_examples=60, deadline=None)
@given(plans())
def test_leak_tests_of_a_schedule_find_their_loop(plan: tuple[Problem, Schedule]) -> None:
    problem, schedule = plan
    for run in schedule.runs:
        su = problem.classes[run.su]
        assert run.set_end <= run.fill_end <= run.energised
        if su.liquid:
            group = problem.halls[su.modes[run.mode].hall].loop_groups[0]
            there = [unit.commissioned for unit in schedule.installs if unit.plant in group]
            there += [0 if problem.plants[i].existing else min(problem.plants[i].arrivals, default=9999) for i in group]
            assert run.fill_end >= problem.workdays.finish(max(run.set_end, min(there)), su.fill_days)


# through the files and the search


@pytest.mark.parametrize("gates", ["order", "delivery", "install", "startup"])
@pytest.mark.parametrize("margin", [0, 20000])
def test_the_planned_pace_gives_the_planned_dates(tmp_path: Path, gates: str, margin: int) -> None:
    model = site(tmp_path, gates, margin)
    problem = formulate(model)
    schedule = optimise(problem, Limits(seconds=3, workers=1)).schedule
    assert schedule is not None
    assert schedule.installs
    assert replay(problem, schedule, problem) == dates(schedule)
    best, worst = (replay(problem, schedule, formulate(model, pace)) for pace in (Pace.OPTIMISTIC, Pace.PESSIMISTIC))
    assert not_later(best, dates(schedule))
    assert not_later(dates(schedule), worst)
    assert best != dates(schedule) != worst
