"""Known answers of ``dcplan.physics.feeders``."""

from math import inf

from dcplan.physics.feeders import continuous_current, single_phase_current, transformer_fault_current
from physics_reference import Reference

NEC = (
    "https://www.productinfo.schneider-electric.com/na-std-ref/5c0fee4b347bdf0001de4d55/Conductor%20Ampacity%20Tables/"
    "English/Data%20Bulletin%20-%20Conductor%20Ampacity%20Tables%20(bookmap)_0000264293.ditamap/$/"
    "NECInformationOfNote-F20BDBCC"
)
SOME, VOLTAGE = (-1.0, inf), (49.9, 500_001.0)

REFERENCES = (
    Reference(
        single_phase_current,
        {"apparent": 11_500.0, "voltage": 230.0},
        50.0,
        "A",
        "11,500 / 230",
        {"apparent": SOME, "voltage": VOLTAGE},
        by_hand=True,
    ),
    Reference(
        continuous_current,
        {"rating": 250.0, "rule": "nec_80"},
        200.0,
        "A",
        "NEC 210.20(A): a breaker of 125 % of a continuous load",
        {"rating": SOME},
        NEC,
    ),
    Reference(
        transformer_fault_current,
        {"rating": 2.5e6, "voltage": 480.0, "impedance": 0.0575},
        54_910.8,
        "A",
        "1.05 x 2,500 kVA / (1.73205 x 480 V x 5.75 %)",
        {"rating": SOME, "voltage": VOLTAGE, "impedance": (0.0099, 1.0001)},
        by_hand=True,
    ),
)
