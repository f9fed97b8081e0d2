"""What upgrades share: one permit for several, one calendar for all; and plant on order that slips."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from damage import unit
from sites import Data, day, loaded
from test_constraints import bought, service, site

from dcplan.answer import Plan
from dcplan.errors import InputError
from dcplan.planner import plan
from dcplan.site import SiteModel
from dcplan.verifier.verdict import verify


def planned(*edits: Data) -> tuple[SiteModel, Plan]:
    model = loaded(site(*edits))
    made = plan(model, seconds=20.0, workers=1, deterministic=True)
    assert (made.status, made.verified) == ("optimal", True), made.warnings
    return model, made


def on(number: int) -> date:
    return date.fromisoformat(day(number))


# ---------------------------------------------------------------- one permit for several lots


def both(gate: str) -> tuple[Data, ...]:
    """Generators and UPS under one permit, which takes 25 days."""
    own = {"permit": "air", "lead_time": "5 day", "commission": "3 workday"}
    return bought(**own), service("ups", **own), {"permits": {"air": {"duration": "25 day", "gates": gate}}}


@pytest.mark.parametrize(("gate", "first"), [("order", 30), ("delivery", 25), ("install", 25), ("startup", 0)])
def test_a_permit_of_several_upgrades_is_there_for_all_on_one_day(gate: str, first: int) -> None:
    model, made = planned(*both(gate))
    bought_of = {item.upgrade for item in made.units}
    assert bought_of == {"buy-generator", "buy-ups"}
    if gate == "startup":
        assert {item.commissioned for item in made.units} == {on(28)}
        return
    assert {item.install_start for item in made.units} == {on(first)}
    for item in made.units:
        early = unit(made, item.id, order=on(24), delivery=on(24), install_start=on(24))
        rules = {(found.rule, found.on) for found in verify(early, model).violations if found.place == item.id}
        assert ("permit", on(24)) in rules


def test_two_applications_are_two_permits() -> None:
    """What is applied for later comes later; the first lot does not wait for it."""
    apart: Data = {
        "permits": {"second": {"duration": "25 day", "apply": day(10)}}, "upgrades": {"buy-ups": {"permit": "second"}},
    }  # fmt: skip
    model, made = planned(*both("install"), apart)
    assert {item.install_start for item in made.units if item.upgrade == "buy-ups"} == {on(35)}
    for item in made.units:
        soon = unit(made, item.id, install_start=on(25))
        rules = {found.rule for found in verify(soon, model).violations if found.place == item.id}
        assert ("permit" in rules) is (item.upgrade == "buy-ups")


# ---------------------------------------------------------------- one calendar for all


def test_a_freeze_stops_every_crew_everywhere_and_what_was_begun_goes_on_after_it() -> None:
    """Two crews in two halls; lead time and burn-in run on through it."""
    halls: Data = {
        "halls": {"other": {"positions": 2, "integrated_test": "0 workday", "air": {"loop": "water"}}},
        "deployments": {"alpha": {"halls": ["other"]}},
        "su_chain": {"burn_in": "4 day", "acceptance": "2 workday",
                     "set_and_connect": {"crew": "racks", "duration": "3 workday"}},
    }  # fmt: skip
    _, free = planned(bought(lead_time="9 day", install="3 workday"), halls)
    (su,) = free.sus
    assert [su.set_start, su.set_end, su.energise, su.burn_in_end, su.acceptance] == list(map(on, (10, 13, 13, 17, 19)))
    freeze: Data = {"calendar": {"freezes": [{"day": day(11), "to": day(12), "name": "Quarter end"}]}}
    _, frozen = planned(bought(lead_time="9 day", install="3 workday"), halls, freeze)
    (su,) = frozen.sus
    assert [su.set_start, su.set_end, su.energise, su.burn_in_end, su.acceptance] == list(map(on, (10, 15, 15, 19, 21)))
    assert {item.install_start for item in frozen.units} <= {on(9), on(10)}
    later: Data = {"calendar": {"freezes": [{"day": day(14), "to": day(17), "name": "Quarter end"}]}}
    _, accepted = planned(bought(lead_time="9 day", install="3 workday"), halls, later)
    (su,) = accepted.sus
    assert [su.energise, su.burn_in_end, su.acceptance] == list(map(on, (13, 17, 20)))


# ---------------------------------------------------------------- plant on order


def on_order(**own: str) -> Data:
    stands = {"spec": "generator", "count": 2, "at": "site", "status": "ordered", **own}
    return {**bought(at_most=0), "plant": {"sets": stands}}


def test_plant_on_order_counts_from_its_day_and_in_the_worst_world_from_a_later_one() -> None:
    for slips, worst in ((None, 20), (day(20), 20), (day(45), 45)):
        own = {} if slips is None else {"slips_to": slips}
        _, made = planned(on_order(in_service=day(20), **own))
        assert [su.energise for su in made.sus] == [on(20)]
        assert made.payments is not None
        (cash,) = made.payments.milestones
        assert (cash.planned, cash.best, cash.worst) == tuple(
            on(number) + timedelta(days=30) for number in (20, 20, worst)
        )
    # a date that slipped is a new date
    _, late = planned(on_order(in_service=day(45)))
    assert [su.energise for su in late.sus] == [on(45)]
    # what stands by the first day no longer slips
    _, there = planned(on_order(in_service=day(0), slips_to=day(45)))
    assert there.payments is not None
    assert [cash.worst for cash in there.payments.milestones] == [on(11) + timedelta(days=30)]


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (
            {"status": "ordered", "in_service": day(20), "slips_to": day(19)},
            f"a day on or after its `in_service` ({day(20)})",
        ),
        ({"slips_to": day(19)}, "a day on or after its `in_service` (none is stated)"),
    ],
)
def test_a_day_before_the_one_it_slips_from_is_refused(own: Data, words: str) -> None:
    with pytest.raises(InputError) as caught:
        loaded(site({**bought(), "plant": {"sets": {"spec": "generator", "count": 1, "at": "site", **own}}}))
    assert "plant.sets.slips_to" in str(caught.value)
    assert words in str(caught.value)
