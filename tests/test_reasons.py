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
        (
            {"halls.hall-a.positions": 23},
            "`positions` of the halls: the SUs need 24 positions, and 23 positions are left",
        ),
        (
            {"limits.generator_power": "1 kW"},
            "`limits.generator_power`: what is there or promised takes 12,000 kW, the limit is 1 kW",
        ),
        (
            {"plant.cdus.count": 1},
            "CDU flow at hall-a: all that stands, comes or may be bought there gives",
        ),
    ],
)
def test_what_binds_is_named_and_nothing_else(overrides, words):
    (reason,) = reasons(overrides)
    assert reason.startswith(words)
    assert "dcplan check" not in reason


@pytest.mark.parametrize(
    "overrides",
    [{"limits.budget": "0 EUR"}, {"deployments.meridian.deadline": "2027-05-04"}],
    ids=["budget", "deadline"],
)
def test_where_nothing_is_plain_the_way_to_the_limits_is_told(overrides):
    (reason,) = reasons({"plant.cdus.count": 3} | overrides)
    assert "`dcplan explain` names the limits that conflict" in reason
    assert reason.endswith("`dcplan check` lists what falls short now")
