"""What a site file says: the place, what stands there, what may be built, and who is waiting for it.

Every record is frozen and refuses unknown keys. References between entries (a hall's loop, an upgrade's crew) are
checked when the whole file is read, so that every mistake is reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field

from dcplan.answer import Goal
from dcplan.building import Floor, Overhead, RouteSegment
from dcplan.catalog import (
    AnySpec,
    Count,
    Figure,
    LevelTransformer,
    Line,
    Name,
    PositiveCount,
    Record,
    Source,
    Spec,
)
from dcplan.circuits import HallAir, HallLiquid, Humidity, Loop
from dcplan.distribution import ElectricalRoom, Feeds, GeneratorDuty, Switchboard
from dcplan.document import Document
from dcplan.options import Expedite, TieIn
from dcplan.options import Rental as Rental
from dcplan.ranges import (
    AirRise,
    AirTemperature,
    PowerFactor,
)
from dcplan.units import (
    Altitude,
    AnnualRate,
    Area,
    CalendarTime,
    Cost,
    Mass,
    Money,
    MoneyRate,
    Percent,
    Power,
    VolumeFlow,
    WorkTime,
)

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _iso_day(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        return value
    raise ValueError("a date written YYYY-MM-DD, for example 2027-03-01")


Day = Annotated[
    date,
    BeforeValidator(_iso_day, json_schema_input_type=str),
    Field(ge=date(2000, 1, 1), le=date(2100, 1, 1)),
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Service = Literal[
    "utility",
    "transformer",
    "generator",
    "ups",
    "cdu",
    "room_air",
    "facility_pump",
    "heat_rejection",
    "fuel",
    "switchgear",
]
SERVICE_OF_FAMILY: dict[str, Service] = {
    "utility_service": "utility",
    "transformer": "transformer",
    "generator": "generator",
    "fuel_tank": "fuel",
    "switchgear": "switchgear",
    "ups": "ups",
    "cdu": "cdu",
    "liquid_to_air": "cdu",
    "room_air_unit": "room_air",
    "facility_pump": "facility_pump",
    "rear_door": "room_air",
    "chiller": "heat_rejection",
    "dry_cooler": "heat_rejection",
    "cooling_tower": "heat_rejection",
}
LEVEL = "level."
"""What the service of a declared level begins with."""
Event = Literal["order", "delivery", "energise", "acceptance"]
UnitName = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_]*$")]
PairName = Annotated[str, Field(max_length=81, pattern=r"^[A-Za-z0-9][A-Za-z0-9_]*-[A-Za-z0-9][A-Za-z0-9_]*$")]
READINESS_EVENTS: frozenset[Event] = frozenset({"energise", "acceptance"})


def level_service(level: str) -> Service:
    """The service of a declared level: one more beside those that every site has."""
    return cast(Service, LEVEL + level)


def service_of(spec: Spec) -> Service | None:
    """The service that a spec is plant of; None for racks, floors and routes."""
    if isinstance(spec, LevelTransformer):
        return level_service(spec.level)
    return SERVICE_OF_FAMILY.get(getattr(spec, "family", ""))


class Place(Record):
    """Where the site is and the air it must reject heat to."""

    altitude: Figure[Altitude]
    design_dry_bulb: Figure[AirTemperature] = Field(description="Extreme dry bulb; say return period and source.")
    design_wet_bulb: Figure[AirTemperature] | None = Field(
        default=None,
        description="Extreme wet bulb, not the one that goes with the extreme dry bulb; say return period and source.",
    )
    driest_wet_bulb: Figure[AirTemperature] | None = Field(
        default=None,
        description="Lowest wet bulb at the `design_dry_bulb`, where pads evaporate most; absent: bone-dry air.",
    )
    design_min_dry_bulb: Figure[AirTemperature] | None = Field(
        default=None, description="Extreme minimum dry bulb: what outdoor pipes must not freeze at."
    )
    recirculation_rise: Figure[AirRise] = Field(
        description="How much warmer the air at the coolers is than the weather station's."
    )


class Holiday(Record):
    """Days without work: `to` is the last of them."""

    day: Day
    to: Day | None = None
    name: Line


class Calendar(Record):
    """When crews work."""

    working_days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    holidays: tuple[Holiday, ...] = ()
    freezes: tuple[Holiday, ...] = Field(default=(), description="Change freezes: no crew works.")


class OutageWindow(Record):
    """Days on which live plant may be switched off: `to` is the last of them."""

    day: Day
    to: Day | None = None


class Crew(Record):
    """People who do one kind of work; each task takes some of them for whole days."""

    size: PositiveCount


class Limits(Record):
    """What may not be exceeded."""

    budget: Money | None = Field(default=None, description="Purchases and reinforcements together.")
    yard_area: Area | None = Field(default=None, description="Outdoor area for new plant, by spec `footprint`.")
    water: VolumeFlow | None = Field(
        default=None, description="Make-up water of all wet heat rejection, at the worst hour; existing units included."
    )
    generator_power: Power | None = Field(
        default=None, description="Permit cap on installed generator nameplate, existing sets included."
    )
    emissions: Mass | None = Field(
        default=None, description="Permit cap per year at all engines' full load for `generator_duty.hours`."
    )


class LowerScheme(Record):
    """A scheme that is enough before a day, where the contract allows less for a while."""

    scheme: Annotated[str, Field(max_length=12)]
    day: Day = Field(description="From this day on the next one is in force; the plan's `end` counts.")


class Redundancy(Record):
    """What may fail at once without loss of a load."""

    scheme: Annotated[str, Field(max_length=12)] = Field(description="N, N+k, 2N, 2(N+1) or xN/y, for example 3N/4.")
    unit: Annotated[str, Field(max_length=12)] = Field(description="What fails as one: unit, train or side.")
    group: Annotated[str, Field(max_length=12)] = Field(description="Where it is counted: site, hall, pod or loop.")
    topology: Literal["shared_bus", "cords"] = Field(
        default="shared_bus", description="Where load goes: to any survivor, or to the rack's other cord."
    )
    pairing: Literal["balanced"] | None = Field(
        default=None, description="Cords: an assumption, load spread evenly over all pairs of trains or sides."
    )
    pairs: Mapping[PairName, Percent] | None = Field(
        default=None, description="Cords: share of the load per pair of trains or sides, for example A-B: 50 %."
    )
    until: tuple[LowerScheme, ...] = Field(
        default=(), max_length=8, description="Lower schemes in force before `scheme`, in order of the days they end."
    )


class Level(Record):
    """One level of transformers: between racks and UPS output, or between UPS input and the bus."""

    below: Name = Field(description="What feeds it: `ups`, `bus`, or another level.")
    feeds: tuple[Literal["ups", "mechanical"], ...] = Field(
        default=(), description="Under `bus`: what draws from it. UPS otherwise draw from the lowest level there."
    )
    cooled_by: Name | None = Field(
        default=None,
        description="A hall whose air takes its losses, a loop, or `outdoors`; absent: the air of the hall it is in.",
    )
    redundancy: Redundancy


class Train(Record):
    """Generator, transformer, switchgear and UPS modules in one line, which fail together."""

    side: UnitName | None = Field(default=None, description="The side it is part of, for example A.")
    group: Name = Field(default="site", description="What it feeds: `site`, or a hall with its pods.")


class Hall(Record):
    """One room, or with `within` a pod: part of a hall with plant of its own beside what the hall's pods share."""

    within: Name | None = Field(
        default=None,
        description="The hall it is a pod of; absent floor, route, overhead, loops, humidity, feeds are its.",
    )
    positions: Count
    gallery_slots: Count = Field(default=0, description="Places beside the rows for CDUs and air units.")
    floor: Floor = Floor()
    route: Mapping[Name, RouteSegment] = Field(default={}, description="What racks roll over or through to get here.")
    overhead: Overhead | None = None
    liquid: HallLiquid | None = None
    air: HallAir | None = None
    humidity: Humidity | None = None
    feeds: Feeds | None = Field(default=None, description="How racks are fed; absent: not checked.")
    integrated_test: Figure[WorkTime] = Field(description="Flushing and integrated systems test of one hall tranche.")


class RampStep(Record):
    """Firm power of a utility service from a day on, and what the utility may withdraw."""

    day: Day
    power: Power = Field(description="Firm power in all, from this day on.")
    non_firm: Power | None = Field(default=None, description="Beyond it, at the utility's pleasure: never counts.")


class Plant(Record):
    """Units that run today, are on order, or are promised to someone else."""

    spec: Name
    count: PositiveCount
    at: Name = Field(description="`site`, a hall, or a loop: where the service's redundancy group is.")
    status: Literal["existing", "ordered", "reserved"] = "existing"
    in_service: Day | None = Field(default=None, description="Ordered plant: the day it counts, tests included.")
    slips_to: Day | None = Field(default=None, description="Ordered plant: the day it counts at the worst.")
    train: UnitName | None = Field(default=None, description="The train it is part of.")
    level: UnitName | None = Field(default=None, description="Transformers: the level they are part of.")
    on: Name | None = Field(default=None, description="Rear doors: the kind of rack they hang on.")
    positions: Count = Field(default=0, description="Rack positions one unit takes in its hall.")
    gallery_slots: Count = Field(default=0, description="Gallery slots one unit takes in its hall.")
    ramp: tuple[RampStep, ...] = Field(
        default=(), max_length=40, description="Utility services: firm power by dates, instead of the spec's."
    )


class Load(Record):
    """A load that is there already, or reserved for someone else."""

    status: Literal["running", "reserved"] = "running"
    hall: Name | None = None
    ups: Figure[Power] | None = Field(default=None, description="Power drawn behind the UPS.")
    other: Figure[Power] | None = Field(default=None, description="Power drawn elsewhere, on generators.")
    air_heat: Figure[Power] | None = None
    air_flow: Figure[VolumeFlow] | None = Field(default=None, description="Air drawn to carry `air_heat` away.")
    liquid_heat: Figure[Power] | None = None
    liquid_flow: Figure[VolumeFlow] | None = None
    positions: Count = 0
    ways: Count = Field(default=0, description="Switchgear circuits it takes.")


class Permit(Record):
    """An approval that runs in parallel and gates a step of every upgrade that names it."""

    duration: Figure[CalendarTime]
    apply: Day | None = Field(default=None, description="Day of application; default: the first day of the plan.")
    gates: Literal["order", "delivery", "install", "startup"] = "install"


class Upgrade(Record):
    """Something that may be bought or built; times and cost override the catalog's."""

    spec: Name
    at: tuple[Name, ...] = Field(min_length=1, description="Where it may stand: `site`, halls or loops.")
    at_most: Count = Field(description="Units per place and train (positions per hall for a floor reinforcement).")
    trains: tuple[UnitName, ...] = Field(default=(), description="Trains that units may be added to.")
    level: UnitName | None = Field(default=None, description="Transformers: the level they are part of.")
    on: Name | None = Field(default=None, description="Rear doors: the kind of rack they hang on.")
    crew: Name
    crew_need: PositiveCount = 1
    engineering: Figure[WorkTime] | None = Field(default=None, description="Release-for-purchase engineering.")
    lead_time: Figure[CalendarTime] | None = None
    expedite: Mapping[UnitName, Expedite] = Field(default={}, description="Ways to have units sooner, by name.")
    cost: Figure[Cost] | None = None
    rental: Rental | None = Field(default=None, description="Units are hired, for as long as they are needed.")
    install: Figure[WorkTime] | None = None
    commission: Figure[WorkTime] | None = None
    permit: Name | None = None
    tie_in: TieIn | None = Field(
        default=None, description="Work on live plant at the end of an install, inside one outage window."
    )
    requires: tuple[Name, ...] = Field(
        default=(), description="Upgrades of which one unit is commissioned before an install of this one starts."
    )
    excludes: tuple[Name, ...] = Field(default=(), description="Upgrades that are not bought where this one is.")
    paid_by: Literal["operator", "vendor"] = "operator"
    positions: Count = 0
    gallery_slots: Count = 0


class RackCount(Record):
    """Some racks of one kind."""

    spec: Name
    count: PositiveCount


class Delivery(Record):
    """Scalable units that reach the site on one day."""

    day: Day
    count: PositiveCount


class Connect(Record):
    """Setting and connecting one SU."""

    crew: Name
    crew_need: PositiveCount = 1
    duration: Figure[WorkTime]


class SuChain(Record):
    """What happens to one SU after delivery."""

    set_and_connect: Connect
    fill_and_leak_test: Figure[WorkTime] | None = Field(default=None, description="Liquid-cooled SUs only.")
    burn_in: Figure[CalendarTime] = Field(description="Full load from its first day, nights and weekends included.")
    acceptance: Figure[WorkTime]


class Milestone(Record):
    """One payment milestone: cash arrives `net` + `habit` after the event's invoice."""

    event: Event
    share: Percent
    net: CalendarTime
    habit: CalendarTime | None = Field(default=None, description="How late this customer usually pays.")
    long_stop: CalendarTime | None = Field(
        default=None, description="Days after delivery when the milestone is deemed met."
    )


class Deployment(Record):
    """A customer's order of identical SUs."""

    customer: Line
    su: tuple[RackCount, ...] = Field(min_length=1, description="Racks of one SU, support racks included.")
    deliveries: tuple[Delivery, ...] = Field(min_length=1)
    halls: tuple[Name, ...] = Field(min_length=1, description="Halls that may take it.")
    ordered: Day
    price: Figure[Money] = Field(description="Price of one SU.")
    lost_margin: MoneyRate | None = Field(default=None, description="Operator's loss per SU and day of delay.")
    terms: tuple[Milestone, ...] = Field(min_length=1)
    deadline: Day | None = Field(default=None, description="Last day by which every SU must be accepted.")
    chain: SuChain | None = Field(default=None, description="Overrides the site's `su_chain`.")

    @property
    def count(self) -> int:
        """Number of SUs."""
        return sum(delivery.count for delivery in self.deliveries)


class Site(Record):
    """One site file."""

    dcplan: Literal[1] = Field(description="Version of this format.")
    name: Line
    start: Day = Field(description="First day of the plan.")
    end: Day = Field(description="Day by which everything must be accepted.")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    perspective: Literal["operator", "vendor", "joint"]
    objective: Goal = Field(
        default="perspective",
        description="What is minimised: the perspective's money; `earliest` delay, then cost; `cheapest` the reverse.",
    )
    financing_rate: Figure[AnnualRate] = Field(description="Simple interest on spend and on delayed receipts.")
    place: Place
    calendar: Calendar = Calendar()
    crews: Mapping[Name, Crew]
    limits: Limits = Limits()
    redundancy: Mapping[Service, Redundancy]
    trains: Mapping[UnitName, Train] = {}
    levels: Mapping[UnitName, Level] = Field(default={}, description="Transformers beside those that feed the bus.")
    generator_duty: GeneratorDuty = GeneratorDuty()
    switchboard: Switchboard | None = None
    electrical_rooms: Mapping[Name, ElectricalRoom] = Field(
        default={}, description="Losses of equipment that is in none of them are not checked."
    )
    mechanical_power_factor: Figure[PowerFactor] = Field(description="Power factor of fans, pumps and chillers.")
    behind_ups: tuple[Literal["cdu", "room_air", "facility_pump"], ...] = Field(
        default=(), description="Cooling that must not stop when power blinks, and so is fed by the UPS."
    )
    loops: Mapping[Name, Loop] = {}
    halls: Mapping[Name, Hall] = Field(min_length=1)
    plant: Mapping[Name, Plant] = {}
    loads: Mapping[Name, Load] = {}
    permits: Mapping[Name, Permit] = {}
    outage_windows: Mapping[Name, Annotated[tuple[OutageWindow, ...], Field(min_length=1, max_length=400)]] = Field(
        default={}, description="When live plant may be switched off, by a name that `tie_in` of upgrades gives."
    )
    upgrades: Mapping[Name, Upgrade] = {}
    su_chain: SuChain
    deployments: Mapping[Name, Deployment] = Field(min_length=1)
    sources: Mapping[Name, Source] = {}
    specs: Mapping[Name, AnySpec] = Field(default={}, description="Specs of this site, beside or over the catalog's.")
    scenarios: Mapping[Name, Mapping[str, Any]] = Field(
        default={}, description="Named sets of overrides: dotted place to value."
    )


class SiteModel(Record):
    """A site together with every spec it names: what all later steps work on."""

    site: Site
    specs: Mapping[str, AnySpec]
    file: str
    warnings: tuple[str, ...] = ()
    text_sha256: str
    document: Document | None = Field(
        default=None, exclude=True, repr=False, description="What was read, scenario and overrides applied."
    )
