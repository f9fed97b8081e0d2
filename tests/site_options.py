"""Options for upgrades of generated sites: what real planners choose among beside what to buy and when."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from site_parts import START, TINY, Data, Pick, day, heat_of
from sites import Seeded, seeded

PLATES = "route_protection"
Option = Callable[[Pick, Data], None]


BRIEF = replace(TINY, days=(14, 20), sus=2, delivery=(0, 3), services=(1, 2), upgrades=(1, 1), at_most=0, lead=3)
"""A few days, so that every day of release can be tried."""


def with_options(seed: int, data: Data) -> Data:
    """A copy of a generated site with some of the options, drawn from a seed."""
    pick, data = Seeded(seed), copy.deepcopy(data)
    for option in OPTIONS:
        if pick.chance(60):
            option(pick, data)
    return data


def with_hires(seed: int, _: Data) -> Data:
    """A site of a few days whose upgrades are hired, or bought and hired, drawn from a seed."""
    pick, data = Seeded(seed), seeded(seed, BRIEF)
    for hall in data["halls"].values():
        hall.pop("floor", None)
    if "generator" in data["redundancy"] and pick.chance(70):
        _short_of_power(pick, data)
    for name in [*data["upgrades"]]:
        if name not in _plant(data):
            del data["upgrades"][name]
        elif _may_go(data, name):
            bought = data["upgrades"][name]
            # what is bought comes late, so that something is to be bridged
            bought["lead_time"] = f"{pick.integer(3, 9)} day"
            _beside(pick, data, name) if pick.chance(80) else _hire(pick, data, bought)
    return data


def _short_of_power(pick: Pick, data: Data) -> None:
    """Utility power for some of the SUs, or all of them, and perhaps more of it to buy."""
    power = max(20, int(heat_of(data) * pick.one((0.6, 0.9, 1.4))))
    data["redundancy"]["utility"] = {"scheme": "N", "unit": "unit", "group": "site"}
    data["specs"]["grid"] = {"family": "utility_service", "maker": "M", "model": "grid", "power": f"{power} kW"}
    data["plant"]["grid"] = {"spec": "grid", "count": 1, "at": "site"}
    if pick.chance(60):
        later = {"spec": "grid", "count": 1, "at": "site", "status": "ordered", "in_service": day(pick.integer(6, 12))}
        data["plant"]["more-grid"] = later


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


def _hired(pick: Pick, data: Data) -> None:
    """Upgrades whose units are hired, by the day or by started weeks, and one more beside an upgrade that buys."""
    names = [name for name in _plant(data) if not _required(data, name) and _may_go(data, name)]
    for name in names:
        if pick.chance(50):
            _hire(pick, data, data["upgrades"][name])
        elif pick.chance(50) and len(data["upgrades"]) < 4:
            _beside(pick, data, name)


def _beside(pick: Pick, data: Data, name: str) -> None:
    """Units of an upgrade that may be hired too, and sooner."""
    data["upgrades"][f"hire-{name}"] = other = copy.deepcopy(data["upgrades"][name])
    other |= {"at_most": pick.integer(1, 2), "lead_time": f"{pick.integer(0, 2)} day"}
    for field in ("expedite", "permit", "requires", "excludes"):
        other.pop(field, None)
    _hire(pick, data, other)


def _required(data: Data, name: str) -> bool:
    return any(name in one.get("requires", ()) for one in data["upgrades"].values())


def _may_go(data: Data, name: str) -> bool:
    return data["specs"][data["upgrades"][name]["spec"]]["family"] != "route_protection"


def _hire(pick: Pick, data: Data, upgrade: Data) -> None:
    del upgrade["cost"]
    upgrade["rental"] = rental = {
        "mobilisation": f"{pick.integer(0, 9) * 1000} USD", "rate": f"{pick.integer(0, 30) * 100} USD/day",
        "minimum": f"{pick.integer(0, 12)} day",
    }  # fmt: skip
    if pick.chance(50):
        rental["removal"] = f"{pick.integer(0, 3)} day"
    if pick.chance(50):
        rental["bridge"] = True
    if pick.chance(30):
        rental |= {"demobilisation": "500 USD", "maintenance": "700 USD/week"}
    spec = data["specs"][upgrade["spec"]]
    if spec["family"] == "generator":
        rental["duty"] = "standby"
        if data["redundancy"].get("utility", {}).get("unit") == "unit" and pick.chance(60):
            rental |= {"duty": "prime", "fuel_cost": f"{pick.integer(1, 5) / 10:g} USD/kWh"}
            if pick.chance(30):
                rental["hours"] = f"{pick.integer(5, 20)} day"
            if pick.chance(30):
                rental["load"] = "60 %"


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


OPTIONS: tuple[Option, ...] = (_expedites, _related, _hired, _outages, _lower_schemes, _slips)
