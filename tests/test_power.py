"""Power: makers' figures, cases worked by hand, limits on both sides, and what must hold for any number."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import DcplanError, OutsideRange
from dcplan.physics.power import (
    apparent_power,
    failure_sets,
    input_power,
    loss,
    real_power,
    supply_after_failures,
    three_phase_current,
)

powers = st.floats(0.0, 1e10)
fractions = st.floats(0.01, 1.0)


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
