"""From a site to the integer problem: the one crossing from SI floats to integers.

Rounding is against us: supply is rounded down, demand and draws are rounded up, each to the step of its row, so that
a plan that balances in integers balances in real units.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dcplan import ratings
from dcplan.catalog import FloorReinforcement, Generator, Spec
from dcplan.errors import InternalError
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
from dcplan.ratings import SITE, Vector, World
from dcplan.site import READINESS_EVENTS, SERVICE_OF_FAMILY, Deployment, SiteModel, SuChain, Upgrade
from dcplan.units import ceil_steps, finest_step, floor_steps, round_steps, si
from dcplan.workdays import Workdays, workdays

CHAIN_MARGIN_DAYS = 400
"""Days tabulated beyond the plan's end, so that chains that overrun it can still be dated."""
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


def site_workdays(model: SiteModel) -> Workdays:
    """The crews' working days from the plan's first day on."""
    site = model.site
    closed: list[date] = []
    for period in (*site.calendar.holidays, *site.calendar.freezes):
        last = period.to or period.on
        closed.extend(period.on + timedelta(days=offset) for offset in range((last - period.on).days + 1))
    days = (site.end - site.start).days + CHAIN_MARGIN_DAYS
    return workdays(site.calendar.working_days, closed, site.start, days)


def day_of(model: SiteModel, when: date) -> int:
    """Day number of a date."""
    return (when - model.site.start).days


def formulate(model: SiteModel) -> Problem:
    """The integer problem of a site.

    Parameters
    ----------
    model : SiteModel
        A loaded site.

    Returns
    -------
    Problem
        Rows, plant, SU classes, crews and calendar as integers.
    """
    site = model.site
    calendar = site_workdays(model)
    plants = _raw_plants(model)
    modes = {name: _raw_modes(model, name) for name in sorted(site.deployments)}
    baseline = _baseline(model)
    capacities = _capacities(model)
    steps = _steps(model, plants, modes, baseline, capacities)
    ids = {name: index for index, name in enumerate(steps)}
    money = _money(model, plants, modes)
    halls = sorted(site.halls)
    crews = sorted(site.crews)
    rows = tuple(_row(model, name, step, baseline, capacities) for name, step in steps.items())
    grid = _Grid(ids, tuple(steps.values()))
    built = tuple(_plant(model, calendar, raw, grid, money, halls, crews) for raw in plants)
    return Problem(
        days=day_of(model, site.end),
        workdays=calendar,
        money_step=money.step,
        crews=tuple((name, site.crews[name].size) for name in crews),
        rows=rows,
        plants=built,
        halls=tuple(_hall_test(model, name, built) for name in halls),
        classes=tuple(
            su for name in modes for su in _classes(model, calendar, name, modes[name], grid, money, halls, crews)
        ),
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


def rating_watts(spec: Spec) -> float:
    """The rating [W or VA] that a cost per kW is multiplied with."""
    for field in ("power", "capacity", "apparent"):
        figure = getattr(spec, field, None)
        if figure is not None:
            return float(figure.si())
    points = getattr(spec, "ratings", ())
    return max((float(point.capacity.si()) for point in points), default=0.0)


def unit_cost(model: SiteModel, upgrade: Upgrade) -> float:
    """Cost of one unit in the site's currency: the site's own figure, else the catalog's."""
    spec = model.specs[upgrade.spec]
    figure = upgrade.cost or spec.procurement.cost
    if figure is None:
        raise InternalError(f"upgrade with spec {upgrade.spec} has no cost")
    per_watt = "/" in str(figure.value.units)
    return figure.si() * (rating_watts(spec) if per_watt else 1.0)


def _paid(model: SiteModel, upgrade: Upgrade) -> float:
    """Cost of one unit as the declared perspective sees it."""
    seen = model.site.perspective == "joint" or upgrade.paid_by == model.site.perspective
    return unit_cost(model, upgrade) if seen else 0.0


def workdays_of(upgrade: Upgrade, spec: Spec, step: str) -> float:
    """Working days of `engineering`, `install` or `commission`; zero where nobody states any."""
    figure = getattr(upgrade, step) or getattr(spec.procurement, step, None)
    return 0.0 if figure is None else float(figure.si())


def lead_days(upgrade: Upgrade, spec: Spec) -> int:
    """Calendar days from order to delivery."""
    figure = upgrade.lead_time or spec.procurement.lead_time
    return 0 if figure is None else math.ceil(figure.si() - 1e-9)


def permit_day(model: SiteModel, upgrade: Upgrade) -> int:
    """Day on which the upgrade's permit is there; 0 without one."""
    if upgrade.permit is None:
        return 0
    permit = model.site.permits[upgrade.permit]
    applied = 0 if permit.apply is None else max(0, day_of(model, permit.apply))
    return applied + math.ceil(permit.duration.si() - 1e-9)


def _purchase(
    model: SiteModel, calendar: Workdays, upgrade: Upgrade, money: Money, crews: list[str]
) -> Purchase:
    spec = model.specs[upgrade.spec]
    gate = model.site.permits[upgrade.permit].gates if upgrade.permit else None
    permit = permit_day(model, upgrade)
    lead = lead_days(upgrade, spec)
    order = calendar.finish(0, math.ceil(workdays_of(upgrade, spec, "engineering") - 1e-9))
    order = max(order, permit if gate == "order" else 0)
    delivery = max(order + lead, permit if gate in ("delivery", "install") else 0)
    cost = _paid(model, upgrade)
    return Purchase(
        at_most=upgrade.at_most,
        cost=round_steps(cost, money.step / FINE),
        carry=round_steps(cost * money.rate_per_day, money.step / FINE),
        lead_days=lead,
        order_release=order,
        install=Task(
            crew=crews.index(upgrade.crew),
            need=upgrade.crew_need,
            days=max(1, math.ceil(workdays_of(upgrade, spec, "install") - 1e-9)),
            release=delivery,
        ),
        commission_days=math.ceil(workdays_of(upgrade, spec, "commission") - 1e-9),
        startup_release=permit if gate == "startup" else 0,
    )


def _plant(
    model: SiteModel,
    calendar: Workdays,
    raw: _RawPlant,
    grid: _Grid,
    money: Money,
    halls: list[str],
    crews: list[str],
) -> Plant:
    return Plant(
        id=raw.id,
        upgrade=raw.upgrade,
        spec=raw.spec_name,
        place=raw.place,
        hall=halls.index(raw.place) if raw.place in halls else None,
        existing=raw.existing,
        arrivals=raw.arrivals,
        supply=grid.down(raw.supply),
        running=grid.up(raw.running),
        standing=grid.up(raw.standing),
        takes=grid.up(raw.takes),
        purchase=(
            None
            if raw.upgrade is None
            else _purchase(model, calendar, model.site.upgrades[raw.upgrade], money, crews)
        ),
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


def floor_ways(model: SiteModel, deployment: str, hall_name: str) -> list[tuple[str | None, int]]:
    """Ways to make a hall's floor carry an SU: (upgrade, positions), or (None, 0) where it already does."""
    hall = model.site.halls[hall_name]
    weak = [
        (rack, count)
        for _, rack, count in ratings.su_racks(model, deployment)
        if not ratings.floor_holds(rack, hall, None, World.PLANNING)
    ]
    if not weak:
        return [(None, 0)]
    ways: list[tuple[str | None, int]] = []
    for name, upgrade in sorted(model.site.upgrades.items()):
        spec = model.specs[upgrade.spec]
        if not isinstance(spec, FloorReinforcement) or hall_name not in upgrade.at:
            continue
        if all(ratings.floor_holds(rack, hall, spec, World.PLANNING) for rack, _ in weak):
            ways.append((name, sum(count for _, count in weak)))
    return ways


def _mode(
    model: SiteModel, calendar: Workdays, raw: _RawMode, grid: _Grid, money: Money, halls: list[str], crews: list[str]
) -> Mode:
    reinforcement = None
    if raw.upgrade is not None:
        upgrade = model.site.upgrades[raw.upgrade]
        bought = _purchase(model, calendar, upgrade, money, crews)
        work = workdays_of(upgrade, model.specs[upgrade.spec], "install") * raw.positions
        cost = _paid(model, upgrade) * raw.positions
        reinforcement = Reinforcement(
            upgrade=raw.upgrade,
            positions=raw.positions,
            cost=round_steps(cost, money.step / FINE),
            carry=round_steps(cost * money.rate_per_day, money.step / FINE),
            lead_days=bought.lead_days,
            order_release=bought.order_release,
            task=Task(bought.install.crew, bought.install.need, max(1, math.ceil(work - 1e-9)), bought.install.release),
        )
    return Mode(halls.index(raw.hall), reinforcement, grid.up(raw.demand), grid.up(raw.takes))


def su_chain(model: SiteModel, deployment: Deployment) -> SuChain:
    """The chain of a deployment: its own, else the site's."""
    return deployment.chain or model.site.su_chain


def whole_workdays(days: float) -> int:
    """Working days rounded up."""
    return math.ceil(days - 1e-9)


def _classes(
    model: SiteModel,
    calendar: Workdays,
    name: str,
    modes: list[_RawMode],
    grid: _Grid,
    money: Money,
    halls: list[str],
    crews: list[str],
) -> Iterable[SuClass]:
    deployment = model.site.deployments[name]
    chain = su_chain(model, deployment)
    liquid = ratings.is_liquid(model, name)
    connect = chain.set_and_connect
    fill = chain.fill_and_leak_test.si() if liquid and chain.fill_and_leak_test else 0.0
    task = Task(crews.index(connect.crew), connect.crew_need, max(1, whole_workdays(connect.duration.si())), 0)
    deadline = min(day_of(model, model.site.end), day_of(model, deployment.deadline or model.site.end))
    capped = any(milestone.long_stop for milestone in deployment.terms) and model.site.perspective != "operator"
    by_day: dict[int, int] = {}
    for delivery in deployment.deliveries:
        day = max(0, day_of(model, delivery.on))
        by_day[day] = by_day.get(day, 0) + delivery.count
    all_days = tuple(day for day in sorted(by_day) for _ in range(by_day[day]))
    groups = [(day,) * by_day[day] for day in sorted(by_day)] if capped else [all_days]
    for days in groups:
        yield SuClass(
            id=f"{name}:{days[0]}" if capped else name,
            deployment=name,
            arrivals=days,
            ready=tuple(
                calendar.finish(
                    calendar.finish(calendar.next_open(day), task.days), whole_workdays(fill)
                )
                for day in days
            ),
            connect=task,
            fill_days=whole_workdays(fill),
            liquid=liquid,
            burn_in_days=math.ceil(chain.burn_in.si() - 1e-9),
            acceptance_days=whole_workdays(chain.acceptance.si()),
            delays=_delays(model, deployment, days[0], money),
            deadline=deadline,
            modes=tuple(_mode(model, calendar, raw, grid, money, halls, crews) for raw in modes),
        )


def _delays(model: SiteModel, deployment: Deployment, delivered: int, money: Money) -> tuple[Delay, ...]:
    """What one SU loses per day, as the declared perspective sees it."""
    perspective = model.site.perspective
    found = []
    if perspective in ("operator", "joint") and deployment.lost_margin is not None:
        found.append(Delay(round_steps(si(deployment.lost_margin), money.step / FINE), "acceptance", None))
    if perspective in ("vendor", "joint"):
        for term in deployment.terms:
            if term.event not in READINESS_EVENTS:
                continue
            rate = deployment.price.si() * si(term.share) * money.rate_per_day
            cap = None if term.long_stop is None else delivered + math.ceil(si(term.long_stop) - 1e-9)
            until = "energise" if term.event == "energise" else "acceptance"
            found.append(Delay(round_steps(rate, money.step / FINE), until, cap))
    return tuple(found)


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


def _hall_test(model: SiteModel, name: str, plants: tuple[Plant, ...]) -> HallTest:
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
    return HallTest(name, whole_workdays(hall.integrated_test.si()), tuple(groups))


# ---------------------------------------------------------------- money


def _money(model: SiteModel, plants: list[_RawPlant], modes: Mapping[str, list[_RawMode]]) -> Money:
    """The finest money step, a hundredth at the finest, that keeps the objective below 2^31."""
    site = model.site
    rate = site.financing_rate.si() / 365.0
    total = 0.0
    for raw in plants:
        if raw.upgrade is not None:
            total += _paid(model, site.upgrades[raw.upgrade]) * raw.at_most
    for name, ways in modes.items():
        deployment = site.deployments[name]
        dearest = max(
            (_paid(model, site.upgrades[way.upgrade]) * way.positions for way in ways if way.upgrade), default=0.0
        )
        daily = si(deployment.lost_margin) if deployment.lost_margin is not None else 0.0
        days = (site.end - site.start).days + CHAIN_MARGIN_DAYS
        total += deployment.count * (dearest + days * (daily + deployment.price.si() * rate))
    return Money(step=max(0.01, finest_step(2.0 * total, ROW_LIMIT)), rate_per_day=rate)
