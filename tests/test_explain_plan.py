"""A plan explained as a whole: record, text, command, and that what is said is told as it is known."""

from __future__ import annotations

import json

import pytest
from tiny import planned_by_hand, tiny

from dcplan import InputError, explain_plan, plan, progressed
from dcplan.cli import main
from dcplan.rationale import Choice, Rationale, Relaxation
from dcplan.report.rationale_text import rationale_text


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    model = tiny(tmp_path_factory.mktemp("site"))
    answer = plan(model, seconds=10, workers=1)
    return answer, explain_plan(model, answer, seconds=40, workers=1)


def test_every_part_is_there(explained):
    answer, found = explained
    assert (found.status, found.value, found.bound) == (answer.status, answer.objective.value, answer.objective.bound)
    assert {name for gate in found.gates for name in gate.sus} == {"alpha#1", "alpha#2"}
    assert sum(lot.cost for lot in found.lots) == answer.purchases
    assert [choice.status for choice in found.choices] == ["infeasible"] * 3
    assert found.free
    assert found.spares
    assert found.assumptions == {"declared": 0, "tried": 0}
    assert Rationale.model_validate_json(found.model_dump_json(), strict=True) == found


def test_the_text_says_it(explained):
    _, found = explained
    text = str(found)
    for words in (
        "WHAT GATES EACH GO-LIVE", "there is no plan without it: proven", "ORDER BY (float",
        "LEFT OVER ONCE EVERYTHING RUNS",
        "ordered 53 days before permit air is there (2027-03-05); what cancelling it would cost: not stated",
        "0 more of alpha in hall; one more would lack", "LIMITS THAT COST NOTHING: PROVEN",
    ):  # fmt: skip
        assert words in " ".join(text.split()), words
    assert max(map(len, text.splitlines())) <= 120


def choice(**changes):
    values = {"what": "2 x at hall", "settings": (), "status": "feasible", "least": 5.0, "most": 9.0,
              "rise_least": 2.5, "rise_most": 4.5,
              "instead": ("1 more y",), "accepted": "2027-03-01"}  # fmt: skip
    return Choice.model_validate({**values, **changes})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "the best plan without it costs between 5 USD and 9 USD more"),
        ({}, "a plan without it is cheaper once its price rises by between 2.50 USD and 4.50 USD a unit"),
        ({"least": -3.0}, "between 0 USD and 9 USD more"),
        ({"least": 9.0}, "the best plan without it costs 9 USD more"),
        ({"most": -4.0}, "a plan without it costs 4 USD less: this plan is not the best"),
        ({"most": None}, "no plan without it was found in time; one would cost at least 5 USD more"),
        ({"most": None, "least": None}, "one would cost an unknown amount more"),
        ({"most": None, "status": "infeasible"}, "there is no plan without it: proven"),
    ],
)
def test_what_is_not_proven_is_not_said(explained, changes, words):
    _, found = explained
    assert words in rationale_text(found.model_copy(update={"choices": (choice(**changes),)}))


def test_a_saving_that_may_be_had_without_is_said(explained):
    _, found = explained
    values = {"limit": "x", "words": "size of x: 2", "where": "f:3", "told": "4 (+2)", "settings": ("x=4",),
              "least": False, "proven": False, "saves": 5.0, "saves_at_most": 9.0, "lifted_saves": 6.0}  # fmt: skip
    one = Relaxation.model_validate(values)
    text = " ".join(rationale_text(found.model_copy(update={"relaxations": (one,)})).split())
    assert (
        "size of x: 2 (f:3) -> 4 (+2); less may do saves at least 5 USD, at most 9 USD; lifted altogether, at least"
        in text
    )
    assert "part of it may be had without, as this plan is not proven the best" in text
    sure = one.model_copy(update={"proven": True, "saves_at_most": 510.0})
    text = rationale_text(found.model_copy(update={"relaxations": (sure,)}))
    assert "part of it" not in text
    assert "510 USD" not in text


def test_a_plan_made_again_is_not_explained(tmp_path):
    model = tiny(tmp_path)
    path = tmp_path / "progress.yaml"
    path.write_text("dcplan_progress: 1\nas_of: 2027-02-01\n")
    again = progressed(model, planned_by_hand(model), path)
    with pytest.raises(InputError, match="allowed a plan of a site without a past"):
        explain_plan(again, planned_by_hand(model))


def test_the_command(tmp_path, capsys):
    model = tiny(tmp_path)
    file = tmp_path / "plan.json"
    file.write_text(planned_by_hand(model).model_dump_json(), encoding="utf-8")
    arguments = ["explain", str(tmp_path / "tiny.yaml"), str(file), "--seconds", "2", "--workers", "1"]
    assert main([*arguments, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["schema_version"], data["site"]) == ("dcplan.rationale/1", "Tiny")
    assert data["unknown"]
    assert main([*arguments, "--set", "halls.hall.positions=3"]) == 2
    assert f"{file}: given" in capsys.readouterr().err
