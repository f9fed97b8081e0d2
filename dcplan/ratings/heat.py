"""Where heat goes on this site, in SI floats."""

from __future__ import annotations

from dcplan.catalog import FacilityPump
from dcplan.physics import cooling, hydraulics
from dcplan.ratings.air import doors_at
from dcplan.ratings.electrical import electrical
from dcplan.ratings.rows import Vector, World, add, capacity_of, load_of, pool_place, row
from dcplan.site import SiteModel


def to_loop(model: SiteModel, world: World, loop: str, heat: float) -> Vector:
    """Rows loaded by heat [W] put into a facility loop: flow, pumps, rejection there or on the loop that feeds it."""
    if heat <= 0:
        return {}
    share = model.site.loops[loop].pump_power
    pumps = heat * load_of(share, world) if share is not None else 0.0
    rows: Vector = {}
    behind = model.site.loops[loop].fed_by
    if behind is not None:
        rows = to_loop(model, world, behind.loop, heat + pumps)
    elif "heat_rejection" in model.site.redundancy:
        rows = {row("heat_rejection", loop): heat + pumps}
    if "facility_pump" in model.site.redundancy and share is None:
        rows[row("loop_flow", loop)] = loop_flow(model, loop, heat, world)
    return add(rows, electrical(model, world, None, other=pumps))


def loop_flow(model: SiteModel, loop: str, heat: float, world: World) -> float:
    """Flow [m3/s] that carries heat [W] round a facility loop between its two temperatures."""
    entry = model.site.loops[loop]
    return cooling.liquid_flow(heat, load_of(entry.supply, world), capacity_of(entry.back, world), entry.fluid)


def pump_flow(model: SiteModel, spec: FacilityPump, loop: str, world: World) -> float:
    """Flow [m3/s] of one pump on a loop; zero where the loop needs more head than the pump is published with."""
    drop = model.site.loops[loop].pipe_pressure_drop
    if drop is not None and load_of(drop, world) > capacity_of(spec.head, world) * (1 + 1e-9):
        return 0.0
    return capacity_of(spec.flow, world)


def pump_draw(spec: FacilityPump, world: World) -> float:
    """Electrical draw [W] of one running pump."""
    if spec.efficiency is None:
        return 0.0 if spec.power is None else load_of(spec.power, world)
    efficiency = capacity_of(spec.efficiency, world)
    return hydraulics.pump_power(load_of(spec.flow, world), load_of(spec.head, world), efficiency)


def to_room(model: SiteModel, world: World, hall_name: str, heat: float, behind_door: float = 0.0) -> Vector:
    """Rows loaded by heat [W] given off into a hall's air, of which rear doors would take a part [W]."""
    hall = model.site.halls[hall_name]
    if heat <= 0:
        return {}
    rows = {}
    if "room_air" in model.site.redundancy:
        place = pool_place(model, "room_air", hall_name)
        rows = {row("room_air", place): heat}
        if doors_at(model, place) is not None:
            rows[row("open_air", place)] = heat - behind_door
    return add(rows, to_loop(model, world, hall.air.loop, heat) if hall.air else {})


def to_liquid(model: SiteModel, world: World, hall_name: str, heat: float, flow: float) -> Vector:
    """Rows loaded by heat [W] and flow [m3/s] in a hall's liquid loop."""
    hall = model.site.halls[hall_name]
    if heat <= 0:
        return {}
    rows: Vector = {}
    place = hall_name
    if "cdu" in model.site.redundancy:
        place = pool_place(model, "cdu", hall_name)
        rows = {row("cdu", place): heat, row("cdu_flow", place): flow}
    if hall.liquid is None:
        return rows
    if hall.liquid.loop is None:  # liquid-to-air units warm the room that they stand in, a pod's racks may be elsewhere
        return add(rows, to_room(model, world, place, heat))
    return add(rows, to_loop(model, world, hall.liquid.loop, heat))
