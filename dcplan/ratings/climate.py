"""The air that a site's plant works in, in SI floats."""

from __future__ import annotations

from dcplan.physics import cooling
from dcplan.ratings.rows import World, load_of
from dcplan.site import SiteModel


def cooler_air(model: SiteModel, world: World) -> float:
    """Air temperature [K] at outdoor plant."""
    place = model.site.place
    return cooling.air_temperature_at_coolers(
        load_of(place.design_dry_bulb, world), load_of(place.recirculation_rise, world)
    )


def cooler_wet_bulb(model: SiteModel, world: World) -> float | None:
    """Wet bulb [K] at outdoor plant, raised by recirculation as the dry bulb is; None where the site states none."""
    place = model.site.place
    if place.design_wet_bulb is None:
        return None
    return cooling.air_temperature_at_coolers(
        load_of(place.design_wet_bulb, world), load_of(place.recirculation_rise, world)
    )
