"""What each choice of loop supply temperatures came to in a search of two stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dcplan.alternatives import alternatives
from dcplan.answer import Aim, Alternative
from dcplan.problem import Problem
from dcplan.site import SiteModel
from dcplan.solver.schedule import price
from dcplan.solver.search import Result
from dcplan.staging.lexicographic import Staged
from dcplan.staging.pricing import exact


def staged_alternatives(
    choices: Sequence[Mapping[str, str]], models: Sequence[SiteModel], problems: Sequence[Problem], staged: Staged
) -> tuple[Alternative, ...]:
    """One record per choice of setpoints: its own plan, and by how much that is later or dearer than the chosen one.

    Parameters
    ----------
    choices : sequence of mapping
        Supply temperature by loop.
    models, problems : sequence
        The site and its problem at each choice.
    staged : Staged
        What both stages came to.
    """
    results = [_result(problem, staged, index) for index, problem in enumerate(problems)]
    searches = replace(staged.first.found, results=tuple(results), chosen=staged.chosen)
    made = alternatives(choices, models, problems, searches)
    if not made or staged.result.schedule is None:
        return made
    numbers = [
        None if result.schedule is None else exact(model, problem, result.schedule)
        for model, problem, result in zip(models, problems, results, strict=True)
    ]
    there = numbers[staged.chosen]
    told = []
    for one, here in zip(made, numbers, strict=True):
        if here is None or there is None or one.chosen:
            told.append(one)
            continue
        reason = f"its plan is {'; '.join(_against(here, there, models[0].site.currency))}"
        # the first reason compares objectives, which are not what was minimised
        told.append(one.model_copy(update={"reasons": (reason, *one.reasons[1:])}))
    return tuple(told)


def _result(problem: Problem, staged: Staged, index: int) -> Result:
    """The best that is known of one choice, at the site's own prices and without a bound."""
    if index == staged.chosen:
        return staged.result
    first = staged.first.found.results[index]
    second = None if staged.second is None else staged.second.found.results[index]
    best = second if second is not None and second.schedule is not None else first
    if best.schedule is None:
        return replace(first, bound=None)
    objective, cost = price(problem, best.schedule.installs, best.schedule.runs)
    return replace(best, schedule=replace(best.schedule, objective=objective, cost=cost), bound=None)


def _against(here: Mapping[Aim, float], there: Mapping[Aim, float], currency: str) -> Iterator[str]:
    days, money = here["delay"] - there["delay"], here["cost"] - there["cost"]
    yield f"{abs(days):,.1f} days {'later' if days >= 0 else 'earlier'} in the mean"
    yield f"{abs(money):,.0f} {currency} {'dearer' if money >= 0 else 'cheaper'}"
