"""What is left of a problem with a past, by hand: arrivals, releases, loads, busy crews, and what an SU still needs."""

from __future__ import annotations

from functools import partial

import pytest
from tiny import planned_by_hand, tiny

from dcplan import progressed
from dcplan.formulate.build import formulate
from dcplan.past import past_of
from dcplan.procure import day_of
from dcplan.residual import residual


@pytest.fixture
def left(tmp_path):
    """The whole problem and what is left of it on a day, by a progress file."""
    model = tiny(tmp_path)
    old = planned_by_hand(model)

    def read(as_of, *lines):
        path = tmp_path / "progress.yaml"
        path.write_text("\n".join(["dcplan_progress: 1", f"as_of: 2027-{as_of}", *lines]), encoding="utf-8")
        made = progressed(model, old, path)
        whole = formulate(made)
        return whole, residual(whole, past_of(made), partial(day_of, made))

    return read


def plant(problem, name):
    return next(plant for plant in problem.plants if plant.id == name)


def row(problem, name):
    return next(row for row in problem.rows if row.id == name)


def test_committed_units_arrive_and_the_rest_is_released_now(left):
    """26 January is day 22: a generator and two CDUs are ordered. They count on 16 March (71) and 2 March (57)."""
    whole, parts = left("01-26")
    genset, cdu = plant(parts.problem, "genset@site"), plant(parts.problem, "cdu@hall")
    assert (genset.arrivals, genset.purchase.at_most, genset.purchase.order_release) == ((71,), 1, 22)
    assert genset.purchase.install.release == 22 + 56
    assert (cdu.arrivals, cdu.purchase.at_most) == ((57, 57), 2)
    # what they cost and where they stand is used up
    for name in ("budget@site", "gallery@hall", "generator_permit@site", "yard@site"):
        before, after = row(whole, name), row(parts.problem, name)
        used = {"budget@site": 400e3, "gallery@hall": 2, "generator_permit@site": 500e3, "yard@site": 25}[name]
        assert (after.demand - before.demand) * before.step == pytest.approx(used, rel=1e-6)
    # the hall's loop has its first unit on 25 February, day 52, at the latest
    assert (parts.problem.halls[0].loop_groups, parts.problem.halls[0].loop_from) == (
        (whole.halls[0].loop_groups[1],),
        52,
    )
    crews = [name for name, _ in whole.crews]
    busy = {(crews[crew], day): 0 for crew, day, _ in parts.problem.busy}
    for crew, day, members in parts.problem.busy:
        busy[crews[crew], day] += members
    # two CDUs on 22 and 23 February, the generator on 8 and 9 March
    assert busy == {("mechanical", 49): 4, ("mechanical", 50): 4, ("electrical", 63): 2, ("electrical", 64): 2}
    (su,) = parts.problem.classes
    assert (su.arrivals, su.connect.release, parts.left[0].names) == ((56, 56), 22, ("alpha#1", "alpha#2"))
    assert su.modes[0].reinforcement.task.release == 22 + 14


def test_an_su_whose_work_has_begun_has_the_rest_of_its_chain(left):
    """On 4 March, day 59, the first SU is filled, the second is set until the 5th."""
    _, parts = left("03-04")
    found = {names.names[0]: su for su, names in zip(parts.problem.classes, parts.left, strict=True)}
    first, second = found["alpha#1"], found["alpha#2"]
    assert (first.arrivals, first.connect.days, first.fill_days, first.liquid) == ((59,), 0, 0, False)
    assert (second.arrivals, second.connect.days, second.fill_days, second.liquid) == ((60,), 0, 1, True)
    assert all(mode.reinforcement is None for su in found.values() for mode in su.modes)
    # both are still measured against 4 March at a ready site
    assert (first.ready, second.ready) == ((59,), (59,))


def test_an_energised_su_is_a_load(left):
    whole, parts = left("03-05")
    assert [names.names for names in parts.left] == [("alpha#2",)]
    before, after = row(whole, "ups@hall"), row(parts.problem, "ups@hall")
    demand = dict(whole.classes[0].modes[0].demand)
    index = whole.rows.index(before)
    assert after.demand - before.demand == demand[index] > 0


def test_promises_are_delays_of_their_own(left):
    whole, parts = left("01-26", "promised: 100 USD/day")
    assert [names.names for names in parts.left] == [("alpha#1",), ("alpha#2",)]
    for su, names, due in zip(parts.problem.classes, parts.left, (65, 79), strict=True):
        plain = whole.classes[names.su]
        days = [su_day for su_day in range(60, 90)]
        for energised in days:
            late = max(0, whole.accepted(plain, energised) - due)
            more = parts.problem.delay_cost(su, energised) - whole.delay_cost(plain, energised)
            assert more * whole.money_step == pytest.approx(100 * late, abs=whole.money_step)
