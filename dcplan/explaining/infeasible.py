"""The records of what conflicts on a site that has no plan, and of what cures it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dcplan import explanation as record
from dcplan.answer import Plan
from dcplan.explaining.conflicts import Conflict, Conflicts, smallest
from dcplan.explaining.relax import MOST_STEPS, Limit, changed, limits_of
from dcplan.explaining.trial import Trials, any_plan
from dcplan.formulate.build import formulate
from dcplan.reasons import direct_reasons
from dcplan.setpoints import choices, settled

MOST_MEASURED = 8
"""Cures whose amounts are worked out, those of the fewest limits first."""
PLAN_FACTOR = 2.0
"""Time to plan the file with a cure's settings, in times of that of one trial."""


@dataclass(frozen=True)
class Findings:
    """What is said of a site without a plan."""

    conflicts: tuple[record.Conflict, ...]
    cures: tuple[record.Cure, ...]
    complete: bool
    unknown: tuple[str, ...]


def findings(trials: Trials) -> Findings:
    """Conflicts and cures of a site that has no plan."""
    limits = limits_of(trials.model)
    known = Conflicts(trials, limits)
    known.search()
    cures = [_cure(trials, cure) for cure in known.cures[:MOST_MEASURED]]
    left = len(known.cures) - len(cures)
    unknown = [f"whether there is a plan without: {_named(lifted)}" for lifted in known.undecided]
    unknown += [f"whether each of these is needed for the conflict: {_named(one.limits)}" for one in _open(known)]
    unknown += [f"how far {left} more cures would have to go: they loosen more limits than these"] if left else []
    unknown += ["whether there are more conflicts and cures: the time was over"] if not known.complete else []
    return Findings(
        tuple(_conflict(trials, limits, one) for one in known.found),
        tuple(sorted(cures, key=lambda cure: (len(cure.changes), cure.share is None, cure.share or 0.0))),
        known.complete,
        tuple(unknown),
    )


def _open(known: Conflicts) -> Iterator[Conflict]:
    return (conflict for conflict in known.found if not conflict.minimal)


def _named(limits: Sequence[Limit]) -> str:
    return "; ".join(limit.words for limit in limits) or "any change"


def _conflict(trials: Trials, limits: Sequence[Limit], found: Conflict) -> record.Conflict:
    names = {limit.id for limit in found.limits}
    changes = {path: value for limit in limits if limit.id not in names for path, value in limit.lifted.items()}
    model = changed(trials.document, changes)
    model = settled(model, choices(model.site)[0])
    return record.Conflict(
        limits=tuple(record.StatedLimit(id=one.id, words=one.words, where=one.where) for one in found.limits),
        minimal="yes" if found.minimal else "unknown",
        reasons=direct_reasons(model, formulate(model)),
    )


def _cure(trials: Trials, limits: Sequence[Limit]) -> record.Cure:
    """A cure with its amounts, applied to the file and planned."""
    changes = []
    settings: dict[str, str] = {}
    for limit, steps, least in smallest(trials, limits, MOST_STEPS):
        values = limit.lifted if steps is None else limit.at(steps) or {}
        settings.update(values)
        changes.append(
            record.Loosened(
                limit=limit.id,
                words=f"{limit.words}, lifted" if steps is None else f"{limit.words} -> {limit.told(steps)}",
                settings=tuple(f"{path}={value}" for path, value in values.items()),
                share=None if steps is None else limit.share(steps),
                least=least,
            )
        )
    limited = replace(trials.limits, seconds=PLAN_FACTOR * trials.limits.seconds)
    _, plan = any_plan(changed(trials.document, settings), limited)
    shares = [change.share for change in changes]
    return record.Cure(
        changes=tuple(changes),
        share=None if None in shares else sum(share or 0.0 for share in shares),
        verified=plan is not None and plan.verified,
        value=None if plan is None else plan.objective.value,
        bound=None if plan is None else plan.objective.bound,
        accepted=None if plan is None else max(su.acceptance for su in plan.sus),
        gates=() if plan is None else _gates(plan),
    )


def _gates(plan: Plan) -> tuple[str, ...]:
    """What gates the SUs that are accepted last."""
    last = max(su.acceptance for su in plan.sus)
    return tuple(sorted({su.gated_by for su in plan.sus if su.acceptance == last}))
