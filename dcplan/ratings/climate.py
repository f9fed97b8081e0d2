"""The air that a site's plant works in, in SI floats."""

from __future__ import annotations

from typing import Any

from dcplan.catalog import Figure
from dcplan.once import once
from dcplan.physics import cooling, psychrometrics
from dcplan.physics.tower import altitude_factor
from dcplan.ratings.rows import World, capacity_of, load_of
from dcplan.site import SiteModel


@once
def cooler_air(model: SiteModel, world: World) -> float:
    """Air temperature [K] at outdoor plant."""
    place = model.site.place
    return cooling.air_temperature_at_coolers(
        load_of(place.design_dry_bulb, world), load_of(place.recirculation_rise, world)
    )


@once
def cooler_wet_bulb(model: SiteModel, world: World) -> float | None:
    """Wet bulb [K] at outdoor plant, raised by recirculation as the dry bulb is; None where the site states none."""
    place = model.site.place
    if place.design_wet_bulb is None:
        return None
    return cooling.air_temperature_at_coolers(
        load_of(place.design_wet_bulb, world), load_of(place.recirculation_rise, world)
    )


@once
def driest_wet_bulb(model: SiteModel, world: World) -> float:
    """Wet bulb [K] at which pads evaporate most: the lowest stated one, else that of bone-dry air; water freezes below.

    Recirculation does not raise it here: what it adds to the dry bulb only makes the air thirstier.
    """
    place, air = model.site.place, cooler_air(model, world)
    bone_dry = max(psychrometrics.FREEZING, psychrometrics.wet_bulb(air, 0.0, capacity_of(place.altitude, world)))
    return bone_dry if place.driest_wet_bulb is None else max(bone_dry, capacity_of(place.driest_wet_bulb, world))


def dew_point(model: SiteModel, hall: str, world: World) -> float | None:
    """Highest dew point [K] of a hall's air; None where the hall does not say."""
    humidity = model.site.halls[hall].humidity
    if humidity is None:
        return None
    if humidity.dew_point is not None:
        return load_of(humidity.dew_point, world)
    if humidity.dry_bulb is None or humidity.relative_humidity is None:
        return None
    altitude = capacity_of(model.site.place.altitude, world)
    ratio = psychrometrics.humidity_from_relative(
        load_of(humidity.dry_bulb, world), load_of(humidity.relative_humidity, world), altitude
    )
    return psychrometrics.dew_point(ratio, altitude)


def thin_air(model: SiteModel, derate: Figure[Any] | None, world: World) -> float:
    """What part of a sea-level capacity is left at the site; all of it where the spec is rated for the site."""
    if derate is None:
        return 1.0
    return altitude_factor(load_of(derate, world), load_of(model.site.place.altitude, world))
