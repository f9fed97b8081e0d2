"""What wet heat rejection does at this site's wet bulb, and how much water it takes.

Pure functions on SI floats; temperatures are absolute [K].
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from dcplan.physics.cooling import COLDEST_WATER, HOTTEST_WATER, SAME_TEMPERATURE
from dcplan.physics.fluid import COLDEST_AIR, HOTTEST_AIR, SEA_LEVEL_PRESSURE, standard_pressure, within
from dcplan.physics.psychrometrics import (
    FREEZING,
    enthalpy,
    humidity_from_wet_bulb,
    latent_heat,
    saturated_humidity_ratio,
)
from dcplan.trace import recorded

WATER_AIR_RATIOS = (0.75, 1.75)
"""Water over air mass flow of towers as sold: no data sheet states it, so both ends are tried."""
FILL_EXPONENT = 0.4
"""How fast a fill's characteristic grows as water flow falls: the slowest of fills as sold (0.4 to 0.8)."""
WATER_SPECIFIC_HEAT = 4_186.0
"""Specific heat of the tower's water [J/(kg K)]."""
WATER_DENSITY = 1_000.0
"""Density of make-up water [kg/m3]."""
_CHEBYSHEV = (0.1, 0.4, 0.6, 0.9)
_STEPS = 40


@dataclass(frozen=True)
class TowerRating:
    """At what conditions a tower has the capacity of its name plate, at sea level.

    Parameters
    ----------
    wet_bulb
        Absolute wet bulb of the air entering, 273.15 to 313.15 K. [K]
    approach
        Water leaving less wet bulb, 1 to 30 K. [K]
    water_range
        Water entering less water leaving, 1 to 30 K. [K]

    Raises
    ------
    OutsideRange
        If a field lies outside the range above.

    Examples
    --------
    >>> TowerRating(wet_bulb=298.71, approach=3.89, water_range=5.56).water_range  # 95/85/78 degF
    5.56
    """

    wet_bulb: float
    approach: float
    water_range: float

    def __post_init__(self) -> None:
        """Refuse what no tower is rated at."""
        within("wet_bulb", self.wet_bulb, FREEZING, 313.15, "K")
        within("approach", self.approach, 1.0, 30.0, "K")
        within("water_range", self.water_range, 1.0, 30.0, "K")


@recorded
def merkel_number(water_in: float, water_out: float, wet_bulb: float, water_air_ratio: float, altitude: float) -> float:
    """How hard a tower's duty is: the characteristic K a V / L that its fill must have.

    Parameters
    ----------
    water_in
        Absolute temperature of the water entering, at most 343.15 K. [K]
    water_out
        Absolute temperature of the water leaving, above the wet bulb. [K]
    wet_bulb
        Absolute wet bulb of the air entering, 213.15 K or more. [K]
    water_air_ratio
        Mass flow of water over that of air, above zero.
    altitude
        Altitude of the site, -500 to 5,000 m. [m]

    Returns
    -------
    float
        Merkel number; infinite where the air would be as hot as the water somewhere in the fill.

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    Integral of cp dT / (h_s(T) - h_a) from water out to water in, at the four Chebyshev points 0.1, 0.4, 0.6 and 0.9
    of the range; the air's enthalpy rises by L/G cp dT and starts at that of saturated air at the wet bulb [1]_.

    References
    ----------
    .. [1] Cooling Technology Institute, ATC-105 Acceptance Test Code: characteristic of counterflow towers;
       ASHRAE Handbook: HVAC Systems and Equipment, chapter Cooling Towers, counterflow integration.

    Examples
    --------
    >>> round(merkel_number(water_in=308.15, water_out=302.59, wet_bulb=298.71, water_air_ratio=1.2, altitude=0.0), 2)
    1.19
    """
    within("water_in", water_in, water_out, HOTTEST_AIR, "K")
    within("water_out", water_out, wet_bulb, HOTTEST_AIR, "K")
    within("water_air_ratio", water_air_ratio, 1e-6, None, "")
    entering = _saturated(wet_bulb, altitude)
    total = 0.0
    for share in _CHEBYSHEV:
        rise = share * (water_in - water_out)
        potential = _saturated(water_out + rise, altitude) - entering - water_air_ratio * WATER_SPECIFIC_HEAT * rise
        if potential <= 0.0:
            return math.inf
        total += WATER_SPECIFIC_HEAT * (water_in - water_out) / potential
    return total / len(_CHEBYSHEV)


def _saturated(temperature: float, altitude: float) -> float:
    return enthalpy(temperature, saturated_humidity_ratio(temperature, altitude))


@recorded
def tower_capacity(
    rated_capacity: float, rating: TowerRating, water_in: float, water_out: float, wet_bulb: float, altitude: float
) -> float:
    """How much heat a cooling tower rejects with this water into air of this wet bulb.

    Parameters
    ----------
    rated_capacity
        Capacity on the name plate, zero or more. [W]
    rating
        Conditions of that capacity.
    water_in
        Absolute temperature of the water entering, at most 343.15 K. [K]
    water_out
        Absolute temperature asked of the water leaving, 273.15 K or more. [K]
    wet_bulb
        Absolute wet bulb of the air entering, 213.15 K or more. [K]
    altitude
        Altitude of the site, -500 to 5,000 m. [m]

    Returns
    -------
    float
        Capacity, never above the name plate; 0 at or below the wet bulb. [W]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    The largest heat, up to the rated heat and the rated water flow, whose Merkel number (see `merkel_number`) the
    tower's fill has [1]_. The rating fixes the fill: K a V / L = c (L/G)^-0.4. Fans move a fixed volume, so that air
    mass falls with pressure. L/G at the rating is not published: the lower of the results for 0.75 and 1.75 counts.
    Thinner air holds more vapour, for which makers credit 1 to 3 % [2]_: none is credited.

    References
    ----------
    .. [1] Cooling Technology Institute, ATC-105 Acceptance Test Code: tower characteristic against L/G.
    .. [2] Carrier, Engineering Guide for Altitude Effects, evaporative condensers,
       https://www.scribd.com/document/461532811/EFFECT-OF-ALTITUDE.

    Examples
    --------
    >>> rating = TowerRating(wet_bulb=298.71, approach=3.89, water_range=5.56)
    >>> round(tower_capacity(1e6, rating, water_in=308.16, water_out=302.60, wet_bulb=300.15, altitude=0.0), -4)
    620000.0
    """
    within("rated_capacity", rated_capacity, 0.0, None, "W")
    within("water_in", water_in, FREEZING, HOTTEST_AIR, "K")
    within("water_out", water_out, FREEZING, HOTTEST_AIR, "K")
    within("wet_bulb", wet_bulb, COLDEST_AIR, HOTTEST_AIR, "K")
    if water_out <= wet_bulb or water_in <= water_out:
        return 0.0
    water = (water_in, water_out, wet_bulb)
    tried = itertools.product(WATER_AIR_RATIOS, (0.0, altitude))
    return rated_capacity * min(_share(rating, ratio, *water, height) for ratio, height in tried)


def _share(
    rating: TowerRating, ratio: float, water_in: float, water_out: float, wet_bulb: float, altitude: float
) -> float:
    """Part of the rated heat that is rejected at the site, if the rating's L/G is `ratio`."""
    cold = rating.wet_bulb + rating.approach
    fill = merkel_number(cold + rating.water_range, cold, rating.wet_bulb, ratio, 0.0) * math.pow(ratio, FILL_EXPONENT)
    thin = standard_pressure(altitude) / SEA_LEVEL_PRESSURE
    flow_per_heat = rating.water_range / (water_in - water_out)

    def carried(share: float) -> bool:
        there = ratio * share * flow_per_heat / thin
        return merkel_number(water_in, water_out, wet_bulb, there, altitude) * math.pow(there, FILL_EXPONENT) <= fill

    low, high = 0.0, min(1.0, 1.0 / flow_per_heat)
    if carried(high):
        return high
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if carried(middle) else (low, middle)
    return low


@recorded
def wetted_air(dry_bulb: float, wet_bulb: float, effectiveness: float) -> float:
    """How cold air gets in the wetted pads or sprays of an adiabatic cooler.

    Parameters
    ----------
    dry_bulb
        Absolute temperature of the air entering, 213.15 to 343.15 K. [K]
    wet_bulb
        Absolute wet bulb of that air, 273.15 K or more, at most the dry bulb. [K]
    effectiveness
        Share of the way from dry bulb to wet bulb, 0 to 1.

    Returns
    -------
    float
        Absolute temperature of the air behind the pads. [K]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    T = T_db - effectiveness (T_db - T_wb): the air's wet bulb does not change.

    References
    ----------
    .. [1] ASHRAE Handbook: HVAC Systems and Equipment, chapter Evaporative Air-Cooling Equipment: direct
       saturation effectiveness.
    .. [2] Building, BAC TrilliumSeries: pads of 80 % cool air of 32/22 degC to 24 degC,
       http://www.building.co.uk/adiabatic-advances/3114560.article.

    Examples
    --------
    >>> round(wetted_air(305.15, wet_bulb=295.15, effectiveness=0.8) - 273.15, 2)
    24.0
    """
    within("dry_bulb", dry_bulb, COLDEST_AIR, HOTTEST_AIR, "K")
    within("wet_bulb", wet_bulb, FREEZING, dry_bulb, "K")
    within("effectiveness", effectiveness, 0.0, 1.0, "")
    return dry_bulb - effectiveness * (dry_bulb - wet_bulb)


@recorded
def wetting_water(airflow: float, dry_bulb: float, wet_bulb: float, effectiveness: float, altitude: float) -> float:
    """How much water evaporates in the pads of an adiabatic cooler.

    Parameters
    ----------
    airflow
        Volume flow of the air entering, zero or more. [m3/s]
    dry_bulb
        Absolute temperature of the air entering, 213.15 to 343.15 K. [K]
    wet_bulb
        Absolute wet bulb of that air, 273.15 K or more, at most the dry bulb. [K]
    effectiveness
        Share of the way from dry bulb to wet bulb, 0 to 1.
    altitude
        Altitude of the site, -500 to 5,000 m. [m]

    Returns
    -------
    float
        Water evaporated. [m3/s]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above, or no air is that dry.

    Notes
    -----
    Dry-air mass flow times (W_behind - W_before), both at the same wet bulb [1]_.

    References
    ----------
    .. [1] ASHRAE Handbook: Fundamentals (2017, SI), chapter 1: adiabatic saturation, equations 26 and 33.

    Examples
    --------
    >>> water = wetting_water(80.0, dry_bulb=308.15, wet_bulb=295.15, effectiveness=0.8, altitude=0.0)
    >>> round(water * 3.6e6)  # L/h
    1410
    """
    within("airflow", airflow, 0.0, None, "m3/s")
    behind = wetted_air(dry_bulb, wet_bulb, effectiveness)
    before = humidity_from_wet_bulb(dry_bulb, wet_bulb, altitude)
    volume = 287.042 * dry_bulb * (1.0 + 1.607858 * before) / standard_pressure(altitude)
    added = humidity_from_wet_bulb(behind, wet_bulb, altitude) - before
    return airflow / volume * added / WATER_DENSITY


@recorded
def evaporation(heat: float, water: float) -> float:
    """How much water a wet cooler evaporates, at most, to reject this heat.

    Parameters
    ----------
    heat
        Heat rejected, zero or more. [W]
    water
        Absolute temperature of the water, 273.15 to 343.15 K. [K]

    Returns
    -------
    float
        Water evaporated. [m3/s]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    Q / (rho h_fg): all heat leaves as vapour. Cool air takes up to a third of it as sensible heat; only air that is
    hotter than the water makes a tower evaporate a little more [1]_.

    References
    ----------
    .. [1] ASHRAE Handbook: HVAC Systems and Equipment, chapter Cooling Towers: about 1 % of the water flow evaporates
       per 7 K of range.

    Examples
    --------
    >>> round(evaporation(1e6, water=303.15) * 3.6e6)  # L/h per MW
    1481
    """
    within("heat", heat, 0.0, None, "W")
    return heat / (WATER_DENSITY * latent_heat(water))


@recorded
def make_up(evaporated: float, cycles: float) -> float:
    """How much fresh water replaces what evaporates and what is bled off.

    Parameters
    ----------
    evaporated
        Water evaporated, zero or more. [m3/s]
    cycles
        Cycles of concentration: dissolved solids of the water bled off over those of the make-up, 1.01 to 100.

    Returns
    -------
    float
        Make-up water, drift included, as drift is a part of the water bled off. [m3/s]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    M = E C / (C - 1), from the balances of water (M = E + B) and of dissolved solids (M = C B).

    References
    ----------
    .. [1] US Department of Energy, Federal Energy Management Program, Best Management Practice 10: Cooling Tower
       Management, https://www.energy.gov/femp/best-management-practice-10-cooling-tower-management.

    Examples
    --------
    >>> round(make_up(evaporated=1.5, cycles=4.0), 6)
    2.0
    """
    within("evaporated", evaporated, 0.0, None, "m3/s")
    within("cycles", cycles, 1.01, 100.0, "")
    return evaporated * cycles / (cycles - 1.0)


@recorded
def tower_outlet_reachable(water_out: float, wet_bulb: float, minimum_approach: float) -> bool:
    """Whether a tower can bring its water down to this temperature in air of this wet bulb.

    Parameters
    ----------
    water_out
        Absolute temperature asked of the leaving water, 253.15 to 373.15 K. [K]
    wet_bulb
        Absolute wet bulb of the air entering, 213.15 to 343.15 K. [K]
    minimum_approach
        Smallest difference of leaving water over wet bulb that the tower reaches, 0 to 50 K. [K]

    Returns
    -------
    bool
        True if the water can leave that cold.

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    T_out >= T_wb + approach, with 1e-6 K for the rounding of unit conversions. Towers on the market have a median
    approach of 5 K (open) and 6.5 K (closed) [1]_.

    References
    ----------
    .. [1] Energies 2023, 16(9), 3661, market analysis of dry, wet and hybrid cooling (6,730 models of 27
       makers), https://doi.org/10.3390/en16093661.

    Examples
    --------
    >>> tower_outlet_reachable(water_out=303.15, wet_bulb=298.15, minimum_approach=5.0)
    True
    """
    within("water_out", water_out, COLDEST_WATER, HOTTEST_WATER, "K")
    within("wet_bulb", wet_bulb, COLDEST_AIR, HOTTEST_AIR, "K")
    within("minimum_approach", minimum_approach, 0.0, 50.0, "K")
    return water_out - wet_bulb >= minimum_approach - SAME_TEMPERATURE


@recorded
def altitude_factor(loss: float, altitude: float) -> float:
    """What part of its sea-level capacity an air-cooled unit keeps.

    Parameters
    ----------
    loss
        Capacity lost per altitude, 0 to 2e-4 per metre. [1/m]
    altitude
        Altitude of the site, -500 to 5,000 m. [m]

    Returns
    -------
    float
        Part of the capacity, 1 at sea level and below it.

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    1 - loss x altitude. A fan moves the same volume of thinner air; a unit that lost capacity as its air lost mass
    would lose 11 % in the first kilometre [1]_.

    References
    ----------
    .. [1] ISO 2533, Standard Atmosphere: pressure at 1,000 m is 89,874 Pa.

    Examples
    --------
    >>> altitude_factor(loss=8e-5, altitude=1_000.0)
    0.92
    """
    within("loss", loss, 0.0, 2e-4, "1/m")
    within("altitude", altitude, -500.0, 5_000.0, "m")
    return 1.0 - loss * max(0.0, altitude)
