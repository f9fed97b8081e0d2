"""Cost against delay by limits on delay: the least cost at each, with what is known at one limit used at the others.

A plan with less delay keeps every wider limit, so it is where the search at one begins; no plan with more delay allowed
costs less than the bound there, so that bound holds at every tighter limit too.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from dcplan.answer import Stage
from dcplan.solver.run import Limits
from dcplan.solver.search import Status
from dcplan.solver.variants import Watch
from dcplan.staging.lexicographic import LEAST_SECONDS, NOISE, Begun, Known, Minimiser, Staged, lexicographic

END_SHARES = 2
"""Searches of an end: two stages."""
AGAIN = 0.1
"""With this part of the time left, the earliest plan is looked for once more."""
Starting = Callable[[str], None]


@dataclass(frozen=True)
class Best:
    """The cheapest schedule that is known with at most so much delay."""

    delay: float
    """Value-weighted mean [day]."""
    stage: Stage
    """Its cost, the limit on delay, and the bound at that limit."""
    known: Known


@dataclass
class Curve:
    """A search for the front of one site.

    Parameters
    ----------
    minimiser : Minimiser
        Of the site.
    limits : Limits
        Of all searches together.
    points : int
        Limits on delay to try, the ends included.
    watch, begun : callable, optional
        As :func:`lexicographic` takes them.
    starting : callable, optional
        Called with words for each search that begins.
    """

    minimiser: Minimiser
    limits: Limits
    points: int
    watch: Watch | None = None
    begun: Begun | None = None
    starting: Starting | None = None
    earliest: Staged | None = None
    cheapest: Staged | None = None
    known: list[Known] = field(default_factory=list)
    bounds: dict[float, float] = field(default_factory=dict)
    """No schedule with at most so much delay [day] costs less [currency]."""
    caps: list[float] = field(default_factory=list)
    untried: list[float] = field(default_factory=list)
    interrupted: bool = False
    used: float = 0.0
    """Deterministic seconds set aside so far."""
    began: float = field(default_factory=time.monotonic)

    def search(self) -> None:
        """Look for both ends, then for the points between them; with time left, for an earlier end."""
        try:
            self._ends()
            self._between()
            self._again()
        except KeyboardInterrupt:
            self.interrupted = True

    @property
    def none(self) -> Staged | None:
        """What the last search of an end came to where there is no plan at all."""
        return None if self.known else self.cheapest or self.earliest

    def best(self, most: float) -> Best | None:
        """What is known of one limit on delay."""
        kept = [(self._cost(one), self._delay(one), one) for one in self.known if self._delay(one) <= most + NOISE]
        if not kept:
            return None
        _, delay, known = min(kept, key=lambda item: item[:2])
        bound = max((bound for at, bound in self.bounds.items() if at >= most), default=None)
        return Best(delay, self.minimiser.stage("cost", known, bound, most), known)

    def _cost(self, known: Known) -> float:
        return self.minimiser.number("cost", known)

    def _delay(self, known: Known) -> float:
        return self.minimiser.number("delay", known)

    # ------------------------------------------------------------ the searches

    def _share(self, shares: int, of: int) -> Limits:
        """So many of the shares into which the time left is cut."""
        spent = self.used if self.limits.deterministic else time.monotonic() - self.began
        seconds = max((self.limits.seconds - spent) * shares / max(of, shares), LEAST_SECONDS)
        self.used += seconds
        return replace(self.limits, seconds=seconds)

    def _told(self, words: str) -> None:
        if self.starting is not None:
            self.starting(words)

    def _ends(self) -> None:
        """The earliest and the cheapest plan, and limits at even distances between their delays."""
        inner = self.points - 2
        self._told("earliest")
        share = self._share(END_SHARES, 2 * END_SHARES + inner)
        self.earliest = lexicographic("earliest", self.minimiser, share, self.watch, self.begun)
        self._noted(self.earliest)
        second = self.earliest.second
        if second is not None and second.most is not None:
            self._bounded(second.most, second.told)
        if self.interrupted or self.earliest.result.status is Status.INFEASIBLE:
            return
        self._told("cheapest")
        share = self._share(END_SHARES, END_SHARES + inner)
        start = self.known[0] if self.known else None
        self.cheapest = lexicographic("cheapest", self.minimiser, share, self.watch, self.begun, start)
        self._noted(self.cheapest)
        self._bounded(math.inf, self.cheapest.first.told)
        if self.known:
            self._spread()

    def _noted(self, staged: Staged) -> None:
        """Keep the plan of an end."""
        last = staged.second or staged.first
        if last.known is not None:
            self.known.append(last.known)
            self.caps = sorted({*self.caps, self._delay(last.known)})
        self.interrupted = staged.result.status is Status.INTERRUPTED

    def _spread(self) -> None:
        first = min(self._delay(one) for one in self.known)
        _, last = min((self._cost(one), self._delay(one)) for one in self.known)
        steps = max(self.points - 1, 1)
        self.caps = sorted({first, last, *(first + (last - first) * number / steps for number in range(steps))})
        self.untried = list(_halving([cap for cap in self.caps if first < cap < last]))

    def _between(self) -> None:
        number = len(self.untried)
        while self.untried and not self.interrupted:
            cap = self.untried[0]
            self._told(f"limit {number - len(self.untried) + 1} of {number} between them")
            best = self.best(cap)
            if best is None or best.stage.gap != 0:
                share = self._share(1, len(self.untried))
                if self.begun is not None:
                    self.begun("cost")
                start = None if best is None else best.known
                least = self.minimiser.least("cost", share, most=cap, start=start, watch=self.watch)
                if least.known is not None:
                    self.known.append(least.known)
                self._bounded(cap, least.told)
                self.interrupted = least.status is Status.INTERRUPTED
            if not self.interrupted:
                self.untried.pop(0)

    def _again(self) -> None:
        """With time left and the least delay not proven, look for it once more, from the earliest that is known."""
        before = self.earliest
        if self.interrupted or before is None or self.cheapest is None or not self.known or before.stages[0].gap == 0:
            return
        left = self._share(1, 1)
        if left.seconds < AGAIN * self.limits.seconds:
            return
        self._told("earliest, once more")
        start = min(self.known, key=lambda one: (self._delay(one), self._cost(one)))
        again = lexicographic("earliest", self.minimiser, left, self.watch, self.begun, start)
        self._noted(again)
        second = again.second or again.first
        if again.second is not None and again.second.most is not None:
            self._bounded(again.second.most, again.second.told)
        bounds = [told for told in (before.first.told, again.first.told) if told is not None]
        delay = self.minimiser.stage("delay", second.known, max(bounds, default=None), None)
        self.earliest = replace(again, stages=(delay, *again.stages[1:]))

    def _bounded(self, cap: float, bound: float | None) -> None:
        if bound is not None:
            self.bounds[cap] = max(bound, self.bounds.get(cap, bound))


def _halving(caps: list[float]) -> Iterator[float]:
    """Middle first, then the middles of both halves: what is cut short is spread all the same.

    Examples
    --------
    >>> list(_halving([1, 2, 3, 4, 5]))
    [3, 2, 5, 1, 4]
    """
    waiting = [caps]
    while waiting:
        part = waiting.pop(0)
        if part:
            middle = len(part) // 2
            yield part[middle]
            waiting += [part[:middle], part[middle + 1 :]]
