"""What a planner without an optimizer would do: size each system alone, cheapest unit first.

Halls are filled in the order of the site file. Then each pool of plant, cooling before power so that its draws are
known, gets units of the type with the lowest price per unit of capacity until it carries everything, the next type
when no more may be bought. The selection goes through dcplan's own scheduler.
"""

from __future__ import annotations

from dcplan.problem import Problem
from dcplan.solver.capacity import Capacity, Pool
from dcplan.solver.decode import Choice, SuChoice, UnitChoice, build
from dcplan.solver.schedule import Schedule


def greedy(problem: Problem, *, per_capacity: bool, shift: bool = True) -> Schedule | None:
    """The schedule of the greedy selection; None when it cannot be scheduled.

    The cheapest unit is the one with the lowest price, or with `per_capacity` the lowest price per capacity. With
    `shift`, what is not needed is dropped again and the rest comes as late as it may.
    """
    capacity = Capacity(problem)
    sus = _fill_halls(problem)
    number = dict.fromkeys({(item.su, item.mode) for item in sus}, 0)
    for item in sus:
        number[item.su, item.mode] += 1
    demand = list(capacity.demand([(su, mode, count) for (su, mode), count in sorted(number.items())]))
    bought: list[int] = []
    for pool in capacity.pools:
        installed = {
            plant: problem.plants[plant].existing + len(problem.plants[plant].arrivals) for plant in pool.plants
        }
        _grow(capacity, pool, demand, installed, bought, per_capacity)
        for plant, count in _running(capacity, pool.plants, pool.rows, installed, demand).items():
            for row, amount in problem.plants[plant].running:
                demand[row] += amount * count
    units = tuple(UnitChoice(plant, _release(problem, plant)) for plant in bought)
    return build(problem, capacity, Choice(units, tuple(sus)), shift=shift)


def _release(problem: Problem, plant: int) -> int:
    purchase = problem.plants[plant].purchase
    return purchase.install.release if purchase else 0


def _fill_halls(problem: Problem) -> list[SuChoice]:
    """Each SU, in order of delivery, into the first hall with positions left, by the cheapest floor work."""
    left = {index: row.capacity - row.demand for index, row in enumerate(problem.rows) if row.capacity is not None}
    placed = []
    for arrival, su in sorted((day, su) for su, one in enumerate(problem.classes) for day in one.arrivals):
        modes = sorted(
            enumerate(problem.classes[su].modes),
            key=lambda item: (item[1].hall, item[1].reinforcement.cost if item[1].reinforcement else 0),
        )
        for way, mode in modes:
            if all(left.get(row, amount) >= amount for row, amount in mode.takes):
                for row, amount in mode.takes:
                    left[row] = left.get(row, amount) - amount
                placed.append(SuChoice(su, way, arrival, arrival))
                break
    return placed


def _grow(
    capacity: Capacity, pool: Pool, demand: list[int], installed: dict[int, int], bought: list[int], per_capacity: bool
) -> None:
    """Buy units for one pool until it carries its rows."""
    problem = capacity.problem
    need = tuple(demand[row] for row in pool.rows)
    types = [plant for plant in pool.plants if problem.plants[plant].purchase is not None]
    for plant in sorted(types, key=lambda plant: _price(problem, plant, per_capacity)):
        purchase = problem.plants[plant].purchase
        for _ in range(purchase.at_most if purchase else 0):
            if capacity.pool_holds(pool.plants, pool.rows, tuple(installed[index] for index in pool.plants), need):
                return
            installed[plant] += 1
            bought.append(plant)


def _price(problem: Problem, plant: int, per_capacity: bool) -> float:
    purchase, first = problem.plants[plant].purchase, problem.plants[plant].supply[0][1]
    if purchase is None or not first:
        return float("inf")
    return purchase.cost / first if per_capacity else purchase.cost


def _running(
    capacity: Capacity, plants: tuple[int, ...], rows: tuple[int, ...], installed: dict[int, int], demand: list[int]
) -> dict[int, int]:
    """Fewest units, dearest in draw last, that carry the pool's rows."""
    running = dict(installed)
    need = tuple(demand[row] for row in rows)
    for plant in sorted(plants, key=lambda index: -sum(amount for _, amount in capacity.problem.plants[index].running)):
        while running[plant] and capacity.pool_holds(
            plants, rows, tuple(running[index] - (index == plant) for index in plants), need
        ):
            running[plant] -= 1
    return running
