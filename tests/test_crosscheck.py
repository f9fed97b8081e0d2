"""References between the entries of a site: each kind of mistake is refused with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dcplan.errors import InputError
from dcplan.loading import load

CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "hall's loop": ({"halls.hall-1.air.loop": "chiled"}, "halls.hall-1.air.loop", "did you mean chilled?"),
    "upgrade's crew": ({"upgrades.genset-2500.crew": "electric"}, "upgrades.genset-2500.crew", "a crew"),
    "too many members": ({"upgrades.genset-2500.crew_need": 9}, "upgrades.genset-2500.crew", "at most 4"),
    "upgrade's permit": ({"upgrades.genset-2500.permit": "water"}, "upgrades.genset-2500.permit", "a permit"),
    "unknown spec": ({"upgrades.genset-2500.spec": "cummins"}, "upgrades.genset-2500.spec", "a spec"),
    "a rack for plant": ({"plant.gensets.spec": "gb200-nvl72"}, "plant.gensets.spec", "racks go to deployments"),
    "plant for a rack": ({"deployments.alpha.su[0].spec": "liquid-3750"}, "deployments.alpha.su[0].spec", "a rack"),
    "place of a service": ({"plant.chillers.at": "hall-1"}, "plant.chillers.at", "where heat_rejection is grouped"),
    "scheme": ({"redundancy.ups.scheme": "N+10"}, "redundancy.ups.scheme", "N, N+1 to N+9"),
    "unit of failure": ({"redundancy.ups.unit": "rack"}, "redundancy.ups.unit", "unit, train or side"),
    "group": ({"redundancy.generator.group": "hall"}, "redundancy.generator.group", "site"),
    "end before start": ({"end": "2026-12-01"}, "end", "a day after `start`"),
    "delivery before order": (
        {"deployments.alpha.ordered": "2027-07-01"},
        "deliveries[0].day",
        "on or after the order",
    ),
    "delivery after the end": ({"deployments.alpha.deliveries[0].day": "2031-01-01"}, "deliveries[0].day", "before"),
    "shares": ({"deployments.alpha.terms[0].share": "30 %"}, "deployments.alpha.terms", "add up to 100 %"),
    "currency": ({"deployments.alpha.price": "20 MEUR"}, "deployments.alpha.price", "an amount in USD"),
    "a name taken twice": (
        {"plant.cdu-1350": {"spec": "liquid-3750", "count": 1, "at": "site"}},
        "upgrades.cdu-1350",
        "told apart",
    ),
    "loop the wrong way": ({"loops.warm.back": "30 degC"}, "loops.warm.back", "warmer than `supply`"),
    "ordered without a date": ({"plant.gensets.status": "ordered"}, "plant.gensets", "in_service"),
    "a date that is not ordered": ({"plant.gensets.in_service": "2027-05-01"}, "plant.gensets.in_service", "no date"),
    "heat without a hall": ({"loads": {"x": {"air_heat": "5 kW"}}}, "loads.x.air_heat", "say in which hall"),
    "a source nobody lists": (
        {"place.altitude": {"value": "5 m", "confidence": "high", "source": "nowhere"}},
        "place.altitude.source",
        "a key of `sources`",
    ),
    "no cost anywhere": (
        {
            "specs": {"own": {"family": "utility_service", "maker": "M", "model": "U", "power": "3 MW"}},
            "upgrades.own": {"spec": "own", "at": ["site"], "at_most": 1, "crew": "electrical"},
        },
        "upgrades.own.cost",
        "neither the site nor the catalog",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_refused_where_it_stands(name: str, examples: Path) -> None:
    overrides, field, words = CASES[name]
    with pytest.raises(InputError) as caught:
        load(examples / "hopper_to_blackwell.yaml", overrides=overrides)
    assert any(field in str(problem) and words in str(problem) for problem in caught.value.problems), str(caught.value)


def test_all_mistakes_are_reported_at_once(examples: Path) -> None:
    overrides = {"halls.hall-1.air.loop": "x", "upgrades.genset-2500.crew": "y", "deployments.alpha.price": "1 EUR"}
    with pytest.raises(InputError) as caught:
        load(examples / "hopper_to_blackwell.yaml", overrides=overrides)
    assert len(caught.value.problems) == 3


def test_gpu_racks_without_support_racks_are_warned_of(examples: Path) -> None:
    assert any("no network, storage" in warning for warning in load(examples / "hopper_to_blackwell.yaml").warnings)
    assert not load(examples / "colo_48_nvl72.yaml").warnings
