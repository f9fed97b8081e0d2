"""The model of rival (i): an interval for every unit and every piece of work, in CP-SAT.

Every unit that may be bought is an optional interval of its crew, every reinforcement and every setting of an SU an
interval of theirs. For each unit and each SU a Boolean says that the unit is ready, and runs, when the SU is energised;
with them every row is kept at every energisation, whatever may fail. Identical units and identical SUs are put in
order, identical halls are entered in order.

Time is counted in working days that have passed, so that the calendar needs no constraint: work of n days takes n, and
a unit counts for an SU when its last day has passed before the SU's. The model is exact: its bound is one of the
problem, and its optimum is the problem's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from ortools.sat.python import cp_model

from dcplan.problem import Problem, Purchase, Reinforcement, SuClass, Task
from dcplan.solver.capacity import Capacity
from tests.benchmarks.rival import (
    Balance,
    Placed,
    alike,
    balances,
    last_energisation,
    loop_starters,
    losses,
    refuse_uncovered,
    surely_running,
    taken,
)

Expr = cp_model.LinearExprT
Reader = Callable[[Expr], int]
"""Tells the value of a variable; a number is its own."""
MOST_STEPS = 40
"""Costs that rise by one rate but for so many jumps are written with a Boolean for each; others as a table."""


class Unit:
    """A unit that may be bought: whether it is, and when its install starts [working days that have passed]."""

    def __init__(self, model: cp_model.CpModel, name: str, purchase: Purchase, first: int, last: int) -> None:
        self.bought = model.new_bool_var(f"buy {name}")
        self.start = model.new_int_var(first, last, f"start {name}")
        self.interval = model.new_optional_fixed_size_interval_var(
            self.start, purchase.install.days, self.bought, f"install {name}"
        )


class Su:
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
        self.problem, self.model, self.capacity = problem, cp_model.CpModel(), Capacity(problem)
        self.open_days = problem.workdays.open_days
        self.last = max((self._last_day(su) for su in problem.classes), default=-1)
        self.work: list[list[tuple[cp_model.IntervalVar, int]]] = [[] for _ in problem.crews]
        self.costs: list[Expr] = []
        self.running: dict[tuple[int, int, int], cp_model.IntVar] = {}
        """(plant type, unit, SU) -> the unit runs when the SU is energised."""
        self.derived: list[tuple[cp_model.IntVar, Callable[[Reader], int]]] = []
        """Variables that follow from others, and how, by a reader of the others; each comes after what it needs."""
        self.units = {index: self._units(index) for index in range(len(problem.plants))}
        self.sus = [
            self._su(number, arrival) for number, su in enumerate(problem.classes) for arrival in sorted(su.arrivals)
        ]
        self._order_sus()
        self._order_halls()
        for left, units, sus in taken(problem):
            used = [amount * unit.bought for index, amount in units.items() for unit in self.units[index]]
            used += [amount * su.modes[way] for (number, way), amount in sus.items() for su in self.of(number)]
            self.model.add(sum(used) <= left)
        for (_, size), work in zip(problem.crews, self.work, strict=True):
            if work:
                self.model.add_cumulative([interval for interval, _ in work], [need for _, need in work], size)
        self._capacity()
        self._loops()
        self.model.minimize(sum(self.costs) - sum(problem.delay_base(su) for su in problem.classes))

    # ------------------------------------------------------------ calendar

    def passed(self, day: int) -> int:
        """Working days before a day."""
        return self.problem.workdays.between(0, day)

    def _day(self, passed: int) -> int:
        """First day on which so many working days have passed."""
        return self.open_days[passed - 1] + 1 if passed else 0

    def _last_day(self, su: SuClass) -> int:
        """Most working days that may have passed when an SU is energised."""
        latest = last_energisation(self.problem, su)
        return self.passed(latest) if latest >= 0 else -1

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
                self.derived.append((passed, lambda value, number=number: value(day) >= number))
                total += jump * passed
            return total
        cost = self.model.new_int_var(min(table), max(table), "")
        self.model.add_element(day - days[0], list(table), cost)
        self.derived.append((cost, lambda value: table[value(day) - days[0]]))
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
            self.derived.append((paid, lambda value: table[value(start) - days[0]] * value(done)))
            self.costs.append(paid)

    # ------------------------------------------------------------ units

    def _units(self, index: int) -> list[Unit]:
        plant = self.problem.plants[index]
        purchase = plant.purchase
        if purchase is None:
            return []
        first, last = self.passed(purchase.install.release), self.last - self.chain(index)
        if last < first or self.last < self._startup(index):
            return []
        units = [Unit(self.model, f"{plant.id} {k}", purchase, first, last) for k in range(purchase.at_most)]
        for unit in units:
            self.work[purchase.install.crew].append((unit.interval, purchase.install.need))
            self._price(purchase, unit.bought, unit.start, range(first, last + 1))
        for before, after in itertools.pairwise(units):
            self.model.add_implication(after.bought, before.bought)
            self.model.add(before.start <= after.start)
        return units

    def chain(self, index: int) -> int:
        """Working days from the start of an install until the unit counts."""
        plant = self.problem.plants[index]
        assert plant.purchase is not None
        return plant.purchase.install.days + plant.purchase.commission_days + self.problem.test_days(plant)

    def _startup(self, index: int) -> int:
        """Fewest working days that have passed when a unit counts, for the permit of its start-up."""
        plant = self.problem.plants[index]
        assert plant.purchase is not None
        release = self.passed(plant.purchase.startup_release)
        return release + plant.purchase.commission_days + self.problem.test_days(plant)

    # ------------------------------------------------------------ SUs

    def _su(self, number: int, arrival: int) -> Su:
        su = self.problem.classes[number]
        made, name = Su(number, arrival), f"{su.id} {arrival}"
        made.modes = [self.model.new_bool_var(f"{name} in {mode.hall}") for mode in su.modes]
        self.model.add_exactly_one(made.modes)
        most = self.last - su.fill_days - su.connect.days
        first = self.passed(arrival)
        made.set_start = self._task(su.connect, range(first, most + 1), 1, f"set {name}")
        for way in dict.fromkeys(mode.reinforcement for mode in su.modes):
            if way is None:
                continue
            chosen = [flag for flag, mode in zip(made.modes, su.modes, strict=True) if mode.reinforcement == way]
            done: Expr = 1 if len(chosen) == len(su.modes) else self.model.new_bool_var(f"reinforce {name}")
            if not isinstance(done, int):
                self.model.add(sum(chosen) == done)
            days = range(self.passed(way.task.release), most - way.task.days + 1)
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

    def of(self, number: int) -> list[Su]:
        """The SUs of a class."""
        return [su for su in self.sus if su.number == number]

    def alike(self, number: int) -> bool:
        """Whether all modes of a class ask for the same work, so that its SUs may change places in the queue."""
        return len({mode.reinforcement for mode in self.problem.classes[number].modes}) == 1

    def _order_sus(self) -> None:
        """The SUs of a class are set in order of arrival; where any may have any's work, energised in order too."""
        for before, after in itertools.pairwise(self.sus):
            if before.number == after.number:
                self.model.add(before.set_start <= after.set_start)
                if self.alike(before.number):
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

    def _in_hall(self, su: Su, hall: int) -> list[cp_model.IntVar]:
        modes = self.problem.classes[su.number].modes
        return [flag for flag, mode in zip(su.modes, modes, strict=True) if mode.hall == hall]

    # ------------------------------------------------------------ capacity

    @cached_property
    def _live(self) -> dict[tuple[int, int], Expr]:
        """(SU, other SU) -> the first is energised when the second is; of SUs energised together the last says so."""
        live: dict[tuple[int, int], Expr] = {}
        for (one, su), (two, other) in itertools.product(enumerate(self.sus), repeat=2):
            if su.number == other.number and self.alike(su.number):
                live[one, two] = int(one <= two)
            elif one == two:
                live[one, two] = 1
            else:
                flag = live[one, two] = self.model.new_bool_var(f"live {one} {two}")
                self.model.add(su.energised > other.energised).only_enforce_if(~flag)
                self.derived.append(
                    (flag, lambda value, su=su, other=other: value(su.energised) <= value(other.energised))
                )
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
            self.model.add(supply - self._lost(row, number) >= need)

    def _lost(self, row: Balance, number: int) -> Expr:
        """What the worst set of units that may fail at an SU's energisation loses."""
        (certain, _), *more = losses(self.problem, row)
        if not more:
            return certain
        worst = self.model.new_int_var(certain, row.failures * max(row.supply.values()), "")
        sets = [
            (fixed, [(amount, self._at_least(index, least, number)) for amount, index, least in failed])
            for fixed, failed in more
        ]
        for fixed, failed in sets:
            self.model.add(worst >= fixed + sum(amount * flag for amount, flag in failed))
        self.derived.append(
            (
                worst,
                lambda value: max(
                    certain, *(fixed + sum(amount * value(flag) for amount, flag in failed) for fixed, failed in sets)
                ),
            )
        )
        return worst

    def switched(self, index: int) -> int:
        """Units that stand and may be switched off: they come before those that are bought."""
        return self.problem.plants[index].existing if self.problem.plants[index].running else 0

    def _ready(self, index: int, number: int) -> None:
        """For each unit of a type: it runs when an SU is energised, which it can only when it counts by then."""
        su, plant = self.sus[number], self.problem.plants[index]
        if not (plant.supply or plant.running):
            return
        standing = self.switched(index)
        flags = [self.model.new_bool_var("") for _ in range(standing + len(self.units[index]))]
        for flag, unit in zip(flags[standing:], self.units[index], strict=True):
            chain, startup = self.chain(index), self._startup(index)
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
        return self.sus[number].number == self.sus[number - 1].number and self.alike(self.sus[number].number)

    def _running(self, index: int, number: int) -> Expr:
        """Units of a type that run when an SU is energised."""
        flags = self.switched(index) + len(self.units[index])
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
            self.derived.append((both, lambda value: value(one) * value(two)))
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

    def _filled(self, index: int, su: Su, fill_days: int) -> cp_model.IntVar:
        """Whether the first unit of a type is commissioned so early that an SU's leak test ends in time."""
        unit, purchase = self.units[index][0], self.problem.plants[index].purchase
        assert purchase is not None
        first = self.model.new_bool_var("")
        self.model.add_implication(first, unit.bought)
        after = purchase.commission_days + fill_days
        self.model.add(unit.start + purchase.install.days + after <= su.energised).only_enforce_if(first)
        ready = self.passed(purchase.startup_release) + after
        self.model.add(su.energised >= ready).only_enforce_if(first)
        self.derived.append(
            (
                first,
                lambda value: (
                    value(unit.bought)
                    * (max(value(unit.start) + purchase.install.days + after, ready) <= value(su.energised))
                ),
            )
        )
        return first

    # ------------------------------------------------------------ solutions

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
