"""Plans made again: nothing changes where nothing happened, slips cost what they must, the past stays, all verified."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sites import TINY, day, loaded, seeded
from test_constraints import bought, site
from tiny import tiny

from dcplan import InputError, diff, plan, progressed, verify
from dcplan.resuming import AS_OF
from dcplan.solver.search import Result, Status


def again(model, old, tmp_path, as_of, *lines, seconds=10):
    path = tmp_path / "progress.yaml"
    path.write_text("\n".join(["dcplan_progress: 1", f"as_of: {as_of}", *lines]), encoding="utf-8")
    made = progressed(model, old, path)
    return made, plan(made, seconds=seconds, workers=1)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    model = tiny(tmp_path_factory.mktemp("site"), {"limits.generator_power": "3 MW"})
    return model, plan(model, seconds=20, workers=1)


@pytest.mark.parametrize("as_of", ["2027-01-11", "2027-01-30", "2027-02-20", "2027-03-03", "2027-03-12", "2027-03-16",
                                   "2027-03-20", "2027-04-10"])  # fmt: skip
def test_where_all_goes_as_planned_the_plan_stays(planned, tmp_path, as_of):
    model, old = planned
    made, new = again(model, old, tmp_path, as_of)
    assert (new.status, new.verified) == ("optimal", True)
    found = diff(old, new)
    assert found.same, str(found)
    assert verify(new, made).ok


def test_a_slip_moves_what_hangs_on_it(planned, tmp_path):
    """The generator comes 14 days late; the second SU waits for it. The price was due when it was ordered."""
    model, old = planned
    made, new = again(model, old, tmp_path, "2027-02-20", "units: {genset@site#1: {slipped: 2027-03-22}}")
    assert (new.status, new.verified, verify(new, made).ok) == ("optimal", True, True)
    genset = next(unit for unit in new.units if unit.upgrade == "genset")
    assert (str(genset.order), str(genset.delivery), str(genset.install_start)) == (
        "2027-01-11", "2027-03-22", "2027-03-23"
    )  # fmt: skip
    assert new.sus[1].energise == genset.counted
    assert new.sus[1].gated_by.startswith("capacity: ")
    assert new.objective.delay > old.objective.delay
    assert new.payments is not None


@pytest.mark.parametrize("as_of", [40, 49])
def test_redundancy_due_later_is_not_forgotten(tmp_path, as_of):
    """200 kW on sets of 150 kW: two carry the SU from day 11 on, the spare one is due on day 50.."""
    due = {"scheme": "N+1", "until": [{"scheme": "N", "day": day(50)}]}
    model = loaded(site(bought(), {"redundancy": {"generator": due}, "financing_rate": "10 %/year"}))
    old = plan(model, seconds=10, workers=1)
    assert sorted(str(unit.counted) for unit in old.units) == [day(11), day(11), day(50)]
    made, new = again(model, old, tmp_path, day(as_of))
    assert (new.status, new.verified, diff(old, new).same) == ("optimal", True, True)
    # cancelled, it cannot be had a day later
    assert verify(new.model_copy(update={"units": new.units[:2]}), made).ok is False


def test_a_unit_that_is_not_needed_comes_all_the_same(planned, tmp_path):
    """Without the second SU's generator nothing works; with a second one ordered, both are in the plan and paid for."""
    model, old = planned
    spare = next(unit for unit in old.units if unit.upgrade == "genset").model_copy(update={"id": "genset@site#2"})
    bought = old.model_copy(update={"units": (*old.units, spare)})
    later = {"delivery": spare.delivery + timedelta(days=3)}
    path_lines = f"units: {{genset@site#2: {{slipped: {later['delivery']}}}}}"
    made, new = again(model, bought, tmp_path, "2027-02-20", path_lines)
    assert (new.status, new.verified, verify(new, made).ok) == ("optimal", True, True)
    assert sum(unit.upgrade == "genset" for unit in new.units) == 2
    assert new.purchases == pytest.approx(old.purchases + 200_000)
    assert new.objective.spend > old.objective.spend + 199_000


def test_an_su_that_could_have_been_energised_waits_for_the_as_of_date(planned, tmp_path):
    model, old = planned
    first = old.sus[0]
    made, new = again(model, old, tmp_path, "2027-03-10", f"sus: {{{first.id}: {{energised: false}}}}")
    (su,) = [su for su in new.sus if su.id == first.id]
    assert (new.verified, str(su.energise), su.gated_by) == (True, "2027-03-10", AS_OF)
    assert (su.set_start, su.fill_end) == (first.set_start, first.fill_end)
    assert verify(new, made).ok


def test_a_promise_is_counted_per_day(planned, tmp_path):
    model, old = planned
    slip = "units: {genset@site#1: {slipped: 2027-03-22}}"
    _, free = again(model, old, tmp_path, "2027-02-20", slip)
    made, new = again(model, old, tmp_path, "2027-02-20", slip, "promised: 300 USD/day")
    assert verify(new, made).ok
    days = sum((su.acceptance - next(one for one in old.sus if one.id == su.id).acceptance).days for su in new.sus)
    assert days > 0
    assert new.objective.value == pytest.approx(free.objective.value + 300 * days, abs=1)
    assert new.objective.exact == pytest.approx(free.objective.exact + 300 * days)
    with pytest.raises(InputError, match="promised: given 9,000,000; allowed at most"):
        again(model, old, tmp_path, "2027-02-20", "promised: 9e6 USD/day")


def test_without_a_way_out_it_is_infeasible(planned, tmp_path):
    model, old = planned
    _, new = again(model, old, tmp_path, "2027-02-20", "units: {genset@site#1: {slipped: 2027-12-20}}")
    # another generator can be bought, ordered on the as-of date
    assert new.verified
    assert sum(unit.upgrade == "genset" for unit in new.units) == 2
    stuck = tiny(tmp_path, {"upgrades.genset.at_most": 1})
    bought = plan(stuck, seconds=10, workers=1)
    made, none = again(stuck, bought, tmp_path, "2027-02-20", "units: {genset@site#1: {slipped: 2027-12-20}}")
    assert (none.status, none.units, none.verified) == ("infeasible", (), False)
    assert verify(bought, made).violations


def test_nothing_moves_for_nothing(planned, tmp_path, monkeypatch):
    """Even where the search finds nothing in its time, the plan goes on as it was meant, behind what slipped."""
    model, old = planned

    def idle(problem, limits, progress):
        return Result(Status.NO_PLAN, None, None, 0, 0.0)

    monkeypatch.setattr("dcplan.resuming.optimise", idle)
    _, same = again(model, old, tmp_path, "2027-01-20")
    assert (same.status, same.verified, diff(old, same).sus, diff(old, same).lots) == ("feasible", True, (), ())
    made, late = again(model, old, tmp_path, "2027-02-20", "units: {genset@site#1: {slipped: 2027-03-22}}")
    assert (late.status, late.verified, verify(late, made).ok) == ("feasible", True, True)
    assert [moved.sus for moved in diff(old, late).sus] == [("alpha#2",)]


def told(rng, old, as_of):
    """Something said at random of some units and SUs that have begun."""
    units, sus = {}, {}
    for unit in (unit for unit in old.units if unit.order < as_of and rng.random() < 0.4):
        if unit.counted > as_of:
            units[unit.id] = f"{{slipped: {max(as_of, unit.delivery) + timedelta(days=rng.randrange(20))}}}"
        elif unit.commissioned < as_of:
            units[unit.id] = f"{{done: {unit.commissioned + timedelta(days=rng.randrange(2))}}}"
    for su in (su for su in old.sus if su.energise < as_of and rng.random() < 0.4):
        sus[su.id] = "{energised: false}" if rng.random() < 0.6 else f"{{energised: {su.energise}}}"
    lines = [f"promised: {rng.choice((0, 3))} USD/day"]
    for name, said in (("units", units), ("sus", sus)):
        lines += [f"{name}:", *(f"  '{one}': {words}" for one, words in said.items())] if said else []
    return lines


@pytest.mark.parametrize("seed", [5, 23, 31, 44, 58, 83, 97])
def test_generated_sites_planned_again_are_verified(tmp_path, seed):
    model = loaded(seeded(seed, TINY))
    old = plan(model, seconds=2, workers=1)
    if not old.sus:
        return
    rng = random.Random(seed)
    days = sorted(
        {su.energise for su in old.sus} | {su.set_start for su in old.sus} | {unit.order for unit in old.units}
    )
    as_of = rng.choice(days) + timedelta(days=rng.choice((1, 3)))
    made, new = again(model, old, tmp_path, as_of, seconds=2)
    assert new.verified
    assert new.objective.value <= old.objective.value + 0.02 or new.status != "optimal"
    try:
        made, new = again(model, old, tmp_path, as_of, *told(rng, old, as_of), seconds=2)
    except InputError:
        return
    assert new.verified == bool(new.sus)
    if new.sus:
        assert verify(new, made).ok
