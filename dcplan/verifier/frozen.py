"""Whether a plan that is made again keeps what was ordered, begun and done, and starts nothing in the past.

The past is a fact: it keeps its dates whether or not the rules of the site would have allowed them. A rule that only
something of the past breaks is therefore no violation; that the plan states the past as it was is checked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from pydantic import BaseModel

from dcplan.answer import Plan, Reinforcement, Su, Unit, Violation
from dcplan.past import Past, PastSu, Stage, past_of
from dcplan.verifier.terms import Findings, Terms

RULE = "past"
ORDERED = frozenset({"commissioning", "cost", "engineering", "integrated-test", "lead-time", "paid-by"})
"""Rules that a unit may break which is ordered: what it cost, when it comes, and how late its start-up is."""
BEGUN = ORDERED | {"install-delivery", "install-time", "permit", "requires", "working-day"}
"""The same for a unit whose install has begun."""
FLOOR = frozenset({"cost", "engineering", "lead-time", "paid-by"})
SET = FLOOR | {"permit", "reinforce-time", "route", "set-delivery", "set-floor", "set-time"}
FILLED = SET | {"fill-loop", "fill-set", "fill-time"}
OF_STAGE: Mapping[Stage, frozenset[str]] = {
    "floor": FLOOR,
    "set": SET,
    "filled": FILLED,
    "energised": FILLED | {"acceptance-time", "burn-in", "deadline", "energise-fill"},
}
"""The same for SUs, by how far they have come."""
AS_OF = "the as-of date: nothing starts before it"


def check_past(plan: Plan, terms: Terms, found: Findings) -> None:
    """What the past holds is in the plan as it was, and nothing else starts before the as-of date."""
    past = past_of(terms.model)
    if past is None:
        return
    units, sus = {unit.id: unit for unit in plan.units}, {su.id: su for su in plan.sus}
    for fact in past.units:
        left = {"members"} if fact.install_start >= past.as_of else set[str]()
        _same(fact.id, fact, units.get(fact.id), set(Unit.model_fields) - left, past, found)
    for one in past.sus:
        _su_same(one, sus.get(one.su.id), past, found)
    for name, what, day in _started(plan, past):
        found.not_before(RULE, name, day, past.as_of, f"{what} before the as-of date, which has not happened")


def excuse(terms: Terms, found: Findings) -> None:
    """Drop violations that are facts of the past."""
    past = past_of(terms.model)
    if past is not None:
        found.violations[:] = [one for one in found.violations if not _excused(one, past)]


def _excused(one: Violation, past: Past) -> bool:
    if one.rule == RULE:
        return False
    if one.on is not None and one.on < past.as_of:
        return True
    su, unit = past.su_of.get(one.place), past.unit_of.get(one.place)
    if su is not None:
        return one.rule in OF_STAGE[su.stage]
    return unit is not None and one.rule in (BEGUN if unit.install_start < past.as_of else ORDERED)


def _same(name: str, fact: BaseModel, given: BaseModel | None, fields: set[str], past: Past, found: Findings) -> None:
    """Some fields of something of the past are as they were."""
    wrong = [
        f"{field} {getattr(given, field, 'nothing')}, it is {getattr(fact, field)}"
        for field in sorted(fields)
        if given is None or getattr(given, field) != getattr(fact, field)
    ]
    said = "it is not in the plan" if given is None else f"the plan states {'; '.join(wrong)}"
    message = f"{name}: ordered or begun before {past.as_of}, so it stays as it is: {said}"
    found.check(not wrong, RULE, name, message)


def _su_same(one: PastSu, given: Su | None, past: Past, found: Findings) -> None:
    fields = {"deployment", "hall", "delivery"}
    fields |= {"set_start", "set_end", "crew", "members"} if one.is_set else set()
    fields |= {"fill_start", "fill_end"} if one.filled else set()
    fields |= {"energise", "burn_in_end", "acceptance"} if one.stage == "energised" else set()
    _same(one.su.id, one.su, given, fields, past, found)
    made = one.su.reinforcement
    if given is not None and (made is not None or given.reinforcement is not None):
        if made is None:
            found.check(False, RULE, one.su.id, f"{one.su.id}: its floor was not reinforced when it was set")
            return
        left = {"members"} if made.start >= past.as_of else set[str]()
        _same(one.su.id, made, given.reinforcement, set(Reinforcement.model_fields) - left, past, found)


def _started(plan: Plan, past: Past) -> Iterator[tuple[str, str, date]]:
    """Name, step and date of everything in a plan that is no fact of the past."""
    for unit in plan.units:
        if unit.id not in past.unit_of:
            yield unit.id, "ordered", unit.order
        elif past.unit_of[unit.id].install_start >= past.as_of:
            yield unit.id, "installed", unit.install_start
    for su in plan.sus:
        one = past.su_of.get(su.id)
        if one is None and su.reinforcement is not None:
            yield su.id, "its floor ordered", su.reinforcement.order
        if one is None or not one.is_set:
            yield su.id, "set", su.set_start
        if one is None or not one.filled:
            yield su.id, "filled", su.fill_start
        if one is None or one.stage != "energised":
            yield su.id, "energised", su.energise


def gate(su: Su, reason: str, soonest: date, terms: Terms) -> str:
    """What gates an SU, given what would without a past, and when it could be energised if begun on the as-of date."""
    past = past_of(terms.model)
    if past is None:
        return reason
    one = past.su_of.get(su.id)
    if one is not None and one.stage == "energised":
        return one.su.gated_by
    if reason == "delivery" or reason.startswith("capacity"):
        return reason
    if one is None:
        return AS_OF if soonest >= su.energise else reason
    waits = one.is_set and (reason.startswith("crew") or past.as_of in (su.energise, su.fill_start))
    return AS_OF if waits else reason
