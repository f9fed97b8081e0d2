"""What one record alone cannot see: names that lead nowhere, dates out of order, units of the wrong kind.

Each check takes the whole site and yields problems with their place, so that all of them are reported at once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain, islice, pairwise
from typing import Any

from pydantic import BaseModel

from dcplan.catalog import (
    Busway,
    Chiller,
    FacilityPump,
    Figure,
    FloorReinforcement,
    Generator,
    Rack,
    RouteProtection,
    Spec,
    UtilityService,
    figures,
)
from dcplan.distribution import OUTDOORS
from dcplan.document import Document
from dcplan.errors import MOST_PROBLEMS, Problem
from dcplan.groups import Found, Step, level_problems, pod_problems, scheme_problems, train_problems
from dcplan.offers import MONEY_OF_HIRE, idle_warnings, offer_problems
from dcplan.physics import cooling, fluid
from dcplan.physics.chiller import ChillerPoint, chiller_rating
from dcplan.physics.fluid import HOTTEST_AIR
from dcplan.redundancy import places_of
from dcplan.setpoints import MOST_CHOICES
from dcplan.site import Deployment, Site, SiteModel, SuChain, Upgrade, service_of
from dcplan.siting import climate_problems, coolant_problems, door_problems, exchangers, tower_problems
from dcplan.units import currency_of, in_unit, si, text
from dcplan.wording import nearest

MAX_DAYS = 6000
MAX_PAIRS = 10_000
MOST_EXCHANGERS = 8


def reference_problems(site: Site, specs: Mapping[str, Spec], sources: set[str], doc: Document) -> list[Problem]:
    """Every problem between the entries of a site."""
    checks: tuple[Callable[[Site, Mapping[str, Spec]], Iterator[Found]], ...] = (
        _dates,
        _working_days,
        scheme_problems,
        train_problems,
        pod_problems,
        level_problems,
        _halls,
        _chains,
        _pumps,
        _feeds,
        _electrical_rooms,
        _ramps,
        _plant,
        _loads,
        _upgrades,
        offer_problems,
        _deployments,
        _currency,
        _chillers,
        _hot_air,
        climate_problems,
        tower_problems,
        door_problems,
        coolant_problems,
    )
    found = chain.from_iterable(check(site, specs) for check in checks)
    first = islice(chain(found, _sources(site, sources)), MOST_PROBLEMS)
    return [doc.problem(path, given, allowed, hint) for path, given, allowed, hint in first]


def _name(path: Step, given: str, known: Collection[str], what: str) -> Iterator[Found]:
    if given not in known:
        names = sorted(known)
        allowed = f"{what}: " + (
            ", ".join(names[:12]) + (", ..." if len(names) > 12 else "") if names else "none is declared"
        )
        yield path, given, allowed, nearest(given, names)


def _dates(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    days = (site.end - site.start).days
    if days <= 0:
        yield ("end",), str(site.end), f"a day after `start` ({site.start})", ""
    elif days > MAX_DAYS:
        yield ("end",), str(site.end), f"at most {MAX_DAYS} days after `start`", "plan a shorter period"
    for kind in ("holidays", "freezes"):
        for index, period in enumerate(getattr(site.calendar, kind)):
            if period.to is not None and period.to < period.day:
                yield ("calendar", kind, index, "to"), str(period.to), f"{period.day} or later", ""
    for name, entry in site.plant.items():
        if entry.status == "ordered" and entry.in_service is None:
            yield ("plant", name), "ordered plant without a date", "`in_service: YYYY-MM-DD`", ""
        if entry.status != "ordered" and entry.in_service is not None:
            yield ("plant", name, "in_service"), str(entry.in_service), f"no date for {entry.status} plant", ""
        if entry.slips_to is not None and (entry.in_service is None or entry.slips_to < entry.in_service):
            allowed = f"a day on or after its `in_service` ({entry.in_service or 'none is stated'})"
            yield ("plant", name, "slips_to"), str(entry.slips_to), allowed, ""
    for name, deployment in site.deployments.items():
        yield from _deployment_dates(site, name, deployment)


def _working_days(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    days = site.calendar.working_days
    if not days:
        yield ("calendar", "working_days"), "no day", "at least one working day", "[mon, tue, wed, thu, fri]"
    for index, day in enumerate(days):
        if day in days[:index]:
            yield ("calendar", "working_days", index), day, "each day of the week once", ""


def _deployment_dates(site: Site, name: str, deployment: Deployment) -> Iterator[Found]:
    for index, delivery in enumerate(deployment.deliveries):
        path: Step = ("deployments", name, "deliveries", index, "day")
        if delivery.day < deployment.ordered:
            yield path, str(delivery.day), f"a day on or after the order ({deployment.ordered})", ""
        if delivery.day >= site.end:
            yield path, str(delivery.day), f"a day before the plan's `end` ({site.end})", ""
    if deployment.deadline is not None and deployment.deadline < site.start:
        yield ("deployments", name, "deadline"), str(deployment.deadline), f"a day after {site.start}", ""
    if deployment.count > 2000:
        yield ("deployments", name, "deliveries"), f"{deployment.count} SUs", "at most 2000 per deployment", ""


def _halls(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    for name in {"site"} & ({*site.halls} | {*site.loops}):
        yield ("halls" if name in site.halls else "loops", name), name, "another name: `site` is taken", ""
    for name in {*site.halls} & {*site.loops}:
        yield ("loops", name), name, "a name that no hall has", ""
    for name, loop in site.loops.items():
        if loop.back.si() <= loop.supply.si():
            yield ("loops", name, "back"), text(loop.back.value), "warmer than `supply`", ""
        yield from _setpoints(site, name)
    number = math.prod(max(1, len(loop.setpoints)) for loop in site.loops.values())
    if number > MOST_CHOICES:
        yield ("loops",), f"{number} combinations of setpoints", f"at most {MOST_CHOICES}", "leave fewer choices"
    for name, hall in site.halls.items():
        for side in ("liquid", "air"):
            part = getattr(hall, side)
            if part is not None and part.loop is not None:
                yield from _name(("halls", name, side, "loop"), part.loop, site.loops, "a loop")


def _setpoints(site: Site, name: str) -> Iterator[Found]:
    """Setpoints named twice, and those that bring water or coolant outside what its properties are known for."""
    loop, seen = site.loops[name], set()
    waters = [loop.back] + [
        hall.liquid.supply for hall in site.halls.values() if hall.liquid and hall.liquid.loop == name
    ]
    for index, figure in enumerate(loop.setpoints):
        path: Step = ("loops", name, "setpoints", index)
        if round(figure.si(), 6) in seen:
            yield path, text(figure.value), "each setpoint once", ""
        seen.add(round(figure.si(), 6))
        moved = [water.si() + figure.si() - loop.supply.si() for water in waters]
        if min(moved) < fluid.COLDEST or max(moved) > fluid.HOTTEST:
            span = f"{in_unit(min(moved), 'degC'):.4g} to {in_unit(max(moved), 'degC'):.4g} degC"
            yield path, f"{text(figure.value)}: water and coolant of {span}", "water and coolant of 5 to 70 degC", ""


def _chains(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Loops that give their heat to other loops: no circle, no cooler of their own, no water colder than is fed."""
    passed, coolers = exchangers(site), list(_named_at(site, specs, "heat_rejection"))
    for name, loop in site.loops.items():
        if loop.fed_by is None:
            continue
        path: Step = ("loops", name, "fed_by")
        yield from _name((*path, "loop"), loop.fed_by.loop, site.loops, "a loop")
        if name not in passed:
            yield (*path, "loop"), loop.fed_by.loop, "a loop whose heat does not come back to this one", ""
            continue
        if passed[name] == MOST_EXCHANGERS + 1:
            given, most = f"{passed[name]} exchangers in a row", f"at most {MOST_EXCHANGERS} up to the cooler"
            yield (*path, "loop"), given, most, "leave out loops that only pass heat on"
        for end in (name, loop.fed_by.loop):
            if end in site.loops and site.loops[end].setpoints:
                yield ("loops", end, "setpoints"), name, "one temperature for loops that feed each other", ""
        behind = site.loops.get(loop.fed_by.loop)
        if behind is not None and loop.supply.si() < behind.supply.si() + loop.fed_by.approach.si() - 1e-6:
            allowed = (
                f"{text(behind.supply.value)} of {loop.fed_by.loop} and {text(loop.fed_by.approach.value)} or more"
            )
            yield ("loops", name, "supply"), text(loop.supply.value), allowed, ""
        for kind, place in coolers:
            if place[1] == name:
                yield kind, name, "a loop that is not fed by another one", f"put it on {loop.fed_by.loop}"


def _named_at(site: Site, specs: Mapping[str, Spec], service: str) -> Iterator[tuple[Step, tuple[str, str]]]:
    """(path, (spec, place)) of every plant entry and upgrade of a service."""
    named: list[tuple[Step, str, str]] = [
        (("plant", name, "at"), entry.spec, entry.at) for name, entry in site.plant.items()
    ]
    for name, upgrade in site.upgrades.items():
        named += [(("upgrades", name, "at", index), upgrade.spec, place) for index, place in enumerate(upgrade.at)]
    for path, spec, place in named:
        if spec in specs and service_of(specs[spec]) == service:
            yield path, (spec, place)


def _pumps(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Loops whose flow is worked out: pumps not beside a share of heat, temperatures inside the table of liquids."""
    for path, (_, place) in _named_at(site, specs, "facility_pump"):
        if place in site.loops and site.loops[place].pump_power is not None:
            yield path, place, f"a loop without `pump_power` (loops.{place})", "pumps count once: named, or as a share"
    for name, loop in site.loops.items():
        pumped = "facility_pump" in site.redundancy and loop.pump_power is None
        if not pumped and loop.header_diameter is None and loop.ride_through is None:
            continue
        given = f"{text(loop.supply.value)} to {text(loop.back.value)}"
        if loop.supply.low() < fluid.COLDEST or loop.back.high() > fluid.HOTTEST:
            yield ("loops", name), given, "5 to 70 degC at both ends of every range: its flow is worked out", ""
        elif loop.back.low() - loop.supply.high() < cooling.SMALLEST_RISE and loop.back.si() > loop.supply.si():
            yield ("loops", name), given, "a rise at both ends of every range: its flow is worked out", ""
    ups = site.redundancy.get("ups")
    if "facility_pump" in site.behind_ups and ups is not None and ups.group != "site":
        yield ("behind_ups",), "facility_pump", "pumps of loops behind a UPS that is grouped by site", ""


def _feeds(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Feeds name a busway, and share their cords equally among the sides."""
    for name, hall in site.halls.items():
        if hall.feeds is None:
            continue
        path: Step = ("halls", name, "feeds")
        if not isinstance(specs.get(hall.feeds.busway), Busway):
            yield from _name((*path, "busway"), hall.feeds.busway, _of_family(specs, "busway"), "a busway")
        if hall.feeds.feeds_per_rack % hall.feeds.sides:
            given, sides = str(hall.feeds.feeds_per_rack), hall.feeds.sides
            yield (*path, "feeds_per_rack"), given, f"a multiple of {sides} sides", ""
    if "switchgear" in site.redundancy and site.switchboard is None:
        yield ("redundancy", "switchgear"), "switchgear without a voltage", "`switchboard: {voltage: 480 V}`", ""


def _ramps(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Ramps belong to one utility service each, rise by dates, and are not what redundancy takes away."""
    for name, entry in site.plant.items():
        if not entry.ramp:
            continue
        path: Step = ("plant", name, "ramp")
        utility = site.redundancy.get("utility")
        if not isinstance(specs.get(entry.spec), UtilityService) or entry.count != 1 or entry.status != "existing":
            yield path, f"a ramp of {entry.count} {entry.spec} ({entry.status})", "one existing utility service", ""
        elif utility is not None and utility.scheme != "N":
            yield path, f"a ramp under {utility.scheme}", "`redundancy.utility` with scheme N", ""
        for index, (before, after) in enumerate(pairwise(entry.ramp), 1):
            if after.day <= before.day or si(after.power) <= si(before.power):
                given = f"{text(after.power)} from {after.day}"
                yield (*path, index), given, f"later and more than {text(before.power)} from {before.day}", ""


def _electrical_rooms(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Rooms of declared services, cooled by air or water that is there."""
    seen: set[tuple[str, str]] = set()
    for name, room in site.electrical_rooms.items():
        path: Step = ("electrical_rooms", name)
        if room.service not in site.redundancy:
            yield (*path, "service"), room.service, f"`redundancy.{room.service}` must be declared", ""
            continue
        yield from _name((*path, "at"), room.at, places_of(site, room.service), f"where {room.service} is grouped")
        airy = [hall for hall in site.halls if site.halls[hall].air is not None]
        coolers = [*airy, *site.loops, OUTDOORS]
        yield from _name((*path, "cooled_by"), room.cooled_by, coolers, "a hall with `air`, a loop or outdoors")
        if (room.service, room.at) in seen:
            yield path, f"{room.service}@{room.at}", "one room for one service at one place", ""
        seen.add((room.service, room.at))


def _of_family(specs: Mapping[str, Spec], family: str) -> list[str]:
    return [name for name in specs if getattr(specs[name], "family", "") == family]


def _place(site: Site, path: Step, place: str, spec: Spec, specs: Mapping[str, Spec]) -> Iterator[Found]:
    family = spec.family  # type: ignore[attr-defined]
    if isinstance(spec, FloorReinforcement | RouteProtection):
        yield from _name(path, place, site.halls, "a hall")
        return
    service = service_of(spec)
    if service is None:
        return
    if service not in site.redundancy:
        yield path, place, f"`redundancy.{service}` must be declared for {family}", "scheme: N, unit: unit, group: ..."
        return
    yield from _name(path, place, places_of(site, service), f"where {service} is grouped")


def _plant(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    for name, entry in site.plant.items():
        path: Step = ("plant", name)
        spec = specs.get(entry.spec)
        if spec is None:
            yield from _name((*path, "spec"), entry.spec, specs, "a spec")
        elif isinstance(spec, Rack | FloorReinforcement | RouteProtection | Busway):
            given = "plant: racks go to deployments or loads, floors, routes and busway to halls"
            yield (*path, "spec"), entry.spec, given, ""
        else:
            yield from _place(site, (*path, "at"), entry.at, spec, specs)


def _loads(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    ups = site.redundancy.get("ups")
    for name, entry in site.loads.items():
        if entry.hall is not None:
            yield from _name(("loads", name, "hall"), entry.hall, site.halls, "a hall")
            continue
        for field in ("air_heat", "liquid_heat", "liquid_flow"):
            if getattr(entry, field) is not None:
                yield ("loads", name, field), "heat without a place", "`hall`", "say in which hall"
        if entry.ups is not None and ups is not None and ups.group != "site":
            yield ("loads", name, "ups"), "a UPS load without a place", "`hall`", f"UPS is grouped by {ups.group}"
    for name, entry in site.loads.items():
        hall = site.halls.get(entry.hall or "")
        hall = site.halls.get(hall.within, hall) if hall is not None and hall.within and not hall.liquid else hall
        if hall is not None and hall.liquid is None and entry.liquid_heat is not None:
            yield ("loads", name, "liquid_heat"), text(entry.liquid_heat.value), "a hall with `liquid`", ""


def _upgrades(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    for name, upgrade in site.upgrades.items():
        path: Step = ("upgrades", name)
        yield from _crew(site, (*path, "crew"), upgrade.crew, upgrade.crew_need)
        if upgrade.permit is not None:
            yield from _name((*path, "permit"), upgrade.permit, site.permits, "a permit")
        spec = specs.get(upgrade.spec)
        if spec is None:
            yield from _name((*path, "spec"), upgrade.spec, specs, "a spec")
            continue
        if isinstance(spec, Rack | Busway):
            yield (*path, "spec"), upgrade.spec, "plant or a floor reinforcement, no rack and no busway", ""
            continue
        for index, place in enumerate(upgrade.at):
            yield from _place(site, (*path, "at", index), place, spec, specs)
        if len(set(upgrade.at)) < len(upgrade.at):
            yield (*path, "at"), "a place named twice", "each place once", ""
        yield from _stated(path, upgrade, spec)
        cost = upgrade.cost or spec.procurement.cost
        if isinstance(spec, FacilityPump) and cost is not None and "/" in text(cost.value):
            yield (*path, "cost"), text(cost.value), "an amount of money per pump", "20000 USD"
        if name in site.plant:
            yield path, name, "a name that no plant has", "plant and upgrades are told apart by name"
        if isinstance(spec, FloorReinforcement | RouteProtection):
            yield from _building_work(site, path, upgrade, spec)
            continue
        outdoors = not set(upgrade.at) <= {*site.halls}
        if site.limits.yard_area is not None and outdoors and spec.footprint is None:
            yield (*path, "spec"), "no footprint", "a spec with `footprint`, because `limits.yard_area` is set", ""


def _building_work(
    site: Site, path: Step, upgrade: Upgrade, spec: FloorReinforcement | RouteProtection
) -> Iterator[Found]:
    cost, what = upgrade.cost or spec.procurement.cost, "route"
    if isinstance(spec, FloorReinforcement):
        what = "position"
        yield from _before_set(site, path, upgrade)
    if cost is not None and "/" in text(cost.value):
        yield (*path, "cost"), text(cost.value), f"an amount of money per {what}", "2500 USD"


def _before_set(site: Site, path: Step, upgrade: Upgrade) -> Iterator[Found]:
    permit = site.permits.get(upgrade.permit or "")
    if permit is not None and permit.gates == "startup":
        yield (*path, "permit"), "a permit that gates start-up", "one that gates order, delivery or install", ""


def _stated(path: Step, upgrade: Upgrade, spec: Spec) -> Iterator[Found]:
    for field in ("lead_time", "cost", "install"):
        if field == "cost" and upgrade.rental is not None:
            continue
        if getattr(upgrade, field) is None and getattr(spec.procurement, field) is None:
            yield (*path, field), "nothing", f"a `{field}`: neither the site nor the catalog states one", ""


def _crew(site: Site, path: Step, name: str, need: int) -> Iterator[Found]:
    yield from _name(path, name, site.crews, "a crew")
    if name in site.crews and need > site.crews[name].size:
        yield path, f"{need} members", f"at most {site.crews[name].size}: the size of crew {name}", ""


def _deployments(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    yield from _chain(site, ("su_chain",), site.su_chain)
    pairs = sum(len(entry.halls) * len(entry.su) for entry in site.deployments.values())
    if pairs > MAX_PAIRS:
        allowed = f"at most {MAX_PAIRS}, summed over deployments"
        given = f"{pairs} pairs of a hall and an entry of `su`"
        yield ("deployments",), given, allowed, "join entries of the same rack"
    for name, deployment in site.deployments.items():
        path: Step = ("deployments", name)
        if name == "all":
            yield path, name, "another name: `all` is taken", ""
        if deployment.chain is not None:
            yield from _chain(site, (*path, "chain"), deployment.chain)
        for index, hall in enumerate(deployment.halls):
            yield from _name((*path, "halls", index), hall, site.halls, "a hall")
        for index, racks in enumerate(deployment.su):
            spec = specs.get(racks.spec)
            if spec is None:
                yield from _name((*path, "su", index, "spec"), racks.spec, specs, "a rack")
            elif not isinstance(spec, Rack):
                yield (*path, "su", index, "spec"), racks.spec, "a rack", ""
        total = sum(si(term.share) for term in deployment.terms)
        if abs(total - 1.0) > 1e-9:
            yield (*path, "terms"), f"shares that add up to {100 * total:g} %", "shares that add up to 100 %", ""


def _chain(site: Site, path: Step, chain: SuChain) -> Iterator[Found]:
    connect = chain.set_and_connect
    yield from _crew(site, (*path, "set_and_connect", "crew"), connect.crew, connect.crew_need)


def _currency(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    def wrong(path: Step, quantity: Any) -> Iterator[Found]:
        if quantity is not None and currency_of(quantity) != site.currency:
            yield path, text(quantity), f"an amount in {site.currency}", "convert it with a dated rate of your own"

    yield from wrong(("limits", "budget"), site.limits.budget)
    for name, upgrade in site.upgrades.items():
        spec = specs.get(upgrade.spec)
        figure = upgrade.cost or (spec.procurement.cost if spec and upgrade.rental is None else None)
        if figure is not None:
            yield from wrong(("upgrades", name, "cost"), figure.value)
        for how, way in upgrade.expedite.items():
            yield from wrong(("upgrades", name, "expedite", how, "cost"), way.cost.value)
        for field in MONEY_OF_HIRE if upgrade.rental is not None else ():
            figure = getattr(upgrade.rental, field)
            yield from wrong(("upgrades", name, "rental", field), None if figure is None else figure.value)
    for name, deployment in site.deployments.items():
        yield from wrong(("deployments", name, "price"), deployment.price.value)
        yield from wrong(("deployments", name, "lost_margin"), deployment.lost_margin)


def _chillers(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Chillers of this site whose points contradict each other, or give one water and air twice."""
    for name, spec in site.specs.items():
        if not isinstance(spec, Chiller):
            continue
        try:
            points = [ChillerPoint(p.ambient.si(), p.water.si(), p.capacity.si(), p.power.si()) for p in spec.ratings]
            chiller_rating(points, min(p.ambient for p in points), max(p.water for p in points))
        except ValueError as error:
            yield ("specs", name, "ratings"), str(error), "points at which hotter air costs capacity and power", ""


def _hot_air(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    weather, rise = site.place.design_dry_bulb, site.place.recirculation_rise
    if weather.high() + rise.high() > HOTTEST_AIR:
        allowed = f"at most {in_unit(HOTTEST_AIR, 'degC'):g} degC with `recirculation_rise` added"
        given = f"{in_unit(weather.high() + rise.high(), 'degC'):.6g} degC"
        yield ("place", "design_dry_bulb"), given, allowed, ""


def _sources(site: Site, sources: set[str]) -> Iterator[Found]:
    """Figures whose source key is nowhere declared."""
    for place, figure in figures(site):
        if figure.source is not None and figure.source not in sources:
            path = tuple(int(part) if part.isdigit() else part for part in re.split(r"[.\[\]]+", place) if part)
            yield (*path, "source"), figure.source, "a key of `sources` or of the catalog's sources.yaml", ""


# ---------------------------------------------------------------- warnings


def warnings_of(model: SiteModel) -> Iterator[str]:
    """What is allowed but deserves a second look."""
    site = model.site
    for name, deployment in sorted(site.deployments.items()):
        racks = [model.specs[entry.spec] for entry in deployment.su]
        gpu = any(isinstance(rack, Rack) and rack.gpu for rack in racks)
        support = any(isinstance(rack, Rack) and rack.role != "compute" for rack in racks)
        if gpu and not support:
            yield (
                f"deployment {name} has GPU racks but no network, storage or management racks: "
                "their power, cooling, floor and positions are not in this answer"
            )
    for name, upgrade in sorted(site.upgrades.items()):
        if upgrade.permit is None and isinstance(model.specs[upgrade.spec], Generator):
            yield f"upgrade {name} buys generators without naming an air permit"
    for name, entry in sorted(site.plant.items()):
        if entry.status == "ordered" and entry.in_service is not None and entry.in_service < site.start:
            yield f"plant {name} is `ordered` but its in-service date has passed: it is counted as existing"
    yield from idle_warnings(site)


def assumptions(model: SiteModel) -> list[tuple[str, Figure[Any]]]:
    """Every labelled assumption the site rests on, with its place."""
    records: list[tuple[str, BaseModel]] = [("", model.site)]
    records += [(f"specs.{name}.", spec) for name, spec in sorted(model.specs.items())]
    found = [item for prefix, record in records for item in figures(record, prefix)]
    return [(place, figure) for place, figure in found if figure.assumed]
