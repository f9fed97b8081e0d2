"""Amperes of this site: rack feeds and busway runs, the switchboard's bus and its fault current, in SI floats."""

from __future__ import annotations

from dataclasses import dataclass

from dcplan.catalog import Busway, Rack, Spec, Switchgear, Transformer
from dcplan.distribution import Feeds
from dcplan.physics import feeders, power
from dcplan.ratings.rows import SITE, Vector, World, add, capacity_of, load_of, row, types_at
from dcplan.site import SiteModel, service_of


@dataclass(frozen=True)
class FeedLoad:
    """Amperes of one rack kind in a hall, and what may be carried without a break, with one side lost."""

    tap: float
    tap_allowed: float
    run: float
    run_allowed: float

    def holds(self) -> bool:
        """Whether tap-off and run carry it."""
        return self.tap <= self.tap_allowed * (1 + 1e-9) and self.run <= self.run_allowed * (1 + 1e-9)


def feed_obstacles(model: SiteModel, name: str, rack: Rack, hall_name: str, world: World) -> list[str]:
    """Why a rack's feeds do not carry what it is provisioned for."""
    found = feed_load(model, rack, hall_name, world)
    if found is None or found.holds():
        return []
    tap = f"{found.tap:.4g} A of {found.tap_allowed:.4g} A per tap-off"
    return [f"{name}: feeds of hall {hall_name} carry {tap}, {found.run:.4g} A of {found.run_allowed:.4g} A per run"]


def feed_load(model: SiteModel, rack: Rack, hall_name: str, world: World) -> FeedLoad | None:
    """What a rack's feeds and the run they hang on carry; None where the file does not say enough."""
    feeds = model.site.halls[hall_name].feeds
    if feeds is None or rack.provisioned is None:
        return None
    busway = model.specs[feeds.busway]
    if not isinstance(busway, Busway):
        return None
    apparent = power.apparent_power(load_of(rack.provisioned, world), capacity_of(rack.power_factor, world))
    left = feeds.feeds_per_rack - feeds.feeds_per_rack // feeds.sides * (feeds.sides - 1)
    return FeedLoad(
        tap=_current(feeds, apparent / left, world),
        tap_allowed=feeders.continuous_current(capacity_of(busway.tap_current, world), feeds.rule),
        run=_current(feeds, apparent * feeds.racks_per_run, world),
        run_allowed=feeders.continuous_current(capacity_of(busway.current, world), feeds.rule),
    )


def _current(feeds: Feeds, apparent: float, world: World) -> float:
    voltage = capacity_of(feeds.voltage, world)
    if feeds.phases == 3:
        return power.three_phase_current(apparent, voltage)
    return feeders.single_phase_current(apparent, voltage)


def on_switchboard(model: SiteModel, world: World, apparent: float) -> Vector:
    """Amperes that a draw [VA] puts on the bus."""
    board = model.site.switchboard
    if board is None or "switchgear" not in model.site.redundancy or apparent <= 0:
        return {}
    return {row("switchgear", SITE): power.three_phase_current(apparent, capacity_of(board.voltage, world))}


def switchgear_supply(model: SiteModel, spec: Switchgear, world: World) -> Vector:
    """Amperes and circuits of one board."""
    board = model.site.switchboard
    rows: Vector = {row("ways", SITE): float(spec.ways)} if board is not None and board.ways else {}
    return rows if board is None else rows | {row("switchgear", SITE): capacity_of(spec.current, world)}


def ways_taken(model: SiteModel, number: int) -> Vector:
    """Circuits of the switchboards that are taken; nothing where the file states none per unit."""
    board = model.site.switchboard
    if board is None or not board.ways or "switchgear" not in model.site.redundancy:
        return {}
    return add({row("ways", SITE): float(number)})


def unit_ways(model: SiteModel, spec: Spec) -> Vector:
    """Circuits that one installed unit takes."""
    service = service_of(spec)
    ways = {} if model.site.switchboard is None else model.site.switchboard.ways
    return ways_taken(model, next((count for name, count in ways.items() if name == service), 0))


def ways_unstated(model: SiteModel) -> list[str]:
    """Services that have, or may get, plant at the site or in halls, and no circuits per unit in `switchboard.ways`."""
    site = model.site
    stated = {} if site.switchboard is None else site.switchboard.ways
    named = {entry.spec for entry in site.plant.values()} | {entry.spec for entry in site.upgrades.values()}
    services = {service_of(model.specs[name]) for name in named}
    fed = ("utility", "transformer", "generator", "ups", "heat_rejection")
    return [name for name in fed if name in services and name not in stated]


def fault_current(model: SiteModel, world: World) -> float | None:
    """Fault current [A] at the bus: transformers in parallel, motors and generators; None where a figure is missing."""
    board = model.site.switchboard
    types = [model.specs[name] for name in types_at(model, "transformer", SITE)]
    sets = [spec for spec in types if isinstance(spec, Transformer)]
    if board is None or board.parallel is None or board.contribution is None or not sets:
        return None
    voltage, each = capacity_of(board.voltage, world), []
    for spec in sets:
        if spec.impedance is None:
            return None
        rating = load_of(spec.apparent, world)
        each.append(feeders.transformer_fault_current(rating, voltage, capacity_of(spec.impedance, world)))
    return board.parallel * max(each) + load_of(board.contribution, world)


def interrupting_current(model: SiteModel, world: World) -> float | None:
    """The lowest fault current that any board which stands or may stand interrupts; None without one."""
    boards = [model.specs[name] for name in types_at(model, "switchgear", SITE)]
    return min((capacity_of(spec.interrupting, world) for spec in boards if isinstance(spec, Switchgear)), default=None)
