"""No field of a plan can be forged: whatever is changed in one, the verifier notices, or says that it cannot know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from forge import changed, leaves, others
from tiny import planned_by_hand, tiny

from dcplan.answer import Alternative, Plan
from dcplan.verifier.record import NOT_RECOMPUTED, UNVERIFIED
from dcplan.verifier.verdict import verify

OTHER_DECISIONS = {
    r"status=interrupted": "a search may end so at any time",
    r"units\[\d\]\.members": "other members of the crew, free on these days, may do it as well",
    r"running\[0\]\.units\.(cdu|ups|crahs)@hall=2": "one SU is carried with one fewer of three",
    r"running\[1\]\.units\.crahs@hall=2": "so are two, by the room units",
    r"verified=True": "it is",
}
"""Changes that make another plan as good as this one, by pattern."""


def forgeries(plan: Plan) -> Iterator[tuple[str, Plan]]:
    for place, path, value in leaves(plan):
        if place != "status" and {re.split(r"[.[]", place)[0], place} & NOT_RECOMPUTED.keys():
            continue
        name = next(str(part) for part in reversed(path) if isinstance(part, str))
        for other in others(name, value):
            yield f"{place}={other}", changed(plan, path, other)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tiny")


def test_every_forged_field_is_noticed(folder: Path) -> None:
    model = tiny(folder)
    plan = planned_by_hand(model)
    assert verify(plan, model).ok
    tried, passed = 0, []
    for place, forged in forgeries(plan):
        tried += 1
        if verify(forged, model).ok:
            passed.append(place)
    assert [place for place in passed if not any(re.match(known, place) for known in OTHER_DECISIONS)] == []
    assert [known for known in OTHER_DECISIONS if not any(re.match(known, place) for place in passed)] == []
    assert tried > 300


def test_the_chosen_alternative_is_the_plan(folder: Path) -> None:
    model = tiny(folder, {"loops.water.setpoints": ["30 degC", "31 degC"]})
    plan = planned_by_hand(model)
    bought = {"genset-500": 1, "cdu-200": 3}
    this = Alternative(
        setpoints={"water": "30 degC"}, chosen=True, status="feasible", value=plan.objective.value, bound=None,
        bought=bought, reasons=(),
    )  # fmt: skip
    other = this.model_copy(update={"setpoints": {"water": "31 degC"}, "chosen": False, "value": 1e9})
    chosen = plan.model_copy(update={"setpoints": this.setpoints, "alternatives": (this, other)})
    assert verify(chosen, model).violations == ()
    forged: list[dict[str, Any]] = [
        {"alternatives": (this.model_copy(update=change), other)}
        for change in ({"value": 1.0}, {"bought": {}}, {"chosen": False}, {"setpoints": {"water": "31 degC"}})
    ]
    forged += [{"alternatives": ()}, {"alternatives": (this, this)}]
    for change in forged:
        broken = verify(chosen.model_copy(update=change), model).violations
        assert [(item.rule, item.place) for item in broken] == [("alternatives", "site")]
    warmer = verify(chosen.model_copy(update={"setpoints": {"water": "32 degC"}}), model).violations
    assert [item.rule for item in warmer] == ["setpoint"]


def test_what_is_not_recomputed_is_a_field_and_is_told(folder: Path) -> None:
    model = tiny(folder)
    plan = planned_by_hand(model)
    for place in NOT_RECOMPUTED:
        part: Any = plan
        for name in place.split("."):
            part = getattr(part, name)
    told = verify(plan, model)
    assert [line.split(":")[0] for line in told.not_recomputed] == list(NOT_RECOMPUTED)
    assert "TAKEN AS STATED" in str(told)
    # a plan that does not call itself verified breaks no rule: it is asked before it can; whoever reads is told
    assert (told.ok, told.notes) == (True, (UNVERIFIED,))
    assert "\nNOTES\n" in str(told)
    assert verify(plan.model_copy(update={"verified": True}), model).notes == ()
    # the bound itself cannot be known, what follows from it can
    lower = plan.objective.model_copy(update={"bound": 0.0})
    assert not verify(plan.model_copy(update={"objective": lower}), model).ok
