"""Whether a site has a plan once its file is changed: each change tried once, each plan found verified."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from dcplan.answer import Plan
from dcplan.document import Document
from dcplan.errors import InputError, InternalError
from dcplan.explaining.relax import Changes, Limit, changed
from dcplan.formulate.build import formulate
from dcplan.planner import answered
from dcplan.setpoints import choices, settled
from dcplan.site import SiteModel
from dcplan.solver.feasible import first_of
from dcplan.solver.run import Limits
from dcplan.solver.search import Status


class Trial(Enum):
    """What was found when the file was changed."""

    PLAN = "a verified plan"
    NONE = "no plan: proven"
    UNKNOWN = "neither within the limit"


@dataclass
class Trials:
    """Trials of one site, remembered, within a time for all of them.

    Attributes
    ----------
    model : SiteModel
        A loaded site.
    limits : Limits
        Of each trial.
    until : float
        The clock's seconds at which no trial is begun any more: what is asked then is unknown.
    """

    model: SiteModel
    limits: Limits
    until: float
    known: dict[frozenset[tuple[str, str]], Trial] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """Trials made."""
        return len(self.known)

    def out_of_time(self) -> bool:
        """Whether no trial is begun any more."""
        return time.monotonic() >= self.until

    def without(self, lifted: Iterable[Limit], loosened: Sequence[Changes] = ()) -> Trial:
        """What is found when some limits are lifted altogether and others loosened."""
        changes: dict[str, str] = {}
        for part in (*(limit.lifted for limit in lifted), *loosened):
            changes.update(part)
        return self.changed(changes)

    def changed(self, changes: Changes) -> Trial:
        """What is found when a file's values are changed."""
        key = frozenset(changes.items())
        if key not in self.known:
            if self.out_of_time():
                return Trial.UNKNOWN
            self.known[key] = self._try(changes)
        return self.known[key]

    def _try(self, changes: Changes) -> Trial:
        try:
            model = changed(self.document, changes)
        except InputError:
            return Trial.UNKNOWN
        seconds = min(self.limits.seconds, max(0.1, self.until - time.monotonic()))
        status, plan = any_plan(model, replace(self.limits, seconds=seconds))
        if plan is not None:
            return Trial.PLAN if plan.verified else Trial.UNKNOWN
        return Trial.NONE if status is Status.INFEASIBLE else Trial.UNKNOWN

    @property
    def document(self) -> Document:
        """The file as it was read."""
        if self.model.document is None:
            raise InternalError("a site that was not loaded cannot be changed")
        return self.model.document


def any_plan(model: SiteModel, limits: Limits) -> tuple[Status, Plan | None]:
    """Some plan of a site, the first that is found, verified; without one, why."""
    open_to = choices(model.site)
    problems = [formulate(settled(model, choice)) for choice in open_to]
    chosen, result = first_of(problems, limits)
    if result.schedule is None:
        return result.status, None
    return result.status, answered(model, open_to[chosen], problems[chosen], result, limits)
