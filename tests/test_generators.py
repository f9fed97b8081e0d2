"""Generators: makers' derating, classes of ISO 8528-1, fuel and emissions, and what must hold for any number."""

import math
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcplan.errors import OutsideRange
from dcplan.physics.generators import (
    Derating,
    class_limits,
    derating_factor,
    emitted,
    fuel_burnt,
    generator_rating,
    sets_to_run,
)
from dcplan.physics.losses import PartLoad

powers = st.floats(0.0, 1e10)
LITRES = 1e-3 / 3600.0

# 3 % per 500 m above 1,000 m and 3 % per 5 K above 40 degC (Stamford alternator)
STAMFORD = Derating(1_000.0, 0.03 / 500.0, 313.15, 0.03 / 5.0)
# 3.4 % per 300 m and 20 % per 10 K (Cummins QSK23-G3 engine); knees chosen for the test
CUMMINS = Derating(1_500.0, 0.034 / 300.0, 313.15, 0.20 / 10.0)
# 10 % per 5 K above 40 degC (Atlas Copco QAS 500 set, 0 to 1,000 m)
ATLAS_COPCO = Derating(1_000.0, 0.0, 313.15, 0.10 / 5.0)


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


# classes


def test_emergency_and_prime_sets_carry_70_percent_on_average() -> None:
    assert [class_limits(name).average for name in ("ESP", "PRP", "DCC", "COP")] == [0.7, 0.7, 1.0, 1.0]
    assert [class_limits(name).hours for name in ("ESP", "PRP", "DCC", "COP")] == [200.0, None, None, None]


@given(rating=powers, names=st.permutations(["ESP", "PRP", "DCC", "COP"]))
def test_no_class_averages_more_than_its_rating_and_short_hours_never_buy_less_average(
    rating: float, names: list[str]
) -> None:
    limits = [class_limits(name) for name in names]
    assert all(0.0 <= rating * one.average <= rating for one in limits)
    limited = [one.average for one in limits if one.hours is not None]
    assert max(limited) <= min(one.average for one in limits if one.hours is None)


# fuel and emissions

# Cat C15 GC 500 ekW submittal: litres per hour at 25, 50, 75 and 100 %
C15 = PartLoad(((125e3, 41.9 * LITRES), (250e3, 71.3 * LITRES), (375e3, 110.5 * LITRES), (500e3, 137.0 * LITRES)))


def test_a_c15_burns_its_published_litres() -> None:
    for load, litres in ((125e3, 41.9), (250e3, 71.3), (375e3, 110.5), (500e3, 137.0)):
        assert fuel_burnt(C15, load, 3600.0) == pytest.approx(litres / 1000.0)


def test_fuel_beyond_full_load_or_before_the_start_has_no_answer() -> None:
    with pytest.raises(OutsideRange, match="load: given 500001"):
        fuel_burnt(C15, 500_001.0, 1.0)
    with pytest.raises(OutsideRange, match="seconds: given -1 s"):
        fuel_burnt(C15, 1.0, -1.0)


@given(load=st.floats(0.0, 250e3), hours=st.floats(0.0, 100.0))
def test_two_sets_that_share_a_load_burn_more_than_one(load: float, hours: float) -> None:
    """Each set burns something at no load: that is why sets are shed."""
    one, two = fuel_burnt(C15, load, hours * 3600.0), 2.0 * fuel_burnt(C15, load / 2.0, hours * 3600.0)
    assert two >= one * (1 - 1e-9)


def test_potential_to_emit_by_hand() -> None:
    # 1,000 kW x 10 g/kWh x 50 h = 500 kg
    assert emitted(1e6, 10e-3 / 3.6e6, 50 * 3600.0) == pytest.approx(500.0)
    assert emitted(1e6, 0.0, 50 * 3600.0) == emitted(0.0, 1.0, 1.0) == 0.0


@given(power=powers, specific=st.floats(0.0, 1e-6), hours=st.floats(0.0, 8760.0), share=st.floats(0.0, 1.0))
def test_hours_shared_by_two_engines_emit_as_much_as_one(
    power: float, specific: float, hours: float, share: float
) -> None:
    seconds = hours * 3600.0
    halves = emitted(power, specific, share * seconds) + emitted(power, specific, seconds - share * seconds)
    assert halves == pytest.approx(emitted(power, specific, seconds), rel=1e-9)


@pytest.mark.parametrize("given_", [(-1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0), (0.0, 0.0, math.inf)])
def test_nothing_emits_less_than_nothing(given_: tuple[float, float, float]) -> None:
    with pytest.raises(OutsideRange):
        emitted(*given_)


# minimum load


def test_sets_are_shed_until_each_has_its_minimum() -> None:
    assert sets_to_run(900e3, 1e6, 0.3, 5) == 3
    assert sets_to_run(899e3, 1e6, 0.3, 5) == 2
    assert sets_to_run(100e3, 1e6, 0.3, 5) == 0
    assert sets_to_run(9e6, 1e6, 0.3, 5) == 5


@given(load=st.floats(0.0, 1e8), rating=st.floats(1e3, 1e7), minimum=st.floats(0.01, 1.0), installed=st.integers(0, 50))
def test_each_set_left_running_has_its_minimum_and_one_more_would_not(
    load: float, rating: float, minimum: float, installed: int
) -> None:
    running = sets_to_run(load, rating, minimum, installed)
    assert running == 0 or load / running >= minimum * rating * (1 - 1e-9)
    assert running == installed or load / (running + 1) < minimum * rating * (1 + 1e-9)


@pytest.mark.parametrize("given_", [(-1.0, 1e6, 0.3, 1), (1.0, 0.0, 0.3, 1), (1.0, 1e6, 0.0, 1), (1.0, 1e6, 0.3, -1)])
def test_minimum_load_outside_its_range_is_refused(given_: tuple[float, float, float, int]) -> None:
    with pytest.raises(OutsideRange):
        sets_to_run(*given_)
