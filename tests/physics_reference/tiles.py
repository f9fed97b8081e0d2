"""Known answers of ``dcplan.physics.tiles``."""

from dcplan.physics.tiles import Foot, corner_feet, tile_shares, worst_tile
from physics_reference import Reference

SIDE = (0.09, 10.1)
FEET = tuple(Foot(x, y, 0.25) for y in (0.1, 1.0) for x in (0.1, 0.5))

REFERENCES = (
    Reference(
        corner_feet,
        {"width": 0.6, "depth": 1.1, "inset": 0.1},
        0.5,
        "m",
        "0.6 m - 0.1 m: the right feet",
        {"width": SIDE, "depth": SIDE, "inset": (-0.01, 0.31)},
        by_hand=True,
        read=lambda feet: float(feet[3].x),
    ),
    Reference(
        tile_shares,
        {"feet": FEET, "pitch": 0.6, "tile": 0.6, "offset": 0.3, "setback": 0.0},
        0.5,
        "of one rack",
        "half a tile aside a right foot and the neighbour's left foot share the front tile, 2 x 0.25",
        {"pitch": SIDE, "tile": SIDE, "offset": (-0.1, 10.1), "setback": (-0.1, 10.1)},
        by_hand=True,
        read=lambda tiles: float(tiles[0, 0]),
    ),
    Reference(
        worst_tile,
        {"feet": FEET, "pitch": 0.6, "tile": 0.6, "offset": None, "setback": 0.0},
        0.75,
        "of one rack",
        "a joint under a left foot is 0.6 m from one under the next: 0.1, 0.5 and 0.7 m share a tile, 3 x 0.25",
        {"pitch": SIDE, "tile": SIDE},
        by_hand=True,
    ),
)
