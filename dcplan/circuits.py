"""What carries heat away from racks: facility loops, a hall's own coolant, and the air of its room."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from dcplan.figure import Figure
from dcplan.ranges import (
    AirTemperature,
    CoolantLimit,
    CoolantSupply,
    MinimumApproach,
    PipeDiameter,
    RelativeHumidity,
    RoomTemperature,
    WaterTemperature,
)
from dcplan.spec import Name, Record
from dcplan.units import Percent, Pressure, Velocity, Volume


class FedBy(Record):
    """A heat exchanger through which one loop gives its heat to another."""

    loop: Name = Field(description="The loop whose water cools this one, and which takes its heat.")
    approach: Figure[MinimumApproach] = Field(description="Supply of this loop less supply of that one.")


class RideThrough(Record):
    """What lets a loop carry its heat while generators start and chillers restart."""

    volume: Figure[Volume] = Field(description="Water that circulates, tanks included.")
    supply_limit: Figure[CoolantLimit] = Field(description="Warmest supply that the loop's users bear meanwhile.")


class Loop(Record):
    """A facility loop: CDUs or room air units on one side, heat rejection or another loop on the other."""

    supply: Figure[WaterTemperature] = Field(description="Water leaving heat rejection.")
    back: Figure[WaterTemperature] = Field(description="Water returning to heat rejection at design load.")
    setpoints: tuple[Figure[WaterTemperature], ...] = Field(
        default=(),
        max_length=12,
        description="Supply temperatures that a plan chooses among, for good; absent: `supply` stays. "
        "Return water and the coolant of the halls on this loop move with it.",
    )
    pump_power: Figure[Percent] | None = Field(
        default=None,
        description="Electrical power of the loop's pumps per heat carried, where its pumps are not named as plant.",
    )
    pipe_pressure_drop: Figure[Pressure] | None = Field(
        default=None, description="Head that the loop asks of its pumps: pipes, exchangers and valves at design flow."
    )
    fluid: Literal["water", "PG25", "PG30", "EG20", "EG30", "EG40"] = Field(
        default="water", description="Glycol by mass: PG25 is 25 % propylene glycol, EG30 30 % ethylene glycol."
    )
    fed_by: FedBy | None = Field(
        default=None, description="A loop that cools this one through a heat exchanger; coolers then stand on that one."
    )
    ride_through: RideThrough | None = None
    header_diameter: Figure[PipeDiameter] | None = Field(default=None, description="Inner diameter of the header.")
    velocity_limit: Figure[Velocity] | None = Field(default=None, description="Highest mean velocity in the header.")


class HallLiquid(Record):
    """The racks' own coolant loop in a hall."""

    fluid: Literal["water", "PG25"]
    supply: Figure[CoolantSupply] = Field(description="Coolant supply to the racks.")
    loop: Name | None = Field(
        default=None, description="Facility loop that the CDUs reject to; absent: liquid-to-air units, into the room."
    )
    pipe_pressure_drop: Figure[Pressure] | None = Field(
        default=None, description="Pipes, manifolds, valves and filters between CDUs and racks, at the planned flow."
    )


class HallAir(Record):
    """How a hall's air is cooled."""

    loop: Name = Field(description="Facility loop that room air units and rear doors reject to.")
    supply: Figure[RoomTemperature] | None = Field(default=None, description="Air supplied to the racks.")


class Humidity(Record):
    """The most humid air that a room may have: its dew point, or dry bulb and relative humidity."""

    dew_point: Figure[AirTemperature] | None = None
    dry_bulb: Figure[RoomTemperature] | None = None
    relative_humidity: Figure[RelativeHumidity] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Humidity:
        pair = [self.dry_bulb, self.relative_humidity]
        if None not in pair if self.dew_point is None else pair == [None, None]:
            return self
        raise ValueError("state `dew_point`, or `dry_bulb` and `relative_humidity` together")
