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
from dcplan.solver.schedule import Run, Schedule
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
    best_ready: tuple[MilestoneDay, ...]
    worst_ready: tuple[MilestoneDay, ...]


@dataclass(frozen=True)
class _Item:
    """A cash row with its days, for the mean over many."""

    row: Cash
    ready: int
    planned: int
    best: int
    worst: int
    best_delay: int
    worst_delay: int


@dataclass(frozen=True)
class World:
    """A schedule replayed with other durations, and the problem with those durations."""

    problem: Problem
    replay: Replay

    def lived(self, index: int) -> tuple[int | None, int | None]:
        """Energisation and acceptance of a run here."""
        return self.replay.energised[index], self.replay.accepted[index]

    def ready(self, run: Run) -> tuple[int, int]:
        """The same at a ready site, here."""
        su = self.problem.classes[run.su]
        energised = su.ready[su.arrivals.index(run.arrival)]
        return energised, self.problem.accepted(su, energised)


def payments(
    model: SiteModel, problem: Problem, schedule: Schedule, su_ids: Sequence[str], best: World, worst: World
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
    best, worst : World
        The schedule with optimistic and with pessimistic durations. Delay in a world is measured against a ready
        site in the same world.

    Returns
    -------
    Payments
        An SU that a world never serves is met by its long stop, else on the last day that is tabulated.
    """
    last = problem.days + CHAIN_MARGIN_DAYS
    items: list[_Item] = []
    for index, run in enumerate(schedule.runs):
        su = problem.classes[run.su]
        deployment = model.site.deployments[su.deployment]
        base: dict[Event, int] = {"order": day_of(model, deployment.ordered), "delivery": run.arrival}
        ready = su.ready[su.arrivals.index(run.arrival)]
        worlds = _Worlds(
            ready=milestone_days(deployment, _events(base, ready, problem.accepted(su, ready), last)),
            planned=milestone_days(deployment, _events(base, run.energised, run.accepted, last)),
            best=milestone_days(deployment, _events(base, *best.lived(index), last)),
            worst=milestone_days(deployment, _events(base, *worst.lived(index), last)),
            best_ready=milestone_days(deployment, _events(base, *best.ready(run), last)),
            worst_ready=milestone_days(deployment, _events(base, *worst.ready(run), last)),
        )
        items.extend(_rows(model, su, su_ids[index], worlds))
    moving = [item for item in items if item.row.readiness]
    scopes = sorted({item.row.deployment for item in moving})
    windows = [_window(model, "all", moving)] if moving else []
    windows += [_window(model, name, [item for item in moving if item.row.deployment == name]) for name in scopes]
    return Payments(
        milestones=tuple(item.row for item in items),
        windows=tuple(windows),
        worst_unserved=sum(day is None for day in worst.replay.energised),
    )


def _events(base: dict[Event, int], energised: int | None, accepted: int | None, last: int) -> dict[Event, int]:
    return {
        **base,
        "energise": last if energised is None else energised,
        "acceptance": last if accepted is None else accepted,
    }


def _rows(model: SiteModel, su: SuClass, su_id: str, worlds: _Worlds) -> Iterable[_Item]:
    deployment = model.site.deployments[su.deployment]
    for index, term in enumerate(deployment.terms):
        ready, planned, best, worst = (
            days[index] for days in (worlds.ready, worlds.planned, worlds.best, worlds.worst)
        )
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
        best_delay = best.cash - worlds.best_ready[index].cash
        worst_delay = worst.cash - worlds.worst_ready[index].cash
        yield _Item(row, ready.cash, planned.cash, best.cash, worst.cash, best_delay, worst_delay)


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
        best_delay_days=mean(item.best_delay for item in items),
        worst_delay_days=mean(item.worst_delay for item in items),
    )
