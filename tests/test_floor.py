"""Floor: published loads of real racks, limits on both sides, and equilibrium."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import OutsideRange
from dcplan.physics.floor import foot_load, shared_weight, tile_load_ibm, tile_load_moving, uniform_load

POUND_FORCE = 4.4482216152605  # N
PSF = 47.88025898  # Pa
masses = st.floats(0.0, 100_000.0)


def test_1580_kg_over_pitch_and_row_depth_is_225_psf() -> None:
    load = uniform_load(1_580.0, 0.6 * 2.4)
    assert load == pytest.approx(10_800.0, rel=0.005)
    assert load / PSF == pytest.approx(225.0, abs=0.5)


@pytest.mark.parametrize(("mass", "kilopascal", "psf"), [(1_360.0, 20.8, 435.0), (1_580.0, 24.2, 505.0)])
def test_own_footprint(mass: float, kilopascal: float, psf: float) -> None:
    load = uniform_load(mass, 0.600 * 1.068)
    assert load / 1e3 == pytest.approx(kilopascal, abs=0.05)
    assert load / PSF == pytest.approx(psf, abs=0.6)


# standing on one tile, two racks on one tile, moving [lbf]
IBM_RULE = [(1_360.0, 999.0, 1_999.0, 1_499.0), (1_580.0, 1_161.0, 2_322.0, 1_742.0)]


@pytest.mark.parametrize(("mass", "standing", "sharing", "moving"), IBM_RULE)
def test_ibm_rule(mass: float, standing: float, sharing: float, moving: float) -> None:
    assert tile_load_ibm(mass, sharing=False) / POUND_FORCE == pytest.approx(standing, abs=0.6)
    assert tile_load_ibm(mass, sharing=True) / POUND_FORCE == pytest.approx(sharing, abs=0.6)
    assert tile_load_moving(mass) / POUND_FORCE == pytest.approx(moving, abs=0.6)


def test_a_tile_of_1250_lb_passes_only_at_rest_and_alone() -> None:
    rating = 1_250.0 * POUND_FORCE
    assert tile_load_ibm(1_580.0, sharing=False) < rating
    assert tile_load_moving(1_580.0) > rating
    assert tile_load_ibm(1_580.0, sharing=True) > rating


def test_1580_kg_on_four_feet_is_871_lb_each() -> None:
    assert foot_load(1_580.0) == pytest.approx(3_874.0, abs=1.0)
    assert foot_load(1_580.0) / POUND_FORCE == pytest.approx(871.0, abs=0.5)


def test_limits_of_imbalance() -> None:
    weight = 1_000.0 * 9.80665
    assert foot_load(1_000.0, feet=4, imbalance=4.0) == pytest.approx(weight)  # all on one foot
    assert foot_load(1_000.0, feet=4, imbalance=2.0) == pytest.approx(weight / 2.0)  # rocks on two feet


@given(mass=masses, feet=st.integers(3, 12))
def test_even_feet_together_carry_the_weight(mass: float, feet: int) -> None:
    assert feet * foot_load(mass, feet) == pytest.approx(mass * 9.80665, rel=1e-12)


@given(mass=masses, area=st.floats(0.01, 1_000.0))
def test_pressure_times_area_is_the_weight(mass: float, area: float) -> None:
    assert uniform_load(mass, area) * area == pytest.approx(mass * 9.80665, rel=1e-12)


@given(light=masses, heavy=masses)
def test_more_mass_never_loads_less(light: float, heavy: float) -> None:
    light, heavy = sorted((light, heavy))
    assert uniform_load(light, 1.44) <= uniform_load(heavy, 1.44)
    assert foot_load(light) <= foot_load(heavy)
    assert tile_load_ibm(light, sharing=False) <= tile_load_ibm(heavy, sharing=False)


@given(mass=masses)
def test_sharing_doubles_and_moving_lies_between(mass: float) -> None:
    alone, shared = tile_load_ibm(mass, sharing=False), tile_load_ibm(mass, sharing=True)
    assert shared == pytest.approx(2.0 * alone, rel=1e-12)
    assert alone <= tile_load_moving(mass) <= shared


@pytest.mark.parametrize("mass", [-0.1, math.nan, math.inf])
def test_mass_must_be_finite_and_not_negative(mass: float) -> None:
    calls: tuple[Callable[[], float], ...] = (
        lambda: uniform_load(mass, 1.0),
        lambda: tile_load_ibm(mass, sharing=True),
        lambda: tile_load_moving(mass),
        lambda: foot_load(mass),
    )
    for call in calls:
        with pytest.raises(OutsideRange, match=r"mass: given .* kg; valid from 0 kg up"):
            call()


@pytest.mark.parametrize("area", [0.0, 0.009, -1.0, math.inf])
def test_area_outside_range(area: float) -> None:
    with pytest.raises(OutsideRange, match=r"tributary_area: given .* m2; valid from 0.01 m2 up"):
        uniform_load(1_000.0, area)


def test_feet_and_imbalance_outside_range() -> None:
    with pytest.raises(OutsideRange, match="feet: given 2; valid from 3 up"):
        foot_load(1_000.0, feet=2)
    with pytest.raises(OutsideRange, match=r"imbalance: given 0.9; valid from 1 to 4"):
        foot_load(1_000.0, imbalance=0.9)
    with pytest.raises(OutsideRange, match=r"imbalance: given 4.1; valid from 1 to 4"):
        foot_load(1_000.0, imbalance=4.1)


@given(mass=st.floats(0.0, 1e5), share=st.floats(0.0, 1.0))
def test_shares_of_a_weight_add_up_to_it(mass: float, share: float) -> None:
    parts = shared_weight(mass, share) + shared_weight(mass, 1.0 - share)
    assert parts == pytest.approx(mass * 9.80665, rel=1e-12, abs=1e-9)
