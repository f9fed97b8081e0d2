"""How a unit that is hired is charged, in integers: by the day, for no less than its minimum hire. A leaf."""

from __future__ import annotations

from dataclasses import dataclass

SCALE = 10**12
"""Money of a hire is kept in this fraction of a money step: a small amount per day adds up over many days."""


@dataclass(frozen=True)
class Hire:
    """Terms of one hired unit; durations in days, money per day in 1/SCALE money steps.

    A unit is on hire from the day its install starts. On the day it is released it no longer counts; `removal` days
    later it is gone, and its rent ends. What it costs per day falls by `..._saved` with each day of the plan (simple
    interest not paid), to nothing at the least. Its purchase's price holds whatever it costs to have it for `minimum`.
    """

    minimum: int
    removal: int
    period: int
    """It goes after a whole number of so many days."""
    longest: int | None
    """Days that it may serve; None without a limit."""
    bridge: bool
    """Whether it must be gone by the plan's end."""
    rent: int
    rent_saved: int
    running: int
    """Fuel and maintenance, from the day it counts to its release."""
    running_saved: int

    def accrued(self, hired: int, served: int) -> int:
        """Rent of the days before `hired` and running cost of the days before `served`, in 1/SCALE money steps.

        Examples
        --------
        >>> hire = Hire(0, 0, 1, None, False, rent=10, rent_saved=4, running=1, running_saved=0)
        >>> [hire.accrued(day, 0) for day in range(5)], hire.accrued(0, 7)
        ([0, 10, 16, 18, 18], 7)
        """
        return _sum(self.rent, self.rent_saved, hired) + _sum(self.running, self.running_saved, served)

    def release(self, begun: int, needed: int) -> int:
        """First day from `needed` on which a unit on hire since `begun` may be released.

        Examples
        --------
        >>> weekly = Hire(14, 2, 7, None, False, 0, 0, 0, 0)
        >>> [weekly.release(100, day) for day in (100, 112, 113, 120)]
        [112, 112, 119, 126]
        """
        returned = max(needed + self.removal, begun + self.minimum)
        return begun - (begun - returned) // self.period * self.period - self.removal


def _sum(daily: int, saved: int, days: int) -> int:
    """What is due on each of so many days from day 0 on, never less than nothing."""
    last = days if saved == 0 else min(days, -(-daily // saved))
    return daily * last - saved * (last * (last - 1) // 2)
