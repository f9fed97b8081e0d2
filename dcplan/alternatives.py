"""What each choice of loop supply temperatures would have cost, and what it does to the plant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dcplan.answer import Alternative, Outcome
from dcplan.problem import Problem
from dcplan.ratings.plant import unit_supply
from dcplan.ratings.racks import su_demand, su_obstacles
from dcplan.ratings.rows import World, row, types_at
from dcplan.site import SiteModel
from dcplan.solver.search import Result, Status
from dcplan.solver.variants import Variants
from dcplan.units import in_unit, text

OUTCOMES: dict[Status, Outcome] = {
    Status.OPTIMAL: "optimal",
    Status.FEASIBLE: "feasible",
    Status.INFEASIBLE: "infeasible",
    Status.NO_PLAN: "no_plan",
    Status.INTERRUPTED: "interrupted",
}


def alternatives(
    choices: Sequence[Mapping[str, str]], models: Sequence[SiteModel], problems: Sequence[Problem], found: Variants
) -> tuple[Alternative, ...]:
    """One record per choice of setpoints, in the order of the file; none where the file leaves no choice.

    Parameters
    ----------
    choices : sequence of mapping
        Supply temperature by loop.
    models, problems : sequence
        The site and its problem at each choice.
    found : Variants
        What the search made of each.
    """
    if len(choices) == 1 and not choices[0]:
        return ()
    bought = [_bought(problem, result) for problem, result in zip(problems, found.results, strict=True)]
    values = [_value(problem, result) for problem, result in zip(problems, found.results, strict=True)]
    made = []
    for index, (choice, model, problem, result) in enumerate(
        zip(choices, models, problems, found.results, strict=True)
    ):
        reasons = [*_against(values, bought, index, found.chosen, model.site.currency), *_effects(model, choice)]
        reasons += _obstacles(model)
        made.append(
            Alternative(
                setpoints=dict(choice),
                chosen=index == found.chosen and result.schedule is not None,
                status=OUTCOMES[result.status],
                value=values[index],
                bound=None if result.bound is None else result.bound * problem.money_step,
                bought=dict(sorted(bought[index].items())),
                reasons=tuple(reasons),
            )
        )
    return tuple(made)


def _value(problem: Problem, result: Result) -> float | None:
    return None if result.schedule is None else result.schedule.objective * problem.money_step


def _bought(problem: Problem, result: Result) -> Counter[str]:
    if result.schedule is None:
        return Counter()
    plants = [problem.plants[install.plant] for install in result.schedule.installs]
    return Counter(plant.spec for plant in plants if plant.upgrade is not None)


def _against(
    values: Sequence[float | None], bought: Sequence[Counter[str]], index: int, chosen: int, currency: str
) -> Iterator[str]:
    """What a choice's plan buys, or how it differs from the chosen one's."""
    here, there = values[index], values[chosen]
    if here is None or there is None:
        return
    if index == chosen:
        buys = ", ".join(f"{count} {spec}" for spec, count in sorted(bought[index].items()))
        yield f"buys {buys or 'nothing'}"
        return
    parts = []
    for spec in sorted({*bought[index], *bought[chosen]}):
        more = bought[index][spec] - bought[chosen][spec]
        if more:
            parts.append(f"{abs(more)} {'more' if more > 0 else 'fewer'} {spec}")
    buys = f", with {', '.join(parts)}" if parts else ", with the same purchases"
    yield f"its plan costs {here - there:,.0f} {currency} more than the chosen one{buys}"


def _effects(model: SiteModel, choice: Mapping[str, str]) -> Iterator[str]:
    """What each type of cooler is worth at these temperatures, and the coolant flow that an SU asks for."""
    for loop in sorted(choice):
        for name in types_at(model, "heat_rejection", loop):
            supply = unit_supply(model, model.specs[name], loop, World.PLANNING)[row("heat_rejection", loop)]
            worth = f"{supply / 1e3:,.0f} kW each" if supply else "cannot make this water at design air"
            yield f"{_named(choice, loop)}{name} {worth}"
        for hall_name, hall in sorted(model.site.halls.items()):
            if hall.liquid is not None and hall.liquid.loop == loop:
                yield from _flows(model, hall_name, text(hall.liquid.supply.value))


def _named(choice: Mapping[str, str], loop: str) -> str:
    """The loop a reason is about, where that is not plain."""
    return f"on {loop}, " if len(choice) > 1 else ""


def _flows(model: SiteModel, hall: str, coolant: str) -> Iterator[str]:
    for name, deployment in sorted(model.site.deployments.items()):
        if hall not in deployment.halls or su_obstacles(model, name, hall, World.PLANNING):
            continue
        flow = su_demand(model, name, hall, World.PLANNING).get(row("cdu_flow", hall), 0.0)
        if flow:
            yield f"{hall} with coolant of {coolant}: an SU of {name} asks for {in_unit(flow, 'L/min'):,.0f} L/min"


def _obstacles(model: SiteModel) -> Iterator[str]:
    for name, deployment in sorted(model.site.deployments.items()):
        for hall in sorted(set(deployment.halls)):
            for reason in su_obstacles(model, name, hall, World.PLANNING):
                yield f"deployment {name} cannot stand in {hall}: {reason}"
