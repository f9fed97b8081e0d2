"""From a schedule of day numbers to purchases, SUs, tests and running units with names, dates and people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from dcplan import answer
from dcplan.errors import InternalError
from dcplan.periods import scheme_changes
from dcplan.problem import Problem, Task
from dcplan.procure import date_of, day_of, su_chain, tie_in_days, unit_cost
from dcplan.rental import Stay, charged
from dcplan.site import SiteModel, Upgrade
from dcplan.solver.capacity import Capacity
from dcplan.solver.crews import Crews
from dcplan.solver.hire import terms
from dcplan.solver.members import Assignment, bookings
from dcplan.solver.schedule import Install, Run, Schedule, departures, loop_ready
from dcplan.solver.timeline import Timeline

NO_LIMIT = "no limit of its own: its turn, or nothing gained by an earlier day"
"""What gates an SU that could be ready earlier, with nothing but other SUs or its own worth against it."""


def stay(problem: Problem, install: Install) -> Stay:
    """The days of a hired unit; one that stays is charged to the plan's end, or to that of its minimum hire."""
    _, hire = terms(problem, install.plant)
    if install.released is not None:
        return Stay(install.start, install.counted, install.released, install.released + hire.removal)
    return Stay(install.start, install.counted, problem.days, max(problem.days, install.start + hire.minimum))


@dataclass(frozen=True)
class Dated:
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
            name = self.problem.plants[self.schedule.installs[index].plant].type_id
            number[name] += 1
            ids[index] = f"{name}#{number[name]}"
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
            raise InternalError(f"{unit_id} was bought but is not for sale")
        upgrade = self.model.site.upgrades[name]
        return answer.Unit(
            id=unit_id,
            upgrade=name,
            spec=plant.spec,
            place=plant.place,
            train=plant.train,
            expedite=plant.expedite,
            order=date_of(self.model, install.start - purchase.lead_days),
            delivery=date_of(self.model, install.start),
            install_start=date_of(self.model, install.start),
            install_end=date_of(self.model, self.problem.workdays.finish(install.start, purchase.install.days)),
            tie_in=self._tie_in(upgrade, install.start, purchase.install.days),
            commissioned=date_of(self.model, install.commissioned),
            counted=date_of(self.model, install.counted),
            crew=upgrade.crew,
            members=tuple(member + 1 for member in members),
            cost=unit_cost(self.model, upgrade, plant.expedite),
            paid_by=upgrade.paid_by,
            hire=self._stay(install, upgrade),
        )

    def _stay(self, install: Install, upgrade: Upgrade) -> answer.Stay | None:
        """How long a hired unit stays, and what that costs."""
        if upgrade.rental is None:
            return None
        days = stay(self.problem, install)
        rent, running = charged(self.model, upgrade, days)
        return answer.Stay(
            duty=upgrade.rental.duty,
            released=date_of(self.model, days.released),
            returned=date_of(self.model, days.returned),
            stays=install.released is None,
            rent=rent,
            running=running,
        )

    def _tie_in(self, upgrade: Upgrade, start: int, days: int) -> answer.TieIn | None:
        """The last days of an install, where it ties into live plant."""
        if upgrade.tie_in is None:
            return None
        before = days - tie_in_days(upgrade, self.model.specs[upgrade.spec])
        first = self.problem.workdays.next_open(self.problem.workdays.finish(start, before))
        return answer.TieIn(window=upgrade.tie_in.window, start=date_of(self.model, first))

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
        workdays = self.problem.workdays
        delivered = workdays.next_open(run.arrival)
        strengthening = su.modes[run.mode].reinforcement
        floor = delivered
        if strengthening is not None:
            floor = workdays.finish(workdays.next_open(strengthening.task.release), strengthening.task.days)
        if self._chain_end(run, delivered) >= run.energised:
            return "delivery"
        if strengthening is not None and self._chain_end(run, workdays.next_open(floor)) >= run.energised:
            return f"floor: {strengthening.upgrade}"
        laid = min(self._laid(run), default=None)
        if laid is not None and self._chain_end(run, workdays.next_open(max(laid[0], run.arrival))) >= run.energised:
            return f"route: {laid[1]}"
        counting = {
            self.problem.plants[install.plant].type_id
            for install in self.schedule.installs
            if install.counted == run.energised
        }
        counting |= {plant.id for plant in self.problem.plants if run.energised in plant.arrivals}
        if counting:
            return "capacity: " + ", ".join(sorted(counting))
        if fill_start > run.set_end:
            return "first unit of the hall's liquid loop"
        if run.fill_end < run.energised:
            changed = date_of(self.model, run.energised)
            return f"redundancy in force from {changed}" if changed in scheme_changes(self.model.site) else NO_LIMIT
        return self._crew_waited_for(run) or NO_LIMIT

    def _crew_waited_for(self, run: Run) -> str | None:
        """The crew too few of which were free on the last working day before they set to work for an SU."""
        su, workdays = self.problem.classes[run.su], self.problem.workdays
        task, start = su.connect, run.set_start
        strengthening = su.modes[run.mode].reinforcement
        if strengthening is not None and run.reinforce is not None:
            floor_done = workdays.finish(run.reinforce, strengthening.task.days)
            if workdays.latest_start(start, 1) < floor_done:
                task, start = strengthening.task, run.reinforce
        day_before = workdays.latest_start(start, 1)
        free = day_before < 0 or self._at_work.fits(Task(task.crew, task.need, 1, 0), day_before)
        return None if free else f"crew {self.problem.crews[task.crew][0]}"

    @cached_property
    def _at_work(self) -> Crews:
        """The crews with every task of the schedule."""
        crews = Crews(self.problem)
        for booking in bookings(self.problem, self.schedule):
            crews.take(booking.task, booking.start)
        return crews

    def _laid(self, run: Run) -> list[tuple[int, str]]:
        """Day and upgrade of the plates that let the racks of an SU roll in; none where it needs none."""
        route = self.problem.classes[run.su].modes[run.mode].route
        return [
            (install.commissioned, self.problem.plants[install.plant].upgrade or "")
            for install in self.schedule.installs
            if install.plant in route
        ]

    def _chain_end(self, run: Run, set_start: int) -> int:
        """Day on which an SU set on a day, with all it needs, could be energised."""
        su = self.problem.classes[run.su]
        workdays = self.problem.workdays
        return workdays.finish(workdays.finish(set_start, su.connect.days), su.fill_days)

    def tests(self) -> tuple[answer.HallTest, ...]:
        """Integrated tests: one per hall and day on which newly counted units carry more SUs, or a scheme falls due."""
        names = (self.unit_ids(), self.su_ids())
        found = [test for hall in range(len(self.problem.halls)) for test in self._hall_tests(hall, *names)]
        return tuple(sorted(found, key=lambda test: (test.start, test.hall)))

    def _hall_tests(self, hall: int, units: Sequence[str], sus: Sequence[str]) -> list[answer.HallTest]:
        installs, runs = self.schedule.installs, self.schedule.runs
        serving = (None, hall, self.problem.halls[hall].within)
        live = {run.energised for run in runs if self._mode_hall(run) == hall}
        changes = (day_of(self.model, day) for day in scheme_changes(self.model.site))
        due = {day for day in changes if live and min(live) < day <= self.problem.days}
        found, since = [], -1
        for day in sorted(live | due):
            new = [
                index
                for index, install in enumerate(installs)
                if since < install.counted <= day
                and self.problem.plants[install.plant].hall in serving
                and self.problem.plants[install.plant].tested
            ]
            since = day
            if not new:
                continue
            served = [index for index, run in enumerate(runs) if run.energised == day and self._mode_hall(run) == hall]
            found.append(
                answer.HallTest(
                    hall=self.problem.halls[hall].name,
                    start=date_of(self.model, max(installs[index].commissioned for index in new)),
                    end=date_of(self.model, max(installs[index].counted for index in new)),
                    units=tuple(sorted(units[index] for index in new)),
                    sus=tuple(sus[index] for index in served),
                )
            )
        return found

    def _mode_hall(self, run: Run) -> int:
        return self.problem.classes[run.su].modes[run.mode].hall

    def running(self) -> tuple[answer.Running, ...]:
        """Which units run from each date on which something changes, from the first energisation on."""
        capacity = Capacity(self.problem)
        counted = [(install.counted, install.plant) for install in self.schedule.installs]
        counted += [(day, index) for index, plant in enumerate(self.problem.plants) for day in plant.arrivals]
        live = [(run.energised, run.su, run.mode) for run in self.schedule.runs]
        timeline = Timeline(self.problem, capacity, counted, live, departures(self.schedule.installs))
        first = min(day for day, _, _ in live)
        found = []
        for day in timeline.changes(first - 1):
            numbers = capacity.running(timeline.available(day), timeline.demand(day)) or timeline.available(day)
            units: Counter[str] = Counter()
            for plant, number in zip(self.problem.plants, numbers, strict=True):
                units[plant.type_id] += number
            found.append(answer.Running(since=date_of(self.model, day), units=dict(units)))
        return tuple(found)
