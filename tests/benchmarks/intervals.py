"""Rival (i): an interval for every unit and every piece of work, in CP-SAT; the model is in :mod:`.per_unit`.

It is given two searches that prove bounds and a greedy schedule to start from.
"""

from __future__ import annotations

import math
import time
from collections import Counter

from ortools.sat.python import cp_model

from dcplan.problem import Problem
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Schedule
from dcplan.solver.search import Progress
from tests.benchmarks.per_unit import Expr, PerUnit
from tests.benchmarks.rival import Found, best, decoded, ended, first_schedule, surely_running

SEARCHES = ("max_lp", "lb_tree_search")
"""What two threads are best used for: with CP-SAT's own choice the bound of 16 SUs stays at a third."""


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
        Start(model, start)
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
    # tens of thousands of Booleans are probed for nothing
    solver.parameters.cp_model_probing_level = 0
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


class Start:
    """The values that a schedule gives to the variables of a model, told to it as hints."""

    def __init__(self, model: PerUnit, schedule: Schedule) -> None:
        self.model, self.schedule = model, schedule
        self.value: dict[int, tuple[cp_model.IntVar, int]] = {}
        self._units()
        for number in range(len(model.problem.classes)):
            self._class(number)
        for number in range(len(model.sus)):
            self._running(number)
        for variable, derive in model.derived:
            self._set(variable, derive(self._of))
        for variable, value in self.value.values():
            model.model.add_hint(variable, value)

    def _set(self, variable: Expr, value: int) -> None:
        if not isinstance(variable, int):
            self.value[variable.index] = variable, int(value)

    def _of(self, variable: Expr) -> int:
        """The value of a variable; a number is its own."""
        return variable if isinstance(variable, int) else self.value[variable.index][1]

    def _units(self) -> None:
        """Units that are bought come first, in order of their starts; the others start as late as they may."""
        model = self.model
        installs = sorted(self.schedule.installs, key=lambda install: install.start)
        for index, units in model.units.items():
            starts = [model.passed(install.start) for install in installs if install.plant == index]
            for number, unit in enumerate(units):
                self._set(unit.bought, number < len(starts))
                self._set(unit.start, starts[number] if number < len(starts) else model.last - model.chain(index))

    def _class(self, number: int) -> None:
        """The k-th SU of a class has the k-th place in each queue where it may, else its own."""
        model, alike = self.model, self.model.alike(number)
        runs = [run for run in self.schedule.runs if run.su == number]
        runs.sort(key=lambda run: run.energised if alike else run.set_start)
        starts = sorted(run.set_start for run in runs)
        reinforced = sorted(run.reinforce for run in runs if run.reinforce is not None)
        for place, (su, run) in enumerate(zip(model.of(number), runs, strict=True)):
            for way, flag in enumerate(su.modes):
                self._set(flag, way == run.mode)
            self._set(su.set_start, model.passed(starts[place]))
            self._set(su.energised, model.passed(run.energised))
            for reinforcement, (done, start) in su.ways.items():
                own = model.problem.classes[number].modes[run.mode].reinforcement == reinforcement
                self._set(done, own)
                begun = reinforced[place] if alike else run.reinforce
                # one that is not needed may be anywhere that its variable may
                self._set(start, model.passed(begun if own and begun is not None else reinforcement.task.release))

    def _running(self, number: int) -> None:
        """Units that run when an SU is energised: those that the decoder's exact test finds."""
        model, problem = self.model, self.model.problem
        passed = self._of(model.sus[number].energised)
        there = [plant.existing for plant in problem.plants]
        for install in self.schedule.installs:
            there[install.plant] += model.passed(install.counted) <= passed
        live = Counter((run.su, run.mode) for run in self.schedule.runs if model.passed(run.energised) <= passed)
        demand = model.capacity.demand([(su, mode, count) for (su, mode), count in sorted(live.items())])
        running = model.capacity.running(tuple(there), demand) or there
        for index, plant in enumerate(problem.plants):
            for unit in range(model.switched(index) + len(model.units[index])):
                if (index, unit, number) in model.running:
                    self._set(model.running[index, unit, number], unit < running[index] - surely_running(plant))
