"""What one purchase asks of others: units that must be commissioned before its install, units it cannot be beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ortools.sat.python import cp_model

from dcplan.problem import Problem, Purchase
from dcplan.solver.cells import Expr
from dcplan.solver.columns import Columns
from dcplan.workdays import BEYOND

Dated = tuple[int, int, int]
"""A unit: plant type, install start, day of commissioning."""

# ---------------------------------------------------------------- the relaxation


def add_sequence(
    model: cp_model.CpModel,
    problem: Problem,
    starts: Mapping[int, Columns],
    commissioned: Callable[[int, int], Expr],
) -> None:
    """No install by a day without a unit of each group it waits for.

    Parameters
    ----------
    model : CpModel
    problem : Problem
    starts : mapping
        Cumulative install starts, by plant type.
    commissioned : callable
        Units of a plant type that may be commissioned by a day.
    """
    for index, counts in starts.items():
        purchase = problem.plants[index].purchase
        for group in purchase.after if purchase is not None else ():
            for day, count in zip(counts.days, counts.counts, strict=True):
                there = sum(commissioned(other, day) for other in group)
                model.add(count <= problem.plants[index].most * there)
    for number, (ones, others) in enumerate(problem.exclusive):
        taken = model.new_bool_var(f"exclusive {number}")
        for group, allowed in ((ones, taken), (others, 1 - taken)):
            for index in group:
                model.add(starts[index].last <= problem.plants[index].most * allowed)


# ---------------------------------------------------------------- schedules


def exclusive_kept(problem: Problem, bought: Iterable[int]) -> bool:
    """Whether plant types that exclude each other are not bought together."""
    types = set(bought)
    return not any(types & set(ones) and types & set(others) for ones, others in problem.exclusive)


def missing(problem: Problem, bought: Iterable[int]) -> list[int]:
    """Plant types of which one unit has to be bought too: the cheapest of each group that purchases wait for."""
    types, added = set(bought if problem.waits else ()), list[int]()
    waiting = sorted(types)
    while waiting:
        purchase = problem.plants[waiting.pop()].purchase
        for group in purchase.after if purchase is not None else ():
            if group and not types & set(group):
                cheapest = min(group, key=lambda index: _cost(problem.plants[index].purchase))
                types.add(cheapest)
                added.append(cheapest)
                waiting.append(cheapest)
    return added


def _cost(purchase: Purchase | None) -> int:
    return 0 if purchase is None else purchase.cost


def startable(purchase: Purchase, units: Iterable[Dated]) -> int:
    """First day on which an install may start: each group it waits for has a commissioned unit; BEYOND when never."""
    there = list(units)
    return max((_first(group, there) for group in purchase.after), default=0)


def _first(group: Sequence[int], units: Iterable[Dated]) -> int:
    return min((day for plant, _, day in units if plant in group), default=BEYOND)


def in_sequence(problem: Problem, units: Sequence[Dated]) -> bool:
    """Whether no install starts before what it waits for is commissioned."""
    return not problem.waits or all(
        startable(purchase, units) <= start
        for plant, start, _ in units
        if (purchase := problem.plants[plant].purchase) is not None and purchase.after
    )


def waited_for(problem: Problem, plant: int, units: Iterable[Dated]) -> set[int]:
    """Starts of the installs that may wait for a unit of a plant type."""
    return {
        start
        for other, start, _ in units
        if (purchase := problem.plants[other].purchase) is not None and any(plant in group for group in purchase.after)
    }


def in_order(problem: Problem, plants: Sequence[int | None]) -> Sequence[int]:
    """Positions of work, in an order that never puts a unit before the first of each group it waits for.

    Otherwise the order given is kept; None is work that waits for no unit.
    """
    if not problem.waits:
        return range(len(plants))
    placed: list[int] = []
    done = [False] * len(plants)

    def place(position: int) -> None:
        if done[position]:
            return
        done[position] = True
        plant = plants[position]
        purchase = None if plant is None else problem.plants[plant].purchase
        for group in purchase.after if purchase is not None else ():
            members = [other for other, one in enumerate(plants) if one in group]
            if members and not any(done[other] for other in members):
                place(members[0])
        placed.append(position)

    for position in range(len(plants)):
        place(position)
    return placed
