"""Nothing bought early or for nothing: the same energisations with fewer units, and all work as late as they allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.crews import Crews
from dcplan.solver.release import Stays
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
from dcplan.solver.sequence import in_sequence, waited_for
from dcplan.solver.timeline import Needs


def as_late(
    problem: Problem,
    capacity: Capacity,
    crews: Crews,
    installs: Sequence[Install],
    runs: Sequence[Run],
    worth: Callable[[Sequence[Install]], bool] = lambda _: True,
) -> tuple[list[Install], list[Run]]:
    """Units without which no SU is energised later left out, the others and all floor work as late as they can be.

    Parameters
    ----------
    problem : Problem
    capacity : Capacity
    crews : Crews
        Occupied by the installs and runs; kept in step.
    installs, runs : sequence
        Of one schedule.
    worth : callable, optional
        Asked of the units that are kept: where it says no, nothing is moved late.

    Returns
    -------
    list of Install, list of Run
        The energisations are unchanged.
    """
    energised = [(run.energised, run.su, run.mode) for run in runs]
    needs = Needs(problem, capacity, counted_days(problem, installs), energised)
    stays = None
    if problem.hired and any(problem.plants[install.plant].is_hired for install in installs):
        stays = Stays(problem, capacity, energised)
    kept = _needed(problem, crews, needs, installs, runs, stays)
    if not worth(kept):
        return kept, list(runs)
    if stays is not None:
        kept = stays.released(kept)
        needs = stays.needs(kept)
    kept = _later(problem, crews, needs, kept, runs, stays)
    if stays is not None:
        kept = stays.released(kept)
    return kept, _refilled(problem, kept, _later_reinforcements(problem, crews, list(runs)))


def polished(problem: Problem, capacity: Capacity, schedule: Schedule) -> Schedule:
    """The same energisations with all other work as late as they allow, and nothing that they do not need.

    Parameters
    ----------
    problem : Problem
    capacity : Capacity
    schedule : Schedule
    """
    crews = Crews(problem)
    for install in schedule.installs:
        purchase = problem.plants[install.plant].purchase
        if purchase is not None:
            crews.take(purchase.install, install.start)
    for run in schedule.runs:
        su = problem.classes[run.su]
        reinforcement = su.modes[run.mode].reinforcement
        crews.take(su.connect, run.set_start)
        if reinforcement is not None and run.reinforce is not None:
            crews.take(reinforcement.task, run.reinforce)
    installs, runs = as_late(problem, capacity, crews, schedule.installs, schedule.runs)
    objective, cost = price(problem, installs, runs)
    return replace(
        schedule,
        installs=tuple(installs),
        runs=tuple(sorted(runs, key=lambda run: (run.energised, run.su))),
        objective=objective,
        cost=cost,
    )


def _needed(
    problem: Problem,
    crews: Crews,
    needs: Needs,
    installs: Sequence[Install],
    runs: Sequence[Run],
    stays: Stays | None,
) -> list[Install]:
    """Leave out units without which every SU is still carried on its day, dearest first.

    With hired units, one that nothing needs as long as these stay is kept where it costs less than their staying.
    """

    def dearest(install: Install) -> tuple[int, int]:
        purchase = problem.plants[install.plant].purchase
        return (-purchase.cost if purchase else 0, -install.counted)

    kept, before, tied = list(installs), len(installs) + 1, _tied(problem)
    spend = None if stays is None else stays.spend(kept)
    while len(kept) < before:
        before, needed = len(kept), set[int]()
        for install in sorted(kept, key=dearest):
            # of equal units the last is the first that can be spared
            if install.plant in needed:
                continue
            if needs.needed(install.plant, install.counted) is not None:
                needed.add(install.plant)
                continue
            without = list(kept)
            without.remove(install)
            if install.plant in tied and not (
                _stood_in_for(problem, kept, install) or _in_time(problem, without, runs)
            ):
                continue
            if stays is not None and spend is not None:
                less = stays.spend(without)
                if less > spend:
                    continue
                spend = less
            purchase = problem.plants[install.plant].purchase
            if purchase is not None:
                crews.take(purchase.install, install.start, -1)
            needs.move(install.plant, install.counted, None)
            kept = without
    return kept


def _tied(problem: Problem) -> set[int]:
    """Plant types of which a first unit is waited for by something other than load: loops, routes, other installs."""
    tied = {index for hall in problem.halls for group in hall.loop_groups for index in group}
    tied |= {index for su in problem.classes for mode in su.modes for index in mode.route}
    for plant in problem.plants:
        if plant.purchase is not None:
            tied |= {index for group in plant.purchase.after for index in group}
    return tied


def _stood_in_for(problem: Problem, installs: Sequence[Install], install: Install) -> bool:
    """Whether another unit of the same type is there no later: whatever waits for a first unit, waits for that one."""
    return any(
        other.plant == install.plant and other.commissioned <= install.commissioned and other is not install
        for other in installs
    )


def _in_time(problem: Problem, installs: Sequence[Install], runs: Sequence[Run]) -> bool:
    """Whether every leak test still finds its hall's loop, every set its route, every install what it waits for."""
    if not in_sequence(problem, as_dated(installs)):
        return False
    if any(route_ready(installs, problem.classes[run.su].modes[run.mode]) > run.set_start for run in runs):
        return False
    loops = loops_ready(problem, installs)
    return all(filled_by(problem, run.su, run.mode, run.set_end, loops) <= run.energised for run in runs)


def _later(
    problem: Problem,
    crews: Crews,
    needs: Needs,
    installs: Sequence[Install],
    runs: Sequence[Run],
    stays: Stays | None,
) -> list[Install]:
    """Move each install as late as the energisations, the sets and its crew allow, the latest first."""
    kept = sorted(installs, key=lambda install: install.start)
    tied = _tied(problem)
    wanted = {run.energised for run in runs}
    wanted |= {run.set_start for run in runs if problem.classes[run.su].modes[run.mode].route}
    for index in range(len(kept) - 1, -1, -1):
        install = kept[index]
        plant = problem.plants[install.plant]
        if plant.purchase is None:
            continue
        crews.take(plant.purchase.install, install.start, -1)
        needed = needs.needed(install.plant, install.counted, install.released)
        days = [needed] if needed is not None else []
        bound = install.plant in tied and not _stood_in_for(problem, kept, install)
        if bound:
            waiting = waited_for(problem, install.plant, as_dated(kept)) if problem.waits else set()
            sequel = {problem.counted(plant, day) for day in waiting}
            days += sorted((day for day in wanted | sequel if needed is None or day < needed), reverse=True)
        for day in days:
            later = _moved(problem, crews, install, day) if day >= install.counted else None
            if later is not None and stays is not None:
                later = stays.moved(install, later)
            if later is None:
                continue
            trial = [*kept[:index], later, *kept[index + 1 :]]
            if not bound or _in_time(problem, trial, runs):
                needs.move(install.plant, install.counted, later.counted)
                kept = trial
                break
        if stays is not None and stays.rent_is_less(plant.purchase.carry):
            longer = _longer(problem, crews, stays, kept, index, runs)
            if longer is not None:
                kept, needs = longer, stays.needs(longer)
        crews.take(plant.purchase.install, kept[index].start)
    return kept


def _longer(
    problem: Problem, crews: Crews, stays: Stays, kept: Sequence[Install], index: int, runs: Sequence[Run]
) -> list[Install] | None:
    """The installs with one of them later still, hired units being kept for it, where that costs less."""
    install = kept[index]
    wanted = {run.energised for run in runs} | stays.last_days(kept)
    for day in sorted((day for day in wanted if day > install.counted), reverse=True):
        later = _moved(problem, crews, install, day)
        later = None if later is None else stays.moved(install, later)
        trial = None if later is None else stays.kept_longer(kept, [*kept[:index], later, *kept[index + 1 :]])
        if trial is not None and (install.plant not in _tied(problem) or _in_time(problem, trial, runs)):
            return trial
    return None


def _moved(problem: Problem, crews: Crews, install: Install, needed: int) -> Install | None:
    """The same install as late as its crew allows and it counts by a day; None when that is not later."""
    plant = problem.plants[install.plant]
    if plant.purchase is None:
        return None
    commissioned = problem.workdays.latest_start(needed, problem.test_days(plant))
    start = crews.latest(plant.purchase.install, problem.latest_install(plant.purchase, commissioned), install.start)
    return None if start is None else dated_install(problem, install.plant, start)


def _refilled(problem: Problem, installs: Sequence[Install], runs: Iterable[Run]) -> list[Run]:
    """The runs with the leak tests that the final installs give."""
    loops = loops_ready(problem, installs)
    return [replace(run, fill_end=filled_by(problem, run.su, run.mode, run.set_end, loops)) for run in runs]


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
