"""What a draw loads on its way up to the utility, and what a generator is worth at this site, in SI floats."""

from __future__ import annotations

from dcplan.levels import fed_by
from dcplan.once import once
from dcplan.physics import power
from dcplan.ratings.feeders import on_switchboard
from dcplan.ratings.generators import on_generators
from dcplan.ratings.levels import Draw, through
from dcplan.ratings.losses import peaks_stated, transformer_loss, ups_stage
from dcplan.ratings.rows import SITE, Vector, World, add, capacity_of, pool_place, row
from dcplan.site import SiteModel


@once
def electrical(
    model: SiteModel,
    world: World,
    hall: str | None,
    *,
    ups: float = 0.0,
    ups_va: float = 0.0,
    other: float = 0.0,
    ups_peak: float | None = None,
    level: str | None = None,
) -> Vector:
    """Rows loaded by a draw behind the UPS [W, VA] and a draw beside it [W], up to the utility.

    `ups_peak` [W] is what the draw rises to for a short time; without it, the draw itself. `level` is where the draw
    behind the UPS is taken; without it, from the UPS.

    Racks draw through the levels below the UPS; UPS input = output + losses, drawn through the levels below the bus;
    generators carry UPS input and everything beside it; transformers carry the same in kVA; the utility carries it and
    the transformers' losses. Losses that do not depend on load are each unit's own.
    Apparent powers are added arithmetically, which never understates them.
    """
    declared = model.site.redundancy
    drawn = Draw(ups, ups_va, ups if ups_peak is None else ups_peak)
    rows, output = through(model, world, hall, level, drawn)
    bus, bus_va = output.watts, output.apparent
    if "ups" in declared and bus > 0:
        place = pool_place(model, "ups", hall)
        stage = ups_stage(model, place, world)
        rows[row("ups", place)], rows[row("ups_va", place)] = bus, bus_va
        if peaks_stated(model, place):
            rows[row("ups_peak", place)] = output.peak
        bus += stage.slope * bus
        bus_va = power.apparent_power(bus, stage.power_factor)
    factor = capacity_of(model.site.mechanical_power_factor, world)
    beside = Draw(other, power.apparent_power(other, factor), other) if other > 0 else Draw(0.0, 0.0, 0.0)
    of_ups, inlet = through(model, world, hall, fed_by(model.site, "ups"), Draw(bus, bus_va, bus))
    of_mechanical, beside = through(model, world, hall, fed_by(model.site, "mechanical"), beside)
    watts, apparent = inlet.watts + beside.watts, inlet.apparent + beside.apparent
    return add(rows, of_ups, of_mechanical) | at_bus(model, world, watts, apparent)


def below_bus(
    model: SiteModel, world: World, hall: str | None, level: str | None, watts: float, apparent: float
) -> Vector:
    """Rows loaded by a draw [W, VA] on a level between UPS input and bus, or on the bus itself."""
    rows, top = through(model, world, hall, level, Draw(watts, apparent, watts))
    return rows | at_bus(model, world, top.watts, top.apparent)


@once
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
