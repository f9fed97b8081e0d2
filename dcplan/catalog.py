"""What a rack, a generator or a cooling unit is: strict, frozen records in which every number names its source.

A number of the catalog is a :class:`~dcplan.figure.Figure`: a quantity with unit, the source it was taken from, how far
that source is to be trusted, and, where nobody publishes it, the range the planning value was taken from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StrictBool,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from dcplan.figure import Figure as Figure
from dcplan.physics.tower import TowerRating
from dcplan.units import (
    ApparentPower,
    Area,
    CalendarTime,
    Cost,
    FloorLoad,
    Length,
    Mass,
    Percent,
    PercentPerKelvin,
    PercentPerLength,
    PointLoad,
    Power,
    Pressure,
    SpecificFlow,
    Temperature,
    TemperatureDifference,
    VolumeFlow,
    WorkTime,
)

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
    footprint: Figure[Area] | None = Field(default=None, description="Plan area, counted against a yard limit.")


class RackLiquid(Record):
    """The liquid side of a rack."""

    return_limit: Figure[Temperature] = Field(description="Highest coolant temperature leaving the rack.")
    supply_max: Figure[Temperature] = Field(description="Highest coolant temperature entering the rack.")
    supply_min: Figure[Temperature] | None = Field(default=None, description="Coldest coolant entering the rack.")
    minimum_flow: Figure[VolumeFlow] | None = Field(default=None, description="Never less, however cold the coolant.")
    minimum_specific_flow: Figure[SpecificFlow] | None = Field(
        default=None, description="Never less, per heat given to the liquid."
    )
    pressure_drop: Figure[Pressure] | None = Field(default=None, description="Of the whole rack, at `pressure_flow`.")
    pressure_flow: Figure[VolumeFlow] | None = None

    @model_validator(mode="after")
    def _pressure_at_a_flow(self) -> RackLiquid:
        if (self.pressure_drop is None) != (self.pressure_flow is None):
            raise ValueError("`pressure_drop` and `pressure_flow` belong together: a drop is stated at a flow")
        return self


class Rack(Spec):
    """One rack. `heat` is sustained draw, all of which becomes heat."""

    family: Literal["rack"] = "rack"
    role: Literal["compute", "network", "storage", "management"]
    gpu: StrictBool = False
    heat: Figure[Power] = Field(description="Sustained power: drives cooling, UPS, generators and utility.")
    provisioned: Figure[Power] | None = Field(default=None, description="Power that feeds and breakers are sized for.")
    peak: Figure[Power] | None = Field(default=None, description="Short peak above sustained power.")
    power_factor: Figure[Percent]
    liquid_share: Figure[Percent] = Field(description="Share of heat that leaves in the liquid; the rest is air heat.")
    liquid: RackLiquid | None = None
    mass: Figure[Mass] = Field(description="Operating mass, coolant included.")
    shipping_mass: Figure[Mass] | None = None
    width: Figure[Length] | None = None
    depth: Figure[Length] | None = None
    height: Figure[Length] | None = None

    @model_validator(mode="after")
    def _liquid_side(self) -> Rack:
        if self.liquid_share.high() > 0 and self.liquid is None:
            raise ValueError("a rack with liquid heat needs `liquid` (return_limit, supply_max)")
        return self


class DeratingFigures(Record):
    """Loss of rating beyond a knee in altitude and a knee in air temperature."""

    altitude_knee: Figure[Length]
    altitude_slope: Figure[PercentPerLength]
    temperature_knee: Figure[Temperature]
    temperature_slope: Figure[PercentPerKelvin]


class Generator(Spec):
    """One engine-generator set, rated at the conditions of its data sheet."""

    family: Literal["generator"] = "generator"
    power: Figure[Power]
    rating_class: Literal["ESP", "PRP", "DCC", "COP"]
    power_factor: Figure[Percent] = Field(description="Rated power factor: power / apparent power.")
    engine: DeratingFigures | None = None
    alternator: DeratingFigures | None = None


class LoadEfficiency(Record):
    """Efficiency at one load, a share of the rating."""

    load: Figure[Percent]
    efficiency: Figure[Percent]


class Ups(Spec):
    """One UPS module or frame; its losses by `efficiency` at the planned load, or by `efficiencies` at several."""

    family: Literal["ups"] = "ups"
    power: Figure[Power]
    apparent: Figure[ApparentPower]
    efficiency: Figure[Percent] | None = Field(
        default=None, description="Output / input in double conversion at the planned load, taken for every load."
    )
    efficiencies: tuple[LoadEfficiency, ...] = Field(
        default=(), max_length=20, description="Published efficiencies in double conversion, loads rising to 100 %."
    )
    input_power_factor: Figure[Percent]
    recharge: Figure[Percent] | None = Field(
        default=None, description="Power into the batteries after an outage, as a share of `power`; drawn at the input."
    )

    @model_validator(mode="after")
    def _losses(self) -> Ups:
        if (self.efficiency is None) == (not self.efficiencies):
            raise ValueError("a UPS states either `efficiency` or `efficiencies` at several loads")
        loads = [point.load.si() for point in self.efficiencies]
        if loads and (loads[0] < 0.01 or loads[-1] != 1.0 or loads != sorted(set(loads))):
            raise ValueError("loads of `efficiencies` rise from 1 % or more to 100 %")
        return self


class Transformer(Spec):
    """One transformer; its losses by `efficiency` at the planned load, or by no-load and load loss."""

    family: Literal["transformer"] = "transformer"
    apparent: Figure[ApparentPower]
    efficiency: Figure[Percent] | None = Field(
        default=None, description="Output / input at the planned load, taken for every load."
    )
    no_load_loss: Figure[Power] | None = None
    load_loss: Figure[Power] | None = Field(default=None, description="Load loss at `apparent`.")

    @model_validator(mode="after")
    def _losses(self) -> Transformer:
        if (self.no_load_loss is None) != (self.load_loss is None):
            raise ValueError("`no_load_loss` and `load_loss` go together")
        if (self.efficiency is None) == (self.no_load_loss is None):
            raise ValueError("a transformer states either `efficiency` or `no_load_loss` and `load_loss`")
        return self


class UtilityService(Spec):
    """One utility service: firm power at the meter."""

    family: Literal["utility_service"] = "utility_service"
    power: Figure[Power]


class PumpCurvePoint(Record):
    """One published point of a pump curve: head outside the unit at a flow."""

    flow: Figure[VolumeFlow]
    head: Figure[Pressure]


def _standing_within(standing: Figure[Power] | None, *powers: Figure[Power]) -> None:
    """A running unit draws `power` in all, what it draws while off included."""
    if standing is not None and standing.high() > min(power.low() for power in powers):
        raise ValueError("`standing_power` is part of `power`: at most as much")


class Cdu(Spec):
    """One coolant distribution unit between a facility loop and the racks' loop."""

    family: Literal["cdu"] = "cdu"
    capacity: Figure[Power] = Field(description="Heat moved at `approach`.")
    approach: Figure[TemperatureDifference]
    flow: Figure[VolumeFlow] = Field(description="Flow to the racks at `head`.")
    head: Figure[Pressure] | None = Field(default=None, description="Pressure left outside the unit at `flow`.")
    pump_curve: tuple[PumpCurvePoint, ...] = Field(
        default=(), max_length=40, description="Further points; between points a straight line, beyond them nothing."
    )
    supply_min: Figure[Temperature] | None = Field(default=None, description="Coldest supply to the racks.")
    supply_max: Figure[Temperature] | None = Field(default=None, description="Warmest supply to the racks.")
    power: Figure[Power] = Field(description="Electrical draw of one running unit.")
    fluid_share: Figure[Percent] = Field(description="Share of the draw that becomes heat in the racks' liquid.")
    standing_power: Figure[Power] | None = Field(default=None, description="Draw of a unit that is off.")

    @model_validator(mode="after")
    def _curve_falls(self) -> Cdu:
        points = [(point.flow.si(), point.head.si()) for point in self.pump_curve]
        if self.head is not None:
            points.append((self.flow.si(), self.head.si()))
        ordered = sorted(points, key=lambda point: (point[0], -point[1]))
        if any(first[0] == second[0] or first[1] < second[1] for first, second in pairwise(ordered)):
            raise ValueError(
                "`pump_curve` and `head`: head falls, or stays, as flow rises, and each flow is stated once"
            )
        return self

    @model_validator(mode="after")
    def _standing(self) -> Cdu:
        _standing_within(self.standing_power, self.power)
        return self


class RoomAirUnit(Spec):
    """One chilled-water room air unit; `capacity` is net, its own fans' heat already taken off."""

    family: Literal["room_air_unit"] = "room_air_unit"
    capacity: Figure[Power]
    airflow: Figure[VolumeFlow] | None = None
    power: Figure[Power] = Field(description="Electrical draw of one running unit (fans).")
    water_supply: Figure[Temperature] = Field(description="Warmest water at which `capacity` is published.")
    standing_power: Figure[Power] | None = None

    @model_validator(mode="after")
    def _standing(self) -> RoomAirUnit:
        _standing_within(self.standing_power, self.power)
        return self


_DERATE = "Capacity lost per altitude; absent: the capacity is one for the site's altitude."
_EVAPORATED = "Share of the make-up water that evaporates, 1 - 1 / cycles of concentration; the rest is bled off."
_R = TypeVar("_R", bound=Record)


def _bled(record: _R, evaporated: Figure[Percent]) -> _R:
    """The record, if some of its make-up water evaporates and some is bled off."""
    if not 0.01 <= evaporated.low() <= evaporated.high() <= 0.99:
        raise ValueError("`evaporated_share`: 1 % to 99 %, as some water is always bled off")
    return record


class ChillerRating(Record):
    """One published point of a chiller."""

    ambient: Figure[Temperature]
    water: Figure[Temperature] = Field(description="Leaving chilled water.")
    capacity: Figure[Power]
    power: Figure[Power] = Field(description="Electrical draw, compressors and fans.")


class Chiller(Spec):
    """One air-cooled chiller, used only inside its published points."""

    family: Literal["chiller"] = "chiller"
    ratings: tuple[ChillerRating, ...] = Field(min_length=1, max_length=40)
    altitude_derate: Figure[PercentPerLength] | None = Field(default=None, description=_DERATE)
    standing_power: Figure[Power] | None = None

    @model_validator(mode="after")
    def _standing(self) -> Chiller:
        _standing_within(self.standing_power, *(point.power for point in self.ratings))
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
    rated_difference: Figure[TemperatureDifference] = Field(description="Water in less air in.")
    minimum_approach: Figure[TemperatureDifference] = Field(description="Water out less air in, at the least.")
    power: Figure[Power] = Field(description="Electrical draw of one running unit (fans).")
    adiabatic: Adiabatic | None = None
    altitude_derate: Figure[PercentPerLength] | None = Field(default=None, description=_DERATE)
    standing_power: Figure[Power] | None = None

    @model_validator(mode="after")
    def _standing(self) -> DryCooler:
        _standing_within(self.standing_power, self.power)
        return self


class CoolingTower(Spec):
    """One cell of a cooling tower, rated at sea level."""

    family: Literal["cooling_tower"] = "cooling_tower"
    capacity: Figure[Power] = Field(description="Heat rejected at the three rated conditions.")
    rated_wet_bulb: Figure[Temperature]
    rated_approach: Figure[TemperatureDifference] = Field(description="Water out less wet bulb.")
    rated_range: Figure[TemperatureDifference] = Field(description="Water in less water out.")
    minimum_approach: Figure[TemperatureDifference] = Field(description="Water out less wet bulb, at the least.")
    exchanger_approach: Figure[TemperatureDifference] | None = Field(
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


class FloorReinforcement(Spec):
    """One way to strengthen one position; it acts only on the checks it states."""

    family: Literal["floor_reinforcement"] = "floor_reinforcement"
    acts_on: Literal["pedestals_and_tiles", "spreader_plates", "dunnage_to_slab", "steel_under_slab"]
    point: Figure[PointLoad] | None = Field(default=None, description="Point load the position then carries.")
    uniform: Figure[FloorLoad] | None = Field(default=None, description="Uniform load the position then carries.")
    own_load: Figure[FloorLoad] | None = Field(default=None, description="Load the reinforcement itself adds.")


FAMILIES: dict[str, type[Spec]] = {
    "rack": Rack,
    "generator": Generator,
    "ups": Ups,
    "transformer": Transformer,
    "utility_service": UtilityService,
    "cdu": Cdu,
    "room_air_unit": RoomAirUnit,
    "chiller": Chiller,
    "dry_cooler": DryCooler,
    "cooling_tower": CoolingTower,
    "floor_reinforcement": FloorReinforcement,
}


@dataclass(frozen=True)
class _Family:
    """The specs of one family, whose schema is built for the first of them rather than wherever one may stand."""

    record: type[Spec]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.record.model_validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        self.record.model_rebuild()
        return handler(self.record.__pydantic_core_schema__)


class _ByFamily:
    """A spec, validated as `family` says."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        families = {name: handler.generate_schema(Annotated[Any, _Family(record)]) for name, record in FAMILIES.items()}
        return core_schema.tagged_union_schema(families, discriminator="family")


AnySpec = Annotated[
    Rack
    | Generator
    | Ups
    | Transformer
    | UtilityService
    | Cdu
    | RoomAirUnit
    | Chiller
    | DryCooler
    | CoolingTower
    | FloorReinforcement,
    _ByFamily(),
]


class Catalog(Record):
    """Every spec by name, and every source by key."""

    specs: Mapping[str, AnySpec]
    sources: Mapping[str, Source]

    def family(self, name: str) -> dict[str, Spec]:
        """The specs of one family, by name."""
        return {key: spec for key, spec in sorted(self.specs.items()) if spec.family == name}


def figures(record: BaseModel, prefix: str = "") -> list[tuple[str, Figure[Any]]]:
    """Every figure inside a record with its dotted place, in order of declaration."""
    found: list[tuple[str, Figure[Any]]] = []
    for name in type(record).model_fields:
        value = getattr(record, name)
        place = f"{prefix}{name}"
        items: list[tuple[str, Any]] = [(place, value)]
        if isinstance(value, tuple | list):
            items = [(f"{place}[{index}]", item) for index, item in enumerate(value)]
        elif isinstance(value, Mapping):
            items = [(f"{place}.{key}", item) for key, item in value.items()]
        for where, item in items:
            if isinstance(item, Figure):
                found.append((where, item))
            elif isinstance(item, BaseModel):
                found.extend(figures(item, f"{where}."))
    return found
