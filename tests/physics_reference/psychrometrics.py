"""Known answers of ``dcplan.physics.psychrometrics``."""

from math import inf

from dcplan.physics.psychrometrics import (
    dew_point,
    enthalpy,
    humidity_from_relative,
    humidity_from_wet_bulb,
    latent_heat,
    saturated_humidity_ratio,
    saturation_pressure,
    wet_bulb,
)
from physics_reference import Reference

ASHRAE = "ASHRAE Fundamentals 2017, chapter 1"
PSYCHROLIB = "psychrolib 2.5.0"
ADDRESS = "https://github.com/psychrometrics/psychrolib"
AIR, ALTITUDE = (213.1, 343.2), (-500.1, 5_000.1)

REFERENCES = (
    Reference(saturation_pressure, {"temperature": 293.15}, 2.3392, "kPa", f"{ASHRAE}, table 3", {"temperature": AIR}),
    Reference(
        saturated_humidity_ratio,
        {"temperature": 293.15, "altitude": 0.0},
        0.014761,
        "kg/kg",
        f"{ASHRAE}, table 2",
        {"temperature": AIR, "altitude": ALTITUDE},
        within=6e-3,
    ),
    Reference(
        humidity_from_relative,
        {"dry_bulb": 308.15, "relative_humidity": 0.4, "altitude": 0.0},
        0.0141317,
        "kg/kg",
        PSYCHROLIB,
        {"dry_bulb": AIR, "relative_humidity": (-0.01, 1.01), "altitude": ALTITUDE},
        ADDRESS,
    ),
    Reference(
        humidity_from_wet_bulb,
        {"dry_bulb": 308.15, "wet_bulb": 297.08, "altitude": 0.0},
        0.0141246,
        "kg/kg",
        PSYCHROLIB,
        {"dry_bulb": AIR, "wet_bulb": (283.15, 308.25), "altitude": ALTITUDE},
        ADDRESS,
    ),
    Reference(
        wet_bulb,
        {"dry_bulb": 308.15, "humidity_ratio": 0.0141317, "altitude": 0.0},
        23.934,
        "degC",
        PSYCHROLIB,
        {"dry_bulb": AIR, "humidity_ratio": (-1e-6, 0.05), "altitude": ALTITUDE},
        ADDRESS,
    ),
    Reference(
        dew_point,
        {"humidity_ratio": 0.0098820, "altitude": 0.0},
        13.865,
        "degC",
        PSYCHROLIB,
        {"humidity_ratio": (0.0, 0.5), "altitude": ALTITUDE},
        ADDRESS,
    ),
    Reference(
        enthalpy,
        {"dry_bulb": 308.15, "humidity_ratio": 0.01414},
        71_495.0,
        "J/kg",
        "1.006 x 35 + 0.01414 x (2,501 + 1.86 x 35) kJ/kg",
        {"dry_bulb": AIR, "humidity_ratio": (-1e-6, inf)},
        by_hand=True,
    ),
    Reference(
        latent_heat,
        {"temperature": 303.15},
        2_429_800.0,
        "J/kg",
        "steam tables: 2,429.8 kJ/kg at 30 degC",
        {"temperature": (273.1, 343.2)},
    ),
)
