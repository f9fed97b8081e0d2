"""Every failure set of a declaration, one by one: by hand, against the optimizer's balances, and in damaged plans."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import loaded
from test_cases import COUNTS
from trains import site, ups

from dcplan.answer import Plan
from dcplan.assess.balance import after_failures
from dcplan.cases import Cases
from dcplan.planner import plan
from dcplan.redundancy import declared, scheme_of
from dcplan.site import SiteModel
from dcplan.verifier.failures import Outcome, Running, Survival, out_at_once
from dcplan.verifier.verdict import verify

BY_TRAIN = {name: edit for name, (edit, _) in COUNTS.items() if edit["redundancy"]["ups"]["unit"] != "unit"}


@cache
def model_of(name: str) -> SiteModel:
    return loaded(site(BY_TRAIN[name]))


def survival(model: SiteModel) -> Survival:
    return Survival.of(model, model.site.redundancy["ups"], model.site.upgrades["buy-ups"].trains)


def modules(counts: Mapping[str, int], each: float = 150.0) -> dict[str, Running]:
    return {f"ups@hall/{train}": Running(number, each, train) for train, number in counts.items()}


def sets(name: str, counts: Mapping[str, int], need: float) -> list[Outcome]:
    return list(survival(model_of(name)).outcomes(modules(counts), need))


def test_a_side_takes_its_trains_along():
    found = sets("2N by side over the hall: either side has 3", {"A": 2, "B": 1, "C": 2, "D": 2}, 400.0)
    assert [(one.lost, one.left) for one in found] == [("side L", 600.0), ("side R", 450.0)]


def test_the_other_unit_is_out_of_what_is_left():
    found = sets("2(N+1) over the hall: 2 x (3 + 1)", {"A": 4, "C": 3}, 400.0)
    assert [(one.lost, one.left) for one in found] == [
        ("side L, 1 x ups@hall/C", 300.0),
        ("side R, 1 x ups@hall/A", 450.0),
    ]


def test_by_cords_each_survivor_answers_for_itself():
    """A-B 80 %, C-D 20 %: with A out, B has 80 %, C and D half of 20 % each."""
    name = "3N/4 by cords in unlike pairs: 2 x 3 + 2 x 1"
    found = sets(name, {"A": 3, "B": 3, "C": 1, "D": 1}, 400.0)
    assert len(found) == 4 * 3
    with_a_out = {one.carrier: (one.left, pytest.approx(one.need)) for one in found if one.lost == "train A"}
    assert with_a_out == {" from B": (450.0, 320.0), " from C": (150.0, 40.0), " from D": (150.0, 40.0)}


def test_plant_that_never_ran_supplies_nothing():
    worst = survival(model_of("2N by train over the hall: 2 x 3")).worst({}, 400.0)
    assert (worst.left, worst.need, worst.lost) == (0.0, 400.0, "train A")


@given(st.integers(1, 12), st.integers(1, 12))
def test_both_readings_of_a_scheme_agree(needed: int, there: int):
    for text in ("N", f"N+{needed}", "2N", "2(N+1)", f"{needed}N/{there}"):
        scheme = scheme_of(text)
        assert scheme is None or (scheme.out, scheme.beside) == out_at_once(text)
    assert (scheme_of(f"{needed}N/{there}") is None) == (needed >= there)


@pytest.mark.parametrize("name", [name for name in BY_TRAIN if "pod" not in name])
@given(data=st.data())
def test_balances_and_failure_sets_leave_the_same(name: str, data: st.DataObject):
    """The least margin over the optimizer's balances is that over the verifier's failure sets, for any plant."""
    model = model_of(name)
    found = survival(model)
    trains = sorted(model.site.upgrades["buy-ups"].trains)
    running = {
        f"{size}@{train}": Running(data.draw(st.integers(0, 3)), each, train)
        for train, (size, each) in itertools.product(trains, (("small", 100.0), ("large", 250.0)))
    }
    need = data.draw(st.floats(0.0, 2000.0))
    margins = [
        after_failures([(one.each, one.number) for one in running.values() if case.counts(one.train)], case.failures)
        - need * case.share
        for case in Cases(model).of("ups@hall")
    ]
    worst = found.worst({key: one for key, one in running.items() if one.number}, need)
    assert worst.left - worst.need == pytest.approx(min(margins), abs=1e-9)
    assert declared(found.redundancy).out == out_at_once(found.redundancy.scheme)[0]


# ---------------------------------------------------------------- damaged plans


@cache
def planned() -> tuple[SiteModel, Plan]:
    model = loaded(site(ups("2N", "train", trains="AB")))
    return model, plan(model, seconds=20.0, workers=1, deterministic=True)


def damaged(index: int, **own: object) -> set[str]:
    model, found = planned()
    units = list(found.units)
    units[index] = units[index].model_copy(update=own)
    verdict = verify(found.model_copy(update={"units": tuple(units)}), model)
    return {violation.rule for violation in verdict.violations} - {"verified"}


def test_a_plan_by_trains_says_where_each_unit_is():
    model, found = planned()
    assert verify(found, model).ok
    assert sorted((unit.id, unit.place, unit.train) for unit in found.units) == [
        (f"buy-ups@hall/{train}#{number}", "hall", train) for train in "AB" for number in (1, 2, 3)
    ]
    assert "hall/A" in str(found)


def test_a_unit_moved_to_the_other_train_is_noticed():
    _, found = planned()
    assert damaged(0, train="B", id="buy-ups@hall/B#9") == {"running", "capacity", "hall-test"}
    assert damaged(0, train="B") == {"running", "capacity", "unit-id"}
    assert len(found.units) == 6


def test_a_unit_outside_of_its_trains_is_noticed():
    for train, place, name in ((None, "hall", "hall"), ("C", "hall", "hall/C"), (None, "hall/A", "hall/A")):
        assert "upgrade-place" in damaged(0, train=train, place=place, id=f"buy-ups@{name}#9")


def test_a_unit_short_in_one_train_is_named_with_its_failure_set():
    model, found = planned()
    short = found.model_copy(
        update={
            "units": tuple(unit for unit in found.units if unit.id != "buy-ups@hall/B#3"),
            "running": tuple(
                step.model_copy(update={"units": {**step.units, "buy-ups@hall/B": 2}}) for step in found.running
            ),
        }
    )
    violations = [one for one in verify(short, model).violations if one.rule == "capacity"]
    assert {one.place for one in violations} == {"ups@hall", "ups_va@hall"}
    assert all(
        "400.0 kW are drawn, 300.0 left with train A out (2N)" in one.message.replace("kVA", "kW") for one in violations
    )
