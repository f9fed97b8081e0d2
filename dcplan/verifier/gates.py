"""What kept each SU from being energised a day earlier, from the plan's own dates.

Asked in this order: the delivery and the chain after it; the floor, were its positions reinforced as early as can be;
the route, once plates are laid on it; capacity that counts from that very day; the first fill of the hall's loop; a
redundancy scheme that comes into force that day; and the crew, where on the last working day before it set to work too
few of it were free. Where none of these does, nothing of its own holds it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from dcplan.answer import Plan, Reinforcement, Su
from dcplan.past import past_of
from dcplan.verifier.capacity import PlantType, plant_types
from dcplan.verifier.frozen import gate
from dcplan.verifier.lots import members_at_work
from dcplan.verifier.sus import laid_for, needs_plates
from dcplan.verifier.terms import Findings, Terms

NO_LIMIT = "no limit of its own: its turn, or nothing gained by an earlier day"
Busy = Counter[tuple[str, date]]
Bought = list[tuple[str, str, date]]
"""Upgrade, place and day of commissioning of each bought unit."""


def check_gates(plan: Plan, terms: Terms, found: Findings) -> None:
    """The stated reason of each SU's date is the one its dates show."""
    types, busy = plant_types(plan, terms), members_at_work(plan, terms)
    bought = [(unit.upgrade, unit.place, unit.commissioned) for unit in plan.units if terms.known(unit)]
    for su in plan.sus:
        due = gate(su, _gate(su, types, bought, terms) or _crew(su, busy, terms), _from_now(su, terms), terms)
        message = f"{su.id}: gated by {su.gated_by or 'nothing'} is stated, by the plan's dates it is {due}"
        found.check(su.gated_by == due, "gate", su.id, message, on=su.energise)


def _from_now(su: Su, terms: Terms) -> date:
    """When an SU of which nothing is begun could be energised, where there is a past."""
    past = past_of(terms.model)
    return _chained(su, su.delivery if past is None else max(su.delivery, past.as_of), terms)


def _gate(su: Su, types: dict[str, PlantType], bought: Bought, terms: Terms) -> str | None:
    made = su.reinforcement
    if _chained(su, su.delivery, terms) >= su.energise:
        return "delivery"
    if made is not None and _chained(su, _soonest(made, terms), terms) >= su.energise:
        return f"floor: {made.upgrade}"
    if needs_plates(su, terms):
        laid = min(laid_for(su, bought, terms), default=None)
        if laid is not None and _chained(su, max(laid[0], su.delivery), terms) >= su.energise:
            return f"route: {laid[1]}"
    start = terms.model.site.start
    counting = sorted(name for name, kind in types.items() if start < su.energise in kind.since)
    if counting:
        return "capacity: " + ", ".join(counting)
    if su.fill_start > su.set_end:
        return "first unit of the hall's liquid loop"
    if su.fill_end < su.energise:
        return f"redundancy in force from {su.energise}" if su.energise in terms.scheme_changes() else NO_LIMIT
    return None


def _crew(su: Su, busy: Busy, terms: Terms) -> str:
    """The crew that could not have set to work for an SU a day earlier."""
    deployment, made, start = terms.model.site.deployments[su.deployment], su.reinforcement, su.set_start
    connect = terms.chain(deployment).set_and_connect
    crew, need = connect.crew, connect.crew_need
    if made is not None and terms.finish(made.end, 1) > start:
        upgrade = terms.model.site.upgrades[made.upgrade]
        crew, need, start = upgrade.crew, upgrade.crew_need, made.start
    day = terms.last_open_before(start)
    return f"crew {crew}" if busy[crew, day] + need > terms.model.site.crews[crew].size else NO_LIMIT


def _chained(su: Su, begun: date, terms: Terms) -> date:
    """When an SU set from a day on, with all that it needs, could be energised."""
    deployment = terms.model.site.deployments[su.deployment]
    set_end = terms.finish(max(begun, terms.model.site.start), terms.connect_days(deployment))
    return terms.finish(set_end, terms.fill_days(su.deployment))


def _soonest(made: Reinforcement, terms: Terms) -> date:
    """When the positions of an SU could be reinforced at the earliest, with a crew that waits for nothing else."""
    upgrade = terms.model.site.upgrades[made.upgrade]
    order = max(terms.first_order(upgrade), terms.permit(upgrade, "order") or date.min)
    begun = max(order + terms.lead(upgrade), terms.permit(upgrade, "delivery", "install") or date.min)
    return terms.finish(begun, terms.install_days(upgrade, made.positions))
