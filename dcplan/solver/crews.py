"""Who is at work on which day: crews of a fixed size, tasks that take some of their members for whole working days."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from dcplan.problem import Problem, Task
from dcplan.workdays import BEYOND


@dataclass
class Crews:
    """How many members of each crew are busy on each working day."""

    problem: Problem
    busy: list[list[int]] = field(default_factory=list)
    """Per crew and working day of the calendar."""
    open_from: dict[tuple[int, int], int] = field(default_factory=dict)
    """Crew, members: before this working day so many are never free."""

    def __post_init__(self) -> None:
        self.busy = [[0] * len(self.problem.workdays.open_days) for _ in self.problem.crews]
        for crew, day, members in self.problem.busy:
            if self.problem.workdays.is_open(day):
                self.busy[crew][self._index(day)] += members

    def _index(self, day: int) -> int:
        return bisect_left(self.problem.workdays.open_days, day)

    def _full(self, task: Task, index: int) -> int | None:
        """The last working day of a task that starts on one, on which its crew has no room; None when there is none."""
        busy, most = self.busy[task.crew], self.problem.crews[task.crew][1] - task.need
        for place in range(index + task.days - 1, index - 1, -1):
            if busy[place] > most:
                return place
        return None

    def _open_from(self, task: Task) -> int:
        """First working day on which a task's members are free at all."""
        busy, most = self.busy[task.crew], self.problem.crews[task.crew][1] - task.need
        index = self.open_from.get((task.crew, task.need), 0)
        while index < len(busy) and busy[index] > most:
            index += 1
        self.open_from[task.crew, task.need] = index
        return index

    def fits(self, task: Task, start: int) -> bool:
        """Whether a crew has room for a task that starts on a working day."""
        index = self._index(start)
        return index + task.days <= len(self.problem.workdays.open_days) and self._full(task, index) is None

    def earliest(self, task: Task, not_before: int) -> int:
        """First day on or after `not_before` on which a task can start; BEYOND when there is none.

        A task of no days is done at once, on any day.
        """
        if task.days == 0:
            return max(task.release, not_before)
        if task.starts is not None:
            first = max(task.release, not_before)
            return next((day for day in task.starts if day >= first and self.fits(task, day)), BEYOND)
        open_days = self.problem.workdays.open_days
        index = max(self._index(max(task.release, not_before)), self._open_from(task))
        while index + task.days <= len(open_days) and index < len(open_days):
            full = self._full(task, index)
            if full is None:
                return open_days[index]
            index = full + 1
        return BEYOND

    def latest(self, task: Task, not_after: int, above: int) -> int | None:
        """Last day up to `not_after`, later than `above`, on which a task can start."""
        if task.starts is not None:
            days = (day for day in reversed(task.starts) if max(above, task.release - 1) < day <= not_after)
            return next((day for day in days if self.fits(task, day)), None)
        open_days = self.problem.workdays.open_days
        first = max(bisect_left(open_days, above + 1), self._index(task.release))
        index = min(bisect_left(open_days, not_after + 1) - 1, len(open_days) - task.days)
        busy, most = self.busy[task.crew], self.problem.crews[task.crew][1] - task.need
        while index >= first:
            full = next((place for place in range(index, index + task.days) if busy[place] > most), None)
            if full is None:
                return open_days[index]
            index = full - task.days
        return None

    def take(self, task: Task, start: int, sign: int = 1) -> None:
        """Occupy a crew with a task, or with sign -1 set it free."""
        busy, index = self.busy[task.crew], self._index(start)
        if sign < 0:
            self.open_from = {key: min(first, index) for key, first in self.open_from.items()}
        for place in range(index, min(index + task.days, len(busy))):
            busy[place] += sign * task.need
