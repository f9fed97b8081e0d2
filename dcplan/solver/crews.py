"""Who is at work on which day: crews of a fixed size, tasks that take some of their members for whole working days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from dcplan.problem import Problem, Task
from dcplan.workdays import BEYOND


@dataclass
class Crews:
    """How many members of each crew are busy on each day."""

    problem: Problem
    busy: list[Counter[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.busy = [Counter() for _ in self.problem.crews]
        for crew, day, members in self.problem.busy:
            self.busy[crew][day] += members

    def days(self, task: Task, start: int) -> Sequence[int]:
        """The working days of a task that starts on a working day."""
        open_days = self.problem.workdays.open_days
        index = self.problem.workdays.between(0, start)
        return open_days[index : index + task.days]

    def fits(self, task: Task, start: int) -> bool:
        """Whether a crew has room for a task that starts on a working day."""
        busy, size = self.busy[task.crew], self.problem.crews[task.crew][1]
        days = self.days(task, start)
        return len(days) == task.days and all(busy[day] + task.need <= size for day in days)

    def earliest(self, task: Task, not_before: int) -> int:
        """First working day on or after `not_before` on which a task can start; BEYOND when there is none.

        A task of no days is done at once, on any day.
        """
        if task.days == 0:
            return max(task.release, not_before)
        start = self.problem.workdays.next_open(max(task.release, not_before))
        while start < BEYOND:
            if self.fits(task, start):
                return start
            if len(self.days(task, start)) < task.days:
                return BEYOND
            start = self.problem.workdays.next_open(start + 1)
        return BEYOND

    def latest(self, task: Task, not_after: int, above: int) -> int | None:
        """Last working day up to `not_after`, later than `above`, on which a task can start."""
        workdays = self.problem.workdays
        start = workdays.latest_start(not_after + 1, 1)
        while start > above and start >= task.release:
            if self.fits(task, start):
                return start
            start = workdays.latest_start(start, 1)
        return None

    def take(self, task: Task, start: int, sign: int = 1) -> None:
        """Occupy a crew with a task, or with sign -1 set it free."""
        for day in self.days(task, start):
            self.busy[task.crew][day] += sign * task.need
