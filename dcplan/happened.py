"""What has become of each unit and SU of a plan by a day: stated in a progress file, else as planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from pydantic import Field

from dcplan.answer import Plan, Su, Unit
from dcplan.document import Document
from dcplan.errors import InternalError
from dcplan.errors import Problem as Mistake
from dcplan.past import PastSu, Stage
from dcplan.problem import Plant, Problem, Purchase, SuClass
from dcplan.procure import date_of, day_of
from dcplan.residual import plant_of
from dcplan.site import Day, SiteModel
from dcplan.solver.crews import Crews
from dcplan.solver.sequence import startable
from dcplan.spec import Record
from dcplan.workdays import BEYOND


class UnitProgress(Record):
    """What has become of one unit of the plan; what is absent went, or goes, as planned."""

    ordered: Day | Literal[False] | None = Field(
        default=None, description="The day it was ordered, or false: it was not, whatever the plan says."
    )
    delivered: Day | None = Field(default=None, description="The day it came.")
    done: Day | None = Field(default=None, description="The day it was commissioned.")
    slipped: Day | None = Field(
        default=None, description="New day of its delivery; of its commissioning, where it is delivered."
    )


class SuProgress(Record):
    """What has become of one SU of the plan; what is absent went, or goes, as planned."""

    delivered: Day | None = Field(default=None, description="The day it came.")
    energised: Day | Literal[False] | None = Field(
        default=None, description="The day it was energised, or false: it was not, whatever the plan says."
    )
    done: Day | None = Field(default=None, description="The day it was accepted.")
    slipped: Day | None = Field(
        default=None, description="New day of its delivery; of its acceptance, where it is energised."
    )


@dataclass
class Facts:
    """A plan of a site and what is wrong with what is said of it."""

    model: SiteModel
    problem: Problem
    plan: Plan
    as_of: date
    doc: Document
    problems: list[Mistake] = field(default_factory=list)

    @property
    def now(self) -> int:
        """The as-of date as a day of the plan."""
        return day_of(self.model, self.as_of)

    def day(self, when: date) -> int:
        """Day number of a date."""
        return day_of(self.model, when)

    def on(self, day: int) -> date:
        """Date of a day number."""
        return date_of(self.model, day)

    def wrong(self, place: tuple[str, str, str], given: object, allowed: str, hint: str = "") -> None:
        """Note a mistake in the file."""
        shown = "false" if given is False else str(given)
        self.problems.append(self.doc.problem(place, shown, allowed, hint))

    def within(self, place: tuple[str, str, str], given: date | None, low: date, high: date, what: str) -> None:
        """A date that must be within two others."""
        if given is not None and not low <= given <= high:
            allowed = f"{what}: a day from {low} to {high}" if low <= high else f"{what}: no day is left for it"
            self.wrong(place, given, allowed)

    def plant(self, unit: Unit) -> tuple[int, Plant, Purchase]:
        """The plant type of a unit, with how it is bought."""
        index = plant_of(self.problem, unit)
        plant = self.problem.plants[index]
        if plant.purchase is None:
            raise InternalError(f"{unit.id} is for sale nowhere")
        return index, plant, plant.purchase

    def su_class(self, su: Su) -> SuClass:
        """The chain of an SU."""
        return next(one for one in self.problem.classes if one.deployment == su.deployment)


# ---------------------------------------------------------------- units


def unit_facts(facts: Facts, said: Mapping[str, UnitProgress]) -> list[Unit]:
    """Every unit that was ordered before the as-of date, with the dates that it keeps.

    Units that are not yet being installed keep the plan's days where their crew still has room then. The others are
    installed, earliest delivery first, as soon as their crew has room.
    """
    kept: list[Unit] = []
    waiting: list[Unit] = []
    planned = {unit.id: unit for unit in facts.plan.units}
    for unit in facts.plan.units:
        told = said.get(unit.id, UnitProgress())
        if _is_ordered(facts, unit, told):
            begun, made = _dated(facts, unit, told)
            (kept if begun else waiting).append(made)
    if facts.problems:
        return kept
    crews = _crews(facts, kept)
    if facts.problems:
        return kept
    same = [unit for unit in waiting if unit == planned[unit.id]]
    for unit in sorted(same, key=lambda unit: (unit.install_start, unit.id)):
        _, _, purchase = facts.plant(unit)
        start = facts.day(unit.install_start)
        if _ready(facts, unit, kept) <= start and crews.fits(purchase.install, start):
            crews.take(purchase.install, start)
            waiting.remove(unit)
            kept.append(unit)
    while waiting:
        unit = min(waiting, key=lambda one: (_ready(facts, one, kept), one.delivery, one.id))
        waiting.remove(unit)
        _, _, purchase = facts.plant(unit)
        start = crews.earliest(purchase.install, min(_ready(facts, unit, kept), BEYOND))
        if start >= BEYOND:
            allowed = "a unit whose install can start: one of each upgrade that it requires is ordered too"
            facts.wrong(
                ("units", unit.id, "slipped"), unit.id, allowed, "state what it waits for as ordered, or it as not"
            )
            continue
        crews.take(purchase.install, start)
        kept.append(_late(facts, _by_rule(facts, unit, start), said.get(unit.id, UnitProgress())))
    return kept


def _is_ordered(facts: Facts, unit: Unit, told: UnitProgress) -> bool:
    place, stated = ("units", unit.id), any((told.delivered, told.done, told.slipped))
    if told.ordered is False:
        if stated:
            facts.wrong((*place, "ordered"), False, "a day: the file says more of it", "leave the other keys out")
        return False
    if told.ordered is None:
        if unit.order >= facts.as_of and stated:
            allowed = f"a day before {facts.as_of}: the plan orders it on {unit.order}"
            facts.wrong((*place, "ordered"), "nothing", allowed, "state `ordered` as well")
        return unit.order < facts.as_of
    last = facts.on(facts.now - 1)
    facts.within((*place, "ordered"), told.ordered, facts.model.site.start, last, "ordered before the as-of date")
    return True


def _dated(facts: Facts, unit: Unit, told: UnitProgress) -> tuple[bool, Unit]:
    """An ordered unit, and whether its install has begun; else it waits to be placed."""
    place = ("units", unit.id)
    order = told.ordered or unit.order
    shift = order - unit.order
    facts.within((*place, "delivered"), told.delivered, order, facts.as_of, "delivered by the as-of date")
    facts.within((*place, "done"), told.done, told.delivered or order, facts.as_of, "commissioned by the as-of date")
    if told.slipped is not None and (told.done is not None or told.slipped < facts.as_of):
        allowed = f"nothing: it is done on {told.done}" if told.done else f"a day from {facts.as_of} on"
        facts.wrong((*place, "slipped"), told.slipped, allowed)
    coming = told.slipped if told.delivered is None else None
    delivery = told.delivered or coming or unit.delivery + shift
    changes = {"order": order, "delivery": delivery}
    if told.done is not None:
        return True, _done(facts, unit.model_copy(update=changes), told.done)
    made = unit.model_copy(update=changes)
    if delivery <= unit.install_start:
        return unit.install_start < facts.as_of, _late(facts, made, told)
    start = facts.problem.workdays.next_open(facts.day(delivery))
    return (True, _late(facts, _by_rule(facts, made, start), told)) if start < facts.now else (False, made)


def _done(facts: Facts, unit: Unit, done: date) -> Unit:
    """A unit that is commissioned: its other dates as planned, where that was possible."""
    delivery = min(unit.delivery, done)
    start = min(max(unit.install_start, delivery), done)
    end = min(max(unit.install_end, start), done)
    return _counted(
        facts, unit.model_copy(update={"delivery": delivery, "install_start": start, "install_end": end}), done
    )


def _late(facts: Facts, unit: Unit, told: UnitProgress) -> Unit:
    """The unit commissioned on another day, where it is delivered and that has slipped: its start-up waits."""
    if told.slipped is None or told.delivered is None:
        return unit
    if unit.install_start >= facts.as_of and told.slipped < unit.commissioned:
        allowed = f"a day from {unit.commissioned} on: its install has not begun"
        facts.wrong(("units", unit.id, "slipped"), told.slipped, allowed)
    end = min(unit.install_end, told.slipped)
    return _counted(facts, unit.model_copy(update={"install_end": end}), told.slipped)


def _by_rule(facts: Facts, unit: Unit, start: int) -> Unit:
    """A unit whose install starts on a day, and takes as long as the site file says."""
    _, _, purchase = facts.plant(unit)
    end = facts.problem.workdays.finish(start, purchase.install.days)
    dates = {"install_start": facts.on(start), "install_end": facts.on(end)}
    done = facts.on(facts.problem.commissioned(purchase, start))
    return _counted(facts, unit.model_copy(update=dates), done)


def _counted(facts: Facts, unit: Unit, commissioned: date) -> Unit:
    _, plant, _ = facts.plant(unit)
    counted = unit.counted
    if commissioned != unit.commissioned:
        counted = facts.on(facts.problem.counted(plant, facts.day(commissioned)))
    return unit.model_copy(update={"commissioned": commissioned, "counted": counted})


def _ready(facts: Facts, unit: Unit, kept: list[Unit]) -> int:
    """First day on which the install of an ordered unit may start, people aside."""
    _, _, purchase = facts.plant(unit)
    there = [(facts.plant(one)[0], 0, facts.day(one.commissioned)) for one in kept] if purchase.after else []
    waits = startable(purchase, there) if purchase.after else 0
    return max(facts.now, facts.day(unit.delivery), waits)


def _crews(facts: Facts, kept: list[Unit]) -> Crews:
    """Crews as they are taken by work that keeps its dates."""
    names = [name for name, _ in facts.problem.crews]
    busy: Counter[tuple[int, int]] = Counter()
    for crew, members, start, end in _work(facts, kept):
        for day in range(max(facts.now, facts.day(start)), facts.day(end)):
            if facts.problem.workdays.is_open(day):
                busy[names.index(crew), day] += members
    for index, (crew, size) in enumerate(facts.problem.crews):
        over = min((day for (whose, day), members in busy.items() if whose == index and members > size), default=None)
        if over is not None:
            given = f"work on {facts.on(over)} for {busy[index, over]} of crew {crew}"
            hint = "state what is done, and what has slipped"
            facts.problems.append(facts.doc.problem(("units",), given, f"work for the {size} that it has", hint))
    return Crews(replace(facts.problem, busy=tuple((crew, day, members) for (crew, day), members in busy.items())))


def _work(facts: Facts, kept: list[Unit]) -> Iterator[tuple[str, int, date, date]]:
    """Crew, members, start and end of what is at work on the as-of date or keeps its later dates."""
    for unit in kept:
        yield unit.crew, len(unit.members), unit.install_start, unit.install_end
    for su in facts.plan.sus:
        made = su.reinforcement
        if made is not None and made.order < facts.as_of:
            yield made.crew, len(made.members), made.start, made.end
        if su.set_start < facts.as_of:
            yield su.crew, len(su.members), su.set_start, su.set_end


# ---------------------------------------------------------------- SUs


def su_facts(facts: Facts, said: Mapping[str, SuProgress], units: list[Unit]) -> tuple[list[PastSu], dict[str, date]]:
    """Every SU whose work has begun, and the day of delivery of every SU by its name."""
    found: list[PastSu] = []
    deliveries: dict[str, date] = {}
    now = {unit.id: unit for unit in units}
    for su in facts.plan.sus:
        told = said.get(su.id, SuProgress())
        energised = _energised(facts, su, told, now)
        delivery = _delivery(facts, su, told, energised)
        deliveries[su.id] = delivery
        moved = su.model_copy(update={"delivery": delivery})
        if energised is not None:
            found.append(PastSu(stage="energised", su=_live(facts, moved, told, energised)))
        elif (stage := _stage(facts, moved, now)) is not None:
            found.append(PastSu(stage=stage, su=moved))
    return found, deliveries


def _energised(facts: Facts, su: Su, told: SuProgress, now: Mapping[str, Unit]) -> date | None:
    """The day an SU was energised; None where it is not."""
    place = ("sus", su.id)
    if isinstance(told.energised, date):
        facts.within(
            (*place, "energised"),
            told.energised,
            told.delivered or facts.model.site.start,
            facts.as_of,
            "energised by then",
        )
        return told.energised
    if told.energised is False or su.energise >= facts.as_of:
        if told.done is not None:
            facts.wrong((*place, "done"), told.done, "nothing: it is not energised", "state `energised` as well")
        return None
    missing = [
        name
        for test in facts.plan.tests
        if su.id in test.sus
        for name in test.units
        if name not in now or now[name].counted > su.energise
    ]
    if missing:
        allowed = f"a day, or false: the plan energises it on {su.energise}, once {missing[0]} counts, which is late"
        facts.wrong((*place, "energised"), "nothing", allowed)
    return su.energise


def _delivery(facts: Facts, su: Su, told: SuProgress, energised: date | None) -> date:
    place, first = ("sus", su.id), facts.model.site.start
    facts.within((*place, "delivered"), told.delivered, first, energised or facts.as_of, "delivered by then")
    if told.slipped is not None and told.slipped < facts.as_of:
        facts.wrong((*place, "slipped"), told.slipped, f"a day from {facts.as_of} on")
    if told.slipped is not None and energised is None and told.delivered is not None:
        allowed = "nothing: it is delivered and not energised, so when it is energised is decided anew"
        facts.wrong((*place, "slipped"), told.slipped, allowed)
    if told.delivered is not None:
        return told.delivered
    if told.slipped is not None and energised is None:
        return told.slipped
    return su.delivery if energised is None else min(su.delivery, energised)


def _live(facts: Facts, su: Su, told: SuProgress, energised: date) -> Su:
    """An energised SU: what went before it as planned, where that was possible."""
    place = ("sus", su.id)
    if told.done is not None and told.slipped is not None:
        facts.wrong((*place, "slipped"), told.slipped, f"nothing: it is accepted on {told.done}")
    burnt, accepted = su.burn_in_end, su.acceptance
    if energised != su.energise:
        one, day = facts.su_class(su), facts.day(energised)
        burnt, accepted = facts.on(day + one.burn_in_days), facts.on(facts.problem.accepted(one, day))
    allowed = "accepted after its burn-in, and by the as-of date"
    facts.within((*place, "done"), told.done, max(energised, burnt), facts.as_of, allowed)
    if told.slipped is not None and told.done is None and facts.as_of <= told.slipped < burnt:
        facts.wrong((*place, "slipped"), told.slipped, f"a day from {burnt} on: until then its burn-in runs")
    accepted = told.done or told.slipped or accepted
    names = ("set_start", "set_end", "fill_start", "fill_end")
    before = {name: max(su.delivery, min(getattr(su, name), energised)) for name in names}
    return su.model_copy(
        update=before | {"energise": energised, "burn_in_end": min(burnt, accepted), "acceptance": accepted}
    )


def _stage(facts: Facts, su: Su, now: Mapping[str, Unit]) -> Stage | None:
    """How far an SU has come that is not energised."""
    if su.delivery <= su.set_start < facts.as_of:
        late = any(
            old.commissioned <= su.fill_start and (old.id not in now or now[old.id].commissioned > su.fill_start)
            for old in facts.plan.units
        )
        return "filled" if su.fill_start < facts.as_of and not late else "set"
    made = su.reinforcement
    return "floor" if made is not None and made.order < facts.as_of else None
