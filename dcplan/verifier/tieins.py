"""Whether every install that ties into live plant does so while that plant is off: inside one outage window."""

from __future__ import annotations

from datetime import date, timedelta

from dcplan.answer import Plan, Unit
from dcplan.site import OutageWindow, Upgrade
from dcplan.verifier.terms import Findings, Terms

_DAY = timedelta(days=1)


def check_tie_ins(plan: Plan, terms: Terms, found: Findings) -> None:
    """The last days of each such install, and the tie-in that the plan states, fall inside one outage window."""
    for unit in plan.units:
        upgrade = terms.known(unit)
        if upgrade is None:
            continue
        due = upgrade.tie_in
        if due is None or unit.tie_in is None or unit.tie_in.window != due.window:
            given = "no tie-in" if unit.tie_in is None else f"a tie-in in {unit.tie_in.window}"
            wanted = "no tie-in" if due is None else f"a tie-in in {due.window}"
            message = f"{unit.id}: {given} is stated, the site file asks for {wanted} of upgrade {unit.upgrade}"
            found.check(due is None and unit.tie_in is None, "tie-in", unit.id, message, on=unit.install_start)
        if due is not None:
            _tied(unit, upgrade, due.window, terms, found)


def _tied(unit: Unit, upgrade: Upgrade, window: str, terms: Terms, found: Findings) -> None:
    days = terms.open_days(unit.install_start, terms.install_days(upgrade))[-terms.tie_in_days(upgrade) :]
    first, last = days[0], days[-1]
    if unit.tie_in is not None:
        why = f"its tie-in takes the last {len(days)} working days of its install"
        found.exactly("tie-in", unit.id, unit.tie_in.start, first, why)
    windows = terms.model.site.outage_windows[window]
    inside = max(sum(_open(one, day) for day in days) for one in windows)
    found.check(
        inside == len(days),
        "outage-window",
        unit.id,
        f"{unit.id}: its tie-in from {first} to {last} is not inside one outage window of {window}: "
        + ", ".join(f"{one.day} to {one.to or one.day}" for one in windows),
        on=first,
        required=float(len(days)),
        found=float(inside),
        unit="workdays",
    )


def _open(window: OutageWindow, day: date) -> bool:
    return window.day <= day <= (window.to or window.day)


def tied_end(begun: date, upgrade: Upgrade, terms: Terms) -> date | None:
    """The end of an install for which everything is there on a day and that ties in; None when no window is left."""
    if upgrade.tie_in is None:
        return None
    soonest = terms.finish(begun, terms.install_days(upgrade))
    windows = terms.model.site.outage_windows[upgrade.tie_in.window]
    tied = terms.tie_in_days(upgrade)
    ends = ((max(soonest, terms.finish(one.day, tied)), one) for one in windows)
    return min((end for end, one in ends if _open(one, end - _DAY)), default=None)
