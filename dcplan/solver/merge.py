"""Equal halls taken together: a smaller problem whose every bound holds for the whole one.

Halls are equal when whatever stands, may be bought or may be placed in one is the same in the other, but for names. The
merged problem has one hall in place of all of a kind: plant and room added up, any unit serving any of them, no unit
lost to redundancy inside a hall. Every schedule of the whole problem is one of the merged problem at the same cost;
what merging gives away is taken back by :mod:`dcplan.solver.kits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from dcplan.problem import HallTest, Mode, Plant, Problem, Purchase, Row, SuClass, Terms

Key = tuple[object, ...]


@dataclass(frozen=True)
class Kind:
    """Equal halls with their own plant types and rows, those of each hall in the same order."""

    halls: tuple[int, ...]
    plants: tuple[tuple[int, ...], ...]
    rows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Merged:
    """A problem with equal halls taken together, and what became of each part of the whole problem."""

    whole: Problem
    problem: Problem
    kinds: tuple[Kind, ...]
    plants: tuple[int, ...]
    """Plant type of the whole problem -> that of the merged one."""
    modes: tuple[tuple[int, ...], ...]
    """Class, mode of the whole problem -> mode of the merged one."""

    @cached_property
    def members(self) -> tuple[tuple[int, ...], ...]:
        """Plant type of the merged problem -> those of the whole one."""
        found: list[list[int]] = [[] for _ in self.problem.plants]
        for index, target in enumerate(self.plants):
            found[target].append(index)
        return tuple(tuple(types) for types in found)


def merged(problem: Problem) -> Merged:
    """The problem with equal halls taken together; the same problem where no two halls are equal.

    Parameters
    ----------
    problem : Problem
    """
    return _joined(problem, _kinds(problem))


def _joined(problem: Problem, kinds: Sequence[Kind]) -> Merged:
    row_at = _targets(len(problem.rows), [group for kind in kinds for group in zip(*kind.rows, strict=True)])
    plant_at = _targets(len(problem.plants), [group for kind in kinds for group in zip(*kind.plants, strict=True)])
    hall_at = _targets(len(problem.halls), [kind.halls for kind in kinds])
    local = {row for kind in kinds if len(kind.halls) > 1 for rows in kind.rows for row in rows}
    at = _At(row_at, plant_at, hall_at)
    classes, modes = _classes(problem, at)
    small = replace(
        problem,
        rows=tuple(_row(problem, rows, local) for rows in _sources(row_at)),
        plants=tuple(at.plant([problem.plants[index] for index in same]) for same in _sources(plant_at)),
        halls=tuple(at.hall(problem.halls[same[0]]) for same in _sources(hall_at)),
        classes=classes,
        exclusive=tuple((at.types(ones), at.types(others)) for ones, others in problem.exclusive),
        cap=None if problem.cap is None else replace(problem.cap, prices=_joined(problem.cap.prices, kinds).problem),
    )
    return Merged(problem, small, tuple(kind for kind in kinds if len(kind.halls) > 1), tuple(plant_at), modes)


def unmerged(problem: Problem) -> Merged:
    """The problem as it is, in the same form."""
    modes = tuple(tuple(range(len(su.modes))) for su in problem.classes)
    return Merged(problem, problem, (), tuple(range(len(problem.plants))), modes)


# ---------------------------------------------------------------- which halls are equal


def _kinds(problem: Problem) -> list[Kind]:
    """Every hall that is no pod and has none, with its equals."""
    owners = _owners(problem)
    apart = {hall.within for hall in problem.halls}
    found: dict[Key, list[tuple[int, tuple[int, ...], tuple[int, ...]]]] = {}
    for index, hall in enumerate(problem.halls):
        if hall.within is None and index not in apart:
            rows = sorted((row for row, hall_ in owners.items() if hall_ == index), key=_row_key(problem, index))
            seen = _Seen(problem, index, {row: place for place, row in enumerate(rows)})
            plants = sorted(
                (number for number, plant in enumerate(problem.plants) if plant.hall == index),
                key=lambda number, seen=seen: repr(seen.plant(number)),  # type: ignore[misc]
            )
            key = seen.hall(rows, plants)
            if problem.cap is not None:
                key = (key, replace(seen, problem=problem.cap.prices).hall(rows, plants))
            found.setdefault(key, []).append((index, tuple(plants), tuple(rows)))
    return [Kind(*zip(*members, strict=True)) for members in found.values()]


def _owners(problem: Problem) -> dict[int, int]:
    """Rows that only one hall's plant and SUs have to do with, and that hall."""
    touched: dict[int, set[int | None]] = {}
    for plant in problem.plants:
        for row, _ in (*plant.supply, *plant.running, *plant.standing, *plant.takes):
            touched.setdefault(row, set()).add(plant.hall)
    for su in problem.classes:
        for mode in su.modes:
            for row, _ in (*mode.demand, *mode.takes):
                touched.setdefault(row, set()).add(mode.hall)
    owned = ((row, next(iter(halls))) for row, halls in touched.items() if len(halls) == 1)
    return {row: hall for row, hall in owned if hall is not None}


def _row_key(problem: Problem, hall: int) -> Callable[[int], tuple[str, int]]:
    return lambda row: (problem.rows[row].id.replace(f"@{problem.halls[hall].name}", "@", 1), row)


@dataclass(frozen=True)
class _Seen:
    """What is told of a hall without naming it: equal halls tell the same."""

    problem: Problem
    index: int
    rows: dict[int, int]

    def hall(self, rows: Sequence[int], plants: Sequence[int]) -> Key:
        hall = self.problem.halls[self.index]
        records = tuple(replace(self.problem.rows[row], id="") for row in rows)
        groups = tuple(tuple(sorted(map(self._name, group))) for group in hall.loop_groups)
        modes = tuple(
            tuple(sorted(map(repr, map(self._mode, (mode for mode in su.modes if mode.hall == self.index)))))
            for su in self.problem.classes
        )
        return (hall.test_days, hall.loop_from, groups, records, tuple(map(self.plant, plants)), modes)

    def plant(self, number: int) -> Key:
        plant = self.problem.plants[number]
        terms = tuple(map(self._terms, (plant.supply, plant.running, plant.standing, plant.takes)))
        after = () if plant.purchase is None else plant.purchase.after
        waits = tuple(tuple(sorted(map(self._name, group))) for group in after)
        purchase = None if plant.purchase is None else replace(plant.purchase, after=())
        own = (plant.upgrade, plant.spec, plant.train, plant.expedite, plant.existing, plant.arrivals, plant.tested)
        return (*own, purchase, waits, terms)

    def _mode(self, mode: Mode) -> Key:
        route = tuple(sorted(map(self._name, mode.route)))
        return (mode.reinforcement, self._terms(mode.demand), self._terms(mode.takes), route)

    def _terms(self, terms: Terms) -> Key:
        return tuple(sorted((row not in self.rows, self.rows.get(row, row), amount) for row, amount in terms))

    def _name(self, number: int) -> str:
        """A plant type, by what it is where it stands in this hall."""
        plant = self.problem.plants[number]
        own = (plant.upgrade, plant.spec, plant.train, plant.expedite)
        return repr(own if plant.hall == self.index else number)


# ---------------------------------------------------------------- the merged problem


def _targets(number: int, groups: Iterable[Sequence[int]]) -> list[int]:
    """New index of each old one, those of a group having the same."""
    first = {index: min(group) for group in groups for index in group}
    kept = [index for index in range(number) if first.get(index, index) == index]
    place = {index: new for new, index in enumerate(kept)}
    return [place[first.get(index, index)] for index in range(number)]


def _sources(targets: Sequence[int]) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for index, target in enumerate(targets):
        found.setdefault(target, []).append(index)
    return [found[target] for target in sorted(found)]


def _row(problem: Problem, same: Sequence[int], local: set[int]) -> Row:
    rows = [problem.rows[index] for index in same]
    if same[0] not in local:
        return rows[0]
    capacity = None if rows[0].capacity is None else sum(row.capacity or 0 for row in rows)
    return replace(rows[0], failures=0, demand=sum(row.demand for row in rows), capacity=capacity)


@dataclass(frozen=True)
class _At:
    """New indices of rows, plant types and halls."""

    rows: list[int]
    plants: list[int]
    halls: list[int]

    def types(self, plants: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted({self.plants[index] for index in plants}))

    def terms(self, terms: Terms) -> Terms:
        return tuple(sorted((self.rows[row], amount) for row, amount in terms))

    def plant(self, same: Sequence[Plant]) -> Plant:
        first = same[0]
        return replace(
            first,
            hall=None if first.hall is None else self.halls[first.hall],
            existing=sum(plant.existing for plant in same),
            arrivals=tuple(sorted(day for plant in same for day in plant.arrivals)),
            supply=self.terms(first.supply),
            running=self.terms(first.running),
            standing=self.terms(first.standing),
            takes=self.terms(first.takes),
            purchase=self._purchase([plant.purchase for plant in same if plant.purchase is not None]),
        )

    def _purchase(self, same: Sequence[Purchase]) -> Purchase | None:
        if not same:
            return None
        after = tuple(self.types(group) for group in same[0].after)
        return replace(same[0], at_most=sum(purchase.at_most for purchase in same), after=after)

    def hall(self, hall: HallTest) -> HallTest:
        within = None if hall.within is None else self.halls[hall.within]
        return replace(hall, loop_groups=tuple(map(self.types, hall.loop_groups)), within=within)

    def mode(self, mode: Mode) -> Mode:
        return replace(
            mode,
            hall=self.halls[mode.hall],
            demand=self.terms(mode.demand),
            takes=self.terms(mode.takes),
            route=self.types(mode.route),
        )


def _classes(problem: Problem, at: _At) -> tuple[tuple[SuClass, ...], tuple[tuple[int, ...], ...]]:
    classes, places = [], []
    for su in problem.classes:
        moved = [at.mode(mode) for mode in su.modes]
        different = list(dict.fromkeys(moved))
        classes.append(replace(su, modes=tuple(different)))
        places.append(tuple(different.index(mode) for mode in moved))
    return tuple(classes), tuple(places)
