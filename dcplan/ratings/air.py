"""A hall's air: what room units and rear doors take from it, and the air its racks draw, in SI floats."""

from __future__ import annotations

from dataclasses import dataclass

from dcplan.catalog import LiquidToAir, Rack, RearDoor, RoomAirUnit
from dcplan.once import once
from dcplan.physics import cooling
from dcplan.ratings.climate import thin_air
from dcplan.ratings.liquid import liquid_share
from dcplan.ratings.rows import Vector, World, capacity_of, halls_fed, load_of, plant_at, pool_place, row
from dcplan.site import SiteModel
from dcplan.trace import noted
from dcplan.units import text


@dataclass(frozen=True)
class Doors:
    """The rear doors of a place: their spec, and the kind of rack they hang on."""

    door: RearDoor
    rack: str


@once
def doors_at(model: SiteModel, place: str) -> Doors | None:
    """Rear doors that stand or may be bought where a hall's air is counted; a site file names one kind at most."""
    site = model.site
    entries = [(entry.spec, entry.on) for _, entry in plant_at(model).get(place, ())]
    entries += [(entry.spec, entry.on) for entry in site.upgrades.values() if place in entry.at]
    for name, rack in entries:
        spec = model.specs[name]
        if isinstance(spec, RearDoor) and rack is not None:
            return Doors(spec, rack)
    return None


@once
def door_heat(model: SiteModel, place: str, world: World) -> float:
    """Heat [W] one rear door takes: no more than its capacity, nor than its rack gives to the air."""
    doors = doors_at(model, place)
    rack = None if doors is None else model.specs[doors.rack]
    if doors is None or not isinstance(rack, Rack) or not _cold_enough(model, doors.door, place, world):
        return 0.0
    exhaust = load_of(rack.heat, world) * (1.0 - liquid_share(rack, world))
    return min(capacity_of(doors.door.capacity, world) * thin_air(model, doors.door.altitude_derate, world), exhaust)


def door_at_stake(model: SiteModel, place: str, world: World) -> Vector:
    """What one door both supplies and loads on the room units' own row, so that only its failure counts there.

    A door that fails leaves its rack's heat to the room units; as it may always be one that hangs on a rack, doors
    beyond the racks make nothing redundant.
    """
    redundancy = model.site.redundancy.get("room_air")
    heat = door_heat(model, place, world)
    if redundancy is None or redundancy.scheme == "N" or not heat:
        return {}
    return {row("open_air", place): heat}


def behind_door(model: SiteModel, name: str, hall_name: str, world: World) -> float:
    """Heat [W] of one rack that a rear door would take before it reaches the room; 0 for racks without doors."""
    if "room_air" not in model.site.redundancy:
        return 0.0
    place = pool_place(model, "room_air", hall_name)
    doors = doors_at(model, place)
    return 0.0 if doors is None or doors.rack != name else door_heat(model, place, world)


def _cold_enough(model: SiteModel, spec: RoomAirUnit | RearDoor, hall_name: str, world: World) -> bool:
    air = model.site.halls[hall_name].air
    if air is None:
        return False
    water = load_of(model.site.loops[air.loop].supply, world)
    warm_air = air.supply is None or capacity_of(air.supply, world) > water
    return warm_air and water <= capacity_of(spec.water_supply, world) + 1e-9


def room_air_capacity(model: SiteModel, spec: RoomAirUnit, hall_name: str, world: World) -> float:
    """Net heat [W] one room air unit takes from a hall; 0 with water warmer, or air colder, than published."""
    if not _cold_enough(model, spec, hall_name, world):
        return noted(
            0.0,
            "nothing: no loop, or one warmer than the unit's published water or not colder than the air it is to make",
        )
    air = model.site.halls[hall_name].air
    supply, published = None if air is None else air.supply, spec.air_supply
    if supply is not None and published is not None and capacity_of(supply, world) < load_of(published, world) - 1e-9:
        return noted(0.0, "nothing: the hall's air is colder than the unit's published supply")
    return capacity_of(spec.capacity, world) * thin_air(model, spec.altitude_derate, world)


# ---------------------------------------------------------------- air flow


def rack_airflow(model: SiteModel, rack: Rack, world: World) -> float | None:
    """Air [m3/s] one rack draws at this altitude; None where its spec states neither rise nor flow."""
    altitude = load_of(model.site.place.altitude, world)
    heat = load_of(rack.heat, world) * (1.0 - liquid_share(rack, world))
    if heat <= 0.0:
        return 0.0
    if rack.air_rise is not None:
        return cooling.air_flow(heat, capacity_of(rack.air_rise, world), altitude)
    if rack.airflow is not None:
        return cooling.air_flow_at(load_of(rack.airflow, world), altitude)
    return None


@once
def airflow_gaps(model: SiteModel, place: str) -> list[str]:
    """What keeps a place's air flow from being balanced: figures that are not stated, or rear doors."""
    site = model.site
    if site.halls[place].air is None or "room_air" not in site.redundancy:
        return ["no room air is declared"]
    found = ["air of racks with rear doors passes the room in part"] if doors_at(model, place) else []
    halls = halls_fed(model, "room_air").get(place, frozenset())
    racks = {kind.spec for entry in site.deployments.values() if halls & {*entry.halls} for kind in entry.su}
    for name in sorted(racks):
        rack = model.specs[name]
        if isinstance(rack, Rack) and rack_airflow(model, rack, World.ADVERSE_AIR) is None:
            found.append(f"{name} states neither `air_rise` nor `airflow`")
    for name, load in sorted(site.loads.items()):
        if load.hall in halls and load.air_heat is not None and load.air_flow is None:
            found.append(f"load {name} states no `air_flow`")
    for name, room in sorted(site.electrical_rooms.items()):
        if room.cooled_by in halls:
            found.append(f"losses of electrical room {name} warm the hall's air, with no flow stated")
    units = {entry.spec for hall in halls for _, entry in plant_at(model).get(hall, ())}
    units |= {entry.spec for entry in site.upgrades.values() if halls & {*entry.at}}
    for name in sorted(units):
        spec = model.specs[name]
        if isinstance(spec, RoomAirUnit | LiquidToAir) and spec.airflow is None:
            found.append(f"{name} states no `airflow`")
    return found


def to_airflow(model: SiteModel, hall_name: str, flow: float | None) -> Vector:
    """The row loaded by air [m3/s] drawn in a hall; none where air flow is not balanced."""
    if not flow or "room_air" not in model.site.redundancy:
        return {}
    place = pool_place(model, "room_air", hall_name)
    return {} if airflow_gaps(model, place) else {row("room_airflow", place): flow}


def air_obstacles(model: SiteModel, name: str, rack: Rack, hall_name: str, world: World) -> list[str]:
    """Why a rack cannot take a hall's air."""
    air = model.site.halls[hall_name].air
    if air is None or air.supply is None or rack.air_inlet_max is None:
        return []
    if load_of(air.supply, world) <= capacity_of(rack.air_inlet_max, world) + 1e-9:
        return []
    return [f"{name} takes air up to {text(rack.air_inlet_max.value)}; hall {hall_name} supplies warmer"]
