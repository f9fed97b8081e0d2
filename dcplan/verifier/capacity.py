"""Whether plant carries what is energised on every date on which something changes, over every failure set.

The balances are stated here: what running units supply, less what each failure set takes away, against what is drawn.
What one unit or one SU is worth comes from :mod:`dcplan.ratings`; :mod:`dcplan.verifier.energy` adds the same energies
up again from the figures themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from dcplan.answer import Plan
from dcplan.catalog import FloorReinforcement, Generator
from dcplan.ratings.hire import prime_supply
from dcplan.ratings.plant import unit_running, unit_standing, unit_supply
from dcplan.ratings.racks import existing_load, su_demand, su_racks
from dcplan.ratings.rows import SITE, Dimension, Vector, World, add, dimensions, row
from dcplan.site import SiteModel, Upgrade, service_of
from dcplan.units import in_unit, si
from dcplan.verifier.duty import asked
from dcplan.verifier.energy import State, energies, real_losses
from dcplan.verifier.failures import Running, Survival
from dcplan.verifier.flow import flows
from dcplan.verifier.hire import prime_emissions, released
from dcplan.verifier.sus import standing
from dcplan.verifier.terms import CENT, RELATIVE, Findings, Terms
from dcplan.verifier.water import make_up_water


@dataclass
class PlantType:
    """Identical units at one place and in one train, with the day from which each of them counts."""

    spec: str
    place: str
    train: str | None = None
    since: list[date] = field(default_factory=list)
    hired_as: Upgrade | None = None
    until: list[date] = field(default_factory=list)
    """The day of release of each hired unit that does not stay."""

    def counted(self, day: date) -> int:
        """How many units count on a day."""
        return bisect_right(self.since, day) - bisect_right(self.until, day)


def standing_types(terms: Terms) -> dict[str, PlantType]:
    """Every plant type by its id, `name@place` or `name@place/train`, before anything is bought.

    Reserved plant is someone else's: left out.
    """
    site = terms.model.site
    types: dict[str, PlantType] = {}
    for name, entry in site.plant.items():
        if entry.status != "reserved":
            since = max(terms.in_service(entry) or site.start, site.start)
            where = entry.at if entry.train is None else f"{entry.at}/{entry.train}"
            types[f"{name}@{where}"] = PlantType(entry.spec, entry.at, entry.train, [since] * entry.count)
    for name, upgrade in site.upgrades.items():
        if isinstance(terms.spec_of(upgrade), FloorReinforcement):
            continue
        for where in terms.spots(upgrade):
            place, _, train = where.partition("/")
            hired_as = None if upgrade.rental is None else upgrade
            types[f"{name}@{where}"] = PlantType(upgrade.spec, place, train or None, hired_as=hired_as)
    return types


def plant_types(plan: Plan, terms: Terms) -> dict[str, PlantType]:
    """The same with what the plan buys."""
    types = standing_types(terms)
    for unit in plan.units:
        if terms.known(unit) is not None:
            kind = types[f"{unit.upgrade}@{unit.where}"]
            kind.since.append(unit.counted)
            if (gone := released(unit)) is not None:
                kind.until.append(max(gone, unit.counted))
    for kind in types.values():
        kind.since.sort()
        kind.until.sort()
    return types


@dataclass(frozen=True)
class Timeline:
    """What counts, runs and is energised on each date."""

    plan: Plan
    terms: Terms
    types: Mapping[str, PlantType]

    @cached_property
    def energised(self) -> list[tuple[date, str, str]]:
        """(date, deployment, hall) of every SU that stands where it can run."""
        return sorted((su.energise, su.deployment, su.hall) for su in self.plan.sus if standing(su, self.terms))

    @cached_property
    def steps(self) -> list[tuple[date, Mapping[str, int]]]:
        """The stated running units, in order of date."""
        return sorted(((step.since, step.units) for step in self.plan.running), key=lambda step: step[0])

    def dates(self) -> list[date]:
        """Every date, from the first energisation on, on which something changes."""
        if not self.energised:
            return []
        days = {day for kind in self.types.values() for day in (*kind.since, *kind.until)}
        days |= {day for day, _, _ in self.energised} | {day for day, _ in self.steps}
        days.update(self.terms.scheme_changes())
        return sorted(day for day in days if day >= self.energised[0][0])

    def states(self) -> Iterator[tuple[date, State]]:
        """The state of the site on each of these dates."""
        live: Counter[tuple[str, str]] = Counter()
        waiting, steps = list(reversed(self.energised)), list(reversed(self.steps))
        running: Mapping[str, int] = {}
        for day in self.dates():
            while waiting and waiting[-1][0] <= day:
                live[waiting.pop()[1:]] += 1
            while steps and steps[-1][0] <= day:
                running = steps.pop()[1]
            counted = {name: kind.counted(day) for name, kind in self.types.items()}
            usable = {name: min(number, counted.get(name, 0)) for name, number in running.items()}
            yield day, State(dict(live), usable, counted, {name: (k.spec, k.place) for name, k in self.types.items()})


def check_capacity(plan: Plan, terms: Terms, found: Findings) -> None:
    """Running units and balances, on every date on which something changes."""
    types = plant_types(plan, terms)
    timeline = Timeline(plan, terms, types)
    _check_running(timeline, found)
    balance = Balance(terms.model, types)
    for day, state in timeline.states():
        load = balance.load(state)
        for checked in balance.rows:
            if checked.key not in load and not any(checked.key in supply for supply in balance.supply.values()):
                continue  # nothing is asked of it and nothing supplies it: the site does not state it
            _check_row(balance, checked.on(day), day, state, load, found)
        _check_energies(balance, day, state, load, found)
        _check_flows(balance, day, state, load, found)
        _check_duty(balance, day, state, load, found)


def _check_running(timeline: Timeline, found: Findings) -> None:
    """A unit can only run when it counts, and the plan says what runs from the first energisation on."""
    if timeline.energised:
        first = timeline.energised[0][0]
        known = bool(timeline.steps) and timeline.steps[0][0] <= first
        message = f"the plan does not say which units run on {first}, the first energisation"
        found.check(known, "running", SITE, message, on=first)
    since = Counter(day for day, _ in timeline.steps)
    for day, times in since.items():
        message = f"the plan says {times} times which units run from {day}"
        found.check(times == 1, "running", SITE, message, on=day)
    for day, units in timeline.steps:
        for name, number in sorted(units.items()):
            kind = timeline.types.get(name)
            counted = kind.counted(day) if kind else 0
            found.check(
                number <= counted,
                "running",
                name,
                f"{name}: {number} units run from {day}, {counted} are commissioned and tested by then",
                on=day,
                required=float(counted),
                found=float(number),
                unit="units",
            )


# ---------------------------------------------------------------- balances


class Balance:
    """Supply and load of every row of a site, in SI."""

    def __init__(self, model: SiteModel, types: Mapping[str, PlantType]) -> None:
        """Work out once what one unit of each type and the loads that are there are worth."""
        self.model, self.types = model, types
        specs = {name: (model.specs[kind.spec], kind.place) for name, kind in types.items()}
        self.supply = {name: unit_supply(model, *what, World.PLANNING) for name, what in specs.items()}
        for name, kind in types.items():
            if kind.hired_as is not None:
                self.supply[name] = self.supply[name] | prime_supply(model, kind.hired_as, World.PLANNING)
        self.draw = {name: unit_running(model, *what, World.PLANNING) for name, what in specs.items()}
        self.idle = {name: unit_standing(model, *what, World.PLANNING) for name, what in specs.items()}
        loads = model.site.loads.values()
        self.base = add(*(existing_load(model, entry, World.PLANNING) for entry in loads))
        self.rows = list(_rows(model, types))
        self._su: dict[tuple[str, str], Vector] = {}

    def load(self, state: State) -> Vector:
        """What is drawn on each row: loads there already, energised SUs, running units, standing losses."""
        parts = [self.base]
        for (deployment, hall), number in state.energised.items():
            if (deployment, hall) not in self._su:
                self._su[deployment, hall] = su_demand(self.model, deployment, hall, World.PLANNING)
            parts.append(times(self._su[deployment, hall], number))
        parts += [times(self.draw[name], number) for name, number in state.running.items() if name in self.draw]
        parts += [times(self.idle[name], number) for name, number in state.counted.items()]
        return add(*parts)

    def running(self, key: str, state: State) -> dict[str, Running]:
        """Running units that supply a row, by plant id."""
        return {
            name: Running(number, self.supply[name][key], self.types[name].train)
            for name, number in state.running.items()
            if number > 0 and key in self.supply.get(name, {})
        }


def times(vector: Vector, number: int) -> Vector:
    """A vector some times over."""
    return {key: value * number for key, value in vector.items()}


@dataclass(frozen=True)
class Row:
    """One balance to check: a dimension of a declared service at a place where it is counted."""

    about: Dimension
    key: str
    place: str
    survival: Survival

    def on(self, day: date) -> Row:
        """The same as it must hold on a day."""
        return replace(self, survival=self.survival.on(day)) if self.survival.redundancy.until else self


def _rows(model: SiteModel, types: Mapping[str, PlantType]) -> Iterator[Row]:
    """Every dimension of a declared service, at each place where the service is counted."""
    halls = model.site.halls
    rooms = sorted(name for name, hall in halls.items() if hall.within is None)
    places = {"site": [SITE], "hall": rooms, "pod": sorted(halls), "loop": sorted(model.site.loops)}
    for name, about in dimensions(model).items():
        redundancy = None if about.service is None else model.site.redundancy.get(about.service)
        for place in [] if redundancy is None else places[redundancy.group]:
            here = [kind for kind in types.values() if kind.place == place]
            trains = [kind.train for kind in here if _service(model, kind) == about.service]
            if redundancy is not None:
                yield Row(about, row(name, place), place, Survival.of(model, redundancy, trains))


def _service(model: SiteModel, kind: PlantType) -> str | None:
    return service_of(model.specs[kind.spec])


def _check_row(balance: Balance, checked: Row, day: date, state: State, load: Vector, found: Findings) -> None:
    about = checked.about
    need = load.get(checked.key, 0.0)
    worst = checked.survival.worst(balance.running(checked.key, state), need)
    shown = (_shown(worst.need, about), _shown(worst.left, about))
    found.check(
        worst.left >= worst.need - RELATIVE * abs(need),
        "capacity",
        checked.key,
        f"{about.title} at {checked.place} on {day}: {shown[0]:,.1f} {about.shown_in} are drawn{worst.carrier}, "
        f"{shown[1]:,.1f} left with {worst.lost} out ({checked.survival.redundancy.scheme}): energise later, or have "
        "more units commissioned and running",
        on=day,
        required=shown[0],
        found=shown[1],
        unit=about.shown_in,
    )


def _shown(value: float, about: Dimension) -> float:
    """An amount of a row in the unit it is shown in; counts stay."""
    return value if about.unit == "1" else in_unit(value, about.shown_in)


def _check_energies(balance: Balance, day: date, state: State, load: Vector, found: Findings) -> None:
    """Each control volume closes: what its row carries is what its racks, pumps and losses put into it."""
    for key, due in energies(balance.model, state).items():
        carried = load.get(key, 0.0)
        unit = dimensions(balance.model)[key.split("@", 1)[0]].shown_in
        found.check(
            abs(carried - due) <= RELATIVE * max(abs(due), 1.0),
            "energy-balance",
            key,
            f"{key} on {day}: {carried / 1e3:,.3f} {unit} are carried, racks, plant and losses put in "
            f"{due / 1e3:,.3f} {unit}",
            on=day,
            required=due / 1e3,
            found=carried / 1e3,
            unit=unit,
        )
    for key, charged, real in real_losses(balance.model, state):
        found.check(
            charged >= real - RELATIVE * max(real, 1.0),
            "losses",
            key,
            f"{key} on {day}: losses of {charged / 1e3:,.3f} kW are carried, the published curves give "
            f"{real / 1e3:,.3f} kW",
            on=day,
            required=real / 1e3,
            found=charged / 1e3,
            unit="kW",
        )


def _check_flows(balance: Balance, day: date, state: State, load: Vector, found: Findings) -> None:
    """Each loop's row carries the flow that its racks and loads ask for."""
    for key, due in flows(balance.model, state).items():
        carried, asked = in_unit(load.get(key, 0.0), "L/min"), in_unit(due, "L/min")
        found.check(
            abs(carried - asked) <= RELATIVE * max(abs(asked), 1.0),
            "flow-balance",
            key,
            f"{key} on {day}: {carried:,.3f} L/min are carried, racks and loads ask for {asked:,.3f} L/min",
            on=day,
            required=asked,
            found=carried,
            unit="L/min",
        )


def _check_duty(balance: Balance, day: date, state: State, load: Vector, found: Findings) -> None:
    """Rows of duty and peak carry what an outage and the racks ask for."""
    for key, due in asked(balance.model, state).items():
        about = dimensions(balance.model)[key.split("@", 1)[0]]
        carried, wanted = _shown(load.get(key, 0.0), about), _shown(due, about)
        found.check(
            abs(carried - wanted) <= RELATIVE * max(abs(wanted), 1.0),
            "duty-balance",
            key,
            f"{key} on {day}: {carried:,.3f} {about.shown_in} are carried, {wanted:,.3f} are asked for",
            on=day,
            required=wanted,
            found=carried,
            unit=about.shown_in,
        )


# ---------------------------------------------------------------- limits


@dataclass(frozen=True)
class _Use:
    """Something used up for good from a day on."""

    day: date
    amount: float


def check_limits(plan: Plan, terms: Terms, found: Findings) -> None:
    """Positions, gallery slots, yard, water, generator permit and budget are not overdrawn."""
    site = terms.model.site
    for hall in sorted(site.halls):
        room = site.halls[hall]
        _check_limit("positions", hall, float(room.positions), _positions(plan, terms, hall), "positions", found)
        _check_limit("gallery", hall, float(room.gallery_slots), _gallery(plan, terms, hall), "slots", found)
    limits = site.limits
    if limits.yard_area is not None:
        _check_limit("yard", SITE, si(limits.yard_area), _yard(plan, terms), "m2", found)
    if limits.water is not None:
        water = [_Use(use.day, use.amount * 60_000) for use in _water(plan, terms)]
        _check_limit("water", SITE, si(limits.water) * 60_000, water, "L/min", found)
    if limits.generator_power is not None:
        engines = [_Use(day, spec.power.si() / 1e3 * count) for day, spec, count in _generators(plan, terms)]
        _check_limit("generator-permit", SITE, si(limits.generator_power) / 1e3, engines, "kW", found)
    emitted = _emissions(plan, terms)
    if limits.emissions is not None and emitted is not None:
        _check_limit("emissions", SITE, si(limits.emissions), emitted, "kg", found)
    if limits.budget is not None:
        spent = [_Use(day, cost) for day, cost in purchases(plan)]
        _check_limit("budget", SITE, si(limits.budget) + CENT, spent, site.currency, found)


def purchases(plan: Plan) -> Iterator[tuple[date, float]]:
    """(order, cost) of every unit and reinforcement, whoever pays."""
    for unit in plan.units:
        yield unit.order, unit.cost
    for su in plan.sus:
        if su.reinforcement is not None:
            yield su.reinforcement.order, su.reinforcement.cost


def _check_limit(rule: str, place: str, limit: float, uses: list[_Use], unit: str, found: Findings) -> None:
    total = sum(use.amount for use in uses)
    on, used = None, 0.0
    for use in sorted(uses, key=lambda use: use.day):
        used += use.amount
        if used > limit * (1 + RELATIVE):
            on = use.day
            break
    found.check(
        total <= limit * (1 + RELATIVE),
        rule,
        place,
        f"{rule} at {place}: {total:,.6g} {unit} are used, {limit:,.6g} are there"
        + (f"; short from {on}" if on else ""),
        on=on,
        required=limit,
        found=total,
        unit=unit,
    )


def _positions(plan: Plan, terms: Terms, hall: str) -> list[_Use]:
    site, model = terms.model.site, terms.model
    uses = [_Use(site.start, float(entry.positions)) for entry in site.loads.values() if entry.hall == hall]
    for entry in site.plant.values():
        if entry.at == hall:
            uses.append(_Use(site.start, float(entry.positions * entry.count)))
    for unit in plan.units:
        upgrade = terms.known(unit)
        if unit.place == hall and upgrade is not None:
            uses.append(_Use(unit.install_start, float(upgrade.positions)))
    for su in plan.sus:
        if su.hall == hall and su.deployment in site.deployments:
            racks = sum(count for _, _, count in su_racks(model, su.deployment))
            uses.append(_Use(su.set_start, float(racks)))
    return uses


def _gallery(plan: Plan, terms: Terms, hall: str) -> list[_Use]:
    site = terms.model.site
    uses = [
        _Use(site.start, float(entry.gallery_slots * entry.count)) for entry in site.plant.values() if entry.at == hall
    ]
    for unit in plan.units:
        upgrade = terms.known(unit)
        if unit.place == hall and upgrade is not None:
            uses.append(_Use(unit.install_start, float(upgrade.gallery_slots)))
    return uses


def _yard(plan: Plan, terms: Terms) -> list[_Use]:
    """Bought plant that does not stand in a hall."""
    uses = []
    for unit in plan.units:
        upgrade = terms.known(unit)
        if upgrade is not None and unit.place not in terms.model.site.halls:
            footprint = terms.spec_of(upgrade).footprint
            uses.append(_Use(unit.install_start, 0.0 if footprint is None else footprint.si()))
    return uses


def _water(plan: Plan, terms: Terms) -> list[_Use]:
    """Make-up water [m3/s] of every wet cooler that stands or is promised, redundant ones included."""
    model = terms.model
    uses = [
        _Use(model.site.start, make_up_water(model, model.specs[entry.spec], entry.at) * entry.count)
        for entry in model.site.plant.values()
    ]
    for unit in plan.units:
        upgrade = terms.known(unit)
        if upgrade is not None:
            uses.append(_Use(unit.install_start, make_up_water(model, model.specs[upgrade.spec], unit.place)))
    return uses


def _generators(plan: Plan, terms: Terms) -> Iterator[tuple[date, Generator, int]]:
    """Installed sets with the day from which they are, those that are there or promised included."""
    site, specs = terms.model.site, terms.model.specs
    for entry in site.plant.values():
        spec = specs[entry.spec]
        if isinstance(spec, Generator):
            yield site.start, spec, entry.count
    for unit in plan.units:
        upgrade = terms.known(unit)
        bought = None if upgrade is None else specs[upgrade.spec]
        if isinstance(bought, Generator):
            yield unit.install_start, bought, 1


def _emissions(plan: Plan, terms: Terms) -> list[_Use] | None:
    """Kilograms a year that installed engines may emit; None where a set that is named states no figure."""
    model, hours = terms.model, terms.model.site.generator_duty.hours
    named = {entry.spec for entry in model.site.plant.values()}
    named |= {entry.spec for entry in model.site.upgrades.values()}
    sets = [spec for name in named if isinstance(spec := model.specs[name], Generator)]
    if hours is None or any(spec.engine_power is None or spec.emission is None for spec in sets):
        return None
    uses = []
    for day, spec, count in _generators(plan, terms):
        if spec.engine_power is not None and spec.emission is not None:
            each = spec.engine_power.si() * spec.emission.si() * hours.si() * 86_400.0
            uses.append(_Use(day, each * count))
    return uses + [_Use(day, amount) for day, amount in prime_emissions(plan, terms)]
