"""Whether what a plan says of two numbers minimised one after the other is right: cost, delay, bounds, gaps, status."""

from __future__ import annotations

import math
from collections.abc import Iterator

from dcplan.answer import Aim, Plan, Stage
from dcplan.verifier.capacity import purchases
from dcplan.verifier.terms import CENT, RELATIVE, Findings, Terms

FIRST_TO_LAST = {"perspective": (), "earliest": ("delay", "cost"), "cheapest": ("cost", "delay"), "front": ("cost",)}


def check_stages(plan: Plan, terms: Terms, found: Findings) -> None:
    """The stages are those of the plan's goal, and each says what the plan's own dates and prices come to."""
    due = FIRST_TO_LAST.get(plan.goal, ("unknown",))
    aims = tuple(stage.aim for stage in plan.stages if isinstance(stage, Stage))
    message = f"the goal is {plan.goal}: it has the stages {list(due)}, the plan has {list(aims)}"
    right = len(plan.stages) == len(due) and aims == due
    if not found.check(right, "stages", "site", message) or not due:
        return
    hires = [unit.hire for unit in plan.units if unit.hire is not None]
    cost = sum(cost for _, cost in purchases(plan)) + sum(stay.rent + stay.running for stay in hires)
    numbers: dict[Aim, float] = {"cost": cost, "delay": delay(plan, terms)}
    for stage in plan.stages:
        unit = plan.currency if stage.aim == "cost" else "day"
        for what, given, least, most in _stated(stage, numbers[stage.aim]):
            found.check(
                given is not None and least <= given <= most,
                "stages",
                "site",
                f"{what} of the stage of {stage.aim} is stated as {given}; the plan's dates and prices make it {most}",
                required=most,
                found=given,
                unit=unit,
            )
        other: Aim = "delay" if stage.aim == "cost" else "cost"
        if plan.goal == "front":
            held = _keeps(other, numbers[other], stage.most)
        elif stage is plan.stages[0]:
            held = stage.most is None
        else:  # what the first stage reached, no looser limit that the bound would seem to hold for
            held = _keeps(other, numbers[other], stage.most) and _keeps(other, stage.most or 0.0, numbers[other])
        message = f"the stage of {stage.aim} held {other} to {stage.most}; the plan has {numbers[other]}"
        found.check(held, "stages", "site", message, required=stage.most, found=numbers[other])
    message = f"the goal is {plan.goal}, the objective by perspective was not searched for: it has no bound"
    found.check(plan.objective.bound is None, "stages", "site", message, found=plan.objective.bound)
    closed = all(stage.bound == stage.value for stage in plan.stages)
    message = f"the answer is {plan.status}, the bounds of its stages {'meet' if closed else 'do not meet'} its numbers"
    found.check((plan.status == "optimal") == closed or plan.status == "interrupted", "status", "site", message)


def delay(plan: Plan, terms: Terms) -> float:
    """Days from acceptance at a ready site to acceptance as planned: the mean over all SUs, weighted by their price."""
    known = terms.model.site.deployments
    prices = [known[su.deployment].price.si() if su.deployment in known else 0.0 for su in plan.sus]
    late = [(su.acceptance - su.ready_acceptance).days for su in plan.sus]
    return math.fsum(price * days for price, days in zip(prices, late, strict=True)) / (math.fsum(prices) or 1.0)


def _stated(stage: Stage, number: float) -> Iterator[tuple[str, float | None, float, float]]:
    """What of a stage follows from its number: what it is called, what is stated, and between what it must lie."""
    slack = _slack(stage.aim, number)
    yield "the number", stage.value, number - slack, number + slack
    if stage.bound is None:
        yield "the gap", 0.0 if stage.gap is None else stage.gap, 0.0, 0.0
        return
    yield "the bound", stage.bound, -math.inf, number + slack
    gap = (number - stage.bound) / number if number > 0 else 0.0
    yield "the gap", stage.gap, gap - RELATIVE, gap + RELATIVE


def _keeps(aim: Aim, number: float, most: float | None) -> bool:
    """Whether a number is no more than it was held to, but for the last digits."""
    return most is not None and number <= most + _slack(aim, most)


def _slack(aim: Aim, number: float) -> float:
    """What two statements of one cost or delay may differ by: a cost is held to a cent."""
    return (CENT if aim == "cost" else 0.0) + RELATIVE * max(1.0, abs(number))
