"""Whether plant that counts can carry a load: which of its units would have to run, tried from the fewest up.

Units that draw nothing all run. Of units that draw (pumps, fans, compressors) as few run as hold their rows: more of
them would only load others, and what draws more on every row than another choice is never the better one. Groups of
types that supply common rows are settled one after the other, each after those that draw on it, so that the load on a
group is known when its turn comes.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from dcplan.ratings.rows import Vector, add
from dcplan.verifier.capacity import Balance, Row, times
from dcplan.verifier.energy import State
from dcplan.verifier.terms import RELATIVE

Counted = Mapping[str, int]
"""Units by plant id."""


class Connections:
    """Answers for one site whether some of the units that count carry a load.

    Parameters
    ----------
    balance : Balance
    margin : float
        Part of a load that must be to spare, beyond rounding noise; negative to let so much be missing.
    rows : sequence of Row, optional
        Those of the balance, each as it must hold on its day.
    """

    def __init__(self, balance: Balance, margin: float = 0.0, rows: Sequence[Row] | None = None) -> None:
        self.balance = balance
        self.rows = balance.rows if rows is None else rows
        self.margin = margin
        self.groups = _ordered(balance)
        supplied = {key for vector in balance.supply.values() for key in vector}
        self._bare = [checked.key for checked in self.rows if checked.key not in supplied]
        self._rows = [
            [checked for checked in self.rows if any(checked.key in balance.supply[name] for name in group)]
            for group in self.groups
        ]
        self._chosen: dict[tuple[int, tuple[int, ...], tuple[float, ...]], list[Vector]] = {}
        self._known: dict[tuple[tuple[int, ...], tuple[float, ...]], bool] = {}

    def carries(self, counted: Counted, demand: Vector, there: Counted) -> bool:
        """Whether some of the units that count carry a demand, the baseline included.

        A unit that is not `there` from the first day on may stay unconnected, so that its standing draw never makes
        more plant carry less.
        """
        asked = (tuple(counted.values()), tuple(demand.get(checked.key, 0.0) for checked in self.rows))
        if asked not in self._known:
            self._known[asked] = self._connected(counted, demand, there)
        return self._known[asked]

    def _connected(self, counted: Counted, demand: Vector, there: Counted) -> bool:
        if self._runs(counted, demand):
            return True
        new = {name: max(number - there.get(name, 0), 0) if self.idle(name) else 0 for name, number in counted.items()}
        if not any(new.values()):
            return False
        relieved = add(demand, *(times(self.idle(name), -number) for name, number in new.items()))
        if not self._runs(counted, relieved):
            return False
        left = itertools.product(*(range(number + 1) for number in new.values()))
        fewer = ({name: counted[name] - out for name, out in zip(counted, less, strict=True)} for less in left)
        return any(self._runs(units, demand) for units in fewer)

    def idle(self, name: str) -> Vector:
        """What one unit draws for standing there."""
        return self.balance.idle[name]

    def _runs(self, counted: Counted, demand: Vector) -> bool:
        load = add(demand, *(times(self.idle(name), number) for name, number in counted.items()))
        return all(load.get(key, 0.0) <= 0.0 for key in self._bare) and self._settled(0, counted, load)

    def _settled(self, depth: int, counted: Counted, load: Vector) -> bool:
        """Whether this group and all after it can carry a load."""
        if depth == len(self.groups):
            return True
        return any(self._settled(depth + 1, counted, add(load, draws)) for draws in self._choices(depth, counted, load))

    def _draws(self, name: str, number: int) -> Vector:
        return times(self.balance.draw[name], number)

    def _choices(self, depth: int, counted: Counted, load: Vector) -> list[Vector]:
        """What units of a group draw that hold its rows, the least first; nothing that draws more on every row."""
        group, rows = self.groups[depth], self._rows[depth]
        asked = (
            depth,
            tuple(counted[name] for name in group),
            tuple(load.get(checked.key, 0.0) for checked in rows),
        )
        if asked not in self._chosen:
            least: list[Vector] = []
            found = [
                add(*(self._draws(*one) for one in running)) for running in self._holding(group, rows, counted, load)
            ]
            for draws in sorted(found, key=lambda draws: sum(draws.values())):
                if not any(all(draws.get(key, 0.0) >= value for key, value in other.items()) for other in least):
                    least.append(draws)
            self._chosen[asked] = least
        return self._chosen[asked]

    def _holding(
        self, group: list[str], rows: list[Row], counted: Counted, load: Vector
    ) -> Iterator[list[tuple[str, int]]]:
        """Running units of a group that hold its rows; of the last type that draws no more than it takes."""
        drawing = [name for name in group if self.balance.draw[name]]
        still = [(name, counted[name]) for name in group if not self.balance.draw[name]]
        for first in itertools.product(*(range(counted[name] + 1) for name in drawing[:-1])):
            fixed = [*zip(drawing[:-1], first, strict=True), *still]
            if not drawing:
                if self._holds(rows, still, load):
                    yield still
                return
            number = self._fewest(rows, fixed, drawing[-1], counted[drawing[-1]], load)
            if number is not None:
                yield [*fixed, (drawing[-1], number)]

    def _fewest(self, rows: list[Row], fixed: list[tuple[str, int]], last: str, most: int, load: Vector) -> int | None:
        """Fewest units of a type that hold rows beside others; None where none do.

        None at all may hold what one does not, which has to be carried itself; from there on more hold more.
        """

        def holds(number: int) -> bool:
            return self._holds(rows, [*fixed, (last, number)], load)

        if holds(0):
            return 0
        number = 1 + bisect_left(range(1, most + 1), True, key=holds)
        return number if number <= most else None

    def _holds(self, rows: list[Row], running: list[tuple[str, int]], load: Vector) -> bool:
        state = State({}, dict(running), {}, {})
        total = add(load, *(self._draws(name, number) for name, number in running))
        for checked in rows:
            need = total.get(checked.key, 0.0) * (1.0 + self.margin)
            worst = checked.survival.worst(self.balance.running(checked.key, state), need)
            if worst.left < worst.need - RELATIVE * abs(need):
                return False
        return True


def _groups(balance: Balance) -> list[set[str]]:
    """Plant types that supply common rows."""
    groups: list[set[str]] = []
    for name, supply in balance.supply.items():
        mine = {name}
        for group in [group for group in groups if any(supply.keys() & balance.supply[one].keys() for one in group)]:
            mine |= group
            groups.remove(group)
        groups.append(mine)
    return groups


def _ordered(balance: Balance) -> list[list[str]]:
    """Groups, each after those that draw on its rows; groups that draw on each other in a circle are made one."""
    waiting, ordered = _groups(balance), []
    while waiting:
        rows = [{key for name in group for key in balance.supply[name]} for group in waiting]
        draws = [{key for name in group for key in balance.draw[name]} for group in waiting]
        free = [
            index
            for index, mine in enumerate(rows)
            if not any(mine & theirs for other, theirs in enumerate(draws) if other != index)
        ]
        taken = [waiting[index] for index in free] or [set().union(*waiting)]
        ordered += [sorted(group) for group in taken]
        waiting = [group for index, group in enumerate(waiting) if index not in free] if free else []
    return ordered
