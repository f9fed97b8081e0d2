"""Make-up water of wet coolers, added up from their figures at the hottest and driest air the site states.

A tower evaporates at least its rated heat, whatever temperature it reaches; pads evaporate what brings the air of their
fans towards its wet bulb, which is lowest in the driest air: the stated one, or air without any water.
"""

from __future__ import annotations

from dcplan.catalog import CoolingTower, DryCooler, Spec
from dcplan.physics import psychrometrics
from dcplan.physics.fluid import standard_pressure
from dcplan.ratings.rejection import rejection_capacity
from dcplan.ratings.rows import World
from dcplan.site import SiteModel

WATER = 1000.0
"""Density [kg/m3] of make-up water."""

DRY_AIR = 287.042
"""Gas constant [J/(kg K)] of dry air."""


def make_up_water(model: SiteModel, spec: Spec, loop: str) -> float:
    """Water [m3/s] that one unit on a loop may take; 0 for what runs dry."""
    if isinstance(spec, CoolingTower):
        approach = 0.0 if spec.exchanger_approach is None else spec.exchanger_approach.si()
        latent = psychrometrics.latent_heat(model.site.loops[loop].supply.si() - approach)
        heat = max(spec.capacity.si(), rejection_capacity(model, spec, loop, World.PLANNING))
        return heat / latent / WATER / spec.evaporated_share.si()
    if not isinstance(spec, DryCooler) or spec.adiabatic is None:
        return 0.0
    place, pads = model.site.place, spec.adiabatic
    altitude, air = place.altitude.si(), place.design_dry_bulb.si() + place.recirculation_rise.si()
    wet = max(psychrometrics.FREEZING, psychrometrics.wet_bulb(air, 0.0, altitude))
    if place.driest_wet_bulb is not None:
        wet = max(wet, place.driest_wet_bulb.si())
    before = psychrometrics.humidity_from_wet_bulb(air, wet, altitude)
    behind = psychrometrics.humidity_from_wet_bulb(air - pads.effectiveness.si() * (air - wet), wet, altitude)
    dry_air = pads.airflow.si() * standard_pressure(altitude) / (DRY_AIR * air * (1.0 + 1.607858 * before))
    return dry_air * (behind - before) / WATER / pads.evaporated_share.si()
