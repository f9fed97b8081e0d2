"""Flow that each coolant and facility loop must carry, added up from the figures of racks and plant.

A rack asks for the larger of what its heat needs between supply and return limit, V = Q / (rho cp dT), and its own
minimum; a load that is there already for what the file states. A facility loop whose pumps are named as plant carries
its heat between its two temperatures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dcplan.catalog import Rack
from dcplan.physics import fluid
from dcplan.ratings.racks import su_racks
from dcplan.ratings.rows import row
from dcplan.site import HallLiquid, SiteModel
from dcplan.verifier.energy import State, counted_at, loop_heat


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
    return dict(due)


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
