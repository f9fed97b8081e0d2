"""From a selection to a day-exact schedule: crews, lots, SU chains, energisation on the first day capacity carries.

Nothing here decides what to buy. Given what is bought, in which mode each SU is placed and in which order the work is
taken up, tasks are placed one after another on the first days their crew has room (serial schedule generation); on each
day SUs are energised in their order as far as plant carries them, then and to the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.crews import Crews
from dcplan.solver.late import as_late
from dcplan.solver.release import stays_too_long
from dcplan.solver.schedule import (
    Install,
    Run,
    Schedule,
    as_dated,
    counted_days,
    dated_install,
    filled_by,
    loops_ready,
    price,
    route_ready,
)
from dcplan.solver.sequence import exclusive_kept, in_order, missing, startable
from dcplan.solver.timeline import Waiting, energise
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
    energise_not_before: int = 0
    """Keeps capacity free for an SU that is worth more and comes later."""


@dataclass(frozen=True)
class Choice:
    """A selection with its order of work."""

    units: tuple[UnitChoice, ...]
    sus: tuple[SuChoice, ...]


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


def build(
    problem: Problem,
    capacity: Capacity,
    choice: Choice,
    *,
    shift: bool = True,
    below: tuple[int, int] | None = None,
) -> Schedule | None:
    """The schedule of a choice; None when some SU is never carried, a deadline is missed or a cap exceeded.

    Unless it is to `shift`, nothing is left out or moved late. `below` ends the work early: None too when it costs more
    than the first before anything is left out; nothing is moved late that costs more than the second before.
    """
    more = missing(problem, (unit.plant for unit in choice.units))
    if more:
        choice = replace(choice, units=(*choice.units, *(UnitChoice(plant, 0) for plant in more)))
    if not within_limits(problem, choice):
        return None
    crews = Crews(problem)
    installs, chains = _place(problem, crews, choice)
    if installs is None or chains is None:
        return None
    runs = _energise(problem, capacity, installs, chains)
    if runs is None:
        return None
    first, second = below or (None, None)
    if first is not None and price(problem, installs, runs)[0] > first:
        return None
    if shift:
        dated = runs
        worth = None if second is None else lambda kept: price(problem, kept, dated)[0] <= second
        installs, runs = as_late(problem, capacity, crews, installs, runs, worth or (lambda _: True))
    if problem.hired and stays_too_long(problem, installs):
        return None
    if problem.cap is not None and price(problem.cap.prices, installs, runs)[0] > problem.cap.most:
        return None
    objective, cost = price(problem, installs, runs)
    return Schedule(tuple(installs), tuple(sorted(runs, key=lambda run: (run.energised, run.su))), objective, cost)


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


def _install(problem: Problem, crews: Crews, unit: UnitChoice, installs: Sequence[Install]) -> Install | None:
    purchase = problem.plants[unit.plant].purchase
    if purchase is None:
        return None
    begun = max(unit.not_before, startable(purchase, as_dated(installs)) if purchase.after else 0)
    if begun >= BEYOND:
        return None
    install = dated_install(problem, unit.plant, crews.earliest(purchase.install, begun))
    if install is not None:
        crews.take(purchase.install, install.start)
    return install


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


def _energise(
    problem: Problem, capacity: Capacity, installs: Sequence[Install], chains: Sequence[_Chain]
) -> list[Run] | None:
    """Energise the SUs, in their order, each on the first day it is carried; None when one never is in time."""
    loops = loops_ready(problem, installs)
    filled = [filled_by(problem, chain.item.su, chain.item.mode, chain.set_end, loops) for chain in chains]
    if any(day >= BEYOND for day in filled):
        return None
    waiting = [
        Waiting(max(day, chain.item.energise_not_before), chain.item.energise_order, (chain.item.su, chain.item.mode))
        for chain, day in zip(chains, filled, strict=True)
    ]
    runs = []
    days = energise(problem, capacity, counted_days(problem, installs), waiting)
    for chain, fill_end, energised in zip(chains, filled, days, strict=True):
        su = problem.classes[chain.item.su]
        if energised is None or problem.accepted(su, energised) > su.deadline:
            return None
        runs.append(
            Run(
                su=chain.item.su,
                mode=chain.item.mode,
                arrival=chain.arrival,
                reinforce=chain.reinforce,
                set_start=chain.set_start,
                set_end=chain.set_end,
                fill_end=fill_end,
                energised=energised,
                accepted=problem.accepted(su, energised),
                held=chain.item.energise_not_before,
            )
        )
    return runs
