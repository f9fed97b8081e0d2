"""Moist air: agreement with psychrolib and ASHRAE tables, ranges on both sides, laws of adiabatic saturation."""

from __future__ import annotations

import psychrolib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import OutsideRange
from dcplan.physics.fluid import standard_pressure
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

ZERO = 273.15
temperatures = st.floats(-20.0, 55.0)
humidities = st.floats(0.02, 1.0)
altitudes = st.floats(-400.0, 4_500.0)


@pytest.fixture(autouse=True)
def _metric() -> None:
    psychrolib.SetUnitSystem(psychrolib.SI)


@given(dry=temperatures, relative=humidities, altitude=altitudes)
def test_psychrolib_agrees(dry: float, relative: float, altitude: float) -> None:
    air, pressure = dry + ZERO, standard_pressure(altitude)
    humidity = humidity_from_relative(air, relative, altitude)
    assert humidity == pytest.approx(psychrolib.GetHumRatioFromRelHum(dry, relative, pressure), rel=1e-9)
    # psychrolib stops its iteration at 0.001 K
    assert wet_bulb(air, humidity, altitude) - ZERO == pytest.approx(
        psychrolib.GetTWetBulbFromRelHum(dry, relative, pressure), abs=0.003
    )
    assert dew_point(humidity, altitude) - ZERO == pytest.approx(
        psychrolib.GetTDewPointFromRelHum(dry, relative), abs=0.003
    )
    assert enthalpy(air, humidity) == pytest.approx(psychrolib.GetMoistAirEnthalpy(dry, humidity), rel=1e-12, abs=1e-6)


# ASHRAE Handbook: Fundamentals, chapter 1, tables of saturated air at 101,325 Pa and of saturated water
@pytest.mark.parametrize(("degrees", "pascals"), [(0.01, 611.65), (20.0, 2_338.8), (30.0, 4_245.5), (50.0, 12_349.9)])
def test_saturation_pressure_of_the_steam_tables(degrees: float, pascals: float) -> None:
    assert saturation_pressure(degrees + ZERO) == pytest.approx(pascals, rel=2e-3)


@pytest.mark.parametrize(("degrees", "ratio"), [(10.0, 0.007661), (20.0, 0.014758), (30.0, 0.027329), (40.0, 0.049141)])
def test_humidity_ratio_of_saturated_air_within_the_enhancement_factor(degrees: float, ratio: float) -> None:
    assert saturated_humidity_ratio(degrees + ZERO, 0.0) == pytest.approx(ratio, rel=0.006)


@pytest.mark.parametrize(("degrees", "kilojoules"), [(10.0, 2_477.2), (30.0, 2_429.8), (50.0, 2_382.0)])
def test_latent_heat_of_the_steam_tables(degrees: float, kilojoules: float) -> None:
    assert latent_heat(degrees + ZERO) == pytest.approx(1e3 * kilojoules, rel=2e-3)


@given(dry=temperatures, relative=humidities, altitude=altitudes)
def test_dew_point_wet_bulb_and_dry_bulb_are_in_order_and_meet_at_saturation(
    dry: float, relative: float, altitude: float
) -> None:
    air = dry + ZERO
    humidity = humidity_from_relative(air, relative, altitude)
    point, wet = dew_point(humidity, altitude), wet_bulb(air, humidity, altitude)
    # over ice the two formulae of the handbook part by a few millikelvin
    assert point <= wet + 0.01
    assert wet <= air
    saturated = humidity_from_relative(air, 1.0, altitude)
    assert dew_point(saturated, altitude) == pytest.approx(air, abs=1e-6)
    assert wet_bulb(air, saturated, altitude) == pytest.approx(air, abs=1e-6)


@given(dry=st.floats(1.0, 55.0), depression=st.floats(0.0, 10.0), altitude=altitudes)
def test_wet_bulb_and_humidity_are_inverse(dry: float, depression: float, altitude: float) -> None:
    wet = max(0.5, dry - depression)
    try:
        humidity = humidity_from_wet_bulb(dry + ZERO, wet + ZERO, altitude)
    except OutsideRange:  # no air is that dry
        return
    assert wet_bulb(dry + ZERO, humidity, altitude) - ZERO == pytest.approx(wet, abs=1e-6)


@given(dry=st.floats(10.0, 50.0), relative=humidities, lower=st.floats(0.0, 2_000.0), more=st.floats(1.0, 2_000.0))
def test_thinner_air_holds_more_water_and_cools_further(dry: float, relative: float, lower: float, more: float) -> None:
    low = humidity_from_relative(dry + ZERO, relative, lower)
    high = humidity_from_relative(dry + ZERO, relative, lower + more)
    assert high > low
    assert wet_bulb(dry + ZERO, high, lower + more) <= wet_bulb(dry + ZERO, low, lower) + 1e-9


def test_outside_ranges_on_both_sides() -> None:
    for temperature in (213.0, 343.3, float("nan")):
        with pytest.raises(OutsideRange, match="temperature"):
            saturation_pressure(temperature)
    for relative in (-0.01, 1.01):
        with pytest.raises(OutsideRange, match="relative_humidity"):
            humidity_from_relative(293.15, relative, 0.0)
    with pytest.raises(OutsideRange, match="wet_bulb"):
        humidity_from_wet_bulb(293.15, 294.0, 0.0)
    with pytest.raises(OutsideRange, match="humidity ratio at that wet bulb"):
        humidity_from_wet_bulb(313.15, 283.15, 0.0)
    for humidity in (-1e-6, 0.03):
        with pytest.raises(OutsideRange, match="humidity_ratio"):
            wet_bulb(293.15, humidity, 0.0)
    with pytest.raises(OutsideRange, match="humidity_ratio"):
        dew_point(0.0, 0.0)
    with pytest.raises(OutsideRange, match="vapour pressure"):
        dew_point(0.5, 0.0)
    with pytest.raises(OutsideRange, match="altitude"):
        saturated_humidity_ratio(293.15, 6_000.0)
    for temperature in (272.0, 344.0):
        with pytest.raises(OutsideRange, match="temperature"):
            latent_heat(temperature)


@given(degrees=st.floats(1.0, 60.0))
def test_vapour_pressure_rises_as_clausius_and_clapeyron_say(degrees: float) -> None:
    """d ln p / dT = h_fg / (R_v T^2) for a thin vapour: the two functions check each other."""
    kelvin, step = degrees + ZERO, 0.01
    rise = (saturation_pressure(kelvin + step) / saturation_pressure(kelvin - step) - 1.0) / (2.0 * step)
    assert rise == pytest.approx(latent_heat(kelvin) / (461.5 * kelvin**2), rel=0.015)


@given(degrees=st.floats(-40.0, 60.0), altitude=altitudes)
def test_saturated_air_has_a_relative_humidity_of_one(degrees: float, altitude: float) -> None:
    saturated = saturated_humidity_ratio(degrees + ZERO, altitude)
    assert saturated == pytest.approx(humidity_from_relative(degrees + ZERO, 1.0, altitude), rel=1e-12)
    assert saturated > humidity_from_relative(degrees + ZERO, 0.9, altitude)
