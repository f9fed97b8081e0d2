"""When an install that ties into live plant may start: its last working days fall inside one outage window."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from dcplan.site import OutageWindow, Site
from dcplan.workdays import Workdays


def tie_in_starts(
    site: Site, windows: Sequence[OutageWindow], calendar: Workdays, days: int, tied: int
) -> tuple[int, ...]:
    """Days on which an install may start.

    Parameters
    ----------
    site : Site
    windows : sequence of OutageWindow
        Days on which what it ties into may be off; those on which crews do not work are of no use to it.
    calendar : Workdays
    days : int
        Working days of the install.
    tied : int
        How many of its last ones are the tie-in.

    Returns
    -------
    tuple of int
        In ascending order.
    """
    starts: set[int] = set()
    for window in windows:
        first, last = (window.day - site.start).days, ((window.to or window.day) - site.start).days
        opened, closed = (bisect_left(calendar.open_days, day) for day in (first, last + 1))
        starts.update(range(max(days, opened + tied) - days, closed - days + 1))
    return tuple(calendar.open_days[index] for index in sorted(starts))
