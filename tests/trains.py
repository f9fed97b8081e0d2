"""Sites whose plant is redundant by train or side: one to be worked by hand."""

from __future__ import annotations

from typing import Any

from assess_site import merged
from site_features import TRAINS
from site_parts import Data
from test_constraints import BASE, service


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
