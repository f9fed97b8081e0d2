"""What power comes from and passes through: generators, fuel tanks, UPS, transformers, switchgear, busway, utility."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from dcplan.figure import Figure
from dcplan.ranges import AirTemperature, AltitudeKnee, Efficiency, LoadShare, PowerFactor
from dcplan.spec import PositiveCount, Record, Spec
from dcplan.units import (
    ApparentPower,
    CalendarTime,
    Current,
    Emission,
    Overload,
    Percent,
    PercentPerKelvin,
    PercentPerLength,
    Power,
    Volume,
    VolumeFlow,
)


class DeratingFigures(Record):
    """Loss of rating beyond a knee in altitude and a knee in air temperature."""

    altitude_knee: Figure[AltitudeKnee]
    altitude_slope: Figure[PercentPerLength]
    temperature_knee: Figure[AirTemperature]
    temperature_slope: Figure[PercentPerKelvin]


class FuelPoint(Record):
    """Fuel consumption at one load, a share of the rating."""

    load: Figure[LoadShare]
    flow: Figure[VolumeFlow]


def _rising(name: str, loads: list[float]) -> None:
    """Published loads of a curve rise, and reach full load."""
    if loads and (loads[-1] != 1.0 or loads != sorted(set(loads))):
        raise ValueError(f"loads of `{name}` rise to 100 %")


class Generator(Spec):
    """One engine-generator set, rated at the conditions of its data sheet."""

    family: Literal["generator"] = "generator"
    power: Figure[Power]
    rating_class: Literal["ESP", "PRP", "DCC", "COP"]
    power_factor: Figure[PowerFactor] = Field(description="Rated power factor: power / apparent power.")
    start_time: Figure[CalendarTime] | None = Field(default=None, description="Loss of power to carrying full load.")
    engine: DeratingFigures | None = None
    alternator: DeratingFigures | None = None
    average_load: Figure[Percent] | None = Field(
        default=None, description="Permissible average over 24 h of operation; absent: that of its class, ISO 8528-1."
    )
    hours: Figure[CalendarTime] | None = Field(
        default=None, description="Permissible hours of operation per year; absent: those of its class, ISO 8528-1."
    )
    block_load: Figure[Percent] | None = Field(default=None, description="Largest load step accepted at once.")
    minimum_load: Figure[LoadShare] | None = Field(default=None, description="Least load for long operation.")
    fuel: tuple[FuelPoint, ...] = Field(default=(), max_length=20, description="Consumption, loads rising to 100 %.")
    tank: Figure[Volume] | None = Field(default=None, description="Usable volume of the set's own tank.")
    engine_power: Figure[Power] | None = Field(default=None, description="Mechanical power of the engine.")
    emission: Figure[Emission] | None = Field(default=None, description="Of the pollutant that the permit caps (NOx).")

    @model_validator(mode="after")
    def _fuel_points(self) -> Generator:
        _rising("fuel", [point.load.si() for point in self.fuel])
        return self


class LoadEfficiency(Record):
    """Efficiency at one load, a share of the rating."""

    load: Figure[LoadShare]
    efficiency: Figure[Efficiency]


class OverloadPoint(Record):
    """A load above the rating, and how long it is carried."""

    load: Figure[Overload]
    time: Figure[CalendarTime]


class Ups(Spec):
    """One UPS module or frame; its losses by `efficiency` at the planned load, or by `efficiencies` at several."""

    family: Literal["ups"] = "ups"
    power: Figure[Power]
    apparent: Figure[ApparentPower]
    efficiency: Figure[Efficiency] | None = Field(
        default=None, description="Output / input in double conversion at the planned load, taken for every load."
    )
    efficiencies: tuple[LoadEfficiency, ...] = Field(
        default=(), max_length=20, description="Published efficiencies in double conversion, loads rising to 100 %."
    )
    input_power_factor: Figure[PowerFactor]
    recharge: Figure[Percent] | None = Field(
        default=None, description="Power into the batteries after an outage, as a share of `power`; drawn at the input."
    )

    overload: tuple[OverloadPoint, ...] = Field(
        default=(), max_length=20, description="Loads above the rating that it carries, each for a time."
    )

    @model_validator(mode="after")
    def _losses(self) -> Ups:
        if (self.efficiency is None) == (not self.efficiencies):
            raise ValueError("a UPS states either `efficiency` or `efficiencies` at several loads")
        _rising("efficiencies", [point.load.si() for point in self.efficiencies])
        return self


class Transformer(Spec):
    """One transformer; its losses by `efficiency` at the planned load, or by no-load and load loss."""

    family: Literal["transformer"] = "transformer"
    apparent: Figure[ApparentPower]
    efficiency: Figure[Efficiency] | None = Field(
        default=None, description="Output / input at the planned load, taken for every load."
    )
    no_load_loss: Figure[Power] | None = None
    load_loss: Figure[Power] | None = Field(default=None, description="Load loss at `apparent`.")
    impedance: Figure[Efficiency] | None = Field(default=None, description="Short-circuit impedance on its own rating.")

    @model_validator(mode="after")
    def _losses(self) -> Transformer:
        if (self.no_load_loss is None) != (self.load_loss is None):
            raise ValueError("`no_load_loss` and `load_loss` go together")
        if (self.efficiency is None) == (self.no_load_loss is None):
            raise ValueError("a transformer states either `efficiency` or `no_load_loss` and `load_loss`")
        return self


class LevelTransformer(Transformer):
    """A transformer of a declared level; no file names it, plant and upgrades that name their `level` become it."""

    level: str


class FuelTank(Spec):
    """One fuel tank that all sets draw on."""

    family: Literal["fuel_tank"] = "fuel_tank"
    volume: Figure[Volume] = Field(description="Usable volume.")


class UtilityService(Spec):
    """One utility service: firm power at the meter."""

    family: Literal["utility_service"] = "utility_service"
    power: Figure[Power]


class Switchgear(Spec):
    """One low-voltage switchboard."""

    family: Literal["switchgear"] = "switchgear"
    current: Figure[Current] = Field(description="Continuous rating of the bus.")
    interrupting: Figure[Current] = Field(description="Symmetrical fault current that its breakers interrupt.")
    ways: PositiveCount = Field(description="Outgoing and incoming circuits.")
    loss: Figure[Power] | None = Field(default=None, description="Heat given off at rated current.")


class Busway(Spec):
    """One busway run with plug-in tap-offs."""

    family: Literal["busway"] = "busway"
    current: Figure[Current] = Field(description="Rating of one run.")
    tap_current: Figure[Current] = Field(description="Rating of the breaker of one tap-off.")
