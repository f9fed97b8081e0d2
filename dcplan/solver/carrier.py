"""Capacity asked of one hall at a time: what a change does not touch is not worked out again.

Plant of a hall that nothing outside loads is a part of its own: what its running units draw elsewhere follows from its
own units and SUs. All other plant is the shared part, which carries the draws of the halls. Where a hall could run in
more than one way, the one that draws least is taken first; when that is not carried, the whole capacity is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from dcplan.problem import Problem, Terms
from dcplan.solver.capacity import NOT_ASKED, Capacity

Way = tuple[int, int]
"""(class, mode)"""
SHARED = -1
REMEMBERED = 50_000


@dataclass(frozen=True)
class Load:
    """What a part carries: whether it does, what it draws elsewhere, whether that is its only way."""

    carried: bool
    draws: Terms
    only: bool


@dataclass
class Part:
    """Plant types and rows that are worked out together, and what was asked of them before."""

    plants: tuple[int, ...]
    rows: tuple[int, ...]
    depths: tuple[int, ...]
    """Of its pools, in the capacity's order."""
    known: dict[tuple[tuple[int, ...], tuple[int, ...]], Load] = field(default_factory=dict)


@dataclass
class State:
    """Units that are there and what is asked of them, with what each part draws."""

    units: list[int]
    asked: list[int]
    """Per row: the baseline, and the SUs that are energised."""
    loads: list[Load]
    shared: list[int]
    """Per row, of those of the shared part: asked, and drawn by the halls."""
    off: frozenset[int] = frozenset()
    """Rows that are not in force."""

    def copy(self) -> State:
        """Another state that is the same now."""
        return State(list(self.units), list(self.asked), list(self.loads), list(self.shared), self.off)


class Carrier:
    """Keeps states of one capacity up to date, and says what they carry."""

    def __init__(self, capacity: Capacity) -> None:
        self.capacity, self.problem = capacity, capacity.problem
        owner = _owners(self.problem, capacity)
        halls = sorted({hall for hall in owner if hall is not None})
        self.parts = [self._part(owner, hall) for hall in halls]
        self.common = self._part(owner, None)
        self.part_of = {plant: number for number, part in enumerate(self.parts) for plant in part.plants}
        self._of_row = {row: number for number, part in enumerate(self.parts) for row in part.rows}
        self.ways = [[self._way(mode.demand) for mode in su.modes] for su in self.problem.classes]
        """Per class and mode: the parts that it loads, and what it asks of the rest."""

    def _part(self, owner: Sequence[int | None], hall: int | None) -> Part:
        depths = tuple(depth for depth, one in enumerate(owner) if one == hall)
        pools = [self.capacity.pools[depth] for depth in depths]
        plants = tuple(sorted(plant for pool in pools for plant in pool.plants))
        return Part(plants, tuple(sorted(row for pool in pools for row in pool.rows)), depths)

    def _way(self, demand: Terms) -> tuple[tuple[int, ...], Terms]:
        parts = tuple(sorted({self._of_row[row] for row, _ in demand if row in self._of_row}))
        return parts, tuple(term for term in demand if term[0] not in self._of_row)

    def state(self, units: Sequence[int], asked: Sequence[int]) -> State:
        """The state of units that are there and SUs that are energised."""
        state = State(list(units), list(asked), [], list(asked))
        for part in self.parts:
            load = self._load(part, state)
            state.loads.append(load)
            for row, amount in load.draws:
                state.shared[row] += amount
        self.date(state, 0)
        return state

    def date(self, state: State, day: int) -> bool:
        """Let a state be that of a day; whether that changes which rows are in force."""
        rows = self.problem.rows
        off = frozenset(row for row in self.capacity.dated if not rows[row].in_force(day))
        for row in off ^ state.off:
            change = NOT_ASKED if row in off else -NOT_ASKED
            state.asked[row] += change
            state.shared[row] += change
            if row in self._of_row:
                self._redo(state, self._of_row[row])
        changed, state.off = off != state.off, off
        return changed

    def arrive(self, state: State, plant: int, number: int = 1) -> None:
        """Let units come, or with a negative number go."""
        state.units[plant] += number
        part = self.part_of.get(plant)
        if part is not None:
            self._redo(state, part)

    def energise(self, state: State, way: Way) -> None:
        """Let one more SU be energised."""
        for row, amount in self.problem.classes[way[0]].modes[way[1]].demand:
            state.asked[row] += amount
        parts, outside = self.ways[way[0]][way[1]]
        for row, amount in outside:
            state.shared[row] += amount
        for part in parts:
            self._redo(state, part)

    def _redo(self, state: State, number: int) -> None:
        old, new = state.loads[number], self._load(self.parts[number], state)
        if new is not old:
            state.loads[number] = new
            for row, amount in old.draws:
                state.shared[row] -= amount
            for row, amount in new.draws:
                state.shared[row] += amount

    def short(self, state: State) -> int | None:
        """The part that falls short, or SHARED; None when everything is carried."""
        place = next((number for number, load in enumerate(state.loads) if not load.carried), SHARED)
        if place == SHARED:
            unsupplied = any(state.shared[row] > 0 for row in self.capacity.unsupplied)
            if not unsupplied and self._load(self.common, state, state.shared).carried:
                return None
        if all(load.only for load in state.loads):
            return place
        whole = self.capacity.running(tuple(state.units), tuple(state.asked))
        return None if whole is not None else place

    def carries(self, state: State) -> bool:
        """Whether everything is carried."""
        return self.short(state) is None

    def _load(self, part: Part, state: State, asked: Sequence[int] | None = None) -> Load:
        rows = state.asked if asked is None else asked
        key = tuple([state.units[plant] for plant in part.plants]), tuple([rows[row] for row in part.rows])
        found = part.known.get(key)
        if found is None:
            if len(part.known) >= REMEMBERED:
                part.known.clear()
            found = part.known[key] = self._worked_out(part, state.units, rows)
        return found

    def _worked_out(self, part: Part, units: Sequence[int], asked: Sequence[int]) -> Load:
        before = list(asked)
        total = list(asked)
        carried, only = self.capacity.loaded(part.depths, part.plants, units, total)
        own = set(part.rows)
        draws = tuple(
            (row, new - old)
            for row, (old, new) in enumerate(zip(before, total, strict=True))
            if new != old and row not in own
        )
        return Load(carried, draws, only)


@lru_cache(maxsize=4)
def carrier_of(capacity: Capacity) -> Carrier:
    """The carrier of a capacity, with all that it remembers."""
    return Carrier(capacity)


def _owners(problem: Problem, capacity: Capacity) -> list[int | None]:
    """Per pool the hall whose part it is; None: shared."""
    owner: list[int | None] = []
    for pool in capacity.pools:
        halls = {problem.plants[plant].hall for plant in pool.plants}
        owner.append(halls.pop() if len(halls) == 1 else None)
    at = {row: depth for depth, pool in enumerate(capacity.pools) for row in pool.rows}
    asked = _asked_by(problem)
    for depth, pool in enumerate(capacity.pools):
        # SUs of several halls on one row, or plant without a hall of its own: shared
        if any(len(asked.get(row, ())) > 1 for row in pool.rows):
            owner[depth] = None
    changed = True
    while changed:
        changed = False
        for depth, pool in enumerate(capacity.pools):
            for row in _drawn(problem, pool.plants):
                other = at.get(row)
                if other is not None and owner[other] is not None and owner[other] != owner[depth]:
                    owner[other], changed = None, True
    return owner


def _asked_by(problem: Problem) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for su in problem.classes:
        for mode in su.modes:
            for row, _ in mode.demand:
                found.setdefault(row, set()).add(mode.hall)
    return found


def _drawn(problem: Problem, plants: Iterable[int]) -> set[int]:
    return {row for plant in plants for row, _ in (*problem.plants[plant].running, *problem.plants[plant].standing)}
