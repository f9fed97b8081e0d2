"""``explain``: why a site has no plan and what would cure it, or why its plan is what it is."""

from __future__ import annotations

import time

from dcplan.alternatives import OUTCOMES
from dcplan.answer import Settings
from dcplan.explaining.infeasible import Findings, findings
from dcplan.explaining.trial import Trials, any_plan
from dcplan.explanation import Explanation
from dcplan.guards import demand, demand_search
from dcplan.site import SiteModel
from dcplan.solver.run import Limits
from dcplan.solver.search import Status

TRIAL_PART = 15
"""One trial may take this part of the whole time, and no longer than :data:`MOST_TRIAL_SECONDS`."""
MOST_TRIAL_SECONDS = 5.0


def explain(model: SiteModel, *, seconds: float = 60.0, workers: int = 2, seed: int = 0) -> Explanation:
    """Explain the answer for a site.

    Where there is no plan: smallest sets of limits that conflict, and smallest changes of the file that cure it. Every
    set is confirmed by solving the site again: no plan with it although all else is lifted, a verified plan without any
    one of its members. Every cure is applied to the file and planned.

    Parameters
    ----------
    model : SiteModel
        A site as ``load`` gives it.
    seconds : float
        Limit on all trials [s]; what is not decided by then is told as unknown.
    workers, seed : int
        Of the solver.

    Returns
    -------
    Explanation

    Examples
    --------
    >>> from dcplan.loading import load
    >>> tight = load("examples/ready_site.yaml", overrides={"halls.hall-a.positions": 23})
    >>> found = explain(tight, seconds=20)
    >>> [limit.words for limit in found.conflicts[0].limits]
    ['positions of hall hall-a: 23']
    >>> found.cures[0].changes[0].settings
    ('halls.hall-a.positions=24',)
    """
    demand(model, SiteModel, "explain()", "model", "load('site.yaml')")
    demand_search("explain()", seconds, workers, seed)
    until = time.monotonic() + seconds
    limits = Limits(seconds=min(MOST_TRIAL_SECONDS, seconds / TRIAL_PART), workers=workers, seed=seed)
    status, plan = any_plan(model, limits)
    trials = Trials(model, limits, until)
    found = findings(trials) if status is Status.INFEASIBLE else Findings((), (), plan is not None, ())
    return Explanation(
        site=model.site.name,
        file=model.file,
        input_sha256=model.text_sha256,
        currency=model.site.currency,
        status=OUTCOMES[status],
        conflicts=found.conflicts,
        cures=found.cures,
        complete=found.complete,
        unknown=found.unknown,
        tried=trials.number,
        settings=Settings(seconds=seconds, workers=workers, seed=seed, deterministic=False),
    )
