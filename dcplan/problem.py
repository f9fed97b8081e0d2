"""The integer problem the optimizer solves: rows to balance, plant to buy, SUs to energise, crews and days.

A leaf: plain frozen records of integers that know no YAML, no pint and no OR-Tools. A day is counted from the first
day of the plan; an amount is counted in its row's `step` (SI size of one unit); money in `money_step`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from dcplan.hire import SCALE, Hire
from dcplan.workdays import BEYOND, Workdays

FINE = 1_000_000
"""Prices and rates are kept in this fraction of a money step, so that each coefficient is rounded only once."""
Terms = tuple[tuple[int, int], ...]
"""(row index, amount in steps of that row), ascending by row."""


@dataclass(frozen=True)
class Row:
    """One balance: supply left after `failures` units are out must cover demand."""

    id: str
    unit: str
    step: float
    failures: int
    demand: int
    capacity: int | None
    """Fixed supply of a row that nothing can be bought for (positions, yard, budget); None: supplied by plant."""
    since: int = 0
    until: int | None = None
    """Of a row supplied by plant: asked on the days from `since` on, before `until`; None: to the end."""

    def in_force(self, day: int) -> bool:
        """Whether it must balance on a day."""
        return day >= self.since and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Task:
    """Crew work: `need` members of a crew for `days` working days, not before `release`."""

    crew: int
    need: int
    days: int
    release: int
    starts: tuple[int, ...] | None = None
    """Days on which it may start, ascending, for what it ties into is off when it ends; None: any working day."""

    def next_start(self, workdays: Workdays, day: int) -> int:
        """First day on or after a day on which it may start; BEYOND when there is none."""
        if self.starts is None:
            return workdays.next_open(day)
        index = bisect_left(self.starts, day)
        return self.starts[index] if index < len(self.starts) else BEYOND

    def last_start(self, workdays: Workdays, day: int) -> int:
        """Last day up to a day on which it may start; -1 when there is none."""
        if self.starts is None:
            return workdays.latest_start(day + 1, 1)
        index = bisect_right(self.starts, day) - 1
        return self.starts[index] if index >= 0 else -1


@dataclass(frozen=True)
class Purchase:
    """How units of a plant type can be bought, and what one costs.

    An order placed on day o is delivered on o + lead_days. A unit is commissioned `commission_days` working days
    after its install, not starting before `startup_release`. Its price falls by `carry` for every day that it is
    ordered later (simple interest not paid), counted from day 0; both in 1/FINE money steps.
    """

    at_most: int
    cost: int
    carry: int
    lead_days: int
    order_release: int
    install: Task
    commission_days: int
    startup_release: int
    after: tuple[tuple[int, ...], ...] = ()
    """Indices into `plants`: of each group one unit is commissioned before an install of this one starts."""
    hire: Hire | None = None
    """Units are hired: `cost` is due with the order, rent beyond the minimum hire and running cost by the day."""


@dataclass(frozen=True)
class Plant:
    """Identical units at one place: those there, those arriving, those that can be bought."""

    id: str
    upgrade: str | None
    spec: str
    place: str
    hall: int | None
    existing: int
    arrivals: tuple[int, ...]
    supply: Terms
    running: Terms
    standing: Terms
    takes: Terms
    purchase: Purchase | None
    train: str | None = None
    expedite: str | None = None
    """How its units are had sooner than those of the same upgrade at the same place that are not."""
    tested: bool = True
    """Whether its hall's integrated test has anything to test: not so for plates on a route."""

    @property
    def type_id(self) -> str:
        """What its units are once they stand, however they were ordered."""
        return self.id if self.expedite is None else self.id.removesuffix(f" {self.expedite}")

    @property
    def is_hired(self) -> bool:
        """Whether its units go again."""
        return self.purchase is not None and self.purchase.hire is not None

    @property
    def most(self) -> int:
        """Units that can ever stand."""
        return self.existing + len(self.arrivals) + (self.purchase.at_most if self.purchase else 0)


@dataclass(frozen=True)
class Reinforcement:
    """Strengthening the positions of one SU before it is set."""

    upgrade: str
    positions: int
    cost: int
    carry: int
    lead_days: int
    order_release: int
    task: Task


@dataclass(frozen=True)
class Mode:
    """One way to place an SU: a hall and, if its floor is too weak, a reinforcement."""

    hall: int
    reinforcement: Reinforcement | None
    demand: Terms
    """Rows loaded from energisation."""
    takes: Terms
    """Rows loaded from set."""
    route: tuple[int, ...] = ()
    """Plates for the way in, indices into `plants`: one unit of them is commissioned before set; empty: none needed."""


@dataclass(frozen=True)
class Delay:
    """Money lost per day until an event of an SU, no longer than to day `cap`; `rate` in 1/FINE money steps."""

    rate: int
    until: Literal["energise", "acceptance"]
    cap: int | None


@dataclass(frozen=True)
class SuClass:
    """Identical SUs of one deployment."""

    id: str
    deployment: str
    arrivals: tuple[int, ...]
    ready: tuple[int, ...]
    """Energisation at a ready site, per SU."""
    connect: Task
    fill_days: int
    liquid: bool
    burn_in_days: int
    acceptance_days: int
    delays: tuple[Delay, ...]
    deadline: int
    modes: tuple[Mode, ...]


@dataclass(frozen=True)
class HallTest:
    """A hall, the working days of its integrated systems test, and the plant its liquid loop starts from."""

    name: str
    test_days: int
    loop_groups: tuple[tuple[int, ...], ...]
    """For each group one unit must be commissioned before a leak test: indices into `plants`."""
    within: int | None = None
    """The hall that this one is a pod of."""
    loop_from: int = 0
    """Day from which its loop can be filled as far as units hang on it that are in no group, being committed."""


@dataclass(frozen=True)
class Cap:
    """A limit on what a schedule costs at other prices, kept while the problem's own objective is minimised."""

    prices: Problem
    """The same problem with other prices and rates; its objective is what is limited."""
    most: int
    """In money steps of `prices`."""


def rounded(fine: int) -> int:
    """Whole money steps nearest to an amount in 1/FINE steps."""
    return (fine + FINE // 2) // FINE


def _whole(part: int) -> int:
    """Whole money steps nearest to an amount in 1/SCALE steps."""
    return (part + SCALE // 2) // SCALE


@dataclass(frozen=True)
class Problem:
    """Everything the optimizer knows."""

    days: int
    """Acceptance must fall on this day or before."""
    workdays: Workdays
    money_step: float
    crews: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    plants: tuple[Plant, ...]
    halls: tuple[HallTest, ...]
    classes: tuple[SuClass, ...]
    exclusive: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = ()
    """Pairs of groups of `plants` of which only one may be bought from."""
    cap: Cap | None = None
    busy: tuple[tuple[int, int, int], ...] = ()
    """Crew, day, and members of it at work that day whatever is decided."""

    @cached_property
    def row_changes(self) -> tuple[int, ...]:
        """Days of the plan on which rows come into force or cease to be."""
        days = {day for row in self.rows for day in (row.since, row.until) if day is not None}
        return tuple(sorted(day for day in days if 0 < day <= self.days))

    @cached_property
    def waits(self) -> bool:
        """Whether any install waits for another one."""
        return any(plant.purchase is not None and plant.purchase.after for plant in self.plants)

    @cached_property
    def hired(self) -> tuple[int, ...]:
        """Plant types whose units are hired."""
        return tuple(index for index, plant in enumerate(self.plants) if plant.is_hired)

    def accepted(self, su: SuClass, energised: int) -> int:
        """Acceptance day of an SU energised on a day."""
        return self.workdays.finish(energised + su.burn_in_days, su.acceptance_days)

    def delay_cost(self, su: SuClass, energised: int) -> int:
        """Money steps lost by an SU energised on a day, against day 0."""
        total = 0
        for delay in su.delays:
            event = energised if delay.until == "energise" else self.accepted(su, energised)
            total += delay.rate * (event if delay.cap is None else min(event, delay.cap))
        return rounded(total)

    def delay_base(self, su: SuClass) -> int:
        """The same for all SUs of a class at a ready site: what delay is measured against."""
        return sum(self.delay_cost(su, ready) for ready in su.ready)

    def unit_price(self, bought: Purchase | Reinforcement, start: int) -> int:
        """Price of a unit whose install (or reinforcement) starts on a day, ordered as late as that allows."""
        return rounded(bought.cost - bought.carry * max(start - bought.lead_days, 0))

    def hire_begun(self, plant: Plant, purchase: Purchase, hire: Hire, start: int) -> int:
        """What a hired unit costs when its install starts on a day, with all days charged up to its order."""
        counted = self.counted(plant, self.commissioned(purchase, start))
        due = purchase.cost - purchase.carry * max(start - purchase.lead_days, 0)
        before = hire.accrued(min(start + hire.minimum, self.days), min(counted, self.days))
        return _whole(due * (SCALE // FINE) - before)

    def hire_ended(self, hire: Hire, released: int | None) -> int:
        """What is charged by the day for a unit released on a day, or never in the plan, counted from day 0."""
        if released is None:
            return _whole(hire.accrued(self.days, self.days))
        return _whole(hire.accrued(released + hire.removal, released))

    def test_days(self, plant: Plant) -> int:
        """Integrated test after which a unit counts: its hall's; for shared plant the longest of all halls."""
        if not plant.tested:
            return 0
        if plant.hall is not None:
            return self.halls[plant.hall].test_days
        return max(hall.test_days for hall in self.halls)

    def counted(self, plant: Plant, commissioned: int) -> int:
        """Day from which a unit commissioned on a day counts."""
        return self.workdays.finish(commissioned, self.test_days(plant))

    def commissioned(self, purchase: Purchase, start: int) -> int:
        """Day on which a unit whose install starts on a day is commissioned."""
        installed = self.workdays.finish(start, purchase.install.days)
        return self.workdays.finish(max(installed, purchase.startup_release), purchase.commission_days)

    def latest_install(self, purchase: Purchase, commissioned: int) -> int:
        """Latest install start that is commissioned by a day; -1 when there is none."""
        startup = self.workdays.latest_start(commissioned, purchase.commission_days)
        if startup < purchase.startup_release:
            return -1
        return purchase.install.last_start(self.workdays, self.workdays.latest_start(startup, purchase.install.days))
