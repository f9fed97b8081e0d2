"""The gap between what stands today and what every deployment needs at full load, as data.

Nothing is planned here: no purchase, no date. Existing plant, less what the declared redundancy holds back, is set
against running and reserved loads and all SUs. Everything is evaluated three times, at planning values and in both
adverse worlds, each with its own requirement and supply.

What gates
----------
`Check.gates` names one failing line: the one that takes longest to cure. Each failing line is given the lead time of
its quickest applicable upgrade, that is one of the file's `upgrades` that adds to the line where it falls short,
whether or not enough of it may be bought. The line with the longest such lead time gates; a line without any
applicable upgrade gates before all others, as nothing the file offers cures it. Ties, and failing lines without
upgrades, go by the order of the lines, which is the chain: obstacles, positions, gallery, floor, temperatures,
utility, transformer, generator, UPS, levels of transformers, CDU, CDU flow, room air, loop flow, heat rejection. Lines
about a hall in which no SU is assumed gate last.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from dcplan.answer import Check, Line
from dcplan.assess.balance import Balance, Placement, balance, one_unit, place_sus, stands
from dcplan.assess.barred import lacking_load
from dcplan.assess.coverage import NOT_COVERED, unchecked_lines
from dcplan.assess.facility import facility_lines
from dcplan.assess.failures import survives
from dcplan.assess.feeders import feeder_lines
from dcplan.assess.floors import floor_lines
from dcplan.assess.generators import ISO, generator_lines
from dcplan.assess.limits import in_use, limit_lines, obstacle_lines
from dcplan.assess.line import SITE_FILE, WORLDS, Reading, Subject, judge, listed, quantity, source_of
from dcplan.assess.liquid import liquid_lines, served
from dcplan.catalog import FloorReinforcement, Rack, RouteProtection
from dcplan.guards import demand
from dcplan.once import once
from dcplan.periods import in_force, scheme_changes
from dcplan.ratings.climate import cooler_air, cooler_wet_bulb
from dcplan.ratings.floors import floor_checks
from dcplan.ratings.liquid import liquid_approach
from dcplan.ratings.plant import unit_supply
from dcplan.ratings.route import rolls
from dcplan.ratings.rows import World, dimensions, plant_at, row
from dcplan.site import LEVEL, SiteModel, Upgrade, service_of
from dcplan.units import in_unit, si

_ROOM = ("positions", "gallery")
_ELECTRICAL = (
    "utility",
    "transformer",
    "generator",
    "generator_va",
    "ups",
    "ups_va",
    "generator_average",
    "generator_block",
    "fuel",
    "ups_peak",
)
_ASKED = {
    "open_air": "room air units alone, failed doors too; a door takes at most its capacity and its own rack's heat",
    "room_airflow": "fans' volume flow; air heat / (rho cp rise) at altitude, 20 degC, without bypass and leakage",
    "switchgear": "volt-amperes of the bus over its voltage; rated current of the boards",
    "ways": "circuits of units that stand, and of loads",
    "generator_average": f"sustained load; permissible average over 24 h by maker or {ISO}",
    "generator_block": "share of the load that comes back at once; largest step the sets accept",
    "fuel": "consumption at that load through the autonomy, all sets running; usable tank volume",
    "ups_peak": "racks' peak x simultaneity; load that the overload curve carries for the longest peak",
}
_CURED_BY = {"loop_supply": "heat_rejection", "cdu_pressure": "cdu_flow", "pump_head": "loop_flow"}
_DATED = re.compile(r"\.\d{4}-\d{2}-\d{2}$", re.ASCII)
"""What the id of a line ends with that holds from a day on."""
_FLOOR = ("floor_uniform", "floor_point", "floor_slab", "floor_punching")
_ROLLING = ("floor_rolling", "hall_rolling")
_ROUTE = ("route_lift", "route_height", "route_width", "route_depth", "route_ramp")
_PER_HALL_AND_RACK = (
    *_FLOOR,
    *_ROLLING,
    *_ROUTE,
    "supply_temperature",
    "supply_minimum",
    "air_inlet",
    "feed_tap",
    "feed_run",
)


def check(model: SiteModel) -> Check:
    """What stands today against what all deployments need, constraint by constraint.

    Parameters
    ----------
    model : SiteModel
        A loaded site.

    Returns
    -------
    Check
        One line per constraint: required, available, margin, verdict, rule, source and reason; what was not
        checked, and why; and the limit that gates first (see this module's head).

    Examples
    --------
    >>> from dcplan.loading import load
    >>> found = check(load("examples/hopper_to_blackwell.yaml"))
    >>> found.gates, next(line.margin for line in found.lines if line.id == "cdu.hall-1")
    ('generator.site', -3456.0)
    """
    demand(model, SiteModel, "check()", "model", "load('site.yaml')")
    declared, model = model, in_force(model, model.site.start)
    placement = place_sus(model)
    balances = [balance(model, world, placement) for world in WORLDS]
    found = (
        *obstacle_lines(model, placement),
        *_balance_lines(model, placement, balances, _ROOM),
        *floor_lines(model, placement),
        *limit_lines(model, placement),
        *liquid_lines(model, placement),
        *facility_lines(model, placement, balances),
        *_first_lines(declared, placement, balances),
        *_later_lines(declared, placement),
        *feeder_lines(model, placement),
        *generator_lines(model),
        *unchecked_lines(model),
    )
    lines = tuple(lacking_load(model, placement, found))
    return Check(
        site=model.site.name,
        file=model.file,
        input_sha256=model.text_sha256,
        lines=lines,
        gates=_gates(model, placement, balances[0], lines),
        warnings=model.warnings,
        not_covered=NOT_COVERED,
    )


# ---------------------------------------------------------------- balances


def _first_lines(declared: SiteModel, placement: Placement, balances: Sequence[Balance]) -> Iterator[Line]:
    """The balances by the redundancy schemes in force at the planning date; the rule says until when they are."""
    model = in_force(declared, declared.site.start)
    known = {name: what for name, what in dimensions(model).items() if name not in _ROOM}
    ends: dict[str | None, date] = {}
    for service, entry in declared.site.redundancy.items():
        later = [lower.day for lower in entry.until if lower.day > model.site.start]
        ends |= {service: min(later)} if later else {}
    for line in _balance_lines(model, placement, balances, tuple(known)):
        until = ends.get(known[_dimension(line)].service) if ends else None
        yield line if until is None else line.model_copy(update={"rule": f"until {until}, {line.rule}"})


def _later_lines(model: SiteModel, placement: Placement) -> Iterator[Line]:
    """The balances again by each redundancy scheme that comes into force later, from its day on."""
    for day in scheme_changes(model.site):
        later = in_force(model, day)
        changed = {name for name, entry in model.site.redundancy.items() if any(one.day == day for one in entry.until)}
        names = [name for name, what in dimensions(later).items() if what.service in changed]
        balances = [balance(later, world, placement) for world in WORLDS]
        yield from _balance_lines(later, placement, balances, names, day)


def _balance_lines(
    model: SiteModel,
    placement: Placement,
    balances: Sequence[Balance],
    dimensions: Sequence[str],
    since: date | None = None,
) -> Iterator[Line]:
    """One line per row that is loaded or supplied, dimension by dimension."""
    keys = set().union(*(found.rows for found in balances))
    keys |= {key for found in balances for key, left in found.supply.items() if any(value for _, value in left)}
    places: dict[str, list[str]] = {}
    for key in sorted(keys):
        dimension, place = key.split("@", 1)
        places.setdefault(dimension, []).append(place)
    for dimension in dimensions:
        for place in places.get(dimension, ()):
            tightest = [found.tightest(row(dimension, place)) for found in balances]
            readings = [Reading(found.required, found.available) for found in tightest]
            if dimension == "gallery" and not any(reading.required for reading in readings):
                continue
            subject = _subject(model, dimension, place, since)
            yield judge(subject, readings, _reasons(model, placement, balances[0], dimension, place))


def _subject(model: SiteModel, dimension: str, place: str, since: date | None = None) -> Subject:
    what = dimensions(model)[dimension]
    if what.service is None:
        rule = f"{what.title}: running and reserved loads, plant, and every SU"
        return Subject(f"{dimension}.{place}", place, rule, what.shown_in, SITE_FILE)
    specs = {
        entry.spec
        for _, entry in plant_at(model).get(place, ())
        if stands(model, entry) and service_of(model.specs[entry.spec]) == what.service
    }
    rule = f"{what.title}: {survives(model.site.redundancy[what.service], place)}; {_method(model, dimension, place)}"
    name, sources = f"{dimension}.{place}", source_of(model, specs | _racks(model))
    if since is None:
        return Subject(name, place, rule, what.shown_in, sources)
    return Subject(f"{name}.{since}", place, f"from {since} on, {rule}", what.shown_in, sources)


@once
def _racks(model: SiteModel) -> frozenset[str]:
    return frozenset(rack.spec for deployment in model.site.deployments.values() for rack in deployment.su)


def _method(model: SiteModel, dimension: str, place: str) -> str:
    """How the available and the required figure of a dimension are worked out."""
    if dimension in _ASKED:
        return _ASKED[dimension]
    if dimension.startswith(LEVEL):
        return "apparent powers added arithmetically, losses of the levels it feeds included"
    site = model.site
    air = f"{in_unit(cooler_air(model, World.PLANNING), 'degC'):.4g} degC"
    hall = site.halls.get(place)
    liquid = hall.liquid if hall else None
    match dimension:
        case "generator" | "generator_va":
            rating = (
                "over the sets' power factor"
                if dimension == "generator_va"
                else "of the worse of engine and alternator"
            )
            need = "UPS input, losses and recharge included"
            return f"{need}; rating {rating}, derated for {site.place.altitude.si():.4g} m and {air}"
        case "transformer":
            return "apparent powers added arithmetically"
        case "utility":
            return "firm power; load and the transformers' losses, no-load losses of every one included"
        case "ups" | "ups_va":
            return "sustained rack heat and the cooling declared in `behind_ups`"
        case "cdu" if liquid is not None:
            approach = liquid_approach(model, site.halls[place], World.PLANNING) or 0.0
            return f"capacity at an approach of {approach:.4g} K; racks' liquid heat and pump heat"
        case "cdu_flow" if liquid is not None:
            supply = in_unit(liquid.supply.si(), "degC")
            return (
                f"heat / (rho cp (return limit - supply)) or the rack's minimum, {liquid.fluid} supplied at "
                f"{supply:.4g} degC; of a CDU the flow its pumps give at the loop's pressure"
            )
        case "room_air":
            what = "racks' air heat and what equipment gives off"
            return f"net capacity, water no warmer than published; {what}{_moved(model, place)}"
        case "loop_flow":
            loop = site.loops[place]
            return f"heat / (rho cp (back - supply)) of {loop.fluid}, pump heat included; of a pump its published flow"
        case "heat_rejection":
            wet = cooler_wet_bulb(model, World.PLANNING)
            bulb = "" if wet is None else f" and a wet bulb of {in_unit(wet, 'degC'):.4g} degC"
            return f"capacity in air of {air}{bulb}, recirculation included; loop heat, fans and pumps"
    return "no `liquid` loop is declared here"


def _moved(model: SiteModel, place: str) -> str:
    """That liquid-to-air units put the coolant's heat into this room."""
    liquid = model.site.halls[place].liquid
    return ", the coolant's heat included" if liquid is not None and liquid.loop is None else ""


def _reasons(model: SiteModel, placement: Placement, planned: Balance, dimension: str, place: str) -> Iterator[str]:
    """What the figures consist of, and what stands beside them uncounted."""
    key, unit = row(dimension, place), dimensions(model)[dimension].shown_in
    parts = [("already there and reserved", planned.baseline.get(key, 0.0))]
    parts += [(name, vector.get(key, 0.0)) for name, vector in sorted(planned.sus.items())]
    parts += [("plant", planned.plant.get(key, 0.0))]
    yield "needs: " + (listed((f"{name} {quantity(value, unit)}" for name, value in parts if value), 8) or "nothing")
    tightest = planned.tightest(key)
    if tightest.case.title:
        sets = len(planned.supply[key])
        yield f"tightest of {sets} failure sets: {tightest.case.title}" if sets > 1 else tightest.case.title
    running = [
        f"{count} of {_standing(model, place, spec)} {spec}"
        for spec, count in planned.running_at.get(place, ())
        if key in one_unit(model, spec, place, World.PLANNING)[0]
    ]
    yield f"runs {listed(running)}" if running else ""
    if dimension in _ELECTRICAL or dimension.startswith(LEVEL):
        short = [key.replace("@", ".") for key in planned.short_of_cooling]
        yield f"what is missing on {listed(short)} would draw more: not counted" if short else ""
    if dimension in ("cdu", "cdu_flow"):
        yield from served(model, place)
    if place in model.site.halls:
        yield from _assumed_here(placement, place, dimension)
    yield from _beside(model, dimension, place)


def _standing(model: SiteModel, place: str, spec: str) -> int:
    entries = (entry for _, entry in plant_at(model).get(place, ()))
    return sum(entry.count for entry in entries if entry.spec == spec and stands(model, entry))


def _assumed_here(placement: Placement, hall: str, dimension: str) -> Iterator[str]:
    here = [f"{count} SUs of {name}" for name, count in sorted(placement.here(hall).items())]
    yield f"assumes {listed(here) if here else 'no SU'} here: halls filled in the order of the file"
    spilled = [f"{count} of {name}" for (name, at), count in sorted(placement.without_positions.items()) if at == hall]
    if spilled and dimension == "positions":
        yield f"SUs that find no positions in any hall they may use: {listed(spilled)}"


def _beside(model: SiteModel, dimension: str, place: str) -> Iterator[str]:
    """Ordered and reserved plant, which is not counted."""
    key, unit = row(dimension, place), dimensions(model)[dimension].shown_in
    for name, entry in plant_at(model).get(place, ()):
        for step in entry.ramp if dimension == "utility" else ():
            if step.non_firm is not None:
                yield f"not firm: {quantity(si(step.non_firm), unit)} from {step.day} ({name}), never counted"
        if stands(model, entry) or dimension in _ROOM:
            continue
        supply = unit_supply(model, model.specs[entry.spec], place, World.PLANNING).get(key, 0.0)
        amount = quantity(supply * entry.count, unit)
        if supply and entry.status == "ordered":
            yield f"ordered: +{amount} from {entry.in_service} ({name}), not counted"
        elif supply:
            yield f"reserved for others: {amount} ({name}), not counted"


# ---------------------------------------------------------------- what gates


def _gates(model: SiteModel, placement: Placement, planned: Balance, lines: Sequence[Line]) -> str | None:
    """The failing line that takes longest to cure; see the head of this module."""
    failing = [line for line in lines if line.verdict == "fail"]
    if not failing:
        return None
    return max(failing, key=lambda line: (_concerned(model, placement, line), _quickest(model, planned, line))).id


def _concerned(model: SiteModel, placement: Placement, line: Line) -> bool:
    """Whether a line is about racks that are assumed where it fails."""
    dimension = _dimension(line)
    if dimension not in _PER_HALL_AND_RACK:
        return True
    return in_use(model, placement, line.scope, _rack_of(line))


def _quickest(model: SiteModel, planned: Balance, line: Line) -> float:
    """Lead time [d] of the quickest applicable upgrade; infinite without one."""
    upgrades = model.site.upgrades.values()
    times = [_lead_time(model, upgrade) for upgrade in upgrades if _applies(model, planned, upgrade, line)]
    return min(times, default=math.inf)


def _lead_time(model: SiteModel, upgrade: Upgrade) -> float:
    figure = upgrade.lead_time or model.specs[upgrade.spec].procurement.lead_time
    return 0.0 if figure is None else figure.si()


def _applies(model: SiteModel, planned: Balance, upgrade: Upgrade, line: Line) -> bool:
    """Whether an upgrade adds to a line where it falls short."""
    dimension, place, spec = _dimension(line), line.scope, model.specs[upgrade.spec]
    if place not in upgrade.at or upgrade.at_most == 0:
        return False
    if isinstance(spec, FloorReinforcement):
        return _strengthens(model, spec, line)
    if isinstance(spec, RouteProtection):
        return dimension in _ROLLING and _carries(model, spec, line)
    dimension = _CURED_BY.get(dimension, dimension)
    supply: Mapping[str, float] = unit_supply(model, spec, place, World.PLANNING)
    case = planned.tightest(row(dimension, place)).case
    return supply.get(row(dimension, place), 0.0) > 0.0 and any(map(case.counts, upgrade.trains or (None,)))


def _strengthens(model: SiteModel, spec: FloorReinforcement, line: Line) -> bool:
    """Whether a reinforcement brings the line's own check to hold, or bypasses it."""
    dimension = _dimension(line)
    if dimension not in _FLOOR:
        return False
    rack, hall = model.specs[_rack_of(line)], model.site.halls[line.scope]
    if not isinstance(rack, Rack):
        return False
    checks = {f"floor_{made.kind}": made for made in floor_checks(rack, hall, spec, World.PLANNING)}
    return dimension not in checks or checks[dimension].holds


def _carries(model: SiteModel, spec: RouteProtection, line: Line) -> bool:
    rack = model.specs[_rack_of(line)]
    return isinstance(rack, Rack) and rolls(rack, model.site.halls[line.scope], spec, World.PLANNING)


def _dimension(line: Line) -> str:
    name = _DATED.sub("", line.id)
    return name.removesuffix(f".{line.scope}") if name.startswith(LEVEL) else name.split(".", 1)[0]


def _rack_of(line: Line) -> str:
    return line.id.removeprefix(f"{_dimension(line)}.{line.scope}.")
