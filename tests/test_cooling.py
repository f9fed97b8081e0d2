"""Cooling: published flows and capacities, cases worked by hand, limits on both sides, and conservation."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import OutsideRange
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

ZERO_CELSIUS = 273.15
LITRES_PER_MINUTE = 60_000.0  # in 1 m3/s

# Lenovo LP2357: supply [degC], flow of one GB300 NVL72 [L/min]
GB300_FLOWS = [(25.0, 59.0), (30.0, 71.0), (35.0, 89.0), (40.0, 119.0), (45.0, 177.0)]


def gb300_flow(supply: float, return_limit: float) -> float:
    flow = liquid_flow(121_500.0, supply + ZERO_CELSIUS, return_limit + ZERO_CELSIUS, "PG25")
    return flow * LITRES_PER_MINUTE


# liquid


@pytest.mark.parametrize(("supply", "published"), GB300_FLOWS)
def test_gb300_table_with_a_return_of_55_4(supply: float, published: float) -> None:
    assert gb300_flow(supply, 55.4) == pytest.approx(published, rel=0.015)


@pytest.mark.parametrize(("supply", "published"), GB300_FLOWS[:-1])
def test_gb300_table_with_a_return_of_55_5(supply: float, published: float) -> None:
    assert gb300_flow(supply, 55.5) == pytest.approx(published, rel=0.015)


def test_gb300_table_with_a_return_of_55_5_is_2_2_percent_short_at_45() -> None:
    # 0.1 K of the return limit is 1 % of the flow there; no temperature for the properties mends it
    assert gb300_flow(45.0, 55.5) == pytest.approx(177.0 * (1.0 - 0.0218), rel=5e-4)


def test_a_rack_needs_1_5_l_per_min_per_kw_at_10_k() -> None:
    # arithmetic on published properties: PG25 1.50, water 1.44 L/min per kW
    assert liquid_flow(1_000.0, 308.15, 318.15, "PG25") * LITRES_PER_MINUTE == pytest.approx(1.50, abs=0.005)
    assert liquid_flow(1_000.0, 308.15, 318.15, "water") * LITRES_PER_MINUTE == pytest.approx(1.45, abs=0.005)


@pytest.mark.parametrize(("litres", "kilowatts"), [(1_200.0, 802.0), (1_800.0, 1_202.0)])
def test_pumps_of_an_xdu1350_at_10_k_carry_less_than_its_1368_kw(litres: float, kilowatts: float) -> None:
    heat = flow_limited_heat(litres / LITRES_PER_MINUTE, 308.15, 318.15, "PG25")
    assert heat / 1e3 == pytest.approx(kilowatts, abs=1.0)


@pytest.mark.parametrize(("supply", "racks"), [(35.0, 13), (40.0, 10), (45.0, 6)])
def test_racks_on_two_pumps_of_an_xdu1350_by_flow(supply: float, racks: int) -> None:
    assert math.floor(1_200.0 / gb300_flow(supply, 55.4)) == racks


temperatures = st.floats(278.15, 338.15)
rises = st.floats(0.2, 60.0)
fluids = st.sampled_from(["water", "PG25"])


@given(heat=st.floats(0.0, 1e8), supply=temperatures, rise=rises, fluid=fluids)
def test_flow_and_heat_are_inverse(heat: float, supply: float, rise: float, fluid: str) -> None:
    limit = min(343.15, supply + rise)
    flow = liquid_flow(heat, supply, limit, fluid)
    assert flow_limited_heat(flow, supply, limit, fluid) == pytest.approx(heat, rel=1e-12)


@given(supply=temperatures, warmer=st.floats(0.0, 10.0), fluid=fluids)
def test_warmer_supply_never_needs_less_flow(supply: float, warmer: float, fluid: str) -> None:
    warm = min(338.15, supply + warmer)
    flow = liquid_flow(1e5, supply, 343.15, fluid)
    assert liquid_flow(1e5, warm, 343.15, fluid) >= flow * (1.0 - 1e-12)


@given(first=st.floats(0.0, 1e7), second=st.floats(0.0, 1e7), supply=temperatures)
def test_flows_of_parallel_racks_add(first: float, second: float, supply: float) -> None:
    apart = liquid_flow(first, supply, 343.15, "PG25") + liquid_flow(second, supply, 343.15, "PG25")
    assert liquid_flow(first + second, supply, 343.15, "PG25") == pytest.approx(apart, rel=1e-12)


@pytest.mark.parametrize("function", [liquid_flow, flow_limited_heat])
@pytest.mark.parametrize(
    ("supply", "limit", "message"),
    [
        (278.0, 328.65, "supply_temperature: given 278 K; valid from 278.15 to 343.05 K"),
        (343.1, 343.15, "supply_temperature: given 343.1 K"),
        (318.15, 318.15, "return_limit: given 318.15 K; valid from 318.25 to 343.15 K"),
        (318.15, 308.15, "return_limit: given 308.15 K"),
        (318.15, 343.2, "return_limit: given 343.2 K"),
        (45.0, 55.5, "supply_temperature: given 45 K"),
        (318.15, math.nan, "return_limit: given nan K"),
    ],
)
def test_liquid_temperatures_outside_range(
    function: Callable[..., float], supply: float, limit: float, message: str
) -> None:
    with pytest.raises(OutsideRange, match=message):
        function(1.0, supply, limit, "PG25")


def test_twenty_cubic_metres_hold_two_megawatts_for_five_minutes_by_7_k() -> None:
    # 20 m3 * 4.17 MJ/(m3 K) * 7 K / 2 MW
    assert hold_time(20.0, 2e6, 291.15, 298.15, "water") == pytest.approx(292.0, rel=2e-3)
    assert hold_time(0.0, 2e6, 291.15, 298.15, "water") == 0.0


@given(st.floats(min_value=0.1, max_value=1e3), st.floats(min_value=1e3, max_value=1e7))
def test_water_that_flows_for_the_time_it_holds_carries_the_heat(volume: float, heat: float) -> None:
    seconds = hold_time(volume, heat, 291.15, 299.15, "EG30")
    assert flow_limited_heat(volume / seconds, 291.15, 299.15, "EG30") == pytest.approx(heat)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1.0, 1e6, 291.15, 298.15), "volume: given -1"),
        ((1.0, 0.0, 291.15, 298.15), "heat: given 0"),
        ((1.0, 1e6, 291.15, 291.2), "return_limit: given 291.2"),
    ],
)
def test_hold_time_outside_range(arguments: tuple[float, float, float, float], message: str) -> None:
    with pytest.raises(OutsideRange, match=message):
        hold_time(*arguments, "water")


def test_negative_heat_and_flow_are_refused() -> None:
    with pytest.raises(OutsideRange, match="heat: given -1 W; valid from 0 W up"):
        liquid_flow(-1.0, 308.15, 318.15, "PG25")
    with pytest.raises(OutsideRange, match="flow: given -1 m3/s; valid from 0 m3/s up"):
        flow_limited_heat(-1.0, 308.15, 318.15, "PG25")


def test_unknown_fluid_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown fluid 'oil'; allowed: water, PG25"):
        liquid_flow(1.0, 308.15, 318.15, "oil")


# coolant distribution units


def test_cdu_at_its_rating_at_half_and_at_none() -> None:
    assert cdu_capacity(1_368_000.0, 4.0, 4.0) == 1_368_000.0
    assert cdu_capacity(1_368_000.0, 4.0, 2.0) == 684_000.0
    assert cdu_capacity(1_368_000.0, 4.0, 0.0) == 0.0


@given(approach=st.floats(0.0, 100.0), more=st.floats(0.0, 50.0), rated=st.floats(0.1, 50.0))
def test_cdu_rises_with_approach_up_to_the_name_plate(approach: float, more: float, rated: float) -> None:
    capacity = cdu_capacity(1e6, rated, approach)
    assert capacity <= cdu_capacity(1e6, rated, min(100.0, approach + more)) <= 1e6
    assert (capacity == 1e6) == (approach >= rated)


@pytest.mark.parametrize(
    ("capacity", "rated", "approach", "message"),
    [
        (-1.0, 4.0, 4.0, "rated_capacity: given -1 W"),
        (1e6, 0.0, 4.0, "rated_approach: given 0 K; valid from 0.1 to 50 K"),
        (1e6, 51.0, 4.0, "rated_approach: given 51 K"),
        (1e6, 4.0, -0.1, "approach: given -0.1 K; valid from 0 to 100 K"),
        (1e6, 4.0, 101.0, "approach: given 101 K"),
    ],
)
def test_cdu_outside_range(capacity: float, rated: float, approach: float, message: str) -> None:
    with pytest.raises(OutsideRange, match=message):
        cdu_capacity(capacity, rated, approach)


# air

CFM = 0.3048**3 / 60.0  # m3/s


def test_157_cfm_per_kw_at_20_f() -> None:
    assert air_flow(1_000.0, 20.0 / 1.8, 0.0) / CFM == pytest.approx(157.0, abs=0.5)
    assert air_flow(1_000.0, 20.0 / 1.8, 0.0) * 3_600.0 == pytest.approx(267.0, abs=1.0)


@pytest.mark.parametrize(("feet", "ratio"), [(2_000.0, 0.93), (4_000.0, 0.86), (6_000.0, 0.80)])
def test_altitude_correction(feet: float, ratio: float) -> None:
    sea_level, there = air_flow(1_000.0, 11.0, 0.0), air_flow(1_000.0, 11.0, feet * 0.3048)
    assert sea_level / there == pytest.approx(ratio, abs=0.005)


@given(
    heat=st.floats(0.0, 1e7),
    rise=st.floats(0.1, 30.0),
    low=st.floats(-500.0, 5e3),
    high=st.floats(-500.0, 5e3),
)
def test_air_flow_falls_with_rise_and_grows_with_altitude(heat: float, rise: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert air_flow(heat, rise, high) >= air_flow(heat, rise, low)
    assert air_flow(heat, 2.0 * rise, low) == pytest.approx(air_flow(heat, rise, low) / 2.0, rel=1e-12)


@pytest.mark.parametrize(
    ("heat", "rise", "altitude", "message"),
    [
        (-1.0, 10.0, 0.0, "heat: given -1 W"),
        (1.0, 0.0, 0.0, "temperature_rise: given 0 K; valid from 0.1 to 60 K"),
        (1.0, 61.0, 0.0, "temperature_rise: given 61 K"),
        (1.0, 10.0, -501.0, "altitude: given -501 m"),
        (1.0, 10.0, 5_001.0, "altitude: given 5001 m"),
    ],
)
def test_air_flow_outside_range(heat: float, rise: float, altitude: float, message: str) -> None:
    with pytest.raises(OutsideRange, match=message):
        air_flow(heat, rise, altitude)


def test_air_at_coolers_is_the_sum_and_is_checked() -> None:
    assert air_temperature_at_coolers(313.15, 0.0) == 313.15
    assert air_temperature_at_coolers(313.15, 2.5) == pytest.approx(315.65)
    for dry_bulb, rise, message in [
        (40.0, 2.0, "design_dry_bulb: given 40 K; valid from 213.15 to 343.15 K"),
        (344.0, 2.0, "design_dry_bulb: given 344 K"),
        (313.15, -0.1, "recirculation_rise: given -0.1 K; valid from 0 to 20 K"),
        (313.15, 20.1, "recirculation_rise: given 20.1 K"),
        (340.0, 10.0, "air temperature at the coolers: given 350 K"),
    ]:
        with pytest.raises(OutsideRange, match=message):
            air_temperature_at_coolers(dry_bulb, rise)


# dry coolers


@pytest.mark.parametrize(
    ("water_in", "capacity"),
    [(45.0, 1.0), (40.0, 0.75), (30.0, 0.25), (25.0, 0.0), (20.0, 0.0), (60.0, 1.0)],
)
def test_dry_cooler_rated_at_20_k_in_air_of_25_degc(water_in: float, capacity: float) -> None:
    found = dry_cooler_capacity(800e3, 20.0, water_in + ZERO_CELSIUS, 298.15)
    assert found == pytest.approx(capacity * 800e3, abs=1e-3)


@given(water_in=st.floats(283.15, 343.15), air=st.floats(253.15, 323.15), warming=st.floats(0.0, 20.0))
def test_dry_cooler_never_gains_from_hotter_air(water_in: float, air: float, warming: float) -> None:
    here = dry_cooler_capacity(1e6, 15.0, water_in, air)
    assert 0.0 <= dry_cooler_capacity(1e6, 15.0, water_in, air + warming) <= here <= 1e6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1.0, 20.0, 318.15, 298.15), "rated_capacity: given -1 W"),
        ((1e6, 0.0, 318.15, 298.15), "rated_difference: given 0 K; valid from 0.1 to 100 K"),
        ((1e6, 101.0, 318.15, 298.15), "rated_difference: given 101 K"),
        ((1e6, 20.0, 45.0, 298.15), "water_in: given 45 K; valid from 253.15 to 373.15 K"),
        ((1e6, 20.0, 374.0, 298.15), "water_in: given 374 K"),
        ((1e6, 20.0, 318.15, 25.0), "air: given 25 K; valid from 213.15 to 343.15 K"),
        ((1e6, 20.0, 318.15, 344.0), "air: given 344 K"),
    ],
)
def test_dry_cooler_outside_range(arguments: tuple[float, float, float, float], message: str) -> None:
    with pytest.raises(OutsideRange, match=message):
        dry_cooler_capacity(*arguments)


@pytest.mark.parametrize(("water_out", "highest_air"), [(45.0, 35.0), (41.0, 31.0), (32.0, 22.0)])
def test_market_median_approach_of_10_k(water_out: float, highest_air: float) -> None:
    water = water_out + ZERO_CELSIUS
    assert dry_cooler_outlet_reachable(water, highest_air + ZERO_CELSIUS, 10.0)
    assert not dry_cooler_outlet_reachable(water, highest_air + 0.01 + ZERO_CELSIUS, 10.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((45.0, 300.0, 10.0), "water_out: given 45 K"),
        ((374.0, 300.0, 10.0), "water_out: given 374 K"),
        ((318.15, 35.0, 10.0), "air: given 35 K"),
        ((318.15, 344.0, 10.0), "air: given 344 K"),
        ((318.15, 300.0, -1.0), "minimum_approach: given -1 K; valid from 0 to 50 K"),
        ((318.15, 300.0, 51.0), "minimum_approach: given 51 K"),
    ],
)
def test_outlet_outside_range(arguments: tuple[float, float, float], message: str) -> None:
    with pytest.raises(OutsideRange, match=message):
        dry_cooler_outlet_reachable(*arguments)


def test_rounding_of_a_unit_conversion_does_not_make_water_unreachable() -> None:
    assert dry_cooler_outlet_reachable(318.15 - 1e-9, 308.15, 10.0)
    assert not dry_cooler_outlet_reachable(318.15 - 1e-5, 308.15, 10.0)


@given(air=st.floats(250.0, 320.0), rise=st.floats(0.0, 10.0), more=st.floats(0.0, 10.0))
def test_air_at_coolers_rises_as_much_as_either_part(air: float, rise: float, more: float) -> None:
    found = air_temperature_at_coolers(air, rise + more)
    assert found == pytest.approx(air_temperature_at_coolers(air + more, rise), rel=1e-12)
    assert found >= air_temperature_at_coolers(air, rise)


@given(
    water=st.floats(280.0, 340.0), air=st.floats(230.0, 340.0), colder=st.floats(0.0, 10.0), approach=st.floats(0, 40)
)
def test_colder_air_never_keeps_water_from_its_outlet(water: float, air: float, colder: float, approach: float) -> None:
    if dry_cooler_outlet_reachable(water, air, approach):
        assert dry_cooler_outlet_reachable(water, air - colder, approach)
        assert water >= air


@given(heat=st.floats(0.0, 1e6), rise=st.floats(1.0, 30.0), altitude=st.floats(-500.0, 5_000.0))
def test_the_same_mass_of_air_carries_the_same_heat_at_any_altitude(heat: float, rise: float, altitude: float) -> None:
    assert air_flow_at(air_flow(heat, rise, 0.0), altitude) == pytest.approx(air_flow(heat, rise, altitude), rel=1e-9)
