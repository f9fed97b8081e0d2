"""Why a site has no plan: the one thing that was made to bind is the one that is named."""

from pathlib import Path

import pytest

from dcplan.loading import load
from dcplan.planner import plan

READY = Path(__file__).parent.parent / "examples" / "ready_site.yaml"


def reasons(overrides):
    found = plan(load(READY, overrides=overrides), seconds=10)
    assert found.status == "infeasible"
    return found.reasons


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (
            {"calendar.freezes": [{"day": "2000-01-01", "to": "2100-01-01", "name": "x"}]},
            "the calendar leaves no working day from 2027-01-04 to 2027-12-31",
        ),
        (
            {"deployments.meridian.deadline": "2027-04-13"},
            "deployment meridian cannot meet its deadline of 2027-04-13: an SU delivered on",
        ),
        ({"halls.hall-a.positions": 23}, "`positions` of the halls: the SUs need"),
        ({"plant.cdus.count": 3, "limits.budget": "0 EUR"}, "`limits.budget`: too little"),
        (
            {"plant.cdus.count": 3, "deployments.meridian.deadline": "2027-05-04"},
            "`deadline` of deployments: too early (meridian by 2027-05-04)",
        ),
    ],
)
def test_what_binds_is_named_and_nothing_else(overrides, words):
    (reason,) = reasons(overrides)
    assert reason.startswith(words)
    assert "dcplan check" not in reason


def test_where_nothing_is_proven_the_check_is_named_only_if_it_fails():
    # two more units are not enough, which no limit or deadline has to do with
    (reason,) = reasons({"plant.cdus.count": 1})
    assert "`at_most`" in reason
    assert reason.endswith("`dcplan check` lists what falls short now")
