"""Whether the options of upgrades are declared so that they can be taken: sooner, on hire, after or without another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from dcplan.catalog import FloorReinforcement, Generator, RouteProtection, Spec
from dcplan.groups import Found, Step
from dcplan.options import Rental
from dcplan.physics.generators import class_limits
from dcplan.site import Site, Upgrade
from dcplan.units import text
from dcplan.wording import nearest

MOST_NAMED = 12


def offer_problems(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Every problem of what upgrades offer."""
    for name, upgrade in site.upgrades.items():
        spec = specs.get(upgrade.spec)
        if spec is not None:
            yield from _expedites(("upgrades", name, "expedite"), upgrade, spec)
            if upgrade.rental is not None:
                yield from _rental(site, ("upgrades", name), upgrade, upgrade.rental, spec)
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


def _circles(site: Site) -> Iterator[Found]:
    """No upgrade waits for itself."""
    try:
        TopologicalSorter({name: upgrade.requires for name, upgrade in site.upgrades.items()}).prepare()
    except CycleError as error:
        names: list[str] = error.args[1]
        given = " before ".join(names[:MOST_NAMED])
        yield ("upgrades", names[1], "requires"), given, "no upgrade that waits for itself", ""


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
