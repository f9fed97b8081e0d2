"""Whether options of upgrades are declared so that they can be taken: sooner, on hire, after others or not, tied in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter

from dcplan.catalog import FloorReinforcement, Generator, RouteProtection, Spec
from dcplan.groups import Found, Step
from dcplan.options import Rental
from dcplan.physics.generators import class_limits
from dcplan.site import Holiday, OutageWindow, Site, Upgrade
from dcplan.units import text
from dcplan.wording import nearest
from dcplan.workdays import workdays

MOST_NAMED = 12


def offer_problems(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Every problem of what upgrades offer."""
    for name, upgrade in site.upgrades.items():
        spec = specs.get(upgrade.spec)
        if spec is not None:
            yield from _expedites(("upgrades", name, "expedite"), upgrade, spec)
            if upgrade.rental is not None:
                yield from _rental(site, ("upgrades", name), upgrade, upgrade.rental, spec)
            yield from _tie_in(site, ("upgrades", name, "tie_in"), upgrade, spec)
    for name, windows in site.outage_windows.items():
        for index, window in enumerate(windows):
            if window.to is not None and window.to < window.day:
                yield ("outage_windows", name, index, "to"), str(window.to), f"{window.day} or later", ""
    yield from _others(site, specs)
    yield from _circles(site)


def _expedites(path: Step, upgrade: Upgrade, spec: Spec) -> Iterator[Found]:
    """Nothing is delivered before it is ordered, and positions are not delivered at all."""
    lead = upgrade.lead_time or spec.procurement.lead_time
    for name, way in upgrade.expedite.items():
        if isinstance(spec, FloorReinforcement):
            yield (*path, name), "a floor reinforcement", "an upgrade that buys plant", "state a shorter `lead_time`"
        elif lead is not None and way.saves.si() > lead.si():
            given, allowed = text(way.saves.value), f"at most the lead time of {text(lead.value)}"
            yield (*path, name, "saves"), given, allowed, f"saves: {text(lead.value)}"


def _tie_in(site: Site, path: Step, upgrade: Upgrade, spec: Spec) -> Iterator[Found]:
    """What ties in is plant, for no longer than its install takes, when declared windows are open."""
    if upgrade.tie_in is None:
        return
    if isinstance(spec, FloorReinforcement | RouteProtection):
        yield path, "floor or route work", "an upgrade that buys plant: only plant ties into live plant", ""
    if upgrade.tie_in.window not in site.outage_windows:
        known = sorted(site.outage_windows)
        allowed = f"one of `outage_windows`: {', '.join(known[:MOST_NAMED]) or 'none is declared'}"
        yield (*path, "window"), upgrade.tie_in.window, allowed, nearest(upgrade.tie_in.window, known)
    install, tied = upgrade.install or spec.procurement.install, upgrade.tie_in.duration
    if tied is not None and install is not None and tied.si() > install.si():
        given, allowed = text(tied.value), f"at most the install of {text(install.value)}, whose last days it takes"
        yield (*path, "duration"), given, allowed, f"duration: {text(install.value)}"


def _others(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Upgrades that go before, or that cannot be bought beside, are other plant of this site, each named once."""
    plant = {
        name for name, upgrade in site.upgrades.items() if not isinstance(specs.get(upgrade.spec), FloorReinforcement)
    }
    for name, upgrade in site.upgrades.items():
        for field, names in (("requires", upgrade.requires), ("excludes", upgrade.excludes)):
            path: Step = ("upgrades", name, field)
            if names and name not in plant:
                yield path, "a floor reinforcement", f"`{field}` only where an upgrade buys plant", ""
            for index, other in enumerate(names):
                if other == name or other not in plant:
                    known = sorted(plant - {name})
                    allowed = f"another upgrade that buys plant: {', '.join(known[:MOST_NAMED]) or 'there is none'}"
                    yield (*path, index), other, allowed, nearest(other, known)
                elif field == "requires" and site.upgrades[other].rental is not None:
                    yield (*path, index), f"{other}, which is hired", "an upgrade whose units stay", ""
                elif other in names[:index]:
                    yield (*path, index), other, "each upgrade once", ""
        for index, other in enumerate(upgrade.excludes):
            if other in upgrade.requires:
                yield ("upgrades", name, "excludes", index), other, "an upgrade that it does not require", ""
        yield from _ruled_out(site, name)


def _ruled_out(site: Site, name: str) -> Iterator[Found]:
    """What an upgrade requires, by others too, does not exclude it: told at both ends."""
    for index, first in enumerate(site.upgrades[name].requires):
        for other in sorted({first, *_required(site, first)} - {name}):
            if other in site.upgrades and name in site.upgrades[other].excludes:
                given = first if first == other else f"{first}, which requires {other}"
                yield ("upgrades", name, "requires", index), given, f"an upgrade that does not exclude {name}", ""
                at = site.upgrades[other].excludes.index(name)
                yield ("upgrades", other, "excludes", at), name, f"an upgrade that does not require {other}", ""


def _required(site: Site, name: str) -> set[str]:
    """Upgrades that go before one, those that go before these among them."""
    found: set[str] = set()
    left = [name]
    while left:
        upgrade = site.upgrades.get(left.pop())
        new = set() if upgrade is None else {*upgrade.requires} - found
        found |= new
        left += new
    return found & site.upgrades.keys()


def _circles(site: Site) -> Iterator[Found]:
    """No upgrade waits for itself."""
    try:
        TopologicalSorter({name: upgrade.requires for name, upgrade in site.upgrades.items()}).prepare()
    except CycleError as error:
        names: list[str] = error.args[1]
        given = " before ".join(names[:MOST_NAMED])
        yield ("upgrades", names[1], "requires"), given, "no upgrade that waits for itself", ""


def idle_warnings(site: Site) -> Iterator[str]:
    """What is declared and can have no effect: it is no mistake, since a value may be set to nothing for a trial."""
    for name, upgrade in sorted(site.upgrades.items()):
        never = sorted(other for other in _required(site, name) if site.upgrades[other].at_most == 0)
        if upgrade.at_most and never:
            others = ", ".join(never[:MOST_NAMED])
            yield f"upgrade {name} requires {others}, of which `at_most` is 0: it is never bought"
        for way, terms in sorted(upgrade.expedite.items()):
            if terms.at_most == 0:
                yield f"upgrade {name}: `at_most` of the expedite {way} is 0: no unit is had so"
    for name, load in sorted(site.loads.items()):
        if not any(value for key, value in load if key not in ("status", "hall")):
            yield f"load {name} states neither power, heat, positions nor ways: it takes nothing"
    for name, windows in sorted(site.outage_windows.items()):
        shut = list(_shut(site, windows))
        if shut:
            yield f"outage windows {name}: nobody works from {', '.join(shut[:MOST_NAMED])}: see `calendar`"
    for service, entry in sorted(site.redundancy.items()):
        if entry.until and entry.until[-1].day > site.end:
            due = entry.until[-1].day
            yield f"{service}: {entry.scheme} is due on {due}, after the plan's `end`: no plan is held to it"


def _shut(site: Site, windows: Sequence[OutageWindow]) -> Iterator[str]:
    """Windows during the plan without a working day."""
    periods = (*site.calendar.holidays, *site.calendar.freezes)
    closed = {site.start + timedelta(days=day) for period in periods for day in _during(site, period)}
    table = workdays(site.calendar.working_days, closed, site.start, (site.end - site.start).days)
    for window in windows:
        days = _during(site, window)
        if days and not table.between(days[0], days[-1] + 1):
            yield f"{window.day} to {window.to or window.day}"


def _during(site: Site, period: OutageWindow | Holiday) -> range:
    """The days of a period that are days of the plan, counted from its first."""
    first, last = ((day - site.start).days for day in (period.day, period.to or period.day))
    return range(max(first, 0), min(last + 1, (site.end - site.start).days))


# ---------------------------------------------------------------- hire

MONEY_OF_HIRE = ("mobilisation", "demobilisation", "rate", "fuel_cost", "fuel_price", "maintenance")
PRIME_ONLY = ("load", "fuel_cost", "fuel_price", "hours")
PRIME_CLASSES = ("PRP", "COP")


def _rental(site: Site, path: Step, upgrade: Upgrade, rental: Rental, spec: Spec) -> Iterator[Found]:
    """What is hired is plant, has a rent instead of a price, and a duty where it is a generator."""
    if isinstance(spec, FloorReinforcement | RouteProtection):
        yield (*path, "rental"), "floor or route", "an upgrade that adds plant", "it cannot be given back"
        return
    if upgrade.cost is not None:
        yield (*path, "cost"), text(upgrade.cost.value), "no `cost` beside `rental`", "state `rental.mobilisation`"
    if rental.period is not None and rental.period.low() < 1.0:
        yield (*path, "rental", "period"), text(rental.period.value), "a day or more", "1 week"
    if isinstance(spec, Generator) != (rental.duty is not None):
        allowed = "`standby` or `prime`" if isinstance(spec, Generator) else "no duty: it is no generator"
        yield (*path, "rental", "duty"), rental.duty or "nothing", allowed, ""
    elif rental.duty == "prime" and isinstance(spec, Generator):
        yield from _prime(site, (*path, "rental"), rental, spec)
    else:
        for field in PRIME_ONLY:
            if getattr(rental, field) is not None:
                yield (*path, "rental", field), rental.duty or "no duty", f"`{field}` only on prime duty", ""


def _prime(site: Site, path: Step, rental: Rental, spec: Generator) -> Iterator[Found]:
    """A set that runs all the time is rated for it, is paid its fuel, and stands beside a utility that may be short."""
    if spec.rating_class not in PRIME_CLASSES:
        yield (*path, "duty"), f"prime duty of a set of class {spec.rating_class}", "a set of class PRP or COP", ""
    utility = site.redundancy.get("utility")
    if utility is None or utility.unit != "unit":
        yield (*path, "duty"), "prime", "`redundancy.utility` declared by unit", ""
    if (rental.fuel_cost is None) == (rental.fuel_price is None):
        yield path, "prime duty", "either `fuel_cost` or `fuel_price`", "fuel_cost: 0.35 USD/kWh"
    if rental.fuel_price is not None and not spec.fuel:
        yield (*path, "fuel_price"), "a set without `fuel`", "a spec that states its consumption", "state `fuel_cost`"
    average = class_limits(spec.rating_class).average
    allowed = average if spec.average_load is None else spec.average_load.low()
    if rental.load is not None and rental.load.high() > allowed + 1e-9:
        yield (*path, "load"), text(rental.load.value), f"at most its average load of {100 * allowed:g} %", ""
    asked = 365.0 if rental.hours is None else rental.hours.si()
    if spec.hours is not None and asked > spec.hours.si() + 1e-9:
        given = "every hour of a year" if rental.hours is None else text(rental.hours.value)
        yield (*path, "hours"), given, f"at most the {text(spec.hours.value)} that the set may run", ""
