"""A relaxation of the problem on a grid of days: its bound is valid on any grid, and exact on a daily one.

Time is cut into cells [b, b'). Identical units are cumulative counts, identical SUs are counts per mode; nothing has
a variable of its own. A cell is judged by its last day: what has been started in time for it, and what that carries;
delays are charged as of its first, so that every true schedule is a point of the grid model that costs no more. The
rows:

* starts never fall, and none before its release;
* what crews can do (:mod:`dcplan.solver.effort`);
* per service, per set of units that may fail at once: what still runs carries what is energised;
* an SU is set after delivery, reinforcement and plates on its route, filled after its loop has a first unit, energised
  after that.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from ortools.sat.python import cp_model

from dcplan.problem import FINE, Problem, Purchase, SuClass
from dcplan.solver.cap import latest_within
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Expr, Grid, GridResult, GridSolution, coarse_step, sure
from dcplan.solver.columns import Columns, install_columns, weighted
from dcplan.solver.effort import Work, add_effort
from dcplan.solver.highs import solve_highs
from dcplan.solver.hire import Hired, add_releases, begun_days
from dcplan.solver.kits import Kits, add_kits
from dcplan.solver.nested import nested
from dcplan.solver.run import Limits, solve
from dcplan.solver.sequence import add_sequence

MOST_KIT_COLUMNS = 1500


def latest_energise(problem: Problem, su: SuClass) -> int:
    """Last day on which an SU can be energised and still meet its deadline, and the problem's cap, if it has one."""
    latest = problem.workdays.latest_start(su.deadline, su.acceptance_days) - su.burn_in_days
    return latest if problem.cap is None else latest_within(problem.cap, su, latest)


class GridModel:
    """Builds and solves the relaxation on one grid.

    With `live`, just so many SUs are to be energised by the end, at the least price. `latest` is the last day of
    energisation per class, where more is known than the deadline. `kits` are those of equal halls taken together.
    `exact` names crews, and days on which the installs that they have begun are told apart; `nest` keeps what stands
    in a hall there from cell to cell, where halls and kits are few.
    """

    def __init__(
        self,
        problem: Problem,
        capacity: Capacity,
        grid: Grid,
        *,
        live: int | None = None,
        latest: Sequence[int] | None = None,
        kits: Sequence[Kits] = (),
        exact: Mapping[int, Sequence[int]] | None = None,
        nest: bool = False,
    ) -> None:
        self.problem, self.capacity, self.grid, self.kits = problem, capacity, grid, kits
        self.live, self.exact = live, exact or {}
        self.kits_until = self._kits_until()
        self.latest = latest or [latest_energise(problem, su) for su in problem.classes]
        self.model = cp_model.CpModel()
        self.starts: dict[int, Columns] = {}
        self.sets: dict[tuple[int, int], Columns] = {}
        self.reinforcements: dict[tuple[int, int], Columns] = {}
        self.energised: dict[tuple[int, int], Columns] = {}
        self.kit_halls: list[list[cp_model.IntVar]] = []
        """Halls that run each kit in the last cell."""
        self.nests = nested(self.model, problem, kits, sum(map(self._fitted, grid.cells))) if nest else []
        self._variables()
        # by the last day of the only cell, what was released before may as well never have come
        self.releases = add_releases(self.model, problem, grid, self.starts) if live is None else {}
        self._su_chains()
        self._fixed_rows()
        add_effort(self.model, problem, grid, self._works())
        add_sequence(self.model, problem, self.starts, self._commissioned)
        self._capacity()
        if problem.cap is not None:
            self.model.add(self._objective(problem.cap.prices) <= problem.cap.most)
        if live is None:
            self.model.minimize(self._objective(problem))
        else:
            self.model.add(self._live(grid.cells[-1]) == live)
            self.model.minimize(self._spend(grid.cells[-1]))

    def _kits_until(self) -> int:
        """Last day but the plan's on which kits are looked at: later, plant of halls seldom holds anything up."""
        columns = sum(len(kits.contents) for kits in self.kits)
        if columns * len(self.grid.cells) <= MOST_KIT_COLUMNS:
            return self.problem.days
        firsts = [0]
        for plant in (self.problem.plants[index] for kits in self.kits for index in kits.plants):
            if plant.purchase is not None:
                start = plant.purchase.install.next_start(self.problem.workdays, plant.purchase.install.release)
                firsts.append(self.problem.counted(plant, self.problem.commissioned(plant.purchase, start)))
        return max(firsts)

    def _fitted(self, cell: int) -> bool:
        """Whether halls have whole kits in a cell."""
        return cell == self.grid.cells[-1] or self.grid.last(cell) <= self.kits_until

    # ------------------------------------------------------------ variables

    def _variables(self) -> None:
        workdays, model = self.problem.workdays, self.model
        for index, plant in enumerate(self.problem.plants):
            if plant.purchase is not None:
                days = self.exact.get(plant.purchase.install.crew, ())
                if plant.purchase.hire is not None:
                    days = [*days, *begun_days(self.problem, self.grid, index)]
                self.starts[index] = install_columns(model, self.problem, self.grid, index, days)
        for number, su in enumerate(self.problem.classes):
            begun = [self._set_day(su, cell) for cell in self.grid.cells]
            for way, mode in enumerate(su.modes):
                key, count = (number, way), len(su.arrivals)
                self.sets[key] = Columns(model, f"set {key}", count, workdays.next_open(su.arrivals[0]), begun)
                ends = [self.grid.last(cell) if begun[cell] >= 0 else -1 for cell in self.grid.cells]
                self.energised[key] = Columns(model, f"energise {key}", count, su.arrivals[0], ends)
                if mode.reinforcement is not None:
                    task = mode.reinforcement.task
                    first = workdays.next_open(task.release)
                    days = [-1 if day < 0 else workdays.latest_start(day, task.days) for day in begun]
                    days = [day if day >= first else -1 for day in days]
                    self.reinforcements[key] = Columns(model, f"reinforce {key}", count, first, days)

    def _set_day(self, su: SuClass, cell: int) -> int:
        """Latest start of setting an SU that can be energised on a cell's last day; -1 when none has arrived."""
        filled = self.problem.workdays.latest_start(self.grid.last(cell), su.fill_days)
        day = self.problem.workdays.latest_start(filled, su.connect.days)
        return day if day >= su.arrivals[0] else -1

    def _counted(self, plant_index: int, cell: int) -> Expr:
        """Units of a plant type that count on a cell's last day: those that are released by then do not."""
        bought = self.starts[plant_index].cell(cell) if plant_index in self.starts else 0
        gone = self.releases[plant_index].cell(cell) if plant_index in self.releases else 0
        return self._there(plant_index, cell) + bought - gone

    # ------------------------------------------------------------ SUs

    def _su_chains(self) -> None:
        """Delivery, reinforcement, set, fill, energise follow each other; all are energised by the deadline."""
        for number, su in enumerate(self.problem.classes):
            keys = [(number, way) for way in range(len(su.modes))]
            deadline = self.grid.covering(self.latest[number])
            for cell in self.grid.cells:
                arrived = bisect_right(su.arrivals, self._set_day(su, cell))
                self.model.add(sum(self.sets[key].cell(cell) for key in keys) <= arrived)
            if self.live is None:
                self.model.add(sum(self.energised[key].cell(deadline) for key in keys) == len(su.arrivals))
            self.model.add(sum(self.energised[key].last for key in keys) <= len(su.arrivals))
            for key in keys:
                self._su_chain(su, key)

    def _su_chain(self, su: SuClass, key: tuple[int, int]) -> None:
        mode, sets = su.modes[key[1]], self.sets[key]
        for cell in self.grid.cells:
            if sets.day(cell) < 0:
                continue
            if mode.reinforcement is not None:
                self.model.add(sets.cell(cell) <= self.reinforcements[key].cell(cell))
            if mode.route:
                plates = [self._commissioned(index, sets.day(cell)) for index in mode.route]
                self.model.add(sets.cell(cell) <= len(su.arrivals) * sum(plates))
            self.model.add(self.energised[key].cell(cell) <= sets.cell(cell))
            if su.liquid:
                self._loop(su, key, mode.hall, cell)

    def _commissioned(self, index: int, day: int) -> Expr:
        """Bought units of a plant type that may be commissioned by a day."""
        purchase = self.problem.plants[index].purchase
        if purchase is None or (start := self.problem.latest_install(purchase, day)) < purchase.install.release:
            return 0
        return self.starts[index].at_most(start)

    def _loop(self, su: SuClass, key: tuple[int, int], hall: int, cell: int) -> None:
        """A leak test needs a first commissioned unit of each group of its hall's loop."""
        filled = self.problem.workdays.latest_start(self.grid.last(cell), su.fill_days)
        for group in self.problem.halls[hall].loop_groups:
            if any(self.problem.plants[index].existing for index in group):
                continue
            units: list[Expr] = []
            for index in group:
                units.append(sum(1 for arrival in self.problem.plants[index].arrivals if arrival <= filled))
                units.append(self._commissioned(index, filled))
            self.model.add(self.energised[key].cell(cell) <= len(su.arrivals) * sum(units))

    def _live(self, cell: int) -> Expr:
        """SUs of all classes energised by the end of a cell."""
        return sum(counts.cell(cell) for counts in self.energised.values())

    # ------------------------------------------------------------ rows of fixed supply

    def _fixed_rows(self) -> None:
        """Positions, slots, yard, permits, budget: what all purchases and SUs use up together."""
        used: dict[int, list[Expr]] = {}
        for index, counts in self.starts.items():
            for row, amount in self.problem.plants[index].takes:
                used.setdefault(row, []).append(amount * counts.last)
        for (number, way), counts in self.energised.items():
            for row, amount in self.problem.classes[number].modes[way].takes:
                used.setdefault(row, []).append(amount * counts.last)
        for row, terms in used.items():
            limit = self.problem.rows[row].capacity
            if limit is not None:
                self.model.add(sum(terms) + self.problem.rows[row].demand <= limit)

    # ------------------------------------------------------------ crews

    def _works(self) -> Iterator[Work]:
        """Every task with its earliest start and its cumulative starts."""
        for index, counts in self.starts.items():
            purchase = self.problem.plants[index].purchase
            if purchase is not None:
                yield Work(purchase.install, purchase.install.release, counts)
        for (number, way), reinforced in self.reinforcements.items():
            reinforcement = self.problem.classes[number].modes[way].reinforcement
            if reinforcement is not None:
                yield Work(reinforcement.task, reinforcement.task.release, reinforced)
        for (number, _), sets in self.sets.items():
            su = self.problem.classes[number]
            yield Work(su.connect, su.arrivals[0], sets)

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
        counted = [self._counted(index, cell) for index in range(len(self.problem.plants))]
        running = [self._running(index, counted[index], cell) for index in range(len(self.problem.plants))]
        live = None
        if not always:
            live = self.model.new_bool_var(f"live[{cell}]")
            for (number, _), counts in self.energised.items():
                self.model.add(counts.cell(cell) <= len(self.problem.classes[number].arrivals) * live)
        demand = self._demand(running, counted, live, cell)
        supply: dict[int, list[int]] = {}
        for index, plant in enumerate(self.problem.plants):
            for row, amount in plant.supply:
                if amount:
                    supply.setdefault(row, []).append(index)
        for row, record in enumerate(self.problem.rows):
            if record.capacity is None and record.in_force(self.grid.last(cell)) and (row in demand or record.demand):
                terms = [*demand.get(row, []), (record.demand, 1 if live is None else live)]
                self._survive(row, supply.get(row, []), running, terms, cell)
        if self._fitted(cell):
            energised = {key: counts.cell(cell) for key, counts in self.energised.items()}
            self.kit_halls = [add_kits(self.model, kits, energised, running, cell) for kits in self.kits]
            for nest, halls in zip(self.nests, self.kit_halls, strict=False):
                nest.add(cell, halls, counted)

    def _demand(
        self, running: Sequence[Expr], counted: Sequence[Expr], live: cp_model.IntVar | None, cell: int
    ) -> dict[int, list[tuple[int, Expr]]]:
        """What loads each row on a cell's last day: energised SUs, running units, and units that stand there."""
        demand: dict[int, list[tuple[int, Expr]]] = {}
        for (number, way), counts in self.energised.items():
            for row, amount in self.problem.classes[number].modes[way].demand:
                demand.setdefault(row, []).append((amount, counts.cell(cell)))
        for index, plant in enumerate(self.problem.plants):
            for row, amount in plant.running:
                demand.setdefault(row, []).append((amount, running[index]))
            for row, amount in plant.standing:
                demand.setdefault(row, []).append((amount, counted[index]))
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

    def _objective(self, priced: Problem) -> cp_model.LinearExpr | int:
        """Spend at its lowest and delay at its shortest in each cell, in money steps of a problem with these prices."""
        terms: list[Expr] = []
        if priced.hired:
            parts = (self.starts, self.releases, self.energised)
            terms.extend(Hired(self.model, priced, self.grid, *parts, self._counted).costs())
        for index, counts in self.starts.items():
            purchase = priced.plants[index].purchase
            if purchase is not None and purchase.hire is None:
                terms.extend(counts.prices(partial(priced.unit_price, purchase)))
        for key, counts in self.reinforcements.items():
            reinforcement = priced.classes[key[0]].modes[key[1]].reinforcement
            if reinforcement is not None:
                terms.extend(counts.prices(partial(priced.unit_price, reinforcement)))
        for (number, _), counts in self.energised.items():
            su = priced.classes[number]
            firsts = {self.grid.last(cell): self.grid.first(cell) for cell in self.grid.cells}
            costs = [priced.delay_cost(su, firsts[day]) for day in counts.days]
            terms.extend(weighted(counts.counts, costs))
        return sum(terms) - sum(priced.delay_base(su) for su in priced.classes)

    def _spend(self, cell: int, coarse: int = 1) -> Expr:
        """Price, before interest, of what must be bought for what is energised by the end of a cell.

        In `coarse` money steps, each price rounded up.
        """
        terms: list[Expr] = []
        for index in self.starts:
            purchase = self.problem.plants[index].purchase
            if purchase is not None:
                terms.append(-(-purchase.cost // (FINE * coarse)) * self.starts[index].cell(cell))
        for key in self.reinforcements:
            reinforcement = self.problem.classes[key[0]].modes[key[1]].reinforcement
            if reinforcement is not None:
                terms.append(-(-reinforcement.cost // (FINE * coarse)) * self.energised[key].cell(cell))
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

    def solve(self, limits: Limits, *, floats: bool = False, meanwhile: Callable[[], None] | None = None) -> GridResult:
        """Solve the model within limits: exactly by CP-SAT, or in floats by HiGHS with something done `meanwhile`."""
        run = solve_highs(self.model, limits, meanwhile) if floats else solve(self.model, limits)
        solution = None
        if run.values is not None:
            value = run.values
            solution = GridSolution(
                starts={key: counts.read(value) for key, counts in self.starts.items()},
                energised={key: counts.read(value) for key, counts in self.energised.items()},
                sets={key: counts.read(value) for key, counts in self.sets.items()},
                reinforcements={key: counts.read(value) for key, counts in self.reinforcements.items()},
                kits=tuple(tuple(value(v) for v in halls) for halls in self.kit_halls),
                releases={key: counts.read(value) for key, counts in self.releases.items()},
            )
        return GridResult(run.outcome, run.bound, solution, run.work)
