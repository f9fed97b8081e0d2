"""What an upgrade may state beside its own terms: to have it sooner for more money, its tie-in, its hire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictBool

from dcplan.figure import Figure
from dcplan.spec import Count, Name, Record
from dcplan.units import CalendarTime, EnergyCost, FuelPrice, Money, MoneyRate, Percent, WorkTime


class Expedite(Record):
    """A way to have units of an upgrade delivered sooner, for more money."""

    saves: Figure[CalendarTime] = Field(description="Taken off the lead time.")
    cost: Figure[Money] = Field(description="Beyond the upgrade's own cost, per unit.")
    at_most: Count | None = Field(
        default=None, description="Units of the upgrade that may come so, all places together; absent: as many as may."
    )


class Rental(Record):
    """Units that are hired instead of bought; on hire from the start of their install until they are removed."""

    duty: Literal["standby", "prime"] | None = Field(
        default=None,
        description="Generators: `standby` replaces missing backup, `prime` missing utility power too.",
    )
    mobilisation: Figure[Money] = Field(description="Per unit, to bring and connect it.")
    demobilisation: Figure[Money] | None = Field(default=None, description="Per unit, to take it away.")
    rate: Figure[MoneyRate] = Field(description="Rent per unit.")
    minimum: Figure[CalendarTime] = Field(description="Shortest hire: its rent is due with the order.")
    removal: Figure[CalendarTime] | None = Field(
        default=None, description="From the day a unit no longer serves to the day it is gone and its rent ends."
    )
    period: Figure[CalendarTime] | None = Field(
        default=None, description="Charged by started periods of this length; absent: by the day."
    )
    bridge: StrictBool = Field(
        default=False, description="It must be gone by the plan's end: by then all is carried without it."
    )
    load: Figure[Percent] | None = Field(
        default=None, description="Prime: what it gives all the time, of its rating; absent: what its class permits."
    )
    fuel_cost: Figure[EnergyCost] | None = Field(default=None, description="Prime: fuel per energy delivered.")
    fuel_price: Figure[FuelPrice] | None = Field(
        default=None, description="Prime: the same from the spec's `fuel`, per volume burnt."
    )
    maintenance: Figure[MoneyRate] | None = Field(default=None, description="Per unit, while it serves.")
    hours: Figure[CalendarTime] | None = Field(
        default=None, description="Prime: hours per year that its permit allows; absent: all hours of a year."
    )


class TieIn(Record):
    """Work on live plant at the end of an install, for which that plant is switched off."""

    window: Name = Field(description="The `outage_windows` of the plant that is switched off.")
    duration: Figure[WorkTime] | None = Field(
        default=None, description="How many of the install's last working days; absent: the last one."
    )
