"""What every entry of the catalog has: a maker, a model, where it was read, and what it usually takes to buy one."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dcplan.figure import Figure
from dcplan.ranges import Footprint
from dcplan.units import CalendarTime, Cost, Mass, WorkTime

Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
PositiveCount = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$")]
Line = Annotated[str, Field(min_length=1, max_length=600)]


class Record(BaseModel):
    """A frozen record that refuses unknown keys; its schema is built when the first one is validated."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class Source(Record):
    """Where a figure was read."""

    title: Line
    url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=400)]


class Procurement(Record):
    """Usual time and money to buy and build one unit; a site's upgrade may state its own."""

    lead_time: Figure[CalendarTime] | None = Field(default=None, description="Order to delivery, submittals included.")
    cost: Figure[Cost] | None = Field(default=None, description="Per unit, or per kW of its rating.")
    install: Figure[WorkTime] | None = Field(default=None, description="Crew time on site for one unit.")
    commission: Figure[WorkTime] | None = Field(default=None, description="Start-up and functional test of one unit.")


class Spec(Record):
    """One catalog entry."""

    maker: Line
    model: Line
    note: Line | None = None
    procurement: Procurement = Procurement()
    footprint: Figure[Footprint] | None = Field(default=None, description="Plan area, in a yard or on a floor.")
    mass: Figure[Mass] | None = Field(default=None, description="Operating mass, as it stands filled on a floor.")
