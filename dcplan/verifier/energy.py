"""Energy of each control volume, added up from the figures of racks and plant: nothing may appear or get lost.

::

    liquid loop = rack liquid heat + loads + pump work into the fluid
    room        = rack air heat + loads + what liquid plant gives to the air + standing losses
    loop        = liquid loops + rooms + fans of room air units, and the loop pumps' own heat
    UPS output  = racks + loads behind it + cooling behind it
    generators  = UPS output / efficiency + cooling beside it + loads beside it + standing losses + loop pumps
    utility     = the same / efficiency of the transformers
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dcplan.catalog import Cdu, Chiller, DryCooler, RoomAirUnit
from dcplan.ratings.electrical import transformer_efficiency, ups_path
from dcplan.ratings.heat import chiller_point
from dcplan.ratings.racks import su_racks
from dcplan.ratings.rows import SITE, World, row
from dcplan.site import SiteModel


@dataclass(frozen=True)
class State:
    """A site on one date: SUs energised by (deployment, hall), units running and counted by plant id."""

    energised: Mapping[tuple[str, str], int]
    running: Mapping[str, int]
    counted: Mapping[str, int]
    types: Mapping[str, tuple[str, str]]
    """Spec and place by plant id."""


class _Volumes:
    """Watts put into each volume, before anything is passed on."""

    def __init__(self) -> None:
        self.liquid: defaultdict[str, float] = defaultdict(float)
        self.room: defaultdict[str, float] = defaultdict(float)
        self.fans: defaultdict[str, float] = defaultdict(float)
        self.behind_ups: defaultdict[str, float] = defaultdict(float)
        self.beside_ups = 0.0


def energies(model: SiteModel, state: State) -> dict[str, float]:
    """Watts that each power and heat row of a site must carry.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    state : State
        What is energised, runs and counts.

    Returns
    -------
    dict of str to float
        By row id; rows of services that the site does not declare are left out.
    """
    volumes = _Volumes()
    _racks(model, state, volumes)
    _loads(model, volumes)
    _running(model, state, volumes)
    _standing(model, state, volumes)
    declared = model.site.redundancy
    rows: dict[str, float] = {}
    for hall in model.site.halls:
        rows[row("cdu", hall)], rows[row("room_air", hall)] = volumes.liquid[hall], volumes.room[hall]
    pumps = 0.0
    for loop, heat, work in _loops(model, volumes):
        rows[row("heat_rejection", loop)] = heat + work
        pumps += work
    for place, watts in volumes.behind_ups.items():
        rows[row("ups", place)] = watts
    bus = _ups_input(model, volumes) + volumes.beside_ups + pumps
    rows[row("generator", SITE)] = bus
    rows[row("utility", SITE)] = bus / transformer_efficiency(model, World.PLANNING)
    return {key: watts for key, watts in rows.items() if key.split("@")[0] in declared}


def _racks(model: SiteModel, state: State, volumes: _Volumes) -> None:
    for (deployment, hall), number in state.energised.items():
        for _, rack, count in su_racks(model, deployment):
            heat, share = rack.heat.si() * count * number, rack.liquid_share.si()
            volumes.liquid[hall] += heat * share
            volumes.room[hall] += heat - heat * share
            volumes.behind_ups[_ups_place(model, hall)] += heat


def _loads(model: SiteModel, volumes: _Volumes) -> None:
    for entry in model.site.loads.values():
        if entry.ups is not None:
            volumes.behind_ups[_ups_place(model, entry.hall)] += entry.ups.si()
        volumes.beside_ups += 0.0 if entry.other is None else entry.other.si()
        if entry.hall is not None:
            volumes.liquid[entry.hall] += 0.0 if entry.liquid_heat is None else entry.liquid_heat.si()
            volumes.room[entry.hall] += 0.0 if entry.air_heat is None else entry.air_heat.si()


def _running(model: SiteModel, state: State, volumes: _Volumes) -> None:
    """Running cooling plant: its draw, and where the heat of that draw goes."""
    for name, number in state.running.items():
        if name not in state.types or number == 0:
            continue
        spec, place = model.specs[state.types[name][0]], state.types[name][1]
        match spec:
            case Cdu():
                draw = spec.power.si() * number
                volumes.liquid[place] += draw * spec.fluid_share.si()
                volumes.room[place] += draw - draw * spec.fluid_share.si()
                _drawn(model, volumes, place, draw, "cdu" in model.site.behind_ups)
            case RoomAirUnit():
                draw = spec.power.si() * number
                volumes.fans[place] += draw
                _drawn(model, volumes, place, draw, "room_air" in model.site.behind_ups)
            case DryCooler():
                volumes.beside_ups += spec.power.si() * number
            case Chiller():
                point = chiller_point(model, spec, place, World.PLANNING)
                volumes.beside_ups += 0.0 if point is None else point.power * number


def _drawn(model: SiteModel, volumes: _Volumes, hall: str, draw: float, behind: bool) -> None:
    if behind:
        volumes.behind_ups[_ups_place(model, hall)] += draw
    else:
        volumes.beside_ups += draw


def _standing(model: SiteModel, state: State, volumes: _Volumes) -> None:
    """What installed cooling plant draws whether it runs or not; indoors it warms the room."""
    for name, number in state.counted.items():
        spec, place = model.specs[state.types[name][0]], state.types[name][1]
        if isinstance(spec, Cdu | RoomAirUnit | Chiller | DryCooler) and spec.standing_power is not None:
            draw = spec.standing_power.si() * number
            volumes.beside_ups += draw
            if isinstance(spec, Cdu | RoomAirUnit):
                volumes.room[place] += draw


def _loops(model: SiteModel, volumes: _Volumes) -> Iterator[tuple[str, float, float]]:
    """Each facility loop with the heat put into it and the work of its pumps."""
    for name, loop in model.site.loops.items():
        heat = 0.0
        for hall, room in model.site.halls.items():
            if room.liquid is not None and room.liquid.loop == name:
                heat += volumes.liquid[hall]
            if room.air is not None and room.air.loop == name:
                heat += volumes.room[hall] + volumes.fans[hall]
        yield name, heat, 0.0 if loop.pump_power is None else heat * loop.pump_power.si()


def _ups_place(model: SiteModel, hall: str | None) -> str:
    """Where the UPS that feeds a hall is counted."""
    entry = model.site.redundancy.get("ups")
    return hall if entry is not None and entry.group == "hall" and hall is not None else SITE


def _ups_input(model: SiteModel, volumes: _Volumes) -> float:
    if "ups" not in model.site.redundancy:
        return sum(volumes.behind_ups.values())
    return sum(watts / ups_path(model, place, World.PLANNING)[0] for place, watts in volumes.behind_ups.items())
