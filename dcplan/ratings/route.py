"""What a rack asks of the route into a hall: rolling load, lifts, doors and ramps, in SI floats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from dcplan.building import RouteSegment
from dcplan.catalog import Figure, Rack, RouteProtection
from dcplan.physics import floor
from dcplan.ratings.rows import World, capacity_of, load_of
from dcplan.site import Hall, SiteModel
from dcplan.units import text

TOLERANCE = 1e-9
Limit = Literal["rolling", "lift", "height", "width", "depth", "ramp"]


@dataclass(frozen=True)
class RouteCheck:
    """One limit of one segment: what the rack asks and what is there, or what is missing to know it.

    Newtons for `rolling`, kg for `lift`, m for clear dimensions, rise per run for `ramp`.
    """

    limit: Limit
    segment: str
    available: float
    required: float | None
    asked_by: str
    """The rack's figure that was taken, or what it does not state."""

    @property
    def holds(self) -> bool:
        """Whether the rack passes; a figure the rack does not state is not checked."""
        return self.required is None or self.required <= self.available * (1 + TOLERANCE)


def rolling_checks(rack: Rack, hall: Hall, by: RouteProtection | None, world: World) -> Iterator[RouteCheck]:
    """Rolling load on each segment that states a rating; plates lie everywhere but in lifts."""
    figure, said = _mass(rack)
    load = floor.tile_load_moving(load_of(figure, world))
    for name, segment in hall.route.items():
        if segment.rolling is not None:
            rating = capacity_of(segment.rolling, world)
            if by is not None and segment.capacity is None:
                rating = max(rating, capacity_of(by.rolling, world))
            yield RouteCheck("rolling", name, rating, load, said)


def hall_rolling(rack: Rack, hall: Hall, by: RouteProtection | None, world: World) -> RouteCheck | None:
    """Rolling load on the hall's own floor, where the way of each rack ends; None where the floor states no rating."""
    if hall.floor.rolling is None:
        return None
    figure, said = _mass(rack)
    rating = capacity_of(hall.floor.rolling, world)
    if by is not None and by.covers_hall:
        rating = max(rating, capacity_of(by.rolling, world))
    return RouteCheck("rolling", "the hall's own floor", rating, floor.tile_load_moving(load_of(figure, world)), said)


def rolls(rack: Rack, hall: Hall, by: RouteProtection | None, world: World) -> bool:
    """Whether the whole way to a position carries the rolling rack, plates laid or not."""
    inside = hall_rolling(rack, hall, by, world)
    carried = all(check.holds for check in rolling_checks(rack, hall, by, world))
    return carried and (inside is None or inside.holds)


def passage_checks(rack: Rack, hall: Hall, world: World) -> Iterator[RouteCheck]:
    """Lifts, doors and ramps: what no plate changes."""
    for name, segment in hall.route.items():
        yield from _passage(rack, name, segment, world)


def _passage(rack: Rack, name: str, segment: RouteSegment, world: World) -> Iterator[RouteCheck]:
    if segment.capacity is not None:
        figure, said = _mass(rack)
        yield RouteCheck("lift", name, capacity_of(segment.capacity, world), load_of(figure, world), said)
    if segment.height is not None:
        yield RouteCheck("height", name, capacity_of(segment.height, world), *_size(rack, "height", world))
    sides = {side: _size(rack, side, world) for side in ("width", "depth")}
    known = sorted((size, said) for size, said in sides.values() if size is not None)
    if segment.width is not None:
        # through a door endwise: its narrower side decides
        yield RouteCheck("width", name, capacity_of(segment.width, world), *(known[0] if known else sides["width"]))
    if segment.depth is not None:
        missing = next((said for size, said in sides.values() if size is None), None)
        longer = (None, missing) if missing else known[-1]
        yield RouteCheck("depth", name, capacity_of(segment.depth, world), longer[0], longer[1] or "")
    if segment.slope is not None:
        # a slope hurts when high and a limit when low: what is required of the rack is the slope
        limit = None if rack.ramp_limit is None else capacity_of(rack.ramp_limit, world)
        said = "the rack's `ramp_limit`" if limit is not None else "the rack states no `ramp_limit`"
        slope = load_of(segment.slope, world)
        yield RouteCheck("ramp", name, slope if limit is None else limit, None if limit is None else slope, said)


def _mass(rack: Rack) -> tuple[Figure[Any], str]:
    if rack.shipping_mass is not None:
        return rack.shipping_mass, "shipping mass"
    return rack.mass, "operating mass, as no `shipping_mass` is stated"


def _size(rack: Rack, side: str, world: World) -> tuple[float | None, str]:
    """A dimension of the rack as it is moved [m], and which figure that is."""
    crated: Figure[Any] | None = getattr(rack, f"shipping_{side}")
    own: Figure[Any] | None = getattr(rack, side)
    if crated is not None:
        return load_of(crated, world), f"`shipping_{side}`"
    if own is not None:
        return load_of(own, world), f"the rack's own {side}, as no `shipping_{side}` is stated"
    return None, f"the rack states neither `shipping_{side}` nor `{side}`"


def route_obstacles(model: SiteModel, name: str, rack: Rack, hall_name: str, world: World) -> list[str]:
    """Why a rack cannot be brought into a hall whatever is bought; empty when it can."""
    hall = model.site.halls[hall_name]
    what = {"lift": "capacity", "height": "height", "width": "width", "depth": "depth", "ramp": "slope"}
    found = []
    for check in passage_checks(rack, hall, world):
        if not check.holds:
            figure = getattr(hall.route[check.segment], what[check.limit])
            field = what[check.limit]
            found.append(f"{name} does not pass {check.segment} to hall {hall_name}: {field} {text(figure.value)}")
    return found
