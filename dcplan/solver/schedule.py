"""From a selection to a day-exact schedule: crews, lots, SU chains, energisation on the first day capacity carries.

Nothing here decides what to buy. Given what is bought, in which mode each SU is placed and in which order the work is
taken up, tasks are placed one after another on the first days their crew has room (serial schedule generation); SUs
are energised in order on the first day from which everything energised is carried to the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from dcplan.problem import Mode, Problem
from dcplan.solver.capacity import Capacity, Counts
from dcplan.solver.crews import Crews
from dcplan.solver.hire import (
    departures,
    install_cost,
    kept_longer,
    moved_hire,
    release_days,
    released,
    stays_too_long,
    worth_dropping,
)
from dcplan.solver.sequence import Dated, exclusive_kept, in_order, in_sequence, missing, startable, waited_for
from dcplan.workdays import BEYOND


@dataclass(frozen=True)
class UnitChoice:
    """One unit to buy; its install starts on `not_before` or later, in the order of `priority`."""

    plant: int
    priority: int
    not_before: int = 0


@dataclass(frozen=True)
class SuChoice:
    """One SU to place: its class, its mode, when its work is taken up, and in which order it is energised."""

    su: int
    mode: int
    priority: int
    energise_order: int = 0
    reinforce_not_before: int = 0
    set_not_before: int = 0


@dataclass(frozen=True)
class Choice:
    """A selection with its order of work."""

    units: tuple[UnitChoice, ...]
    sus: tuple[SuChoice, ...]


@dataclass(frozen=True)
class Install:
    """One bought unit, dated."""

    plant: int
    start: int
    commissioned: int
    counted: int
    released: int | None = None
    """A hired unit: the day from which it no longer counts; None where it stays to the plan's end."""


@dataclass(frozen=True)
class Run:
    """One SU, dated."""

    su: int
    mode: int
    arrival: int
    reinforce: int | None
    set_start: int
    set_end: int
    fill_end: int
    energised: int
    accepted: int


@dataclass(frozen=True)
class Schedule:
    """A complete day-exact schedule with its objective in money steps."""

    installs: tuple[Install, ...]
    runs: tuple[Run, ...]
    objective: int
    cost: int
    """The part of the objective that is spend."""


@dataclass
class Timeline:
    """Which plant counts from which day, and what is energised from which day."""

    problem: Problem
    capacity: Capacity
    counted: list[tuple[int, int]]
    """(day, plant) of every unit that is not there on day 0."""
    energised: list[tuple[int, int, int]] = field(default_factory=list)
    """(day, class, mode)"""
    left: list[tuple[int, int]] = field(default_factory=list)
    """(day, plant) of every hired unit that is released."""

    def available(self, day: int) -> Counts:
        """Units of each plant type that count on a day."""
        total = [plant.existing for plant in self.problem.plants]
        for when, plant in self.counted:
            if when <= day:
                total[plant] += 1
        for when, plant in self.left:
            if when <= day:
                total[plant] -= 1
        return tuple(total)

    def demand(self, day: int, extra: Iterable[tuple[int, int]] = ()) -> Counts:
        """Demand per row on a day, with more SUs of (class, mode)."""
        number = Counter((su, mode) for when, su, mode in self.energised if when <= day)
        number.update(extra)
        return self.capacity.demand([(su, mode, count) for (su, mode), count in sorted(number.items())])

    def carried(self, day: int, extra: Sequence[tuple[int, int]] = ()) -> bool:
        """Whether what counts on a day carries what is energised on it; nothing is asked before the first SU."""
        if not extra and all(when > day for when, _, _ in self.energised):
            return True
        return self.capacity.running(self.available(day), self.demand(day, extra)) is not None

    def changes(self, since: int) -> list[int]:
        """Days on or after `since` on which supply or demand changes."""
        days = {when for when, _ in self.counted} | {when for when, _, _ in self.energised}
        days |= {when for when, _ in self.left}
        return sorted(day for day in days if day > since)

    def first_carried(self, ready: int, su: int, mode: int) -> int | None:
        """First day from `ready` on which one more SU is carried, then and ever after."""
        candidates = [ready, *self.changes(ready)]
        carried = [self.carried(day, [(su, mode)]) for day in candidates]
        first = len(candidates)
        while first > 0 and carried[first - 1]:
            first -= 1
        return candidates[first] if first < len(candidates) else None


def price(problem: Problem, installs: Iterable[Install], runs: Iterable[Run]) -> tuple[int, int]:
    """(objective, spend) of a dated schedule, in money steps."""
    cost = 0
    for install in installs:
        cost += install_cost(problem, install)
    delay = -sum(problem.delay_base(su) for su in problem.classes)
    for run in runs:
        su = problem.classes[run.su]
        reinforcement = su.modes[run.mode].reinforcement
        if reinforcement is not None and run.reinforce is not None:
            cost += problem.unit_price(reinforcement, run.reinforce)
        delay += problem.delay_cost(su, run.energised)
    return cost + delay, cost


def within_limits(problem: Problem, choice: Choice) -> bool:
    """Whether a selection buys no more of anything than may be bought, and keeps every row of fixed supply."""
    for index, number in Counter(unit.plant for unit in choice.units).items():
        purchase = problem.plants[index].purchase
        if purchase is None or number > purchase.at_most:
            return False
    if not exclusive_kept(problem, (unit.plant for unit in choice.units)):
        return False
    total = [row.demand for row in problem.rows]
    for unit in choice.units:
        for index, amount in problem.plants[unit.plant].takes:
            total[index] += amount
    for item in choice.sus:
        for index, amount in problem.classes[item.su].modes[item.mode].takes:
            total[index] += amount
    return all(row.capacity is None or used <= row.capacity for row, used in zip(problem.rows, total, strict=True))


def build(problem: Problem, capacity: Capacity, choice: Choice, *, shift: bool = True) -> Schedule | None:
    """The schedule of a choice; None when some SU is never carried or a deadline is missed."""
    more = missing(problem, (unit.plant for unit in choice.units))
    if more:
        choice = replace(choice, units=(*choice.units, *(UnitChoice(plant, 0) for plant in more)))
    if not within_limits(problem, choice):
        return None
    crews = Crews(problem)
    installs, chains = _place(problem, crews, choice)
    if installs is None or chains is None:
        return None
    timeline = Timeline(problem, capacity, _counted(problem, installs))
    runs = _energise(problem, timeline, installs, chains)
    if runs is None:
        return None
    if shift:
        installs = released(timeline, _drop_unneeded(problem, crews, timeline, installs, runs))
        installs = released(timeline, _later_installs(problem, crews, timeline, installs, runs))
        runs = _refilled(problem, installs, _later_reinforcements(problem, crews, runs))
    if stays_too_long(problem, installs):
        return None
    objective, cost = price(problem, installs, runs)
    return Schedule(tuple(installs), tuple(sorted(runs, key=lambda run: (run.energised, run.su))), objective, cost)


def _counted(problem: Problem, installs: Iterable[Install]) -> list[tuple[int, int]]:
    days = [(install.counted, install.plant) for install in installs]
    for index, plant in enumerate(problem.plants):
        days.extend((day, index) for day in plant.arrivals)
    return days


@dataclass(frozen=True)
class _Chain:
    """The crew work of one SU, dated."""

    item: SuChoice
    arrival: int
    reinforce: int | None
    set_start: int
    set_end: int


def _place(problem: Problem, crews: Crews, choice: Choice) -> tuple[list[Install] | None, list[_Chain] | None]:
    """Place every task in order of priority on the first days its crew has room."""
    arrivals = [list(su.arrivals) for su in problem.classes]
    work: list[tuple[int, int, UnitChoice | SuChoice]] = [(unit.priority, 0, unit) for unit in choice.units]
    work += [(item.priority, 1, item) for item in choice.sus]
    installs: list[Install] = []
    chains: list[_Chain] = []
    plates = {index for su in problem.classes for mode in su.modes for index in mode.route}
    # plates on a route first: sets wait for them
    first = {id(unit) for unit in choice.units if unit.plant in plates}
    order = sorted(work, key=lambda entry: (id(entry[2]) not in first, *entry[:2]))
    plants = [item.plant if isinstance(item, UnitChoice) else None for _, _, item in order]
    for item in (order[position][2] for position in in_order(problem, plants)):
        if isinstance(item, UnitChoice):
            install = _install(problem, crews, item, installs)
            if install is None:
                return None, None
            installs.append(install)
        else:
            chain = _chain(problem, crews, item, arrivals[item.su].pop(0), installs)
            if chain is None:
                return None, None
            chains.append(chain)
    return installs, chains


def dated_install(problem: Problem, plant: int, start: int) -> Install | None:
    """An install with its later dates; None when it cannot be commissioned within the table."""
    purchase = problem.plants[plant].purchase
    if purchase is None or start >= BEYOND:
        return None
    commissioned = problem.commissioned(purchase, start)
    counted = problem.counted(problem.plants[plant], commissioned)
    return None if counted >= BEYOND else Install(plant, start, commissioned, counted)


def _dated(installs: Iterable[Install]) -> list[Dated]:
    return [(install.plant, install.start, install.commissioned) for install in installs]


def _install(problem: Problem, crews: Crews, unit: UnitChoice, installs: Sequence[Install]) -> Install | None:
    purchase = problem.plants[unit.plant].purchase
    if purchase is None:
        return None
    begun = max(unit.not_before, startable(purchase, _dated(installs)) if purchase.after else 0)
    if begun >= BEYOND:
        return None
    install = dated_install(problem, unit.plant, crews.earliest(purchase.install, begun))
    if install is not None:
        crews.take(purchase.install, install.start)
    return install


def route_ready(installs: Iterable[Install], mode: Mode) -> int:
    """First day on which the route carries an SU of a mode: plates for it are laid; BEYOND when never."""
    if not mode.route:
        return 0
    return min((install.commissioned for install in installs if install.plant in mode.route), default=BEYOND)


def _chain(problem: Problem, crews: Crews, item: SuChoice, arrival: int, installs: Sequence[Install]) -> _Chain | None:
    su = problem.classes[item.su]
    mode = su.modes[item.mode]
    begun, after = None, max(arrival, route_ready(installs, mode))
    if after >= BEYOND:
        return None
    if mode.reinforcement is not None:
        begun = crews.earliest(mode.reinforcement.task, item.reinforce_not_before)
        if begun >= BEYOND:
            return None
        crews.take(mode.reinforcement.task, begun)
        after = max(after, problem.workdays.finish(begun, mode.reinforcement.task.days))
    start = crews.earliest(su.connect, max(after, item.set_not_before))
    if start >= BEYOND:
        return None
    crews.take(su.connect, start)
    return _Chain(item, arrival, begun, start, problem.workdays.finish(start, su.connect.days))


def loop_ready(problem: Problem, installs: Iterable[Install], hall: int) -> int:
    """First day on which a hall's liquid loop can be filled: one unit of each of its groups is commissioned."""
    day = 0
    commissioned = [(install.commissioned, install.plant) for install in installs]
    for group in problem.halls[hall].loop_groups:
        if any(problem.plants[index].existing for index in group):
            continue
        days = [when for when, plant in commissioned if plant in group]
        days += [when for index in group for when in problem.plants[index].arrivals]
        day = max(day, min(days, default=BEYOND))
    return day


def _energise(
    problem: Problem, timeline: Timeline, installs: Sequence[Install], chains: Sequence[_Chain]
) -> list[Run] | None:
    """Energise the SUs, in their order, each on the first day it is carried."""
    loops = [loop_ready(problem, installs, hall) for hall in range(len(problem.halls))]
    runs = []
    for chain in sorted(chains, key=lambda chain: chain.item.energise_order):
        run = _run(problem, timeline, chain, loops)
        if run is None:
            return None
        timeline.energised.append((run.energised, run.su, run.mode))
        runs.append(run)
    return runs


def _filled(problem: Problem, index: int, mode: int, set_end: int, loops: Sequence[int]) -> int:
    """Day on which the leak test of an SU ends, given when each hall's loop can be filled; BEYOND when never."""
    su = problem.classes[index]
    if not su.liquid:
        return set_end
    return problem.workdays.finish(max(set_end, loops[su.modes[mode].hall]), su.fill_days)


def _run(problem: Problem, timeline: Timeline, chain: _Chain, loops: Sequence[int]) -> Run | None:
    su = problem.classes[chain.item.su]
    fill_end = _filled(problem, chain.item.su, chain.item.mode, chain.set_end, loops)
    energised = timeline.first_carried(fill_end, chain.item.su, chain.item.mode) if fill_end < BEYOND else None
    if energised is None or problem.accepted(su, energised) > su.deadline:
        return None
    return Run(
        su=chain.item.su,
        mode=chain.item.mode,
        arrival=chain.arrival,
        reinforce=chain.reinforce,
        set_start=chain.set_start,
        set_end=chain.set_end,
        fill_end=fill_end,
        energised=energised,
        accepted=problem.accepted(su, energised),
    )


# ---------------------------------------------------------------- nothing bought early or for nothing


def _still_carried(problem: Problem, timeline: Timeline, installs: Sequence[Install], since: int, until: int) -> bool:
    """Whether everything energised is carried with other installs, on the days in [since, until) that change."""
    timeline.counted, timeline.left = _counted(problem, installs), departures(installs)
    days = [day for day in timeline.changes(since - 1) if day < until]
    return all(timeline.carried(day) for day in (since, *days))


def _in_time(problem: Problem, timeline: Timeline, installs: Sequence[Install], runs: Sequence[Run]) -> bool:
    """Whether every leak test still finds its hall's loop, every set its route, every install what it waits for."""
    if not in_sequence(problem, _dated(installs)):
        return False
    if any(route_ready(installs, problem.classes[run.su].modes[run.mode]) > run.set_start for run in runs):
        return False
    loops = [loop_ready(problem, installs, hall) for hall in range(len(problem.halls))]
    return all(_filled(problem, run.su, run.mode, run.set_end, loops) <= run.energised for run in runs)


def _refilled(problem: Problem, installs: Sequence[Install], runs: Iterable[Run]) -> list[Run]:
    """The runs with the leak tests that the final installs give."""
    loops = [loop_ready(problem, installs, hall) for hall in range(len(problem.halls))]
    return [replace(run, fill_end=_filled(problem, run.su, run.mode, run.set_end, loops)) for run in runs]


def _drop_unneeded(
    problem: Problem, crews: Crews, timeline: Timeline, installs: list[Install], runs: Sequence[Run]
) -> list[Install]:
    """Leave out units without which every SU is still carried on its day, dearest first."""

    def cost(index: int) -> int:
        purchase = problem.plants[installs[index].plant].purchase
        return purchase.cost if purchase else 0

    kept = list(installs)
    for install in [installs[index] for index in sorted(range(len(installs)), key=cost, reverse=True)]:
        without = list(kept)
        without.remove(install)
        if (
            _still_carried(problem, timeline, without, install.counted, BEYOND)
            and _in_time(problem, timeline, without, runs)
            and worth_dropping(timeline, kept, without)
        ):
            purchase = problem.plants[install.plant].purchase
            if purchase is not None:
                crews.take(purchase.install, install.start, -1)
            kept = without
    timeline.counted = _counted(problem, kept)
    return kept


def _later_installs(
    problem: Problem, crews: Crews, timeline: Timeline, installs: list[Install], runs: Sequence[Run]
) -> list[Install]:
    """Move each install as late as the energisations, the sets and its crew allow, the latest first."""
    needed_by = {run.energised for run in runs}
    needed_by |= {run.set_start for run in runs if problem.classes[run.su].modes[run.mode].route}
    kept = sorted(installs, key=lambda install: install.start)
    for index in range(len(kept) - 1, -1, -1):
        install = kept[index]
        purchase = problem.plants[install.plant].purchase
        if purchase is None:
            continue
        crews.take(purchase.install, install.start, -1)
        plant = problem.plants[install.plant]
        sequel = {problem.counted(plant, day) for day in waited_for(problem, install.plant, _dated(kept))}
        dates = sorted(needed_by | sequel | release_days(problem, kept), reverse=True)
        for needed in dates:
            if needed <= install.counted:
                break
            later = _moved(problem, crews, install, needed)
            if later is None:
                continue
            trial = kept_longer(timeline, kept, [*kept[:index], later, *kept[index + 1 :]], purchase.carry)
            if _still_carried(problem, timeline, trial, install.counted, later.counted) and _in_time(
                problem, timeline, trial, runs
            ):
                kept = trial
                break
        kept[index] = _tightened(problem, crews, kept[index], dates, runs, kept, index, timeline)
        crews.take(purchase.install, kept[index].start)
    timeline.counted = _counted(problem, kept)
    return kept


def _tightened(
    problem: Problem,
    crews: Crews,
    install: Install,
    dates: Sequence[int],
    runs: Sequence[Run],
    kept: Sequence[Install],
    index: int,
    timeline: Timeline,
) -> Install:
    """The install as late as it still counts on the first energisation after it counts now."""
    needed = min((day for day in dates if day >= install.counted), default=install.counted)
    later = _moved(problem, crews, install, needed)
    if later is None:
        return install
    trial = [*kept[:index], later, *kept[index + 1 :]]
    carried = _still_carried(problem, timeline, trial, install.counted, later.counted)
    return later if carried and _in_time(problem, timeline, trial, runs) else install


def _moved(problem: Problem, crews: Crews, install: Install, needed: int) -> Install | None:
    """The same install as late as its crew allows and it counts by a day; None when that is not later."""
    plant = problem.plants[install.plant]
    if plant.purchase is None:
        return None
    commissioned = problem.workdays.latest_start(needed, problem.test_days(plant))
    start = crews.latest(plant.purchase.install, problem.latest_install(plant.purchase, commissioned), install.start)
    return None if start is None else moved_hire(problem, install, dated_install(problem, install.plant, start))


def _later_reinforcements(problem: Problem, crews: Crews, runs: list[Run]) -> list[Run]:
    """Strengthen floors, and so set the racks that need it, as late as energisation and crews allow."""
    return [_later_floor(problem, crews, run) for run in sorted(runs, key=lambda run: run.set_start, reverse=True)]


def _later_floor(problem: Problem, crews: Crews, run: Run) -> Run:
    su = problem.classes[run.su]
    reinforcement = su.modes[run.mode].reinforcement
    if reinforcement is None or run.reinforce is None:
        return run
    workdays = problem.workdays
    crews.take(su.connect, run.set_start, -1)
    latest = workdays.latest_start(workdays.latest_start(run.energised, su.fill_days), su.connect.days)
    set_start = crews.latest(su.connect, latest, run.set_start) or run.set_start
    crews.take(su.connect, set_start)
    crews.take(reinforcement.task, run.reinforce, -1)
    not_after = workdays.latest_start(set_start, reinforcement.task.days)
    reinforce = crews.latest(reinforcement.task, not_after, run.reinforce) or run.reinforce
    crews.take(reinforcement.task, reinforce)
    set_end = workdays.finish(set_start, su.connect.days)
    return replace(run, set_start=set_start, set_end=set_end, reinforce=reinforce)
