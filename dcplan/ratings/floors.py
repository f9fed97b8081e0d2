"""What a rack or a unit of plant asks of a hall's floor, and what that carries, reinforced or not, in SI floats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from dcplan.catalog import Figure, FloorReinforcement, Rack, Spec
from dcplan.physics import floor, slab, tiles
from dcplan.ratings.rows import World, capacity_of, load_of
from dcplan.site import Hall

TOLERANCE = 1e-9
Kind = Literal["uniform", "point", "slab", "punching"]


@dataclass(frozen=True)
class FloorCheck:
    """One check of one rack on one floor: load and rating, or what is missing to know them.

    `uniform` and `slab` are in Pa, `point` and `punching` in N.
    """

    kind: Kind
    rule: str
    load: float | None = None
    rating: float | None = None
    missing: str = ""

    @property
    def holds(self) -> bool:
        """Whether the floor carries the load; a check the site does not state is not made."""
        return self.load is None or self.rating is None or self.load <= self.rating * (1 + TOLERANCE)


def floor_checks(rack: Rack, hall: Hall, by: FloorReinforcement | None, world: World) -> list[FloorCheck]:
    """Every check of one standing rack on a position, reinforced or not.

    A reinforcement acts on what it really improves: tiles and pedestals on the point load; spreader plates on the
    point load and the uniform load under them; a stand to the slab bypasses a raised floor, so that its slab governs;
    steel under a slab acts on the slab's uniform load. Each adds its own load to every uniform check that it rests on.
    """
    made = [_point(rack, hall, by, world)]
    bypassed = by is not None and by.acts_on == "dunnage_to_slab" and hall.floor.kind == "raised"
    if not bypassed:
        made.insert(0, _uniform(rack, hall, by, world))
    if hall.floor.kind == "raised":
        made.append(_slab(rack, hall, by, world))
    if hall.floor.kind == "slab" or bypassed:
        made.append(_punching(rack, hall, by, world))
    return made


def floor_holds(rack: Rack, hall: Hall, by: FloorReinforcement | None, world: World) -> bool:
    """Whether a position carries a rack, reinforced or not; a check the hall does not state is not made."""
    return all(check.holds for check in floor_checks(rack, hall, by, world))


def position_area(hall: Hall, world: World) -> float | None:
    """Tributary area [m2] of one position: as stated, or rack pitch times row pitch."""
    stated = hall.floor
    if stated.position_area is not None:
        return capacity_of(stated.position_area, world)
    if stated.row_pitch is not None and stated.rack_pitch is not None:
        return capacity_of(stated.row_pitch, world) * capacity_of(stated.rack_pitch, world)
    return None


def _better(existing: Figure[Any], upgrade: Figure[Any] | None, world: World) -> float:
    return max(capacity_of(figure, world) for figure in (existing, upgrade) if figure is not None)


def _own(by: FloorReinforcement | None, world: World) -> float:
    return 0.0 if by is None or by.own_load is None else load_of(by.own_load, world)


def _uniform(rack: Rack, hall: Hall, by: FloorReinforcement | None, world: World) -> FloorCheck:
    rule = "operating weight over the tributary area of one position"
    figure, area = hall.floor.uniform, position_area(hall, world)
    if figure is None or area is None:
        missing = "uniform" if figure is None else "position_area"
        return FloorCheck("uniform", rule, missing=f"the hall's floor states no `{missing}`")
    below = by is not None and by.acts_on == "steel_under_slab" and hall.floor.kind == "raised"
    load = floor.uniform_load(load_of(rack.mass, world), area) + (0.0 if below else _own(by, world))
    return FloorCheck("uniform", rule, load, _better(figure, by.uniform if by and not below else None, world))


def _slab(rack: Rack, hall: Hall, by: FloorReinforcement | None, world: World) -> FloorCheck:
    """The slab below a raised floor carries all that stands on it."""
    rule = "slab below the raised floor, IBM rule: (W + 15 psf x 0.5 x service area + 10 psf x area) / area"
    figure, area = hall.floor.slab_uniform, position_area(hall, world)
    if figure is None or area is None:
        missing = "slab_uniform" if figure is None else "position_area"
        return FloorCheck("slab", rule, missing=f"the hall's floor states no `{missing}`")
    under = 0.0
    if rack.width is not None and rack.depth is not None:
        under = min(area, capacity_of(rack.width, world) * capacity_of(rack.depth, world))
    load = slab.slab_load_ibm(load_of(rack.mass, world), area, area - under, raised=True) + _own(by, world)
    steel = by is not None and by.acts_on == "steel_under_slab"
    return FloorCheck("slab", rule, load, _better(figure, by.uniform if by and steel else None, world))


def rack_feet(rack: Rack, world: World) -> tuple[tiles.Foot, ...] | None:
    """Feet of a rack as stated, or four inside its corners; None where neither is said."""
    if rack.feet is not None:
        even = 1.0 / len(rack.feet)
        return tuple(
            tiles.Foot(foot.x.si(), foot.y.si(), even if foot.share is None else load_of(foot.share, world))
            for foot in rack.feet
        )
    if rack.foot_inset is None or rack.width is None or rack.depth is None:
        return None
    return tiles.corner_feet(rack.width.si(), rack.depth.si(), rack.foot_inset.si())


def _point(rack: Rack, hall: Hall, by: FloorReinforcement | None, world: World) -> FloorCheck:
    rule, load = _foot_force(rack, world) if hall.floor.kind == "slab" else _tile_load(rack, hall, world)
    figure = hall.floor.point
    if figure is None:
        return FloorCheck("point", rule, missing="the hall's floor states no `point`")
    return FloorCheck("point", rule, load, _better(figure, by.point if by else None, world))


def _tile_load(rack: Rack, hall: Hall, world: World) -> tuple[str, float]:
    """Load [N] of the worst tile: from the feet on it, or by the IBM rule where feet or tiles are unknown."""
    stated, mass, feet = hall.floor, load_of(rack.mass, world), rack_feet(rack, world)
    if feet is None or stated.tile is None or stated.rack_pitch is None:
        two = stated.racks_share_tiles
        share = "(W1+W2)/3, two racks on one tile" if two else "W/3, one rack on a tile"
        unknown = "foot positions unknown" if feet is None else "tiles or rack pitch unknown"
        return f"IBM tile rule: {share}, {unknown}", floor.tile_load_ibm(mass, two)
    offset, setback = (None if figure is None else figure.si() for figure in (stated.row_offset, stated.row_setback))
    worst = tiles.worst_tile(feet, stated.rack_pitch.si(), stated.tile.si(), offset, setback)
    where = "as the row stands on the tiles" if offset is not None and setback is not None else "row anywhere on tiles"
    rule = f"feet of a row of such racks on the worst tile: {worst:.4g} W, {where}; a foot on a joint counts on both"
    return rule, floor.shared_weight(mass, worst)


def _foot_force(rack: Rack, world: World) -> tuple[str, float]:
    """Force [N] of the most loaded foot; four feet that are unknown may stand on two."""
    mass, feet = load_of(rack.mass, world), rack_feet(rack, world)
    if feet is None:
        return "worst of four feet on a slab, rocking on two: W/2, feet unknown", floor.foot_load(mass, 4, 2.0)
    share = max(foot.share for foot in feet)
    return f"worst of {len(feet)} feet on a slab: {share:.4g} W", floor.shared_weight(mass, share)


def _punching(rack: Rack, hall: Hall, by: FloorReinforcement | None, world: World) -> FloorCheck:
    rule = "punching of the slab by the worst foot: concrete alone, ACI 318-19, 22.6"
    stated = hall.floor
    for field in ("effective_depth", "concrete_strength"):
        if getattr(stated, field) is None:
            return FloorCheck("punching", rule, missing=f"the hall's floor states no `{field}`")
    plates = [figure for figure in (rack.foot_plate, by.plate if by else None) if figure is not None]
    if by is not None and by.acts_on == "dunnage_to_slab":
        plates = [by.plate] if by.plate else []
    if not plates or stated.effective_depth is None or stated.concrete_strength is None:
        return FloorCheck("punching", rule, missing="no `foot_plate` of the rack, or `plate` below it, is stated")
    plate = max(capacity_of(figure, world) for figure in plates)
    depth, strength = capacity_of(stated.effective_depth, world), capacity_of(stated.concrete_strength, world)
    return FloorCheck("punching", rule, _foot_force(rack, world)[1], slab.punching_force(plate, depth, strength))


def plant_checks(spec: Spec, hall: Hall, world: World) -> Iterator[FloorCheck]:
    """Checks of one unit of plant that stands in a hall, on its own footprint."""
    rule = "operating weight over its own footprint"
    if spec.mass is None or spec.footprint is None:
        missing = "mass" if spec.mass is None else "footprint"
        yield FloorCheck("uniform", rule, missing=f"the spec states no `{missing}`")
    elif hall.floor.uniform is None:
        yield FloorCheck("uniform", rule, missing="the hall's floor states no `uniform`")
    else:
        load = floor.uniform_load(load_of(spec.mass, world), capacity_of(spec.footprint, world))
        yield FloorCheck("uniform", rule, load, capacity_of(hall.floor.uniform, world))
    on_slab = hall.floor.kind == "slab"
    rule = "rocking on two of four feet: W/2" if on_slab else "IBM tile rule: W/3, foot positions unknown"
    if spec.mass is None or hall.floor.point is None:
        missing = "the spec states no `mass`" if spec.mass is None else "the hall's floor states no `point`"
        yield FloorCheck("point", rule, missing=missing)
        return
    mass = load_of(spec.mass, world)
    load = floor.foot_load(mass, 4, 2.0) if on_slab else floor.tile_load_ibm(mass, sharing=False)
    yield FloorCheck("point", rule, load, capacity_of(hall.floor.point, world))


def plant_holds(spec: Spec, hall: Hall, world: World) -> bool:
    """Whether a hall's floor carries one unit of plant; a check that is not stated is not made."""
    return all(check.holds for check in plant_checks(spec, hall, world))
