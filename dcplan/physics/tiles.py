"""Which feet of a row of racks stand on which raised-floor tile.

Lengths are counted in tenths of a millimetre, so that a foot is exactly on a joint or exactly beside it: 600 mm and
24 in (609.6 mm) are both whole. Loads are shares of one rack's weight; the caller multiplies by it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dcplan.physics.fluid import within
from dcplan.trace import recorded

STEP = 1e-4
"""Length that everything is counted in [m]."""


@dataclass(frozen=True)
class Foot:
    """One foot or caster of a rack: where it stands and what it carries."""

    x: float
    """Distance from the rack's corner along the row [m]."""
    y: float
    """Distance from the rack's corner across the row, front to back [m]."""
    share: float
    """Part of the rack's weight [1]."""


@recorded
def corner_feet(width: float, depth: float, inset: float) -> tuple[Foot, ...]:
    """Four equal feet, each as far inside its corner of the rack in both directions.

    Parameters
    ----------
    width, depth
        Plan dimensions of the rack, 0.1 m to 10 m. [m]
    inset
        Distance of a foot's centre from both edges, 0 to half of the shorter side. [m]

    Returns
    -------
    tuple of Foot
        Front left, front right, back left, back right, a quarter of the weight each.

    Raises
    ------
    OutsideRange
        If a dimension is outside its range.

    Notes
    -----
    Equal shares hold for a centre of gravity over the middle of four feet that all touch [1]_.

    References
    ----------
    .. [1] Hibbeler, Engineering Mechanics: Statics, equilibrium of a rigid body: moments about two axes.

    Examples
    --------
    >>> corner_feet(0.6, 1.2, 0.1)[3]
    Foot(x=0.5, y=1.0999999999999999, share=0.25)
    """
    within("width", width, 0.1, 10.0, "m")
    within("depth", depth, 0.1, 10.0, "m")
    within("inset", inset, 0.0, min(width, depth) / 2.0, "m")
    columns, lines = (inset, width - inset), (inset, depth - inset)
    return tuple(Foot(x, y, 0.25) for y in lines for x in columns)


@recorded
def tile_shares(
    feet: Sequence[Foot], pitch: float, tile: float, offset: float, setback: float
) -> dict[tuple[int, int], float]:
    """What each tile under an endless row of equal racks carries, in weights of one rack.

    Parameters
    ----------
    feet
        Feet of one rack, 1 to 64, within 10 m of its corner.
    pitch
        Distance from a rack to the next along the row, 0.1 m to 10 m. [m]
    tile
        Side of a square tile, 0.1 m to 10 m. [m]
    offset, setback
        Distance of the first rack's corner from a tile joint, along and across the row, 0 to 10 m. [m]

    Returns
    -------
    dict of (column, line) to float
        Shares of one rack's weight on every tile with a foot, over one period of the pattern: after `tile` / gcd
        racks it repeats. The tile (0, 0) has its corner where `offset` and `setback` are measured from.

    Raises
    ------
    OutsideRange
        If an argument is outside its range.

    Notes
    -----
    A foot belongs to the tile that contains its centre. One whose centre is on a joint is counted in full on each
    tile that meets there, as a small shift either way puts all of it on one of them: loads are then never too low,
    and add up to the racks' weight only when no foot is on a joint. One row is looked at; feet of a row back to
    back with it that stand on the same tiles come on top. The pad of a foot has no size here [1]_.

    References
    ----------
    .. [1] CISCA, Recommended Test Procedures for Access Floors: concentrated, ultimate and rolling load;
       http://asmproducts.com/ultimate_load.htm for the procedure.

    Examples
    --------
    Racks of 0.6 m on tiles of 0.6 m, corner on a joint, feet 0.1 m inside: two feet on each tile of two lines.

    >>> tile_shares(corner_feet(0.6, 1.1, 0.1), 0.6, 0.6, 0.0, 0.0)
    {(0, 0): 0.5, (0, 1): 0.5}
    """
    _check(feet, pitch, tile)
    within("offset", offset, 0.0, 10.0, "m")
    within("setback", setback, 0.0, 10.0, "m")
    step, side = _count(pitch), _count(tile)
    racks, columns = (length // math.gcd(step, side) for length in (side, step))
    found: defaultdict[tuple[int, int], float] = defaultdict(float)
    for rack in range(racks):
        corner = _count(offset) + rack * step
        for foot in feet:
            for column in _touched(corner + _count(foot.x), side):
                for line in _touched(_count(setback) + _count(foot.y), side):
                    found[column % columns, line] += foot.share
    return dict(found)


@recorded
def worst_tile(
    feet: Sequence[Foot], pitch: float, tile: float, offset: float | None = None, setback: float | None = None
) -> float:
    """The most that one tile under an endless row of equal racks carries, in weights of one rack.

    Parameters
    ----------
    feet, pitch, tile
        As for `tile_shares`.
    offset, setback
        As for `tile_shares`; None where it is unknown: the worst position of the grid is then taken. [m]

    Returns
    -------
    float
        Share of one rack's weight on the most loaded tile. [1]

    Raises
    ------
    OutsideRange
        If an argument is outside its range.

    Notes
    -----
    Where a distance is unknown, a tile can always be moved until a foot is on its joint without losing any: the
    worst of those positions is the worst of all. For weights of racks on tiles see also the IBM rule of thumb [1]_,
    which needs no positions.

    References
    ----------
    .. [1] IBM, POWER8 floor construction and floor loading,
       https://www.ibm.com/support/knowledgecenter/en/POWER8/p8ebe/p8ebe_floorconstruction.htm.

    Examples
    --------
    The same racks 0.3 m beside a joint: feet of two racks share each tile, still half a weight. A row whose place
    on the grid is unknown may have feet on a joint, which count on both sides of it.

    >>> feet = corner_feet(0.6, 1.1, 0.1)
    >>> worst_tile(feet, 0.6, 0.6, 0.3, 0.0), worst_tile(feet, 0.6, 0.6)
    (0.5, 0.75)
    """
    _check(feet, pitch, tile)
    step, side = _count(pitch), _count(tile)
    offsets = [offset] if offset is not None else _joints([_count(foot.x) for foot in feet], math.gcd(step, side))
    setbacks = [setback] if setback is not None else _joints([_count(foot.y) for foot in feet], side)
    return max(max(tile_shares(feet, pitch, tile, along, across).values()) for along in offsets for across in setbacks)


def _check(feet: Sequence[Foot], pitch: float, tile: float) -> None:
    within("feet", len(feet), 1, 64, "")
    for foot in feet:
        within("foot", foot.x, 0.0, 10.0, "m")
        within("foot", foot.y, 0.0, 10.0, "m")
        within("share", foot.share, 0.0, 1.0, "")
    within("pitch", pitch, 0.1, 10.0, "m")
    within("tile", tile, 0.1, 10.0, "m")


def _count(length: float) -> int:
    """A length in whole steps."""
    return round(length / STEP)


def _joints(places: Sequence[int], period: int) -> list[float]:
    """Distances that put a foot exactly on a joint; others a period away give the same pattern."""
    return [step * STEP for step in sorted({-place % period for place in places})]


def _touched(place: int, side: int) -> tuple[int, ...]:
    """Tiles that a place touches along one direction: two where it is on their joint."""
    tile = place // side
    return (tile - 1, tile) if place % side == 0 else (tile,)
