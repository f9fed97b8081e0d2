"""What equal halls taken together can carry: each hall by a whole kit of its own, with its own units held back.

A kit is a number of running units of each type that stands in one hall. In a cell so many halls run each kit; together
they are no more than there are, their units are no more than count, and what they carry covers what is energised.
Only kits of which no unit is idle are needed. Several services of a hall are looked at apart.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from dcplan.problem import Problem, Terms
from dcplan.solver.cells import Expr, coarse_step
from dcplan.solver.merge import Kind, Merged

MOST_COMBINATIONS = 6000
"""With more running combinations in one hall, its service is left to the sum over the halls."""
MOST_KITS = 150


@dataclass(frozen=True)
class Kits:
    """The kits of one service of equal halls, in terms of the merged problem."""

    kind: int
    """Index into the merged problem's kinds of halls."""
    halls: int
    whole: tuple[int, ...]
    """Plant types of the first hall, in the whole problem."""
    plants: tuple[int, ...]
    contents: tuple[tuple[int, ...], ...]
    """Per kit: units of each type."""
    carried: tuple[tuple[int, ...], ...]
    """Per kit: what one hall with it carries, of each of `loads`."""
    loads: tuple[dict[tuple[int, int], int], ...]
    """What an SU of a (class, mode) asks; counted in SUs where all ask the same."""


def kits_of(joined: Merged) -> tuple[Kits, ...]:
    """The kits of every service that equal halls have each for themselves."""
    pools = [(number, *pool) for number, kind in enumerate(joined.kinds) for pool in pools_of(joined.whole, kind)]
    return tuple(kits for number, plants, rows in pools if (kits := _kits(joined, number, plants, rows)) is not None)


def add_kits(
    model: cp_model.CpModel,
    kits: Kits,
    energised: Mapping[tuple[int, int], Expr],
    running: Sequence[Expr],
    cell: int,
) -> list[cp_model.IntVar]:
    """In a cell, halls run whole kits that carry what is energised, of units that run.

    Parameters
    ----------
    model : CpModel
    kits : Kits
    energised : mapping
        SUs of each (class, mode) by the cell's end.
    running : sequence
        Units of each plant type that run.
    cell : int

    Returns
    -------
    list of IntVar
        Halls that run each kit.
    """
    halls = [model.new_int_var(0, kits.halls, f"kit {kit}[{cell}]") for kit in range(len(kits.contents))]
    model.add(sum(halls) <= kits.halls)
    for place, load in enumerate(kits.loads):
        amounts = [carried[place] for carried in kits.carried]
        coarse = coarse_step([*amounts, *load.values()])
        carried = sum(-(-amount // coarse) * number for amount, number in zip(amounts, halls, strict=True))
        model.add(carried >= sum(amount // coarse * energised[key] for key, amount in load.items()))
    for place, plant in enumerate(kits.plants):
        used = [(content[place], number) for content, number in zip(kits.contents, halls, strict=True)]
        model.add(sum(units * number for units, number in used if units) <= running[plant])
    return halls


def pools_of(problem: Problem, kind: Kind) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """(Plant types, rows) of the first hall of a kind that supply common rows of its own."""
    own = {row for row in kind.rows[0] if problem.rows[row].capacity is None}
    pools: list[tuple[set[int], set[int]]] = []
    for index in kind.plants[0]:
        rows = {row for row, _ in problem.plants[index].supply} & own
        plants = {index}
        for pool in [pool for pool in pools if pool[1] & rows]:
            pools.remove(pool)
            plants, rows = plants | pool[0], rows | pool[1]
        if rows:
            pools.append((plants, rows))
    return [(tuple(sorted(plants)), tuple(sorted(rows))) for plants, rows in pools]


def _kits(joined: Merged, number: int, plants: tuple[int, ...], rows: tuple[int, ...]) -> Kits | None:
    problem, kind = joined.whole, joined.kinds[number]
    if any(problem.rows[row].since or problem.rows[row].until is not None for row in rows):
        return None
    ways = _ways(joined, kind, rows)
    different = {amounts for amounts in ways.values() if any(amounts)}
    ranges = [range(problem.plants[index].most + 1) for index in plants]
    if not different or math.prod(len(one) for one in ranges) > MOST_COMBINATIONS:
        return None
    limit = _limit(problem, kind)
    hall = HallPool(problem, plants, rows)
    tried = list(itertools.product(*ranges))
    if len(different) == 1:
        (each,) = different
        loads = [{way: 1 for way, amounts in ways.items() if any(amounts)}]
        worth: list[tuple[int, ...]] = [(min(limit, hall.carries(kit, each)),) for kit in tried]
    else:
        loads = [{way: amounts[place] for way, amounts in ways.items()} for place in range(len(rows))]
        levels = [_levels({amounts[place] for amounts in different}, limit) for place in range(len(rows))]
        worth = [tuple(map(_level, levels, hall.left(kit))) for kit in tried]
    chosen = _undominated(list(zip(tried, worth, strict=True)))
    if len(chosen) > MOST_KITS:
        return None
    return Kits(
        kind=number,
        halls=len(kind.halls),
        whole=plants,
        plants=tuple(joined.plants[index] for index in plants),
        contents=tuple(kit for kit, _ in chosen),
        carried=tuple(carried for _, carried in chosen),
        loads=tuple(loads),
    )


def _ways(joined: Merged, kind: Kind, rows: Sequence[int]) -> dict[tuple[int, int], tuple[int, ...]]:
    """What an SU of each (class, mode of the merged problem) in the first hall of a kind asks of rows."""
    ways = {}
    for number, su in enumerate(joined.whole.classes):
        for way, mode in enumerate(su.modes):
            if mode.hall == kind.halls[0]:
                asked = dict(mode.demand)
                ways[number, joined.modes[number][way]] = tuple(asked.get(row, 0) for row in rows)
    return ways


def _limit(problem: Problem, kind: Kind) -> int:
    """SUs that have room in one hall of a kind, of whatever class."""
    total = sum(len(su.arrivals) for su in problem.classes)
    for row in kind.rows[0]:
        capacity = problem.rows[row].capacity
        taken = [
            dict(mode.takes).get(row, 0) for su in problem.classes for mode in su.modes if mode.hall == kind.halls[0]
        ]
        if capacity is not None and min(taken, default=0) > 0:
            total = min(total, (capacity - problem.rows[row].demand) // min(taken))
    return total


@dataclass(frozen=True)
class HallPool:
    """One service of one hall."""

    problem: Problem
    plants: tuple[int, ...]
    rows: tuple[int, ...]

    def left(self, kit: Sequence[int]) -> list[int]:
        """What running units carry beside the hall's own load, row by row, the largest out that may fail."""
        return [self._left(row, kit) for row in self.rows]

    def carries(self, kit: Sequence[int], each: Sequence[int]) -> int:
        """SUs that running units carry."""
        return max(0, min(left // asked for left, asked in zip(self.left(kit), each, strict=True) if asked))

    def _left(self, row: int, kit: Sequence[int]) -> int:
        record = self.problem.rows[row]
        supply = sorted((self._amounts(row, kit, "supply")), reverse=True)
        left, out = -record.demand, record.failures
        for amount, number in supply:
            lost = min(out, number)
            out -= lost
            left += amount * (number - lost)
        return left - sum(amount * number for amount, number in self._amounts(row, kit, "running"))

    def _amounts(self, row: int, kit: Sequence[int], name: str) -> list[tuple[int, int]]:
        found = []
        for index, number in zip(self.plants, kit, strict=True):
            terms: Terms = getattr(self.problem.plants[index], name)
            found.append((dict(terms).get(row, 0), number))
        return found


def _levels(amounts: set[int], limit: int) -> list[int] | None:
    """Loads that up to so many SUs can add up to; None where they are too many to tell apart."""
    sums = {0}
    for _ in range(limit):
        sums |= {total + amount for total in sums for amount in amounts}
        if len(sums) > 2000:
            return None
    return sorted(sums)


def _level(levels: list[int] | None, left: int) -> int:
    if levels is None:
        return max(0, left)
    return max((level for level in levels if level <= left), default=0)


Valued = tuple[tuple[int, ...], tuple[int, ...]]


def _undominated(valued: Sequence[Valued]) -> list[Valued]:
    """Kits that carry something and of which no part carries as much."""
    kept: list[Valued] = []
    for kit, worth in sorted(valued, key=lambda item: (sum(item[0]), item[0])):
        if any(worth) and not any(_within(part, kit) and _within(worth, most) for part, most in kept):
            kept.append((kit, worth))
    return kept


def _within(lower: Sequence[int], upper: Sequence[int]) -> bool:
    return all(low <= high for low, high in zip(lower, upper, strict=True))
