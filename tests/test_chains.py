"""What gates SUs and by when lots must be ordered, in a plan made by hand."""

from __future__ import annotations

from datetime import timedelta

import damage
import pytest
from tiny import planned_by_hand, tiny

from dcplan import InputError
from dcplan.explaining.chains import gates, lots
from dcplan.explaining.given import Given


@pytest.fixture
def plan(tmp_path):
    return planned_by_hand(tiny(tmp_path))


@pytest.fixture
def given(tmp_path, plan):
    return Given.of(tiny(tmp_path), plan, "plan.json")


def test_a_given_plan_is_its_own_schedule(given):
    assert [(install.start, install.counted) for install in given.installs] == [(63, 71), (49, 57), (49, 57), (51, 59)]
    assert [(run.reinforce, run.set_start, run.energised, run.accepted) for run in given.runs] == [
        (53, 56, 59, 65), (56, 58, 71, 79)
    ]  # fmt: skip
    assert given.carried(given.installs, 0)
    assert not given.carried(given.installs[1:], 0)
    # 2 MUSD less 4 units, 4 positions and nothing else; the least more are plates for an SU
    ((left, need),) = given.room("budget@site")
    step = next(row.step for row in given.problem.rows if row.id == "budget@site")
    assert (round(left * step), round(need * step)) == (1_496_000, 2_000)
    assert list(given.room("nothing@site")) == []


def test_a_plan_that_breaks_a_rule_is_not_explained(tmp_path, plan):
    with pytest.raises(InputError, match=r"plan.json: given \d+ violations; allowed a plan that keeps the rules"):
        Given.of(tiny(tmp_path), damage.without(plan, "genset@site#1"), "plan.json")


def test_gates_are_chains_of_dates(given):
    first, second = gates(given)
    assert (first.sus, first.gated_by, first.delay_days) == (("alpha#1",), "delivery", 0)
    assert [(str(step.on)[5:], step.what) for step in first.steps] == [
        ("03-01", "racks delivered"), ("03-01", "set and connect"), ("03-03", "fill and leak test"),
        ("03-04", "energise, burn-in"), ("03-07", "burn-in done, acceptance test"), ("03-10", "accepted"),
    ]  # fmt: skip
    assert (second.gated_by, second.delay_days) == ("capacity: genset@site", 14)
    assert [(str(step.on)[5:], step.what) for step in second.steps][:5] == [
        ("01-11", "order 1 genset at site"), ("03-08", "1 genset at site delivered, install"),
        ("03-10", "1 genset at site: start-up and functional test"),
        ("03-11", "1 genset at site commissioned, integrated test"), ("03-16", "1 genset at site counts"),
    ]  # fmt: skip


def test_lots_have_their_float_and_their_permit(given):
    """Two CDUs are needed on 4 March and count on the 2nd: two days. The third could wait for the 16th."""
    found = {(lot.upgrade, str(lot.order_by)[5:]): lot for lot in lots(given)}
    assert set(found) == {
        ("genset", "01-11"),
        ("cdu", "01-25"),
        ("cdu", "01-27"),
        ("plates", "02-12"),
        ("plates", "02-15"),
    }
    assert {key: lot.float_days for key, lot in found.items()} == {
        ("genset", "01-11"): 0, ("cdu", "01-25"): 2, ("cdu", "01-27"): 12,
        ("plates", "02-12"): 0, ("plates", "02-15"): 1,
    }  # fmt: skip
    genset = found["genset", "01-11"]
    assert (genset.permit, str(genset.permit_on), genset.cancelling) == ("air", "2027-03-05", None)
    assert [lot.permit for key, lot in found.items() if key[0] != "genset"] == [None] * 4
    assert sum(lot.cost for lot in found.values()) == 504_000


def test_a_spare_unit_has_nothing_that_waits(tmp_path, plan):
    """A fourth CDU that the plan does not need."""
    spare = plan.units[3].model_copy(update={"id": "cdu@hall#4", "members": (3, 4)})
    later = {name: getattr(spare, name) + timedelta(days=28) for name in (
        "order", "delivery", "install_start", "install_end", "commissioned", "counted"
    )}  # fmt: skip
    whole = plan.model_copy(update={"units": (*plan.units, spare.model_copy(update=later))})
    model = tiny(tmp_path)
    right = Given.of(model, plan, "x")
    given = Given(right.model, whole, right.problem, right.capacity)
    assert [lot.float_days for lot in lots(given) if lot.install == later["install_start"]] == [None]
