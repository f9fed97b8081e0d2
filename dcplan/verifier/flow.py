"""Flow of coolant, facility water and room air, added up from the figures of racks and plant.

A rack asks for the larger of what its heat needs between supply and return limit, V = Q / (rho cp dT), and its own
minimum; a load that is there already for what the file states. A facility loop whose pumps are named as plant carries
its heat between its two temperatures. Air is heat / (rho cp rise), at the site's altitude.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dcplan.catalog import LiquidToAir, Rack
from dcplan.circuits import HallLiquid
from dcplan.physics import fluid
from dcplan.ratings.air import airflow_gaps
from dcplan.ratings.racks import su_racks
from dcplan.ratings.rows import row
from dcplan.site import SiteModel
from dcplan.verifier.energy import State, loop_heat
from dcplan.verifier.levels import counted_at

AIR = 293.15
"""Air is counted at 20 degC [K]."""
AIR_HEAT = 1_006.0
"""Specific heat of air [J/(kg K)]."""


def flows(model: SiteModel, state: State) -> dict[str, float]:
    """Cubic metres per second that each flow row of a site must carry, by row id.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    state : State
        What is energised, runs and counts.

    Returns
    -------
    dict of str to float
        Rows of services that the site does not declare are left out.
    """
    due: defaultdict[str, float] = defaultdict(float)
    if "cdu" in model.site.redundancy:
        for hall in model.site.halls:
            due[row("cdu_flow", counted_at(model, "cdu", hall))] += sum(_in_hall(model, state, hall), 0.0)
    if "facility_pump" in model.site.redundancy:
        for name, heat in loop_heat(model, state).items():
            loop = model.site.loops[name]
            if loop.pump_power is None:
                due[row("loop_flow", name)] = _flow(heat, loop.supply.si(), loop.back.si(), loop.fluid)
    if "room_air" in model.site.redundancy:
        for hall in model.site.halls:
            air = _air_in_hall(model, state, hall)
            if air is not None:
                due[row("room_airflow", counted_at(model, "room_air", hall))] += air
    return dict(due)


def _air_in_hall(model: SiteModel, state: State, hall: str) -> float | None:
    """Air drawn in a hall; None where a figure that it needs is missing somewhere, as the balance then has no row."""
    if airflow_gaps(model, counted_at(model, "room_air", hall)):
        return None
    altitude = model.site.place.altitude.si()
    carried = fluid.air_density(AIR, altitude) * AIR_HEAT
    thinner = fluid.air_density(AIR, 0.0) / fluid.air_density(AIR, altitude)
    total = 0.0
    for (deployment, place), number in state.energised.items():
        for _, rack, count in su_racks(model, deployment):
            exhaust = rack.heat.si() - rack.heat.si() * rack.liquid_share.si()
            if place != hall or exhaust <= 0.0:
                continue
            own = 0.0 if rack.airflow is None else rack.airflow.si() * thinner
            own = exhaust / (carried * rack.air_rise.si()) if rack.air_rise is not None else own
            total += own * count * number
    for entry in model.site.loads.values():
        if entry.hall == hall and entry.air_flow is not None:
            total += entry.air_flow.si()
    for name, number in state.running.items():
        spec = model.specs[state.types[name][0]] if name in state.types else None
        if isinstance(spec, LiquidToAir) and spec.airflow is not None and state.types[name][1] == hall:
            total += spec.airflow.si() * number
    return total


def _in_hall(model: SiteModel, state: State, hall: str) -> Iterator[float]:
    liquid = model.site.halls[hall].liquid
    for (deployment, place), number in state.energised.items():
        for _, rack, count in su_racks(model, deployment):
            if place == hall and liquid is not None:
                yield _rack(rack, liquid) * count * number
    for entry in model.site.loads.values():
        if entry.hall == hall and entry.liquid_heat is not None and entry.liquid_flow is not None:
            yield entry.liquid_flow.si()


def _rack(rack: Rack, liquid: HallLiquid) -> float:
    if rack.liquid is None:
        return 0.0
    heat = rack.heat.si() * rack.liquid_share.si()
    flow = _flow(heat, liquid.supply.si(), rack.liquid.return_limit.si(), liquid.fluid)
    least = 0.0 if rack.liquid.minimum_flow is None else rack.liquid.minimum_flow.si()
    per_watt = 0.0 if rack.liquid.minimum_specific_flow is None else rack.liquid.minimum_specific_flow.si()
    return max(flow, least, per_watt * heat)


def _flow(heat: float, supply: float, back: float, liquid: str) -> float:
    mean = (supply + back) / 2
    return heat / (fluid.density(liquid, mean) * fluid.specific_heat(liquid, mean) * (back - supply))
