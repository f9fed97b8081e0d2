"""The table of liquids against the library it was made with, and air against the standard atmosphere."""

import math
from collections.abc import Callable

import pytest
from CoolProp.CoolProp import PropsSI
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import OutsideRange
from dcplan.physics.fluid import (
    FLUIDS,
    air_density,
    density,
    freezing_point,
    specific_heat,
    standard_pressure,
    viscosity,
)

LIBRARY_NAME = {
    "water": "Water",
    "PG25": "INCOMP::MPG[0.25]",
    "PG30": "INCOMP::MPG[0.30]",
    "EG20": "INCOMP::MEG[0.20]",
    "EG30": "INCOMP::MEG[0.30]",
    "EG40": "INCOMP::MEG[0.40]",
}
# every row, and three places between rows, where a straight line is furthest from the curve
TEMPERATURES = [278.15 + 1.25 * i for i in range(53)]
PROPERTIES = {"D": (density, 1e-3), "C": (specific_heat, 1e-3), "V": (viscosity, 2.5e-3)}


def library(key: str, fluid: str, temperature: float) -> float:
    return float(PropsSI(key, "T", temperature, "P", 101_325.0, LIBRARY_NAME[fluid]))


@pytest.mark.parametrize("fluid", FLUIDS)
@pytest.mark.parametrize("key", PROPERTIES)
def test_table_and_interpolation_agree_with_coolprop(fluid: str, key: str) -> None:
    function, tolerance = PROPERTIES[key]
    for temperature in TEMPERATURES:
        assert function(fluid, temperature) == pytest.approx(library(key, fluid, temperature), rel=tolerance)


@pytest.mark.parametrize("fluid", FLUIDS)
@pytest.mark.parametrize("key", PROPERTIES)
def test_rows_hold_the_library_value_to_the_digits_written(fluid: str, key: str) -> None:
    function, _ = PROPERTIES[key]
    for row in range(14):
        temperature = 278.15 + 5.0 * row
        assert function(fluid, temperature) == pytest.approx(library(key, fluid, temperature), rel=1e-5)


@pytest.mark.parametrize(("celsius", "heavy", "heat"), [(25.0, 1030.3, 3880.0), (40.0, 1022.5, 3920.0)])
def test_pg25_against_dow_differs_by_what_the_docstring_says(celsius: float, heavy: float, heat: float) -> None:
    # Dow's inhibited fluid is denser and takes up less heat; in a flow the two cancel
    kelvin = celsius + 273.15
    assert heavy / density("PG25", kelvin) == pytest.approx(1.013, abs=0.001)
    assert heat / specific_heat("PG25", kelvin) == pytest.approx(0.987, abs=0.001)
    volumetric = density("PG25", kelvin) * specific_heat("PG25", kelvin)
    assert volumetric == pytest.approx(heavy * heat, rel=1e-3)


@pytest.mark.parametrize("fluid", [fluid for fluid in FLUIDS if fluid != "water"])
def test_mixtures_freeze_where_the_library_says(fluid: str) -> None:
    freezing = float(PropsSI("T_freeze", "T", 300.0, "P", 101_325.0, LIBRARY_NAME[fluid]))
    assert freezing_point(fluid) == pytest.approx(freezing, abs=1e-3)


def test_water_freezes_at_0_degc_and_more_glycol_later() -> None:
    assert freezing_point("water") == 273.15
    assert freezing_point("EG40") < freezing_point("EG30") < freezing_point("EG20") < freezing_point("water")
    assert freezing_point("PG30") < freezing_point("PG25")
    with pytest.raises(ValueError, match="unknown fluid 'brine'"):
        freezing_point("brine")


@given(st.lists(st.sampled_from(("water", "EG20", "EG30", "EG40")), min_size=2, unique=True))
def test_the_more_glycol_the_later_ice_and_the_heavier_the_liquid(fluids: list[str]) -> None:
    by_ice = sorted(fluids, key=freezing_point, reverse=True)
    assert by_ice == sorted(fluids, key=lambda fluid: density(fluid, 293.15))


def test_halfway_between_rows_is_the_mean_of_the_rows() -> None:
    mean = (density("water", 293.15) + density("water", 298.15)) / 2.0
    assert density("water", 295.65) == pytest.approx(mean, rel=1e-12)
    product = viscosity("PG25", 293.15) * viscosity("PG25", 298.15)
    assert viscosity("PG25", 295.65) == pytest.approx(math.sqrt(product), rel=1e-12)


@pytest.mark.parametrize("function", [density, specific_heat, viscosity])
@pytest.mark.parametrize("temperature", [278.14, 343.16, 25.0, math.nan, math.inf])
def test_temperature_outside_the_table_is_refused(function: Callable[..., float], temperature: float) -> None:
    with pytest.raises(OutsideRange, match=r"temperature: given .* K; valid from 278.15 to 343.15 K"):
        function("water", temperature)


@pytest.mark.parametrize("function", [density, specific_heat, viscosity])
def test_unknown_fluid_is_refused_and_the_known_are_named(function: Callable[..., float]) -> None:
    with pytest.raises(ValueError, match="unknown fluid 'PG31'; allowed: water, PG25, PG30, EG20, EG30, EG40"):
        function("PG31", 300.0)


@given(fluid=st.sampled_from(FLUIDS), cold=st.floats(278.15, 343.15), warm=st.floats(278.15, 343.15))
def test_warmer_liquid_is_never_denser_nor_more_viscous(fluid: str, cold: float, warm: float) -> None:
    cold, warm = sorted((cold, warm))
    assert density(fluid, warm) <= density(fluid, cold) * (1.0 + 1e-12)
    assert viscosity(fluid, warm) <= viscosity(fluid, cold) * (1.0 + 1e-12)


# ISO 2533, table of the standard atmosphere: altitude [m], pressure [Pa], temperature [K], density [kg/m3]
STANDARD_ATMOSPHERE = [
    (-500.0, 107_478.0, 291.40, 1.2849),
    (0.0, 101_325.0, 288.15, 1.2250),
    (1_000.0, 89_874.6, 281.65, 1.1116),
    (2_000.0, 79_495.2, 275.15, 1.0065),
    (3_000.0, 70_108.5, 268.65, 0.9091),
    (5_000.0, 54_019.9, 255.65, 0.7361),
]


@pytest.mark.parametrize(("altitude", "pressure", "temperature", "heavy"), STANDARD_ATMOSPHERE)
def test_standard_atmosphere(altitude: float, pressure: float, temperature: float, heavy: float) -> None:
    assert standard_pressure(altitude) == pytest.approx(pressure, rel=1e-4)
    assert air_density(temperature, altitude) == pytest.approx(heavy, rel=2e-4)


def test_sea_level_pressure_is_exact() -> None:
    assert standard_pressure(0.0) == 101_325.0


@pytest.mark.parametrize("altitude", [-500.1, 5_000.1, math.nan])
def test_altitude_outside_range_is_refused(altitude: float) -> None:
    with pytest.raises(OutsideRange, match=r"altitude: given .* m; valid from -500 to 5000 m"):
        standard_pressure(altitude)
    with pytest.raises(OutsideRange, match="altitude"):
        air_density(293.15, altitude)


@pytest.mark.parametrize("temperature", [20.0, 343.2, math.nan])
def test_air_temperature_outside_range_is_refused(temperature: float) -> None:
    with pytest.raises(OutsideRange, match=r"temperature: given .* K; valid from 213.15 to 343.15 K"):
        air_density(temperature, 0.0)


@given(low=st.floats(-500.0, 5_000.0), high=st.floats(-500.0, 5_000.0), temperature=st.floats(213.15, 343.15))
def test_higher_air_is_never_denser(low: float, high: float, temperature: float) -> None:
    low, high = sorted((low, high))
    assert air_density(temperature, high) <= air_density(temperature, low)


@given(altitude=st.floats(-500.0, 5_000.0), temperature=st.floats(213.15, 343.15))
def test_density_times_temperature_depends_on_altitude_alone(altitude: float, temperature: float) -> None:
    # ideal gas: rho T = p / R
    product = air_density(temperature, altitude) * temperature
    assert product == pytest.approx(air_density(288.15, altitude) * 288.15, rel=1e-12)


@given(cold=st.floats(278.15, 343.15), warm=st.floats(278.15, 343.15))
def test_glycol_takes_up_less_heat_than_water_and_more_when_warm(cold: float, warm: float) -> None:
    cold, warm = sorted((cold, warm))
    assert specific_heat("PG25", cold) <= specific_heat("PG25", warm) < specific_heat("water", warm)
