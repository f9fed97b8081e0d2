"""Generators beyond their balances: rating class against the hours asked, minimum load, and both caps of a permit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dcplan.answer import Line
from dcplan.assess.balance import stands
from dcplan.assess.line import WORLDS, Reading, Subject, judge, quantity, source_of, unchecked
from dcplan.catalog import Figure, Generator
from dcplan.physics.generators import sets_to_run
from dcplan.ratings.generators import allowed_hours, block_stated, emission, emissions_stated, fuel_stated
from dcplan.ratings.generators import generator_power as site_power
from dcplan.ratings.rows import SITE, World, capacity_of, load_of
from dcplan.redundancy import members_at, pairs_at
from dcplan.site import Plant, SiteModel
from dcplan.trace import noted

ISO = "ISO 8528-1:2018"


def generator_lines(model: SiteModel) -> Iterator[Line]:
    """Lines about generators that no row holds, and what is not checked about them."""
    if "generator" not in model.site.redundancy:
        return
    names = {entry.spec for entry in model.site.plant.values()} | {entry.spec for entry in model.site.upgrades.values()}
    sets = {name: spec for name in sorted(names) if isinstance(spec := model.specs[name], Generator)}
    yield from _classes(model, sets)
    yield _minimum_load(model)
    yield from _permit(model)
    yield from _emissions(model, sets)
    yield from _missing(model, sets)


def _classes(model: SiteModel, sets: dict[str, Generator]) -> Iterator[Line]:
    """Hours per year that are asked against those that each type may run."""
    asked = model.site.generator_duty.hours
    for name, spec in sets.items():
        line_id, rule = f"generator_hours.{SITE}.{name}", f"hours per year of a set of class {spec.rating_class}"
        if asked is None:
            why = "`generator_duty.hours` is not stated: neither hours nor average load are checked"
            yield unchecked(line_id, SITE, rule, why)
            continue
        allowed = [allowed_hours(spec, world) for world in WORLDS]
        # a class without a limit allows all hours of a year
        readings = [
            Reading(load_of(asked, world), 365.0 if limit is None else limit)
            for world, limit in zip(WORLDS, allowed, strict=True)
        ]
        reason = "" if readings[0].holds(False) else f"{name} counts as zero"
        yield judge(Subject(line_id, SITE, rule, "hour", source_of(model, [name], ISO)), readings, [reason])


@dataclass(frozen=True)
class _Bus:
    """Sets that stand on one bus, in trains of their own or all together, and the share of the load they carry."""

    name: str
    share: float
    sets: tuple[tuple[str, Generator, int], ...]

    def smallest(self, model: SiteModel, world: World) -> tuple[float, float, int] | None:
        """Rating, least share and number of the sets that need the least load; None where none counts."""
        known = [(spec, count, site_power(model, spec, world)) for _, spec, count in self.sets]
        found = [(rated, _least(spec, world), count) for spec, count, rated in known if rated >= 1.0]
        return min(found, key=lambda one: one[0] * one[1], default=None)


def _least(spec: Generator, world: World) -> float:
    return 1.0 if spec.minimum_load is None else load_of(spec.minimum_load, world)


def _buses(model: SiteModel) -> list[_Bus]:
    """One bus for all sets; by cords one for each train or side, with its share of the load while nothing is out."""
    sets = [
        (entry, spec)
        for entry in model.site.plant.values()
        if stands(model, entry) and isinstance(spec := model.specs[entry.spec], Generator)
    ]
    rule = model.site.redundancy["generator"]
    if rule.topology != "cords":
        return [_Bus("", 1.0, tuple((entry.spec, spec, entry.count) for entry, spec in sets))]
    members = members_at(model.site, model.specs, "generator", SITE)
    pairs = pairs_at(rule, tuple(members))
    return [
        _Bus(
            f"{rule.unit} {name}",
            sum(share / 2.0 for one, other, share in pairs if name in (one, other)),
            tuple((entry.spec, spec, entry.count) for entry, spec in sets if entry.train in trains),
        )
        for name, trains in members.items()
    ]


def _minimum_load(model: SiteModel) -> Line:
    """Whether every bus keeps one set at its minimum load in an outage before the first SU; other sets are shed."""
    line_id, rule = f"generator_minimum.{SITE}", "load running today, at least the minimum of the sets left running"
    buses = _buses(model)
    if why := _no_minimum(model, buses):
        return unchecked(line_id, SITE, rule, why)
    worst = min(buses, key=lambda bus: _reading(model, bus, WORLDS[0]).margin)
    readings = [_reading(model, worst, world) for world in WORLDS]
    running = sum(_running(model, bus) for bus in buses)
    names = {name for bus in buses for name, _, _ in bus.sets}
    subject = Subject(line_id, SITE, rule, "kW", source_of(model, names, "NFPA 110"))
    said = [f"{running} of the smallest sets run, the others are shed" if running else ""]
    if worst.name:
        said.append(
            f"one set at least in every {model.site.redundancy['generator'].unit}; least to spare: {worst.name}"
            f" with {100 * worst.share:.4g} % of the load"
        )
    line = judge(subject, readings, said)
    if line.verdict != "fail":
        return line
    short, where = quantity(-readings[0].margin, "kW"), f" of {worst.name}" if worst.name else ""
    there = " there" if worst.name else ""
    why = f"warning: one set{where} alone runs below its minimum until more is energised; a load bank of {short}{there}"
    return line.model_copy(update={"verdict": "open", "reason": f"{why} cures it"})


def _no_minimum(model: SiteModel, buses: Sequence[_Bus]) -> str:
    """Why minimum load cannot be checked; empty where it can."""
    silent = sorted({name for bus in buses for name, spec, _ in bus.sets if spec.minimum_load is None})
    if silent:
        return f"no `minimum_load` stated for {', '.join(silent)}"
    bare = [bus.name for bus in buses if not bus.sets]
    if bare or not buses:
        return "no generator stands" + (f" in {', '.join(bare)}" if any(bare) and len(bare) < len(buses) else "")
    for bus in buses:
        if any(bus.smallest(model, world) is None for world in WORLDS):
            return f"{', '.join(sorted({name for name, _, _ in bus.sets}))} counts as zero: no set runs to be loaded"
    return ""


def _reading(model: SiteModel, bus: _Bus, world: World) -> Reading:
    rating, least, _ = bus.smallest(model, world) or (0.0, 1.0, 0)
    return Reading(rating * least * max(1, _running(model, bus, world)), _certain(model, bus, world))


def _running(model: SiteModel, bus: _Bus, world: World = WORLDS[0]) -> int:
    rating, least, count = bus.smallest(model, world) or (1.0, 1.0, 0)
    return sets_to_run(_certain(model, bus, world), rating, least, count)


def _certain(model: SiteModel, bus: _Bus, world: World) -> float:
    """Load of a bus that is sure to be there: at the low end, nothing that is only reserved, no losses or cooling."""
    running = {name: load for name, load in sorted(model.site.loads.items()) if load.status == "running"}
    drawn = [
        noted(capacity_of(figure, world), "load {}", name)
        for name, load in running.items()
        for figure in (load.ups, load.other)
        if figure is not None
    ]
    total = sum(drawn) + _load_bank(model, world)
    return total if not bus.name else total * noted(bus.share, "share of the load of {}", bus.name)


def _load_bank(model: SiteModel, world: World) -> float:
    bank = model.site.generator_duty.load_bank
    return 0.0 if bank is None else capacity_of(bank, world)


def _permit(model: SiteModel) -> Iterator[Line]:
    """Nameplate of all sets against its cap: a plan can only add to it."""
    cap = model.site.limits.generator_power
    if cap is None:
        return
    rated = {entry.spec: spec for entry in _entries(model) if isinstance(spec := model.specs[entry.spec], Generator)}
    plates = {name: noted(spec.power.si(), "nameplate of one {}", name) for name, spec in rated.items()}
    total = sum(plates[entry.spec] * entry.count for entry in _entries(model))
    rule = "nameplate of all sets there or promised; cap of the permit"
    readings = [Reading(total, Figure(cap).si()) for _ in WORLDS]
    yield judge(Subject(f"generator_permit.{SITE}", SITE, rule, "kW", source_of(model, rated)), readings)


def _emissions(model: SiteModel, sets: dict[str, Generator]) -> Iterator[Line]:
    cap = model.site.limits.emissions
    if cap is None:
        return
    line_id, rule = (
        f"emissions.{SITE}",
        "engine power x emission x hours asked, over all sets there or promised",
    )
    if not emissions_stated(model):
        missing = [name for name, spec in sets.items() if emission(model, spec) is None]
        why = f"no `generator_duty.hours`, `engine_power` or `emission` for {', '.join(missing)}"
        yield unchecked(line_id, SITE, rule, why)
        return
    total = sum((emission(model, sets[entry.spec]) or 0.0) * entry.count for entry in _entries(model))
    readings = [Reading(total, Figure(cap).si()) for _ in WORLDS]
    yield judge(Subject(line_id, SITE, rule, "kg", source_of(model, sets)), readings)


def _entries(model: SiteModel) -> list[Plant]:
    return [entry for entry in model.site.plant.values() if isinstance(model.specs[entry.spec], Generator)]


def _missing(model: SiteModel, sets: dict[str, Generator]) -> Iterator[Line]:
    """What is asked of generators and cannot be balanced, or is not asked."""
    duty = model.site.generator_duty
    if not block_stated(model):
        silent = [name for name, spec in sets.items() if spec.block_load is None]
        why = (
            "`generator_duty.block` is not stated" if duty.block is None else f"no `block_load` for {', '.join(silent)}"
        )
        yield unchecked(
            f"generator_block.{SITE}", SITE, "load that comes back at once against the sets' largest step", why
        )
    if not fuel_stated(model):
        silent = [name for name, spec in sets.items() if not spec.fuel]
        why = f"no `fuel` for {', '.join(silent)}"
        if duty.autonomy is None:
            why = "`generator_duty.autonomy` is not stated"
        elif "fuel" not in model.site.redundancy:
            why = "`redundancy.fuel` is not declared"
        yield unchecked(f"fuel.{SITE}", SITE, "fuel on site for the autonomy asked", why)
