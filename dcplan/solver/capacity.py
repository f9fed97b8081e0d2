"""Whether the plant that counts on a day carries what is energised, and which units then run.

Exact for the integer problem: plant is split into pools (types that supply common rows), the pools are ordered so
that what a pool's running units draw falls on later pools, and in each pool every running combination that is not
dominated in its draws is tried.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from dcplan.problem import Problem

Counts = tuple[int, ...]
NOT_ASKED = -(2**60)
"""Demand on a row that is not in force: whatever supplies it, it balances."""


@dataclass(frozen=True)
class Pool:
    """Plant types that supply common rows."""

    plants: tuple[int, ...]
    rows: tuple[int, ...]


class Capacity:
    """Answers capacity questions about one problem; answers are remembered."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.base = tuple(row.demand for row in problem.rows)
        self.pools = _ordered_pools(problem)
        supplied = {index for pool in self.pools for index in pool.rows}
        self._unsupplied = [
            index for index, row in enumerate(problem.rows) if row.capacity is None and index not in supplied
        ]
        self._dated = any(row.since or row.until is not None for row in problem.rows)
        self._supply = [dict(plant.supply) for plant in problem.plants]
        self._running = [dict(plant.running) for plant in problem.plants]
        self._choices = lru_cache(maxsize=200_000)(self._pareto)
        self.running = lru_cache(maxsize=200_000)(self._solve)

    def demand(self, energised: Sequence[tuple[int, int, int]]) -> Counts:
        """Demand per row of the baseline and of (class, mode, number) energised."""
        total = list(self.base)
        for su, mode, number in energised:
            for index, amount in self.problem.classes[su].modes[mode].demand:
                total[index] += amount * number
        return tuple(total)

    def on(self, demand: Counts, day: int) -> Counts:
        """A demand as asked on a day: nothing on rows that are not in force."""
        if not self._dated:
            return demand
        rows = zip(self.problem.rows, demand, strict=True)
        return tuple(amount if row.in_force(day) else NOT_ASKED for row, amount in rows)

    def _solve(self, available: Counts, demand: Counts) -> Counts | None:
        """Running units per plant type that carry a demand, or None when no combination does."""
        total = list(demand)
        for plant, number in zip(self.problem.plants, available, strict=True):
            for index, amount in plant.standing:
                total[index] += amount * number
        if any(total[index] > 0 for index in self._unsupplied):
            return None
        running = list(available)
        return tuple(running) if self._descend(0, available, total, running) else None

    def _descend(self, depth: int, available: Counts, total: list[int], running: list[int]) -> bool:
        if depth == len(self.pools):
            return True
        pool = self.pools[depth]
        choices = self._choices(
            depth, tuple(available[plant] for plant in pool.plants), tuple(total[index] for index in pool.rows)
        )
        for choice in choices:
            loaded = list(total)
            for plant, number in zip(pool.plants, choice, strict=True):
                running[plant] = number
                for index, amount in self._running[plant].items():
                    loaded[index] += amount * number
            if self._descend(depth + 1, available, loaded, running):
                return True
        return False

    def _pareto(self, depth: int, available: Counts, demand: Counts) -> tuple[Counts, ...]:
        """Running combinations of a pool that carry its rows, least draws first, dominated ones left out."""
        pool = self.pools[depth]
        ranges = [
            range(number + 1) if self._running[plant] else (number,)
            for plant, number in zip(pool.plants, available, strict=True)
        ]
        found: list[tuple[dict[int, int], Counts]] = []
        for combination in sorted(itertools.product(*ranges), key=sum):
            draws = self._draws(pool, combination)
            if any(_covers(draws, other) for other, _ in found):
                continue
            if self._holds(pool, combination, demand, draws):
                found.append((draws, combination))
        found.sort(key=lambda item: sum(item[0].values()))
        return tuple(combination for _, combination in found)

    def pool_holds(self, plants: Counts, rows: Counts, installed: Counts, demand: Counts) -> bool:
        """Whether some of the installed units of a pool, running, carry a demand and their own draws on it."""
        pool = Pool(plants, rows)
        ranges = [
            range(number + 1) if self._running[plant] else (number,)
            for plant, number in zip(plants, installed, strict=True)
        ]
        return any(
            self._holds(pool, combination, demand, self._draws(pool, combination))
            for combination in itertools.product(*ranges)
        )

    def _draws(self, pool: Pool, combination: Counts) -> dict[int, int]:
        draws: dict[int, int] = {}
        for plant, number in zip(pool.plants, combination, strict=True):
            for index, amount in self._running[plant].items():
                if number:
                    draws[index] = draws.get(index, 0) + amount * number
        return draws

    def _holds(self, pool: Pool, combination: Counts, demand: Counts, draws: dict[int, int]) -> bool:
        for index, need in zip(pool.rows, demand, strict=True):
            units = sorted(
                (
                    amount
                    for plant, number in zip(pool.plants, combination, strict=True)
                    if (amount := self._supply[plant].get(index, 0))
                    for _ in range(number)
                ),
                reverse=True,
            )
            if sum(units[self.problem.rows[index].failures :]) < need + draws.get(index, 0):
                return False
        return True


def _covers(draws: dict[int, int], other: dict[int, int]) -> bool:
    """Whether draws are nowhere below others."""
    return all(draws.get(index, 0) >= amount for index, amount in other.items())


def _ordered_pools(problem: Problem) -> list[Pool]:
    """Pools in an order in which draws fall on later pools; pools that draw on each other are made one."""
    groups = _groups_by_supply(problem)
    while True:
        owner = {row: number for number, group in enumerate(groups) for plant in group for row in _rows(problem, plant)}
        graph: dict[int, set[int]] = {number: set() for number in range(len(groups))}
        for number, group in enumerate(groups):
            for plant in group:
                for row, _ in problem.plants[plant].running:
                    if row in owner and owner[row] != number:
                        graph[owner[row]].add(number)
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            cycle = set(error.args[1])
            merged = sorted(plant for number in cycle for plant in groups[number])
            groups = [group for number, group in enumerate(groups) if number not in cycle] + [merged]
            continue
        return [
            Pool(tuple(groups[number]), tuple(sorted({row for p in groups[number] for row in _rows(problem, p)})))
            for number in order
        ]


def _rows(problem: Problem, plant: int) -> list[int]:
    return [row for row, _ in problem.plants[plant].supply]


def _groups_by_supply(problem: Problem) -> list[list[int]]:
    groups: list[tuple[set[int], list[int]]] = []
    for plant in range(len(problem.plants)):
        rows, members = set(_rows(problem, plant)), [plant]
        apart = []
        for other_rows, other_members in groups:
            if rows & other_rows:
                rows |= other_rows
                members = other_members + members
            else:
                apart.append((other_rows, other_members))
        groups = [*apart, (rows, members)]
    return [sorted(members) for _, members in groups]
