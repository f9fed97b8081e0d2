"""Several problems of which one is to be carried out: the best plan of all, and the bound over all.

The problems differ in what was settled beforehand, such as the supply temperature of a loop. Each is begun; the most
promising is then refined first, and one whose floor is no lower than the best plan at hand is left.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from dcplan.problem import Problem
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Schedule
from dcplan.solver.search import Progress, Result, Search, Status

BEGIN_SHARE = 0.4
"""Part of the time in which every problem is begun."""
LEAST_SECONDS = 1.0
"""With less left, nothing is gone on with."""
Watch = Callable[[float, float | None, float | None], None]


@dataclass(frozen=True)
class Variants:
    """What became of each problem, in their order, and which of them to carry out."""

    results: tuple[Result, ...]
    chosen: int
    """The one with the best plan; without any, the first that is not infeasible."""
    answer: Result
    """The chosen one's plan, with the bound and the status over all."""


class _Entry(NamedTuple):
    number: int
    problem: Problem
    search: Search


def optimise_variants(
    problems: Sequence[Problem],
    limits: Limits,
    watch: Watch | None = None,
    starts: Sequence[Schedule | None] = (),
) -> Variants:
    """The best plan over several problems, with a bound that holds for all of them.

    Parameters
    ----------
    problems : sequence of Problem
        At least one; their money steps may differ.
    limits : Limits
        Of all searches together.
    watch : callable, optional
        Called with seconds, objective and bound (money) of the problem in hand after each grid.
    starts : sequence of Schedule or None, optional
        A schedule of each problem, if one is known: no answer is worse.
    """
    begun = time.monotonic()
    if len(problems) == 1:
        alone = Search(problems[0], limits, _steps(watch, problems[0]))
        alone.best = next(iter(starts), None)
        only = alone.run()
        return Variants((only,), 0, only)
    share = replace(limits, seconds=BEGIN_SHARE * limits.seconds / len(problems))
    entries = [
        _Entry(number, problem, Search(problem, share, _steps(watch, problem)))
        for number, problem in enumerate(problems)
    ]
    for entry, start in zip(entries, starts, strict=False):
        entry.search.best = start
    results: dict[int, Result] = {}
    for entry in entries:
        ended = entry.search.begin()
        if ended is not None:
            results[entry.number] = ended
            if ended.status is Status.INTERRUPTED:
                break
    _refine(entries, results, limits, begun)
    for entry in entries:
        if entry.number not in results:
            results[entry.number] = entry.search.stop()
    return _over_all(entries, tuple(results[entry.number] for entry in entries), time.monotonic() - begun)


def _steps(watch: Watch | None, problem: Problem) -> Progress | None:
    """What a search may call with money steps."""
    if watch is None:
        return None
    step = problem.money_step

    def told(seconds: float, objective: int | None, bound: int | None) -> None:
        watch(seconds, None if objective is None else objective * step, None if bound is None else bound * step)

    return told


def _refine(entries: list[_Entry], results: dict[int, Result], limits: Limits, begun: float) -> None:
    """Refine the entries that are not ended, in order of their floors, each against the best plan so far."""
    if any(result.status is Status.INTERRUPTED for result in results.values()):
        return
    waiting = [entry for entry in entries if entry.number not in results]
    spent = BEGIN_SHARE * limits.seconds
    while waiting:
        waiting.sort(key=lambda entry: (_money(entry, entry.search.floor()), entry.number))
        still_open = []
        for place, entry in enumerate(waiting):
            if not limits.deterministic:
                spent = time.monotonic() - begun
            seconds = max(0.0, limits.seconds - spent) / (len(waiting) - place)
            best = min((_money(other, _objective(other)) for other in entries if other.search.best), default=None)
            cutoff = None if best is None else math.ceil(best / entry.problem.money_step - 1e-9)
            results[entry.number] = found = entry.search.resume(seconds, cutoff)
            spent += entry.search.used if limits.deterministic else 0.0
            if found.status is Status.INTERRUPTED:
                return
            if entry.search.grid is not None and not entry.search.beaten():
                still_open.append(entry)
        waiting = still_open if limits.seconds - spent > LEAST_SECONDS else []


def _objective(entry: _Entry) -> int | None:
    return None if entry.search.best is None else entry.search.best.objective


def _money(entry: _Entry, steps: int | None) -> float:
    return -math.inf if steps is None else steps * entry.problem.money_step


def _over_all(entries: list[_Entry], results: tuple[Result, ...], seconds: float) -> Variants:
    """The answer over all problems, its bound in money steps of the chosen one."""
    open_to = [entry for entry in entries if results[entry.number].status is not Status.INFEASIBLE]
    planned = [entry for entry in open_to if results[entry.number].schedule is not None]
    chosen = min(planned, key=lambda entry: _money(entry, _objective(entry)), default=(open_to or entries)[0])
    bounds = [(entry, results[entry.number].bound) for entry in open_to]
    bound: int | None = None
    if bounds and all(steps is not None for _, steps in bounds):
        least = min(_money(entry, steps) for entry, steps in bounds)
        bound = math.floor(least / chosen.problem.money_step + 1e-9)
    schedule = results[chosen.number].schedule
    if any(result.status is Status.INTERRUPTED for result in results):
        status = Status.INTERRUPTED
    elif not open_to:
        status = Status.INFEASIBLE
    elif schedule is None:
        status = Status.NO_PLAN
    else:
        status = Status.OPTIMAL if bound is not None and bound >= schedule.objective else Status.FEASIBLE
    grids = sum(result.grids for result in results)
    doubted = schedule is None and any(result.doubted for result in results)
    return Variants(results, chosen.number, Result(status, schedule, bound, grids, seconds, doubted))
