"""Explanations of sites without a plan: sets conflict and are minimal, cures cure, and unknown is told as unknown."""

from pathlib import Path

import pytest
from sites import TINY, loaded, seeded
from tiny import tiny

from dcplan import explain, load, plan
from dcplan.explaining.relax import changed, limits_of
from dcplan.explaining.trial import Trial, Trials, any_plan
from dcplan.formulate.build import formulate
from dcplan.solver.run import Limits
from dcplan.solver.search import Status, optimise

READY = Path(__file__).parent.parent / "examples" / "ready_site.yaml"
LIMITS = Limits(seconds=20, workers=1)


def lifted(model, keep):
    """The site with every limit lifted but some."""
    changes = {}
    for limit in limits_of(model):
        if limit.id not in keep:
            changes.update(limit.lifted)
    return changed(model.document, changes)


def sets(found):
    return [[limit.id for limit in conflict.limits] for conflict in found.conflicts]


def settings(cure):
    return dict(setting.split("=", 1) for change in cure.changes for setting in change.settings)


# ---------------------------------------------------------------- by hand


def test_three_causes_are_three_sets_and_one_cure(tmp_path):
    """Two SUs take 4 positions; a fourth generator of 500 kW is needed, one being promised; 24 March is the day."""
    tight = {"halls.hall.positions": 3, "limits.generator_power": "1900 kW", "deployments.alpha.deadline": "2027-03-20"}
    found = explain(tiny(tmp_path, tight), seconds=30)
    assert found.status == "infeasible"
    assert sorted(sets(found)) == [
        ["deployments.alpha.deadline"], ["halls.hall.positions"], ["limits.generator_power"]
    ]  # fmt: skip
    assert all(conflict.minimal == "yes" for conflict in found.conflicts)
    (cure,) = found.cures
    assert settings(cure) == {
        "halls.hall.positions": "4", "limits.generator_power": "2000 kW", "deployments.alpha.deadline": "2027-03-24",
    }  # fmt: skip
    assert all(change.least for change in cure.changes)
    assert cure.verified
    assert cure.share == pytest.approx(1 / 3 + 100 / 1900 + 4 / 360)
    assert cure.accepted.isoformat() == "2027-03-24"
    assert cure.gates == ("capacity: cdu@hall, genset@site",)
    assert found.complete
    assert not found.unknown


def test_either_of_two_limits_is_a_cure(tmp_path):
    """The second generator needs the budget and comes from one upgrade; two CDUs too few stand for both SUs."""
    found = explain(tiny(tmp_path, {"limits.budget": "0.3 MUSD"}), seconds=30)
    assert sets(found) == [["limits.budget"]]
    assert settings(found.cures[0]) == {"limits.budget": "0.504 MUSD"}
    both = explain(tiny(tmp_path, {"upgrades.genset.at_most": 0, "plant.gensets.count": 1}), seconds=30)
    assert sets(both) == [["upgrades.genset.at_most"]]
    assert settings(both.cures[0]) == {"upgrades.genset.at_most": "2"}


def test_a_limit_stands_on_its_line(tmp_path):
    model = tiny(tmp_path)
    lines = (tmp_path / "tiny.yaml").read_text(encoding="utf-8").splitlines()
    for limit in limits_of(model):
        file, _, line = limit.where.rpartition(":")
        assert file == model.file
        last = limit.id.rpartition(".")[2]
        assert last in lines[int(line) - 1] or last == "gallery_slots", limit.id


def test_no_limit_to_lift_helps_where_a_service_has_no_upgrade(tmp_path):
    found = explain(tiny(tmp_path, {"plant.ups.count": 1}), seconds=20)
    (conflict,) = found.conflicts
    assert conflict.limits == ()
    assert conflict.reasons[0].startswith("UPS power at hall: all that stands, comes or may be bought there gives 0 kW")
    assert found.cures == ()
    assert "there is no plan whatever limit of the file is lifted" in str(found)


def test_a_calendar_that_is_frozen_is_cured_by_no_freeze(tmp_path):
    frozen = load(READY, overrides={"calendar.freezes": [{"day": "2000-01-01", "to": "2100-01-01", "name": "x"}]})
    found = explain(frozen, seconds=30)
    assert sets(found) == [["calendar.freezes"]]
    assert settings(found.cures[0]) == {"calendar.freezes": "[]"}
    assert found.cures[0].verified


def test_what_time_does_not_allow_is_told_as_unknown(tmp_path):
    model = tiny(tmp_path, {"halls.hall.positions": 3})
    trials = Trials(model, LIMITS, until=0.0)
    assert trials.changed({"halls.hall.positions": "4"}) is Trial.UNKNOWN
    found = explain(model, seconds=0.001)
    assert found.status in ("infeasible", "no_plan")
    assert not found.complete
    if found.status == "infeasible":
        assert found.unknown
        assert "NOT KNOWN" in str(found)


def test_a_site_with_a_plan_has_nothing_to_cure(tmp_path):
    found = explain(tiny(tmp_path), seconds=20)
    assert (found.conflicts, found.cures) == ((), ())
    assert found.status in ("optimal", "feasible")


# ---------------------------------------------------------------- generated sites


SEEDS = (2, 16, 39, 88, 103, 109, 113)
"""Sites of `sites.seeded` without a plan: one limit, several, two sets, and none to blame."""


@pytest.mark.parametrize("seed", SEEDS)
def test_sets_conflict_and_are_minimal_and_cures_cure(seed):
    model = loaded(seeded(seed, TINY))
    found = explain(model, seconds=30, workers=1)
    assert found.status == "infeasible"
    assert found.conflicts
    for conflict in found.conflicts:
        names = {limit.id for limit in conflict.limits}
        assert conflict.minimal == "yes"
        assert optimise(formulate(lifted(model, names)), LIMITS).status is Status.INFEASIBLE
        for name in names:
            assert plan(lifted(model, names - {name}), seconds=0.5, workers=1).verified
    for cure in found.cures:
        assert cure.verified
        # a cure hits every set
        assert all({change.limit for change in cure.changes} & set(names) for names in sets(found))
    shares = [(len(cure.changes), cure.share is None, cure.share or 0) for cure in found.cures]
    assert shares == sorted(shares)
    if found.cures:
        assert plan(changed(model.document, settings(found.cures[0])), seconds=0.5, workers=1).verified
        _assert_least(model, found.cures[0])


def _assert_least(model, cure):
    """One step less of any limit of a cure does not do."""
    limits = {limit.id: limit for limit in limits_of(model)}
    for change in cure.changes:
        limit, values = limits[change.limit], dict(setting.split("=", 1) for setting in change.settings)
        steps = next(steps for steps in range(1, 4000) if limit.at(steps) == values)
        assert change.least
        less = settings(cure) | dict(limit.at(steps - 1)) if steps > 1 else {
            path: value for path, value in settings(cure).items() if path not in values
        }  # fmt: skip
        status, _ = any_plan(changed(model.document, less), LIMITS)
        assert status is Status.INFEASIBLE
