"""From terms to cash: the day of each milestone, the day its money arrives, and the window of a whole deployment.

A milestone is met by its event, and at the latest on its long stop. Its cash arrives `net` days after, plus the days
that the customer usually pays late. Order and delivery do not wait for the site; energisation and acceptance do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dcplan.answer import Cash, Payments, Window
from dcplan.problem import Problem, SuClass
from dcplan.procure import CHAIN_MARGIN_DAYS, date_of, day_of
from dcplan.risk import Replay
from dcplan.site import READINESS_EVENTS, Deployment, Event, Milestone, SiteModel
from dcplan.solver.schedule import Schedule
from dcplan.units import CalendarTime, si

_DAY = 1e-9
"""Parts of a day that are taken for rounding noise when days are rounded up."""


@dataclass(frozen=True)
class MilestoneDay:
    """When one milestone is met and when its cash arrives [day]."""

    met: int
    cash: int
    long_stop: bool
    """Whether it is met by its long stop, before its event."""


def milestone_day(term: Milestone, events: dict[Event, int]) -> MilestoneDay:
    """When a milestone is met and paid.

    Parameters
    ----------
    term : Milestone
    events : dict
        Day of each event of one SU [day]; a delivery is among them.

    Returns
    -------
    MilestoneDay

    Examples
    --------
    >>> from dcplan.site import Milestone
    >>> term = Milestone(event="acceptance", share="30 %", net="45 day", habit="1 week", long_stop="90 day")
    >>> milestone_day(term, {"delivery": 100, "acceptance": 150})
    MilestoneDay(met=150, cash=202, long_stop=False)
    >>> milestone_day(term, {"delivery": 100, "acceptance": 250})
    MilestoneDay(met=190, cash=242, long_stop=True)
    """
    met, stopped = events[term.event], False
    if term.long_stop is not None:
        stop = events["delivery"] + _days(term.long_stop)
        stopped = stop < met
        met = min(met, stop)
    wait = si(term.net) + (0.0 if term.habit is None else si(term.habit))
    return MilestoneDay(met, met + math.ceil(wait - _DAY), stopped)


def _days(time: CalendarTime) -> int:
    """Whole days of a calendar time, rounded up."""
    return math.ceil(si(time) - _DAY)


def milestone_days(deployment: Deployment, events: dict[Event, int]) -> tuple[MilestoneDay, ...]:
    """When each milestone of one SU is met and paid, in the order of the terms.

    Parameters
    ----------
    deployment : Deployment
        Its terms.
    events : dict
        Day of each event of the SU [day].
    """
    return tuple(milestone_day(term, events) for term in deployment.terms)


@dataclass(frozen=True)
class _Worlds:
    """One SU's milestones in each world, in the order of the terms."""

    ready: tuple[MilestoneDay, ...]
    planned: tuple[MilestoneDay, ...]
    best: tuple[MilestoneDay, ...]
    worst: tuple[MilestoneDay, ...]


@dataclass(frozen=True)
class _Item:
    """A cash row with its days, for the mean over many."""

    row: Cash
    ready: int
    planned: int
    best: int
    worst: int


def payments(
    model: SiteModel, problem: Problem, schedule: Schedule, su_ids: Sequence[str], best: Replay, worst: Replay
) -> Payments:
    """When the vendor is paid: at a ready site, as planned, and with every duration at its best and worst end.

    Parameters
    ----------
    model : SiteModel
    problem : Problem
        The planned problem.
    schedule : Schedule
    su_ids : sequence of str
        Name of the SU of each run.
    best, worst : Replay
        The schedule with optimistic and with pessimistic durations.

    Returns
    -------
    Payments
        An SU that a world never serves is met by its long stop, else on the last day that is tabulated.
    """
    last = problem.days + CHAIN_MARGIN_DAYS
    items: list[_Item] = []
    for index, (run, delivered) in enumerate(zip(schedule.runs, _deliveries(model, problem, schedule), strict=True)):
        su = problem.classes[run.su]
        deployment = model.site.deployments[su.deployment]
        base: dict[Event, int] = {"order": day_of(model, deployment.ordered), "delivery": delivered}
        ready = su.ready[su.arrivals.index(run.arrival)]
        worlds = _Worlds(
            ready=milestone_days(deployment, _events(base, ready, problem.accepted(su, ready), last)),
            planned=milestone_days(deployment, _events(base, run.energised, run.accepted, last)),
            best=milestone_days(deployment, _events(base, best.energised[index], best.accepted[index], last)),
            worst=milestone_days(deployment, _events(base, worst.energised[index], worst.accepted[index], last)),
        )
        items.extend(_rows(model, su, su_ids[index], worlds))
    moving = [item for item in items if item.row.readiness]
    scopes = sorted({item.row.deployment for item in moving})
    windows = [_window(model, "all", moving)] if moving else []
    windows += [_window(model, name, [item for item in moving if item.row.deployment == name]) for name in scopes]
    return Payments(
        milestones=tuple(item.row for item in items),
        windows=tuple(windows),
        worst_unserved=sum(day is None for day in worst.energised),
    )


def _events(base: dict[Event, int], energised: int | None, accepted: int | None, last: int) -> dict[Event, int]:
    return {
        **base,
        "energise": last if energised is None else energised,
        "acceptance": last if accepted is None else accepted,
    }


def _deliveries(model: SiteModel, problem: Problem, schedule: Schedule) -> list[int]:
    """Delivery day of each run's SU; racks that came before the plan's first day keep their real, negative day."""
    early: dict[str, list[int]] = {}
    for name, deployment in model.site.deployments.items():
        days = [(day_of(model, delivery.on), delivery.count) for delivery in deployment.deliveries]
        early[name] = sorted(day for day, count in days if day <= 0 for _ in range(count))
    found = []
    for run in schedule.runs:
        waiting = early[problem.classes[run.su].deployment]
        found.append(waiting.pop(0) if run.arrival == 0 and waiting else run.arrival)
    return found


def _rows(model: SiteModel, su: SuClass, su_id: str, worlds: _Worlds) -> Iterable[_Item]:
    deployment = model.site.deployments[su.deployment]
    days = zip(worlds.ready, worlds.planned, worlds.best, worlds.worst, strict=True)
    for term, (ready, planned, best, worst) in zip(deployment.terms, days, strict=True):
        row = Cash(
            su=su_id,
            deployment=su.deployment,
            event=term.event,
            share=si(term.share),
            amount=deployment.price.si() * si(term.share),
            readiness=term.event in READINESS_EVENTS,
            long_stop=planned.long_stop,
            ready=date_of(model, ready.cash),
            planned=date_of(model, planned.cash),
            best=date_of(model, best.cash),
            worst=date_of(model, worst.cash),
            delay_days=planned.cash - ready.cash,
        )
        yield _Item(row, ready.cash, planned.cash, best.cash, worst.cash)


def _window(model: SiteModel, scope: str, items: Sequence[_Item]) -> Window:
    """Mean cash days of some milestones, weighted by amount."""
    amounts = [item.row.amount for item in items]
    total = math.fsum(amounts)
    # terms without value still have dates
    weights = [amount / total for amount in amounts] if total > 0 else [1.0 / len(items)] * len(items)

    def mean(days: Iterable[int]) -> float:
        return math.fsum(weight * day for weight, day in zip(weights, days, strict=True))

    def mean_date(days: Iterable[int]) -> int:
        return math.ceil(mean(days) - 1e-6)

    return Window(
        scope=scope,
        amount=total,
        ready=date_of(model, mean_date(item.ready for item in items)),
        planned=date_of(model, mean_date(item.planned for item in items)),
        best=date_of(model, mean_date(item.best for item in items)),
        worst=date_of(model, mean_date(item.worst for item in items)),
        delay_days=mean(item.planned - item.ready for item in items),
        best_delay_days=mean(item.best - item.ready for item in items),
        worst_delay_days=mean(item.worst - item.ready for item in items),
    )
