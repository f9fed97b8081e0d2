"""A progress file: what has happened since a plan was made, and the site with that past, to be planned again.

What the plan dates before the as-of date has happened as planned, unless the file says otherwise. Units ordered before
that date are committed: they keep the dates of the plan, or come when the file says and are installed on the first days
their crew has room. What is done keeps its dates.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from dcplan.answer import Plan, Reinforcement, Su, Unit
from dcplan.document import Document
from dcplan.errors import InputError, Problem
from dcplan.formulate.build import formulate
from dcplan.guards import demand
from dcplan.happened import Facts, SuProgress, UnitProgress, su_facts, unit_facts
from dcplan.past import Past, PastModel
from dcplan.problem import Problem as Integers
from dcplan.procure import CHAIN_MARGIN_DAYS
from dcplan.read import read_yaml, validate
from dcplan.setpoints import choices, settled
from dcplan.site import Day, Delivery, SiteModel
from dcplan.spec import Record
from dcplan.units import MoneyRate, currency_of, si, text
from dcplan.wording import nearest

MOST_PROMISED = 1e7
"""Dearest day of an SU: sums of money must stay exact."""
EARLIER = timedelta(days=3653)
"""Racks may have come so long before a plan's first day."""
DEAREST = 1e15
"""No unit costs more."""
PlanName = Annotated[str, Field(max_length=200)]


class Progress(Record):
    """One progress file."""

    dcplan_progress: Literal[1] = Field(description="Version of this format.")
    as_of: Day = Field(
        description="The day it is written for: what is listed happened before, nothing new starts before."
    )
    promised: MoneyRate | None = Field(
        default=None, description="Price of each day that an SU is accepted later than in the plan; absent: none."
    )
    units: Mapping[PlanName, UnitProgress] = Field(default={}, description="By the names of the plan's units.")
    sus: Mapping[PlanName, SuProgress] = Field(default={}, description="By the names of the plan's SUs.")


def progressed(model: SiteModel, plan: Plan, path: str | Path, *, name: str = "the plan") -> PastModel:
    """A site with its past: what ``plan`` plans again and ``verify`` verifies.

    Parameters
    ----------
    model : SiteModel
        The site as it is loaded today.
    plan : Plan
        The plan that was carried out so far.
    path : str or Path
        The progress file.
    name : str
        What to call the plan in an error, such as its file.

    Returns
    -------
    PastModel
        The same site; days of delivery are those that the file states.

    Raises
    ------
    InputError
        Everything that is wrong with the file, with line and column; or that the plan is of another site.
    """
    demand(model, SiteModel, "progressed()", "model", "load('site.yaml')")
    demand(plan, Plan, "progressed()", "plan", "read_plan('plan.json')")
    _of_this_site(model, plan, name)
    doc = read_yaml(path)
    progress = validate(Progress, doc)
    problems = list(_references(model, plan, progress, doc))
    if problems:
        raise InputError(problems)
    site = settled(model, plan.setpoints)
    facts = Facts(site, formulate(site), plan, progress.as_of, doc)
    units = unit_facts(facts, progress.units)
    sus, deliveries = su_facts(facts, progress.sus, units)
    if facts.problems:
        raise InputError(facts.problems)
    if hired := [unit for unit in units if unit.hire is not None or site.site.upgrades[unit.upgrade].rental]:
        raise InputError([_on_hire(name, unit, progress.as_of) for unit in hired])
    past = Past(
        as_of=progress.as_of,
        units=tuple(units),
        sus=tuple(sus),
        intended=tuple(unit for unit in plan.units if unit.id not in {one.id for one in units}),
        planned=tuple(su for su in plan.sus if su.id not in {one.su.id for one in sus if one.stage == "energised"}),
        setpoints=dict(plan.setpoints),
        deliveries=deliveries,
        promises={su.id: su.acceptance for su in plan.sus},
        promised=0.0 if progress.promised is None else si(progress.promised),
    )
    return _with_past(model, plan, past)


def _on_hire(name: str, unit: Unit, as_of: date) -> Problem:
    """Whoever has a unit on hire may keep it longer or give it back: that is not decided anew."""
    allowed = f"a plan of which no hired unit is ordered before {as_of}"
    hint = "hires that are ordered cannot be planned again: declare the unit as `plant`, with the cost left out"
    return Problem(name, None, None, unit.id, f"a hired unit, ordered on {unit.order}", allowed, hint)


def _of_this_site(model: SiteModel, plan: Plan, name: str) -> None:
    """The plan is one of this site, and everything it names is there."""
    problems = [_wrong(name, *words) for words in _frame(model, plan)]
    if not problems:
        problem = formulate(settled(model, plan.setpoints))
        found = (*_units(model, problem, plan), *_sus(model, problem, plan), *_parts(model, plan))
        problems = [_wrong(name, *words) for words in found]
    if problems:
        raise InputError(problems)


def _wrong(name: str, field: str, given: str, allowed: str) -> Problem:
    return Problem(name, None, None, field, given, allowed, "give the plan that is carried out, and its site file")


Wrong = Iterator[tuple[str, str, str]]
"""Field, what is given and what is allowed."""


def _frame(model: SiteModel, plan: Plan) -> Wrong:
    site = model.site
    for field in ("currency", "start"):
        if getattr(plan, field) != getattr(site, field):
            yield field, str(getattr(plan, field)), f"{getattr(site, field)}, as in {model.file}"
    if plan.site != site.name:
        yield "site", plan.site, f"a plan of {site.name}"
    if not plan.sus:
        yield "status", plan.status, "a plan with a schedule"
    if dict(plan.setpoints) not in choices(site):
        yield "setpoints", str(dict(plan.setpoints)), "one of the choices of the site file"


def _units(model: SiteModel, problem: Integers, plan: Plan) -> Wrong:
    spots = {(one.upgrade, one.place, one.train, one.expedite) for one in problem.plants if one.purchase is not None}
    for unit in plan.units:
        if (unit.upgrade, unit.place, unit.train, unit.expedite) not in spots:
            yield unit.id, unit.upgrade, "an upgrade that the site file offers at that place"
        elif unit.spec != model.site.upgrades[unit.upgrade].spec:
            yield unit.id, unit.spec, f"{model.site.upgrades[unit.upgrade].spec}, which upgrade {unit.upgrade} buys"
        elif not unit.id.startswith(f"{unit.upgrade}@{unit.where}#"):
            yield unit.id, unit.id, f"a name such as {unit.upgrade}@{unit.where}#1"
    if len({unit.id for unit in plan.units}) < len(plan.units):
        yield "units", "a name twice", "each name once"


def _sus(model: SiteModel, problem: Integers, plan: Plan) -> Wrong:
    deployments = model.site.deployments
    due = {(f"{name}#{index}", name) for name, one in deployments.items() for index in range(1, one.count + 1)}
    given = Counter((su.id, su.deployment) for su in plan.sus)
    if set(given) != due or max(given.values()) > 1:
        yield "sus", f"{len(plan.sus)} SUs", f"the {len(due)} SUs of the site file, each once"
        return
    for su in plan.sus:
        made = su.reinforcement
        if not _placed(problem, su) or (made is not None and made.spec != model.site.upgrades[made.upgrade].spec):
            yield su.id, su.hall, "a hall that may take it, its positions reinforced as the site file needs it"


def _parts(model: SiteModel, plan: Plan) -> Wrong:
    """Crews are the site's; dates follow each other, near the plan's; prices are prices."""
    span = (model.site.start - EARLIER, model.site.end + timedelta(days=CHAIN_MARGIN_DAYS))
    parts: list[tuple[str, Unit | Su | Reinforcement, tuple[str, ...]]] = [
        (unit.id, unit, ("order", "delivery", "install_start", "install_end", "commissioned", "counted"))
        for unit in plan.units
    ]
    for su in plan.sus:
        names = ("delivery", "set_start", "set_end", "fill_start", "fill_end", "energise", "burn_in_end", "acceptance")
        parts.append((su.id, su, names))
        if su.reinforcement is not None:
            parts.append((su.id, su.reinforcement, ("order", "start", "end")))
    for name, part, fields in parts:
        dates = [getattr(part, field) for field in fields]
        if dates != sorted(dates) or dates[0] < span[0] or dates[-1] > span[1]:
            yield (
                name,
                f"dates from {min(dates)} to {max(dates)}",
                f"one step after the other, from {span[0]} to {span[1]}",
            )
        if part.crew not in model.site.crews:
            yield name, part.crew, f"a crew of the site: {', '.join(sorted(model.site.crews))}"
        if not isinstance(part, Su) and not 0 <= part.cost <= DEAREST:
            yield name, f"{part.cost:g}", f"a price from 0 to {DEAREST:g}"


def _placed(problem: Integers, su: Su) -> bool:
    """Whether a deployment's SUs may be placed as this one is."""
    made = su.reinforcement
    way = None if made is None else (made.upgrade, made.positions)
    return any(
        problem.halls[mode.hall].name == su.hall
        and (None if (one := mode.reinforcement) is None else (one.upgrade, one.positions)) == way
        for alike in problem.classes
        if alike.deployment == su.deployment
        for mode in alike.modes
    )


def _references(model: SiteModel, plan: Plan, progress: Progress, doc: Document) -> list[Problem]:
    found = []
    if not model.site.start < progress.as_of <= model.site.end:
        allowed = f"a day after {model.site.start}, the plan's first, up to {model.site.end}, its end"
        found.append(doc.problem(("as_of",), str(progress.as_of), allowed))
    if progress.promised is not None and currency_of(progress.promised) != model.site.currency:
        found.append(doc.problem(("promised",), text(progress.promised), f"an amount in {model.site.currency}"))
    elif progress.promised is not None and not 0 <= si(progress.promised) <= MOST_PROMISED:
        allowed = f"0 to {MOST_PROMISED:,.0f} {model.site.currency}/day"
        found.append(doc.problem(("promised",), text(progress.promised), allowed))
    for section, known in (("units", [unit.id for unit in plan.units]), ("sus", [su.id for su in plan.sus])):
        for name in getattr(progress, section):
            if name not in known:
                shown = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
                allowed = f"a name of the plan's {section}: {shown or 'it has none'}"
                found.append(doc.problem((section, name), name, allowed, nearest(name, known), key=True))
    return found


def _with_past(model: SiteModel, plan: Plan, past: Past) -> PastModel:
    """The site with the days on which its SUs are delivered by now, and its past."""
    deployments = dict(model.site.deployments)
    for name, deployment in deployments.items():
        due = Counter(past.deliveries[su.id] for su in plan.sus if su.deployment == name)
        stated: Counter[date] = Counter()
        for delivery in deployment.deliveries:
            stated[delivery.day] += delivery.count
        if due != stated:
            moved = tuple(Delivery(day=day, count=count) for day, count in sorted(due.items()))
            deployments[name] = deployment.model_copy(update={"deliveries": moved})
    sunk = sum(unit.cost for unit in past.units)
    sunk += sum(one.su.reinforcement.cost for one in past.sus if one.su.reinforcement is not None)
    done = sum(one.stage == "energised" for one in past.sus)
    told = [
        f"planned again as of {past.as_of}: {len(past.units):,} units are ordered, {len(past.sus):,} SUs are begun "
        f"({done:,} are energised); {sunk:,.0f} {model.site.currency} of the purchases are spent whatever is decided"
    ]
    if past.promised:
        told.append(
            f"a day that an SU is accepted later than promised is counted at {past.promised:,.0f} {model.site.currency}"
        )
    if plan.input_sha256 != model.text_sha256:
        told.append("the plan that is planned again was made from another text of the site file")
    text = hashlib.sha256(
        f"{model.text_sha256} {past.model_dump_json()}".encode("utf-8", "backslashreplace")
    ).hexdigest()
    return PastModel.model_construct(
        site=model.site.model_copy(update={"deployments": deployments}),
        specs=model.specs,
        file=model.file,
        warnings=(*model.warnings, *told),
        text_sha256=text,
        document=model.document,
        past=past,
    )
