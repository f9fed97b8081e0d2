"""What each choice of a plan is worth, and which limits cost money: the site planned anew without either."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dcplan.answer import Plan
from dcplan.document import Document
from dcplan.errors import InputError, InternalError
from dcplan.explaining.given import Given
from dcplan.explaining.relax import MOST_STEPS, Changes, Limit, changed, limits_of
from dcplan.planner import plan as planned
from dcplan.rationale import Choice, Relaxation
from dcplan.site import SiteModel

LEAST_SECONDS = 1.0
"""No site is planned anew in less."""


@dataclass
class Anew:
    """A site planned anew with its file changed, each change once, within a time for all of them.

    Attributes
    ----------
    model : SiteModel
        A loaded site.
    plan : Plan
        The plan that is explained.
    workers, seed : int
        Of the solver.
    until : float
        The clock's seconds at which no search is begun any more.
    """

    model: SiteModel
    plan: Plan
    workers: int
    seed: int
    until: float
    known: dict[frozenset[tuple[str, str]], Plan] = field(default_factory=dict)

    @property
    def value(self) -> float:
        """Objective of the plan that is explained."""
        if self.plan.objective.value is None:
            raise InternalError("a plan without a schedule has nothing to explain")
        return self.plan.objective.value

    @property
    def slack(self) -> float:
        """What rounding may make of two objectives that are the same."""
        return max(0.01, 2 * self.plan.objective.rounding)

    def left(self) -> float:
        """Seconds left for all of them."""
        return self.until - time.monotonic()

    def tried(self, changes: Changes, seconds: float) -> Plan | None:
        """The answer with a file's values changed; None where time is over, or the file is then no site file.

        Raises
        ------
        KeyboardInterrupt
            The search was interrupted.
        """
        key = frozenset(changes.items())
        if key not in self.known:
            if self.left() < LEAST_SECONDS:
                return None
            try:
                model = changed(self.document, changes)
            except InputError:
                return None
            share = min(max(seconds, LEAST_SECONDS), self.left())
            found = planned(model, seconds=share, workers=self.workers, seed=self.seed)
            if found.status == "interrupted":
                raise KeyboardInterrupt
            self.known[key] = found
        return self.known[key]

    def more(self, found: Plan) -> float | None:
        """What a verified plan costs more than the one that is explained; None where there is none."""
        value = found.objective.value
        return None if value is None or not found.verified else value - self.value

    @property
    def document(self) -> Document:
        """The file as it was read."""
        if self.model.document is None:
            raise InternalError("a site that was not loaded cannot be changed")
        return self.model.document


# ---------------------------------------------------------------- choices


def choices(anew: Anew, seconds: float) -> tuple[tuple[Choice, ...], tuple[str, ...]]:
    """What the best plan without each choice of the plan costs more; and what could not be tried.

    Parameters
    ----------
    anew : Anew
    seconds : float
        For all of them.
    """
    asked = list(_choices(anew))
    found, unknown = [], []
    for one in asked:
        answer = anew.tried(one.changes, seconds / len(asked))
        if answer is None:
            unknown.append(f"what it would cost to do without: {one.what}")
        else:
            found.append(_choice(anew, one, answer))
    return tuple(found), tuple(unknown)


@dataclass(frozen=True)
class _Asked:
    """A choice of a plan in words, the change of the file that rules it out, and what it is a multiple of."""

    what: str
    changes: Mapping[str, str]
    weight: float
    """By how much the objective rises with the price of one unit, or position, of it."""


def _choices(anew: Anew) -> Iterator[_Asked]:
    plan = anew.plan
    orders = [(unit.upgrade, unit.expedite, unit.order, 1) for unit in plan.units]
    made = [su.reinforcement for su in plan.sus if su.reinforcement is not None]
    floors = [(one.upgrade, None, one.order, one.positions) for one in made]
    for name in sorted({unit.upgrade for unit in plan.units}):
        mine = [item for item in orders if item[0] == name]
        places = sorted({unit.where for unit in plan.units if unit.upgrade == name})
        what = f"{len(mine)} {name} at {', '.join(places)}"
        yield _Asked(what, {f"upgrades.{name}.at_most": "0"}, _weight(anew, mine))
    for name, how in sorted({(name, how) for name, how, _, _ in orders if how is not None}):
        mine = [item for item in orders if item[:2] == (name, how)]
        changes = {f"upgrades.{name}.expedite.{how}.at_most": "0"}
        yield _Asked(f"{len(mine)} {name} expedited: {how}", changes, _weight(anew, mine))
    for name in sorted({one.upgrade for one in made}):
        mine = [item for item in floors if item[0] == name]
        what = f"{sum(number for _, _, _, number in mine)} positions reinforced with {name}"
        yield _Asked(what, {f"upgrades.{name}.at_most": "0"}, _weight(anew, mine))


def _weight(anew: Anew, orders: Sequence[tuple[str, str | None, date, int]]) -> float:
    """What a price counts for: by the interest saved until each order, and for nothing where another party pays."""
    site, total = anew.model.site, 0.0
    rate = site.financing_rate.si() / 365.0
    for name, _, order, number in orders:
        if site.perspective in ("joint", site.upgrades[name].paid_by):
            total += number * (1.0 - rate * max(0, (order - site.start).days))
    return total


def _choice(anew: Anew, asked: _Asked, answer: Plan) -> Choice:
    bounds = [bound for bound in (answer.objective.bound, anew.plan.objective.bound) if bound is not None]
    most = anew.more(answer)
    proven = answer.status != "infeasible" and bool(bounds)
    least = max(bounds) - anew.value if proven else None
    counts = asked.weight > 0
    return Choice(
        what=asked.what,
        settings=tuple(f"{path}={value}" for path, value in asked.changes.items()),
        status=answer.status,
        least=least,
        most=most,
        rise_least=None if least is None or not counts else max(0.0, least) / asked.weight,
        rise_most=None if most is None or not counts else max(0.0, most) / asked.weight,
        instead=tuple(_instead(anew.plan, answer)) if most is not None else (),
        accepted=max(su.acceptance for su in answer.sus) if most is not None else None,
    )


def _instead(plan: Plan, other: Plan) -> Iterator[str]:
    """How purchases differ."""
    counts = [_bought(one) for one in (plan, other)]
    for name in sorted({*counts[0], *counts[1]}):
        more = counts[1][name] - counts[0][name]
        if more:
            yield f"{abs(more)} {'more' if more > 0 else 'fewer'} {name}"


def _bought(plan: Plan) -> Counter[str]:
    found = Counter(f"{unit.upgrade} at {unit.where}" for unit in plan.units)
    for su in plan.sus:
        if su.reinforcement is not None:
            found[f"{su.reinforcement.upgrade} positions in {su.hall}"] += su.reinforcement.positions
    return found


# ---------------------------------------------------------------- limits


def relaxations(
    anew: Anew, given: Given, seconds: float
) -> tuple[tuple[Relaxation, ...], tuple[str, ...], tuple[str, ...]]:
    """Limits that cost money, each with the smallest change that saves some; limits that provably cost none; unknown.

    Parameters
    ----------
    anew : Anew
    given : Given
        The plan that is explained: limits that it uses up are tried first, and longer.
    seconds : float
        For all of them: one half to find out which cost money, the other for how far they have to give.
    """
    limits = limits_of(anew.model)
    tight = {limit.id for limit in limits if used_up(given, limit)}
    free, binding, unknown = [], [], []
    for limit in sorted(limits, key=lambda one: one.id not in tight):
        share = 0.8 / len(tight) if limit.id in tight else 0.2 / (len(limits) - len(tight))
        lifted = anew.tried(limit.lifted, seconds / 2 * share)
        saved = None if lifted is None else _saved(anew, lifted)
        if saved is not None:
            binding.append((limit, saved))
        elif lifted is not None and _nothing(anew, lifted):
            free.append(limit.words)
        else:
            unknown.append(f"whether lifting it saves anything: {limit.words}")
    found = []
    for limit, lifted_saves in sorted(binding, key=lambda item: -item[1]):
        made = _smallest(anew, limit, lifted_saves, seconds / 2 / max(1, len(binding)))
        found.append(made)
    return tuple(found), tuple(free), tuple(unknown)


def used_up(given: Given, limit: Limit) -> bool:
    """Whether a plan plainly uses a limit up, or hangs on it: one that may cost money.

    Crews always may; what cannot be told from the plan may not.
    """
    plan, parts = given.plan, limit.id.split(".")
    accepted = {su.deployment: su.acceptance for su in sorted(plan.sus, key=lambda su: su.acceptance)}
    site = given.model.site
    if parts[0] == "crews":
        return True
    if parts[0] == "end":
        return max(accepted.values()) == site.end
    if parts[0] == "deployments":
        return accepted[parts[1]] == site.deployments[parts[1]].deadline
    if parts[0] == "upgrades":
        most = site.upgrades[".".join(parts[1:-1])].at_most
        return most in bought_per_place(plan, ".".join(parts[1:-1])).values()
    if parts[0] == "plant":
        return any(su.gated_by.startswith(("capacity", "delivery")) and su.delay_days > 0 for su in plan.sus)
    if parts[0] == "halls" and parts[2] in ("floor", "route", "overhead"):
        return any(su.reinforcement is not None or su.gated_by.startswith("route") for su in plan.sus)
    names = {"positions": "positions", "gallery_slots": "gallery", "yard_area": "yard"}
    kind = names.get(parts[-1], {"generator_power": "generator_permit"}.get(parts[-1], parts[-1]))
    place = parts[1] if parts[0] == "halls" else "site"
    return any(left < need for left, need in given.room(f"{kind}@{place}"))


def bought_per_place(plan: Plan, upgrade: str) -> Counter[str]:
    """Units of an upgrade at each place and train, positions in each hall."""
    found = Counter(unit.where for unit in plan.units if unit.upgrade == upgrade)
    for su in plan.sus:
        if su.reinforcement is not None and su.reinforcement.upgrade == upgrade:
            found[su.hall] += su.reinforcement.positions
    return found


def _saved(anew: Anew, answer: Plan) -> float | None:
    """What a verified plan saves; None where nothing."""
    more = anew.more(answer)
    return -more if more is not None and more < -anew.slack else None


def _nothing(anew: Anew, answer: Plan) -> bool:
    """Whether it is proven that a change saves nothing."""
    bound = answer.objective.bound
    return bound is not None and bound >= anew.value - anew.slack


def _smallest(anew: Anew, limit: Limit, lifted_saves: float, seconds: float) -> Relaxation:
    """The fewest steps of a limit that were found to save something; lifted, where no number of steps was."""
    until = time.monotonic() + seconds

    def tried(steps: int) -> Plan | None:
        changes = limit.at(steps)
        return None if changes is None or time.monotonic() >= until else anew.tried(changes, seconds / 8)

    best: tuple[int, float, Plan] | None = None
    low, proven, high = 0, True, 1
    while high <= MOST_STEPS and time.monotonic() < until:
        answer = tried(high)
        saved = None if answer is None else _saved(anew, answer)
        if answer is not None and saved is not None:
            best = (high, saved, answer)
            break
        low, proven = high, answer is not None and _nothing(anew, answer)
        high *= 2
    while best is not None and best[0] - low > 1 and time.monotonic() < until:
        middle = (low + best[0]) // 2
        answer = tried(middle)
        saved = None if answer is None else _saved(anew, answer)
        if answer is not None and saved is not None:
            best = (middle, saved, answer)
        else:
            low, proven = middle, answer is not None and _nothing(anew, answer)
    if best is None:
        answer = anew.known[frozenset(limit.lifted.items())]
        return _relaxation(anew, limit, "lifted", limit.lifted, False, (lifted_saves, lifted_saves), answer)
    steps, saves, answer = best
    least = proven and steps - low == 1
    return _relaxation(
        anew, limit, limit.told(steps), limit.at(steps) or {}, least, (saves, max(saves, lifted_saves)), answer
    )


def _relaxation(
    anew: Anew, limit: Limit, told: str, changes: Changes, least: bool, saves: Sequence[float], answer: Plan
) -> Relaxation:
    bound = answer.objective.bound
    return Relaxation(
        limit=limit.id,
        words=limit.words,
        where=limit.where,
        told=told,
        settings=tuple(f"{path}={value}" for path, value in changes.items()),
        least=least,
        proven=anew.plan.objective.bound is not None and anew.value - saves[0] < anew.plan.objective.bound - anew.slack,
        saves=saves[0],
        saves_at_most=None if bound is None else max(saves[0], anew.value - bound),
        lifted_saves=saves[1],
    )
