"""Power: makers' figures, cases worked by hand, limits on both sides, and what must hold for any number."""

import math
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import DcplanError, OutsideRange
from dcplan.physics.power import (
    Derating,
    apparent_power,
    derating_factor,
    failure_sets,
    generator_rating,
    input_power,
    loss,
    real_power,
    supply_after_failures,
    three_phase_current,
)

powers = st.floats(0.0, 1e10)
fractions = st.floats(0.01, 1.0)

# 3 % per 500 m above 1,000 m and 3 % per 5 K above 40 degC (Stamford alternator)
STAMFORD = Derating(1_000.0, 0.03 / 500.0, 313.15, 0.03 / 5.0)
# 3.4 % per 300 m and 20 % per 10 K (Cummins QSK23-G3 engine); knees chosen for the test
CUMMINS = Derating(1_500.0, 0.034 / 300.0, 313.15, 0.20 / 10.0)
# 10 % per 5 K above 40 degC (Atlas Copco QAS 500 set, 0 to 1,000 m)
ATLAS_COPCO = Derating(1_000.0, 0.0, 313.15, 0.10 / 5.0)


# apparent and active power


def test_a_name_plate_of_3125_kva_at_0_8_is_2500_kw() -> None:
    assert real_power(3_125_000.0, 0.8) == pytest.approx(2_500_000.0)
    assert apparent_power(2_500_000.0, 0.8) == pytest.approx(3_125_000.0)


def test_at_unity_the_two_are_equal() -> None:
    assert apparent_power(132_000.0, 1.0) == real_power(132_000.0, 1.0) == 132_000.0


@given(power=powers, power_factor=fractions)
def test_apparent_and_real_power_are_inverse_and_apparent_is_larger(power: float, power_factor: float) -> None:
    apparent = apparent_power(power, power_factor)
    assert apparent >= power
    assert real_power(apparent, power_factor) == pytest.approx(power, rel=1e-12)


@pytest.mark.parametrize("power_factor", [0.0, 0.009, -0.9, 1.001, 90.0, math.nan])
def test_power_factor_outside_range_is_refused(power_factor: float) -> None:
    with pytest.raises(OutsideRange, match=r"power_factor: given .*; valid from 0.01 to 1"):
        apparent_power(1.0, power_factor)
    with pytest.raises(OutsideRange, match=r"power_factor: given .*; valid from 0.01 to 1"):
        real_power(1.0, power_factor)


@pytest.mark.parametrize("power", [-1.0, math.nan, math.inf])
def test_power_must_be_finite_and_not_negative(power: float) -> None:
    with pytest.raises(OutsideRange, match=r"power: given .* W; valid from 0 W up"):
        apparent_power(power, 0.9)
    with pytest.raises(OutsideRange, match=r"apparent: given .* VA; valid from 0 VA up"):
        real_power(power, 0.9)


def test_refusals_can_be_caught_as_value_error_and_as_dcplan_error() -> None:
    for kind in (ValueError, DcplanError):
        with pytest.raises(kind, match="power_factor"):
            apparent_power(1.0, 2.0)


# current


def test_current_of_a_142_kw_feed() -> None:
    # by hand: 142,000 / (1.7320508 * 480) and / (1.7320508 * 415)
    assert three_phase_current(142_000.0, 480.0) == pytest.approx(170.80, abs=0.01)
    assert three_phase_current(142_000.0, 415.0) == pytest.approx(197.55, abs=0.01)


def test_a_busway_of_1000_a_at_415_v_carries_719_kva() -> None:
    assert three_phase_current(718_801.0, 415.0) == pytest.approx(1_000.0, abs=0.01)


@given(apparent=powers, line_voltage=st.floats(50.0, 5e5))
def test_three_single_phases_of_that_current_carry_the_apparent_power(apparent: float, line_voltage: float) -> None:
    current = three_phase_current(apparent, line_voltage)
    assert 3.0 * (line_voltage / math.sqrt(3.0)) * current == pytest.approx(apparent, rel=1e-12)


@pytest.mark.parametrize("line_voltage", [0.0, 49.9, 500_001.0])
def test_line_voltage_outside_range_is_refused(line_voltage: float) -> None:
    with pytest.raises(OutsideRange, match=r"line_voltage: given .* V; valid from 50 to 500000 V"):
        three_phase_current(1.0, line_voltage)


def test_negative_apparent_power_has_no_current() -> None:
    with pytest.raises(OutsideRange, match="apparent: given -1 VA"):
        three_phase_current(-1.0, 480.0)


# efficiency


def test_a_ups_of_97_percent() -> None:
    # 1.5 MW / 0.97 = 1,546,391.75 W
    assert input_power(1_500_000.0, 0.97) == pytest.approx(1_546_391.75, abs=0.01)
    assert loss(1_500_000.0, 0.97) == pytest.approx(46_391.75, abs=0.01)


def test_a_perfect_stage_and_an_idle_stage_lose_nothing() -> None:
    assert loss(1_000.0, 1.0) == 0.0
    assert loss(0.0, 0.9) == 0.0


@given(output=powers, efficiency=fractions)
def test_energy_in_is_energy_out_plus_loss(output: float, efficiency: float) -> None:
    assert loss(output, efficiency) >= 0.0
    assert input_power(output, efficiency) == pytest.approx(output + loss(output, efficiency), rel=1e-12)


@given(low=powers, high=powers, efficiency=fractions)
def test_loss_at_one_efficiency_rises_with_load(low: float, high: float, efficiency: float) -> None:
    low, high = sorted((low, high))
    assert loss(low, efficiency) <= loss(high, efficiency) + 1e-12 * high


@given(output=powers, first=fractions, second=fractions)
def test_stages_in_series_multiply(output: float, first: float, second: float) -> None:
    drawn = input_power(input_power(output, first), second)
    assert drawn == pytest.approx(output / (first * second), rel=1e-12)


@pytest.mark.parametrize("function", [input_power, loss])
@pytest.mark.parametrize(
    ("output", "efficiency", "message"),
    [
        (-1.0, 0.9, "output: given -1 W; valid from 0 W up"),
        (1.0, 0.0, "efficiency: given 0; valid from 0.01 to 1"),
        (1.0, 1.01, "efficiency: given 1.01; valid from 0.01 to 1"),
    ],
)
def test_output_and_efficiency_outside_range(
    function: Callable[..., float], output: float, efficiency: float, message: str
) -> None:
    with pytest.raises(OutsideRange, match=message):
        function(output, efficiency)


# derating


@pytest.mark.parametrize(
    ("altitude", "celsius", "factor"),
    [
        (0.0, 20.0, 1.0),
        (1_000.0, 40.0, 1.0),  # on both knees
        (1_500.0, 40.0, 0.97),
        (1_000.0, 45.0, 0.97),
        (1_500.0, 45.0, 0.97 * 0.97),  # multipliers multiply
        (2_000.0, 50.0, 0.94 * 0.94),
    ],
)
def test_stamford_table(altitude: float, celsius: float, factor: float) -> None:
    assert derating_factor(STAMFORD, altitude, celsius + 273.15) == pytest.approx(factor, rel=1e-9)


@pytest.mark.parametrize(("celsius", "factor"), [(40.0, 1.0), (45.0, 0.9), (50.0, 0.8)])
def test_atlas_copco_table(celsius: float, factor: float) -> None:
    assert derating_factor(ATLAS_COPCO, 0.0, celsius + 273.15) == pytest.approx(factor, rel=1e-9)


def test_cummins_slopes_past_the_knee() -> None:
    assert derating_factor(CUMMINS, 1_800.0, 313.15) == pytest.approx(1.0 - 0.034, rel=1e-9)
    assert derating_factor(CUMMINS, 1_500.0, 323.15) == pytest.approx(1.0 - 0.20, rel=1e-9)


sites = {"altitude": st.floats(-500.0, 5_000.0), "temperature": st.floats(213.15, 333.15)}


@given(rise=st.floats(0.0, 1_000.0), warming=st.floats(0.0, 10.0), **sites)
def test_derating_stays_in_range_and_falls_with_altitude_and_heat(
    rise: float, warming: float, altitude: float, temperature: float
) -> None:
    here = derating_factor(STAMFORD, altitude, temperature)
    higher = derating_factor(STAMFORD, min(5_000.0, altitude + rise), temperature + warming)
    assert 0.0 < higher <= here <= 1.0


@pytest.mark.parametrize("altitude", [-501.0, 5_001.0, math.nan])
def test_altitude_outside_range(altitude: float) -> None:
    with pytest.raises(OutsideRange, match=r"altitude: given .* m; valid from -500 to 5000 m"):
        derating_factor(STAMFORD, altitude, 300.0)


@pytest.mark.parametrize("temperature", [40.0, 213.0, 344.0])
def test_temperature_outside_range_such_as_one_in_celsius(temperature: float) -> None:
    with pytest.raises(OutsideRange, match=r"temperature: given .* K; valid from 213.15 to 343.15 K"):
        derating_factor(STAMFORD, 0.0, temperature)


@pytest.mark.parametrize(
    ("steep", "altitude", "temperature"),
    [
        (Derating(0.0, 1e-3, 313.15, 0.0), 1_000.0, 300.0),  # exactly nothing left
        (Derating(0.0, 0.0, 313.15, 0.1), 0.0, 333.15),
        (Derating(0.0, 1e-3, 313.15, 0.1), 2_000.0, 333.15),  # both terms are -1: their product is +1
    ],
)
def test_a_machine_with_nothing_left_is_refused(steep: Derating, altitude: float, temperature: float) -> None:
    with pytest.raises(OutsideRange, match="share of the rating left after derating"):
        derating_factor(steep, altitude, temperature)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ((6_000.0, 0.0, 313.15, 0.0), "altitude_knee: given 6000 m"),
        ((0.0, -1e-5, 313.15, 0.0), "altitude_slope: given -1e-05 1/m"),
        ((0.0, 0.0, 40.0, 0.0), "temperature_knee: given 40 K"),
        ((0.0, 0.0, 313.15, -0.1), "temperature_slope: given -0.1 1/K"),
    ],
)
def test_derating_refuses_impossible_knees_and_slopes(fields: tuple[float, float, float, float], message: str) -> None:
    with pytest.raises(OutsideRange, match=message):
        Derating(*fields)


def test_derating_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        STAMFORD.altitude_knee = 0.0  # type: ignore[misc]


# generators


def test_the_worse_of_engine_and_alternator_governs() -> None:
    # at 50 degC: engine 0.80, alternator 0.94; at 2,000 m: engine 1 - 500 * 0.034 / 300, alternator 0.94
    assert generator_rating(2.5e6, CUMMINS, STAMFORD, 0.0, 323.15) == pytest.approx(2.5e6 * 0.80)
    by_engine = 1.0 - 500.0 * 0.034 / 300.0
    assert generator_rating(2.5e6, CUMMINS, STAMFORD, 2_000.0, 300.0) == pytest.approx(2.5e6 * min(by_engine, 0.94))


def test_without_derating_the_name_plate_holds() -> None:
    assert generator_rating(2.5e6, None, None, 1_500.0, 323.15) == 2.5e6
    assert generator_rating(2.5e6, None, STAMFORD, 1_500.0, 313.15) == pytest.approx(2.5e6 * 0.97)
    assert generator_rating(2.5e6, STAMFORD, None, 1_500.0, 313.15) == pytest.approx(2.5e6 * 0.97)


@given(power=powers, **sites)
def test_a_site_never_adds_to_a_rating_and_order_does_not_matter(
    power: float, altitude: float, temperature: float
) -> None:
    site = (altitude, temperature)
    rating = generator_rating(power, STAMFORD, CUMMINS, *site)
    assert rating <= power
    assert rating == generator_rating(power, CUMMINS, STAMFORD, *site)
    assert rating <= generator_rating(power, STAMFORD, None, *site)


@pytest.mark.parametrize(
    ("power", "altitude", "temperature", "message"),
    [
        (-1.0, 0.0, 300.0, "power: given -1 W"),
        (1.0, 5_001.0, 300.0, "altitude: given 5001 m"),
        (1.0, 0.0, 27.0, "temperature: given 27 K"),
    ],
)
def test_generator_site_is_checked_even_without_derating(
    power: float, altitude: float, temperature: float, message: str
) -> None:
    with pytest.raises(OutsideRange, match=message):
        generator_rating(power, None, None, altitude, temperature)


# failures


def test_the_largest_unit_is_the_one_that_fails() -> None:
    assert supply_after_failures([2.0, 3.0, 2.5], 0) == 7.5
    assert supply_after_failures([2.0, 3.0, 2.5], 1) == 4.5
    assert supply_after_failures([2.0, 3.0, 2.5], 2) == 2.0


@pytest.mark.parametrize("failures", [3, 4, 100])
def test_nothing_is_left_when_all_fail(failures: int) -> None:
    assert supply_after_failures([2.0, 3.0, 2.5], failures) == 0.0


def test_no_unit_supplies_nothing() -> None:
    assert supply_after_failures([], 0) == 0.0
    assert supply_after_failures([], 1) == 0.0


def test_failure_sets_of_four_units() -> None:
    assert list(failure_sets(4, 0)) == [()]
    assert list(failure_sets(4, 1)) == [(0,), (1,), (2,), (3,)]
    assert len(list(failure_sets(4, 2))) == math.comb(4, 2)
    assert list(failure_sets(2, 3)) == [(0, 1)]
    assert list(failure_sets(0, 1)) == [()]


capacities = st.lists(st.integers(0, 10_000).map(float), max_size=7)


@given(units=capacities, failures=st.integers(0, 9))
def test_supply_is_the_minimum_over_all_failure_sets(units: list[float], failures: int) -> None:
    survivors = (
        sum(capacity for index, capacity in enumerate(units) if index not in out)
        for out in failure_sets(len(units), failures)
    )
    assert supply_after_failures(units, failures) == min(survivors)


@given(units=capacities, failures=st.integers(0, 9), extra=st.integers(0, 10_000).map(float))
def test_a_unit_more_never_hurts_and_a_failure_more_never_helps(
    units: list[float], failures: int, extra: float
) -> None:
    supply = supply_after_failures(units, failures)
    assert supply_after_failures([*units, extra], failures) >= supply
    assert supply_after_failures(units, failures + 1) <= supply
    assert supply_after_failures(units[::-1], failures) == supply


def test_negative_counts_and_capacities_are_refused() -> None:
    with pytest.raises(OutsideRange, match="failures: given -1; valid from 0 up"):
        supply_after_failures([1.0], -1)
    with pytest.raises(OutsideRange, match="capacity: given -1; valid from 0 up"):
        supply_after_failures([1.0, -1.0], 0)
    with pytest.raises(OutsideRange, match="units: given -1"):
        failure_sets(-1, 0)
    with pytest.raises(OutsideRange, match="failures: given -2"):
        failure_sets(3, -2)
