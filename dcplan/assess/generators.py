"""Generators beyond their balances: rating class against the hours asked, minimum load, and the cap on emissions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dcplan.answer import Line
from dcplan.assess.balance import Balance, stands
from dcplan.assess.line import WORLDS, Reading, Subject, judge, quantity, source_of, unchecked
from dcplan.catalog import Generator
from dcplan.physics.generators import sets_to_run
from dcplan.ratings.generators import allowed_hours, block_stated, emission, emissions_stated, fuel_stated
from dcplan.ratings.generators import generator_power as site_power
from dcplan.ratings.rows import SITE, World, capacity_of, load_of, row
from dcplan.site import Plant, SiteModel
from dcplan.units import si

ISO = "ISO 8528-1:2018"


def generator_lines(model: SiteModel, balances: Sequence[Balance]) -> Iterator[Line]:
    """Lines about generators that no row holds, and what is not checked about them."""
    if "generator" not in model.site.redundancy:
        return
    names = {entry.spec for entry in model.site.plant.values()} | {entry.spec for entry in model.site.upgrades.values()}
    sets = {name: spec for name in sorted(names) if isinstance(spec := model.specs[name], Generator)}
    yield from _classes(model, sets)
    yield _minimum_load(model, balances)
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


def _standing_sets(model: SiteModel) -> list[tuple[str, Generator, int]]:
    return [
        (entry.spec, spec, entry.count)
        for entry in model.site.plant.values()
        if stands(model, entry) and isinstance(spec := model.specs[entry.spec], Generator)
    ]


def _minimum_load(model: SiteModel, balances: Sequence[Balance]) -> Line:
    """Whether a set finds its minimum load in an outage before the first SU; others are shed, a load bank helps."""
    line_id, rule = f"generator_minimum.{SITE}", "lowest planned load, at least the minimum of the sets left running"
    sets = _standing_sets(model)
    silent = sorted({name for name, spec, _ in sets if spec.minimum_load is None})
    if not sets or silent:
        why = f"no `minimum_load` stated for {', '.join(silent)}" if silent else "no generator stands"
        return unchecked(line_id, SITE, rule, why)
    readings, running = [], 0
    for world, found in zip(reversed(WORLDS), reversed(balances), strict=True):
        load = found.baseline.get(row("generator", SITE), 0.0) + _load_bank(model, world)
        rating, share, count = min((_floor(model, spec, count, world) for _, spec, count in sets), key=_watts)
        running = sets_to_run(load, rating, share, count)
        readings.append(Reading(rating * share * max(1, running), load))
    readings.reverse()
    subject = Subject(line_id, SITE, rule, "kW", source_of(model, {name for name, _, _ in sets}, "NFPA 110"))
    line = judge(subject, readings, [f"{running} of the smallest sets run, the others are shed" if running else ""])
    if line.verdict != "fail":
        return line
    short = quantity(-readings[0].margin, "kW")
    why = f"warning: one set alone runs below its minimum until more is energised; a load bank of {short} cures it"
    return line.model_copy(update={"verdict": "open", "reason": why})


def _floor(model: SiteModel, spec: Generator, count: int, world: World) -> tuple[float, float, int]:
    """Rating, minimum share and number of sets of one entry."""
    share = 1.0 if spec.minimum_load is None else load_of(spec.minimum_load, world)
    return max(site_power(model, spec, world), 1.0), share, count


def _watts(floor: tuple[float, float, int]) -> float:
    return floor[0] * floor[1]


def _load_bank(model: SiteModel, world: World) -> float:
    bank = model.site.generator_duty.load_bank
    return 0.0 if bank is None else capacity_of(bank, world)


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
    readings = [Reading(total, si(cap)) for _ in WORLDS]
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
