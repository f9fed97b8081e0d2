"""Options for upgrades of generated sites: what real planners choose among beside what to buy and when."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, timedelta

from site_parts import START, Data, Pick, day
from sites import Seeded

PLATES = "route_protection"
Option = Callable[[Pick, Data], None]


def with_options(seed: int, data: Data) -> Data:
    """A copy of a generated site with some of the options, drawn from a seed."""
    pick, data = Seeded(seed), copy.deepcopy(data)
    for option in OPTIONS:
        if pick.chance(60):
            option(pick, data)
    return data


def _expedites(pick: Pick, data: Data) -> None:
    """Ways to have the units of an upgrade sooner, for more money."""
    for upgrade in data["upgrades"].values():
        days = int(upgrade["lead_time"].split()[0])
        if data["specs"][upgrade["spec"]]["family"] == "floor_reinforcement" or not days or pick.chance(30):
            continue
        most = {"at_most": pick.integer(1, 2)} if pick.chance(60) else {}
        cost = pick.one(("0 USD", "2000 USD", "30000 USD"))
        upgrade["expedite"] = {"fast": {"saves": f"{pick.integer(1, days)} day", "cost": cost, **most}}


def _plant(data: Data) -> list[str]:
    """Upgrades that buy plant."""
    found = data["upgrades"].items()
    return [name for name, one in found if data["specs"][one["spec"]]["family"] != "floor_reinforcement"]


def _related(pick: Pick, data: Data) -> None:
    """Installs that wait for another upgrade, never in a circle; or two upgrades of which only one is bought."""
    names = _plant(data)
    if len(names) > 1 and pick.chance(25):
        data["upgrades"][names[0]]["excludes"] = [names[-1]]
        return
    for number, name in enumerate(names[1:], 1):
        if pick.chance(80):
            data["upgrades"][name]["requires"] = [pick.one(names[:number])]


def _outages(pick: Pick, data: Data) -> None:
    """Installs that end on days on which live plant may be off: one long window, or several short ones."""
    data["outage_windows"] = {}
    every = max(6, (date.fromisoformat(data["end"]) - START).days // 10)
    for name in [one for one in _plant(data) if data["specs"][data["upgrades"][one]["spec"]]["family"] != PLATES]:
        first, number = pick.integer(2, 2 * every), pick.integer(1, 4)
        opened = [first + every * index for index in range(number)]
        windows = [{"day": day(one), "to": day(one + pick.integer(0, every // 2))} for one in opened]
        data["outage_windows"][f"bus-{name}"] = windows
        install = int(data["upgrades"][name]["install"].split()[0])
        tied = {"duration": f"{pick.integer(1, install)} workday"} if pick.chance(50) else {}
        if pick.chance(60):
            data["upgrades"][name]["tie_in"] = {"window": f"bus-{name}", **tied}


def _lower_schemes(pick: Pick, data: Data) -> None:
    """Redundancy that is lower until a day, some of these days after the plan's end."""
    for entry in data["redundancy"].values():
        lower = {"N": [], "N+1": ["N"], "N+2": ["N", "N+1"]}.get(entry["scheme"], ["N"])
        if lower and pick.chance(70):
            days = (date.fromisoformat(data["end"]) - START).days
            first = pick.integer(1, days - 2)
            ends = [first, pick.integer(first + 1, days + 5)]
            schemes = lower if pick.chance(50) else lower[-1:]
            entry["until"] = [{"scheme": one, "day": day(end)} for one, end in zip(schemes, ends, strict=False)]


def _slips(pick: Pick, data: Data) -> None:
    """Plant on order that may come later than on its day."""
    for entry in data["plant"].values():
        if entry.get("status") == "ordered":
            due = date.fromisoformat(entry["in_service"])
            entry["slips_to"] = (due + timedelta(days=pick.integer(0, 40))).isoformat()


OPTIONS: tuple[Option, ...] = (_expedites, _related, _outages, _lower_schemes, _slips)
