"""One site through the whole pipe: problem, search, dates, verification, payment window."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from dcplan import answer
from dcplan.assess import check
from dcplan.coverage import NOT_COVERED
from dcplan.crosscheck import assumptions
from dcplan.formulate import formulate
from dcplan.ledger import payments
from dcplan.problem import FINE, Problem, Purchase, SuClass
from dcplan.problem import Reinforcement as Strengthening
from dcplan.procure import Pace, date_of, su_chain, unit_cost
from dcplan.ratings import World, su_obstacles
from dcplan.risk import replay
from dcplan.site import SiteModel
from dcplan.solver.capacity import Capacity
from dcplan.solver.members import Assignment, crew_members
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Install, Run, Schedule, Timeline, loop_ready
from dcplan.solver.search import Progress, Result, Status, optimise
from dcplan.units import text
from dcplan.verifier import verify

_OUTCOME: dict[Status, answer.Outcome] = {
    Status.OPTIMAL: "optimal",
    Status.FEASIBLE: "feasible",
    Status.INFEASIBLE: "infeasible",
    Status.NO_PLAN: "no_plan",
    Status.INTERRUPTED: "interrupted",
}


def plan(
    model: SiteModel,
    *,
    seconds: float = 60.0,
    workers: int = 2,
    seed: int = 0,
    deterministic: bool = False,
    progress: Progress | None = None,
) -> answer.Plan:
    """Decide what to buy and build, where and when, and when the vendor is paid.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    seconds : float
        Limit on the search [s]; with `deterministic`, in the solver's deterministic seconds.
    workers, seed : int
        Solver threads, and the seed of its search.
    deterministic : bool
        Whether the same input, seed and limit must give the same answer.
    progress : callable, optional
        Called with seconds, objective and bound (money steps) after each grid.

    Returns
    -------
    Plan
        Verified before it is returned; an infeasible site gives a plan without purchases and with its reasons.
    """
    problem = formulate(model)
    limits = Limits(seconds=seconds, workers=workers, seed=seed, deterministic=deterministic)
    result = optimise(problem, limits, progress)
    draft = _draft(model, problem, result, limits)
    if result.schedule is None:
        return draft
    verdict = verify(draft, model)
    found = tuple(f"verification: {violation.message}" for violation in verdict.violations[:20])
    return draft.model_copy(update={"verified": verdict.ok, "warnings": (*draft.warnings, *found)})


def _draft(model: SiteModel, problem: Problem, result: Result, limits: Limits) -> answer.Plan:
    """The answer before verification."""
    units: tuple[answer.Unit, ...] = ()
    sus: tuple[answer.Su, ...] = ()
    tests: tuple[answer.HallTest, ...] = ()
    running: tuple[answer.Running, ...] = ()
    paid: answer.Payments | None = None
    if result.schedule is not None:
        dated = _Dated(model, problem, result.schedule, crew_members(problem, result.schedule))
        units, sus = dated.units(), dated.sus()
        tests, running = dated.tests(), dated.running()
        paid = _payments(model, problem, result.schedule, [su.id for su in sus])
    return answer.Plan(
        site=model.site.name,
        file=model.file,
        input_sha256=model.text_sha256,
        status=_OUTCOME[result.status],
        reasons=() if result.schedule is not None else _reasons(model, problem, result),
        perspective=model.site.perspective,
        currency=model.site.currency,
        start=model.site.start,
        end=model.site.end,
        objective=_objective(problem, result),
        purchases=_purchases(units, sus),
        units=units,
        sus=sus,
        tests=tests,
        running=running,
        payments=paid,
        verified=False,
        not_checked=_not_checked(model),
        assumed=tuple(f"{place}: {text(figure.value)}" for place, figure in assumptions(model)),
        warnings=model.warnings,
        settings=answer.Settings(
            seconds=limits.seconds, workers=limits.workers, seed=limits.seed, deterministic=limits.deterministic
        ),
        versions={name: version(name) for name in ("dcplan", "ortools", "pint", "pydantic")}
        | {"python": platform.python_version()},
    )


def _not_checked(model: SiteModel) -> tuple[str, ...]:
    """Lines that the check leaves open for want of data, and the subjects outside dcplan."""
    lines = [f"{line.id}: {line.reason}" for line in check(model).lines if line.verdict == "not checked"]
    return (*lines, *NOT_COVERED)


def _payments(model: SiteModel, problem: Problem, schedule: Schedule, su_ids: Sequence[str]) -> answer.Payments:
    best = replay(problem, schedule, formulate(model, Pace.OPTIMISTIC))
    worst = replay(problem, schedule, formulate(model, Pace.PESSIMISTIC))
    return payments(model, problem, schedule, su_ids, best, worst)


def _purchases(units: Sequence[answer.Unit], sus: Sequence[answer.Su]) -> float:
    spent = sum(unit.cost for unit in units)
    return spent + sum(su.reinforcement.cost for su in sus if su.reinforcement is not None)


def _reasons(model: SiteModel, problem: Problem, result: Result) -> tuple[str, ...]:
    """What can be said of a site without a plan."""
    if result.status is not Status.INFEASIBLE:
        return (f"no plan was found within {result.seconds:.0f} s; allow more time with --seconds",)
    found: list[str] = []
    for name, deployment in sorted(model.site.deployments.items()):
        if any(su.deployment == name and not su.modes for su in problem.classes):
            for hall in deployment.halls:
                obstacles = su_obstacles(model, name, hall, World.PLANNING) or [
                    "the floor carries its racks with none of the declared reinforcements"
                ]
                found.extend(f"deployment {name} cannot stand in hall {hall}: {reason}" for reason in obstacles)
    return tuple(found) or (
        "no selection of the declared upgrades carries every SU by its deadline within the limits; "
        "`dcplan check` lists what falls short",
    )


# ---------------------------------------------------------------- objective


def _objective(problem: Problem, result: Result) -> answer.Objective:
    step, schedule = problem.money_step, result.schedule
    bound = None if result.bound is None else result.bound * step
    if schedule is None:
        return answer.Objective(
            value=None, spend=None, delay=None, bound=bound, gap=None, gap_money=None, gap_su_days=None,
            step=step, exact=None, rounding=0.0,
        )  # fmt: skip
    value = schedule.objective * step
    gap_money = None if bound is None else max(0.0, value - min(bound, value))
    gap = None if gap_money is None else (gap_money / value if value > 0 else 0.0)
    daily = max((sum(delay.rate for delay in su.delays) / FINE * step for su in problem.classes), default=0.0)
    return answer.Objective(
        value=value,
        spend=schedule.cost * step,
        delay=(schedule.objective - schedule.cost) * step,
        bound=None if bound is None else min(bound, value),
        gap=gap,
        gap_money=gap_money,
        gap_su_days=None if gap_money is None or daily <= 0 else gap_money / daily,
        step=step,
        exact=_exact(problem, schedule),
        rounding=0.5 * step * (len(schedule.installs) + 3 * len(schedule.runs)),
    )


def _exact(problem: Problem, schedule: Schedule) -> float:
    """The objective from unrounded prices and rates."""

    def price(bought: Purchase | Strengthening, start: int) -> int:
        return bought.cost - bought.carry * max(start - bought.lead_days, 0)

    total = 0
    for install in schedule.installs:
        purchase = problem.plants[install.plant].purchase
        total += 0 if purchase is None else price(purchase, install.start)
    for run in schedule.runs:
        su = problem.classes[run.su]
        reinforcement = su.modes[run.mode].reinforcement
        if reinforcement is not None and run.reinforce is not None:
            total += price(reinforcement, run.reinforce)
        ready = su.ready[su.arrivals.index(run.arrival)]
        total += _lost(problem, su, run.energised) - _lost(problem, su, ready)
    return total / FINE * problem.money_step


def _lost(problem: Problem, su: SuClass, energised: int) -> int:
    """Delay cost in 1/FINE steps, against day 0."""
    accepted = problem.accepted(su, energised)
    days = [(delay, energised if delay.until == "energise" else accepted) for delay in su.delays]
    return sum(delay.rate * (day if delay.cap is None else min(day, delay.cap)) for delay, day in days)


# ---------------------------------------------------------------- dates and names


@dataclass(frozen=True)
class _Dated:
    """A schedule with its names, dates and people."""

    model: SiteModel
    problem: Problem
    schedule: Schedule
    members: Assignment

    def unit_ids(self) -> list[str]:
        """`upgrade@place#n` of every bought unit, numbered in order of install."""
        number: Counter[str] = Counter()
        ids = [""] * len(self.schedule.installs)
        for index in sorted(range(len(ids)), key=lambda i: (self.schedule.installs[i].start, i)):
            plant = self.problem.plants[self.schedule.installs[index].plant].id
            number[plant] += 1
            ids[index] = f"{plant}#{number[plant]}"
        return ids

    def su_ids(self) -> list[str]:
        """`deployment#n` of every SU, numbered in order of energisation."""
        number: Counter[str] = Counter()
        ids = []
        for run in self.schedule.runs:
            name = self.problem.classes[run.su].deployment
            number[name] += 1
            ids.append(f"{name}#{number[name]}")
        return ids

    def units(self) -> tuple[answer.Unit, ...]:
        """Every bought unit."""
        made = [
            self._unit(install, unit_id, members)
            for install, unit_id, members in zip(
                self.schedule.installs, self.unit_ids(), self.members.installs, strict=True
            )
        ]
        return tuple(sorted(made, key=lambda unit: (unit.order, unit.id)))

    def _unit(self, install: Install, unit_id: str, members: Sequence[int]) -> answer.Unit:
        plant = self.problem.plants[install.plant]
        purchase, name = plant.purchase, plant.upgrade
        if purchase is None or name is None:
            raise AssertionError(unit_id)
        upgrade = self.model.site.upgrades[name]
        return answer.Unit(
            id=unit_id,
            upgrade=name,
            spec=plant.spec,
            place=plant.place,
            order=date_of(self.model, install.start - purchase.lead_days),
            delivery=date_of(self.model, install.start),
            install_start=date_of(self.model, install.start),
            install_end=date_of(self.model, self.problem.workdays.finish(install.start, purchase.install.days)),
            commissioned=date_of(self.model, install.commissioned),
            counted=date_of(self.model, install.counted),
            crew=upgrade.crew,
            members=tuple(member + 1 for member in members),
            cost=unit_cost(self.model, upgrade),
            paid_by=upgrade.paid_by,
        )

    def sus(self) -> tuple[answer.Su, ...]:
        """Every SU, in order of energisation."""
        return tuple(self._su(index, name) for index, name in enumerate(self.su_ids()))

    def _su(self, index: int, su_id: str) -> answer.Su:
        run = self.schedule.runs[index]
        su = self.problem.classes[run.su]
        ready = su.ready[su.arrivals.index(run.arrival)]
        accepted_ready = self.problem.accepted(su, ready)
        deployment = self.model.site.deployments[su.deployment]
        mode = su.modes[run.mode]
        fill_start = run.set_end
        if su.liquid:
            fill_start = max(run.set_end, loop_ready(self.problem, self.schedule.installs, mode.hall))
        return answer.Su(
            id=su_id,
            deployment=su.deployment,
            hall=self.problem.halls[mode.hall].name,
            delivery=date_of(self.model, run.arrival),
            reinforcement=self._reinforcement(index),
            set_start=date_of(self.model, run.set_start),
            set_end=date_of(self.model, run.set_end),
            crew=su_chain(self.model, deployment).set_and_connect.crew,
            members=tuple(member + 1 for member in self.members.sets[index]),
            fill_start=date_of(self.model, fill_start),
            fill_end=date_of(self.model, run.fill_end),
            energise=date_of(self.model, run.energised),
            burn_in_end=date_of(self.model, run.energised + su.burn_in_days),
            acceptance=date_of(self.model, run.accepted),
            ready_energise=date_of(self.model, ready),
            ready_acceptance=date_of(self.model, accepted_ready),
            delay_days=run.accepted - accepted_ready,
            gated_by=self._gate(run, fill_start),
        )

    def _reinforcement(self, index: int) -> answer.Reinforcement | None:
        run = self.schedule.runs[index]
        strengthening = self.problem.classes[run.su].modes[run.mode].reinforcement
        members = self.members.reinforcements[index]
        if strengthening is None or run.reinforce is None or members is None:
            return None
        upgrade = self.model.site.upgrades[strengthening.upgrade]
        return answer.Reinforcement(
            upgrade=strengthening.upgrade,
            spec=upgrade.spec,
            positions=strengthening.positions,
            order=date_of(self.model, run.reinforce - strengthening.lead_days),
            start=date_of(self.model, run.reinforce),
            end=date_of(self.model, self.problem.workdays.finish(run.reinforce, strengthening.task.days)),
            crew=upgrade.crew,
            members=tuple(member + 1 for member in members),
            cost=unit_cost(self.model, upgrade) * strengthening.positions,
            paid_by=upgrade.paid_by,
        )

    def _gate(self, run: Run, fill_start: int) -> str:
        """What kept an SU from being energised a day earlier."""
        su = self.problem.classes[run.su]
        if run.energised > run.fill_end:
            counting = sorted(
                {
                    self.problem.plants[install.plant].id
                    for install in self.schedule.installs
                    if install.counted == run.energised
                }
                | {plant.id for plant in self.problem.plants if run.energised in plant.arrivals}
            )
            return "capacity: " + (", ".join(counting) or "plant that counts from this day")
        if fill_start > run.set_end:
            return "first unit of the hall's liquid loop"
        if run.set_start > self.problem.workdays.next_open(run.arrival):
            strengthening = su.modes[run.mode].reinforcement
            if strengthening is not None and run.reinforce is not None:
                end = self.problem.workdays.finish(run.reinforce, strengthening.task.days)
                if self.problem.workdays.next_open(end) >= run.set_start:
                    return f"floor: {strengthening.upgrade}"
            return f"crew {self.problem.crews[su.connect.crew][0]}"
        return "delivery"

    def tests(self) -> tuple[answer.HallTest, ...]:
        """Integrated tests: one per hall and day on which its SUs are first carried by newly counted units."""
        ids = self.unit_ids()
        sus = self.su_ids()
        found = []
        for hall, record in enumerate(self.problem.halls):
            dates = sorted({run.energised for run in self.schedule.runs if self._mode_hall(run) == hall})
            since = -1
            for day in dates:
                new = [
                    index
                    for index, install in enumerate(self.schedule.installs)
                    if since < install.counted <= day and self.problem.plants[install.plant].hall in (None, hall)
                ]
                since = day
                if not new:
                    continue
                end = max(self.schedule.installs[index].counted for index in new)
                found.append(
                    answer.HallTest(
                        hall=record.name,
                        start=date_of(self.model, max(self.schedule.installs[index].commissioned for index in new)),
                        end=date_of(self.model, end),
                        units=tuple(sorted(ids[index] for index in new)),
                        sus=tuple(
                            sus[index]
                            for index, run in enumerate(self.schedule.runs)
                            if run.energised == day and self._mode_hall(run) == hall
                        ),
                    )
                )
        return tuple(sorted(found, key=lambda test: (test.start, test.hall)))

    def _mode_hall(self, run: Run) -> int:
        return self.problem.classes[run.su].modes[run.mode].hall

    def running(self) -> tuple[answer.Running, ...]:
        """Which units run from each date on which something changes, from the first energisation on."""
        capacity = Capacity(self.problem)
        counted = [(install.counted, install.plant) for install in self.schedule.installs]
        counted += [(day, index) for index, plant in enumerate(self.problem.plants) for day in plant.arrivals]
        live = [(run.energised, run.su, run.mode) for run in self.schedule.runs]
        timeline = Timeline(self.problem, capacity, counted, live)
        first = min(day for day, _, _ in live)
        found = []
        for day in timeline.changes(first - 1):
            numbers = capacity.running(timeline.available(day), timeline.demand(day)) or timeline.available(day)
            found.append(
                answer.Running(
                    since=date_of(self.model, day),
                    units={plant.id: number for plant, number in zip(self.problem.plants, numbers, strict=True)},
                )
            )
        return tuple(found)
