"""The record of a past: what it says of a name, and what a promise that is not kept costs."""

from __future__ import annotations

from datetime import date

import records
from tiny import tiny

from dcplan.past import Past, PastModel, PastSu, past_of


def past(**changes):
    values = {
        "as_of": records.day(30), "units": (records.unit(1),), "sus": (PastSu(stage="floor", su=records.su(1)),),
        "intended": (), "planned": (), "setpoints": {},
        "deliveries": {"alpha#1": records.day(150)}, "promises": {"alpha#1": date(2027, 3, 1)},
        "promised": 500.0,
    }  # fmt: skip
    return Past(**{**values, **changes})


def test_names_are_found():
    known = past()
    assert set(known.unit_of) == {"genset@site#1"}
    assert known.su_of["alpha#1"].stage == "floor"
    assert [PastSu(stage=stage, su=records.su(1)).is_set for stage in ("floor", "set", "filled", "energised")] == [
        False, True, True, True
    ]  # fmt: skip
    assert [PastSu(stage=stage, su=records.su(1)).filled for stage in ("floor", "set", "filled", "energised")] == [
        False, False, True, True
    ]  # fmt: skip


def test_only_later_than_promised_costs():
    days = [date(2027, 2, 1), date(2027, 3, 1), date(2027, 3, 3)]
    assert [past().late("alpha#1", day) for day in days] == [0.0, 0.0, 1000.0]
    assert past().late("alpha#9", date(2030, 1, 1)) == 0.0


def test_a_site_has_a_past_or_none(tmp_path):
    model = tiny(tmp_path)
    assert past_of(model) is None
    made = PastModel.model_construct(**dict(model), past=past())
    assert past_of(made) == past()
    assert past_of(made.model_copy(update={"file": "x"})) == past()
