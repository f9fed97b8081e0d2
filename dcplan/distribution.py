"""What a site file says about the way of power: outages, switchboards, feeds to the racks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from dcplan.figure import Figure
from dcplan.ranges import LineVoltage
from dcplan.spec import Count, Name, PositiveCount, Record
from dcplan.units import CalendarTime, Current, Percent, Power

OUTDOORS = "outdoors"


class GeneratorDuty(Record):
    """What is asked of the generators in an outage; what is absent is not checked."""

    hours: Figure[CalendarTime] | None = Field(
        default=None, description="Running hours per year, tests included: decides rating class and emissions."
    )
    autonomy: Figure[CalendarTime] | None = Field(default=None, description="How long the fuel on site must last.")
    block: Figure[Percent] | None = Field(default=None, description="Share of the load that comes back at once.")
    load_bank: Figure[Power] | None = Field(default=None, description="Load bank that keeps sets above minimum load.")


class Switchboard(Record):
    """The bus that generators, transformers and UPS meet at; what is absent is not checked."""

    voltage: Figure[LineVoltage] = Field(description="Between two lines.")
    ways: Mapping[Literal["utility", "transformer", "generator", "ups", "heat_rejection"], Count] = Field(
        default={}, description="Circuits that one unit of each service takes."
    )
    parallel: PositiveCount | None = Field(default=None, description="Transformers that feed one bus at the same time.")
    contribution: Figure[Current] | None = Field(
        default=None, description="Fault current from motors and generators on the bus."
    )


class ElectricalRoom(Record):
    """Where equipment of one service at one place gives off its losses."""

    service: Literal["ups", "transformer", "switchgear"]
    at: Name = Field(description="Place where the service is counted: `site` or a hall.")
    cooled_by: Name = Field(
        description="A hall whose air takes the heat, a loop that the room's own units reject to, or `outdoors`."
    )


class Feeds(Record):
    """How the racks of a hall are fed from busway: each side has a run for the same racks."""

    busway: Name
    voltage: Figure[LineVoltage] = Field(description="Between two lines; of one phase, across the feed.")
    phases: Literal[1, 3] = 3
    racks_per_run: PositiveCount
    sides: Literal[1, 2] = Field(default=2, description="A and B; with two, one of them may be lost.")
    feeds_per_rack: PositiveCount = Field(description="Cords of one rack, shared equally among the sides.")
    rule: Literal["nec_80", "rated_100", "iec"] = Field(
        description="Continuous load: 80 % of the rating (NEC), or all of it (100 % rated, or IEC)."
    )
