"""Why a site has no plan: what provably binds, and where nothing can be proven, what may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dcplan.assess.gap import check
from dcplan.problem import Problem, SuClass
from dcplan.procure import date_of
from dcplan.ratings import rows
from dcplan.ratings.racks import su_obstacles
from dcplan.site import SiteModel
from dcplan.solver.run import Limits
from dcplan.solver.search import Status, optimise
from dcplan.workdays import BEYOND

TRIED_SECONDS = 2.0
"""Limit on each trial with one limit lifted."""
_LIMITS = {
    "positions": "`positions` of the halls",
    "gallery": "`gallery_slots` of the halls",
    "yard": "`limits.yard_area`",
    "water": "`limits.water`",
    "generator_permit": "`limits.generator_power`",
    "emissions": "`limits.emissions`",
    "budget": "`limits.budget`",
}


def reasons_against(model: SiteModel, problem: Problem, limits: Limits) -> tuple[str, ...]:
    """What makes an infeasible site infeasible, in sentences; never empty.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    problem : Problem
        Its problem, which was proven to have no solution.
    limits : Limits
        Of the search that proved it.

    Returns
    -------
    tuple of str
    """
    return (
        tuple(_obstacles(model, problem))
        or tuple(_late(model, problem))
        or tuple(_short(problem))
        or tuple(_lifted(model, problem, limits))
        or (_unproven(model),)
    )


def _obstacles(model: SiteModel, problem: Problem) -> Iterator[str]:
    """SUs that can stand nowhere."""
    for name, deployment in sorted(model.site.deployments.items()):
        if any(su.deployment == name and not su.modes for su in problem.classes):
            for hall in deployment.halls:
                obstacles = su_obstacles(model, name, hall, rows.World.PLANNING) or [
                    "the floor carries its racks with none of the declared reinforcements"
                ]
                yield from (f"deployment {name} cannot stand in hall {hall}: {reason}" for reason in obstacles)


def _late(model: SiteModel, problem: Problem) -> Iterator[str]:
    """Calendars without work, and SUs whose own chain of steps ends after their deadline at any site."""
    if not problem.workdays.open_days:
        yield (
            f"the calendar leaves no working day from {model.site.start} to {model.site.end}: "
            "see `calendar.working_days`, `holidays` and `freezes`"
        )
        return
    told: set[str] = set()
    for su in problem.classes:
        accepted, delivered = max((_accepted(problem, su, day), day) for day in su.arrivals)
        if accepted <= su.deadline or su.deployment in told:
            continue
        told.add(su.deployment)
        stated = model.site.deployments[su.deployment].deadline
        limit = "the plan's `end`" if stated is None or stated > model.site.end else "its deadline"
        when = "after the end of the plan" if accepted >= BEYOND else f"on {date_of(model, accepted)} at the earliest"
        yield (
            f"deployment {su.deployment} cannot meet {limit} of {date_of(model, su.deadline)}: an SU delivered on "
            f"{date_of(model, delivered)} is accepted {when}, even at a site that is ready"
        )


def _accepted(problem: Problem, su: SuClass, delivered: int) -> int:
    """The earliest day on which an SU is accepted, whatever plant there is."""
    calendar = problem.workdays
    strengthened = min(
        0
        if mode.reinforcement is None
        else calendar.finish(mode.reinforcement.task.release, mode.reinforcement.task.days)
        for mode in su.modes
    )
    connected = calendar.finish(calendar.next_open(max(delivered, strengthened)), su.connect.days)
    return problem.accepted(su, calendar.finish(connected, su.fill_days))


def _short(problem: Problem) -> Iterator[str]:
    """Limits that the SUs alone, or what stands already, go beyond."""
    for dimension, places in _capped(problem).items():
        room = sum((problem.rows[index].capacity or 0) - problem.rows[index].demand for index in places)
        needed = sum(
            len(su.arrivals)
            * min(sum(amount for index, amount in (*mode.takes, *mode.demand) if index in places) for mode in su.modes)
            for su in problem.classes
        )
        if needed > room:
            step, unit = problem.rows[min(places)].step, problem.rows[min(places)].unit
            has, wants = (f"{value * step:.6g} {unit}".removesuffix(" 1") for value in (room, needed))
            yield f"{_named(dimension)}: the SUs need {wants}, and {has} is left"


def _capped(problem: Problem) -> dict[str, set[int]]:
    """Rows with a fixed capacity, by dimension."""
    found: dict[str, set[int]] = {}
    for index, row in enumerate(problem.rows):
        if row.capacity is not None:
            found.setdefault(row.id.partition("@")[0], set()).add(index)
    # rows of one dimension add up only where they are counted in the same step
    return {name: places for name, places in found.items() if len({problem.rows[index].step for index in places}) == 1}


def _lifted(model: SiteModel, problem: Problem, limits: Limits) -> Iterator[str]:
    """Each kind of limit without which a plan was found; with it none exists."""
    trial = replace(limits, seconds=min(limits.seconds, TRIED_SECONDS))

    def planned(tried: Problem) -> bool:
        found = optimise(tried, trial)
        if found.status is Status.INTERRUPTED:
            raise KeyboardInterrupt
        return found.schedule is not None

    for dimension, places in _capped(problem).items():
        if planned(_without(problem, places)):
            yield f"{_named(dimension)}: too little; with more of it there is a plan"
    timed = sorted({su.deployment for su in problem.classes if su.deadline < problem.days})
    undated = tuple(replace(su, deadline=problem.days) for su in problem.classes)
    if timed and planned(replace(problem, classes=undated)):
        days = ", ".join(f"{name} by {model.site.deployments[name].deadline}" for name in timed[:12])
        yield f"`deadline` of deployments: too early ({days}); without deadlines there is a plan"


def _without(problem: Problem, places: set[int]) -> Problem:
    """The problem with more room in some rows than everything together can take."""

    def all_of(index: int) -> int:
        by_plant = sum(plant.most * amount for plant in problem.plants for at, amount in plant.takes if at == index)
        by_sus = sum(
            len(su.arrivals) * amount
            for su in problem.classes
            for mode in su.modes
            for at, amount in (*mode.takes, *mode.demand)
            if at == index
        )
        return problem.rows[index].demand + by_plant + by_sus

    widened = (
        replace(row, capacity=max(row.capacity or 0, all_of(index))) if index in places else row
        for index, row in enumerate(problem.rows)
    )
    return replace(problem, rows=tuple(widened))


def _named(dimension: str) -> str:
    kind, of_upgrade, upgrade = dimension.partition(":")
    if of_upgrade:
        return f"`at_most` of {'the expedites of ' if kind == 'expedited' else ''}upgrade {upgrade}"
    return _LIMITS[dimension]


def _unproven(model: SiteModel) -> str:
    words = (
        "no selection of the declared upgrades carries every SU by its deadline within the limits: "
        "loosen deadlines, `end`, `limits`, `at_most` or the size of crews one at a time to see which of them binds"
    )
    return f"{words}; `dcplan check` lists what falls short now" if check(model).count("fail") else words
