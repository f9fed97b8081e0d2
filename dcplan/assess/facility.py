"""Whether each facility loop suits what runs on it: pumps, header, frost, the loop that feeds it, and ride-through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dcplan.answer import Line
from dcplan.assess.balance import Balance, Placement, stands
from dcplan.assess.line import SITE_FILE, WORLDS, Reading, Subject, judge, listed, source_of, unchecked
from dcplan.assess.liquid import start_time
from dcplan.catalog import Chiller, FacilityPump, Spec
from dcplan.physics import cooling, fluid, hydraulics
from dcplan.ratings.heat import loop_flow
from dcplan.ratings.returns import mixed_return, sources
from dcplan.ratings.rows import World, capacity_of, load_of, rejecting_loop, row
from dcplan.site import SiteModel
from dcplan.units import in_unit

FROST_MARGIN = 3.0
"""How far below the coldest air a loop's freezing point is kept [K]."""
_DAY = 86_400.0


def facility_lines(model: SiteModel, placement: Placement, balances: Sequence[Balance]) -> Iterator[Line]:
    """Lines of every facility loop."""
    for loop in sorted(model.site.loops):
        yield _pump_head(model, loop)
        yield _header(model, loop, balances)
        yield _frost(model, loop)
        yield from _feeder(model, loop)
        yield _back(model, placement, loop)
        yield _ride_through(model, loop, balances)


def _standing(model: SiteModel, loop: str) -> dict[str, Spec]:
    names = {entry.spec for entry in model.site.plant.values() if entry.at == loop and stands(model, entry)}
    return {name: model.specs[name] for name in sorted(names)}


def _heat(balance: Balance, model: SiteModel, loop: str, world: World) -> float | None:
    """Heat [W] that a loop carries; None where neither its rejection nor its flow is balanced."""
    if row("loop_flow", loop) in balance.rows:
        entry = model.site.loops[loop]
        flow = balance.load.get(row("loop_flow", loop), 0.0)
        supply, back = load_of(entry.supply, world), capacity_of(entry.back, world)
        return cooling.flow_limited_heat(flow, supply, back, entry.fluid)
    rejected = balance.load.get(row("heat_rejection", loop), 0.0)
    return rejected if rejected > 0.0 else None


def _pump_head(model: SiteModel, loop: str) -> Line:
    line_id, rule = f"pump_head.{loop}", "head that the loop asks of its pumps, at most the highest of a standing pump"
    pumps = {name: spec for name, spec in _standing(model, loop).items() if isinstance(spec, FacilityPump)}
    drop = model.site.loops[loop].pipe_pressure_drop
    if drop is None:
        return unchecked(line_id, loop, rule, "the loop states no `pipe_pressure_drop`: pumps count in full")
    if not pumps:
        return unchecked(line_id, loop, rule, f"no facility pump stands on {loop}")
    readings = [
        Reading(load_of(drop, world), max(capacity_of(spec.head, world) for spec in pumps.values())) for world in WORLDS
    ]
    low = [name for name, spec in pumps.items() if spec.head.si() < drop.si() * (1 - 1e-9)]
    why = f"{listed(low)} does not reach it: it counts as zero" if low else ""
    return judge(Subject(line_id, loop, rule, "kPa", source_of(model, pumps)), readings, [why])


def _header(model: SiteModel, loop: str, balances: Sequence[Balance]) -> Line:
    entry = model.site.loops[loop]
    line_id, rule = f"header_velocity.{loop}", "mean velocity of the loop's whole flow in its header"
    if entry.header_diameter is None or entry.velocity_limit is None:
        missing = "header_diameter" if entry.header_diameter is None else "velocity_limit"
        return unchecked(line_id, loop, rule, f"the loop states no `{missing}`")
    readings = []
    for balance, world in zip(balances, WORLDS, strict=True):
        heat = _heat(balance, model, loop, world)
        if heat is None:
            return unchecked(line_id, loop, rule, "neither its heat rejection nor its flow is balanced")
        flow = loop_flow(model, loop, heat, world)
        velocity = hydraulics.velocity(flow, capacity_of(entry.header_diameter, world))
        readings.append(Reading(velocity, capacity_of(entry.velocity_limit, world)))
    why = "water in steel mains is usually kept to 2.4 m/s against erosion, 3 m/s at the most (AIRAH)"
    return judge(Subject(line_id, loop, rule, "m/s", SITE_FILE), readings, [why])


def _frost(model: SiteModel, loop: str) -> Line:
    liquid, coldest = model.site.loops[loop].fluid, model.site.place.design_min_dry_bulb
    line_id, rule = f"frost.{loop}", f"freezing point of {liquid}, at least 3 K below the coldest air (usual allowance)"
    if coldest is None:
        return unchecked(line_id, loop, rule, "`place` states no `design_min_dry_bulb`")
    if model.site.loops[loop].fed_by is not None:
        return unchecked(line_id, loop, rule, "no cooler stands on it: whether its pipes run outdoors is not stated")
    freezing = fluid.freezing_point(liquid) + FROST_MARGIN
    readings = [Reading(freezing, capacity_of(coldest, world)) for world in WORLDS]
    glycol = "" if liquid == "water" else f"coolers and exchangers are taken to be rated for {liquid}"
    return judge(Subject(line_id, loop, rule, "degC", SITE_FILE), readings, [glycol])


def _feeder(model: SiteModel, loop: str) -> Iterator[Line]:
    """A loop that another one cools: its supply, and what is not known of the exchanger between them."""
    entry = model.site.loops[loop]
    if entry.fed_by is None:
        return
    behind = model.site.loops[entry.fed_by.loop]
    rule = f"supply of {loop}, at least that of {entry.fed_by.loop} and the approach of the exchanger between them"
    readings = [
        Reading(load_of(behind.supply, world) + load_of(entry.fed_by.approach, world), capacity_of(entry.supply, world))
        for world in WORLDS
    ]
    yield judge(Subject(f"exchanger_approach.{loop}", loop, rule, "degC", SITE_FILE), readings)
    why = "the site file has no field for it: the exchanger is taken to carry the heat at its approach"
    yield unchecked(f"exchanger.{loop}", loop, f"capacity of the exchanger to {entry.fed_by.loop}", why)


def _back(model: SiteModel, placement: Placement, loop: str) -> Line:
    """Whether what heats a loop is warm enough for the return water that the site file states."""
    line_id = f"loop_back.{loop}"
    rule = "return of the loop, at most the mixed return that its coolant, its air and the loops it feeds can give"
    entry, found = model.site.loops[loop], [list(sources(model, loop, placement.sus, world)) for world in WORLDS]
    silent = list(dict.fromkeys(one.name for one in found[0] if one.warmest is None))
    readings = []
    for world, heating in zip(WORLDS, found, strict=True):
        warmest = mixed_return(capacity_of(entry.supply, world), heating)
        if warmest is None:
            why = f"not stated how warm: {listed(silent)}" if silent else "no SU is assumed on it"
            return unchecked(line_id, loop, rule, why)
        readings.append(Reading(load_of(entry.back, world), warmest))
    why = f"not stated how warm, left out of the mix: {listed(silent)}" if silent else ""
    if silent and all(reading.holds(strictly=False) for reading in readings):
        return unchecked(line_id, loop, rule, why)
    named = {one.name: one.warmest for one in found[0] if one.warmest is not None}
    shown = listed(f"{name} {in_unit(warmest, 'degC'):.4g} degC" for name, warmest in named.items())
    return judge(Subject(line_id, loop, rule, "degC", SITE_FILE), readings, [shown, why])


def _ride_through(model: SiteModel, loop: str, balances: Sequence[Balance]) -> Line:
    """How long the loop's water takes up its heat, against the time until rejection works again."""
    held = model.site.loops[loop].ride_through
    line_id = f"ride_through.{loop}"
    rule = "generators started and chillers restarted, at most as long as the loop's water takes up its heat"
    if held is None:
        return unchecked(line_id, loop, rule, "the loop states no `ride_through` (volume, supply_limit)")
    coolers = _standing(model, rejecting_loop(model, loop))
    chillers = {name: spec for name, spec in coolers.items() if isinstance(spec, Chiller)}
    silent = [name for name, spec in chillers.items() if spec.restart_time is None]
    starts = [start_time(model, world) for world in WORLDS]
    if silent:
        return unchecked(line_id, loop, rule, f"no `restart_time` is stated for {listed(silent)}")
    if any(start is None for start in starts):
        return unchecked(line_id, loop, rule, "no generator stands, or one states no `start_time`")
    moving = "facility_pump" in model.site.behind_ups and model.site.loops[loop].pump_power is None
    readings = []
    for start, balance, world in zip(starts, balances, WORLDS, strict=True):
        heat = _heat(balance, model, loop, world)
        if heat is None:
            return unchecked(line_id, loop, rule, "neither its heat rejection nor its flow is balanced")
        restarts = [load_of(spec.restart_time, world) for spec in chillers.values() if spec.restart_time is not None]
        supply, limit = load_of(model.site.loops[loop].supply, world), capacity_of(held.supply_limit, world)
        seconds = 0.0
        if moving and limit - supply >= cooling.SMALLEST_RISE:
            seconds = cooling.hold_time(
                capacity_of(held.volume, world), heat, supply, limit, model.site.loops[loop].fluid
            )
        readings.append(Reading((start or 0.0) + max(restarts, default=0.0), seconds / _DAY))
    why = "" if moving else "its pumps are not behind the UPS: the water stands still while generators start"
    return judge(Subject(line_id, loop, rule, "s", source_of(model, chillers)), readings, [why])
