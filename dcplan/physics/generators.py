"""What an engine-generator set delivers at its site and in its rating class, what it burns and what it emits.

Pure functions on SI floats. A set has no overload allowance. A value outside a function's range raises `OutsideRange`;
nothing is clamped.
"""

from __future__ import annotations

from dataclasses import dataclass

from dcplan.errors import OutsideRange
from dcplan.physics.fluid import COLDEST_AIR, HIGHEST_ALTITUDE, HOTTEST_AIR, LOWEST_ALTITUDE, within
from dcplan.physics.losses import PartLoad, part_load
from dcplan.trace import recorded


@dataclass(frozen=True)
class Derating:
    """How the rating of an engine or an alternator falls above an altitude and above an air temperature.

    Parameters
    ----------
    altitude_knee
        Altitude up to which the full rating holds. [m]
    altitude_slope
        Share of the rating lost per metre above the knee, zero or more. [1/m]
    temperature_knee
        Air temperature, absolute, up to which the full rating holds. [K]
    temperature_slope
        Share of the rating lost per kelvin above the knee, zero or more. [1/K]

    Raises
    ------
    OutsideRange
        If a knee lies outside -500 to 5,000 m or 213.15 to 343.15 K, or a slope is negative or above 1.

    Examples
    --------
    A Stamford alternator: 3 % per 500 m above 1,000 m and 3 % per 5 K above 40 degC.

    >>> stamford = Derating(
    ...     altitude_knee=1_000.0,
    ...     altitude_slope=0.03 / 500.0,
    ...     temperature_knee=313.15,
    ...     temperature_slope=0.03 / 5.0,
    ... )
    >>> stamford.temperature_slope
    0.006
    """

    altitude_knee: float
    altitude_slope: float
    temperature_knee: float
    temperature_slope: float

    def __post_init__(self) -> None:
        """Refuse knees and slopes that no machine has."""
        within("altitude_knee", self.altitude_knee, LOWEST_ALTITUDE, HIGHEST_ALTITUDE, "m")
        within("altitude_slope", self.altitude_slope, 0.0, 1.0, "1/m")
        within("temperature_knee", self.temperature_knee, COLDEST_AIR, HOTTEST_AIR, "K")
        within("temperature_slope", self.temperature_slope, 0.0, 1.0, "1/K")


@recorded
def derating_factor(derating: Derating, altitude: float, temperature: float) -> float:
    """What share of its rating a machine keeps at this altitude and air temperature.

    Parameters
    ----------
    derating
        Knees and slopes of the machine.
    altitude
        Altitude of the site, -500 to 5,000 m. [m]
    temperature
        Air temperature at the machine, absolute, 213.15 to 343.15 K. [K]

    Returns
    -------
    float
        Remaining share of the rating, above 0 and at most 1. [-]

    Raises
    ------
    OutsideRange
        If altitude or temperature lie outside the range above, or if nothing of the rating is left.

    Notes
    -----
    factor = (1 - a * max(0, z - z_knee)) * (1 - b * max(0, T - T_knee)); the two terms multiply, as the
    alternator maker prescribes [1]_. Below a knee its term is 1: cool air never adds to a rating. Real curves
    bend: the two slopes hold near the knees for which the maker gives them, and a site far beyond needs the
    maker's own figure.

    References
    ----------
    .. [1] Stamford, alternator derating sheet, https://www.scribd.com/document/379385487/Derating-Stamford.
    .. [2] Cummins, QSK23-G3 engine data sheet FR-50011, power derate curves (3.4 % per 300 m and 20 % per 10
       K past the knee),
       https://studylib.net/doc/18053321/power-derate-curves-@-1500-rpm-engine-performance-data.

    Examples
    --------
    >>> stamford = Derating(1_000.0, 0.03 / 500.0, 313.15, 0.03 / 5.0)
    >>> round(derating_factor(stamford, altitude=1_500.0, temperature=318.15), 4)
    0.9409
    """
    within("altitude", altitude, LOWEST_ALTITUDE, HIGHEST_ALTITUDE, "m")
    within("temperature", temperature, COLDEST_AIR, HOTTEST_AIR, "K")
    by_altitude = 1.0 - derating.altitude_slope * max(0.0, altitude - derating.altitude_knee)
    by_temperature = 1.0 - derating.temperature_slope * max(0.0, temperature - derating.temperature_knee)
    # two negative terms have a positive product: each must be above zero by itself
    factor = min(by_altitude, by_temperature, by_altitude * by_temperature)
    if factor <= 0.0:
        raise OutsideRange("share of the rating left after derating", factor, 0.0, 1.0, "")
    return factor


@recorded
def generator_rating(
    power: float, engine: Derating | None, alternator: Derating | None, altitude: float, temperature: float
) -> float:
    """What a generator set delivers at its site.

    Parameters
    ----------
    power
        Rating on the name plate, zero or more. [W]
    engine
        Derating of the engine, or None if it keeps its rating at this site.
    alternator
        Derating of the alternator, or None likewise.
    altitude
        Altitude of the site, -500 to 5,000 m. [m]
    temperature
        Air temperature at the set, absolute, 213.15 to 343.15 K. [K]

    Returns
    -------
    float
        Rating at the site. [W]

    Raises
    ------
    OutsideRange
        If `power` is negative, if altitude or temperature lie outside the range above, or if nothing of the
        rating is left.

    Notes
    -----
    rating = power * min(engine factor, alternator factor): the two stand in series, so the weaker one
    governs; they are not multiplied, since both are referred to the same name plate. ISO 8528-1 [1]_ makes
    site altitude and temperature part of a set's rating; the slopes are the makers' own (see
    `derating_factor`).

    References
    ----------
    .. [1] ISO 8528-1:2018, Reciprocating internal combustion engine driven alternating current generating
       sets: application, ratings and performance.

    Examples
    --------
    At 40 degC and 1,200 m the engine governs:

    >>> engine = Derating(300.0, 0.034 / 300.0, 313.15, 0.02)
    >>> alternator = Derating(1_000.0, 0.03 / 500.0, 313.15, 0.03 / 5.0)
    >>> round(generator_rating(2_500_000.0, engine, alternator, altitude=1_200.0, temperature=313.15))
    2245000
    """
    within("power", power, 0.0, None, "W")
    within("altitude", altitude, LOWEST_ALTITUDE, HIGHEST_ALTITUDE, "m")
    within("temperature", temperature, COLDEST_AIR, HOTTEST_AIR, "K")
    machines = [machine for machine in (engine, alternator) if machine is not None]
    return power * min((derating_factor(machine, altitude, temperature) for machine in machines), default=1.0)


@dataclass(frozen=True)
class ClassLimits:
    """What a rating class allows.

    Parameters
    ----------
    average
        Permissible average over 24 h of operation, as a share of the rating. [-]
    hours
        Hours of operation per year; None where they are not limited. [h]

    Examples
    --------
    >>> ClassLimits(average=0.7, hours=200.0).average
    0.7
    """

    average: float
    hours: float | None


_CLASSES = {
    "ESP": ClassLimits(average=0.7, hours=200.0),
    "PRP": ClassLimits(average=0.7, hours=None),
    "DCC": ClassLimits(average=1.0, hours=None),
    "COP": ClassLimits(average=1.0, hours=None),
}


@recorded
def class_limits(rating_class: str) -> ClassLimits:
    """What average load and how many hours a year a rating class allows.

    Parameters
    ----------
    rating_class
        `ESP` (emergency standby), `PRP` (prime), `DCC` (data centre) or `COP` (continuous).

    Returns
    -------
    ClassLimits
        Average over 24 h of operation, and hours per year.

    Raises
    ------
    KeyError
        If there is no such class.

    Notes
    -----
    The average counts hours of operation only, so a short outage does not dilute it [1]_ [2]_. A maker may agree to a
    higher average: its figure goes before this one. GPU load hardly varies, so a set of class ESP or PRP then carries
    little more than its average.

    References
    ----------
    .. [1] ISO 8528-1:2018, Reciprocating internal combustion engine driven alternating current generating sets:
       power ratings ESP, PRP, DCP and COP.
    .. [2] Atlas Copco, instruction manual of a QAS set, rating definitions after ISO 8528-1,
       https://manualshive.com/ru/manual/atlas-copco/4045hfg81/3001959?page=95.

    Examples
    --------
    >>> class_limits("ESP")
    ClassLimits(average=0.7, hours=200.0)
    """
    return _CLASSES[rating_class]


@recorded
def fuel_burnt(curve: PartLoad, load: float, seconds: float) -> float:
    """What one set burns in a time.

    Parameters
    ----------
    curve
        Published consumption by load. [W, m3/s]
    load
        Load of the set, zero to its highest published load. [W]
    seconds
        Time, zero or more. [s]

    Returns
    -------
    float
        Fuel. [m3]

    Raises
    ------
    OutsideRange
        If `load` is beyond the published points or `seconds` is negative.

    Notes
    -----
    Consumption at the load times the time; at a reduced load as `part_load` reads the curve: straight between points,
    held below the lowest.

    References
    ----------
    .. [1] ISO 3046-1:2002, Reciprocating internal combustion engines: declarations of power and fuel consumption.

    Examples
    --------
    A Cat C15 of 500 ekW, 24 h at half load:

    >>> litres = 1e-3 / 3600.0
    >>> c15 = PartLoad(((250e3, 71.3 * litres), (500e3, 137.0 * litres)))
    >>> round(fuel_burnt(c15, load=250e3, seconds=86_400.0) * 1000.0)
    1711
    """
    within("seconds", seconds, 0.0, None, "s")
    return part_load(curve, load) * seconds


@recorded
def emitted(engine_power: float, specific: float, seconds: float) -> float:
    """What one engine emits in the hours that it is permitted to run.

    Parameters
    ----------
    engine_power
        Rated mechanical power, zero or more. [W]
    specific
        Emission per work done, zero or more. [kg/J]
    seconds
        Permitted time, zero or more. [s]

    Returns
    -------
    float
        Mass emitted. [kg]

    Raises
    ------
    OutsideRange
        If an argument is negative.

    Notes
    -----
    mass = power * specific emission * time: the potential to emit, at full load through all permitted hours [1]_.

    References
    ----------
    .. [1] 40 CFR 52.21(b)(4), potential to emit: maximum capacity under its physical and operational design, limits on
       hours of operation being part of the design, https://www.ecfr.gov/current/title-40/section-52.21.

    Examples
    --------
    An engine of 2,700 kW at 6.4 g/kWh through 100 h:

    >>> round(emitted(2_700e3, 6.4e-3 / 3.6e6, 100 * 3600.0))
    1728
    """
    within("engine_power", engine_power, 0.0, None, "W")
    within("specific", specific, 0.0, None, "kg/J")
    within("seconds", seconds, 0.0, None, "s")
    return engine_power * specific * seconds


@recorded
def sets_to_run(load: float, rating: float, minimum: float, installed: int) -> int:
    """How many like sets may share a load with each of them at its minimum load or above.

    Parameters
    ----------
    load
        Load shared, zero or more. [W]
    rating
        Rating of one set, above zero. [W]
    minimum
        Least share of its rating at which a set may run for long, 0.01 to 1. [-]
    installed
        Sets there are, zero or more. [-]

    Returns
    -------
    int
        At most `installed`; 0 where even one set would run below its minimum.

    Raises
    ------
    OutsideRange
        If an argument lies outside its range.

    Notes
    -----
    floor(load / (minimum * rating)). Diesel engines that run for long below some 30 % of their rating gather unburnt
    fuel in the exhaust [1]_; sets are shed, or a load bank makes up the rest.

    References
    ----------
    .. [1] NFPA 110, Standard for Emergency and Standby Power Systems: exercise at 30 % of the name plate or above.

    Examples
    --------
    >>> sets_to_run(load=1_000e3, rating=1_000e3, minimum=0.3, installed=4)
    3
    """
    within("load", load, 0.0, None, "W")
    within("rating", rating, 1.0, None, "W")
    within("minimum", minimum, 0.01, 1.0, "")
    within("installed", installed, 0, None, "")
    return min(installed, int(load / (minimum * rating) * (1 + 1e-12)))
