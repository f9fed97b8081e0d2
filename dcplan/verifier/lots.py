"""Whether each purchase and each crew of a plan keeps to the site file: its steps, its price, its people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dcplan.answer import Plan, Reinforcement, Unit
from dcplan.catalog import FloorReinforcement
from dcplan.ratings.floors import plant_checks
from dcplan.ratings.rows import World
from dcplan.site import Upgrade
from dcplan.verifier.terms import CENT, Findings, Terms

# ---------------------------------------------------------------- purchases


def check_units(plan: Plan, terms: Terms, found: Findings) -> None:
    """Each bought unit: what it is, when its steps fall, what it costs."""
    ids = Counter(unit.id for unit in plan.units)
    for unit in plan.units:
        found.check(
            ids[unit.id] == 1 and unit.id.startswith(f"{unit.upgrade}@{unit.where}#"),
            "unit-id",
            unit.id,
            f"{unit.id}: a unit is named upgrade@place#number or upgrade@place/train#number, each name once",
        )
        upgrade = terms.upgrade_of(unit.upgrade)
        if not _unit_exists(unit, upgrade, terms, found) or upgrade is None:
            continue
        _unit_bought(unit, upgrade, terms, found)
        _unit_built(unit, upgrade, terms, found)
        _unit_stands(unit, upgrade, terms, found)
        priced(unit.id, unit, upgrade, 1, unit.order, terms, found)
    _expedited(plan, terms, found)
    _in_sequence(plan, terms, found)
    for name, upgrade in terms.model.site.upgrades.items():
        for where in terms.spots(upgrade):
            bought = sorted(unit.order for unit in plan.units if (unit.upgrade, unit.where) == (name, where))
            found.check(
                len(bought) <= upgrade.at_most,
                "at-most",
                f"{name}@{where}",
                f"{name} at {where}: {len(bought)} units bought, at most {upgrade.at_most} may stand there",
                on=bought[upgrade.at_most] if len(bought) > upgrade.at_most else None,
                required=float(upgrade.at_most),
                found=float(len(bought)),
                unit="units",
            )


def _expedited(plan: Plan, terms: Terms, found: Findings) -> None:
    """Units come sooner only in ways that their upgrade states, and no more of them than it allows."""
    ways: defaultdict[tuple[str, str], list[date]] = defaultdict(list)
    for unit in plan.units:
        upgrade = terms.known(unit)
        if unit.expedite is None or upgrade is None:
            continue
        message = f"{unit.id}: the site file states no expedite {unit.expedite} of upgrade {unit.upgrade}"
        if found.check(unit.expedite in upgrade.expedite, "expedite", unit.id, message, on=unit.order):
            ways[unit.upgrade, unit.expedite].append(unit.order)
    for (name, how), orders in sorted(ways.items()):
        most = terms.model.site.upgrades[name].expedite[how].at_most
        found.check(
            most is None or len(orders) <= most,
            "expedite",
            f"{name}/{how}",
            f"{name}: {len(orders)} units are expedited as {how}, at most {most} may be",
            on=None if most is None or len(orders) <= most else sorted(orders)[most],
            required=None if most is None else float(most),
            found=float(len(orders)),
            unit="units",
        )


def _in_sequence(plan: Plan, terms: Terms, found: Findings) -> None:
    """Before each install a unit of each required upgrade is commissioned; what excludes each other is not bought."""
    known = [(unit, upgrade) for unit in plan.units if (upgrade := terms.known(unit)) is not None]
    first: dict[tuple[str, str], date] = {}
    for unit, _ in known:
        spot = unit.upgrade, unit.place
        first[spot] = min(unit.commissioned, first.get(spot, date.max))
    for unit, upgrade in known:
        for name, places in terms.required(upgrade, unit.place).items():
            day = min((first[name, place] for place in places if (name, place) in first), default=date.max)
            why = f"no unit of {name} at {', '.join(sorted(places))} is commissioned before its install"
            found.not_before("requires", unit.id, unit.install_start, day, why)
    bought = {unit.upgrade for unit, _ in known}
    for name in sorted(bought):
        for other in terms.model.site.upgrades[name].excludes:
            message = f"{name} is bought, and {other}, which it excludes"
            found.check(other not in bought, "excludes", name, message)


def _unit_exists(unit: Unit, upgrade: Upgrade | None, terms: Terms, found: Findings) -> bool:
    known = upgrade is not None and not isinstance(terms.spec_of(upgrade), FloorReinforcement)
    if not found.check(
        known and upgrade is not None and unit.spec == upgrade.spec,
        "unknown-upgrade",
        unit.id,
        f"{unit.id}: the site file has no plant upgrade {unit.upgrade} that buys {unit.spec}",
        on=unit.order,
    ):
        return False
    return upgrade is not None and found.check(
        terms.may_stand(unit, upgrade),
        "upgrade-place",
        unit.id,
        f"{unit.id}: {unit.upgrade} may stand at {', '.join(terms.spots(upgrade))}, not at {unit.where}",
        on=unit.order,
    )


def _unit_bought(unit: Unit, upgrade: Upgrade, terms: Terms, found: Findings) -> None:
    name = unit.id
    found.not_before("engineering", name, unit.order, terms.first_order(upgrade), "ordered before engineering is done")
    found.not_before(
        "lead-time",
        name,
        unit.delivery,
        unit.order + terms.lead(upgrade, unit.expedite),
        "delivered sooner than its lead time allows",
    )
    steps = {"order": unit.order, "delivery": unit.delivery, "install": unit.install_start}
    for step, day in steps.items():
        permit = terms.permit(upgrade, step)
        if permit is not None:
            found.not_before("permit", name, day, permit, f"permit {upgrade.permit} gates its {step}")


def _unit_built(unit: Unit, upgrade: Upgrade, terms: Terms, found: Findings) -> None:
    name, work = unit.id, terms.install_days(upgrade)
    found.not_before("install-delivery", name, unit.install_start, unit.delivery, "installed before it is delivered")
    on_open_day(name, "install", unit.install_start, terms, found)
    end = terms.finish(unit.install_start, work)
    found.exactly("install-time", name, unit.install_end, end, f"its install takes {work} working days of its crew")
    permit = terms.permit(upgrade, "startup")
    begun = unit.install_end if permit is None else max(unit.install_end, permit)
    days = terms.commission_days(upgrade)
    found.exactly(
        "commissioning",
        name,
        unit.commissioned,
        terms.finish(begun, days),
        f"its start-up and functional test take {days} working days after install"
        + (f" and permit {upgrade.permit}" if permit else ""),
    )
    found.exactly(
        "integrated-test",
        name,
        unit.counted,
        terms.counted(unit.place, upgrade, unit.commissioned),
        f"its capacity counts after {terms.test_days(unit.place)} working days of integrated systems test",
    )


def _unit_stands(unit: Unit, upgrade: Upgrade, terms: Terms, found: Findings) -> None:
    """The floor carries what stands on it, as far as floor and unit state enough."""
    hall, spec = terms.model.site.halls.get(unit.place), terms.spec_of(upgrade)
    for made in () if hall is None else plant_checks(spec, hall, World.PLANNING):
        message = f"{unit.id}: the floor of hall {unit.place} does not carry one {unit.spec}: {made.kind} load"
        found.check(
            made.holds, "plant-floor", unit.id, message, on=unit.install_start,
            required=made.load, found=made.rating, unit="Pa" if made.kind == "uniform" else "N",
        )  # fmt: skip


def priced(
    name: str,
    bought: Unit | Reinforcement,
    upgrade: Upgrade,
    number: int,
    on: date,
    terms: Terms,
    found: Findings,
) -> None:
    """Price and payer of a unit, or of a number of positions."""
    price = terms.price(upgrade, bought.expedite if isinstance(bought, Unit) else None)
    due = None if price is None else price * number
    found.check(
        due is not None and abs(bought.cost - due) <= CENT,
        "cost",
        name,
        f"{name}: entered at {bought.cost:,.2f}, "
        + ("its price per kW has no rating to act on" if due is None else f"by the site file it costs {due:,.2f}"),
        on=on,
        required=due,
        found=bought.cost,
        unit=terms.model.site.currency,
    )
    found.check(
        bought.paid_by == upgrade.paid_by,
        "paid-by",
        name,
        f"{name}: entered as paid by the {bought.paid_by}, the site file says the {upgrade.paid_by}",
        on=on,
    )


def on_open_day(name: str, what: str, day: date, terms: Terms, found: Findings) -> None:
    """Crew work starts on a working day."""
    found.check(
        terms.is_open(day),
        "working-day",
        name,
        f"{name}: {what} starts on {day:%A} {day}, a day on which crews do not work",
        on=day,
    )


# ---------------------------------------------------------------- crews


@dataclass(frozen=True)
class _Work:
    """One task of a crew, with what it needs by the site file."""

    name: str
    crew: str
    need: int
    start: date
    days: int
    listed_crew: str
    members: tuple[int, ...]


def _work(plan: Plan, terms: Terms) -> Iterator[_Work]:
    for unit in plan.units:
        upgrade = terms.known(unit)
        if upgrade is not None:
            days = terms.install_days(upgrade)
            yield _Work(unit.id, upgrade.crew, upgrade.crew_need, unit.install_start, days, unit.crew, unit.members)
    for su in plan.sus:
        deployment = terms.model.site.deployments.get(su.deployment)
        if deployment is not None:
            connect = terms.chain(deployment).set_and_connect
            days = terms.connect_days(deployment)
            yield _Work(su.id, connect.crew, connect.crew_need, su.set_start, days, su.crew, su.members)
        made = su.reinforcement
        strengthening = None if made is None else terms.upgrade_of(made.upgrade)
        if made is not None and strengthening is not None:
            days = terms.install_days(strengthening, min(made.positions, 10_000))
            need, name = strengthening.crew_need, f"{su.id} floor"
            yield _Work(name, strengthening.crew, need, made.start, days, made.crew, made.members)


def members_at_work(plan: Plan, terms: Terms) -> Counter[tuple[str, date]]:
    """Members of each crew at work on each day."""
    busy: Counter[tuple[str, date]] = Counter()
    for work in _work(plan, terms):
        busy.update(dict.fromkeys(((work.crew, day) for day in terms.open_days(work.start, work.days)), work.need))
    return busy


def check_crews(plan: Plan, terms: Terms, found: Findings) -> None:
    """Nobody works on two tasks, and no crew on more than it has members for."""
    busy: defaultdict[str, Counter[date]] = defaultdict(Counter)
    tasks: dict[tuple[str, int, date], str] = {}
    for work in _work(plan, terms):
        _members(work, terms, found)
        days = terms.open_days(work.start, work.days)
        busy[work.crew].update(dict.fromkeys(days, work.need))
        clashes: dict[tuple[int, str], date] = {}
        for member in sorted(set(work.members)):
            for day in days:
                other = tasks.setdefault((work.crew, member, day), work.name)
                if other != work.name:
                    clashes.setdefault((member, other), day)
        _clashes(work, clashes, found)
    for crew, days_busy in sorted(busy.items()):
        _overbooked(crew, days_busy, terms, found)


def _clashes(work: _Work, clashes: dict[tuple[int, str], date], found: Findings) -> None:
    found.checked["crew-clash"] += not clashes
    for (member, other), day in clashes.items():
        message = f"crew {work.crew}: member {member} is on {other} and on {work.name} on {day}"
        found.check(False, "crew-clash", work.crew, message, on=day, required=1.0, found=2.0, unit="tasks")


def _members(work: _Work, terms: Terms, found: Findings) -> None:
    size = terms.model.site.crews[work.crew].size
    wrong = None
    if work.listed_crew != work.crew:
        wrong = f"crew {work.listed_crew} is named, the site file sends crew {work.crew}"
    elif len(work.members) != work.need or len(set(work.members)) != work.need:
        wrong = f"{len(set(work.members))} members of crew {work.crew} are named, the work takes {work.need}"
    elif not all(1 <= member <= size for member in work.members):
        wrong = f"members {', '.join(map(str, work.members[:20]))} are named, crew {work.crew} has 1 to {size}"
    found.check(
        wrong is None,
        "crew-members",
        work.name,
        f"{work.name}: {wrong}",
        on=work.start,
        required=float(work.need),
        found=float(len(set(work.members))),
        unit="members",
    )


def _overbooked(crew: str, busy: Counter[date], terms: Terms, found: Findings) -> None:
    """One violation for each unbroken run of working days with too much work."""
    size = terms.model.site.crews[crew].size
    until: date | None = None
    for day in sorted(busy):
        over = busy[day] > size
        if over and until is not None and terms.finish(until, 1) == day + timedelta(days=1):
            until = day + timedelta(days=1)
            continue
        found.check(
            not over,
            "crew-size",
            crew,
            f"crew {crew}: {busy[day]} members are needed on {day}, it has {size}",
            on=day,
            required=float(size),
            found=float(busy[day]),
            unit="members",
        )
        until = day + timedelta(days=1) if over else None
