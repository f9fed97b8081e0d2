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

from ortools.math_opt.python import mathopt

from dcplan.problem import Problem, Purchase, Reinforcement, SuClass, Task
from dcplan.solver.capacity import Capacity
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Schedule
from dcplan.solver.search import Progress
from tests.benchmarks.rival import (
    Balance,
    Expr,
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
    overdrawn,
    refuse_uncovered,
    surely_running,
)

WEEK = 7
MARGIN = 1e-6
"""HiGHS computes in floats: its bound is used less this part of it."""
Counts = list[mathopt.Variable]


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
    weekly = Weekly(problem)
    start = first_schedule(problem)
    hints = [] if start is None else [weekly.hint(start)]
    built = time.monotonic() - begun
    if built >= limits.seconds:
        return ended(None, None, built)
    result = mathopt.solve(
        weekly.model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(
            time_limit=timedelta(seconds=limits.seconds - built),
            relative_gap_tolerance=MARGIN,
            random_seed=limits.seed,
        ),
        model_params=mathopt.ModelSolveParameters(solution_hints=hints),
    )
    if result.termination.reason == mathopt.TerminationReason.INFEASIBLE:
        return ended(None, None, built, infeasible=True)
    bound = weekly.bound(result.termination.objective_bounds.dual_bound)
    found: Schedule | None = None
    if result.has_primal_feasible_solution():
        values = result.variable_values()
        for schedule in decoded(problem, *weekly.chosen(lambda variable: round(values[variable]))):
            if found is None or schedule.objective < found.objective:
                found = schedule
                if progress is not None:
                    progress(time.monotonic() - begun, found.objective, bound)
    return ended(found, bound, built)


class Weekly:
    """The program of one problem."""

    def __init__(self, problem: Problem) -> None:
        refuse_uncovered(problem)
        self.problem, self.model = problem, mathopt.Model()
        self.capacity = Capacity(problem)
        if self.capacity.running(tuple(plant.existing for plant in problem.plants), self.capacity.base) is None:
            raise Uncovered("not covered by the weekly program: plant that does not carry what it carries today")
        self.firsts = list(range(0, problem.days + 1, WEEK))
        """First day of each week."""
        self.starts: dict[int, Counts] = {}
        self.running: dict[int, Counts] = {}
        self.many: dict[tuple[int, int, int], mathopt.Variable] = {}
        """(plant type, j, week) -> 1 when at least j units of the type run."""
        self.reinforced: dict[Key, Counts] = {}
        self.sets: dict[Key, Counts] = {}
        self.energised: dict[Key, Counts] = {}
        self._variables()
        for number, su in enumerate(problem.classes):
            self._chain(number, su)
        for row in overdrawn(problem, lambda index: self._at(self.starts[index], -1), self._placed):
            self.model.add_linear_constraint(row <= 0)
        self._order_halls()
        for crew in range(len(problem.crews)):
            self._crew(crew)
        self._capacity()
        costs = [(price, variable) for price, variable in self._costs() if price]
        self.unit = math.gcd(*(price for price, _ in costs)) or 1
        """Money steps in one unit of the program's objective."""
        self.model.minimize(mathopt.fast_sum([price // self.unit * variable for price, variable in costs]))

    # ------------------------------------------------------------ weeks

    @property
    def weeks(self) -> range:
        """Indices of the weeks."""
        return range(len(self.firsts))

    def last(self, week: int) -> int:
        """Last day of a week."""
        return min(self.firsts[week] + WEEK - 1, self.problem.days)

    @staticmethod
    def _at(counts: Counts, week: int) -> Expr:
        """A count by the end of a week; -1 stands for the last one."""
        return counts[week] if counts else 0

    @staticmethod
    def _by(counts: Counts, day: int) -> Expr:
        """The most a count can be by a day: that by the end of its week."""
        return counts[min(day // WEEK, len(counts) - 1)] if counts and day >= 0 else 0

    def _ended(self, day: int) -> int:
        """The last week that has ended by the end of a day; -1 when none has."""
        return (day + 1) // WEEK - 1

    def _cumulative(self, name: str, most: int, first: int) -> Counts:
        """A count that never falls and is zero before a day."""
        counts = [
            self.model.add_integer_variable(lb=0, ub=most if self.last(week) >= first else 0, name=f"{name} {week}")
            for week in self.weeks
        ]
        for before, after in itertools.pairwise(counts):
            self.model.add_linear_constraint(after - before >= 0)
        return counts

    def _variables(self) -> None:
        next_open = self.problem.workdays.next_open
        for index, plant in enumerate(self.problem.plants):
            bought = plant.purchase
            self.starts[index] = []
            if bought is not None:
                first = next_open(bought.install.release)
                self.starts[index] = self._cumulative(f"start {plant.id}", bought.at_most, first)
        for number, su in enumerate(self.problem.classes):
            for way, mode in enumerate(su.modes):
                key, count = (number, way), len(su.arrivals)
                if mode.reinforcement is not None:
                    first = next_open(mode.reinforcement.task.release)
                    self.reinforced[key] = self._cumulative(f"reinforce {key}", count, first)
                self.sets[key] = self._cumulative(f"set {key}", count, su.arrivals[0])
                self.energised[key] = self._cumulative(f"energise {key}", count, min(su.ready))

    # ------------------------------------------------------------ SUs

    def _keys(self, number: int) -> list[Key]:
        return [(number, way) for way in range(len(self.problem.classes[number].modes))]

    def _placed(self, number: int, way: int) -> Expr:
        return self.energised[number, way][-1]

    def _chain(self, number: int, su: SuClass) -> None:
        """Delivery, reinforcement, set, leak test and energisation follow each other."""
        keys, add = self._keys(number), self.model.add_linear_constraint
        latest = min(last_energisation(self.problem, su) // WEEK, self.weeks[-1])
        add(mathopt.fast_sum([self.energised[key][latest] for key in keys]) == len(su.arrivals))
        add(mathopt.fast_sum([self.energised[key][-1] for key in keys]) == len(su.arrivals))
        for week in self.weeks:
            arrived = bisect_right(su.arrivals, self.last(week))
            add(mathopt.fast_sum([self.sets[key][week] for key in keys]) <= arrived)
            ready = bisect_right(su.ready, self.last(week))
            add(mathopt.fast_sum([self.energised[key][week] for key in keys]) <= ready)
            for key in keys:
                self._work_first(su, key, week)

    def _work_first(self, su: SuClass, key: Key, week: int) -> None:
        workdays, mode, last = self.problem.workdays, su.modes[key[1]], self.last(week)
        if mode.reinforcement is not None:
            begun = workdays.latest_start(last, mode.reinforcement.task.days)
            self.model.add_linear_constraint(self.sets[key][week] - self._by(self.reinforced[key], begun) <= 0)
        filling = workdays.latest_start(last, su.fill_days)
        begun = workdays.latest_start(filling, su.connect.days)
        self.model.add_linear_constraint(self.energised[key][week] - self._by(self.sets[key], begun) <= 0)
        for group in loop_starters(self.problem, mode.hall) if su.liquid else []:
            there = mathopt.fast_sum([self._commissioned(index, filling) for index in group])
            self.model.add_linear_constraint(self.energised[key][week] - len(su.arrivals) * there <= 0)

    def _order_halls(self) -> None:
        """Of halls that are alike, none has more SUs of the first class than the one before it."""
        modes = {mode.hall: way for way, mode in enumerate(self.problem.classes[0].modes)}
        for before, after in itertools.chain.from_iterable(map(itertools.pairwise, alike(self.problem))):
            if before in modes:
                earlier, later = (self.energised[0, modes[hall]][-1] for hall in (before, after))
                self.model.add_linear_constraint(later - earlier <= 0)

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
        if not tasks:
            return
        for week in self.weeks:
            end = self.last(week) + 1
            day = workdays.latest_start(end, 1)
            if day >= self.firsts[week]:
                # all of those begun by the end of the week that has ended by that day, less all that may have ended
                begun = self._ended(day)
                busy = [
                    task.need
                    * ((counts[begun] if begun >= 0 else 0) - self._by(counts, workdays.latest_start(day, task.days)))
                    for task, _, counts in tasks
                ]
                self.model.add_linear_constraint(mathopt.fast_sum(busy) <= size)
            for release in sorted({release for _, release, _ in tasks}):
                done = [
                    task.need * task.days * counts[begun]
                    for task, first, counts in tasks
                    if first >= release and (begun := self._ended(workdays.latest_start(end, task.days))) >= 0
                ]
                if done and end > release:
                    work = size * workdays.between(release, end)
                    self.model.add_linear_constraint(mathopt.fast_sum(done) <= work)

    # ------------------------------------------------------------ capacity

    def _commissioned(self, index: int, day: int) -> Expr:
        """Units of a type that are bought and may be commissioned by a day."""
        purchase = self.problem.plants[index].purchase
        return 0 if purchase is None else self._by(self.starts[index], self.problem.latest_install(purchase, day))

    def _there(self, index: int, week: int) -> Expr:
        """Units of a type that may count by the end of a week."""
        plant = self.problem.plants[index]
        commissioned = self.problem.workdays.latest_start(self.last(week), self.problem.test_days(plant))
        return plant.existing + self._commissioned(index, commissioned)

    def _capacity(self) -> None:
        """In every week in which something may be energised, what runs carries it, whatever may fail."""
        first = min(min(su.ready) for su in self.problem.classes)
        rows = [row.relaxed() for row in balances(self.problem)]
        for index, plant in enumerate(self.problem.plants):
            if plant.running:
                name = f"run {plant.id}"
                self.running[index] = [
                    self.model.add_integer_variable(lb=0, ub=plant.most, name=f"{name} {week}") for week in self.weeks
                ]
        for week in self.weeks:
            for index, counts in self.running.items():
                self.model.add_linear_constraint(counts[week] - self._there(index, week) <= 0)
            if self.last(week) >= first:
                for row in rows:
                    self._balance(row, week)

    def _runs(self, index: int, week: int) -> Expr:
        return self.running[index][week] if index in self.running else self._there(index, week)

    def _balance(self, row: Balance, week: int) -> None:
        supply = [amount * self._runs(index, week) for index, amount in row.supply.items()]
        need = [amount * self._runs(index, week) for index, amount in row.draws.items()]
        need += [amount * self.energised[key][week] for key, amount in row.demand.items()]
        left = mathopt.fast_sum(supply) - mathopt.fast_sum(need)
        for lost in losses(self.problem, row, lambda index, number: self._at_least(index, number, week)):
            self.model.add_linear_constraint(left - lost >= row.base)

    def _at_least(self, index: int, number: int, week: int) -> Expr:
        """1 when at least so many units of a type run in a week."""
        plant = self.problem.plants[index]
        if number <= surely_running(plant):
            return 1
        if number > plant.most:
            return 0
        flag = self.many.get((index, number, week))
        if flag is None:
            flag = self.many[index, number, week] = self.model.add_binary_variable()
            runs = self._runs(index, week)
            self.model.add_linear_constraint(runs - (plant.most - number + 1) * flag <= number - 1)
        return flag

    # ------------------------------------------------------------ costs

    def _costs(self) -> Iterator[tuple[int, mathopt.Variable]]:
        """Each unit at its lowest price in the week, each SU's delay, against day 0, as of the week's first day."""
        for index, counts in self.starts.items():
            purchase = self.problem.plants[index].purchase
            if purchase is not None:
                yield from _weighted(counts, [self._price(purchase, week) for week in self.weeks])
        for (number, way), counts in self.reinforced.items():
            reinforcement = self.problem.classes[number].modes[way].reinforcement
            if reinforcement is not None:
                yield from _weighted(counts, [self._price(reinforcement, week) for week in self.weeks])
        for (number, _), counts in self.energised.items():
            su = self.problem.classes[number]
            days = [max(first, min(su.ready)) for first in self.firsts]
            yield from _weighted(counts, [self.problem.delay_cost(su, day) for day in days])

    def bound(self, dual: float) -> int | None:
        """The bound that HiGHS' own is worth, in money steps."""
        if not math.isfinite(dual):
            return None
        base = sum(self.problem.delay_base(su) for su in self.problem.classes)
        return math.floor((dual - MARGIN * abs(dual)) * self.unit) - base

    def _price(self, bought: Purchase | Reinforcement, week: int) -> int:
        return self.problem.unit_price(bought, self._working(week))

    def _working(self, week: int) -> int:
        """Last working day up to a week's end."""
        return max(0, self.problem.workdays.latest_start(self.last(week) + 1, 1))

    # ------------------------------------------------------------ solutions

    def hint(self, schedule: Schedule) -> mathopt.SolutionHint:
        """The point of the program that a schedule is."""
        value: dict[mathopt.Variable, float] = {}

        def count(counts: Counts, days: Iterable[int]) -> None:
            per_week = Counter(day // WEEK for day in days)
            for week, variable in enumerate(counts):
                value[variable] = value[counts[week - 1]] + per_week[week] if week else per_week[week]

        for index, counts in self.starts.items():
            count(counts, [install.start for install in schedule.installs if install.plant == index])
        for key, counts in self.energised.items():
            runs = [run for run in schedule.runs if (run.su, run.mode) == key]
            count(counts, [run.energised for run in runs])
            count(self.sets[key], [run.set_start for run in runs])
            if key in self.reinforced:
                count(self.reinforced[key], [run.reinforce for run in runs if run.reinforce is not None])
        for week in self.weeks:
            there = [plant.existing for plant in self.problem.plants]
            for install in schedule.installs:
                there[install.plant] += install.counted <= self.last(week)
            live = [(*key, round(value[counts[week]])) for key, counts in self.energised.items() if value[counts[week]]]
            running = self.capacity.running(tuple(there), self.capacity.demand(live)) or tuple(there)
            for index, counts in self.running.items():
                value[counts[week]] = running[index]
            for index, number in {key[:2] for key in self.many}:
                if (index, number, week) in self.many:
                    value[self.many[index, number, week]] = running[index] >= number
        return mathopt.SolutionHint(variable_values={variable: float(number) for variable, number in value.items()})

    def chosen(self, value: Callable[[mathopt.Variable], int]) -> tuple[list[tuple[int, int]], list[Placed]]:
        """What a solution buys, and in which week, at its last working day, the work of each SU starts."""

        def days(counts: Counts) -> Iterator[int]:
            before = 0
            for week, variable in enumerate(counts):
                yield from [self._working(week)] * (value(variable) - before)
                before = value(variable)

        units = [(index, day) for index, counts in self.starts.items() for day in days(counts)]
        sus: list[Placed] = []
        for key, counts in self.energised.items():
            reinforced: Sequence[int] = list(days(self.reinforced.get(key, [])))
            energised, sets = list(days(counts)), list(days(self.sets[key]))
            for place, day in enumerate(energised):
                begun = reinforced[place] if reinforced else 0
                sus.append(Placed(*key, begun, sets[place], day))
        return units, sus


def _weighted(counts: Counts, prices: Sequence[int]) -> Iterator[tuple[int, mathopt.Variable]]:
    """The price of each unit in the week in which it comes to be counted."""
    for variable, price, following in zip(counts, prices, [*prices[1:], 0], strict=True):
        yield price - following, variable
