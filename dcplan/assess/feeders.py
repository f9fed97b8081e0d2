"""Feeds of the racks and the fault current of the switchboard, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from dcplan.answer import Line
from dcplan.assess.balance import Placement
from dcplan.assess.coverage import racks_of
from dcplan.assess.limits import unused
from dcplan.assess.line import WORLDS, Reading, Subject, judge, source_of, unchecked
from dcplan.catalog import Rack
from dcplan.distribution import Feeds
from dcplan.ratings.feeders import fault_current, feed_load, interrupting_current, ways_unstated
from dcplan.ratings.rows import SITE, types_at
from dcplan.site import SiteModel

RULES = {"nec_80": "80 % of the rating, NEC 210.20(A)", "rated_100": "all of a 100 % rating", "iec": "all of it, IEC"}
_FAULT = "available fault current against the interrupting rating"


def feeder_lines(model: SiteModel, placement: Placement) -> Iterator[Line]:
    """Lines of every hall that a deployment may use, then the switchboard."""
    halls = sorted({hall for deployment in model.site.deployments.values() for hall in deployment.halls})
    for hall in halls:
        for name in racks_of(model, hall):
            yield from _feeds(model, placement, hall, name)
    if "switchgear" in model.site.redundancy:
        yield _fault(model)
        if model.site.switchboard is not None and (silent := ways_unstated(model)):
            why = f"`switchboard.ways` states no circuits per unit of {', '.join(silent)}"
            yield unchecked(
                f"{'ways_left_out' if model.site.switchboard.ways else 'ways'}.{SITE}",
                SITE,
                "circuits of the switchboards",
                f"{why}: they count as none",
            )


def _feeds(model: SiteModel, placement: Placement, hall: str, name: str) -> Iterator[Line]:
    feeds, rack = model.site.halls[hall].feeds, model.specs[name]
    line_id, rule = f"feed_tap.{hall}.{name}", "provisioned power against feeds and breakers"
    if feeds is None:
        yield unchecked(line_id, hall, rule, f"hall {hall} states no `feeds`")
        return
    loads = [feed_load(model, rack, hall, world) for world in WORLDS] if isinstance(rack, Rack) else []
    found = [load for load in loads if load is not None]
    if len(found) < len(WORLDS):
        yield unchecked(line_id, hall, rule, f"{name} states no `provisioned` power")
        return
    source, note = source_of(model, [name, feeds.busway], "IEEE 1459"), unused(model, placement, hall, name)
    yield _line(line_id, hall, _tap_rule(feeds), source, [Reading(one.tap, one.tap_allowed) for one in found], note)
    run_id, run = f"feed_run.{hall}.{name}", [Reading(one.run, one.run_allowed) for one in found]
    yield _line(run_id, hall, _run_rule(feeds), source, run, note)


def _tap_rule(feeds: Feeds) -> str:
    left = feeds.feeds_per_rack - feeds.feeds_per_rack // feeds.sides * (feeds.sides - 1)
    lost = "with one side lost" if feeds.sides == 2 else "one side only"
    return f"provisioned power on {left} of {feeds.feeds_per_rack} feeds, {lost}; tap-off to {RULES[feeds.rule]}"


def _run_rule(feeds: Feeds) -> str:
    lost = "with the other side lost" if feeds.sides == 2 else "one side only"
    return f"provisioned power of {feeds.racks_per_run} racks on one run, {lost}; busway to {RULES[feeds.rule]}"


def _line(line_id: str, hall: str, rule: str, source: str, readings: list[Reading], note: str) -> Line:
    return judge(Subject(line_id, hall, rule, "A", source), readings, [note])


def _fault(model: SiteModel) -> Line:
    line_id, readings = f"fault.{SITE}", []
    for world in WORLDS:
        found, breaks = fault_current(model, world), interrupting_current(model, world)
        if found is None or breaks is None:
            why = "needs `switchboard.parallel` and `contribution`, `impedance` of every transformer, and a board"
            return unchecked(line_id, SITE, _FAULT, why)
        readings.append(Reading(found, breaks))
    names = types_at(model, "transformer", SITE) + types_at(model, "switchgear", SITE)
    rule = f"{_FAULT}: largest transformers in parallel behind an infinite bus, motors and generators added"
    return judge(Subject(line_id, SITE, rule, "kA", source_of(model, names, "IEC 60909-0")), readings)
