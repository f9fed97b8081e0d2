"""Options for upgrades of generated sites: what real planners choose among beside what to buy and when."""

from __future__ import annotations

import copy
from collections.abc import Callable

from site_parts import Data, Pick
from sites import Seeded

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


OPTIONS: tuple[Option, ...] = (_expedites, _related)
