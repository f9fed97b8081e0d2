"""What a rack asks of a floor and what a position carries, reinforced or not, in SI floats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dcplan.catalog import Figure, FloorReinforcement, Rack
from dcplan.physics import floor
from dcplan.ratings.rows import World, capacity_of, load_of
from dcplan.site import Hall


@dataclass(frozen=True)
class FloorNeed:
    """What one rack asks of a hall's floor; None where the hall does not say enough."""

    uniform: float | None
    point: float


def floor_need(rack: Rack, hall: Hall, world: World) -> FloorNeed:
    """Uniform load [Pa] and tile load [N] of one standing rack."""
    mass = load_of(rack.mass, world)
    area = hall.floor.position_area
    return FloorNeed(
        uniform=None if area is None else floor.uniform_load(mass, capacity_of(area, world)),
        point=floor.tile_load_ibm(mass, hall.floor.racks_share_tiles),
    )


def floor_holds(rack: Rack, hall: Hall, by: FloorReinforcement | None, world: World) -> bool:
    """Whether a position carries a rack, reinforced or not; a check the hall does not state is not made."""
    need = floor_need(rack, hall, world)
    uniform, point = floor_rating(hall, by, world)
    own = 0.0 if by is None or by.own_load is None else load_of(by.own_load, world)
    uniform_ok = uniform is None or need.uniform is None or need.uniform + own <= uniform * (1 + 1e-9)
    return uniform_ok and (point is None or need.point <= point * (1 + 1e-9))


def floor_rating(hall: Hall, by: FloorReinforcement | None, world: World) -> tuple[float | None, float | None]:
    """Uniform [Pa] and point [N] rating of a position, the better of existing and reinforced."""

    def better(existing: Figure[Any] | None, upgrade: Figure[Any] | None) -> float | None:
        if existing is None:
            return None
        values: Iterable[Figure[Any]] = (existing,) if upgrade is None else (existing, upgrade)
        return max(capacity_of(figure, world) for figure in values)

    return (
        better(hall.floor.uniform, by.uniform if by else None),
        better(hall.floor.point, by.point if by else None),
    )
