"""What an upgrade may state beside its own terms: ways to have it sooner for more money, its tie-in to live plant."""

from __future__ import annotations

from pydantic import Field

from dcplan.figure import Figure
from dcplan.spec import Count, Name, Record
from dcplan.units import CalendarTime, Money, WorkTime


class Expedite(Record):
    """A way to have units of an upgrade delivered sooner, for more money."""

    saves: Figure[CalendarTime] = Field(description="Taken off the lead time.")
    cost: Figure[Money] = Field(description="Beyond the upgrade's own cost, per unit.")
    at_most: Count | None = Field(
        default=None, description="Units of the upgrade that may come so, all places together; absent: as many as may."
    )


class TieIn(Record):
    """Work on live plant at the end of an install, for which that plant is switched off."""

    window: Name = Field(description="The `outage_windows` of the plant that is switched off.")
    duration: Figure[WorkTime] | None = Field(
        default=None, description="How many of the install's last working days; absent: the last one."
    )
