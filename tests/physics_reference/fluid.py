"""Known answers of ``dcplan.physics.fluid``."""

from dcplan.physics.fluid import air_density, density, freezing_point, specific_heat, standard_pressure, viscosity
from physics_reference import Reference

IAPWS = "IAPWS-95, water at 20 degC and 101,325 Pa"
COOLPROP = "https://doi.org/10.1021/ie4033999"
TABLE, ALTITUDE, AIR = (278.1, 343.2), (-500.1, 5_000.1), (213.1, 343.2)
WATER = {"fluid": "water", "temperature": 293.15}

REFERENCES = (
    Reference(density, WATER, 998.207, "kg/m3", IAPWS, {"temperature": TABLE}, COOLPROP, within=1e-4),
    Reference(specific_heat, WATER, 4_184.05, "J/(kg K)", IAPWS, {"temperature": TABLE}, COOLPROP, within=2e-4),
    Reference(viscosity, WATER, 1.0016e-3, "Pa s", IAPWS, {"temperature": TABLE}, COOLPROP, within=2.5e-3),
    Reference(
        freezing_point,
        {"fluid": "PG25"},
        263.15,
        "K",
        "Dow, DOWFROST LC 25: freezes at -10 degC",
        {},
        "https://www.dow.com/en-us/pdp.dowfrost-lc-25-heat-transfer-fluid.497419z.html",
        within=1e-3,
    ),
    Reference(
        standard_pressure,
        {"altitude": 1_000.0},
        89_874.6,
        "Pa",
        "ISO 2533, standard atmosphere at 1,000 m",
        {"altitude": ALTITUDE},
        within=1e-4,
    ),
    Reference(
        air_density,
        {"temperature": 281.651, "altitude": 1_000.0},
        1.11166,
        "kg/m3",
        "ISO 2533, standard atmosphere at 1,000 m",
        {"temperature": AIR, "altitude": ALTITUDE},
        within=2e-4,
    ),
)
