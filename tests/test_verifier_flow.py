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
LOAD = {"loads.old": {"hall": "hall", "liquid_heat": "10 kW", "liquid_flow": "20 L/min"}}


def lost_flows(folder: Path, overrides: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Flow that is due and flow that is carried, by row, where they differ."""
    model = tiny(folder, overrides)
    found = verify(planned_by_hand(model), model).violations
    return {item.place: (item.required, item.found) for item in found if item.rule == "flow-balance"}  # type: ignore[misc]


@pytest.mark.parametrize("overrides", [{}, MINIMUM, PER_HEAT, LOAD])
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
