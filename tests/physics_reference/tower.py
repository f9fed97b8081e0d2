"""Known answers of ``dcplan.physics.tower``."""

from math import inf

from dcplan.physics.tower import (
    TowerRating,
    altitude_factor,
    evaporation,
    make_up,
    merkel_number,
    tower_capacity,
    tower_outlet_reachable,
    wetted_air,
    wetting_water,
)
from physics_reference import Reference

AIR, WATER, ALTITUDE = (213.1, 343.2), (253.1, 373.2), (-500.1, 5_000.1)
NOMINAL = TowerRating(wet_bulb=298.71, approach=3.89, water_range=5.56)

REFERENCES = (
    Reference(
        altitude_factor,
        {"loss": 6.6e-5, "altitude": 1_500.0},
        0.901,
        "",
        "1 - 6.6 % / km x 1.5 km",
        {"loss": (-1e-6, 2.1e-4), "altitude": ALTITUDE},
        by_hand=True,
    ),
    Reference(
        evaporation,
        {"heat": 1e6, "water": 303.15},
        24.7,
        "L/min",
        "1 MW / 2,429.8 kJ/kg at 1 kg/L",
        {"heat": (-1.0, inf), "water": (273.1, 343.2)},
        by_hand=True,
        within=5e-3,
    ),
    Reference(
        make_up,
        {"evaporated": 0.0015, "cycles": 4.0},
        2.0,
        "L/s",
        "1.5 L/s x 4 / 3",
        {"evaporated": (-1e-9, inf), "cycles": (1.0, 100.1)},
        by_hand=True,
    ),
    Reference(
        merkel_number,
        {"water_in": 303.2, "water_out": 303.1, "wet_bulb": 298.15, "water_air_ratio": 0.01, "altitude": 0.0},
        0.01781,
        "",
        "4.186 kJ/(kg K) x 0.1 K / (100.006 - 76.504) kJ/kg, enthalpies of ASHRAE Fundamentals 2017, table 2",
        {
            "water_in": (303.0, 343.2),
            "water_out": (298.1, 343.2),
            "wet_bulb": (213.1, 303.2),
            "water_air_ratio": (0.0, inf),
            "altitude": ALTITUDE,
        },
        by_hand=True,
        within=6e-3,
    ),
    Reference(
        tower_capacity,
        {
            "rated_capacity": 1e6,
            "rating": NOMINAL,
            "water_in": 308.16,
            "water_out": 302.60,
            "wet_bulb": 298.71,
            "altitude": 0.0,
        },
        1_000.0,
        "kW",
        "the name plate, at its own conditions",
        {
            "rated_capacity": (-1.0, inf),
            "water_in": (213.0, 343.2),
            "water_out": (273.1, 343.2),
            "wet_bulb": (213.1, 343.2),
            "altitude": ALTITUDE,
        },
        by_hand=True,
    ),
    Reference(
        tower_outlet_reachable,
        {"water_out": 303.15, "wet_bulb": 298.15, "minimum_approach": 5.0},
        True,
        "",
        "30 degC is 5 K above 25 degC",
        {"water_out": WATER, "wet_bulb": AIR, "minimum_approach": (-0.1, 50.1)},
        by_hand=True,
    ),
    Reference(
        wetted_air,
        {"dry_bulb": 305.15, "wet_bulb": 295.15, "effectiveness": 0.8},
        24.0,
        "degC",
        "BAC TrilliumSeries: pads of 80 % cool 32/22 degC to 24 degC",
        {"dry_bulb": (213.1, 343.2), "wet_bulb": (273.1, 305.2), "effectiveness": (-0.1, 1.1)},
        "http://www.building.co.uk/adiabatic-advances/3114560.article",
    ),
    Reference(
        wetting_water,
        {"airflow": 80.0, "dry_bulb": 308.15, "wet_bulb": 295.15, "effectiveness": 0.8, "altitude": 0.0},
        23.495,
        "L/min",
        "80 m3/s / 0.8887 m3/kg x (0.015561 - 0.011211), humidity ratios by equation 33 of ASHRAE Fundamentals 2017",
        {
            "airflow": (-1.0, inf),
            "dry_bulb": (213.1, 343.2),
            "wet_bulb": (273.1, 308.2),
            "effectiveness": (-0.1, 1.1),
            "altitude": ALTITUDE,
        },
        by_hand=True,
    ),
)
