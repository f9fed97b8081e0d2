"""Which limits cannot all be kept, in smallest sets, and which smallest sets of them to loosen.

The sets are found by solving the site again and again with some limits lifted, never read off a solver's own cores.
A set conflicts when there is no plan although every other limit is lifted; it is minimal when lifting any one member
as well gives a plan. A cure is a set of limits without which there is a plan. The two are found together: a cure must
hit every conflict, so the smallest sets that hit all conflicts known so far are tried, and each that does not cure
holds a conflict that was not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dcplan.explaining.relax import Limit
from dcplan.explaining.trial import Trial, Trials

MOST_CONFLICTS = 12
MOST_CURES = 24


@dataclass(frozen=True)
class Conflict:
    """Limits that cannot all be kept."""

    limits: tuple[Limit, ...]
    minimal: bool
    """Whether a verified plan was found without each one of them; else for some of them it is not known."""


@dataclass
class Conflicts:
    """All that is known of which limits of a site conflict."""

    trials: Trials
    limits: Sequence[Limit]
    found: list[Conflict] = field(default_factory=list)
    cures: list[tuple[Limit, ...]] = field(default_factory=list)
    """Limits to lift, smallest first, none of them for nothing."""
    undecided: list[tuple[Limit, ...]] = field(default_factory=list)
    """Limits of which it is not known whether lifting them gives a plan."""
    complete: bool = False
    """Whether there are no other conflicts and cures than these."""

    def search(self) -> None:
        """Find conflicts and cures, until all are known or the time is over."""
        waiting: list[tuple[Limit, ...]] = [()]
        seen: set[frozenset[str]] = set()
        while waiting:
            lifted = waiting.pop(0)
            key = _ids(lifted)
            if key in seen or any(_ids(cure) <= key for cure in self.cures):
                continue
            seen.add(key)
            if len(self.found) >= MOST_CONFLICTS or len(self.cures) >= MOST_CURES or self.trials.out_of_time():
                return
            conflict = self._apart_from(key) or self._new(lifted)
            if conflict is not None:
                waiting.extend((*lifted, member) for member in conflict.limits)
                waiting.sort(key=len)
        self.complete = not self.undecided and all(conflict.minimal for conflict in self.found)

    def _apart_from(self, lifted: frozenset[str]) -> Conflict | None:
        """A known conflict that lifting these limits leaves as it is."""
        return next((one for one in self.found if not _ids(one.limits) & lifted), None)

    def _new(self, lifted: tuple[Limit, ...]) -> Conflict | None:
        """A conflict among the limits that are not lifted; without one, what was found is noted."""
        trial = self.trials.without(lifted)
        if trial is Trial.PLAN:
            self.cures.append(lifted)
            return None
        if trial is Trial.UNKNOWN:
            self.undecided.append(lifted)
            return None
        kept = [limit for limit in self.limits if limit.id not in _ids(lifted)]
        conflict = self._minimal(self._shrunk(kept))
        self.found.append(conflict)
        return conflict

    def conflicting(self, kept: Sequence[Limit]) -> bool:
        """Whether there is provably no plan that keeps these limits, all others lifted."""
        names = _ids(kept)
        return self.trials.without([limit for limit in self.limits if limit.id not in names]) is Trial.NONE

    def _shrunk(self, kept: list[Limit]) -> list[Limit]:
        """A smallest part of conflicting limits that conflicts still: QuickXplain."""
        if self.conflicting([]):
            return []
        return self._explained([], kept, False)

    def _explained(self, ground: list[Limit], kept: list[Limit], added: bool) -> list[Limit]:
        if added and self.conflicting(ground):
            return []
        if len(kept) == 1:
            return kept
        middle = len(kept) // 2
        first, second = kept[:middle], kept[middle:]
        of_second = self._explained([*ground, *first], second, True)
        of_first = self._explained([*ground, *of_second], first, bool(of_second))
        return [*of_first, *of_second]

    def _minimal(self, members: list[Limit]) -> Conflict:
        """The conflict of these limits, each member lifted once more by itself."""
        whole = all(self._needed(members, member) for member in members)
        return Conflict(tuple(sorted(members, key=self._place)), whole)

    def _needed(self, members: Sequence[Limit], member: Limit) -> bool:
        """Whether a verified plan keeps all other members."""
        names = _ids(members) - {member.id}
        return self.trials.without([limit for limit in self.limits if limit.id not in names]) is Trial.PLAN

    def _place(self, limit: Limit) -> int:
        return [one.id for one in self.limits].index(limit.id)


def _ids(limits: Sequence[Limit]) -> frozenset[str]:
    return frozenset(limit.id for limit in limits)


def smallest(trials: Trials, cure: Sequence[Limit], most: int) -> Iterator[tuple[Limit, int | None, bool]]:
    """For each limit of a cure the fewest steps that do, the ones before it loosened so far, the ones after it lifted.

    Yields
    ------
    tuple
        The limit; its steps, None where no number of steps does; and whether one step less is proven not to do.
    """
    loosened: list[dict[str, str]] = []
    for index, limit in enumerate(cure):

        def tried(steps: int, limit: Limit = limit, rest: Sequence[Limit] = cure[index + 1 :]) -> Trial:
            changes = limit.at(steps)
            return Trial.NONE if changes is None else trials.without(rest, [*loosened, changes])

        high = 1
        low, proven = 0, True
        while high <= most and (trial := tried(high)) is not Trial.PLAN:
            low, proven = high, trial is Trial.NONE
            high *= 2
        if high > most:
            loosened.append(dict(limit.lifted))
            yield limit, None, False
            continue
        while high - low > 1:
            middle = (low + high) // 2
            trial = tried(middle)
            if trial is Trial.PLAN:
                high = middle
            else:
                low, proven = middle, trial is Trial.NONE
        loosened.append(dict(limit.at(high) or {}))
        yield limit, high, proven
