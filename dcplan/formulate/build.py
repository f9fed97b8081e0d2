"""From a site to the integer problem: the one crossing from SI floats to integers.

Rounding is against us: supply is rounded down, demand and draws are rounded up, each to the step of its row, so that
a plan that balances in integers balances in real units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dcplan.cases import Cases
from dcplan.catalog import RouteProtection
from dcplan.formulate.raw import RawMode, RawPlant, baseline_of, fixed_supply, raw_modes, raw_plants
from dcplan.formulate.scale import Grid, Money, money_of, row_steps, scaled_row
from dcplan.outages import tie_in_starts
from dcplan.problem import FINE, Delay, HallTest, Mode, Plant, Problem, Purchase, Reinforcement, SuClass, Task
from dcplan.procure import (
    Pace,
    commission_days,
    daily_losses,
    day_of,
    days_of,
    engineering_days,
    install_days,
    lead_days,
    paid,
    permit_day,
    reinforce_days,
    required_at,
    site_workdays,
    su_chain,
    tie_in_days,
)
from dcplan.ratings.racks import is_liquid
from dcplan.ratings.rows import pool_place, rejecting_loop
from dcplan.rental import hire_of
from dcplan.site import Deployment, Service, SiteModel, Upgrade, service_of
from dcplan.units import round_steps
from dcplan.workdays import Workdays

LIQUID_SERVICES: tuple[Service, ...] = ("cdu", "heat_rejection")


def formulate(model: SiteModel, pace: Pace = Pace.PLANNED) -> Problem:
    """The integer problem of a site.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    pace : Pace
        Which end of its range every duration takes.

    Returns
    -------
    Problem
        Rows, plant, SU classes, crews and calendar as integers.
    """
    site = model.site
    cases = Cases(model)
    plants = [raw.balanced(cases) for raw in raw_plants(model, worst=pace is Pace.PESSIMISTIC)]
    modes = {name: [raw.balanced(cases) for raw in raw_modes(model, name)] for name in sorted(site.deployments)}
    baseline = cases.loads(baseline_of(model))
    capacities = fixed_supply(model, plants)
    steps = row_steps(model, plants, modes, baseline, capacities)
    job = _Job(
        model=model,
        pace=pace,
        calendar=site_workdays(model),
        grid=Grid({name: index for index, name in enumerate(steps)}, tuple(steps.values())),
        money=money_of(model, plants, modes),
        halls=sorted(site.halls),
        crews=sorted(site.crews),
    )
    built = tuple(_plant(job, raw, plants) for raw in plants)
    return Problem(
        days=day_of(model, site.end),
        workdays=job.calendar,
        money_step=job.money.step,
        crews=tuple((name, site.crews[name].size) for name in job.crews),
        rows=tuple(scaled_row(cases, name, step, baseline, capacities) for name, step in steps.items()),
        plants=built,
        halls=tuple(_hall_test(job, name, built) for name in job.halls),
        classes=tuple(su for name in modes for su in _classes(job, name, modes[name], built)),
        exclusive=tuple(_exclusive(model, plants)),
    )


@dataclass(frozen=True)
class _Job:
    """What every part of one formulation needs."""

    model: SiteModel
    pace: Pace
    calendar: Workdays
    grid: Grid
    money: Money
    halls: list[str]
    crews: list[str]


def _purchase(job: _Job, upgrade: Upgrade, at_most: int, expedite: str | None = None) -> Purchase:
    spec = job.model.specs[upgrade.spec]
    gate = job.model.site.permits[upgrade.permit].gates if upgrade.permit else None
    permit = permit_day(job.model, upgrade, job.pace)
    lead = lead_days(upgrade, spec, job.pace, expedite)
    order = max(job.calendar.finish(0, engineering_days(upgrade, job.pace)), permit if gate == "order" else 0)
    delivery = max(order + lead, permit if gate in ("delivery", "install") else 0)
    cost = paid(job.model, upgrade, expedite)
    return Purchase(
        at_most=at_most,
        cost=round_steps(cost, job.money.step / FINE),
        carry=round_steps(cost * job.money.rate_per_day, job.money.step / FINE),
        lead_days=lead,
        order_release=order,
        install=Task(
            crew=job.crews.index(upgrade.crew),
            need=upgrade.crew_need,
            days=install_days(upgrade, spec, job.pace),
            release=delivery,
            starts=_starts(job, upgrade),
        ),
        commission_days=commission_days(upgrade, spec, job.pace),
        startup_release=permit if gate == "startup" else 0,
    )


def _starts(job: _Job, upgrade: Upgrade) -> tuple[int, ...] | None:
    """Days on which an install may start, where it ties into live plant."""
    if upgrade.tie_in is None:
        return None
    site, spec = job.model.site, job.model.specs[upgrade.spec]
    days, tied = install_days(upgrade, spec, job.pace), tie_in_days(upgrade, spec, job.pace)
    return tie_in_starts(site, site.outage_windows[upgrade.tie_in.window], job.calendar, days, tied)


def _after(model: SiteModel, raw: RawPlant, plants: Sequence[RawPlant]) -> tuple[tuple[int, ...], ...]:
    """For each required upgrade the plant types of which one unit goes before."""
    if raw.upgrade is None:
        return ()
    required = required_at(model, model.site.upgrades[raw.upgrade], raw.place)
    return tuple(
        tuple(index for index, plant in enumerate(plants) if plant.upgrade == name and plant.place in places)
        for name, places in sorted(required.items())
    )


def _exclusive(model: SiteModel, plants: Sequence[RawPlant]) -> Iterable[tuple[tuple[int, ...], tuple[int, ...]]]:
    """For each two upgrades that exclude each other, the plant types of both."""
    bought = {
        name: tuple(index for index, plant in enumerate(plants) if plant.upgrade == name)
        for name in model.site.upgrades
    }
    pairs = {
        tuple(sorted((name, other))) for name, upgrade in model.site.upgrades.items() for other in upgrade.excludes
    }
    for one, other in sorted(pairs):
        yield bought[one], bought[other]


def _plant(job: _Job, raw: RawPlant, plants: Sequence[RawPlant]) -> Plant:
    upgrade = None if raw.upgrade is None else job.model.site.upgrades[raw.upgrade]
    return Plant(
        id=raw.id,
        upgrade=raw.upgrade,
        spec=raw.spec_name,
        place=raw.place,
        hall=job.halls.index(raw.place) if raw.place in job.halls else None,
        existing=raw.existing,
        arrivals=raw.arrivals,
        supply=job.grid.down(raw.supply),
        running=job.grid.up(raw.running),
        standing=job.grid.up(raw.standing),
        takes=job.grid.up(raw.takes),
        purchase=None
        if upgrade is None
        else replace(
            _purchase(job, upgrade, raw.at_most, raw.expedite),
            after=_after(job.model, raw, plants),
            hire=hire_of(job.model, upgrade, job.money.step),
        ),
        train=raw.train,
        expedite=raw.expedite,
        tested=not isinstance(job.model.specs[raw.spec_name], RouteProtection),
    )


def _mode(job: _Job, raw: RawMode, plants: Sequence[Plant]) -> Mode:
    reinforcement = None
    if raw.upgrade is not None:
        upgrade = job.model.site.upgrades[raw.upgrade]
        bought = _purchase(job, upgrade, upgrade.at_most)
        days = reinforce_days(upgrade, job.model.specs[upgrade.spec], raw.positions, job.pace)
        cost = paid(job.model, upgrade) * raw.positions
        reinforcement = Reinforcement(
            upgrade=raw.upgrade,
            positions=raw.positions,
            cost=round_steps(cost, job.money.step / FINE),
            carry=round_steps(cost * job.money.rate_per_day, job.money.step / FINE),
            lead_days=bought.lead_days,
            order_release=bought.order_release,
            task=Task(bought.install.crew, bought.install.need, days, bought.install.release),
        )
    return Mode(
        hall=job.halls.index(raw.hall),
        reinforcement=reinforcement,
        demand=job.grid.up(raw.demand),
        takes=job.grid.up(raw.takes),
        route=tuple(index for index, plant in enumerate(plants) if plant.type_id in raw.route),
    )


def _classes(job: _Job, name: str, modes: list[RawMode], plants: Sequence[Plant]) -> Iterable[SuClass]:
    model, calendar = job.model, job.calendar
    deployment = model.site.deployments[name]
    chain = su_chain(model, deployment)
    liquid = is_liquid(model, name)
    connect = chain.set_and_connect
    fill = days_of(chain.fill_and_leak_test, job.pace) if liquid else 0
    task = Task(job.crews.index(connect.crew), connect.crew_need, max(1, days_of(connect.duration, job.pace)), 0)
    for days in _delivery_days(model, deployment):
        yield SuClass(
            id=f"{name}:{days[0]}",
            deployment=name,
            arrivals=days,
            ready=tuple(calendar.finish(calendar.finish(calendar.next_open(day), task.days), fill) for day in days),
            connect=task,
            fill_days=fill,
            liquid=liquid,
            burn_in_days=days_of(chain.burn_in, job.pace),
            acceptance_days=days_of(chain.acceptance, job.pace),
            delays=_delays(job, deployment, days[0]),
            deadline=min(day_of(model, model.site.end), day_of(model, deployment.deadline or model.site.end)),
            modes=tuple(_mode(job, raw, plants) for raw in modes),
        )


def _delivery_days(model: SiteModel, deployment: Deployment) -> list[tuple[int, ...]]:
    """Days on which SUs arrive, in classes: one class, or one per day where a long stop depends on the delivery."""
    days = sorted(day_of(model, delivery.day) for delivery in deployment.deliveries for _ in range(delivery.count))
    if model.site.perspective == "operator" or not any(term.long_stop for term in deployment.terms):
        return [tuple(days)]
    return [(day,) * days.count(day) for day in sorted(set(days))]


def _delays(job: _Job, deployment: Deployment, delivered: int) -> tuple[Delay, ...]:
    """What one SU loses per day, in 1/FINE money steps."""
    return tuple(
        Delay(round_steps(loss.rate, job.money.step / FINE), loss.until, loss.cap)
        for loss in daily_losses(job.model, deployment, delivered)
    )


def _hall_test(job: _Job, name: str, plants: tuple[Plant, ...]) -> HallTest:
    halls = job.model.site.halls
    shared = [hall for hall in halls.values() if hall is halls[name] or hall.within == name]
    within = halls[name].within
    return HallTest(
        name=name,
        test_days=max(days_of(hall.integrated_test, job.pace) for hall in shared),
        loop_groups=tuple(_loop_groups(job.model, name, plants)),
        within=None if within is None else job.halls.index(within),
    )


def _loop_groups(model: SiteModel, hall: str, plants: tuple[Plant, ...]) -> Iterable[tuple[int, ...]]:
    """Plant of which one unit must be commissioned before a leak test in a hall, service by service."""
    liquid = model.site.halls[hall].liquid
    for service in LIQUID_SERVICES:
        if liquid is None or service not in model.site.redundancy:
            continue
        if service != "heat_rejection":
            place = pool_place(model, service, hall)
        elif liquid.loop is not None:
            place = rejecting_loop(model, liquid.loop)
        else:
            continue
        yield tuple(
            index
            for index, plant in enumerate(plants)
            if plant.place == place and service_of(model.specs[plant.spec]) == service and not plant.is_hired
        )
