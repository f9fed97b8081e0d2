"""What a stage loses at part load, and the straight line that never understates it.

Losses do not fall in proportion to the load: iron, fans and controls stay. Makers publish a few points; between them
the straight line is taken, below the lowest the losses are held, above the highest there is no answer. Plans need
something linear: a fixed amount per unit and an amount per load, which together are nowhere below the curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dcplan.errors import OutsideRange
from dcplan.physics.fluid import within
from dcplan.trace import recorded


@dataclass(frozen=True)
class PartLoad:
    """What one unit takes (losses, fuel) at several loads.

    Parameters
    ----------
    points
        (load, amount), loads rising and above zero, amounts zero or more. [W or VA, any]

    Raises
    ------
    OutsideRange
        If there is no point, if loads do not rise, or if an amount is negative.

    Examples
    --------
    >>> PartLoad(((500e3, 20e3), (1000e3, 30e3))).rating
    1000000.0
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        """Refuse what is not a curve."""
        within("number of points", len(self.points), 1, None, "")
        for load, amount in self.points:
            within("amount", amount, 0.0, None, "")
            if load <= 0.0:
                raise OutsideRange("load of a point", load, 0.0, None, "")
        for (before, _), (after, _) in pairwise(self.points):
            if after <= before:
                raise OutsideRange("load of the next point", after, before, None, "")

    @property
    def rating(self) -> float:
        """The highest load that is published."""
        return self.points[-1][0]


@dataclass(frozen=True)
class Line:
    """A straight line over a load.

    Parameters
    ----------
    fixed
        What each unit takes at no load. [any]
    slope
        What is added per load. [any per W or VA]

    Examples
    --------
    >>> Line(fixed=10e3, slope=0.02).slope
    0.02
    """

    fixed: float
    slope: float


@recorded
def ups_losses(rating: float, efficiencies: Sequence[tuple[float, float]]) -> PartLoad:
    """What a UPS module loses at the loads at which its efficiency is published.

    Parameters
    ----------
    rating
        Output the shares refer to, above zero. [W]
    efficiencies
        (share of the rating, efficiency there), shares rising, the last one 1; efficiency 0.01 to 1. [-]

    Returns
    -------
    PartLoad
        Losses by output. [W]

    Raises
    ------
    OutsideRange
        If a share is not in 0.01 to 1, an efficiency not in 0.01 to 1, or the last share is not 1.

    Notes
    -----
    loss = output / efficiency - output at each point [1]_. No efficiency is carried to a load at which none was
    published: an efficiency at half load says nothing about full load, where losses in the conductors are four times
    as high.

    References
    ----------
    .. [1] IEC 62040-3:2021, Uninterruptible power systems: efficiency is declared at 25, 50, 75 and 100 % of the
       rated load, without energy into storage.

    Examples
    --------
    >>> curve = ups_losses(1_000_000.0, [(0.25, 0.94), (0.5, 0.96), (0.75, 0.965), (1.0, 0.96)])
    >>> [round(loss) for _, loss in curve.points]
    [15957, 20833, 27202, 41667]
    """
    for share, efficiency in efficiencies:
        within("share of the rating", share, 0.01, 1.0, "")
        within("efficiency", efficiency, 0.01, 1.0, "")
    within("highest published share of the rating", efficiencies[-1][0] if efficiencies else 0.0, 1.0, 1.0, "")
    return PartLoad(tuple((rating * share, rating * share * (1.0 / eta - 1.0)) for share, eta in efficiencies))


@recorded
def part_load(curve: PartLoad, load: float) -> float:
    """What one unit takes at a load.

    Parameters
    ----------
    curve
        Published points.
    load
        Load of the unit, zero to its highest published load. [W or VA]

    Returns
    -------
    float
        Amount at that load, in the unit of the curve.

    Raises
    ------
    OutsideRange
        If `load` is negative or above the highest published point.

    Notes
    -----
    A straight line between two points, in absolute amounts (watts, litres per hour), not in efficiencies; true curves
    sag below it, since losses grow faster than the load [1]_. Below the lowest point its amount is held, which is
    never too little.

    References
    ----------
    .. [1] IEC 62040-3:2021, Uninterruptible power systems: efficiency by load.

    Examples
    --------
    >>> curve = PartLoad(((500e3, 20e3), (1000e3, 30e3)))
    >>> part_load(curve, 750e3), part_load(curve, 100e3)
    (25000.0, 20000.0)
    """
    within("load", load, 0.0, curve.rating, "")
    if load <= curve.points[0][0]:
        return curve.points[0][1]
    for (low, at_low), (high, at_high) in pairwise(curve.points):
        if load <= high:
            return at_low + (at_high - at_low) * (load - low) / (high - low)
    return curve.points[-1][1]


@recorded
def line_above(curve: PartLoad) -> Line:
    """The line that never understates a curve, whatever share of a load each unit takes.

    Parameters
    ----------
    curve
        Published points.

    Returns
    -------
    Line
        Its fixed part is the amount at the lowest point.

    Notes
    -----
    fixed = amount of the lowest point; slope = the largest of (amount - fixed) / load over all points, zero at the
    least. The curve is straight between its points, so a line above the points is above the curve. n units that share
    a load P take n * curve(P / n) <= n * fixed + slope * P, for any n that carries P: also with units out of service.

    Examples
    --------
    >>> line = line_above(PartLoad(((250e3, 16e3), (500e3, 21e3), (1000e3, 42e3))))
    >>> round(line.fixed), round(line.slope, 3)
    (16000, 0.026)
    """
    fixed = curve.points[0][1]
    return Line(fixed, max(0.0, *((amount - fixed) / load for load, amount in curve.points)))


@recorded
def transformer_losses(rating: float, no_load: float, load_loss: float, load: float) -> float:
    """What a transformer loses at a load.

    Parameters
    ----------
    rating
        Rated apparent power, above zero. [VA]
    no_load
        No-load loss, zero or more. [W]
    load_loss
        Load loss at rated load and reference temperature, zero or more. [W]
    load
        Apparent power delivered, zero to the rating. [VA]

    Returns
    -------
    float
        Losses. [W]

    Raises
    ------
    OutsideRange
        If a loss is negative, the rating not above zero, or `load` not between zero and the rating.

    Notes
    -----
    loss = no_load + load_loss * (load / rating)^2 [1]_ [2]_. Harmonic currents add eddy losses that this leaves out.

    References
    ----------
    .. [1] IEEE Std C57.12.00-2021, General Requirements for Liquid-Immersed Transformers: no-load and load losses.
    .. [2] 10 CFR 431 subpart K appendix A, efficiency of distribution transformers at 50 % load,
       https://www.ecfr.gov/current/title-10/section-431.196.

    Examples
    --------
    >>> transformer_losses(2_500_000.0, no_load=2_800.0, load_loss=11_400.0, load=1_250_000.0)
    5650.0
    """
    within("no_load", no_load, 0.0, None, "W")
    within("load_loss", load_loss, 0.0, None, "W")
    within("rating", rating, 1.0, None, "VA")
    within("load", load, 0.0, rating, "VA")
    return no_load + load_loss * (load / rating) ** 2


@recorded
def transformer_line(rating: float, no_load: float, load_loss: float) -> Line:
    """The line that never understates a transformer's losses up to its rating.

    Parameters
    ----------
    rating
        Rated apparent power, above zero. [VA]
    no_load
        No-load loss, zero or more. [W]
    load_loss
        Load loss at rated load, zero or more. [W]

    Returns
    -------
    Line
        Watts per unit, and watts per volt-ampere delivered.

    Raises
    ------
    OutsideRange
        If a loss is negative or the rating is not above zero.

    Notes
    -----
    The chord from no load to rated load: (load / rating)^2 <= load / rating up to the rating.

    Examples
    --------
    >>> transformer_line(2_500_000.0, no_load=2_800.0, load_loss=10_000.0)
    Line(fixed=2800.0, slope=0.004)
    """
    within("no_load", no_load, 0.0, None, "W")
    within("load_loss", load_loss, 0.0, None, "W")
    within("rating", rating, 1.0, None, "VA")
    return Line(no_load, load_loss / rating)


@recorded
def overload(points: Sequence[tuple[float, float]], time: float) -> float:
    """What share of its rating a stage carries for a time.

    Parameters
    ----------
    points
        (share of the rating, time for which it is carried), each share 1 or more. [-, any]
    time
        How long the load lasts, zero or more, in the unit of the points. [any]

    Returns
    -------
    float
        The largest published share that is carried for so long; 1 where there is none. [-]

    Raises
    ------
    OutsideRange
        If a share is below 1 or a time is negative.

    Notes
    -----
    Steps, no interpolation: a load between two published points is carried for the time of the larger one at the least.

    References
    ----------
    .. [1] IEC 62040-3:2021, Uninterruptible power systems: overload capability is declared as load and time.

    Examples
    --------
    A UPS that carries 125 % for 10 min and 150 % for 1 min, and a peak of 2 min:

    >>> overload([(1.25, 600.0), (1.5, 60.0)], time=120.0)
    1.25
    """
    within("time", time, 0.0, None, "")
    for share, carried in points:
        within("share of the rating", share, 1.0, None, "")
        within("time of a point", carried, 0.0, None, "")
    return max([1.0, *(share for share, carried in points if carried >= time)])
