"""The crossing to integers: units do not matter, rounding is against us, rows stay small."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dcplan.errors import InputError
from dcplan.formulate.build import formulate
from dcplan.formulate.scale import ROW_LIMIT
from dcplan.loading import load
from dcplan.problem import FINE, Problem
from dcplan.procure import Pace
from dcplan.ratings.plant import unit_running, unit_supply
from dcplan.ratings.rows import World
from dcplan.units import KINDS

OTHER = {
    "degF": "degC", "delta_degF": "K", "ft": "m", "ft2": "m2", "psf": "kPa", "lb": "kg", "kW": "BTU/h", "MW": "kW",
    "week": "day", "MUSD": "USD", "degC": "degF", "K": "delta_degF", "m": "ft", "m2": "ft2",
}  # fmt: skip
"""Every unit of the example, and one of the other system for the same field."""


def converted(value: Any, choose: Any = lambda unit: True) -> Any:
    """Plain data with its quantities in other units."""
    if isinstance(value, dict):
        return {key: converted(item, choose) for key, item in value.items()}
    if isinstance(value, list):
        return [converted(item, choose) for item in value]
    if not isinstance(value, str) or len(parts := value.split(" ")) != 2 or parts[1] not in OTHER:
        return value
    unit = OTHER[parts[1]]
    if not choose(parts[1]) or not _is_number(parts[0]):
        return value
    return f"{_in_unit(float(parts[0]), parts[1], unit)!r} {unit}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _in_unit(number: float, old: str, new: str) -> float:
    for kind in KINDS:
        spellings = kind.spellings
        if old in spellings and new in spellings:
            (factor, offset), (other, other_offset) = spellings[old], spellings[new]
            return (number * factor + offset - other_offset) / other
    raise AssertionError(f"no kind has both {old} and {new}")


def problem_of(data: Any, tmp_path: Path) -> Problem:
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return formulate(load(path))


@pytest.fixture(scope="module")
def colo() -> Any:
    path = Path(__file__).resolve().parent.parent / "examples" / "colo_48_nvl72.yaml"
    return yaml.safe_load(path.read_text())


def as_text(value: Any) -> Any:
    """Dates as the text they were written as."""
    if isinstance(value, dict):
        return {str(key): as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return value if isinstance(value, str | int | bool) else str(value)


def test_metric_and_imperial_give_the_identical_problem(colo: Any, tmp_path: Path) -> None:
    written = as_text(colo)
    other = converted(written)
    assert other != written
    assert "ft2" not in str(other["limits"])
    assert problem_of(written, tmp_path) == problem_of(other, tmp_path)


@settings(max_examples=12)
@given(chosen=st.sets(st.sampled_from(sorted(OTHER))))
def test_any_mix_of_units_gives_the_identical_problem(
    chosen: set[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = Path(__file__).resolve().parent.parent / "examples" / "hopper_to_blackwell.yaml"
    written = as_text(yaml.safe_load(path.read_text()))
    folder = tmp_path_factory.mktemp("mixed")
    assert problem_of(converted(written, chosen.__contains__), folder) == problem_of(written, folder)


def test_kva_where_kw_is_meant_is_explained(examples: Path) -> None:
    with pytest.raises(InputError, match="power factor"):
        load(examples / "colo_48_nvl72.yaml", overrides={"limits.generator_power": "32 MVA"})


def test_rows_and_objective_stay_below_the_limit(examples: Path) -> None:
    problem = formulate(load(examples / "colo_48_nvl72.yaml"))
    totals = [row.demand + (row.capacity or 0) for row in problem.rows]
    for plant in problem.plants:
        for terms in (plant.supply, plant.running, plant.standing, plant.takes):
            for row, amount in terms:
                totals[row] += abs(amount) * plant.most
    for su in problem.classes:
        for mode in su.modes:
            for terms in (mode.demand, mode.takes):
                for row, amount in terms:
                    totals[row] += amount * len(su.arrivals)
    assert max(totals) < ROW_LIMIT
    spend = sum(p.purchase.cost * p.purchase.at_most // FINE for p in problem.plants if p.purchase)
    delay = sum(problem.delay_cost(su, problem.days) * len(su.arrivals) for su in problem.classes)
    assert spend + delay < ROW_LIMIT


def test_rounding_is_against_us(examples: Path) -> None:
    model = load(examples / "colo_48_nvl72.yaml")
    problem = formulate(model)
    for plant in problem.plants:
        spec = model.specs[plant.spec]
        supply = unit_supply(model, spec, plant.place, World.PLANNING)
        running = unit_running(model, spec, plant.place, World.PLANNING)
        for row, amount in plant.supply:
            record = problem.rows[row]
            assert amount * record.step <= supply[record.id] * (1 + 1e-9)
        for row, amount in plant.running:
            record = problem.rows[row]
            assert amount * record.step >= running[record.id] * (1 - 1e-9)


def test_pace_changes_durations_and_nothing_else(examples: Path) -> None:
    model = load(examples / "hopper_to_blackwell.yaml")
    planned, best, worst = (formulate(model, pace) for pace in (Pace.PLANNED, Pace.OPTIMISTIC, Pace.PESSIMISTIC))
    assert planned.rows == best.rows == worst.rows
    for mine, fast, slow in zip(planned.plants, best.plants, worst.plants, strict=True):
        assert replace(mine, purchase=None) == replace(fast, purchase=None) == replace(slow, purchase=None)
        if mine.purchase and fast.purchase and slow.purchase:
            assert fast.purchase.lead_days <= mine.purchase.lead_days <= slow.purchase.lead_days
            assert fast.purchase.install.days <= mine.purchase.install.days <= slow.purchase.install.days
