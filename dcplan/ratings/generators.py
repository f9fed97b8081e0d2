"""What the generators of this site are worth and what is asked of them in an outage, in SI floats.

A row exists only where the site asks for it (`generator_duty`) and every type that stands or may stand states what it
takes; otherwise the check says what is missing.
"""

from __future__ import annotations

from dcplan.catalog import DeratingFigures, FuelTank, Generator
from dcplan.once import once
from dcplan.physics import generators, losses
from dcplan.ratings.climate import cooler_air
from dcplan.ratings.rows import SITE, Vector, World, add, capacity_of, load_of, row, types_at
from dcplan.site import SiteModel

DAY = 86_400.0


@once
def generator_types(model: SiteModel) -> list[Generator]:
    """Generator types that stand, will stand or may be bought."""
    specs = [model.specs[name] for name in types_at(model, "generator", SITE)]
    return [spec for spec in specs if isinstance(spec, Generator)]


def _derating(figures: DeratingFigures | None, world: World) -> generators.Derating | None:
    if figures is None:
        return None
    return generators.Derating(
        altitude_knee=capacity_of(figures.altitude_knee, world),
        altitude_slope=load_of(figures.altitude_slope, world),
        temperature_knee=capacity_of(figures.temperature_knee, world),
        temperature_slope=load_of(figures.temperature_slope, world),
    )


def generator_power(model: SiteModel, spec: Generator, world: World) -> float:
    """Power [W] of a set at this site's altitude and air temperature; 0 where its class forbids the hours asked."""
    rated = generators.generator_rating(
        capacity_of(spec.power, world),
        _derating(spec.engine, world),
        _derating(spec.alternator, world),
        load_of(model.site.place.altitude, world),
        cooler_air(model, world),
    )
    return rated if hours_allowed(model, spec, world) else 0.0


def allowed_hours(spec: Generator, world: World) -> float | None:
    """Hours [d] per year that a set may run: its maker's figure, else its class's; None without a limit."""
    if spec.hours is not None:
        return capacity_of(spec.hours, world)
    limit = generators.class_limits(spec.rating_class).hours
    return None if limit is None else limit / 24.0


def hours_allowed(model: SiteModel, spec: Generator, world: World) -> bool:
    """Whether a set may run as many hours per year as the site asks."""
    asked, allowed = model.site.generator_duty.hours, allowed_hours(spec, world)
    return asked is None or allowed is None or load_of(asked, world) <= allowed * (1 + 1e-9)


def average_load(spec: Generator, world: World) -> float:
    """Permissible average load as a share of the rating."""
    if spec.average_load is not None:
        return capacity_of(spec.average_load, world)
    return generators.class_limits(spec.rating_class).average


@once
def block_stated(model: SiteModel) -> bool:
    """Whether the load step can be balanced."""
    types = generator_types(model)
    return model.site.generator_duty.block is not None and all(spec.block_load is not None for spec in types)


@once
def fuel_stated(model: SiteModel) -> bool:
    """Whether fuel can be balanced."""
    types = generator_types(model)
    asked = model.site.generator_duty.autonomy is not None and "fuel" in model.site.redundancy
    return asked and all(spec.fuel for spec in types)


def fuel_line(spec: Generator, world: World) -> losses.Line:
    """Fuel [m3/s] of one set: fixed, and per watt."""
    rating = spec.power.si()
    points = tuple((point.load.si() * rating, load_of(point.flow, world)) for point in spec.fuel)
    return losses.line_above(losses.PartLoad(points))


def _autonomy(model: SiteModel, world: World) -> float:
    asked = model.site.generator_duty.autonomy
    return 0.0 if asked is None else load_of(asked, world) * DAY


def on_generators(model: SiteModel, world: World, watts: float) -> Vector:
    """Rows that a load [W] on the generators' bus puts on what they are asked for."""
    duty = model.site.generator_duty
    rows: Vector = {}
    if duty.hours is not None:
        rows[row("generator_average", SITE)] = watts
    if duty.block is not None and block_stated(model):
        rows[row("generator_block", SITE)] = load_of(duty.block, world) * watts
    if fuel_stated(model):
        slope = max((fuel_line(spec, world).slope for spec in generator_types(model)), default=0.0)
        rows[row("fuel", SITE)] = slope * watts * _autonomy(model, world)
    return rows


def generator_supply(model: SiteModel, spec: Generator, world: World) -> Vector:
    """Rows that one set supplies."""
    rated = generator_power(model, spec, world)
    rows: Vector = {
        row("generator", SITE): rated,
        row("generator_va", SITE): rated / load_of(spec.power_factor, World.PLANNING),
    }
    if model.site.generator_duty.hours is not None:
        rows[row("generator_average", SITE)] = rated * average_load(spec, world)
    if spec.block_load is not None and block_stated(model):
        rows[row("generator_block", SITE)] = rated * capacity_of(spec.block_load, world)
    if spec.tank is not None and fuel_stated(model):
        rows[row("fuel", SITE)] = capacity_of(spec.tank, world)
    return rows


def generator_standing(model: SiteModel, spec: Generator, world: World) -> Vector:
    """What one installed set burns at no load through the autonomy: all sets start in an outage."""
    if not fuel_stated(model):
        return {}
    return add({row("fuel", SITE): fuel_line(spec, world).fixed * _autonomy(model, world)})


def tank_supply(model: SiteModel, spec: FuelTank, world: World) -> Vector:
    """What one tank supplies."""
    return {row("fuel", SITE): capacity_of(spec.volume, world)} if fuel_stated(model) else {}


def emission(model: SiteModel, spec: Generator) -> float | None:
    """What one set may emit per year [kg] in the hours asked; None where a figure is missing."""
    hours = model.site.generator_duty.hours
    if spec.engine_power is None or spec.emission is None or hours is None:
        return None
    return generators.emitted(spec.engine_power.si(), spec.emission.si(), hours.si() * DAY)


def emissions_stated(model: SiteModel) -> bool:
    """Whether the cap on emissions can be balanced: every set named in the site file states its own."""
    named = {entry.spec for entry in model.site.plant.values()} | {entry.spec for entry in model.site.upgrades.values()}
    sets = [spec for name in sorted(named) if isinstance(spec := model.specs[name], Generator)]
    return model.site.limits.emissions is not None and all(emission(model, spec) is not None for spec in sets)
