"""What a quantity string means, and which plain number it becomes inside.

A quantity is written ``NUMBER UNIT`` with one space (``132 kW``), the unit being one of the closed
list of spellings of its kind. It stays a pint quantity in the unit it was written in until
:func:`si` takes it across the edge:

==========================  =======================  =====================================
kind                        written, for example     ``si`` gives
==========================  =======================  =====================================
Power, ApparentPower        132 kW; 2 MVA            W; VA
Length, Area, Volume        3 ft; 500 m2; 5000 gal   m; m2; m3
Mass, Density               3000 lb; 1025 kg/m3      kg; kg/m3
Temperature                 45 degC                  K, absolute
TemperatureDifference       10 K, 9 delta_degF       K, difference
VolumeFlow, SpecificFlow    90 gpm; 1.5 L/min/kW     m3/s; m3/s per W
Velocity                    2.4 m/s; 8 ft/s          m/s
Pressure, FloorLoad         2 bar; 150 psf           Pa (kg/m2, lb/ft2 at standard gravity)
PointLoad                   3000 lb                  N (kg and lb at standard gravity)
CalendarTime, WorkTime      4 week; 10 workday       days; workdays
Money, MoneyRate            5 MUSD; 900 USD/week     currency unit; currency unit per day
Cost                        5 MUSD or 900 USD/kW     currency unit, or currency unit per W
EnergyCost, FuelPrice       0.3 USD/kWh; 1.2 USD/L   currency unit per J; currency unit per m3
AreaCost                    300 USD/ft2              currency unit per m2
Percent, AnnualRate         90 %; 3 %/year           fraction; fraction per year of 365 days
PercentPerLength            1 %/km                   fraction per m
PercentPerKelvin            0.5 %/K                  fraction per K
Overload                    125 %                    fraction, above 1 as well
Voltage, Current, Energy    415 V; 63 A; 5 kWh       V; A; J
Emission                    6.4 g/kWh                kg/J
==========================  =======================  =====================================

The integers of the solver are made from these plain numbers in ``dcplan.steps``, re-exported here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Any, NamedTuple, TypeAlias

import pint
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from dcplan.errors import InternalError, refusal, shown
from dcplan.steps import ceil_steps as ceil_steps
from dcplan.steps import finest_step as finest_step
from dcplan.steps import floor_steps as floor_steps
from dcplan.steps import round_steps as round_steps
from dcplan.steps import snap as snap
from dcplan.unit_hints import MAX_LENGTH, NO_UNIT, NUMBER, SAME, text_hint, unit_hint

Quantity: TypeAlias = pint.Quantity[Any]

_CODES = "USD EUR GBP JPY CHF CAD AUD NZD SGD HKD INR SEK NOK DKK PLN BRL"
CURRENCIES = tuple(_CODES.split())

_WRITTEN = re.compile(rf"({NUMBER}) ([A-Za-z%][A-Za-z0-9_/%]*)", re.ASCII)
# magnitudes outside could not be written back with an exponent of two digits
_SMALLEST, _LARGEST = 1e-99, 1e99


def _make_registry() -> pint.UnitRegistry[Any]:
    text = files("dcplan").joinpath("units.txt").read_text(encoding="utf-8")
    made: pint.UnitRegistry[Any] = pint.UnitRegistry(text.splitlines(), on_redefinition="raise")
    # unpickled quantities are rebuilt in the application registry of the receiving process
    pint.set_application_registry(made)  # type: ignore[no-untyped-call]
    return made


registry: pint.UnitRegistry[Any] = _make_registry()


class _Row(NamedTuple):
    """One accepted spelling: SI value = magnitude * factor + offset."""

    spelling: str
    base: str
    unit: Any
    factor: float
    offset: float


_ROW_OF_UNIT: dict[Any, _Row] = {}


def _pint_unit(spelling: str, base: str) -> Any:
    """Pint unit of a spelling of the closed list; user text never comes here."""
    words = spelling.replace("%", "percent")
    if base in ("N", "Pa"):
        words = re.sub(r"\b(kg|lb)\b", r"load_\1", words)
    return registry.Unit(re.sub(r"\b(m|ft)([23])\b", r"\1**\2", words))


@cache
def _row(spelling: str, base: str) -> _Row:
    unit = _pint_unit(spelling, base)
    if base == "K" and spelling in ("degC", "degF"):
        offset = float(registry.convert(0.0, unit, "K"))
        factor = float(registry.convert(1.0, f"delta_{spelling}", "K"))
    else:
        offset, factor = 0.0, float(registry.convert(1.0, unit, _pint_unit(base, base)))
    row = _Row(spelling, base, unit, factor, offset)
    return _ROW_OF_UNIT.setdefault(unit, row)


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of quantity: what may be written in a field, and how it is checked.

    Use it as ``Annotated[Quantity, kind]`` in a pydantic model; the aliases of this module
    (``Power``, ``Length`` and so on) do.

    Parameters
    ----------
    name : str
        What the quantity is, in words.
    units : Mapping of str to str
        Accepted spelling to the spelling of the unit that :func:`si` answers in.
    lo, hi : float
        Smallest and largest value accepted, in that unit.
    example : str
        One valid text, shown in messages.
    general : str
        Name of the kind that this one narrows, if any.

    Examples
    --------
    >>> POWER.read("132 kW").magnitude
    132.0
    >>> POWER.within(lo=1e3, hi=1e6).read("5 MW")
    Traceback (most recent call last):
    ...
    pydantic_core._pydantic_core.PydanticCustomError: given 5 MW; allowed a power from 0.001 to 1 MW
    """

    name: str
    units: Mapping[str, str]
    lo: float
    hi: float
    example: str
    general: str = ""

    @property
    def base(self) -> str:
        """Spelling of the unit in which the first spelling becomes a plain number."""
        return next(iter(self.units.values()))

    @cached_property
    def spellings(self) -> Mapping[str, tuple[float, float]]:
        """Factor and offset to the base unit, per accepted spelling."""
        rows = (_row(spelling, base) for spelling, base in self.units.items())
        return {row.spelling: (row.factor, row.offset) for row in rows}

    def within(
        self, lo: float | None = None, hi: float | None = None, example: str | None = None, name: str | None = None
    ) -> Kind:
        """Same kind with narrower bounds, given in its base unit, and perhaps a name of its own."""
        lo, hi = self.lo if lo is None else lo, self.hi if hi is None else hi
        general = self.general or self.name
        return replace(self, lo=lo, hi=hi, example=example or self.example, name=name or self.name, general=general)

    def read(self, value: object) -> Quantity:
        """Quantity of this kind from its text, or from another quantity of this project.

        Parameters
        ----------
        value : object
            Text such as ``132 kW``, or a quantity of :data:`registry`.

        Returns
        -------
        Quantity
            In the unit it was written in.

        Raises
        ------
        pydantic_core.PydanticCustomError
            A ValueError which says what was given, what is wanted and an example.
        """
        if isinstance(value, str):
            magnitude, row = self._parse(value)
        elif isinstance(value, pint.Quantity):
            magnitude, row = self._adopt(value)
        else:
            raise self._refuse(value, NO_UNIT if type(value) in (int, float) else "")
        # the sign of zero carries no meaning and would not survive a comparison
        magnitude += 0.0
        if not math.isfinite(magnitude) or not (magnitude == 0 or _SMALLEST <= abs(magnitude) <= _LARGEST):
            raise self._refuse(value, "the number is beyond what can be written and read back")
        if not self.lo <= magnitude * row.factor + row.offset <= self.hi:
            low, high = (f"{(end - row.offset) / row.factor:.6g}" for end in (self.lo, self.hi))
            raise refusal(_given(value), f"{_a(self.name)} from {low} to {high} {row.spelling}")
        return registry.Quantity(magnitude, row.unit)

    def _parse(self, given: str) -> tuple[float, _Row]:
        found = _WRITTEN.fullmatch(given) if len(given) <= MAX_LENGTH else None
        if found is None:
            raise self._refuse(given, text_hint(given, self.units))
        spelling = SAME.get(found[2], found[2])
        if spelling not in self.units:
            raise self._refuse(given, self._unit_hint(found[2]))
        return float(found[1]), _row(spelling, self.units[spelling])

    def _adopt(self, given: Quantity) -> tuple[float, _Row]:
        if not isinstance(given.magnitude, int | float):
            raise self._refuse(given, "one plain number per quantity")
        # an integer may be too large for a float
        magnitude = float(given.magnitude) if abs(given.magnitude) <= _LARGEST else math.inf
        # quantities of two registries cannot be compared or added
        if given._REGISTRY is not registry:
            raise self._refuse(given, "make quantities with dcplan.units.registry")
        known = _known(given.units)
        if known is not None and known.spelling in self.units:
            return magnitude, _row(known.spelling, self.units[known.spelling])
        if known is not None:
            # a difference has the dimension of a temperature: the dimension alone must not let it in
            raise self._refuse(given, self._unit_hint(known.spelling))
        for base in (base for base in self.units.values() if base in self.units):
            row = _row(base, base)
            if given.units.dimensionality == row.unit.dimensionality:
                return float(given.to(row.unit).magnitude), row
        raise self._refuse(given, "")

    def _refuse(self, given: object, hint: str) -> PydanticCustomError:
        listed = list(self.units)
        units = ", ".join(listed[:10]) + (", ..." if len(listed) > 10 else "")
        allowed = f"{_a(self.name)} in {units}, for example {self.example}"
        return refusal(_given(given), allowed, hint)

    def _unit_hint(self, unit: str) -> str:
        spelling = SAME.get(unit, unit)
        return unit_hint(
            self.general or self.name, unit, self.units, [kind.name for kind in KINDS if spelling in kind.units]
        )

    @property
    def pattern(self) -> str:
        """Regular expression of the accepted texts, for the JSON schema."""
        accepted = [*self.units, *(name for name, same in SAME.items() if same in self.units)]
        return f"^{NUMBER} (?:{'|'.join(re.escape(unit) for unit in accepted)})$"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        writer = core_schema.plain_serializer_function_ser_schema(
            text, return_schema=core_schema.str_schema(), when_used="json-unless-none"
        )
        return core_schema.no_info_plain_validator_function(self.read, serialization=writer)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {
            "type": "string",
            "maxLength": MAX_LENGTH,
            "pattern": self.pattern,
            "x-unit": self.base,
            "examples": [self.example],
        }


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _given(value: object) -> object:
    if not isinstance(value, pint.Quantity):
        return value
    known = _known(value.units) if value._REGISTRY is registry else None
    return f"{shown(value.magnitude)} {known.spelling if known else value.units}"


def _per(amounts: str, base: str) -> dict[str, str]:
    """Spellings of a money kind for every currency, ``$`` standing for its code."""
    pairs = [(amount, code) for code in CURRENCIES for amount in amounts.split()]
    return {amount.replace("$", code): base.replace("$", code) for amount, code in pairs}


def _kind(name: str, base: str, spellings: str, lo: float, hi: float, example: str) -> Kind:
    if "$" in base:
        return Kind(name, _per(spellings, base), lo, hi, example)
    return Kind(name, dict.fromkeys(spellings.split(), base), lo, hi, example)


POWER = _kind("power", "W", "kW MW W GW hp BTU/h kBTU/h TR", 0, 1e12, "132 kW")
APPARENT_POWER = _kind("apparent power", "VA", "kVA MVA VA", 0, 1e12, "2500 kVA")
LENGTH = _kind("length", "m", "m mm cm km ft in", 0, 1e7, "600 mm")
ALTITUDE = replace(LENGTH, name="altitude", lo=-500.0, hi=5000.0, example="120 m")
AREA = _kind("area", "m2", "m2 ft2", 0, 1e9, "500 m2")
VOLUME = _kind("volume", "m3", "m3 L gal", 0, 1e9, "5000 L")
MASS = _kind("mass", "kg", "kg lb t g", 0, 1e9, "1360 kg")
DENSITY = _kind("density", "kg/m3", "kg/m3", 0, 1e5, "1025 kg/m3")
TEMPERATURE = _kind("temperature", "K", "degC degF K", 0, 2000, "45 degC")
TEMPERATURE_DIFFERENCE = _kind("temperature difference", "K", "K delta_degC delta_degF", -1000, 1000, "10 K")
VOLUME_FLOW = _kind("volume flow", "m3/s", "L/min L/s L/h m3/h m3/s gpm gal/min gal/h CFM ft3/min", 0, 1e6, "90 gpm")
SPECIFIC_FLOW = _kind(
    "flow per power", "m3/s/W", "L/min/kW L/s/kW m3/h/kW gpm/kW gpm/TR CFM/kW m3/s/W", 0, 1, "1.5 L/min/kW"
)
VELOCITY = _kind("velocity", "m/s", "m/s ft/s", 0, 1e3, "2.4 m/s")
PRESSURE = _kind("pressure", "Pa", "kPa bar Pa MPa psi", 0, 1e9, "2 bar")
FLOOR_LOAD = _kind("floor load", "Pa", "kPa psf kg/m2 lb/ft2 Pa", 0, 1e7, "12 kPa")
POINT_LOAD = _kind("point load", "N", "kN kg lb lbf N", 0, 1e8, "3000 lb")
CALENDAR_TIME = _kind("calendar time", "day", "day week hour min s", 0, 36500, "6 week")
WORK_TIME = _kind("work time", "workday", "workday", 0, 36500, "10 workday")
MONEY = _kind("amount of money", "$", "$ M$", 0, 1e15, "250000 USD")
_MONEY_PER_POWER = _per("$/kW $/MW $/W", "$/W")
COST = Kind("cost", {**MONEY.units, **_MONEY_PER_POWER}, 0, 1e15, "900 USD/kW")
MONEY_RATE = _kind("amount of money per time", "$/day", "$/day $/week M$/week", 0, 1e15, "9000 USD/week")
ENERGY_COST = _kind("cost per energy", "$/J", "$/kWh $/MWh $/J", 0, 1e12, "0.3 USD/kWh")
FUEL_PRICE = _kind("price per volume", "$/m3", "$/L $/gal $/m3", 0, 1e12, "1.2 USD/L")
AREA_COST = _kind("cost per area", "$/m2", "$/m2 $/ft2", 0, 1e12, "300 USD/ft2")
PERCENT = _kind("share", "1", "%", 0, 1, "90 %")
OVERLOAD = replace(PERCENT, name="load in percent of a rating", lo=1.0, hi=10.0, example="125 %")
ANNUAL_RATE = _kind("rate per year", "1/year", "%/year", 0, 1, "3 %/year")
PERCENT_PER_LENGTH = _kind("share per length", "1/m", "%/m %/km %/ft %/kft", 0, 1, "1 %/km")
PERCENT_PER_KELVIN = _kind("share per temperature difference", "1/K", "%/K %/delta_degC %/delta_degF", 0, 1, "0.5 %/K")
VOLTAGE = _kind("voltage", "V", "V kV", 0, 2e6, "415 V")
CURRENT = _kind("current", "A", "A kA", 0, 1e7, "63 A")
EMISSION = _kind("emission per work", "kg/J", "g/kWh kg/MWh", 0, 1, "6.4 g/kWh")
ENERGY = _kind("energy", "J", "kWh MWh MJ J", 0, 1e18, "500 kWh")

# the order decides which kind names a spelling that several accept: kg is a mass before a point load
KINDS: tuple[Kind, ...] = (
    *(POWER, APPARENT_POWER, LENGTH, ALTITUDE, AREA, VOLUME, MASS, DENSITY, TEMPERATURE),
    *(TEMPERATURE_DIFFERENCE, VOLUME_FLOW, SPECIFIC_FLOW, VELOCITY, PRESSURE, FLOOR_LOAD, POINT_LOAD),
    *(CALENDAR_TIME, WORK_TIME, MONEY, COST, MONEY_RATE, AREA_COST, PERCENT, OVERLOAD, ANNUAL_RATE, ENERGY_COST),
    *(PERCENT_PER_LENGTH, PERCENT_PER_KELVIN, VOLTAGE, CURRENT, EMISSION, ENERGY, FUEL_PRICE),
)

Power: TypeAlias = Annotated[Quantity, POWER]
ApparentPower: TypeAlias = Annotated[Quantity, APPARENT_POWER]
Length: TypeAlias = Annotated[Quantity, LENGTH]
Altitude: TypeAlias = Annotated[Quantity, ALTITUDE]
Area: TypeAlias = Annotated[Quantity, AREA]
Volume: TypeAlias = Annotated[Quantity, VOLUME]
Mass: TypeAlias = Annotated[Quantity, MASS]
Density: TypeAlias = Annotated[Quantity, DENSITY]
Temperature: TypeAlias = Annotated[Quantity, TEMPERATURE]
TemperatureDifference: TypeAlias = Annotated[Quantity, TEMPERATURE_DIFFERENCE]
VolumeFlow: TypeAlias = Annotated[Quantity, VOLUME_FLOW]
SpecificFlow: TypeAlias = Annotated[Quantity, SPECIFIC_FLOW]
Velocity: TypeAlias = Annotated[Quantity, VELOCITY]
Pressure: TypeAlias = Annotated[Quantity, PRESSURE]
FloorLoad: TypeAlias = Annotated[Quantity, FLOOR_LOAD]
PointLoad: TypeAlias = Annotated[Quantity, POINT_LOAD]
CalendarTime: TypeAlias = Annotated[Quantity, CALENDAR_TIME]
WorkTime: TypeAlias = Annotated[Quantity, WORK_TIME]
Money: TypeAlias = Annotated[Quantity, MONEY]
Cost: TypeAlias = Annotated[Quantity, COST]
MoneyRate: TypeAlias = Annotated[Quantity, MONEY_RATE]
EnergyCost: TypeAlias = Annotated[Quantity, ENERGY_COST]
FuelPrice: TypeAlias = Annotated[Quantity, FUEL_PRICE]
AreaCost: TypeAlias = Annotated[Quantity, AREA_COST]
Percent: TypeAlias = Annotated[Quantity, PERCENT]
AnnualRate: TypeAlias = Annotated[Quantity, ANNUAL_RATE]
PercentPerLength: TypeAlias = Annotated[Quantity, PERCENT_PER_LENGTH]
PercentPerKelvin: TypeAlias = Annotated[Quantity, PERCENT_PER_KELVIN]
Voltage: TypeAlias = Annotated[Quantity, VOLTAGE]
Current: TypeAlias = Annotated[Quantity, CURRENT]
Energy: TypeAlias = Annotated[Quantity, ENERGY]
Emission: TypeAlias = Annotated[Quantity, EMISSION]
Overload: TypeAlias = Annotated[Quantity, OVERLOAD]


@cache
def _bases() -> dict[str, str]:
    """First base per spelling, over all kinds."""
    found: dict[str, str] = {}
    for kind in KINDS:
        for spelling, base in kind.units.items():
            found.setdefault(spelling, base)
    return found


@cache
def _all_rows() -> Mapping[Any, _Row]:
    for kind in KINDS:
        for spelling, base in kind.units.items():
            _row(spelling, base)
    return _ROW_OF_UNIT


def _known(unit: Any) -> _Row | None:
    return _ROW_OF_UNIT.get(unit) or _all_rows().get(unit)


def _known_row(quantity: Quantity) -> _Row:
    row = _known(quantity.units)
    if row is None:
        raise InternalError(f"{quantity.units} is not a unit of the closed list")
    return row


def si(quantity: Quantity) -> float:
    """Plain number of a quantity, in the unit the table of this module sets for its kind.

    Parameters
    ----------
    quantity : Quantity
        In a unit of the closed list.

    Returns
    -------
    float
        For example W, m, K, m3/s, Pa; days for calendar time; fractions for percent.

    Raises
    ------
    InternalError
        The unit is not one of the closed list.

    Examples
    --------
    >>> si(POWER.read("132 kW")), si(CALENDAR_TIME.read("2 week")), si(ANNUAL_RATE.read("3 %/year"))
    (132000.0, 14.0, 0.03)
    """
    row = _known_row(quantity)
    return float(quantity.magnitude) * row.factor + row.offset


def si_unit(quantity: Quantity) -> str:
    """The unit that :func:`si` answers in; ``degC`` for an absolute temperature, which is answered in K.

    Examples
    --------
    >>> si_unit(POWER.read("132 kW")), si_unit(TEMPERATURE.read("80 degF")), si_unit(PERCENT.read("3 %"))
    ('W', 'degC', '1')
    """
    row = _known_row(quantity)
    return "degC" if row.offset else row.base


def text(quantity: Quantity) -> str:
    """Text that :meth:`Kind.read` reads back to the equal quantity.

    Parameters
    ----------
    quantity : Quantity
        In a unit of the closed list.

    Returns
    -------
    str
        Such as ``132 kW``.

    Examples
    --------
    >>> text(POINT_LOAD.read("3000 lbs")), text(LENGTH.read("0.50 m"))
    ('3000 lb', '0.5 m')
    """
    return f"{repr(float(quantity.magnitude)).removesuffix('.0')} {_known_row(quantity).spelling}"


def in_unit(value: float, unit: str, kind: Kind | None = None) -> float:
    """Plain number of :func:`si`, taken back to a unit for printing.

    Parameters
    ----------
    value : float
        In the unit that :func:`si` answers in.
    unit : str
        An accepted spelling.
    kind : Kind, optional
        Needed for kg and lb as a point load; without it they are masses.

    Returns
    -------
    float
        The same value in ``unit``.

    Examples
    --------
    >>> in_unit(132000.0, "kW"), in_unit(318.15, "degC")
    (132.0, 45.0)
    """
    spelling = SAME.get(unit, unit)
    base = (kind.units if kind else _bases()).get(spelling)
    if base is None:
        raise InternalError(f"{shown(unit)} is not a unit of {kind.name if kind else 'the closed list'}")
    row = _row(spelling, base)
    return (value - row.offset) / row.factor


def currency_of(quantity: Quantity) -> str:
    """Currency code of an amount of money or of a cost per something.

    Examples
    --------
    >>> currency_of(COST.read("900 USD/kW")), currency_of(MONEY.read("2 MEUR"))
    ('USD', 'EUR')
    """
    code = _known_row(quantity).base.split("/")[0]
    if code not in CURRENCIES:
        raise InternalError(f"{text(quantity)} is not money")
    return code
