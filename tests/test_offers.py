"""What upgrades offer beside their own terms: mistakes are refused, and plans take an offer when it pays."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from damage import unit
from sites import Data, loaded
from test_constraints import bought, service, site, upgrade

from dcplan.answer import Plan
from dcplan.errors import InputError
from dcplan.formulate.build import formulate
from dcplan.loading import load
from dcplan.planner import plan
from dcplan.procure import required_at
from dcplan.report.plan_text import plan_text
from dcplan.site import SiteModel
from dcplan.verifier.terms import Terms
from dcplan.verifier.verdict import verify

GENSET = "upgrades.genset-2500"
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "more saved than the lead time": (
        {f"{GENSET}.expedite": {"air": {"saves": "200 week", "cost": "1 MUSD"}}},
        f"{GENSET}.expedite.air.saves",
        "at most the lead time of 61 week",
    ),
    "an expedite in another currency": (
        {f"{GENSET}.expedite": {"air": {"saves": "9 week", "cost": "1 MEUR"}}},
        f"{GENSET}.expedite.air.cost",
        "an amount in USD",
    ),
    "an expedited floor": (
        {"upgrades.spreader.expedite": {"air": {"saves": "1 day", "cost": "1 USD"}}},
        "upgrades.spreader.expedite.air",
        "an upgrade that buys plant",
    ),
    "an upgrade that waits for nobody": (
        {f"{GENSET}.requires": ["genset-2500"]},
        f"{GENSET}.requires[0]",
        "another upgrade that buys plant",
    ),
    "a required floor": ({f"{GENSET}.requires": ["spreader"]}, f"{GENSET}.requires[0]", "another upgrade that buys"),
    "a floor that waits": ({"upgrades.spreader.requires": ["genset-2500"]}, "upgrades.spreader.requires", "buys plant"),
    "named twice": ({f"{GENSET}.excludes": ["cdu-1350", "cdu-1350"]}, f"{GENSET}.excludes[1]", "each upgrade once"),
    "required and excluded": (
        {f"{GENSET}.requires": ["cdu-1350"], f"{GENSET}.excludes": ["cdu-1350"]},
        f"{GENSET}.excludes[0]",
        "does not require",
    ),
    "required, and excluded from the other side": (
        {f"{GENSET}.requires": ["cdu-1350"], "upgrades.cdu-1350.excludes": ["genset-2500"]},
        f"{GENSET}.requires[0]",
        "given cdu-1350; allowed an upgrade that does not exclude genset-2500",
    ),
    "excluded by what it requires": (
        {f"{GENSET}.requires": ["cdu-1350"], "upgrades.cdu-1350.excludes": ["genset-2500"]},
        "upgrades.cdu-1350.excludes[0]",
        "given genset-2500; allowed an upgrade that does not require cdu-1350",
    ),
    "excluded by what that requires": (
        {
            f"{GENSET}.requires": ["cdu-1350"],
            "upgrades.cdu-1350.requires": ["dry-cooler"],
            "upgrades.dry-cooler.excludes": ["genset-2500"],
        },
        f"{GENSET}.requires[0]",
        "given cdu-1350, which requires dry-cooler; allowed",
    ),
    "a circle": (
        {f"{GENSET}.requires": ["cdu-1350"], "upgrades.cdu-1350.requires": ["genset-2500"]},
        ".requires",
        "no upgrade that waits for itself",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_is_refused_where_it_stands(name: str, examples: Path) -> None:
    overrides, field, words = REFUSED[name]
    with pytest.raises(InputError) as caught:
        load(examples / "hopper_to_blackwell.yaml", overrides=overrides)
    assert any(field in str(problem) and words in str(problem) for problem in caught.value.problems), str(caught.value)


def test_what_can_have_no_effect_is_told(examples: Path) -> None:
    """No mistakes: `dcplan explain` itself sets `at_most` to nothing to see what a choice is worth."""
    overrides = {
        f"{GENSET}.requires": ["cdu-1350"],
        "upgrades.cdu-1350.at_most": 0,
        f"{GENSET}.expedite": {"air": {"saves": "1 week", "cost": "1 USD", "at_most": 0}},
        "loads.ghost": {"hall": "hall-1"},
    }
    file = examples / "hopper_to_blackwell.yaml"
    new = [line for line in load(file, overrides=overrides).warnings if line not in load(file).warnings]
    assert new == [
        "upgrade genset-2500 requires cdu-1350, of which `at_most` is 0: it is never bought",
        "upgrade genset-2500: `at_most` of the expedite air is 0: no unit is had so",
        "load ghost states neither power, heat, positions nor ways: it takes nothing",
    ]
    # what may not be bought itself waits for nobody; one position is something
    overrides |= {f"{GENSET}.at_most": 0, "loads.ghost": {"hall": "hall-1", "positions": 1}}
    told = load(file, overrides=overrides).warnings
    assert not [line for line in told if "never bought" in line or "ghost" in line]


def planned(*edits: Data) -> tuple[SiteModel, Plan]:
    """The plan of an edited base site, proven and verified."""
    model = loaded(site(*edits))
    made = plan(model, seconds=20.0, workers=1, deterministic=True)
    assert (made.status, made.verified) == ("optimal", True), made.warnings
    return model, made


def broken(made: Plan, model: SiteModel) -> set[tuple[str, str]]:
    return {(item.rule, item.place) for item in verify(made, model).violations}


# ---------------------------------------------------------------- expediting


def expedited(cost: str, **own: Any) -> Data:
    """Two generators that take 40 days, or 10 for more money; every day of delay loses 1,000 USD."""
    return bought(lead_time="40 day", at_most=2, expedite={"air": {"saves": "30 day", "cost": cost, **own}})


def test_units_are_expedited_as_long_as_it_costs_less_than_the_delay() -> None:
    # the SU can be energised on day 11 at the earliest, with both generators; after 10 days, or 40, and one of install
    for cost, expected, value in (("14999 USD", 11, 229_998.0), ("15001 USD", 41, 230_000.0)):
        _, made = planned(expedited(cost))
        assert [(su.energise - made.start).days for su in made.sus] == [expected]
        assert made.objective.value == value
        assert {item.expedite for item in made.units} == ({"air"} if expected == 11 else {None})


def test_expedited_units_share_name_place_and_number_with_the_others() -> None:
    # one of two may be expedited, and then both still wait for the other: none is
    _, made = planned(expedited("1 USD", at_most=1))
    assert [item.expedite for item in made.units] == [None, None]
    # a third of 150 kW carries nothing alone; one generator stands, so that one more is enough
    standing: Data = {"plant": {"old": {"spec": "generator", "count": 1, "at": "site"}}}
    model, made = planned(expedited("1 USD", at_most=1), standing)
    (only,) = made.units
    assert (only.id, only.expedite, only.cost) == ("buy-generator@site#1", "air", 100_001.0)
    assert (only.order, only.delivery) == (made.start, made.start + timedelta(days=10))
    assert [dict(step.units) for step in made.running] == [{"buy-generator@site": 1, "old@site": 1}]
    assert "buy-generator (generator), expedited: air" in plan_text(made)
    assert broken(unit(made, only.id, expedite=None), model) >= {("lead-time", only.id), ("cost", only.id)}
    assert ("expedite", only.id) in broken(unit(made, only.id, expedite="sea"), model)
    fewer = loaded(site(expedited("1 USD", at_most=0), standing))
    assert ("expedite", "buy-generator/air") in broken(made, fewer)
    sooner = made.start - timedelta(days=1) + timedelta(days=10)
    assert isinstance(sooner, date)
    assert ("lead-time", only.id) in broken(unit(made, only.id, delivery=sooner), model)


def test_expedited_units_count_against_what_may_stand() -> None:
    model = loaded(site(expedited("1 USD"), {"upgrades": {"buy-generator": {"at_most": 1}}}))
    made = plan(model, seconds=20.0, workers=1, deterministic=True)
    assert made.status == "infeasible"


# ---------------------------------------------------------------- one after, or without, another


def vault(**own: Any) -> Data:
    """A third utility service, beside two that are enough."""
    return service("utility", count=2, commission="20 workday", **own)


def test_a_required_unit_is_bought_for_its_own_sake_and_goes_first() -> None:
    model, made = planned(bought(), vault(), upgrade(requires=["buy-utility"]))
    # service: installed on day 0, commissioned 20 days later; the sets a day after that; they are counted on day 22
    names = [item.id for item in made.units]
    assert names == ["buy-utility@site#1", "buy-generator@site#1", "buy-generator@site#2"]
    first, *sets = made.units
    assert (first.commissioned - made.start).days == 21
    assert all(item.install_start == first.commissioned for item in sets)
    assert [(su.energise - made.start).days for su in made.sus] == [22]
    early = unit(made, sets[0].id, install_start=first.commissioned - timedelta(days=1))
    assert ("requires", sets[0].id) in broken(early, model)
    alone = made.model_copy(update={"units": tuple(sets)})
    assert {("requires", item.id) for item in sets} <= broken(alone, model)


def test_a_required_unit_is_installed_no_earlier_than_need_be() -> None:
    # with interest, an order is worth more the later it is placed: the SU arrives on day 10
    _, made = planned(bought(), service("utility", count=2), upgrade(requires=["buy-utility"]),
                      {"financing_rate": "10 %/year"})  # fmt: skip
    days = [(item.install_start - made.start).days for item in made.units]
    assert days == [9, 10, 10]


def test_of_upgrades_that_exclude_each_other_the_better_one_is_bought() -> None:
    cheap: Data = {
        "specs": {"small": {"family": "generator", "maker": "M", "model": "S", "power": "150 kW", "footprint": "9 m2",
                            "rating_class": "PRP", "power_factor": "75 %"}},
        "upgrades": {"small": {"spec": "small", "at": ["site"], "at_most": 1, "crew": "mep", "lead_time": "0 day",
                               "cost": "70000 USD", "install": "1 workday"}},
    }  # fmt: skip
    _, both = planned(bought(), cheap)
    assert sorted(item.upgrade for item in both.units) == ["buy-generator", "small"]
    model, one = planned(bought(), cheap, upgrade(excludes=["small"]))
    assert [item.upgrade for item in one.units] == ["buy-generator"] * 2
    assert ("excludes", "buy-generator") in broken(both, model)
    assert one.objective.value == both.objective.value + 30_000


@pytest.mark.parametrize(
    ("at", "places"),
    [(["pod", "hall", "other"], {"pod"}), (["hall", "other"], {"hall"}), (["other"], {"other"})],
)
def test_a_required_unit_is_as_near_as_it_may_stand(at: list[str], places: set[str]) -> None:
    two = {"positions": 2, "integrated_test": "0 workday"}
    halls = {"halls": {"pod": {**two, "within": "hall"}, "other": {**two, "air": {"loop": "water"}}}}
    model = loaded(
        site(service("ups", at=["pod"]), halls, {"redundancy": {"ups": {"group": "pod"}}},
             service("room_air", at=at), {"redundancy": {"room_air": {"group": "pod"}}},
             upgrade("ups", requires=["buy-room_air"]))
    )  # fmt: skip
    found = model.site.upgrades["buy-ups"]
    assert required_at(model, found, "pod") == {"buy-room_air": tuple(sorted(places))}
    assert Terms.of(model).required(found, "pod") == {"buy-room_air": places}
    problem = formulate(model)
    (ups,) = (plant for plant in problem.plants if plant.upgrade == "buy-ups")
    assert ups.purchase is not None
    (group,) = ups.purchase.after
    assert {problem.plants[index].place for index in group} == places
