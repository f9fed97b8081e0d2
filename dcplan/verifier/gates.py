"""What kept each SU from being energised a day earlier, from the plan's own dates.

Asked in this order: the delivery and the chain after it; the floor, were its positions reinforced as early as can be;
the route, once plates are laid on it; capacity that counts from that very day; the first fill of the hall's loop; and
what is left are the crews.
"""

from __future__ import annotations

from datetime import date

from dcplan.answer import Plan, Reinforcement, Su
from dcplan.past import past_of
from dcplan.verifier.capacity import PlantType, plant_types
from dcplan.verifier.frozen import gate
from dcplan.verifier.sus import laid_for, needs_plates
from dcplan.verifier.terms import Findings, Terms

Bought = list[tuple[str, str, date]]
"""Upgrade, place and day of commissioning of each bought unit."""


def check_gates(plan: Plan, terms: Terms, found: Findings) -> None:
    """The stated reason of each SU's date is the one its dates show."""
    types = plant_types(plan, terms)
    bought = [(unit.upgrade, unit.place, unit.commissioned) for unit in plan.units if terms.known(unit)]
    for su in plan.sus:
        due = gate(su, _gate(su, types, bought, terms), _from_now(su, terms), terms)
        message = f"{su.id}: gated by {su.gated_by or 'nothing'} is stated, by the plan's dates it is {due}"
        found.check(su.gated_by == due, "gate", su.id, message, on=su.energise)


def _from_now(su: Su, terms: Terms) -> date:
    """When an SU of which nothing is begun could be energised, where there is a past."""
    past = past_of(terms.model)
    return _chained(su, su.delivery if past is None else max(su.delivery, past.as_of), terms)


def _gate(su: Su, types: dict[str, PlantType], bought: Bought, terms: Terms) -> str:
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
    crews = {su.crew} if made is None else {su.crew, made.crew}
    return f"crew {' or '.join(sorted(crews))}"


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
