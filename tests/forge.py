"""Ways to forge a plan, field by field and part by part, whatever site it is for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel
from site_parts import Data

from dcplan.answer import Plan, Stay, TieIn
from dcplan.verifier.record import NOT_RECOMPUTED

CLOSED: dict[str, tuple[Any, ...]] = {
    "perspective": ("operator", "vendor"),
    "goal": ("earliest", "cheapest"),
    "status": ("optimal", "interrupted"),
    "paid_by": ("operator", "vendor"),
    "event": ("order", "energise"),
    "schema_version": (),
    "hire": (Stay(released=date(2027, 12, 30), returned=date(2027, 12, 30), stays=True, rent=0.0, running=0.0),),
}


def leaves(part: Any, place: str = "") -> Iterator[tuple[str, tuple[str | int, ...], Any]]:
    """Every leaf of a record: its place in words, its path, its value."""
    yield from _leaves(part, place, ())


def _leaves(part: Any, place: str, path: tuple[str | int, ...]) -> Iterator[tuple[str, tuple[str | int, ...], Any]]:
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _leaves(getattr(part, name), f"{place}.{name}" if place else name, (*path, name))
    elif isinstance(part, Mapping):
        for name, each in part.items():
            yield from _leaves(each, f"{place}.{name}", (*path, name))
    elif isinstance(part, tuple) and part:
        for number, each in enumerate(part):
            yield from _leaves(each, f"{place}[{number}]", (*path, number))
    else:
        yield place, path, part


def changed(part: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """The record with one leaf replaced."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(part, BaseModel):
        return part.model_copy(update={first: changed(getattr(part, str(first)), rest, value)})
    if isinstance(part, Mapping):
        return {**part, first: changed(part[str(first)], rest, value)}
    return tuple(changed(each, rest, value) if at == first else each for at, each in enumerate(part))


def others(name: str, value: Any) -> list[Any]:
    """Other values that the field could have."""
    if name == "tie_in":
        return [TieIn(window="bus", start=date(2027, 3, 9))]
    if name in CLOSED:
        return [other for other in CLOSED[name] if other != value]
    match value:
        case bool():
            return [not value]
        case int():
            return [other for other in (value - 1, value + 1) if other >= 0]
        case float():
            return [value - 1.0, 1.1 * value + 1.0]
        case date():
            return [value + timedelta(days=days) for days in (-1, 1)]
        case str():
            return [f"{value}x", ""]
        case () if name in ("units", "sus", "tests", "running", "alternatives"):
            return []
        case ():
            return [("something",)]
        case None if name in ("reinforcement", "payments"):
            return []
        case None:
            return [1.0] if name.startswith("gap") else ["something"]
    raise AssertionError(f"{name} is {value!r}")


def fields(plan: Plan, first: int, step: int) -> Iterator[tuple[str, Plan]]:
    """One row of each list with one field changed: every `step`-th kind of field from the `first` on."""
    kinds: dict[str, list[tuple[str, tuple[str | int, ...], Any]]] = {}
    for place, path, value in leaves(plan):
        if place == "input_sha256":
            continue
        if place == "status" or not {re.split(r"[.[]", place)[0], place} & NOT_RECOMPUTED.keys():
            kinds.setdefault(re.sub(r"\[\d+\]|(?<=units)\..*", "[]", place), []).append((place, path, value))
    for number, (kind, found) in enumerate(itertools.islice(kinds.items(), first, None, step)):
        place, path, value = found[number % len(found)]
        name = next(str(part) for part in reversed(path) if isinstance(part, str))
        for other in others(name, value):
            yield f"{kind}: {place} is {other}", changed(plan, path, other)


def parts(plan: Plan) -> Iterator[tuple[str, Plan]]:
    """A unit, an SU, a test or a step of what runs is left out, is there twice, or is two weeks early or late."""
    for kind, most in (("units", 3), ("sus", 3), ("tests", 1), ("running", 2)):
        rows = getattr(plan, kind)
        for number, row in enumerate(rows[:most]):
            before, after = rows[:number], rows[number + 1 :]
            damaged = {
                "is left out": (*before, *after),
                "is there twice": (*before, row, row, *after),
                "is two weeks early": (*before, moved(row, -14), *after),
                "is two weeks late": (*before, moved(row, 14), *after),
            }
            for how, those in damaged.items():
                yield f"{kind}[{number}] {how}", plan.model_copy(update={kind: those})


def moved(part: Any, days: int) -> Any:
    """A record with all its dates so many days later."""
    if isinstance(part, date):
        return part + timedelta(days=days)
    if isinstance(part, BaseModel):
        return part.model_copy(update={name: moved(getattr(part, name), days) for name in type(part).model_fields})
    return part


def elsewhere(data: Data) -> Iterator[tuple[str, Data]]:
    """The same site with every figure of one name other than it was when the plan was made."""
    for key in sorted({key for key, _ in written(data)} & {*LONGER, *SCALED, *FEWER}):
        yield f"other {key}", rewritten(data, key)
    for crew, entry in data["crews"].items():
        yield f"one fewer in {crew}", data | {"crews": data["crews"] | {crew: {"size": entry["size"] - 1}}}
    yield (
        "no work after Wednesday",
        data | {"calendar": data.get("calendar", {}) | {"working_days": ["mon", "tue", "wed"]}},
    )
    for perspective in ("operator", "vendor", "joint"):
        yield f"for the {perspective}", data | {"perspective": perspective}
    yield "a small budget", data | {"limits": {"budget": "1000 USD", "yard_area": "1 m2", "generator_power": "1 kW"}}


LONGER = (
    "acceptance", "burn_in", "commission", "duration", "engineering", "fill_and_leak_test", "install",
    "integrated_test", "lead_time", "long_stop", "net", "saves",
)  # fmt: skip
SCALED = {
    "back": 0.95, "capacity": 0.6, "cost": 1.1, "financing_rate": 2.0, "heat": 1.3, "lost_margin": 1.1, "mass": 3.0,
    "other": 2.0, "power": 0.8, "price": 1.1, "ups": 2.0,
}  # fmt: skip
FEWER = ("at_most", "count", "gallery_slots", "positions")


def lacking(data: Data) -> Iterator[tuple[str, Data]]:
    """The same site without what is stated under one name, wherever it is stated."""
    for key in sorted({key for key, _ in written(data)}):
        yield f"no {key}", stripped(data, key)


def stripped(part: Any, key: str) -> Any:
    """A site's data without a key."""
    if isinstance(part, dict):
        return {name: stripped(value, key) for name, value in part.items() if name != key}
    return [stripped(each, key) for each in part] if isinstance(part, list) else part


def written(part: Any) -> Iterator[tuple[str, Any]]:
    """Every key of a site's data with what is written under it."""
    for key, value in part.items() if isinstance(part, dict) else ((None, each) for each in part):
        if key is not None:
            yield key, value
        if isinstance(value, dict | list):
            yield from written(value)


def rewritten(part: Any, key: str, name: str = "") -> Any:
    """A site's data with every figure under a key changed."""
    if isinstance(part, dict):
        if name == key and "value" in part:
            return {**part, "value": rewritten(part["value"], key, key)} | (
                {"range": [rewritten(each, key, key) for each in part["range"]]} if "range" in part else {}
            )
        return {each: rewritten(value, key, each) for each, value in part.items()}
    if isinstance(part, list):
        return [rewritten(each, key) for each in part]
    if name != key:
        return part
    if isinstance(part, int):
        return max(part - 1, 1)
    number, _, unit = str(part).partition(" ")
    if not unit:
        return part
    return f"{float(number) + 3 if key in LONGER else float(number) * SCALED[key]:g} {unit}"
