"""A plan that is given, in terms of its site's problem: what counts, runs and is energised from which day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from dcplan.answer import Plan
from dcplan.errors import InputError
from dcplan.errors import Problem as Mistake
from dcplan.formulate.build import formulate
from dcplan.problem import Problem
from dcplan.procure import day_of
from dcplan.residual import mode_of, plant_of
from dcplan.setpoints import settled
from dcplan.site import SiteModel
from dcplan.solver.capacity import Capacity
from dcplan.solver.schedule import Install, Run, counted_days, departures
from dcplan.solver.timeline import Timeline
from dcplan.verifier.verdict import verify


@dataclass(frozen=True)
class Given:
    """A verified plan and its site."""

    model: SiteModel
    """At the setpoints of the plan."""
    plan: Plan
    problem: Problem
    capacity: Capacity

    @classmethod
    def of(cls, model: SiteModel, plan: Plan, name: str) -> Given:
        """A plan of a site.

        Raises
        ------
        InputError
            The verifier refuses it.
        """
        verdict = verify(plan, model)
        if not verdict.ok:
            said = "; ".join(one.message for one in verdict.violations[:2])
            hint = f"`dcplan verify` says why: {said}"
            given = f"{len(verdict.violations)} violations"
            raise InputError([Mistake(name, None, None, "", given, "a plan that keeps the rules of its site", hint)])
        at = settled(model, plan.setpoints)
        problem = formulate(at)
        return cls(at, plan, problem, Capacity(problem))

    @cached_property
    def installs(self) -> tuple[Install, ...]:
        """Every unit, in the plan's order."""
        return tuple(
            Install(
                plant_of(self.problem, unit),
                day_of(self.model, unit.install_start),
                day_of(self.model, unit.commissioned),
                day_of(self.model, unit.counted),
                None if unit.hire is None or unit.hire.stays else day_of(self.model, unit.hire.released),
            )
            for unit in self.plan.units
        )

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Every SU, in the plan's order."""
        found = []
        for su in self.plan.sus:
            arrival = day_of(self.model, su.delivery)
            number, mode = mode_of(self.problem, su, arrival)
            made = None if su.reinforcement is None else day_of(self.model, su.reinforcement.start)
            dates = (su.set_start, su.set_end, su.fill_end, su.energise, su.acceptance)
            found.append(Run(number, mode, arrival, made, *(day_of(self.model, one) for one in dates)))
        return tuple(found)

    def room(self, row_id: str) -> Iterator[tuple[int, int]]:
        """Of a row of fixed supply what the plan leaves, and the least that one more of anything would take."""
        for index, row in enumerate(self.problem.rows):
            if row.id != row_id or row.capacity is None:
                continue
            takes = [self.problem.plants[install.plant].takes for install in self.installs]
            takes += [self.problem.classes[run.su].modes[run.mode].takes for run in self.runs]
            used = row.demand + sum(dict(terms).get(index, 0) for terms in takes)
            kinds = [plant.takes for plant in self.problem.plants if plant.purchase is not None]
            kinds += [mode.takes for su in self.problem.classes for mode in su.modes]
            needs = [amount for terms in kinds if (amount := dict(terms).get(index, 0))]
            if needs:
                yield row.capacity - used, min(needs)

    def timeline(self, installs: Sequence[Install]) -> Timeline:
        """What counts, with the units that are bought or hired, and what is energised."""
        live = [(run.energised, run.su, run.mode) for run in self.runs]
        return Timeline(self.problem, self.capacity, counted_days(self.problem, installs), live, departures(installs))

    def carried(self, installs: Sequence[Install], since: int) -> bool:
        """Whether everything is carried on each day from a day on, with other installs."""
        line = self.timeline(installs)
        first = min(run.energised for run in self.runs)
        days = [day for day in (since, *line.changes(since)) if day >= first]
        return all(self.capacity.running(line.available(day), line.demand(day)) is not None for day in days)
