"""Assumptions a plan hangs on: moved until it breaks, edges found, what is not bought left out."""

from __future__ import annotations

import time

import pytest
from tiny import planned_by_hand, tiny

from dcplan.crosscheck import assumptions
from dcplan.explaining.resting import moved_model, resting

ASSUMED = {
    "loads.offices.other": {"value": "200 kW", "confidence": "assumption", "range": ["100 kW", "1 MW"], "note": "x"},
    "specs.plates.point": {"value": "2000 lb", "confidence": "assumption", "range": ["500 lb", "3000 lb"], "note": "x"},
    "specs.cdu-200.procurement.lead_time": {
        "value": "4 week", "confidence": "assumption", "range": ["3 week", "6 week"], "note": "x"
    },
    "specs.crah-100.power": {"value": "5 kW", "confidence": "assumption", "range": ["4 kW", "6 kW"], "note": "x"},
}  # fmt: skip


@pytest.fixture
def made(tmp_path):
    model = tiny(tmp_path, ASSUMED)
    return model, planned_by_hand(model)


def test_what_breaks_is_found_with_its_edge(made):
    model, plan = made
    found = resting(model, plan, time.monotonic() + 60)
    assert (found.number, found.tried, found.unknown) == (4, 4, ())
    rests = {rest.place: rest for rest in found.rests}
    assert set(rests) == {"loads.offices.other", "specs.plates.point", "specs.cdu-200.procurement.lead_time"}
    offices = rests["loads.offices.other"]
    assert (offices.holds_from, offices.value, offices.low, offices.high) == ("100 kW", "200 kW", "100 kW", "1 MW")
    assert 200 < float(offices.holds_to.split()[0]) < 1000
    assert "are drawn" in offices.breaks
    # 1,500 kg by the IBM rule for a standing rack: a third of 3,307 lb
    plates = rests["specs.plates.point"]
    assert (float(plates.holds_from.split()[0]), plates.holds_to) == (pytest.approx(1102, abs=25), "3000 lb")
    lead = rests["specs.cdu-200.procurement.lead_time"]
    assert (lead.holds_from, lead.holds_to) == ("3 week", "4 week")
    assert "lead time" in lead.breaks
    # those that may move least come first
    assert found.rests[0].place == "specs.cdu-200.procurement.lead_time"


def test_a_figure_is_moved_in_its_place(made):
    model, _ = made
    for place, figure in assumptions(model):
        other = moved_model(model, place, figure)
        assert dict(assumptions(other))[place] is figure
        assert other == model


def test_without_time_nothing_is_said(made):
    model, plan = made
    found = resting(model, plan, 0.0)
    assert (found.rests, found.tried) == ((), 0)
    assert found.unknown == ("how far 4 of 4 assumptions may move: the time was over",)
