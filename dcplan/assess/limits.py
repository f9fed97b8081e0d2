"""Limits of one hall or one loop that no unit more would move: obstacles and temperatures."""

from __future__ import annotations

from collections.abc import Iterator

from dcplan.answer import Line
from dcplan.assess.balance import Placement, stands
from dcplan.assess.coverage import racks_of
from dcplan.assess.line import (
    SITE_FILE,
    WORLDS,
    Reading,
    Subject,
    clipped,
    judge,
    listed,
    quantity,
    source_of,
    unchecked,
)
from dcplan.catalog import Chiller, CoolingTower, DryCooler, Figure, Rack, RearDoor, RoomAirUnit, is_wet
from dcplan.ratings.climate import cooler_air, cooler_wet_bulb
from dcplan.ratings.liquid import liquid_approach
from dcplan.ratings.racks import su_obstacles
from dcplan.ratings.rejection import (
    HeatRejection,
    chiller_point,
    coldest_water,
    entering_air,
    rejection_capacity,
    water_use,
)
from dcplan.ratings.rows import SITE, World, capacity_of, load_of, plant_at, pool_place
from dcplan.site import Plant, SiteModel
from dcplan.units import in_unit, text


def limit_lines(model: SiteModel, placement: Placement) -> Iterator[Line]:
    """Temperature lines, hall by hall and loop by loop."""
    halls = sorted({hall for deployment in model.site.deployments.values() for hall in deployment.halls})
    for hall in halls:
        for rack in racks_of(model, hall):
            yield from _supply_temperature(model, placement, hall, rack)
            yield _air_inlet(model, placement, hall, rack)
        yield _air_supply(model, hall)
        yield from _approach(model, hall)
    for name, loop in sorted(model.site.loops.items()):
        if loop.fed_by is None:
            yield _loop_supply(model, name)
    yield from _water(model)


def obstacle_lines(model: SiteModel, placement: Placement) -> Iterator[Line]:
    """Deployments that can run in none of their halls, and halls that an adverse world would bar."""
    for name, halls in sorted(placement.barred.items()):
        for hall, reasons in halls.items():
            yield _obstacle(name, hall, reasons, "fail")
    for name, hall in sorted(placement.sus):
        adverse = [su_obstacles(model, name, hall, world) for world in WORLDS[1:]]
        reasons = tuple(dict.fromkeys(reason for found in adverse for reason in found))
        if reasons:
            yield _obstacle(name, hall, reasons, "open")


def _obstacle(deployment: str, hall: str, reasons: tuple[str, ...], verdict: str) -> Line:
    if verdict == "fail":
        tail = "no hall of this deployment is free of obstacles: its load is in no other line"
    else:
        tail = "at the adverse ends of labelled assumptions only"
    line = unchecked(f"obstacle.{deployment}.{hall}", deployment, "an SU must be able to run in its hall", "")
    reason = clipped([listed(reasons), tail])
    return line.model_copy(update={"verdict": verdict, "assumed": verdict == "open", "reason": reason})


def in_use(model: SiteModel, placement: Placement, hall: str, rack: str) -> bool:
    """Whether the placement puts racks of this kind into the hall."""
    return any(rack in (kind.spec for kind in model.site.deployments[name].su) for name in placement.here(hall))


def unused(model: SiteModel, placement: Placement, hall: str, rack: str) -> str:
    """A remark for lines about racks of which the placement puts none into the hall."""
    return "" if in_use(model, placement, hall, rack) else f"no SU with {rack} is assumed in {hall}"


# ---------------------------------------------------------------- temperatures


def _supply_temperature(model: SiteModel, placement: Placement, place: str, name: str) -> Iterator[Line]:
    rack, liquid = model.specs[name], model.site.halls[place].liquid
    if not isinstance(rack, Rack) or rack.liquid is None:
        return
    line_id, rule = f"supply_temperature.{place}.{name}", "coolant supply of the hall, at most what the rack accepts"
    if liquid is None:
        yield unchecked(line_id, place, rule, f"{place} declares no `liquid` loop: no SU with {name} can run there")
        return
    readings = [Reading(load_of(liquid.supply, world), capacity_of(rack.liquid.supply_max, world)) for world in WORLDS]
    subject = Subject(line_id, place, rule, "degC", source_of(model, [name]))
    yield judge(subject, readings, [unused(model, placement, place, name)])


def _air_inlet(model: SiteModel, placement: Placement, place: str, name: str) -> Line:
    rack, air = model.specs[name], model.site.halls[place].air
    line_id, rule = f"air_inlet.{place}.{name}", "air supplied to the hall's racks, at most what the rack accepts"
    warmest = rack.air_inlet_max if isinstance(rack, Rack) else None
    if air is None or air.supply is None:
        return unchecked(line_id, place, rule, "the hall's `air` states no `supply`")
    if warmest is None:
        return unchecked(line_id, place, rule, f"{name} states no `air_inlet_max`")
    readings = [Reading(load_of(air.supply, world), capacity_of(warmest, world)) for world in WORLDS]
    subject = Subject(line_id, place, rule, "degC", source_of(model, [name]))
    return judge(subject, readings, [unused(model, placement, place, name)])


def _air_supply(model: SiteModel, place: str) -> Line:
    """Air is made with water: never as cold as it, and no colder than a unit is published for."""
    air = model.site.halls[place].air
    rule = "air supplied to the hall, above the water that cools it and no colder than a room unit is published for"
    line_id = f"air_supply.{place}"
    if air is None or air.supply is None:
        return unchecked(line_id, place, rule, "the hall's `air` states no `supply`")
    water = model.site.loops[air.loop].supply
    entries = [entry for _, entry in plant_at(model).get(_air_place(model, place), ()) if stands(model, entry)]
    units = {
        entry.spec: spec for entry in entries if isinstance(spec := model.specs[entry.spec], RoomAirUnit | RearDoor)
    }
    published = [spec.air_supply for spec in units.values() if isinstance(spec, RoomAirUnit) and spec.air_supply]
    readings = []
    for world in WORLDS:
        coldest = [max(load_of(water, world), load_of(figure, world)) for figure in published]
        readings.append(Reading(min(coldest, default=load_of(water, world)), capacity_of(air.supply, world)))
    if not published and all(reading.holds(strictly=True) for reading in readings):
        why = f"warmer than the water of {air.loop}; how close units come to it is not stated: no `air_supply`"
        return unchecked(line_id, place, rule, why)
    subject = Subject(line_id, place, rule, "degC", source_of(model, units), strictly=not published)
    return judge(subject, readings, [f"water of {air.loop}: {text(water.value)}"])


def _air_place(model: SiteModel, hall: str) -> str:
    """Where the room units of a hall or pod stand."""
    return pool_place(model, "room_air", hall) if "room_air" in model.site.redundancy else hall


def _approach(model: SiteModel, place: str) -> Iterator[Line]:
    liquid = model.site.halls[place].liquid
    if liquid is None:
        return
    cooled_by = "the room's air supply" if liquid.loop is None else f"water supply of {liquid.loop}"
    readings = [Reading(0.0, liquid_approach(model, model.site.halls[place], world) or 0.0) for world in WORLDS]
    rule = f"coolant supply less {cooled_by}, above zero; CDU heat is scaled below its rated approach"
    yield judge(Subject(f"approach.{place}", place, rule, "K", SITE_FILE, strictly=True), readings)


def _loop_supply(model: SiteModel, loop: str) -> Line:
    """Whether at least one type of existing cooler makes the loop's supply temperature."""
    line_id, rule = (
        f"loop_supply.{loop}",
        "coldest water of the existing coolers at design air, at most the loop's supply",
    )
    names = sorted(
        {
            entry.spec
            for entry in model.site.plant.values()
            if entry.at == loop and stands(model, entry) and isinstance(model.specs[entry.spec], HeatRejection)
        }
    )
    if not names:
        return unchecked(line_id, loop, rule, f"no cooler stands on {loop}")
    coldest = {name: [_coldest(model, name, loop, world) for world in WORLDS] for name in names}
    supply = model.site.loops[loop].supply
    reasons = [_cannot(model, name, loop) for name in names if _beyond(coldest[name][0], supply.si())]
    makers = [[found for found in world if found is not None] for world in zip(*coldest.values(), strict=True)]
    source = source_of(model, names)
    if not makers[0]:
        failed = unchecked(line_id, loop, rule, clipped(reasons))
        return failed.model_copy(update={"verdict": "fail", "source": source})
    readings = [
        Reading(min(found), capacity_of(supply, world)) for found, world in zip(makers, WORLDS, strict=True) if found
    ]
    outside = len(readings) < len(WORLDS)
    if outside:
        reasons.append("outside all published points at the adverse ends of labelled assumptions")
    line = judge(Subject(line_id, loop, rule, "degC", source), readings, reasons)
    if outside and line.verdict == "pass":
        line = line.model_copy(update={"verdict": "open", "assumed": True})
    return line


def _coldest(model: SiteModel, name: str, loop: str, world: World) -> float | None:
    """Coldest water [K] a cooler makes at design air; None outside a chiller's published points."""
    spec = model.specs[name]
    if isinstance(spec, DryCooler | CoolingTower):
        return coldest_water(model, spec, world)
    if not isinstance(spec, Chiller):
        return None
    published = min(load_of(point.water, world) for point in spec.ratings)
    reached = chiller_point(model, spec, loop, world) is not None
    return published if reached or _beyond(published, capacity_of(model.site.loops[loop].supply, world)) else None


def _beyond(coldest: float | None, supply: float) -> bool:
    return coldest is None or coldest > supply + 1e-6


def _cannot(model: SiteModel, name: str, loop: str) -> str:
    spec, air, what = model.specs[name], cooler_air(model, World.PLANNING), "air"
    if isinstance(spec, CoolingTower):
        air, what = cooler_wet_bulb(model, World.PLANNING) or air, "a wet bulb"
    elif isinstance(spec, DryCooler):
        air = entering_air(model, spec, World.PLANNING)
    water = in_unit(model.site.loops[loop].supply.si(), "degC")
    kind = "its published points" if isinstance(spec, Chiller) else "its minimum approach"
    reached = f"water of {water:.4g} degC in {what} of {in_unit(air, 'degC'):.4g} degC"
    return f"{name} does not make {reached} by {kind}: it counts as zero"


# ---------------------------------------------------------------- water


def _water(model: SiteModel) -> Iterator[Line]:
    """Make-up water of what stands against the site's limit; nothing where no unit is wet."""
    entries = [entry for _, entry in sorted(model.site.plant.items()) if entry.at in model.site.loops]
    names = {entry.spec for entry in entries} | {entry.spec for entry in model.site.upgrades.values()}
    wet = {name for name in names if is_wet(model.specs[name])}
    if not wet:
        return
    line_id = "water.site"
    rule = "make-up water of all wet coolers at rated heat, of pads in the driest air at design dry bulb, at most"
    if model.site.limits.water is None:
        yield unchecked(line_id, SITE, rule, "the site states no `limits.water`")
        return
    limit = Figure(model.site.limits.water).si()
    needs = [
        sum(water_use(model, model.specs[entry.spec], entry.at, world) * entry.count for entry in entries)
        for world in WORLDS
    ]
    shown = [f"{name} {_litres(model, name, loop)} on {loop}" for name in sorted(wet) for loop in _loops(model, name)]
    readings = [Reading(need, limit) for need in needs]
    found = judge(
        Subject(line_id, SITE, rule, "L/min", source_of(model, wet)), readings, [f"per unit: {listed(shown)}"]
    )
    if found.verdict == "pass":
        idle = sorted({entry.spec for entry in entries if entry.spec in wet and _is_idle(model, entry)})
        why = f"{listed(idle)} misses the loop's supply temperature and counts as zero: who rejects the heat is open"
        yield unchecked(line_id, SITE, rule, why) if idle else found
    elif model.site.place.driest_wet_bulb is None and _least_water(model, entries) <= limit:
        why = "the site states no `driest_wet_bulb`: in bone-dry air, pads would pass the limit"
        yield unchecked(line_id, SITE, rule, clipped([why, f"{quantity(needs[0], 'L/min')} in all", found.reason]))
    else:
        yield found


def _is_idle(model: SiteModel, entry: Plant) -> bool:
    spec = model.specs[entry.spec]
    return isinstance(spec, HeatRejection) and rejection_capacity(model, spec, entry.at, World.PLANNING) == 0.0


def _least_water(model: SiteModel, entries: list[Plant]) -> float:
    """What even air as humid as the site's extreme wet bulb makes of it."""
    wet = cooler_wet_bulb(model, World.PLANNING)
    return sum(water_use(model, model.specs[one.spec], one.at, World.PLANNING, wet) * one.count for one in entries)


def _loops(model: SiteModel, name: str) -> list[str]:
    """Loops on which a spec stands or may stand."""
    site = model.site
    places = {entry.at for entry in site.plant.values() if entry.spec == name}
    places |= {place for entry in site.upgrades.values() if entry.spec == name for place in entry.at}
    return sorted(places & {*site.loops})


def _litres(model: SiteModel, name: str, loop: str) -> str:
    return quantity(water_use(model, model.specs[name], loop, World.PLANNING), "L/min")
