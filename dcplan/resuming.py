"""A site with a past, planned again: what is left is decided anew, and the plan of both is put together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial

from dcplan import answer
from dcplan.dating import Dated
from dcplan.errors import InputError, InternalError
from dcplan.errors import Problem as Mistake
from dcplan.formulate.build import formulate
from dcplan.ledger import World, payments
from dcplan.past import Past, PastSu
from dcplan.problem import FINE, Problem, rounded
from dcplan.procure import Pace, daily_losses, day_of, paid
from dcplan.residual import Frame, Residual, mode_of, plant_of, residual
from dcplan.risk import Replay, replay
from dcplan.site import SiteModel
from dcplan.solver.capacity import Capacity
from dcplan.solver.decode import Choice, SuChoice, UnitChoice, build
from dcplan.solver.members import Assignment, bookings
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Install, Run, Schedule
from dcplan.solver.search import Result, Status, optimise
from dcplan.solver.variants import Watch

AS_OF = "the as-of date: nothing starts before it"
"""What gates an SU that could have been energised before, had it been begun or seen to."""
LARGEST = 2**31


@dataclass(frozen=True)
class Resumed(Dated):
    """A schedule of which some units and SUs are facts."""

    past: Past
    facts: tuple[answer.Unit | None, ...]
    """Of each install, where it is committed."""
    names: tuple[str, ...]
    """Of the SU of each run."""

    def unit_ids(self) -> list[str]:
        """Committed units keep their names, others are numbered after them in order of install."""
        number: Counter[str] = Counter()
        for unit in self.past.units:
            kind, _, last = unit.id.rpartition("#")
            number[kind] = max(number[kind], int(last) if last.isdecimal() else 0)
        ids = ["" if fact is None else fact.id for fact in self.facts]
        for index in sorted(range(len(ids)), key=lambda i: (self.schedule.installs[i].start, i)):
            if self.facts[index] is None:
                name = self.problem.plants[self.schedule.installs[index].plant].type_id
                number[name] += 1
                ids[index] = f"{name}#{number[name]}"
        return ids

    def su_ids(self) -> list[str]:
        """SUs keep their names."""
        return list(self.names)

    def units(self) -> tuple[answer.Unit, ...]:
        """Every unit, committed or bought now."""
        made = []
        rows = zip(self.schedule.installs, self.unit_ids(), self.members.installs, self.facts, strict=True)
        for install, unit_id, members, fact in rows:
            named = {"members": tuple(member + 1 for member in members)}
            made.append(self._unit(install, unit_id, members) if fact is None else fact.model_copy(update=named))
        return tuple(sorted(made, key=lambda unit: (unit.order, unit.id)))

    def _su(self, index: int, su_id: str) -> answer.Su:
        su, one = super()._su(index, su_id), self.past.su_of.get(su_id)
        as_of = self.past.as_of
        if one is None:
            start = self.problem.workdays.next_open(max(self.schedule.runs[index].arrival, day_of(self.model, as_of)))
            soonest = self._chain_end(self.schedule.runs[index], start)
            kept = su.gated_by == "delivery" or su.gated_by.startswith("capacity")
            held = soonest >= self.schedule.runs[index].energised and not kept
            return su.model_copy(update={"gated_by": AS_OF}) if held else su
        fact = one.su
        changes: dict[str, object] = {"reinforcement": fact.reinforcement}
        made = su.reinforcement
        if fact.reinforcement is not None and made is not None and fact.reinforcement.start >= as_of:
            changes["reinforcement"] = fact.reinforcement.model_copy(update={"members": made.members})
        if one.is_set:
            changes |= {"set_start": fact.set_start, "set_end": fact.set_end, "members": fact.members}
            changes["fill_start"] = begun = max(su.fill_start, as_of, fact.set_end)
            if not self.problem.classes[self.schedule.runs[index].su].fill_days:
                changes["fill_end"] = begun
        if one.filled:
            changes |= {"fill_start": fact.fill_start, "fill_end": fact.fill_end}
        su = su.model_copy(update=changes)
        if one.stage == "energised":
            names = ("energise", "burn_in_end", "acceptance", "gated_by")
            return su.model_copy(update={name: getattr(fact, name) for name in names})
        return su.model_copy(update={"gated_by": AS_OF}) if _waited(su, one, as_of, su.gated_by) else su


def _waited(su: answer.Su, one: PastSu, as_of: date, gate: str) -> bool:
    """Whether an SU whose work has begun waits for nothing but the as-of date."""
    if gate == "delivery" or gate.startswith("capacity") or not one.is_set:
        return False
    return gate.startswith("crew") or as_of in (su.energise, su.fill_start)


@dataclass(frozen=True)
class Resumption:
    """What was found for a site with a past, in terms of its whole problem."""

    model: SiteModel
    past: Past
    parts: Residual
    result: Result
    """Of the whole: what is committed is in its schedule, objective and bound."""
    own: Schedule | None
    """Of what was left to decide."""

    @property
    def problem(self) -> Problem:
        """The problem to tell of: the whole one; what is left of it where that has no schedule."""
        return self.parts.problem if self.result.schedule is None else self.parts.whole

    @cached_property
    def _frame(self) -> Frame:
        return Frame(self.parts.whole, self.past, partial(day_of, self.model))

    @cached_property
    def _live(self) -> list[PastSu]:
        return live(self.past)

    @cached_property
    def _facts(self) -> tuple[answer.Unit | None, ...]:
        return (*self.past.units, *(None for _ in self._bought))

    @cached_property
    def _bought(self) -> list[int]:
        """Installs of the own schedule that buy something: not plates that are laid anyway."""
        known, own = len(self.parts.whole.plants), self.own
        return [] if own is None else [index for index, one in enumerate(own.installs) if one.plant < known]

    def dated(self) -> Resumed:
        """The schedule of the whole with names, dates and people."""
        if self.result.schedule is None:
            raise InternalError("there is no schedule to date")
        names = tuple(one.su.id for one in self._live) + tuple(named(self.parts, self.own))
        return Resumed(self.model, self.parts.whole, self.result.schedule, self._members, self.past, self._facts, names)

    def exact(self, units: Sequence[answer.Unit], sus: Sequence[answer.Su]) -> float:
        """The objective from unrounded prices and rates, in the site's currency."""
        site, rate = self.model.site, self.model.site.financing_rate.si() / 365.0
        terms = [
            paid(self.model, site.upgrades[unit.upgrade], unit.expedite) * self._carried(unit.order, rate)
            for unit in units
        ]
        for su in sus:
            made = su.reinforcement
            if made is not None:
                price = paid(self.model, site.upgrades[made.upgrade]) * made.positions
                terms.append(price * self._carried(made.order, rate))
            dates = ((su.energise, su.acceptance, 1.0), (su.ready_energise, su.ready_acceptance, -1.0))
            for loss in daily_losses(self.model, site.deployments[su.deployment], day_of(self.model, su.delivery)):
                for energised, accepted, sign in dates:
                    event = day_of(self.model, energised if loss.until == "energise" else accepted)
                    terms.append(sign * loss.rate * (event if loss.cap is None else min(event, loss.cap)))
            terms.append(self.past.late(su.id, su.acceptance))
        return math.fsum(terms)

    def _carried(self, order: date, rate: float) -> float:
        return 1.0 - rate * max(day_of(self.model, order), 0)

    def payments(self, names: Sequence[str]) -> answer.Payments:
        """When the vendor is paid; what is committed keeps its dates in every world."""
        if self.own is None or self.result.schedule is None:
            raise InternalError("there is no schedule to be paid for")
        worlds = []
        for pace in (Pace.OPTIMISTIC, Pace.PESSIMISTIC):
            whole = formulate(self.model, pace)
            lived = Replay((), ())
            if self.own.runs:
                other = residual(whole, self.past, partial(day_of, self.model)).problem
                lived = replay(self.parts.problem, self.own, other, self._own_members)
            past = [(self._frame.day(one.su.energise), self._frame.day(one.su.acceptance)) for one in self._live]
            merged = Replay((*(day for day, _ in past), *lived.energised), (*(day for _, day in past), *lived.accepted))
            worlds.append(World(whole, merged))
        return payments(self.model, self.parts.whole, self.result.schedule, names, *worlds)

    # ------------------------------------------------------------ people

    @cached_property
    def _members(self) -> Assignment:
        return members(self._frame, self.result.schedule or Schedule((), (), 0, 0), self._facts, self._live_and_left)

    @cached_property
    def _live_and_left(self) -> tuple[PastSu | None, ...]:
        names = named(self.parts, self.own)
        return (*self._live, *(self.past.su_of.get(name) for name in names))

    @cached_property
    def _own_members(self) -> Assignment:
        """The people of the own schedule."""
        own, whole = self.own, self._members
        if own is None:
            raise InternalError("there is no schedule to send people for")
        places = {index: len(self.past.units) + place for place, index in enumerate(self._bought)}
        first = len(self._live)
        begun = self._live_and_left[first:]
        return Assignment(
            installs=tuple(whole.installs[places[i]] if i in places else () for i in range(len(own.installs))),
            reinforcements=tuple(
                whole.reinforcements[first + i] if begun[i] is None else None for i in range(len(own.runs))
            ),
            sets=tuple(
                () if (one := begun[i]) is not None and one.is_set else whole.sets[first + i]
                for i in range(len(own.runs))
            ),
        )


def live(past: Past) -> list[PastSu]:
    """SUs that are energised, the first one first."""
    return sorted((one for one in past.sus if one.stage == "energised"), key=lambda one: (one.su.energise, one.su.id))


def named(parts: Residual, own: Schedule | None) -> list[str]:
    """Name of the SU of each run of what was left: of SUs that are alike, one that has arrived."""
    taken: Counter[tuple[int, int]] = Counter()
    names = []
    for run in () if own is None else own.runs:
        arrivals = parts.problem.classes[run.su].arrivals
        names.append(parts.left[run.su].names[arrivals.index(run.arrival) + taken[run.su, run.arrival]])
        taken[run.su, run.arrival] += 1
    return names


def resumed(model: SiteModel, past: Past, limits: Limits, watch: Watch | None = None) -> Resumption:
    """Decide what is left to decide on a site with a past.

    Parameters
    ----------
    model : SiteModel
        At the setpoints of its past.
    past : Past
    limits : Limits
        Of the search.
    watch : callable, optional
        Called with seconds, objective and bound, in the site's currency.

    Raises
    ------
    InputError
        A day later than promised is so dear that sums of money would not be exact.
    """
    whole = formulate(model)
    most = LARGEST * whole.money_step / 4 / max(1, len(past.promises)) / max(1, whole.days)
    if past.promised > most:
        allowed = f"at most {most:,.0f} {model.site.currency} a day on this site"
        raise InputError([Mistake("progress", None, None, "promised", f"{past.promised:,.0f}", allowed)])
    parts = residual(whole, past, partial(day_of, model))
    found = Result(Status.OPTIMAL, Schedule((), (), 0, 0), 0, 0, 0.0)
    if parts.problem.classes:
        step = whole.money_step

        def told(seconds: float, objective: int | None, bound: int | None) -> None:
            if watch is not None:
                watch(seconds, *(None if steps is None else steps * step for steps in (objective, bound)))

        found = optimise(parts.problem, limits, told)
    frame = Frame(whole, past, partial(day_of, model))
    found = _carried_on(frame, parts, found)
    if found.schedule is None:
        return Resumption(model, past, parts, found, None)
    own = parts.own(found.schedule)
    merged = _merged(frame, parts, own)
    bound = None if found.bound is None else found.bound + merged.objective - own.objective
    return Resumption(model, past, parts, replace(found, schedule=merged, bound=bound), own)


# ---------------------------------------------------------------- carrying on


def _carried_on(frame: Frame, parts: Residual, found: Result) -> Result:
    """What was found, or the plan carried on as it was meant where that costs no more: nothing moves for nothing."""
    if not parts.problem.classes:
        return found
    capacity, choice = Capacity(parts.problem), meant(frame, parts)
    early = replace(
        choice,
        units=tuple(replace(unit, not_before=0) for unit in choice.units),
        sus=tuple(replace(su, reinforce_not_before=0, set_not_before=0) for su in choice.sus),
    )
    made = [schedule for one in (choice, early) if (schedule := build(parts.problem, capacity, one)) is not None]
    best = min(made, key=lambda schedule: schedule.objective, default=None)
    if best is None or (found.schedule is not None and found.schedule.objective < best.objective):
        return found
    status, proven = found.status, found.bound is not None and found.bound >= best.objective
    if status is not Status.INTERRUPTED:
        status = Status.OPTIMAL if proven else Status.FEASIBLE
    return replace(found, schedule=best, status=status, doubted=False)


def meant(frame: Frame, parts: Residual) -> Choice:
    """What the plan meant to buy and do from now on, in terms of what is left: on its own days, or later."""
    units = [
        UnitChoice(plant_of(frame.whole, unit), frame.day(unit.install_start), frame.day(unit.install_start))
        for unit in frame.past.intended
    ]
    laid = [index for index in range(len(frame.whole.plants), len(parts.problem.plants))]
    units += [UnitChoice(index, 0) for index in laid]
    place = {name: number for number, left in enumerate(parts.left) for name in left.names}
    sus = []
    for su in frame.past.planned:
        number = place[su.id]
        _, way = mode_of(frame.whole, su, frame.day(frame.past.deliveries[su.id]))
        made = 0 if su.reinforcement is None else frame.day(su.reinforcement.start)
        start, energised = frame.day(su.set_start), frame.day(su.energise)
        sus.append(SuChoice(number, parts.left[number].modes.index(way), start, energised, made, start))
    live = parts.live()
    sus += [] if live is None else [SuChoice(live, 0, frame.now, frame.now)]
    return Choice(tuple(units), tuple(sus))


# ---------------------------------------------------------------- putting together


def _merged(frame: Frame, parts: Residual, own: Schedule) -> Schedule:
    """The schedule of what is committed and of what was decided, in terms of the whole problem."""
    day, whole, past = frame.day, frame.whole, frame.past
    installs = [
        Install(frame.plant(unit), day(unit.install_start), day(unit.commissioned), day(unit.counted))
        for unit in past.units
    ]
    installs += [install for install in own.installs if install.plant < len(whole.plants)]
    energised = live(past)
    runs = [_fact(frame, one) for one in energised]
    for run, name in zip(own.runs, named(parts, own), strict=True):
        left, one = parts.left[run.su], past.su_of.get(name)
        made = replace(run, su=left.su, mode=left.modes[run.mode], arrival=day(past.deliveries[name]))
        runs.append(made if one is None else _begun(frame, one, made))
    spend = own.cost + sum(_sunk(frame))
    delay = own.objective - own.cost + sum(parts.problem.delay_base(su) for su in parts.problem.classes)
    delay -= sum(whole.delay_base(su) for su in whole.classes)
    delay += sum(_lost(frame, one) for one in energised)
    return Schedule(tuple(installs), tuple(runs), spend + delay, spend)


def _fact(frame: Frame, one: PastSu) -> Run:
    """An energised SU."""
    day, su = frame.day, one.su
    number, mode = frame.placed(su)
    made = su.reinforcement
    dates = (su.set_start, su.set_end, su.fill_end, su.energise, su.acceptance)
    return Run(number, mode, day(su.delivery), None if made is None else day(made.start), *map(day, dates))


def _begun(frame: Frame, one: PastSu, run: Run) -> Run:
    """An SU whose work has begun, its own dates taken for those of the steps that were left."""
    day, su, made = frame.day, one.su, one.su.reinforcement
    run = replace(run, reinforce=None if made is None else day(made.start))
    if one.is_set:
        run = replace(run, set_start=day(su.set_start), set_end=day(su.set_end))
    return replace(run, fill_end=day(su.fill_end)) if one.filled else run


def _sunk(frame: Frame) -> Iterator[int]:
    """Price of what is ordered, by the day it was ordered, in money steps."""
    for unit in frame.past.units:
        purchase = frame.whole.plants[frame.plant(unit)].purchase
        if purchase is not None:
            yield rounded(purchase.cost - purchase.carry * max(frame.day(unit.order), 0))
    for one in frame.past.sus:
        made = one.su.reinforcement
        if made is not None:
            su, mode = frame.placed(one.su)
            way = frame.whole.classes[su].modes[mode].reinforcement
            if way is not None:
                yield rounded(way.cost - way.carry * max(frame.day(made.order), 0))


def _lost(frame: Frame, one: PastSu) -> int:
    """Delay of an energised SU, counted from the first day, in money steps."""
    total, su = 0, one.su
    for delay in frame.whole.classes[frame.placed(su)[0]].delays:
        event = frame.day(su.energise if delay.until == "energise" else su.acceptance)
        total += delay.rate * (event if delay.cap is None else min(event, delay.cap))
    late = frame.past.late(su.id, su.acceptance) / frame.whole.money_step * FINE
    return rounded(total + round(late))


Fixed = answer.Unit | answer.Su | answer.Reinforcement
"""Work that began before the as-of date."""


def members(
    frame: Frame, schedule: Schedule, facts: Sequence[answer.Unit | None], begun: Sequence[PastSu | None]
) -> Assignment:
    """The members of each task: those of work that began before the as-of date stay, others are the lowest free."""
    crews = {name: index for index, (name, _) in enumerate(frame.whole.crews)}
    free = [[frame.now] * size for _, size in frame.whole.crews]
    taken: dict[tuple[int, int], tuple[int, ...]] = {}
    for kind, index, work, end in _kept(frame, facts, begun):
        numbers = tuple(member - 1 for member in work.members)
        taken[kind, index] = numbers
        until = free[crews[work.crew]]
        for member in numbers:
            if 0 <= member < len(until):
                until[member] = max(until[member], frame.day(end))
    for booking in bookings(frame.whole, schedule):
        start, task = booking.start, booking.task
        if (booking.kind, booking.index) in taken:
            continue
        until = free[task.crew]
        chosen = [member for member, day in enumerate(until) if day <= start][: task.need]
        if len(chosen) < task.need:
            raise InternalError(f"crew {frame.whole.crews[task.crew][0]} is overbooked on day {start}")
        for member in chosen:
            until[member] = frame.whole.workdays.finish(start, task.days)
        taken[booking.kind, booking.index] = tuple(chosen)
    runs = range(len(schedule.runs))
    return Assignment(
        installs=tuple(taken.get((0, index), ()) for index in range(len(schedule.installs))),
        reinforcements=tuple(taken.get((1, index)) for index in runs),
        sets=tuple(taken[2, index] for index in runs),
    )


def _kept(
    frame: Frame, facts: Sequence[answer.Unit | None], begun: Sequence[PastSu | None]
) -> Iterator[tuple[int, int, Fixed, date]]:
    """Kind and index of each task that began before the as-of date, with its work and its end."""
    as_of = frame.past.as_of
    for index, fact in enumerate(facts):
        if fact is not None and fact.install_start < as_of:
            yield 0, index, fact, fact.install_end
    for index, one in enumerate(begun):
        made = None if one is None else one.su.reinforcement
        if made is not None and made.start < as_of:
            yield 1, index, made, made.end
        if one is not None and one.is_set:
            yield 2, index, one.su, one.su.set_end
