"""When crews work: a table from calendar days to working days and back.

Days are counted from the first day of the plan (day 0). Periods are half-open: work of n working days that starts
on day s is finished, and counts, at the start of the day that :meth:`Workdays.finish` returns.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BEYOND = 1_000_000
"""The day returned for work that does not end within the table."""


@dataclass(frozen=True)
class Workdays:
    """The working days of a plan's calendar, as day numbers in ascending order.

    Examples
    --------
    >>> week = Workdays((0, 1, 2, 3, 4, 7, 8, 9, 10, 11))
    >>> week.finish(4, 1), week.finish(4, 2), week.next_open(5), week.latest_start(9, 3)
    (5, 8, 7, 4)
    """

    open_days: tuple[int, ...]

    def next_open(self, day: int) -> int:
        """The first working day on or after a day."""
        index = bisect_left(self.open_days, day)
        return self.open_days[index] if index < len(self.open_days) else BEYOND

    def finish(self, start: int, duration: int) -> int:
        """The day at whose start work of so many working days, begun on or after `start`, is finished."""
        if duration == 0:
            return start
        index = bisect_left(self.open_days, start) + duration - 1
        return self.open_days[index] + 1 if index < len(self.open_days) else BEYOND

    def latest_start(self, end: int, duration: int) -> int:
        """The latest day on which work can begin to be finished by `end`; -1 when there is none."""
        if duration == 0:
            return end
        index = bisect_left(self.open_days, end) - duration
        return self.open_days[index] if index >= 0 else -1

    def between(self, first: int, end: int) -> int:
        """Number of working days in [first, end)."""
        return max(0, bisect_left(self.open_days, end) - bisect_left(self.open_days, first))

    def is_open(self, day: int) -> bool:
        """Whether crews work on a day."""
        return self.next_open(day) == day


def workdays(working: Sequence[str], closed: Iterable[date], start: date, days: int) -> Workdays:
    """The working days among the first `days` days from `start`.

    Parameters
    ----------
    working : sequence of str
        Names of the working days of the week, from :data:`WEEK`.
    closed : iterable of date
        Days without work.

    Examples
    --------
    >>> workdays(("mon", "tue"), [date(2027, 1, 5)], date(2027, 1, 4), 14).open_days
    (0, 7, 8)
    """
    table = np.busdaycalendar(
        weekmask=[name in working for name in WEEK], holidays=np.array(sorted(closed), dtype="datetime64[D]")
    )
    span = np.arange(np.datetime64(start, "D"), np.datetime64(start, "D") + days)
    return Workdays(tuple(int(day) for day in np.flatnonzero(np.is_busday(span, busdaycal=table))))
