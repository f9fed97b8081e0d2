"""Whether a hall's coolant loop suits its racks and CDUs: pressure, temperatures, and what one CDU carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dcplan.answer import Line
from dcplan.assess.balance import Placement, stands
from dcplan.assess.coverage import racks_of
from dcplan.assess.limits import unused
from dcplan.assess.line import SITE_FILE, WORLDS, Reading, Subject, judge, listed, number, source_of, unchecked
from dcplan.catalog import Cdu, Figure, Generator, Rack
from dcplan.once import once
from dcplan.ratings.climate import dew_point
from dcplan.ratings.liquid import (
    DEW_POINT_MARGIN,
    cdu_flow,
    hall_racks,
    loop_head,
    pump_points,
    rack_flow,
    rack_pressure,
    racks_served,
)
from dcplan.ratings.rows import World, capacity_of, load_of, plant_at, pool_place
from dcplan.site import SiteModel
from dcplan.units import in_unit

_LIMITS = {"heat": "heat at its approach", "flow": "its published flow", "pressure": "its flow at the loop's pressure"}


def liquid_lines(model: SiteModel, placement: Placement) -> Iterator[Line]:
    """Lines about the coolant of every hall that a deployment may use."""
    halls = sorted({hall for deployment in model.site.deployments.values() for hall in deployment.halls})
    wet = [hall for hall in halls if model.site.halls[hall].liquid is not None]
    for hall in wet:
        for rack in racks_of(model, hall):
            yield from _coldest_supply(model, placement, hall, rack)
    # pods on the CDUs of their hall have one line with it
    declared = "cdu" in model.site.redundancy
    for place in sorted({pool_place(model, "cdu", hall) if declared else hall for hall in wet}):
        standing = _standing_cdus(model, place)
        for name, spec in standing.items():
            yield from _cdu_range(model, place, name, spec)
        yield _pressure(model, place, standing)
        yield from _ride_through(model, place)
    for hall in halls:
        yield from _dew_point(model, hall)


def _standing_cdus(model: SiteModel, hall: str) -> dict[str, Cdu]:
    names = sorted({entry.spec for _, entry in plant_at(model).get(hall, ()) if stands(model, entry)})
    return {name: spec for name in names if isinstance(spec := model.specs[name], Cdu)}


def _coldest_supply(model: SiteModel, placement: Placement, place: str, name: str) -> Iterator[Line]:
    rack, liquid = model.specs[name], model.site.halls[place].liquid
    if not isinstance(rack, Rack) or rack.liquid is None or liquid is None:
        return
    line_id, rule = f"supply_minimum.{place}.{name}", "coolant supply of the hall, at least what the rack accepts"
    coldest = rack.liquid.supply_min
    if coldest is None:
        yield unchecked(line_id, place, rule, f"{name} states no `supply_min`")
        return
    readings = [Reading(load_of(coldest, world), capacity_of(liquid.supply, world)) for world in WORLDS]
    yield judge(
        Subject(line_id, place, rule, "degC", source_of(model, [name])),
        readings,
        [unused(model, placement, place, name)],
    )


def _cdu_range(model: SiteModel, place: str, name: str, spec: Cdu) -> Iterator[Line]:
    """Both ends of the coolant temperatures a CDU is published for; outside them it counts as zero."""
    liquid = model.site.halls[place].liquid
    if liquid is None:
        return
    if spec.supply_min is None and spec.supply_max is None:
        why = f"{name} states neither `supply_min` nor `supply_max`"
        yield unchecked(f"cdu_supply.{place}.{name}", place, "coolant supply within what the CDU is published for", why)
    ends = [
        ("minimum", spec.supply_min, "at least the coldest the CDU is published for"),
        ("maximum", spec.supply_max, "at most the warmest the CDU is published for"),
    ]
    for word, end, rule in ends:
        if end is None:
            continue
        readings = [
            Reading(load_of(end, world), capacity_of(liquid.supply, world))
            if word == "minimum"
            else Reading(load_of(liquid.supply, world), capacity_of(end, world))
            for world in WORLDS
        ]
        line_id, rule = f"cdu_supply_{word}.{place}.{name}", f"coolant supply of the hall, {rule}"
        yield judge(Subject(line_id, place, rule, "degC", source_of(model, [name])), readings)


def _dew_point(model: SiteModel, place: str) -> Iterator[Line]:
    """Coolant, and facility water on bare surfaces in the room, against the dew point of its air."""
    hall = model.site.halls[place]
    waters: dict[str, Figure[Any]] = {}
    for side in (hall.liquid, hall.air):
        if side is not None and side.loop is not None:
            waters[side.loop] = model.site.loops[side.loop].supply
    colder = min(waters, key=lambda loop: waters[loop].si(), default="")
    checked = [
        ("dew_point", "coolant supply", None if hall.liquid is None else hall.liquid.supply, ""),
        ("dew_point_water", f"water supply of {colder}", waters.get(colder), "bare coils, hoses and pipes in the room"),
    ]
    for dimension, what, figure, note in checked:
        if figure is None:
            continue
        line_id, rule = f"{dimension}.{place}", f"{what}, at least 2 K above the dew point of the room's air"
        if hall.humidity is None:
            yield unchecked(line_id, place, rule, "the hall states no `humidity`")
            continue
        readings = [
            Reading((dew_point(model, place, world) or 0.0) + DEW_POINT_MARGIN, capacity_of(figure, world))
            for world in WORLDS
        ]
        yield judge(Subject(line_id, place, rule, "degC", SITE_FILE), readings, [note])


def _ride_through(model: SiteModel, place: str) -> Iterator[Line]:
    """Whether coolant keeps flowing through the racks when power blinks."""
    line_id, rule = f"ride_through.{place}", "flow through the racks while generators start"
    starts = [start_time(model, world) for world in WORLDS]
    if "cdu" in model.site.behind_ups:
        yield unchecked(line_id, place, rule, "CDUs are behind the UPS; how long its batteries last is not checked")
    elif any(start is None for start in starts):
        yield unchecked(line_id, place, rule, "CDUs stop with the power, and no standing generator states `start_time`")
    else:
        readings = [Reading(start or 0.0, 0.0) for start in starts]
        why = "CDUs are not behind the UPS: flow stops at once; what racks bear without flow is published by nobody"
        yield judge(Subject(line_id, place, rule, "s", SITE_FILE), readings, [why])


@once
def start_time(model: SiteModel, world: World) -> float | None:
    """Days until the slowest standing generator carries load; None where one does not say, or none stands."""
    specs = [model.specs[entry.spec] for _, entry in sorted(model.site.plant.items()) if stands(model, entry)]
    starts = [spec.start_time for spec in specs if isinstance(spec, Generator)]
    known = [load_of(start, world) for start in starts if start is not None]
    return max(known) if known and len(known) == len(starts) else None


def _pressure(model: SiteModel, place: str, standing: dict[str, Cdu]) -> Line:
    """Whether the pumps of at least one type of standing CDU reach the pressure the loop needs."""
    line_id = f"cdu_pressure.{place}"
    rule = "pressure of the largest rack at its flow and of the pipes, at most the highest published head of a CDU"
    missing = _missing(model, place, standing)
    if missing:
        return unchecked(line_id, place, rule, missing)
    readings = []
    for world in WORLDS:
        heads = [point.head for spec in standing.values() for point in pump_points(spec, world)]
        readings.append(Reading(loop_head(model, place, world) or 0.0, max(heads, default=0.0)))
    hall = model.site.halls[place]
    racks = hall_racks(model, place)
    needs = [
        f"{name}: {_shown(rack_flow(rack, hall, World.PLANNING), 'L/min')} at "
        f"{_shown(rack_pressure(rack, hall, World.PLANNING) or 0.0, 'kPa')}"
        for name, rack in racks.items()
    ]
    gives = [
        f"{name} gives {_shown(cdu_flow(model, spec, place, World.PLANNING), 'L/min')} of its published "
        f"{_shown(spec.flow.si(), 'L/min')}"
        if pump_points(spec, World.PLANNING)
        else f"{name} states neither `head` nor `pump_curve`: its published flow is counted"
        for name, spec in standing.items()
    ]
    viscous = "drops by flow ** 2 above and ** 1.75 below the published point, at its fluid and temperature"
    subject = Subject(line_id, place, rule, "kPa", source_of(model, {*racks, *standing}))
    return judge(subject, readings, [listed(needs), *gives, viscous])


def _missing(model: SiteModel, place: str, standing: dict[str, Cdu]) -> str:
    """What a hall, its racks or its CDUs do not state of the loop's pressure; empty where it can be checked."""
    hall = model.site.halls[place]
    if hall.liquid is None or hall.liquid.pipe_pressure_drop is None:
        return "the hall's `liquid` states no `pipe_pressure_drop`: CDUs count with their published flow"
    racks = hall_racks(model, place)
    silent = [name for name, rack in racks.items() if rack_pressure(rack, hall, World.PLANNING) is None]
    if silent:
        return f"no `pressure_drop` is stated for {listed(silent)}: CDUs count with their published flow"
    if not standing:
        return f"no CDU stands in {place}"
    if not any(pump_points(spec, World.PLANNING) for spec in standing.values()):
        return f"neither `head` nor `pump_curve` is stated for {listed(standing)}: its published flow is counted"
    return ""


def served(model: SiteModel, hall: str) -> Iterator[str]:
    """What one running CDU of each type, standing or for sale, carries of each kind of rack, and what limits it."""
    offered = {upgrade.spec for upgrade in model.site.upgrades.values() if hall in upgrade.at}
    types = _standing_cdus(model, hall) | {
        name: spec for name in sorted(offered) if isinstance(spec := model.specs[name], Cdu)
    }
    for name, spec in sorted(types.items()):
        for rack_name, rack in hall_racks(model, hall).items():
            found = racks_served(model, spec, rack, hall, World.PLANNING)
            if found is not None:
                parts = ", ".join(f"{value:.1f} by {limit}" for limit, value in found.by.items())
                yield f"one {name} carries {found.racks} {rack_name}: {_LIMITS[found.binding]} limits it ({parts})"


def _shown(value: float, unit: str) -> str:
    return f"{number(in_unit(value, unit))} {unit}"
