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
    "too many racks in too many halls": (
        {"deployments.alpha.su": [{"spec": "gb200-nvl72", "count": 1}] * 10_001},
        "deployments",
        "at most 10000, summed",
    ),
    "currency": ({"deployments.alpha.price": "20 MEUR"}, "deployments.alpha.price", "an amount in USD"),
    "a name taken twice": (
        {"plant.cdu-1350": {"spec": "liquid-3750", "count": 1, "at": "site"}},
        "upgrades.cdu-1350",
        "told apart",
    ),
    "a working day twice": ({"calendar.working_days": ["mon", "tue", "mon"]}, "calendar.working_days[2]", "once"),
    "loop the wrong way": ({"loops.warm.back": "30 degC"}, "loops.warm.back", "warmer than `supply`"),
    "a share and named pumps": (
        {
            "redundancy.facility_pump": {"scheme": "N+1", "unit": "unit", "group": "loop"},
            "plant.pumps": {"spec": "facility-pump-50", "count": 2, "at": "warm"},
        },
        "plant.pumps.at",
        "a loop without `pump_power`",
    ),
    "a pump by the kilowatt": (
        {
            "redundancy.facility_pump": {"scheme": "N+1", "unit": "unit", "group": "loop"},
            "loops.warm.pump_power": None,
            "upgrades.pump": {
                "spec": "facility-pump-50",
                "at": ["warm"],
                "at_most": 2,
                "crew": "mechanical",
                "cost": "100 USD/kW",
            },
        },
        "upgrades.pump.cost",
        "an amount of money per pump",
    ),
    "a loop fed by itself": (
        {"loops.warm.fed_by": {"loop": "warm", "approach": "2 K"}},
        "loops.warm.fed_by.loop",
        "does not come back",
    ),
    "loops in a circle": (
        {
            "loops.warm.fed_by": {"loop": "chilled", "approach": "2 K"},
            "loops.chilled.fed_by": {"loop": "warm", "approach": "2 K"},
        },
        "loops.chilled.fed_by.loop",
        "does not come back",
    ),
    "a loop fed by no loop": ({"loops.warm.fed_by": {"loop": "wram", "approach": "2 K"}}, "fed_by.loop", "warm"),
    "colder than it is fed": (
        {"loops.chilled.fed_by": {"loop": "warm", "approach": "2 K"}},
        "loops.chilled.supply",
        "41 degC of warm and 2 K or more",
    ),
    "setpoints of a fed loop": (
        {"loops.warm.fed_by": {"loop": "chilled", "approach": "2 K"}, "loops.warm.setpoints": ["41 degC", "36 degC"]},
        "loops.warm.setpoints",
        "one temperature for loops that feed each other",
    ),
    "a cooler on a fed loop": (
        {"loops.warm.fed_by": {"loop": "chilled", "approach": "2 K"}},
        "upgrades.dry-cooler.at[0]",
        "put it on chilled",
    ),
    "header of a loop too cold": (
        {"loops.chilled": {"supply": "3 degC", "back": "12 degC", "header_diameter": "300 mm"}},
        "loops.chilled",
        "5 to 70 degC",
    ),
    "pumps behind a hall's UPS": ({"behind_ups": ["facility_pump"]}, "behind_ups", "grouped by site"),
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


LONGEST = 8


def linked(number: int, last: str) -> dict[str, object]:
    """Loops that each give their heat to the next one, and the last one to a named loop."""
    made: dict[str, object] = {}
    for index in range(number):
        behind = last if index == number - 1 else f"l{index + 1}"
        water = {"supply": f"{20 + (number - index) * 0.001:.3f} degC", "back": "40 degC", "fluid": "water"}
        made[f"loops.l{index}"] = {**water, "fed_by": {"loop": behind, "approach": "0 K"}}
    return made


@pytest.mark.parametrize("number", [LONGEST, LONGEST + 1, 3000])
def test_loops_in_a_row_are_limited(examples: Path, number: int) -> None:
    overrides = {**linked(number, "end"), "loops.end": {"supply": "20 degC", "back": "40 degC", "fluid": "water"}}
    if number == LONGEST:
        assert load(examples / "hopper_to_blackwell.yaml", overrides=overrides).site.loops.keys() >= {"l0", "end"}
        return
    with pytest.raises(InputError) as caught:
        load(examples / "hopper_to_blackwell.yaml", overrides=overrides)
    (problem,) = caught.value.problems
    assert problem.field == f"loops.l{number - LONGEST - 1}.fed_by.loop"
    assert "9 exchangers in a row; allowed at most 8" in str(problem)


def test_a_large_circle_of_loops_is_refused_soon(examples: Path) -> None:
    # a list walked for every loop took longer than a minute
    with pytest.raises(InputError) as caught:
        load(examples / "hopper_to_blackwell.yaml", overrides=linked(3000, "l1500"))
    words = {problem.allowed for problem in caught.value.problems}
    assert words == {"a loop whose heat does not come back to this one"}
