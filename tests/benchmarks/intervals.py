"""Rival (i): an interval for every unit and every piece of work, in CP-SAT.

Every unit that may be bought is an optional interval of its crew, every reinforcement and every setting of an SU an
interval of theirs. For each unit and each SU a Boolean says that the unit is ready, and runs, when the SU is energised;
with them every row is kept at every energisation, whatever may fail. Identical units and identical SUs are put in
order, identical halls are entered in order, and the search starts from a greedy schedule.

Time is counted in working days that have passed, so that the calendar needs no constraint: work of n days takes n, and
a unit counts for an SU when its last day has passed before the SU's. The model is exact: its bound is one of the
problem, and its optimum is the problem's.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from ortools.sat.python import cp_model

from dcplan.problem import Problem, Purchase, Reinforcement, SuClass, Task
from dcplan.solver.capacity import Capacity
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Run, Schedule
from dcplan.solver.search import Progress
from tests.benchmarks.rival import (
    Balance,
    Found,
    Placed,
    alike,
    balances,
    best,
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

Expr = cp_model.LinearExprT
SEARCHES = ("max_lp", "lb_tree_search")
"""What two threads are best used for: with CP-SAT's own choice the bound of 16 SUs stays at a third."""
MOST_STEPS = 40
"""Costs that rise by one rate but for so many jumps are written with a Boolean for each; others as a table."""


def optimise(problem: Problem, limits: Limits, progress: Progress | None = None) -> Found:
    """The best schedule within limits, with a proven bound.

    Parameters
    ----------
    problem : Problem
    limits : Limits
        Of building the model and solving it; what is found at their end is still scheduled.
    progress : callable, optional
        Called with seconds, objective and bound at each new solution and each new bound.
    """
    begun = time.monotonic()
    model = PerUnit(problem)
    start = first_schedule(problem)
    if start is not None:
        model.hint(start)
    built = time.monotonic() - begun
    solver = _solver(limits, limits.seconds - built)
    watch = _Watch(begun, progress)
    solver.best_bound_callback = watch.on_bound
    status = solver.solve(model.model, watch) if limits.seconds > built else cp_model.UNKNOWN
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return ended(None, watch.bound, built, infeasible=status == cp_model.INFEASIBLE)
    schedule = best(decoded(problem, *model.chosen(solver.value)))
    if schedule is None or schedule.objective > round(solver.objective_value):
        raise AssertionError("the per-unit model's solution is no schedule of its cost")
    return ended(schedule, math.ceil(solver.best_objective_bound - 1e-6), built)


def _solver(limits: Limits, seconds: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = limits.workers
    solver.parameters.random_seed = limits.seed
    if limits.workers == len(SEARCHES):
        solver.parameters.subsolvers.extend(SEARCHES)
    if limits.deterministic:
        solver.parameters.max_deterministic_time = limits.seconds
        solver.parameters.interleave_search = limits.workers > 1
    else:
        solver.parameters.max_time_in_seconds = max(seconds, 0.0)
    return solver


class _Watch(cp_model.CpSolverSolutionCallback):
    """Tells a progress callback of every solution and every bound."""

    def __init__(self, begun: float, progress: Progress | None) -> None:
        super().__init__()
        self.begun, self.progress = begun, progress
        self.objective: int | None = None
        self.bound: int | None = None

    def on_solution_callback(self) -> None:
        """A new solution."""
        self.objective = round(self.objective_value)
        self._tell()

    def on_bound(self, bound: float) -> None:
        """A new bound."""
        if math.isfinite(bound):
            self.bound = math.ceil(bound - 1e-6)
            self._tell()

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(time.monotonic() - self.begun, self.objective, self.bound)


class _Unit:
    """A unit that may be bought: whether it is, and when its install starts [working days that have passed]."""

    def __init__(self, model: cp_model.CpModel, name: str, purchase: Purchase, first: int, last: int) -> None:
        self.bought = model.new_bool_var(f"buy {name}")
        self.start = model.new_int_var(first, last, f"start {name}")
        self.interval = model.new_optional_fixed_size_interval_var(
            self.start, purchase.install.days, self.bought, f"install {name}"
        )


class _Su:
    """One SU: its modes, its work and its energisation [working days that have passed]."""

    def __init__(self, number: int, arrival: int) -> None:
        self.number, self.arrival = number, arrival
        self.modes: list[cp_model.IntVar] = []
        self.ways: dict[Reinforcement, tuple[Expr, cp_model.IntVar]] = {}
        """Reinforcement -> whether it is done, and when it starts."""
        self.set_start: Expr = 0
        self.energised: Expr = 0
        self.days = range(0)
        """Those that `energised` may be."""


class PerUnit:
    """The model of one problem."""

    def __init__(self, problem: Problem) -> None:
        refuse_uncovered(problem)
        self.problem, self.model = problem, cp_model.CpModel()
        self.open_days = problem.workdays.open_days
        self.last = max((self._last_day(su) for su in problem.classes), default=-1)
        self.work: list[list[tuple[cp_model.IntervalVar, int]]] = [[] for _ in problem.crews]
        self.costs: list[Expr] = []
        self.running: dict[tuple[int, int, int], cp_model.IntVar] = {}
        """(plant type, unit, SU) -> the unit runs when the SU is energised."""
        self.steps: list[tuple[cp_model.IntVar, cp_model.IntVar, int]] = []
        self.units = {index: self._units(index) for index in range(len(problem.plants))}
        self.sus = [
            self._su(number, arrival) for number, su in enumerate(problem.classes) for arrival in sorted(su.arrivals)
        ]
        self._order_sus()
        self._order_halls()
        for left, units, sus in taken(problem):
            used = [amount * unit.bought for index, amount in units.items() for unit in self.units[index]]
            used += [amount * su.modes[way] for (number, way), amount in sus.items() for su in self._of(number)]
            self.model.add(sum(used) <= left)
        for (_, size), work in zip(problem.crews, self.work, strict=True):
            if work:
                self.model.add_cumulative([interval for interval, _ in work], [need for _, need in work], size)
        self._capacity()
        self._loops()
        self.model.minimize(sum(self.costs) - sum(problem.delay_base(su) for su in problem.classes))

    # ------------------------------------------------------------ calendar

    def _passed(self, day: int) -> int:
        """Working days before a day."""
        return self.problem.workdays.between(0, day)

    def _day(self, passed: int) -> int:
        """First day on which so many working days have passed."""
        return self.open_days[passed - 1] + 1 if passed else 0

    def _last_day(self, su: SuClass) -> int:
        """Most working days that may have passed when an SU is energised."""
        latest = last_energisation(self.problem, su)
        return self._passed(latest) if latest >= 0 else -1

    # ------------------------------------------------------------ what costs money

    def _cost(self, day: cp_model.IntVar, days: range, table: Sequence[int]) -> Expr:
        """The cost of something by its day, where nothing else hangs on the cost; `table` is aligned with `days`."""
        if not table:
            return 0
        rises = [after - before for before, after in itertools.pairwise(table)]
        rate = max(set(rises), key=rises.count, default=0)
        jumps = {number: rise - rate for number, rise in zip(days[1:], rises, strict=True) if rise != rate}
        if len(jumps) <= MOST_STEPS and all(jump > 0 for jump in jumps.values()):
            total = table[0] + rate * (day - days[0])
            for number, jump in jumps.items():
                passed = self.model.new_bool_var("")
                self.model.add(day < number).only_enforce_if(~passed)
                self.steps.append((passed, day, number))
                total += jump * passed
            return total
        cost = self.model.new_int_var(min(table), max(table), "")
        self.model.add_element(day - days[0], list(table), cost)
        return cost

    def _price(self, bought: Purchase | Reinforcement, done: Expr, start: cp_model.IntVar, days: range) -> None:
        """Pay for a unit, or a reinforcement, where it is done."""
        if not bought.carry:
            self.costs.append(self.problem.unit_price(bought, 0) * done)
            return
        table = [self.problem.unit_price(bought, self.open_days[index]) for index in days]
        if len(set(table)) == 1:
            self.costs.append(table[0] * done)
        elif isinstance(done, int):
            self.costs.append(self._cost(start, days, table))
        else:
            price = self._cost(start, days, table)
            paid = self.model.new_int_var(0, max(table), "")
            self.model.add(paid >= price).only_enforce_if(done)
            self.costs.append(paid)

    # ------------------------------------------------------------ units

    def _units(self, index: int) -> list[_Unit]:
        plant = self.problem.plants[index]
        purchase = plant.purchase
        if purchase is None:
            return []
        first, last = self._passed(purchase.install.release), self.last - self._chain(index)
        if last < first or self.last < self._startup(index):
            return []
        units = [_Unit(self.model, f"{plant.id} {k}", purchase, first, last) for k in range(purchase.at_most)]
        for unit in units:
            self.work[purchase.install.crew].append((unit.interval, purchase.install.need))
            self._price(purchase, unit.bought, unit.start, range(first, last + 1))
        for before, after in itertools.pairwise(units):
            self.model.add_implication(after.bought, before.bought)
            self.model.add(before.start <= after.start)
        return units

    def _chain(self, index: int) -> int:
        """Working days from the start of an install until the unit counts."""
        plant = self.problem.plants[index]
        assert plant.purchase is not None
        return plant.purchase.install.days + plant.purchase.commission_days + self.problem.test_days(plant)

    def _startup(self, index: int) -> int:
        """Fewest working days that have passed when a unit counts, for the permit of its start-up."""
        plant = self.problem.plants[index]
        assert plant.purchase is not None
        release = self._passed(plant.purchase.startup_release)
        return release + plant.purchase.commission_days + self.problem.test_days(plant)

    # ------------------------------------------------------------ SUs

    def _su(self, number: int, arrival: int) -> _Su:
        su = self.problem.classes[number]
        made, name = _Su(number, arrival), f"{su.id} {arrival}"
        made.modes = [self.model.new_bool_var(f"{name} in {mode.hall}") for mode in su.modes]
        self.model.add_exactly_one(made.modes)
        most = self.last - su.fill_days - su.connect.days
        first = self._passed(arrival)
        made.set_start = self._task(su.connect, range(first, most + 1), 1, f"set {name}")
        for way in dict.fromkeys(mode.reinforcement for mode in su.modes):
            if way is None:
                continue
            chosen = [flag for flag, mode in zip(made.modes, su.modes, strict=True) if mode.reinforcement == way]
            done: Expr = 1 if len(chosen) == len(su.modes) else self.model.new_bool_var(f"reinforce {name}")
            if not isinstance(done, int):
                self.model.add(sum(chosen) == done)
            days = range(self._passed(way.task.release), most - way.task.days + 1)
            start = self._task(way.task, days, done, f"reinforce {name}")
            self.model.add(start + way.task.days <= made.set_start).only_enforce_if(_literals(done))
            self._price(way, done, start, days)
            made.ways[way] = done, start
        made.days = range(first + su.connect.days + su.fill_days, self._last_day(su) + 1)
        energised = self._within(made.days, f"energise {name}")
        self.model.add(energised >= made.set_start + su.connect.days + su.fill_days)
        self.costs.append(self._cost(energised, made.days, [self._delays[number][day] for day in made.days]))
        made.energised = energised
        return made

    @cached_property
    def _delays(self) -> list[list[int]]:
        """What an SU of each class loses, by the working days that have passed when it is energised."""
        days = [self._day(passed) for passed in range(self.last + 1)]
        return [[self.problem.delay_cost(su, day) for day in days] for su in self.problem.classes]

    def _within(self, days: range, name: str) -> cp_model.IntVar:
        """A day; without any there is no solution."""
        if not days:
            self.model.add_bool_or([])
            return self.model.new_constant(0)
        return self.model.new_int_var(days[0], days[-1], name)

    def _task(self, task: Task, days: range, done: Expr, name: str) -> cp_model.IntVar:
        """The start of crew work that is done where `done` says so."""
        start = self._within(days, name)
        if isinstance(done, int):
            interval = self.model.new_fixed_size_interval_var(start, task.days, name)
        else:
            interval = self.model.new_optional_fixed_size_interval_var(start, task.days, done, name)
        self.work[task.crew].append((interval, task.need))
        return start

    def _of(self, number: int) -> list[_Su]:
        """The SUs of a class."""
        return [su for su in self.sus if su.number == number]

    def _alike(self, number: int) -> bool:
        """Whether all modes of a class ask for the same work, so that its SUs may change places in the queue."""
        return len({mode.reinforcement for mode in self.problem.classes[number].modes}) == 1

    def _order_sus(self) -> None:
        """The SUs of a class are set in order of arrival; where any may have any's work, energised in order too."""
        for before, after in itertools.pairwise(self.sus):
            if before.number == after.number:
                self.model.add(before.set_start <= after.set_start)
                if self._alike(before.number):
                    self.model.add(before.energised <= after.energised)
                    for way in before.ways:
                        self.model.add(before.ways[way][1] <= after.ways[way][1])

    def _order_halls(self) -> None:
        """Of halls that are alike none is entered before the one before it."""
        for group in alike(self.problem):
            for before, after in itertools.pairwise(group):
                entered: list[Expr] = []
                for su in self.sus:
                    for flag in self._in_hall(su, after):
                        self.model.add_bool_or([*entered, ~flag])
                    entered.extend(self._in_hall(su, before))

    def _in_hall(self, su: _Su, hall: int) -> list[cp_model.IntVar]:
        modes = self.problem.classes[su.number].modes
        return [flag for flag, mode in zip(su.modes, modes, strict=True) if mode.hall == hall]

    # ------------------------------------------------------------ capacity

    @cached_property
    def _live(self) -> dict[tuple[int, int], Expr]:
        """(SU, other SU) -> the first is energised when the second is; of SUs energised together the last says so."""
        live: dict[tuple[int, int], Expr] = {}
        for (one, su), (two, other) in itertools.product(enumerate(self.sus), repeat=2):
            if su.number == other.number and self._alike(su.number):
                live[one, two] = int(one <= two)
            elif one == two:
                live[one, two] = 1
            else:
                live[one, two] = self.model.new_bool_var(f"live {one} {two}")
                self.model.add(su.energised > other.energised).only_enforce_if(~live[one, two])
        return live

    def _capacity(self) -> None:
        """At every energisation what runs carries what is energised, whatever may fail."""
        rows = balances(self.problem)
        for number in range(len(self.sus)):
            for index in range(len(self.problem.plants)):
                self._ready(index, number)
        for number, row in itertools.product(range(len(self.sus)), rows):
            supply: Expr = sum(amount * self._running(index, number) for index, amount in row.supply.items())
            need = row.base + sum(amount * self._running(index, number) for index, amount in row.draws.items())
            need += self._demand(row, number)
            (certain, _), *more = losses(self.problem, row)
            worst: Expr = certain
            if more:
                worst = self.model.new_int_var(certain, row.failures * max(row.supply.values()), "")
                for fixed, failed in more:
                    lost = [amount * self._at_least(index, least, number) for amount, index, least in failed]
                    self.model.add(worst >= fixed + sum(lost))
            self.model.add(supply - worst >= need)

    def _switched(self, index: int) -> int:
        """Units that stand and may be switched off: they come before those that are bought."""
        return self.problem.plants[index].existing if self.problem.plants[index].running else 0

    def _ready(self, index: int, number: int) -> None:
        """For each unit of a type: it runs when an SU is energised, which it can only when it counts by then."""
        su, plant = self.sus[number], self.problem.plants[index]
        if not (plant.supply or plant.running):
            return
        standing = self._switched(index)
        flags = [self.model.new_bool_var("") for _ in range(standing + len(self.units[index]))]
        for flag, unit in zip(flags[standing:], self.units[index], strict=True):
            chain, startup = self._chain(index), self._startup(index)
            self.model.add_implication(flag, unit.bought)
            self.model.add(unit.start + chain <= su.energised).only_enforce_if(flag)
            if startup > su.days[0]:
                self.model.add(su.energised >= startup).only_enforce_if(flag)
        for before, after in itertools.pairwise(flags):
            self.model.add_implication(after, before)
        for unit, flag in enumerate(flags):
            earlier = self.running.get((index, unit, number - 1))
            if earlier is not None and not plant.running and self._follows(number):
                self.model.add_implication(earlier, flag)
            self.running[index, unit, number] = flag

    def _follows(self, number: int) -> bool:
        """Whether an SU is never energised before the one before it."""
        return self.sus[number].number == self.sus[number - 1].number and self._alike(self.sus[number].number)

    def _running(self, index: int, number: int) -> Expr:
        """Units of a type that run when an SU is energised."""
        flags = self._switched(index) + len(self.units[index])
        return surely_running(self.problem.plants[index]) + sum(
            self.running[index, unit, number] for unit in range(flags) if (index, unit, number) in self.running
        )

    def _at_least(self, index: int, least: int, number: int) -> Expr:
        """Whether at least so many units of a type run when an SU is energised."""
        unit = least - 1 - surely_running(self.problem.plants[index])
        return 1 if unit < 0 else self.running.get((index, unit, number), 0)

    def _demand(self, row: Balance, number: int) -> Expr:
        """What is energised when an SU is, on one row."""
        terms: list[Expr] = []
        per_mode = [
            [row.demand.get((which, way), 0) for way in range(len(su.modes))]
            for which, su in enumerate(self.problem.classes)
        ]
        for other, su in enumerate(self.sus):
            live, amounts = self._live[other, number], per_mode[su.number]
            if (isinstance(live, int) and not live) or not any(amounts):
                continue
            if len(set(amounts)) == 1:
                terms.append(amounts[0] * live)
                continue
            for amount, flag in zip(amounts, su.modes, strict=True):
                if amount:
                    terms.append(amount * (flag if isinstance(live, int) else self._both(live, flag)))
        return sum(terms)

    def _both(self, one: cp_model.IntVar, two: cp_model.IntVar) -> cp_model.IntVar:
        """1 when both are."""
        both = self._pairs.get((one.index, two.index))
        if both is None:
            both = self._pairs[one.index, two.index] = self.model.new_bool_var("")
            self.model.add_bool_or([~one, ~two, both])
        return both

    @cached_property
    def _pairs(self) -> dict[tuple[int, int], cp_model.IntVar]:
        return {}

    def _loops(self) -> None:
        """A leak test in a hall waits for the first unit of each group of its loop."""
        for su in self.sus:
            record = self.problem.classes[su.number]
            for flag, mode in zip(su.modes, record.modes, strict=True):
                for group in loop_starters(self.problem, mode.hall) if record.liquid else []:
                    firsts = [self._filled(index, su, record.fill_days) for index in group if self.units[index]]
                    self.model.add_bool_or([*firsts, ~flag])

    def _filled(self, index: int, su: _Su, fill_days: int) -> cp_model.IntVar:
        """Whether the first unit of a type is commissioned so early that an SU's leak test ends in time."""
        unit, purchase = self.units[index][0], self.problem.plants[index].purchase
        assert purchase is not None
        first = self.model.new_bool_var("")
        self.model.add_implication(first, unit.bought)
        after = purchase.commission_days + fill_days
        self.model.add(unit.start + purchase.install.days + after <= su.energised).only_enforce_if(first)
        release = self._passed(purchase.startup_release)
        self.model.add(su.energised >= release + after).only_enforce_if(first)
        return first

    # ------------------------------------------------------------ solutions

    def hint(self, schedule: Schedule) -> None:
        """Start the search from a schedule."""
        value: dict[int, tuple[Expr, int]] = {}

        def set_to(variable: Expr, number: int) -> None:
            if not isinstance(variable, int):
                value[variable.index] = variable, int(number)

        installs = sorted(schedule.installs, key=lambda install: install.start)
        for index, units in self.units.items():
            starts = [self._passed(install.start) for install in installs if install.plant == index]
            for number, unit in enumerate(units):
                set_to(unit.bought, number < len(starts))
                last = self.last - self._chain(index)
                set_to(unit.start, starts[number] if number < len(starts) else last)
        for number in range(len(self.problem.classes)):
            self._hint_class(number, [run for run in schedule.runs if run.su == number], set_to)
        for passed, day, number in self.steps:
            if day.index in value:
                set_to(passed, value[day.index][1] >= number)
        self._hint_running(schedule, [value[su.energised.index][1] for su in self.sus], set_to)
        for variable, number in value.values():
            self.model.add_hint(variable, number)

    def _hint_class(self, number: int, runs: Sequence[Run], set_to: Callable[[Expr, int], None]) -> None:
        """The k-th SU of a class has the k-th place in each queue where it may, else its own."""
        made = self._of(number)
        in_order = sorted(runs, key=lambda run: run.energised if self._alike(number) else run.set_start)
        starts = sorted(run.set_start for run in runs)
        reinforced = sorted(run.reinforce for run in runs if run.reinforce is not None)
        for place, (su, run) in enumerate(zip(made, in_order, strict=True)):
            for way, flag in enumerate(su.modes):
                set_to(flag, way == run.mode)
            set_to(su.set_start, self._passed(starts[place]))
            set_to(su.energised, max(self._passed(run.energised), su.days[0]))
            for way, (done, start) in su.ways.items():
                own = self.problem.classes[number].modes[run.mode].reinforcement == way
                set_to(done, own)
                begun = reinforced[place] if self._alike(number) else run.reinforce
                if own and begun is not None:
                    set_to(start, self._passed(begun))

    def _hint_running(self, schedule: Schedule, days: Sequence[int], set_to: Callable[[Expr, int], None]) -> None:
        """Units that run at each energisation of the schedule."""
        capacity = Capacity(self.problem)
        energised = {day: self._day(day) for day in days}
        for number, day in enumerate(days):
            there = [plant.existing for plant in self.problem.plants]
            for install in schedule.installs:
                there[install.plant] += self._passed(install.counted) <= day
            live: dict[tuple[int, int], int] = {}
            for run in schedule.runs:
                if run.energised <= energised[day]:
                    live[run.su, run.mode] = live.get((run.su, run.mode), 0) + 1
            running = capacity.running(tuple(there), capacity.demand([(*key, count) for key, count in live.items()]))
            for index, plant in enumerate(self.problem.plants):
                runs = (running or there)[index] - surely_running(plant)
                for unit in range(self._switched(index) + len(self.units[index])):
                    if (index, unit, number) in self.running:
                        set_to(self.running[index, unit, number], unit < runs)

    def chosen(self, value: Callable[[cp_model.IntVar], int]) -> tuple[list[tuple[int, int]], list[Placed]]:
        """What a solution buys, and when the work of each SU starts."""
        units = [
            (index, self.open_days[value(unit.start)])
            for index, made in self.units.items()
            for unit in made
            if value(unit.bought)
        ]
        sus = []
        for su in self.sus:
            mode = next(way for way, flag in enumerate(su.modes) if value(flag))
            way = self.problem.classes[su.number].modes[mode].reinforcement
            begun = 0 if way is None else self.open_days[value(su.ways[way][1])]
            sus.append(
                Placed(su.number, mode, begun, self.open_days[value(su.set_start)], self._day(value(su.energised)))
            )
        return units, sus


def _literals(done: Expr) -> Iterable[Expr]:
    return [] if isinstance(done, int) else [done]
