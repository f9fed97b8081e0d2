"""Towers and pads: CTI's method with other fills, makers' points, cases by hand, limits, water balances, monotony."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import OutsideRange
from dcplan.physics.psychrometrics import enthalpy, humidity_from_wet_bulb, saturated_humidity_ratio
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

ZERO = 273.15
NOMINAL = TowerRating(wet_bulb=25.56 + ZERO, approach=3.89, water_range=5.56)  # 95/85/78 degF


def capacity(approach: float, water_range: float, wet: float, altitude: float = 0.0) -> float:
    """Share of the nominal capacity at an approach, a range and a wet bulb [degC]."""
    out = wet + ZERO + approach
    return tower_capacity(1.0, NOMINAL, out + water_range, out, wet + ZERO, altitude)


def test_the_rating_point_gives_the_rating() -> None:
    assert capacity(3.89, 5.56, 25.56) == pytest.approx(1.0, abs=1e-9)


def _integral(water_in: float, water_out: float, wet: float, ratio: float, slices: int = 2_000) -> float:
    """The Merkel integral in thin slices."""

    def saturated(temperature: float) -> float:
        return enthalpy(temperature, saturated_humidity_ratio(temperature, 0.0))

    step, total = (water_in - water_out) / slices, 0.0
    for index in range(slices):
        rise = (index + 0.5) * step
        total += 4_186.0 * step / (saturated(water_out + rise) - saturated(wet) - ratio * 4_186.0 * rise)
    return total


@pytest.mark.parametrize(
    ("water_in", "water_out", "wet"), [(35.0, 29.44, 25.56), (45.0, 35.0, 27.0), (30.0, 24.0, 18.0)]
)
def test_four_points_are_the_integral(water_in: float, water_out: float, wet: float) -> None:
    args = (water_in + ZERO, water_out + ZERO, wet + ZERO, 1.2)
    assert merkel_number(*args, 0.0) == pytest.approx(_integral(*args), rel=0.02)


def test_no_fill_makes_air_hotter_than_its_water() -> None:
    assert merkel_number(318.15, 303.15, 298.15, 10.0, 0.0) == math.inf


def _real(rating: tuple[float, float, float], ratio: float, exponent: float, site: tuple[float, float, float]) -> float:
    """Share of the rated heat that a tower with this fill rejects, by the method of CTI ATC-105, its flow unlimited."""
    wet0, approach0, range0 = rating
    wet, approach, water_range = site
    cold0, cold = wet0 + approach0 + ZERO, wet + approach + ZERO
    fill = merkel_number(cold0 + range0, cold0, wet0 + ZERO, ratio, 0.0) * ratio**exponent
    low, high = 0.0, 4.0
    for _ in range(40):
        share = (low + high) / 2.0
        there = ratio * share * range0 / water_range
        enough = merkel_number(cold + water_range, cold, wet + ZERO, there, 0.0) <= fill * there**-exponent
        low, high = (share, high) if enough else (low, share)
    return low


@pytest.mark.parametrize("rating", [(25.56, 3.89, 5.56), (21.0, 5.0, 5.0), (25.0, 4.0, 10.0)])
@pytest.mark.parametrize("ratio", [0.75, 1.2, 1.75])
@pytest.mark.parametrize("exponent", [0.4, 0.6, 0.8])
def test_no_tower_of_the_market_does_less(rating: tuple[float, float, float], ratio: float, exponent: float) -> None:
    made = TowerRating(rating[0] + ZERO, rating[1], rating[2])
    for wet, approach, water_range in itertools.product((10.0, 21.0, 29.0), (2.0, 5.0, 12.0), (3.0, 8.0, 15.0)):
        out = wet + approach + ZERO
        credited = tower_capacity(1.0, made, out + water_range, out, wet + ZERO, 0.0)
        assert credited <= _real(rating, ratio, exponent, (wet, approach, water_range)) + 1e-6


conditions = st.tuples(st.floats(0.5, 20.0), st.floats(1.0, 20.0), st.floats(2.0, 32.0))


@given(site=conditions, warmer=st.floats(0.0, 5.0), altitude=st.floats(0.0, 3_000.0))
def test_warmer_water_or_drier_air_never_costs_and_the_name_plate_holds(
    site: tuple[float, float, float], warmer: float, altitude: float
) -> None:
    approach, water_range, wet = site
    here = capacity(approach, water_range, wet, altitude)
    assert 0.0 <= here <= 1.0
    # the same water against air of a lower wet bulb
    assert capacity(approach + warmer, water_range, wet - warmer, altitude) >= here - 1e-6
    # the whole loop warmer
    assert capacity(approach + warmer, water_range, wet, altitude) >= here - 1e-6


@pytest.mark.parametrize(("metres", "published"), [(762.0, 1.00), (1_525.0, 1.01), (2_285.0, 1.02), (3_050.0, 1.03)])
def test_altitude_hardly_touches_evaporation(metres: float, published: float) -> None:
    """Carrier's table: evaporative condensers keep 1.00 to 1.03 of their capacity, as thinner air holds more water."""
    kept = capacity(3.0, 5.56, 25.56, metres) / capacity(3.0, 5.56, 25.56)
    assert published - 0.05 <= kept <= published


def test_nothing_at_or_below_the_wet_bulb() -> None:
    assert tower_capacity(1e6, NOMINAL, 303.15, 298.15, 298.15, 0.0) == 0.0
    assert tower_capacity(1e6, NOMINAL, 298.15, 298.15, 288.15, 0.0) == 0.0


def test_outlet_at_its_limit() -> None:
    assert tower_outlet_reachable(303.15, 298.15, 5.0)
    assert not tower_outlet_reachable(303.15, 298.16, 5.0)


def test_pads_of_trillium_series() -> None:
    """BAC: 32 degC dry, 22 degC wet bulb and 80 % give 24 degC."""
    assert wetted_air(305.15, 295.15, 0.8) == pytest.approx(297.15)
    assert wetted_air(305.15, 295.15, 0.0) == 305.15
    assert wetted_air(305.15, 295.15, 1.0) == pytest.approx(295.15)


@given(dry=st.floats(15.0, 45.0), depression=st.floats(0.0, 12.0), share=st.floats(0.0, 1.0))
def test_pads_keep_the_heat_of_the_air(dry: float, depression: float, share: float) -> None:
    """What the air loses as sensible heat the water takes up: the enthalpy grows by that of the water alone."""
    wet = dry - depression
    try:
        before = humidity_from_wet_bulb(dry + ZERO, wet + ZERO, 0.0)
    except OutsideRange:  # no air is that dry
        return
    behind = wetted_air(dry + ZERO, wet + ZERO, share)
    after = humidity_from_wet_bulb(behind, wet + ZERO, 0.0)
    gained = enthalpy(behind, after) - enthalpy(dry + ZERO, before)
    assert gained == pytest.approx((after - before) * 4_186.0 * wet, abs=5.0)


@given(dry=st.floats(20.0, 40.0), depression=st.floats(1.0, 8.0), share=st.floats(0.1, 1.0))
def test_water_of_the_pads_is_about_their_cooling_over_the_latent_heat(
    dry: float, depression: float, share: float
) -> None:
    water = wetting_water(100.0, dry + ZERO, dry - depression + ZERO, share, 0.0)
    sensible = 100.0 * 1.15 * 1_020.0 * share * depression  # W, at 1.1 to 1.2 kg/m3
    assert water == pytest.approx(sensible / 2.43e9, rel=0.08)


def test_evaporation_is_a_hundredth_of_the_flow_per_seven_kelvin() -> None:
    """The usual rule of towers: 1 % of the circulating water for 7 K of range, all heat latent 1.2 %."""
    assert evaporation(1_000.0 * 4_186.0 * 7.0 * 1.0, 303.15) == pytest.approx(0.01, rel=0.25)


@given(water=st.floats(0.0, 1.0), cycles=st.floats(1.1, 20.0))
def test_make_up_balances_water_and_salts(water: float, cycles: float) -> None:
    made = make_up(water, cycles)
    bleed = made - water
    assert cycles * bleed == pytest.approx(made, rel=1e-9, abs=1e-12)


def test_altitude_factor_by_hand() -> None:
    assert altitude_factor(6.6e-5, 1_500.0) == pytest.approx(0.901)
    assert altitude_factor(6.6e-5, -300.0) == 1.0


def test_outside_ranges_on_both_sides() -> None:
    for field, value in (("wet_bulb", 260.0), ("wet_bulb", 320.0), ("approach", 0.5), ("water_range", 31.0)):
        good = {"wet_bulb": 298.15, "approach": 4.0, "water_range": 5.0}
        with pytest.raises(OutsideRange, match=field):
            TowerRating(**{**good, field: value})
    with pytest.raises(OutsideRange, match="rated_capacity"):
        tower_capacity(-1.0, NOMINAL, 305.0, 300.0, 295.0, 0.0)
    with pytest.raises(OutsideRange, match="water_in"):
        tower_capacity(1.0, NOMINAL, 350.0, 300.0, 295.0, 0.0)
    with pytest.raises(OutsideRange, match="water_out"):
        tower_capacity(1.0, NOMINAL, 305.0, 270.0, 265.0, 0.0)
    for share in (-0.1, 1.1):
        with pytest.raises(OutsideRange, match="effectiveness"):
            wetted_air(305.15, 295.15, share)
    with pytest.raises(OutsideRange, match="airflow"):
        wetting_water(-1.0, 305.15, 295.15, 0.8, 0.0)
    with pytest.raises(OutsideRange, match="heat"):
        evaporation(-1.0, 303.15)
    for cycles in (1.0, 101.0):
        with pytest.raises(OutsideRange, match="cycles"):
            make_up(1.0, cycles)
    for loss in (-1e-6, 3e-4):
        with pytest.raises(OutsideRange, match="loss"):
            altitude_factor(loss, 100.0)
    with pytest.raises(OutsideRange, match="altitude"):
        altitude_factor(1e-5, 6_000.0)
    for approach in (-1.0, 51.0):
        with pytest.raises(OutsideRange, match="minimum_approach"):
            tower_outlet_reachable(303.15, 298.15, approach)


@given(water=st.floats(20.0, 45.0), rise=st.floats(0.5, 10.0), wet=st.floats(5.0, 19.0), more=st.floats(0.0, 1.0))
def test_duty_is_harder_closer_to_the_wet_bulb_and_where_there_is_less_air(
    water: float, rise: float, wet: float, more: float
) -> None:
    args = (water + rise + ZERO, water + ZERO)
    found = merkel_number(*args, wet + ZERO, 1.0, 0.0)
    assert merkel_number(*args, wet + more + ZERO, 1.0, 0.0) >= found
    assert merkel_number(*args, wet + ZERO, 1.0 + more, 0.0) >= found > 0.0


@given(
    water=st.floats(270.0, 340.0), wet=st.floats(230.0, 330.0), drier=st.floats(0.0, 10.0), approach=st.floats(0, 20)
)
def test_drier_air_never_keeps_water_from_its_outlet(water: float, wet: float, drier: float, approach: float) -> None:
    if tower_outlet_reachable(water, wet, approach):
        assert tower_outlet_reachable(water, wet - drier, approach)
        assert water >= wet - 1e-5


@given(heat=st.floats(0.0, 1e8), share=st.floats(0.0, 1.0), water=st.floats(275.0, 320.0), warmer=st.floats(0.0, 20.0))
def test_water_of_two_towers_adds_up_and_warm_water_takes_more_of_it(
    heat: float, share: float, water: float, warmer: float
) -> None:
    apart = evaporation(share * heat, water) + evaporation((1.0 - share) * heat, water)
    assert apart == pytest.approx(evaporation(heat, water), rel=1e-9)
    assert evaporation(heat, water + warmer) >= evaporation(heat, water)


@given(loss=st.floats(0.0, 1e-4), first=st.floats(0.0, 2_000.0), second=st.floats(0.0, 2_000.0))
def test_losses_over_two_climbs_add_up(loss: float, first: float, second: float) -> None:
    lost = [1.0 - altitude_factor(loss, height) for height in (first, second, first + second)]
    assert lost[2] == pytest.approx(lost[0] + lost[1], abs=1e-12)
