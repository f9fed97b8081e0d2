"""Known answers of ``dcplan.physics.chiller``."""

from dcplan.physics.chiller import ChillerPoint, chiller_rating
from physics_reference import Reference

POINTS = [ChillerPoint(308.15, 291.15, 1.5e6, 4e5), ChillerPoint(318.15, 291.15, 1.3e6, 4.8e5)]

REFERENCES = (
    Reference(
        chiller_rating,
        {"points": POINTS, "ambient": 313.15, "water": 291.15},
        1_400.0,
        "kW",
        "halfway between 1,500 and 1,300 kW",
        {"ambient": (-1.0, 318.2), "water": (291.0, 291.3)},
        by_hand=True,
        read=lambda point: float(point.capacity),
    ),
)
