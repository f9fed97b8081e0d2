"""Chillers by their published points: on them, between them, and never beyond them."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import OutsideRange
from dcplan.physics.chiller import ChillerPoint, chiller_rating

ZERO_CELSIUS = 273.15


def chiller(ambient: float, water: float, capacity: float, power: float) -> ChillerPoint:
    """One point in degC and kW."""
    return ChillerPoint(ambient + ZERO_CELSIUS, water + ZERO_CELSIUS, capacity * 1e3, power * 1e3)


def rating(points: Sequence[ChillerPoint], ambient: float, water: float) -> tuple[float, float]:
    """Capacity and power in kW."""
    found = chiller_rating(points, ambient + ZERO_CELSIUS, water + ZERO_CELSIUS)
    assert found.ambient == ambient + ZERO_CELSIUS
    assert found.water == water + ZERO_CELSIUS
    return found.capacity / 1e3, found.power / 1e3


# made up for the test: no maker's table by ambient is public
POINTS = [
    chiller(45.0, 7.0, 1_250.0, 560.0),
    chiller(35.0, 7.0, 1_500.0, 480.0),
    chiller(40.0, 7.0, 1_400.0, 510.0),
    chiller(35.0, 18.0, 1_900.0, 500.0),
    chiller(45.0, 18.0, 1_600.0, 600.0),
]


@pytest.mark.parametrize(
    ("ambient", "water", "expected"),
    [
        (35.0, 7.0, (1_500.0, 480.0)),  # published points
        (40.0, 7.0, (1_400.0, 510.0)),
        (45.0, 18.0, (1_600.0, 600.0)),
        (37.5, 7.0, (1_450.0, 495.0)),  # halfway between neighbours
        (40.0, 18.0, (1_750.0, 550.0)),
        (10.0, 7.0, (1_500.0, 480.0)),  # cooler air takes the coolest point
        (35.0, 12.0, (1_500.0, 480.0)),  # warmer water takes the published water below it
        (35.0, 17.9, (1_500.0, 480.0)),
    ],
)
def test_chiller_by_its_points(ambient: float, water: float, expected: tuple[float, float]) -> None:
    assert rating(POINTS, ambient, water) == pytest.approx(expected, rel=1e-9)


def test_a_single_point_holds_at_its_ambient_and_below() -> None:
    single = [chiller(35.0, 7.0, 1_500.0, 480.0)]
    assert rating(single, 35.0, 7.0) == pytest.approx((1_500.0, 480.0))
    assert rating(single, 0.0, 7.0) == pytest.approx((1_500.0, 480.0))
    with pytest.raises(OutsideRange, match="ambient"):
        rating(single, 35.1, 7.0)


def test_rounding_of_a_unit_conversion_does_not_leave_the_envelope() -> None:
    just_off = (318.15 + 1e-9, 280.15 - 1e-9)
    assert chiller_rating(POINTS, *just_off).capacity == pytest.approx(1_250e3)


def test_chiller_is_never_extrapolated() -> None:
    with pytest.raises(OutsideRange, match=r"ambient: given 318.25 K; valid from 213.15 to 318.15 K"):
        rating(POINTS, 45.1, 7.0)
    with pytest.raises(OutsideRange, match="ambient: given 200 K"):
        chiller_rating(POINTS, 200.0, 280.15)
    with pytest.raises(OutsideRange, match=r"water: given 279.15 K; valid from 280.15 to 291.15 K"):
        rating(POINTS, 35.0, 6.0)
    with pytest.raises(OutsideRange, match=r"water: given 291.25 K; valid from 280.15 to 291.15 K"):
        rating(POINTS, 35.0, 18.1)
    with pytest.raises(OutsideRange, match="water: given 380 K"):
        chiller_rating(POINTS, 308.15, 380.0)
    with pytest.raises(OutsideRange, match="ambient: given nan K"):
        chiller_rating(POINTS, math.nan, 280.15)
    with pytest.raises(OutsideRange, match="water: given nan K"):
        chiller_rating(POINTS, 308.15, math.nan)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([], "at least one published point"),
        ([POINTS[0], POINTS[0]], "two at ambient 318.15 K"),
        ([POINTS[1], chiller(40.0, 7.0, 1_501.0, 480.0)], "more capacity at 313.15 K than at 308.15 K"),
        ([POINTS[1], chiller(40.0, 7.0, 1_500.0, 479.0)], "less power at 313.15 K than at 308.15 K"),
        # a bad curve is refused even where another one is asked for
        ([POINTS[1], POINTS[4], chiller(40.0, 18.0, 1_500.0, 550.0)], "more capacity at 318.15 K"),
    ],
)
def test_contradictory_points_are_refused(points: list[ChillerPoint], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rating(points, 35.0, 7.0)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ((35.0, 280.15, 1.0, 1.0), "ambient: given 35 K"),
        ((308.15, 7.0, 1.0, 1.0), "water: given 7 K"),
        ((308.15, 280.15, -1.0, 1.0), "capacity: given -1 W"),
        ((308.15, 280.15, 1.0, -1.0), "power: given -1 W"),
    ],
)
def test_chiller_point_outside_range(fields: tuple[float, float, float, float], message: str) -> None:
    with pytest.raises(OutsideRange, match=message):
        ChillerPoint(*fields)


@st.composite
def curves(draw: st.DrawFn) -> list[ChillerPoint]:
    """Points of one chiller at one water temperature, in any order, that do not contradict one another."""
    ambients = sorted(draw(st.lists(st.integers(20, 50), min_size=1, max_size=5, unique=True)))
    drops = [draw(st.integers(0, 200)) for _ in ambients]
    points, capacity, power = [], 2_000.0, 300.0
    for ambient, drop in zip(ambients, drops, strict=True):
        capacity, power = capacity - drop, power + drop / 2.0
        points.append(chiller(float(ambient), 7.0, capacity, power))
    return draw(st.permutations(points))


@given(points=curves())
def test_drawn_curves_contain_their_own_points(points: list[ChillerPoint]) -> None:
    for point in points:
        found = chiller_rating(points, point.ambient, point.water)
        assert (found.capacity, found.power) == (point.capacity, point.power)


@given(points=curves(), first=st.floats(0.0, 1.0), second=st.floats(0.0, 1.0))
def test_hotter_ambient_never_gives_more_capacity_nor_less_power(
    points: list[ChillerPoint], first: float, second: float
) -> None:
    hottest = max(point.ambient for point in points)
    cool, hot = (273.15 + share * (hottest - 273.15) for share in sorted((first, second)))
    cooler, hotter = chiller_rating(points, cool, 280.15), chiller_rating(points, hot, 280.15)
    assert hotter.capacity <= cooler.capacity * (1.0 + 1e-12)
    assert hotter.power >= cooler.power * (1.0 - 1e-12)
    assert min(p.capacity for p in points) * (1.0 - 1e-12) <= hotter.capacity
