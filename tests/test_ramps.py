"""Utility power by dates: firm power counts from its day, the rest is told."""

from __future__ import annotations

from typing import Any

import pytest
from assess_site import line
from assess_site import tiny as check_tiny
from sites import day, loaded
from test_constraints import service, site

from dcplan.errors import InputError
from dcplan.formulate.build import formulate
from dcplan.solver.run import Limits
from dcplan.solver.search import optimise


def ramp(*steps: tuple[str, str], **own: Any) -> dict[str, Any]:
    return {"plant": {"service": {"ramp": [{"day": when, "power": power, **own} for when, power in steps]}}}


def test_only_steps_before_the_plan_stand_today() -> None:
    steps = ramp(("2026-01-01", "1 MW"), ("2027-01-04", "1.5 MW"), ("2027-06-01", "4 MW"))
    found = line(check_tiny(**steps), "utility.site")
    assert found.available == 1500.0
    assert "+2,500 kW from 2027-06-01" in found.reason


def test_non_firm_power_never_counts() -> None:
    found = line(check_tiny(**ramp(("2026-01-01", "1 MW"), non_firm="9 MW")), "utility.site")
    assert found.available == 1000.0
    assert "not firm: 9,000 kW from 2026-01-01 (service), never counted" in found.reason


@pytest.mark.parametrize(("late", "energised"), [(5, 11), (30, 30), (60, 60)])
def test_an_su_waits_for_the_firm_power_that_carries_it(late: int, energised: int) -> None:
    """Two racks of 100 kW: 150 kW are there, 250 kW come later."""
    steps = [{"day": day(0), "power": "150 kW"}, {"day": day(late), "power": "250 kW"}]
    data = site(service("utility", count=1, at_most=0), {"plant": {"old-utility": {"ramp": steps}}})
    result = optimise(formulate(loaded(data)), Limits(seconds=20.0, workers=1, deterministic=True))
    assert result.schedule is not None
    assert [run.energised for run in result.schedule.runs] == [energised]


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (ramp(("2027-06-01", "2 MW"), ("2027-05-01", "3 MW")), "later and more than 2 MW"),
        (ramp(("2027-06-01", "2 MW"), ("2027-07-01", "1 MW")), "later and more than 2 MW"),
        ({"plant": {"gensets": {"ramp": [{"day": "2027-06-01", "power": "1 MW"}]}}}, "one existing utility service"),
        ({**ramp(("2027-06-01", "2 MW")), "redundancy": {"utility": {"scheme": "N+1"}}}, "scheme N"),
    ],
)
def test_ramps_that_make_no_sense_are_refused(own: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_tiny(**own)
