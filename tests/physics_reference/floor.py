"""Known answers of ``dcplan.physics.floor``."""

from math import inf

from dcplan.physics.floor import foot_load, shared_weight, tile_load_ibm, tile_load_moving, uniform_load
from physics_reference import Reference

MASS = (-1.0, inf)

REFERENCES = (
    Reference(
        uniform_load,
        {"mass": 1_580.0, "tributary_area": 0.6 * 2.4},
        10.76,
        "kPa",
        "1,580 kg x 9.80665 m/s2 / 1.44 m2",
        {"mass": MASS, "tributary_area": (0.0099, inf)},
        by_hand=True,
    ),
    Reference(
        tile_load_ibm,
        {"mass": 1_580.0, "sharing": True},
        2_322.2,
        "lbf",
        "2 x 3,483.3 lb / 3, IBM tile rule",
        {"mass": MASS},
        by_hand=True,
    ),
    Reference(
        tile_load_moving,
        {"mass": 1_580.0},
        1_741.6,
        "lbf",
        "3,483.3 lb / 2, IBM tile rule",
        {"mass": MASS},
        by_hand=True,
    ),
    Reference(
        foot_load,
        {"mass": 1_580.0, "feet": 4, "imbalance": 1.0},
        870.8,
        "lbf",
        "3,483.3 lb / 4",
        {"mass": MASS, "feet": (2, inf), "imbalance": (0.99, 4.01)},
        by_hand=True,
    ),
    Reference(
        shared_weight,
        {"mass": 1_580.0, "share": 0.75},
        2_612.5,
        "lbf",
        "3,483.3 lb x 0.75",
        {"mass": MASS, "share": (-0.01, 16.1)},
        by_hand=True,
    ),
)
