"""Known answers of ``dcplan.physics.hydraulics``."""

from math import inf

from dcplan.physics.hydraulics import PumpPoint, flow_at_head, pressure_drop, pump_power, velocity
from physics_reference import Reference

CURVE = [PumpPoint(0.01, 160e3), PumpPoint(0.02, 100e3)]
FLOW, HEAD = (-1e-9, inf), (-1.0, inf)

REFERENCES = (
    Reference(
        pressure_drop,
        {"flow": 0.02, "published_flow": 0.01, "published_drop": 50e3},
        200.0,
        "kPa",
        "50 kPa x 2 ^ 2",
        {"flow": FLOW, "published_flow": (0.0, inf), "published_drop": HEAD},
        by_hand=True,
    ),
    Reference(
        flow_at_head,
        {"points": CURVE, "head": 130e3},
        15.0,
        "L/s",
        "halfway between 10 and 20 L/s",
        {"head": HEAD},
        by_hand=True,
    ),
    Reference(
        pump_power,
        {"flow": 0.1, "head": 300e3, "efficiency": 0.5},
        60.0,
        "kW",
        "0.1 m3/s x 300 kPa / 0.5",
        {"flow": FLOW, "head": HEAD, "efficiency": (0.0099, 1.001)},
        by_hand=True,
    ),
    Reference(
        velocity,
        {"flow": 0.5, "diameter": 1.0},
        0.6366,
        "m/s",
        "0.5 m3/s / (pi / 4 m2)",
        {"flow": FLOW, "diameter": (0.009, 5.1)},
        by_hand=True,
    ),
)
