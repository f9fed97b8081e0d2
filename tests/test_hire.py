"""Units that are hired: mistakes are refused, plans hire when it pays and say what it costs, no lie about it passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from damage import unit
from sites import Data, loaded
from test_constraints import bought, hire, hired, on_hire, service, site, spec, upgrade
from test_verifier_fields import forgeries

from dcplan.answer import Plan, Stay
from dcplan.dating import stay as stay_of
from dcplan.errors import InputError
from dcplan.formulate.build import formulate
from dcplan.loading import load
from dcplan.planner import plan
from dcplan.problem import Problem
from dcplan.report.plan_text import plan_text
from dcplan.risk import policy, replayed
from dcplan.site import SiteModel
from dcplan.solver.run import Limits
from dcplan.solver.search import optimise
from dcplan.verifier.verdict import verify

GENSET = "upgrades.genset-2500"
RENTAL: Data = {"duty": "standby", "mobilisation": "40000 USD", "rate": "60000 USD/week", "minimum": "8 week"}
PRIME: Data = {**RENTAL, "duty": "prime", "fuel_cost": "0.3 USD/kWh"}


def rental(**own: Any) -> dict[str, Any]:
    terms = {**RENTAL, **own}
    return {f"{GENSET}.rental": {name: value for name, value in terms.items() if value is not None}}


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a price beside a rent": ({**rental(), f"{GENSET}.cost": "1 MUSD"}, f"{GENSET}.cost", "no `cost` beside `rental`"),
    "another currency": (rental(rate="60000 EUR/week"), f"{GENSET}.rental.rate", "an amount in USD"),
    "a generator without duty": (rental(duty=None), f"{GENSET}.rental.duty", "`standby` or `prime`"),
    "a duty of what is no generator": (
        {"upgrades.cdu-1350.rental": RENTAL}, "upgrades.cdu-1350.rental.duty", "it is no generator",
    ),
    "a hired floor": (
        {"upgrades.spreader.rental": {**RENTAL, "duty": None}}, "upgrades.spreader.rental", "adds plant",
    ),
    "periods of hours": (rental(period="5 hour"), f"{GENSET}.rental.period", "a day or more"),
    "fuel on standby": (rental(fuel_cost="1 USD/kWh"), f"{GENSET}.rental.fuel_cost", "only on prime duty"),
    "prime duty without fuel": (rental(duty="prime"), f"{GENSET}.rental", "either `fuel_cost` or `fuel_price`"),
    "a hired unit required": (
        {**rental(), "upgrades.cdu-1350.requires": ["genset-2500"]}, "upgrades.cdu-1350.requires", "units stay",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_is_refused_where_it_stands(name: str, examples: Path) -> None:
    overrides, field, words = REFUSED[name]
    with pytest.raises(InputError) as caught:
        load(examples / "hopper_to_blackwell.yaml", overrides=overrides)
    assert any(field in str(problem) and words in str(problem) for problem in caught.value.problems), str(caught.value)


def refused(*edits: Data) -> str:
    with pytest.raises(InputError) as caught:
        loaded(site(*edits))
    return str(caught.value)


def short(**own: Any) -> tuple[Data, ...]:
    """150 kW of utility power for 200 kW of racks, and generators to hire."""
    terms = {"duty": "prime", "fuel_cost": "0 USD/kWh"}
    return service("utility", count=1, at_most=0), bought(), hired(**(terms | own))


def test_prime_duty_is_for_sets_that_may_run_all_the_time() -> None:
    assert "a set of class PRP or COP" in refused(*short(), spec("generator", rating_class="ESP"))
    assert "at most its average load of 70 %" in refused(*short(load="71 %"))
    assert "at most the 40 day" in refused(*short(), spec("generator", hours="40 day"))
    assert "`redundancy.utility` declared by unit" in refused(bought(), short()[-1])
    assert "states its consumption" in refused(*short(fuel_cost=None, fuel_price="1 USD/L"))
    loaded(site(*short(hours="40 day"), spec("generator", hours="40 day")))


def planned(*edits: Data) -> tuple[SiteModel, Plan]:
    """The plan of an edited base site, proven and verified."""
    model = loaded(site(*edits))
    made = plan(model, seconds=20.0, workers=1, deterministic=True)
    assert (made.status, made.verified) == ("optimal", True), made.warnings
    return model, made


def stays(made: Plan) -> list[Stay]:
    return [item.hire for item in made.units if item.hire is not None]


def days(made: Plan, *dates: date) -> list[int]:
    return [(day - made.start).days for day in dates]


def broken(made: Plan, model: SiteModel) -> set[tuple[str, str]]:
    return {(item.rule, item.place) for item in verify(made, model).violations}


# ---------------------------------------------------------------- how long, and what it costs


def test_a_hired_unit_bridges_until_what_is_bought_is_there() -> None:
    """Two sets are bought for day 31; hired ones are brought for the first SU on day 11, and go as these come."""
    model, made = planned(hire(minimum="10 day", removal="2 day", mobilisation="500 USD", demobilisation="300 USD"))
    assert [item.id for item in made.units if item.hire is None] == ["buy-generator@site#1", "buy-generator@site#2"]
    for item in made.units:
        if item.hire is None:
            continue
        assert days(made, item.install_start, item.counted) == [10, 11]
        assert days(made, item.hire.released, item.hire.returned) == [31, 33]
        # 23 days on hire, ten of them due with the order
        assert (item.cost, item.hire.rent, item.hire.running) == (500 + 300 + 10 * 200, 13 * 200, 0)
    assert made.objective.value == 200_000 + 2 * (800 + 23 * 200)
    assert made.purchases == 200_000 + 2 * 2800
    shown = " ".join(plan_text(made).split())
    assert "hire (generator), hired" in shown
    assert "2027-02-04, gone 2027-02-06" in shown
    assert "2 units hired; beyond what is due with the orders 5,200 USD of rent" in shown
    assert [dict(step.units)["hire@site"] for step in made.running] == [2, 0]
    assert verify(made, model).violations == ()


def test_what_stays_is_charged_to_the_end_of_the_plan() -> None:
    _, made = planned(hire(bridge=False))
    assert {item.upgrade for item in made.units} == {"hire"}
    assert [(item.stays, *days(made, item.released, item.returned)) for item in stays(made)] == [(True, 80, 80)] * 2
    assert made.objective.value == 2 * 70 * 200
    assert "at the plan's end" in " ".join(plan_text(made).split())


def test_a_hire_beyond_the_end_of_the_plan_is_due_in_full() -> None:
    _, made = planned(hire(bridge=False, minimum="100 day", rate="20 USD/day"))
    assert [days(made, item.released, item.returned) for item in stays(made)] == [[80, 110]] * 2
    assert made.objective.value == 2 * 100 * 20


def test_started_periods_are_charged_in_full() -> None:
    """What would go after 21 days is paid for 24."""
    model = loaded(site(hire(period="8 day")))
    made = plan(model, seconds=20.0, workers=1, deterministic=True)
    assert made.verified
    # begun on day 10 and kept to day 34, or begun three days sooner than need be
    assert {(item.returned - one.install_start).days for one in made.units if (item := one.hire)} == {24}
    assert made.objective.value == 200_000 + 2 * 24 * 200
    assert made.objective.bound is not None
    assert made.objective.bound <= made.objective.value


def test_each_day_of_rent_carries_the_interest_of_its_day() -> None:
    """What is due with the order saves interest to the order; each further day of rent to that day."""
    _, made = planned(hire(minimum="10 day"), {"financing_rate": "73 %/year"}, upgrade(cost="1 MUSD"))
    rate = 0.73 / 365
    due = 0.0
    for item in made.units:
        ordered, begun = days(made, item.order, item.install_start)
        due += item.cost * (1 - rate * ordered)
        if item.hire is not None:
            last = days(made, item.hire.returned)[0]
            due += sum(200 * (1 - rate * day) for day in range(begun + 10, last))
    assert made.objective.exact is not None
    assert made.objective.spend == pytest.approx(due, abs=0.05)
    assert len(stays(made)) == 2


def test_who_does_not_pay_does_not_count_the_rent() -> None:
    _, made = planned(hire(), {"perspective": "operator"}, {"upgrades": {"hire": {"paid_by": "vendor"}}})
    assert made.objective.value == 200_000
    assert all(item.rent > 0 for item in stays(made))


# ---------------------------------------------------------------- prime duty


def test_prime_duty_supplies_the_utility_at_its_load_and_burns_fuel_for_it() -> None:
    """Two sets of 150 kW at 30 % give 90 kW beside 150 kW; each burns 45 kW x 24 h a day, at 0.01 USD/kWh."""
    _, made = planned(*short(load="30 %", fuel_cost="0.01 USD/kWh", maintenance="7 USD/week"))
    assert len(made.units) == 2
    served = 80 - 11
    assert [item.running for item in stays(made)] == [pytest.approx(served * (45 * 24 * 0.01 + 1))] * 2
    assert [item.duty for item in stays(made)] == ["prime"] * 2


def test_fuel_by_volume_is_that_of_the_published_consumption() -> None:
    fuel = [{"load": "50 %", "flow": "10 L/h"}, {"load": "100 %", "flow": "20 L/h"}]
    _, made = planned(*short(fuel_cost=None, fuel_price="0.02 USD/L", load="50 %"), spec("generator", fuel=fuel))
    # 10 L/h at no load and at 50 %, by the line above the points
    line = 10 + 0.5 * 150 * (20 - 10) / 150
    assert [item.running for item in stays(made)] == [pytest.approx((80 - 11) * 24 * line * 0.02)] * 2


def test_standby_sets_replace_no_utility() -> None:
    model = loaded(site(*short(duty="standby", fuel_cost=None)))
    assert plan(model, seconds=10.0, workers=1, deterministic=True).status == "infeasible"


# ---------------------------------------------------------------- verifier


def bridged() -> tuple[SiteModel, Plan]:
    return planned(hire(minimum="10 day", removal="2 day"))


def changed(made: Plan, **own: Any) -> Plan:
    """The plan with other terms of the first hired unit."""
    one = next(item for item in made.units if item.hire is not None)
    assert one.hire is not None
    return unit(made, one.id, hire=one.hire.model_copy(update=own))


def test_every_damage_of_a_hire_is_named() -> None:
    model, made = bridged()
    one = next(item for item in made.units if item.hire is not None)
    stay = one.hire
    assert stay is not None
    day = timedelta(days=1)
    damages: list[tuple[Plan, str]] = [
        (unit(made, one.id, hire=None), "hire"),
        (changed(made, duty="prime"), "hire-duty"),
        (changed(made, returned=stay.returned - day), "hire-removal"),
        (changed(made, released=one.counted - day), "hire-end"),
        (changed(made, released=one.install_start + 7 * day, returned=one.install_start + 9 * day), "minimum-hire"),
        (changed(made, returned=model.site.end + day, released=model.site.end - day), "hire-end"),
        (changed(made, stays=True), "hire-bridge"),
        (changed(made, stays=True, released=model.site.end, returned=model.site.end - day), "hire-end"),
        (changed(made, rent=stay.rent + 1), "hire-cost"),
        (changed(made, running=1.0), "hire-cost"),
        (unit(made, one.id, cost=0.0), "cost"),
    ]
    for damaged, rule in damages:
        assert (rule, one.id) in broken(damaged, model), rule
    # gone a day before what replaces it: the day is not carried
    sooner = changed(made, released=stay.released - day, returned=stay.returned - day)
    assert ("capacity", "generator@site") in broken(sooner, model)
    for edit, rule in ((on_hire(period="8 day"), "hire-period"), (on_hire(minimum="40 day"), "minimum-hire")):
        assert (rule, one.id) in broken(made, loaded(site(hire(minimum="10 day", removal="2 day"), edit)))
    prime = planned(*short())[1]
    fewer = loaded(site(*short(hours="5 day")))
    assert ("hire-hours", prime.units[0].id) in broken(prime, fewer)


def test_what_is_wrong_with_a_stay_is_said_with_both_days() -> None:
    model, made = bridged()
    one = next(item for item in made.units if item.hire is not None)
    assert one.hire is not None
    end, day, begun, counted, gone = (
        model.site.end,
        timedelta(days=1),
        one.install_start,
        one.counted,
        one.hire.returned,
    )
    damages = [
        ({"returned": end + day}, "what leaves is gone by the plan's end", end + day, "allowed until", end),
        ({"released": counted - day}, "released before it counts", counted - day, "possible from", counted),
        ({"returned": gone - day}, "it is removed after its release", gone - day, "by the site file it is", gone),
        (
            {"released": begun + 7 * day, "returned": begun + 9 * day},
            "its minimum hire has not passed", begun + 9 * day, "possible from", begun + 10 * day,
        ),
    ]  # fmt: skip
    for own, why, dated, how, other in damages:
        said = [item.message for item in verify(changed(made, **own), model).violations]
        assert f"{one.id}: {why}; it is dated {dated}, {how} {other}" in said


def test_no_field_of_a_hire_can_be_forged() -> None:
    model, made = bridged()
    tried = [(place, forged) for place, forged in forgeries(made) if ".hire." in place and "duty" not in place]
    assert len(tried) > 15
    assert [place for place, forged in tried if verify(forged, model).ok] == []


def test_emissions_of_prime_duty_count_its_hours() -> None:
    own = (spec("generator", engine_power="100 kW", emission="10 g/kWh"), {"generator_duty": {"hours": "100 hour"}})
    _, made = planned(*short(hours="2000 hour"), *own)
    # two sets of 100 kW x 10 g/kWh x 2,000 h
    for cap, rules in (("4001 kg", set()), ("3999 kg", {("emissions", "site")})):
        model = loaded(site(*short(hours="2000 hour"), *own, {"limits": {"emissions": cap}}))
        assert (
            broken(made.model_copy(update={"input_sha256": model.text_sha256}), model) - {("verified", "site")} == rules
        )


# ---------------------------------------------------------------- other worlds


def test_in_a_late_world_a_hired_unit_stays_until_it_is_replaced() -> None:
    problem = formulate(loaded(site(hire(minimum="10 day"))))
    result = optimise(problem, Limits(seconds=20.0, workers=1, deterministic=True))
    assert result.schedule is not None
    fixed = policy(problem, result.schedule)
    assert [install.released for install in result.schedule.installs].count(31) == 2
    same = replayed(fixed, problem)
    assert list(same.energised) == [run.energised for run in result.schedule.runs]
    late = replayed(fixed, later(problem, "buy-generator", 20))
    assert late == same, "what is bought comes after the release that was planned"
    hired_late = replayed(fixed, later(problem, "hire", 5))
    assert [
        day - planned_day for day, planned_day in zip(hired_late.energised, same.energised, strict=True) if day
    ] == [5]


def later(problem: Problem, name: str, more: int) -> Problem:
    """The problem with a longer lead time of one upgrade."""
    plants = [
        replace(
            plant,
            purchase=replace(
                plant.purchase,
                lead_days=plant.purchase.lead_days + more,
                install=replace(plant.purchase.install, release=plant.purchase.install.release + more),
            ),
        )
        if plant.upgrade == name and plant.purchase is not None
        else plant
        for plant in problem.plants
    ]
    return replace(problem, plants=tuple(plants))


def test_a_stay_is_dated_as_it_is_charged() -> None:
    problem = formulate(loaded(site(hire(bridge=False))))
    result = optimise(problem, Limits(seconds=20.0, workers=1, deterministic=True))
    assert result.schedule is not None
    for install in result.schedule.installs:
        assert install.released is None
        found = stay_of(problem, install)
        assert (found.begun, found.counted, found.released, found.returned) == (10, 11, 80, 80)
