"""Quantities: published conversions, refusals, hostile text, round trips, and the steps of the solver."""

import contextlib
import importlib
import json
import math
import pickle
import re
import sys
import time
from fractions import Fraction

import pint
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from dcplan import units
from dcplan.errors import InternalError, OutsideRange
from dcplan.units import (
    KINDS,
    Cost,
    Power,
    ceil_steps,
    currency_of,
    finest_step,
    floor_steps,
    in_unit,
    registry,
    round_steps,
    si,
    snap,
    text,
)


def refused(kind: units.Kind, value: object) -> str:
    with pytest.raises(ValueError) as caught:
        kind.read(value)
    assert kind.example in str(caught.value) or " from " in str(caught.value)
    return str(caught.value)


# Published: NIST SP 811 (2008) appendix B.8 (length, mass, force, pressure, volume, BTU_IT, horsepower,
# 12 000 Btu_IT/h ton of refrigeration 3.516 853 kW); the rest by definition.
PUBLISHED = [
    (units.POWER, "1 TR", 3516.853),
    (units.POWER, "1 ton_refrigeration", 3516.853),
    (units.POWER, "1 hp", 745.6999),
    (units.POWER, "12000 BTU/h", 3516.853),
    (units.POWER, "12 kBTU/h", 3516.853),
    (units.POWER, "132 kW", 132000.0),
    (units.APPARENT_POWER, "2.5 MVA", 2.5e6),
    (units.FLOOR_LOAD, "1 psf", 47.88026),
    (units.FLOOR_LOAD, "250 psf", 11970.065),
    (units.FLOOR_LOAD, "1 lb/ft2", 47.88026),
    (units.FLOOR_LOAD, "1 kg/m2", 9.80665),
    (units.FLOOR_LOAD, "12 kPa", 12000.0),
    (units.POINT_LOAD, "1 lb", 4.448222),
    (units.POINT_LOAD, "1 lbf", 4.448222),
    (units.POINT_LOAD, "1 kg", 9.80665),
    (units.POINT_LOAD, "5 kN", 5000.0),
    (units.MASS, "3000 lb", 1360.77711),
    (units.MASS, "2 tonne", 2000.0),
    (units.LENGTH, "10 ft", 3.048),
    (units.LENGTH, "19 in", 0.4826),
    (units.AREA, "1 ft2", 0.09290304),
    (units.VOLUME, "1 gal", 0.003785411784),
    (units.VOLUME_FLOW, "1 gpm", 6.309020e-5),
    (units.VOLUME_FLOW, "1 CFM", 4.719474e-4),
    (units.VOLUME_FLOW, "3.785411784 L/min", 6.309020e-5),
    (units.VOLUME_FLOW, "3600 m3/h", 1.0),
    (units.SPECIFIC_FLOW, "1.5 L/min/kW", 2.5e-8),
    (units.PRESSURE, "1 psi", 6894.757),
    (units.PRESSURE, "2 bar", 2e5),
    (units.TEMPERATURE, "45 degC", 318.15),
    (units.TEMPERATURE, "113 degF", 318.15),
    (units.TEMPERATURE, "-40 degF", 233.15),
    (units.TEMPERATURE_DIFFERENCE, "9 delta_degF", 5.0),
    (units.TEMPERATURE_DIFFERENCE, "5 delta_degC", 5.0),
    (units.CALENDAR_TIME, "2 week", 14.0),
    (units.CALENDAR_TIME, "12 hours", 0.5),
    (units.CALENDAR_TIME, "36 h", 1.5),
    (units.WORK_TIME, "10 workdays", 10.0),
    (units.MONEY, "1.2 MUSD", 1.2e6),
    (units.COST, "900 USD/kW", 0.9),
    (units.COST, "900 EUR", 900.0),
    (units.MONEY_RATE, "7000 USD/week", 1000.0),
    (units.ENERGY_COST, "0.36 USD/kWh", 1e-7),
    (units.FUEL_PRICE, "1.2 EUR/L", 1200.0),
    (units.AREA_COST, "100 USD/ft2", 1076.391),
    (units.PERCENT, "90 %", 0.9),
    (units.ANNUAL_RATE, "3 %/year", 0.03),
    (units.PERCENT_PER_LENGTH, "1 %/km", 1e-5),
    (units.PERCENT_PER_LENGTH, "0.3048 %/kft", 1e-5),
    (units.PERCENT_PER_KELVIN, "0.5 %/K", 0.005),
    (units.PERCENT_PER_KELVIN, "0.5 %/delta_degF", 0.009),
    (units.ENERGY, "1 kWh", 3.6e6),
    (units.VOLTAGE, "13.8 kV", 13800.0),
    (units.DENSITY, "1025 kg/m3", 1025.0),
]


@pytest.mark.parametrize(("kind", "written", "expected"), PUBLISHED)
def test_published_conversions(kind, written, expected):
    # the published figures have seven digits
    assert si(kind.read(written)) == pytest.approx(expected, rel=2e-7)


EXACT = {
    "ft": Fraction("0.3048"),
    "in": Fraction("0.0254"),
    "lb": Fraction("0.45359237"),
    "gal": Fraction("0.003785411784"),
    "psf": Fraction("0.45359237") * Fraction("9.80665") / Fraction("0.3048") ** 2,
    "gpm": Fraction("0.003785411784") / 60,
    "CFM": Fraction("0.3048") ** 3 / 60,
    "TR": Fraction("1055.05585262") * 12000 / 3600,
    "hp": 550 * Fraction("0.3048") * Fraction("0.45359237") * Fraction("9.80665"),
}


@pytest.mark.parametrize(("unit", "factor"), EXACT.items())
def test_factors_are_the_exact_ones_to_the_last_digits(unit, factor):
    kind = next(kind for kind in KINDS if unit in kind.units)
    assert kind.spellings[unit][0] == pytest.approx(float(factor), rel=1e-15)


def test_every_spelling_of_every_kind_reads_and_writes():
    for kind in KINDS:
        for spelling in kind.units:
            factor, offset = kind.spellings[spelling]
            middle = (0.5 * (kind.lo + kind.hi) - offset) / factor
            read = kind.read(f"{middle!r} {spelling}")
            assert text(read).split(" ")[1] == spelling
            assert si(read) == pytest.approx(0.5 * (kind.lo + kind.hi), rel=1e-12, abs=1e-9)


def test_the_unit_stays_as_written():
    assert str(units.POWER.read("10 TR").units) == "ton_refrigeration"
    assert text(units.POINT_LOAD.read("3000 lb")) == "3000 lb"
    assert text(units.FLOOR_LOAD.read("500 kg/m2")) == "500 kg/m2"


def test_a_mass_becomes_a_point_load_at_standard_gravity():
    rack = units.MASS.read("1000 kg")
    assert si(rack) == 1000.0
    assert si(units.POINT_LOAD.read(rack)) == pytest.approx(9806.65)


HINTS = [
    (units.POWER, "100 kVA", "explicit power factor"),
    (units.APPARENT_POWER, "100 kW", "explicit power factor"),
    (units.POWER, "10 ton", "TR for cooling"),
    (units.MASS, "10 ton", "t or lb for mass"),
    (units.TEMPERATURE, "45 C", "degC"),
    (units.TEMPERATURE, "113 F", "degF"),
    (units.TEMPERATURE, "10 delta_degC", "a difference in K"),
    (units.TEMPERATURE_DIFFERENCE, "10 degC", "a difference in K"),
    (units.WORK_TIME, "5 days", "site calendar"),
    (units.CALENDAR_TIME, "5 workday", "site calendar"),
    (units.CALENDAR_TIME, "3 month", "no fixed length"),
    (units.CALENDAR_TIME, "1 year", "no fixed length"),
    (units.LENGTH, "42 U", "rack units"),
    (units.POWER, "5 kw", "did you mean kW?"),
    (units.VOLUME_FLOW, "1000 cfm", "did you mean CFM?"),
    (units.MONEY, "5 usd", "did you mean USD?"),
    (units.POWER, "5 m", "unit of length"),
    (units.POWER, "5 parsec", "not a unit known here"),
    (units.POWER, "132", "write its unit"),
    (units.POWER, 132, "write its unit"),
    (units.PERCENT, 0.9, "write its unit"),
    (units.POWER, "132kW", "132 kW"),
    (units.POWER, "1,200 kW", "1200 kW"),
    (units.POWER, "kW", "number is missing"),
    (units.POWER, "1\u00a0kW", "ASCII"),
    (units.POWER, "\uff19 kW", "ASCII"),
    (units.POWER, "5 \u00b1 1 kW", "ASCII"),
]


@pytest.mark.parametrize(("kind", "given_", "hint"), HINTS)
def test_the_message_helps_with_the_usual_mistakes(kind, given_, hint):
    assert hint in refused(kind, given_)


HOSTILE = [
    *("", " ", "nan kW", "inf kW", "-inf kW", "NaN", "1e400 kW", "1e-400 kW", "9**9**9 kW", "10**10**8 kW"),
    *(
        "5 kW - 3 kW",
        "2 kW kW",
        "1/2 kW",
        "1.2.3 kW",
        "0x10 kW",
        "1_000 kW",
        "10 ft 6 in",
        "10' 6\"",
        "1e3kW",
    ),
    *("5  kW", " 5 kW", "5 kW ", "5 kW\n", "5\tkW", "5 kW\x00", "$5", "5 $", "5 k W", ".5 kW", "5. kW"),
    *("__import__('os').system('true') kW", "().__class__", "5 kW" * 20_000, "9" * 1_000_000),
    *(
        "a" * 1_000_000,
        "9" * 1_000_000 + " kW",
        "1 " + "k" * 1_000_000,
        "(" * 1_000_000,
        "1e" + "9" * 1_000_000,
    ),
    *("\u0665 kW", "1 \uff2b\uff37", "1 kW\u200b", "1\u2009kW", "1 \u03a9", "\ud800 kW"),
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_at_once(hostile):
    start = time.perf_counter()
    message = refused(units.POWER, hostile)
    assert time.perf_counter() - start < 0.05
    assert len(message) < 1000


def test_only_text_and_quantities_are_read():
    for value in (True, False, None, 5, 5.0, math.nan, 10**5000, [], {}, b"5 kW", object()):
        refused(units.POWER, value)


def test_quantities_of_the_project_are_taken_and_checked():
    assert text(units.POWER.read(registry.Quantity(5, "kW"))) == "5 kW"
    assert si(units.AREA.read(registry.Quantity(2.0, "m") * registry.Quantity(3.0, "m"))) == 6.0
    for wrong in (
        registry.Quantity(100.0, "kVA"),
        registry.Quantity(-5.0, "kW"),
        registry.Quantity(math.nan, "kW"),
        registry.Quantity(math.inf, "kW"),
        registry.Quantity(10**400, "kW"),
        registry.Quantity(Fraction(1, 2), "kW"),
        pint.UnitRegistry(None).Quantity(5.0),
    ):
        refused(units.POWER, wrong)
    refused(units.TEMPERATURE, registry.Quantity(5.0, "delta_degC"))
    refused(units.TEMPERATURE_DIFFERENCE, registry.Quantity(45.0, "degC"))


TOLD = [
    (units.POWER, 132, "given 132; allowed a power in kW, MW, W, GW, hp, BTU/h, kBTU/h, TR, for example 132 kW"),
    (units.AREA, [], "given a list; allowed an area in m2, ft2, for example 500 m2"),
    (units.AREA, "5", "given 5; allowed an area in m2, ft2, for example 500 m2"),
    (units.AREA, "5 m3", "given 5 m3; allowed an area in m2, ft2, for example 500 m2"),
    (units.VOLUME, "1e99 m3", "given 1e99 m3; allowed a volume from 0 to 1e+09 m3"),
    (units.AREA, "-5 m2", "given -5 m2; allowed an area from 0 to 1e+09 m2"),
    (
        units.AREA,
        "1e-99 m2e",
        "given 1e-99 m2e; allowed an area in m2, ft2, for example 500 m2",
    ),
    (
        units.MONEY,
        "5",
        "an amount of money in USD, MUSD, EUR, MEUR, GBP, MGBP, JPY, MJPY, CHF, MCHF, ..., for example 250000 USD",
    ),
    (
        units.VOLUME_FLOW,
        "5",
        "allowed a volume flow in L/min, L/s, L/h, m3/h, m3/s, gpm, gal/min, gal/h, CFM, ft3/min, for example 90 gpm",
    ),
    (units.POWER, registry.Quantity(-5.0, "kW"), "given -5.0 kW; allowed a power from 0 to 1e+09 kW"),
    (units.POWER, registry.Quantity(5.0, "kVA"), "given 5.0 kVA; allowed a power in kW"),
    (units.POWER, registry.Quantity(5.0, "kVA"), "explicit power factor"),
    (units.POWER, registry.Quantity(5.0, "ft*kg"), "given 5.0 foot * kilogram; allowed a power in kW"),
    (units.POWER, registry.Quantity(Fraction(1, 2), "kW"), "one plain number per quantity"),
    (units.POWER, registry.Quantity(Fraction(1, 2), "kW"), "given a Fraction kW;"),
    (units.POWER, registry.Quantity(math.nan, "kW"), "the number is beyond what can be written and read back"),
    (units.POWER, registry.Quantity(10**400, "kW"), "the number is beyond what can be written and read back"),
    (units.POWER, registry.Quantity(1e-100, "kW"), "given 1e-100 kW;"),
    (units.POWER, pint.UnitRegistry(None).Quantity(5.0), "make quantities with dcplan.units.registry"),
    (units.POWER, pint.UnitRegistry(None).Quantity(5.0), "given 5.0 dimensionless;"),
]


@pytest.mark.parametrize(("kind", "given_", "told"), TOLD)
def test_a_refusal_says_what_was_given_and_what_is_allowed(kind, given_, told):
    message = refused(kind, given_)
    assert told in message
    assert "XX" not in message


def test_a_hint_stands_alone():
    """No words in capitals, nothing around the hint, nothing where there is none."""
    for value, last in [
        (registry.Quantity(Fraction(1, 2), "kW"), "one plain number per quantity"),
        (registry.Quantity(math.inf, "kW"), "the number is beyond what can be written and read back"),
        (pint.UnitRegistry(None).Quantity(5.0), "make quantities with dcplan.units.registry"),
        ([], "for example 132 kW"),
        (registry.Quantity(5.0, "ft*kg"), "for example 132 kW"),
    ]:
        assert refused(units.POWER, value).endswith(last)
        assert refused(units.POWER, value).split("; ")[-1].endswith(last)


def test_the_smallest_and_the_largest_number_are_read():
    assert text(units.AREA.read("1e-99 m2")) == "1e-99 m2"
    wide = units.AREA.within(hi=math.inf)
    assert text(wide.read("1e99 m2")) == "1e+99 m2"
    assert text(wide.read(registry.Quantity(1e99, "m**2"))) == "1e+99 m2"
    assert len(longest := "0" * 61 + "5 W") == 64
    assert text(units.POWER.read(longest)) == "5 W"


def test_a_zero_has_no_sign():
    assert math.copysign(1.0, units.TEMPERATURE.read("-0 degC").magnitude) == 1.0
    assert math.copysign(1.0, units.TEMPERATURE_DIFFERENCE.read(registry.Quantity(-0.0, "K")).magnitude) == 1.0


def test_a_quantity_in_a_unit_of_its_own_is_taken_in_the_base_unit():
    flow = registry.Quantity(6.0, "m**3") / registry.Quantity(2.0, "hour")
    assert str(units.AREA.read(registry.Quantity(2.0, "ft") * registry.Quantity(5.0, "m"))) == "3.048 meter ** 2"
    assert si(units.VOLUME_FLOW.read(flow)) == pytest.approx(3.0 / 3600)


def test_bounds_are_narrowed_one_by_one():
    low = units.POWER.within(lo=1e3, example="2 kW")
    assert (low.lo, low.hi, low.example) == (1e3, units.POWER.hi, "2 kW")
    high = units.POWER.within(hi=1e3)
    assert (high.lo, high.hi, high.example) == (units.POWER.lo, 1e3, units.POWER.example)
    assert units.TEMPERATURE_DIFFERENCE.within(hi=5.0).lo == -1000


def test_bounds_are_inclusive_and_told_in_the_unit_given():
    assert si(units.PERCENT.read("100 %")) == 1.0
    assert "from 0 to 100 %" in refused(units.PERCENT, "100.1 %")
    assert "from -273.15" in refused(units.TEMPERATURE, "-274 degC")
    assert "from 0 to 50 kW" in refused(units.POWER.within(hi=5e4), "51 kW")
    assert si(units.ALTITUDE.read("-430 m")) == -430.0
    refused(units.LENGTH, "-1 m")


def test_dimensions_that_look_alike_are_apart():
    for one, other in [("kVA", "kW"), ("workday", "day"), ("USD", "EUR"), ("kg", "N"), ("N", "Pa")]:
        with pytest.raises(pint.DimensionalityError):
            registry.Quantity(1.0, one).to(other)


@pytest.mark.parametrize("word", ["cfm", "kTR", "mW", "kworkday", "RT", "ton", "C"])
def test_no_prefixes_attach_to_units(word):
    with pytest.raises(pint.UndefinedUnitError):
        registry.Unit(word)


def test_currency_of_every_money_kind():
    assert currency_of(units.COST.read("5 MJPY")) == "JPY"
    assert currency_of(units.MONEY_RATE.read("5 SEK/day")) == "SEK"
    assert currency_of(units.AREA_COST.read("5 EUR/m2")) == "EUR"
    with pytest.raises(InternalError, match="5 kW is not money"):
        currency_of(units.POWER.read("5 kW"))


def test_units_outside_the_list_are_bugs():
    with pytest.raises(InternalError, match=r"^kilowatt.*meter.* is not a unit of the closed list$"):
        si(registry.Quantity(5.0, "kW*m"))
    with pytest.raises(InternalError, match=r"^parsec is not a unit of the closed list$"):
        in_unit(5.0, "parsec")
    with pytest.raises(InternalError, match=r"^kg is not a unit of power$"):
        in_unit(5.0, "kg", units.POWER)


def test_in_unit_needs_the_kind_only_for_the_weight_of_a_mass():
    assert in_unit(132000.0, "kW") == 132.0
    assert in_unit(9.80665, "kg", units.POINT_LOAD) == 1.0
    assert in_unit(9.80665, "kg") == 9.80665
    assert in_unit(14.0, "week") == in_unit(14.0, "weeks") == 2.0


def test_what_is_made_when_the_module_is_imported():
    """Registry and kinds are built on import: built once more, they are what the published figures say."""
    module = sys.modules.pop("dcplan.units")
    try:
        again = importlib.import_module("dcplan.units")
        for kind, written_, expected in PUBLISHED:
            twin = next(other for other in again.KINDS if other.name == kind.name)
            assert (twin.lo, twin.hi, twin.example) == (kind.lo, kind.hi, kind.example)
            assert again.si(twin.read(written_)) == pytest.approx(expected, rel=2e-7)
        for name, factor in EXACT.items():
            kind = next(kind for kind in again.KINDS if name in kind.units)
            assert kind.spellings[name] == (pytest.approx(float(factor), rel=1e-15), 0.0)
        money = next(kind for kind in again.KINDS if kind.name == "amount of money")
        assert list(money.units.items())[:4] == [("USD", "USD"), ("MUSD", "USD"), ("EUR", "EUR"), ("MEUR", "EUR")]
        per_kelvin = next(kind for kind in again.KINDS if kind.name == "share per temperature difference")
        assert list(per_kelvin.units) == ["%/K", "%/delta_degC", "%/delta_degF"]
        # quantities that come back from a pickle are those of the registry that was made last
        assert pint.get_application_registry().get() is again.registry
        with pytest.raises(pint.RedefinitionError):
            again.registry.define("kW = 1000 * VA")
        fresh = pydantic.create_model("Fresh", power=(again.Power, ...), cost=(again.Cost | None, None))
        made = fresh.model_validate({"power": "132 kW"})
        assert made.model_dump_json() == '{"power":"132 kW","cost":null}'
        assert isinstance(made.model_dump()["power"], pint.Quantity)
        assert fresh.model_json_schema(mode="serialization")["properties"]["power"]["type"] == "string"
    finally:
        sys.modules["dcplan.units"] = module
        sys.modules["dcplan"].units = module
        pint.set_application_registry(module.registry)


class Hall(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    power: Power
    cost: Cost | None = None


def test_a_model_round_trips_through_json_and_pickle():
    hall = Hall.model_validate({"power": "132 kW", "cost": "900 USD/kW"})
    assert hall.model_dump_json() == '{"power":"132 kW","cost":"900 USD/kW"}'
    assert Hall.model_validate_json(hall.model_dump_json()) == hall
    assert Hall.model_validate(hall.model_dump()) == hall
    assert pickle.loads(pickle.dumps(hall)) == hall
    assert hash(hall) == hash(Hall.model_validate({"power": "132 kW", "cost": "900 USD/kW"}))
    assert Hall.model_validate({"power": "1 kW"}).model_dump_json() == '{"power":"1 kW","cost":null}'


def test_the_json_schema_describes_the_text():
    schema = Hall.model_json_schema()["properties"]["power"]
    assert (schema["type"], schema["maxLength"], schema["x-unit"]) == ("string", 64, "W")
    assert schema["examples"] == ["132 kW"]
    assert re.fullmatch(schema["pattern"], "132 kW")
    assert not re.fullmatch(schema["pattern"], "132 kVA")
    for kind in KINDS:
        assert re.fullmatch(kind.pattern, kind.example), kind.name
        assert text(kind.read(kind.example)) == kind.example
    json.dumps(Hall.model_json_schema(mode="serialization"))


def test_the_message_reaches_pydantic():
    with pytest.raises(ValidationError, match="power factor"):
        Hall.model_validate({"power": "100 kVA"})


@st.composite
def written(draw: st.DrawFn) -> tuple[units.Kind, str]:
    kind = draw(st.sampled_from(KINDS))
    spelling = draw(st.sampled_from(sorted(kind.units)))
    factor, offset = kind.spellings[spelling]
    lo, hi = (kind.lo - offset) / factor, (kind.hi - offset) / factor
    number = draw(st.floats(lo, hi, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-99))
    number = min(max(number, math.nextafter(lo, math.inf) if lo else lo), math.nextafter(hi, -math.inf))
    return kind, f"{number!r} {spelling}"


@given(written())
def test_text_to_quantity_to_text_is_the_identity(case):
    kind, given_ = case
    first = kind.read(given_)
    again = kind.read(text(first))
    assert again.units == first.units
    assert again.magnitude == first.magnitude == float(given_.split(" ")[0])
    assert text(again) == text(first)


@given(written(), st.data())
def test_si_does_not_depend_on_the_unit(case, data):
    kind, given_ = case
    value = si(kind.read(given_))
    base = kind.units[given_.split(" ")[1]]
    other = data.draw(st.sampled_from(sorted(unit for unit, its in kind.units.items() if its == base)))
    factor, offset = kind.spellings[other]
    # absolute: the rounding of an offset temperature is that of 300 K
    back = in_unit(value, other, kind) * factor + offset
    assert back == pytest.approx(value, rel=1e-12, abs=1e-12 if not offset else 1e-9)


@given(st.floats(0, 1e9), st.sampled_from(["kW", "MW", "hp", "TR", "BTU/h"]))
def test_our_factors_agree_with_pint(magnitude, unit):
    pints = registry.Quantity(magnitude, unit).to("W").magnitude
    assert si(registry.Quantity(magnitude, unit)) == pytest.approx(pints, rel=1e-12)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_value_error(any_text):
    for kind in (units.POWER, units.COST, units.TEMPERATURE):
        with contextlib.suppress(ValueError):
            assert math.isfinite(si(kind.read(any_text)))


def test_steps_snap_before_they_round():
    assert floor_steps(0.3, 0.1) == 3  # 0.3 / 0.1 is 2.9999999999999996
    assert ceil_steps(0.1 + 0.2, 0.1) == 3  # 3.0000000000000004
    assert floor_steps(0.3 - 1e-6, 0.1) == 2
    assert ceil_steps(0.3 + 1e-6, 0.1) == 4
    assert (floor_steps(-0.3, 0.1), ceil_steps(-0.3, 0.1)) == (-3, -3)
    assert (round_steps(0.5, 1.0), round_steps(-0.5, 1.0), round_steps(1.4, 1.0)) == (1, -1, 1)
    assert snap(2.9999999999, 1.0) == 3.0
    assert snap(2.99999, 1.0) == 2.99999


def test_a_snap_never_swallows_a_real_part_of_a_step():
    # 1e-9 relative of 2e9 steps is two whole steps
    assert ceil_steps(2e9 + 0.25, 1.0) == 2_000_000_001
    assert floor_steps(2e9 - 0.25, 1.0) == 1_999_999_999


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_steps_refuse_what_is_not_finite(value):
    for function in (floor_steps, ceil_steps, round_steps, snap):
        with pytest.raises(OutsideRange):
            function(value, 1.0)
        with pytest.raises(OutsideRange):
            function(1.0, value)
    with pytest.raises(OutsideRange):
        finest_step(value)


@pytest.mark.parametrize("step", [0.0, -1.0])
def test_a_step_is_positive(step):
    with pytest.raises(OutsideRange):
        floor_steps(1.0, step)


@given(st.integers(-(2**31), 2**31), st.integers(-6, 6))
def test_whole_steps_come_back_whole(count, exponent):
    step = float(f"1e{exponent}")
    assert floor_steps(count * step, step) == ceil_steps(count * step, step) == round_steps(count * step, step)
    assert floor_steps(count * step, step) == count


@given(st.floats(-1e9, 1e9), st.sampled_from([1e-3, 0.1, 1.0, 7.0]))
def test_rounding_keeps_its_side(value, step):
    low, near, high = floor_steps(value, step), round_steps(value, step), ceil_steps(value, step)
    assert low <= near <= high <= low + 1
    slack = 1e-3 * step + 1e-9 * abs(value)
    assert low * step <= value + slack
    assert high * step >= value - slack


@given(st.floats(0, 1e300))
def test_the_finest_step_is_the_finest(total):
    step = finest_step(total)
    assert total / step < 2**31
    assert step == 1e-6 or total / (step / 10) >= 2**31 * (1 - 1e-9)
