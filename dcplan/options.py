"""What an upgrade may state beside its own terms: ways to have it sooner for more money."""

from __future__ import annotations

from pydantic import Field

from dcplan.figure import Figure
from dcplan.spec import Count, Record
from dcplan.units import CalendarTime, Money


class Expedite(Record):
    """A way to have units of an upgrade delivered sooner, for more money."""

    saves: Figure[CalendarTime] = Field(description="Taken off the lead time.")
    cost: Figure[Money] = Field(description="Beyond the upgrade's own cost, per unit.")
    at_most: Count | None = Field(
        default=None, description="Units of the upgrade that may come so, all places together; absent: as many as may."
    )
