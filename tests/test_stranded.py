"""What is left over, by hand: the services of the tiny site once both of its SUs run."""

from __future__ import annotations

import pytest
from tiny import planned_by_hand, tiny

from dcplan.explaining.given import Given
from dcplan.explaining.stranded import left_over
from dcplan.formulate.build import formulate
from dcplan.solver.capacity import Capacity


def test_nothing_more_fits_and_what_it_would_lack_is_named(tmp_path):
    """Three CDUs of 180 kW here, one of them spare, carry 320 kW of two SUs' liquid: 40 kW are left, not 160."""
    model = tiny(tmp_path)
    further, spares = left_over(Given.of(model, planned_by_hand(model), "x"))
    ((one),) = further
    assert (one.deployment, one.hall, one.count) == ("alpha", "hall", 0)
    assert "CDU heat at hall" in one.short
    found = {(spare.service, spare.place): spare for spare in spares}
    cdu = found["CDU heat", "hall"]
    assert cdu.unit == "kW"
    assert 0 < cdu.spare < 160
    # none of it can be used
    assert all(spare.stranded == pytest.approx(spare.spare) for spare in spares)
    # 2 MW of utility less what is drawn
    assert 0 < found["utility power", "site"].spare < 2000


def test_room_for_more_is_counted_and_not_stranded(tmp_path):
    """With plant for ten SUs standing, six positions are left: three more SUs; each takes 200 kW of utility power."""
    plenty = {
        "plant.gensets.count": 12, "plant.ups.count": 12, "plant.crahs.count": 12, "plant.coolers.count": 8,
        "plant.service.count": 5, "limits.generator_power": "null", "halls.hall.positions": 10,
    }  # fmt: skip
    model = tiny(
        tmp_path, {**plenty, "upgrades.cdu.at_most": 12, "upgrades.plates.at_most": 20, "halls.hall.gallery_slots": 12}
    )
    plan = planned_by_hand(model)
    more = [plan.units[3].model_copy(update={"id": f"cdu@hall#{4 + n}"}) for n in range(8)]
    whole = plan.model_copy(update={"units": (*plan.units, *more)})
    problem = formulate(model)
    given = Given(model, whole, problem, Capacity(problem))
    further, spares = left_over(given)
    assert [(one.count, one.short) for one in further] == [(3, ("rack positions at hall",))]
    utility = next(spare for spare in spares if spare.service == "utility power")
    assert 600 < utility.spare - utility.stranded < 900
