"""Choose and schedule: bound from the grid, schedules from its solutions, a finer grid where the two disagree."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction

from dcplan.problem import Problem, SuClass
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Grid, GridResult, GridSolution
from dcplan.solver.confirm import surely_infeasible
from dcplan.solver.cover import Cover, cheapest_cover, tightened
from dcplan.solver.decode import Choice, SuChoice, UnitChoice, build
from dcplan.solver.grid import GridModel, latest_energise
from dcplan.solver.improve import improve
from dcplan.solver.kits import Kits, kits_of
from dcplan.solver.merge import Merged, merged, unmerged
from dcplan.solver.refine import closed_grid, denser, exact_days, first_grid, install_of, refined
from dcplan.solver.run import Limits, Outcome
from dcplan.solver.schedule import Schedule
from dcplan.solver.spread import spread

COARSE_DAYS = 28
VERY_MANY = 96
"""With more SUs the first cells are twice as long."""
SHARE = 0.6
"""Part of the time left that one grid may take."""
LARGE_SHARE = 0.95
COVER_SHARE = 0.25
TIGHTENINGS = 3
CONFIRM_SECONDS = 1.0
"""Time for a second opinion on "infeasible" when none is left."""
MANY = 12
"""With more SUs a cover is made for all of them at once only, and grids grow finer where something happens alone."""
STALLED = 2e-4
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


class View:
    """A merged problem with what its grids need."""

    def __init__(self, joined: Merged) -> None:
        self.joined, self.problem = joined, joined.problem
        self.capacity, self.kits = Capacity(joined.problem), kits_of(joined)


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
        self.view = View(merged(problem))
        """What grids are made of: equal halls taken together first."""
        self.sus = sum(len(su.arrivals) for su in problem.classes)
        self.many = self.sus > MANY
        self.rng = random.Random(limits.seed)
        self.begun = time.monotonic()
        self.used = 0.0
        self.best: Schedule | None = None
        self.bound: int | None = None
        self.last_bound: int | None = None
        """Of the grid before."""
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
        limits = replace(self.limits, seconds=share)
        view = self.view
        self.cover = cheapest_cover(view.problem, view.capacity, limits, view.kits, whole=not self.many)
        self.used += share
        if self.cover is None:
            return self._without_point(closed_grid(self.problem, ()))
        for stage in self.cover.stages:
            if stage.solution is not None:
                for choice in first_choices(view.joined, view.kits, stage.grid, stage.solution):
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
            view = self.view
            choices = [] if result.solution is None else spread(view.joined, view.kits, grid, result.solution)
            built = [schedule for choice in choices if (schedule := self._try(choice)) is not None]
            if result.outcome is Outcome.INTERRUPTED:
                return self._end(Status.INTERRUPTED)
            if not self._proven():
                self._improve(0.05)
            self._report()
            if self._proven():
                return self._end(Status.OPTIMAL)
            self.grid = self._finer(grid, result, built)
            if self.left() <= 0.2 or self.grid is None:
                break
            grid = self.grid
        if self.many and self.best is not None and not self._proven():
            self._improve(1.0)
        return self.stop()

    def _finer(self, grid: Grid, result: GridResult, built: Sequence[Schedule]) -> Grid | None:
        """The next grid: finer, or of the halls one by one where a finer one of equal halls would say no more."""
        schedules = [*built, *([self.best] if self.best else [])]
        refine = denser if self.many else refined
        finer = refine(self.view.problem, grid, result, schedules)
        if finer != grid and not (self.view.joined.kinds and not self.many and self._stalled(result)):
            return finer
        if not self.view.joined.kinds or self.many:
            return None
        self.view = View(unmerged(self.problem))
        return finer

    def _stalled(self, result: GridResult) -> bool:
        """Whether a grid that was solved has raised the bound by next to nothing."""
        before, self.last_bound = self.last_bound, result.bound
        if result.outcome is not Outcome.OPTIMAL or before is None or result.bound is None:
            return False
        return result.bound - before <= STALLED * abs(result.bound)

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
            self.cover = tightened(self.view.problem, self.view.capacity, self.cover, last, limits, self.view.kits)
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
        model = GridModel(self.view.problem, self.view.capacity, grid, kits=self.view.kits).model
        if surely_infeasible(model, replace(self.limits, seconds=max(self.left(), CONFIRM_SECONDS))):
            return self._end(Status.INFEASIBLE)
        self.doubted = True
        return None

    def _first_grid(self) -> Grid:
        """Four-week cells over the days on which anything can be energised, longer ones where nothing needs to be."""
        last = self.problem.days if self.best is None else max(self._latest())
        first = min(su.arrivals[0] for su in self.problem.classes)
        soon, coarse = last, COARSE_DAYS
        if self.many and self.best is not None:
            coarse = COARSE_DAYS * (2 if self.sus > VERY_MANY else 1)
            soon = min(last, max(run.energised for run in self.best.runs) + coarse)
        days = (*range(first, soon + 1, coarse), *range(soon, last + 1, 3 * COARSE_DAYS))
        return first_grid(self.view.problem, days, last, deliveries=not self.many)

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
        """Lower bound on spend when everything is live by a day: the cover less the interest saved by then."""
        prices = [(p.purchase.carry, p.purchase.cost) for p in self.problem.plants if p.purchase is not None]
        for su in self.problem.classes:
            ways = [mode.reinforcement for mode in su.modes if mode.reinforcement is not None]
            prices.extend((way.carry, way.cost) for way in ways)
        rates = [Fraction(carry, cost) for carry, cost in prices if cost]
        return 0 if self.cover is None else self.cover.spent(self.problem, last, max(rates, default=Fraction(0)))

    def _solve(self, grid: Grid) -> GridResult:
        # a large site is searched while its grid is solved
        share = max(self.left() * (LARGE_SHARE if self.many and self.grids else SHARE), min(self.left(), 2.0), 0.1)
        view = self.view
        near = self.many and self.grids > 0
        exact = exact_days(self.problem, self.best) if near else None
        latest = self._latest()
        model = GridModel(view.problem, view.capacity, grid, latest=latest, kits=view.kits, exact=exact, nest=near)
        if self.cover is not None and not self.many:
            model.add_cover(self.cover.by)
        large = self.many or len(grid.breaks) * (len(view.problem.plants) + len(model.energised)) > LARGE
        result = model.solve(
            replace(self.limits, seconds=share),
            floats=large and not self.limits.deterministic,
            meanwhile=self._meanwhile if self.many and self.best is not None else None,
        )
        self.grids += 1
        self.used += result.work
        if result.bound is not None:
            self.bound = result.bound if self.bound is None else max(self.bound, result.bound)
        return result

    def _meanwhile(self) -> None:
        """A little search near the best schedule."""
        if self.best is not None:
            self.best = improve(self.problem, self.capacity, self.best, seconds=0.3, tries=10**6, rng=self.rng)

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


# ---------------------------------------------------------------- choices


def first_choices(joined: Merged, kits: Sequence[Kits], grid: Grid, solution: GridSolution) -> list[Choice]:
    """Selections from the date-free cover: units in order of the day they can count, SUs in order of delivery."""
    found = []
    for choice in spread(joined, kits, grid, solution)[:1]:
        units = tuple(UnitChoice(unit.plant, install_of(joined.whole, unit.plant).release) for unit in choice.units)
        taken: Counter[int] = Counter()
        sus = []
        for item in choice.sus:
            arrival = joined.whole.classes[item.su].arrivals[taken[item.su]]
            taken[item.su] += 1
            sus.append(SuChoice(item.su, item.mode, arrival, arrival))
        found.append(Choice(units, tuple(sus)))
    return found
