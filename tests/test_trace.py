"""Recordings: the same numbers as without one, and a node behind each of them."""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dcplan.physics
from dcplan.physics.chiller import ChillerPoint, chiller_rating
from dcplan.physics.generators import Derating, generator_rating
from dcplan.physics.power import input_power
from dcplan.trace import Call, Given, Named, Operation, Outcome, Traced, node_of, noted, noted_rows, recording

numbers = st.floats(-1e6, 1e6).filter(lambda value: abs(value) > 1e-6)


def physics_functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the physics that answers something."""
    for module in pkgutil.iter_modules(dcplan.physics.__path__):
        loaded = importlib.import_module(f"dcplan.physics.{module.name}")
        for name, made in inspect.getmembers(loaded, inspect.isfunction):
            here = made.__module__ == loaded.__name__ and not name.startswith("_")
            if here and inspect.signature(made).return_annotation != "None":
                yield f"{module.name}.{name}", made


@pytest.mark.parametrize(("name", "function"), list(physics_functions()))
def test_every_public_physics_function_is_recorded(name: str, function: Callable[..., Any]) -> None:
    assert hasattr(function, "__wrapped__"), f"{name} lacks @recorded, from dcplan.trace"


def test_without_a_recording_floats_are_plain() -> None:
    rows = {"cdu@a": 1.0}
    assert type(input_power(100.0, 0.5)) is float
    assert type(noted(1.0, "one")) is float
    assert noted_rows(rows, "one") is rows


@given(a=numbers, b=numbers)
def test_arithmetic_is_that_of_plain_floats(a: float, b: float) -> None:
    with recording():
        x, y = noted(a, "a"), noted(b, "b")
        assert (x + y, x - y, x * y, x / y) == (a + b, a - b, a * b, a / b)
        assert (x + b, b - x, x * 3, 2 / y) == (a + b, b - a, a * 3, 2 / b)
        assert (-x, abs(x), abs(x) ** 0.5, max(x, y), sum([x, y])) == (
            -a,
            abs(a),
            abs(a) ** 0.5,
            max(a, b),
            sum([a, b]),
        )
        assert (x < y, hash(x), f"{x:.3f}") == (a < b, hash(a), f"{a:.3f}")
        assert isinstance(x * y / 3, Traced)


def test_a_plain_zero_leaves_no_mark_and_nonsense_is_refused() -> None:
    with recording():
        x = noted(2.0, "x")
        assert (x + 0.0) is x
        assert (0 + x) is x
        assert (x - 0.0) is x
        assert isinstance(node_of(0.0 - x), Operation)
        with pytest.raises(TypeError):
            x + "1"  # type: ignore[operator]


def test_a_call_knows_its_arguments_and_its_own_arithmetic() -> None:
    with recording():
        node = node_of(input_power(noted(970.0, "load"), 0.97))
    assert isinstance(node, Outcome)
    load, efficiency = node.call.arguments
    assert isinstance(load, Given)
    assert isinstance(load.of, Named)
    assert isinstance(efficiency, Given)
    assert (load.name, load.value, efficiency.value) == ("output", 970.0, 0.97)
    assert isinstance(node.body, Operation)
    assert (node.body.sign, node.body.left, node.body.right) == ("/", load, efficiency)


def test_records_and_lists_are_looked_into() -> None:
    points = [ChillerPoint(308.15, 280.15, 1e6, 3e5), ChillerPoint(318.15, 280.15, 9e5, 4e5)]
    with recording():
        found = chiller_rating(points, 313.15, 280.15)
        rated = generator_rating(1e6, Derating(1e3, 1e-4, 313.15, 0.02), None, 0.0, 323.15)
    assert found == chiller_rating(points, 313.15, 280.15)
    node, set_node = node_of(found.capacity), node_of(rated)
    assert isinstance(node, Outcome)
    assert (node.part, node.owner) == ("capacity", ChillerPoint)
    assert _names(node.call)[:2] == ["points[0].ambient", "points[0].water"]
    assert isinstance(set_node, Outcome)
    assert "engine.altitude_knee" in _names(set_node.call)
    assert ("alternator", "none") in set_node.call.arguments


def _names(call: Call) -> list[str]:
    return [given.name for given in call.arguments if isinstance(given, Given)]


def test_a_refusal_is_the_same_with_a_recording() -> None:
    with recording(), pytest.raises(ValueError, match="efficiency: given 2"):
        input_power(noted(1.0, "load"), noted(2.0, "efficiency"))


def test_what_leaves_arithmetic_leaves_the_recording() -> None:
    with recording():
        assert type(math.sqrt(noted(4.0, "four"))) is float
