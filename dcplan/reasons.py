"""Why a site has no plan, where that is plain from its problem; conflicts of limits are found by `explaining`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dcplan.assess.gap import check
from dcplan.assess.line import number, quantity
from dcplan.problem import Plant, Problem, SuClass
from dcplan.procure import date_of
from dcplan.ratings import rows
from dcplan.ratings.racks import su_obstacles
from dcplan.site import SiteModel
from dcplan.units import in_unit
from dcplan.workdays import BEYOND

_LIMITS = {
    "positions": ("`positions` of the halls", "positions"),
    "gallery": ("`gallery_slots` of the halls", "slots"),
    "yard": ("`limits.yard_area`", "m2"),
    "water": ("`limits.water`", "L/min"),
    "generator_permit": ("`limits.generator_power`", "kW"),
    "emissions": ("`limits.emissions`", "kg"),
    "budget": ("`limits.budget`", ""),
}
"""What a limit is called, and the unit that it is told in; a budget in the site's currency."""
_COUNTS = ("positions", "slots", "units")


def reasons_against(model: SiteModel, problem: Problem) -> tuple[str, ...]:
    """What makes an infeasible site infeasible, in sentences; never empty.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    problem : Problem
        Its problem, which was proven to have no solution.

    Returns
    -------
    tuple of str
    """
    return direct_reasons(model, problem) or (_unproven(model),)


def direct_reasons(model: SiteModel, problem: Problem) -> tuple[str, ...]:
    """What is plain from the problem itself, nothing solved: the first kind of reason that holds; perhaps none."""
    kinds = (_obstacles(model, problem), _late(model, problem), _short(model, problem), _unsupplied(model, problem))
    return next((found for kind in kinds if (found := tuple(kind))), ())


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


def _short(model: SiteModel, problem: Problem) -> Iterator[str]:
    """Limits that the SUs alone, or what stands already, go beyond."""
    for dimension, places in _capped(problem).items():
        cap = sum(problem.rows[index].capacity or 0 for index in places)
        taken = sum(problem.rows[index].demand for index in places)
        needed = sum(
            len(su.arrivals)
            * min(sum(amount for index, amount in (*mode.takes, *mode.demand) if index in places) for mode in su.modes)
            for su in problem.classes
        )
        if taken + needed <= cap:
            continue
        step, (name, unit) = problem.rows[min(places)].step, _named(dimension)
        amounts = (cap, taken, needed, cap - taken)
        limit, stands, wants, left = (_told(value * step, unit, model.site.currency) for value in amounts)
        if taken <= cap:
            yield f"{name}: the SUs need {wants}, and {left} {'are' if unit in _COUNTS else 'is'} left"
        else:
            more = f", and the SUs need {wants} more" if needed else ""
            yield f"{name}: what is there or promised takes {stands}, the limit is {limit}{more}"


def _capped(problem: Problem) -> dict[str, set[int]]:
    """Rows with a fixed capacity, by dimension."""
    found: dict[str, set[int]] = {}
    for index, row in enumerate(problem.rows):
        if row.capacity is not None:
            found.setdefault(row.id.partition("@")[0], set()).add(index)
    # rows of one dimension add up only where they are counted in the same step
    return {name: places for name, places in found.items() if len({problem.rows[index].step for index in places}) == 1}


def _unsupplied(model: SiteModel, problem: Problem) -> Iterator[str]:
    """Rows for which all that stands, comes or may be bought is less than the SUs alone ask."""
    shown = rows.dimensions(model)
    for index, row in enumerate(problem.rows):
        if row.capacity is not None or row.until is not None:
            continue
        units = [amount for plant in problem.plants for at, amount in plant.supply if at == index]
        here = [plant for plant in problem.plants for at, _ in plant.supply if at == index]
        shut = {plant.id: plant.upgrade for plant in here if _shut_out(problem, plant)}
        most = [plant.most - (plant.purchase.at_most if plant.purchase and plant.id in shut else 0) for plant in here]
        asked = row.demand + sum(
            len(su.arrivals) * min(dict(mode.demand).get(index, 0) for mode in su.modes) for su in problem.classes
        )
        supply = _least_left(units, most, row.failures)
        if asked > supply:
            about, place = shown[row.id.partition("@")[0]], row.id.partition("@")[2].partition("/")[0]
            needs, has = (f"{_shown(value * row.step, about):,.0f}" for value in (asked, supply))
            out = f" with {row.failures} of it out" if row.failures else ""
            windows = ", ".join(sorted({name for name in shut.values() if name}))
            out += f", no outage window being open for the tie-in of {windows}" if windows else ""
            yield (
                f"{about.title} at {place}: all that stands, comes or may be bought there gives {has} "
                f"{about.shown_in}{out}, and the SUs need {needs} {about.shown_in}"
            )


def _shut_out(problem: Problem, plant: Plant) -> bool:
    """Whether a plant type that ties into live plant finds no window from the day its install may start."""
    if plant.purchase is None or plant.purchase.install.starts is None:
        return False
    install = plant.purchase.install
    return install.next_start(problem.workdays, install.release) > problem.days


def _shown(value: float, about: rows.Dimension) -> float:
    """An amount in the unit it is shown in."""
    return value if about.unit == "1" else in_unit(value, about.shown_in)


def _least_left(units: Sequence[int], most: Sequence[int], failures: int) -> int:
    """What is left of all units when the largest fail."""
    left = 0
    for amount, count in sorted(zip(units, most, strict=True), reverse=True):
        out = min(failures, count)
        failures -= out
        left += amount * (count - out)
    return left


def _named(dimension: str) -> tuple[str, str]:
    """What a limit is called, and the unit that it is told in."""
    kind, of_upgrade, upgrade = dimension.partition(":")
    if of_upgrade:
        expedited = kind == "expedited"
        name = f"`at_most` of {'the expedites of ' if expedited else ''}upgrade {upgrade}"
        return name, "units" if expedited else "positions"
    return _LIMITS[dimension]


def _told(value: float, unit: str, currency: str) -> str:
    """An amount in the unit that a limit is told in."""
    return quantity(value, unit) if unit and unit not in _COUNTS else f"{number(value)} {unit or currency}"


def _unproven(model: SiteModel) -> str:
    words = (
        "no selection of the declared upgrades carries every SU by its deadline within the limits: "
        "`dcplan explain` names the limits that conflict, and what would cure it"
    )
    return f"{words}; `dcplan check` lists what falls short now" if check(model).count("fail") else words
