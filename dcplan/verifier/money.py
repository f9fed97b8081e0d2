"""Whether a plan's money is right: what is bought, what delay costs, and the objective made of both."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta

from dcplan.answer import Plan, Su
from dcplan.site import READINESS_EVENTS, Deployment
from dcplan.units import si
from dcplan.verifier.capacity import purchases
from dcplan.verifier.terms import CENT, RELATIVE, Findings, Terms

YEAR = 365.0
"""Days of a year of simple interest."""


def check_money(plan: Plan, terms: Terms, found: Findings) -> None:
    """Purchases and objective, recomputed."""
    total = sum(cost for _, cost in purchases(plan))
    _same("purchases", "all purchases and reinforcements", plan.purchases, total, CENT, terms, found)
    spend, delay = spent(plan, terms), lost(plan, terms)
    stated = plan.objective
    _same("objective-exact", "the objective without rounding", stated.exact, spend + delay, CENT, terms, found)
    # each price, and the delay of each SU and of the same SU at a ready site, is rounded once
    rounded = len(plan.units) + sum(2 + (su.reinforcement is not None) for su in plan.sus)
    most = 0.5 * stated.step * rounded
    found.check(
        0.0 <= stated.rounding <= 0.5 * stated.step * (len(plan.units) + 3 * len(plan.sus)) + CENT,
        "objective-rounding",
        "site",
        f"{stated.rounding:,.2f} is stated as rounding; {rounded} amounts rounded to {stated.step:g} make {most:,.2f}",
        required=most,
        found=stated.rounding,
        unit=plan.currency,
    )
    _same("objective", "the objective", stated.value, spend + delay, stated.rounding + CENT, terms, found)
    _same("objective", "its spend", stated.spend, spend, stated.rounding + CENT, terms, found)
    _same("objective", "its delay", stated.delay, delay, stated.rounding + CENT, terms, found)
    _bounded(plan, found)


def _same(rule: str, what: str, stated: float | None, due: float, within: float, terms: Terms, found: Findings) -> None:
    given = "nothing" if stated is None else f"{stated:,.2f}"
    found.check(
        stated is not None and abs(stated - due) <= within + RELATIVE * 1e-3 * abs(due),
        rule,
        "site",
        f"{what}: {given} is stated, the plan's own dates and the site file's prices make {due:,.2f}",
        required=due,
        found=stated,
        unit=terms.model.site.currency,
    )


def _bounded(plan: Plan, found: Findings) -> None:
    """The bound is not above the objective, and the gap follows from both."""
    stated = plan.objective
    if stated.value is None or stated.bound is None:
        return
    gap = (stated.value - stated.bound) / stated.value if stated.value else 0.0
    found.check(
        stated.bound <= stated.value + CENT and (stated.gap is None or abs(stated.gap - gap) <= 1e-6),
        "objective-gap",
        "site",
        f"objective {stated.value:,.2f} and bound {stated.bound:,.2f} make a gap of {gap:.4%}, stated is {stated.gap}",
        required=gap,
        found=stated.gap,
        unit="",
    )


def spent(plan: Plan, terms: Terms) -> float:
    """What the perspective pays, less the simple interest it saves by ordering after the plan's first day."""
    site = terms.model.site
    rate = site.financing_rate.si()

    def carried(cost: float, order: date) -> float:
        return cost * (1.0 - rate * max((order - site.start).days, 0) / YEAR)

    total = []
    for unit in plan.units:
        upgrade = terms.known(unit)
        if upgrade is not None and site.perspective in ("joint", upgrade.paid_by):
            total.append(carried(terms.price(upgrade) or 0.0, unit.order))
    for su in plan.sus:
        made = su.reinforcement
        upgrade = None if made is None else terms.upgrade_of(made.upgrade)
        if made is not None and upgrade is not None and site.perspective in ("joint", upgrade.paid_by):
            total.append(carried((terms.price(upgrade) or 0.0) * made.positions, made.order))
    return math.fsum(total)


def lost(plan: Plan, terms: Terms) -> float:
    """What delay against a ready site costs, as the perspective sees it."""
    found: list[float] = []
    for su in plan.sus:
        deployment = terms.model.site.deployments.get(su.deployment)
        if deployment is not None:
            found.extend(_lost_by(su, deployment, terms))
    return math.fsum(found)


def _lost_by(su: Su, deployment: Deployment, terms: Terms) -> Iterator[float]:
    site = terms.model.site
    if site.perspective in ("operator", "joint") and deployment.lost_margin is not None:
        yield si(deployment.lost_margin) * (su.acceptance - su.ready_acceptance).days
    if site.perspective == "operator":
        return
    for term in deployment.terms:
        if term.event not in READINESS_EVENTS:
            continue
        event, ready = su.acceptance, su.ready_acceptance
        if term.event == "energise":
            event, ready = su.energise, su.ready_energise
        if term.long_stop is not None:
            deemed = su.delivery + timedelta(days=math.ceil(si(term.long_stop) - RELATIVE))
            event, ready = min(event, deemed), min(ready, deemed)
        yield deployment.price.si() * si(term.share) * site.financing_rate.si() * (event - ready).days / YEAR
