"""When the vendor is paid, restated from the terms of each deployment and the dates of the plan.

A milestone is met by its event, and on its long stop at the latest; cash comes `net` later, plus what this customer
usually adds. Order and delivery do not wait for the site, energisation and acceptance do. The best and the worst date
are those of :mod:`dcplan.verifier.worlds`; delay in a world is against a ready site in the same world.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dcplan.answer import Cash, Payments, Plan, Su, Window
from dcplan.site import READINESS_EVENTS, Deployment, Milestone
from dcplan.units import si
from dcplan.verifier.terms import CENT, RELATIVE, Findings, Terms
from dcplan.verifier.worlds import BEST, MARGIN, WORST, History, Lived

DAYS = 1e-6
"""Tolerance of a mean number of days."""


@dataclass(frozen=True)
class _Due:
    """One milestone of one SU as it should be, with its delay in the two worlds."""

    cash: Cash
    best_delay: int
    worst_delay: int


def check_payments(plan: Plan, terms: Terms, found: Findings) -> None:
    """Every milestone, every window, and the SUs that the worst world never serves.

    Whoever plans makes the table, an empty one where no terms are stated: a plan without it has lost its ledger.
    """
    if plan.payments is None:
        message = "the plan has no payment table (`payments` is null): every plan with a schedule has one; plan again"
        found.check(False, "payment", "site", message)
        return
    first: list[tuple[str, str, str]] = []
    # how amounts are rounded may decide a tie of capacity; a date must be right on one side of it
    for margin in (0.0, 1e-6, -1e-6):
        seen = Findings(found.start)
        _compare(plan, plan.payments, History(plan, terms, margin), terms, seen)
        if not seen.violations:
            break
        first = first or [(item.rule, item.place, item.message) for item in seen.violations]
    else:
        for rule, place, message in first:
            found.check(False, rule, place, message)
    for rule, number in seen.checked.items():
        found.checked[rule] += number if not first else 0


def _compare(plan: Plan, stated: Payments, history: History, terms: Terms, found: Findings) -> None:
    best, worst = history.world(BEST), history.world(WORST)
    due = list(_milestones(plan, terms, best, worst))
    names = [(item.cash.su, item.cash.event) for item in due]
    given = [(cash.su, cash.event) for cash in stated.milestones]
    message = f"the payment table has {len(given)} milestones, the terms of its SUs make {len(names)}, in another order"
    if found.check(given == names, "payment", "site", message):
        for item, cash in zip(due, stated.milestones, strict=True):
            _same(f"{cash.su} {cash.event}", cash, item.cash, found)
    windows = list(_windows(due))
    scopes = [window.scope for window in windows]
    message = f"payment windows are stated for {', '.join(window.scope for window in stated.windows) or 'nothing'}, "
    message += f"the plan has them for {', '.join(scopes) or 'nothing'}"
    if found.check([window.scope for window in stated.windows] == scopes, "payment-window", "site", message):
        for window, one in zip(windows, stated.windows, strict=True):
            _same(f"window of {one.scope}", one, window, found)
    unserved = sum(lived.energise is None for lived in worst)
    message = f"{stated.worst_unserved} SUs are stated as never energised in the worst world, it is {unserved}"
    found.check(stated.worst_unserved == unserved, "worst-unserved", "site", message)


def _same(place: str, stated: Cash | Window, due: Cash | Window, found: Findings) -> None:
    """Every field of a row is what the terms and dates make it."""
    for name in type(due).model_fields:
        given, right = getattr(stated, name), getattr(due, name)
        holds = given == right
        if isinstance(right, float):
            within = DAYS if name.endswith("days") else max(CENT if name == "amount" else 0.0, RELATIVE * abs(right))
            holds = abs(given - right) <= within
        rule = "payment" if isinstance(due, Cash) else "payment-window"
        found.check(holds, rule, place, f"{place}: {name} is stated as {given}, terms and dates make it {right}")


# ---------------------------------------------------------------- milestones


def _milestones(plan: Plan, terms: Terms, best: Sequence[Lived], worst: Sequence[Lived]) -> Iterator[_Due]:
    """What each SU of the plan, in its order, brings by the terms of its deployment."""
    last = terms.model.site.end + MARGIN
    for su, good, bad in zip(plan.sus, best, worst, strict=True):
        deployment = terms.model.site.deployments[su.deployment]
        planned = Lived(su.energise, su.acceptance)
        ready = [Lived(*replace(terms, end=end).at_a_ready_site(su.deployment, su.delivery)) for end in (None, 0, 1)]
        for term in deployment.terms:
            days = [
                _cash_day(term, _event(term, lived, su, deployment, last), su)
                for lived in (ready[0], planned, good, bad, *ready[1:])
            ]
            cash = Cash(
                su=su.id,
                deployment=su.deployment,
                event=term.event,
                share=si(term.share),
                amount=deployment.price.si() * si(term.share),
                readiness=term.event in READINESS_EVENTS,
                long_stop=_deemed(term, su) < _event(term, planned, su, deployment, last),
                ready=days[0],
                planned=days[1],
                best=days[2],
                worst=days[3],
                delay_days=(days[1] - days[0]).days,
            )
            yield _Due(cash, (days[2] - days[4]).days, (days[3] - days[5]).days)


def _event(term: Milestone, lived: Lived, su: Su, deployment: Deployment, last: date) -> date:
    """The day of a milestone's event; the last day that is dated for an SU that is never served."""
    if term.event == "order":
        return deployment.ordered
    if term.event == "delivery":
        return su.delivery
    return (lived.energise if term.event == "energise" else lived.acceptance) or last


def _deemed(term: Milestone, su: Su) -> date:
    """The day on which a milestone counts as met in any case."""
    if term.long_stop is None:
        return date.max
    return su.delivery + timedelta(days=math.ceil(si(term.long_stop) - RELATIVE))


def _cash_day(term: Milestone, event: date, su: Su) -> date:
    wait = si(term.net) + (0.0 if term.habit is None else si(term.habit))
    return min(event, _deemed(term, su)) + timedelta(days=math.ceil(wait - RELATIVE))


# ---------------------------------------------------------------- windows


def _windows(due: Sequence[_Due]) -> Iterator[Window]:
    """The window of all milestones that wait for readiness, and of those of each deployment."""
    waiting = [item for item in due if item.cash.readiness]
    if not waiting:
        return
    yield _window("all", waiting)
    for name in sorted({item.cash.deployment for item in waiting}):
        yield _window(name, [item for item in waiting if item.cash.deployment == name])


def _window(scope: str, items: Sequence[_Due]) -> Window:
    total = math.fsum(item.cash.amount for item in items)

    def mean(values: Iterable[int]) -> float:
        if total <= 0:
            return math.fsum(values) / len(items)
        return math.fsum(item.cash.amount * value for item, value in zip(items, values, strict=True)) / total

    def mean_date(name: str) -> date:
        first: date = getattr(items[0].cash, name)
        days = mean((getattr(item.cash, name) - first).days for item in items)
        return first + timedelta(days=math.ceil(days - DAYS))

    return Window(
        scope=scope,
        amount=total,
        ready=mean_date("ready"),
        planned=mean_date("planned"),
        best=mean_date("best"),
        worst=mean_date("worst"),
        delay_days=mean(item.cash.delay_days for item in items),
        best_delay_days=mean(item.best_delay for item in items),
        worst_delay_days=mean(item.worst_delay for item in items),
    )
