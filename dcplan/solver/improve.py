"""Better schedules near a known one: units added, retyped or reordered, SUs placed or ordered otherwise."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from dcplan.interrupt import stop_if_pressed
from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.decode import Choice, SuChoice, UnitChoice, build, within_limits
from dcplan.solver.schedule import Schedule

BUSY_POWER = 4
Move = Callable[[Problem, Choice, random.Random], Choice]


def choice_of(schedule: Schedule) -> Choice:
    """The choice that a schedule realises: its units and SUs in the order of their dates."""
    units = tuple(UnitChoice(install.plant, install.start) for install in schedule.installs)
    sus = tuple(
        SuChoice(run.su, run.mode, run.set_start, run.energised, energise_not_before=run.held) for run in schedule.runs
    )
    return Choice(units, sus)


def improve(
    problem: Problem, capacity: Capacity, best: Schedule, *, seconds: float, tries: int, rng: random.Random
) -> Schedule:
    """The best schedule found near `best` within a time and a number of tries; never a worse one.

    Where there is no interest, nothing is moved late: it takes long, and costs the same.
    """
    end = time.monotonic() + seconds
    choice = choice_of(best)
    # what hired units cost is known once they are released: then no work is ended early
    early = not problem.hired
    saved = _saved(problem, capacity, choice, best) if early and _interest(problem) else 0
    unchecked = 2**62
    for _ in range(tries):
        stop_if_pressed()
        if time.monotonic() >= end:
            break
        moved, same_units = choice, True
        for _ in range(rng.choice((1, 1, 2))):
            move = rng.choice(_MOVES)
            moved = move(problem, moved, rng)
            same_units = same_units and move not in _BUYING
        if moved is choice or not within_limits(problem, moved):
            continue
        # other orders of the same units save about as much by being moved late as the best one does
        most = best.objective + saved
        below = (most if same_units else unchecked, most if saved else best.objective - 1)
        schedule = build(problem, capacity, moved, below=below if early else None)
        if schedule is not None and schedule.objective <= best.objective:
            best, choice = schedule, choice_of(schedule)
    return best


def _interest(problem: Problem) -> bool:
    """Whether anything is cheaper when it is ordered later."""
    ways = [mode.reinforcement for su in problem.classes for mode in su.modes]
    bought = [*(plant.purchase for plant in problem.plants), *ways]
    return any(one is not None and one.carry for one in bought)


def _saved(problem: Problem, capacity: Capacity, choice: Choice, best: Schedule) -> int:
    """What the best schedule saves by leaving out and moving late."""
    early = build(problem, capacity, choice, shift=False)
    return 0 if early is None else max(0, early.objective - best.objective)


def _buyable(problem: Problem, choice: Choice) -> list[int]:
    """Plant types of which one more unit may be bought."""
    bought = [unit.plant for unit in choice.units]
    return [
        index
        for index, plant in enumerate(problem.plants)
        if plant.purchase is not None and bought.count(index) < plant.purchase.at_most
    ]


def _related(problem: Problem, plant: int) -> set[int]:
    """Plant types that supply a row this one supplies."""
    rows = {row for row, _ in problem.plants[plant].supply}
    return {index for index, other in enumerate(problem.plants) if rows & {row for row, _ in other.supply}}


def _add_unit(problem: Problem, choice: Choice, rng: random.Random) -> Choice:
    """Buy one more unit; what it makes unneeded is dropped when the schedule is built."""
    types = _buyable(problem, choice)
    if not types:
        return choice
    return replace(choice, units=(*choice.units, UnitChoice(rng.choice(types), _some_day(problem, choice, rng))))


def _some_day(problem: Problem, choice: Choice, rng: random.Random) -> int:
    days = [unit.priority for unit in choice.units] or [0]
    return rng.choice(days) + rng.randrange(-3, 4)


def _retype_unit(problem: Problem, choice: Choice, rng: random.Random) -> Choice:
    """Buy another type of the same service in place of one unit."""
    if not choice.units:
        return choice
    index = rng.randrange(len(choice.units))
    unit = choice.units[index]
    types = [other for other in _buyable(problem, choice) if other in _related(problem, unit.plant) - {unit.plant}]
    if not types:
        return choice
    number = rng.choice((1, 1, 2))
    added = tuple(UnitChoice(rng.choice(types), unit.priority) for _ in range(number))
    return replace(choice, units=(*choice.units[:index], *choice.units[index + 1 :], *added))


def _retype_all(problem: Problem, choice: Choice, rng: random.Random) -> Choice:
    """Buy another type of the same service in place of all units of one type."""
    if not choice.units:
        return choice
    old = rng.choice(choice.units).plant
    types = sorted(_related(problem, old) & set(_buyable(problem, choice)) - {old})
    if not types:
        return choice
    new = rng.choice(types)
    kept = [unit for unit in choice.units if unit.plant != old]
    replaced = [unit for unit in choice.units if unit.plant == old]
    purchase = problem.plants[new].purchase
    room = (purchase.at_most if purchase else 0) - sum(unit.plant == new for unit in kept)
    number = min(room, len(replaced) * rng.choice((1, 2)) + rng.choice((0, 1)))
    added = tuple(UnitChoice(new, replaced[index % len(replaced)].priority) for index in range(number))
    return replace(choice, units=(*kept, *added))


def _retype_some(problem: Problem, choice: Choice, rng: random.Random) -> Choice:
    """Buy about as much of another type of the same service in place of a run of units of one type."""
    if not choice.units:
        return choice
    old = rng.choice(choice.units).plant
    own = sorted((unit for unit in choice.units if unit.plant == old), key=lambda unit: unit.priority)
    types = sorted(_related(problem, old) & set(_buyable(problem, choice)) - {old})
    if not types or len(own) < 2:
        return choice
    new = rng.choice(types)
    first = rng.randrange(len(own) - 1)
    taken = own[first : first + rng.choice((2, 3, 4, 6, 8, 12))]
    before, after = (dict(problem.plants[index].supply) for index in (old, new))
    ratio = min((before[row] / after[row] for row in before if after.get(row)), default=1.0)
    purchase = problem.plants[new].purchase
    room = (purchase.at_most if purchase else 0) - sum(unit.plant == new for unit in choice.units)
    number = min(room, round(len(taken) * ratio + rng.choice((0.0, 0.5, 1.0))))
    added = tuple(UnitChoice(new, taken[index * len(taken) // max(number, 1)].priority) for index in range(number))
    chosen = {id(unit) for unit in taken}
    return replace(choice, units=(*(unit for unit in choice.units if id(unit) not in chosen), *added))


def _swap_units(problem: Problem, choice: Choice, rng: random.Random) -> Choice:
    """Exchange the places of two units in the order of work."""
    if len(choice.units) < 2:
        return choice
    first, second = rng.sample(range(len(choice.units)), 2)
    units = list(choice.units)
    units[first], units[second] = (
        replace(units[first], priority=units[second].priority),
        replace(units[second], priority=units[first].priority),
    )
    return replace(choice, units=tuple(units))


def _reorder_unit(problem: Problem, choice: Choice, rng: random.Random) -> Choice:
    """Take up one unit's work earlier or later."""
    if not choice.units:
        return choice
    index = rng.randrange(len(choice.units))
    units = list(choice.units)
    units[index] = replace(units[index], priority=units[index].priority + rng.choice((-40, -12, -5, 5, 12, 40)))
    return replace(choice, units=tuple(units))


def _insert_unit(problem: Problem, choice: Choice, rng: random.Random) -> Choice:
    """Take up one unit's work before or after others' of the same crew; mostly of a crew that is seldom idle."""
    crews: dict[int, list[int]] = {}
    for index, unit in enumerate(choice.units):
        purchase = problem.plants[unit.plant].purchase
        if purchase is not None:
            crews.setdefault(purchase.install.crew, []).append(index)
    several = {crew: own for crew, own in sorted(crews.items()) if len(own) > 1}
    if not several:
        return choice
    weights = [_busy_share(problem, choice, crew, own) ** BUSY_POWER for crew, own in several.items()]
    own = rng.choices(list(several.values()), weights if any(weights) else None)[0]
    own = sorted(own, key=lambda index: choice.units[index].priority)
    taken = rng.randrange(len(own))
    place = min(max(0, taken + rng.choice((-16, -8, -4, -2, -1, 1, 2, 4, 8, 16))), len(own) - 1)
    days = [choice.units[index].priority for index in own]
    own.insert(place, own.pop(taken))
    units = list(choice.units)
    for index, day in zip(own, days, strict=True):
        units[index] = replace(units[index], priority=day)
    return replace(choice, units=tuple(units))


def _busy_share(problem: Problem, choice: Choice, crew: int, own: Sequence[int]) -> float:
    """Part of its days, from the first of some units to the last, that a crew is at work on them."""
    work = sum(
        purchase.install.need * purchase.install.days
        for index in own
        if (purchase := problem.plants[choice.units[index].plant].purchase) is not None
    )
    days = [choice.units[index].priority for index in own]
    return work / (problem.crews[crew][1] * max(1, max(days) - min(days)))


def _place_su(problem: Problem, choice: Choice, rng: random.Random) -> Choice:
    """Place one SU in another mode."""
    index = rng.randrange(len(choice.sus))
    sus = list(choice.sus)
    modes = range(len(problem.classes[sus[index].su].modes))
    if len(modes) < 2:
        return choice
    sus[index] = replace(sus[index], mode=rng.choice([mode for mode in modes if mode != sus[index].mode]))
    return replace(choice, sus=tuple(sus))


def _exchange_sus(problem: Problem, choice: Choice, rng: random.Random) -> Choice:
    """Let two SUs exchange halls, where both may stand in the other's."""
    first, second = rng.randrange(len(choice.sus)), rng.randrange(len(choice.sus))
    sus = list(choice.sus)
    halls = [problem.classes[item.su].modes[item.mode].hall for item in (sus[first], sus[second])]
    for index, hall in ((first, halls[1]), (second, halls[0])):
        ways = [way for way, mode in enumerate(problem.classes[sus[index].su].modes) if mode.hall == hall]
        if not ways:
            return choice
        sus[index] = replace(sus[index], mode=rng.choice(ways))
    return replace(choice, sus=tuple(sus))


def _reorder_su(problem: Problem, choice: Choice, rng: random.Random) -> Choice:
    """Take up one SU earlier or later, in its work and in energisation."""
    index = rng.randrange(len(choice.sus))
    sus = list(choice.sus)
    days = rng.choice((-60, -20, -5, 5, 20, 60))
    sus[index] = replace(
        sus[index], priority=sus[index].priority + days, energise_order=sus[index].energise_order + days
    )
    return replace(choice, sus=tuple(sus))


_MOVES: tuple[Move, ...] = (
    _add_unit,
    _retype_unit,
    _retype_unit,
    _retype_all,
    _retype_some,
    _retype_some,
    _swap_units,
    _reorder_unit,
    *(_insert_unit,) * 8,
    _place_su,
    _exchange_sus,
    _reorder_su,
)
_BUYING: tuple[Move, ...] = (_add_unit, _retype_unit, _retype_all, _retype_some)
