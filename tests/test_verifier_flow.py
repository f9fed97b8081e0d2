"""The verifier adds up flows by itself: whatever gets lost between racks and rows is noticed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny import planned_by_hand, tiny

from dcplan.ratings import racks
from dcplan.verifier.verdict import verify

MINIMUM = {"specs.rack-100.liquid.minimum_flow": "110 L/min"}
PER_HEAT = {"specs.rack-100.liquid.minimum_specific_flow": "1.4 L/min/kW"}
# one pump a loop: 12 L/s carry 500 kW at 10 K
PUMPS = {
    "redundancy.facility_pump": {"scheme": "N", "unit": "unit", "group": "loop"},
    "loops.water": {"supply": "30 degC", "back": "40 degC", "fluid": "EG30"},
    "plant.pumps": {"spec": "pump", "count": 1, "at": "water"},
    "specs.pump": {
        "family": "facility_pump",
        "maker": "Tiny",
        "model": "pump",
        "flow": "20 L/s",
        "head": "300 kPa",
        "efficiency": "60 %",
    },
}
# the liquid side gives its heat to the same coolers through an exchanger
FED = {
    "loops.outer": {"supply": "27 degC", "back": "37 degC", "pump_power": "3 %"},
    "loops.water.fed_by": {"loop": "outer", "approach": "3 K"},
    "plant.coolers.at": "outer",
}
LOAD = {"loads.old": {"hall": "hall", "liquid_heat": "10 kW", "liquid_flow": "20 L/min"}}


def lost_flows(folder: Path, overrides: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Flow that is due and flow that is carried, by row, where they differ."""
    model = tiny(folder, overrides)
    found = verify(planned_by_hand(model), model).violations
    assert "energy-balance" not in {item.rule for item in found}
    return {item.place: (item.required, item.found) for item in found if item.rule == "flow-balance"}  # type: ignore[misc]


@pytest.mark.parametrize("overrides", [{}, MINIMUM, PER_HEAT, LOAD, PUMPS, FED, {**PUMPS, **FED}])
def test_rows_carry_what_racks_and_loads_ask_for(overrides: dict[str, Any], tmp_path: Path) -> None:
    assert lost_flows(tmp_path, overrides) == {}


@pytest.mark.parametrize(("overrides", "litres"), [({}, 57.96), (MINIMUM, 110.0), (PER_HEAT, 112.0)])
def test_half_of_a_racks_flow_is_missed(
    overrides: dict[str, Any], litres: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., float] = racks.rack_flow
    monkeypatch.setattr(racks, "rack_flow", lambda *given: real(*given) / 2)
    due, carried = lost_flows(tmp_path, overrides)["cdu_flow@hall"]
    assert carried == pytest.approx(due / 2)
    # on the last date both SUs of two racks run
    assert due == pytest.approx(4 * litres, rel=2e-3)


def test_a_loop_without_enough_pumps_is_short(tmp_path: Path) -> None:
    model = tiny(tmp_path, {**PUMPS, "specs.pump.flow": "11 L/s"})
    plan = planned_by_hand(model)
    steps = tuple(step.model_copy(update={"units": {**step.units, "pumps@water": 1}}) for step in plan.running)
    found = verify(plan.model_copy(update={"running": steps}), model).violations
    short = [item for item in found if (item.rule, item.place) == ("capacity", "loop_flow@water")]
    # 400 kW of racks, 9 of CDUs, 15 of fans, 0.3 of standing CDUs and 5.5 of the pump, at 10 K of EG30
    assert [item.required for item in short] == [pytest.approx(429.8 / (1.03667 * 3.7507 * 10), rel=5e-3)]
