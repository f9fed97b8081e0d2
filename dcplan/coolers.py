"""What air and water carry heat away with: room air units, chillers, dry coolers, cooling towers and loop pumps."""

from __future__ import annotations

from typing import Literal, TypeVar

from pydantic import Field, model_validator

from dcplan.figure import Figure
from dcplan.physics.tower import TowerRating
from dcplan.ranges import (
    AirTemperature,
    Efficiency,
    MinimumApproach,
    RatedDifference,
    ThinAirLoss,
    TowerDifference,
    WaterTemperature,
    WetBulb,
)
from dcplan.spec import Record, Spec
from dcplan.units import CalendarTime, Percent, Power, Pressure, VolumeFlow

_DERATE = "Capacity lost per altitude; absent: the capacity is one for the site's altitude."


def standing_within(standing: Figure[Power] | None, *powers: Figure[Power]) -> None:
    """A running unit draws `power` in all, what it draws while off included."""
    # equal powers in two units may differ in the last digit
    if standing is not None and standing.high() > min(power.low() for power in powers) * (1.0 + 1e-9):
        raise ValueError("`standing_power` is part of `power`: at most as much")


class RoomAirUnit(Spec):
    """One chilled-water room air unit; `capacity` is net, its own fans' heat already taken off."""

    family: Literal["room_air_unit"] = "room_air_unit"
    capacity: Figure[Power]
    airflow: Figure[VolumeFlow] | None = Field(default=None, description="Air moved at full fan speed.")
    power: Figure[Power] = Field(description="Electrical draw of one running unit (fans).")
    water_supply: Figure[WaterTemperature] = Field(description="Warmest water at which `capacity` is published.")
    air_supply: Figure[AirTemperature] | None = Field(default=None, description="Coldest air it gives at `capacity`.")
    altitude_derate: Figure[ThinAirLoss] | None = Field(default=None, description=_DERATE)
    standing_power: Figure[Power] | None = None

    @model_validator(mode="after")
    def _standing(self) -> RoomAirUnit:
        standing_within(self.standing_power, self.power)
        return self


class RearDoor(Spec):
    """One rear door, which takes its own rack's heat out of the air before the room sees it."""

    family: Literal["rear_door"] = "rear_door"
    capacity: Figure[Power] = Field(description="Heat taken from the rack's air, net of the door's fans.")
    power: Figure[Power] = Field(description="Electrical draw of one running door (fans); 0 kW where it has none.")
    water_supply: Figure[WaterTemperature] = Field(description="Warmest water at which `capacity` is published.")
    altitude_derate: Figure[ThinAirLoss] | None = Field(default=None, description=_DERATE)
    standing_power: Figure[Power] | None = None

    @model_validator(mode="after")
    def _standing(self) -> RearDoor:
        standing_within(self.standing_power, self.power)
        return self


_EVAPORATED = "Share of the make-up water that evaporates, 1 - 1 / cycles of concentration; the rest is bled off."
_R = TypeVar("_R", bound=Record)


def _bled(record: _R, evaporated: Figure[Percent]) -> _R:
    """The record, if some of its make-up water evaporates and some is bled off."""
    if not 0.01 <= evaporated.low() <= evaporated.high() <= 0.99:
        raise ValueError("`evaporated_share`: 1 % to 99 %, as some water is always bled off")
    return record


class ChillerRating(Record):
    """One published point of a chiller."""

    ambient: Figure[AirTemperature]
    water: Figure[WaterTemperature] = Field(description="Leaving chilled water.")
    capacity: Figure[Power]
    power: Figure[Power] = Field(description="Electrical draw, compressors and fans.")


class Chiller(Spec):
    """One air-cooled chiller, used only inside its published points."""

    family: Literal["chiller"] = "chiller"
    ratings: tuple[ChillerRating, ...] = Field(min_length=1, max_length=40)
    altitude_derate: Figure[ThinAirLoss] | None = Field(default=None, description=_DERATE)
    restart_time: Figure[CalendarTime] | None = Field(default=None, description="Return of power to full capacity.")
    standing_power: Figure[Power] | None = None

    @model_validator(mode="after")
    def _standing(self) -> Chiller:
        standing_within(self.standing_power, *(point.power for point in self.ratings))
        return self


class Adiabatic(Record):
    """Wetted pads or sprays that cool a dry cooler's air on hot days."""

    effectiveness: Figure[Percent] = Field(description="Share of the way from dry bulb to wet bulb.")
    airflow: Figure[VolumeFlow] = Field(description="Air through the pads of one unit at full fan speed.")
    evaporated_share: Figure[Percent] = Field(description=_EVAPORATED)

    @model_validator(mode="after")
    def _share(self) -> Adiabatic:
        return _bled(self, self.evaporated_share)


class DryCooler(Spec):
    """One dry cooler, its air cooled by water on hot days where it is `adiabatic`."""

    family: Literal["dry_cooler"] = "dry_cooler"
    capacity: Figure[Power] = Field(description="Heat rejected at `rated_difference`.")
    rated_difference: Figure[RatedDifference] = Field(description="Water in less air in.")
    minimum_approach: Figure[MinimumApproach] = Field(description="Water out less air in, at the least.")
    power: Figure[Power] = Field(description="Electrical draw of one running unit (fans).")
    adiabatic: Adiabatic | None = None
    altitude_derate: Figure[ThinAirLoss] | None = Field(default=None, description=_DERATE)
    standing_power: Figure[Power] | None = None

    @model_validator(mode="after")
    def _standing(self) -> DryCooler:
        standing_within(self.standing_power, self.power)
        return self


class CoolingTower(Spec):
    """One cell of a cooling tower, rated at sea level."""

    family: Literal["cooling_tower"] = "cooling_tower"
    capacity: Figure[Power] = Field(description="Heat rejected at the three rated conditions.")
    rated_wet_bulb: Figure[WetBulb]
    rated_approach: Figure[TowerDifference] = Field(description="Water out less wet bulb.")
    rated_range: Figure[TowerDifference] = Field(description="Water in less water out.")
    minimum_approach: Figure[MinimumApproach] = Field(description="Water out less wet bulb, at the least.")
    exchanger_approach: Figure[MinimumApproach] | None = Field(
        default=None, description="Of the heat exchanger between an open tower's water and the loop; absent: closed."
    )
    power: Figure[Power] = Field(description="Electrical draw of one running unit (fans and spray pump).")
    evaporated_share: Figure[Percent] = Field(description=_EVAPORATED)
    standing_power: Figure[Power] | None = None

    @model_validator(mode="after")
    def _rating(self) -> CoolingTower:
        for end in (Figure.low, Figure.si, Figure.high):
            TowerRating(end(self.rated_wet_bulb), end(self.rated_approach), end(self.rated_range))
        return _bled(self, self.evaporated_share)


def is_wet(spec: Spec) -> bool:
    """Whether a unit takes water, and so needs the site's wet bulb."""
    return isinstance(spec, CoolingTower) or (isinstance(spec, DryCooler) and spec.adiabatic is not None)


class FacilityPump(Spec):
    """One pump of a facility loop; its draw is stated, or follows from flow, head and efficiency."""

    family: Literal["facility_pump"] = "facility_pump"
    flow: Figure[VolumeFlow] = Field(description="Flow of one running pump at `head`.")
    head: Figure[Pressure]
    power: Figure[Power] | None = Field(default=None, description="Electrical draw of one running pump.")
    efficiency: Figure[Efficiency] | None = Field(
        default=None, description="Wire to water: pump, motor and drive together, in place of `power`."
    )

    @model_validator(mode="after")
    def _one_draw(self) -> FacilityPump:
        if (self.power is None) == (self.efficiency is None):
            raise ValueError("a pump states `power` or `efficiency`, one of the two")
        return self
