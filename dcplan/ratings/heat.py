"""Where heat goes on this site, and what room air units move at its temperatures, in SI floats."""

from __future__ import annotations

from dcplan.catalog import RoomAirUnit
from dcplan.ratings.electrical import electrical
from dcplan.ratings.rows import Vector, World, add, capacity_of, load_of, pool_place, row
from dcplan.site import SiteModel
from dcplan.trace import noted


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
    rows = {}
    if "room_air" in model.site.redundancy:
        rows = {row("room_air", pool_place(model, "room_air", hall_name)): heat}
    return add(rows, to_loop(model, world, hall.air.loop, heat) if hall.air else {})


def to_liquid(model: SiteModel, world: World, hall_name: str, heat: float, flow: float) -> Vector:
    """Rows loaded by heat [W] and flow [m3/s] in a hall's liquid loop."""
    hall = model.site.halls[hall_name]
    if heat <= 0:
        return {}
    rows = {}
    if "cdu" in model.site.redundancy:
        place = pool_place(model, "cdu", hall_name)
        rows = {row("cdu", place): heat, row("cdu_flow", place): flow}
    return add(rows, to_loop(model, world, hall.liquid.loop, heat) if hall.liquid else {})


def room_air_capacity(model: SiteModel, spec: RoomAirUnit, hall_name: str, world: World) -> float:
    hall = model.site.halls[hall_name]
    loop = model.site.loops[hall.air.loop] if hall.air else None
    if loop is None or load_of(loop.supply, world) > capacity_of(spec.water_supply, world) + 1e-9:
        return noted(0.0, "nothing: no loop, or one warmer than the unit's published water")
    return capacity_of(spec.capacity, world)
