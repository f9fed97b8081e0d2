"""What a chiller does at this site's air and water, by its published points alone.

Pure functions on SI floats; temperatures are absolute [K].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dcplan.errors import OutsideRange
from dcplan.physics.cooling import COLDEST_WATER, HOTTEST_WATER, SAME_TEMPERATURE
from dcplan.physics.fluid import COLDEST_AIR, HOTTEST_AIR, within
from dcplan.trace import recorded


@dataclass(frozen=True)
class ChillerPoint:
    """What an air-cooled chiller does at one ambient and one leaving-water temperature.

    Parameters
    ----------
    ambient
        Absolute temperature of the air entering, 213.15 to 343.15 K. [K]
    water
        Absolute temperature of the water leaving, 253.15 to 373.15 K. [K]
    capacity
        Heat taken from the water, zero or more. [W]
    power
        Electric power drawn by compressors and fans at that capacity, zero or more. [W]

    Raises
    ------
    OutsideRange
        If a field lies outside the range above.

    Examples
    --------
    >>> ChillerPoint(ambient=308.15, water=280.15, capacity=1_500_000.0, power=480_000.0).power
    480000.0
    """

    ambient: float
    water: float
    capacity: float
    power: float

    def __post_init__(self) -> None:
        """Refuse what no air-cooled chiller does."""
        within("ambient", self.ambient, COLDEST_AIR, HOTTEST_AIR, "K")
        within("water", self.water, COLDEST_WATER, HOTTEST_WATER, "K")
        within("capacity", self.capacity, 0.0, None, "W")
        within("power", self.power, 0.0, None, "W")


@recorded
def chiller_rating(points: Sequence[ChillerPoint], ambient: float, water: float) -> ChillerPoint:
    """What a chiller does at this ambient and leaving-water temperature, by its published points alone.

    Parameters
    ----------
    points
        Published points, in any order, at one or more leaving-water temperatures.
    ambient
        Absolute temperature of the air entering, up to the hottest published for the water used. [K]
    water
        Absolute temperature asked of the leaving water, from the coldest to the warmest published. [K]

    Returns
    -------
    ChillerPoint
        The point at `ambient` and `water`: capacity available, and power drawn at that capacity.

    Raises
    ------
    OutsideRange
        If `ambient` is hotter, or `water` colder or warmer, than the points reach.
    ValueError
        If there is no point, two points share ambient and water, or a hotter ambient is published with more
        capacity or less power.

    Notes
    -----
    Linear between neighbouring ambients at one leaving-water temperature, between published ratings [1]_
    only. In between water is taken at the warmest published temperature not warmer than asked, as warmer
    leaving water does not cost a chiller capacity; water warmer than all of them is outside the envelope, as a
    compressor has a highest suction temperature. An ambient cooler than the coolest point takes the coolest
    point. Full load: part-load power is not in these points.

    References
    ----------
    .. [1] ANSI/AHRI Standard 551/591 (SI), Performance Rating of Water-chilling and Heat Pump Water-heating
       Packages Using the Vapor Compression Cycle: what a published rating states.

    Examples
    --------
    >>> points = [
    ...     ChillerPoint(ambient=308.15, water=291.15, capacity=1_500_000.0, power=400_000.0),
    ...     ChillerPoint(ambient=318.15, water=291.15, capacity=1_300_000.0, power=480_000.0),
    ... ]
    >>> found = chiller_rating(points, ambient=313.15, water=291.15)
    >>> round(found.capacity), round(found.power)
    (1400000, 440000)
    """
    curve = _curve_at(points, water)
    if ambient > curve[-1].ambient + SAME_TEMPERATURE:
        raise OutsideRange("ambient", ambient, COLDEST_AIR, curve[-1].ambient, "K")
    capacity, power = _between(curve, ambient)
    return ChillerPoint(ambient=ambient, water=water, capacity=capacity, power=power)


def _between(curve: Sequence[ChillerPoint], ambient: float) -> tuple[float, float]:
    """Capacity and power on the line between the neighbouring points; those of the end point beyond it."""
    hotter = next((point for point in curve if point.ambient >= ambient), curve[-1])
    cooler = next((point for point in reversed(curve) if point.ambient <= ambient), curve[0])
    gap = hotter.ambient - cooler.ambient
    share = (ambient - cooler.ambient) / gap if gap > 0.0 else 0.0
    return (
        cooler.capacity + (hotter.capacity - cooler.capacity) * share,
        cooler.power + (hotter.power - cooler.power) * share,
    )


def _curve_at(points: Sequence[ChillerPoint], water: float) -> list[ChillerPoint]:
    """Points at the warmest published water that is not warmer than asked, by rising ambient, checked."""
    if not points:
        raise ValueError("a chiller needs at least one published point")
    for published in sorted({point.water for point in points}):
        _refuse_contradictions(_at_water(points, published))
    usable = [point.water for point in points if point.water <= water + SAME_TEMPERATURE]
    coldest, warmest = min(point.water for point in points), max(point.water for point in points)
    if not usable or water > warmest + SAME_TEMPERATURE:
        raise OutsideRange("water", water, coldest, warmest, "K")
    return _at_water(points, max(usable))


def _at_water(points: Sequence[ChillerPoint], water: float) -> list[ChillerPoint]:
    """Points at one leaving-water temperature, by rising ambient."""
    same = [point for point in points if abs(point.water - water) <= SAME_TEMPERATURE]
    return sorted(same, key=lambda point: point.ambient)


def _refuse_contradictions(curve: Sequence[ChillerPoint]) -> None:
    """Refuse a curve on which hotter air helps, or which has two points at one ambient."""
    for cooler, hotter in pairwise(curve):
        place = f"chiller points at water {cooler.water:g} K"
        if hotter.ambient - cooler.ambient <= SAME_TEMPERATURE:
            raise ValueError(f"{place}: two at ambient {cooler.ambient:g} K")
        if hotter.capacity > cooler.capacity:
            raise ValueError(f"{place}: more capacity at {hotter.ambient:g} K than at {cooler.ambient:g} K")
        if hotter.power < cooler.power:
            raise ValueError(f"{place}: less power at {hotter.ambient:g} K than at {cooler.ambient:g} K")
