"""Whether a plan's money is right: what is bought, what delay costs, the objective made of both, and its gap."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from dcplan.answer import Plan, Su
from dcplan.past import past_of
from dcplan.site import READINESS_EVENTS, Deployment
from dcplan.units import si
from dcplan.verifier.capacity import purchases
from dcplan.verifier.hire import spent as hire_spent
from dcplan.verifier.terms import CENT, RELATIVE, Findings, Terms

YEAR = 365.0
"""Days of a year of simple interest."""
TIE = 1e-3
"""An amount that is within this part of a step of a half step may be rounded either way."""


def check_money(plan: Plan, terms: Terms, found: Findings) -> None:
    """Purchases, objective, bound and gap, recomputed."""
    total = sum(cost for _, cost in purchases(plan))
    stated = plan.objective
    _same("purchases", "all purchases and reinforcements", plan.purchases, (total, total), terms, found)
    spends, delays = list(spent(plan, terms)), list(lost(plan, terms))
    exact = math.fsum([*spends, *delays])
    _same("objective-exact", "the objective without rounding", stated.exact, (exact, exact), terms, found)
    _stepped(plan, found)
    spend, delay = _rounded(spends, stated.step), _rounded(delays, stated.step)
    both = (spend[0] + delay[0], spend[1] + delay[1])
    _same("objective", "the objective", stated.value, both, terms, found)
    _same("objective", "its spend", stated.spend, spend, terms, found)
    _same("objective", "its delay", stated.delay, delay, terms, found)
    _bounded(plan, terms, found)


def _same(rule: str, what: str, stated: float | None, due: tuple[float, float], terms: Terms, found: Findings) -> None:
    """An amount lies between two that are the same but for ties of rounding."""
    given = "nothing" if stated is None else f"{stated:,.2f}"
    slack = CENT + RELATIVE * 1e-3 * abs(due[1])
    found.check(
        stated is not None and due[0] - slack <= stated <= due[1] + slack,
        rule,
        "site",
        f"{what}: {given} is stated, the plan's own dates and the site file's prices make {due[0]:,.2f}",
        required=due[0],
        found=stated,
        unit=terms.model.site.currency,
    )


def _stepped(plan: Plan, found: Findings) -> None:
    """The step is a power of ten, a hundredth at the finest, and the stated rounding is what it can make."""
    stated = plan.objective
    power = math.log10(stated.step) if stated.step > 0 else math.nan
    found.check(
        stated.step >= 0.01 and abs(power - round(power)) <= RELATIVE,
        "objective-step",
        "site",
        f"money is stated in steps of {stated.step:g}: a step is a power of ten, 0.01 or more",
        found=stated.step,
        unit=plan.currency,
    )
    # rounded once: each price, what is paid by the day up to the end of each hire, the delay of each SU and of the same
    # SU at a ready site
    hired = sum(unit.hire is not None for unit in plan.units)
    most = 0.5 * stated.step * (len(plan.units) + hired + 3 * len(plan.sus))
    found.check(
        abs(stated.rounding - most) <= CENT + RELATIVE * abs(most),
        "objective-rounding",
        "site",
        f"{stated.rounding:,.2f} is stated as rounding; {len(plan.units)} units and {len(plan.sus)} SUs, rounded to "
        f"{stated.step:g}, make {most:,.2f}",
        required=most,
        found=stated.rounding,
        unit=plan.currency,
    )


def _rounded(amounts: Sequence[float], step: float) -> tuple[float, float]:
    """The sum of amounts, each rounded once to the step: with ties rounded down, and rounded up.

    Examples
    --------
    >>> _rounded([1.4, 2.6], 1.0), _rounded([2.5], 1.0), _rounded([-0.2], 1.0)
    ((4.0, 4.0), (2.0, 3.0), (0.0, 0.0))
    """
    if not step > 0:
        return math.fsum(amounts), math.fsum(amounts)
    ends = (0.5 - TIE, 0.5 + TIE)
    low, high = (math.fsum(_floor(amount / step + half) for amount in amounts) * step for half in ends)
    return low, high


def _floor(value: float) -> float:
    return float(math.floor(value)) if math.isfinite(value) else value


# ---------------------------------------------------------------- bound and gap


def _bounded(plan: Plan, terms: Terms, found: Findings) -> None:
    """The bound is not above the objective, the gap follows from both in every form, and so does "optimal"."""
    stated = plan.objective
    if stated.value is None:
        return
    gaps = (stated.gap, stated.gap_money, stated.gap_su_days)
    due: tuple[float | None, ...] = (None, None, None)
    if stated.bound is not None:
        money, daily = stated.value - stated.bound, _daily(terms)
        # of nothing there is no part
        part = money / stated.value if stated.value > 0 else (0.0 if money == 0 else None)
        due = (part, money, money / daily if daily > 0 else None)
    message = f"bound {stated.bound} is above the objective {stated.value}: nothing can be below a bound"
    found.check(
        stated.bound is None or stated.bound <= stated.value + CENT,
        "objective-gap",
        "site",
        message,
        required=stated.bound,
        found=stated.value,
        unit=plan.currency,
    )
    for what, given, right in zip(("gap", "gap in money", "gap in SU-days"), gaps, due, strict=True):
        # the search counts a rate in millionths of a money step
        slack = CENT if what == "gap in money" else RELATIVE
        close = given is None or right is None or abs(given - right) <= 1e-5 * abs(right) + slack
        found.check(
            (given is None) == (right is None) and close,
            "objective-gap",
            "site",
            f"{what}: {given} is stated; objective {stated.value:,.2f} and bound "
            f"{'unknown' if stated.bound is None else f'{stated.bound:,.2f}'} make {right}",
            required=right,
            found=given,
        )
    if plan.stages:
        return
    closed = due[1] is not None and due[1] < 0.5 * stated.step
    message = f"the answer is {plan.status}, its bound {'meets' if closed else 'does not meet'} its objective"
    found.check((plan.status == "optimal") == closed or plan.status == "interrupted", "status", "site", message)


def _daily(terms: Terms) -> float:
    """What the dearest SU loses per day, by the terms and the perspective: the measure of a gap in SU-days."""
    site = terms.model.site
    return max(sum(rate for rate, _, _ in _rates(deployment, terms)) for deployment in site.deployments.values())


# ---------------------------------------------------------------- spend and delay


def spent(plan: Plan, terms: Terms) -> Iterator[float]:
    """What the perspective pays for each purchase, less the simple interest saved by ordering after the first day."""
    site = terms.model.site
    rate = site.financing_rate.si()

    def carried(cost: float, order: date) -> float:
        return cost * (1.0 - rate * max((order - site.start).days, 0) / YEAR)

    for unit in plan.units:
        upgrade = terms.known(unit)
        if upgrade is not None and site.perspective in ("joint", upgrade.paid_by):
            yield from hire_spent(unit, upgrade, carried(terms.price(upgrade, unit.expedite) or 0.0, unit.order), terms)
    for su in plan.sus:
        made = su.reinforcement
        upgrade = None if made is None else terms.upgrade_of(made.upgrade)
        if made is not None and upgrade is not None and site.perspective in ("joint", upgrade.paid_by):
            yield carried((terms.price(upgrade) or 0.0) * made.positions, made.order)


def lost(plan: Plan, terms: Terms) -> Iterator[float]:
    """What each SU loses, counted from the plan's first day, and taken off again: the same SU at a ready site."""
    for su in plan.sus:
        deployment = terms.model.site.deployments.get(su.deployment)
        if deployment is not None:
            past = past_of(terms.model)
            late = 0.0 if past is None else past.late(su.id, su.acceptance)
            yield _lost(su, su.energise, su.acceptance, deployment, terms) + late
            yield -_lost(su, su.ready_energise, su.ready_acceptance, deployment, terms)


def _rates(deployment: Deployment, terms: Terms) -> Iterator[tuple[float, str, int | None]]:
    """What one SU loses per day, until which event, and how many days after delivery at most."""
    site = terms.model.site
    if site.perspective in ("operator", "joint") and deployment.lost_margin is not None:
        yield si(deployment.lost_margin), "acceptance", None
    if site.perspective == "operator":
        return
    for term in deployment.terms:
        if term.event in READINESS_EVENTS:
            stop = None if term.long_stop is None else math.ceil(si(term.long_stop) - RELATIVE)
            yield deployment.price.si() * si(term.share) * site.financing_rate.si() / YEAR, term.event, stop


def _lost(su: Su, energised: date, accepted: date, deployment: Deployment, terms: Terms) -> float:
    total = []
    for rate, event, stop in _rates(deployment, terms):
        met = energised if event == "energise" else accepted
        if stop is not None:
            met = min(met, su.delivery + timedelta(days=stop))
        total.append(rate * (met - terms.model.site.start).days)
    return math.fsum(total)
