"""From a site to the integer problem: the one crossing from SI floats to integers.

Rounding is against us: supply is rounded down, demand and draws are rounded up, each to the step of its row, so that
a plan that balances in integers balances in real units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dcplan import ratings
from dcplan.catalog import FloorReinforcement, Generator, Spec
from dcplan.problem import (
    FINE,
    Delay,
    HallTest,
    Mode,
    Plant,
    Problem,
    Purchase,
    Reinforcement,
    Row,
    SuClass,
    Task,
    Terms,
)
from dcplan.procure import (
    CHAIN_MARGIN_DAYS,
    Pace,
    commission_days,
    daily_losses,
    day_of,
    days_of,
    engineering_days,
    floor_ways,
    install_days,
    lead_days,
    paid,
    permit_day,
    reinforce_days,
    site_workdays,
    su_chain,
    unit_cost,
)
from dcplan.ratings import SITE, Vector, World
from dcplan.site import SERVICE_OF_FAMILY, Deployment, SiteModel, Upgrade
from dcplan.units import ceil_steps, finest_step, floor_steps, round_steps, si
from dcplan.workdays import Workdays

ROW_LIMIT = 2**31


@dataclass(frozen=True)
class _RawPlant:
    """A plant type before its amounts become integers."""

    id: str
    upgrade: str | None
    spec_name: str
    place: str
    existing: int
    arrivals: tuple[int, ...]
    supply: Vector
    running: Vector
    standing: Vector
    takes: Vector
    at_most: int

    @property
    def most(self) -> int:
        return self.existing + len(self.arrivals) + self.at_most


@dataclass(frozen=True)
class _RawMode:
    """A mode before its amounts become integers."""

    deployment: str
    hall: str
    upgrade: str | None
    positions: int
    demand: Vector
    takes: Vector


@dataclass(frozen=True)
class Money:
    """Exact prices behind the rounded objective."""

    step: float
    rate_per_day: float


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
    plants = _raw_plants(model)
    modes = {name: _raw_modes(model, name) for name in sorted(site.deployments)}
    baseline = _baseline(model)
    capacities = _capacities(model)
    steps = _steps(model, plants, modes, baseline, capacities)
    job = _Job(
        model=model,
        pace=pace,
        calendar=site_workdays(model),
        grid=_Grid({name: index for index, name in enumerate(steps)}, tuple(steps.values())),
        money=_money(model, plants, modes),
        halls=sorted(site.halls),
        crews=sorted(site.crews),
    )
    built = tuple(_plant(job, raw) for raw in plants)
    return Problem(
        days=day_of(model, site.end),
        workdays=job.calendar,
        money_step=job.money.step,
        crews=tuple((name, site.crews[name].size) for name in job.crews),
        rows=tuple(_row(model, name, step, baseline, capacities) for name, step in steps.items()),
        plants=built,
        halls=tuple(_hall_test(job, name, built) for name in job.halls),
        classes=tuple(su for name in modes for su in _classes(job, name, modes[name])),
    )


@dataclass(frozen=True)
class _Grid:
    """Index and step of each row."""

    ids: Mapping[str, int]
    steps: tuple[float, ...]

    def up(self, vector: Mapping[str, float]) -> Terms:
        """Amounts rounded up: demand and draws."""
        terms = ((self.ids[key], value) for key, value in vector.items() if key in self.ids)
        return tuple(sorted((index, ceil_steps(value, self.steps[index])) for index, value in terms))

    def down(self, vector: Mapping[str, float]) -> Terms:
        """Amounts rounded down: supply."""
        terms = ((self.ids[key], value) for key, value in vector.items() if key in self.ids)
        return tuple(sorted((index, floor_steps(value, self.steps[index])) for index, value in terms))


@dataclass(frozen=True)
class _Job:
    """What every part of one formulation needs."""

    model: SiteModel
    pace: Pace
    calendar: Workdays
    grid: _Grid
    money: Money
    halls: list[str]
    crews: list[str]


# ---------------------------------------------------------------- plant


def _raw_plants(model: SiteModel) -> list[_RawPlant]:
    found = []
    for name, entry in sorted(model.site.plant.items()):
        if entry.status == "reserved":
            continue
        arrives = 0 if entry.in_service is None else day_of(model, entry.in_service)
        late = entry.status == "ordered" and arrives > 0
        found.append(
            _raw_plant(
                model,
                f"{name}@{entry.at}",
                None,
                entry.spec,
                entry.at,
                existing=0 if late else entry.count,
                arrivals=(arrives,) * entry.count if late else (),
                takes={},
                at_most=0,
            )
        )
    for name, upgrade in sorted(model.site.upgrades.items()):
        spec = model.specs[upgrade.spec]
        if isinstance(spec, FloorReinforcement) or upgrade.at_most == 0:
            continue
        for place in sorted(upgrade.at):
            takes = _takes(model, upgrade, spec, place)
            found.append(
                _raw_plant(
                    model,
                    f"{name}@{place}",
                    name,
                    upgrade.spec,
                    place,
                    existing=0,
                    arrivals=(),
                    takes=takes,
                    at_most=upgrade.at_most,
                )
            )
    return found


def _raw_plant(
    model: SiteModel,
    plant_id: str,
    upgrade: str | None,
    spec_name: str,
    place: str,
    *,
    existing: int,
    arrivals: tuple[int, ...],
    takes: Vector,
    at_most: int,
) -> _RawPlant:
    spec = model.specs[spec_name]
    return _RawPlant(
        id=plant_id,
        upgrade=upgrade,
        spec_name=spec_name,
        place=place,
        existing=existing,
        arrivals=arrivals,
        supply=ratings.unit_supply(model, spec, place, World.PLANNING),
        running=ratings.unit_running(model, spec, place, World.PLANNING),
        standing=ratings.unit_standing(model, spec, place, World.PLANNING),
        takes=takes,
        at_most=at_most,
    )


def _takes(model: SiteModel, upgrade: Upgrade, spec: Spec, place: str) -> Vector:
    """What one bought unit uses up for good: positions, slots, yard, permit room, budget."""
    takes: Vector = {}
    if place in model.site.halls:
        takes[ratings.row("positions", place)] = float(upgrade.positions)
        takes[ratings.row("gallery", place)] = float(upgrade.gallery_slots)
    elif spec.footprint is not None:
        takes[ratings.row("yard", SITE)] = spec.footprint.si()
    if isinstance(spec, Generator):
        takes[ratings.row("generator_permit", SITE)] = spec.power.si()
    takes[ratings.row("budget", SITE)] = unit_cost(model, upgrade)
    return {key: value for key, value in takes.items() if value > 0}


def _purchase(job: _Job, upgrade: Upgrade) -> Purchase:
    spec = job.model.specs[upgrade.spec]
    gate = job.model.site.permits[upgrade.permit].gates if upgrade.permit else None
    permit = permit_day(job.model, upgrade, job.pace)
    lead = lead_days(upgrade, spec, job.pace)
    order = max(job.calendar.finish(0, engineering_days(upgrade, job.pace)), permit if gate == "order" else 0)
    delivery = max(order + lead, permit if gate in ("delivery", "install") else 0)
    cost = paid(job.model, upgrade)
    return Purchase(
        at_most=upgrade.at_most,
        cost=round_steps(cost, job.money.step / FINE),
        carry=round_steps(cost * job.money.rate_per_day, job.money.step / FINE),
        lead_days=lead,
        order_release=order,
        install=Task(
            crew=job.crews.index(upgrade.crew),
            need=upgrade.crew_need,
            days=install_days(upgrade, spec, job.pace),
            release=delivery,
        ),
        commission_days=commission_days(upgrade, spec, job.pace),
        startup_release=permit if gate == "startup" else 0,
    )


def _plant(job: _Job, raw: _RawPlant) -> Plant:
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
        purchase=None if raw.upgrade is None else _purchase(job, job.model.site.upgrades[raw.upgrade]),
    )


# ---------------------------------------------------------------- SUs


def _raw_modes(model: SiteModel, deployment: str) -> list[_RawMode]:
    found = []
    for hall in sorted(set(model.site.deployments[deployment].halls)):
        if ratings.su_obstacles(model, deployment, hall, World.PLANNING):
            continue
        demand = ratings.su_demand(model, deployment, hall, World.PLANNING)
        racks = ratings.su_racks(model, deployment)
        base = {ratings.row("positions", hall): float(sum(count for _, _, count in racks))}
        for upgrade, positions in floor_ways(model, deployment, hall):
            takes = dict(base)
            if upgrade is not None:
                takes[ratings.row(f"reinforced:{upgrade}", hall)] = float(positions)
                takes[ratings.row("budget", SITE)] = unit_cost(model, model.site.upgrades[upgrade]) * positions
            found.append(_RawMode(deployment, hall, upgrade, positions, demand, takes))
    return found


def _mode(job: _Job, raw: _RawMode) -> Mode:
    reinforcement = None
    if raw.upgrade is not None:
        upgrade = job.model.site.upgrades[raw.upgrade]
        bought = _purchase(job, upgrade)
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
    return Mode(job.halls.index(raw.hall), reinforcement, job.grid.up(raw.demand), job.grid.up(raw.takes))


def _classes(job: _Job, name: str, modes: list[_RawMode]) -> Iterable[SuClass]:
    model, calendar = job.model, job.calendar
    deployment = model.site.deployments[name]
    chain = su_chain(model, deployment)
    liquid = ratings.is_liquid(model, name)
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
            modes=tuple(_mode(job, raw) for raw in modes),
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


# ---------------------------------------------------------------- rows


def _baseline(model: SiteModel) -> Vector:
    """What loads each row before any deployment: running and reserved loads, and room that existing plant takes."""
    vectors = [ratings.existing_load(model, entry, World.PLANNING) for _, entry in sorted(model.site.loads.items())]
    for _, entry in sorted(model.site.plant.items()):
        spec = model.specs[entry.spec]
        if entry.at in model.site.halls:
            vectors.append(
                {
                    ratings.row("positions", entry.at): float(entry.positions * entry.count),
                    ratings.row("gallery", entry.at): float(entry.gallery_slots * entry.count),
                }
            )
        if isinstance(spec, Generator):
            vectors.append({ratings.row("generator_permit", SITE): spec.power.si() * entry.count})
    return ratings.add(*vectors)


def _capacities(model: SiteModel) -> Vector:
    """Rows with a fixed supply."""
    site = model.site
    rows: Vector = {}
    for name, hall in sorted(site.halls.items()):
        rows[ratings.row("positions", name)] = float(hall.positions)
        rows[ratings.row("gallery", name)] = float(hall.gallery_slots)
    for name, upgrade in sorted(site.upgrades.items()):
        if isinstance(model.specs[upgrade.spec], FloorReinforcement):
            for hall_name in sorted(upgrade.at):
                rows[ratings.row(f"reinforced:{name}", hall_name)] = float(upgrade.at_most)
    limits = site.limits
    for dimension, limit in (
        ("yard", limits.yard_area),
        ("generator_permit", limits.generator_power),
        ("budget", limits.budget),
    ):
        if limit is not None:
            rows[ratings.row(dimension, SITE)] = si(limit)
    return rows


def _steps(
    model: SiteModel,
    plants: list[_RawPlant],
    modes: Mapping[str, list[_RawMode]],
    baseline: Vector,
    capacities: Vector,
) -> dict[str, float]:
    """Every row with the finest power-of-ten step that keeps its sum of absolute values below 2^31."""
    totals: Vector = ratings.add(baseline, capacities)
    for raw in plants:
        for vector in (raw.supply, raw.running, raw.standing, raw.takes):
            totals = ratings.add(totals, {key: value * max(1, raw.most) for key, value in vector.items()})
    for name, ways in modes.items():
        count = model.site.deployments[name].count
        for raw_mode in ways:
            for vector in (raw_mode.demand, raw_mode.takes):
                totals = ratings.add(totals, {key: value * count for key, value in vector.items()})
    limited = set(capacities)
    return {
        key: finest_step(4.0 * total, ROW_LIMIT)
        for key, total in sorted(totals.items())
        if _dimension(key) in ratings.DIMENSIONS or key in limited
    }


def _dimension(row_id: str) -> str:
    return row_id.split("@", 1)[0]


def _row(model: SiteModel, row_id: str, step: float, baseline: Vector, capacities: Vector) -> Row:
    dimension = ratings.DIMENSIONS.get(_dimension(row_id))
    service = dimension.service if dimension else None
    fixed = capacities.get(row_id)
    return Row(
        id=row_id,
        unit=dimension.unit if dimension else "",
        step=step,
        failures=model.site.redundancy[service].failures if service else 0,
        demand=ceil_steps(baseline.get(row_id, 0.0), step),
        capacity=None if fixed is None and service else floor_steps(fixed or 0.0, step),
    )


def _hall_test(job: _Job, name: str, plants: tuple[Plant, ...]) -> HallTest:
    model = job.model
    hall = model.site.halls[name]
    groups = []
    if hall.liquid is not None:
        for service, place in (("cdu", name), ("heat_rejection", hall.liquid.loop)):
            if service in model.site.redundancy:
                groups.append(
                    tuple(
                        index
                        for index, plant in enumerate(plants)
                        if plant.place == place and SERVICE_OF_FAMILY[model.specs[plant.spec].family] == service
                    )
                )
    return HallTest(name, days_of(hall.integrated_test, job.pace), tuple(groups))


# ---------------------------------------------------------------- money


def _money(model: SiteModel, plants: list[_RawPlant], modes: Mapping[str, list[_RawMode]]) -> Money:
    """The finest money step, a hundredth at the finest, that keeps the objective below 2^31."""
    site = model.site
    rate = site.financing_rate.si() / 365.0
    total = 0.0
    for raw in plants:
        if raw.upgrade is not None:
            total += paid(model, site.upgrades[raw.upgrade]) * raw.at_most
    for name, ways in modes.items():
        deployment = site.deployments[name]
        dearest = max(
            (paid(model, site.upgrades[way.upgrade]) * way.positions for way in ways if way.upgrade), default=0.0
        )
        daily = si(deployment.lost_margin) if deployment.lost_margin is not None else 0.0
        days = (site.end - site.start).days + CHAIN_MARGIN_DAYS
        total += deployment.count * (dearest + days * (daily + deployment.price.si() * rate))
    return Money(step=max(0.01, finest_step(2.0 * total, ROW_LIMIT)), rate_per_day=rate)
