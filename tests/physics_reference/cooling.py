"""Known answers of ``dcplan.physics.cooling``."""

from math import inf

from dcplan.physics.cooling import (
    air_flow,
    air_flow_at,
    air_temperature_at_coolers,
    cdu_capacity,
    dry_cooler_capacity,
    dry_cooler_outlet_reachable,
    flow_limited_heat,
    hold_time,
    liquid_flow,
)
from physics_reference import Reference

LP2357 = "https://lenovopress.lenovo.com/lp2357-lenovo-nvidia-gb300-nvl72-rack-scale-ai"
POWER, AIR, WATER = (-1.0, inf), (213.1, 343.2), (253.1, 373.2)

REFERENCES = (
    Reference(
        liquid_flow,
        {"heat": 121_500.0, "supply_temperature": 308.15, "return_limit": 328.55, "fluid": "PG25"},
        89.0,
        "L/min",
        "Lenovo LP2357: GB300 NVL72 supplied at 35 degC",
        {"heat": POWER, "supply_temperature": (278.1, 328.5), "return_limit": (308.2, 343.2)},
        LP2357,
        within=0.015,
    ),
    Reference(
        flow_limited_heat,
        {"flow": 0.02, "supply_temperature": 308.15, "return_limit": 318.15, "fluid": "PG25"},
        801.6,
        "kW",
        "0.02 m3/s x 1,009.9 kg/m3 x 3,968.7 J/(kg K) x 10 K",
        {"flow": (-1e-9, inf), "supply_temperature": (278.1, 318.1), "return_limit": (308.2, 343.2)},
        by_hand=True,
    ),
    Reference(
        hold_time,
        {"volume": 20.0, "heat": 2e6, "supply_temperature": 291.15, "supply_limit": 297.15, "fluid": "water"},
        250.4,
        "s",
        "20 m3 x 998.0 kg/m3 x 4,183 J/(kg K) x 6 K / 2 MW",
        {
            "volume": (-1.0, inf),
            "heat": (0.0, inf),
            "supply_temperature": (278.1, 297.1),
            "supply_limit": (291.2, 343.2),
        },
        by_hand=True,
    ),
    Reference(
        cdu_capacity,
        {"rated_capacity": 1.368e6, "rated_approach": 4.0, "approach": 3.0},
        1_026.0,
        "kW",
        "1,368 kW x 3 K / 4 K",
        {"rated_capacity": POWER, "rated_approach": (0.09, 50.1), "approach": (-0.1, 100.1)},
        by_hand=True,
    ),
    Reference(
        air_flow,
        {"heat": 1_000.0, "temperature_rise": 20.0 / 1.8, "altitude": 0.0},
        157.0,
        "CFM",
        "insideHPC: 157 CFM per kW at 20 degF",
        {"heat": POWER, "temperature_rise": (0.09, 60.1), "altitude": (-500.1, 5_000.1)},
        "https://insidehpc.com/2011/04/calculating-cfms-for-hpc-power-and-cooling/",
        within=3e-3,
    ),
    Reference(
        air_flow_at,
        {"flow": 1.0, "altitude": 1_828.8},
        1.25,
        "m3/s",
        "Innovative Research: air of 0.80 times the density at 6,000 ft",
        {"flow": (-1e-9, inf), "altitude": (-500.1, 5_000.1)},
        "https://www.scribd.com/document/317841832/Data-Heat-Load",
        within=5e-3,
    ),
    Reference(
        air_temperature_at_coolers,
        {"design_dry_bulb": 314.15, "recirculation_rise": 2.0},
        43.0,
        "degC",
        "41 degC + 2 K",
        {"design_dry_bulb": AIR, "recirculation_rise": (-0.1, 20.1)},
        by_hand=True,
    ),
    Reference(
        dry_cooler_capacity,
        {"rated_capacity": 8e5, "rated_difference": 20.0, "water_in": 328.15, "air": 313.15},
        600.0,
        "kW",
        "800 kW x 15 K / 20 K",
        {"rated_capacity": POWER, "rated_difference": (0.09, 100.1), "water_in": WATER, "air": AIR},
        by_hand=True,
    ),
    Reference(
        dry_cooler_outlet_reachable,
        {"water_out": 318.15, "air": 308.15, "minimum_approach": 10.0},
        True,
        "",
        "45 degC is 10 K above 35 degC",
        {"water_out": WATER, "air": AIR, "minimum_approach": (-0.1, 50.1)},
        by_hand=True,
    ),
    Reference(
        dry_cooler_outlet_reachable,
        {"water_out": 318.15, "air": 308.25, "minimum_approach": 10.0},
        False,
        "",
        "45 degC is 9.9 K above 35.1 degC",
        {"water_out": WATER, "air": AIR, "minimum_approach": (-0.1, 50.1)},
        by_hand=True,
    ),
)
