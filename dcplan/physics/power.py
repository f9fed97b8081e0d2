"""What electrical plant draws, loses, and can still supply after failures.

Pure functions on SI floats. Active power is in watts, apparent power in volt-amperes; the only bridge between
the two is an explicit power factor. A value outside a function's range raises `OutsideRange`; nothing is
clamped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from dcplan.physics.fluid import within
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
