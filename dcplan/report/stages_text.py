"""What was minimised in two stages, as a person reads it: each number, what is proven of it, and for which plans."""

from __future__ import annotations

import math
from collections.abc import Iterator

from dcplan.answer import Plan, Stage
from dcplan.report.table import money

GOALS = {
    "front": "a point of a front: the least cost with at most so much delay",
    "earliest": "earliest: the least delay, then the least cost with it",
    "cheapest": "cheapest: the least cost, then the least delay with it",
}


def amount(stage: Stage, value: float | None, currency: str) -> str:
    """A number of a stage with its unit."""
    if value is None:
        return "-"
    return money(value, currency) if stage.aim == "cost" else days(value)


def days(value: float) -> str:
    """Mean days, with as many decimals as tell them apart.

    Examples
    --------
    >>> days(12.0), days(1.0), days(12.3456)
    ('12 days', '1 day', '12.35 days')
    """
    shown = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{shown} day{'' if shown == '1' else 's'}"


def stages_facts(plan: Plan) -> Iterator[tuple[str, str]]:
    """Named facts about the stages of a plan; none where it has none."""
    if plan.stages:
        yield "Goal", GOALS[plan.goal]
    for stage in plan.stages:
        if stage.value is not None:
            number = f"{amount(stage, stage.value, plan.currency)}{_what(stage)}"
            yield "Cost" if stage.aim == "cost" else "Mean delay", f"{number}; {_proof(stage, plan)}"


def _what(stage: Stage) -> str:
    if stage.aim == "delay":
        return " over all SUs, weighted by their price"
    return " for all purchases at their price, whoever pays"


def _proof(stage: Stage, plan: Plan) -> str:
    among = ""
    if stage.most is not None:
        held = money(stage.most, plan.currency) if stage.aim == "delay" else f"{days(stage.most)} of delay"
        among = f" of at most {held}"
    if stage.bound is None or (stage.bound <= 0 and stage.gap):
        return f"no useful bound is known: how much less a plan{among} could have is unknown"
    if not stage.gap:
        return f"proven, no plan{among} has less"
    gap = math.ceil(1e4 * stage.gap - 1e-9) / 100
    least = amount(stage, stage.bound, plan.currency)
    return f"not proven the least: no plan{among} has less than {least}, gap {gap:.2f} %"


def stages_status(plan: Plan) -> str:
    """What the answer is worth, both stages together."""
    if plan.status == "optimal" and plan.goal == "front":
        return "optimal: proven, no plan with at most that delay is cheaper"
    if plan.status == "optimal":
        first, second = ("earlier", "cheaper") if plan.goal == "earliest" else ("cheaper", "earlier")
        return f"optimal: proven, no plan is {first}, and none that is as good in that is {second}"
    found = "feasible" if plan.status == "feasible" else "interrupted: the best plan so far"
    open_stages = [stage.aim for stage in plan.stages if stage.gap != 0]
    return f"{found}; not proven the least: {' and '.join(open_stages) or 'nothing'}"
