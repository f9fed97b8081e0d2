"""Installs that tie into live plant: on working days inside one outage window, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from damage import unit
from hypothesis import given
from hypothesis import strategies as st
from ortools.sat.python import cp_model
from sites import Data, day, loaded
from test_constraints import bought, site, upgrade

from dcplan import explain
from dcplan.answer import Plan, TieIn
from dcplan.errors import InputError
from dcplan.formulate.build import formulate
from dcplan.loading import load
from dcplan.outages import tie_in_starts
from dcplan.planner import plan
from dcplan.problem import Task
from dcplan.procure import Pace, tie_in_days
from dcplan.report.plan_text import plan_text
from dcplan.site import OutageWindow, SiteModel
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Grid
from dcplan.solver.columns import install_columns
from dcplan.solver.grid import GridModel
from dcplan.solver.run import Limits
from dcplan.verifier.terms import Terms
from dcplan.verifier.tieins import tied_end
from dcplan.verifier.verdict import verify
from dcplan.workdays import BEYOND, Workdays

GENSET = "upgrades.genset-2500"
BUS: Data = {"outage_windows": {"bus": [{"day": "2027-05-01", "to": "2027-05-10"}]}}
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a window that is not declared": (
        {f"{GENSET}.tie_in": {"window": "bas"}, **BUS},
        f"{GENSET}.tie_in.window",
        "one of `outage_windows`: bus",
    ),
    "a tie-in longer than the install": (
        {f"{GENSET}.tie_in": {"window": "bus", "duration": "99 workday"}, **BUS},
        f"{GENSET}.tie_in.duration",
        "at most the install of",
    ),
    "a floor that ties in": (
        {"upgrades.spreader.tie_in": {"window": "bus"}, **BUS},
        "upgrades.spreader.tie_in",
        "only plant ties into live plant",
    ),
    "a window that ends before it begins": (
        {"outage_windows": {"bus": [{"day": "2027-05-01", "to": "2027-04-30"}]}},
        "outage_windows.bus[0].to",
        "2027-05-01 or later",
    ),
    "a name without windows": ({"outage_windows": {"bus": []}}, "outage_windows.bus", "at least 1 item"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_is_refused_where_it_stands(name: str, examples: Path) -> None:
    overrides, field, words = REFUSED[name]
    with pytest.raises(InputError) as caught:
        load(examples / "hopper_to_blackwell.yaml", overrides=overrides)
    assert any(field in str(problem) and words in str(problem) for problem in caught.value.problems), str(caught.value)


# ---------------------------------------------------------------- which days


WEEK = Workdays(tuple(number for number in range(400) if number % 7 < 5))


def window(first: int, last: int) -> OutageWindow:
    return OutageWindow.model_validate({"day": day(first), "to": day(last)})


@given(
    st.lists(st.tuples(st.integers(-10, 60), st.integers(0, 20)), min_size=1, max_size=4),
    st.integers(1, 8),
    st.integers(1, 8),
)
def test_an_install_may_start_where_its_last_days_are_in_one_window(
    spans: list[tuple[int, int]], days: int, tied: int
) -> None:
    tied, windows = min(days, tied), [window(first, first + more) for first, more in spans]
    found = tie_in_starts(loaded(site()).site, windows, WEEK, days, tied)
    named = [set(range(first, first + more + 1)) for first, more in spans]
    due = []
    for index, start in enumerate(WEEK.open_days[:-days]):
        last = WEEK.open_days[index + days - tied : index + days]
        if any(set(last) <= one for one in named):
            due.append(start)
    assert list(found) == due


@given(st.lists(st.integers(0, 30), max_size=6, unique=True), st.integers(-2, 32))
def test_the_next_and_the_last_start(starts: list[int], asked: int) -> None:
    task = Task(0, 1, 1, 0, tuple(sorted(starts)))
    assert task.next_start(WEEK, asked) == min((one for one in starts if one >= asked), default=BEYOND)
    assert task.last_start(WEEK, asked) == max((one for one in starts if one <= asked), default=-1)
    free = Task(0, 1, 1, 0)
    assert free.next_start(WEEK, asked) == WEEK.next_open(asked)
    assert free.last_start(WEEK, asked) == max((one for one in WEEK.open_days if one <= asked), default=-1)


def tied(*windows: tuple[int, int], **own: Any) -> Data:
    """Two generators that tie into a bus, which is off on some days; three days each."""
    named = [{"day": day(first), "to": day(last)} for first, last in windows]
    return {**bought(install="3 workday", tie_in={"window": "bus", **own}), "outage_windows": {"bus": named}}


@given(st.integers(0, 40), st.integers(1, 3), st.integers(0, 30), st.integers(0, 6))
def test_both_sides_wait_for_the_same_window(ready: int, last: int, first: int, more: int) -> None:
    """What the replay of a plan and the verifier's make of a late install."""
    days = {"calendar": {"working_days": ["mon", "tue", "wed", "thu", "fri"]}}
    model = loaded(site(tied((first, first + more), (45, 52), duration=f"{last} workday"), days))
    terms, purchase = Terms.of(model), formulate(model).plants[0].purchase
    assert purchase is not None
    calendar = formulate(model).workdays
    begun = purchase.install.next_start(calendar, ready)
    end = tied_end(model.site.start + timedelta(days=ready), model.site.upgrades["buy-generator"], terms)
    assert end == model.site.start + timedelta(days=calendar.finish(begun, 3))


def test_the_price_in_a_cell_is_that_of_its_last_start() -> None:
    problem = formulate(loaded(site(tied((20, 24)))))
    grid = Grid((0, 10, 30, 81))
    purchase = problem.plants[0].purchase
    assert purchase is not None
    assert purchase.install.starts == (18, 19, 20, 21, 22)
    starts = install_columns(cp_model.CpModel(), problem, grid, 0)
    assert ([starts.day(cell) for cell in grid.cells], starts.days) == ([-1, 22, 22], [22])
    # on one cell: two sets at the price of day 22, the SU as if it were live on the first day
    dear = formulate(loaded(site(tied((20, 24)), {"financing_rate": "36.5 %/year"})))
    bound = GridModel(dear, Capacity(dear), Grid((0, 81))).solve(Limits(seconds=9.0, workers=1)).bound
    (su,) = dear.classes
    assert bound is not None
    assert bound * dear.money_step == pytest.approx(200_000 * (1 - 0.022) - dear.delay_base(su) * dear.money_step)


# ---------------------------------------------------------------- plans


def planned(*edits: Data) -> tuple[SiteModel, Plan]:
    model = loaded(site(*edits))
    made = plan(model, seconds=20.0, workers=1, deterministic=True)
    assert (made.status, made.verified) == ("optimal", True), made.warnings
    return model, made


def broken(made: Plan, model: SiteModel) -> set[tuple[str, str, date | None]]:
    return {(item.rule, item.place, item.on) for item in verify(made, model).violations}


def on(number: int) -> date:
    return date.fromisoformat(day(number))


def test_an_install_ends_inside_the_window() -> None:
    _, made = planned(tied((20, 21)))
    assert {item.install_start for item in made.units} == {on(18)}
    assert {item.tie_in for item in made.units} == {TieIn(window="bus", start=on(20))}
    assert [su.energise for su in made.sus] == [on(21)]
    assert "TIE-INS TO LIVE PLANT" in plan_text(made)
    # the window is two days long: a tie-in of two days ends a day later, one of three needs the next window
    _, two = planned(tied((20, 21), duration="2 workday"))
    assert [su.energise for su in two.sus] == [on(22)]
    _, three = planned(tied((20, 21), (40, 44), duration="3 workday"))
    assert [su.energise for su in three.sus] == [on(43)]
    _, free = planned(bought(install="3 workday"))
    assert [su.energise for su in free.sus] == [on(11)]
    assert "TIE-INS" not in plan_text(free)
    assert {item.tie_in for item in free.units} == {None}


def test_days_without_work_are_of_no_use() -> None:
    week = {"calendar": {"working_days": ["mon", "tue", "wed", "thu", "fri"]}}
    # day 19 is a Saturday: only the Monday after it can be used; a freeze takes that away too
    _, made = planned(week, tied((19, 21)))
    assert {item.tie_in for item in made.units} == {TieIn(window="bus", start=on(21))}
    frozen = {"calendar": {**week["calendar"], "freezes": [{"day": day(21), "name": "Quarter end"}]}}
    shut = plan(loaded(site(frozen, tied((19, 21)))), seconds=20.0, workers=1, deterministic=True)
    assert shut.status == "infeasible"


def test_a_window_in_which_nobody_works_is_told() -> None:
    week = {"calendar": {"working_days": ["mon", "tue", "wed", "thu", "fri"],
                         "holidays": [{"day": day(21), "name": "Monday off"}]}}  # fmt: skip
    model = loaded(site(week, tied((19, 21), (25, 26), (26, 27), (26, 28))))
    (told,) = (one for one in model.warnings if "outage" in one)
    shut = f"{day(19)} to {day(21)}, {day(26)} to {day(27)}"
    assert told == f"outage windows bus: nobody works from {shut}: see `calendar`"


def test_a_tie_in_outside_its_window_is_refused() -> None:
    model, made = planned(tied((20, 21)))
    one = made.units[0]
    early = unit(made, one.id, install_start=on(16), install_end=on(19), tie_in=TieIn(window="bus", start=on(18)))
    assert ("outage-window", one.id, on(18)) in broken(early, model)
    found = next(item for item in verify(early, model).violations if item.rule == "outage-window")
    assert (found.required, found.found, found.unit) == (1.0, 0.0, "workdays")
    assert f"not inside one outage window of bus: {on(20)} to {on(21)}" in found.message
    assert ("tie-in", one.id, on(18)) in broken(unit(made, one.id, tie_in=None), model)
    assert ("tie-in", one.id, on(18)) in broken(unit(made, one.id, tie_in=TieIn(window="b", start=on(20))), model)
    assert ("tie-in", one.id, on(19)) in broken(unit(made, one.id, tie_in=TieIn(window="bus", start=on(19))), model)
    moved = loaded(site(tied((30, 31))))
    assert {("outage-window", item.id, on(20)) for item in made.units} <= broken(made, moved)
    # two days of one window are not a day of each of two
    _, two = planned(tied((20, 21), duration="2 workday"))
    split = loaded(site(tied((20, 20), (21, 21), duration="2 workday")))
    assert {("outage-window", item.id, on(20)) for item in two.units} <= broken(two, split)


def test_a_late_install_waits_for_the_next_window() -> None:
    lead = {"value": "10 day", "range": ["10 day", "20 day"], "confidence": "assumption", "note": "guess"}
    for windows, worst in ((((14, 15), (50, 51)), on(51)), (((14, 15),), None)):
        _, made = planned(tied(*windows), upgrade(lead_time=lead))
        assert [su.energise for su in made.sus] == [on(15)]
        assert made.payments is not None
        (cash,) = made.payments.milestones
        assert made.payments.worst_unserved == (worst is None)
        assert worst is None or cash.worst == worst + timedelta(days=30)


def test_a_tie_in_is_never_longer_than_its_install() -> None:
    long = {"value": "2 workday", "range": ["0 workday", "9 workday"], "confidence": "assumption", "note": "guess"}
    model = loaded(site(tied((20, 40), duration=long)))
    bought_under = model.site.upgrades["buy-generator"]
    spec = model.specs["generator"]
    assert [tie_in_days(bought_under, spec, pace) for pace in Pace] == [2, 1, 3]
    assert [replace(Terms.of(model), end=end).tie_in_days(bought_under) for end in (None, 0, 1)] == [2, 1, 3]


def test_no_window_at_all_is_explained() -> None:
    closed = site(tied((90, 95)))
    made = plan(loaded(closed), seconds=20.0, workers=1, deterministic=True)
    assert made.status == "infeasible"
    assert any("no outage window being open for the tie-in of buy-generator" in reason for reason in made.reasons)
    late = site(tied((30, 30)), {"deployments": {"alpha": {"deadline": day(20)}}})
    found = explain(loaded(late), seconds=20.0, workers=1)
    assert [[limit.id for limit in one.limits] for one in found.conflicts] == [
        ["deployments.alpha.deadline", "outage_windows.bus"]
    ]
    cures = {tuple(setting for change in cure.changes for setting in change.settings) for cure in found.cures}
    assert cures == {
        (f"deployments.alpha.deadline={day(31)}",),
        (f"outage_windows.bus[0].day={day(19)}", f"outage_windows.bus[0].to={day(41)}"),
    }
