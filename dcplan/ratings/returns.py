"""How warm the water of a facility loop can come back from what heats it, in SI floats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dcplan.catalog import Figure, Rack
from dcplan.once import once
from dcplan.physics import cooling
from dcplan.ratings.air import rack_airflow
from dcplan.ratings.liquid import liquid_share
from dcplan.ratings.racks import su_racks
from dcplan.ratings.rows import World, capacity_of, load_of
from dcplan.site import Hall, SiteModel
from dcplan.trace import noted

_TRIAL = 10.0
"""Rise at which a flow is first looked at [K]; heat over flow hardly depends on it."""


@dataclass(frozen=True)
class Source:
    """Heat that goes into a loop, and the temperature of the coolant, air or water that brings it."""

    name: str
    heat: float
    warmest: float | None
    """Water cannot leave warmer than this [K]; None where the site file does not say."""


def sources(model: SiteModel, loop: str, sus: Mapping[tuple[str, str], int], world: World) -> Iterator[Source]:
    """What heats a loop with these SUs: coolant and air of halls, loads, electrical rooms, and loops that it feeds."""
    for (deployment, hall_name), count in sorted(sus.items()):
        hall = model.site.halls[hall_name]
        liquid, air = (side is not None and side.loop == loop for side in (hall.liquid, hall.air))
        if not (liquid or air):
            continue
        for name, rack, number in su_racks(model, deployment):
            heat, share = load_of(rack.heat, world) * number * count, liquid_share(rack, world)
            if liquid and share > 0.0:
                yield Source(f"coolant of {name} in {hall_name}", heat * share, coolant_return(rack, hall, world))
            if air and share < 1.0:
                warmest = air_return(model, rack, hall, world)
                yield Source(f"air of {name} in {hall_name}", heat * (1.0 - share), warmest)
            if air and hall.liquid is not None and hall.liquid.loop is None:
                yield Source(f"liquid-to-air units of {hall_name}", heat * share, None)
    for name, figure in _loads(model).get(loop, ()):
        yield Source(f"load {name}", load_of(figure, world), None)
    for name, room in sorted(model.site.electrical_rooms.items()):
        if room.cooled_by == loop:
            yield Source(f"electrical room {name}", 0.0, None)
    for name, other in sorted(model.site.loops.items()):
        if other.fed_by is not None and other.fed_by.loop == loop:
            heat = sum(found.heat for found in sources(model, name, sus, world))
            yield Source(f"loop {name}", heat, capacity_of(other.back, world))


@once
def _loads(model: SiteModel) -> Mapping[str, Sequence[tuple[str, Figure[Any]]]]:
    """Heat of loads that goes into each loop, in the order of their names."""
    found: dict[str, list[tuple[str, Figure[Any]]]] = {}
    for name, load in sorted(model.site.loads.items()):
        hall = None if load.hall is None else model.site.halls[load.hall]
        for side, heat in () if hall is None else ((hall.liquid, load.liquid_heat), (hall.air, load.air_heat)):
            if side is not None and side.loop is not None and heat is not None:
                found.setdefault(side.loop, []).append((name, heat))
    return found


def coolant_return(rack: Rack, hall: Hall, world: World) -> float | None:
    """Temperature [K] of the coolant that leaves a rack: its limit, or less where its least flow is more."""
    if rack.liquid is None or hall.liquid is None:
        return None
    supply, limit = capacity_of(hall.liquid.supply, world), capacity_of(rack.liquid.return_limit, world)
    heat = capacity_of(rack.heat, world) * liquid_share(rack, world)
    least = [0.0]
    if rack.liquid.minimum_flow is not None and heat > 0.0:
        least.append(load_of(rack.liquid.minimum_flow, world) / heat)
    if rack.liquid.minimum_specific_flow is not None:
        least.append(load_of(rack.liquid.minimum_specific_flow, world))
    if max(least) <= 0.0 or limit - supply < cooling.SMALLEST_RISE:
        return limit
    reached = min(limit, supply + _TRIAL)
    for _ in range(4):  # heat per flow changes by some per mille over the rise: each round gains three digits
        per_kelvin = cooling.flow_limited_heat(max(least), supply, reached, hall.liquid.fluid) / (reached - supply)
        reached = min(limit, supply + max(1.0 / per_kelvin, cooling.SMALLEST_RISE))
    return reached


def air_return(model: SiteModel, rack: Rack, hall: Hall, world: World) -> float | None:
    """Temperature [K] of the air that leaves a rack; None where supply or rise is not stated."""
    if hall.air is None or hall.air.supply is None:
        return None
    supply, flow = capacity_of(hall.air.supply, world), rack_airflow(model, rack, world)
    if rack.air_rise is not None:
        return supply + capacity_of(rack.air_rise, world)
    heat = load_of(rack.heat, world) * (1.0 - liquid_share(rack, world))
    if not flow or heat <= 0.0:
        return None
    altitude = load_of(model.site.place.altitude, world)
    return supply + _TRIAL * cooling.air_flow(heat, _TRIAL, altitude) / flow


def mixed_return(supply: float, found: Sequence[Source]) -> float | None:
    """Warmest mixed return [K] of branches in parallel, each no warmer than its source; None without a known one.

    Each branch needs heat / (c (warmest - supply)) of flow at the least, so that 1 / rise of the mix is the mean of
    1 / rise of its branches, weighted by heat. A source no warmer than the supply gives the loop no heat at all.
    """
    known = [(one.heat, one.warmest) for one in found if one.warmest is not None and one.heat > 0.0]
    if not known:
        return None
    coldest = min(warmest for _, warmest in known)
    if coldest <= supply:
        return noted(coldest, "the coldest of what heats the loop")
    heat = sum(heat for heat, _ in known)
    rise = heat / sum(heat / (warmest - supply) for heat, warmest in known)
    return supply + noted(rise, "rise of the mixed return")
