"""Rival (ii): a weekly time-indexed integer program on HiGHS.

For every week the program counts how many units of each type have been started, how many run, and how many SUs of
each class are reinforced, set and energised in each hall. Crews are kept as members busy on the last working day of
each week and as work content from each release; every row is kept in every week, whatever may fail.

A week knows no days, and which way that is rounded decides what the program is worth. Here all of it is in favour of
the plan: whatever can be done by the last day of a week counts in all of it, and delay is charged as of its first day.
Every true schedule is therefore a point of the program that costs no more: its bound holds for the problem, not just
for plans by the week. What it chooses is scheduled to the day afterwards, so that its plan is a real one. The two need
not meet: up to a week of delay for every SU stays between them.
"""

from __future__ import annotations

import itertools
import math
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from dcplan.problem import Problem, Purchase, Reinforcement, SuClass, Task
from dcplan.solver.capacity import Capacity
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Schedule
from dcplan.solver.search import Progress
from tests.benchmarks.rival import (
    Balance,
    Found,
    Key,
    Placed,
    Uncovered,
    alike,
    balances,
    decoded,
    ended,
    first_schedule,
    last_energisation,
    loop_starters,
    losses,
    refuse_uncovered,
    surely_running,
    taken,
)

WEEK, LATE = 7, 56
"""Days of a week, and of the weeks taken together in which little happens."""
MARGIN = 1e-6
"""HiGHS computes in floats: its bound is used less this part of it."""
Counts = list[int]
"""The variable of each week, by its number."""
Count = tuple[int, int | None]
"""A fixed number, and a variable to be added to it."""


def optimise(problem: Problem, limits: Limits, progress: Progress | None = None) -> Found:
    """The best schedule within limits, with a proven bound.

    Parameters
    ----------
    problem : Problem
    limits : Limits
        Of building the program and solving it, by one thread; what is found at their end is still scheduled.
    progress : callable, optional
        Called with seconds, objective and bound once HiGHS has ended, as it tells nothing before.
    """
    begun = time.monotonic()
    start = first_schedule(problem)
    weekly = Weekly(problem, None if start is None else max(run.energised for run in start.runs))
    values = {} if start is None else weekly.values_of(start)
    built = time.monotonic() - begun
    if built >= limits.seconds:
        return ended(None, None, built)
    result, value = weekly.program.solve(limits.seconds - built, limits.seed, values)
    if result.termination.reason == mathopt.TerminationReason.INFEASIBLE:
        return ended(None, None, built, infeasible=True)
    bound = weekly.bound(result.termination.objective_bounds.dual_bound)
    found: Schedule | None = None
    for schedule in [] if value is None else decoded(problem, *weekly.chosen(value)):
        if found is None or schedule.objective < found.objective:
            found = schedule
            if progress is not None:
                progress(time.monotonic() - begun, found.objective, bound)
    return ended(found, bound, built)


class Program:
    """An integer program as sparse rows; MathOpt's own expressions take seconds where this takes tenths."""

    def __init__(self) -> None:
        self.most: list[int] = []
        """Each variable is a number from 0 to this."""
        self.rows: list[tuple[float, float, dict[int, int]]] = []
        self.costs: Counter[int] = Counter()

    def variable(self, most: int) -> int:
        """A new variable; its number."""
        self.most.append(most)
        return len(self.most) - 1

    def keep(self, terms: Iterable[tuple[int, Count]], most: int, *, equal: bool = False) -> None:
        """A row: factors times counts add up to no more than a number, or just to it."""
        row: dict[int, int] = {}
        for factor, (fixed, variable) in terms:
            most -= factor * fixed
            if variable is not None:
                row[variable] = row.get(variable, 0) + factor
        if row or most < 0 or (equal and most):
            self.rows.append((most if equal else -math.inf, most, row))

    def solve(
        self, seconds: float, seed: int, start: dict[int, int]
    ) -> tuple[mathopt.SolveResult, Callable[[int], int] | None]:
        """What HiGHS made of it, and a reader of its values where it has a solution."""
        model = mathopt.Model.from_model_proto(self._proto())
        variables = [model.get_variable(number) for number in range(len(self.most))]
        hint = {variables[number]: float(value) for number, value in start.items()}
        result = mathopt.solve(
            model,
            mathopt.SolverType.HIGHS,
            params=mathopt.SolveParameters(
                time_limit=timedelta(seconds=seconds), relative_gap_tolerance=MARGIN, random_seed=seed
            ),
            model_params=mathopt.ModelSolveParameters(
                solution_hints=[mathopt.SolutionHint(variable_values=hint)] if hint else []
            ),
        )
        if not result.has_primal_feasible_solution():
            return result, None
        values = result.variable_values(variables)
        return result, lambda number: round(values[number])

    @property
    def unit(self) -> int:
        """What one unit of the objective that HiGHS is given is worth: as small numbers as can be."""
        return math.gcd(*self.costs.values()) or 1

    def _proto(self) -> Any:
        proto, unit = model_pb2.ModelProto(), self.unit
        numbers = range(len(self.most))
        proto.variables.ids.extend(numbers)
        proto.variables.lower_bounds.extend(0.0 for _ in numbers)
        proto.variables.upper_bounds.extend(map(float, self.most))
        proto.variables.integers.extend(True for _ in numbers)
        proto.objective.linear_coefficients.ids.extend(sorted(self.costs))
        proto.objective.linear_coefficients.values.extend(self.costs[number] / unit for number in sorted(self.costs))
        proto.linear_constraints.ids.extend(range(len(self.rows)))
        proto.linear_constraints.lower_bounds.extend(least for least, _, _ in self.rows)
        proto.linear_constraints.upper_bounds.extend(most for _, most, _ in self.rows)
        matrix = proto.linear_constraint_matrix
        for index, (_, _, row) in enumerate(self.rows):
            columns = sorted(row)
            matrix.row_ids.extend([index] * len(columns))
            matrix.column_ids.extend(columns)
            matrix.coefficients.extend(float(row[column]) for column in columns)
        return proto


class Weekly:
    """The program of one problem.

    After the day `busy`, by which some schedule is done, weeks are taken together by eights: the program gets
    smaller and stays as right.
    """

    def __init__(self, problem: Problem, busy: int | None = None) -> None:
        refuse_uncovered(problem)
        self.problem, self.program, self.capacity = problem, Program(), Capacity(problem)
        if self.capacity.running(tuple(plant.existing for plant in problem.plants), self.capacity.base) is None:
            raise Uncovered("not covered by the weekly program: plant that does not carry what it carries today")
        busy = problem.days if busy is None else min(problem.days, busy // WEEK * WEEK)
        self.firsts = [*range(0, busy, WEEK), *range(busy, problem.days + 1, LATE)]
        """First day of each week."""
        self.starts: dict[int, Counts] = {}
        self.running: dict[int, Counts] = {}
        self.many: dict[tuple[int, int, int], int] = {}
        """(plant type, j, week) -> 1 when at least j units of the type run."""
        self.reinforced: dict[Key, Counts] = {}
        self.sets: dict[Key, Counts] = {}
        self.energised: dict[Key, Counts] = {}
        self._variables()
        for number, su in enumerate(problem.classes):
            self._chain(number, su)
        for left, units, sus in taken(problem):
            used = [(amount, (0, self.starts[index][-1])) for index, amount in units.items() if self.starts[index]]
            used += [(amount, (0, self.energised[key][-1])) for key, amount in sus.items()]
            self.program.keep(used, left)
        self._order_halls()
        for crew in range(len(problem.crews)):
            self._crew(crew)
        self._capacity()
        self._costs()

    # ------------------------------------------------------------ weeks

    @property
    def weeks(self) -> range:
        """Indices of the weeks."""
        return range(len(self.firsts))

    def last(self, week: int) -> int:
        """Last day of a week."""
        return self.firsts[week + 1] - 1 if week + 1 < len(self.firsts) else self.problem.days

    def _week(self, day: int) -> int:
        """The week of a day; -1 before the plan."""
        return bisect_right(self.firsts, day) - 1

    def _by(self, counts: Counts, day: int) -> Count:
        """The most a count can be by a day: that by the end of its week."""
        return (0, counts[self._week(day)]) if counts and day >= 0 else (0, None)

    def _ended(self, counts: Counts, day: int) -> Count:
        """The least a count can be by the end of a day: that by the end of the last week that has ended by then."""
        week = self._week(day + 1) - 1 if day < self.problem.days else self.weeks[-1]
        return (0, counts[week]) if counts and week >= 0 else (0, None)

    def _cumulative(self, most: int, first: int) -> Counts:
        """A count that never falls and is zero before a day."""
        counts = [self.program.variable(most if self.last(week) >= first else 0) for week in self.weeks]
        for before, after in itertools.pairwise(counts):
            self.program.keep([(1, (0, before)), (-1, (0, after))], 0)
        return counts

    def _variables(self) -> None:
        next_open = self.problem.workdays.next_open
        for index, plant in enumerate(self.problem.plants):
            bought = plant.purchase
            self.starts[index] = []
            if bought is not None:
                self.starts[index] = self._cumulative(bought.at_most, next_open(bought.install.release))
        for number, su in enumerate(self.problem.classes):
            for way, mode in enumerate(su.modes):
                key, count = (number, way), len(su.arrivals)
                if mode.reinforcement is not None:
                    self.reinforced[key] = self._cumulative(count, next_open(mode.reinforcement.task.release))
                self.sets[key] = self._cumulative(count, su.arrivals[0])
                self.energised[key] = self._cumulative(count, min(su.ready))

    # ------------------------------------------------------------ SUs

    def _chain(self, number: int, su: SuClass) -> None:
        """Delivery, reinforcement, set, leak test and energisation follow each other."""
        keys = [(number, way) for way in range(len(su.modes))]
        latest = last_energisation(self.problem, su)
        for week in (self._week(latest), self.weeks[-1]):
            by_then = [(1, (0, self.energised[key][week])) for key in keys if latest >= 0]
            self.program.keep(by_then, len(su.arrivals), equal=True)
        for week in self.weeks:
            for counts, days in ((self.sets, su.arrivals), (self.energised, su.ready)):
                possible = bisect_right(days, self.last(week))
                self.program.keep([(1, (0, counts[key][week])) for key in keys], possible)
            for key in keys:
                self._work_first(su, key, week)

    def _work_first(self, su: SuClass, key: Key, week: int) -> None:
        workdays, mode, last = self.problem.workdays, su.modes[key[1]], self.last(week)
        set_by, live_by = (0, self.sets[key][week]), (0, self.energised[key][week])
        if mode.reinforcement is not None:
            begun = workdays.latest_start(last, mode.reinforcement.task.days)
            self.program.keep([(1, set_by), (-1, self._by(self.reinforced[key], begun))], 0)
        filling = workdays.latest_start(last, su.fill_days)
        begun = workdays.latest_start(filling, su.connect.days)
        self.program.keep([(1, live_by), (-1, self._by(self.sets[key], begun))], 0)
        for group in loop_starters(self.problem, mode.hall) if su.liquid else []:
            there = [(-len(su.arrivals), self._commissioned(index, filling)) for index in group]
            self.program.keep([(1, live_by), *there], 0)

    def _order_halls(self) -> None:
        """Of halls that are alike, none has more SUs of the first class than the one before it."""
        modes = {mode.hall: way for way, mode in enumerate(self.problem.classes[0].modes)}
        for before, after in itertools.chain.from_iterable(map(itertools.pairwise, alike(self.problem))):
            if before in modes:
                earlier, later = ((0, self.energised[0, modes[hall]][-1]) for hall in (before, after))
                self.program.keep([(1, later), (-1, earlier)], 0)

    # ------------------------------------------------------------ crews

    def _tasks(self, crew: int) -> Iterator[tuple[Task, int, Counts]]:
        """Tasks of a crew, their earliest start, and how many have started by each week."""
        for index, counts in self.starts.items():
            purchase = self.problem.plants[index].purchase
            if purchase is not None and purchase.install.crew == crew:
                yield purchase.install, purchase.install.release, counts
        for (number, way), counts in self.reinforced.items():
            reinforcement = self.problem.classes[number].modes[way].reinforcement
            if reinforcement is not None and reinforcement.task.crew == crew:
                yield reinforcement.task, reinforcement.task.release, counts
        for (number, _), counts in self.sets.items():
            su = self.problem.classes[number]
            if su.connect.crew == crew:
                yield su.connect, su.arrivals[0], counts

    def _crew(self, crew: int) -> None:
        """Members busy on the last working day of each week, and work done between a release and a week's end."""
        tasks, size, workdays = list(self._tasks(crew)), self.problem.crews[crew][1], self.problem.workdays
        releases = sorted({release for _, release, _ in tasks})
        for week in self.weeks:
            end = self.last(week) + 1
            day = workdays.latest_start(end, 1)
            if day >= self.firsts[week]:
                # surely begun by then, less all that may have ended
                begun = [(task.need, self._ended(counts, day)) for task, _, counts in tasks]
                over = [
                    (-task.need, self._by(counts, workdays.latest_start(day, task.days))) for task, _, counts in tasks
                ]
                self.program.keep([*begun, *over], size)
            for release in releases:
                done = [
                    (task.need * task.days, self._ended(counts, workdays.latest_start(end, task.days)))
                    for task, first, counts in tasks
                    if first >= release
                ]
                if end > release:
                    self.program.keep(done, size * workdays.between(release, end))

    # ------------------------------------------------------------ capacity

    def _commissioned(self, index: int, day: int) -> Count:
        """Units of a type that are bought and may be commissioned by a day."""
        purchase = self.problem.plants[index].purchase
        if purchase is None:
            return 0, None
        return self._by(self.starts[index], self.problem.latest_install(purchase, day))

    def _there(self, index: int, week: int) -> Count:
        """Units of a type that may count by the end of a week."""
        plant = self.problem.plants[index]
        commissioned = self.problem.workdays.latest_start(self.last(week), self.problem.test_days(plant))
        return plant.existing, self._commissioned(index, commissioned)[1]

    def _capacity(self) -> None:
        """In every week in which something may be energised, what runs carries it, whatever may fail."""
        first = min(min(su.ready) for su in self.problem.classes)
        rows = [row.relaxed() for row in balances(self.problem)]
        for index, plant in enumerate(self.problem.plants):
            if plant.running:
                self.running[index] = [self.program.variable(plant.most) for _ in self.weeks]
        for week in self.weeks:
            for index, counts in self.running.items():
                fixed, variable = self._there(index, week)
                self.program.keep([(1, (0, counts[week])), (-1, (fixed, variable))], 0)
            if self.last(week) >= first:
                for row in rows:
                    self._balance(row, week)

    def _runs(self, index: int, week: int) -> Count:
        return (0, self.running[index][week]) if index in self.running else self._there(index, week)

    def _balance(self, row: Balance, week: int) -> None:
        short = [(-amount, self._runs(index, week)) for index, amount in row.supply.items()]
        short += [(amount, self._runs(index, week)) for index, amount in row.draws.items()]
        short += [(amount, (0, self.energised[key][week])) for key, amount in row.demand.items()]
        for fixed, failed in losses(self.problem, row):
            lost = [(amount, self._at_least(index, number, week)) for amount, index, number in failed]
            self.program.keep([*short, *lost], -row.base - fixed)

    def _at_least(self, index: int, number: int, week: int) -> Count:
        """1 when at least so many units of a type run in a week."""
        plant = self.problem.plants[index]
        if number <= surely_running(plant) or number > plant.most:
            return int(number <= plant.most), None
        flag = self.many.get((index, number, week))
        if flag is None:
            flag = self.many[index, number, week] = self.program.variable(1)
            more = plant.most - number + 1
            self.program.keep([(1, self._runs(index, week)), (-more, (0, flag))], number - 1)
        return 0, flag

    # ------------------------------------------------------------ costs

    def _costs(self) -> None:
        """Each unit at its lowest price in the week, each SU's delay, against day 0, as of the week's first day."""
        for index, counts in self.starts.items():
            purchase = self.problem.plants[index].purchase
            if purchase is not None:
                self._pay(counts, [self._price(purchase, week) for week in self.weeks])
        for (number, way), counts in self.reinforced.items():
            reinforcement = self.problem.classes[number].modes[way].reinforcement
            if reinforcement is not None:
                self._pay(counts, [self._price(reinforcement, week) for week in self.weeks])
        for (number, _), counts in self.energised.items():
            su = self.problem.classes[number]
            days = [max(first, min(su.ready)) for first in self.firsts]
            self._pay(counts, [self.problem.delay_cost(su, day) for day in days])

    def _pay(self, counts: Counts, prices: Sequence[int]) -> None:
        """The price of each unit in the week in which it comes to be counted."""
        for variable, price, following in zip(counts, prices, [*prices[1:], 0], strict=True):
            if price != following:
                self.program.costs[variable] += price - following

    def bound(self, dual: float) -> int | None:
        """The bound that HiGHS' own is worth, in money steps."""
        if not math.isfinite(dual):
            return None
        base = sum(self.problem.delay_base(su) for su in self.problem.classes)
        return math.floor((dual - MARGIN * abs(dual)) * self.program.unit) - base

    def _price(self, bought: Purchase | Reinforcement, week: int) -> int:
        return self.problem.unit_price(bought, self._working(week))

    def _working(self, week: int) -> int:
        """Last working day up to a week's end."""
        return max(0, self.problem.workdays.latest_start(self.last(week) + 1, 1))

    # ------------------------------------------------------------ solutions

    def values_of(self, schedule: Schedule) -> dict[int, int]:
        """The point of the program that a schedule is."""
        value: dict[int, int] = {}

        def count(counts: Counts, days: Iterable[int]) -> None:
            per_week = Counter(map(self._week, days))
            total = itertools.accumulate(per_week[week] for week in self.weeks)
            value.update(zip(counts, total, strict=False))

        for index, counts in self.starts.items():
            count(counts, [install.start for install in schedule.installs if install.plant == index])
        for key, counts in self.energised.items():
            runs = [run for run in schedule.runs if (run.su, run.mode) == key]
            count(counts, [run.energised for run in runs])
            count(self.sets[key], [run.set_start for run in runs])
            count(self.reinforced.get(key, []), [run.reinforce for run in runs if run.reinforce is not None])
        for week in self.weeks:
            there = [plant.existing for plant in self.problem.plants]
            for install in schedule.installs:
                there[install.plant] += install.counted <= self.last(week)
            live = [(*key, value[counts[week]]) for key, counts in self.energised.items() if value[counts[week]]]
            running = self.capacity.running(tuple(there), self.capacity.demand(live)) or tuple(there)
            for index, counts in self.running.items():
                value[counts[week]] = running[index]
            for index, number, when in self.many:
                if when == week:
                    value[self.many[index, number, week]] = int(running[index] >= number)
        return value

    def chosen(self, value: Callable[[int], int]) -> tuple[list[tuple[int, int]], list[Placed]]:
        """What a solution buys, and in which week, at its last working day, the work of each SU starts."""

        def days(counts: Counts) -> list[int]:
            totals = [0, *map(value, counts)]
            rises = [after - before for before, after in itertools.pairwise(totals)]
            return [self._working(week) for week, rise in enumerate(rises) for _ in range(rise)]

        units = [(index, day) for index, counts in self.starts.items() for day in days(counts)]
        sus: list[Placed] = []
        for key, counts in self.energised.items():
            reinforced, sets = days(self.reinforced.get(key, [])), days(self.sets[key])
            for place, day in enumerate(days(counts)):
                sus.append(Placed(*key, reinforced[place] if reinforced else 0, sets[place], day))
        return units, sus
