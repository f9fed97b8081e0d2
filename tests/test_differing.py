"""Differences of two plans: matched by what and where, counted by hand, told shortly; hostile plans end in words."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import damage
import pytest
import records
from hypothesis import given
from hypothesis import strategies as st
from tiny import planned_by_hand, tiny

from dcplan import diff
from dcplan.answer import Stay
from dcplan.cli import main
from dcplan.differing import matched
from dcplan.errors import InputError


@pytest.fixture
def plan(tmp_path):
    return planned_by_hand(tiny(tmp_path))


def later(day, days):
    return day + timedelta(days=days)


def moved_unit(unit, days, **changes):
    names = ("order", "delivery", "install_start", "install_end", "commissioned", "counted")
    return unit.model_copy(update={name: later(getattr(unit, name), days) for name in names} | changes)


# ---------------------------------------------------------------- matching


def test_equal_items_are_matched_first_and_the_rest_move_least():
    assert matched([1, 5, 9], [1, 3, 5, 9], [lambda day: day, lambda day: 0], int) == (
        [(1, 1), (5, 5), (9, 9)], [], [3]
    )  # fmt: skip
    assert matched([2, 3, 6, 10], [1, 5, 9], [lambda day: 0], int) == ([(2, 1), (6, 5), (10, 9)], [3], [])


@given(st.lists(st.integers(0, 30), max_size=6), st.lists(st.integers(0, 30), max_size=6))
def test_the_sum_of_moves_is_the_smallest(old, new):
    pairs, gone, come = matched(old, new, [lambda day: 0], int)
    assert sorted([was for was, _ in pairs] + gone) == sorted(old)
    assert sorted([now for _, now in pairs] + come) == sorted(new)
    assert len(pairs) == min(len(old), len(new))
    assert sum(abs(was - now) for was, now in pairs) == least(sorted(old), sorted(new))


def least(old, new):
    if len(old) > len(new):
        old, new = new, old
    if not old:
        return 0
    starts = range(len(new) - len(old) + 1)
    return min(abs(old[0] - new[at]) + least(old[1:], new[at + 1 :]) for at in starts)


# ---------------------------------------------------------------- by hand


def test_a_plan_does_not_differ_from_itself(plan):
    found = diff(plan, plan)
    assert found.same
    assert "no difference" in str(found).splitlines()[-1]
    renumbered = damage.unit(plan, "cdu@hall#3", id="cdu@hall#9")
    assert diff(plan, renumbered).same


def test_one_more_unit_and_one_later_are_one_of_each(plan):
    """The second CDU stays, the third moves by two days, a fourth is new, ordered before all others."""
    third, first = plan.units[3], plan.units[1]
    units = (*plan.units[:3], moved_unit(third, 2), moved_unit(first, -7, id="cdu@hall#0"))
    found = diff(plan, plan.model_copy(update={"units": units, "purchases": 604_000.0}))
    assert [(one.kind, one.upgrade, one.place, one.old, one.new, one.cost) for one in found.purchases] == [
        ("more", "cdu", "hall", 3, 4, 100_000.0)
    ]
    (lot,) = found.lots
    assert (lot.upgrade, lot.count, lot.order.days, lot.install.days, lot.counted.days) == ("cdu", 1, 2, 2, 2)
    assert [(one.name, one.change) for one in found.amounts] == [("purchases", 100_000.0)]
    assert not found.sus
    text = str(found)
    assert "504,000 USD -> 604,000 USD (+100,000 USD)" in text
    assert "2027-01-29 (+2 d)" in text
    assert text.splitlines()[-1] == "1 purchase changed; 1 unit moved"


def test_a_hired_unit_that_stays_longer_is_told():
    """Three sets on hire, given back on day 400: one later, one stays to the end, one as planned."""

    def hired(number, released, stays=False):
        stay = Stay(duty="standby", released=released, returned=later(released, 2), stays=stays, rent=1.0, running=0.0)
        return records.unit(number, hire=stay)

    end = records.day(400)
    old = records.plan(units=tuple(hired(number, end) for number in (1, 2, 3)))
    new = records.plan(units=(hired(1, later(end, 9)), hired(2, records.day(900), stays=True), hired(3, end)))
    found = diff(old, new)
    assert not found.same
    assert sorted((lot.count, str(lot.off_hire.old), str(lot.off_hire.new)) for lot in found.lots) == [
        (1, str(end), str(later(end, 9))), (1, str(end), "None")
    ]  # fmt: skip
    assert f"{later(end, 9)} (+9 d)" in str(found)
    assert f"stays (was: {end})" in str(found)
    assert diff(old, old).same
    assert "off hire" not in str(
        diff(records.plan(), records.plan(units=(records.unit(1), moved_unit(records.unit(2), 3))))
    )


def test_an_su_that_is_later_moves_its_dates_its_cash_and_its_floor(plan):
    second = plan.sus[1]
    made = second.reinforcement.model_copy(update={"start": later(second.reinforcement.start, 1)})
    dates = {"energise": later(second.energise, 3), "acceptance": later(second.acceptance, 5), "reinforcement": made}
    new = damage.su(plan, "alpha#2", **dates)
    new = damage.cash(new, 5, planned=later(plan.payments.milestones[5].planned, 5))
    new = damage.window(new, 0, planned=later(plan.payments.windows[0].planned, 2))
    found = diff(plan, new)
    (moved,) = found.sus
    assert (moved.sus, moved.energise.days, moved.acceptance.days) == (("alpha#2",), 3, 5)
    (lot,) = found.lots
    assert (lot.upgrade, lot.count, lot.order.days, lot.install.days) == ("plates", 2, 0, 1)
    (cash,) = found.milestones
    assert (cash.event, cash.moved, cash.receipts, cash.days, cash.last.days) == ("acceptance", 1, 2, 2.5, 5)
    assert [(window.scope, window.planned.days) for window in found.windows] == [("all", 2)]
    assert diff(new, plan).sus[0].energise.days == -3


def test_sus_that_change_places_are_the_same(plan):
    """SUs of one deployment are alike: exchanged names and halls are no difference, another hall is one."""
    one, two = plan.sus
    exchanged = plan.model_copy(
        update={"sus": (two.model_copy(update={"id": one.id}), one.model_copy(update={"id": two.id}))}
    )
    assert diff(plan, exchanged).same
    (moved,) = diff(plan, damage.su(plan, "alpha#2", hall="annex")).sus
    assert (moved.old_hall, moved.hall, moved.energise.days) == ("hall", "annex", 0)


def test_another_type_in_its_stead_is_retyped_and_what_differs_in_kind_is_not():
    old = records.plan()
    other = [records.unit(n, upgrade="big", spec="cat-c175-16-3000") for n in (1,)]
    found = diff(old, records.plan(units=tuple(other)))
    known = [(one.kind, one.upgrade, one.old, one.new, one.instead_of) for one in found.purchases]
    assert known == [("retyped", "big", 2, 1, "genset (cummins-dqkan-2500)")]
    cdu = records.unit(1, upgrade="cdu", spec="vertiv-xdu1350")
    kinds = [one.kind for one in diff(old, records.plan(units=(cdu,))).purchases]
    assert sorted(kinds) == ["added", "dropped"]
    sooner = diff(old, records.plan(units=(records.unit(1, expedite="air"), records.unit(2))))
    assert [(one.kind, one.expedite, one.old, one.new) for one in sooner.purchases] == [("retyped", "air", 1, 1)]


def test_without_a_schedule_everything_is_dropped(plan):
    found = diff(records.plan(), records.no_plan("infeasible", "too weak"))
    assert [(fact.name, fact.old, fact.new) for fact in found.facts[:2]] == [
        ("status", "feasible", "infeasible"), ("verified", "yes", "no")
    ]  # fmt: skip
    assert {one.kind for one in found.purchases} == {"dropped"}
    assert [(one.deployment, one.old, one.new) for one in found.deployments] == [("alpha", 2, 0)]
    assert "the new plan has no schedule: its status is infeasible" in found.warnings
    assert next(one for one in found.amounts if one.name == "objective").change is None
    assert "alpha: 2 -> 0" in str(found)


# ---------------------------------------------------------------- what cannot be compared


def test_other_sites_are_refused_and_other_inputs_are_told(plan):
    with pytest.raises(InputError) as caught:
        diff(plan, plan.model_copy(update={"site": "Elsewhere", "currency": "EUR"}), names=("a.json", "b.json"))
    assert str(caught.value).splitlines() == [
        "b.json: site: given Elsewhere; allowed a plan of Tiny, the site of a.json; try: compare two plans of one site",
        "b.json: currency: given EUR; allowed money in USD, as in a.json; try: plan both in one currency",
    ]
    found = diff(plan, plan.model_copy(update={"input_sha256": "x", "perspective": "vendor"}))
    assert "made from different texts" in found.warnings[0]
    assert "different perspectives (joint, vendor)" in found.warnings[1]
    assert not found.same


def test_absurd_plans_are_compared_within_a_moment():
    count = 8_000
    old = records.plan(units=tuple(records.unit(n, cost=1e308) for n in range(count)), purchases=-1e308)
    new = records.plan(
        units=tuple(records.unit(n, order=records.day(n), spec=f"s{n % 4000}") for n in range(2 * count)),
        purchases=1e308,
    )
    begun = time.process_time()
    found = diff(old, new)
    assert time.process_time() - begun < 5.0
    assert next(one for one in found.amounts if one.name == "purchases").change is None
    assert len(str(found).splitlines()) < 400
    assert "more rows: --json has them all" in str(found)


# ---------------------------------------------------------------- the command


def test_the_command_prints_text_or_the_record(plan, tmp_path, capsys):
    files = [tmp_path / "old.json", tmp_path / "new.json"]
    files[0].write_text(plan.model_dump_json(), encoding="utf-8")
    files[1].write_text(damage.su(plan, "alpha#1", hall="annex").model_dump_json(), encoding="utf-8")
    assert main(["diff", *map(str, files)]) == 0
    out = capsys.readouterr().out
    assert "annex (was hall)" in out
    assert max(map(len, out.splitlines())) <= 120
    assert main(["diff", str(files[0]), str(files[0]), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["schema_version"], data["same"]) == ("dcplan.diff/1", True)
    files[1].write_text("[]", encoding="utf-8")
    assert main(["diff", *map(str, files)]) == 2
    assert str(files[1]) in capsys.readouterr().err
