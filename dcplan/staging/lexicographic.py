"""Two numbers minimised one after the other: the second among the plans that keep what the first has reached.

Each stage is a search of its own with a bound of its own. What the first stage reached is a cap in the second, never a
weight; and the first stage's plan, which keeps it, is where the second begins.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from dcplan.answer import Aim, Goal, Stage
from dcplan.errors import InputError
from dcplan.errors import Problem as Mistake
from dcplan.problem import Cap, Problem
from dcplan.site import SiteModel
from dcplan.solver.dateless import dateless
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Schedule, price
from dcplan.solver.search import Result, Status
from dcplan.solver.variants import Variants, Watch, optimise_variants
from dcplan.staging.pricing import Priced, exact, priced

ORDER: Mapping[Goal, tuple[Aim, Aim]] = {"earliest": ("delay", "cost"), "cheapest": ("cost", "delay")}
"""Which number goes first."""
OTHER: Mapping[Aim, Aim] = {"delay": "cost", "cost": "delay"}
FIRST_SHARE = 0.6
"""Part of the time for the first stage; the second has what is left of it too."""
DATELESS_SHARE = 0.5
"""Part of the time of a search for the least cost in which dates are set aside."""
LEAST_SECONDS = 0.01
CENT = 0.01
NOISE = 1e-9
Begun = Callable[[Aim], None]


class Known(NamedTuple):
    """A schedule, and which of the problems it is for."""

    chosen: int
    schedule: Schedule


@dataclass(frozen=True)
class Least:
    """What one search for the least of one number came to."""

    status: Status
    known: Known | None
    value: int | None
    """In whole steps, as the bound."""
    bound: int | None
    told: float | None
    """The bound as it is told: in the site's currency, or in mean days."""
    most: float | None
    """What the other number was held to, as it is told."""
    found: Variants

    @property
    def proven(self) -> bool:
        """Whether no plan that is held to the same has less, in whole steps."""
        return self.value is not None and self.bound is not None and self.bound >= self.value


@dataclass(frozen=True)
class Staged:
    """Both stages of a lexicographic search."""

    first: Least
    second: Least | None
    result: Result
    """The best schedule at the site's own prices, and what it is worth; without a bound, which is the stages' own."""
    chosen: int
    stages: tuple[Stage, ...]


class Minimiser:
    """Looks for the least cost or the least delay of a site.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    problems : sequence of Problem
        At each choice of its setpoints.
    """

    def __init__(self, model: SiteModel, problems: Sequence[Problem]) -> None:
        self.model, self.problems = model, tuple(problems)
        self.priced: dict[Aim, Priced] = priced(model, problems)

    def least(
        self,
        aim: Aim,
        limits: Limits,
        *,
        most: float | None = None,
        start: Known | None = None,
        watch: Watch | None = None,
    ) -> Least:
        """The least of one number among the plans that hold the other to a limit [currency, or mean days].

        `start` keeps this limit: without a better one it is the answer.
        """
        began = time.monotonic()
        problems = self._capped(aim, most)
        simple = self._simple(problems, limits) if aim == "cost" else ()
        known = self._best(aim, most, start, enumerate(result.schedule for result in simple))
        if simple:
            chosen = 0 if known is None else known.chosen
            stopped = any(result.status is Status.INTERRUPTED for result in simple)
            # the bound of one choice of setpoints is none of all
            answer = replace(simple[chosen], bound=None)
            answer = replace(answer, status=Status.INTERRUPTED) if stopped else answer
            least = self._least(aim, most, known, Variants(simple, chosen, answer), simple)
            if least.proven or stopped:
                return least
        spent = time.monotonic() - began
        if limits.deterministic:
            spent = DATELESS_SHARE * limits.seconds if simple else 0.0
        starts: list[Schedule | None] = [None] * len(problems)
        if known is not None:
            starts[known.chosen] = _priced(self.priced[aim].problems[known.chosen], known.schedule)
        left = replace(limits, seconds=max(limits.seconds - spent, LEAST_SECONDS))
        found = optimise_variants(problems, left, watch, starts)
        known = self._best(aim, most, known, [(found.chosen, found.answer.schedule)])
        return self._least(aim, most, known, found, simple)

    def number(self, aim: Aim, known: Known) -> float:
        """Cost or delay of a schedule, without rounding."""
        return exact(self.model, self.problems[known.chosen], known.schedule)[aim]

    def _capped(self, aim: Aim, most: float | None) -> tuple[Problem, ...]:
        """The problems of one number, each with a cap on the other; where prices are rounded down it lets more by."""
        own, other = self.priced[aim], self.priced[OTHER[aim]]
        if most is None:
            return own.problems
        pairs = zip(own.problems, other.problems, strict=True)
        return tuple(replace(problem, cap=Cap(prices, other.most(most))) for problem, prices in pairs)

    @staticmethod
    def _simple(problems: Sequence[Problem], limits: Limits) -> tuple[Result, ...]:
        """What each problem comes to when dates are set aside; after an interrupt no other is begun."""
        share = replace(limits, seconds=DATELESS_SHARE * limits.seconds / len(problems))
        results: list[Result] = []
        for problem in problems:
            stopped = any(result.status is Status.INTERRUPTED for result in results)
            results.append(Result(Status.INTERRUPTED, None, None, 0, 0.0) if stopped else dateless(problem, share))
        return tuple(results)

    def _best(
        self, aim: Aim, most: float | None, known: Known | None, others: Iterable[tuple[int, Schedule | None]]
    ) -> Known | None:
        """The schedule with the least of one number among those that keep the other to a limit."""
        for chosen, schedule in others:
            if schedule is None:
                continue
            one = Known(chosen, schedule)
            if most is not None and self.number(OTHER[aim], one) > most + (NOISE if aim == "cost" else CENT):
                continue
            if known is None or self.number(aim, one) <= self.number(aim, known):
                known = one
        return known

    def _least(
        self, aim: Aim, most: float | None, known: Known | None, found: Variants, simple: Sequence[Result]
    ) -> Least:
        """What is known in the end, with the better of both bounds."""
        value = None if known is None else self.priced[aim].steps(*known)
        status = found.answer.status
        bounds = [found.answer.bound, _floor(simple, found)]
        bound = max((each for each in bounds if each is not None), default=None)
        if status is Status.INFEASIBLE:
            bound = None
        elif bound is not None and value is not None:
            bound = min(bound, value)
        if status is not Status.INTERRUPTED and value is not None:
            status = Status.OPTIMAL if bound == value else Status.FEASIBLE
        return Least(status, known, value, bound, None if bound is None else self.priced[aim].told(bound), most, found)

    def stage(self, aim: Aim, known: Known | None, bound: float | None, most: float | None) -> Stage:
        """The record of one number of a plan: the number, and the bound and limit of the search for its least."""
        value = None if known is None else self.number(aim, known)
        if bound is not None and value is not None and bound > value - self._noise(aim, known):
            bound = value
        return Stage(aim=aim, value=value, bound=bound, gap=gap_of(value, bound), most=most)

    def _noise(self, aim: Aim, known: Known | None) -> float:
        """What a number may be above its bound by nothing but the last digits of prices."""
        if aim == "delay" or known is None:
            return NOISE
        return CENT * (1 + len(known.schedule.installs) + len(known.schedule.runs))

    def result(self, known: Known | None, status: Status, answer: Result | None = None) -> Result:
        """A schedule at the site's own prices, as the result of a search that gave no bound on them."""
        schedule = None if known is None else _priced(self.problems[known.chosen], known.schedule)
        if answer is None:
            return Result(status, schedule, None, 0, 0.0)
        return replace(answer, status=status, schedule=schedule, bound=None)


def gap_of(value: float | None, bound: float | None) -> float | None:
    """(value - bound) / value; None where one of them is unknown.

    Examples
    --------
    >>> gap_of(10.0, 9.0), gap_of(0.0, 0.0), gap_of(10.0, None)
    (0.1, 0.0, None)
    """
    if value is None or bound is None:
        return None
    return max(0.0, value - bound) / value if value > 0 else 0.0


def _priced(problem: Problem, schedule: Schedule) -> Schedule:
    """The same schedule at a problem's own prices."""
    objective, cost = price(problem, schedule.installs, schedule.runs)
    return replace(schedule, objective=objective, cost=cost)


def _floor(simple: Sequence[Result], found: Variants) -> int | None:
    """The least of the bounds of all problems that may have a plan; None where one has no bound."""
    results = zip(simple, found.results, strict=False)
    bounds = [one.bound for one, result in results if result.status is not Status.INFEASIBLE]
    known = [bound for bound in bounds if bound is not None]
    return min(known) if known and len(known) == len(bounds) else None


def lexicographic(
    goal: Goal,
    minimiser: Minimiser,
    limits: Limits,
    watch: Watch | None = None,
    begun: Begun | None = None,
    start: Known | None = None,
) -> Staged:
    """The least of the first number of a goal, then of the other among the plans that have it.

    Parameters
    ----------
    goal : {'earliest', 'cheapest'}
        Which number goes first.
    minimiser : Minimiser
        Of the site.
    limits : Limits
        Of both stages together.
    watch : callable, optional
        Called with seconds, number and bound of the stage in hand (currency, or mean days).
    begun : callable, optional
        Called with what a stage minimises when it begins.
    start : Known, optional
        A schedule that is known: no answer is worse in the first number.

    Raises
    ------
    InputError
        There is no such goal.
    """
    if goal not in ORDER:
        raise InputError([Mistake("objective", None, None, "", str(goal), "perspective, earliest or cheapest")])
    began = time.monotonic()
    aims = ORDER[goal]
    share = replace(limits, seconds=FIRST_SHARE * limits.seconds)
    first = minimiser.least(aims[0], share, start=start, watch=_watched(minimiser, aims[0], watch, begun))
    if first.known is None or first.status is Status.INTERRUPTED:
        return _staged(goal, minimiser, first, None)
    left = limits.seconds - share.seconds if limits.deterministic else limits.seconds - (time.monotonic() - began)
    second = minimiser.least(
        aims[1],
        replace(limits, seconds=max(left, LEAST_SECONDS)),
        most=minimiser.number(aims[0], first.known),
        start=first.known,
        watch=_watched(minimiser, aims[1], watch, begun),
    )
    return _staged(goal, minimiser, first, second)


def _watched(minimiser: Minimiser, aim: Aim, watch: Watch | None, begun: Begun | None) -> Watch | None:
    """What a search calls with money, so that a number comes out as it is told."""
    if begun is not None:
        begun(aim)
    if watch is None:
        return None
    unit = minimiser.priced[aim].unit

    def told(seconds: float, objective: float | None, bound: float | None) -> None:
        watch(seconds, None if objective is None else objective / unit, None if bound is None else bound / unit)

    return told


def _staged(goal: Goal, minimiser: Minimiser, first: Least, second: Least | None) -> Staged:
    last = second or first
    aims, known = ORDER[goal], last.known
    told = known is not None or first.bound is not None
    stages = [minimiser.stage(aims[0], known, first.told, None)] if told else []
    if known is not None:
        # where less was found of the first number than it reached, the bound holds for plans held to that as well
        reached = (minimiser.number(aims[0], one) for one in (first.known, known) if one is not None)
        most = None if first.known is None else min(reached)
        stages.append(minimiser.stage(aims[1], known, None if second is None else second.told, most))
    status = last.status
    if known is not None and status is not Status.INTERRUPTED:
        closed = all(stage.value is not None and stage.bound == stage.value for stage in stages)
        status = Status.OPTIMAL if closed else Status.FEASIBLE
    chosen = first.found.chosen if known is None else known.chosen
    return Staged(first, second, minimiser.result(known, status, last.found.answer), chosen, tuple(stages))
