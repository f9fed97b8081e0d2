"""Parts that generated sites are made of: where choices come from, sizes, tasks, permits, upgrades, heat."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Data = dict[str, Any]
START = date(2027, 1, 4)
"""First day of every plan: a Monday."""
GROUPS = {
    "utility": ("site",),
    "transformer": ("site",),
    "generator": ("site",),
    "ups": ("site", "hall"),
    "cdu": ("hall",),
    "room_air": ("hall",),
    "heat_rejection": ("loop",),
}
GATES = ("order", "delivery", "install", "startup")


class Pick(Protocol):
    """Where choices come from."""

    def integer(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""

    def one(self, options: Sequence[T]) -> T:
        """One of some options."""

    def chance(self, percent: int) -> bool:
        """True in so many cases of a hundred."""


class Seeded:
    """Choices of a seeded generator."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def one(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent


@dataclass(frozen=True)
class Drawn:
    """Choices of Hypothesis; they shrink towards small numbers, first options and False."""

    draw: st.DrawFn

    def integer(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def one(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) >= 100 - percent


@dataclass(frozen=True)
class Size:
    """How large a site is; pairs are the least and the most."""

    days: tuple[int, int]
    halls: tuple[int, ...]
    deployments: tuple[int, int]
    sus: int
    services: tuple[int, int]
    upgrades: tuple[int, int]
    at_most: int
    """Spare units of an upgrade beyond those that are needed."""
    lead: int
    permit: int
    delivery: tuple[int, int]
    tasks: int
    """Longest crew task in working days."""
    features: tuple[int, int] = (0, 0)
    """Of :mod:`site_features`."""


SMALL = Size(
    days=(60, 200), halls=(1, 1, 1, 2, 2, 3), deployments=(1, 3), sus=4, services=(1, 7), upgrades=(2, 6), at_most=2,
    lead=30, permit=45, delivery=(0, 50), tasks=4, features=(0, 4),
)  # fmt: skip
TINY = Size(
    days=(24, 38), halls=(1, 1, 1, 2), deployments=(1, 2), sus=2, services=(1, 3), upgrades=(1, 2), at_most=1,
    lead=6, permit=9, delivery=(0, 9), tasks=2,
)  # fmt: skip


def day(number: int) -> str:
    """The date of a day of the plan."""
    return (START + timedelta(days=number)).isoformat()


def crew_task(pick: Pick, crews: Data, longest: int) -> tuple[str, int, str]:
    """A crew, how many of it are needed, and how long they take."""
    crew = pick.one(sorted(crews))
    return crew, pick.integer(1, min(2, crews[crew]["size"])), f"{pick.integer(1, longest)} workday"


def permit_for(pick: Pick, size: Size, data: Data, gates: Sequence[str]) -> str:
    """Add a permit; its name."""
    name = f"permit{len(data['permits'])}"
    permit: Data = {"duration": f"{pick.integer(1, size.permit)} day", "gates": pick.one(gates)}
    if pick.chance(30):
        permit["apply"] = day(pick.integer(-10, 10))
    data["permits"][name] = permit
    return name


def upgrade(pick: Pick, size: Size, data: Data, spec: str, place: str, at_most: int) -> None:
    """Offer units of a spec for one place."""
    crew, people, install = crew_task(pick, data["crews"], size.tasks)
    entry: Data = {
        "spec": spec, "at": [place], "at_most": at_most, "crew": crew, "crew_need": people,
        "lead_time": f"{pick.integer(0, size.lead)} day", "cost": f"{pick.integer(1, 40) * 10_000} USD",
        "install": install, "commission": f"{pick.integer(0, 2)} workday", "paid_by": pick.one(("operator", "vendor")),
    }  # fmt: skip
    if pick.chance(30):
        entry["engineering"] = f"{pick.integer(1, 5)} workday"
    if place in data["halls"]:
        entry |= {"positions": pick.integer(0, 1), "gallery_slots": pick.integer(0, 2)}
    if pick.chance(35):
        entry["permit"] = permit_for(pick, size, data, GATES)
    data["upgrades"][f"buy-{spec}"] = entry


def su_counts(data: Data) -> list[tuple[Data, int]]:
    """(deployment, number of its SUs)."""
    return [(entry, sum(item["count"] for item in entry["deliveries"])) for entry in data["deployments"].values()]


def heat_of(data: Data, *, side: str = "all", hall: str | None = None) -> int:
    """Heat [kW] of all SUs that may stand in a hall, at most: all of it, or what goes to liquid or to air."""
    total = 0.0
    for entry, count in su_counts(data):
        if hall is None or hall in entry["halls"]:
            rack = data["specs"][entry["su"][0]["spec"]]
            share = float(rack["liquid_share"].split()[0]) / 100
            part = {"all": 1.0, "liquid": share, "air": 1.0 - share}[side]
            total += part * float(rack["heat"].split()[0]) * entry["su"][0]["count"] * count
    return int(total + 0.999)
