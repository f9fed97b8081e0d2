"""What gates each go-live of a plan, date by date, and by when each purchase must be ordered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from dcplan.answer import Plan, Reinforcement, Su, Unit
from dcplan.explaining.given import Given
from dcplan.problem import Purchase
from dcplan.procure import date_of, day_of, permit_day
from dcplan.rationale import Gate, Lot, Step
from dcplan.solver.schedule import Install, loop_ready, route_ready
from dcplan.solver.sequence import in_sequence

LATER_GATES = ("delivery", "install", "startup")
"""Steps after the order, which may be placed before a permit for them is there."""


# ---------------------------------------------------------------- gates


def gates(given: Given) -> tuple[Gate, ...]:
    """What gates SUs, those with the same dates together, in order of acceptance."""
    groups: dict[tuple[object, ...], list[Su]] = defaultdict(list)
    for su in given.plan.sus:
        groups[su.acceptance, su.deployment, su.hall, su.gated_by, su.energise, su.delivery, su.set_start].append(su)
    found = []
    for sus in groups.values():
        first = sus[0]
        steps = sorted({*_cause(given.plan, first), *_rest(first)})
        found.append(
            Gate(
                deployment=first.deployment,
                hall=first.hall,
                sus=tuple(su.id for su in sus),
                gated_by=first.gated_by,
                steps=tuple(Step(what=what, on=on) for on, _, what in steps),
                delay_days=first.delay_days,
            )
        )
    return tuple(sorted(found, key=lambda gate: (gate.steps[-1].on, gate.deployment, gate.hall, gate.sus)))


Dated = tuple[date, int, str]
"""Date, place among the steps of one date, and what happens."""


def _cause(plan: Plan, su: Su) -> Iterator[Dated]:
    """The steps of whatever gates an SU, up to its energisation."""
    kind, _, what = su.gated_by.partition(": ")
    if kind == "capacity":
        names = set(what.split(", "))
        lots: dict[tuple[date, ...], list[Unit]] = defaultdict(list)
        for unit in plan.units:
            if f"{unit.upgrade}@{unit.where}" in names and unit.counted == su.energise:
                lots[unit.order, unit.install_start, unit.install_end, unit.commissioned, unit.counted].append(unit)
        for units in lots.values():
            yield from _lot_steps(units)
        return
    if kind == "route":
        laid = [unit for unit in plan.units if unit.upgrade == what and unit.commissioned <= su.set_start]
        if laid:
            yield from _lot_steps([min(laid, key=lambda unit: unit.commissioned)])
    if kind == "floor" and su.reinforcement is not None:
        yield su.reinforcement.order, 0, f"order {su.reinforcement.upgrade}"
        yield su.reinforcement.start, 1, f"reinforce {su.reinforcement.positions} positions"
    if kind.startswith("first unit"):
        first = [unit for unit in plan.units if unit.commissioned == su.fill_start]
        yield from _lot_steps(first[:1])
    yield su.delivery, 3, "racks delivered"
    yield su.set_start, 4, "set and connect"
    if su.fill_end > su.fill_start:
        yield su.fill_start, 5, "fill and leak test"


def _lot_steps(units: Sequence[Unit]) -> Iterator[Dated]:
    for unit in units[:1]:
        name = f"{len(units)} {unit.upgrade} at {unit.where}"
        yield unit.order, 0, f"order {name}"
        yield unit.install_start, 1, f"{name} delivered, install"
        yield unit.install_end, 2, f"{name}: start-up and functional test"
        yield unit.commissioned, 3, f"{name} commissioned, integrated test"
        yield unit.counted, 6, f"{name} counts"


def _rest(su: Su) -> Iterator[Dated]:
    yield su.energise, 7, "energise, burn-in"
    yield su.burn_in_end, 8, "burn-in done, acceptance test"
    yield su.acceptance, 9, "accepted"


# ---------------------------------------------------------------- lots


def lots(given: Given) -> tuple[Lot, ...]:
    """Every purchase by its order date, with its float and what it is ordered ahead of."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, unit in enumerate(given.plan.units):
        dates = (unit.order, unit.install_start, unit.commissioned, unit.counted)
        groups[unit.upgrade, unit.place, unit.train, unit.expedite, *dates].append(index)
    found = [_lot(given, members) for members in groups.values()]
    floors: dict[tuple[object, ...], list[tuple[Su, Reinforcement]]] = defaultdict(list)
    for su in given.plan.sus:
        made = su.reinforcement
        if made is not None:
            floors[made.upgrade, su.hall, made.order, made.start, made.end].append((su, made))
    found += [_floor(given, members) for members in floors.values()]
    return tuple(sorted(found, key=lambda lot: (lot.order_by, lot.upgrade, lot.place, lot.install)))


def _lot(given: Given, members: Sequence[int]) -> Lot:
    unit = given.plan.units[members[0]]
    return _made(
        given,
        unit.upgrade,
        unit.spec,
        unit.where,
        unit.expedite,
        len(members),
        (unit.order, unit.install_start, unit.counted),
        sum(given.plan.units[index].cost for index in members),
        _float(given, members),
    )


def _floor(given: Given, members: Sequence[tuple[Su, Reinforcement]]) -> Lot:
    """Positions that are reinforced together may wait until the first of their SUs is set."""
    su, made = members[0]
    calendar = given.problem.workdays
    number, mode = given.runs[given.plan.sus.index(su)].su, given.runs[given.plan.sus.index(su)].mode
    way = given.problem.classes[number].modes[mode].reinforcement
    latest = min(day_of(given.model, one.set_start) for one, _ in members)
    start = calendar.latest_start(latest, 1 if way is None else way.task.days)
    return _made(
        given,
        made.upgrade,
        made.spec,
        su.hall,
        None,
        sum(one.positions for _, one in members),
        (made.order, made.start, made.end),
        sum(one.cost for _, one in members),
        max(0, start - day_of(given.model, made.start)),
    )


def _made(
    given: Given,
    upgrade: str,
    spec: str,
    place: str,
    expedite: str | None,
    count: int,
    dates: tuple[date, date, date],
    cost: float,
    slack: int | None,
) -> Lot:
    model = given.model
    stated = model.site.upgrades[upgrade]
    permit = stated.permit
    on = None if permit is None else date_of(model, permit_day(model, stated))
    ahead = permit is not None and model.site.permits[permit].gates in LATER_GATES and on is not None and dates[0] < on
    return Lot(
        upgrade=upgrade,
        spec=spec,
        place=place,
        expedite=expedite,
        count=count,
        order_by=dates[0],
        install=dates[1],
        in_service=dates[2],
        cost=cost,
        float_days=slack,
        permit=permit if ahead else None,
        permit_on=on if ahead else None,
        cancelling=None,
    )


def _float(given: Given, members: Sequence[int]) -> int | None:
    """Days by which a lot may be ordered later, people aside, with every SU energised as planned.

    The lot is taken to count from later and later dates on which an SU is energised or set, until one is not carried.
    """
    first = given.installs[members[0]]
    purchase = given.problem.plants[first.plant].purchase
    if purchase is None:
        return 0
    dates = {run.energised for run in given.runs} | {run.set_start for run in given.runs}
    dates |= {given.problem.counted(given.problem.plants[first.plant], one.start) for one in given.installs}
    best = 0
    # a hired unit that would come after it is released is none
    gone = min((day for index in members if (day := given.installs[index].released) is not None), default=None)
    for needed in sorted(day for day in dates if day > first.counted and (gone is None or day < gone)):
        later = _later(given, purchase, first, needed)
        if not _holds(given, members, later, first.counted):
            return best
        best = max(best, later.start - first.start)
    rest = [install for index, install in enumerate(given.installs) if index not in set(members)]
    return None if _in_time(given, rest) and given.carried(rest, first.counted) else best


def _later(given: Given, purchase: Purchase, install: Install, needed: int) -> Install:
    """The same unit as late as it still counts on a day."""
    plant = given.problem.plants[install.plant]
    commissioned = given.problem.workdays.latest_start(needed, given.problem.test_days(plant))
    start = max(install.start, given.problem.latest_install(purchase, commissioned))
    return Install(install.plant, start, max(commissioned, install.commissioned), needed)


def _holds(given: Given, members: Sequence[int], later: Install, since: int) -> bool:
    moved = set(members)
    installs = [
        replace(later, plant=install.plant, released=install.released) if index in moved else install
        for index, install in enumerate(given.installs)
    ]
    return _in_time(given, installs) and given.carried(installs, since)


def _in_time(given: Given, installs: Sequence[Install]) -> bool:
    """Whether every leak test finds its loop, every set its route, every install what it waits for."""
    problem = given.problem
    if not in_sequence(problem, [(one.plant, one.start, one.commissioned) for one in installs]):
        return False
    loops = [loop_ready(problem, installs, hall) for hall in range(len(problem.halls))]
    for run in given.runs:
        su, mode = problem.classes[run.su], problem.classes[run.su].modes[run.mode]
        if route_ready(installs, mode) > run.set_start:
            return False
        if su.liquid and problem.workdays.finish(max(run.set_end, loops[mode.hall]), su.fill_days) > run.energised:
            return False
    return True
