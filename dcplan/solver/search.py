"""Choose and schedule: bound from the grid, schedules from its solutions, a finer grid where the two disagree."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction

from dcplan.problem import Problem, SuClass, Task
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Grid, GridResult, GridSolution
from dcplan.solver.confirm import surely_infeasible
from dcplan.solver.cover import Cover, cheapest_cover, tightened
from dcplan.solver.grid import GridModel, latest_energise
from dcplan.solver.hire import hire_days
from dcplan.solver.improve import improve
from dcplan.solver.run import Limits, Outcome
from dcplan.solver.schedule import Choice, Schedule, SuChoice, UnitChoice, build

COARSE_DAYS = 28
SHARE = 0.6
"""Part of the time left that one grid may take."""
COVER_SHARE = 0.25
TIGHTENINGS = 3
CONFIRM_SECONDS = 1.0
"""Time for a second opinion on "infeasible" when none is left."""
LARGE = 3000
"""Grids of more cells x families than this are bounded by HiGHS."""
Progress = Callable[[float, int | None, int | None], None]


class Status(Enum):
    """What an answer is worth."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NO_PLAN = "no plan within the limit"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Result:
    """The best schedule found and the proven bound, in money steps."""

    status: Status
    schedule: Schedule | None
    bound: int | None
    grids: int
    seconds: float
    doubted: bool = False
    """Without a plan: one solver said "infeasible", and a second did not confirm it."""


def optimise(problem: Problem, limits: Limits, progress: Progress | None = None) -> Result:
    """The best schedule within limits, with a proven lower bound on the objective.

    Parameters
    ----------
    problem : Problem
    limits : Limits
        Total time; each grid gets at most half of what is left.
    progress : callable, optional
        Called with seconds, objective and bound after each grid.
    """
    return Search(problem, limits, progress).run()


class Search:
    """One problem's search: begun with a cover and first schedules, then refined grid after grid.

    Parameters
    ----------
    problem : Problem
    limits : Limits
        Of the whole search, until :meth:`resume` sets others.
    progress : callable, optional
        Called with seconds, objective and bound after each grid.
    """

    def __init__(self, problem: Problem, limits: Limits, progress: Progress | None = None) -> None:
        self.problem, self.limits, self.progress = problem, limits, progress
        self.grid: Grid | None = None
        """The next one to solve; None before the first, and once no finer one is left."""
        self.cutoff: int | None = None
        """Schedules that cost this much or more are of no use to the caller."""
        self.capacity = Capacity(problem)
        self.rng = random.Random(limits.seed)
        self.begun = time.monotonic()
        self.used = 0.0
        self.best: Schedule | None = None
        self.bound: int | None = None
        self.cover: Cover | None = None
        self.grids = 0
        self.doubted = False

    def left(self) -> float:
        """Seconds left: of the clock, or of the deterministic budget."""
        spent = self.used if self.limits.deterministic else time.monotonic() - self.begun
        return self.limits.seconds - spent

    def run(self) -> Result:
        """Search until proven, out of time or interrupted; an interrupt keeps the best schedule so far."""
        return self.begin() or self.refine()

    def resume(self, seconds: float, cutoff: int | None) -> Result:
        """Go on for so many seconds more, but not for schedules that cost `cutoff` or more."""
        self.limits = replace(self.limits, seconds=seconds)
        self.begun, self.used, self.cutoff = time.monotonic(), 0.0, cutoff
        return self.refine()

    def stop(self) -> Result:
        """What has been found so far, when the search is not gone on with."""
        if self._proven():
            return self._end(Status.OPTIMAL)
        return self._end(Status.FEASIBLE if self.best else Status.NO_PLAN)

    def begin(self) -> Result | None:
        """Cover and first schedules; a result only when that ends the search."""
        overdrawn = any(row.capacity is not None and row.demand > row.capacity for row in self.problem.rows)
        if overdrawn or any(not su.modes for su in self.problem.classes):
            return self._end(Status.INFEASIBLE)
        try:
            return self._begin()
        except KeyboardInterrupt:
            return self._end(Status.INTERRUPTED)

    def refine(self) -> Result:
        """Grid after grid until proven, out of time or interrupted."""
        try:
            return self._refine()
        except KeyboardInterrupt:
            return self._end(Status.INTERRUPTED)

    def _begin(self) -> Result | None:
        share = COVER_SHARE * self.limits.seconds
        self.cover = cheapest_cover(self.problem, self.capacity, replace(self.limits, seconds=share))
        self.used += share
        if self.cover is None:
            return self._without_point(closed_grid(self.problem, ()))
        for stage in self.cover.stages:
            if stage.solution is not None:
                for choice in first_choices(self.problem, stage.solution):
                    self._try(choice)
        self._report()
        self._improve(0.08)
        if not self._tighten():
            self._distrust()
        self._report()
        return None

    def _refine(self) -> Result:
        grid = self.grid or self._first_grid()
        while not self.beaten():
            result = self._solve(grid)
            if result.outcome is Outcome.INFEASIBLE:
                if self.cover is None:
                    return self._without_point(grid) or self.stop()
                self._distrust()
                continue
            choices = [] if result.solution is None else choices_of(self.problem, grid, result.solution)
            built = [schedule for choice in choices if (schedule := self._try(choice)) is not None]
            if result.outcome is Outcome.INTERRUPTED:
                return self._end(Status.INTERRUPTED)
            if not self._proven():
                self._improve(0.05)
            self._report()
            if self._proven():
                return self._end(Status.OPTIMAL)
            finer = refined(self.problem, grid, result, [*built, *([self.best] if self.best else [])])
            self.grid = None if finer == grid else finer
            if self.left() <= 0.2 or self.grid is None:
                break
            grid = self.grid
        return self.stop()

    def floor(self) -> int | None:
        """No schedule costs less: the grids' bound, or what the cover alone says when it says more.

        A schedule better than the best has spent at least the cover's price by the last day on which it could
        energise; where that is more than the best costs, the best is the floor.
        """
        if self.cover is None:
            return self.bound
        spend = self._least_spend(max(self._latest()))
        if self.best is not None:
            spend = min(spend, self.best.objective)
        return spend if self.bound is None else max(self.bound, spend)

    def beaten(self) -> bool:
        """Whether no schedule of this problem can cost less than the cutoff."""
        floor = self.floor()
        return self.cutoff is not None and floor is not None and floor >= self.cutoff

    def _tighten(self) -> bool:
        """Raise the cover to the last day on which a better schedule could energise; False when none can."""
        number = sum(len(su.arrivals) for su in self.problem.classes)
        share = COVER_SHARE * self.limits.seconds
        for _ in range(TIGHTENINGS):
            last = max(self._latest())
            if self.best is None or self.cover is None or last >= self.cover.stages[-1].day:
                break
            limits = replace(self.limits, seconds=share)
            self.cover = tightened(self.problem, self.capacity, self.cover, last, limits)
            if len(self.cover.stages[-1].least) <= number:
                return False
        return True

    def _distrust(self) -> None:
        """The cover makes the grid empty, or contradicts a schedule in hand: go on without what was made with it."""
        self.cover = self.bound = None

    def _without_point(self, grid: Grid) -> Result | None:
        """A grid has no point: infeasible if a second solver says so; wrong, if there is a schedule in hand."""
        self.bound = None
        if self.best is not None:
            return self._end(Status.FEASIBLE)
        model = GridModel(self.problem, self.capacity, grid).model
        if surely_infeasible(model, replace(self.limits, seconds=max(self.left(), CONFIRM_SECONDS))):
            return self._end(Status.INFEASIBLE)
        self.doubted = True
        return None

    def _first_grid(self) -> Grid:
        """Four-week cells over the days on which anything can still be energised."""
        last = self.problem.days if self.best is None else max(self._latest())
        first = min(su.arrivals[0] for su in self.problem.classes)
        return first_grid(self.problem, range(first, last + 1, COARSE_DAYS), last)

    def _latest(self) -> list[int]:
        """Last day per class on which an SU can be energised in any schedule as good as the best."""
        days = [latest_energise(self.problem, su) for su in self.problem.classes]
        if self.best is None or self.cover is None:
            return days
        for _ in range(2):
            slack = self.best.objective - self._least_spend(max(days))
            days = [
                _last_within(self.problem, su, slack, latest)
                for su, latest in zip(self.problem.classes, days, strict=True)
            ]
        return days

    def _least_spend(self, last: int) -> int:
        """Lower bound on spend when everything is bought by a day: the cover less the interest saved by then."""
        least = self.cover.least if self.cover else 0
        prices = [(p.purchase.carry, p.purchase.cost) for p in self.problem.plants if p.purchase is not None]
        for su in self.problem.classes:
            ways = [mode.reinforcement for mode in su.modes if mode.reinforcement is not None]
            prices.extend((way.carry, way.cost) for way in ways)
        rates = [Fraction(carry, cost) for carry, cost in prices if cost]
        return math.floor(least * (1 - max(rates, default=Fraction(0)) * last))

    def _solve(self, grid: Grid) -> GridResult:
        share = max(self.left() * SHARE, min(self.left(), 2.0), 0.1)
        model = GridModel(self.problem, self.capacity, grid, latest=self._latest())
        if self.cover is not None:
            model.add_cover(self.cover.by)
        large = len(grid.breaks) * (len(self.problem.plants) + len(model.energised)) > LARGE
        result = model.solve(replace(self.limits, seconds=share), floats=large and not self.limits.deterministic)
        self.grids += 1
        self.used += result.work
        if result.bound is not None:
            self.bound = result.bound if self.bound is None else max(self.bound, result.bound)
        return result

    def _try(self, choice: Choice) -> Schedule | None:
        schedule = build(self.problem, self.capacity, choice)
        if schedule is None:
            return None
        if self.best is None or schedule.objective < self.best.objective:
            self.best = schedule
        return schedule

    def _improve(self, share: float) -> None:
        """Search near the best schedule for a share of the whole time, or for a fixed number of tries."""
        if self.best is None:
            return
        elapsed = time.monotonic() - self.begun
        seconds = min(share * self.limits.seconds, self.left(), max(0.3, elapsed))
        if self.limits.deterministic:
            seconds = math.inf
        tries = 200 if self.limits.deterministic else 1_000_000
        if self.best.objective > (self.bound or 0):
            self.best = improve(self.problem, self.capacity, self.best, seconds=seconds, tries=tries, rng=self.rng)

    def _proven(self) -> bool:
        floor = self.floor()
        return self.best is not None and floor is not None and floor >= self.best.objective

    def _report(self) -> None:
        if self.progress is not None:
            self.progress(time.monotonic() - self.begun, None if self.best is None else self.best.objective, self.bound)

    def _end(self, status: Status) -> Result:
        bound = None if status is Status.INFEASIBLE else self.floor()
        doubted = self.doubted and self.best is None
        return Result(status, self.best, bound, self.grids, time.monotonic() - self.begun, doubted)


def _last_within(problem: Problem, su: SuClass, slack: int, latest: int) -> int:
    """Last day up to `latest` on which one SU of a class loses no more than `slack` against a ready site."""
    base = max(problem.delay_cost(su, ready) for ready in su.ready)
    low, high = max(su.ready), latest
    if high <= low or problem.delay_cost(su, high) - base <= slack:
        return latest
    while high - low > 1:
        middle = (low + high) // 2
        if problem.delay_cost(su, middle) - base <= slack:
            low = middle
        else:
            high = middle
    return low


# ---------------------------------------------------------------- grids


def first_grid(problem: Problem, regular: Iterable[int], last: int) -> Grid:
    """Regular days, and the first days on which each plant type and each SU could count; one cell after the last."""
    days = {*regular, last + 1}
    for plant in problem.plants:
        days.update(plant.arrivals)
        if plant.purchase is not None:
            start = problem.workdays.next_open(plant.purchase.install.release)
            days.add(problem.counted(plant, problem.commissioned(plant.purchase, start)))
    for su in problem.classes:
        days.update(day for ready in su.ready for day in (ready, ready + 1))
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
        for counts in result.solution.energised.values():
            energised.update(_split(grid, counts))
    days = set(grid.breaks)
    for day in energised:
        days.update((day, day + 1))
    if result.outcome is Outcome.OPTIMAL:
        days.update(_acting(problem, grid, result, schedules))
        for day in energised:
            days.update(_chained(problem, day))
    finer = closed_grid(problem, days)
    return finer if finer != grid else closed_grid(problem, _halved(grid))


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
            for counts in family.values():
                days.update(_split(grid, counts))
        days.update(_overbooked(problem, grid, result.solution))
    if problem.hired:
        days |= hire_days(problem, grid, result.solution, schedules)
    return days


def _split(grid: Grid, counts: Sequence[int]) -> list[int]:
    """Days that split each longer cell in which a count rises."""
    days: list[int] = []
    for cell in grid.cells:
        before = counts[cell - 1] if cell else 0
        first, last = grid.first(cell), grid.last(cell)
        if counts[cell] > before and last > first:
            days.extend((first, first + 1, (first + last + 1) // 2, last))
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
    for plant, counts in solution.starts.items():
        purchase = problem.plants[plant].purchase
        if purchase is not None:
            starts.extend((purchase.install, day) for day in _days(problem, grid, counts))
    for (su, mode), counts in solution.reinforcements.items():
        reinforcement = problem.classes[su].modes[mode].reinforcement
        if reinforcement is not None:
            starts.extend((reinforcement.task, day) for day in _days(problem, grid, counts))
    for (su, _), counts in solution.sets.items():
        starts.extend((problem.classes[su].connect, day) for day in _days(problem, grid, counts))
    busy: dict[tuple[int, int], int] = {}
    for task, start in starts:
        index = problem.workdays.between(0, start)
        for day in problem.workdays.open_days[index : index + task.days]:
            busy[task.crew, day] = busy.get((task.crew, day), 0) + task.need
    days: set[int] = set()
    for (crew, day), need in busy.items():
        if need > problem.crews[crew][1]:
            days.update((day, day + 1))
            for task in {task for task, _ in starts if task.crew == crew}:
                finished = problem.workdays.latest_start(day, task.days)
                days.update((finished, finished + 1))
    return days


def _days(problem: Problem, grid: Grid, counts: Sequence[int]) -> list[int]:
    """Last working day of the cell of each increment of a cumulative count."""
    days = []
    for cell in grid.cells:
        before = counts[cell - 1] if cell else 0
        day = max(0, problem.workdays.latest_start(grid.last(cell) + 1, 1))
        days.extend([day] * (counts[cell] - before))
    return days


# ---------------------------------------------------------------- choices


def choices_of(problem: Problem, grid: Grid, solution: GridSolution) -> list[Choice]:
    """Selections that follow a relaxation: as early as crews allow, and on the relaxation's own days."""
    placed_units, placed_sus = [], []
    for plant, counts in sorted(solution.starts.items()):
        for day in _days(problem, grid, counts):
            placed_units.append(UnitChoice(plant, day, day))
    for (su, mode), counts in sorted(solution.energised.items()):
        energised = _days(problem, grid, counts)
        sets = _days(problem, grid, solution.sets[su, mode])
        begun = solution.reinforcements.get((su, mode))
        reinforced = [0] * len(sets) if begun is None else _days(problem, grid, begun)
        for order, set_day, reinforce_day in zip(energised, sets, reinforced, strict=False):
            placed_sus.append(SuChoice(su, mode, set_day, order, reinforce_day, set_day))
    placed = Choice(tuple(placed_units), tuple(placed_sus))
    early = Choice(
        tuple(replace(unit, not_before=0) for unit in placed_units),
        tuple(
            replace(item, priority=item.energise_order, reinforce_not_before=0, set_not_before=0) for item in placed_sus
        ),
    )
    return [early, placed]


def first_choices(problem: Problem, solution: GridSolution) -> list[Choice]:
    """Selections from the date-free cover: units in order of the day they can count, SUs in order of delivery."""
    units = []
    for plant, counts in sorted(solution.starts.items()):
        purchase = problem.plants[plant].purchase
        if purchase is not None:
            units.extend([UnitChoice(plant, purchase.install.release)] * counts[-1])
    sus = []
    for (su, mode), counts in sorted(solution.energised.items()):
        sus.extend([(su, mode)] * counts[-1])
    taken: dict[int, int] = {}
    placed = []
    for su, mode in sus:
        number = taken.get(su, 0)
        taken[su] = number + 1
        arrival = problem.classes[su].arrivals[number]
        placed.append(SuChoice(su, mode, arrival, arrival))
    return [Choice(tuple(units), tuple(placed))]
