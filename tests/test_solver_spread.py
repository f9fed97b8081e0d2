"""Schedules that follow a relaxation: some keep capacity free for an SU that is worth more."""

from __future__ import annotations

from sites import day, loaded
from test_constraints import service, site

from dcplan.formulate.build import formulate
from dcplan.solver.capacity import Capacity
from dcplan.solver.cells import Grid
from dcplan.solver.decode import build
from dcplan.solver.grid import GridModel
from dcplan.solver.merge import unmerged
from dcplan.solver.run import Limits
from dcplan.solver.spread import spread


def test_capacity_is_kept_for_what_the_relaxation_energises_first():
    """Two sets carry one SU of 200 kW, more come on day 40. The SU of day 10 loses 1,000 a day, that of day 15 5,000.

    Taken as they come, the second waits for day 41 and 25 days; with the capacity kept, it is live on day 16 and the
    first waits for 30 days.
    """
    alpha = {"customer": "Alpha", "su": [{"spec": "rack", "count": 2}], "halls": ["hall"], "ordered": day(0),
             "price": "1 MUSD", "terms": [{"event": "acceptance", "share": "100 %", "net": "30 day"}]}  # fmt: skip
    beta = {**alpha, "deliveries": [{"day": day(15), "count": 1}], "lost_margin": "5000 USD/day"}
    problem = formulate(
        loaded(site(service("generator", count=2, lead_time="40 day"), {"deployments": {"beta": beta}}))
    )
    capacity, grid = Capacity(problem), Grid(tuple(range(problem.days + 2)))
    solution = GridModel(problem, capacity, grid).solve(Limits(seconds=20.0, workers=1, deterministic=True)).solution
    assert solution is not None
    made = [build(problem, capacity, choice) for choice in spread(unmerged(problem), (), grid, solution)]
    dates = [
        [] if schedule is None else sorted((run.arrival, run.energised) for run in schedule.runs) for schedule in made
    ]
    assert dates[:2] == [[(10, 11), (15, 41)], [(10, 41), (15, 16)]]
    costs = [0 if schedule is None else schedule.objective for schedule in made]
    assert costs[1] == min(costs)
    assert (costs[0] - costs[1]) * problem.money_step == 25 * 5000 - 30 * 1000
