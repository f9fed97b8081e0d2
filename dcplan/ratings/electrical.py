"""What a draw loads on its way up to the utility, and what a generator is worth at this site, in SI floats."""

from __future__ import annotations

from dcplan.physics import power
from dcplan.ratings.feeders import on_switchboard
from dcplan.ratings.generators import on_generators
from dcplan.ratings.losses import peaks_stated, transformer_loss, ups_stage
from dcplan.ratings.rows import SITE, Vector, World, add, capacity_of, pool_place, row
from dcplan.site import SiteModel


def electrical(
    model: SiteModel,
    world: World,
    hall: str | None,
    *,
    ups: float = 0.0,
    ups_va: float = 0.0,
    other: float = 0.0,
    ups_peak: float | None = None,
) -> Vector:
    """Rows loaded by a draw behind the UPS [W, VA] and a draw beside it [W], up to the utility.

    `ups_peak` [W] is what the draw rises to for a short time; without it, the draw itself.

    UPS input = output + losses; generators carry UPS input and everything beside it; transformers carry the same in
    kVA; the utility carries it and the transformers' losses. Losses that do not depend on load are each unit's own.
    Apparent powers are added arithmetically, which never understates them.
    """
    declared = model.site.redundancy
    rows: Vector = {}
    bus, bus_va = ups, ups_va
    if "ups" in declared and ups > 0:
        place = pool_place(model, "ups", hall)
        stage = ups_stage(model, place, world)
        rows[row("ups", place)], rows[row("ups_va", place)] = ups, ups_va
        if peaks_stated(model, place):
            rows[row("ups_peak", place)] = ups if ups_peak is None else ups_peak
        bus = ups + stage.slope * ups
        bus_va = power.apparent_power(bus, stage.power_factor)
    if other > 0:
        bus += other
        bus_va += power.apparent_power(other, capacity_of(model.site.mechanical_power_factor, world))
    return rows | at_bus(model, world, bus, bus_va)


def at_bus(model: SiteModel, world: World, watts: float, apparent: float) -> Vector:
    """Rows loaded by a draw [W, VA] at the bus of generators and transformers."""
    declared = model.site.redundancy
    rows: Vector = {}
    if "generator" in declared:
        rows[row("generator", SITE)], rows[row("generator_va", SITE)] = watts, apparent
        rows |= on_generators(model, world, watts)
    if "transformer" in declared:
        rows[row("transformer", SITE)] = apparent
    rows |= on_switchboard(model, world, apparent)
    return add(rows, at_meter(model, watts + transformer_loss(model, world, watts, apparent)))


def at_meter(model: SiteModel, watts: float) -> Vector:
    """Rows loaded by a draw [W] at the utility's meter."""
    return {row("utility", SITE): watts} if watts > 0 and "utility" in model.site.redundancy else {}
