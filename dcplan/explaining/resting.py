"""Which labelled assumptions a plan hangs on: moved within their own ranges until it no longer keeps a rule.

Nothing is planned anew. The plan stays as it is, one figure of the site is moved, and the verifier is asked whether
power, cooling, floor, dates and limits still hold. What only restates the plan (money, reasons, payments) is not asked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from dcplan.answer import Plan, Violation
from dcplan.crosscheck import assumptions
from dcplan.errors import DcplanError
from dcplan.figure import Figure
from dcplan.rationale import Rest
from dcplan.site import SiteModel
from dcplan.units import registry, text
from dcplan.verifier.verdict import verify

RESTATED = frozenset(
    {
        "alternatives", "assumed", "commissioning", "cost", "delay-days", "fill-time", "gate", "hall-test",
        "hire-cost", "hire-end", "hire-period", "hire-removal", "minimum-hire",
        "install-time", "integrated-test", "objective", "objective-exact", "objective-gap", "objective-rounding",
        "objective-step", "other-input", "paid-by", "payment", "payment-window", "purchases", "ready-date",
        "reinforce-time", "set-time", "status", "verified", "warnings", "worst-unserved", "burn-in", "acceptance-time",
    }
)  # fmt: skip
"""Rules by which a plan restates its site's figures; work that takes another time is another plan, no broken one."""
HALVINGS = 6
"""How often the range between what holds and what does not is halved."""
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True)
class Tried:
    """What became of the assumptions of a plan."""

    rests: tuple[Rest, ...]
    number: int
    tried: int
    unknown: tuple[str, ...]


def resting(model: SiteModel, plan: Plan, until: float) -> Tried:
    """Assumptions that the plan hangs on, those that may move least first.

    Parameters
    ----------
    model : SiteModel
    plan : Plan
        It keeps the rules of the site.
    until : float
        The clock's seconds at which nothing is tried any more.
    """
    # the specs of a site file are named twice
    known = [item for item in dict(assumptions(model)).items() if _matters(model, plan, item[0])]
    known.sort(key=lambda item: item[0].endswith(("cost", "price")))
    found: list[tuple[float, Rest]] = []
    tried = 0
    for place, figure in known:
        if time.monotonic() >= until:
            break
        tried += 1
        job = _Job(model, plan, place, figure)
        if (made := job.rest()) is not None:
            found.append(made)
    left = len(known) - tried
    unknown = (f"how far {left} of {len(known)} assumptions may move: the time was over",) if left else ()
    return Tried(tuple(rest for _, rest in sorted(found, key=lambda item: item[0])), len(known), tried, unknown)


def _matters(model: SiteModel, plan: Plan, place: str) -> bool:
    """Whether a figure is one of something that stands or is planned: what is not bought has no say."""
    made = [su.reinforcement for su in plan.sus if su.reinforcement is not None]
    upgrades = {unit.upgrade for unit in plan.units} | {one.upgrade for one in made}
    specs = {entry.spec for entry in model.site.plant.values()} | {model.site.upgrades[name].spec for name in upgrades}
    racks = {racks.spec for one in model.site.deployments.values() for racks in one.su}
    others = set(model.specs) - specs - racks - {hall.feeds.busway for hall in model.site.halls.values() if hall.feeds}
    left = set(model.site.upgrades) - upgrades
    absent = (*(f"specs.{name}." for name in others), *(f"upgrades.{name}." for name in left))
    named = any(place.startswith(f"specs.{name}.") for name in set(model.specs) - others)
    return named or not place.startswith(absent)


@dataclass(frozen=True)
class _Job:
    """One assumption and the plan that may hang on it."""

    model: SiteModel
    plan: Plan
    place: str
    figure: Figure[Any]

    def rest(self) -> tuple[float, Rest] | None:
        """How far the figure may move, and the least part of its range in which the plan holds; None: all of it."""
        broken = [self.broken(part) for part in (-1.0, 1.0)]
        if not any(broken):
            return None
        ends = [0.0 if one is None else self._edge(side) for one, side in zip(broken, (-1.0, 1.0), strict=True)]
        reach = [ends[0] if broken[0] else -1.0, ends[1] if broken[1] else 1.0]
        first = next(one for one in broken if one)
        low, high = self.figure.range or (self.figure.value, self.figure.value)
        return min(-reach[0] if broken[0] else 1.0, reach[1] if broken[1] else 1.0), Rest(
            place=self.place,
            value=text(self.figure.value),
            low=text(low),
            high=text(high),
            holds_from=text(self.at(reach[0])),
            holds_to=text(self.at(reach[1])),
            breaks=first.message,
        )

    def _edge(self, side: float) -> float:
        """How far towards one end of its range the plan holds, as a part of the way there."""
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if self.broken(side * middle) is None:
                low = middle
            else:
                high = middle
        return side * low

    def at(self, part: float) -> Any:
        """The value a part of the way to the low (below zero) or the high end of its range."""
        if self.figure.range is None or part == 0:
            return self.figure.value
        end = self.figure.range[0 if part < 0 else 1]
        unit = str(self.figure.value.units)
        here, there = self.figure.value.magnitude, end.to(self.figure.value.units).magnitude
        return registry.Quantity(float(f"{here + abs(part) * (there - here):.6g}"), unit)

    def broken(self, part: float) -> Violation | None:
        """The first rule that the plan breaks with the figure moved; None where it keeps all."""
        if self.figure.range is None or part == 0:
            return None
        ends = self.figure.range
        moved = replace(self.figure, value=self.at(part), range=(ends[0], ends[1]))
        try:
            model = moved_model(self.model, self.place, moved)
            verdict = verify(self.plan, model)
        except DcplanError as error:
            message = str(error)[:2000]
            return Violation(
                rule="range", place=self.place, on=None, required=None, found=None, unit="", message=message
            )
        return next((one for one in verdict.violations if one.rule not in RESTATED), None)


def moved_model(model: SiteModel, place: str, figure: Figure[Any]) -> SiteModel:
    """The site with one figure replaced.

    Parameters
    ----------
    model : SiteModel
    place : str
        As :func:`dcplan.crosscheck.assumptions` names it.
    figure : Figure
    """
    name = next((one for one in sorted(model.specs, key=len, reverse=True) if place.startswith(f"specs.{one}.")), None)
    if name is None:
        return model.model_copy(update={"site": _replaced(model.site, list(_steps(place)), figure)})
    steps = list(_steps(place.removeprefix(f"specs.{name}.")))
    return model.model_copy(update={"specs": {**model.specs, name: _replaced(model.specs[name], steps, figure)}})


def _steps(place: str) -> Iterator[str | int]:
    for found in _STEP.finditer(place):
        yield int(found[1]) if found[1] is not None else found[2]


def _replaced(node: Any, steps: list[str | int], figure: Figure[Any]) -> Any:
    if not steps:
        return figure
    step, rest = steps[0], steps[1:]
    if isinstance(node, BaseModel):
        return node.model_copy(update={str(step): _replaced(getattr(node, str(step)), rest, figure)})
    if isinstance(node, Mapping):
        key = step
        while key not in node and rest:  # a name with dots in it
            key, rest = f"{key}.{rest[0]}", rest[1:]
        return {**node, key: _replaced(node[key], rest, figure)}
    return tuple(_replaced(item, rest, figure) if index == step else item for index, item in enumerate(node))
