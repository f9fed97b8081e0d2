"""Known answers of ``dcplan.physics.power``."""

from math import inf

from dcplan.physics.power import (
    Derating,
    apparent_power,
    derating_factor,
    failure_sets,
    generator_rating,
    input_power,
    loss,
    real_power,
    supply_after_failures,
    three_phase_current,
)
from physics_reference import Reference

POWER, FACTOR = (-1.0, inf), (0.0099, 1.0001)
ALTITUDE, AIR = (-500.1, 5_000.1), (213.1, 343.2)
STAMFORD = Derating(1_000.0, 0.03 / 500.0, 313.15, 0.03 / 5.0)
ENGINE = Derating(300.0, 0.034 / 300.0, 313.15, 0.02)

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
        derating_factor,
        {"derating": STAMFORD, "altitude": 1_500.0, "temperature": 318.15},
        0.9409,
        "",
        "Stamford derating sheet: 0.97 for 1,500 m, 0.97 for 45 degC, multiplied",
        {"altitude": ALTITUDE, "temperature": AIR},
        "https://www.scribd.com/document/379385487/Derating-Stamford",
    ),
    Reference(
        generator_rating,
        {"power": 2.5e6, "engine": ENGINE, "alternator": STAMFORD, "altitude": 1_200.0, "temperature": 313.15},
        2_245.0,
        "kW",
        "2,500 kW x min(1 - 900 m x 3.4 % / 300 m, 1 - 200 m x 3 % / 500 m)",
        {"power": POWER, "altitude": ALTITUDE, "temperature": AIR},
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
