"""Supply temperatures that a site file leaves open, and the site at one choice of them.

A setpoint moves its loop as a whole: the return water and the coolant of every hall on the loop keep their distance to
the supply, so that flows of facility water and approaches of CDUs are those of the design.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from dcplan.figure import Figure
from dcplan.site import Site, SiteModel
from dcplan.units import TEMPERATURE, in_unit, text

MOST_CHOICES = 36
"""Most combinations of setpoints in one file: each is a problem of its own."""


def choices(site: Site) -> list[dict[str, str]]:
    """Every combination of setpoints that a file allows: text of the supply by loop; one empty choice without any.

    Examples
    --------
    >>> from dcplan.loading import load
    >>> choices(load("examples/ready_site.yaml").site)
    [{}]
    """
    open_loops = sorted(name for name, loop in site.loops.items() if loop.setpoints)
    texts = [[text(figure.value) for figure in site.loops[name].setpoints] for name in open_loops]
    return [dict(zip(open_loops, chosen, strict=True)) for chosen in itertools.product(*texts)]


def settled(model: SiteModel, choice: Mapping[str, str]) -> SiteModel:
    """The site with its loops at one of :func:`choices`.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    choice : mapping of str to str
        Text of the supply temperature by loop.

    Returns
    -------
    SiteModel
        The same site; `supply`, `back` and the coolant supplies of the chosen loops are moved.

    Raises
    ------
    KeyError
        The site has no such setpoint.
    """
    if not choice:
        return model
    site, moved = model.site, {name: _setpoint(model.site, name, chosen) for name, chosen in choice.items()}
    shifts = {name: figure.si() - site.loops[name].supply.si() for name, figure in moved.items()}
    loops = {
        name: loop.model_copy(update={"supply": moved[name], "back": shifted(loop.back, shifts[name])})
        if name in moved
        else loop
        for name, loop in site.loops.items()
    }
    halls = {}
    for name, hall in site.halls.items():
        halls[name] = hall
        if hall.liquid is not None and hall.liquid.loop in shifts:
            supply = shifted(hall.liquid.supply, shifts[hall.liquid.loop])
            halls[name] = hall.model_copy(update={"liquid": hall.liquid.model_copy(update={"supply": supply})})
    return model.model_copy(update={"site": site.model_copy(update={"loops": loops, "halls": halls})})


def _setpoint(site: Site, loop: str, chosen: str) -> Figure[Any]:
    if loop in site.loops:
        for figure in site.loops[loop].setpoints:
            if text(figure.value) == chosen:
                return figure
    raise KeyError(f"{loop}: {chosen}")


def shifted(figure: Figure[Any], kelvin: float) -> Figure[Any]:
    """A temperature moved by so many kelvin, its range with it."""

    def move(quantity: Any) -> Any:
        celsius = in_unit(Figure(quantity).si() + kelvin, "degC")
        return TEMPERATURE.read(f"{celsius:.12g} degC")

    moved = None if figure.range is None else (move(figure.range[0]), move(figure.range[1]))
    return Figure(move(figure.value), moved, figure.confidence, figure.source, figure.note)
