"""The dates of a plan when every duration takes the best, or the worst, end of its range. Nothing is decided again.

Orders stay on their days, or follow once they can be placed; deliveries of racks stay; the members of each crew do
their tasks in the planned sequence; an SU is energised when the plant it hangs on carries it together with every SU
listed before it. An SU that the plan sets or energises later than it could is held to its planned day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from dcplan.answer import Plan, Su
from dcplan.past import Past, past_of
from dcplan.ratings.racks import is_liquid, su_demand
from dcplan.ratings.rows import Vector, World, add
from dcplan.verifier.capacity import Balance, plant_types, standing_types
from dcplan.verifier.connect import Connections
from dcplan.verifier.hire import released
from dcplan.verifier.sus import first_commissioned, laid_for, loop_services, needs_plates
from dcplan.verifier.terms import Terms
from dcplan.verifier.tieins import tied_end

MARGIN = timedelta(days=400)
"""A chain that overruns the plan's end is dated for so long."""
BEST, WORST = 0, 1


@dataclass(frozen=True)
class Lived:
    """Energisation and acceptance of an SU in one world; None where it is not accepted as long as dates are given."""

    energise: date | None
    acceptance: date | None


@dataclass(frozen=True)
class _Need:
    """What must be carried for one SU to be energised."""

    demand: Vector
    path: frozenset[str]
    elsewhere: Mapping[str, int]
    """Units of each type as they stand on the SU's planned day."""
    planned: date


@dataclass
class _Built:
    """What a world has built, and when."""

    counted: defaultdict[str, list[date]] = field(default_factory=lambda: defaultdict(list))
    commissioned: list[tuple[str, str, date]] = field(default_factory=list)
    """Upgrade, place and day of each bought unit."""
    hired: defaultdict[str, list[tuple[date, date]]] = field(default_factory=lambda: defaultdict(list))
    """The day each hired unit that is released counts from here, and its planned release."""
    reinforced: dict[str, date] = field(default_factory=dict)
    set_end: dict[str, date] = field(default_factory=dict)
    _changes: dict[frozenset[str], list[date]] = field(default_factory=dict)

    def changes(self, names: frozenset[str], there: Mapping[str, list[date]]) -> list[date]:
        """Days on which more of some types counts, in order; kept, where no hired unit makes them differ by SU."""
        if names in self._changes:
            return self._changes[names]
        found = sorted({day for days in there.values() for day in days})
        if not any(self.hired.get(name) for name in names):
            self._changes[names] = found
        return found


class History:
    """A plan that keeps the rules of its site, replayed with other durations."""

    def __init__(self, plan: Plan, terms: Terms, margin: float = 0.0) -> None:
        """Work out once what stays the same in every world; for `margin` see :class:`Connections`."""
        self.plan, self.terms = plan, terms
        self.types = plant_types(plan, terms)
        balance = Balance(terms.model, self.types)
        self.margin, self.connections = margin, Connections(balance, margin)
        self.dated = any(checked.survival.redundancy.until for checked in balance.rows)
        self._by_schemes: dict[tuple[str, ...], Connections] = {}
        start = terms.model.site.start
        self.there = {name: kind.counted(start) for name, kind in standing_types(terms).items()}
        self.last = terms.model.site.end + MARGIN
        self.needs = self._needs(balance)

    def world(self, end: int) -> list[Lived]:
        """Dates of every SU, in the plan's order, with every duration at one end of its range."""
        return self._replayed(replace(self.terms, end=end), *self._holds)

    @cached_property
    def _holds(self) -> tuple[set[str], set[str]]:
        """SUs held to the day they are planned to be set, and to be energised."""
        sets = self._early(set())
        return sets, self._early(sets)

    def _early(self, sets: set[str]) -> set[str]:
        lived = self._replayed(self.terms, sets, set())
        return {
            su.id
            for su, when in zip(self.plan.sus, lived, strict=True)
            if when.energise is not None and when.energise < su.energise
        }

    def _needs(self, balance: Balance) -> list[_Need]:
        each: dict[tuple[str, str], Vector] = {}
        promised: Vector = balance.base
        found = []
        for su in self.plan.sus:
            place = (su.deployment, su.hall)
            if place not in each:
                each[place] = su_demand(self.terms.model, *place, World.PLANNING)
            promised = add(promised, each[place])
            elsewhere = {name: kind.counted(su.energise) for name, kind in self.types.items()}
            found.append(_Need(promised, _path(balance, each[place]), elsewhere, su.energise))
        return found

    def _replayed(self, terms: Terms, sets: set[str], energised: set[str]) -> list[Lived]:
        built = _built(self.plan, terms, sets, self.last)
        for name, kind in standing_types(terms).items():
            built.counted[name] = sorted([*kind.since, *built.counted[name]])
        first = first_commissioned(built.commissioned, terms)
        lived = []
        past = past_of(terms.model)
        for su, need in zip(self.plan.sus, self.needs, strict=True):
            if past is not None and su.id in past.su_of and past.su_of[su.id].stage == "energised":
                lived.append(Lived(su.energise, su.acceptance))
                continue
            ready = self._ready(su, built, first, terms)
            if su.id in energised:
                ready = max(ready, su.energise)
            day = self._carried(need, built, ready, su.energise)
            accepted = None if day is None else terms.accepted(terms.model.site.deployments[su.deployment], day)
            late = accepted is None or accepted > self.last
            lived.append(Lived(None, None) if late else Lived(day, accepted))
        return lived

    def _ready(self, su: Su, built: _Built, first: Mapping[tuple[str, str], date], terms: Terms) -> date:
        """The day from which only capacity is missing."""
        ready, past = built.set_end[su.id], past_of(terms.model)
        if past is not None and (one := past.su_of.get(su.id)) is not None and one.is_set:
            ready = max(past.as_of, su.fill_end if one.filled else ready)
            if one.filled:
                return ready
        if not is_liquid(terms.model, su.deployment):
            return ready
        loops = [first.get(place, self.last + MARGIN) for place in loop_services(su.hall, terms)]
        return self._dated(terms.finish(max([ready, *loops]), terms.fill_days(su.deployment)))

    def _dated(self, day: date) -> date:
        return min(day, self.last + MARGIN)

    def _carried(self, need: _Need, built: _Built, ready: date, planned: date) -> date | None:
        """First day from `ready` on which an SU is carried; from then on it is, since plant only comes."""
        if ready > self.last:
            return None
        there = {name: _there(built, name, planned) for name in need.path}
        comes = built.changes(need.path, there)
        days = [ready, *comes[bisect_right(comes, ready) : bisect_right(comes, self.last)]]

        def carried(day: date) -> bool:
            counted = {
                name: bisect_right(there[name], day) if name in need.path else number
                for name, number in need.elsewhere.items()
            }
            return self._connections(need, day).carries(counted, need.demand, self.there)

        if self.dated:
            # a scheme that falls due may ask for more than there was the day before
            return next((day for day in days if carried(day)), None)
        first = bisect_left(days, True, key=carried)
        return days[first] if first < len(days) else None

    def _connections(self, need: _Need, day: date) -> Connections:
        """What an SU hangs on by the schemes in force on a day, all else by those of its planned day."""
        if not self.dated:
            return self.connections
        balance = self.connections.balance
        near = {key for name in need.path for key in balance.supply[name]}
        rows = [checked.on(day if checked.key in near else need.planned) for checked in balance.rows]
        schemes = tuple(checked.survival.redundancy.scheme for checked in rows)
        if schemes not in self._by_schemes:
            self._by_schemes[schemes] = Connections(balance, self.margin, rows)
        return self._by_schemes[schemes]


def _there(built: _Built, name: str, planned: date) -> list[date]:
    """Days from which the units of a type count for an SU: a hired one stays until what replaces it is there."""
    hired = built.hired.get(name)
    if not hired:
        return built.counted[name]
    return sorted([*built.counted[name], *(day for day, released in hired if released > planned)])


def _path(balance: Balance, demand: Vector) -> frozenset[str]:
    """Plant that supplies what an SU loads, plant that supplies what that plant loads, and so on."""
    rows, path = set(demand), set[str]()
    while more := {name for name, supply in balance.supply.items() if name not in path and rows & supply.keys()}:
        path |= more
        rows |= {key for name in more for key in (*balance.draw[name], *balance.idle[name])}
    return frozenset(path)


# ---------------------------------------------------------------- work


@dataclass(frozen=True)
class _Task:
    """One task of the plan, in the sequence of its start."""

    start: date
    kind: int
    """0 an install, 1 a reinforcement, 2 setting an SU."""
    index: int
    crew: str
    members: Sequence[int]


def _tasks(plan: Plan) -> list[_Task]:
    tasks = [_Task(unit.install_start, 0, index, unit.crew, unit.members) for index, unit in enumerate(plan.units)]
    for index, su in enumerate(plan.sus):
        made = su.reinforcement
        if made is not None:
            tasks.append(_Task(made.start, 1, index, made.crew, made.members))
        tasks.append(_Task(su.set_start, 2, index, su.crew, su.members))
    return sorted(tasks, key=lambda task: (task.start, task.kind, task.index))


def _built(plan: Plan, terms: Terms, held: set[str], last: date) -> _Built:
    """Every task on the first working day on which its material, its permit and its people are there."""
    past = past_of(terms.model)
    first = terms.model.site.start if past is None else max(past.as_of, terms.model.site.start)
    free: defaultdict[tuple[str, int], date] = defaultdict(lambda: first)
    built, far = _Built(), last + MARGIN
    for task in _tasks(plan):
        if past is not None and _kept(plan, task, past, built):
            continue
        ready = max(free[task.crew, member] for member in task.members)
        if task.kind == 0:
            end = _installed(plan, task.index, ready, terms, built, far)
        elif task.kind == 1:
            end = _reinforced(plan.sus[task.index], ready, terms, far)
            built.reinforced[plan.sus[task.index].id] = end
        else:
            end = _connected(plan.sus[task.index], ready, terms, built, held, far)
            built.set_end[plan.sus[task.index].id] = end
        for member in task.members:
            free[task.crew, member] = end
    return built


def _kept(plan: Plan, task: _Task, past: Past, built: _Built) -> bool:
    """Whether a task is a fact of the past, which is the same in every world; it is then noted as built."""
    if task.kind == 0:
        unit = plan.units[task.index]
        if unit.id in past.unit_of:
            built.counted[f"{unit.upgrade}@{unit.where}"].append(unit.counted)
            built.commissioned.append((unit.upgrade, unit.place, unit.commissioned))
        return unit.id in past.unit_of
    su = plan.sus[task.index]
    one, made = past.su_of.get(su.id), su.reinforcement
    if one is not None and task.kind == 1 and made is not None:
        built.reinforced[su.id] = made.end
    elif one is not None and task.kind == 2 and one.is_set:
        built.set_end[su.id] = su.set_end
    else:
        return False
    return True


def _delivered(upgrade_name: str, ordered: date, terms: Terms, expedite: str | None = None) -> date:
    """Delivery of what is ordered on its day, or once engineering and permit let it be; and the permits of its work."""
    upgrade = terms.model.site.upgrades[upgrade_name]
    order = max(ordered, terms.first_order(upgrade), terms.permit(upgrade, "order") or ordered)
    delivered = order + terms.lead(upgrade, expedite)
    return max(delivered, terms.permit(upgrade, "delivery", "install") or delivered)


def _installed(plan: Plan, index: int, ready: date, terms: Terms, built: _Built, far: date) -> date:
    unit = plan.units[index]
    upgrade = terms.model.site.upgrades[unit.upgrade]
    delivered = min(_delivered(unit.upgrade, unit.order, terms, unit.expedite), far)
    for name, places in terms.required(upgrade, unit.place).items():
        before = [day for other, place, day in built.commissioned if other == name and place in places]
        delivered = max(delivered, min(before, default=far))
    end = min(terms.finish(max(ready, delivered), terms.install_days(upgrade)), far)
    if upgrade.tie_in is not None:
        tied = tied_end(max(ready, delivered), upgrade, terms)
        if tied is None or tied > far - MARGIN:
            return end  # its people have done all but the tie-in, for which no outage window is left
        end = tied
    commissioned = terms.finish(
        max(end, min(terms.permit(upgrade, "startup") or end, far)), terms.commission_days(upgrade)
    )
    counted = terms.counted(unit.place, upgrade, min(commissioned, far))
    if counted <= far:
        name, gone = f"{unit.upgrade}@{unit.where}", released(unit)
        if gone is None:
            built.counted[name].append(counted)
        else:
            built.hired[name].append((counted, gone))
        if upgrade.rental is None:
            built.commissioned.append((unit.upgrade, unit.place, commissioned))
    return end


def _reinforced(su: Su, ready: date, terms: Terms, far: date) -> date:
    made = su.reinforcement
    if made is None:
        return ready
    begun = max(ready, min(_delivered(made.upgrade, made.order, terms), far))
    days = terms.install_days(terms.model.site.upgrades[made.upgrade], made.positions)
    return min(terms.finish(begun, days), far)


def _connected(su: Su, ready: date, terms: Terms, built: _Built, held: set[str], far: date) -> date:
    begun = max(ready, su.delivery, built.reinforced.get(su.id, su.delivery), su.set_start if su.id in held else ready)
    if needs_plates(su, terms):
        begun = max(begun, min(laid_for(su, built.commissioned, terms), default=(far, ""))[0])
    return min(terms.finish(begun, terms.connect_days(terms.model.site.deployments[su.deployment])), far)
