"""Known answers of ``dcplan.physics.power``."""

from math import inf

from dcplan.physics.power import (
    apparent_power,
    failure_sets,
    input_power,
    loss,
    real_power,
    supply_after_failures,
    three_phase_current,
)
from physics_reference import Reference

POWER, FACTOR = (-1.0, inf), (0.0099, 1.0001)

REFERENCES = (
    Reference(
        apparent_power,
        {"power": 2.5e6, "power_factor": 0.8},
        3_125.0,
        "kVA",
        "2,500 kW / 0.8",
        {"power": POWER, "power_factor": FACTOR},
        by_hand=True,
    ),
    Reference(
        real_power,
        {"apparent": 3.125e6, "power_factor": 0.8},
        2_500.0,
        "kW",
        "3,125 kVA x 0.8",
        {"apparent": POWER, "power_factor": FACTOR},
        by_hand=True,
    ),
    Reference(
        three_phase_current,
        {"apparent": 142e3, "line_voltage": 415.0},
        197.55,
        "A",
        "142,000 / (1.73205 x 415)",
        {"apparent": POWER, "line_voltage": (49.9, 500_001.0)},
        by_hand=True,
    ),
    Reference(
        input_power,
        {"output": 1.5e6, "efficiency": 0.97},
        1_546.39,
        "kW",
        "1,500 kW / 0.97",
        {"output": POWER, "efficiency": FACTOR},
        by_hand=True,
    ),
    Reference(
        loss,
        {"output": 1.5e6, "efficiency": 0.97},
        46.39,
        "kW",
        "1,500 kW x 0.03 / 0.97",
        {"output": POWER, "efficiency": FACTOR},
        by_hand=True,
    ),
    Reference(
        failure_sets,
        {"units": 4, "failures": 2},
        6.0,
        "sets",
        "4 x 3 / 2 pairs of 4 units",
        {"units": (-1, inf), "failures": (-1, inf)},
        by_hand=True,
        read=lambda sets: float(len(list(sets))),
    ),
    Reference(
        supply_after_failures,
        {"capacities": [2.5e6, 2.5e6, 2e6], "failures": 1},
        4_500.0,
        "kW",
        "7,000 kW - 2,500 kW",
        {"capacities": ([-1.0], [inf]), "failures": (-1, inf)},
        by_hand=True,
    ),
)
