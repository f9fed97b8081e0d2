"""Equal halls told apart where that is cheap: what stands in one goes on standing there.

Kits alone may put the units of an early kit into one hall and those of the last kits into others. Here each hall has
units of its own, which never become fewer, hold the kit that it runs, and are together no more than count.
"""

from __future__ import annotations

from collections.abc import Sequence

from ortools.sat.python import cp_model

from dcplan.problem import Problem
from dcplan.solver.cells import Expr
from dcplan.solver.kits import Kits

MOST_CHOICES = 6000
"""With more choices of hall, kit and cell the rows cost more time than they are worth."""


class Nested:
    """The halls of one set of kits, from cell to cell."""

    def __init__(self, model: cp_model.CpModel, kits: Kits) -> None:
        self._model, self._kits = model, kits
        self._most = [max(units) for units in zip(*kits.contents, strict=True)]
        self._before: list[list[cp_model.IntVar]] = [[] for _ in range(kits.halls)]

    def add(self, cell: int, running: Sequence[cp_model.IntVar], counted: Sequence[Expr]) -> None:
        """The next cell.

        Parameters
        ----------
        cell : int
        running : sequence of IntVar
            Halls that run each kit.
        counted : sequence
            Units of each plant type of the problem that count.
        """
        model, contents = self._model, self._kits.contents
        standing: list[list[cp_model.IntVar]] = []
        choices: list[list[cp_model.IntVar]] = []
        for hall, before in enumerate(self._before):
            name = f"{self._kits.kind}/{hall}[{cell}]"
            chosen = [model.new_bool_var(f"kit {kit} of {name}") for kit in range(len(contents))]
            units = [model.new_int_var(0, most, f"units {place} of {name}") for place, most in enumerate(self._most)]
            model.add(sum(chosen) <= 1)
            for place, number in enumerate(units):
                held = [(kit[place], flag) for kit, flag in zip(contents, chosen, strict=True) if kit[place]]
                if held:
                    model.add(number >= sum(amount * flag for amount, flag in held))
            for earlier, later in zip(before, units, strict=False):
                model.add(earlier <= later)
            choices.append(chosen)
            standing.append(units)
        for kit, halls in enumerate(running):
            model.add(sum(chosen[kit] for chosen in choices) == halls)
        for place, plant in enumerate(self._kits.plants):
            model.add(sum(units[place] for units in standing) <= counted[plant])
        self._before = standing


def nested(model: cp_model.CpModel, problem: Problem, every: Sequence[Kits], cells: int) -> list[Nested]:
    """Halls for each set of kits over so many cells; none where they are too many, or where hired units leave again."""
    leaving = any(problem.plants[index].is_hired for kits in every for index in kits.plants)
    if leaving or sum(kits.halls * len(kits.contents) for kits in every) * cells > MOST_CHOICES:
        return []
    return [Nested(model, kits) for kits in every]
