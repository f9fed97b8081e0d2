"""What hired generators are worth on prime duty: they run all the time, beside a utility that is short."""

from __future__ import annotations

from dcplan.catalog import Generator
from dcplan.options import Rental
from dcplan.physics.generators import emitted
from dcplan.ratings.generators import DAY, average_load, emission, fuel_line, generator_power
from dcplan.ratings.rows import SITE, Vector, World, capacity_of, row
from dcplan.site import SiteModel, Upgrade
from dcplan.units import si

YEAR = 365.0
"""Days of a year of prime duty."""


def on_prime(model: SiteModel, upgrade: Upgrade) -> tuple[Rental, Generator] | None:
    """Terms and spec of a set that an upgrade hires for prime duty; None for any other upgrade."""
    rental, spec = upgrade.rental, model.specs[upgrade.spec]
    if rental is None or rental.duty != "prime" or not isinstance(spec, Generator):
        return None
    return rental, spec


def prime_power(model: SiteModel, rental: Rental, spec: Generator, world: World) -> float:
    """Power [W] that a set gives all the time: its rating here at the load stated, else at what its class permits."""
    share = average_load(spec, world) if rental.load is None else capacity_of(rental.load, world)
    return generator_power(model, spec, world) * share


def prime_supply(model: SiteModel, upgrade: Upgrade, world: World) -> Vector:
    """Rows that a unit of an upgrade supplies on prime duty, beside what its spec supplies in an outage."""
    hired = on_prime(model, upgrade)
    return {} if hired is None else {row("utility", SITE): prime_power(model, *hired, world)}


def prime_hours(rental: Rental) -> float:
    """Days per year [d] that a set may run on prime duty."""
    return YEAR if rental.hours is None else min(rental.hours.si(), YEAR)


def hired_emission(model: SiteModel, upgrade: Upgrade) -> float | None:
    """What a set may emit per year on prime duty [kg]; None for any other, or where a figure is missing."""
    hired = on_prime(model, upgrade)
    if hired is None or emission(model, hired[1]) is None:
        return None
    rental, spec = hired
    if spec.engine_power is None or spec.emission is None:
        return None
    return emitted(spec.engine_power.si(), spec.emission.si(), prime_hours(rental) * DAY)


def fuel_per_day(model: SiteModel, upgrade: Upgrade) -> float:
    """Fuel of one day on prime duty [currency/day], at the power it gives all the time; nothing on any other duty."""
    hired = on_prime(model, upgrade)
    if hired is None:
        return 0.0
    rental, spec = hired
    power = prime_power(model, rental, spec, World.PLANNING)
    if rental.fuel_price is not None:
        line = fuel_line(spec, World.PLANNING)
        return (line.fixed + line.slope * power) * DAY * si(rental.fuel_price.value)
    return 0.0 if rental.fuel_cost is None else power * DAY * rental.fuel_cost.si()
