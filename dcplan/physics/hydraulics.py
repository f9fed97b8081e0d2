"""What pressure a flow needs, what flow a pump gives against it, and how long standing water holds a heat load.

Pure functions on SI floats. A pump is never credited with a flow or a head that its maker did not publish. A value
outside a function's range raises `OutsideRange`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from dcplan.physics.fluid import within
from dcplan.trace import recorded

ROUGH = 2.0
"""Exponent of pressure drop over flow in fully rough turbulence."""
SMOOTH = 1.75
"""Exponent of pressure drop over flow in smooth turbulence (Blasius)."""


class PumpPoint(NamedTuple):
    """One published point of a pump: head [Pa] outside the unit at a flow [m3/s]."""

    flow: float
    head: float


@recorded
def pressure_drop(flow: float, published_flow: float, published_drop: float) -> float:
    """What pressure a rack or a pipe takes at another flow than the published one.

    Parameters
    ----------
    flow
        Volume flow asked for, zero or more. [m3/s]
    published_flow
        Volume flow at which the drop is stated, above zero. [m3/s]
    published_drop
        Pressure drop at that flow, zero or more. [Pa]

    Returns
    -------
    float
        Pressure drop. [Pa]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    dp = dp_0 * (V / V_0) ** n. Turbulent flow lies between n = 1.75 in smooth passages (Blasius) and n = 2 in
    fully rough ones [1]_; the larger of the two results is returned, n = 2 above the published flow and 1.75
    below it, so that a drop is not understated whichever holds. Viscosity enters with its power of 0.25 at
    most: PG25 at 25 degC, 1.8 times as viscous as at 45 degC, takes up to 16 % more than stated at 45 degC.

    A GB300 NVL72 is published with 15.9/22.1/33.8/58.6/126.9 kPa at 59/71/89/119/177 L/min [2]_: from any one of
    these points the law gives every other one, never below it and at most 17 % above.

    References
    ----------
    .. [1] Idelchik, Handbook of Hydraulic Resistance, 4th ed., chapter 2: friction factor of smooth and of rough tubes.
    .. [2] Lenovo, NVIDIA GB300 NVL72 Rack Scale AI Product Guide (LP2357),
       https://lenovopress.lenovo.com/lp2357-lenovo-nvidia-gb300-nvl72-rack-scale-ai.

    Examples
    --------
    >>> round(pressure_drop(177.0 / 60_000, published_flow=119.0 / 60_000, published_drop=58_600.0), -2)  # Pa
    129600.0
    """
    within("flow", flow, 0.0, None, "m3/s")
    within("published_flow", published_flow, 1e-9, None, "m3/s")
    within("published_drop", published_drop, 0.0, None, "Pa")
    ratio = flow / published_flow
    return published_drop * float(ratio ** (ROUGH if ratio > 1.0 else SMOOTH))


@recorded
def flow_at_head(points: Sequence[PumpPoint], head: float) -> float:
    """What flow a pump gives against this pressure.

    Parameters
    ----------
    points
        Published points, at least one; head falls, or stays, as flow rises. Flows [m3/s] and heads [Pa] zero or more.
    head
        Pressure that the circuit outside the unit needs, zero or more. [Pa]

    Returns
    -------
    float
        Flow: the highest published one where the circuit needs less than the lowest published head, 0 where it
        needs more than the highest. [m3/s]

    Raises
    ------
    OutsideRange
        If a value lies outside the range above.
    ValueError
        If no point is given, or two points contradict each other.

    Notes
    -----
    Straight lines between published points; a centrifugal pump's head falls ever faster with flow [1]_, so a
    straight line between two points lies below its curve. Nothing is read beyond the first or the last point.

    References
    ----------
    .. [1] ANSI/HI 14.6, Rotodynamic Pumps for Hydraulic Performance Acceptance Tests: head over flow.

    Examples
    --------
    >>> points = [PumpPoint(0.020, 250e3), PumpPoint(0.030, 150e3)]
    >>> [round(flow_at_head(points, head), 3) for head in (100e3, 200e3, 250e3, 251e3)]
    [0.03, 0.025, 0.02, 0.0]
    """
    within("head", head, 0.0, None, "Pa")
    for point in points:
        within("flow of a pump point", point.flow, 0.0, None, "m3/s")
        within("head of a pump point", point.head, 0.0, None, "Pa")
    ordered = sorted(points, key=lambda point: (point.flow, -point.head))
    if not ordered:
        raise ValueError("a pump needs at least one published point")
    if any(first.flow == second.flow or first.head < second.head for first, second in pairwise(ordered)):
        raise ValueError("a pump's head must not rise with flow, and each flow is stated once")
    if head > ordered[0].head:
        return 0.0
    best = ordered[0].flow
    for first, second in pairwise(ordered):
        if head <= second.head:
            best = second.flow
        elif head <= first.head:
            best = first.flow + (second.flow - first.flow) * (first.head - head) / (first.head - second.head)
    return best


@recorded
def pump_power(flow: float, head: float, efficiency: float) -> float:
    """What a pump draws to move a flow against a head.

    Parameters
    ----------
    flow
        Volume flow, zero or more. [m3/s]
    head
        Pressure rise, zero or more. [Pa]
    efficiency
        Wire to water: pump, motor and drive together, 0.01 to 1. [1]

    Returns
    -------
    float
        Electrical power. [W]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    P = V * dp / efficiency [1]_. All of it ends as heat; in a closed loop nearly all of that in the water.

    References
    ----------
    .. [1] ASHRAE Handbook: HVAC Systems and Equipment, chapter 44, Centrifugal Pumps: pump power and wire-to-water
       efficiency.

    Examples
    --------
    100 L/s against 300 kPa at 70 % wire to water:

    >>> round(pump_power(0.100, head=300e3, efficiency=0.70))
    42857
    """
    within("flow", flow, 0.0, None, "m3/s")
    within("head", head, 0.0, None, "Pa")
    within("efficiency", efficiency, 0.01, 1.0, "1")
    return flow * head / efficiency


@recorded
def velocity(flow: float, diameter: float) -> float:
    """How fast a flow runs in a pipe.

    Parameters
    ----------
    flow
        Volume flow, zero or more. [m3/s]
    diameter
        Inner diameter, 0.01 to 5 m. [m]

    Returns
    -------
    float
        Mean velocity. [m/s]

    Raises
    ------
    OutsideRange
        If an argument lies outside the range above.

    Notes
    -----
    v = V / (pi / 4 * d ** 2). Water in steel mains is kept to 2.4 m/s against erosion, mains of water supply to
    3 m/s [1]_.

    References
    ----------
    .. [1] AIRAH Industry Directory 2016, design guidelines, velocity of water; it quotes AS/NZS 3500.1:2003,
       https://viewer.joomag.com/industry-directory-2016/0670788001470794359/p191.

    Examples
    --------
    170 L/s in a header of 300 mm:

    >>> round(velocity(0.170, diameter=0.300), 2)
    2.41
    """
    within("flow", flow, 0.0, None, "m3/s")
    within("diameter", diameter, 0.01, 5.0, "m")
    return flow / (math.pi / 4.0 * diameter**2)
