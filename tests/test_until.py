"""Redundancy that is lower until a day: each date is held to the scheme in force on it, no sooner and no later."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sites import Data, day, loaded
from test_constraints import bought, service, site, trains

from dcplan import check, explain
from dcplan.answer import Plan
from dcplan.assess.derive import derive
from dcplan.cases import cases
from dcplan.errors import InputError
from dcplan.formulate.build import formulate
from dcplan.loading import load
from dcplan.periods import in_force, scheme_changes
from dcplan.planner import plan
from dcplan.site import SiteModel
from dcplan.solver.capacity import Capacity
from dcplan.solver.cover import cheapest_cover, tightened
from dcplan.solver.decode import Choice, SuChoice, UnitChoice, build
from dcplan.solver.run import Limits
from dcplan.verifier.verdict import verify

UNTIL = "redundancy.generator.until"
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no scheme": ({UNTIL: [{"scheme": "N-1", "day": "2027-09-01"}]}, f"{UNTIL}[0].scheme", "N+1 to N+9"),
    "no lower one": (
        {UNTIL: [{"scheme": "N+1", "day": "2027-09-01"}]},
        f"{UNTIL}[0].scheme",
        "a lower scheme than N+1, which follows it",
    ),
    "a higher one": ({UNTIL: [{"scheme": "N+2", "day": "2027-09-01"}]}, f"{UNTIL}[0].scheme", "a lower scheme than"),
    "by unit what stands for another": (
        {UNTIL: [{"scheme": "2N", "day": "2027-09-01"}]},
        f"{UNTIL}[0]",
        "train or side",
    ),
    "days out of order": (
        {
            "redundancy.generator.scheme": "N+2",
            UNTIL: [{"scheme": "N", "day": "2027-09-01"}, {"scheme": "N+1", "day": "2027-09-01"}],
        },
        f"{UNTIL}[1].day",
        "a day after 2027-09-01",
    ),
    "schemes out of order": (
        {
            "redundancy.generator.scheme": "N+2",
            UNTIL: [{"scheme": "N+1", "day": "2027-03-01"}, {"scheme": "N", "day": "2027-09-01"}],
        },
        f"{UNTIL}[0].scheme",
        "a lower scheme than N, which follows it",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_is_refused_where_it_stands(name: str, examples: Path) -> None:
    overrides, field, words = REFUSED[name]
    with pytest.raises(InputError) as caught:
        load(examples / "hopper_to_blackwell.yaml", overrides=overrides)
    assert any(field in str(problem) and words in str(problem) for problem in caught.value.problems), str(caught.value)


def test_a_scheme_before_is_tried_over_the_trains_too() -> None:
    """3N/4 asks for four trains; of two, N+1 leaves one."""
    lower = [{"scheme": "3N/4", "day": day(30)}]
    with pytest.raises(InputError, match="4 of them"):
        loaded(site(trains("2(N+1)", "AB"), {"redundancy": {"ups": {"until": lower}}}))


# ---------------------------------------------------------------- plans


def lower(number: int, scheme: str = "N", service: str = "generator", last: str = "N+1") -> Data:
    """Lower redundancy until a day."""
    return {"redundancy": {service: {"scheme": last, "until": [{"scheme": scheme, "day": day(number)}]}}}


def planned(*edits: Data) -> tuple[SiteModel, Plan]:
    model = loaded(site(*edits))
    made = plan(model, seconds=20.0, workers=1, deterministic=True)
    assert (made.status, made.verified) == ("optimal", True), made.warnings
    return model, made


def broken(made: Plan, model: SiteModel) -> set[tuple[str, str, date | None]]:
    return {(item.rule, item.place, item.on) for item in verify(made, model).violations}


def on(number: int) -> date:
    return date.fromisoformat(day(number))


INTEREST: Data = {"financing_rate": "10 %/year"}


def test_the_spare_unit_comes_on_the_day_it_is_due() -> None:
    """200 kW on sets of 150 kW: two carry it, a third is spare."""
    model, made = planned(bought(), lower(30), INTEREST)
    assert [item.counted for item in made.units] == [on(11), on(11), on(30)]
    assert [su.energise for su in made.sus] == [on(11)]
    assert [step.since for step in made.running] == [on(11), on(30)]
    # its test serves no SU that was not live
    assert [(test.end, test.units, test.sus) for test in made.tests] == [
        (on(11), ("buy-generator@site#1", "buy-generator@site#2"), ("alpha#1",)),
        (on(30), ("buy-generator@site#3",), ()),
    ]
    _, always = planned(bought(), lower(0), INTEREST)
    assert [item.counted for item in always.units] == [on(11)] * 3
    # a scheme that ends after the plan is all that the plan is held to
    unheld, later = planned(bought(), lower(81), INTEREST)
    told = f"generator: N+1 is due on {day(81)}, after the plan's `end`: no plan is held to it"
    assert told in unheld.warnings
    assert not any("is due on" in warning for warning in model.warnings)
    assert [item.counted for item in later.units] == [on(11)] * 2
    _, last = planned(bought(), lower(80), INTEREST)
    assert [item.counted for item in last.units] == [on(11), on(11), on(80)]
    assert later.objective.value is not None
    assert made.objective.value is not None
    assert always.objective.value is not None
    assert later.objective.value < made.objective.value < always.objective.value
    assert {day for rule, _, day in broken(later, model) if rule == "capacity"} == {on(30)}


def test_what_is_due_between_two_energisations_has_its_test_then() -> None:
    """The spare set is due on day 30, a second SU comes on day 60: what its test says is when the spare one serves."""
    later = {"deployments": {"alpha": {"deliveries": [{"day": day(10), "count": 1}, {"day": day(60), "count": 1}]}}}
    _, made = planned(bought(), lower(30), INTEREST, later)
    counted = sorted(item.counted for item in made.units)
    assert counted[:3] == [on(11), on(11), on(30)]
    assert counted[3] == on(61)
    assert [(test.end, len(test.units), len(test.sus)) for test in made.tests] == [
        (on(11), 2, 1), (on(30), 1, 0), (counted[3], len(counted) - 3, 1)
    ]  # fmt: skip


def test_what_is_due_later_is_bought_later() -> None:
    """Of two grids, one to the last day: the least spend on three sets counts interest until the third is due."""
    problem = formulate(loaded(site(bought(), lower(30), INTEREST)))
    limits = Limits(seconds=20.0, workers=1, deterministic=True)
    cover = cheapest_cover(problem, Capacity(problem), limits)
    assert cover is not None
    steps = round(1 / problem.money_step)
    # by day 29 two sets carry the SU, by the end three do
    assert (cover.by(29)[-1], cover.by(30)[-1], cover.whole) == (200_000 * steps, 300_000 * steps, 300_000 * steps)
    assert cover.spent(problem, 11, Fraction(1, 1000)) == 300_000 * steps * 970 // 1000
    assert cover.spent(problem, 40, Fraction(1, 1000)) == 300_000 * steps * 960 // 1000
    sooner = tightened(problem, Capacity(problem), cover, 20, limits)
    assert [stage.least[-1] for stage in sooner.stages if stage.day == 20] == [200_000 * steps]
    assert sooner.spent(problem, 11, Fraction(1, 1000)) == 300_000 * steps * 970 // 1000


def test_a_schedule_puts_the_spare_unit_off_until_it_is_due() -> None:
    problem = formulate(loaded(site(bought(), lower(30), INTEREST)))
    choice = Choice(tuple(UnitChoice(0, number) for number in range(3)), (SuChoice(0, 0, 0),))
    found = build(problem, Capacity(problem), choice)
    assert found is not None
    assert [install.counted for install in found.installs] == [11, 11, 30]
    assert [run.energised for run in found.runs] == [11]


def test_a_late_spare_unit_is_refused_on_the_day_it_is_due() -> None:
    model, made = planned(bought(), lower(30), INTEREST)
    (spare,) = (item for item in made.units if item.counted == on(30))
    late = {"delivery": on(30), "install_start": on(30), "order": on(30), "install_end": on(31)}
    moved = spare.model_copy(update={**late, "commissioned": on(31), "counted": on(31)})
    damaged = made.model_copy(update={"units": (*(item for item in made.units if item.id != spare.id), moved)})
    (found,) = (item for item in verify(damaged, model).violations if item.place == "generator@site")
    assert (found.rule, found.on, found.required, found.found, found.unit) == ("capacity", on(30), 200.0, 150.0, "kW")
    assert "left with 1 x buy-generator@site out (N+1)" in found.message
    # the day before, nothing may fail
    assert ("capacity", "generator@site", on(11)) not in broken(damaged, model)
    sooner = loaded(site(bought(), lower(29), INTEREST))
    assert ("capacity", "generator@site", on(29)) in broken(made, sooner)


def test_an_su_waits_where_the_spare_unit_comes_after_its_day() -> None:
    """The third set takes 40 days: live from day 11 to 20 is no plan, as the SU stays live."""
    first = {"plant": {"old": {"spec": "generator", "count": 2, "at": "site"}}}
    _, made = planned(bought(lead_time="40 day"), first, lower(20))
    assert [su.energise for su in made.sus] == [on(41)]
    _, soon = planned(bought(lead_time="40 day"), first, lower(41))
    assert [su.energise for su in soon.sus] == [on(11)]


def test_schemes_follow_each_other() -> None:
    steps = [{"scheme": "N", "day": day(20)}, {"scheme": "N+1", "day": day(40)}]
    two: Data = {"redundancy": {"generator": {"scheme": "N+2", "until": steps}}}
    _, made = planned(bought(), two, INTEREST)
    assert [item.counted for item in made.units] == [on(11), on(11), on(20), on(40)]


def test_a_side_may_come_later() -> None:
    """Modules of 150 kW for 200 kW: two on one side, and two on the other once 2N is due."""
    later: Data = {"redundancy": {"ups": {"until": [{"scheme": "N", "day": day(30)}]}}}
    model, made = planned(trains("2N", "AB", unit="side"), later, INTEREST)
    assert [item.counted for item in made.units] == [on(11), on(11), on(30), on(30)]
    ids = {row.id for row in formulate(model).rows if row.id.startswith("ups@")}
    assert ids == {f"ups@hall/until-{day(30)}", "ups@hall/without-A", "ups@hall/without-B"}
    due = {case.suffix: (case.since, case.until) for case in cases(model, "ups@hall")}
    assert due == {
        f"/until-{day(30)}": (None, on(30)),
        "/without-A": (on(30), None),
        "/without-B": (on(30), None),
    }


def test_in_the_worst_world_who_is_live_stays_so() -> None:
    """The spare set may be 40 days late; who is late too waits for it."""
    lead = {"value": "5 day", "range": ["5 day", "45 day"], "confidence": "assumption", "note": "guess"}
    first = {"plant": {"old": {"spec": "generator", "count": 2, "at": "site"}}}
    _, made = planned(bought(lead_time=lead), first, lower(30))
    assert made.payments is not None
    assert [cash.worst for cash in made.payments.milestones] == [on(11) + timedelta(days=30)]
    slow = {"value": "1 workday", "range": ["1 workday", "25 workday"], "confidence": "assumption", "note": "guess"}
    chain = {"su_chain": {"set_and_connect": {"crew": "racks", "duration": slow}}}
    _, both = planned(bought(lead_time=lead), first, lower(30), chain, INTEREST)
    assert both.payments is not None
    (spare,) = both.units
    # set on day 35, after the day on which the third set is due: it is ordered 5 days before, comes 45 days on
    assert [cash.worst for cash in both.payments.milestones] == [spare.order + timedelta(days=45 + 1 + 30)]


def test_in_the_worst_world_another_plant_on_the_way_changes_nothing() -> None:
    """A small set comes after the day on which the spare one is due, and before the spare one."""
    lead = {"value": "5 day", "range": ["5 day", "45 day"], "confidence": "assumption", "note": "guess"}
    small: Data = {
        "plant": {"old": {"spec": "generator", "count": 2, "at": "site"},
                  "small": {"spec": "small", "count": 1, "at": "site", "status": "ordered", "in_service": day(35)}},
        "specs": {"small": {"family": "generator", "maker": "M", "model": "S", "power": "10 kW", "rating_class": "PRP",
                            "power_factor": "75 %"}},
    }  # fmt: skip
    _, made = planned(bought(lead_time=lead), small, lower(30))
    assert made.payments is not None
    assert [cash.worst for cash in made.payments.milestones] == [on(11) + timedelta(days=30)]


def test_in_the_worst_world_nobody_waits_for_the_spare_unit_of_another_hall() -> None:
    """Two halls with modules of their own; one SU is late, after the day on which both halls have a spare module."""
    slow = {"value": "1 workday", "range": ["1 workday", "25 workday"], "confidence": "assumption", "note": "guess"}
    late = {"set_and_connect": {"crew": "racks", "duration": slow}, "burn_in": "0 day", "acceptance": "0 workday"}
    alpha: Data = site()["deployments"]["alpha"]
    two: Data = {
        "halls": {"other": {"positions": 2, "integrated_test": "0 workday", "air": {"loop": "water"}}},
        "deployments": {"beta": {**alpha, "halls": ["other"], "chain": late}},
    }  # fmt: skip
    _, made = planned(two, service("ups", at=["hall", "other"]), lower(30, service="ups"), INTEREST)
    assert sorted(item.counted for item in made.units) == [on(11)] * 4 + [on(30)] * 2
    assert made.payments is not None
    worst = {cash.su: cash.worst for cash in made.payments.milestones}
    assert worst == {"alpha#1": on(11) + timedelta(days=30), "beta#1": on(35) + timedelta(days=30)}


def test_what_is_never_enough_is_told_once() -> None:
    short = plan(loaded(site(bought(at_most=1), lower(30))), seconds=20.0, workers=1, deterministic=True)
    assert short.status == "infeasible"
    assert [reason.partition(":")[0] for reason in short.reasons] == [
        "generator power at site",
        "generator apparent power at site",
    ]


# ---------------------------------------------------------------- the check, and explanations


def test_the_check_has_a_line_for_each_scheme() -> None:
    model = loaded(site(service("generator", count=2), lower(30)))
    lines = {line.id: line for line in check(model).lines}
    today, due = lines["generator.site"], lines[f"generator.site.{day(30)}"]
    assert (today.verdict, today.required, today.available) == ("pass", 200.0, 300.0)
    assert (due.verdict, due.required, due.available, due.scope) == ("fail", 200.0, 150.0, "site")
    assert today.rule.startswith(f"until {day(30)}, generator power: N by unit over site: no unit out")
    assert due.rule.startswith(f"from {day(30)} on, generator power: N+1 by unit over site: largest unit out")
    assert check(model).gates in (f"generator.site.{day(30)}", f"generator_va.site.{day(30)}")
    worked = derive(model, f"generator.site.{day(30)}").worked
    assert [(one.required, one.available) for one in worked] == [(200.0, 150.0)]
    # what ended before the plan begins, and what never changes, is as if it were not there
    plain, past = site(service("generator", count=2, scheme="N+1")), site(service("generator", count=2), lower(0))
    assert check(loaded(past)).lines == check(loaded(plain)).lines
    assert {row.id for row in formulate(loaded(past)).rows} == {row.id for row in formulate(loaded(plain)).rows}


def test_lines_of_a_level_have_their_day() -> None:
    level: Data = {
        "redundancy": {}, "specs": {"pdu": {"family": "transformer", "maker": "M", "model": "P", "apparent": "150 kVA",
                                            "efficiency": "100 %"}},
        "plant": {"pdus": {"spec": "pdu", "count": 2, "at": "hall", "level": "pdu"}},
        "levels": {"pdu": {"below": "ups", "redundancy": {
            "scheme": "N+1", "unit": "unit", "group": "hall", "until": [{"scheme": "N", "day": day(9)}]}}},
    }  # fmt: skip
    model = loaded(site(service("ups", count=2), level))
    lines = {line.id: line.verdict for line in check(model).lines}
    assert (lines["level.pdu.hall"], lines[f"level.pdu.hall.{day(9)}"]) == ("pass", "fail")
    assert check(model).gates == f"level.pdu.hall.{day(9)}"
    assert scheme_changes(model.site) == [on(9)]
    assert in_force(model, on(8)).site.redundancy["level.pdu"].scheme == "N"
    assert in_force(model, on(9)).site.redundancy["level.pdu"].scheme == "N+1"


def test_a_site_without_dates_is_the_same_object() -> None:
    model = loaded(site(bought()))
    assert in_force(model, model.site.start) is model


def test_a_day_that_comes_too_soon_is_explained() -> None:
    tight = site(bought(lead_time="40 day"), lower(30), {"plant": {"old": {"spec": "generator", "count": 2,
                 "at": "site"}}, "deployments": {"alpha": {"deadline": day(20)}}})  # fmt: skip
    found = explain(loaded(tight), seconds=20.0, workers=1)
    assert [[limit.id for limit in one.limits] for one in found.conflicts] == [
        ["deployments.alpha.deadline", "redundancy.generator.until"]
    ]
    cures = {tuple(setting for change in cure.changes for setting in change.settings) for cure in found.cures}
    assert cures == {(f"deployments.alpha.deadline={day(41)}",), (f"redundancy.generator.until[0].day={day(41)}",)}
