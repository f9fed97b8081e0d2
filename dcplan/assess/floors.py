"""Whether a hall's floor, the route into it and the structure above it carry what stands, rolls and hangs there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dcplan.answer import Line
from dcplan.assess.balance import Placement
from dcplan.assess.coverage import racks_of
from dcplan.assess.limits import unused
from dcplan.assess.line import SITE_FILE, WORLDS, Reading, Subject, judge, listed, source_of, spelling, unchecked
from dcplan.catalog import Figure, FloorReinforcement, Rack, RouteProtection
from dcplan.ratings.floors import FloorCheck, floor_checks, plant_checks
from dcplan.ratings.route import Limit, RouteCheck, hall_rolling, passage_checks, rolling_checks
from dcplan.ratings.rows import World, capacity_of, load_of, plant_at
from dcplan.site import Hall, SiteModel
from dcplan.units import FLOOR_LOAD, POINT_LOAD, Kind

SCREENING = "slab and raised floor results are screening, for a structural engineer to confirm"
IBM = "IBM POWER8 floor construction and floor loading"
ACI = "ACI 318-19, 22.6"
ROLLING = "rolling load on the route, IBM tile rule W/2"
INSIDE = "rolling load on the hall's own tiles, on the way to a position, IBM tile rule W/2"
_PASSAGE: dict[Limit, tuple[str, str]] = {
    "lift": ("capacity", "mass of the rack as it is moved, in each lift of its route"),
    "height": ("height", "height of the rack as it is moved, at each door and lift of its route"),
    "width": ("width", "narrower side of the rack as it is moved, at each door and lift of its route"),
    "depth": ("depth", "longer side of the rack as it is moved, in each lift of its route"),
    "ramp": ("slope", "slope of each ramp of the route, at most what the rack may roll on"),
}


def floor_lines(model: SiteModel, placement: Placement) -> Iterator[Line]:
    """Floor, route and overhead of every hall that a deployment may use."""
    halls = sorted({hall for deployment in model.site.deployments.values() for hall in deployment.halls})
    for place in halls:
        for name in racks_of(model, place):
            rack = model.specs[name]
            if isinstance(rack, Rack):
                yield from _standing(model, placement, place, name, rack)
    for place in halls:
        yield from _plant(model, place)
        yield _overhead(model, place)
        for name in racks_of(model, place):
            rack = model.specs[name]
            if isinstance(rack, Rack):
                yield from _route(model, placement, place, name, rack)
                yield from _inside(model, placement, place, name, rack)


# ---------------------------------------------------------------- what stands


def _standing(model: SiteModel, placement: Placement, place: str, name: str, rack: Rack) -> Iterator[Line]:
    hall = model.site.halls[place]
    notes = [SCREENING, unused(model, placement, place, name), _beside(model, place)]
    for checks in zip(*(floor_checks(rack, hall, None, world) for world in WORLDS), strict=True):
        line_id = f"floor_{checks[0].kind}.{place}.{name}"
        yield _checked(model, line_id, place, hall, name, checks, notes)


def _checked(
    model: SiteModel, line_id: str, place: str, hall: Hall, name: str, checks: Sequence[FloorCheck], notes: list[str]
) -> Line:
    planned = checks[0]
    readings = [Reading(made.load, made.rating) for made in checks if made.load is not None and made.rating is not None]
    if len(readings) < len(WORLDS):
        return unchecked(line_id, place, planned.rule, planned.missing)
    rating: dict[str, tuple[Figure[Any] | None, Kind]] = {
        "uniform": (hall.floor.uniform, FLOOR_LOAD),
        "slab": (hall.floor.slab_uniform, FLOOR_LOAD),
        "point": (hall.floor.point, POINT_LOAD),
        "punching": (None, POINT_LOAD),
    }
    figure, kind = rating[planned.kind]
    unit = "kN" if figure is None else spelling(figure.value)
    standards = {"punching": [ACI], "slab": [IBM], "point": [IBM] if "IBM" in planned.rule else []}
    source = source_of(model, [name], *standards.get(planned.kind, []))
    return judge(Subject(line_id, place, planned.rule, unit, source, kind), readings, notes)


def _beside(model: SiteModel, place: str) -> str:
    """Racks that stand there already, which no floor line looks at."""
    there = sum(entry.positions for entry in model.site.loads.values() if entry.hall == place)
    return f"the racks on {there} positions that are taken already are in no floor line" if there else ""


def _plant(model: SiteModel, place: str) -> Iterator[Line]:
    """Each type of plant that stands in a hall or may be bought for it."""
    site, hall = model.site, model.site.halls[place]
    names = {entry.spec for _, entry in plant_at(model).get(place, ())}
    names |= {entry.spec for entry in site.upgrades.values() if place in entry.at and entry.at_most}
    for name in sorted(names):
        spec = model.specs[name]
        if isinstance(spec, FloorReinforcement | RouteProtection):
            continue
        if spec.mass is None:
            why = f"{name} states no `mass`"
            yield unchecked(f"plant_floor.{place}.{name}", place, "weight of plant on the hall's floor", why)
            continue
        for checks in zip(*(plant_checks(spec, hall, world) for world in WORLDS), strict=True):
            yield _checked(model, f"plant_{checks[0].kind}.{place}.{name}", place, hall, name, checks, [SCREENING])


def _overhead(model: SiteModel, place: str) -> Line:
    line_id, rule = f"overhead.{place}", "what hangs over one position: busway, pipes and trays"
    stated = model.site.halls[place].overhead
    if stated is None:
        return unchecked(line_id, place, rule, "the hall states no `overhead`")
    parts = {"busway": stated.busway, "pipes": stated.pipes, "trays": stated.trays}
    absent = [name for name, figure in parts.items() if figure is None]
    if len(absent) == len(parts):
        return unchecked(line_id, place, rule, "`overhead` states none of busway, pipes and trays")
    readings = [
        Reading(
            sum(load_of(figure, world) for figure in parts.values() if figure is not None),
            capacity_of(stated.rating, world),
        )
        for world in WORLDS
    ]
    subject = Subject(line_id, place, rule, spelling(stated.rating.value), SITE_FILE, POINT_LOAD)
    return judge(subject, readings, [SCREENING, f"not stated, taken as nothing: {listed(absent)}" if absent else ""])


# ---------------------------------------------------------------- what rolls


def _route(model: SiteModel, placement: Placement, place: str, name: str, rack: Rack) -> Iterator[Line]:
    hall = model.site.halls[place]
    note = unused(model, placement, place, name)
    line_id = f"floor_rolling.{place}.{name}"
    if not hall.route:
        yield unchecked(line_id, place, ROLLING, "the hall states no `route`")
        rule = "size and mass of the rack as it is moved, at doors, lifts and ramps of its route"
        yield unchecked(f"route.{place}.{name}", place, rule, "the hall states no `route`")
        return
    if any(segment.rolling is not None for segment in hall.route.values()):
        worst = _worst(lambda world: list(rolling_checks(rack, hall, None, world)))
        figure = hall.route[worst[0].segment].rolling
        subject = Subject(line_id, place, ROLLING, _unit(figure), source_of(model, [name], IBM), POINT_LOAD)
        yield judge(subject, _readings(worst), [f"at {worst[0].segment}: {worst[0].asked_by}", note])
    else:
        yield unchecked(line_id, place, ROLLING, "no segment of `route` states `rolling`")
    for limit, (field, rule) in _PASSAGE.items():
        if any(getattr(segment, field) is not None for segment in hall.route.values()):
            yield _passage(model, place, name, rack, limit, rule, note)


def _inside(model: SiteModel, placement: Placement, place: str, name: str, rack: Rack) -> Iterator[Line]:
    """The hall's own floor while a rack rolls to its position: tiles bear less then than under it at rest."""
    hall, line_id = model.site.halls[place], f"hall_rolling.{place}.{name}"
    found = [made for world in WORLDS if (made := hall_rolling(rack, hall, None, world)) is not None]
    if found:
        subject = Subject(line_id, place, INSIDE, _unit(hall.floor.rolling), source_of(model, [name], IBM), POINT_LOAD)
        yield judge(subject, _readings(found), [found[0].asked_by, unused(model, placement, place, name)])
    elif hall.floor.kind != "slab":
        yield unchecked(line_id, place, INSIDE, "the hall's floor states no `rolling`")


def _passage(model: SiteModel, place: str, name: str, rack: Rack, limit: Limit, rule: str, note: str) -> Line:
    hall, line_id = model.site.halls[place], f"route_{limit}.{place}.{name}"
    worst = _worst(lambda world: [made for made in passage_checks(rack, hall, world) if made.limit == limit])
    if worst[0].required is None:
        return unchecked(line_id, place, rule, worst[0].asked_by)
    field = _PASSAGE[limit][0]
    unit = _unit(getattr(hall.route[worst[0].segment], field))
    subject = Subject(line_id, place, rule, unit, source_of(model, [name]))
    return judge(subject, _readings(worst), [f"at {worst[0].segment}: {worst[0].asked_by}", note])


def _unit(figure: Figure[Any] | None) -> str:
    return "" if figure is None else spelling(figure.value)


def _worst(checks: Callable[[World], list[RouteCheck]]) -> list[RouteCheck]:
    """In each world the segment that leaves least."""
    return [max(checks(world), key=lambda made: (made.required or 0.0) / max(made.available, 1e-9)) for world in WORLDS]


def _readings(checks: Sequence[RouteCheck]) -> list[Reading]:
    return [Reading(made.required or 0.0, made.available) for made in checks]
