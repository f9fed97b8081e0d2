"""Pressure and flow against published points, hand-worked limits, and laws of pipes and pumps."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import OutsideRange
from dcplan.physics.hydraulics import PumpPoint, flow_at_head, pressure_drop, pump_power, velocity

LITRE = 1.0 / 60_000.0
GB300 = [(59.0, 15.9e3), (71.0, 22.1e3), (89.0, 33.8e3), (119.0, 58.6e3), (177.0, 126.9e3)]
CURVE = [PumpPoint(100 * LITRE, 160e3), PumpPoint(400 * LITRE, 100e3), PumpPoint(500 * LITRE, 40e3)]

flows = st.floats(min_value=1e-6, max_value=1.0)


@pytest.mark.parametrize("stated", GB300)
@pytest.mark.parametrize("other", GB300)
def test_gb300_drops_follow_from_any_one_point_never_below_the_table_and_at_most_17_percent_above(
    stated: tuple[float, float], other: tuple[float, float]
) -> None:
    found = pressure_drop(other[0] * LITRE, stated[0] * LITRE, stated[1])
    assert other[1] * (1 - 1e-12) <= found <= other[1] * 1.17


def test_twice_the_flow_takes_four_times_the_pressure_and_half_of_it_0_3() -> None:
    assert pressure_drop(0.02, 0.01, 50e3) == pytest.approx(200e3)
    assert pressure_drop(0.005, 0.01, 50e3) == pytest.approx(50e3 * 0.5**1.75)
    assert pressure_drop(0.0, 0.01, 50e3) == 0.0


@given(flows, flows, flows)
def test_more_flow_never_takes_less_pressure(flow: float, more: float, published: float) -> None:
    assert pressure_drop(flow + more, published, 1e4) >= pressure_drop(flow, published, 1e4)


@pytest.mark.parametrize(
    ("head", "litres"),
    [(0.0, 500.0), (40e3, 500.0), (70e3, 450.0), (100e3, 400.0), (130e3, 250.0), (160e3, 100.0), (160.001e3, 0.0)],
)
def test_pump_between_its_points_and_nothing_beyond_them(head: float, litres: float) -> None:
    assert flow_at_head(CURVE, head) == pytest.approx(litres * LITRE)


def test_one_point_counts_up_to_its_head() -> None:
    point = [PumpPoint(0.02, 250e3)]
    assert (flow_at_head(point, 250e3), flow_at_head(point, 250.1e3)) == (0.02, 0.0)


def test_a_flat_curve_gives_its_largest_flow() -> None:
    flat = [PumpPoint(0.01, 100e3), PumpPoint(0.02, 100e3)]
    assert (flow_at_head(flat, 100e3), flow_at_head(flat, 100.1e3)) == (0.02, 0.0)


@given(st.floats(min_value=0.0, max_value=200e3), st.floats(min_value=0.0, max_value=200e3))
def test_a_pump_never_gives_more_against_more_pressure(head: float, more: float) -> None:
    assert flow_at_head(CURVE, head + more) <= flow_at_head(CURVE, head)


@given(st.permutations(CURVE), st.floats(min_value=0.0, max_value=200e3))
def test_the_order_of_points_does_not_matter(points: list[PumpPoint], head: float) -> None:
    assert flow_at_head(points, head) == flow_at_head(CURVE, head)


@pytest.mark.parametrize(
    "points",
    [[], [PumpPoint(0.01, 1e5), PumpPoint(0.02, 2e5)], [PumpPoint(0.01, 1e5), PumpPoint(0.01, 1e5)]],
)
def test_points_that_contradict_each_other_are_refused(points: list[PumpPoint]) -> None:
    with pytest.raises(ValueError, match="pump"):
        flow_at_head(points, 0.0)


def test_pump_power_is_hydraulic_power_over_efficiency() -> None:
    assert pump_power(0.1, 300e3, 1.0) == pytest.approx(30e3)
    assert pump_power(0.1, 300e3, 0.5) == pytest.approx(60e3)
    assert pump_power(0.0, 300e3, 0.5) == 0.0


def test_one_cubic_metre_a_second_in_a_pipe_of_one_metre() -> None:
    assert velocity(1.0, 1.0) == pytest.approx(4 / math.pi)
    assert velocity(0.0, 1.0) == 0.0


@given(flows, st.floats(min_value=0.01, max_value=2.0))
def test_half_the_flow_in_half_the_section_is_as_fast(flow: float, diameter: float) -> None:
    assert velocity(flow / 2, diameter) == pytest.approx(velocity(flow, diameter * math.sqrt(2)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pressure_drop(-1e-9, 0.01, 1.0), "flow: given"),
        (lambda: pressure_drop(0.01, 0.0, 1.0), "published_flow: given 0"),
        (lambda: pressure_drop(0.01, 0.01, -1.0), "published_drop: given -1"),
        (lambda: flow_at_head(CURVE, -1.0), "head: given -1"),
        (lambda: flow_at_head([PumpPoint(-0.1, 1.0)], 0.0), "flow of a pump point: given -0.1"),
        (lambda: flow_at_head([PumpPoint(0.1, -1.0)], 0.0), "head of a pump point: given -1"),
        (lambda: pump_power(-0.1, 1.0, 0.5), "flow: given -0.1"),
        (lambda: pump_power(0.1, -1.0, 0.5), "head: given -1"),
        (lambda: pump_power(0.1, 1.0, 0.0), "efficiency: given 0"),
        (lambda: pump_power(0.1, 1.0, 1.1), "efficiency: given 1.1"),
        (lambda: velocity(-0.1, 1.0), "flow: given -0.1"),
        (lambda: velocity(0.1, 0.009), "diameter: given 0.009"),
        (lambda: velocity(0.1, 5.1), "diameter: given 5.1"),
    ],
)  # fmt: skip
def test_outside_range(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(OutsideRange, match=message):
        call()


@given(flow=flows, head=st.floats(0.0, 1e6), efficiency=st.floats(0.01, 1.0))
def test_pumps_side_by_side_or_one_behind_the_other_draw_what_one_does(
    flow: float, head: float, efficiency: float
) -> None:
    one = pump_power(flow, head, efficiency)
    assert 2.0 * pump_power(flow / 2.0, head, efficiency) == pytest.approx(one)
    assert 2.0 * pump_power(flow, head / 2.0, efficiency) == pytest.approx(one)
    assert one >= flow * head
