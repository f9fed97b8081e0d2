"""Part load: published curves, cases by hand, both ends, and that the straight line is never below the curve."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import OutsideRange
from dcplan.physics.losses import (
    Line,
    PartLoad,
    line_above,
    overload,
    part_load,
    transformer_line,
    transformer_losses,
    ups_losses,
)

# Caterpillar C15 GC 500 ekW submittal: litres per hour at 25, 50, 75 and 100 %
C15 = PartLoad(((125e3, 41.9), (250e3, 71.3), (375e3, 110.5), (500e3, 137.0)))

shares = st.lists(st.floats(0.02, 0.99), min_size=0, max_size=5, unique=True).map(lambda found: [*sorted(found), 1.0])


@st.composite
def curves(draw: st.DrawFn) -> PartLoad:
    efficiencies = [(share, draw(st.floats(0.5, 1.0))) for share in draw(shares)]
    return ups_losses(draw(st.floats(1e3, 1e7)), efficiencies)


def test_a_published_curve_is_met_at_its_points_and_straight_between() -> None:
    for load, litres in C15.points:
        assert part_load(C15, load) == pytest.approx(litres)
    assert part_load(C15, 312.5e3) == pytest.approx((71.3 + 110.5) / 2)
    assert part_load(C15, 0.0) == part_load(C15, 100e3) == 41.9


def test_nothing_is_said_beyond_the_highest_point() -> None:
    with pytest.raises(OutsideRange, match=r"load: given 500001; valid from 0 to 500000"):
        part_load(C15, 500_001.0)
    with pytest.raises(OutsideRange, match="load: given -1"):
        part_load(C15, -1.0)


def test_the_line_of_the_published_curve_by_hand() -> None:
    # steepest rise above 41.9 L/h: (137 - 41.9) / 500 kW; at 375 kW it is (110.5 - 41.9) / 375 = 0.1829 L/h per kW
    line = line_above(C15)
    assert line.fixed == 41.9
    assert line.slope == pytest.approx((137.0 - 41.9) / 500e3)


def test_one_point_is_a_module_with_constant_losses() -> None:
    curve = ups_losses(1e6, [(1.0, 0.96)])
    assert line_above(curve) == Line(pytest.approx(1e6 / 0.96 - 1e6), 0.0)


def test_a_transformer_at_half_load_of_the_efficiency_rule() -> None:
    # 10 CFR 431.196: 2,500 kVA, 99.55 % at half load and unity power factor is a loss of 5,650 W
    assert pytest.approx(5_650.4, abs=0.1) == 1_250_000.0 / 0.9955 - 1_250_000.0
    assert transformer_losses(2.5e6, 2_800.0, 11_400.0, 1.25e6) == pytest.approx(5_650.0)
    assert transformer_losses(2.5e6, 2_800.0, 11_400.0, 0.0) == 2_800.0
    assert transformer_losses(2.5e6, 2_800.0, 11_400.0, 2.5e6) == 14_200.0


def test_a_transformer_beyond_its_rating_has_no_answer() -> None:
    with pytest.raises(OutsideRange, match="load: given 1000001 VA"):
        transformer_losses(1e6, 1e3, 1e4, 1_000_001.0)
    with pytest.raises(OutsideRange, match="load_loss: given -1 W"):
        transformer_losses(1e6, 1e3, -1.0, 0.0)
    with pytest.raises(OutsideRange, match="rating: given 0 VA"):
        transformer_line(0.0, 1e3, 1e4)


@pytest.mark.parametrize(
    "points",
    [(), ((0.0, 1.0),), ((2.0, 1.0), (2.0, 1.0)), ((2.0, 1.0), (1.0, 2.0)), ((1.0, -1.0),), ((1.0, math.nan),)],
)
def test_what_is_no_curve_is_refused(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(OutsideRange):
        PartLoad(points)


@pytest.mark.parametrize("points", [[], [(0.5, 0.95)], [(0.005, 0.9), (1.0, 0.95)], [(1.0, 1.01)], [(1.0, 0.0)]])
def test_efficiencies_outside_their_range_or_short_of_full_load_are_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(OutsideRange):
        ups_losses(1e6, points)


APM = [(1.1, 3600.0), (1.25, 600.0), (1.5, 60.0)]


@pytest.mark.parametrize(("seconds", "share"), [(0.0, 1.5), (60.0, 1.5), (61.0, 1.25), (3600.0, 1.1), (3601.0, 1.0)])
def test_overload_of_a_published_ups_goes_in_steps(seconds: float, share: float) -> None:
    """Liebert APM: 110 % for 60 min, 125 % for 10 min, 150 % for 1 min."""
    assert overload(APM, seconds) == share


@pytest.mark.parametrize(("points", "time"), [([(0.9, 60.0)], 1.0), ([(1.1, -1.0)], 1.0), (APM, -1.0), (APM, math.inf)])
def test_overload_outside_its_range_is_refused(points: list[tuple[float, float]], time: float) -> None:
    with pytest.raises(OutsideRange):
        overload(points, time)


@given(first=st.floats(0.0, 1e4), second=st.floats(0.0, 1e4))
def test_a_longer_peak_is_never_carried_higher(first: float, second: float) -> None:
    assert overload(APM, max(first, second)) <= overload(APM, min(first, second))


@given(curve=curves(), units=st.integers(1, 8), out=st.integers(0, 7), share=st.floats(0.0, 1.0))
def test_the_line_covers_any_number_of_modules_that_share_a_load(
    curve: PartLoad, units: int, out: int, share: float
) -> None:
    running = max(1, units - out)
    load = share * running * curve.rating
    line = line_above(curve)
    real = running * part_load(curve, min(load / running, curve.rating))
    assert units * line.fixed + line.slope * load >= real * (1 - 1e-9)


@given(no_load=st.floats(0.0, 1e5), load_loss=st.floats(0.0, 1e6), share=st.floats(0.0, 1.0))
def test_the_chord_of_a_transformer_touches_at_both_ends_only(no_load: float, load_loss: float, share: float) -> None:
    line, load = transformer_line(1e6, no_load, load_loss), share * 1e6
    charged = line.fixed + line.slope * load
    over = charged - transformer_losses(1e6, no_load, load_loss, load)
    assert over == pytest.approx(load_loss * share * (1.0 - share), abs=1e-6)
