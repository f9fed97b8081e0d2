"""Which days a grid tells apart: the first grid of a problem, and finer ones where grid and schedules disagree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from dcplan.problem import Problem, Task
from dcplan.solver.cells import Grid, GridResult, GridSolution
from dcplan.solver.hire import hire_days, released_days
from dcplan.solver.run import Outcome
from dcplan.solver.schedule import Schedule

BUSY = 0.6
"""Crews at work for this part of their days are told apart day by day."""
MOST_EXACT_DAYS = 300


def first_grid(problem: Problem, regular: Iterable[int], last: int, *, deliveries: bool = True) -> Grid:
    """Regular days, and the first days on which each plant type and each SU could count; one cell after the last.

    Without `deliveries`, those of single SUs are left out.
    """
    days = {*regular, last + 1, *problem.row_changes}
    for plant in problem.plants:
        days.update(plant.arrivals)
        if plant.purchase is not None:
            start = plant.purchase.install.next_start(problem.workdays, plant.purchase.install.release)
            days.add(problem.counted(plant, problem.commissioned(plant.purchase, start)))
    for su in problem.classes:
        days.update(day for ready in su.ready[: None if deliveries else 1] for day in (ready, ready + 1))
    return closed_grid(problem, (day for day in days if day <= last + 1))


def closed_grid(problem: Problem, days: Iterable[int]) -> Grid:
    """A grid with the given days, each as a cell's first day, and a last cell that ends with the plan."""
    inside = {day for day in days if 0 < day <= problem.days}
    return Grid((0, *sorted(inside), problem.days + 1))


def refined(problem: Problem, grid: Grid, result: GridResult, schedules: Sequence[Schedule]) -> Grid:
    """A finer grid: cells split where the relaxation energises, and daily where the schedules do.

    Once a grid is solved, cells are split wherever the relaxation or the schedules act at all; one that was too
    large to solve only grows a little.
    """
    energised = {run.energised for schedule in schedules for run in schedule.runs}
    if result.solution is not None:
        energised.update(_split(grid, result.solution.energised.values()))
    days = set(grid.breaks)
    for day in energised:
        days.update((day, day + 1))
    if result.outcome is Outcome.OPTIMAL:
        days.update(_acting(problem, grid, result, schedules))
        for day in energised | {*problem.row_changes}:
            days.update(_chained(problem, day))
    finer = closed_grid(problem, days)
    return finer if finer != grid else closed_grid(problem, _halved(grid))


def denser(problem: Problem, grid: Grid, result: GridResult, schedules: Sequence[Schedule]) -> Grid:
    """A finer grid of a large problem: cells end where schedules energise, and are halved where the relaxation does."""
    best = min(schedules, key=lambda schedule: schedule.objective, default=None)
    days = set(grid.breaks)
    if best is not None:
        days.update(day for run in best.runs for day in (run.energised, run.energised + 1))
        days.update(day for released in released_days(best) for day in (released, released + 1))
    if result.outcome is Outcome.OPTIMAL and result.solution is not None:
        for cell in {grid.covering(day) for done in result.solution.energised.values() for day in done}:
            days.add((grid.first(cell) + grid.last(cell) + 1) // 2)
    return closed_grid(problem, days)


def exact_days(problem: Problem, best: Schedule | None) -> dict[int, range]:
    """The crews that are most at work in a schedule, and days between which all their lengths and leads are whole."""
    if best is None:
        return {}
    last = max(run.energised for run in best.runs)
    found: dict[int, range] = {}
    for crew, (_, size) in enumerate(problem.crews):
        tasks = [task for install in best.installs if (task := install_of(problem, install.plant)).crew == crew]
        if not tasks:
            continue
        first = min(task.release for task in tasks)
        share = sum(task.need * task.days for task in tasks) / max(1, size * problem.workdays.between(first, last))
        if share >= BUSY:
            step = math.gcd(*(number for task in tasks for number in (task.days, task.release - first)))
            found[crew] = range(first, last + 1, max(1, step, (last - first) // MOST_EXACT_DAYS))
    return found


def install_of(problem: Problem, plant: int) -> Task:
    """The install of a plant type that can be bought."""
    purchase = problem.plants[plant].purchase
    if purchase is None:
        raise ValueError(f"plant type {problem.plants[plant].id} cannot be bought")
    return purchase.install


def _acting(problem: Problem, grid: Grid, result: GridResult, schedules: Sequence[Schedule]) -> set[int]:
    """Days around every start of work, in the schedules and in the relaxation."""
    days: set[int] = set()
    for schedule in schedules:
        for run in schedule.runs:
            days.update((run.set_start, run.set_start + 1))
            if run.reinforce is not None:
                days.update((run.reinforce, run.reinforce + 1))
        for install in schedule.installs:
            days.update((install.start, install.start + 1))
    if result.solution is not None:
        for family in (result.solution.starts, result.solution.sets, result.solution.reinforcements):
            days.update(_split(grid, family.values()))
        days.update(_overbooked(problem, grid, result.solution))
    if problem.hired:
        days |= hire_days(problem, grid, result.solution, schedules)
    return days


def _split(grid: Grid, families: Iterable[Sequence[int]]) -> set[int]:
    """Days that split each longer cell in which something is done."""
    days: set[int] = set()
    for cell in {grid.covering(day) for done in families for day in done}:
        first, last = grid.first(cell), grid.last(cell)
        if last > first:
            days.update((first, first + 1, (first + last + 1) // 2, last))
    return days


def _chained(problem: Problem, day: int) -> list[int]:
    """The day after the last install or set start that still serves an energisation on a day."""
    days = []
    for plant in problem.plants:
        if plant.purchase is not None:
            commissioned = problem.workdays.latest_start(day, problem.test_days(plant))
            days.append(problem.latest_install(plant.purchase, commissioned) + 1)
    for su in problem.classes:
        filled = problem.workdays.latest_start(day, su.fill_days)
        days.append(problem.workdays.latest_start(filled, su.connect.days) + 1)
    return days


def _halved(grid: Grid) -> set[int]:
    """Every break, and the middle of every longer cell."""
    days = set(grid.breaks)
    for cell in grid.cells:
        if grid.last(cell) > grid.first(cell):
            days.add((grid.first(cell) + grid.last(cell) + 1) // 2)
    return days


def _overbooked(problem: Problem, grid: Grid, solution: GridSolution) -> set[int]:
    """Days around those on which the relaxation's starts, at the end of their cells, need more than a crew."""
    starts: list[tuple[Task, int]] = []
    for plant, days in solution.starts.items():
        purchase = problem.plants[plant].purchase
        if purchase is not None:
            starts.extend((purchase.install, day) for day in days)
    for (su, mode), days in solution.reinforcements.items():
        reinforcement = problem.classes[su].modes[mode].reinforcement
        if reinforcement is not None:
            starts.extend((reinforcement.task, day) for day in days)
    for (su, _), days in solution.sets.items():
        starts.extend((problem.classes[su].connect, day) for day in days)
    busy: dict[tuple[int, int], int] = {}
    for task, start in starts:
        index = problem.workdays.between(0, start)
        for day in problem.workdays.open_days[index : index + task.days]:
            busy[task.crew, day] = busy.get((task.crew, day), 0) + task.need
    found: set[int] = set()
    for (crew, day), need in busy.items():
        if need > problem.crews[crew][1]:
            found.update((day, day + 1))
            for task in {task for task, _ in starts if task.crew == crew}:
                finished = problem.workdays.latest_start(day, task.days)
                found.update((finished, finished + 1))
    return found
