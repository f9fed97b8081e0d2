"""Sites whose plant is redundant by train or side: one to be worked by hand, and any generated site put into trains."""

from __future__ import annotations

import copy
from typing import Any

from assess_site import merged
from sites import GROUPS, Data, Pick
from test_constraints import BASE, service

TRAINS: Data = {name: {"side": side} for name, side in zip("ABCD", "LLRR", strict=True)}
"""Four trains, two on the left side and two on the right."""


def site(*edits: Data) -> Data:
    """Two SUs of 200 kW, one in each of two pods of a hall; UPS modules of 150 kW to be bought for them."""
    pods = {f"pod{number}": {"positions": 2, "integrated_test": "0 workday", "within": "hall"} for number in (1, 2)}
    data = merged(BASE, {
        "trains": TRAINS, "halls": {**pods, "hall": {"positions": 0}},
        "deployments": {"alpha": {"halls": ["pod1", "pod2"], "deliveries": [{"day": "2027-01-14", "count": 2}]}},
        "upgrades": {"buy-ups": {"at_most": 20}},
    })  # fmt: skip
    for edit in (service("ups", at_most=20), *edits):
        data = merged(data, edit)
    return data


def ups(
    scheme: str, unit: str = "unit", *, trains: str = "", at: str = "hall", group: str = "hall", **own: Any
) -> Data:
    """How the UPS of that site is redundant, and where modules may be added."""
    return {
        "redundancy": {"ups": {"scheme": scheme, "unit": unit, "group": group, **own}},
        "upgrades": {"buy-ups": {"at": at.split(), "trains": list(trains)}},
    }


# ---------------------------------------------------------------- generated sites

_POWER = ("utility", "transformer", "generator", "ups")
_SCHEMES = (
    ("2N", "train", "AB"), ("2N", "side", "AC"), ("N+1", "train", "AB"), ("N+1", "train", "ABC"),
    ("2(N+1)", "train", "AB"), ("2N/3", "train", "ABC"), ("3N/4", "train", "ABCD"), ("2N/4", "train", "ABCD"),
    ("N+2", "train", "ABC"), ("N", "side", "AC"),
)  # fmt: skip


def in_trains(pick: Pick, data: Data) -> Data:
    """A generated site with one of its services redundant by train or side, its plant repeated in each of them."""
    data = copy.deepcopy(data)
    name = pick.one([service for service in GROUPS if service in data["redundancy"]])
    scheme, unit, trains = pick.one(_SCHEMES)
    data["trains"] = TRAINS
    entry: Data = {"scheme": scheme, "unit": unit, "group": data["redundancy"][name]["group"]}
    if name in _POWER and scheme not in ("2N/4", "N+2", "N") and pick.chance(40):
        entry |= {"topology": "cords", "pairing": "balanced"}
        if scheme == "3N/4" and pick.chance(50):
            del entry["pairing"]
            entry["pairs"] = {"A-B": "50 %", "B-C": "20 %", "C-D": "30 %"}
    data["redundancy"][name] = entry
    for plant, old in list(data["plant"].items()):
        if old["spec"].split("-")[0] == name and old.get("status") != "reserved":
            del data["plant"][plant]
            data["plant"] |= {f"{plant}-{train}": {**old, "train": train} for train in trains}
    for upgrade in data["upgrades"].values():
        if upgrade["spec"].split("-")[0] == name:
            upgrade["trains"] = list(trains)
    return data
