"""Hired units in a relaxation: on hire from the start of their install, released once all is carried without them.

Of one type, the unit that came first goes first. A type has a second cumulative count, of the units released by the
last day of each cell, on which its balances are looked at. What is paid by the day is charged from the last start that
a column of the grid allows to the first release that one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from dcplan.errors import InternalError
from dcplan.hire import SCALE, Hire
from dcplan.problem import FINE, Problem, Purchase
from dcplan.solver.cells import Expr, Grid, GridSolution, coarse_step
from dcplan.solver.columns import Columns, weighted

if TYPE_CHECKING:
    from dcplan.solver.schedule import Schedule

MOST_COST = 2**31


def terms(problem: Problem, plant: int) -> tuple[Purchase, Hire]:
    """How units of a hired plant type are ordered, and the terms of their hire."""
    purchase = problem.plants[plant].purchase
    if purchase is None or purchase.hire is None:
        raise InternalError(f"{problem.plants[plant].id} is not hired")
    return purchase, purchase.hire


def add_releases(
    model: cp_model.CpModel, problem: Problem, grid: Grid, starts: Mapping[int, Columns]
) -> dict[int, Columns]:
    """Cumulative releases of each hired type: after its minimum hire, and within the days it may serve.

    Parameters
    ----------
    model : CpModel
    problem : Problem
    grid : Grid
    starts : mapping
        Cumulative install starts, by plant type.
    """
    found = {}
    for index in problem.hired:
        plant, (purchase, hire) = problem.plants[index], terms(problem, index)
        last, first = problem.days - hire.removal, _earliest(problem, index)
        days = [min(grid.last(cell), last) for cell in grid.cells]
        releases = Columns(
            model, f"release {plant.id}", purchase.at_most, first, [day if day >= first else -1 for day in days]
        )
        model.add(releases.last <= starts[index].last)
        for day, count in zip(releases.days, releases.counts, strict=True):
            model.add(count <= starts[index].at_most(_begun(problem, index, day)))
            model.add(count <= starts[index].at_most(_start(problem, index, day)))
        for cell in grid.cells if hire.longest is not None else ():
            over = min(grid.last(cell), problem.days - 1) - (hire.longest or 0)
            if over >= 0:
                model.add(releases.cell(cell) >= starts[index].at_least(_start(problem, index, over)))
        if hire.bridge:
            model.add(releases.last == starts[index].last)
        found[index] = releases
    return found


def begun_days(problem: Problem, grid: Grid, index: int) -> list[int]:
    """For each cell the last start of a hired unit whose minimum hire lets it go by then: to be told apart."""
    _, hire = terms(problem, index)
    last = problem.days - hire.removal
    return [min(grid.last(cell), last) + hire.removal - hire.minimum for cell in grid.cells]


def _begun(problem: Problem, index: int, released: int) -> int:
    """Latest start of an install whose minimum hire is over when it is released on a day; -1 when there is none."""
    purchase, hire = terms(problem, index)
    return purchase.install.last_start(problem.workdays, released + hire.removal - hire.minimum)


def _start(problem: Problem, index: int, day: int) -> int:
    """Latest start of an install that counts on a day; -1 when there is none."""
    plant, (purchase, _) = problem.plants[index], terms(problem, index)
    return problem.latest_install(purchase, problem.workdays.latest_start(day, problem.test_days(plant)))


def _earliest(problem: Problem, index: int) -> int:
    """First day on which a unit of a hired type can be released."""
    plant, (purchase, hire) = problem.plants[index], terms(problem, index)
    start = purchase.install.next_start(problem.workdays, purchase.install.release)
    counted = problem.counted(plant, problem.commissioned(purchase, start))
    return max(counted, start + hire.minimum - hire.removal)


# ---------------------------------------------------------------- what it costs


@dataclass(frozen=True)
class Hired:
    """What all hired units cost at the least in a grid model, at the prices of a problem."""

    model: cp_model.CpModel
    problem: Problem
    grid: Grid
    starts: Mapping[int, Columns]
    releases: Mapping[int, Columns]
    """Empty where plant is only looked at on one day."""
    energised: Mapping[tuple[int, int], Columns]
    counted: Callable[[int, int], Expr]
    """Units of a plant type that count on a cell's last day."""

    @cached_property
    def hires(self) -> dict[int, tuple[Purchase, Hire]]:
        """Terms of each hired type."""
        return {index: terms(self.problem, index) for index in self.problem.hired}

    def costs(self) -> list[Expr]:
        """By their own starts and releases, and by what they carry, whichever is more."""
        if not self.releases:
            return [term for index in self.hires for term in self._ordered(index)]
        own = [term for index in self.hires for term in self._own(index)]
        least = -2 * sum(self.starts[index].most for index in self.hires)  # rounded twice for each unit
        cost = self.model.new_int_var(least, MOST_COST, "hire")
        self.model.add(cost >= sum(own))
        serving = self._serving()
        if serving is not None:
            self.model.add(cost >= sum(serving))
        return [cost]

    def _ordered(self, index: int) -> list[Expr]:
        """What is due with the orders, and no more."""
        purchase, hire = self.hires[index]
        paid_daily = (hire.rent, hire.rent_saved, hire.running, hire.running_saved)
        rounding = any(amount % SCALE for amount in paid_daily) or purchase.carry or purchase.cost % FINE
        return self.starts[index].prices(lambda day: self.problem.unit_price(purchase, day) - 2 * bool(rounding))

    def _own(self, index: int) -> list[Expr]:
        """Each unit begun as late, and released as early, as its column allows."""
        plant, (purchase, hire) = self.problem.plants[index], self.hires[index]
        stays = self.problem.hire_ended(hire, None)
        begun = self.starts[index].prices(
            lambda day: self.problem.hire_begun(plant, purchase, hire, day) + stays
        )  # fmt: skip
        releases = self.releases[index]
        firsts = [releases.earliest, *(day + 1 for day in releases.days[:-1])]
        ended = [self.problem.hire_ended(hire, day) - stays for day in firsts]
        return [*begun, *weighted(releases.counts, ended[: len(releases.counts)])]

    def _serving(self) -> list[Expr] | None:
        """A second bound on what all hired types cost together, which no handing over inside of cells gets round.

        On every day of a cell hired units serve that carry, with all bought ones that count by its end, what was
        energised before it. Those of the cheapest day are charged for each of its days. None where interest eats up
        rent.
        """
        days = self.problem.days
        if any(
            hire.rent_saved * days > hire.rent or hire.running_saved * days > hire.running
            for _, hire in self.hires.values()
        ):
            return None
        found: list[Expr] = []
        for index in self.hires:
            found.extend(self.starts[index].prices(lambda day, index=index: self._brought(index, day)))  # type: ignore[misc]
        total = sum(len(su.arrivals) for su in self.problem.classes)
        for cell in self.grid.cells[1:]:
            before = {key: counts.cell(cell - 1) for key, counts in self.energised.items()}
            live = self.model.new_bool_var(f"live before {cell}")
            self.model.add(sum(before.values()) <= total * live)
            serving = {
                index: self.model.new_int_var(0, self.starts[index].most, f"serve {index}[{cell}]")
                for index in self.hires
            }
            for row in self._rows(cell):
                self._served(row, serving, before, live, cell)
            first, end = self.grid.first(cell), min(self.grid.last(cell) + 1, days)
            for index, (_, hire) in self.hires.items():
                found.append(((hire.accrued(end, end) - hire.accrued(first, first)) // SCALE) * serving[index])
        return found

    def _brought(self, index: int, day: int) -> int:
        """What is due with an order, less the rent of the minimum hire, which is charged by the day here."""
        purchase, hire = self.hires[index]
        ordered = purchase.cost - purchase.carry * max(day - purchase.lead_days, 0)
        return (ordered * (SCALE // FINE) - hire.rent * hire.minimum) // SCALE - 1

    def _rows(self, cell: int) -> list[int]:
        """Rows that hired plant supplies and that are in force on every day of a cell."""
        supplied = {row for index in self.hires for row, amount in self.problem.plants[index].supply if amount}
        first, last = self.grid.first(cell), self.grid.last(cell)
        rows = self.problem.rows
        return sorted(row for row in supplied if rows[row].in_force(first) and rows[row].in_force(last))

    def _served(
        self,
        row: int,
        serving: Mapping[int, cp_model.IntVar],
        before: Mapping[tuple[int, int], Expr],
        live: cp_model.IntVar,
        cell: int,
    ) -> None:
        """One balance of the day on which hired units cost least: what they and others supply, and what is live."""
        plants, record = self.problem.plants, self.problem.rows[row]
        supply = [(amount, index) for index, plant in enumerate(plants) for at, amount in plant.supply if at == row]
        asked = {key: dict(self.problem.classes[key[0]].modes[key[1]].demand).get(row, 0) for key in before}
        # where each SU asks for something, more units run than may fail, and these take their supply with them
        out = record.failures * min(amount for amount, _ in supply) if all(asked.values()) else 0
        coarse = coarse_step([*(amount for amount, _ in supply), *asked.values(), record.demand, out])
        there: Expr = sum(
            -(-amount // coarse) * (serving[index] if index in serving else self.counted(index, cell))
            for amount, index in supply
        )
        need = sum((asked[key] // coarse) * count for key, count in before.items())
        self.model.add(there >= need + ((record.demand + out) // coarse) * live)


# ---------------------------------------------------------------- days to tell apart


def hire_days(problem: Problem, grid: Grid, solution: GridSolution | None, schedules: Iterable[Schedule]) -> set[int]:
    """Days around every release, in schedules and in the relaxation, and around the last start that it allows."""
    days: set[int] = set()
    for schedule in schedules:
        for install in schedule.installs:
            if install.released is not None:
                days |= _around(problem, install.plant, install.released)
    for index, released in ({} if solution is None else solution.releases).items():
        for cell in {grid.covering(day) for day in released}:
            first, last = grid.first(cell), grid.last(cell)
            days.update((first, first + 1, (first + last + 1) // 2, last))
            days |= _around(problem, index, first)
    return days


def released_days(schedule: Schedule) -> Sequence[int]:
    """Days on which a schedule releases hired units."""
    return [install.released for install in schedule.installs if install.released is not None]


def _around(problem: Problem, index: int, released: int) -> set[int]:
    _, hire = terms(problem, index)
    begun = released + hire.removal - hire.minimum
    days = {released, released + 1, begun, begun + 1}
    for plant in problem.plants:
        if plant.purchase is not None:
            commissioned = problem.workdays.latest_start(released, problem.test_days(plant))
            days.add(problem.latest_install(plant.purchase, commissioned) + 1)
    return days
