"""Which members of its crew do which task: schedules count members, people want names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dcplan.errors import InternalError
from dcplan.problem import Problem, Task
from dcplan.solver.schedule import Schedule


@dataclass(frozen=True)
class Assignment:
    """Members of each task, counted from 0 within its crew; aligned with a schedule's installs and runs."""

    installs: tuple[tuple[int, ...], ...]
    reinforcements: tuple[tuple[int, ...] | None, ...]
    sets: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Booking:
    """One task of a schedule: when it starts [day], and whose it is."""

    start: int
    kind: int
    """0 an install, 1 a reinforcement, 2 setting an SU."""
    index: int
    """Into the schedule's installs (kind 0) or runs."""
    task: Task


def bookings(problem: Problem, schedule: Schedule) -> list[Booking]:
    """Every task of a schedule in order of start, ties by kind and index."""
    return sorted(_bookings(problem, schedule), key=lambda booking: (booking.start, booking.kind, booking.index))


def _bookings(problem: Problem, schedule: Schedule) -> Iterator[Booking]:
    for index, install in enumerate(schedule.installs):
        purchase = problem.plants[install.plant].purchase
        if purchase is not None:
            yield Booking(install.start, 0, index, purchase.install)
    for index, run in enumerate(schedule.runs):
        su = problem.classes[run.su]
        reinforcement = su.modes[run.mode].reinforcement
        if reinforcement is not None and run.reinforce is not None:
            yield Booking(run.reinforce, 1, index, reinforcement.task)
        yield Booking(run.set_start, 2, index, su.connect)


def crew_members(problem: Problem, schedule: Schedule) -> Assignment:
    """The members of each task: in order of start, the lowest of its crew that are free.

    Tasks are intervals of working days, so taking any free members in order of start never runs short as long as the
    schedule keeps every crew within its size.

    Parameters
    ----------
    problem : Problem
    schedule : Schedule
        Dated within the sizes of the crews.

    Raises
    ------
    InternalError
        The schedule asks more of a crew than it has.
    """
    free = [[0] * size for _, size in problem.crews]
    taken: dict[tuple[int, int], tuple[int, ...]] = {}
    for booking in bookings(problem, schedule):
        until = free[booking.task.crew]
        members = [member for member, day in enumerate(until) if day <= booking.start][: booking.task.need]
        if len(members) < booking.task.need:
            raise InternalError(f"crew {problem.crews[booking.task.crew][0]} is overbooked on day {booking.start}")
        for member in members:
            until[member] = problem.workdays.finish(booking.start, booking.task.days)
        taken[booking.kind, booking.index] = tuple(members)
    runs = range(len(schedule.runs))
    return Assignment(
        installs=tuple(taken.get((0, index), ()) for index in range(len(schedule.installs))),
        reinforcements=tuple(taken.get((1, index)) for index in runs),
        sets=tuple(taken[2, index] for index in runs),
    )
