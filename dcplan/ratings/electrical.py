"""What a draw loads on its way up to the utility, and what a generator is worth at this site, in SI floats."""

from __future__ import annotations

from dcplan.catalog import DeratingFigures, Generator, Transformer, Ups
from dcplan.physics import power
from dcplan.ratings.climate import cooler_air
from dcplan.ratings.rows import SITE, Vector, World, capacity_of, load_of, pool_place, row, types_at
from dcplan.site import SiteModel


def ups_path(model: SiteModel, place: str, world: World) -> tuple[float, float]:
    """Efficiency and input power factor of the UPS path: the lowest of the types that may stand there."""
    specs = [model.specs[name] for name in types_at(model, "ups", place)]
    ups = [spec for spec in specs if isinstance(spec, Ups)]
    if not ups:
        return 1.0, model.site.mechanical_power_factor.low()
    return (
        min(capacity_of(spec.efficiency, world) for spec in ups),
        min(capacity_of(spec.input_power_factor, world) for spec in ups),
    )


def transformer_efficiency(model: SiteModel, world: World) -> float:
    """Efficiency of the transformers: the lowest of the types that may stand there; 1 where none are declared."""
    specs = [model.specs[name] for name in types_at(model, "transformer", SITE)]
    return min((capacity_of(spec.efficiency, world) for spec in specs if isinstance(spec, Transformer)), default=1.0)


def electrical(
    model: SiteModel, world: World, hall: str | None, *, ups: float = 0.0, ups_va: float = 0.0, other: float = 0.0
) -> Vector:
    """Rows loaded by a draw behind the UPS [W, VA] and a draw beside it [W], up to the utility.

    UPS input = output / efficiency; generators carry UPS input and everything beside it; transformers carry the
    same in kVA; the utility carries it divided by the transformers' efficiency. Apparent powers are added
    arithmetically, which never understates them.
    """
    declared = model.site.redundancy
    rows: Vector = {}
    bus, bus_va = ups, ups_va
    if "ups" in declared and ups > 0:
        place = pool_place(model, "ups", hall)
        efficiency, input_pf = ups_path(model, place, world)
        rows[row("ups", place)], rows[row("ups_va", place)] = ups, ups_va
        bus = power.input_power(ups, efficiency)
        bus_va = power.apparent_power(bus, input_pf)
    if other > 0:
        bus += other
        bus_va += power.apparent_power(other, capacity_of(model.site.mechanical_power_factor, world))
    if "generator" in declared:
        rows[row("generator", SITE)], rows[row("generator_va", SITE)] = bus, bus_va
    if "transformer" in declared:
        rows[row("transformer", SITE)] = bus_va
    if "utility" in declared:
        rows[row("utility", SITE)] = power.input_power(bus, transformer_efficiency(model, world))
    return rows


def _derating(figures: DeratingFigures | None, world: World) -> power.Derating | None:
    if figures is None:
        return None
    return power.Derating(
        altitude_knee=capacity_of(figures.altitude_knee, world),
        altitude_slope=load_of(figures.altitude_slope, world),
        temperature_knee=capacity_of(figures.temperature_knee, world),
        temperature_slope=load_of(figures.temperature_slope, world),
    )


def generator_power(model: SiteModel, spec: Generator, world: World) -> float:
    """Power [W] of a set at this site's altitude and air temperature."""
    return power.generator_rating(
        capacity_of(spec.power, world),
        _derating(spec.engine, world),
        _derating(spec.alternator, world),
        load_of(model.site.place.altitude, world),
        cooler_air(model, world),
    )
