"""Energy of each control volume, added up from the figures of racks and plant: nothing may appear or get lost.

::

    liquid loop = rack liquid heat + loads + pump work into the fluid
    room        = rack air heat + loads + what liquid plant gives to the air + standing losses
                  + the liquid loop of a hall whose coolant is cooled by the room
    loop        = liquid loops + rooms + fans of room air units + loops that it feeds, and its pumps' own heat
    UPS output  = racks + loads behind it + cooling behind it
    generators  = UPS output + its losses and recharge + cooling and loads beside it + standing losses + loop pumps
    both        + losses of the levels of transformers on the way (:mod:`dcplan.verifier.levels`)
    utility     = the same + losses of the transformers

Losses are those that a plan is charged with (:mod:`dcplan.verifier.losses`), which their real curves never exceed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TypeVar

from dcplan.catalog import (
    Cdu,
    Chiller,
    CoolingTower,
    DryCooler,
    FacilityPump,
    LevelTransformer,
    Rack,
    RearDoor,
    RoomAirUnit,
    Spec,
    Transformer,
    Ups,
)
from dcplan.ratings.racks import su_racks
from dcplan.ratings.rejection import chiller_point
from dcplan.ratings.rows import SITE, World, dimensions, row
from dcplan.site import Service, SiteModel, level_service, service_of
from dcplan.verifier.levels import Amounts, climbed, counted_at, drawn_from
from dcplan.verifier.losses import (
    most_lost,
    transformer_charge,
    transformer_fixed,
    transformer_loss,
    ups_idle,
    ups_loss,
    ups_power_factor,
    ups_recharge,
    ups_slope,
)

_Kind = TypeVar("_Kind", bound=Spec)


@dataclass(frozen=True)
class State:
    """A site on one date: SUs energised by (deployment, hall), units running and counted by plant id."""

    energised: Mapping[tuple[str, str], int]
    running: Mapping[str, int]
    counted: Mapping[str, int]
    types: Mapping[str, tuple[str, str]]
    """Spec and place by plant id."""


class _Volumes:
    """Watts put into each volume, before anything is passed on; volt-amperes of what the UPS feeds."""

    def __init__(self) -> None:
        self.liquid: defaultdict[str, float] = defaultdict(float)
        self.room: defaultdict[str, float] = defaultdict(float)
        self.fans: defaultdict[str, float] = defaultdict(float)
        self.behind_ups: defaultdict[str, float] = defaultdict(float)
        self.behind_va = 0.0
        self.at_ups_input: defaultdict[str, float] = defaultdict(float)
        self.pumps: defaultdict[str, float] = defaultdict(float)
        self.indoors: defaultdict[str, float] = defaultdict(float)
        self.beside_ups = 0.0
        self.at_meter = 0.0
        self.on_level: Amounts = {}
        self.idle: defaultdict[tuple[str, str], float] = defaultdict(float)


def energies(model: SiteModel, state: State) -> dict[str, float]:
    """Watts that each power and heat row of a site must carry; of a level of transformers, volt-amperes.

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
    volumes, pumps = _filled(model, state)
    declared, known = model.site.redundancy, dimensions(model)
    rows: defaultdict[str, float] = defaultdict(float)
    for hall in model.site.halls:
        rows[row("cdu", counted_at(model, "cdu", hall))] += volumes.liquid[hall]
        air = counted_at(model, "room_air", hall)
        rows[row("room_air", air)] += volumes.room[hall]
        if _doors(model, air) is not None:
            rows[row("open_air", air)] += volumes.room[hall] - _behind_doors(model, state, hall, air)
    for place, watts in _doors_in_use(model, state).items():
        rows[row("open_air", place)] += watts
    for loop, (heat, work) in _loops(model, volumes).items():
        if model.site.loops[loop].fed_by is None:
            rows[row("heat_rejection", loop)] = heat + work
    for place, watts in volumes.behind_ups.items():
        rows[row("ups", place)] = watts
    carried, bus, apparent = _bus(model, volumes, pumps)
    for (level, place), (_, of_level) in (volumes.on_level | carried).items():
        rows[row(level_service(level), place)] = of_level
    rows[row("generator", SITE)] = bus
    rows[row("utility", SITE)] = bus + transformer_charge(model, bus, apparent) + volumes.at_meter
    return {key: watts for key, watts in rows.items() if known[key.split("@")[0]].service in declared}


def _doors(model: SiteModel, place: str) -> tuple[RearDoor, str] | None:
    """The rear doors that stand or may stand at a place, with the rack they hang on."""
    site = model.site
    named = [(entry.spec, entry.on) for entry in site.plant.values() if entry.at == place]
    named += [(entry.spec, entry.on) for entry in site.upgrades.values() if place in entry.at]
    for name, on in named:
        spec = model.specs[name]
        if isinstance(spec, RearDoor) and on is not None:
            return spec, on
    return None


def _behind_doors(model: SiteModel, state: State, hall: str, place: str) -> float:
    """Heat of a hall's racks that rear doors could take, were there one on each."""
    found, total = _doors(model, place), 0.0
    for (deployment, where), number in state.energised.items():
        for name, rack, count in su_racks(model, deployment):
            if found is not None and where == hall and name == found[1]:
                total += _through_door(model, found[0], rack, place) * count * number
    return total


def _through_door(model: SiteModel, door: RearDoor, rack: Rack, place: str) -> float:
    """Heat of one rack that its door takes from the air, its water no warmer than published."""
    air = model.site.halls[place].air
    if air is None:
        return 0.0
    water = model.site.loops[air.loop].supply.si()
    if water > door.water_supply.si() + 1e-9 or (air.supply is not None and air.supply.si() <= water):
        return 0.0
    derate, height = door.altitude_derate, model.site.place.altitude.si()
    thin = 1.0 if derate is None else 1.0 - derate.si() * max(0.0, height)
    return min(door.capacity.si() * thin, rack.heat.si() - rack.heat.si() * rack.liquid_share.si())


def _doors_in_use(model: SiteModel, state: State) -> dict[str, float]:
    """Heat that running doors hold back by place, counted against the room units where doors may fail."""
    rows: dict[str, float] = {}
    redundancy = model.site.redundancy.get("room_air")
    for name, number in state.running.items():
        spec, place = state.types.get(name, ("", ""))
        found = _doors(model, place) if isinstance(model.specs.get(spec), RearDoor) else None
        rack = None if found is None else model.specs[found[1]]
        if found is not None and isinstance(rack, Rack) and redundancy is not None and redundancy.scheme != "N":
            rows[place] = rows.get(place, 0.0) + number * _through_door(model, found[0], rack, place)
    return rows


def on_bus(model: SiteModel, state: State) -> tuple[float, float]:
    """Watts and volt-amperes on the bus of generators and transformers."""
    return _bus(model, *_filled(model, state))[1:]


def ups_outputs(model: SiteModel, state: State) -> dict[str, float]:
    """Watts that the UPS of each place delivers."""
    return dict(_filled(model, state)[0].behind_ups)


def _filled(model: SiteModel, state: State) -> tuple[_Volumes, float]:
    """What is put into each volume, and the work of the loop pumps [W]."""
    volumes = _Volumes()
    _racks(model, state, volumes)
    _loads(model, volumes)
    _running(model, state, volumes)
    _standing(model, state, volumes)
    volumes.on_level, reached = climbed(model, "ups", volumes.on_level, volumes.idle)
    for place, (watts, apparent) in reached.items():
        volumes.behind_ups[counted_at(model, "ups", place)] += watts
        volumes.behind_va += apparent
    for name, hall in model.site.halls.items():
        if hall.liquid is not None and hall.liquid.loop is None:
            # liquid-to-air units blow into the room where they stand: the hall's, for pods on the hall's units
            stand = counted_at(model, "cdu", name) if "cdu" in model.site.redundancy else name
            volumes.room[stand] += volumes.liquid[name]
    return volumes, sum((work for _, work in _loops(model, volumes).values()), 0.0)


def real_losses(model: SiteModel, state: State) -> Iterator[tuple[str, float, float]]:
    """Each stage with what it is charged and what its units really lose [W], all sharing and the fewest that carry it.

    A stage whose units do not carry the load has no losses: its balance says so.
    """
    volumes, pumps = _filled(model, state)
    for place in (SITE, *model.site.halls):
        modules = [(spec, number) for spec, number in _counted(model, state, place) if isinstance(spec, Ups)]
        output = volumes.behind_ups[place]
        charged = ups_slope(model, place) * output + sum(ups_idle(spec) * number for spec, number in modules)
        for units in _enough([(spec, number, spec.power.si()) for spec, number in modules], output):
            yield row("ups", place), charged, ups_loss(units, output)
    carried, bus, of_bus = _bus(model, volumes, pumps)
    stages: list[tuple[Service, str, float, float]] = [("transformer", SITE, bus, of_bus)]
    stages += [(level_service(level), place, *load) for (level, place), load in (volumes.on_level | carried).items()]
    for service, place, watts, apparent in stages:
        here = _counted(model, state, place)
        sets = [(spec, n) for spec, n in here if isinstance(spec, Transformer) and service_of(spec) == service]
        charged = transformer_charge(model, watts, apparent, service, place)
        charged += sum(transformer_fixed(spec) * number for spec, number in sets)
        for banks in _enough([(spec, number, spec.apparent.si()) for spec, number in sets], apparent):
            yield row(service, place), charged, transformer_loss(banks, watts, apparent)


def _counted(model: SiteModel, state: State, place: str) -> list[tuple[Spec, int]]:
    """Specs that count at a place, with their numbers."""
    kinds = [(state.types[name], number) for name, number in state.counted.items() if number > 0]
    return [(model.specs[spec], number) for (spec, where), number in kinds if where == place]


def _enough(units: list[tuple[_Kind, int, float]], load: float) -> Iterator[list[tuple[_Kind, int]]]:
    """All units, and the fewest that carry a load, largest ones out first; nothing where all of them do not."""
    left = sum(number * rating for _, number, rating in units)
    if not units or left < load:
        return
    yield [(spec, number) for spec, number, _ in units]
    fewest = []
    for spec, number, rating in sorted(units, key=lambda unit: -unit[2]):
        out = min(number, int((left - load) / rating))
        left -= out * rating
        fewest.append((spec, number - out))
    if left > 0.0:
        yield fewest


def _racks(model: SiteModel, state: State, volumes: _Volumes) -> None:
    for (deployment, hall), number in state.energised.items():
        for _, rack, count in su_racks(model, deployment):
            heat, share = rack.heat.si() * count * number, rack.liquid_share.si()
            volumes.liquid[hall] += heat * share
            volumes.room[hall] += heat - heat * share
            _behind(model, volumes, hall, heat, heat / rack.power_factor.si())


def _behind(model: SiteModel, volumes: _Volumes, hall: str | None, watts: float, apparent: float) -> None:
    """A rack or load behind the UPS, which in a hall draws from the lowest level there."""
    level = None if hall is None else drawn_from(model, "racks")
    if level is None:
        volumes.behind_ups[counted_at(model, "ups", hall)] += watts
        volumes.behind_va += apparent
        return
    at = level, counted_at(model, level_service(level), hall)
    before = volumes.on_level.get(at, (0.0, 0.0))
    volumes.on_level[at] = before[0] + watts, before[1] + apparent


def _loads(model: SiteModel, volumes: _Volumes) -> None:
    for entry in model.site.loads.values():
        if entry.ups is not None:
            _behind(model, volumes, entry.hall, entry.ups.si(), entry.ups.si())
        volumes.beside_ups += 0.0 if entry.other is None else entry.other.si()
        if entry.hall is not None:
            volumes.liquid[entry.hall] += 0.0 if entry.liquid_heat is None else entry.liquid_heat.si()
            volumes.room[entry.hall] += 0.0 if entry.air_heat is None else entry.air_heat.si()


def _running(model: SiteModel, state: State, volumes: _Volumes) -> None:
    """Running cooling plant: its draw beyond the standing one, and where the heat of that draw goes."""
    for name, number in state.running.items():
        if name not in state.types or number == 0:
            continue
        spec, place = model.specs[state.types[name][0]], state.types[name][1]
        match spec:
            case Cdu():
                draw = (spec.power.si() - _idle(spec)) * number
                volumes.liquid[place] += draw * spec.fluid_share.si()
                volumes.room[place] += draw - draw * spec.fluid_share.si()
                _drawn(model, volumes, place, draw, "cdu" in model.site.behind_ups)
            case RoomAirUnit() | RearDoor():
                draw = (spec.power.si() - _idle(spec)) * number
                volumes.fans[place] += draw
                _drawn(model, volumes, place, draw, "room_air" in model.site.behind_ups)
            case FacilityPump():
                draw = _pump_draw(spec) * number
                volumes.pumps[place] += draw
                _drawn(model, volumes, None, draw, "facility_pump" in model.site.behind_ups)
            case DryCooler() | CoolingTower():
                volumes.beside_ups += (spec.power.si() - _idle(spec)) * number
            case Chiller():
                point = chiller_point(model, spec, place, World.PLANNING)
                volumes.beside_ups += 0.0 if point is None else (point.power - _idle(spec)) * number


def _idle(spec: Cdu | RoomAirUnit | RearDoor | Chiller | DryCooler | CoolingTower) -> float:
    return 0.0 if spec.standing_power is None else spec.standing_power.si()


def _pump_draw(spec: FacilityPump) -> float:
    if spec.power is not None:
        return spec.power.si()
    return 0.0 if spec.efficiency is None else spec.flow.si() * spec.head.si() / spec.efficiency.si()


def _drawn(model: SiteModel, volumes: _Volumes, hall: str | None, draw: float, behind: bool) -> None:
    if behind:
        volumes.behind_ups[counted_at(model, "ups", hall)] += draw
        volumes.behind_va += draw / model.site.mechanical_power_factor.si()
    else:
        volumes.beside_ups += draw


def _standing(model: SiteModel, state: State, volumes: _Volumes) -> None:
    """What installed plant draws whether it runs or not: cooling (indoors it warms the room), UPS, transformers."""
    for name, number in state.counted.items():
        spec, place = model.specs[state.types[name][0]], state.types[name][1]
        for room in model.site.electrical_rooms.values():
            if room.at == place and service_of(spec) == room.service:
                _warm(model, volumes, room.cooled_by, most_lost(spec) * number)
        match spec:
            case LevelTransformer():
                volumes.idle[spec.level, place] += transformer_fixed(spec) * number
                cooled_by = model.site.levels[spec.level].cooled_by or place
                _warm(model, volumes, cooled_by, most_lost(spec) * number)
            case Ups():
                volumes.at_ups_input[place] += (ups_idle(spec) + ups_recharge(spec)) * number
            case Transformer():
                volumes.at_meter += transformer_fixed(spec) * number
            case Cdu() | RoomAirUnit() | RearDoor() | Chiller() | DryCooler() | CoolingTower():
                volumes.beside_ups += _idle(spec) * number
                if isinstance(spec, Cdu | RoomAirUnit | RearDoor):
                    volumes.room[place] += _idle(spec) * number


def _warm(model: SiteModel, volumes: _Volumes, cooled_by: str, heat: float) -> None:
    """Losses given off into a hall's air or a loop; outdoors, and at the site at large, nothing is cooled."""
    if cooled_by in model.site.halls:
        volumes.room[cooled_by] += heat
    elif cooled_by in model.site.loops:
        volumes.indoors[cooled_by] += heat


def loop_heat(model: SiteModel, state: State) -> dict[str, float]:
    """Watts that each facility loop carries, the heat of pumps that are named as plant included."""
    volumes, _ = _filled(model, state)
    return {name: heat for name, (heat, _) in _loops(model, volumes).items()}


def _loops(model: SiteModel, volumes: _Volumes) -> dict[str, tuple[float, float]]:
    """Each facility loop with the heat put into it and the work of pumps that are a share of it."""
    found: dict[str, tuple[float, float]] = {}
    for name in _outward(model):
        loop, heat = model.site.loops[name], volumes.pumps[name] + volumes.indoors[name]
        for hall, room in model.site.halls.items():
            if room.liquid is not None and room.liquid.loop == name:
                heat += volumes.liquid[hall]
            if room.air is not None and room.air.loop == name:
                heat += volumes.room[hall] + volumes.fans[hall]
        for other, (passed, work) in found.items():
            before = model.site.loops[other].fed_by
            if before is not None and before.loop == name:
                heat += passed + work
        found[name] = heat, 0.0 if loop.pump_power is None else heat * loop.pump_power.si()
    return found


def _outward(model: SiteModel) -> list[str]:
    """Loops in an order in which heat is passed on: each before the loop that feeds it."""
    feeds = {name: {loop.fed_by.loop} if loop.fed_by is not None else set() for name, loop in model.site.loops.items()}
    return list(TopologicalSorter(feeds).static_order())[::-1]


def _bus(model: SiteModel, volumes: _Volumes, pumps: float) -> tuple[Amounts, float, float]:
    """What the levels below the bus carry, and the bus itself [W, VA]: UPS input, and everything beside it."""
    beside, drawn = volumes.beside_ups + pumps, _Drawn()
    drawn.put(drawn_from(model, "mechanical"), SITE, beside, beside / model.site.mechanical_power_factor.si())
    level = drawn_from(model, "ups")
    if "ups" not in model.site.redundancy:
        drawn.put(level, SITE, sum(volumes.behind_ups.values()), volumes.behind_va)
    else:
        for place in sorted({*volumes.behind_ups, *volumes.at_ups_input}):
            output = volumes.behind_ups[place]
            draw = output + ups_slope(model, place) * output + volumes.at_ups_input[place]
            at = SITE if level is None else counted_at(model, level_service(level), place)
            drawn.put(level, at, draw, draw / ups_power_factor(model, place))
    carried, reached = climbed(model, "bus", drawn.levels, volumes.idle)
    watts = drawn.top[0] + sum(power for power, _ in reached.values())
    return carried, watts, drawn.top[1] + sum(apparent for _, apparent in reached.values())


class _Drawn:
    """Watts and volt-amperes that loads draw from levels, and from the top of their chain."""

    def __init__(self) -> None:
        self.levels: Amounts = {}
        self.top = 0.0, 0.0

    def put(self, level: str | None, place: str, watts: float, apparent: float) -> None:
        if level is None:
            self.top = self.top[0] + watts, self.top[1] + apparent
        else:
            before = self.levels.get((level, place), (0.0, 0.0))
            self.levels[level, place] = before[0] + watts, before[1] + apparent
