"""Declared levels of transformers, climbed a second time: what each carries and passes on, from the lowest upwards.

::

    a level carries = volt-amperes of what draws from it + of the levels that it feeds
    it passes on    = watts carried + losses of its transformers, which are charged like those that feed the bus
                      volt-amperes carried + those losses over the lowest power factor on its chain
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from graphlib import TopologicalSorter

from dcplan.catalog import Rack, Ups
from dcplan.ratings.rows import SITE
from dcplan.site import Service, SiteModel, level_service
from dcplan.verifier.losses import transformer_charge

Amounts = dict[tuple[str, str], tuple[float, float]]
"""Watts and volt-amperes by level and place."""


def counted_at(model: SiteModel, service: Service, hall: str | None) -> str:
    """Where a service that feeds a hall or pod is counted."""
    entry = model.site.redundancy.get(service)
    if entry is None or hall is None or hall == SITE or entry.group == "site":
        return SITE
    parent = model.site.halls[hall].within
    return parent if parent is not None and entry.group == "hall" else hall


def drawn_from(model: SiteModel, what: str) -> str | None:
    """The level that racks, UPS or mechanical load draw from; None where they draw from UPS output or bus."""
    levels = model.site.levels
    for name, level in levels.items():
        if what in level.feeds:
            return name
    top = {"racks": "ups", "ups": "bus"}.get(what)
    lowest = levels.keys() - {level.below for level in levels.values()}
    return next((name for name in _upwards(model, top) if name in lowest and not levels[name].feeds), None)


def _upwards(model: SiteModel, top: str | None) -> list[str]:
    """Levels whose chain ends at a top, each before the one that feeds it."""
    levels = model.site.levels
    fed = {name: {other for other, level in levels.items() if level.below == name} for name in levels}
    found: list[str] = []
    for name in reversed(list(TopologicalSorter(fed).static_order())):
        if levels[name].below == top or levels[name].below in found:
            found.append(name)
    return found[::-1]


def climbed(
    model: SiteModel, top: str, drawn: Amounts, idle: Mapping[tuple[str, str], float]
) -> tuple[Amounts, dict[str, tuple[float, float]]]:
    """What every level of a chain carries, and what reaches its top from each place.

    Parameters
    ----------
    model : SiteModel
    top : str
        `ups` or `bus`.
    drawn : dict of (level, place) to (float, float)
        Watts and volt-amperes that loads draw from a level.
    idle : mapping of (level, place) to float
        Watts that the transformers of a level take whatever they carry.
    """
    watts: defaultdict[tuple[str, str], float] = defaultdict(float)
    apparent: defaultdict[tuple[str, str], float] = defaultdict(float)
    for at, (power, of_it) in drawn.items():
        watts[at] += power
        apparent[at] += of_it
    carried: Amounts = {}
    reached: dict[str, tuple[float, float]] = {}
    factor = _power_factor(model, top)
    for name in _upwards(model, top):
        above = model.site.levels[name].below
        for place in sorted({place for level, place in {*watts, *idle} if level == name}):
            at = name, place
            carried[at] = watts[at], apparent[at]
            loss = transformer_charge(model, *carried[at], level_service(name), place) + idle.get(at, 0.0)
            if above == top:
                before = reached.get(place, (0.0, 0.0))
                reached[place] = before[0] + watts[at] + loss, before[1] + apparent[at] + loss / factor
                continue
            there = above, counted_at(model, level_service(above), place)
            watts[there] += watts[at] + loss
            apparent[there] += apparent[at] + loss / factor
    return carried, reached


def _power_factor(model: SiteModel, top: str) -> float:
    """The lowest power factor on a chain: of racks; at the bus, of what stands for them there and mechanical load."""
    specs = model.specs.values()
    factors = [spec.power_factor.si() for spec in specs if isinstance(spec, Rack)]
    if top == "bus":
        if "ups" in model.site.redundancy:
            factors = [spec.input_power_factor.si() for spec in specs if isinstance(spec, Ups)]
        factors.append(model.site.mechanical_power_factor.si())
    return min(factors, default=1.0)
