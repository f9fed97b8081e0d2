"""What one rack, one SU and a load that is there already ask of each row, in SI floats."""

from __future__ import annotations

from typing import Any

from dcplan.catalog import Figure, Rack
from dcplan.physics import power
from dcplan.ratings.air import air_obstacles, behind_door, rack_airflow, to_airflow
from dcplan.ratings.electrical import electrical
from dcplan.ratings.feeders import feed_obstacles, ways_taken
from dcplan.ratings.heat import to_liquid, to_room
from dcplan.ratings.levels import rack_level
from dcplan.ratings.liquid import coolant_obstacles, liquid_share, rack_flow
from dcplan.ratings.losses import rack_peak
from dcplan.ratings.route import route_obstacles
from dcplan.ratings.rows import Vector, World, add, capacity_of, load_of, row
from dcplan.site import Load, SiteModel
from dcplan.trace import noted_rows


def rack_demand(model: SiteModel, name: str, rack: Rack, hall_name: str, world: World) -> Vector:
    """Rows loaded by one energised rack."""
    heat = load_of(rack.heat, world)
    share = liquid_share(rack, world)
    return add(
        electrical(
            model,
            world,
            hall_name,
            ups=heat,
            ups_va=power.apparent_power(heat, capacity_of(rack.power_factor, world)),
            ups_peak=rack_peak(rack, world),
            level=rack_level(model, hall_name),
        ),
        to_liquid(model, world, hall_name, heat * share, rack_flow(rack, model.site.halls[hall_name], world)),
        to_room(model, world, hall_name, heat * (1.0 - share), behind_door(model, name, hall_name, world)),
        to_airflow(model, hall_name, rack_airflow(model, rack, world)),
    )


def su_racks(model: SiteModel, deployment: str) -> list[tuple[str, Rack, int]]:
    """Name, spec and count of each kind of rack in one SU."""
    found = []
    for entry in model.site.deployments[deployment].su:
        spec = model.specs[entry.spec]
        if isinstance(spec, Rack):
            found.append((entry.spec, spec, entry.count))
    return found


def _one(model: SiteModel, name: str, rack: Rack, hall_name: str, world: World) -> Vector:
    return noted_rows(rack_demand(model, name, rack, hall_name, world), "one {} in {}", name, hall_name)


def su_demand(model: SiteModel, deployment: str, hall_name: str, world: World) -> Vector:
    """Rows loaded by one energised SU."""
    return add(
        *(
            noted_rows(
                {key: value * count for key, value in _one(model, name, rack, hall_name, world).items()},
                "{} {} of one SU",
                count,
                name,
            )
            for name, rack, count in su_racks(model, deployment)
        )
    )


def is_liquid(model: SiteModel, deployment: str) -> bool:
    """Whether an SU has a liquid side to fill and test."""
    return any(rack.liquid is not None for _, rack, _ in su_racks(model, deployment))


def su_obstacles(model: SiteModel, deployment: str, hall_name: str, world: World) -> list[str]:
    """Why an SU cannot run in a hall whatever is bought; empty when it can."""
    racks = su_racks(model, deployment)
    kinds = (coolant_obstacles, air_obstacles, feed_obstacles, route_obstacles)
    return [why for name, rack, _ in racks for kind in kinds for why in kind(model, name, rack, hall_name, world)]


def existing_load(model: SiteModel, entry: Load, world: World) -> Vector:
    """Rows loaded by a load that is there already or reserved."""

    def value(figure: Figure[Any] | None) -> float:
        return 0.0 if figure is None else load_of(figure, world)

    behind = value(entry.ups)
    rows = add(
        electrical(
            model,
            world,
            entry.hall,
            ups=behind,
            # no power factor is asked for what stands behind the UPS: it is taken to be one
            ups_va=0.0 if entry.ups is None else power.apparent_power(behind, 1.0),
            other=value(entry.other),
            level=rack_level(model, entry.hall),
        ),
        ways_taken(model, entry.ways),
    )
    if entry.hall is None:
        return rows
    return add(
        rows,
        to_liquid(model, world, entry.hall, value(entry.liquid_heat), value(entry.liquid_flow)),
        to_room(model, world, entry.hall, value(entry.air_heat)),
        to_airflow(model, entry.hall, value(entry.air_flow)),
        {row("positions", entry.hall): float(entry.positions)},
    )
