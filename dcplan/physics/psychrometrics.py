"""Moist air at any altitude: what its wet bulb, dew point, humidity ratio and enthalpy are.

Pure functions on SI floats; temperatures are absolute [K]. The formulae are ASHRAE's for an ideal mixture of dry
air and water vapour; pressure is that of `dcplan.physics.fluid.standard_pressure`. A value outside a function's
range raises `OutsideRange`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from dcplan.physics.fluid import COLDEST_AIR, HOTTEST_AIR, standard_pressure, within
from dcplan.trace import recorded

MASS_RATIO = 0.621945
"""Molar mass of water over that of dry air."""
FREEZING = 273.15
"""0 degC [K]."""
TRIPLE_POINT = 273.16
"""Below it vapour is in balance with ice, above it with water [K]."""
LOWEST_VAPOUR_RATIO = 1e-9
"""Driest air accepted, as humidity ratio [kg/kg]."""
_STEPS = 60

_ICE = (-5.6745359e3, 6.3925247, -9.677843e-3, 6.2215701e-7, 2.0747825e-9, -9.484024e-13, 4.1635019)
_WATER = (-5.8002206e3, 1.3914993, -4.8640239e-2, 4.1764768e-5, -1.4452093e-8, 0.0, 6.5459673)


@recorded
def saturation_pressure(temperature: float) -> float:
    """What pressure water vapour has when air is saturated with it.

    Parameters
    ----------
    temperature
        Absolute temperature, 213.15 to 343.15 K. [K]

    Returns
    -------
    float
        Pressure over water, below 273.16 K over ice. [Pa]

    Raises
    ------
    OutsideRange
        If the temperature lies outside the range above.

    Notes
    -----
    ln p = C1/T + C2 + C3 T + C4 T^2 + C5 T^3 + C6 T^4 + C7 ln T, after Hyland and Wexler [1]_.

    References
    ----------
    .. [1] ASHRAE Handbook: Fundamentals (2017, SI), chapter 1, equations 5 and 6.

    Examples
    --------
    >>> round(saturation_pressure(293.15))
    2339
    """
    within("temperature", temperature, COLDEST_AIR, HOTTEST_AIR, "K")
    c1, c2, c3, c4, c5, c6, c7 = _ICE if temperature <= TRIPLE_POINT else _WATER
    polynomial = c2 + temperature * (c3 + temperature * (c4 + temperature * (c5 + temperature * c6)))
    return math.exp(c1 / temperature + polynomial + c7 * math.log(temperature))


@recorded
def saturated_humidity_ratio(temperature: float, altitude: float) -> float:
    """How much water saturated air holds.

    Parameters
    ----------
    temperature
        Absolute temperature, 213.15 to 343.15 K, at which vapour pressure is below that of the air. [K]
    altitude
        Altitude of the site, -500 to 5,000 m. [m]

    Returns
    -------
    float
        Water per dry air. [kg/kg]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    W = 0.621945 p_w / (p - p_w) [1]_. The enhancement factor, below 0.5 %, is taken as 1.

    References
    ----------
    .. [1] ASHRAE Handbook: Fundamentals (2017, SI), chapter 1, equation 23.

    Examples
    --------
    >>> round(saturated_humidity_ratio(293.15, altitude=0.0), 4)
    0.0147
    """
    vapour = saturation_pressure(temperature)
    return MASS_RATIO * vapour / (standard_pressure(altitude) - vapour)


@recorded
def humidity_from_relative(dry_bulb: float, relative_humidity: float, altitude: float) -> float:
    """How much water air of a given relative humidity holds.

    Parameters
    ----------
    dry_bulb
        Absolute temperature of the air, 213.15 to 343.15 K. [K]
    relative_humidity
        Vapour pressure over that of saturated air, 0 to 1.
    altitude
        Altitude of the site, -500 to 5,000 m. [m]

    Returns
    -------
    float
        Water per dry air. [kg/kg]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    W = 0.621945 p_w / (p - p_w) with p_w = RH p_ws(T) [1]_.

    References
    ----------
    .. [1] ASHRAE Handbook: Fundamentals (2017, SI), chapter 1, equations 20 and 22.

    Examples
    --------
    >>> round(humidity_from_relative(308.15, relative_humidity=0.4, altitude=0.0), 5)
    0.01413
    """
    within("relative_humidity", relative_humidity, 0.0, 1.0, "")
    vapour = relative_humidity * saturation_pressure(dry_bulb)
    return MASS_RATIO * vapour / (standard_pressure(altitude) - vapour)


@recorded
def humidity_from_wet_bulb(dry_bulb: float, wet_bulb: float, altitude: float) -> float:
    """How much water air of a given wet bulb holds.

    Parameters
    ----------
    dry_bulb
        Absolute temperature of the air, 213.15 to 343.15 K. [K]
    wet_bulb
        Absolute wet-bulb temperature, at most the dry bulb, at least that of air without water. [K]
    altitude
        Altitude of the site, -500 to 5,000 m. [m]

    Returns
    -------
    float
        Water per dry air. [kg/kg]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above, or no air is that dry.

    Notes
    -----
    Adiabatic saturation: W = ((2501 - 2.326 t*) Ws* - 1.006 (t - t*)) / (2501 + 1.86 t - 4.186 t*) above freezing,
    with 2830, 0.24 and 2.1 over ice; t in degC, Ws* saturated at the wet bulb t* [1]_.

    References
    ----------
    .. [1] ASHRAE Handbook: Fundamentals (2017, SI), chapter 1, equations 33 and 35.

    Examples
    --------
    >>> round(humidity_from_wet_bulb(308.15, wet_bulb=297.09, altitude=0.0), 4)
    0.0141
    """
    within("dry_bulb", dry_bulb, COLDEST_AIR, HOTTEST_AIR, "K")
    within("wet_bulb", wet_bulb, COLDEST_AIR, dry_bulb, "K")
    ratio = _from_wet_bulb(dry_bulb, wet_bulb, altitude)
    within("humidity ratio at that wet bulb", ratio, 0.0, None, "kg/kg")
    return ratio


def _from_wet_bulb(dry_bulb: float, wet_bulb: float, altitude: float) -> float:
    dry, wet = dry_bulb - FREEZING, wet_bulb - FREEZING
    saturated = saturated_humidity_ratio(wet_bulb, altitude)
    latent, vapour, liquid = (2501.0, 2.326, 4.186) if wet >= 0.0 else (2830.0, 0.24, 2.1)
    return ((latent - vapour * wet) * saturated - 1.006 * (dry - wet)) / (latent + 1.86 * dry - liquid * wet)


@recorded
def wet_bulb(dry_bulb: float, humidity_ratio: float, altitude: float) -> float:
    """How cold water gets that evaporates into air.

    Parameters
    ----------
    dry_bulb
        Absolute temperature of the air, 213.15 to 343.15 K. [K]
    humidity_ratio
        Water per dry air, 0 to that of saturated air. [kg/kg]
    altitude
        Altitude of the site, -500 to 5,000 m. [m]

    Returns
    -------
    float
        Absolute wet-bulb temperature. [K]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    The temperature at which `humidity_from_wet_bulb` gives this humidity ratio, by bisection.

    References
    ----------
    .. [1] ASHRAE Handbook: Fundamentals (2017, SI), chapter 1, equations 33 and 35.

    Examples
    --------
    >>> humidity = humidity_from_relative(308.15, relative_humidity=0.4, altitude=0.0)
    >>> round(wet_bulb(308.15, humidity, altitude=0.0) - 273.15, 2)
    23.93
    """
    saturated = saturated_humidity_ratio(dry_bulb, altitude)
    within("humidity_ratio", humidity_ratio, 0.0, saturated * (1.0 + 1e-12), "kg/kg")
    return _where(lambda wet: _from_wet_bulb(dry_bulb, wet, altitude) >= humidity_ratio, COLDEST_AIR, dry_bulb)


@recorded
def dew_point(humidity_ratio: float, altitude: float) -> float:
    """How cold a surface may be before water condenses on it.

    Parameters
    ----------
    humidity_ratio
        Water per dry air, 1e-9 or more, at most that of saturated air at 343.15 K. [kg/kg]
    altitude
        Altitude of the site, -500 to 5,000 m. [m]

    Returns
    -------
    float
        Absolute dew point, below freezing the frost point. [K]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above, or the dew point is below 213.15 K.

    Notes
    -----
    The temperature at which p_ws(T) is the vapour pressure p W / (0.621945 + W) [1]_, by bisection.

    References
    ----------
    .. [1] ASHRAE Handbook: Fundamentals (2017, SI), chapter 1, equations 5, 6 and 36.

    Examples
    --------
    >>> humidity = humidity_from_relative(298.15, relative_humidity=0.5, altitude=0.0)
    >>> round(dew_point(humidity, altitude=0.0) - 273.15, 1)
    13.9
    """
    within("humidity_ratio", humidity_ratio, LOWEST_VAPOUR_RATIO, None, "kg/kg")
    vapour = standard_pressure(altitude) * humidity_ratio / (MASS_RATIO + humidity_ratio)
    within("vapour pressure", vapour, saturation_pressure(COLDEST_AIR), saturation_pressure(HOTTEST_AIR), "Pa")
    return _where(lambda point: saturation_pressure(point) >= vapour, COLDEST_AIR, HOTTEST_AIR)


@recorded
def enthalpy(dry_bulb: float, humidity_ratio: float) -> float:
    """How much heat moist air holds, counted from dry air and water at 0 degC.

    Parameters
    ----------
    dry_bulb
        Absolute temperature of the air, 213.15 to 343.15 K. [K]
    humidity_ratio
        Water per dry air, zero or more. [kg/kg]

    Returns
    -------
    float
        Enthalpy per dry air. [J/kg]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    h = 1.006 t + W (2501 + 1.86 t) kJ/kg, t in degC [1]_.

    References
    ----------
    .. [1] ASHRAE Handbook: Fundamentals (2017, SI), chapter 1, equation 30.

    Examples
    --------
    >>> round(enthalpy(308.15, humidity_ratio=0.01414))
    71495
    """
    within("dry_bulb", dry_bulb, COLDEST_AIR, HOTTEST_AIR, "K")
    within("humidity_ratio", humidity_ratio, 0.0, None, "kg/kg")
    dry = dry_bulb - FREEZING
    return 1e3 * (1.006 * dry + humidity_ratio * (2501.0 + 1.86 * dry))


@recorded
def latent_heat(temperature: float) -> float:
    """How much heat evaporating water takes up.

    Parameters
    ----------
    temperature
        Absolute temperature of the water, 273.15 to 343.15 K. [K]

    Returns
    -------
    float
        Heat per water evaporated. [J/kg]

    Raises
    ------
    OutsideRange
        If the temperature lies outside the range above.

    Notes
    -----
    2501 + 1.86 t - 4.186 t kJ/kg, t in degC: vapour less water in the enthalpies of [1]_. Within 0.2 % of the steam
    tables up to 60 degC.

    References
    ----------
    .. [1] ASHRAE Handbook: Fundamentals (2017, SI), chapter 1, equations 30 and 31.

    Examples
    --------
    >>> round(latent_heat(303.15), -3)
    2431000.0
    """
    within("temperature", temperature, FREEZING, HOTTEST_AIR, "K")
    return 1e3 * (2501.0 - 2.326 * (temperature - FREEZING))


def _where(reached: Callable[[float], bool], low: float, high: float) -> float:
    """The lowest temperature at which a condition is reached that holds from there on."""
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high
