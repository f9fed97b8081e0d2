"""Laws that hold for every site: energy, failure sets, units, worse conditions, order, more plant, other durations."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

import pytest
from assess_site import EXAMPLE, checked
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from sites import TINY, Data, loaded, seeded

from dcplan.answer import Check, Plan
from dcplan.assess.gap import check
from dcplan.figure import FigureKind
from dcplan.formulate.build import formulate
from dcplan.planner import plan
from dcplan.read import read_yaml
from dcplan.site import SiteModel
from dcplan.solver.run import Limits
from dcplan.solver.search import Status, optimise
from dcplan.units import FLOOR_LOAD, LENGTH, MASS, POINT_LOAD, Kind
from dcplan.verifier.capacity import Balance, Timeline, plant_types
from dcplan.verifier.energy import energies
from dcplan.verifier.terms import Terms
from dcplan.verifier.verdict import verify

SEEDS = range(8)
EXACT = 1e-9


def made(model: SiteModel) -> Plan:
    return plan(model, seconds=3.0, workers=1, deterministic=True)


@cache
def planned(seed: int) -> tuple[SiteModel, Plan]:
    model = loaded(seeded(seed))
    return model, made(model)


# ---------------------------------------------------------------- energy and failures


def test_every_control_volume_closes_at_every_moment() -> None:
    closed = 0
    for seed in SEEDS:
        model, answer = planned(seed)
        terms = Terms.of(model)
        types = plant_types(answer, terms)
        balance = Balance(model, types)
        for _, state in Timeline(answer, terms, types).states():
            load = balance.load(state)
            for key, due in energies(model, state).items():
                assert load.get(key, 0.0) == pytest.approx(due, rel=EXACT, abs=EXACT), (seed, key)
                closed += due > 0
    assert closed > 20


def test_every_failure_set_in_force_leaves_every_load_carried() -> None:
    tried = 0
    for seed in SEEDS:
        model, answer = planned(seed)
        terms = Terms.of(model)
        types = plant_types(answer, terms)
        balance = Balance(model, types)
        for day, state in Timeline(answer, terms, types).states():
            load = balance.load(state)
            for checked_row in balance.rows:
                need = load.get(checked_row.key, 0.0)
                for out in checked_row.survival.outcomes(balance.running(checked_row.key, state), need):
                    assert out.left >= out.need * (1 - EXACT), (seed, day, checked_row.key, out.lost)
                    tried += out.lost != "nothing"
    assert tried > 40


# ---------------------------------------------------------------- units


def kind_of(annotation: Any, metadata: Any = ()) -> Kind | None:
    """The kind of quantity that a field takes."""
    for part in (*metadata, annotation):
        if isinstance(part, Kind):
            return part
        if isinstance(part, FigureKind):
            return part.kind
    for part in get_args(annotation):
        if not isinstance(part, str) and (found := kind_of(part)) is not None:
            return found
    return None


def quantities(record: Any, data: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Kind]]:
    """Every quantity that is written in a file, with its kind, by walking the records that were made of it."""
    if isinstance(record, BaseModel) and isinstance(data, dict):
        for name, field in type(record).model_fields.items():
            if name not in data:
                continue
            kind, value = kind_of(field.annotation, field.metadata), data[name]
            if kind is None:
                yield from quantities(getattr(record, name), value, (*place, name))
            else:
                yield from ((where, kind) for where in written(value, (*place, name)))
    elif isinstance(record, Mapping) and isinstance(data, dict):
        for name, each in data.items():
            yield from quantities(record[name], each, (*place, name))
    elif isinstance(record, tuple) and isinstance(data, list):
        for number, each in enumerate(data):
            yield from quantities(record[number], each, (*place, number))


def written(value: Any, place: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Where quantities are written in a field: in short, in long with a range, or in a list of either."""
    if isinstance(value, str):
        yield place
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from written(each, (*place, number))
    elif isinstance(value, dict):
        yield from (
            where for name in ("value", "range") if name in value for where in written(value[name], (*place, name))
        )


def at(data: Any, place: tuple[Any, ...]) -> Any:
    for name in place:
        data = data[name]
    return data


def in_other_units(data: Data, model: SiteModel, pick: random.Random) -> tuple[Data, int]:
    """The same file with every quantity in another unit of its kind, and how many there are."""
    other, number = copy.deepcopy(data), 0
    for place, kind in quantities(model.site, data):
        amount, unit = at(data, place).split(" ", 1)
        factor, offset = kind.spellings[unit] if unit in kind.spellings else kind.spellings[unit.rstrip("s")]
        same = [name for name in kind.units if name != unit and kind.units[name] == kind.units.get(unit)]
        if same:
            new, new_offset = kind.spellings[name := pick.choice(same)]
            at(other, place[:-1])[place[-1]] = f"{(float(amount) * factor + offset - new_offset) / new!r} {name}"
            number += 1
    return other, number


def compare(one: Check, other: Check) -> None:
    """The same lines with the same verdicts and the same amounts."""
    assert [(line.id, line.verdict) for line in one.lines] == [(line.id, line.verdict) for line in other.lines]
    for line, twin in zip(one.lines, other.lines, strict=True):
        for name in ("required", "available"):
            mine, theirs = in_base((getattr(line, name), line.unit), (getattr(twin, name), twin.unit))
            assert mine == (None if theirs is None else pytest.approx(theirs, rel=EXACT, abs=EXACT)), line.id
    assert one.gates == other.gates


def in_base(*amounts: tuple[float | None, str]) -> list[float | None]:
    """Amounts of a line and its twin; floor and route lines are told in the unit of the file."""
    for kind in (FLOOR_LOAD, POINT_LOAD, LENGTH, MASS):
        if all(unit in kind.spellings for _, unit in amounts):
            return [None if amount is None else amount * kind.spellings[unit][0] for amount, unit in amounts]
    return [amount for amount, _ in amounts]


@settings(max_examples=15, phases=[Phase.generate])
@given(seed=st.integers(0, 10_000))
def test_units_do_not_matter_to_any_generated_site(seed: int) -> None:
    data = seeded(seed)
    model = loaded(data)
    other, number = in_other_units(data, model, random.Random(seed))
    assert number > 10
    twin = loaded(other)
    assert formulate(twin) == formulate(model)
    compare(check(model), check(twin))


@pytest.mark.parametrize("path", sorted(EXAMPLE.parent.glob("*.yaml")), ids=lambda path: path.stem)
def test_units_do_not_matter_to_any_example(path: Any) -> None:
    data = read_yaml(path).data
    model = loaded(plain(data))
    for seed in range(3):
        other, number = in_other_units(plain(data), model, random.Random(seed))
        assert number > 20
        twin = loaded(other)
        assert formulate(twin) == formulate(model)
        compare(check(model), check(twin))


def plain(data: Any) -> Any:
    """Data as it is written: dates as text."""
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    return data if isinstance(data, str | int | float | bool | None) else str(data)


# ---------------------------------------------------------------- worse conditions


def scaled(figure: Any, times: float) -> Any:
    """A figure as it is written, a mapping with its range or plain text, times a number."""
    if isinstance(figure, dict):
        parts = {"value": scaled(figure["value"], times)}
        if "range" in figure:
            parts["range"] = [scaled(end, times) for end in figure["range"]]
        return {**figure, **parts}
    amount, unit = figure.split(" ", 1)
    return f"{float(amount) * times:.12g} {unit}"


def heavier_load(data: Data) -> None:
    for spec in data["specs"].values():
        if spec["family"] == "rack":
            spec["heat"] = scaled(spec["heat"], 1.1)


def heavier_racks(data: Data) -> None:
    for spec in data["specs"].values():
        if spec["family"] == "rack":
            spec["mass"] = scaled(spec.get("mass", "1000 kg"), 1.3)


def hotter(data: Data) -> None:
    warm = {"20 degC": "22 degC"}
    data["place"]["design_dry_bulb"] = warm.get(str(data["place"]["design_dry_bulb"]), "40 degC")


def higher(data: Data) -> None:
    data["place"]["altitude"] = "1500 m"


WORSE = {"load": heavier_load, "mass": heavier_racks, "ambient": hotter, "altitude": higher}


@pytest.mark.parametrize("name", WORSE)
def test_worse_conditions_never_widen_a_margin(name: str) -> None:
    narrower = 0
    # more load helps to keep a least load; thin air takes up less water
    helped = ("generator_minimum", "water.") if name == "altitude" else ("generator_minimum",)
    example = plain(read_yaml(EXAMPLE).data)
    for data in (*(seeded(seed) for seed in range(30)), {**example, "specs": example.get("specs", {})}):
        worse = copy.deepcopy(data)
        WORSE[name](worse)
        before = {line.id: line.margin for line in check(loaded(data)).lines}
        after = check(loaded(worse)).lines
        if any(line.id.startswith("obstacle.") and line.id not in before for line in after):
            continue  # an SU that can no longer stand there asks for nothing there
        for line in after:
            margin = before.get(line.id)
            if margin is None or line.margin is None or line.id.startswith(helped):
                continue
            assert line.margin <= margin + EXACT * max(abs(margin), 1.0), (data["name"], line.id)
            narrower += line.margin < margin
    assert narrower > 0


def optimum(data: Data) -> tuple[float, float]:
    """The proven optimum in money, and what rounding can have moved it by; infinite where none exists."""
    problem = formulate(loaded(data))
    found = optimise(problem, Limits(seconds=1000.0, workers=1, deterministic=True))
    if found.status is Status.INFEASIBLE:
        return math.inf, 0.0
    assert found.status is Status.OPTIMAL
    assert found.schedule is not None
    off = 0.5 * problem.money_step * (len(found.schedule.installs) + 3 * len(found.schedule.runs))
    return found.schedule.objective * problem.money_step, off


def dearer_or_same(more: tuple[float, float], less: tuple[float, float]) -> bool:
    """Whether one optimum is not below another, but for the rounding of both."""
    return more[0] + more[1] + 1e-6 >= less[0] - less[1]


@pytest.mark.parametrize("name", WORSE)
def test_worse_conditions_never_make_a_plan_cheaper(name: str) -> None:
    for seed in range(8):
        data = seeded(seed, TINY)
        worse = copy.deepcopy(data)
        WORSE[name](worse)
        assert dearer_or_same(optimum(worse), optimum(data)), seed


# ---------------------------------------------------------------- order, more plant


def shuffled(part: Any, pick: random.Random, key: str = "") -> Any:
    """The same entries in another order, wherever order says nothing.

    It does in a range, which goes from low to high, and in a deployment's halls: the check fills them in order.
    """
    if isinstance(part, dict):
        names = list(part)
        pick.shuffle(names)
        return {name: shuffled(part[name], pick, name) for name in names}
    if isinstance(part, list):
        items = [shuffled(item, pick) for item in part]
        if key not in ("range", "halls"):
            pick.shuffle(items)
        return items
    return part


@settings(max_examples=12, phases=[Phase.generate])
@given(seed=st.integers(0, 10_000))
def test_order_matters_neither_to_the_check_nor_to_the_problem(seed: int) -> None:
    data = seeded(seed)
    other = shuffled(data, random.Random(seed))
    compare(check(loaded(data)), check(loaded(other)))
    assert formulate(loaded(other)).rows == formulate(loaded(data)).rows


@pytest.mark.parametrize("seed", range(10))
def test_order_does_not_matter_to_the_optimum(seed: int) -> None:
    data = seeded(seed, TINY)
    assert optimum(shuffled(data, random.Random(seed))) == optimum(data)


def test_order_does_not_matter_to_the_check_of_an_example() -> None:
    data = plain(read_yaml(EXAMPLE).data)
    compare(checked(data), checked(shuffled(data, random.Random(1))))


def test_more_plant_never_raises_cost_while_nothing_holds_it_back() -> None:
    """Without permit caps, standing losses and freezes, one more unit of everything that stands."""
    compared = 0
    for seed in range(60):
        data = seeded(seed, TINY)
        data["limits"].pop("generator_power", None)
        data["calendar"].pop("freezes", None)
        for spec in data["specs"].values():
            spec.pop("standing_power", None)
        more = copy.deepcopy(data)
        for entry in more["plant"].values():
            entry["count"] += entry.get("status", "existing") == "existing"
        before = optimum(data)
        if math.isfinite(before[0]) and more != data:
            assert dearer_or_same(before, optimum(more)), seed
            compared += 1
        if compared == 8:
            break
    assert compared == 8


# ---------------------------------------------------------------- other durations

LASTING = {"lead_time", "install", "commission", "engineering", "duration", "burn_in", "acceptance"} | {
    "fill_and_leak_test",
    "integrated_test",
}


def ranged(part: Any, pick: random.Random, key: str = "") -> Any:
    """The same site with a range on every duration."""
    if isinstance(part, dict):
        return {name: ranged(value, pick, name) for name, value in part.items()}
    if isinstance(part, list):
        return [ranged(value, pick) for value in part]
    if key not in LASTING:
        return part
    low, high = scaled(part, pick.choice((0.0, 0.5, 1.0))), scaled(part, pick.choice((1.0, 1.5, 3.0)))
    return {"value": part, "range": [low, high]}


def test_two_replays_of_a_plan_agree() -> None:
    """The planner replays in integers, the verifier in dates and watts: the same cash in the best and worst world."""
    moved = 0
    for seed in range(8):
        model = loaded(ranged(seeded(seed), random.Random(seed)))
        answer = made(model)
        if answer.payments is None:
            continue
        assert [item.message for item in verify(answer, model).violations] == [], seed
        moved += any(cash.best < cash.planned < cash.worst for cash in answer.payments.milestones)
    assert moved >= 3
