"""Losses where they arise: in a hall's air, in a loop, outdoors, or told as not checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from assess_site import line
from assess_site import tiny as check_tiny
from tiny import planned_by_hand, tiny

from dcplan.errors import InputError
from dcplan.ratings import plant
from dcplan.verifier.verdict import verify


def room(service: str, cooled_by: str, at: str = "site") -> dict[str, Any]:
    return {"electrical_rooms": {f"{service}-room": {"service": service, "at": at, "cooled_by": cooled_by}}}


def test_a_place_without_a_room_is_not_checked() -> None:
    told = line(check_tiny(), "electrical_room.site")
    assert told.verdict == "not checked"
    assert "transformer@site, ups@site" in told.reason
    assert "ups@site" not in line(check_tiny(**room("ups", "outdoors")), "electrical_room.site").reason


def test_losses_warm_the_hall_that_cools_them() -> None:
    before, after = line(check_tiny(), "room_air.a"), line(check_tiny(**room("ups", "a")), "room_air.a")
    assert before.required is not None
    # two modules of 500 kW at 95 %: 500 / 0.95 - 500 each
    assert after.required == pytest.approx(before.required + 2 * (500 / 0.95 - 500))


def test_losses_reach_the_loop_with_its_pumps() -> None:
    before, after = (
        line(check_tiny(), "heat_rejection.cold"),
        line(check_tiny(**room("transformer", "cold")), "heat_rejection.cold"),
    )
    assert before.required is not None
    # 2,000 kVA at 99 %, and a tenth of it for the pumps
    assert after.required == pytest.approx(before.required + 1.1 * (2000 / 0.99 - 2000))


def test_a_curve_is_cooled_for_its_greatest_loss() -> None:
    points = [{"load": "50 %", "efficiency": "90 %"}, {"load": "100 %", "efficiency": "98 %"}]
    module = {"specs": {"module": {"efficiency": None, "efficiencies": points}}}
    before, after = (
        line(check_tiny(**module), "room_air.a"),
        line(check_tiny(**module, **room("ups", "a")), "room_air.a"),
    )
    assert before.required is not None
    assert after.required == pytest.approx(before.required + 2 * (250 / 0.9 - 250))


def test_outdoors_nothing_is_cooled() -> None:
    assert line(check_tiny(**room("ups", "outdoors")), "room_air.a") == line(check_tiny(), "room_air.a")


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (room("ups", "b"), "a hall with `air`"),
        (room("ups", "a", at="a"), "where ups is grouped"),
        (room("switchgear", "a"), "redundancy.switchgear"),
    ],
)
def test_rooms_that_are_not_there_are_refused(own: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_tiny(**own)


@pytest.mark.parametrize("cooled_by", ["hall", "water"])
def test_a_plan_carries_them_and_a_lost_one_is_noticed(
    cooled_by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny(tmp_path, {**room("ups", cooled_by, at="hall")})
    plan = planned_by_hand(model)
    assert [item.rule for item in verify(plan, model).violations] == []
    monkeypatch.setattr(plant, "_into_electrical_room", lambda *given: {})
    lost = {item.place for item in verify(plan, model).violations if item.rule == "energy-balance"}
    assert "heat_rejection@water" in lost
    assert ("room_air@hall" in lost) is (cooled_by == "hall")
