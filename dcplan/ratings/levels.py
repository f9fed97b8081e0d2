"""What a draw loads on the declared levels of transformers that it climbs through, in SI floats.

Each level carries the apparent powers of what it feeds, added arithmetically, and passes on their power and its own
losses. Losses become apparent power at the lowest power factor of anything that may be on that chain, which never
understates what the level above carries.
"""

from __future__ import annotations

from dataclasses import dataclass

from dcplan.catalog import Rack, Ups
from dcplan.levels import fed_by, upwards
from dcplan.once import once
from dcplan.ratings.losses import transformer_loss
from dcplan.ratings.rows import Vector, World, capacity_of, pool_place, row
from dcplan.site import SiteModel, level_service


@dataclass(frozen=True)
class Draw:
    """Power, apparent power, and power while racks peak."""

    watts: float
    apparent: float
    peak: float


def through(model: SiteModel, world: World, hall: str | None, level: str | None, draw: Draw) -> tuple[Vector, Draw]:
    """Rows of a level and of those above it, and what is left to carry at the top of their chain.

    Parameters
    ----------
    model : SiteModel
    world : World
    hall : str or None
        Hall or pod that the draw is in.
    level : str or None
        The level it is drawn from; None: the top of the chain itself.
    draw : Draw

    Returns
    -------
    tuple of Vector and Draw
    """
    rows: Vector = {}
    if draw.watts <= 0 or level is None:
        return rows, draw
    for name in upwards(model.site, level):
        service = level_service(name)
        place = pool_place(model, service, hall)
        rows[row(service, place)] = draw.apparent
        loss = transformer_loss(model, world, draw.watts, draw.apparent, service, place)
        draw = Draw(
            draw.watts + loss,
            draw.apparent + loss / power_factor(model, name, world),
            draw.peak + loss * draw.peak / draw.watts,
        )
    return rows, draw


def power_factor(model: SiteModel, level: str, world: World) -> float:
    """The power factor at which the losses of a level are added to what it carries."""
    return _lowest(model, model.site.levels[upwards(model.site, level)[-1]].below, world)


@once
def _lowest(model: SiteModel, top: str, world: World) -> float:
    """The lowest power factor of racks, and at the bus of UPS inputs and mechanical load."""
    racks = [spec.power_factor for spec in model.specs.values() if isinstance(spec, Rack)]
    inputs = [spec.input_power_factor for spec in model.specs.values() if isinstance(spec, Ups)]
    if top == "ups":
        figures = racks
    else:
        figures = [*(inputs if "ups" in model.site.redundancy else racks), model.site.mechanical_power_factor]
    return min((capacity_of(figure, world) for figure in figures), default=1.0)


def standing_above(model: SiteModel, level: str) -> tuple[str, str | None]:
    """The top of a level's chain, and the level from which its own losses are drawn; None: that top itself."""
    chain = upwards(model.site, level)
    return model.site.levels[chain[-1]].below, (chain[1] if len(chain) > 1 else None)


def rack_level(model: SiteModel, hall: str | None) -> str | None:
    """The level that racks and loads of a hall draw from."""
    return None if hall is None else fed_by(model.site, "racks")
