"""A day-exact schedule: its units and SUs with their dates, what it costs, and what its dates wait for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dcplan.problem import Mode, Problem
from dcplan.solver.sequence import Dated
from dcplan.workdays import BEYOND


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
    held: int = 0
    """Day before which it was not to be energised."""


@dataclass(frozen=True)
class Schedule:
    """A complete day-exact schedule with its objective in money steps."""

    installs: tuple[Install, ...]
    runs: tuple[Run, ...]
    objective: int
    cost: int
    """The part of the objective that is spend."""


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


def install_cost(problem: Problem, install: Install) -> int:
    """What a bought or hired unit costs in a schedule, in money steps."""
    plant = problem.plants[install.plant]
    if plant.purchase is None:
        return 0
    hire = plant.purchase.hire
    if hire is None:
        return problem.unit_price(plant.purchase, install.start)
    begun = problem.hire_begun(plant, plant.purchase, hire, install.start)
    return begun + problem.hire_ended(hire, install.released)


def departures(installs: Iterable[Install]) -> list[tuple[int, int]]:
    """(day, plant) of every unit that is released."""
    return [(install.released, install.plant) for install in installs if install.released is not None]


def counted_days(problem: Problem, installs: Iterable[Install]) -> list[tuple[int, int]]:
    """(Day from which it counts, plant type) of every unit that is not there on day 0."""
    days = [(install.counted, install.plant) for install in installs]
    for index, plant in enumerate(problem.plants):
        days.extend((day, index) for day in plant.arrivals)
    return days


def dated_install(problem: Problem, plant: int, start: int) -> Install | None:
    """An install with its later dates; None when it cannot be commissioned within the table."""
    purchase = problem.plants[plant].purchase
    if purchase is None or start >= BEYOND:
        return None
    commissioned = problem.commissioned(purchase, start)
    counted = problem.counted(problem.plants[plant], commissioned)
    return None if counted >= BEYOND else Install(plant, start, commissioned, counted)


def as_dated(installs: Iterable[Install]) -> list[Dated]:
    """The units with their starts and days of commissioning."""
    return [(install.plant, install.start, install.commissioned) for install in installs]


def route_ready(installs: Iterable[Install], mode: Mode) -> int:
    """First day on which the route carries an SU of a mode: plates for it are laid; BEYOND when never."""
    if not mode.route:
        return 0
    return min((install.commissioned for install in installs if install.plant in mode.route), default=BEYOND)


def loop_ready(problem: Problem, installs: Iterable[Install], hall: int) -> int:
    """First day on which a hall's liquid loop can be filled: one unit of each of its groups is commissioned."""
    return _loop_ready(problem, _firsts(installs), hall)


def loops_ready(problem: Problem, installs: Iterable[Install]) -> list[int]:
    """First day on which each hall's liquid loop can be filled."""
    firsts = _firsts(installs)
    return [_loop_ready(problem, firsts, hall) for hall in range(len(problem.halls))]


def _firsts(installs: Iterable[Install]) -> dict[int, int]:
    """First day on which a bought unit of each plant type is commissioned."""
    firsts: dict[int, int] = {}
    for install in installs:
        if install.commissioned < firsts.get(install.plant, BEYOND):
            firsts[install.plant] = install.commissioned
    return firsts


def _loop_ready(problem: Problem, firsts: Mapping[int, int], hall: int) -> int:
    day = problem.halls[hall].loop_from
    for group in problem.halls[hall].loop_groups:
        if any(problem.plants[index].existing for index in group):
            continue
        days = [firsts.get(index, BEYOND) for index in group]
        days += [min(problem.plants[index].arrivals, default=BEYOND) for index in group]
        day = max(day, min(days, default=BEYOND))
    return day


def filled_by(problem: Problem, index: int, mode: int, set_end: int, loops: Sequence[int]) -> int:
    """Day on which the leak test of an SU ends, given when each hall's loop can be filled; BEYOND when never."""
    su = problem.classes[index]
    if not su.liquid:
        return set_end
    return problem.workdays.finish(max(set_end, loops[su.modes[mode].hall]), su.fill_days)
