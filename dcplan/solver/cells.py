"""The cells of a grid, the counts a solved grid model gives per cell, and small pieces its rows are made of."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from dcplan.solver.run import Outcome

COARSE_DIGITS = 100_000
Expr = cp_model.LinearExpr | int


@dataclass(frozen=True)
class Grid:
    """Cells [b_i, b_(i+1)) that cover day 0 up to the plan's last day."""

    breaks: tuple[int, ...]

    @property
    def cells(self) -> range:
        """Indices of the cells."""
        return range(len(self.breaks) - 1)

    def first(self, cell: int) -> int:
        """First day of a cell."""
        return self.breaks[cell]

    def last(self, cell: int) -> int:
        """Last day of a cell."""
        return self.breaks[cell + 1] - 1

    def covering(self, day: int) -> int:
        """The cell a day lies in; -1 before the grid, the last cell after it."""
        return -1 if day < self.breaks[0] else min(bisect_right(self.breaks, day), len(self.breaks) - 1) - 1

    def ended(self, day: int) -> int:
        """The last cell that has ended by the end of a day; -1 when none has."""
        return bisect_left(self.breaks, day + 2) - 2


@dataclass(frozen=True)
class GridSolution:
    """Work of a solved grid model: the last day of each start, in the time of its cell, ascending."""

    starts: dict[int, tuple[int, ...]]
    """Plant -> installs."""
    energised: dict[tuple[int, int], tuple[int, ...]]
    """(class, mode) -> last days of the cells in which SUs are energised."""
    sets: dict[tuple[int, int], tuple[int, ...]]
    reinforcements: dict[tuple[int, int], tuple[int, ...]]
    kits: tuple[tuple[int, ...], ...] = ()
    """Halls that run each kit in the last cell."""
    releases: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Hired plant -> last days of the cells in which units are released."""


@dataclass(frozen=True)
class GridResult:
    """What one solve of a grid model said."""

    outcome: Outcome
    bound: int | None
    solution: GridSolution | None
    work: float = 0.0


def coarse_step(amounts: Iterable[int]) -> int:
    """A step that keeps the amounts of a row exact where a common divisor does, else at five digits."""
    positive = [amount for amount in amounts if amount > 0]
    common = math.gcd(*positive) or 1
    return max(common, max(positive, default=1) // COARSE_DIGITS)


def sure(number: Expr) -> int:
    """A count that is known beforehand, else 0."""
    return number if isinstance(number, int) else 0
