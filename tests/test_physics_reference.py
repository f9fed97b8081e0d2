"""Every public physics function: a known answer, refusals on both sides, a worked example and a property."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import physics_table
import pytest
from physics_reference import Reference, references
from test_trace import physics_functions

from dcplan.errors import OutsideRange

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = dict(physics_functions())
REFERENCES = references()
NAMED = [pytest.param(one, id=f"{one.name}-{index}") for index, one in enumerate(REFERENCES)]


def test_every_public_function_has_a_reference() -> None:
    assert {one.name for one in REFERENCES} == set(FUNCTIONS)


@pytest.mark.parametrize("one", NAMED)
def test_the_answer_is_the_known_one(one: Reference) -> None:
    found = one.computed()
    if isinstance(one.expected, bool):
        assert found is one.expected
    else:
        assert found == pytest.approx(one.expected, rel=one.within)
        assert one.within <= 0.02
    assert one.source
    assert one.by_hand or one.address or any(word in one.source for word in ("ASHRAE", "ISO", "IEC", "steam tables"))


def numbers(function: Callable[..., Any]) -> set[str]:
    """Arguments that are numbers; what is inside records and curves is refused by their own classes."""
    parameters = inspect.signature(function).parameters
    return {name for name, found in parameters.items() if found.annotation in ("float", "int", "Sequence[float]")}


@pytest.mark.parametrize("one", NAMED)
def test_both_sides_of_every_range_are_refused(one: Reference) -> None:
    assert set(one.given) == set(inspect.signature(one.of).parameters)
    assert set(one.outside) == numbers(one.of)
    for name, (low, high) in one.outside.items():
        if not isinstance(low, list):
            assert low < one.given[name] < high
        for bad in (low, high):
            with pytest.raises(OutsideRange):
                one.of(**{**one.given, name: bad})
        if not isinstance(low, list):
            with pytest.raises(OutsideRange):
                one.of(**{**one.given, name: math.nan})


@cache
def examples_of(module: str) -> dict[str, int]:
    finder = doctest.DocTestFinder(recurse=True)
    found = finder.find(importlib.import_module(f"dcplan.physics.{module}"))
    return {test.name.removeprefix("dcplan.physics."): len(test.examples) for test in found}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_the_docstring_has_an_example_that_pytest_runs(name: str) -> None:
    assert examples_of(name.split(".")[0])[name] > 0


# ---------------------------------------------------------------- properties


def calls(node: ast.AST) -> set[str]:
    found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return found | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def is_property(made: ast.FunctionDef) -> bool:
    marks = [mark.func if isinstance(mark, ast.Call) else mark for mark in made.decorator_list]
    return any(isinstance(mark, ast.Name) and mark.id == "given" for mark in marks)


@cache
def tried_by_properties() -> frozenset[str]:
    """Names that tests under ``@given`` call, by themselves or through helpers of their file."""
    tried: set[str] = set()
    for path in (ROOT / "tests").glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        made = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        open_names = {name for node in made.values() if is_property(node) for name in calls(node)}
        while open_names:
            name = open_names.pop()
            tried.add(name)
            if name in made:
                open_names |= calls(made[name]) - tried
    return frozenset(tried)


@pytest.mark.parametrize(("name", "function"), sorted(FUNCTIONS.items()))
def test_a_property_tries_it(name: str, function: Callable[..., Any]) -> None:
    # without a number to vary there are only cases
    assert function.__name__ in tried_by_properties() or not numbers(function), f"no @given test calls {name}"


# ---------------------------------------------------------------- README


def test_the_readme_shows_them_all() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert physics_table.START in text
    assert physics_table.written(text) == text, "stale: python -m tests.physics_table writes it anew"
