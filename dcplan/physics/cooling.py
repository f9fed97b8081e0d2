"""What flow a heat load asks for, and what cooling plant moves at its real temperatures.

Pure functions on SI floats; temperatures are absolute [K], their differences in kelvin. Plant is never
credited with more than its name plate or its published points. A value outside a function's range raises
`OutsideRange`.
"""

from __future__ import annotations

from dcplan.physics import fluid as liquids
from dcplan.physics.fluid import COLDEST_AIR, HOTTEST_AIR, within
from dcplan.physics.fluid import air_density as air_density
from dcplan.physics.fluid import standard_pressure as standard_pressure
from dcplan.trace import recorded

COLDEST_WATER = 253.15
"""Coldest loop temperature accepted [K], -20 degC (brine)."""
HOTTEST_WATER = 373.15
"""Hottest loop temperature accepted [K], 100 degC."""
SMALLEST_RISE = 0.1
"""Smallest temperature difference over which a flow is sized [K]."""

STANDARD_AIR_TEMPERATURE = 293.15
"""Temperature at which air flow is counted [K], 20 degC."""
AIR_SPECIFIC_HEAT = 1_006.0
"""Specific heat of air at constant pressure [J/(kg K)]."""

SAME_TEMPERATURE = 1e-6
"""Temperatures closer than this [K] are one: the rounding of a unit conversion is far below it."""


def _heat_per_flow(supply_temperature: float, return_limit: float, fluid: str) -> float:
    """Heat that one cubic metre of liquid takes up between supply and return [J/m3]."""
    within("supply_temperature", supply_temperature, liquids.COLDEST, liquids.HOTTEST - SMALLEST_RISE, "K")
    within("return_limit", return_limit, supply_temperature + SMALLEST_RISE, liquids.HOTTEST, "K")
    mean = (supply_temperature + return_limit) / 2.0
    capacity = liquids.density(fluid, mean) * liquids.specific_heat(fluid, mean)
    return capacity * (return_limit - supply_temperature)


@recorded
def liquid_flow(heat: float, supply_temperature: float, return_limit: float, fluid: str) -> float:
    """How much liquid must flow so that it returns no warmer than its limit.

    Parameters
    ----------
    heat
        Heat given to the liquid, zero or more. [W]
    supply_temperature
        Absolute temperature at which the liquid arrives, 278.15 K or more. [K]
    return_limit
        Warmest absolute temperature at which it may leave, at least 0.1 K above supply, 343.15 K at most. [K]
    fluid
        One of `dcplan.physics.fluid.FLUIDS`.

    Returns
    -------
    float
        Volume flow. [m3/s]

    Raises
    ------
    OutsideRange
        If `heat` is negative or a temperature lies outside the range above.
    ValueError
        If the fluid is unknown.

    Notes
    -----
    V = Q / (rho * cp * (T_return - T_supply)), an energy balance in steady state with rho and cp at the mean
    of the two temperatures. Flow grows without bound as supply approaches the limit: at 10 K a deviation of
    0.1 K moves it by 1 %.

    A GB300 NVL72 is published with 59/71/89/119/177 L/min at 25/30/35/40/45 degC [1]_, fluid and return not
    stated. With 121.5 kW (90 % of 135 kW) into PG25 and a return limit of 55.4 degC all five flows agree
    within 1.5 %; with 55.5 degC the last one falls 2.2 % short.

    References
    ----------
    .. [1] Lenovo, NVIDIA GB300 NVL72 Rack Scale AI Product Guide (LP2357),
       https://lenovopress.lenovo.com/lp2357-lenovo-nvidia-gb300-nvl72-rack-scale-ai.

    Examples
    --------
    >>> flow = liquid_flow(heat=121_500.0, supply_temperature=308.15, return_limit=328.65, fluid="PG25")
    >>> round(flow * 60_000.0, 1)  # L/min
    88.7
    """
    within("heat", heat, 0.0, None, "W")
    return heat / _heat_per_flow(supply_temperature, return_limit, fluid)


@recorded
def flow_limited_heat(flow: float, supply_temperature: float, return_limit: float, fluid: str) -> float:
    """How much heat a given flow carries when it may return no warmer than its limit.

    Parameters
    ----------
    flow
        Volume flow, zero or more. [m3/s]
    supply_temperature
        Absolute temperature at which the liquid arrives, 278.15 K or more. [K]
    return_limit
        Warmest absolute temperature at which it may leave, at least 0.1 K above supply, 343.15 K at most. [K]
    fluid
        One of `dcplan.physics.fluid.FLUIDS`.

    Returns
    -------
    float
        Heat carried. [W]

    Raises
    ------
    OutsideRange
        If `flow` is negative or a temperature lies outside the range above.
    ValueError
        If the fluid is unknown.

    Notes
    -----
    Q = V * rho * cp * (T_return - T_supply), the inverse of `liquid_flow`. A coolant distribution unit is
    limited by this and by `cdu_capacity`; the smaller one holds.

    References
    ----------
    .. [1] Vertiv, XDU1350 application and planning guide (SL-71309): 1,200 L/min with two pumps,
       https://www.vertiv.com/494484/globalassets/shared/vertiv-liebert-xdu1350-coolant-distribution-unit_application-and-planning-guide_sl-71309.pdf.

    Examples
    --------
    At a rise of 10 K the two pumps of an XDU1350 carry 802 kW, not the 1,368 kW of its name plate:

    >>> round(flow_limited_heat(flow=0.020, supply_temperature=308.15, return_limit=318.15, fluid="PG25"), -3)
    802000.0
    """
    within("flow", flow, 0.0, None, "m3/s")
    return flow * _heat_per_flow(supply_temperature, return_limit, fluid)


@recorded
def hold_time(volume: float, heat: float, supply_temperature: float, supply_limit: float, fluid: str) -> float:
    """How long circulating water takes up a heat load that nothing rejects.

    Parameters
    ----------
    volume
        Water that circulates, zero or more. [m3]
    heat
        Heat given to it, above zero. [W]
    supply_temperature
        Absolute supply temperature when rejection stops, 278.15 K or more. [K]
    supply_limit
        Warmest absolute supply that is borne meanwhile, at least 0.1 K above, 343.15 K at most. [K]
    fluid
        One of `dcplan.physics.fluid.FLUIDS`.

    Returns
    -------
    float
        Time until the supply reaches its limit. [s]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.
    ValueError
        If the fluid is unknown.

    Notes
    -----
    t = V * rho * cp * (T_limit - T_supply) / Q. All water is taken to warm alike; pipes and plant take up heat too
    and are left out. It holds only while pumps keep the water moving.

    References
    ----------
    .. [1] Incropera et al., Fundamentals of Heat and Mass Transfer, 7th ed., section 5.1: lumped capacitance.

    Examples
    --------
    20 m3 that may warm by 6 K under 2 MW:

    >>> round(hold_time(20.0, 2e6, supply_temperature=291.15, supply_limit=297.15, fluid="water"), 1)
    250.5
    """
    within("volume", volume, 0.0, None, "m3")
    within("heat", heat, 1e-9, None, "W")
    return volume * _heat_per_flow(supply_temperature, supply_limit, fluid) / heat


@recorded
def cdu_capacity(rated_capacity: float, rated_approach: float, approach: float) -> float:
    """How much heat a liquid-to-liquid coolant distribution unit moves at this approach.

    Parameters
    ----------
    rated_capacity
        Capacity on the name plate, zero or more. [W]
    rated_approach
        Approach at which that capacity is stated, 0.1 to 50 K. [K]
    approach
        Secondary supply less facility-water supply temperature, 0 to 100 K. [K]

    Returns
    -------
    float
        Capacity, never above the name plate. [W]

    Raises
    ------
    OutsideRange
        If `rated_capacity` is negative, or an approach lies outside the range above.

    Notes
    -----
    Q = Q_rated * min(1, approach / approach_rated). At unchanged flows a heat exchanger's effectiveness is
    constant [2]_, so its duty is proportional to any of its temperature differences, the approach among them.
    A larger approach than rated would move more, but the name plate is never extrapolated.

    References
    ----------
    .. [1] Vertiv, XDU1350 application and planning guide (SL-71309): 1,368 kW at 4 K approach,
       https://www.vertiv.com/494484/globalassets/shared/vertiv-liebert-xdu1350-coolant-distribution-unit_application-and-planning-guide_sl-71309.pdf.
    .. [2] Kays and London, Compact Heat Exchangers, 3rd ed., chapter 2: effectiveness as a function of NTU
       and the ratio of heat capacity rates alone.

    Examples
    --------
    >>> cdu_capacity(rated_capacity=1_368_000.0, rated_approach=4.0, approach=3.0)
    1026000.0
    >>> cdu_capacity(rated_capacity=1_368_000.0, rated_approach=4.0, approach=6.0)
    1368000.0
    """
    within("rated_capacity", rated_capacity, 0.0, None, "W")
    within("rated_approach", rated_approach, 0.1, 50.0, "K")
    within("approach", approach, 0.0, 100.0, "K")
    return rated_capacity * min(1.0, approach / rated_approach)


@recorded
def air_flow(heat: float, temperature_rise: float, altitude: float) -> float:
    """How much air must pass to carry heat away at this temperature rise.

    Parameters
    ----------
    heat
        Heat given to the air, zero or more. [W]
    temperature_rise
        Air leaving less air entering, 0.1 to 60 K. [K]
    altitude
        Altitude of the site, -500 to 5,000 m. [m]

    Returns
    -------
    float
        Volume flow of air at 20 degC and the pressure of that altitude. [m3/s]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    V = Q / (rho * cp * dT) with cp = 1,006 J/(kg K). Air is counted at 20 degC, as in fan catalogues and in
    the usual rule of 3,412 kW / (1.085 * dT in degF), or 157 CFM per kW at 20 degF [1]_; each 10 K warmer
    asks for 3.4 % more volume. Thinner air needs more volume by 1 atm / local pressure [2]_.

    References
    ----------
    .. [1] insideHPC (2011), Calculating CFMs for HPC power and cooling,
       https://insidehpc.com/2011/04/calculating-cfms-for-hpc-power-and-cooling/.
    .. [2] Innovative Research, airflow required for a heat load (density 0.93 at 2,000 ft, 0.86 at 4,000 ft,
       0.80 at 6,000 ft), https://www.scribd.com/document/317841832/Data-Heat-Load.

    Examples
    --------
    >>> flow = air_flow(heat=1_000.0, temperature_rise=20.0 / 1.8, altitude=0.0)
    >>> round(flow * 2_118.88)  # CFM
    157
    """
    within("heat", heat, 0.0, None, "W")
    within("temperature_rise", temperature_rise, SMALLEST_RISE, 60.0, "K")
    return heat / (air_density(STANDARD_AIR_TEMPERATURE, altitude) * AIR_SPECIFIC_HEAT * temperature_rise)


@recorded
def air_flow_at(flow: float, altitude: float) -> float:
    """How much air carries at altitude what a flow carries at sea level.

    Parameters
    ----------
    flow
        Volume flow of air at 20 degC and sea level, zero or more. [m3/s]
    altitude
        Altitude of the site, -500 to 5,000 m. [m]

    Returns
    -------
    float
        Volume flow of air at 20 degC and the pressure of that altitude: the same mass. [m3/s]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    V = V_0 * rho(0) / rho(altitude): heat is carried by mass.

    References
    ----------
    .. [1] Innovative Research, airflow required for a heat load (density 0.93 at 2,000 ft, 0.86 at 4,000 ft,
       0.80 at 6,000 ft), https://www.scribd.com/document/317841832/Data-Heat-Load.

    Examples
    --------
    >>> round(air_flow_at(flow=1.0, altitude=1_828.8), 2)  # 6,000 ft
    1.25
    """
    within("flow", flow, 0.0, None, "m3/s")
    thinner = air_density(STANDARD_AIR_TEMPERATURE, 0.0) / air_density(STANDARD_AIR_TEMPERATURE, altitude)
    return flow * thinner


@recorded
def air_temperature_at_coolers(design_dry_bulb: float, recirculation_rise: float) -> float:
    """How warm the air is that outdoor coolers really take in.

    Parameters
    ----------
    design_dry_bulb
        Absolute dry-bulb temperature of the design weather, 213.15 to 343.15 K. [K]
    recirculation_rise
        Rise at the coolers' inlets from their own exhaust and that of their neighbours, 0 to 20 K. [K]

    Returns
    -------
    float
        Absolute air temperature at the inlets. [K]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above, or their sum is above 343.15 K.

    Notes
    -----
    T = T_design + rise. The design weather is the extreme annual dry bulb of a 20-year return period [1]_
    unless the site states another; the rise is a declared figure, from a wind study or an allowance.

    References
    ----------
    .. [1] ASHRAE Handbook: Fundamentals, chapter 14: n-year return period values of extreme dry bulb.

    Examples
    --------
    >>> round(air_temperature_at_coolers(design_dry_bulb=314.15, recirculation_rise=2.0), 2)
    316.15
    """
    within("design_dry_bulb", design_dry_bulb, COLDEST_AIR, HOTTEST_AIR, "K")
    within("recirculation_rise", recirculation_rise, 0.0, 20.0, "K")
    at_coolers = design_dry_bulb + recirculation_rise
    within("air temperature at the coolers", at_coolers, COLDEST_AIR, HOTTEST_AIR, "K")
    return at_coolers


@recorded
def dry_cooler_capacity(rated_capacity: float, rated_difference: float, water_in: float, air: float) -> float:
    """How much heat a dry cooler rejects with this water into this air.

    Parameters
    ----------
    rated_capacity
        Capacity on the name plate, zero or more. [W]
    rated_difference
        Entering water less entering air temperature at which that capacity is stated, 0.1 to 100 K. [K]
    water_in
        Absolute temperature of the water entering, 253.15 to 373.15 K. [K]
    air
        Absolute temperature of the air entering, 213.15 to 343.15 K. [K]

    Returns
    -------
    float
        Capacity: 0 where the water is no warmer than the air, never above the name plate. [W]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    Q = Q_rated * min(1, (T_in - T_air) / dT_rated): at the rated water and air flows the exchanger's
    effectiveness is constant [1]_. A larger difference than rated is not credited. The rating must be one for
    the site's fluid and altitude. Whether the water gets cold enough: see `dry_cooler_outlet_reachable`.

    References
    ----------
    .. [1] Kays and London, Compact Heat Exchangers, 3rd ed., chapter 2: effectiveness as a function of NTU
       and the ratio of heat capacity rates alone.

    Examples
    --------
    >>> round(dry_cooler_capacity(800_000.0, rated_difference=20.0, water_in=328.15, air=313.15))
    600000
    """
    within("rated_capacity", rated_capacity, 0.0, None, "W")
    within("rated_difference", rated_difference, 0.1, 100.0, "K")
    within("water_in", water_in, COLDEST_WATER, HOTTEST_WATER, "K")
    within("air", air, COLDEST_AIR, HOTTEST_AIR, "K")
    return rated_capacity * min(1.0, max(0.0, water_in - air) / rated_difference)


@recorded
def dry_cooler_outlet_reachable(water_out: float, air: float, minimum_approach: float) -> bool:
    """Whether a dry cooler can bring its water down to this temperature in this air.

    Parameters
    ----------
    water_out
        Absolute temperature asked of the leaving water, 253.15 to 373.15 K. [K]
    air
        Absolute temperature of the air entering, 213.15 to 343.15 K. [K]
    minimum_approach
        Smallest difference of leaving water over entering air that the cooler reaches, 0 to 50 K. [K]

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
    T_out >= T_air + approach, with 1e-6 K for the rounding of unit conversions. Dry coolers on the market
    have a median approach of 10 K [1]_. For towers, pass the wet bulb as `air` and the tower's approach
    (median 5 K open, 6.5 K closed).

    References
    ----------
    .. [1] Energies 2023, 16(9), 3661, market analysis of dry, wet and hybrid cooling (6,730 models of 27
       makers), https://doi.org/10.3390/en16093661.

    Examples
    --------
    >>> dry_cooler_outlet_reachable(water_out=318.15, air=308.15, minimum_approach=10.0)
    True
    >>> dry_cooler_outlet_reachable(water_out=318.15, air=309.15, minimum_approach=10.0)
    False
    """
    within("water_out", water_out, COLDEST_WATER, HOTTEST_WATER, "K")
    within("air", air, COLDEST_AIR, HOTTEST_AIR, "K")
    within("minimum_approach", minimum_approach, 0.0, 50.0, "K")
    return water_out - air >= minimum_approach - SAME_TEMPERATURE
