"""Progress files: read strictly, each mistake told at its line, and the site that they make planned again."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tiny import planned_by_hand, tiny

from dcplan import InputError, diff, plan, progressed, verify
from dcplan.answer import Stay
from dcplan.cli import main
from dcplan.past import past_of


@pytest.fixture
def model(tmp_path):
    return tiny(tmp_path)


@pytest.fixture
def old(model):
    return planned_by_hand(model)


def written(tmp_path, *lines, as_of="2027-02-10"):
    path = tmp_path / "progress.yaml"
    path.write_text("\n".join(["dcplan_progress: 1", f"as_of: {as_of}", *lines]) + "\n", encoding="utf-8")
    return path


def test_what_was_ordered_is_committed_and_told(model, old, tmp_path):
    made = progressed(model, old, written(tmp_path))
    past = past_of(made)
    assert {unit.id for unit in past.units} == {"genset@site#1", "cdu@hall#1", "cdu@hall#2", "cdu@hall#3"}
    assert past.sus == ()
    assert made.warnings[-1].startswith(
        "planned again as of 2027-02-10: 4 units are ordered, 0 SUs are begun (0 are energised); 500,000 USD"
    )
    assert made.text_sha256 != model.text_sha256
    assert past_of(model) is None


def test_deliveries_that_slip_are_those_of_the_site(model, old, tmp_path):
    made = progressed(model, old, written(tmp_path, "sus: {alpha#2: {slipped: 2027-03-05}}"))
    days = [(one.day, one.count) for one in made.site.deployments["alpha"].deliveries]
    assert days == [(date(2027, 3, 1), 1), (date(2027, 3, 5), 1)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "units: {genset@site#7: {}}",
            "3:9: units.genset@site#7: given genset@site#7; allowed a name of the plan's units",
        ),
        ("units: {cdu@hall#1: {slipped: soon}}", "3:31: units.cdu@hall#1.slipped: given soon; allowed a date written"),
        (
            "units: {cdu@hall#1: {done: 2027-02-11}}",
            "3:28: units.cdu@hall#1.done: given 2027-02-11; allowed commissioned",
        ),
        (
            "units: {cdu@hall#1: {delivered: 2027-03-11}}",
            "delivered by the as-of date: a day from 2027-01-25 to 2027-02-10",
        ),
        ("units: {cdu@hall#1: {slipped: 2027-02-09}}", "allowed a day from 2027-02-10 on"),
        ("units: {cdu@hall#1: {ordered: 2027-02-10}}", "ordered before the as-of date: a day from 2027-01-04"),
        (
            "units: {cdu@hall#1: {ordered: false, slipped: 2027-03-01}}",
            "given false; allowed a day: the file says more",
        ),
        ("units: {cdu@hall#1: {late: 3}}", "given an unknown key; allowed delivered, done, ordered, slipped"),
        ("units: {cdu@hall#1: {done: 2027-02-09, slipped: 2027-03-09}}", "allowed nothing: it is done on 2027-02-09"),
        ("sus: {alpha#3: {}}", "allowed a name of the plan's sus: alpha#1, alpha#2"),
        ("sus: {alpha#1: {done: 2027-02-09}}", "allowed nothing: it is not energised; try: state `energised` as well"),
        (
            "sus: {alpha#1: {slipped: 2027-02-09}}",
            "sus.alpha#1.slipped: given 2027-02-09; allowed a day from 2027-02-10 on",
        ),
        ("sus: {alpha#1: {delivered: 2027-02-09, slipped: 2027-02-19}}", "when it is energised is decided anew"),
        ("promised: 5 EUR/day", "promised: given 5 EUR/day; allowed an amount in USD"),
        ("promised: 1e9 USD/day", "allowed 0 to 10,000,000 USD/day"),
        ("promised: 5", "3:11: promised: given 5"),
        ("as_off: 2027-02-10", "did you mean as_of?"),
        ("- 5", "given"),
    ],
)
def test_a_mistake_is_told_at_its_line(model, old, tmp_path, line, words):
    with pytest.raises(InputError) as caught:
        progressed(model, old, written(tmp_path, line))
    assert "progress.yaml:" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize("as_of", ["2027-01-04", "2028-01-01", "2026-01-01"])
def test_the_as_of_date_is_within_the_plan(model, old, tmp_path, as_of):
    with pytest.raises(InputError, match="allowed a day after 2027-01-04, the plan's first, up to 2027-12-30"):
        progressed(model, old, written(tmp_path, as_of=as_of))


def test_a_plan_of_another_site_is_refused(model, old, tmp_path):
    path = written(tmp_path)
    for change, words in (
        ({"site": "Elsewhere"}, "old.json: site: given Elsewhere; allowed a plan of Tiny"),
        ({"sus": ()}, "allowed a plan with a schedule"),
        ({"sus": old.sus[:1]}, "sus: given 1 SUs; allowed the 2 SUs of the site file, each once"),
        ({"units": (old.units[0], old.units[0])}, "units: given a name twice; allowed each name once"),
        ({"units": (old.units[0].model_copy(update={"place": "x"}),)}, "an upgrade that the site file offers"),
        ({"setpoints": {"water": "20 degC"}}, "one of the choices of the site file"),
    ):
        with pytest.raises(InputError) as caught:
            progressed(model, old.model_copy(update=change), path, name="old.json")
        assert words in str(caught.value)
    unit = old.units[0]
    for change, words in (
        ({"spec": "cdu-200"}, "genset@site#1: given cdu-200; allowed genset-500, which upgrade genset buys"),
        ({"id": "x#1"}, "x#1: given x#1; allowed a name such as genset@site#1"),
        ({"crew": "nobody"}, "genset@site#1: given nobody; allowed a crew of the site: electrical, integration"),
        ({"cost": 1e300}, "genset@site#1: given 1e+300; allowed a price from 0 to 1e+15"),
        ({"counted": date(9999, 1, 1)}, "given dates from 2027-01-11 to 9999-01-01; allowed one step after the other"),
        ({"order": date(2027, 3, 9)}, "allowed one step after the other, from 2017-01-03 to 2029-02-02"),
    ):
        with pytest.raises(InputError) as caught:
            progressed(model, old.model_copy(update={"units": (unit.model_copy(update=change),)}), path)
        assert words in str(caught.value)
    made = old.sus[0].reinforcement
    for change in ({"positions": 3}, {"spec": "x"}, {"upgrade": "cdu"}):
        su = old.sus[0].model_copy(update={"reinforcement": made.model_copy(update=change)})
        with pytest.raises(InputError, match="its positions reinforced as the site file needs it"):
            progressed(model, old.model_copy(update={"sus": (su, old.sus[1])}), path)
    away = old.sus[0].model_copy(update={"hall": "annex"})
    with pytest.raises(InputError, match=r"alpha#1: given annex; allowed a hall that may take it"):
        progressed(model, old.model_copy(update={"sus": (away, old.sus[1])}), path)


def test_the_command_plans_again_and_verifies(model, old, tmp_path, capsys):
    files = {"site": tmp_path / "tiny.yaml", "old": tmp_path / "old.json", "new": tmp_path / "new.json"}
    files["old"].write_text(old.model_dump_json(), encoding="utf-8")
    path = written(tmp_path, "units: {genset@site#1: {slipped: 2027-03-15}}")
    past = ["--progress", str(path), "--from", str(files["old"])]
    assert main(["plan", str(files["site"]), *past, "--seconds", "10", "--workers", "1", "--json"]) == 0
    files["new"].write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["verify", str(files["site"]), str(files["new"]), *past]) == 0
    capsys.readouterr()
    # without its past it is a plan of another input
    assert main(["verify", str(files["site"]), str(files["new"])]) == 6
    capsys.readouterr()
    assert main(["diff", str(files["old"]), str(files["new"]), "--json"]) == 0
    lots = json.loads(capsys.readouterr().out)["lots"]
    assert [(lot["upgrade"], lot["install"]["days"]) for lot in lots if lot["upgrade"] == "genset"] == [("genset", 7)]
    assert main(["plan", str(files["site"]), "--progress", str(path)]) == 1
    assert "given one of --progress and --from" in capsys.readouterr().err


def test_a_plan_that_is_planned_again_can_be_planned_again(model, tmp_path):
    old = plan(model, seconds=10, workers=1)
    first = progressed(model, old, written(tmp_path, "units: {genset@site#1: {slipped: 2027-03-15}}"))
    second = plan(first, seconds=10, workers=1)
    third = progressed(model, second, written(tmp_path, as_of="2027-03-02"))
    again = plan(third, seconds=10, workers=1)
    assert verify(again, third).ok
    assert diff(second, again).same


def test_a_plan_with_hired_units_on_order_is_not_planned_again(model, old, tmp_path):
    stay = Stay(released=date(2027, 9, 1), returned=date(2027, 9, 1), stays=False, rent=0.0, running=0.0)
    first = old.units[0].model_copy(update={"hire": stay})
    hired = old.model_copy(update={"units": (first, *old.units[1:])})
    with pytest.raises(InputError, match="a plan of which no hired unit is ordered before 2027-02-10"):
        progressed(model, hired, written(tmp_path))
