"""Whether the plant that counts on a day carries what is energised, and which units then run.

Plant is split into pools (types that supply common rows), the pools are ordered so that what a pool's running units
draw falls on later pools, and in each pool every running combination that is not dominated in its draws is tried. That
is exact for the integer problem; a pool with very many combinations runs one frugal one instead, and a yes stays a yes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from dcplan.problem import Problem, Terms

Counts = tuple[int, ...]
NOT_ASKED = -(2**60)
"""Demand on a row that is not in force: whatever supplies it, it balances."""
MOST_TRIED = 100
"""Running combinations of one pool that are tried one by one."""
REMEMBERED = 20_000


@dataclass(frozen=True)
class Pool:
    """Plant types that supply common rows."""

    plants: tuple[int, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True)
class _Balance:
    """One row of a pool: (amount, place in the pool) of supply, the largest first, and of the pool's own draws."""

    failures: int
    supply: tuple[tuple[int, int], ...]
    own: tuple[tuple[int, int], ...]

    def left(self, combination: Sequence[int]) -> int:
        """Supply of running units less what may fail and their own draws."""
        out, left = self.failures, 0
        for amount, place in self.supply:
            number = combination[place]
            if out:
                lost = min(out, number)
                out -= lost
                number -= lost
            left += amount * number
        for amount, place in self.own:
            left -= amount * combination[place]
        return left


@dataclass(frozen=True)
class _Choice:
    """A running combination of a pool and what it draws elsewhere."""

    numbers: Counts
    draws: Terms


@dataclass
class _Table:
    """A pool with its rows, and the combinations found for what was asked before."""

    pool: Pool
    balances: tuple[_Balance, ...]
    draws: tuple[Terms, ...]
    """Per plant type."""
    weights: tuple[float, ...]
    """Draw of a unit against what it supplies, per plant type; 0 for one that draws nothing."""
    known: dict[tuple[Counts, Counts], tuple[_Choice, ...]] = field(default_factory=dict)

    def choices(self, available: Counts, demand: Counts) -> tuple[_Choice, ...]:
        """Running combinations that carry the pool's rows, least draws first, dominated ones left out."""
        key = available, demand
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            found = self.known[key] = self._found(available, demand)
        return found

    def _found(self, available: Counts, demand: Counts) -> tuple[_Choice, ...]:
        ranges = self.ranges(available)
        if math.prod(len(one) for one in ranges) > MOST_TRIED:
            return self._frugal(available, demand)
        own = set(self.pool.rows)
        holding = [
            (self._drawn(combination), combination)
            for combination in itertools.product(*ranges)
            if self.holds(combination, demand)
        ]
        holding.sort(key=lambda item: (sum(item[0].values()), sum(item[1])))
        found: list[tuple[dict[int, int], Counts]] = []
        for draws, combination in holding:
            if not any(_covers(draws, other) for other, _ in found):
                found.append((draws, combination))
        return tuple(
            _Choice(combination, tuple(term for term in draws.items() if term[0] not in own))
            for draws, combination in found
        )

    def _frugal(self, available: Counts, demand: Counts) -> tuple[_Choice, ...]:
        """One combination: of each type as few as hold, the types that draw most for what they supply first."""
        numbers = list(available)
        if not self.holds(numbers, demand):
            return ()
        for place in sorted(range(len(numbers)), key=lambda place: -self.weights[place]):
            low, high = 0 if self.weights[place] else numbers[place], numbers[place]
            while low < high:
                middle = (low + high) // 2
                numbers[place] = middle
                if self.holds(numbers, demand):
                    high = middle
                else:
                    low = middle + 1
            numbers[place] = high
        own = set(self.pool.rows)
        draws = self._drawn(numbers)
        return (_Choice(tuple(numbers), tuple(term for term in draws.items() if term[0] not in own)),)

    def ranges(self, available: Counts) -> list[Sequence[int]]:
        """Units of each type that may run: all, unless running draws something."""
        return [range(number + 1) if draws else (number,) for number, draws in zip(available, self.draws, strict=True)]

    def holds(self, combination: Sequence[int], demand: Counts) -> bool:
        """Whether running units carry a demand and their own draws on it."""
        return all(balance.left(combination) >= need for balance, need in zip(self.balances, demand, strict=True))

    def _drawn(self, combination: Sequence[int]) -> dict[int, int]:
        drawn: dict[int, int] = {}
        for number, draws in zip(combination, self.draws, strict=True):
            if number:
                for row, amount in draws:
                    drawn[row] = drawn.get(row, 0) + amount * number
        return drawn


class Capacity:
    """Answers capacity questions about one problem; answers are remembered."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.base = tuple(row.demand for row in problem.rows)
        self.pools = _ordered_pools(problem)
        self._tables = [self._table(pool) for pool in self.pools]
        supplied = {index for pool in self.pools for index in pool.rows}
        self.unsupplied = [
            index for index, row in enumerate(problem.rows) if row.capacity is None and index not in supplied
        ]
        self.dated = [row for row, one in enumerate(problem.rows) if one.since or one.until is not None]
        """Rows that are not in force on every day."""
        self._standing = [(index, plant.standing) for index, plant in enumerate(problem.plants) if plant.standing]
        self.running = lru_cache(maxsize=REMEMBERED)(self._solve)

    def _table(self, pool: Pool) -> _Table:
        plants = [self.problem.plants[index] for index in pool.plants]
        balances = []
        for row in pool.rows:
            supply = [(dict(plant.supply).get(row, 0), place) for place, plant in enumerate(plants)]
            own = [(dict(plant.running).get(row, 0), place) for place, plant in enumerate(plants)]
            balances.append(
                _Balance(
                    self.problem.rows[row].failures,
                    tuple(sorted((term for term in supply if term[0]), reverse=True)),
                    tuple(term for term in own if term[0]),
                )
            )
        return _Table(
            pool, tuple(balances), tuple(plant.running for plant in plants), tuple(map(self._weight, pool.plants))
        )

    def _weight(self, plant: int) -> float:
        record = self.problem.plants[plant]
        drawn, supplied = (
            sum(amount * self.problem.rows[row].step for row, amount in terms)
            for terms in (record.running, record.supply)
        )
        return drawn / supplied if supplied else drawn

    def demand(self, energised: Iterable[tuple[int, int, int]]) -> Counts:
        """Demand per row of the baseline and of (class, mode, number) energised."""
        total = list(self.base)
        for su, mode, number in energised:
            for index, amount in self.problem.classes[su].modes[mode].demand:
                total[index] += amount * number
        return tuple(total)

    def on(self, demand: Counts, day: int) -> Counts:
        """A demand as asked on a day: nothing on rows that are not in force."""
        if not self.dated:
            return demand
        rows = zip(self.problem.rows, demand, strict=True)
        return tuple(amount if row.in_force(day) else amount + NOT_ASKED for row, amount in rows)

    def _solve(self, available: Counts, demand: Counts) -> Counts | None:
        """Running units per plant type that carry a demand, or None when no combination does."""
        total = list(demand)
        for plant, standing in self._standing:
            for index, amount in standing:
                total[index] += amount * available[plant]
        if any(total[index] > 0 for index in self.unsupplied):
            return None
        running = list(available)
        return tuple(running) if self._descend(0, available, total, running) else None

    def loaded(
        self, depths: Sequence[int], plants: Sequence[int], units: Sequence[int], total: list[int]
    ) -> tuple[bool, bool]:
        """Let the pools of some depths run as they draw least, added to a load per row.

        Returns
        -------
        bool, bool
            Whether they carry it; whether they could run in no other way.
        """
        for plant in plants:
            for index, amount in self.problem.plants[plant].standing:
                total[index] += amount * units[plant]
        only = True
        for depth in depths:
            table = self._tables[depth]
            pool = table.pool
            choices = table.choices(
                tuple([units[plant] for plant in pool.plants]), tuple([total[index] for index in pool.rows])
            )
            if not choices:
                return False, only
            only = only and len(choices) == 1
            for index, amount in choices[0].draws:
                total[index] += amount
        return True, only

    def _descend(self, depth: int, available: Counts, total: list[int], running: list[int]) -> bool:
        """Whether pools from a depth on carry their rows in some way."""
        if depth == len(self._tables):
            return True
        table = self._tables[depth]
        pool = table.pool
        choices = table.choices(
            tuple([available[plant] for plant in pool.plants]), tuple([total[index] for index in pool.rows])
        )
        for choice in choices:
            loaded = list(total)
            for plant, number in zip(pool.plants, choice.numbers, strict=True):
                running[plant] = number
            for index, amount in choice.draws:
                loaded[index] += amount
            if self._descend(depth + 1, available, loaded, running):
                return True
        return False

    def pool_holds(self, plants: Counts, rows: Counts, installed: Counts, demand: Counts) -> bool:
        """Whether some of the installed units of a pool, running, carry a demand and their own draws on it."""
        table = self._table(Pool(plants, rows))
        return any(table.holds(combination, demand) for combination in itertools.product(*table.ranges(installed)))


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
