"""What electrical plant draws, loses, and can still supply: at its site, and after failures.

Pure functions on SI floats. Active power is in watts, apparent power in volt-amperes; the only bridge between
the two is an explicit power factor. A value outside a function's range raises `OutsideRange`; nothing is
clamped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from dcplan.errors import OutsideRange
from dcplan.physics.fluid import COLDEST_AIR, HIGHEST_ALTITUDE, HOTTEST_AIR, LOWEST_ALTITUDE, within
from dcplan.trace import recorded


@recorded
def apparent_power(power: float, power_factor: float) -> float:
    """How much apparent power carries this active power.

    Parameters
    ----------
    power
        Active power, zero or more. [W]
    power_factor
        True power factor, displacement and distortion together, 0.01 to 1. [-]

    Returns
    -------
    float
        Apparent power. [VA]

    Raises
    ------
    OutsideRange
        If `power` is negative or `power_factor` is not in 0.01 to 1.

    Notes
    -----
    S = P / PF [1]_. Apparent powers of loads with different power factors do not add up exactly; adding them
    overstates the total, which is the safe side for plant.

    References
    ----------
    .. [1] IEEE Std 1459-2010, Definitions for the Measurement of Electric Power Quantities, clause 3.1: power
       factor is active power over apparent power.

    Examples
    --------
    >>> apparent_power(power=132_000.0, power_factor=0.96)
    137500.0
    """
    within("power", power, 0.0, None, "W")
    within("power_factor", power_factor, 0.01, 1.0, "")
    return power / power_factor


@recorded
def real_power(apparent: float, power_factor: float) -> float:
    """How much active power this apparent power carries.

    Parameters
    ----------
    apparent
        Apparent power, zero or more. [VA]
    power_factor
        True power factor, 0.01 to 1. [-]

    Returns
    -------
    float
        Active power. [W]

    Raises
    ------
    OutsideRange
        If `apparent` is negative or `power_factor` is not in 0.01 to 1.

    Notes
    -----
    P = S * PF [1]_, the inverse of `apparent_power`.

    References
    ----------
    .. [1] IEEE Std 1459-2010, Definitions for the Measurement of Electric Power Quantities, clause 3.1.

    Examples
    --------
    >>> real_power(apparent=3_125_000.0, power_factor=0.8)
    2500000.0
    """
    within("apparent", apparent, 0.0, None, "VA")
    within("power_factor", power_factor, 0.01, 1.0, "")
    return apparent * power_factor


@recorded
def three_phase_current(apparent: float, line_voltage: float) -> float:
    """What current flows in each line of a balanced three-phase feed.

    Parameters
    ----------
    apparent
        Apparent power of all three phases together, zero or more. [VA]
    line_voltage
        Voltage between two lines, 50 V to 500 kV. [V]

    Returns
    -------
    float
        Root-mean-square current of one line. [A]

    Raises
    ------
    OutsideRange
        If `apparent` is negative or `line_voltage` is not in 50 V to 500 kV.

    Notes
    -----
    I = S / (sqrt(3) * U) [1]_. Balanced load only: with unequal phases the heaviest line carries more.

    References
    ----------
    .. [1] IEEE Std 1459-2010, Definitions for the Measurement of Electric Power Quantities, clause 3.2:
       three-phase systems, balanced case.

    Examples
    --------
    A rack provisioned at 142 kVA, fed at 415 V and at 480 V:

    >>> round(three_phase_current(apparent=142_000.0, line_voltage=415.0), 1)
    197.6
    >>> round(three_phase_current(apparent=142_000.0, line_voltage=480.0), 1)
    170.8
    """
    within("apparent", apparent, 0.0, None, "VA")
    within("line_voltage", line_voltage, 50.0, 500_000.0, "V")
    return apparent / (math.sqrt(3.0) * line_voltage)


@recorded
def input_power(output: float, efficiency: float) -> float:
    """What a stage draws to deliver this output.

    Parameters
    ----------
    output
        Active power delivered, zero or more. [W]
    efficiency
        Efficiency at that load, 0.01 to 1. [-]

    Returns
    -------
    float
        Active power drawn. [W]

    Raises
    ------
    OutsideRange
        If `output` is negative or `efficiency` is not in 0.01 to 1.

    Notes
    -----
    input = output / efficiency [1]_. The efficiency is the one at this load. Losses that remain at zero
    output (transformer iron, a UPS at idle) cannot be put into an efficiency: add those to the output
    instead. Battery recharge is added to what this function returns.

    References
    ----------
    .. [1] IEC 62040-3:2021, Uninterruptible power systems: method of specifying performance, where efficiency
       is output over input active power with no energy going into or out of storage.

    Examples
    --------
    >>> round(input_power(output=1_500_000.0, efficiency=0.97))
    1546392
    """
    within("output", output, 0.0, None, "W")
    within("efficiency", efficiency, 0.01, 1.0, "")
    return output / efficiency


@recorded
def loss(output: float, efficiency: float) -> float:
    """What a stage turns into heat where it stands.

    Parameters
    ----------
    output
        Active power delivered, zero or more. [W]
    efficiency
        Efficiency at that load, 0.01 to 1. [-]

    Returns
    -------
    float
        Heat released by the stage. [W]

    Raises
    ------
    OutsideRange
        If `output` is negative or `efficiency` is not in 0.01 to 1.

    Notes
    -----
    loss = input - output [1]_, so that input = output + loss. Same limits of validity as
    `input_power`.

    References
    ----------
    .. [1] IEC 62040-3:2021, Uninterruptible power systems: method of specifying performance.

    Examples
    --------
    >>> round(loss(output=1_500_000.0, efficiency=0.97))
    46392
    """
    return input_power(output, efficiency) - output


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


@recorded
def failure_sets(units: int, failures: int) -> Iterator[tuple[int, ...]]:
    """Which units may be out of service together.

    Parameters
    ----------
    units
        How many units there are, zero or more. [-]
    failures
        How many fail at once, zero or more. [-]

    Returns
    -------
    Iterator[tuple[int, ...]]
        Each set of failed units, as ascending indices from 0; at least one set. With no failures that set is
        empty; with as many failures as units, or more, all units are in it.

    Raises
    ------
    OutsideRange
        If `units` or `failures` is negative.

    Notes
    -----
    The combinations of `failures` out of `units`. N+k by unit means that the load is carried in every one of
    them [1]_.

    References
    ----------
    .. [1] Uptime Institute, Tier Standard: Topology: redundant capacity components.

    Examples
    --------
    >>> list(failure_sets(units=3, failures=2))
    [(0, 1), (0, 2), (1, 2)]
    >>> list(failure_sets(units=2, failures=0))
    [()]
    """
    within("units", units, 0, None, "")
    within("failures", failures, 0, None, "")
    return combinations(range(units), min(failures, units))


@recorded
def supply_after_failures(capacities: Sequence[float], failures: int) -> float:
    """What units in parallel still supply when any `failures` of them are out.

    Parameters
    ----------
    capacities
        Capacity of each unit, zero or more. [W]
    failures
        How many units fail at once, zero or more. [-]

    Returns
    -------
    float
        Supply in the worst case. [W]

    Raises
    ------
    OutsideRange
        If a capacity or `failures` is negative.

    Notes
    -----
    Sum of all capacities less the `failures` largest: losing the largest units is the worst of all failure
    sets, so this equals the minimum over `failure_sets`. With as many failures as units, or more, nothing is
    left and the answer is 0. Holds where any survivor can take the load (a shared bus). Works as well for
    flow or apparent power.

    References
    ----------
    .. [1] Uptime Institute, Tier Standard: Topology: N is the capacity that carries the load, N+k what
       carries it with k units out.

    Examples
    --------
    >>> supply_after_failures([2_500_000.0, 2_500_000.0, 2_000_000.0], failures=1)
    4500000.0
    """
    within("failures", failures, 0, None, "")
    for capacity in capacities:
        within("capacity", capacity, 0.0, None, "")
    return math.fsum(sorted(capacities)[: max(0, len(capacities) - failures)])
