"""The independent verifier: whether a plan keeps every rule of its site, in real units and real dates.

It shares the physics of one unit and one SU with the optimizer (:mod:`dcplan.ratings`) and nothing else: calendars,
lead times, prices, crews, balances and failure sets are stated a second time in the ``verify_*`` modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel

from dcplan.answer import Plan, Verdict
from dcplan.guards import demand
from dcplan.setpoints import choices, settled
from dcplan.site import SiteModel
from dcplan.verifier.capacity import check_capacity, check_limits
from dcplan.verifier.frozen import check_past, excuse
from dcplan.verifier.gates import check_gates
from dcplan.verifier.hire import check_hires
from dcplan.verifier.lots import check_crews, check_units
from dcplan.verifier.money import check_money
from dcplan.verifier.payments import check_payments
from dcplan.verifier.record import NOT_RECOMPUTED, UNVERIFIED, check_flag, check_record
from dcplan.verifier.stages import check_stages
from dcplan.verifier.sus import check_sus, check_tests
from dcplan.verifier.terms import Findings, Terms
from dcplan.verifier.tieins import check_tie_ins

EARLIEST, LATEST = date(2000, 1, 1), date(2300, 1, 1)
"""A plan with a date outside was not made by any planner; nothing else is then checked."""


def verify(plan: Plan, model: SiteModel) -> Verdict:
    """Recompute a plan from its site file, and name every rule that it breaks.

    Parameters
    ----------
    plan : Plan
        Made by dcplan, read from a file, or written by hand.
    model : SiteModel
        The site it is for.

    Returns
    -------
    Verdict
        ``ok`` when no rule is broken. Each violation names rule, place, date, what is required and what was found; a
        violation that concerns a date counts it in days from the plan's first.

    Notes
    -----
    Dates are half-open: work that ends on a date is finished at its start. Balances hold to 1e-9 relative, money to
    0.01 of the site's currency.
    """
    demand(plan, Plan, "verify()", "plan", "read_plan('plan.json')")
    demand(model, SiteModel, "verify()", "model", "load('site.yaml')")
    found = Findings(model.site.start)
    _same_site(plan, model, found)
    if _has_schedule(plan, found) and _dates_possible(plan, found) and _setpoints_allowed(plan, model, found):
        terms = Terms.of(settled(model, plan.setpoints))
        before = len(found.violations)
        check_units(plan, terms, found)
        check_hires(plan, terms, found)
        check_tie_ins(plan, terms, found)
        check_crews(plan, terms, found)
        check_sus(plan, terms, found)
        check_tests(plan, terms, found)
        check_capacity(plan, terms, found)
        check_past(plan, terms, found)
        excuse(terms, found)
        # reasons and cash follow from a schedule; one that breaks a rule has none worth comparing
        if len(found.violations) == before:
            check_gates(plan, terms, found)
            check_payments(plan, terms, found)
        check_limits(plan, terms, found)
        check_money(plan, terms, found)
        check_stages(plan, terms, found)
        check_record(plan, terms.model, found)
        check_flag(plan, found)
    violations = tuple(sorted(found.violations, key=lambda item: (item.on or date.min, item.rule, item.place)))
    return Verdict(
        site=model.site.name,
        ok=not violations,
        violations=violations,
        checked=dict(found.checked),
        not_recomputed=tuple(f"{field}: {why}" for field, why in NOT_RECOMPUTED.items()),
        notes=() if plan.verified else (UNVERIFIED,),
    )


def _same_site(plan: Plan, model: SiteModel, found: Findings) -> None:
    site = model.site
    for field in ("site", "start", "end", "currency", "perspective"):
        given, due = getattr(plan, field), site.name if field == "site" else getattr(site, field)
        message = f"the plan's {field} is {given}, the site file's is {due}: verify it against its own site file"
        found.check(given == due, "other-site", "site", message)
    found.check(
        plan.input_sha256 == model.text_sha256,
        "other-input",
        "site",
        f"the plan was made from another text of {plan.file}: plan again, or verify it with the file it was made from",
    )


def _has_schedule(plan: Plan, found: Findings) -> bool:
    message = f"there is no schedule to verify: the answer is {plan.status}"
    return found.check(bool(plan.sus) and plan.status not in ("infeasible", "no_plan"), "no-plan", "site", message)


def _setpoints_allowed(plan: Plan, model: SiteModel, found: Findings) -> bool:
    allowed = choices(model.site)
    message = f"the plan's loop setpoints are {dict(plan.setpoints)}, the site file allows {allowed}"
    return found.check(dict(plan.setpoints) in allowed, "setpoint", "site", message)


def _dates_in(part: BaseModel) -> Iterator[date]:
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, date):
            yield value
        elif isinstance(value, BaseModel):
            yield from _dates_in(value)


def _dates_possible(plan: Plan, found: Findings) -> bool:
    parts = (*plan.units, *plan.sus, *plan.tests, *plan.running)
    wild = next((day for part in parts for day in _dates_in(part) if not EARLIEST <= day <= LATEST), None)
    message = f"a plan has dates from {EARLIEST} to {LATEST}, this one has {wild}"
    return found.check(wild is None, "date-range", "site", message, on=wild)
