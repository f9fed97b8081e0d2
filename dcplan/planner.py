"""One site through the whole pipe: problem, search, dates, verification, payment window."""

from __future__ import annotations

import math
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version

from dcplan import answer
from dcplan.alternatives import OUTCOMES, alternatives
from dcplan.assess.coverage import NOT_COVERED
from dcplan.assess.gap import check
from dcplan.crosscheck import assumptions
from dcplan.dating import Dated, stay
from dcplan.formulate.build import formulate
from dcplan.guards import demand, demand_search
from dcplan.interrupt import held
from dcplan.ledger import World, payments
from dcplan.past import Past, past_of
from dcplan.problem import FINE, Problem, Purchase
from dcplan.problem import Reinforcement as Strengthening
from dcplan.procure import Pace, daily_losses, paid
from dcplan.reasons import reasons_against
from dcplan.rental import carried as hire_carried
from dcplan.rental import seen
from dcplan.resuming import Resumption, resumed
from dcplan.risk import replay
from dcplan.setpoints import choices, settled
from dcplan.site import Plant, SiteModel
from dcplan.solver.members import crew_members
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Run, Schedule
from dcplan.solver.search import Result, Status
from dcplan.solver.variants import Watch, optimise_variants
from dcplan.staging.lexicographic import Begun, Minimiser, lexicographic
from dcplan.staging.others import staged_alternatives
from dcplan.units import text
from dcplan.verifier.verdict import verify


def plan(
    model: SiteModel,
    *,
    seconds: float = 45.0,
    workers: int = 2,
    seed: int = 0,
    deterministic: bool = False,
    objective: answer.Goal | None = None,
    progress: Watch | None = None,
    begun: Begun | None = None,
) -> answer.Plan:
    """Decide what to buy and build, where and when, and when the vendor is paid.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    seconds : float
        Limit on the search [s]; with `deterministic`, in the solver's deterministic seconds.
    workers, seed : int
        Solver threads, and the seed of its search.
    deterministic : bool
        Whether the same input, seed and limit must give the same answer.
    objective : {'perspective', 'earliest', 'cheapest'}, optional
        What is minimised; by default what the site file says. `earliest`: delay, then cost; `cheapest`: the reverse.
    progress : callable, optional
        Called with seconds, objective and bound (in the site's currency, a delay in days; None: none yet) after each
        step.
    begun : callable, optional
        Called with 'delay' or 'cost' when the search for the least of it begins.

    Returns
    -------
    Plan
        Verified before it is returned; an infeasible site gives a plan without purchases and with its reasons.

    Raises
    ------
    InputError
        An argument that no search can have.
    """
    demand(model, SiteModel, "plan()", "model", "load('site.yaml')")
    demand_search("plan()", seconds, workers, seed)
    limits = Limits(seconds=seconds, workers=workers, seed=seed, deterministic=deterministic)
    if (past := past_of(model)) is not None:
        return _again(model, past, limits, progress)
    return _anew(model, objective or model.site.objective, limits, progress, begun)


def _anew(
    model: SiteModel, goal: answer.Goal, limits: Limits, progress: Watch | None, begun: Begun | None
) -> answer.Plan:
    """The answer for a site without a past."""
    open_to = choices(model.site)
    models = [settled(model, choice) for choice in open_to]
    problems = [formulate(at_choice) for at_choice in models]
    if goal != "perspective":
        staged = lexicographic(goal, Minimiser(model, problems), limits, progress, begun)
        with held():
            others = staged_alternatives(open_to, models, problems, staged)
        chosen = staged.chosen
        return answered(
            model, open_to[chosen], problems[chosen], staged.result, limits, others, goal=goal, stages=staged.stages
        )
    found = optimise_variants(problems, limits, progress)
    with held():
        others = alternatives(open_to, models, problems, found)
    return answered(model, open_to[found.chosen], problems[found.chosen], found.answer, limits, others)


def answered(
    model: SiteModel,
    choice: Mapping[str, str],
    problem: Problem,
    result: Result,
    limits: Limits,
    others: Sequence[answer.Alternative] = (),
    *,
    goal: answer.Minimised = "perspective",
    stages: Sequence[answer.Stage] = (),
) -> answer.Plan:
    """What a search found for a site at one choice of setpoints, as a record that has been verified.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    choice : mapping of str to str
        Supply temperature by loop.
    problem : Problem
        That of the site at this choice.
    result : Result
        Of the search.
    limits : Limits
        Those of the search.
    others : sequence of Alternative
        What became of each choice.
    goal : {'perspective', 'earliest', 'cheapest', 'front'}
        What was minimised.
    stages : sequence of Stage
        Of a goal that has stages.
    """
    at_choice = settled(model, choice)
    told = {"setpoints": dict(choice), "alternatives": tuple(others), "goal": goal, "stages": tuple(stages)}
    if result.schedule is None:
        return _draft(at_choice, problem, result, limits).model_copy(update=told)
    with held():
        return _verified(_draft(at_choice, problem, result, limits).model_copy(update=told), model)


def _again(model: SiteModel, past: Past, limits: Limits, progress: Watch | None) -> answer.Plan:
    """The answer for a site with a past: what is left is decided, what is committed stays."""
    at_choice = settled(model, past.setpoints)
    again = resumed(at_choice, past, limits, progress)
    with held():
        draft = _draft(at_choice, again.problem, again.result, limits, again)
        kept = answer.Alternative(
            setpoints=past.setpoints,
            chosen=bool(draft.sus),
            status=draft.status,
            value=draft.objective.value,
            bound=draft.objective.bound,
            bought=dict(sorted(Counter(unit.spec for unit in draft.units).items())),
            reasons=("the supply temperatures that the site runs at, or is being built for",),
        )
        told = {"setpoints": past.setpoints, "alternatives": (kept,) if past.setpoints else ()}
        draft = draft.model_copy(update=told)
        return draft if again.result.schedule is None else _verified(draft, model)


def _verified(draft: answer.Plan, model: SiteModel) -> answer.Plan:
    """The answer with what the verifier says of it."""
    verdict = verify(draft, model)
    broken = tuple(f"verification: {violation.message}" for violation in verdict.violations[:20])
    return draft.model_copy(update={"verified": verdict.ok, "warnings": (*draft.warnings, *broken)})


def _draft(
    model: SiteModel, problem: Problem, result: Result, limits: Limits, again: Resumption | None = None
) -> answer.Plan:
    """The answer before verification."""
    units: tuple[answer.Unit, ...] = ()
    sus: tuple[answer.Su, ...] = ()
    tests: tuple[answer.HallTest, ...] = ()
    running: tuple[answer.Running, ...] = ()
    window: answer.Payments | None = None
    exact: float | None = None
    if result.schedule is not None:
        dated: Dated
        if again is None:
            dated = Dated(model, problem, result.schedule, crew_members(problem, result.schedule))
        else:
            dated = again.dated()
        units, sus = dated.units(), dated.sus()
        tests, running = dated.tests(), dated.running()
        names = [su.id for su in sus]
        if again is None:
            window, exact = _payments(model, problem, result.schedule, names), _exact(model, problem, result.schedule)
        else:
            window, exact = again.payments(names), again.exact(units, sus)
    return answer.Plan(
        site=model.site.name,
        file=model.file,
        input_sha256=model.text_sha256,
        status=OUTCOMES[result.status],
        reasons=() if result.schedule is not None else _reasons(model, problem, result, limits),
        perspective=model.site.perspective,
        currency=model.site.currency,
        start=model.site.start,
        end=model.site.end,
        objective=_objective(problem, result, exact),
        purchases=_purchases(units, sus),
        units=units,
        sus=sus,
        tests=tests,
        running=running,
        payments=window,
        verified=False,
        not_checked=_not_checked(_completed(model, units)),
        assumed=tuple(dict.fromkeys(f"{place}: {text(figure.value)}" for place, figure in assumptions(model))),
        warnings=model.warnings,
        settings=answer.Settings(
            seconds=limits.seconds, workers=limits.workers, seed=limits.seed, deterministic=limits.deterministic
        ),
        versions={name: version(name) for name in ("dcplan", "ortools", "pint", "pydantic")}
        | {"python": platform.python_version()},
    )


def _completed(model: SiteModel, units: Sequence[answer.Unit]) -> SiteModel:
    """The site once everything stands that is bought or on order."""
    standing = {
        name: entry.model_copy(update={"status": "existing"}) if entry.status == "ordered" else entry
        for name, entry in model.site.plant.items()
    }
    bought = Counter((unit.spec, unit.place, unit.train) for unit in units)
    for (spec, place, train), count in bought.items():
        standing[f"bought {spec} {place} {train or ''}"] = Plant(spec=spec, count=count, at=place, train=train)
    return model.model_copy(update={"site": model.site.model_copy(update={"plant": standing})})


def _not_checked(model: SiteModel) -> tuple[str, ...]:
    """Lines that the check leaves open for want of data, and the subjects outside dcplan."""
    lines = [f"{line.id}: {line.reason}" for line in check(model).lines if line.verdict == "not checked"]
    return (*lines, *NOT_COVERED)


def _payments(model: SiteModel, problem: Problem, schedule: Schedule, su_ids: Sequence[str]) -> answer.Payments:
    worlds = [formulate(model, pace) for pace in (Pace.OPTIMISTIC, Pace.PESSIMISTIC)]
    best, worst = (World(world, replay(problem, schedule, world)) for world in worlds)
    return payments(model, problem, schedule, su_ids, best, worst)


def _purchases(units: Sequence[answer.Unit], sus: Sequence[answer.Su]) -> float:
    spent = sum(unit.cost for unit in units)
    return spent + sum(su.reinforcement.cost for su in sus if su.reinforcement is not None)


def _reasons(model: SiteModel, problem: Problem, result: Result, limits: Limits) -> tuple[str, ...]:
    """What can be said of a site without a plan."""
    if result.status is Status.INFEASIBLE:
        with held():
            return reasons_against(model, problem)
    clock = "deterministic seconds" if limits.deterministic else "s"
    told = f"no plan was found within the limit of {limits.seconds:g} {clock}; allow more time with --seconds"
    if result.status is Status.INTERRUPTED:
        told = "the search was interrupted before it found a plan; whether there is one is not known"
    doubt = "one solver says that there is none; as a second did not confirm it, that is not taken as proven"
    return (told, doubt) if result.doubted else (told,)


# ---------------------------------------------------------------- objective


def _objective(problem: Problem, result: Result, exact: float | None) -> answer.Objective:
    step, schedule = problem.money_step, result.schedule
    bound = None if result.bound is None else result.bound * step
    if schedule is None:
        return answer.Objective(
            value=None, spend=None, delay=None, bound=bound, gap=None, gap_money=None, gap_su_days=None,
            step=step, exact=None, rounding=0.0,
        )  # fmt: skip
    value = schedule.objective * step
    gap_money = None if bound is None else max(0.0, value - min(bound, value))
    gap = None
    if gap_money is not None and (value > 0 or gap_money == 0):
        gap = gap_money / value if value > 0 else 0.0
    daily = max((sum(delay.rate for delay in su.delays) / FINE * step for su in problem.classes), default=0.0)
    return answer.Objective(
        value=value,
        spend=schedule.cost * step,
        delay=(schedule.objective - schedule.cost) * step,
        bound=None if bound is None else min(bound, value),
        gap=gap,
        gap_money=gap_money,
        gap_su_days=None if gap_money is None or daily <= 0 else gap_money / daily,
        step=step,
        exact=exact,
        rounding=0.5 * step * (_roundings(problem, schedule) + 3 * len(schedule.runs)),
    )


def _roundings(problem: Problem, schedule: Schedule) -> int:
    """How many amounts of spend are rounded: one for each unit, two for a hired one."""
    return sum(1 + problem.plants[install.plant].is_hired for install in schedule.installs)


def _exact(model: SiteModel, problem: Problem, schedule: Schedule) -> float:
    """The objective from unrounded prices and rates, in the site's currency."""
    rate = model.site.financing_rate.si() / 365.0

    def carried(
        upgrade: str, units: int, bought: Purchase | Strengthening, start: int, expedite: str | None = None
    ) -> float:
        price = paid(model, model.site.upgrades[upgrade], expedite) * units
        return price * (1.0 - rate * max(start - bought.lead_days, 0))

    terms: list[float] = []
    for install in schedule.installs:
        plant = problem.plants[install.plant]
        if plant.purchase is not None and plant.upgrade is not None:
            terms.append(carried(plant.upgrade, 1, plant.purchase, install.start, plant.expedite))
            upgrade = model.site.upgrades[plant.upgrade]
            if upgrade.rental is not None and seen(model, upgrade):
                terms.append(hire_carried(model, upgrade, stay(problem, install)))
    for run in schedule.runs:
        su = problem.classes[run.su]
        way = su.modes[run.mode].reinforcement
        if way is not None and run.reinforce is not None:
            terms.append(carried(way.upgrade, way.positions, way, run.reinforce))
        ready = su.ready[su.arrivals.index(run.arrival)]
        terms.extend((_lost(model, problem, run, run.energised), -_lost(model, problem, run, ready)))
    return math.fsum(terms)


def _lost(model: SiteModel, problem: Problem, run: Run, energised: int) -> float:
    """What one SU loses when energised on a day, against day 0."""
    su = problem.classes[run.su]
    accepted = problem.accepted(su, energised)
    losses = daily_losses(model, model.site.deployments[su.deployment], run.arrival)
    return math.fsum(
        loss.rate * min(energised if loss.until == "energise" else accepted, math.inf if loss.cap is None else loss.cap)
        for loss in losses
    )
