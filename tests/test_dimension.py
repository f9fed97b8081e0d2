"""Units of products, quotients, sums and powers, by name; what is not known stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from dcplan.assess.dimension import Units, combined, dimension
from dcplan.figure import Figure
from dcplan.trace import Constant, Named, Node, Operation, Read
from dcplan.units import KINDS, PERCENT, POWER, si_unit

PF = Figure(PERCENT.read("80 %"))
KW = Figure(POWER.read("5 kW"))


def node(figure: Figure[Any]) -> Node:
    return Read(figure.si(), figure, "planning")


def test_every_unit_of_a_site_file_has_a_dimension() -> None:
    for kind in KINDS:
        assert dimension(si_unit(kind.read(kind.example))) is not None, kind.name
    for words in ("W or VA, any", "any per W or VA", "parsec", "m x"):
        assert dimension(words) is None


@pytest.mark.parametrize(
    ("left", "sign", "right", "made"),
    [
        ("W", "*", "", "W"),
        ("", "*", "degC", "K"),
        ("degC", "*", "1", "K"),
        ("", "/", "s", "1/s"),
        ("1/m", "*", "m", "1"),
        ("1", "*", "W", "W"),
        ("m", "*", "m", "m2"),
        ("m3/s", "/", "W", "m3/s/W"),
        ("W", "/", "W", "1"),
        ("W", "*", "day", "day kg m2/s3"),
        ("USD/W", "*", "W", "USD"),
        ("kg", "*", "W", "kg2 m2/s3"),
        ("", "/", "K", "1/K"),
        ("VA", "*", "pf", "W"),
        ("W", "*", None, None),
        ("day", "+", "day", "day"),
        ("day", "+", "s", None),
        ("", "+", "K", "K"),
        ("1", "-", "", "1"),
        ("degC", "+", "degC", "K"),
        ("K", "+", "degC", "K"),
        ("VA", "-", "W", "VA"),
        ("m3/s/W", "+", "m3/J", "m3/s/W"),
        ("1", "+", "W", None),
    ],
)
def test_units_of_operations(left: str | None, sign: str, right: str | None, made: str | None) -> None:
    assert combined(sign, left, right) == made


def test_days_times_their_seconds_are_seconds_and_only_these() -> None:
    units = Units({id(PF): "ups.input_power_factor"})
    days, count = Named(2.0, "days", Constant(2.0)), Constant(86_400.0)
    units._known[id(days)] = days, "day"
    seconds = Operation(172_800.0, "*", days, count)
    assert units.of(seconds) == "s"
    assert units.of(Operation(2.0, "/", seconds, count)) == "day"
    assert units.of(Operation(1.0, "*", node(KW), count)) == "W"
    assert units.of(Operation(1.0, "/", node(KW), node(PF))) == "VA"
    assert Units({}).of(Operation(1.0, "/", node(KW), node(PF))) == "W"


def test_powers() -> None:
    units = Units({})
    for power, made in ((2, "kg2 m4/s6"), (1.5, None), (1.0, "W"), (0.0, "1")):
        assert units.of(Operation(1.0, "**", node(KW), Constant(power))) == made
    assert units.of(Operation(1.0, "**", node(PF), Constant(0.5))) == "1"
