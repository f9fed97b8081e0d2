"""What one unit of plant supplies to each row, and what it draws running and standing, in SI floats."""

from __future__ import annotations

from dcplan.catalog import (
    Cdu,
    Chiller,
    CoolingTower,
    DryCooler,
    FacilityPump,
    FuelTank,
    Generator,
    LevelTransformer,
    LiquidToAir,
    RearDoor,
    RoomAirUnit,
    Spec,
    Switchgear,
    Transformer,
    Ups,
    UtilityService,
)
from dcplan.distribution import OUTDOORS
from dcplan.levels import fed_by
from dcplan.physics import power
from dcplan.ratings.air import door_at_stake, door_heat, doors_at, room_air_capacity, to_airflow
from dcplan.ratings.electrical import at_meter, below_bus, electrical
from dcplan.ratings.feeders import switchgear_supply, unit_ways
from dcplan.ratings.generators import generator_standing, generator_supply, tank_supply
from dcplan.ratings.heat import pump_draw, pump_flow, to_liquid, to_loop, to_room
from dcplan.ratings.levels import power_factor, standing_above
from dcplan.ratings.liquid import cdu_flow, cdu_heat
from dcplan.ratings.losses import peaks_stated, rated_loss, transformer_line, ups_overload, ups_stage
from dcplan.ratings.rejection import chiller_point, rejection_capacity
from dcplan.ratings.rows import SITE, Vector, World, add, capacity_of, load_of, row
from dcplan.site import Service, SiteModel, service_of


def unit_supply(model: SiteModel, spec: Spec, place: str, world: World) -> Vector:
    """Rows that one running unit supplies, at this site's conditions; zero where it cannot work there."""
    match spec:
        case Generator():
            return generator_supply(model, spec, world)
        case FuelTank():
            return tank_supply(model, spec, world)
        case Switchgear():
            return switchgear_supply(model, spec, world)
        case Ups():
            rated = capacity_of(spec.power, world)
            peak = {row("ups_peak", place): rated * ups_overload(model, spec, world)}
            return {
                row("ups", place): rated,
                row("ups_va", place): capacity_of(spec.apparent, world),
                **(peak if peaks_stated(model, place) else {}),
            }
        case Transformer():
            return {row(service_of(spec) or "", place): capacity_of(spec.apparent, world)}
        case UtilityService():
            return {row("utility", SITE): capacity_of(spec.power, world)}
        case Cdu():
            return {
                row("cdu", place): cdu_heat(model, spec, place, world),
                row("cdu_flow", place): cdu_flow(model, spec, place, world),
            }
        case RoomAirUnit():
            return _room_air(model, spec, place, world)
        case RearDoor():
            return {row("room_air", place): door_heat(model, place, world)} | door_at_stake(model, place, world)
        case FacilityPump():
            return {row("loop_flow", place): pump_flow(model, spec, place, world)}
        case Chiller() | DryCooler() | CoolingTower():
            return {row("heat_rejection", place): rejection_capacity(model, spec, place, world)}
    return {}


def _room_air(model: SiteModel, spec: RoomAirUnit, place: str, world: World) -> Vector:
    heat = room_air_capacity(model, spec, place, world)
    rows = {row("room_air", place): heat}
    if doors_at(model, place) is not None:
        rows[row("open_air", place)] = heat
    flow = None if spec.airflow is None else capacity_of(spec.airflow, world)
    return rows | to_airflow(model, place, flow)


def _cooling_draw(model: SiteModel, service: Service, hall: str | None, draw: float, world: World) -> Vector:
    if service in model.site.behind_ups:
        apparent = power.apparent_power(draw, capacity_of(model.site.mechanical_power_factor, world))
        return electrical(model, world, hall, ups=draw, ups_va=apparent)
    return electrical(model, world, hall, other=draw)


def unit_running(model: SiteModel, spec: Spec, place: str, world: World) -> Vector:
    """Rows that one running unit loads on top of what it loads standing.

    Running cooling units, redundant ones included, draw their rated power in all.
    """
    match spec:
        case Cdu():
            draw, share = load_of(spec.power, world) - _standing_draw(spec, world), spec.fluid_share
            into_fluid = draw * (share.low() if world is World.ADVERSE_AIR else load_of(share, world))
            return add(
                _cooling_draw(model, "cdu", place, draw, world),
                to_liquid(model, world, place, into_fluid, 0.0),
                to_room(model, world, place, draw - into_fluid),
                _through(model, spec, place, world),
            )
        case RoomAirUnit() | RearDoor():
            draw, hall = load_of(spec.power, world) - _standing_draw(spec, world), model.site.halls[place]
            fans = to_loop(model, world, hall.air.loop, draw) if hall.air else {}
            stake = door_at_stake(model, place, world) if isinstance(spec, RearDoor) else {}
            return add(_cooling_draw(model, "room_air", place, draw, world), fans, stake)
        case FacilityPump():
            draw = pump_draw(spec, world)
            return add(_cooling_draw(model, "facility_pump", None, draw, world), to_loop(model, world, place, draw))
        case Chiller():
            point = chiller_point(model, spec, place, world)
            return electrical(model, world, None, other=point.power - _standing_draw(spec, world)) if point else {}
        case DryCooler() | CoolingTower():
            return electrical(model, world, None, other=load_of(spec.power, world) - _standing_draw(spec, world))
    return {}


def _through(model: SiteModel, spec: Cdu, place: str, world: World) -> Vector:
    """The room's air that a liquid-to-air unit blows through its coil."""
    if not isinstance(spec, LiquidToAir) or spec.airflow is None:
        return {}
    return to_airflow(model, place, load_of(spec.airflow, world))


def _standing_draw(spec: Cdu | RoomAirUnit | RearDoor | Chiller | DryCooler | CoolingTower, world: World) -> float:
    return 0.0 if spec.standing_power is None else load_of(spec.standing_power, world)


def unit_standing(model: SiteModel, spec: Spec, place: str, world: World) -> Vector:
    """Rows that one installed unit loads whether it runs or not, and the circuits it takes."""
    indoors = _into_electrical_room(model, spec, place, world)
    return add(_drawn_standing(model, spec, place, world), unit_ways(model, spec), indoors)


def _into_electrical_room(model: SiteModel, spec: Spec, place: str, world: World) -> Vector:
    """Heat of one installed unit of electrical plant, at its greatest loss, where its room is declared."""
    service = service_of(spec)
    cooled_by: dict[tuple[str | None, str], str] = {
        (room.service, room.at): room.cooled_by for room in model.site.electrical_rooms.values()
    }
    where = cooled_by.get((service, place), OUTDOORS)
    if isinstance(spec, LevelTransformer):
        where = model.site.levels[spec.level].cooled_by or (place if place in model.site.halls else OUTDOORS)
    if where == OUTDOORS:
        return {}
    into = to_room if where in model.site.halls else to_loop
    return into(model, world, where, rated_loss(spec, world))


def _drawn_standing(model: SiteModel, spec: Spec, place: str, world: World) -> Vector:
    match spec:
        case Generator():
            return generator_standing(model, spec, world)
        case Ups():
            stage = ups_stage(model, place, world)
            hall = place if place in model.site.halls else None
            return below_bus(model, world, hall, fed_by(model.site, "ups"), *stage.standing(spec, world))
        case LevelTransformer():
            return _no_load(model, spec, place, world)
        case Transformer():
            return at_meter(model, transformer_line(spec, world).fixed)
        case Cdu() | RoomAirUnit() | RearDoor() | Chiller() | DryCooler() | CoolingTower():
            return _cooling_standing(model, spec, place, world)
    return {}


def _no_load(model: SiteModel, spec: LevelTransformer, place: str, world: World) -> Vector:
    """What one energised transformer of a level draws from what feeds it, loaded or not."""
    draw, hall = transformer_line(spec, world).fixed, place if place in model.site.halls else None
    apparent = power.apparent_power(draw, power_factor(model, spec.level, world))
    top, above = standing_above(model, spec.level)
    if top == "bus":
        return below_bus(model, world, hall, above, draw, apparent)
    return electrical(model, world, hall, ups=draw, ups_va=apparent, level=above)


def _cooling_standing(
    model: SiteModel, spec: Cdu | RoomAirUnit | RearDoor | Chiller | DryCooler | CoolingTower, place: str, world: World
) -> Vector:
    draw = _standing_draw(spec, world)
    in_hall = isinstance(spec, Cdu | RoomAirUnit | RearDoor)
    return add(
        electrical(model, world, place if in_hall else None, other=draw),
        to_room(model, world, place, draw) if in_hall else {},
    )
