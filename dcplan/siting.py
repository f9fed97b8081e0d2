"""Whether cooling plant is declared where it can work: its weather, its loop, its rack, what cools the coolant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dcplan.catalog import Cdu, CoolingTower, Figure, LiquidToAir, RearDoor, Spec, is_wet
from dcplan.errors import OutsideRange
from dcplan.groups import Found, Step
from dcplan.physics.fluid import HOTTEST_AIR
from dcplan.physics.psychrometrics import FREEZING, humidity_from_wet_bulb
from dcplan.site import Plant, Site, Upgrade
from dcplan.units import text
from dcplan.wording import nearest


def climate_problems(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """The wet bulb, and the plant that cannot be worked out without one."""
    wet, dry, path = site.place.design_wet_bulb, site.place.design_dry_bulb, ("place", "design_wet_bulb")
    if wet is None:
        named = {entry.spec for entry in site.plant.values()} | {entry.spec for entry in site.upgrades.values()}
        needs = sorted(name for name in named if name in specs and is_wet(specs[name]))
        if needs:
            yield ("place",), f"no `design_wet_bulb`, but {needs[0]}", "the wet bulb that it cools to", "25 degC"
        return
    driest = site.place.driest_wet_bulb
    if driest is not None and not FREEZING <= driest.low() <= driest.high() <= wet.low():
        allowed = f"0 degC to the `design_wet_bulb` of {text(wet.value)}, at each end of their ranges"
        yield ("place", "driest_wet_bulb"), text(driest.value), allowed, ""
    for end in (Figure.low, Figure.si, Figure.high):
        if end(wet) < FREEZING or end(wet) > end(dry):
            yield path, text(wet.value), "0 degC to the `design_dry_bulb`, at each end of their ranges", ""
            return
        try:
            humidity_from_wet_bulb(end(dry), end(wet), site.place.altitude.si())
        except OutsideRange:
            yield path, text(wet.value), f"a wet bulb that air of {text(dry.value)} can have", "no air is that dry"
            return


def tower_problems(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Loops of cooling towers carry water."""
    for path, entry, places in _entries(site):
        for place in places:
            loop = site.loops.get(place)
            if loop is None or not isinstance(specs.get(entry.spec), CoolingTower):
                continue
            if loop.supply.low() < FREEZING + 5.0 or loop.back.high() > HOTTEST_AIR:
                given = f"{text(loop.supply.value)} to {text(loop.back.value)}"
                yield (*path, "spec"), given, "a tower's loop between 5 degC and 70 degC", ""


def door_problems(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Rear doors name their rack, and a place has one kind of door on one kind of rack, so that their heat is known."""
    ordered = {kind.spec for deployment in site.deployments.values() for kind in deployment.su}
    seen: dict[str, tuple[str, str | None]] = {}
    for path, entry, places in _entries(site):
        door = isinstance(specs.get(entry.spec), RearDoor)
        if not door:
            if entry.on is not None:
                yield (*path, "on"), entry.on, "`on` with a rear door only", ""
            continue
        if entry.on is None:
            yield path, "a rear door without `on`", "the rack that it hangs on", f"on: {min(ordered)}"
            continue
        if entry.on not in ordered:
            allowed = f"a rack of a deployment: {', '.join(sorted(ordered)[:12])}"
            yield (*path, "on"), entry.on, allowed, nearest(entry.on, sorted(ordered))
        for place in places:
            kind = seen.setdefault(place, (entry.spec, entry.on))
            if kind != (entry.spec, entry.on):
                given = f"{entry.spec} on {entry.on} beside {kind[0]} on {kind[1]} at {place}"
                yield (*path, "spec"), given, "one kind of rear door on one kind of rack at a place", ""


def coolant_problems(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """A hall's coolant is cooled by a facility loop or by the room, never by both."""
    for path, entry, places in _entries(site):
        spec = specs.get(entry.spec)
        if not isinstance(spec, Cdu):
            continue
        for place in places:
            liquid = site.halls[place].liquid if place in site.halls else None
            if liquid is not None and isinstance(spec, LiquidToAir) == (liquid.loop is not None):
                given = f"{entry.spec} at {place}, which {'has no' if liquid.loop is None else 'has a'} `liquid.loop`"
                allowed = "CDUs where the hall's `liquid` names a loop, liquid-to-air units where it names none"
                yield (*path, "spec"), given, allowed, ""
    for name, hall in site.halls.items():
        if hall.liquid is not None and hall.liquid.loop is None and (hall.air is None or hall.air.supply is None):
            given = "coolant without a `loop`, and no `air.supply`"
            yield ("halls", name, "liquid"), given, "the air that cools it", "air: {loop: ..., supply: 24 degC}"


def _entries(site: Site) -> Iterator[tuple[Step, Plant | Upgrade, tuple[str, ...]]]:
    """Plant and upgrades with where they stand in the file and on the site."""
    for name, entry in site.plant.items():
        yield ("plant", name), entry, (entry.at,)
    for name, upgrade in site.upgrades.items():
        yield ("upgrades", name), upgrade, upgrade.at


def exchangers(site: Site) -> dict[str, int]:
    """Through how many exchangers the heat of each loop passes; without the loops whose heat goes in a circle."""
    passed: dict[str, int] = {}
    lost: set[str] = set()
    for name in site.loops:
        way: dict[str, None] = {}
        at: str | None = name
        # a circle is met again on the way, or was met on the way of another loop
        while at is not None and at not in way and at not in passed and at not in lost:
            way[at] = None
            loop = site.loops.get(at)
            at = loop.fed_by.loop if loop is not None and loop.fed_by is not None else None
        if at in way or at in lost:
            lost.update(way)
            continue
        behind = 0 if at is None else passed[at] + 1
        passed |= {one: count for count, one in enumerate(reversed(way), behind)}
    return passed
