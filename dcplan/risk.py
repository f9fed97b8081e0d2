"""The dates of one plan when its durations come out otherwise. Nothing is decided again.

What stays as planned: the day of every order, the days the racks arrive, which members do which tasks in which
sequence, and the order in which SUs are energised. What follows: deliveries, starts, commissioning, tests,
energisation, acceptance.

A later duration never gives an earlier date, by construction:

* a task starts on the first working day on or after the latest of its material, its permit, its predecessor and the
  end of the previous task of each of its members. Sequences are fixed, so every start is a maximum of sums of
  durations, and the calendar keeps order;
* an SU is energised once the plant that counts carries it together with *all* SUs that go before it, whether or not
  these are energised by then: capacity is promised in the planned order. If only what is energised were counted, an SU
  could overtake a late one, use the capacity promised to it, and be earlier in a worse world. The promise asks only
  for the plant the SU itself hangs on; plant of other halls is taken as it stands on the SU's planned day;
* a unit that counts may stay unconnected, so that its own standing draw never makes more plant carry less;
* a hired unit stays until what replaces it is there: it is taken to be there for every SU whose planned day comes
  before its planned release, and for no other.

With the planned durations the planned dates come out. Material is planned to arrive on the day its work starts, so
installs and reinforcements need nothing for this. A plan may however set or energise an SU later than it could (when
nothing is lost by it). Such an SU, and no other, is held: not set before its planned day, and if that is not enough,
not energised before its planned day.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dcplan.errors import InternalError
from dcplan.problem import Problem, Purchase, Reinforcement
from dcplan.procure import CHAIN_MARGIN_DAYS
from dcplan.solver.capacity import NOT_ASKED, Capacity, Counts
from dcplan.solver.members import Assignment, Booking, bookings, crew_members
from dcplan.solver.schedule import Install, Schedule, dated_install, loop_ready, route_ready
from dcplan.solver.sequence import startable
from dcplan.workdays import BEYOND


@dataclass(frozen=True)
class Replay:
    """Days on which the SUs of a schedule, in the order of its runs, are energised and accepted in one world.

    None: not accepted within the days that are tabulated.
    """

    energised: tuple[int | None, ...]
    accepted: tuple[int | None, ...]


@dataclass(frozen=True)
class _Step:
    """A task with the members that do it."""

    booking: Booking
    members: tuple[int, ...]


@dataclass(frozen=True)
class _Need:
    """What must be carried for one SU to be energised."""

    demand: Counts
    """Per row: the baseline, every SU that goes before, and the SU itself."""
    path: frozenset[int]
    """Plant the SU hangs on."""
    elsewhere: Counts
    """Units per plant type on the SU's planned day: what is taken to stand off the path."""
    planned: int
    """The SU's planned day."""

    def asked(self, problem: Problem, day: int) -> Counts:
        """The demand on a day: off the path on rows in force on the planned day, on it on those in force on the day."""
        near = {row for index in self.path for row, _ in problem.plants[index].supply}
        return tuple(
            amount if row.in_force(day if index in near else self.planned) else NOT_ASKED
            for index, (row, amount) in enumerate(zip(problem.rows, self.demand, strict=True))
        )


@dataclass(frozen=True)
class Policy:
    """What of a plan stays the same in every world."""

    planned: Problem
    schedule: Schedule
    capacity: Capacity
    steps: tuple[_Step, ...]
    needs: tuple[_Need, ...]
    set_hold: tuple[int, ...]
    energise_hold: tuple[int, ...]


def replay(planned: Problem, schedule: Schedule, other: Problem, members: Assignment | None = None) -> Replay:
    """The dates of a plan when durations are those of another problem of the same site.

    Parameters
    ----------
    planned : Problem
        The problem that the schedule solves.
    schedule : Schedule
    other : Problem
        The same site with other durations: same plant types, SU classes, modes and crews in the same order.
    members : Assignment, optional
        Who does what; by default the lowest members that are free.

    Returns
    -------
    Replay
        With ``other == planned``, the planned dates; with durations nowhere shorter, dates nowhere earlier.
    """
    return replayed(policy(planned, schedule, members), other)


def policy(planned: Problem, schedule: Schedule, members: Assignment | None = None) -> Policy:
    """What of a plan stays the same in every world; work it out once to replay many."""
    members = members or crew_members(planned, schedule)
    by_kind = (members.installs, members.reinforcements, members.sets)
    capacity = Capacity(planned)
    none = (0,) * len(schedule.runs)
    free = Policy(
        planned=planned,
        schedule=schedule,
        capacity=capacity,
        steps=tuple(
            _Step(booking, by_kind[booking.kind][booking.index] or ()) for booking in bookings(planned, schedule)
        ),
        needs=_needs(planned, schedule, capacity),
        set_hold=none,
        energise_hold=none,
    )
    sets = tuple(
        run.set_start if early else 0 for run, early in zip(schedule.runs, _early(free), strict=True)
    )  # fmt: skip
    held = Policy(planned, schedule, capacity, free.steps, free.needs, sets, none)
    days = tuple(run.energised if early else 0 for run, early in zip(schedule.runs, _early(held), strict=True))
    return Policy(planned, schedule, capacity, free.steps, free.needs, sets, days)


def _early(fixed: Policy) -> list[bool]:
    """Which SUs a replay of the planned durations energises before their planned day."""
    energised = replayed(fixed, fixed.planned).energised
    return [
        day is not None and day < run.energised for day, run in zip(energised, fixed.schedule.runs, strict=True)
    ]  # fmt: skip


def replayed(fixed: Policy, other: Problem) -> Replay:
    """The dates of a plan in one world.

    Parameters
    ----------
    fixed : Policy
    other : Problem
        The site with the durations of that world.
    """
    if len(other.plants) != len(fixed.planned.plants) or len(other.classes) != len(fixed.planned.classes):
        raise InternalError("a plan can be replayed only on its own site")
    installs, set_ends = _work(fixed, other)
    arrived = _Arrived(other, installs)
    loops = [loop_ready(other, installs, hall) for hall in range(len(other.halls))]
    last = other.days + CHAIN_MARGIN_DAYS
    energised: list[int | None] = []
    accepted: list[int | None] = []
    for index, run in enumerate(fixed.schedule.runs):
        su = other.classes[run.su]
        ready = set_ends[index]
        if su.liquid:
            ready = other.workdays.finish(max(ready, loops[su.modes[run.mode].hall]), su.fill_days)
        ready = max(ready, fixed.energise_hold[index])
        day = _first_carried(fixed, arrived.at(run.energised), index, ready)
        end = BEYOND if day is None else other.accepted(su, day)
        energised.append(day if end <= last else None)
        accepted.append(end if end <= last else None)
    return Replay(tuple(energised), tuple(accepted))


def _delivered(bought: Purchase | Reinforcement, planned: Purchase | Reinforcement, start: int) -> int:
    """Delivery of what was ordered on the day its planned start asked for, or once this world lets it be ordered."""
    return max(start - planned.lead_days, bought.order_release) + bought.lead_days


def _work(fixed: Policy, other: Problem) -> tuple[list[Install], list[int]]:
    """Installs dated within the table, and for each run the day its SU is set and connected."""
    free = [[0] * size for _, size in other.crews]
    reinforced = [0] * len(fixed.schedule.runs)
    set_ends = [BEYOND] * len(fixed.schedule.runs)
    installs: list[Install] = []
    for step in fixed.steps:
        index, start = step.booking.index, step.booking.start
        if step.booking.kind == 0:
            plant = fixed.schedule.installs[index].plant
            purchase, before = other.plants[plant].purchase, fixed.planned.plants[plant].purchase
            if purchase is None or before is None:
                raise InternalError(f"{other.plants[plant].id} cannot be bought in this world")
            waits = 0
            if purchase.after:
                waits = startable(purchase, ((one.plant, one.start, one.commissioned) for one in installs))
            task, ready = purchase.install, max(_delivered(purchase, before, start), waits)
        else:
            run = fixed.schedule.runs[index]
            su = other.classes[run.su]
            way = su.modes[run.mode].reinforcement
            was = fixed.planned.classes[run.su].modes[run.mode].reinforcement
            task, ready = su.connect, max(run.arrival, reinforced[index], fixed.set_hold[index])
            if step.booking.kind == 1:
                if way is None or was is None:
                    raise InternalError(f"SUs of {su.id} need no reinforcement in this world")
                task, ready = way.task, _delivered(way, was, start)
            else:
                ready = max(ready, route_ready(installs, su.modes[run.mode]))
        until = free[task.crew]
        begun = max(ready, task.release, *(until[member] for member in step.members))
        begun = other.workdays.next_open(begun) if task.days else begun
        tied = task.next_start(other.workdays, begun) if task.days else begun
        # where no outage window is left the work is done, and never connected
        end = other.workdays.finish(begun if tied >= BEYOND else tied, task.days)
        for member in step.members:
            until[member] = end
        if step.booking.kind == 0:
            install = dated_install(other, fixed.schedule.installs[index].plant, tied)
            released = fixed.schedule.installs[index].released
            installs.extend([] if install is None else [replace(install, released=released)])
        else:
            (reinforced if step.booking.kind == 1 else set_ends)[index] = end
    return installs, set_ends


# ---------------------------------------------------------------- capacity


class _There:
    """Units of each plant type that are there, by the days from which they count."""

    def __init__(self, problem: Problem, installs: Iterable[Install]) -> None:
        self._existing = [plant.existing for plant in problem.plants]
        self._days = [list(plant.arrivals) for plant in problem.plants]
        for install in installs:
            self._days[install.plant].append(install.counted)
        for days in self._days:
            days.sort()
        self._changes: dict[frozenset[int], list[int]] = {}

    def on(self, day: int) -> Counts:
        """Units that count on a day."""
        return tuple(
            existing + bisect_right(days, day) for existing, days in zip(self._existing, self._days, strict=True)
        )

    def changes(self, plants: frozenset[int]) -> list[int]:
        """Days on which more of some plant types counts, in order."""
        if plants not in self._changes:
            self._changes[plants] = sorted({day for plant in plants for day in self._days[plant]})
        return self._changes[plants]


class _Arrived:
    """What is there for an SU, by its planned day: units that are released by then are not."""

    def __init__(self, problem: Problem, installs: Sequence[Install]) -> None:
        self._problem, self._installs = problem, installs
        self._released = sorted(install.released for install in installs if install.released is not None)
        self._known: dict[int, _There] = {}

    def at(self, planned: int) -> _There:
        """What is there for SUs of a planned day."""
        gone = bisect_right(self._released, planned)
        if gone not in self._known:
            staying = (one for one in self._installs if one.released is None or one.released > planned)
            self._known[gone] = _There(self._problem, staying)
        return self._known[gone]


def _needs(planned: Problem, schedule: Schedule, capacity: Capacity) -> tuple[_Need, ...]:
    """What must be carried for each SU, the SUs before it in the order of the runs included."""
    arrived = _Arrived(planned, schedule.installs)
    promised: Counter[tuple[int, int]] = Counter()
    paths: dict[tuple[int, int], frozenset[int]] = {}
    needs = []
    for run in schedule.runs:
        kind = run.su, run.mode
        promised[kind] += 1
        demand = capacity.demand([(su, mode, number) for (su, mode), number in sorted(promised.items())])
        if kind not in paths:
            paths[kind] = _path(planned, *kind)
        needs.append(_Need(demand, paths[kind], arrived.at(run.energised).on(run.energised), run.energised))
    return tuple(needs)


def _path(problem: Problem, su: int, mode: int) -> frozenset[int]:
    """Plant that supplies what an SU loads, and plant that supplies what that plant loads, and so on."""
    rows = {row for row, _ in problem.classes[su].modes[mode].demand}
    path: set[int] = set()
    while True:
        more = {
            index
            for index, plant in enumerate(problem.plants)
            if index not in path and any(row in rows for row, _ in plant.supply)
        }
        if not more:
            return frozenset(path)
        path |= more
        rows |= {row for index in more for row, _ in (*problem.plants[index].running, *problem.plants[index].standing)}


def _first_carried(fixed: Policy, there: _There, index: int, ready: int) -> int | None:
    """First day from `ready` on which an SU is carried; from then on it is, as plant only comes.

    But where more is asked from a day on: an SU that is live by then stays so, one that is not waits for its plant.
    """
    if ready >= BEYOND:
        return None
    need = fixed.needs[index]

    def carried(day: int) -> bool:
        units = tuple(
            count if plant in need.path else need.elsewhere[plant] for plant, count in enumerate(there.on(day))
        )
        return _connected(fixed, units, need.asked(fixed.planned, day) if dated else need.demand)

    dated = any(row.since or row.until is not None for row in fixed.planned.rows)
    changes = there.changes(need.path)
    days = [ready, *changes[bisect_right(changes, ready) :]]
    if dated:
        return next((day for day in days if carried(day)), None)
    first = bisect_left(days, True, key=carried)
    return days[first] if first < len(days) else None


def _connected(fixed: Policy, units: Counts, demand: Counts) -> bool:
    """Whether some of the units carry a demand, the others not being connected and so drawing nothing."""
    capacity, plants = fixed.capacity, fixed.planned.plants
    if capacity.running(units, demand) is not None:
        return True
    relieved, choices = list(demand), []
    for plant, number in zip(plants, units, strict=True):
        new = number - plant.existing
        choices.append(range(plant.existing, number + 1) if plant.standing else (number,))
        for row, amount in plant.standing:
            relieved[row] -= amount * new
    if tuple(relieved) == demand or capacity.running(units, tuple(relieved)) is None:
        return False
    return any(capacity.running(chosen, demand) is not None for chosen in itertools.product(*choices))
