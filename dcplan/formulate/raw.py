"""What a problem is made of before its amounts become integers: plant, modes of an SU, and fixed loads and supplies."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dcplan.cases import Cases
from dcplan.catalog import FloorReinforcement, Generator, Spec
from dcplan.procure import day_of, floor_ways, route_ways, unit_cost
from dcplan.ratings.floors import plant_holds
from dcplan.ratings.generators import emission, emissions_stated
from dcplan.ratings.hire import hired_emission, prime_supply
from dcplan.ratings.plant import unit_running, unit_standing, unit_supply
from dcplan.ratings.racks import existing_load, su_demand, su_obstacles, su_racks
from dcplan.ratings.rejection import water_use
from dcplan.ratings.rows import SITE, Vector, World, add, row
from dcplan.site import SiteModel, Upgrade
from dcplan.units import si


@dataclass(frozen=True)
class RawPlant:
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
    train: str | None
    expedite: str | None = None

    def balanced(self, cases: Cases) -> RawPlant:
        """The same with what it supplies and loads on the balances of each row."""
        return replace(
            self,
            supply=cases.supplies(self.supply, self.train),
            running=cases.loads(self.running),
            standing=cases.loads(self.standing),
        )

    @property
    def most(self) -> int:
        return self.existing + len(self.arrivals) + self.at_most


@dataclass(frozen=True)
class RawMode:
    """A mode before its amounts become integers."""

    deployment: str
    hall: str
    upgrade: str | None
    positions: int
    route: tuple[str, ...]
    """Plant of which one unit must lie before the SU is set; empty where the route carries it as it is."""
    demand: Vector
    takes: Vector

    def balanced(self, cases: Cases) -> RawMode:
        """The same with its demand on the balances of each row."""
        return replace(self, demand=cases.loads(self.demand))


def plant_id(name: str, place: str, train: str | None) -> str:
    """The id of units of one entry at one place, in one train."""
    return f"{name}@{place}" if train is None else f"{name}@{place}/{train}"


def raw_plants(model: SiteModel, *, worst: bool = False) -> list[RawPlant]:
    """Every plant type; `worst`: plant on order comes as late as it may slip."""
    found = []
    for name, entry in sorted(model.site.plant.items()):
        if entry.status == "reserved":
            continue
        arrives = 0 if entry.in_service is None else day_of(model, entry.in_service)
        late = entry.status == "ordered" and arrives > 0
        if worst and late and entry.slips_to is not None:
            arrives = day_of(model, entry.slips_to)
        found.append(
            raw_plant(
                model,
                plant_id(name, entry.at, entry.train),
                None,
                entry.spec,
                entry.at,
                existing=0 if late else entry.count,
                arrivals=(arrives,) * entry.count if late else (),
                takes={},
                at_most=0,
                train=entry.train,
            )
        )
    for name, upgrade in sorted(model.site.upgrades.items()):
        spec = model.specs[upgrade.spec]
        if isinstance(spec, FloorReinforcement) or upgrade.at_most == 0:
            continue
        trains: list[str | None] = [*sorted(upgrade.trains)] or [None]
        for place, train in itertools.product(sorted(upgrade.at), trains):
            hall = model.site.halls.get(place)
            if hall is not None and not plant_holds(spec, hall, World.PLANNING):
                continue
            made = raw_plant(
                model,
                plant_id(name, place, train),
                name,
                upgrade.spec,
                place,
                existing=0,
                arrivals=(),
                takes=takes_of(model, upgrade, spec, place),
                at_most=upgrade.at_most,
                train=train,
            )
            usual = replace(made, supply=made.supply | prime_supply(model, upgrade, World.PLANNING))
            found.extend(expedited(usual, upgrade))
    return found


def shared_row(plant: RawPlant) -> str:
    """The row of what units of a type and those that are had sooner share: how many may stand."""
    return row(f"at_most:{plant.upgrade}", " ".join([plant.place, *([plant.train] if plant.train else [])]))


def expedited(usual: RawPlant, upgrade: Upgrade) -> Iterator[RawPlant]:
    """A plant type, and one more for each way to have it sooner; they share what may stand there."""
    ways = {how: way for how, way in sorted(upgrade.expedite.items()) if way.at_most != 0}
    shared = {shared_row(usual): 1.0} if ways else {}
    yield replace(usual, takes=usual.takes | shared)
    for how, way in ways.items():
        takes = usual.takes | shared
        takes[row("budget", SITE)] = takes.get(row("budget", SITE), 0.0) + way.cost.si()
        at_most = usual.at_most
        if way.at_most is not None:
            takes[row(f"expedited:{usual.upgrade}", how)] = 1.0
            at_most = min(at_most, way.at_most)
        yield replace(usual, id=f"{usual.id} {how}", takes=takes, at_most=at_most, expedite=how)


def raw_plant(
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
    train: str | None,
) -> RawPlant:
    spec = model.specs[spec_name]
    return RawPlant(
        id=plant_id,
        upgrade=upgrade,
        spec_name=spec_name,
        place=place,
        existing=existing,
        arrivals=arrivals,
        supply=unit_supply(model, spec, place, World.PLANNING),
        running=unit_running(model, spec, place, World.PLANNING),
        standing=unit_standing(model, spec, place, World.PLANNING),
        takes=takes,
        at_most=at_most,
        train=train,
    )


def takes_of(model: SiteModel, upgrade: Upgrade, spec: Spec, place: str) -> Vector:
    """What one bought unit uses up for good: positions, slots, yard, water, permit room, budget."""
    takes: Vector = {}
    if place in model.site.halls:
        takes[row("positions", place)] = float(upgrade.positions)
        takes[row("gallery", place)] = float(upgrade.gallery_slots)
    elif spec.footprint is not None:
        takes[row("yard", SITE)] = spec.footprint.si()
    takes[row("water", SITE)] = water_use(model, spec, place, World.PLANNING)
    if isinstance(spec, Generator):
        takes[row("generator_permit", SITE)] = spec.power.si()
        takes[row("emissions", SITE)] = hired_emission(model, upgrade) or emission(model, spec) or 0.0
    takes[row("budget", SITE)] = unit_cost(model, upgrade)
    return {key: value for key, value in takes.items() if value > 0}


def raw_modes(model: SiteModel, deployment: str) -> list[RawMode]:
    found = []
    for hall in sorted(set(model.site.deployments[deployment].halls)):
        if su_obstacles(model, deployment, hall, World.PLANNING):
            continue
        plates = route_ways(model, deployment, hall)
        if plates is not None and not plates:
            continue
        demand = su_demand(model, deployment, hall, World.PLANNING)
        racks = su_racks(model, deployment)
        base = {row("positions", hall): float(sum(count for _, _, count in racks))}
        for upgrade, positions in floor_ways(model, deployment, hall):
            takes = dict(base)
            if upgrade is not None:
                takes[row(f"reinforced:{upgrade}", hall)] = float(positions)
                takes[row("budget", SITE)] = unit_cost(model, model.site.upgrades[upgrade]) * positions
            found.append(RawMode(deployment, hall, upgrade, positions, tuple(plates or ()), demand, takes))
    return found


def baseline_of(model: SiteModel) -> Vector:
    """What loads each row before any deployment: running and reserved loads, and room that existing plant takes."""
    vectors = [existing_load(model, entry, World.PLANNING) for _, entry in sorted(model.site.loads.items())]
    for _, entry in sorted(model.site.plant.items()):
        spec = model.specs[entry.spec]
        if entry.at in model.site.halls:
            vectors.append(
                {
                    row("positions", entry.at): float(entry.positions * entry.count),
                    row("gallery", entry.at): float(entry.gallery_slots * entry.count),
                }
            )
        if isinstance(spec, Generator):
            vectors.append({row("generator_permit", SITE): spec.power.si() * entry.count})
            vectors.append({row("emissions", SITE): (emission(model, spec) or 0.0) * entry.count})
        vectors.append({row("water", SITE): water_use(model, spec, entry.at, World.PLANNING) * entry.count})
    return add(*vectors)


def fixed_supply(model: SiteModel, plants: Iterable[RawPlant]) -> Vector:
    """Rows with a fixed supply."""
    site = model.site
    rows: Vector = {}
    for plant in plants:
        if plant.upgrade is None or plant.expedite is None:
            continue
        upgrade = site.upgrades[plant.upgrade]
        rows[shared_row(plant)] = float(upgrade.at_most)
        most = upgrade.expedite[plant.expedite].at_most
        if most is not None:
            rows[row(f"expedited:{plant.upgrade}", plant.expedite)] = float(most)
    for name, hall in sorted(site.halls.items()):
        rows[row("positions", name)] = float(hall.positions)
        rows[row("gallery", name)] = float(hall.gallery_slots)
    for name, upgrade in sorted(site.upgrades.items()):
        if isinstance(model.specs[upgrade.spec], FloorReinforcement):
            for hall_name in sorted(upgrade.at):
                rows[row(f"reinforced:{name}", hall_name)] = float(upgrade.at_most)
    limits = site.limits
    for dimension, limit in (
        ("yard", limits.yard_area),
        ("water", limits.water),
        ("generator_permit", limits.generator_power),
        ("emissions", limits.emissions if emissions_stated(model) else None),
        ("budget", limits.budget),
    ):
        if limit is not None:
            rows[row(dimension, SITE)] = si(limit)
    return rows
