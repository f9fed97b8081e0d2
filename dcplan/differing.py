"""``diff``: what differs between two plans of one site, units and SUs matched by what and where they are.

Names such as ``genset@site#3`` only number what is alike, so they match nothing. Of units of one upgrade at one place,
those with the same dates in both plans are matched first; the rest so that their orders move the fewest days in all.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np

from dcplan.answer import Cash, Plan, Su
from dcplan.difference import (
    AmountChange,
    Bought,
    CountedSus,
    Difference,
    Fact,
    MovedCash,
    MovedLot,
    MovedSus,
    MovedWindow,
    OffHire,
    Shift,
)
from dcplan.errors import InputError, Problem
from dcplan.guards import demand
from dcplan.library import raw_spec

MOST_ALIGNED = 4_000_000
"""Pairs that are weighed against each other; beyond, the rest of a kind is matched in order of date."""
LONGEST = 2000
T = TypeVar("T")
Pairs = tuple[list[tuple[T, T]], list[T], list[T]]
"""Matched items, those of the old plan that are left, and those of the new one."""


def diff(old: Plan, new: Plan, *, names: tuple[str, str] = ("the old plan", "the new plan")) -> Difference:
    """What differs between two plans of one site.

    Parameters
    ----------
    old, new : Plan
        Two answers for one site; their inputs may differ, which is told.
    names : tuple of str
        What to call them in an error, such as their files.

    Returns
    -------
    Difference
        Purchases, dates, money, cash and status; which members of a crew do what is not compared.

    Raises
    ------
    InputError
        They are plans of different sites, or in different currencies.
    """
    for name, plan in (("old", old), ("new", new)):
        demand(plan, Plan, "diff()", name, "read_plan('plan.json')")
    _comparable(old, new, names)
    facts, amounts = tuple(_facts(old, new)), tuple(_amounts(old, new))
    pairs, dropped, added = _matched_pieces(_pieces(old), _pieces(new))
    purchases = tuple(_purchases(pairs, dropped, added))
    lots, (sus, deployments) = tuple(_lots(pairs)), _sus(old, new)
    windows, milestones = tuple(_windows(old, new)), tuple(_milestones(old, new))
    return Difference(
        site=new.site,
        currency=new.currency,
        same=not any((facts, amounts, purchases, lots, sus, deployments, windows, milestones)),
        warnings=tuple(_warnings(old, new)),
        facts=facts,
        amounts=amounts,
        purchases=purchases,
        lots=lots,
        sus=sus,
        deployments=deployments,
        windows=windows,
        milestones=milestones,
    )


def _comparable(old: Plan, new: Plan, names: tuple[str, str]) -> None:
    problems = []
    if old.site != new.site:
        allowed = f"a plan of {old.site}, the site of {names[0]}"
        problems.append(Problem(names[1], None, None, "site", new.site, allowed, "compare two plans of one site"))
    if old.currency != new.currency:
        allowed = f"money in {old.currency}, as in {names[0]}"
        problems.append(Problem(names[1], None, None, "currency", new.currency, allowed, "plan both in one currency"))
    if problems:
        raise InputError(problems)


def _warnings(old: Plan, new: Plan) -> Iterator[str]:
    if old.input_sha256 != new.input_sha256:
        yield (
            "the plans were made from different texts of the site file, or with other --scenario, --set or "
            "--progress: what differs may come from there"
        )
    for field, words in (("perspective", "from different perspectives"), ("start", "from different first days")):
        if getattr(old, field) != getattr(new, field):
            yield f"the objectives are counted {words} ({getattr(old, field)}, {getattr(new, field)})"
    for name, plan in (("old", old), ("new", new)):
        if not plan.sus:
            yield f"the {name} plan has no schedule: its status is {plan.status}"
        elif not plan.verified:
            yield f"the {name} plan is not verified"


# ---------------------------------------------------------------- what plans say of themselves


def _facts(old: Plan, new: Plan) -> Iterator[Fact]:
    for field in ("status", "verified", "perspective", "start", "end"):
        was, now = getattr(old, field), getattr(new, field)
        if was != now:
            yield Fact(name=field, old=_word(was), new=_word(now))
    for loop in sorted({*old.setpoints, *new.setpoints}):
        was, now = old.setpoints.get(loop, "none"), new.setpoints.get(loop, "none")
        if was != now:
            yield Fact(name=f"supply temperature of {loop}"[:LONGEST], old=was, new=now)


def _word(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _amounts(old: Plan, new: Plan) -> Iterator[AmountChange]:
    rows: list[tuple[str, str, float | None, float | None]] = [
        (words, new.currency, getattr(old.objective, field), getattr(new.objective, field))
        for field, words in (("value", "objective"), ("spend", "spend"), ("delay", "delay"), ("bound", "bound"))
    ]
    rows.insert(3, ("purchases", new.currency, old.purchases, new.purchases))
    rows.append(("gap", "", old.objective.gap, new.objective.gap))
    for name, unit, was, now in rows:
        if was != now:
            yield _change(name, unit, was, now)


def _change(name: str, unit: str, old: float | None, new: float | None) -> AmountChange:
    return AmountChange(name=name, unit=unit, old=old, new=new, change=_difference(old, new))


def _difference(old: float | None, new: float | None) -> float | None:
    """The change of an amount; None where one is missing, or a careless file makes it overflow."""
    change = math.nan if old is None or new is None else new - old
    return change if math.isfinite(change) else None


def _shift(old: date, new: date) -> Shift:
    return Shift(old=old, new=new, days=(new - old).days)


# ---------------------------------------------------------------- matching


def matched(
    old: Iterable[T], new: Iterable[T], same: Sequence[Callable[[T], Hashable]], by: Callable[[T], int]
) -> Pairs[T]:
    """Items of two plans in pairs: those with equal keys, the strictest key first.

    Parameters
    ----------
    old, new : iterable
    same : sequence of callable
        Keys, from the strictest to the loosest.
    by : callable
        Where an item is on a line: with equal keys, the sum of the distances of all pairs is the smallest.

    Examples
    --------
    >>> pairs, gone, come = matched([1, 5, 9], [2, 3, 6, 10], [lambda day: 0], lambda day: day)
    >>> pairs, gone, come
    ([(1, 2), (5, 6), (9, 10)], [], [3])
    """
    pairs: list[tuple[T, T]] = []
    left, right = list(old), list(new)
    for key in same:
        groups: dict[Hashable, tuple[list[T], list[T]]] = defaultdict(lambda: ([], []))
        for side, items in enumerate((left, right)):
            for item in items:
                groups[key(item)][side].append(item)
        left, right = [], []
        for were, are in groups.values():
            made, gone, come = _aligned(sorted(were, key=by), sorted(are, key=by), by)
            pairs += made
            left += gone
            right += come
    return pairs, left, right


def _aligned(old: list[T], new: list[T], by: Callable[[T], int]) -> Pairs[T]:
    """Pairs of two sorted lists that keep their order and move the least; the longer list keeps what is left."""
    if len(old) > len(new):
        swapped, come, gone = _aligned(new, old, by)
        return [(was, now) for now, was in swapped], gone, come
    spare = len(new) - len(old)
    chosen = list(range(len(old)))
    if old and spare and len(old) * (spare + 1) <= MOST_ALIGNED:
        places = np.array([by(item) for item in new], dtype=np.int64)
        best = np.zeros(spare + 1, dtype=np.int64)
        taken = np.zeros((len(old), spare + 1), dtype=bool)
        for index, item in enumerate(old):
            # column j: the item is paired with number index + j at the latest
            paired = best + np.abs(places[index : index + spare + 1] - by(item))
            best = np.minimum.accumulate(paired)
            taken[index] = paired == best
        column = spare
        for index in range(len(old) - 1, -1, -1):
            column = int(np.flatnonzero(taken[index, : column + 1])[-1])
            chosen[index] = index + column
    kept = set(chosen)
    return (
        [(item, new[at]) for item, at in zip(old, chosen, strict=True)],
        [],
        [item for at, item in enumerate(new) if at not in kept],
    )


# ---------------------------------------------------------------- purchases


class _Piece(NamedTuple):
    """One bought unit, or the positions of one SU that are reinforced."""

    upgrade: str
    spec: str
    place: str
    expedite: str | None
    number: int
    order: date
    install: date
    counted: date
    hired: bool
    released: date | None
    """Day on which a hired unit is given back; None where it stays."""
    cost: float


def _pieces(plan: Plan) -> list[_Piece]:
    found = [
        _Piece(
            unit.upgrade,
            unit.spec,
            unit.where,
            unit.expedite,
            1,
            unit.order,
            unit.install_start,
            unit.counted,
            unit.hire is not None,
            None if unit.hire is None or unit.hire.stays else unit.hire.released,
            unit.cost,
        )
        for unit in plan.units
    ]
    for su in plan.sus:
        made = su.reinforcement
        if made is not None:
            dates = (made.order, made.start, made.end)
            found.append(_Piece(made.upgrade, made.spec, su.hall, None, made.positions, *dates, False, None, made.cost))
    return found


def _matched_pieces(old: Iterable[_Piece], new: Iterable[_Piece]) -> Pairs[_Piece]:
    """Pieces that both plans buy, with the same dates or with others; what they cost is not asked."""
    keys: tuple[Callable[[_Piece], Hashable], ...] = (lambda piece: piece[:10], lambda piece: piece[:5])
    return matched(old, new, keys, lambda piece: piece.order.toordinal())


def _lots(pairs: Iterable[tuple[_Piece, _Piece]]) -> Iterator[MovedLot]:
    groups: dict[tuple[_Piece, _Piece], int] = defaultdict(int)
    for was, now in pairs:
        if was[5:10] != now[5:10]:
            groups[was._replace(cost=0.0), now._replace(cost=0.0)] += now.number

    def order(item: tuple[tuple[_Piece, _Piece], int]) -> tuple[Any, ...]:
        was, now = item[0]
        return now.order, now[:3], was[5:8], str(was.released), str(now.released)

    for (was, now), count in sorted(groups.items(), key=order):
        yield MovedLot(
            upgrade=now.upgrade,
            spec=now.spec,
            place=now.place,
            count=count,
            order=_shift(was.order, now.order),
            install=_shift(was.install, now.install),
            counted=_shift(was.counted, now.counted),
            off_hire=OffHire(old=was.released, new=now.released) if was.hired or now.hired else None,
        )


Kind = tuple[str, str, str, str]
"""Place, upgrade, spec, way to have it sooner (empty: none)."""


def _purchases(
    pairs: Iterable[tuple[_Piece, _Piece]], dropped: Iterable[_Piece], added: Iterable[_Piece]
) -> Iterator[Bought]:
    """Counts per upgrade and place that are not the same; a drop and an addition in its stead are one retyping."""
    counts: dict[Kind, list[int]] = defaultdict(lambda: [0, 0])
    costs: dict[Kind, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for side, pieces in enumerate(([was for was, _ in pairs], [now for _, now in pairs], dropped, added)):
        for piece in pieces:
            kind = (piece.place, piece.upgrade, piece.spec, piece.expedite or "")
            counts[kind][side % 2] += piece.number
            costs[kind][side % 2] += piece.cost
    changed = {kind: (old, new) for kind, (old, new) in counts.items() if old != new}
    went = {kind for kind, (old, new) in changed.items() if old > new}
    came = sorted(kind for kind, (old, new) in changed.items() if old < new)
    instead = _retyped(sorted(went), came)
    for kind in sorted(set(changed) - set(instead.values())):
        old, new = changed[kind]
        was, before = instead.get(kind), old
        cost = costs[kind][1] - costs[kind][0]
        if was is not None:
            before = changed[was][0] - changed[was][1]
            cost += costs[was][1] - costs[was][0]
        yield Bought(
            kind="retyped" if was else _kind(old, new),
            upgrade=kind[1],
            spec=kind[2],
            place=kind[0],
            expedite=kind[3] or None,
            old=before,
            new=new if was is None else new - old,
            cost=_difference(0.0, cost),
            instead_of=None if was is None else _said(was),
        )


def _kind(old: int, new: int) -> str:
    if not old or not new:
        return "added" if new else "dropped"
    return "more" if new > old else "fewer"


def _said(kind: Kind) -> str:
    _, upgrade, spec, expedite = kind
    what = upgrade if spec == upgrade else f"{upgrade} ({spec})"
    return (f"{what}, expedited: {expedite}" if expedite else what)[:LONGEST]


def _retyped(went: Sequence[Kind], came: Sequence[Kind]) -> dict[Kind, Kind]:
    """What comes at a place in the stead of what goes there: of the same upgrade, else of the same family of specs.

    Only what the catalog knows has a family here: a plan does not say what its site calls its own specs.
    """
    instead: dict[Kind, Kind] = {}
    for alike in (lambda kind: kind[1], _family):
        free: dict[Hashable, list[Kind]] = defaultdict(list)
        for kind in sorted(set(went) - set(instead.values()), reverse=True):
            free[kind[0], alike(kind)].append(kind)
        for kind in came:
            there = free[kind[0], alike(kind)]
            if kind not in instead and there and alike(kind) is not None:
                instead[kind] = there.pop()
    return instead


def _family(kind: Kind) -> str | None:
    return _catalog_family(kind[2])


@lru_cache(maxsize=1000)
def _catalog_family(spec: str) -> str | None:
    family = (raw_spec(spec) or {}).get("family")
    return family if isinstance(family, str) else None


# ---------------------------------------------------------------- SUs


def _sus(old: Plan, new: Plan) -> tuple[tuple[MovedSus, ...], tuple[CountedSus, ...]]:
    """SUs whose dates or hall are not the same, and deployments that have not the same number of them."""
    keys: tuple[Callable[[Su], Hashable], ...] = (
        lambda su: (su.deployment, su.delivery, su.hall, su.energise, su.acceptance),
        lambda su: (su.deployment, su.delivery, su.hall),
        lambda su: (su.deployment, su.delivery),
        lambda su: su.deployment,
    )
    pairs, gone, come = matched(old.sus, new.sus, keys, lambda su: su.energise.toordinal())
    groups: dict[tuple[str | date, ...], list[tuple[Su, Su]]] = defaultdict(list)
    for was, now in pairs:
        if (was.hall, was.energise, was.acceptance) != (now.hall, now.energise, now.acceptance):
            dates = (now.energise, was.energise, now.acceptance, was.acceptance)
            groups[now.deployment, *dates, now.hall, was.hall, now.gated_by, was.gated_by].append((was, now))
    moved = []
    for found in (groups[key] for key in sorted(groups, key=str)):
        was, now = found[0]
        moved.append(
            MovedSus(
                deployment=now.deployment,
                hall=now.hall,
                old_hall=was.hall,
                sus=tuple(sorted(one.id for _, one in found)),
                energise=_shift(was.energise, now.energise),
                acceptance=_shift(was.acceptance, now.acceptance),
                gated_by=now.gated_by,
                old_gated_by=was.gated_by,
            )
        )
    before, after = (Counter(su.deployment for su in plan.sus) for plan in (old, new))
    names = sorted({su.deployment for su in (*gone, *come)})
    return tuple(moved), tuple(CountedSus(deployment=name, old=before[name], new=after[name]) for name in names)


# ---------------------------------------------------------------- cash


def _windows(old: Plan, new: Plan) -> Iterator[MovedWindow]:
    if old.payments is None or new.payments is None:
        return
    before = {window.scope: window for window in old.payments.windows}
    for now in new.payments.windows:
        was = before.get(now.scope)
        fields = ("amount", "planned", "best", "worst")
        if was is not None and any(getattr(was, field) != getattr(now, field) for field in fields):
            yield MovedWindow(
                scope=now.scope,
                amount=_change("amount", new.currency, was.amount, now.amount),
                planned=_shift(was.planned, now.planned),
                best=_shift(was.best, now.best),
                worst=_shift(was.worst, now.worst),
            )


def _milestones(old: Plan, new: Plan) -> Iterator[MovedCash]:
    """Receipts per deployment, event and share."""
    groups: dict[tuple[str, str, float], tuple[list[Cash], list[Cash]]] = defaultdict(lambda: ([], []))
    for side, plan in enumerate((old, new)):
        for cash in plan.payments.milestones if plan.payments else ():
            groups[cash.deployment, cash.event, cash.share][side].append(cash)
    for were, are in (groups[key] for key in sorted(groups)):
        amounts = [_total(cash) for cash in (were, are)]
        before, after = (sorted(cash.planned for cash in side) for side in (were, are))
        if not before or not after or (before == after and amounts[0] == amounts[1]):
            continue
        pairs, _, _ = matched(before, after, (lambda day: day, lambda day: 0), date.toordinal)
        days = [(now - was).days for was, now in pairs]
        yield MovedCash(
            deployment=are[0].deployment,
            event=are[0].event,
            share=are[0].share,
            amount=_change("amount", new.currency, *amounts),
            receipts=len(pairs),
            moved=sum(1 for number in days if number),
            days=sum(days) / len(days),
            last=_shift(before[-1], after[-1]),
        )


def _total(cash: Iterable[Cash]) -> float | None:
    try:
        return math.fsum(one.amount for one in cash)
    except OverflowError:
        return None
