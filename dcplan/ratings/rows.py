"""Rows of a site, the worlds they are looked at in, and which end of a figure each world takes.

Everything is expressed on *rows*: one balance of one quantity at one place, for example ``generator@site`` [W] or
``cdu_flow@hall-a`` [m3/s]. A row's supply must cover its demand at every moment.

Three worlds are looked at. PLANNING takes every figure at its planning value. The two adverse worlds take every
labelled assumption at the end of its range that hurts: loads high, capacities low; the share of heat that goes to
liquid hurts liquid services when high and air services when low, hence two of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from dcplan.catalog import Figure
from dcplan.once import once
from dcplan.site import Plant, Service, SiteModel, level_service, service_of

Vector = dict[str, float]


SITE = "site"


class World(Enum):
    """Which end of its range each labelled assumption takes."""

    PLANNING = "planning"
    ADVERSE_LIQUID = "adverse, most heat to liquid"
    ADVERSE_AIR = "adverse, most heat to air"


ADVERSE = (World.ADVERSE_LIQUID, World.ADVERSE_AIR)


@dataclass(frozen=True)
class Dimension:
    """A quantity that rows balance."""

    service: Service | None
    unit: str
    shown_in: str
    title: str


DIMENSIONS: dict[str, Dimension] = {
    "utility": Dimension("utility", "W", "kW", "utility power"),
    "transformer": Dimension("transformer", "VA", "kVA", "transformer apparent power"),
    "switchgear": Dimension("switchgear", "A", "A", "switchgear bus current"),
    "ways": Dimension("switchgear", "1", "ways", "switchgear circuits"),
    "generator": Dimension("generator", "W", "kW", "generator power"),
    "generator_va": Dimension("generator", "VA", "kVA", "generator apparent power"),
    "generator_average": Dimension("generator", "W", "kW", "generator power on average"),
    "generator_block": Dimension("generator", "W", "kW", "generator block load"),
    "fuel": Dimension("fuel", "m3", "L", "fuel for the autonomy"),
    "ups": Dimension("ups", "W", "kW", "UPS power"),
    "ups_va": Dimension("ups", "VA", "kVA", "UPS apparent power"),
    "ups_peak": Dimension("ups", "W", "kW", "UPS power at the racks' peak"),
    "cdu": Dimension("cdu", "W", "kW", "CDU heat"),
    "cdu_flow": Dimension("cdu", "m3/s", "L/min", "CDU flow"),
    "room_air": Dimension("room_air", "W", "kW", "room air heat"),
    "open_air": Dimension("room_air", "W", "kW", "room air heat beyond rear doors"),
    "room_airflow": Dimension("room_air", "m3/s", "m3/s", "room air flow"),
    "loop_flow": Dimension("facility_pump", "m3/s", "L/s", "facility loop flow"),
    "heat_rejection": Dimension("heat_rejection", "W", "kW", "heat rejection"),
    "positions": Dimension(None, "1", "positions", "rack positions"),
    "gallery": Dimension(None, "1", "slots", "gallery slots"),
}


@once
def dimensions(model: SiteModel) -> Mapping[str, Dimension]:
    """What rows of a site may balance: what every site may have, and each level that it declares."""
    found: dict[str, Dimension] = {}
    for name, about in DIMENSIONS.items():
        found[name] = about
        if name == "ups_peak":
            own = map(level_service, sorted(model.site.levels))
            found |= {level: Dimension(level, "VA", "kVA", f"{level} apparent power") for level in own}
    return found


def row(dimension: str, place: str) -> str:
    """The id of a balance row."""
    return f"{dimension}@{place}"


def load_of(figure: Figure[Any], world: World) -> float:
    """A figure that hurts when high, in SI."""
    return figure.si() if world is World.PLANNING else figure.high()


def capacity_of(figure: Figure[Any], world: World) -> float:
    """A figure that hurts when low, in SI."""
    return figure.si() if world is World.PLANNING else figure.low()


def add(*vectors: Mapping[str, float]) -> Vector:
    """The sum of vectors, entries of zero left out."""
    total: Vector = {}
    for vector in vectors:
        for key, value in vector.items():
            total[key] = total[key] + value if key in total else value
    return total if all(total.values()) else {key: value for key, value in total.items() if value != 0.0}


@once
def plant_at(model: SiteModel) -> Mapping[str, Sequence[tuple[str, Plant]]]:
    """Plant entries with their names by place, in the order of the names."""
    found: dict[str, list[tuple[str, Plant]]] = {}
    for name, entry in sorted(model.site.plant.items()):
        found.setdefault(entry.at, []).append((name, entry))
    return found


def pool_place(model: SiteModel, service: Service, hall: str | None) -> str:
    """Where a service that feeds this hall is counted."""
    group = model.site.redundancy[service].group
    if hall is None or group not in ("hall", "pod"):
        return SITE
    return hall if group == "pod" else model.site.halls[hall].within or hall


@once
def halls_fed(model: SiteModel, service: Service) -> Mapping[str, frozenset[str]]:
    """Halls that a service feeds, by the place at which it is counted."""
    found: dict[str, set[str]] = {}
    for name in model.site.halls:
        found.setdefault(pool_place(model, service, name), set()).add(name)
    return {place: frozenset(halls) for place, halls in found.items()}


def rejecting_loop(model: SiteModel, loop: str) -> str:
    """The loop on which the coolers of a loop stand: itself, or the last one behind it."""
    behind = model.site.loops[loop].fed_by
    return loop if behind is None else rejecting_loop(model, behind.loop)


@once
def types_at(model: SiteModel, service: Service, place: str) -> list[str]:
    """Names of the specs of a service that stand, will stand or may be bought at a place."""
    names = {entry.spec for _, entry in plant_at(model).get(place, ()) if entry.status != "reserved"}
    names |= {entry.spec for entry in model.site.upgrades.values() if place in entry.at}
    return sorted(name for name in names if service_of(model.specs[name]) == service)
