"""The verifier and the past: each fact changed is told, nothing new starts before, and facts break no rule."""

from __future__ import annotations

from datetime import date, timedelta

import damage
import pytest
from tiny import planned_by_hand, tiny

from dcplan import plan, progressed, verify
from dcplan.past import past_of
from dcplan.verifier.frozen import excuse
from dcplan.verifier.terms import Findings, Terms


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The hand-made plan, planned again on 4 March with one CDU late; the first SU is filled, the second being set."""
    folder = tmp_path_factory.mktemp("site")
    model = tiny(folder)
    path = folder / "progress.yaml"
    path.write_text("dcplan_progress: 1\nas_of: 2027-03-04\nunits: {genset@site#1: {slipped: 2027-03-11}}\n")
    again = progressed(model, planned_by_hand(model), path)
    return again, plan(again, seconds=10, workers=1)


def rules(found):
    return {(one.rule, one.place) for one in found.violations}


def test_it_is_verified(made):
    model, new = made
    assert new.verified
    assert verify(new, model).ok
    assert verify(new, model).checked["past"] >= 6


@pytest.mark.parametrize("field", ["order", "delivery", "install_start", "commissioned", "members", "cost", "crew"])
def test_a_changed_fact_of_a_unit_is_told(made, field):
    model, new = made
    unit = next(unit for unit in new.units if unit.id == "cdu@hall#1")
    value = getattr(unit, field)
    other = {date: lambda: value - timedelta(days=1), tuple: lambda: (3, 4), float: lambda: value + 1, str: lambda: "x"}
    assert ("past", "cdu@hall#1") in rules(
        verify(damage.unit(new, "cdu@hall#1", **{field: other[type(value)]()}), model)
    )


def test_a_unit_that_is_left_out_is_told(made):
    model, new = made
    found = verify(damage.without(new, "genset@site#1"), model)
    (told,) = [one for one in found.violations if one.rule == "past"]
    assert (
        told.message == "genset@site#1: ordered or begun before 2027-03-04, so it stays as it is: it is not in the plan"
    )


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("alpha#1", {"fill_end": date(2027, 3, 3)}),
        ("alpha#1", {"energise": date(2027, 3, 3)}),
        ("alpha#2", {"set_start": date(2027, 3, 2)}),
        ("alpha#2", {"fill_start": date(2027, 3, 3)}),
        ("alpha#2", {"hall": "annex"}),
        ("alpha#2", {"reinforcement": None}),
    ],
)
def test_a_changed_fact_of_an_su_is_told(made, name, changes):
    model, new = made
    assert ("past", name) in rules(verify(damage.su(new, name, **changes), model))


def test_nothing_new_starts_in_the_past(made):
    model, new = made
    early = new.units[0].model_copy(update={"id": "cdu@hall#4", "order": date(2027, 3, 3)})
    found = verify(new.model_copy(update={"units": (*new.units, early)}), model)
    assert any(one.rule == "past" and "which has not happened" in one.message for one in found.violations)


def test_what_the_rules_forbid_may_have_happened(made, tmp_path):
    """A CDU that came a week before its lead time, one that was commissioned the day it came: no violations."""
    model = tiny(tmp_path)
    old = planned_by_hand(model)
    path = tmp_path / "progress.yaml"
    path.write_text(
        "dcplan_progress: 1\nas_of: 2027-03-01\n"
        "units: {cdu@hall#1: {delivered: 2027-02-15, done: 2027-02-26}, "
        "cdu@hall#2: {delivered: 2027-02-25, done: 2027-02-25}}\n"
    )
    again = progressed(model, old, path)
    new = plan(again, seconds=10, workers=1)
    assert (new.verified, verify(new, again).ok) == (True, True)
    unit = past_of(again).unit_of["cdu@hall#2"]
    assert unit.install_start == unit.commissioned == date(2027, 2, 25)
    # the same dates in a plan without a past are violations
    assert not verify(new.model_copy(update={"input_sha256": model.text_sha256}), model).ok


def test_only_what_has_happened_is_excused(made):
    """The generator is ordered and comes on 11 March; the first CDU stands; the second SU is being set."""
    model, _ = made
    rules = {
        "genset@site#1": {"lead-time", "cost", "commissioning"},
        "cdu@hall#1": {"lead-time", "cost", "requires", "commissioning"},
        "alpha#1": {"cost", "set-time", "fill-loop"}, "alpha#2": {"cost", "set-time"}, "cdu@hall#9": set(),
    }  # fmt: skip
    for place, right in rules.items():
        for rule in (
            "lead-time",
            "cost",
            "requires",
            "commissioning",
            "set-time",
            "fill-loop",
            "deadline",
            "at-most",
            "past",
        ):
            found = Findings(model.site.start)
            found.check(False, rule, place, "x", on=date(2027, 3, 10))
            excuse(Terms.of(model), found)
            facts = {"lead-time", "cost"} if place.startswith("alpha") else set()
            assert (not found.violations) == (rule in right | facts), (rule, place)
    early = Findings(model.site.start)
    early.check(False, "deadline", "alpha#2", "x", on=date(2027, 3, 3))
    early.check(False, "past", "alpha#2", "x", on=date(2027, 3, 3))
    excuse(Terms.of(model), early)
    assert [one.rule for one in early.violations] == ["past"]
