"""Amperes: what a feed carries and may carry, and what a fault draws.

Pure functions on SI floats. A value outside a function's range raises `OutsideRange`; nothing is clamped.
"""

from __future__ import annotations

import math

from dcplan.physics.fluid import within
from dcplan.trace import recorded


@recorded
def single_phase_current(apparent: float, voltage: float) -> float:
    """What current flows in a single-phase feed.

    Parameters
    ----------
    apparent
        Apparent power of the feed, zero or more. [VA]
    voltage
        Across the feed, 50 V to 500 kV. [V]

    Returns
    -------
    float
        Root-mean-square current. [A]

    Raises
    ------
    OutsideRange
        If `apparent` is negative or `voltage` is not in 50 V to 500 kV.

    Notes
    -----
    I = S / U [1]_.

    References
    ----------
    .. [1] IEEE Std 1459-2010, Definitions for the Measurement of Electric Power Quantities, clause 3.1.

    Examples
    --------
    >>> single_phase_current(11_500.0, voltage=230.0)
    50.0
    """
    within("apparent", apparent, 0.0, None, "VA")
    within("voltage", voltage, 50.0, 500_000.0, "V")
    return apparent / voltage


_CONTINUOUS = {"nec_80": 0.8, "rated_100": 1.0, "iec": 1.0}


@recorded
def continuous_current(rating: float, rule: str) -> float:
    """What continuous load a breaker, a tap-off or a busway run may carry.

    Parameters
    ----------
    rating
        Rated current, zero or more. [A]
    rule
        `nec_80`, `rated_100` or `iec`.

    Returns
    -------
    float
        Continuous current. [A]

    Raises
    ------
    OutsideRange
        If `rating` is negative.
    KeyError
        If there is no such rule.

    Notes
    -----
    The NEC sizes an overcurrent device for 125 % of a load that lasts three hours or more, so that 80 % of the rating
    is left; assemblies listed for 100 % are exempt [1]_. IEC ratings are continuous [2]_.

    References
    ----------
    .. [1] NFPA 70 (NEC), 210.20(A) and 215.3, as quoted by Schneider Electric, Conductor Ampacity Tables,
       https://www.productinfo.schneider-electric.com/na-std-ref/5c0fee4b347bdf0001de4d55/.
    .. [2] IEC 60947-1, Low-voltage switchgear and controlgear: general rules, rated uninterrupted current.

    Examples
    --------
    >>> continuous_current(1200.0, "nec_80"), continuous_current(1250.0, "iec")
    (960.0, 1250.0)
    """
    within("rating", rating, 0.0, None, "A")
    return rating * _CONTINUOUS[rule]


_VOLTAGE_FACTOR = 1.05


@recorded
def transformer_fault_current(rating: float, voltage: float, impedance: float) -> float:
    """What a transformer feeds into a bolted three-phase fault at its secondary terminals.

    Parameters
    ----------
    rating
        Rated apparent power, zero or more. [VA]
    voltage
        Secondary voltage between two lines, 50 V to 500 kV. [V]
    impedance
        Short-circuit impedance on its own rating, 0.01 to 1. [-]

    Returns
    -------
    float
        Symmetrical current. [A]

    Raises
    ------
    OutsideRange
        If an argument lies outside its range.

    Notes
    -----
    I = c S / (sqrt(3) U z) with c = 1.05, the greatest voltage factor for low voltage [1]_: an infinite bus on the
    primary side, no impedance of conductors or arc. Both leave the current too high rather than too low. What motors
    and generators feed in comes on top.

    References
    ----------
    .. [1] IEC 60909-0:2016, Short-circuit currents in three-phase a.c. systems, table 1: greatest voltage factor for
       low voltage with a tolerance of +6 %.

    Examples
    --------
    >>> round(transformer_fault_current(2_500_000.0, voltage=480.0, impedance=0.0575))
    54911
    """
    within("rating", rating, 0.0, None, "VA")
    within("voltage", voltage, 50.0, 500_000.0, "V")
    within("impedance", impedance, 0.01, 1.0, "")
    return _VOLTAGE_FACTOR * rating / (math.sqrt(3.0) * voltage * impedance)
