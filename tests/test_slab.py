"""Slab: published examples, limits by hand, ranges on both sides."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import OutsideRange
from dcplan.physics.floor import uniform_load
from dcplan.physics.slab import punching_force, slab_load_ibm

PSF, PSI, INCH, KIP = 47.88025898, 6894.757, 0.0254, 4448.2216
plates, depths, strengths = st.floats(0.01, 5.0), st.floats(0.03, 2.0), st.floats(10e6, 70e6)


def test_a_12_in_column_on_6_in_of_4000_psi_concrete_carries_82_kips_factored() -> None:
    # CalcAdy's example: 4 sqrt(fc) in psi, which is 0.332 sqrt(fc) in MPa
    assert 1.6 * punching_force(12 * INCH, 6 * INCH, 4_000 * PSI) / KIP == pytest.approx(82.0, rel=0.01)


def test_a_large_thin_plate_is_limited_by_its_perimeter_and_a_deep_slab_by_its_depth() -> None:
    # 40 d / b0 + 2 below 0.33 / 0.083 on a plate of many depths; size factor sqrt(2 / 2.6) at 400 mm
    assert punching_force(2.0, 0.1, 25e6) == pytest.approx(0.75 * 0.083 * (4 / 8.4 + 2) * 5e6 * 8.4 * 0.1 / 1.6)
    assert punching_force(0.3, 0.4, 25e6) == pytest.approx(0.75 * 0.33 * math.sqrt(2 / 2.6) * 5e6 * 2.8 * 0.4 / 1.6)


def test_a_rack_of_3483_lb_over_15_ft2_is_232_psf_of_itself_and_the_ibm_rule_adds_14_psf() -> None:
    area, under = 15.5 * 0.09290304, 6.9 * 0.09290304
    own = uniform_load(1_580.0, area) / PSF
    assert slab_load_ibm(1_580.0, area, area - under, raised=True) / PSF == pytest.approx(
        own + 15 * 0.5 * 8.6 / 15.5 + 10, rel=1e-4
    )
    assert slab_load_ibm(1_580.0, area, area - under, raised=False) / PSF == pytest.approx(
        own + 15 * 0.5 * 8.6 / 15.5, rel=1e-4
    )


def test_without_service_area_or_raised_floor_only_the_weight_is_left() -> None:
    assert slab_load_ibm(900.0, 2.0, 0.0, raised=False) == uniform_load(900.0, 2.0)


@given(plate=plates, depth=depths, strength=strengths)
def test_more_plate_depth_or_strength_never_carries_less(plate: float, depth: float, strength: float) -> None:
    least = punching_force(plate, depth, strength) * (1 - 1e-12)
    assert punching_force(min(5.0, plate * 1.1), depth, strength) >= least
    assert punching_force(plate, min(2.0, depth * 1.1), strength) >= least
    assert punching_force(plate, depth, min(70e6, strength * 1.1)) >= least


@given(mass=st.floats(0.0, 1e5), area=st.floats(0.01, 100.0), part=st.floats(0.0, 1.0))
def test_the_ibm_rule_adds_at_most_17_5_psf(mass: float, area: float, part: float) -> None:
    added = slab_load_ibm(mass, area, area * part, raised=True) - uniform_load(mass, area)
    assert 10 * PSF * 0.999 - 1e-6 * mass / area <= added <= 17.5 * PSF * 1.001 + 1e-6 * mass / area


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((0.009, 0.1, 25e6), "plate: given 0.009 m"),
        ((5.1, 0.1, 25e6), "plate: given 5.1 m"),
        ((0.1, 0.029, 25e6), "effective_depth: given 0.029 m"),
        ((0.1, 2.1, 25e6), "effective_depth: given 2.1 m"),
        ((0.1, 0.1, 9e6), "strength: given"),
        ((0.1, 0.1, 71e6), "strength: given"),
    ],
)
def test_punching_outside_its_range(given: tuple[float, float, float], message: str) -> None:
    with pytest.raises(OutsideRange, match=message):
        punching_force(*given)


@pytest.mark.parametrize("given", [(-1.0, 1.0, 0.5), (1.0, 0.009, 0.0), (1.0, 1.0, 1.1), (1.0, 1.0, -0.1)])
def test_slab_load_outside_its_range(given: tuple[float, float, float]) -> None:
    with pytest.raises(OutsideRange):
        slab_load_ibm(*given, raised=True)
