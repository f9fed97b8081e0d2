"""The optimum of a tiny problem by trying everything: no solver, no decoder, no relaxation.

Tried are every way to place each SU, every number of units, every working day on which each install and each
reinforcement may start, every day on which a hired unit may be released, every order in which SUs are set and every
order in which they are energised. A set start has no price, so sets need only be tried as early as their order allows.
Nothing of :mod:`dcplan.solver` is used; of the problem, its prices (rounded once, for everyone) and its calendar.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dcplan.problem import Plant, Problem, Row, SuClass, Task

Days = tuple[int, ...]
Placed = tuple[int, int, int]
"""(class, arrival, mode) of one SU."""
Stays = tuple[tuple[int, int], ...]
"""(plant, day of release) of each hired unit."""
NEVER = 10**9
MOST = 20_000
"""Combinations that are tried within a second or so."""


def tries(problem: Problem, most: int = MOST) -> int:
    """How many combinations of placements and days :func:`optimum` would look at; counted no further than `most`."""
    supply, found = Supply(problem), 0
    for placed, counts in _selections(problem):
        found += Selection(problem, placed, counts, supply).tries()
        if found > most:
            break
    return found


def optimum(problem: Problem) -> int | None:
    """The least objective in money steps; None when no schedule keeps every limit."""
    best: int | None = None
    supply = Supply(problem)
    for placed, counts in sorted(_selections(problem), key=lambda item: sum(item[1])):
        best = Selection(problem, placed, counts, supply).least(best)
    return best


def front(costed: Problem, timed: Problem) -> list[tuple[int, int]]:
    """Every (cost, delay) that no schedule beats in one without losing in the other, by ascending cost.

    The problems are the same but for their prices: delay counts for nothing in one, purchases for nothing in the other.
    """
    found: set[tuple[int, int]] = set()
    supply = Supply(costed)
    for placed, counts in _selections(costed):
        found |= Selection(costed, placed, counts, supply).numbers(timed)
    least, kept = math.inf, []
    for cost, delay in sorted(found):
        if delay < least:
            least = delay
            kept.append((cost, delay))
    return kept


def _selections(problem: Problem) -> Iterator[tuple[tuple[Placed, ...], tuple[int, ...]]]:
    """Every placement of the SUs with every number of units that keeps the rows of fixed supply."""
    sus = [(number, day) for number, su in enumerate(problem.classes) for day in su.arrivals]
    ways = [range(len(problem.classes[number].modes)) for number, _ in sus]
    numbers = [range((plant.purchase.at_most if plant.purchase else 0) + 1) for plant in problem.plants]
    for modes in itertools.product(*ways):
        placed = tuple((*su, mode) for su, mode in zip(sus, modes, strict=True))
        for counts in itertools.product(*numbers):
            if _fits(problem, placed, counts):
                yield placed, counts


def _fits(problem: Problem, placed: Sequence[Placed], counts: Sequence[int]) -> bool:
    used = Counter({index: row.demand for index, row in enumerate(problem.rows)})
    for plant, count in zip(problem.plants, counts, strict=True):
        for row, amount in plant.takes:
            used[row] += amount * count
    for number, _, mode in placed:
        for row, amount in problem.classes[number].modes[mode].takes:
            used[row] += amount
    apart = all(
        not any(counts[index] for index in ones) or not any(counts[index] for index in others)
        for ones, others in problem.exclusive
    )
    return apart and all(row.capacity is None or used[index] <= row.capacity for index, row in enumerate(problem.rows))


def last_day(problem: Problem, su: SuClass) -> int:
    """Last day on which an SU can be energised and be accepted by its deadline; -1 when there is none."""
    return max((day for day in range(su.deadline + 1) if problem.accepted(su, day) <= su.deadline), default=-1)


# ---------------------------------------------------------------- capacity


@dataclass
class Supply:
    """Whether plant carries SUs, whatever may fail; answers are remembered."""

    problem: Problem
    known: dict[tuple[Days, tuple[tuple[int, int], ...], tuple[int, ...]], bool] = field(default_factory=dict)

    def carries(self, there: tuple[int, ...], live: tuple[tuple[int, int], ...], day: int = 0) -> bool:
        """Whether some of the units that are there on a day, running, carry the (class, mode) that are live."""
        asked = tuple(index for index, row in enumerate(self.problem.rows) if self._asked(row, day))
        key = there, tuple(sorted(live)), asked
        if key not in self.known:
            self.known[key] = any(self.holds(there, live, running, asked) for running in self._running(there))
        return self.known[key]

    @staticmethod
    def _asked(row: Row, day: int) -> bool:
        """Whether a row that plant supplies must balance on a day."""
        return row.capacity is None and row.since <= day and (row.until is None or row.until > day)

    def _running(self, there: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Every number of running units per plant type; what draws nothing by running always runs."""
        return itertools.product(
            *(
                range(number + 1) if any(amount for _, amount in plant.running) else (number,)
                for plant, number in zip(self.problem.plants, there, strict=True)
            )
        )

    def holds(
        self,
        there: Sequence[int],
        live: Sequence[tuple[int, int]],
        running: Sequence[int],
        asked: Sequence[int] | None = None,
    ) -> bool:
        """Whether what runs carries what is live, whatever may fail."""
        need = Counter({index: row.demand for index, row in enumerate(self.problem.rows)})
        for number, mode in live:
            for row, amount in self.problem.classes[number].modes[mode].demand:
                need[row] += amount
        units: dict[int, list[int]] = {index: [] for index in range(len(self.problem.rows))}
        for plant, standing, runs in zip(self.problem.plants, there, running, strict=True):
            for row, amount in plant.standing:
                need[row] += amount * standing
            for row, amount in plant.running:
                need[row] += amount * runs
            for row, amount in plant.supply:
                units[row] += [amount] * runs
        rows = self.problem.rows
        if asked is None:
            asked = [index for index, row in enumerate(rows) if row.capacity is None]
        return all(self._left(units[index], rows[index].failures) >= need[index] for index in asked)

    @staticmethod
    def _left(units: Sequence[int], failures: int) -> int:
        """What is left in the worst set of failures."""
        sets = itertools.combinations(units, min(failures, len(units)))
        return min(sum(units) - sum(lost) for lost in set(sets))


# ---------------------------------------------------------------- one selection


@dataclass
class Selection:
    """SUs placed and units bought: what is left is when."""

    problem: Problem
    placed: tuple[Placed, ...]
    counts: tuple[int, ...]
    supply: Supply

    @cached_property
    def latest(self) -> int:
        """The last day on which an SU can be energised, or more is asked; what replaces a hired unit may come later."""
        if any(self.counts[index] for index in self.problem.hired):
            return self.problem.days
        days = [last_day(self.problem, self.problem.classes[number]) for number, _, _ in self.placed]
        return max([*days, *self.changes])

    @cached_property
    def changes(self) -> list[int]:
        """Days of the plan on which rows come into force."""
        return [row.since for row in self.problem.rows if 0 < row.since <= self.problem.days]

    def bought(self) -> list[Plant]:
        """One plant type for each bought unit."""
        return [plant for plant, count in zip(self.problem.plants, self.counts, strict=True) for _ in range(count)]

    def _starts(self, task: Task) -> Days:
        """Working days on which a task may start early enough to be of use."""
        open_days = self.problem.workdays.open_days
        return tuple(
            day
            for day in open_days
            if task.release <= day <= self.latest and (task.starts is None or day in task.starts)
        )

    def _install_days(self) -> Iterator[tuple[Days, ...]]:
        """For each plant type the days on which its units start, in ascending order."""
        choices = []
        for plant, count in zip(self.problem.plants, self.counts, strict=True):
            purchase = plant.purchase
            starts: Days = ()
            if purchase is not None and count:
                starts = tuple(
                    day
                    for day in self._starts(purchase.install)
                    if self.problem.commissioned(purchase, day) <= self.latest
                )
            choices.append(list(itertools.combinations_with_replacement(starts, count)))
        return itertools.product(*choices)

    @cached_property
    def _ways(self) -> list[Task | None]:
        """The reinforcement of each SU."""
        modes = [self.problem.classes[number].modes[mode] for number, _, mode in self.placed]
        return [None if mode.reinforcement is None else mode.reinforcement.task for mode in modes]

    def _reinforce_days(self) -> list[tuple[int | None, ...]]:
        """For each SU the day on which its floor is reinforced, where it has to be."""
        return list(itertools.product(*((None,) if way is None else self._starts(way) for way in self._ways)))

    def tries(self) -> int:
        """How many combinations of days there are."""
        days = len(self._starts(Task(0, 1, 1, 0)))
        installs = math.prod(math.comb(max(days, 1) + count - 1, count) for count in self.counts)
        ways = sum(way is not None for way in self._ways)
        hired = sum(self.counts[index] for index in self.problem.hired)
        return int(installs * days**ways * self.problem.days**hired * math.factorial(len(self.placed)) ** 2)

    def least(self, best: int | None) -> int | None:
        """The least objective of this selection, or `best` where that is no more."""
        energised: dict[tuple[object, ...], int | None] = {}
        reinforce_days = self._reinforce_days()
        for installs in self._install_days():
            for reinforced in reinforce_days:
                ordered = self._spend(installs, reinforced)
                stays = sorted((self._rent(gone), gone) for gone in self._releases(installs))
                # delay costs nothing at the least, so that no schedule with this spend is better
                if not stays or (best is not None and ordered + stays[0][0] >= best):
                    continue
                busy = self._busy(installs, reinforced) if self._in_sequence(installs) else None
                if busy is None:
                    continue
                fills = self._fills(installs, reinforced, busy)
                for (rent, gone), filled in itertools.product(stays, fills):
                    key = (self._counted(installs), gone, filled)
                    if best is not None and ordered + rent >= best:
                        break
                    if key not in energised:
                        energised[key] = self._delay(*key)
                    delay = energised[key]
                    if delay is not None and (best is None or ordered + rent + delay < best):
                        best = ordered + rent + delay
        return best

    def numbers(self, timed: Problem) -> set[tuple[int, int]]:
        """Cost and least delay of every choice of days; days cost nothing here, so few numbers differ."""
        measured = Selection(timed, self.placed, self.counts, Supply(timed))
        delays: dict[tuple[object, ...], int | None] = {}
        found = set()
        for installs in self._install_days():
            for reinforced in self._reinforce_days():
                busy = self._busy(installs, reinforced) if self._in_sequence(installs) else None
                fills = set() if busy is None else self._fills(installs, reinforced, busy)
                for gone, filled in itertools.product(self._releases(installs), fills):
                    key = (self._counted(installs), gone, filled)
                    if key not in delays:
                        delays[key] = measured._delay(*key)
                    delay = delays[key]
                    if delay is not None:
                        found.add((self._spend(installs, reinforced) + self._rent(gone), delay))
        return found

    # ------------------------------------------------------------ hire

    def _releases(self, installs: Sequence[Days]) -> Iterator[Stays]:
        """For each hired unit every day on which it may be released; NEVER where it stays."""
        choices = []
        for index in self.problem.hired:
            plant = self.problem.plants[index]
            purchase, last = plant.purchase, self.problem.days
            assert purchase is not None
            assert purchase.hire is not None
            hire = purchase.hire
            for start in installs[index]:
                counted = self.problem.counted(plant, self.problem.commissioned(purchase, start))
                longest = last if hire.longest is None else hire.longest
                days = [
                    day
                    for day in range(counted, last - hire.removal + 1)
                    if day + hire.removal - start >= hire.minimum
                    and (day + hire.removal - start) % hire.period == 0
                    and day - counted <= longest
                ]
                stays = [] if hire.bridge or last - counted > longest else [NEVER]
                choices.append([(index, day) for day in (*days, *stays)])
        yield from itertools.product(*choices)

    def _rent(self, gone: Stays) -> int:
        """What is paid by the day, up to the end of each hire."""
        hires = [(self.problem.plants[index].purchase, day) for index, day in gone]
        return sum(
            self.problem.hire_ended(purchase.hire, None if day == NEVER else day)
            for purchase, day in hires
            if purchase is not None and purchase.hire is not None
        )

    def _spend(self, installs: Sequence[Days], reinforced: Sequence[int | None]) -> int:
        total = 0
        for plant, days in zip(self.problem.plants, installs, strict=True):
            if plant.purchase is not None and plant.purchase.hire is not None:
                hire = plant.purchase.hire
                total += sum(self.problem.hire_begun(plant, plant.purchase, hire, day) for day in days)
            elif plant.purchase is not None:
                total += sum(self.problem.unit_price(plant.purchase, day) for day in days)
        for (number, _, mode), day in zip(self.placed, reinforced, strict=True):
            way = self.problem.classes[number].modes[mode].reinforcement
            if way is not None and day is not None:
                total += self.problem.unit_price(way, day)
        return total

    def _in_sequence(self, installs: Sequence[Days]) -> bool:
        """Whether each install starts once one unit of each group it waits for is commissioned."""
        purchases = [plant.purchase for plant in self.problem.plants]
        done = [
            [self.problem.commissioned(purchase, day) for day in days] if purchase else []
            for purchase, days in zip(purchases, installs, strict=True)
        ]
        return all(
            any(ready <= start for index in group for ready in done[index])
            for purchase, days in zip(purchases, installs, strict=True)
            if purchase is not None
            for start in days
            for group in purchase.after
        )

    # ------------------------------------------------------------ crews

    def _days(self, task: Task, start: int) -> Sequence[int]:
        """The working days of a task that starts on one."""
        first = self.problem.workdays.open_days.index(start)
        return self.problem.workdays.open_days[first : first + task.days]

    def _busy(self, installs: Sequence[Days], reinforced: Sequence[int | None]) -> Counter[tuple[int, int]] | None:
        """Members of each crew at work on each day; None when a crew is too small."""
        busy: Counter[tuple[int, int]] = Counter()
        tasks = [
            (plant.purchase.install, day)
            for plant, days in zip(self.problem.plants, installs, strict=True)
            if plant.purchase is not None
            for day in days
        ]
        tasks += [(way, day) for way, day in zip(self._ways, reinforced, strict=True) if way and day is not None]
        for task, start in tasks:
            for day in self._days(task, start):
                busy[task.crew, day] += task.need
        over = any(number > self.problem.crews[crew][1] for (crew, _), number in busy.items())
        return None if over else busy

    def _fills(
        self, installs: Sequence[Days], reinforced: Sequence[int | None], busy: Counter[tuple[int, int]]
    ) -> set[Days]:
        """For every order of setting the SUs, the day on which the leak test of each ends."""
        loops = [self._loop(hall, installs) for hall in range(len(self.problem.halls))]
        found = set()
        for order in itertools.permutations(range(len(self.placed))):
            ends, taken = [0] * len(self.placed), busy.copy()
            for index in order:
                number, arrival, mode = self.placed[index]
                su, day, way = self.problem.classes[number], reinforced[index], self._ways[index]
                strong = 0 if way is None or day is None else self._days(way, day)[-1] + 1
                way_in = self._route(su.modes[mode].route, installs)
                end = self._set(su.connect, max(arrival, strong, way_in), taken) if way_in < NEVER else NEVER
                if su.liquid and end < NEVER:
                    begun = max(end, loops[su.modes[mode].hall])
                    end = self.problem.workdays.finish(begun, su.fill_days) if begun < NEVER else NEVER
                ends[index] = end
            found.add(tuple(ends))
        return found

    def _route(self, plates: Sequence[int], installs: Sequence[Days]) -> int:
        """First day on which plates for an SU lie on its route."""
        days = [
            self.problem.commissioned(purchase, day)
            for index in plates
            if (purchase := self.problem.plants[index].purchase) is not None
            for day in installs[index]
        ]
        return min(days, default=NEVER) if plates else 0

    def _set(self, task: Task, after: int, busy: Counter[tuple[int, int]]) -> int:
        """Set one SU on the first days on which its crew has room; the day on which that is done."""
        for start in self.problem.workdays.open_days:
            if start >= after:
                days = self._days(task, start)
                if all(busy[task.crew, day] + task.need <= self.problem.crews[task.crew][1] for day in days):
                    for day in days:
                        busy[task.crew, day] += task.need
                    return days[-1] + 1
        return NEVER

    def _loop(self, hall: int, installs: Sequence[Days]) -> int:
        """First day on which each group of a hall's loop has a commissioned unit."""
        first = 0
        for group in self.problem.halls[hall].loop_groups:
            days = [0 for index in group for _ in range(self.problem.plants[index].existing)]
            for index in group:
                plant = self.problem.plants[index]
                days += plant.arrivals
                if plant.purchase is not None:
                    days += [self.problem.commissioned(plant.purchase, day) for day in installs[index]]
            first = max(first, min(days, default=NEVER))
        return first

    # ------------------------------------------------------------ energisation

    def _counted(self, installs: Sequence[Days]) -> tuple[Days, ...]:
        """For each plant type the day from which each unit that is not there on day 0 counts."""
        found = []
        for plant, days in zip(self.problem.plants, installs, strict=True):
            counted = list(plant.arrivals)
            if plant.purchase is not None:
                counted += [self.problem.counted(plant, self.problem.commissioned(plant.purchase, day)) for day in days]
            found.append(tuple(sorted(counted)))
        return tuple(found)

    def _delay(self, counted: tuple[Days, ...], gone: Stays, filled: Days) -> int | None:
        """The least cost of delay; None when some SU is never carried in time."""
        went = (day for _, day in gone)
        changes = sorted({0, *filled, *self.changes, *went, *(day for days in counted for day in days)} - {NEVER})
        base = sum(self.problem.delay_base(su) for su in self.problem.classes)
        costs = [
            cost - base
            for order in itertools.permutations(range(len(self.placed)))
            if (cost := self._energise(order, counted, gone, filled, changes[-1])) is not None
        ]
        return min(costs, default=None)

    def _energise(
        self, order: Sequence[int], counted: tuple[Days, ...], gone: Stays, filled: Days, end: int
    ) -> int | None:
        """Energise SUs in an order, each on the first day from which it is carried on every day to come."""
        live: list[tuple[int, int, int]] = []
        total = 0
        for index in order:
            number, _, mode = self.placed[index]
            su = self.problem.classes[number]
            last = max(end, *(d for d, _, _ in live), 0)
            day = self._first(filled[index], number, mode, live, counted, gone, last)
            if day is None or self.problem.accepted(su, day) > su.deadline:
                return None
            live.append((day, number, mode))
            total += self.problem.delay_cost(su, day)
        return total

    def _first(
        self,
        filled: int,
        number: int,
        mode: int,
        live: Sequence[tuple[int, int, int]],
        counted: tuple[Days, ...],
        gone: Stays,
        end: int,
    ) -> int | None:
        """The day after the last one, from `filled` on, on which one more SU is not carried."""
        if filled >= NEVER:
            return None
        first = filled
        for day in range(filled, max(end, filled) + 1):
            there = tuple(
                plant.existing
                + sum(since <= day for since in days)
                - sum(at == index and left <= day for at, left in gone)
                for index, (plant, days) in enumerate(zip(self.problem.plants, counted, strict=True))
            )
            others = tuple((su, way) for since, su, way in live if since <= day)
            if not self.supply.carries(there, (*others, (number, mode)), day):
                first = day + 1
        return first if first <= max(end, filled) else None
