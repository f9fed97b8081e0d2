"""Known answers of ``dcplan.physics.generators``."""

from math import inf

from dcplan.physics.generators import (
    Derating,
    class_limits,
    derating_factor,
    emitted,
    fuel_burnt,
    generator_rating,
    sets_to_run,
)
from dcplan.physics.losses import PartLoad
from physics_reference import Reference

POWER, SOME = (-1.0, inf), (-1.0, inf)
LITRES = 1e-3 / 3600.0
C15 = PartLoad(((250e3, 71.3 * LITRES), (500e3, 137.0 * LITRES)))
ALTITUDE, AIR = (-500.1, 5_000.1), (213.1, 343.2)
STAMFORD = Derating(1_000.0, 0.03 / 500.0, 313.15, 0.03 / 5.0)
ENGINE = Derating(300.0, 0.034 / 300.0, 313.15, 0.02)

REFERENCES = (
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
        class_limits,
        {"rating_class": "ESP"},
        0.7,
        "",
        "ISO 8528-1: an emergency standby set averages at most 70 % over 24 h",
        {},
        "https://manualshive.com/ru/manual/atlas-copco/4045hfg81/3001959?page=95",
        read=lambda limits: float(limits.average),
    ),
    Reference(
        fuel_burnt,
        {"curve": C15, "load": 500e3, "seconds": 3600.0},
        0.137,
        "m3",
        "Cat C15 GC 500 ekW: 137 L/h at full load",
        {"load": (-1.0, 500.1e3), "seconds": SOME},
        "https://www.scribd.com/document/661518782/New-Caterpillar-CAT-C15-GC-Submittal",
    ),
    Reference(
        emitted,
        {"engine_power": 1e6, "specific": 10e-3 / 3.6e6, "seconds": 50 * 3600.0},
        500.0,
        "kg",
        "1,000 kW x 10 g/kWh x 50 h",
        {"engine_power": SOME, "specific": SOME, "seconds": SOME},
        by_hand=True,
    ),
    Reference(
        sets_to_run,
        {"load": 1e6, "rating": 1e6, "minimum": 0.3, "installed": 4},
        3.0,
        "sets",
        "1,000 kW / (0.3 x 1,000 kW), rounded down",
        {"load": SOME, "rating": (0.0, inf), "minimum": (0.0099, 1.0001), "installed": (-1, inf)},
        by_hand=True,
        read=float,
    ),
)
