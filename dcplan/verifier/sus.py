"""Whether each SU of a plan keeps to the site file, from delivery to acceptance, and each integrated test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from dcplan.answer import HallTest, Plan, Reinforcement, Su, Unit
from dcplan.catalog import FloorReinforcement, RouteProtection
from dcplan.ratings.floors import floor_holds
from dcplan.ratings.racks import is_liquid, su_obstacles, su_racks
from dcplan.ratings.route import rolls
from dcplan.ratings.rows import World
from dcplan.site import Deployment, service_of
from dcplan.verifier.lots import on_open_day, priced
from dcplan.verifier.terms import Findings, Terms


def check_sus(plan: Plan, terms: Terms, found: Findings) -> None:
    """Each SU: that it is there once, and that its chain is kept."""
    _all_there(plan, terms, found)
    known = [unit for unit in plan.units if (upgrade := terms.known(unit)) is not None and upgrade.rental is None]
    bought = [(unit.upgrade, unit.place, unit.commissioned) for unit in known]
    first = first_commissioned(bought, terms)
    for su in plan.sus:
        deployment = terms.model.site.deployments.get(su.deployment)
        if deployment is None:
            continue
        if standing(su, terms, found):
            _floor(su, terms, found)
            _loop(su, first, terms, found)
            _route(su, bought, terms, found)
        if su.reinforcement is not None:
            _strengthened(su, su.reinforcement, terms, found)
        _set(su, deployment, terms, found)
        _energised(su, deployment, terms, found)
        _ready(su, terms, found)
    _reinforced_positions(plan, terms, found)


def _all_there(plan: Plan, terms: Terms, found: Findings) -> None:
    number = Counter((su.id, su.deployment) for su in plan.sus)
    due = {
        (f"{name}#{index}", name): deployment.deliveries[0].day
        for name, deployment in terms.model.site.deployments.items()
        for index in range(1, deployment.count + 1)
    }
    for (su, name), delivery in due.items():
        times = number.pop((su, name), 0)
        message = f"{su}: every SU of deployment {name} is planned once, this one {times} times"
        found.check(
            times == 1, "su-once", su, message, on=delivery, required=1.0, found=float(times), unit="SUs"
        )  # fmt: skip
    for (su, name), times in number.items():
        message = f"{su}: deployment {name} has no such SU"
        found.check(False, "su-once", su, message, required=0.0, found=float(times), unit="SUs")
    for name, deployment in terms.model.site.deployments.items():
        _deliveries(plan, name, deployment, terms, found)


def _deliveries(plan: Plan, name: str, deployment: Deployment, terms: Terms, found: Findings) -> None:
    """The deliveries are the file's."""
    due: Counter[date] = Counter()
    for delivery in deployment.deliveries:
        due[delivery.day] += delivery.count
    planned = Counter(su.delivery for su in plan.sus if su.deployment == name)
    for day in sorted({*due, *planned}):
        found.check(
            planned[day] == due[day],
            "su-delivery",
            name,
            f"deployment {name}: {planned[day]} SUs are planned as delivered on {day}, the site file has {due[day]}",
            on=day,
            required=float(due[day]),
            found=float(planned[day]),
            unit="SUs",
        )


def standing(su: Su, terms: Terms, found: Findings | None = None) -> bool:
    """Whether an SU may stand in its hall; without `found`, only the answer."""
    site = terms.model.site
    deployment = site.deployments.get(su.deployment)
    if deployment is None or su.hall not in site.halls or su.hall not in deployment.halls:
        allowed = ", ".join(deployment.halls) if deployment else "no hall"
        message = f"{su.id}: stands in hall {su.hall}, deployment {su.deployment} may stand in {allowed}"
        return bool(found and found.check(False, "su-hall", su.id, message, on=su.set_start))
    obstacles = su_obstacles(terms.model, su.deployment, su.hall, World.PLANNING)
    if found:
        message = f"{su.id} cannot run in hall {su.hall}: {'; '.join(obstacles)}"
        found.check(not obstacles, "su-hall", su.id, message, on=su.set_start)
    return not obstacles


def _floor(su: Su, terms: Terms, found: Findings) -> None:
    hall, made = terms.model.site.halls[su.hall], su.reinforcement
    upgrade = None if made is None else terms.upgrade_of(made.upgrade)
    spec = None if upgrade is None else terms.spec_of(upgrade)
    by = spec if isinstance(spec, FloorReinforcement) else None
    weak = [
        (name, rack, count)
        for name, rack, count in su_racks(terms.model, su.deployment)
        if not floor_holds(rack, hall, None, World.PLANNING)
    ]
    for name, rack, _ in weak:
        found.check(
            by is not None and floor_holds(rack, hall, by, World.PLANNING),
            "floor",
            su.id,
            f"{su.id}: the floor of hall {su.hall} does not carry {name}, "
            + (f"not even with {made.upgrade}" if made else "and its positions are not reinforced"),
            on=su.set_start,
        )
    need, given = sum(count for _, _, count in weak), made.positions if made else 0
    if made:
        found.check(
            given >= need,
            "floor-positions",
            su.id,
            f"{su.id}: {given} positions are reinforced, {need} racks are too heavy for the floor of hall {su.hall}",
            on=su.set_start,
            required=float(need),
            found=float(given),
            unit="positions",
        )


def needs_plates(su: Su, terms: Terms) -> list[str]:
    """Racks of an SU that the route into its hall does not carry."""
    hall = terms.model.site.halls[su.hall]
    racks = su_racks(terms.model, su.deployment)
    return sorted({name for name, rack, _ in racks if not rolls(rack, hall, None, World.PLANNING)})


def laid_for(su: Su, bought: Iterable[tuple[str, str, date]], terms: Terms) -> list[tuple[date, str]]:
    """Day and upgrade of plates, among (upgrade, place, commissioned), that let all racks of an SU roll in."""
    hall, found = terms.model.site.halls[su.hall], []
    for name, place, day in bought:
        plates = terms.spec_of(terms.model.site.upgrades[name])
        if not isinstance(plates, RouteProtection) or place not in (su.hall, hall.within):
            continue
        if all(rolls(rack, hall, plates, World.PLANNING) for _, rack, _ in su_racks(terms.model, su.deployment)):
            found.append((day, name))
    return found


def _route(su: Su, bought: Iterable[tuple[str, str, date]], terms: Terms, found: Findings) -> None:
    """Racks roll in over a route that carries them, or over plates that are laid before they are set."""
    heavy = needs_plates(su, terms)
    if not heavy:
        return
    laid = min(laid_for(su, bought, terms), default=None)
    found.check(
        laid is not None and laid[0] <= su.set_start,
        "route",
        su.id,
        f"{su.id}: the route to hall {su.hall} does not carry {', '.join(heavy)}; plates that would are "
        + ("never laid" if laid is None else f"laid by {laid[0]}, racks are set on {su.set_start}"),
        on=su.set_start,
    )


def _strengthened(su: Su, made: Reinforcement, terms: Terms, found: Findings) -> None:
    name, upgrade = su.id, terms.upgrade_of(made.upgrade)
    fits = (
        upgrade is not None
        and isinstance(terms.spec_of(upgrade), FloorReinforcement)
        and made.spec == upgrade.spec
        and su.hall in upgrade.at
    )
    what = f"{made.upgrade} ({made.spec}) for hall {su.hall}"
    message = f"{name}: the site file has no floor reinforcement {what}"
    if not found.check(fits, "unknown-upgrade", name, message, on=made.start) or upgrade is None:
        return
    found.not_before(
        "engineering", name, made.order, terms.first_order(upgrade), "reinforcement ordered before engineering is done"
    )
    due = made.order + terms.lead(upgrade)
    found.not_before("lead-time", name, made.start, due, "reinforcement starts sooner than its lead time allows")
    for gates, day in ((("order",), made.order), (("delivery", "install"), made.start)):
        permit = terms.permit(upgrade, *gates)
        if permit is not None:
            found.not_before(
                "permit", name, day, permit, f"permit {upgrade.permit} gates the reinforcement's {gates[-1]}"
            )
    on_open_day(name, "reinforcement", made.start, terms, found)
    work = terms.install_days(upgrade, min(made.positions, 10_000))
    end = terms.finish(made.start, work)
    found.exactly("reinforce-time", name, made.end, end, f"reinforcing {made.positions} positions takes {work} days")
    found.not_before("set-floor", name, su.set_start, made.end, "racks set before their positions are reinforced")
    priced(name, made, upgrade, made.positions, made.order, terms, found)


def _reinforced_positions(plan: Plan, terms: Terms, found: Findings) -> None:
    used: Counter[tuple[str, str]] = Counter()
    for su in plan.sus:
        if su.reinforcement is not None:
            used[su.reinforcement.upgrade, su.hall] += su.reinforcement.positions
    for (name, hall), positions in sorted(used.items()):
        upgrade = terms.upgrade_of(name)
        most = 0 if upgrade is None else upgrade.at_most
        found.check(
            positions <= most,
            "at-most",
            f"{name}@{hall}",
            f"{name} in hall {hall}: {positions} positions reinforced, at most {most} may be",
            required=float(most),
            found=float(positions),
            unit="positions",
        )


def _set(su: Su, deployment: Deployment, terms: Terms, found: Findings) -> None:
    name, work = su.id, terms.connect_days(deployment)
    found.not_before("set-delivery", name, su.set_start, su.delivery, "set before it is delivered")
    on_open_day(name, "set and connect", su.set_start, terms, found)
    end = terms.finish(su.set_start, work)
    found.exactly("set-time", name, su.set_end, end, f"set and connect takes {work} working days of its crew")
    fill = terms.fill_days(su.deployment)
    found.not_before("fill-set", name, su.fill_start, su.set_end, "filled before it is set and connected")
    end = terms.finish(su.fill_start, fill)
    found.exactly("fill-time", name, su.fill_end, end, f"fill and leak test takes {fill} working days")


def loop_services(hall_name: str, terms: Terms) -> list[tuple[str, str]]:
    """What must have a commissioned unit, and where, before a liquid-cooled SU of a hall can be filled."""
    site = terms.model.site
    hall, declared = site.halls[hall_name], site.redundancy
    if hall.liquid is None:
        return []
    of_the_hall = "cdu" in declared and declared["cdu"].group == "hall"
    room = (hall.within if of_the_hall else None) or hall_name
    places, cooled = [("cdu", room)], hall.liquid.loop
    if cooled is not None:
        while (behind := site.loops[cooled].fed_by) is not None:
            cooled = behind.loop
        places.append(("heat_rejection", cooled))
    return [item for item in places if item[0] in declared]


def _loop(su: Su, commissioned: Mapping[tuple[str, str], date], terms: Terms, found: Findings) -> None:
    """A fill needs one commissioned CDU in the hall, and one commissioned heat rejection unit on its loop."""
    model = terms.model
    if not is_liquid(model, su.deployment):
        return
    for service, place in loop_services(su.hall, terms):
        first = commissioned.get((service, place))
        found.check(
            first is not None and first <= su.fill_start,
            "fill-loop",
            su.id,
            f"{su.id}: filled on {su.fill_start}, the first {service} unit at {place} is "
            + ("never there" if first is None else f"commissioned on {first}"),
            on=su.fill_start,
            required=None if first is None else float((first - model.site.start).days),
            found=float((su.fill_start - model.site.start).days),
            unit="day of plan",
        )


def first_commissioned(bought: Iterable[tuple[str, str, date]], terms: Terms) -> dict[tuple[str, str], date]:
    """The first day on which a unit of a service at a place is commissioned; promised plant is someone else's.

    Parameters
    ----------
    bought : iterable of (str, str, date)
        Upgrade, place and day of commissioning of each bought unit.
    terms : Terms
    """
    model = terms.model
    days = [
        (entry.spec, entry.at, terms.in_service(entry) or model.site.start)
        for entry in model.site.plant.values()
        if entry.status != "reserved"
    ]
    days += [(model.site.upgrades[name].spec, place, day) for name, place, day in bought]
    first: dict[tuple[str, str], date] = {}
    for spec, place, day in days:
        service = service_of(model.specs[spec])
        if service is not None:
            first[service, place] = min(day, first.get((service, place), day))
    return first


def _energised(su: Su, deployment: Deployment, terms: Terms, found: Findings) -> None:
    name, chain, site = su.id, terms.chain(deployment), terms.model.site
    found.not_before("energise-fill", name, su.energise, su.fill_end, "energised before fill and leak test are done")
    burn = terms.days(chain.burn_in)
    end = su.energise + timedelta(days=burn)
    found.exactly("burn-in", name, su.burn_in_end, end, f"burn-in lasts {burn} days from energisation")
    days = terms.days(chain.acceptance)
    end = terms.finish(su.burn_in_end, days)
    found.exactly("acceptance-time", name, su.acceptance, end, f"acceptance takes {days} working days after burn-in")
    last = min(site.end, deployment.deadline or site.end)
    found.not_after("deadline", name, su.acceptance, last, "accepted after its deadline")


def _ready(su: Su, terms: Terms, found: Findings) -> None:
    """What the same SU would do, from the plan's first day on, at a site with nothing missing; the delay against it."""
    energised, accepted = terms.at_a_ready_site(su.deployment, su.delivery)
    found.exactly("ready-date", su.id, su.ready_energise, energised, "energisation at a ready site")
    found.exactly("ready-date", su.id, su.ready_acceptance, accepted, "acceptance at a ready site")
    delay = (su.acceptance - accepted).days
    found.check(
        su.delay_days == delay,
        "delay-days",
        su.id,
        f"{su.id}: a delay of {su.delay_days} days is stated; accepted {su.acceptance}, at a ready site {accepted}",
        on=su.acceptance,
        required=float(delay),
        found=float(su.delay_days),
        unit="day",
    )


# ---------------------------------------------------------------- integrated tests


def check_tests(plan: Plan, terms: Terms, found: Findings) -> None:
    """The tests are those that the plan's dates make, each with its units and its SUs; and there are no others."""
    due = [_sorted(test) for hall in sorted(terms.model.site.halls) for test in _hall_tests(plan, hall, terms)]
    # counted, not searched: a plan file may list thousands of tests
    listed = Counter(_sorted(test) for test in plan.tests)
    for test in due:
        message = f"the plan's dates make {_described(test)}; it is not listed"
        found.check(test in listed, "hall-test", test.hall, message, on=test.start)
    follows = set(due)
    for test in listed.elements():
        times = listed[test] if test in follows else 0
        message = f"listed {times} times" if times else "no such test follows from the plan's dates"
        found.check(times == 1, "hall-test", test.hall, f"{_described(test)}: {message}", on=test.start)


def _sorted(test: HallTest) -> HallTest:
    return test.model_copy(update={"units": tuple(sorted(test.units)), "sus": tuple(sorted(test.sus))})


def _described(test: HallTest) -> str:
    return (
        f"a test of hall {test.hall} from {test.start} to {test.end} of {', '.join(test.units)} "
        f"for {', '.join(test.sus)}"
    )


def _tested(unit: Unit, terms: Terms) -> bool:
    upgrade = terms.known(unit)
    return upgrade is None or terms.tested(upgrade)


def _hall_tests(plan: Plan, hall: str, terms: Terms) -> Iterator[HallTest]:
    """One test for each day on which SUs of a hall are energised, of what came to count for it since the last.

    After the first of them also one for each day on which another redundancy scheme comes into force.
    """
    halls, since = terms.model.site.halls, date.min
    serving = {hall, halls[hall].within}
    live = {su.energise for su in plan.sus if su.hall == hall}
    due = {day for day in terms.scheme_changes() if live and day > min(live)}
    for day in sorted(live | due):
        new = [
            unit
            for unit in plan.units
            if since < unit.counted <= day
            and (unit.place in serving or unit.place not in halls)
            and _tested(unit, terms)
        ]
        since = day
        if new:
            yield HallTest(
                hall=hall,
                start=max(unit.commissioned for unit in new),
                end=max(unit.counted for unit in new),
                units=tuple(unit.id for unit in new),
                sus=tuple(su.id for su in plan.sus if su.hall == hall and su.energise == day),
            )
