"""Lines that lack the load of a deployment barred from all its halls: they cannot say that anything passes.

Such a deployment stands nowhere, and what its racks would load is not known where coolant that they refuse decides
it. Every balance that it would load, from its halls through their loops to the utility, is therefore "not checked"
unless it falls short without that load already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dcplan.answer import Line
from dcplan.assess.balance import Placement
from dcplan.assess.line import clipped, listed, unchecked
from dcplan.ratings.rows import DIMENSIONS, SITE, pool_place
from dcplan.site import SiteModel

_WHATEVER_RUNS = {"gallery", "ways"}
"""Balances of what stands, which no SU loads."""
_OF_LOOPS = {"header_velocity", "ride_through"}
"""Lines about the heat of a loop that no row holds."""


def lacking_load(model: SiteModel, placement: Placement, lines: Iterable[Line]) -> Iterator[Line]:
    """The lines of a check, those that lack the load of a barred deployment never passing."""
    barred = _barred_at(model, placement)
    for line in lines:
        names = barred.get(line.scope, [])
        lacks = names and line.verdict != "not checked" and _loaded(model, line)
        yield _without(line, names) if lacks else line


def _loaded(model: SiteModel, line: Line) -> bool:
    """Whether SUs load what a line balances."""
    dimension = line.id.split(".", 1)[0]
    if dimension in _OF_LOOPS:
        return line.scope in model.site.loops
    return dimension in DIMENSIONS and dimension not in _WHATEVER_RUNS


def _without(line: Line, names: list[str]) -> Line:
    """A line that lacks the load of these deployments."""
    whose = f"{listed(names)} can run in none of its halls: its load is not in this line (see `obstacle`)"
    if line.verdict == "pass":
        return unchecked(line.id, line.scope, line.rule, whose)
    return line.model_copy(update={"reason": clipped([whose, line.reason])})


def _barred_at(model: SiteModel, placement: Placement) -> Mapping[str, list[str]]:
    """Deployments barred from all their halls, at every place that they would load."""
    found: dict[str, list[str]] = {}
    for name, halls in sorted(placement.barred.items()):
        for place in sorted({place for hall in halls for place in _places(model, hall)}):
            found.setdefault(place, []).append(name)
    return found


def _places(model: SiteModel, hall: str) -> set[str]:
    """Places that racks in a hall load: the hall, where its services are counted, and the loops behind them."""
    site = model.site
    places = {SITE, hall, *(pool_place(model, service, hall) for service in site.redundancy)}
    for side in (site.halls[hall].liquid, site.halls[hall].air):
        loop = None if side is None else side.loop
        while loop is not None:
            places.add(loop)
            behind = site.loops[loop].fed_by
            loop = None if behind is None else behind.loop
    return places
