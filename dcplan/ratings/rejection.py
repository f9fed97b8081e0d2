"""What plant outdoors rejects at this site's air and water, and the water it takes to do so, in SI floats."""

from __future__ import annotations

from dataclasses import replace

from dcplan.catalog import Chiller, CoolingTower, DryCooler, Figure, Spec
from dcplan.physics import cooling, tower
from dcplan.physics.chiller import ChillerPoint, chiller_rating
from dcplan.ratings.climate import cooler_air, cooler_wet_bulb, driest_wet_bulb, thin_air
from dcplan.ratings.rows import World, capacity_of, load_of
from dcplan.site import SiteModel
from dcplan.trace import noted
from dcplan.units import Percent

HeatRejection = Chiller | DryCooler | CoolingTower


def rejection_capacity(model: SiteModel, spec: HeatRejection, loop: str, world: World) -> float:
    """Heat [W] one unit takes from a loop at design air; 0 where it does not make the loop's supply temperature."""
    match spec:
        case Chiller():
            point = chiller_point(model, spec, loop, world)
            return noted(0.0, "nothing: outside its published points") if point is None else point.capacity
        case DryCooler():
            return _dry_cooler(model, spec, loop, world)
        case CoolingTower():
            return _tower(model, spec, loop, world)


def chiller_point(model: SiteModel, spec: Chiller, loop: str, world: World) -> ChillerPoint | None:
    """Capacity and draw of a chiller on a loop at design air; None outside its published points."""
    points = [
        ChillerPoint(
            ambient=capacity_of(point.ambient, world),
            water=load_of(point.water, world),
            capacity=capacity_of(point.capacity, world),
            power=load_of(point.power, world),
        )
        for point in spec.ratings
    ]
    try:
        water = capacity_of(model.site.loops[loop].supply, world)
        found = chiller_rating(points, cooler_air(model, world), water)
    except ValueError:  # outside its points, or points whose adverse ends contradict each other
        return None
    return replace(found, capacity=found.capacity * thin_air(model, spec.altitude_derate, world))


def coldest_water(model: SiteModel, spec: DryCooler | CoolingTower, world: World) -> float | None:
    """Coldest water [K] a unit leaves at design air; None for a tower at a site that states no wet bulb."""
    approach = load_of(spec.minimum_approach, world)
    if isinstance(spec, DryCooler):
        return entering_air(model, spec, world) + approach
    wet = cooler_wet_bulb(model, world)
    return None if wet is None else wet + approach + _exchanger(spec, world)


def entering_air(model: SiteModel, spec: DryCooler, world: World) -> float:
    """Temperature [K] of the air at a dry cooler's coils, behind its pads where it has them."""
    air, wet = cooler_air(model, world), cooler_wet_bulb(model, world)
    if spec.adiabatic is None or wet is None:
        return air
    return tower.wetted_air(air, wet, capacity_of(spec.adiabatic.effectiveness, world))


def water_use(model: SiteModel, spec: Spec, loop: str, world: World, wet: float | None = None) -> float:
    """Make-up water [m3/s] of one unit at its most; 0 for what runs dry.

    A tower evaporates its rated heat even where it misses the loop's supply temperature, and more where it carries
    more on this loop. Pads evaporate most in the driest air, unless another wet bulb [K] is given.
    """
    match spec:
        case CoolingTower():
            leaving = capacity_of(model.site.loops[loop].supply, world) - _exchanger(spec, world)
            heat = max(load_of(spec.capacity, world), rejection_capacity(model, spec, loop, world))
            return tower.make_up(tower.evaporation(heat, leaving), _cycles(spec.evaporated_share, world))
        case DryCooler() if spec.adiabatic is not None:
            pads, air = spec.adiabatic, cooler_air(model, world)
            wet = driest_wet_bulb(model, world) if wet is None else wet
            altitude = model.site.place.altitude.si()
            evaporated = tower.wetting_water(
                load_of(pads.airflow, world), air, wet, load_of(pads.effectiveness, world), altitude
            )
            return tower.make_up(evaporated, _cycles(pads.evaporated_share, world))
    return 0.0


def _dry_cooler(model: SiteModel, spec: DryCooler, loop: str, world: World) -> float:
    water, air = model.site.loops[loop], entering_air(model, spec, world)
    supply, approach = capacity_of(water.supply, world), load_of(spec.minimum_approach, world)
    if not cooling.dry_cooler_outlet_reachable(supply, air, approach):
        return noted(0.0, "nothing: water of {:.2f} K is not {:.2f} K above air of {:.2f} K", supply, approach, air)
    return thin_air(model, spec.altitude_derate, world) * cooling.dry_cooler_capacity(
        capacity_of(spec.capacity, world), load_of(spec.rated_difference, world), capacity_of(water.back, world), air
    )


def _tower(model: SiteModel, spec: CoolingTower, loop: str, world: World) -> float:
    wet, exchanger = cooler_wet_bulb(model, world), _exchanger(spec, world)
    if wet is None:
        return noted(0.0, "nothing: the site states no wet bulb")
    leaving = capacity_of(model.site.loops[loop].supply, world) - exchanger
    entering = capacity_of(model.site.loops[loop].back, world) - exchanger
    approach = load_of(spec.minimum_approach, world)
    if not tower.tower_outlet_reachable(leaving, wet, approach):
        return noted(
            0.0, "nothing: water of {:.2f} K is not {:.2f} K above a wet bulb of {:.2f} K", leaving, approach, wet
        )
    rating = tower.TowerRating(
        load_of(spec.rated_wet_bulb, world), load_of(spec.rated_approach, world), spec.rated_range.si()
    )
    altitude = load_of(model.site.place.altitude, world)
    return tower.tower_capacity(capacity_of(spec.capacity, world), rating, entering, leaving, wet, altitude)


def _exchanger(spec: CoolingTower, world: World) -> float:
    return 0.0 if spec.exchanger_approach is None else load_of(spec.exchanger_approach, world)


def _cycles(share: Figure[Percent], world: World) -> float:
    return 1.0 / (1.0 - capacity_of(share, world))
