"""What one unit of plant and one SU are worth on this site: capacity, draw and demand per service, in SI floats.

Everything is expressed on *rows*: one balance of one quantity at one place, for example ``generator@site`` [W] or
``cdu_flow@hall-a`` [m3/s]. A row's supply must cover its demand at every moment.

Three worlds are looked at. PLANNING takes every figure at its planning value. The two adverse worlds take every
labelled assumption at the end of its range that hurts: loads high, capacities low; the share of heat that goes to
liquid hurts liquid services when high and air services when low, hence two of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from dcplan import cooling, floor, power
from dcplan.catalog import (
    Cdu,
    Chiller,
    DeratingFigures,
    DryCooler,
    Figure,
    FloorReinforcement,
    Generator,
    Rack,
    RoomAirUnit,
    Spec,
    Transformer,
    Ups,
    UtilityService,
)
from dcplan.chiller import ChillerPoint, chiller_rating
from dcplan.site import SERVICE_OF_FAMILY, Hall, Load, Service, SiteModel
from dcplan.units import text

Vector = dict[str, float]
SITE = "site"


class World(Enum):
    """Which end of its range each labelled assumption takes."""

    PLANNING = "planning"
    ADVERSE_LIQUID = "adverse, most heat to liquid"
    ADVERSE_AIR = "adverse, most heat to air"


ADVERSE = (World.ADVERSE_LIQUID, World.ADVERSE_AIR)


@dataclass(frozen=True)
class Dimension:
    """A quantity that rows balance."""

    service: Service | None
    unit: str
    shown_in: str
    title: str


DIMENSIONS: dict[str, Dimension] = {
    "utility": Dimension("utility", "W", "kW", "utility power"),
    "transformer": Dimension("transformer", "VA", "kVA", "transformer apparent power"),
    "generator": Dimension("generator", "W", "kW", "generator power"),
    "generator_va": Dimension("generator", "VA", "kVA", "generator apparent power"),
    "ups": Dimension("ups", "W", "kW", "UPS power"),
    "ups_va": Dimension("ups", "VA", "kVA", "UPS apparent power"),
    "cdu": Dimension("cdu", "W", "kW", "CDU heat"),
    "cdu_flow": Dimension("cdu", "m3/s", "L/min", "CDU flow"),
    "room_air": Dimension("room_air", "W", "kW", "room air heat"),
    "heat_rejection": Dimension("heat_rejection", "W", "kW", "heat rejection"),
    "positions": Dimension(None, "1", "positions", "rack positions"),
    "gallery": Dimension(None, "1", "slots", "gallery slots"),
}


def row(dimension: str, place: str) -> str:
    """The id of a balance row."""
    return f"{dimension}@{place}"


def load_of(figure: Figure[Any], world: World) -> float:
    """A figure that hurts when high, in SI."""
    return figure.si() if world is World.PLANNING else figure.high()


def capacity_of(figure: Figure[Any], world: World) -> float:
    """A figure that hurts when low, in SI."""
    return figure.si() if world is World.PLANNING else figure.low()


def liquid_share(rack: Rack, world: World) -> float:
    """Share of a rack's heat that leaves in liquid."""
    if world is World.ADVERSE_LIQUID:
        return rack.liquid_share.high()
    return rack.liquid_share.low() if world is World.ADVERSE_AIR else rack.liquid_share.si()


def add(*vectors: Mapping[str, float]) -> Vector:
    """The sum of vectors, entries of zero left out."""
    total: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for key, value in vector.items():
            total[key] += value
    return {key: value for key, value in total.items() if value != 0.0}


def pool_place(model: SiteModel, service: Service, hall: str | None) -> str:
    """Where a service that feeds this hall is counted."""
    group = model.site.redundancy[service].group
    if group == "hall":
        return hall or SITE
    return SITE


def types_at(model: SiteModel, service: Service, place: str) -> list[str]:
    """Names of the specs of a service that stand, will stand or may be bought at a place."""
    names = {entry.spec for entry in model.site.plant.values() if entry.at == place and entry.status != "reserved"}
    names |= {entry.spec for entry in model.site.upgrades.values() if place in entry.at}
    return sorted(name for name in names if SERVICE_OF_FAMILY.get(model.specs[name].family) == service)


# ---------------------------------------------------------------- electrical chain


def ups_path(model: SiteModel, place: str, world: World) -> tuple[float, float]:
    """Efficiency and input power factor of the UPS path: the lowest of the types that may stand there."""
    specs = [model.specs[name] for name in types_at(model, "ups", place)]
    ups = [spec for spec in specs if isinstance(spec, Ups)]
    if not ups:
        return 1.0, model.site.mechanical_power_factor.low()
    return (
        min(capacity_of(spec.efficiency, world) for spec in ups),
        min(capacity_of(spec.input_power_factor, world) for spec in ups),
    )


def transformer_efficiency(model: SiteModel, world: World) -> float:
    """Efficiency of the transformers: the lowest of the types that may stand there; 1 where none are declared."""
    specs = [model.specs[name] for name in types_at(model, "transformer", SITE)]
    return min((capacity_of(spec.efficiency, world) for spec in specs if isinstance(spec, Transformer)), default=1.0)


def electrical(
    model: SiteModel, world: World, hall: str | None, *, ups: float = 0.0, ups_va: float = 0.0, other: float = 0.0
) -> Vector:
    """Rows loaded by a draw behind the UPS [W, VA] and a draw beside it [W], up to the utility.

    UPS input = output / efficiency; generators carry UPS input and everything beside it; transformers carry the
    same in kVA; the utility carries it divided by the transformers' efficiency. Apparent powers are added
    arithmetically, which never understates them.
    """
    declared = model.site.redundancy
    rows: Vector = {}
    bus, bus_va = ups, ups_va
    if "ups" in declared and ups > 0:
        place = pool_place(model, "ups", hall)
        efficiency, input_pf = ups_path(model, place, world)
        rows[row("ups", place)], rows[row("ups_va", place)] = ups, ups_va
        bus = power.input_power(ups, efficiency)
        bus_va = power.apparent_power(bus, input_pf)
    if other > 0:
        bus += other
        bus_va += power.apparent_power(other, capacity_of(model.site.mechanical_power_factor, world))
    if "generator" in declared:
        rows[row("generator", SITE)], rows[row("generator_va", SITE)] = bus, bus_va
    if "transformer" in declared:
        rows[row("transformer", SITE)] = bus_va
    if "utility" in declared:
        rows[row("utility", SITE)] = power.input_power(bus, transformer_efficiency(model, world))
    return rows


# ---------------------------------------------------------------- heat


def to_loop(model: SiteModel, world: World, loop: str, heat: float) -> Vector:
    """Rows loaded by heat [W] put into a facility loop: rejection, and the loop's pumps with their own heat."""
    if heat <= 0:
        return {}
    share = model.site.loops[loop].pump_power
    pumps = heat * load_of(share, world) if share is not None else 0.0
    rows = {row("heat_rejection", loop): heat + pumps} if "heat_rejection" in model.site.redundancy else {}
    return add(rows, electrical(model, world, None, other=pumps))


def to_room(model: SiteModel, world: World, hall_name: str, heat: float) -> Vector:
    """Rows loaded by heat [W] given off into a hall's air."""
    hall = model.site.halls[hall_name]
    if heat <= 0:
        return {}
    rows = {row("room_air", hall_name): heat} if "room_air" in model.site.redundancy else {}
    return add(rows, to_loop(model, world, hall.air.loop, heat) if hall.air else {})


def to_liquid(model: SiteModel, world: World, hall_name: str, heat: float, flow: float) -> Vector:
    """Rows loaded by heat [W] and flow [m3/s] in a hall's liquid loop."""
    hall = model.site.halls[hall_name]
    if heat <= 0:
        return {}
    rows = {}
    if "cdu" in model.site.redundancy:
        rows = {row("cdu", hall_name): heat, row("cdu_flow", hall_name): flow}
    return add(rows, to_loop(model, world, hall.liquid.loop, heat) if hall.liquid else {})


# ---------------------------------------------------------------- demand


def rack_flow(rack: Rack, hall: Hall, world: World) -> float:
    """Coolant flow [m3/s] one rack needs in a hall, from its own return limit."""
    if hall.liquid is None or rack.liquid is None:
        return 0.0
    return cooling.liquid_flow(
        load_of(rack.heat, world) * liquid_share(rack, world),
        load_of(hall.liquid.supply, world),
        capacity_of(rack.liquid.return_limit, world),
        hall.liquid.fluid,
    )


def rack_demand(model: SiteModel, rack: Rack, hall_name: str, world: World) -> Vector:
    """Rows loaded by one energised rack."""
    heat = load_of(rack.heat, world)
    share = liquid_share(rack, world)
    return add(
        electrical(
            model,
            world,
            hall_name,
            ups=heat,
            ups_va=power.apparent_power(heat, capacity_of(rack.power_factor, world)),
        ),
        to_liquid(model, world, hall_name, heat * share, rack_flow(rack, model.site.halls[hall_name], world)),
        to_room(model, world, hall_name, heat * (1.0 - share)),
    )


def su_racks(model: SiteModel, deployment: str) -> list[tuple[str, Rack, int]]:
    """Name, spec and count of each kind of rack in one SU."""
    found = []
    for entry in model.site.deployments[deployment].su:
        spec = model.specs[entry.spec]
        if isinstance(spec, Rack):
            found.append((entry.spec, spec, entry.count))
    return found


def su_demand(model: SiteModel, deployment: str, hall_name: str, world: World) -> Vector:
    """Rows loaded by one energised SU."""
    return add(
        *(
            {key: value * count for key, value in rack_demand(model, rack, hall_name, world).items()}
            for _, rack, count in su_racks(model, deployment)
        )
    )


def is_liquid(model: SiteModel, deployment: str) -> bool:
    """Whether an SU has a liquid side to fill and test."""
    return any(rack.liquid is not None for _, rack, _ in su_racks(model, deployment))


def su_obstacles(model: SiteModel, deployment: str, hall_name: str, world: World) -> list[str]:
    """Why an SU cannot run in a hall whatever is bought; empty when it can."""
    hall = model.site.halls[hall_name]
    found = []
    for name, rack, _ in su_racks(model, deployment):
        if rack.liquid is None:
            continue
        if hall.liquid is None:
            found.append(f"{name} needs liquid; hall {hall_name} declares no `liquid` loop")
            continue
        supply = load_of(hall.liquid.supply, world)
        if supply > capacity_of(rack.liquid.supply_max, world) + 1e-9:
            found.append(f"{name} takes coolant up to {text(rack.liquid.supply_max.value)}; hall {hall_name} is warmer")
        elif supply >= capacity_of(rack.liquid.return_limit, world):
            found.append(f"{name}: coolant supply of hall {hall_name} is not below the rack's return limit")
    return found


def existing_load(model: SiteModel, entry: Load, world: World) -> Vector:
    """Rows loaded by a load that is there already or reserved."""

    def value(figure: Figure[Any] | None) -> float:
        return 0.0 if figure is None else load_of(figure, world)

    behind = value(entry.ups)
    rows = electrical(model, world, entry.hall, ups=behind, ups_va=behind, other=value(entry.other))
    if entry.hall is None:
        return rows
    return add(
        rows,
        to_liquid(model, world, entry.hall, value(entry.liquid_heat), value(entry.liquid_flow)),
        to_room(model, world, entry.hall, value(entry.air_heat)),
        {row("positions", entry.hall): float(entry.positions)},
    )


# ---------------------------------------------------------------- plant


def cooler_air(model: SiteModel, world: World) -> float:
    """Air temperature [K] at outdoor plant."""
    place = model.site.place
    return cooling.air_temperature_at_coolers(
        load_of(place.design_dry_bulb, world), load_of(place.recirculation_rise, world)
    )


def _derating(figures: DeratingFigures | None, world: World) -> power.Derating | None:
    if figures is None:
        return None
    return power.Derating(
        altitude_knee=capacity_of(figures.altitude_knee, world),
        altitude_slope=load_of(figures.altitude_slope, world),
        temperature_knee=capacity_of(figures.temperature_knee, world),
        temperature_slope=load_of(figures.temperature_slope, world),
    )


def generator_power(model: SiteModel, spec: Generator, world: World) -> float:
    """Power [W] of a set at this site's altitude and air temperature."""
    return power.generator_rating(
        capacity_of(spec.power, world),
        _derating(spec.engine, world),
        _derating(spec.alternator, world),
        load_of(model.site.place.altitude, world),
        cooler_air(model, world),
    )


def chiller_point(model: SiteModel, spec: Chiller, loop: str, world: World) -> ChillerPoint | None:
    """Capacity and draw of a chiller on a loop at design air; None outside its published points."""
    points = [
        ChillerPoint(
            ambient=capacity_of(point.ambient, world),
            water=load_of(point.water, world),
            capacity=capacity_of(point.capacity, world),
            power=load_of(point.power, world),
        )
        for point in spec.ratings
    ]
    try:
        water = capacity_of(model.site.loops[loop].supply, world)
        return chiller_rating(points, cooler_air(model, world), water)
    except ValueError:  # outside its points, or points whose adverse ends contradict each other
        return None


def _rejection(model: SiteModel, spec: Chiller | DryCooler, loop: str, world: World) -> float:
    if isinstance(spec, Chiller):
        point = chiller_point(model, spec, loop, world)
        return 0.0 if point is None else point.capacity
    water, air = model.site.loops[loop], cooler_air(model, world)
    supply, approach = capacity_of(water.supply, world), load_of(spec.minimum_approach, world)
    if not cooling.dry_cooler_outlet_reachable(supply, air, approach):
        return 0.0
    return cooling.dry_cooler_capacity(
        capacity_of(spec.capacity, world), load_of(spec.rated_difference, world), capacity_of(water.back, world), air
    )


def _cdu_heat(model: SiteModel, spec: Cdu, hall: Hall, world: World) -> float:
    if hall.liquid is None:
        return 0.0
    approach = capacity_of(hall.liquid.supply, world) - load_of(model.site.loops[hall.liquid.loop].supply, world)
    if approach <= 0:
        return 0.0
    return cooling.cdu_capacity(capacity_of(spec.capacity, world), load_of(spec.approach, world), approach)


def unit_supply(model: SiteModel, spec: Spec, place: str, world: World) -> Vector:
    """Rows that one running unit supplies, at this site's conditions; zero where it cannot work there."""
    match spec:
        case Generator():
            rated = generator_power(model, spec, world)
            apparent = power.apparent_power(rated, load_of(spec.power_factor, World.PLANNING))
            return {row("generator", SITE): rated, row("generator_va", SITE): apparent}
        case Ups():
            return {
                row("ups", place): capacity_of(spec.power, world),
                row("ups_va", place): capacity_of(spec.apparent, world),
            }
        case Transformer():
            return {row("transformer", SITE): capacity_of(spec.apparent, world)}
        case UtilityService():
            return {row("utility", SITE): capacity_of(spec.power, world)}
        case Cdu():
            hall = model.site.halls[place]
            return {
                row("cdu", place): _cdu_heat(model, spec, hall, world),
                row("cdu_flow", place): capacity_of(spec.flow, world),
            }
        case RoomAirUnit():
            return {row("room_air", place): _room_air(model, spec, place, world)}
        case Chiller() | DryCooler():
            return {row("heat_rejection", place): _rejection(model, spec, place, world)}
    return {}


def _room_air(model: SiteModel, spec: RoomAirUnit, hall_name: str, world: World) -> float:
    hall = model.site.halls[hall_name]
    loop = model.site.loops[hall.air.loop] if hall.air else None
    if loop is None or load_of(loop.supply, world) > capacity_of(spec.water_supply, world) + 1e-9:
        return 0.0
    return capacity_of(spec.capacity, world)


def _cooling_draw(model: SiteModel, service: Service, hall: str | None, draw: float, world: World) -> Vector:
    if service in model.site.behind_ups:
        apparent = power.apparent_power(draw, capacity_of(model.site.mechanical_power_factor, world))
        return electrical(model, world, hall, ups=draw, ups_va=apparent)
    return electrical(model, world, hall, other=draw)


def unit_running(model: SiteModel, spec: Spec, place: str, world: World) -> Vector:
    """Rows that one running unit loads. Running cooling units, redundant ones included, draw their rated power."""
    match spec:
        case Cdu():
            draw, share = load_of(spec.power, world), spec.fluid_share
            into_fluid = draw * (share.low() if world is World.ADVERSE_AIR else load_of(share, world))
            return add(
                _cooling_draw(model, "cdu", place, draw, world),
                to_liquid(model, world, place, into_fluid, 0.0),
                to_room(model, world, place, draw - into_fluid),
            )
        case RoomAirUnit():
            draw, hall = load_of(spec.power, world), model.site.halls[place]
            fans = to_loop(model, world, hall.air.loop, draw) if hall.air else {}
            return add(_cooling_draw(model, "room_air", place, draw, world), fans)
        case Chiller():
            point = chiller_point(model, spec, place, world)
            return electrical(model, world, None, other=point.power) if point else {}
        case DryCooler():
            return electrical(model, world, None, other=load_of(spec.power, world))
    return {}


def unit_standing(model: SiteModel, spec: Spec, place: str, world: World) -> Vector:
    """Rows that one installed unit loads whether it runs or not."""
    if not isinstance(spec, Cdu | RoomAirUnit | Chiller | DryCooler) or spec.standing_power is None:
        return {}
    draw = load_of(spec.standing_power, world)
    in_hall = isinstance(spec, Cdu | RoomAirUnit)
    return add(
        electrical(model, world, place if in_hall else None, other=draw),
        to_room(model, world, place, draw) if in_hall else {},
    )


# ---------------------------------------------------------------- floor


@dataclass(frozen=True)
class FloorNeed:
    """What one rack asks of a hall's floor; None where the hall does not say enough."""

    uniform: float | None
    point: float


def floor_need(rack: Rack, hall: Hall, world: World) -> FloorNeed:
    """Uniform load [Pa] and tile load [N] of one standing rack."""
    mass = load_of(rack.mass, world)
    area = hall.floor.position_area
    return FloorNeed(
        uniform=None if area is None else floor.uniform_load(mass, capacity_of(area, world)),
        point=floor.tile_load_ibm(mass, hall.floor.racks_share_tiles),
    )


def floor_holds(rack: Rack, hall: Hall, by: FloorReinforcement | None, world: World) -> bool:
    """Whether a position carries a rack, reinforced or not; a check the hall does not state is not made."""
    need = floor_need(rack, hall, world)
    uniform, point = floor_rating(hall, by, world)
    own = 0.0 if by is None or by.own_load is None else load_of(by.own_load, world)
    uniform_ok = uniform is None or need.uniform is None or need.uniform + own <= uniform * (1 + 1e-9)
    return uniform_ok and (point is None or need.point <= point * (1 + 1e-9))


def floor_rating(hall: Hall, by: FloorReinforcement | None, world: World) -> tuple[float | None, float | None]:
    """Uniform [Pa] and point [N] rating of a position, the better of existing and reinforced."""

    def better(existing: Figure[Any] | None, upgrade: Figure[Any] | None) -> float | None:
        if existing is None:
            return None
        values: Iterable[Figure[Any]] = (existing,) if upgrade is None else (existing, upgrade)
        return max(capacity_of(figure, world) for figure in values)

    return (
        better(hall.floor.uniform, by.uniform if by else None),
        better(hall.floor.point, by.point if by else None),
    )
