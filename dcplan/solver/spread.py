"""From a solution of the merged problem to selections of the whole one: which of equal halls gets what.

Halls are filled one after the other, those with the largest kits first, and each gets the units of its kit in the order
in which its SUs need them, taken up so that they count in time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from dcplan.solver.cells import Grid, GridSolution
from dcplan.solver.decode import Choice, SuChoice, UnitChoice
from dcplan.solver.kits import HallPool, Kits, pools_of
from dcplan.solver.merge import Merged


@dataclass(frozen=True)
class _Su:
    """An SU of the merged solution with the last days of its cells."""

    su: int
    way: int
    """Mode of the merged problem."""
    reinforce: int
    placed: int
    energised: int


@dataclass
class _Hall:
    """One hall, what is promised to it, and the SUs that it gets, in order of energisation."""

    index: int
    kind: int
    stock: list[Counter[int] | None]
    """Per pool of its kind: units of each type of its kit; None: whatever is left of what all halls share."""
    carried: list[tuple[int, ...] | None]
    used: list[list[int]]
    taken: Counter[int] = field(default_factory=Counter)
    sus: list[_Su] = field(default_factory=list)


def spread(joined: Merged, kits: Sequence[Kits], grid: Grid, solution: GridSolution) -> list[Choice]:
    """Selections that follow a solution of the merged problem: as early as crews allow, also with capacity
    kept free for SUs that the solution energises first, and on the solution's days.

    Parameters
    ----------
    joined : Merged
    kits : sequence of Kits
        With which the solution was found.
    grid : Grid
    solution : GridSolution
    """
    return _Spread(joined, kits, grid, solution).choices()


class _Spread:
    def __init__(self, joined: Merged, kits: Sequence[Kits], grid: Grid, solution: GridSolution) -> None:
        self.joined, self.problem, self.kits = joined, joined.whole, kits
        self.grid, self.solution = grid, solution
        self.pools = [pools_of(joined.whole, kind) for kind in joined.kinds]
        self.halls = list(self._halls())
        self.left = {plant: list(days) for plant, days in solution.starts.items() if len(joined.members[plant]) > 1}
        """Days of units of the merged types that no hall has got yet."""

    def choices(self) -> list[Choice]:
        sus = [self._placed(su) for su in self._sus()]
        units = [*self._site_units(), *(unit for hall in self.halls for unit in self._hall_units(hall)), *self._rest()]
        placed = Choice(tuple(units), tuple(sus))
        early = Choice(
            tuple(replace(unit, not_before=0) for unit in units),
            tuple(
                replace(su, priority=su.energise_order, reinforce_not_before=0, set_not_before=0, energise_not_before=0)
                for su in sus
            ),
        )
        kept = replace(early, sus=tuple(replace(su, energise_not_before=self._begun(su)) for su in early.sus))
        return [early, kept, placed, *(replace(early, units=self._ranked(early.units, sign)) for sign in (-1, 1))]

    def _begun(self, su: SuChoice) -> int:
        """First day of the cell in which an SU is energised."""
        return self.grid.first(self.grid.covering(su.energise_order))

    def _ranked(self, units: Sequence[UnitChoice], sign: int) -> tuple[UnitChoice, ...]:
        """Units in the order of the cells in which they count; in each those that take most of a crew first or last."""

        def key(unit: UnitChoice) -> tuple[int, int]:
            purchase = self.problem.plants[unit.plant].purchase
            return (self._needed(unit), 0 if purchase is None else sign * purchase.install.need * purchase.install.days)

        return tuple(replace(unit, priority=self._needed(unit)) for unit in sorted(units, key=key))

    def _needed(self, unit: UnitChoice) -> int:
        """First day of the cell in which a unit counts that is begun on its day."""
        plant = self.problem.plants[unit.plant]
        if plant.purchase is None:
            return unit.priority
        counted = self.problem.counted(plant, self.problem.commissioned(plant.purchase, unit.priority))
        return self.grid.first(self.grid.covering(min(counted, self.problem.days)))

    def _halls(self) -> Iterator[_Hall]:
        """The halls of each kind, the largest kits first."""
        for number, kind in enumerate(self.joined.kinds):
            promised: list[list[tuple[Counter[int], tuple[int, ...]]] | None] = []
            for plants, _ in self.pools[number]:
                found = [place for place, one in enumerate(self.kits) if one.kind == number and one.whole == plants]
                promised.append(self._promised(found[0]) if found else None)
            for place, index in enumerate(kind.halls):
                own = [None if kits is None else kits[place] for kits in promised]
                yield _Hall(
                    index,
                    number,
                    [None if one is None else Counter(one[0]) for one in own],
                    [None if one is None else one[1] for one in own],
                    [[0] * (0 if one is None else len(one[1])) for one in own],
                )

    def _promised(self, place: int) -> list[tuple[Counter[int], tuple[int, ...]]]:
        kits = self.kits[place]
        found = [
            (Counter(dict(zip(kits.whole, content, strict=True))), carried)
            for content, carried, number in zip(kits.contents, kits.carried, self.solution.kits[place], strict=True)
            for _ in range(number)
        ]
        found.sort(key=lambda item: item[1], reverse=True)
        return [*found, *[(Counter[int](), (0,) * len(kits.loads))] * kits.halls]

    # ------------------------------------------------------------ SUs

    def _sus(self) -> list[_Su]:
        found = []
        for (su, way), days in sorted(self.solution.energised.items()):
            sets = self.solution.sets[su, way]
            floors = self.solution.reinforcements.get((su, way), (0,) * len(sets))
            found += [_Su(su, way, *each) for each in zip(floors, sets, days, strict=False)]
        return sorted(found, key=lambda su: su.energised)

    def _placed(self, su: _Su) -> SuChoice:
        """The SU in the first hall that its kits leave room in, else in the first that has positions."""
        modes = self.joined.modes[su.su]
        ways = [way for way, merged_way in enumerate(modes) if merged_way == su.way]
        halls = {self.problem.classes[su.su].modes[way].hall: way for way in reversed(ways)}
        equal = [hall for hall in self.halls if hall.index in halls and self._has_room(hall, su, halls[hall.index])]
        hall = next((hall for hall in equal if self._fits(hall, su)), equal[0] if equal else None)
        way = ways[0] if hall is None else halls[hall.index]
        if hall is not None:
            self._take(hall, su, way)
        first = self.grid.first(self.grid.covering(su.energised))
        return SuChoice(su.su, way, su.placed, su.energised, su.reinforce, su.placed, first)

    def _has_room(self, hall: _Hall, su: _Su, way: int) -> bool:
        rows = self.problem.rows
        return all(
            hall.taken[row] + amount <= capacity - rows[row].demand
            for row, amount in self.problem.classes[su.su].modes[way].takes
            if (capacity := rows[row].capacity) is not None
        )

    def _loads(self, hall: _Hall, su: _Su) -> Iterator[tuple[int, list[int]]]:
        """Per pool of a hall with kits: what an SU asks."""
        for place, (plants, _) in enumerate(self.pools[hall.kind]):
            for kits in self.kits:
                if kits.kind == hall.kind and kits.whole == plants:
                    yield place, [load.get((su.su, su.way), 0) for load in kits.loads]

    def _fits(self, hall: _Hall, su: _Su) -> bool:
        for place, asked in self._loads(hall, su):
            carried = hall.carried[place] or ()
            if any(
                used + load > most and load for used, load, most in zip(hall.used[place], asked, carried, strict=True)
            ):
                return False
        return True

    def _take(self, hall: _Hall, su: _Su, way: int) -> None:
        hall.sus.append(su)
        for row, amount in self.problem.classes[su.su].modes[way].takes:
            hall.taken[row] += amount
        for place, asked in self._loads(hall, su):
            hall.used[place] = [used + load for used, load in zip(hall.used[place], asked, strict=True)]

    # ------------------------------------------------------------ units

    def _site_units(self) -> Iterator[UnitChoice]:
        for plant, days in sorted(self.solution.starts.items()):
            members = self.joined.members[plant]
            if len(members) == 1:
                yield from (UnitChoice(members[0], day, day) for day in days)

    def _hall_units(self, hall: _Hall) -> Iterator[UnitChoice]:
        """Units of a hall, each so that it counts when the SU that needs it is energised."""
        kind = self.joined.kinds[hall.kind]
        own = kind.plants[kind.halls.index(hall.index)]
        at = dict(zip(kind.plants[0], own, strict=True))
        for place, (plants, rows) in enumerate(self.pools[hall.kind]):
            pool = HallPool(self.problem, plants, rows)
            there = [self.problem.plants[plant].existing + len(self.problem.plants[plant].arrivals) for plant in plants]
            asked = [0] * len(rows)
            for su in hall.sus:
                mode = self.problem.classes[su.su].modes[self._way(hall, su, kind.halls[0])]
                demand = dict(mode.demand)
                asked = [total + demand.get(row, 0) for total, row in zip(asked, rows, strict=True)]
                while any(left < load for left, load in zip(pool.left(there), asked, strict=True)):
                    number = self._next(hall, place, plants, there, su.energised)
                    if number is None:
                        break
                    there[number] += 1
                    start = self._start(plants[number], su.energised)
                    yield UnitChoice(at[plants[number]], start, start)

    def _way(self, hall: _Hall, su: _Su, first: int) -> int:
        """The mode in which an SU would stand in the first hall of a kind."""
        modes = self.problem.classes[su.su].modes
        return next(
            way for way, mode in enumerate(modes) if mode.hall == first and self.joined.modes[su.su][way] == su.way
        )

    def _next(self, hall: _Hall, place: int, plants: Sequence[int], there: Sequence[int], day: int) -> int | None:
        """Which unit a hall gets next: one that can count by a day, of its kit, bought anyway, the largest."""
        stock = hall.stock[place]

        def preferred(number: int) -> tuple[bool, bool, bool, int]:
            plant = plants[number]
            return (
                self._start(plant, day) < self._release(plant),
                stock is not None and there[number] >= stock[plant],
                not self.left.get(self.joined.plants[plant]),
                -self._supply(plant),
            )

        types = [
            number
            for number, plant in enumerate(plants)
            if self.problem.plants[plant].purchase is not None and there[number] < self.problem.plants[plant].most
        ]
        number = min(types, key=preferred, default=None)
        if number is not None:
            days = self.left.get(self.joined.plants[plants[number]])
            if days:
                days.pop(0)
        return number

    def _supply(self, plant: int) -> int:
        return sum(amount for _, amount in self.problem.plants[plant].supply)

    def _release(self, plant: int) -> int:
        purchase = self.problem.plants[plant].purchase
        return 0 if purchase is None else purchase.install.release

    def _start(self, plant: int, day: int) -> int:
        """Latest start of a unit that is to count on a day."""
        purchase = self.problem.plants[plant].purchase
        if purchase is None:
            return day
        commissioned = self.problem.workdays.latest_start(day, self.problem.test_days(self.problem.plants[plant]))
        return max(self.problem.latest_install(purchase, commissioned), 0)

    def _rest(self) -> Iterator[UnitChoice]:
        """Units of halls that supply nothing of their hall's own, hall by hall."""
        pooled = {plant for pools in self.pools for plants, _ in pools for plant in plants}
        for kind in self.joined.kinds:
            for place, first in enumerate(kind.plants[0]):
                purchase = self.problem.plants[first].purchase
                if first in pooled or purchase is None:
                    continue
                days = self.left.get(self.joined.plants[first], [])
                for own in kind.plants:
                    for day in days[: purchase.at_most]:
                        yield UnitChoice(own[place], day, day)
                    days = days[purchase.at_most :]
