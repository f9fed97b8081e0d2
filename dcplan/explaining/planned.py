"""``explain_plan``: why a plan is what it is, part by part, within a time for all of them."""

from __future__ import annotations

import time

from dcplan.answer import Plan, Settings
from dcplan.errors import InputError, Problem
from dcplan.explaining.chains import gates, lots
from dcplan.explaining.chosen import Anew, choices, relaxations
from dcplan.explaining.given import Given
from dcplan.explaining.resting import resting
from dcplan.explaining.stranded import left_over
from dcplan.guards import demand, demand_search
from dcplan.past import past_of
from dcplan.rationale import Rationale
from dcplan.site import SiteModel

CHOICES, LIMITS, ASSUMPTIONS = 0.4, 0.4, 0.2
"""Parts of the time: for the choices, for the limits, and for the assumptions; what one leaves is the next one's."""


def explain_plan(
    model: SiteModel, plan: Plan, *, seconds: float = 60.0, workers: int = 2, seed: int = 0, name: str = "the plan"
) -> Rationale:
    """Explain a plan of a site.

    Parameters
    ----------
    model : SiteModel
        The site it was made for, as ``load`` gives it.
    plan : Plan
        A plan that keeps the rules of that site.
    seconds : float
        Limit on all searches together [s]; what is not decided by then is told as unknown.
    workers, seed : int
        Of the solver.
    name : str
        What to call the plan in an error, such as its file.

    Returns
    -------
    Rationale
        Every plan it mentions was found and verified, every "at least" is a proven bound.

    Raises
    ------
    InputError
        The plan does not keep the rules of the site.
    """
    demand(plan, Plan, "explain_plan()", "plan", "read_plan('plan.json')")
    demand_search("explain_plan()", seconds, workers, seed)
    _without_a_past(model, name)
    begun = time.monotonic()
    given = Given.of(model, plan, name)
    further, spares = left_over(given)
    anew = Anew(model, plan, workers, seed, begun + CHOICES * seconds)
    chosen, unknown = choices(anew, CHOICES * seconds)
    anew.until = begun + (CHOICES + LIMITS) * seconds
    eased, free, unsure = relaxations(anew, given, max(0.0, anew.left()))
    hangs = resting(model, plan, max(begun + seconds, time.monotonic() + ASSUMPTIONS * seconds))
    return Rationale(
        site=plan.site,
        file=plan.file,
        input_sha256=plan.input_sha256,
        currency=plan.currency,
        status=plan.status,
        value=anew.value,
        bound=plan.objective.bound,
        gates=gates(given),
        lots=lots(given),
        choices=chosen,
        relaxations=eased,
        free=free,
        rests=hangs.rests,
        assumptions={"declared": hangs.number, "tried": hangs.tried},
        further=further,
        spares=spares,
        unknown=(*unknown, *unsure, *hangs.unknown),
        settings=Settings(seconds=seconds, workers=workers, seed=seed, deterministic=False),
    )


def _without_a_past(model: SiteModel, name: str) -> None:
    demand(model, SiteModel, "explain_plan()", "model", "load('site.yaml')")
    if past_of(model) is not None:
        hint = "explain the plan that is carried out"
        raise InputError([Problem(name, None, None, "", "a plan made again", "a plan of a site without a past", hint)])
