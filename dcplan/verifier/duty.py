"""What an outage asks of generators and fuel, and a peak of the UPS, added up from the figures a second time.

::

    generator_average = load of the bus, sustained
    generator_block   = share of it that comes back at once
    fuel              = autonomy x (each installed set's lowest published consumption + steepest rise x load of the bus)
    switchgear        = volt-amperes of the bus / (sqrt(3) x voltage); ways by what counts
    ups_peak          = load of the UPS + what the racks rise above their sustained power

Rows that the site does not ask for, or for which a figure is missing, are not stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dcplan.catalog import Generator, Rack, Ups
from dcplan.ratings.rows import SITE, row, types_at
from dcplan.site import SiteModel, level_service, service_of
from dcplan.verifier.energy import State, on_bus, ups_outputs
from dcplan.verifier.levels import climbed, counted_at, drawn_from

_DAY = 86_400.0


def asked(model: SiteModel, state: State) -> dict[str, float]:
    """SI amounts that the rows of duty and peak must carry."""
    duty, rows = model.site.generator_duty, dict(_peaks(model, state))
    bus, apparent = on_bus(model, state)
    board = model.site.switchboard
    if board is not None and "switchgear" in model.site.redundancy:
        rows[row("switchgear", SITE)] = apparent / (3.0**0.5 * board.voltage.si())
        if board.ways:
            rows[row("ways", SITE)] = float(
                _ways(model, state, {str(name): count for name, count in board.ways.items()})
            )
    if "generator" not in model.site.redundancy:
        return rows
    sets = _sets(model)
    if duty.hours is not None:
        rows[row("generator_average", SITE)] = bus
    if duty.block is not None and all(spec.block_load is not None for spec in sets):
        rows[row("generator_block", SITE)] = duty.block.si() * bus
    if duty.autonomy is not None and "fuel" in model.site.redundancy and all(spec.fuel for spec in sets):
        flow = max((_rise(spec) for spec in sets), default=0.0) * bus
        for name, number in state.counted.items():
            spec = model.specs[state.types[name][0]]
            if isinstance(spec, Generator):
                flow += number * spec.fuel[0].flow.si()
        rows[row("fuel", SITE)] = flow * duty.autonomy.si() * _DAY
    return rows


def _ways(model: SiteModel, state: State, board: Mapping[str, int]) -> int:
    """Circuits taken by loads and by every unit that counts."""
    total = sum(entry.ways for entry in model.site.loads.values())
    for name, number in state.counted.items():
        total += number * board.get(service_of(model.specs[state.types[name][0]]) or "", 0)
    return total


def _sets(model: SiteModel) -> list[Generator]:
    return [spec for name in types_at(model, "generator", SITE) if isinstance(spec := model.specs[name], Generator)]


def _rise(spec: Generator) -> float:
    """Steepest rise of consumption above the lowest published one [m3/s per W]."""
    idle, rating = spec.fuel[0].flow.si(), spec.power.si()
    return max((point.flow.si() - idle) / (point.load.si() * rating) for point in spec.fuel)


def _peaks(model: SiteModel, state: State) -> Iterator[tuple[str, float]]:
    racks = [spec for spec in model.specs.values() if isinstance(spec, Rack) and _deployed(model, spec)]
    peaking = [rack for rack in racks if rack.peak is not None]
    if "ups" not in model.site.redundancy or not peaking or any(rack.peak_time is None for rack in peaking):
        return
    above: dict[str, float] = {}
    for (deployment, hall), number in state.energised.items():
        for entry in model.site.deployments[deployment].su:
            rack, place = model.specs[entry.spec], counted_at(model, "ups", hall)
            if isinstance(rack, Rack) and rack.peak is not None:
                share = 1.0 if rack.peak_simultaneity is None else rack.peak_simultaneity.si()
                rise = share * max(0.0, rack.peak.si() - rack.heat.si())
                rise *= _grown(model, rack, hall)
                above[place] = above.get(place, 0.0) + rise * entry.count * number
    for place, output in ups_outputs(model, state).items():
        modules = [model.specs[name] for name in types_at(model, "ups", place)]
        if all(spec.overload for spec in modules if isinstance(spec, Ups)):
            yield row("ups_peak", place), output + above.get(place, 0.0)


def _grown(model: SiteModel, rack: Rack, hall: str) -> float:
    """What a rack's watt has become at the UPS, losses of the levels between included."""
    level, heat = drawn_from(model, "racks"), rack.heat.si()
    if level is None or heat == 0.0:
        return 1.0
    at = level, counted_at(model, level_service(level), hall)
    _, reached = climbed(model, "ups", {at: (heat, heat / rack.power_factor.si())}, {})
    return sum(watts for watts, _ in reached.values()) / heat


def _deployed(model: SiteModel, rack: Rack) -> bool:
    entries = (entry for deployment in model.site.deployments.values() for entry in deployment.su)
    return any(model.specs[entry.spec] is rack for entry in entries)
