"""Cumulative counts of one kind of work: how many have been started by each of a few days.

Each cell of a grid has its own last start: the latest that is still in time for the cell's last day. What has been
started by that day is exactly what is ready on the cell's last day; on other days a count is bounded from both sides.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

from ortools.sat.python import cp_model

from dcplan.problem import Problem
from dcplan.solver.cells import Expr, Grid

Value = Callable[[cp_model.IntVar], int]


class Columns:
    """Cumulative starts on a few days.

    Parameters
    ----------
    model : CpModel
    name : str
    most : int
        No more than this are ever started.
    earliest : int
        First day on which one can be started.
    by_cell : sequence of int
        Per cell of the grid its last start in time; -1 where there is none.
    more : iterable of int
        Other days on which the count is told apart.
    """

    def __init__(
        self,
        model: cp_model.CpModel,
        name: str,
        most: int,
        earliest: int,
        by_cell: Sequence[int],
        more: Iterable[int] = (),
    ) -> None:
        self.most, self.earliest = most, earliest
        self.days = sorted({day for day in (*by_cell, *more) if day >= 0})
        self.counts = [model.new_int_var(0, most, f"{name}[{day}]") for day in self.days]
        for before, after in itertools.pairwise(self.counts):
            model.add(after >= before)
        self._by_cell = by_cell

    @property
    def last(self) -> Expr:
        """All that are started at all."""
        return self.counts[-1] if self.counts else 0

    def cell(self, cell: int) -> Expr:
        """Started in time for a cell's last day; none before the first cell."""
        return self.at_least(self._by_cell[cell]) if cell >= 0 else 0

    def day(self, cell: int) -> int:
        """The last start in time for a cell's last day; -1 where there is none."""
        return self._by_cell[cell]

    def at_least(self, day: int) -> Expr:
        """No more than have been started by a day."""
        index = bisect_right(self.days, day)
        return self.counts[index - 1] if index else 0

    def at_most(self, day: int) -> Expr:
        """No fewer than have been started by a day."""
        if day < self.earliest:
            return 0
        index = bisect_left(self.days, day)
        return self.counts[index] if index < len(self.days) else self.most

    def prices(self, price: Callable[[int], int]) -> list[Expr]:
        """Price of each start, by the last day on which it can have been, as a sum over the counts."""
        return weighted(self.counts, [price(day) for day in self.days])

    def read(self, value: Value) -> tuple[int, ...]:
        """The last day of each start."""
        found: list[int] = []
        for day, count in zip(self.days, self.counts, strict=True):
            found.extend([day] * (value(count) - len(found)))
        return tuple(found)


def weighted(counts: Sequence[cp_model.IntVar], prices: Sequence[int]) -> list[Expr]:
    """Price of each unit by the column of its increment, as a sum over cumulative counts."""
    terms: list[Expr] = []
    for place, count in enumerate(counts):
        following = prices[place + 1] if place + 1 < len(prices) else 0
        if prices[place] != following:
            terms.append((prices[place] - following) * count)
    return terms


def install_columns(
    model: cp_model.CpModel, problem: Problem, grid: Grid, index: int, more_days: Iterable[int] = ()
) -> Columns:
    """Installs of a plant type that can be bought.

    Beside those in time for each cell, a last column holds what is commissioned by the plan's end without counting;
    where a permit holds start-up back, installs before it are told apart as well, and so are those by `more_days`.
    """
    plant, workdays = problem.plants[index], problem.workdays
    purchase = plant.purchase
    if purchase is None:
        return Columns(model, plant.id, 0, 0, [-1 for _ in grid.cells])
    release = purchase.install.next_start(workdays, purchase.install.release)
    by_cell = []
    for cell in grid.cells:
        commissioned = workdays.latest_start(grid.last(cell), problem.test_days(plant))
        start = problem.latest_install(purchase, commissioned)
        by_cell.append(start if start >= release else -1)
    more = [problem.latest_install(purchase, problem.days)]
    if purchase.startup_release:
        more += [purchase.install.last_start(workdays, grid.last(cell)) for cell in grid.cells]
        first = next((day for day in by_cell if day >= 0), problem.days)
        more = [day for day in more if day <= first or day == more[0]]
    more += [purchase.install.last_start(workdays, day) for day in more_days]
    return Columns(
        model, f"start {plant.id}", purchase.at_most, release, by_cell, (day for day in more if day >= release)
    )
