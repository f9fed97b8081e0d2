"""``front``: what less delay costs, as a curve of verified plans."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from dcplan.alternatives import OUTCOMES, alternatives
from dcplan.answer import Plan, Settings, Stage
from dcplan.errors import InputError, Problem, shown
from dcplan.formulate.build import formulate
from dcplan.fronting.curve import Best, Curve, Starting
from dcplan.guards import demand, demand_search
from dcplan.interrupt import held
from dcplan.planner import answered
from dcplan.report.table import money
from dcplan.setpoints import choices, settled
from dcplan.site import SiteModel
from dcplan.solver.run import Limits
from dcplan.solver.search import Status
from dcplan.solver.variants import Variants, Watch
from dcplan.staging.lexicographic import Begun, Minimiser
from dcplan.tradeoff import Front, Point

FEWEST, MOST = 2, 50


def front(
    model: SiteModel,
    *,
    points: int = 7,
    seconds: float = 120.0,
    workers: int = 2,
    seed: int = 0,
    deterministic: bool = False,
    progress: Watch | None = None,
    begun: Begun | None = None,
    starting: Starting | None = None,
) -> Front:
    """What less delay costs: the cheapest plan at each of several limits on delay, each verified, with a bound.

    Parameters
    ----------
    model : SiteModel
        A site as ``load`` gives it.
    points : int
        Limits on delay, the earliest and the cheapest plan included.
    seconds : float
        Limit on all searches together [s].
    workers, seed : int
        Of the solver.
    deterministic : bool
        Whether the same input, seed and limit must give the same front.
    progress, begun, starting : callable, optional
        As ``plan`` takes them; `starting` is called with words for each search that begins.

    Returns
    -------
    Front
        Points in order of delay, none dominated; interrupted, with the points that are finished.

    Raises
    ------
    InputError
        Fewer than two points, or more than fifty.

    Examples
    --------
    >>> from dcplan.loading import load
    >>> ready = front(load("examples/ready_site.yaml"), seconds=20)
    >>> [(point.delay, point.cost, point.gap) for point in ready.points]
    [(0.0, 0.0, 0.0)]
    """
    demand(model, SiteModel, "front()", "model", "load('site.yaml')")
    demand_search("front()", seconds, workers, seed)
    if not (isinstance(points, int) and FEWEST <= points <= MOST):
        allowed = f"a whole number from {FEWEST} to {MOST}"
        raise InputError([Problem("front()", None, None, "points", shown(points), allowed, f"points={MOST}")])
    limits = Limits(seconds=seconds, workers=workers, seed=seed, deterministic=deterministic)
    problems = [formulate(settled(model, choice)) for choice in choices(model.site)]
    curve = Curve(Minimiser(model, problems), limits, points, progress, begun, starting)
    curve.search()
    with held():
        return _front(model, curve)


def _front(model: SiteModel, curve: Curve) -> Front:
    """The record of what was found."""
    bests = [best for cap in curve.caps if cap not in curve.untried and (best := curve.best(cap)) is not None]
    kept = [best for before, best in zip((None, *bests), bests, strict=False) if not _same(before, best)]
    dropped = [best for best in bests if best not in kept]
    made = [_point(model, curve, best) for best in kept]
    weeks = [_week(this, following) for this, following in itertools.pairwise(made)]
    ends = [() if end is None else end.stages for end in (curve.earliest, curve.cheapest)]
    return Front(
        site=model.site.name,
        file=model.file,
        input_sha256=model.text_sha256,
        currency=model.site.currency,
        status=OUTCOMES[_status(curve, made, [*ends[0], *ends[1]])],
        reasons=_reasons(model, curve),
        points=tuple(
            point.model_copy(update={"week": week}) for point, week in zip(made, [*weeks, None], strict=False)
        ),
        earliest=ends[0],
        cheapest=ends[1],
        dropped=tuple(_dropped(model, best) for best in dropped),
        untried=len(curve.untried),
        settings=Settings(
            seconds=curve.limits.seconds,
            workers=curve.limits.workers,
            seed=curve.limits.seed,
            deterministic=curve.limits.deterministic,
        ),
    )


def _same(before: Best | None, best: Best) -> bool:
    """Whether more delay gave nothing cheaper."""
    return before is not None and (before.stage.value or 0.0) <= (best.stage.value or 0.0)


def _status(curve: Curve, made: Sequence[Point], ends: Sequence[Stage]) -> Status:
    if curve.interrupted:
        return Status.INTERRUPTED
    if not made:
        return Status.NO_PLAN if curve.none is None else curve.none.result.status
    proven = all(point.gap == 0 for point in made) and all(stage.gap == 0 for stage in ends)
    return Status.OPTIMAL if proven and not curve.untried else Status.FEASIBLE


def _reasons(model: SiteModel, curve: Curve) -> tuple[str, ...]:
    """Why there is no plan, as ``plan`` says it."""
    none = curve.none
    if none is None or curve.interrupted:
        return ()
    choice, problem = choices(model.site)[none.chosen], curve.minimiser.problems[none.chosen]
    return answered(model, choice, problem, none.result, curve.limits).reasons


def _point(model: SiteModel, curve: Curve, best: Best) -> Point:
    plan, stage = _plan(model, curve, best), best.stage
    cost = stage.value or 0.0
    windows = plan.payments.windows if plan.payments is not None else ()
    return Point(
        most=stage.most or 0.0,
        delay=best.delay,
        cost=cost,
        bound=stage.bound,
        gap=stage.gap,
        gap_money=None if stage.bound is None else cost - stage.bound,
        week=None,
        accepted=max(su.acceptance for su in plan.sus),
        paid=windows[0].planned if windows else None,
        bought=dict(sorted(_bought(plan).items())),
        plan=plan,
    )


def _bought(plan: Plan) -> Counter[str]:
    """Units by upgrade, those had sooner apart."""
    return Counter(
        unit.upgrade if unit.expedite is None else f"{unit.upgrade} (expedited: {unit.expedite})" for unit in plan.units
    )


def _plan(model: SiteModel, curve: Curve, best: Best) -> Plan:
    """The verified plan of a point."""
    minimiser = curve.minimiser
    stage = best.stage
    status = Status.OPTIMAL if stage.gap == 0 else Status.FEASIBLE
    chosen = best.known.chosen
    result = minimiser.result(best.known, status)
    choice, problem = choices(model.site)[chosen], minimiser.problems[chosen]
    alone = Variants((result,), 0, result)
    others = alternatives([choice], [settled(model, choice)], [problem], alone)
    return answered(model, choice, problem, result, curve.limits, others, goal="front", stages=(stage,))


def _week(this: Point, following: Point) -> float:
    """What a week less of delay costs between two points."""
    return (this.cost - following.cost) / (following.delay - this.delay) * 7


def _dropped(model: SiteModel, best: Best) -> str:
    words = f"at most {best.stage.most:,.2f} days of delay: nothing cheaper was found than with less delay"
    if best.stage.bound is None:
        return words
    if best.stage.gap == 0:
        return f"{words}; proven, there is nothing"
    return f"{words}; no plan with it costs less than {money(best.stage.bound, model.site.currency)}"
