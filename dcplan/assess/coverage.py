"""What a check does not cover: lines that a site file or this version leaves unchecked, and whole subjects."""

from __future__ import annotations

from collections.abc import Iterator

from dcplan.answer import Line
from dcplan.assess.line import unchecked
from dcplan.catalog import Chiller, DryCooler, LiquidToAir, RearDoor, RoomAirUnit, Ups
from dcplan.ratings.air import airflow_gaps
from dcplan.ratings.losses import peaks_stated
from dcplan.ratings.racks import su_racks
from dcplan.ratings.rows import SITE, pool_place
from dcplan.site import LEVEL, Service, SiteModel, service_of

NOT_COVERED: tuple[str, ...] = (
    "arc flash and incident energy",
    "protection coordination; fault current anywhere but at the switchboard",
    "harmonics and power quality",
    "earthing, bonding and lightning",
    "stability of generators and UPS at GPU load swings",
    "fuel quality and delivery; permits other than caps on engine power and emissions",
    "battery autonomy and chemistry",
    "voltage drop, cables and protection below the switchboards and beside the busway",
    "power distribution inside the racks: shelves and their redundancy",
    "network cabling, optics and pathways",
    "controls, monitoring and sequences of operation",
    "pipe sizes inside halls and of branches; balancing, water hammer and expansion",
    "water treatment, yearly consumption and quality; coolant chemistry and filtration",
    "bypass and leakage of room air, containment and hot spots; humidity",
    "part-load efficiency of cooling plant; that of UPS and transformers whose spec states one efficiency",
    "floor load of racks that stand already, and of plant in electrical rooms and outdoors",
    "structural design of slab and raised floor; other loads on the same structure, vibration",
    "seismic anchorage and wind",
    "fire detection and suppression; leak detection and drainage",
    "noise, zoning and building code",
    "physical and information security",
    "work safety during installation in a live hall",
)
"""Subjects outside dcplan, one short line each."""

_SERVICES: tuple[Service, ...] = (
    "utility",
    "transformer",
    "generator",
    "ups",
    "cdu",
    "room_air",
    "facility_pump",
    "heat_rejection",
)


def unchecked_lines(model: SiteModel) -> Iterator[Line]:
    """Every line that is not checked, with the reason, in a stable order."""
    halls = sorted({hall for deployment in model.site.deployments.values() for hall in deployment.halls})
    yield from _undeclared(model, halls)
    for name, loop in sorted(model.site.loops.items()):
        if loop.pump_power is None and "facility_pump" not in model.site.redundancy:
            why = "the loop states no `pump_power`: its pumps' draw and heat are in no other line"
            yield unchecked(f"pumps.{name}", name, "draw and heat of facility pumps", why)
        elif loop.pump_power is not None and "facility_pump" in model.site.redundancy:
            why = "the loop's pumps are a share of its heat (`pump_power`), not named as plant"
            yield unchecked(f"loop_flow.{name}", name, "facility pumps against the flow of their loop", why)
    yield from _altitude(model)
    for hall in halls:
        yield from _of_hall(model, hall)
    roofless = sorted(_without_room(model))
    if roofless:
        why = f"no `electrical_rooms` entry for {', '.join(roofless)}: their losses are in no air or loop"
        yield unchecked("electrical_room.site", SITE, "cooling of electrical rooms", why)
    silent = sorted(_without_recharge(model))
    if silent:
        why = f"no `recharge` stated for {', '.join(silent)}: power after an outage, on top of the UPS input"
        yield unchecked("battery_recharge.site", SITE, "battery recharge power", why)


def _without_room(model: SiteModel) -> set[str]:
    """Electrical plant, as service@place, whose losses go nowhere; levels of transformers say `cooled_by`."""
    rooms = {(room.service, room.at) for room in model.site.electrical_rooms.values()}
    named = [(entry.spec, entry.at) for entry in model.site.plant.values()]
    named += [(entry.spec, place) for entry in model.site.upgrades.values() for place in entry.at]
    served = {(service_of(model.specs[spec]) or "", place) for spec, place in named}
    indoors = {(service, place) for service, place in served if service in ("ups", "transformer", "switchgear")}
    astray = {
        (service, place)
        for service, place in served
        if service.startswith(LEVEL) and place == SITE and model.site.levels[service[len(LEVEL) :]].cooled_by is None
    }
    return {f"{service}@{place}" for service, place in (indoors - rooms) | astray}


def _without_recharge(model: SiteModel) -> set[str]:
    named = {entry.spec for entry in model.site.plant.values()}
    named |= {entry.spec for entry in model.site.upgrades.values()}
    found = {name: model.specs[name] for name in named}
    return {name for name, spec in found.items() if isinstance(spec, Ups) and spec.recharge is None}


def _altitude(model: SiteModel) -> Iterator[Line]:
    """Air-cooled plant whose rating may be one for sea level."""
    if model.site.place.altitude.high() <= 0.0:
        return
    site = model.site
    names = {entry.spec for entry in site.plant.values()} | {entry.spec for entry in site.upgrades.values()}
    for name in sorted(names):
        spec = model.specs[name]
        if isinstance(spec, Chiller | DryCooler | RoomAirUnit | RearDoor) and spec.altitude_derate is None:
            why = f"{name} states no `altitude_derate`: its capacity is taken as one for the site's altitude"
            yield unchecked(f"altitude.{name}", SITE, "capacity in thinner air", why)
        elif isinstance(spec, LiquidToAir):
            why = f"{name}: its capacity is taken as one for the site's altitude"
            yield unchecked(f"altitude.{name}", SITE, "capacity in thinner air", why)
    if site.place.altitude.high() > 1_000.0:
        why = (
            "above 1,000 m UPS and transformers carry less (IEC 62040-3, IEC 60076-2), above 2,000 m switchgear and "
            "busways (IEC 61439-1)"
        )
        yield unchecked("altitude.electrical", SITE, "electrical plant in thinner air", why)
        why = "above 900 m the warmest inlet of ASHRAE's classes A1 and A2 falls by 1 K per 300 m"
        yield unchecked("altitude.air_inlet", SITE, "air inlet of racks in thinner air", why)


def _undeclared(model: SiteModel, halls: list[str]) -> Iterator[Line]:
    for service in _SERVICES:
        if service in model.site.redundancy:
            continue
        loops = sorted(model.site.loops)
        places = {
            "cdu": _liquid_halls(model, halls),
            "room_air": halls,
            "facility_pump": loops,
            "heat_rejection": loops,
        }
        for place in places.get(service, [SITE]):
            why = f"`redundancy.{service}` is not declared"
            yield unchecked(f"{service}.{place}", place, f"{service.replace('_', ' ')} against its load", why)


def _liquid_halls(model: SiteModel, halls: list[str]) -> list[str]:
    return [hall for hall in halls if model.site.halls[hall].liquid is not None]


def _of_hall(model: SiteModel, hall: str) -> Iterator[Line]:
    if "room_air" in model.site.redundancy and (gaps := airflow_gaps(model, hall)):
        yield unchecked(f"room_airflow.{hall}", hall, "air flow of room units against that of racks", "; ".join(gaps))
    place = pool_place(model, "ups", hall) if "ups" in model.site.redundancy else SITE
    if not peaks_stated(model, place):
        why = "racks state no `peak` with its `peak_time`, or a UPS no `overload`: balances are at sustained heat"
        yield unchecked(f"peak.{hall}", hall, "peak power against overload curves", why)


def racks_of(model: SiteModel, hall: str) -> list[str]:
    """Rack kinds of every deployment that may use a hall."""
    return sorted(
        {
            rack
            for name, deployment in model.site.deployments.items()
            if hall in deployment.halls
            for rack, _, _ in su_racks(model, name)
        }
    )
