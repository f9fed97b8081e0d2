"""What has become of a plan by a day: stated dates are taken, absent ones are the plan's, slips move what they must."""

from __future__ import annotations

from datetime import date

import pytest
from tiny import planned_by_hand, tiny

from dcplan import InputError, progressed
from dcplan.past import past_of


def day(text):
    return date.fromisoformat(f"2027-{text}")


@pytest.fixture
def after(tmp_path):
    """The past that some lines of a progress file make of the plan made by hand."""
    model = tiny(tmp_path)
    old = planned_by_hand(model)

    def read(as_of, *lines):
        path = tmp_path / "progress.yaml"
        path.write_text("\n".join(["dcplan_progress: 1", f"as_of: 2027-{as_of}", *lines]), encoding="utf-8")
        return past_of(progressed(model, old, path))

    return read


def test_without_a_word_everything_is_as_planned(after, tmp_path):
    old = planned_by_hand(tiny(tmp_path))
    for as_of in ("01-20", "02-23", "03-02", "03-20"):
        past = after(as_of)
        assert set(past.units) == {unit for unit in old.units if unit.order < day(as_of)}
        for one in past.sus:
            assert one.su == next(su for su in old.sus if su.id == one.su.id)
        assert past.promises == {"alpha#1": day("03-10"), "alpha#2": day("03-24")}


def test_stages_of_an_su(after):
    stages = {
        as_of: {one.su.id: one.stage for one in after(as_of).sus} for as_of in ("02-12", "02-13", "03-02", "03-04")
    }
    assert stages == {"02-12": {}, "02-13": {"alpha#1": "floor"}, "03-02": {"alpha#1": "set", "alpha#2": "floor"},
                      "03-04": {"alpha#1": "filled", "alpha#2": "set"}}  # fmt: skip
    assert {one.su.id: one.stage for one in after("03-05").sus}["alpha#1"] == "energised"
    waits = after("03-05", "sus: {alpha#1: {energised: false}}")
    assert {one.su.id: one.stage for one in waits.sus}["alpha#1"] == "filled"


def test_a_slipped_delivery_is_installed_when_its_crew_has_room(after):
    """The third CDU keeps 24 to 26 February for two mechanics of four; the other two are then free from the 24th."""
    units = after("02-10", "units: {cdu@hall#1: {slipped: 2027-02-24}, cdu@hall#2: {slipped: 2027-02-24}}").unit_of
    assert (units["cdu@hall#3"].install_start, units["cdu@hall#1"].install_start) == (day("02-24"), day("02-24"))
    second = units["cdu@hall#2"]
    assert (second.delivery, second.install_start, second.install_end) == (day("02-24"), day("02-26"), day("03-02"))
    assert (second.commissioned, second.counted) == (day("03-03"), day("03-06"))


def test_what_was_not_ordered_is_not_committed(after):
    assert "cdu@hall#3" not in after("02-10", "units: {cdu@hall#3: {ordered: false}}").unit_of
    moved = after("01-28", "units: {cdu@hall#3: {ordered: 2027-01-26}}").unit_of["cdu@hall#3"]
    assert (moved.order, moved.delivery, moved.install_start) == (day("01-26"), day("02-23"), day("02-24"))
    late = after("01-30", "units: {cdu@hall#3: {ordered: 2027-01-29}}").unit_of["cdu@hall#3"]
    assert (late.order, late.delivery, late.install_start) == (day("01-29"), day("02-26"), day("02-26"))


def test_done_and_delivered_are_facts(after):
    units = after("02-26", "units: {cdu@hall#1: {done: 2027-02-26}, cdu@hall#2: {delivered: 2027-02-23}}").unit_of
    first, second = units["cdu@hall#1"], units["cdu@hall#2"]
    assert (first.install_start, first.install_end, first.commissioned) == (day("02-22"), day("02-24"), day("02-26"))
    assert first.counted == day("03-03")
    assert (second.delivery, second.install_start, second.commissioned) == (day("02-23"), day("02-23"), day("02-26"))
    waits = after("02-26", "units: {cdu@hall#1: {delivered: 2027-02-22, slipped: 2027-03-08}}").unit_of["cdu@hall#1"]
    assert (waits.install_end, waits.commissioned, waits.counted) == (day("02-24"), day("03-08"), day("03-11"))


def test_an_su_that_counted_on_late_plant_asks_for_a_word(after):
    late = "units: {cdu@hall#1: {delivered: 2027-02-22, slipped: 2027-03-08}}"
    with pytest.raises(InputError, match=r"sus.alpha#1.energised: given nothing; allowed a day, or false: the plan"):
        after("03-05", late)
    past = after("03-05", late, "sus: {alpha#1: {energised: false}}")
    # its leak test had its loop's first unit in time all the same: the second one
    assert past.su_of["alpha#1"].stage in ("set", "filled")
    live = after("03-08", late, "sus: {alpha#1: {energised: 2027-03-05, done: 2027-03-08}}").su_of["alpha#1"]
    assert (live.stage, live.su.energise, live.su.burn_in_end, live.su.acceptance) == (
        "energised", day("03-05"), day("03-08"), day("03-08")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "said", "words"),
    [
        (
            "03-10",
            "done: 2027-03-06",
            "done: given 2027-03-06; allowed accepted after its burn-in, and by the as-of date",
        ),
        (
            "03-10",
            "energised: 2027-03-08, done: 2027-03-10",
            "done: given 2027-03-10; allowed accepted after its burn-in",
        ),
        ("03-06", "slipped: 2027-03-06", "slipped: given 2027-03-06; allowed a day from 2027-03-07 on: until then its"),
    ],
)
def test_no_su_is_accepted_before_its_burn_in_can_have_ended(after, as_of, said, words):
    """Alpha#1 is energised on 4 March; three days of burn-in, and acceptance as planned on 10 March."""
    with pytest.raises(InputError, match=f"sus.alpha#1.{words}"):
        after(as_of, f"sus: {{alpha#1: {{{said}}}}}")
    (live, *_) = after("03-10", "sus: {alpha#1: {done: 2027-03-08}}").sus
    assert live.su.acceptance == day("03-08")


def test_work_for_more_people_than_there_are_is_told(after):
    """Both gangs of mechanics would be on four CDUs' work at once: two came late and are being installed."""
    lines = (
        "units: {cdu@hall#1: {delivered: 2027-02-24}, cdu@hall#2: {delivered: 2027-02-24}, "
        "cdu@hall#3: {delivered: 2027-02-24}}"
    )
    with pytest.raises(InputError, match=r"given work on 2027-02-25 for 6 of crew mechanical; allowed work for the 4"):
        after("02-25", lines)


def test_an_install_waits_for_what_it_requires(tmp_path):
    """A generator waits for a first CDU, commissioned on Saturday 13 March: it is installed from Monday on."""
    model = tiny(tmp_path, {"upgrades.genset.requires": ["cdu"]})
    path = tmp_path / "progress.yaml"
    slips = ", ".join(f"cdu@hall#{n}: {{slipped: 2027-03-10}}" for n in (1, 2, 3))
    path.write_text(f"dcplan_progress: 1\nas_of: 2027-02-10\nunits: {{{slips}}}\n", encoding="utf-8")
    units = past_of(progressed(model, planned_by_hand(model), path)).unit_of
    assert (units["cdu@hall#1"].commissioned, units["genset@site#1"].install_start) == (day("03-13"), day("03-15"))
    assert units["genset@site#1"].delivery == day("03-08")
    # without any CDU on order it could never start
    none = ", ".join(f"cdu@hall#{n}: {{ordered: false}}" for n in (1, 2, 3))
    path.write_text(f"dcplan_progress: 1\nas_of: 2027-02-10\nunits: {{{none}}}\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"units.genset@site#1.slipped: given genset@site#1; allowed a unit whose install"
    ):
        progressed(model, planned_by_hand(model), path)
