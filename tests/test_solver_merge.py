"""Equal halls taken together: which are equal, what is added up, and that every bound of the smaller problem holds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from benchmarks.family import Case, site_of

from dcplan.formulate.build import formulate
from dcplan.problem import Cap, Problem
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Grid
from dcplan.solver.grid import GridModel
from dcplan.solver.kits import kits_of
from dcplan.solver.merge import merged, unmerged
from dcplan.solver.run import Limits
from dcplan.solver.search import Status, optimise

LIMITS = Limits(seconds=20.0, workers=1, deterministic=True)


@cache
def family(sus: int, halls: int, mixed: bool = False) -> Problem:
    return formulate(site_of(Case(sus, halls, mixed=mixed)))


def test_what_equal_halls_have_is_added_up():
    whole = family(4, 2)
    joined = merged(whole)
    (kind,) = joined.kinds
    assert [whole.halls[hall].name for hall in kind.halls] == ["hall-01", "hall-02"]
    assert len(joined.problem.halls) == len(whole.halls) - 1
    for target, sources in enumerate(joined.members):
        one, parts = joined.problem.plants[target], [whole.plants[index] for index in sources]
        assert one.existing == sum(part.existing for part in parts)
        assert one.most == sum(part.most for part in parts)
        assert len({part.spec for part in parts}) == 1
    rows = {row.id.partition("@")[0]: row for row in joined.problem.rows}
    room = [row.capacity or 0 for row in whole.rows if row.id.startswith("positions@")]
    assert rows["positions"].capacity == sum(room)
    assert rows["cdu"].failures == 0
    assert rows["generator"].failures == 1
    assert [len(su.modes) for su in joined.problem.classes] == [1]
    assert [len(su.modes) for su in whole.classes] == [2]


def test_halls_that_differ_in_anything_stay_apart():
    whole = family(4, 2)
    dearer = list(whole.plants)
    index = next(index for index, plant in enumerate(dearer) if plant.upgrade == "cdu_a")
    purchase = dearer[index].purchase
    assert purchase is not None
    dearer[index] = replace(dearer[index], purchase=replace(purchase, lead_days=purchase.lead_days + 1))
    other = replace(whole, plants=tuple(dearer))
    assert merged(other) == unmerged(other)
    # halls of two sizes
    assert merged(family(6, 2, mixed=True)).kinds == ()
    # halls that a cap prices differently
    capped = replace(whole, cap=Cap(other, 10**9))
    assert merged(capped).kinds == ()
    assert len(merged(replace(whole, cap=Cap(whole, 10**9))).kinds) == 1


@pytest.mark.parametrize("sus", [2, 3])
def test_bounds_of_the_merged_problem_hold_for_the_whole(sus: int):
    whole = family(sus, 2)
    found = optimise(whole, LIMITS)
    assert found.schedule is not None
    assert found.status is Status.OPTIMAL
    joined = merged(whole)
    for step in (90, 400):
        grid = Grid((0, *range(50, whole.days, step), whole.days + 1))
        bounds = [
            GridModel(joined.problem, Capacity(joined.problem), grid, kits=kits).solve(LIMITS).bound
            for kits in ((), kits_of(joined))
        ]
        assert None not in bounds
        without, with_kits = (bound or 0 for bound in bounds)
        assert without <= with_kits <= found.schedule.objective
