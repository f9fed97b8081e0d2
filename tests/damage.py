"""Ways to damage a plan, and to say which violations the damage must bring."""

from datetime import date
from typing import Any

from dcplan.answer import Plan, Running, Verdict

Triple = tuple[str, str, str]
Pair = tuple[str, str]
MONEY = {("objective", "site"), ("objective-exact", "site")}
BOUGHT = {*MONEY, ("purchases", "site"), ("objective-rounding", "site")}


def day(text: str) -> date:
    return date.fromisoformat(f"2027-{text}")


def dates(**written: str) -> dict[str, date]:
    return {name: day(text) for name, text in written.items()}


def unit(plan: Plan, name: str, **changes: Any) -> Plan:
    """The plan with one unit changed."""
    assert any(item.id == name for item in plan.units)
    units = tuple(item.model_copy(update=changes) if item.id == name else item for item in plan.units)
    return plan.model_copy(update={"units": units})


def su(plan: Plan, name: str, **changes: Any) -> Plan:
    """The plan with one SU changed."""
    assert any(item.id == name for item in plan.sus)
    sus = tuple(item.model_copy(update=changes) if item.id == name else item for item in plan.sus)
    return plan.model_copy(update={"sus": sus})


def floor(plan: Plan, name: str, **changes: Any) -> Plan:
    """The plan with the reinforcement of one SU changed."""
    made = next(item.reinforcement for item in plan.sus if item.id == name)
    assert made is not None
    return su(plan, name, reinforcement=made.model_copy(update=changes))


def without(plan: Plan, *names: str) -> Plan:
    """The plan without some units."""
    return plan.model_copy(update={"units": tuple(item for item in plan.units if item.id not in names)})


def objective(plan: Plan, **changes: Any) -> Plan:
    return plan.model_copy(update={"objective": plan.objective.model_copy(update=changes)})


def cash(plan: Plan, index: int, **changes: Any) -> Plan:
    """The plan with one milestone changed."""
    assert plan.payments is not None
    rows = [row.model_copy(update=changes if at == index else {}) for at, row in enumerate(plan.payments.milestones)]
    return plan.model_copy(update={"payments": plan.payments.model_copy(update={"milestones": tuple(rows)})})


def window(plan: Plan, index: int, **changes: Any) -> Plan:
    """The plan with one payment window changed."""
    assert plan.payments is not None
    rows = [row.model_copy(update=changes if at == index else {}) for at, row in enumerate(plan.payments.windows)]
    return plan.model_copy(update={"payments": plan.payments.model_copy(update={"windows": tuple(rows)})})


def running(plan: Plan, since: str, **changes: Any) -> Plan:
    """The plan with other units running from one of its dates."""
    steps = tuple(
        Running(since=step.since, units={**step.units, **changes["units"]}) if step.since == day(since) else step
        for step in plan.running
    )
    return plan.model_copy(update={"running": steps})


def check(verdict: Verdict, expected: set[Triple], follows: set[Pair]) -> None:
    """Every expected violation is there, and no other but those that follow from the damage."""
    found = {(item.rule, item.place, str(item.on or "")[5:]) for item in verdict.violations}
    assert not verdict.ok
    assert expected <= found, f"missing {expected - found}, found {found}"
    rest = {(rule, place) for rule, place, _ in found - expected}
    # a plan that called itself verified no longer is
    assert rest <= {*follows, ("verified", "site")}, f"not expected: {rest - follows}"
    assert all(item.message for item in verdict.violations)
