"""A relaxation of the problem on a grid of days: its bound is valid on any grid, and exact on a daily one.

Time is cut into cells [b, b'). Identical units are cumulative counts, identical SUs are counts per mode; nothing has
a variable of its own. In each cell resources are granted as of its last day and delays are charged as of its first,
so that every true schedule maps to a point of the grid model that costs no more. The rows:

* starts never fall, and none before its release; a unit counts once its chain fits before the cell's last day;
* crew members busy on the last day of a cell, and work content between a release and a cell's end;
* per service, per set of units that may fail at once: what still runs carries what is energised;
* an SU is set after delivery, reinforcement and plates on its route, filled after its loop has a first unit, energised
  after that.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from ortools.sat.python import cp_model

from dcplan.problem import FINE, Problem, Purchase, SuClass, Task
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Expr, Grid, GridResult, GridSolution, coarse_step, sure, weighted
from dcplan.solver.highs import solve_highs
from dcplan.solver.hire import add_releases, hire_costs, serving_costs
from dcplan.solver.run import Limits, solve
from dcplan.solver.sequence import add_sequence


def latest_energise(problem: Problem, su: SuClass) -> int:
    """Last day on which an SU can be energised and still meet its deadline."""
    return problem.workdays.latest_start(su.deadline, su.acceptance_days) - su.burn_in_days


class GridModel:
    """Builds and solves the relaxation on one grid.

    With `live`, just so many SUs are to be energised by the end, at the least price. `latest` is the last day of
    energisation per class, where more is known than the deadline; with `below`, only a better objective is looked for.
    """

    def __init__(
        self,
        problem: Problem,
        capacity: Capacity,
        grid: Grid,
        *,
        live: int | None = None,
        latest: Sequence[int] | None = None,
        below: int | None = None,
    ) -> None:
        self.problem, self.capacity, self.grid = problem, capacity, grid
        self.live = live
        self.latest = latest or [latest_energise(problem, su) for su in problem.classes]
        self.model = cp_model.CpModel()
        self.starts: dict[int, list[cp_model.IntVar]] = {}
        self.sets: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        self.reinforcements: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        self.energised: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        self._variables()
        # by the last day of the only cell, what was released before may as well never have come
        self.releases: dict[int, list[cp_model.IntVar]] = {}
        if live is None:
            count = (self._counted, self._surely_counted)
            self.releases = add_releases(self.model, problem, grid, self.starts, *count)
        self._su_chains()
        self._fixed_rows()
        self._crews()
        add_sequence(self.model, problem, grid, self.starts, self._commissioned)
        self._capacity()
        if live is None:
            objective = self._objective()
            if below is not None:
                self.model.add(objective < below)
            self.model.minimize(objective)
        else:
            self.model.add(self._live(grid.cells[-1]) == live)
            self.model.minimize(self._spend(grid.cells[-1]))

    # ------------------------------------------------------------ variables

    def _cumulative(self, name: str, most: int, earliest: int) -> list[cp_model.IntVar]:
        """A count per cell that never falls and is zero before a day."""
        cells = []
        for cell in self.grid.cells:
            high = most if self.grid.last(cell) >= earliest else 0
            cells.append(self.model.new_int_var(0, high, f"{name}[{cell}]"))
        for before, after in itertools.pairwise(cells):
            self.model.add(after >= before)
        return cells

    def _variables(self) -> None:
        for index, plant in enumerate(self.problem.plants):
            if plant.purchase is not None:
                release = self.problem.workdays.next_open(plant.purchase.install.release)
                self.starts[index] = self._cumulative(f"start {plant.id}", plant.purchase.at_most, release)
        for number, su in enumerate(self.problem.classes):
            for way, mode in enumerate(su.modes):
                key, count = (number, way), len(su.arrivals)
                if mode.reinforcement is not None:
                    release = self.problem.workdays.next_open(mode.reinforcement.task.release)
                    self.reinforcements[key] = self._cumulative(f"reinforce {key}", count, release)
                self.sets[key] = self._cumulative(f"set {key}", count, su.arrivals[0])
                self.energised[key] = self._cumulative(f"energise {key}", count, su.arrivals[0])

    @staticmethod
    def _at(counts: Sequence[cp_model.IntVar], cell: int) -> Expr:
        return counts[cell] if cell >= 0 else 0

    def _counted(self, plant_index: int, day: int) -> Expr:
        """Units of a plant type that may count on a day."""
        plant = self.problem.plants[plant_index]
        there = plant.existing + sum(1 for arrival in plant.arrivals if arrival <= day)
        if plant.purchase is None:
            return there
        commissioned = self.problem.workdays.latest_start(day, self.problem.test_days(plant))
        return there + self._started(plant_index, self.problem.latest_install(plant.purchase, commissioned))

    def _surely_counted(self, plant_index: int, day: int) -> Expr:
        """Units of a plant type that count on a day for certain."""
        plant = self.problem.plants[plant_index]
        there = plant.existing + sum(1 for arrival in plant.arrivals if arrival <= day)
        if plant.purchase is None:
            return there
        commissioned = self.problem.workdays.latest_start(day, self.problem.test_days(plant))
        begun = self.problem.latest_install(plant.purchase, commissioned)
        return there + self._at(self.starts[plant_index], self.grid.ended(begun))

    def _started(self, plant_index: int, day: int) -> Expr:
        """Installs of a plant type that may have started by a day: none before its release."""
        purchase = self.problem.plants[plant_index].purchase
        if purchase is None or day < self.problem.workdays.next_open(purchase.install.release):
            return 0
        return self._at(self.starts[plant_index], self.grid.covering(day))

    def _staying(self, index: int, counted: Expr, cell: int) -> Expr:
        """Of the units that count on the last day of a cell, those that are not released by then."""
        return counted - self.releases[index][cell] if index in self.releases else counted

    # ------------------------------------------------------------ SUs

    def _su_chains(self) -> None:
        """Delivery, reinforcement, set, fill, energise follow each other; all are energised by the deadline."""
        for number, su in enumerate(self.problem.classes):
            keys = [(number, way) for way in range(len(su.modes))]
            deadline = self.grid.covering(self.latest[number])
            for cell in self.grid.cells:
                arrived = bisect_right(su.arrivals, self.grid.last(cell))
                self.model.add(sum(self.sets[key][cell] for key in keys) <= arrived)
            if self.live is None:
                self.model.add(sum(self._at(self.energised[key], deadline) for key in keys) == len(su.arrivals))
            self.model.add(sum(self.energised[key][-1] for key in keys) <= len(su.arrivals))
            for key in keys:
                self._su_chain(su, key)

    def _su_chain(self, su: SuClass, key: tuple[int, int]) -> None:
        workdays, mode = self.problem.workdays, su.modes[key[1]]
        for cell in self.grid.cells:
            day = self.grid.last(cell)
            if mode.reinforcement is not None:
                begun = workdays.latest_start(day, mode.reinforcement.task.days)
                released = begun >= workdays.next_open(mode.reinforcement.task.release)
                done = self._at(self.reinforcements[key], self.grid.covering(begun)) if released else 0
                self.model.add(self.sets[key][cell] <= done)
            if mode.route:
                plates = [self._commissioned(index, day) for index in mode.route]
                self.model.add(self.sets[key][cell] <= len(su.arrivals) * sum(plates))
            filled = workdays.latest_start(day, su.fill_days)
            begun = workdays.latest_start(filled, su.connect.days)
            self.model.add(self.energised[key][cell] <= self._at(self.sets[key], self.grid.covering(begun)))
            self.model.add(self.energised[key][cell] <= bisect_right(su.arrivals, begun))
            if su.liquid:
                self._loop(su, key, mode.hall, cell, filled)

    def _commissioned(self, index: int, day: int) -> Expr:
        """Bought units of a plant type that may be commissioned by a day."""
        purchase = self.problem.plants[index].purchase
        return 0 if purchase is None else self._started(index, self.problem.latest_install(purchase, day))

    def _loop(self, su: SuClass, key: tuple[int, int], hall: int, cell: int, filled: int) -> None:
        """A leak test needs a first commissioned unit of each group of its hall's loop."""
        for group in self.problem.halls[hall].loop_groups:
            if any(self.problem.plants[index].existing for index in group):
                continue
            units: list[Expr] = []
            for index in group:
                units.append(sum(1 for arrival in self.problem.plants[index].arrivals if arrival <= filled))
                units.append(self._commissioned(index, filled))
            self.model.add(self.energised[key][cell] <= len(su.arrivals) * sum(units))

    def _live(self, cell: int) -> Expr:
        """SUs of all classes energised by the end of a cell."""
        return sum(counts[cell] for counts in self.energised.values())

    # ------------------------------------------------------------ rows of fixed supply

    def _fixed_rows(self) -> None:
        """Positions, slots, yard, permits, budget: what all purchases and SUs use up together."""
        used: dict[int, list[Expr]] = {}
        for index, counts in self.starts.items():
            for row, amount in self.problem.plants[index].takes:
                used.setdefault(row, []).append(amount * counts[-1])
        for (number, way), counts in self.energised.items():
            for row, amount in self.problem.classes[number].modes[way].takes:
                used.setdefault(row, []).append(amount * counts[-1])
        for row, terms in used.items():
            limit = self.problem.rows[row].capacity
            if limit is not None:
                self.model.add(sum(terms) + self.problem.rows[row].demand <= limit)

    # ------------------------------------------------------------ crews

    def _tasks(self, crew: int) -> list[tuple[Task, int, Sequence[cp_model.IntVar]]]:
        """Tasks of a crew with their earliest start and their cumulative starts."""
        found: list[tuple[Task, int, Sequence[cp_model.IntVar]]] = []
        for index, counts in self.starts.items():
            purchase = self.problem.plants[index].purchase
            if purchase is not None:
                found.append((purchase.install, purchase.install.release, counts))
        for (number, way), reinforced in self.reinforcements.items():
            reinforcement = self.problem.classes[number].modes[way].reinforcement
            if reinforcement is not None:
                found.append((reinforcement.task, reinforcement.task.release, reinforced))
        for (number, _), sets in self.sets.items():
            su = self.problem.classes[number]
            found.append((su.connect, su.arrivals[0], sets))
        return [item for item in found if item[0].crew == crew]

    def _crews(self) -> None:
        for crew, (_, size) in enumerate(self.problem.crews):
            tasks = self._tasks(crew)
            if sum(task.need * len(counts) for task, _, counts in tasks):
                for cell in self.grid.cells:
                    self._busy(tasks, size, cell)
                for release in sorted({release for _, release, _ in tasks}):
                    self._work_content([task for task in tasks if task[1] >= release], size, release)

    def _busy(self, tasks: Iterable[tuple[Task, int, Sequence[cp_model.IntVar]]], size: int, cell: int) -> None:
        """Members busy on the last working day of a cell are no more than the crew has."""
        workdays = self.problem.workdays
        day = workdays.latest_start(self.grid.last(cell) + 1, 1)
        if day < self.grid.first(cell):
            return
        busy: list[Expr] = []
        for task, _, counts in tasks:
            finished = workdays.latest_start(day, task.days)
            begun = self._at(counts, self.grid.ended(day))
            busy.append(task.need * (begun - self._at(counts, self.grid.covering(finished))))
        self.model.add(sum(busy) <= size)

    def _work_content(
        self, tasks: Sequence[tuple[Task, int, Sequence[cp_model.IntVar]]], size: int, release: int
    ) -> None:
        """Work released after a day and finished by a cell's end fits between the two."""
        workdays = self.problem.workdays
        for cell in self.grid.cells:
            end = self.grid.last(cell) + 1
            work: list[Expr] = []
            for task, _, counts in tasks:
                begun = self.grid.ended(workdays.latest_start(end, task.days))
                if begun >= 0:
                    work.append(task.need * task.days * counts[begun])
            if work:
                self.model.add(sum(work) <= size * workdays.between(release, end))

    # ------------------------------------------------------------ capacity

    def _capacity(self) -> None:
        """In every cell in which something can be energised, what runs carries it, whatever may fail."""
        first = min((su.arrivals[0] for su in self.problem.classes), default=0)
        empty = self.capacity.demand([])
        there = tuple(plant.existing for plant in self.problem.plants)
        standing = any(plant.standing for plant in self.problem.plants)
        always = self.capacity.running(there, empty) is not None and not standing
        for cell in self.grid.cells:
            if self.grid.last(cell) >= first:
                self._balance(cell, always)

    def _balance(self, cell: int, always: bool) -> None:
        day = self.grid.last(cell)
        plants = range(len(self.problem.plants))
        counted = [self._staying(index, self._counted(index, day), cell) for index in plants]
        running = [self._running(index, counted[index], cell) for index in range(len(self.problem.plants))]
        live = None
        if not always:
            live = self.model.new_bool_var(f"live[{cell}]")
            for (number, _), counts in self.energised.items():
                self.model.add(counts[cell] <= len(self.problem.classes[number].arrivals) * live)
        demand = self._demand(running, live, cell)
        supply: dict[int, list[int]] = {}
        for index, plant in enumerate(self.problem.plants):
            for row, amount in plant.supply:
                if amount:
                    supply.setdefault(row, []).append(index)
        for row, record in enumerate(self.problem.rows):
            if record.capacity is None and (row in demand or record.demand):
                terms = [*demand.get(row, []), (record.demand, 1 if live is None else live)]
                self._survive(row, supply.get(row, []), running, terms, cell)

    def _demand(
        self, running: Sequence[Expr], live: cp_model.IntVar | None, cell: int
    ) -> dict[int, list[tuple[int, Expr]]]:
        """What loads each row in a cell: energised SUs, running units, and units that stand there for certain."""
        demand: dict[int, list[tuple[int, Expr]]] = {}
        for (number, way), counts in self.energised.items():
            for row, amount in self.problem.classes[number].modes[way].demand:
                demand.setdefault(row, []).append((amount, counts[cell]))
        for index, plant in enumerate(self.problem.plants):
            for row, amount in plant.running:
                demand.setdefault(row, []).append((amount, running[index]))
            for row, amount in plant.standing:
                stands = self._staying(index, self._surely_counted(index, self.grid.last(cell)), cell)
                demand.setdefault(row, []).append((amount, stands))
                if live is not None:
                    # nothing needs to be carried before the first SU is live
                    demand[row].append((-amount * plant.most, 1 - live))
        return demand

    def _running(self, index: int, counted: Expr, cell: int) -> Expr:
        """Units that run: all that count, unless running draws something."""
        plant = self.problem.plants[index]
        if not plant.running:
            return counted
        running = self.model.new_int_var(0, plant.most, f"run {plant.id}[{cell}]")
        self.model.add(running <= counted)
        return running

    def _survive(
        self,
        row: int,
        plants: Sequence[int],
        running: Sequence[Expr],
        demand: Sequence[tuple[int, Expr]],
        cell: int,
    ) -> None:
        """Supply less each set of `failures` running units covers the demand.

        Amounts are counted in a coarser step here, rounded in our favour: large coefficients cost CP-SAT its cuts.
        """
        failures = self.problem.rows[row].failures
        exact = {index: dict(self.problem.plants[index].supply)[row] for index in plants}
        coarse = coarse_step([*exact.values(), *(amount for amount, _ in demand)])
        amounts = {index: -(-amount // coarse) for index, amount in exact.items()}
        need: Expr = sum((amount // coarse) * count for amount, count in demand)
        total: Expr = sum(amounts[index] * running[index] for index in plants)
        if failures == 0 or not plants:
            self.model.add(total >= need)
            return
        lesser = {index: amount // coarse for index, amount in exact.items()}
        certain = self._sure_loss(plants, running, lesser, failures)
        at_least = {index: self._at_least(index, running[index], failures, cell, row) for index in plants}
        if certain is not None:
            self.model.add(total - certain >= need)
        for failed in itertools.combinations_with_replacement(plants, failures):
            if certain is not None and sum(lesser[index] for index in failed) <= certain:
                continue
            lost: list[Expr] = []
            for index in sorted(set(failed)):
                lost.extend(lesser[index] * flag for flag in at_least[index][: failed.count(index)])
            self.model.add(total - sum(lost) >= need)

    @staticmethod
    def _sure_loss(
        plants: Sequence[int], running: Sequence[Expr], amounts: dict[int, int], failures: int
    ) -> int | None:
        """What is lost when the largest units that certainly run fail; None when fewer than that run for certain."""
        units = sorted(
            (amounts[index] for index in plants for _ in range(sure(running[index]))),
            reverse=True,
        )
        return sum(units[:failures]) if len(units) >= failures else None

    def _at_least(self, index: int, running: Expr, failures: int, cell: int, row: int) -> list[Expr]:
        """For j = 1..failures: 1 when at least j units of a type run."""
        if isinstance(running, int):
            return [1 if running >= number else 0 for number in range(1, failures + 1)]
        flags: list[Expr] = []
        most = self.problem.plants[index].most
        for number in range(1, failures + 1):
            flag = self.model.new_bool_var(f"at least {number} {self.problem.plants[index].id} {row}[{cell}]")
            self.model.add(running <= number - 1 + (most - number + 1) * flag)
            flags.append(flag)
        return flags

    # ------------------------------------------------------------ objective

    def _objective(self) -> cp_model.LinearExpr | int:
        """Spend at its lowest and delay at its shortest in each cell, in money steps."""
        terms: list[Expr] = [] if not self.releases else [self._hire()]
        for index, counts in self.starts.items():
            purchase = self.problem.plants[index].purchase
            if purchase is not None and purchase.hire is None:
                prices = [self.problem.unit_price(purchase, self._last_open(cell)) for cell in self.grid.cells]
                terms.extend(weighted(counts, prices))
        for key, counts in self.reinforcements.items():
            reinforcement = self.problem.classes[key[0]].modes[key[1]].reinforcement
            if reinforcement is not None:
                prices = [self.problem.unit_price(reinforcement, self._last_open(cell)) for cell in self.grid.cells]
                terms.extend(weighted(counts, prices))
        for (number, _), counts in self.energised.items():
            su = self.problem.classes[number]
            costs = [self.problem.delay_cost(su, self.grid.first(cell)) for cell in self.grid.cells]
            terms.extend(weighted(counts, costs))
        return sum(terms) - sum(self.problem.delay_base(su) for su in self.problem.classes)

    def _hire(self) -> cp_model.IntVar:
        """What hired units cost at the least, by their own starts and releases, and by what they carry."""
        own: list[Expr] = []
        for index, releases in self.releases.items():
            own += hire_costs(self.problem, self.grid, index, self.starts[index], releases, self._last_open)
        least = -2 * sum(self.problem.plants[index].most for index in self.releases)  # rounded twice for each unit
        cost = self.model.new_int_var(least, 2**31, "hire")
        self.model.add(cost >= sum(own))
        serving = serving_costs(
            self.model, self.problem, self.grid, self.starts, self.energised, self._counted, self._last_open
        )
        if serving is not None:
            self.model.add(cost >= sum(serving))
        return cost

    def _last_open(self, cell: int) -> int:
        """Last working day up to a cell's end."""
        return max(0, self.problem.workdays.latest_start(self.grid.last(cell) + 1, 1))

    def _spend(self, cell: int, coarse: int = 1) -> Expr:
        """Price, before interest, of what must be bought for what is energised by the end of a cell.

        In `coarse` money steps, each price rounded up.
        """
        terms: list[Expr] = []
        for index in self.starts:
            purchase = self.problem.plants[index].purchase
            if purchase is not None:
                bought = self._counted(index, self.grid.last(cell)) - self._there(index, cell)
                terms.append(-(-purchase.cost // (FINE * coarse)) * bought)
        for key in self.reinforcements:
            reinforcement = self.problem.classes[key[0]].modes[key[1]].reinforcement
            if reinforcement is not None:
                terms.append(-(-reinforcement.cost // (FINE * coarse)) * self.energised[key][cell])
        return sum(terms)

    def _there(self, index: int, cell: int) -> int:
        """Units of a plant type that count by a cell's end without being bought."""
        plant = self.problem.plants[index]
        return plant.existing + sum(1 for arrival in plant.arrivals if arrival <= self.grid.last(cell))

    def _flags(self, count: Expr, most: int, cell: int) -> list[cp_model.IntVar]:
        """Booleans in falling order that add up to a count."""
        flags = [self.model.new_bool_var(f"live {number}[{cell}]") for number in range(1, most + 1)]
        for before, after in itertools.pairwise(flags):
            self.model.add(after <= before)
        self.model.add(sum(flags) == count)
        return flags

    def add_cover(self, least_by: Callable[[int], Sequence[int]]) -> None:
        """In every cell, k live SUs have cost at least `least_by(day)[k]`, and no more are live than it lists."""
        total = sum(len(su.arrivals) for su in self.problem.classes)
        for cell in self.grid.cells:
            least = least_by(self.grid.last(cell))
            flags = self._flags(self._live(cell), total, cell)
            rises = [after - before for before, after in itertools.pairwise(least)]
            for flag in flags[len(rises) :]:
                self.model.add(flag == 0)
            coarse = coarse_step([*least, *(purchase.cost // FINE for purchase in self._purchases())])
            spend = self._spend(cell, coarse)
            self.model.add(spend >= sum((rise // coarse) * flag for rise, flag in zip(rises, flags, strict=False)))

    def _purchases(self) -> list[Purchase]:
        bought = [self.problem.plants[index].purchase for index in self.starts]
        return [purchase for purchase in bought if purchase is not None]

    # ------------------------------------------------------------ solving

    def solve(self, limits: Limits, *, floats: bool = False) -> GridResult:
        """Solve the model within limits: exactly by CP-SAT, or in floats by HiGHS."""
        run = solve_highs(self.model, limits) if floats else solve(self.model, limits)
        solution = None
        if run.values is not None:
            value = run.values
            solution = GridSolution(
                starts={key: tuple(value(v) for v in counts) for key, counts in self.starts.items()},
                energised={key: tuple(value(v) for v in counts) for key, counts in self.energised.items()},
                sets={key: tuple(value(v) for v in counts) for key, counts in self.sets.items()},
                reinforcements={key: tuple(value(v) for v in counts) for key, counts in self.reinforcements.items()},
                releases={key: tuple(value(v) for v in counts) for key, counts in self.releases.items()},
            )
        return GridResult(run.outcome, run.bound, solution, run.work)
