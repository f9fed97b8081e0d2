"""What an outage asks, in a plan worked out by hand: rows that close, and what is noticed when they do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny import planned_by_hand, tiny

from dcplan.answer import Violation
from dcplan.ratings import electrical, plant
from dcplan.ratings.rows import row
from dcplan.verifier.verdict import verify

DUTY: dict[str, Any] = {
    "generator_duty": {"hours": "100 hour", "autonomy": "24 hour", "block": "60 %"},
    "redundancy.fuel": {"scheme": "N", "unit": "unit", "group": "site"},
    "specs.genset-500.average_load": "100 %",
    "specs.genset-500.block_load": "80 %",
    "specs.genset-500.tank": "3000 L",
    "specs.genset-500.fuel": [{"load": "50 %", "flow": "70 L/h"}, {"load": "100 %", "flow": "130 L/h"}],
    "redundancy.switchgear": {"scheme": "N", "unit": "unit", "group": "site"},
    "switchboard": {"voltage": "480 V", "ways": {"generator": 1, "ups": 2}},
    "specs.board": {
        "family": "switchgear",
        "maker": "Tiny",
        "model": "board",
        "current": "1000 A",
        "interrupting": "65 kA",
        "ways": 10,
    },
    "plant.board": {"spec": "board", "count": 1, "at": "site"},
    "loads.offices.ways": 1,
    "specs.rack-100.peak": "120 kW",
    "specs.rack-100.peak_time": "1 min",
    "specs.ups-300.overload": [{"load": "110 %", "time": "10 min"}, {"load": "125 %", "time": "1 min"}],
}
ROWS = {"switchgear@site", "ways@site", "generator_average@site", "generator_block@site", "fuel@site", "ups_peak@hall"}


def broken(rule: str, folder: Path, **changed: Any) -> list[Violation]:
    model = tiny(folder, {**DUTY, **changed})
    plan = planned_by_hand(model)
    steps = tuple(step.model_copy(update={"units": {**step.units, "board@site": 1}}) for step in plan.running)
    plan = plan.model_copy(update={"running": steps})
    return [item for item in verify(plan, model).violations if item.rule == rule]


def test_every_row_is_stated_twice_and_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken("duty-balance", tmp_path) == broken("capacity", tmp_path) == []
    monkeypatch.setattr(electrical, "on_generators", lambda *given: {})
    monkeypatch.setattr(electrical, "peaks_stated", lambda *given: False)
    monkeypatch.setattr(plant, "generator_standing", lambda *given: {})
    monkeypatch.setattr(plant, "unit_ways", lambda *given: {})
    monkeypatch.setattr(electrical, "on_switchboard", lambda *given: {})
    assert {item.place for item in broken("duty-balance", tmp_path)} == ROWS


def test_fuel_by_hand(tmp_path: Path) -> None:
    """Three sets of 4,000 L; each burns 70 L/h idle, and the load (130 - 70) L/h per 500 kW, through the outage."""
    bus = 200 + (400 + 8.7) / 0.95 + 15 + 20 + 0.3 + 0.02 * (400 + 8.7 + 15 + 0.3)
    litres = 48 * (3 * 70.0 + bus * 60.0 / 500.0)
    own = {"generator_duty.autonomy": "48 hour", "specs.genset-500.tank": "4 m3"}
    *_, short = broken("capacity", tmp_path, **own)
    assert (short.place, short.unit, short.found) == ("fuel@site", "L", pytest.approx(12_000.0))
    assert short.required == pytest.approx(litres)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"specs.board.current": "600 A"}, "switchgear@site"),
        ({"specs.board.ways": 9}, "ways@site"),
        ({"specs.genset-500.average_load": "60 %"}, "generator_average@site"),
        ({"generator_duty.block": "100 %"}, "generator_block@site"),
        ({"specs.rack-100.peak": "200 kW"}, "ups_peak@hall"),
        ({"specs.rack-100.peak_time": "2 min", "specs.rack-100.peak": "170 kW"}, "ups_peak@hall"),
    ],
)
def test_what_is_not_carried_is_noticed(changed: dict[str, Any], place: str, tmp_path: Path) -> None:
    assert {item.place for item in broken("capacity", tmp_path, **changed)} == {place}


def test_few_racks_at_their_peak_at_once_are_carried(tmp_path: Path) -> None:
    assert (
        broken("capacity", tmp_path, **{"specs.rack-100.peak": "200 kW", "specs.rack-100.peak_simultaneity": "50 %"})
        == []
    )


def test_emissions_of_every_set_count_the_promised_one_included(tmp_path: Path) -> None:
    own = {"specs.genset-500.engine_power": "540 kW", "specs.genset-500.emission": "6.4 g/kWh"}
    # two sets stand, one is promised to others, one is bought: 4 x 540 kW x 6.4 g/kWh x 100 h = 1,382.4 kg
    assert broken("emissions", tmp_path, **own, **{"limits.emissions": "1382.5 kg"}) == []
    (over,) = broken("emissions", tmp_path, **own, **{"limits.emissions": "1382 kg"})
    assert (over.found, over.required) == (pytest.approx(1382.4), 1382.0)


def test_a_set_without_figures_leaves_its_rows_unstated(tmp_path: Path) -> None:
    model = tiny(tmp_path, {**DUTY, "specs.genset-500.fuel": [], "specs.genset-500.block_load": None})
    found = verify(planned_by_hand(model), model)
    assert "emissions" not in found.checked
    assert row("fuel", "site") not in {item.place for item in found.violations}
