"""A hall's coolant loop: the flow and the pressure its racks need, and what a CDU moves there, in SI floats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dcplan.catalog import Cdu, Rack
from dcplan.errors import OutsideRange
from dcplan.once import once
from dcplan.physics import cooling, hydraulics
from dcplan.ratings.climate import dew_point
from dcplan.ratings.rows import World, capacity_of, load_of
from dcplan.site import Hall, SiteModel
from dcplan.units import text


def liquid_share(rack: Rack, world: World) -> float:
    """Share of a rack's heat that leaves in liquid."""
    if world is World.ADVERSE_LIQUID:
        return rack.liquid_share.high()
    return rack.liquid_share.low() if world is World.ADVERSE_AIR else rack.liquid_share.si()


def rack_flow(rack: Rack, hall: Hall, world: World) -> float:
    """Coolant flow [m3/s] one rack needs in a hall: from its own return limit, and never below its own minimum."""
    if hall.liquid is None or rack.liquid is None:
        return 0.0
    heat = load_of(rack.heat, world) * liquid_share(rack, world)
    needs = [
        cooling.liquid_flow(
            heat,
            load_of(hall.liquid.supply, world),
            capacity_of(rack.liquid.return_limit, world),
            hall.liquid.fluid,
        )
    ]
    if rack.liquid.minimum_flow is not None:
        needs.append(load_of(rack.liquid.minimum_flow, world))
    if rack.liquid.minimum_specific_flow is not None:
        needs.append(load_of(rack.liquid.minimum_specific_flow, world) * heat)
    return max(needs)


DEW_POINT_MARGIN = 2.0
"""How far above the room's dew point coolant and bare pipes are kept [K]."""


def coolant_obstacles(model: SiteModel, name: str, rack: Rack, hall_name: str, world: World) -> Iterator[str]:
    """Why a rack cannot take a hall's coolant."""
    hall = model.site.halls[hall_name]
    if rack.liquid is None:
        return
    if hall.liquid is None:
        yield f"{name} needs liquid; hall {hall_name} declares no `liquid` loop"
        return
    supply = load_of(hall.liquid.supply, world)
    if supply > capacity_of(rack.liquid.supply_max, world) + 1e-9:
        yield f"{name} takes coolant up to {text(rack.liquid.supply_max.value)}; hall {hall_name} is warmer"
    elif supply >= capacity_of(rack.liquid.return_limit, world):
        yield f"{name}: coolant supply of hall {hall_name} is not below the rack's return limit"
    coldest = rack.liquid.supply_min
    if coldest is not None and capacity_of(hall.liquid.supply, world) < load_of(coldest, world) - 1e-9:
        yield f"{name} takes coolant down to {text(coldest.value)}; hall {hall_name} is colder"
    dew = dew_point(model, hall_name, world)
    if dew is not None and capacity_of(hall.liquid.supply, world) < dew + DEW_POINT_MARGIN - 1e-6:
        yield f"{name}: coolant of hall {hall_name} is less than 2 K above the room's dew point: water condenses"


@once
def hall_racks(model: SiteModel, hall_name: str) -> dict[str, Rack]:
    """Racks on liquid that may stand in a hall, or in a pod on its CDUs, and can take its coolant, by name."""
    shared = "cdu" in model.site.redundancy and model.site.redundancy["cdu"].group == "hall"
    rooms = {hall_name} | {name for name, pod in model.site.halls.items() if shared and pod.within == hall_name}
    deployments = model.site.deployments.values()
    names = sorted({kind.spec for entry in deployments if rooms & set(entry.halls) for kind in entry.su})
    racks = {name: spec for name in names if isinstance(spec := model.specs[name], Rack) and spec.liquid is not None}
    return {
        name: rack
        for name, rack in racks.items()
        if not any(coolant_obstacles(model, name, rack, hall_name, World.PLANNING))
    }


def rack_pressure(rack: Rack, hall: Hall, world: World) -> float | None:
    """Pressure [Pa] one rack takes at its flow in a hall; None where the spec states no drop."""
    liquid = rack.liquid
    if liquid is None or liquid.pressure_drop is None or liquid.pressure_flow is None:
        return None
    return hydraulics.pressure_drop(
        rack_flow(rack, hall, world), capacity_of(liquid.pressure_flow, world), load_of(liquid.pressure_drop, world)
    )


def _drop(rack: Rack, hall: Hall, world: World) -> float | None:
    try:
        return rack_pressure(rack, hall, world)
    except OutsideRange:
        if world is World.PLANNING:
            raise
        # no flow meets the rack's limits at the adverse end: the obstacle line says so
        return rack_pressure(rack, hall, World.PLANNING)


def loop_head(model: SiteModel, hall_name: str, world: World) -> float | None:
    """Pressure [Pa] a hall's coolant loop needs of its CDUs; None where the hall or a rack states no drop.

    Racks stand in parallel, so the rack of the largest drop decides, and the pipes come on top.
    """
    hall = model.site.halls[hall_name]
    if hall.liquid is None or hall.liquid.pipe_pressure_drop is None:
        return None
    drops = [_drop(rack, hall, world) for rack in hall_racks(model, hall_name).values()]
    known = [drop for drop in drops if drop is not None]
    if len(known) < len(drops):
        return None
    return load_of(hall.liquid.pipe_pressure_drop, world) + max(known, default=0.0)


def pump_points(spec: Cdu, world: World) -> list[hydraulics.PumpPoint]:
    """Published points of a CDU's pumps."""
    points = [
        hydraulics.PumpPoint(capacity_of(point.flow, world), capacity_of(point.head, world))
        for point in spec.pump_curve
    ]
    if spec.head is not None:
        points.append(hydraulics.PumpPoint(capacity_of(spec.flow, world), capacity_of(spec.head, world)))
    return points


def supplies_at(spec: Cdu, hall: Hall, world: World) -> bool:
    """Whether a CDU is published for a hall's coolant temperature; an end that is not stated bars nothing."""
    if hall.liquid is None:
        return False
    cold, warm = capacity_of(hall.liquid.supply, world), load_of(hall.liquid.supply, world)
    below = spec.supply_min is not None and cold < load_of(spec.supply_min, world) - 1e-9
    above = spec.supply_max is not None and warm > capacity_of(spec.supply_max, world) + 1e-9
    return not (below or above)


def liquid_approach(model: SiteModel, hall: Hall, world: World) -> float | None:
    """Coolant supply less the water, or with liquid-to-air units the air, that cools it [K]; None where not stated."""
    if hall.liquid is None:
        return None
    if hall.liquid.loop is not None:
        return capacity_of(hall.liquid.supply, world) - load_of(model.site.loops[hall.liquid.loop].supply, world)
    if hall.air is None or hall.air.supply is None:
        return None
    return capacity_of(hall.liquid.supply, world) - load_of(hall.air.supply, world)


def cdu_heat(model: SiteModel, spec: Cdu, hall_name: str, world: World) -> float:
    """Heat [W] one CDU moves at a hall's approach."""
    hall = model.site.halls[hall_name]
    if hall.liquid is None or not supplies_at(spec, hall, world):
        return 0.0
    approach = liquid_approach(model, hall, world)
    if approach is None or approach <= 0:
        return 0.0
    return cooling.cdu_capacity(capacity_of(spec.capacity, world), load_of(spec.approach, world), approach)


def cdu_flow(model: SiteModel, spec: Cdu, hall_name: str, world: World) -> float:
    """Flow [m3/s] one CDU gives against a hall's loop; its published flow where the pressure is not known."""
    hall = model.site.halls[hall_name]
    if not supplies_at(spec, hall, world):
        return 0.0
    published, head, points = (
        capacity_of(spec.flow, world),
        loop_head(model, hall_name, world),
        pump_points(spec, world),
    )
    if head is None or not points:
        return published
    try:
        return min(published, hydraulics.flow_at_head(points, head))
    except ValueError:  # points whose adverse ends contradict each other
        return 0.0


@dataclass(frozen=True)
class Served:
    """How many racks of one kind one running CDU carries, and which of its limits says so."""

    racks: int
    binding: str
    by: Mapping[str, float]


def racks_served(model: SiteModel, spec: Cdu, rack: Rack, hall_name: str, world: World) -> Served | None:
    """Racks on one CDU by heat at its approach, by published flow, and by flow at the loop's pressure.

    None for a rack that gives the liquid no heat.
    """
    hall = model.site.halls[hall_name]
    heat, flow = load_of(rack.heat, world) * liquid_share(rack, world), rack_flow(rack, hall, world)
    if heat <= 0.0 or flow <= 0.0:
        return None
    own = load_of(spec.power, world) * load_of(spec.fluid_share, world)
    by = {
        "heat": max(0.0, cdu_heat(model, spec, hall_name, world) - own) / heat,
        "flow": capacity_of(spec.flow, world) / flow,
    }
    if loop_head(model, hall_name, world) is not None and pump_points(spec, world):
        by["pressure"] = cdu_flow(model, spec, hall_name, world) / flow
    binding = min(by, key=lambda limit: by[limit])
    return Served(int(by[binding] + 1e-9), binding, by)
