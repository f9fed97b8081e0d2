"""Losses of UPS and transformers: what a plan is charged with, stated again, and what their curves really say.

Charged: each installed module its losses at the lowest published load, and each watt delivered the steepest rise above
them of any type that may stand there; a transformer its no-load loss, and each volt-ampere its load loss at rating.
Real: modules share a load in proportion to their ratings, transformers likewise; losses lie on the straight lines
between published points, or follow the square of the load.
"""

from __future__ import annotations

from collections.abc import Iterable

from dcplan.catalog import Spec, Switchgear, Transformer, Ups
from dcplan.ratings.rows import SITE, types_at
from dcplan.site import Service, SiteModel


def ups_knots(spec: Ups) -> list[tuple[float, float]]:
    """(output, loss) [W] of one module at each published load."""
    rating = spec.power.si()
    if spec.efficiency is not None:
        return [(rating, rating / spec.efficiency.si() - rating)]
    shares = [(point.load.si() * rating, point.efficiency.si()) for point in spec.efficiencies]
    return [(output, output / efficiency - output) for output, efficiency in shares]


def ups_idle(spec: Ups) -> float:
    """What one installed module is charged [W] whatever its load: its loss at the lowest published load."""
    return 0.0 if spec.efficiency is not None else ups_knots(spec)[0][1]


def ups_recharge(spec: Ups) -> float:
    """What one module puts into its batteries [W] after an outage."""
    return 0.0 if spec.recharge is None else spec.recharge.si() * spec.power.si()


def most_lost(spec: Spec) -> float:
    """The greatest loss [W] of one unit at any load up to its rating: what its room is cooled for."""
    if isinstance(spec, Ups):
        return max(loss for _, loss in ups_knots(spec))
    if isinstance(spec, Switchgear):
        return 0.0 if spec.loss is None else spec.loss.si()
    if not isinstance(spec, Transformer):
        return 0.0
    if spec.no_load_loss is not None and spec.load_loss is not None:
        return spec.no_load_loss.si() + spec.load_loss.si()
    return 0.0 if spec.efficiency is None else spec.apparent.si() * (1.0 / spec.efficiency.si() - 1.0)


def ups_slope(model: SiteModel, place: str) -> float:
    """What each watt delivered at a place is charged [W]."""
    rises = [0.0]
    for spec in _modules(model, place):
        rises += [(loss - ups_idle(spec)) / output for output, loss in ups_knots(spec)]
    return max(rises)


def ups_power_factor(model: SiteModel, place: str) -> float:
    """The lowest input power factor of the modules that may stand at a place."""
    factors = [spec.input_power_factor.si() for spec in _modules(model, place)]
    return min(factors, default=model.site.mechanical_power_factor.low())


def ups_loss(units: Iterable[tuple[Ups, int]], output: float) -> float:
    """What modules really lose [W] when they share an output [W] that they carry."""
    units = list(units)
    whole = sum(spec.power.si() * number for spec, number in units)
    share = output / whole if whole else 0.0
    total = 0.0
    for spec, number in units:
        if spec.efficiency is not None:
            each = share * spec.power.si() * (1.0 / spec.efficiency.si() - 1.0)
        else:
            each = _between(ups_knots(spec), share * spec.power.si())
        total += number * each
    return total


def _between(knots: list[tuple[float, float]], load: float) -> float:
    """The loss at a load; the lowest knot's below it."""
    before = knots[0]
    if load <= before[0]:
        return before[1]
    for knot in knots[1:]:
        if load <= knot[0]:
            break
        before = knot
    else:
        return before[1]
    return before[1] + (knot[1] - before[1]) * (load - before[0]) / (knot[0] - before[0])


def _modules(model: SiteModel, place: str) -> list[Ups]:
    return [spec for name in types_at(model, "ups", place) if isinstance(spec := model.specs[name], Ups)]


def transformer_fixed(spec: Transformer) -> float:
    """What one installed transformer is charged [W] whatever its load."""
    return 0.0 if spec.no_load_loss is None else spec.no_load_loss.si()


def transformer_charge(
    model: SiteModel, watts: float, apparent: float, service: Service = "transformer", place: str = SITE
) -> float:
    """What the load [W, VA] on the transformers that feed the bus, or on those of a level, is charged [W]."""
    slopes, by_apparent = [0.0], False
    for name in types_at(model, service, place):
        spec = model.specs[name]
        if isinstance(spec, Transformer):
            if spec.load_loss is not None:
                by_apparent = True
                slopes.append(spec.load_loss.si() / spec.apparent.si())
            elif spec.efficiency is not None:
                slopes.append(1.0 / spec.efficiency.si() - 1.0)
    return max(slopes) * (apparent if by_apparent else watts)


def transformer_loss(units: Iterable[tuple[Transformer, int]], watts: float, apparent: float) -> float:
    """What transformers really lose [W] when they share a load [W, VA] that they carry."""
    units = list(units)
    whole = sum(spec.apparent.si() * number for spec, number in units)
    if whole == 0.0:
        return 0.0
    total = 0.0
    for spec, number in units:
        if spec.no_load_loss is not None and spec.load_loss is not None:
            total += number * (spec.no_load_loss.si() + spec.load_loss.si() * (apparent / whole) ** 2)
        elif spec.efficiency is not None:
            total += number * watts * spec.apparent.si() / whole * (1.0 / spec.efficiency.si() - 1.0)
    return total
