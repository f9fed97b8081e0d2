"""What a rack, a generator or a cooling unit is: strict, frozen records in which every number names its source.

A number of the catalog is a :class:`~dcplan.figure.Figure`: a quantity with unit, the source it was taken from, how far
that source is to be trusted, and, where nobody publishes it, the range the planning value was taken from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StrictBool,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from dcplan.building import FloorReinforcement as FloorReinforcement
from dcplan.building import RackFoot as RackFoot
from dcplan.building import RouteProtection as RouteProtection
from dcplan.coolers import Adiabatic as Adiabatic
from dcplan.coolers import Chiller as Chiller
from dcplan.coolers import ChillerRating as ChillerRating
from dcplan.coolers import CoolingTower as CoolingTower
from dcplan.coolers import DryCooler as DryCooler
from dcplan.coolers import FacilityPump as FacilityPump
from dcplan.coolers import RearDoor as RearDoor
from dcplan.coolers import RoomAirUnit as RoomAirUnit
from dcplan.coolers import is_wet as is_wet
from dcplan.coolers import standing_within
from dcplan.electrics import Busway as Busway
from dcplan.electrics import DeratingFigures as DeratingFigures
from dcplan.electrics import FuelPoint as FuelPoint
from dcplan.electrics import FuelTank as FuelTank
from dcplan.electrics import Generator as Generator
from dcplan.electrics import LevelTransformer as LevelTransformer
from dcplan.electrics import LoadEfficiency as LoadEfficiency
from dcplan.electrics import OverloadPoint as OverloadPoint
from dcplan.electrics import Switchgear as Switchgear
from dcplan.electrics import Transformer as Transformer
from dcplan.electrics import Ups as Ups
from dcplan.electrics import UtilityService as UtilityService
from dcplan.figure import Figure as Figure
from dcplan.ranges import (
    AirTemperature,
    CoolantLimit,
    CoolantSupply,
    GridLength,
    GridOffset,
    PlateSide,
    PowerFactor,
    RackAirRise,
    RatedApproach,
    RunningFlow,
)
from dcplan.spec import Count as Count
from dcplan.spec import Line as Line
from dcplan.spec import Name as Name
from dcplan.spec import PositiveCount as PositiveCount
from dcplan.spec import Procurement as Procurement
from dcplan.spec import Record as Record
from dcplan.spec import Source as Source
from dcplan.spec import Spec as Spec
from dcplan.units import (
    CalendarTime,
    Length,
    Mass,
    Percent,
    Power,
    Pressure,
    SpecificFlow,
    Temperature,
    VolumeFlow,
)


class RackLiquid(Record):
    """The liquid side of a rack."""

    return_limit: Figure[CoolantLimit] = Field(description="Highest coolant temperature leaving the rack.")
    supply_max: Figure[CoolantSupply] = Field(description="Highest coolant temperature entering the rack.")
    supply_min: Figure[Temperature] | None = Field(default=None, description="Coldest coolant entering the rack.")
    minimum_flow: Figure[VolumeFlow] | None = Field(default=None, description="Never less, however cold the coolant.")
    minimum_specific_flow: Figure[SpecificFlow] | None = Field(
        default=None, description="Never less, per heat given to the liquid."
    )
    pressure_drop: Figure[Pressure] | None = Field(default=None, description="Of the whole rack, at `pressure_flow`.")
    pressure_flow: Figure[RunningFlow] | None = None

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
    peak_time: Figure[CalendarTime] | None = Field(default=None, description="How long a peak lasts.")
    peak_simultaneity: Figure[Percent] | None = Field(
        default=None, description="Share of racks that peak at once; absent: all of them."
    )
    power_factor: Figure[PowerFactor]
    liquid_share: Figure[Percent] = Field(description="Share of heat that leaves in the liquid; the rest is air heat.")
    liquid: RackLiquid | None = None
    air_rise: Figure[RackAirRise] | None = Field(default=None, description="Air out less air in, at `heat`.")
    airflow: Figure[VolumeFlow] | None = Field(default=None, description="Air drawn at `heat`, 20 degC, sea level.")
    air_inlet_max: Figure[AirTemperature] | None = Field(default=None, description="Warmest air entering the rack.")
    mass: Figure[Mass] = Field(description="Operating mass, coolant included.")
    shipping_mass: Figure[Mass] | None = Field(default=None, description="As it rolls, without coolant; else `mass`.")
    width: Figure[GridLength] | None = None
    depth: Figure[GridLength] | None = None
    height: Figure[Length] | None = None
    shipping_width: Figure[Length] | None = Field(default=None, description="As it passes doors; else `width`.")
    shipping_depth: Figure[Length] | None = Field(default=None, description="As it passes lifts; else `depth`.")
    shipping_height: Figure[Length] | None = Field(default=None, description="As it passes doors; else `height`.")
    ramp_limit: Figure[Percent] | None = Field(default=None, description="Steepest ramp it may roll on, rise per run.")
    feet: tuple[RackFoot, ...] | None = Field(default=None, min_length=3, max_length=64)
    foot_inset: Figure[GridOffset] | None = Field(default=None, description="For `feet`: four, inside each corner.")
    foot_plate: Figure[PlateSide] | None = Field(default=None, description="Side of the square plate under one foot.")

    @model_validator(mode="after")
    def _liquid_side(self) -> Rack:
        if self.liquid_share.high() > 0 and self.liquid is None:
            raise ValueError("a rack with liquid heat needs `liquid` (return_limit, supply_max)")
        if self.air_rise is not None and self.airflow is not None:
            raise ValueError("`air_rise` and `airflow`: one of them")
        return self

    @model_validator(mode="after")
    def _stands(self) -> Rack:
        if self.foot_inset is not None:
            if self.feet is not None or self.width is None or self.depth is None:
                raise ValueError("`foot_inset` stands for four feet: with `width` and `depth`, without `feet`")
            if 2 * self.foot_inset.high() > min(self.width.low(), self.depth.low()):
                raise ValueError("`foot_inset` is at most half of the rack's shorter side")
        shares = [foot.share.si() for foot in self.feet or () if foot.share is not None]
        if shares and (len(shares) < len(self.feet or ()) or abs(sum(shares) - 1.0) > 1e-9):
            raise ValueError("each foot has a `share` and they add up to 100 %, or none has one")
        return self


class PumpCurvePoint(Record):
    """One published point of a pump curve: head outside the unit at a flow."""

    flow: Figure[VolumeFlow]
    head: Figure[Pressure]


class Cdu(Spec):
    """One coolant distribution unit between a facility loop and the racks' loop."""

    family: Literal["cdu"] = "cdu"
    capacity: Figure[Power] = Field(description="Heat moved at `approach`.")
    approach: Figure[RatedApproach]
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
        standing_within(self.standing_power, self.power)
        return self


class LiquidToAir(Cdu):
    """A coolant distribution unit that gives the racks' heat to the room's air; `approach` is coolant less air in."""

    family: Literal["liquid_to_air"] = "liquid_to_air"  # type: ignore[assignment]  # another word for the same field
    airflow: Figure[VolumeFlow] | None = Field(default=None, description="Air through one running unit.")


FAMILIES: dict[str, type[Spec]] = {
    "rack": Rack,
    "generator": Generator,
    "ups": Ups,
    "transformer": Transformer,
    "busway": Busway,
    "fuel_tank": FuelTank,
    "switchgear": Switchgear,
    "utility_service": UtilityService,
    "cdu": Cdu,
    "liquid_to_air": LiquidToAir,
    "room_air_unit": RoomAirUnit,
    "rear_door": RearDoor,
    "chiller": Chiller,
    "dry_cooler": DryCooler,
    "cooling_tower": CoolingTower,
    "facility_pump": FacilityPump,
    "floor_reinforcement": FloorReinforcement,
    "route_protection": RouteProtection,
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
    | Busway
    | FuelTank
    | Switchgear
    | UtilityService
    | Cdu
    | LiquidToAir
    | RoomAirUnit
    | RearDoor
    | Chiller
    | DryCooler
    | CoolingTower
    | FacilityPump
    | FloorReinforcement
    | RouteProtection,
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
