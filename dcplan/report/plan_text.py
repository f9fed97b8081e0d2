"""A plan as readable text: ready when, bought what, paid when, and how far to trust it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from dcplan.answer import Cash, Plan, Su, Unit, Window
from dcplan.report.stages_text import stages_facts, stages_status
from dcplan.report.table import Cell, bullets, counted, facts, money, number, percent, printable, section, span, table

MOST_ROWS = 80
MOST_ASSUMED = 8
ENVELOPE = (
    "best and worst: every duration at its best and at its worst end. best/worst is an envelope, not P10/P90: "
    "dcplan puts no probability on it."
)


def plan_text(plan: Plan) -> str:
    """The whole answer for one site.

    Parameters
    ----------
    plan : Plan
        As ``dcplan.plan`` gives it.

    Returns
    -------
    str
        Lines of at most 120 columns where names allow it.
    """
    plan = printable(plan)
    lines = [f"{plan.site}  ({plan.file})", "", *facts(_summary(plan))]
    lines += section("WHY THERE IS NO PLAN", bullets(plan.reasons))
    lines += section("READY WHEN", _deployments(plan))
    lines += section("LOOP SUPPLY TEMPERATURE", _setpoints(plan))
    lines += section("BUY AND BUILD, BY ORDER DATE", _purchases(plan))
    lines += section("TIE-INS TO LIVE PLANT, IN OUTAGE WINDOWS", _tie_ins(plan))
    lines += section("SCALABLE UNITS (dates are starts of days: what ends on a date is finished)", _sus(plan))
    lines += section("INTEGRATED TESTS", _tests(plan))
    if plan.payments is not None:
        lines += section("PAYMENT WINDOW (value-weighted, readiness-dependent milestones)", _windows(plan))
        lines += section("RECEIPTS BY MILESTONE", _milestones(plan))
    lines += section("WARNINGS", bullets(plan.warnings))
    lines += section("NOT CHECKED", bullets(plan.not_checked))
    rests = counted(len(plan.assumed), "labelled assumption")
    lines += section(f"RESTS ON {rests.upper()}", bullets(plan.assumed, MOST_ASSUMED))
    return "\n".join([*lines, "", *facts(_made_with(plan))])


# ---------------------------------------------------------------- summary


def _summary(plan: Plan) -> Iterator[tuple[str, str]]:
    if plan.sus:
        first, last = min(su.acceptance for su in plan.sus), max(su.acceptance for su in plan.sus)
        days = sum(su.delay_days for su in plan.sus)
        yield "Ready", f"{last}: every SU accepted ({len(plan.sus):,} of them, the first on {first})"
        yield "Delay", f"{days:,} SU-days against a site with nothing missing"
    yield "Status", _status(plan)
    yield from stages_facts(plan)
    yield from _objective(plan)
    if plan.units or plan.sus:
        yield "Purchases", _purchase_total(plan)
        if any(unit.hire is not None for unit in plan.units):
            yield "Hire", _hire_total(plan)
        yes = "yes: recomputed from the site file in real units, no violation"
        yield "Verified", yes if plan.verified else "NO: the plan breaks its site's rules (see warnings); do not use it"


def _status(plan: Plan) -> str:
    aim = plan.objective
    if plan.status == "infeasible":
        return "INFEASIBLE: proven, no plan exists under these limits"
    if plan.status == "no_plan":
        return "NO PLAN FOUND within the search limit; that does not prove that there is none"
    if not plan.sus:
        return "INTERRUPTED before a plan was found"
    if plan.stages:
        return stages_status(plan)
    if plan.status == "optimal":
        return "optimal: proven, no plan has a lower objective"
    found = "feasible" if plan.status == "feasible" else "interrupted: the best plan so far"
    if aim.gap is None or not _useful(aim.bound, aim.value):
        return f"{found}; no useful bound is known, so how far it is from the best is unknown"
    worth = [money(aim.gap_money, plan.currency)] if aim.gap_money is not None else []
    if aim.gap_su_days is not None:
        # a bound on money may leave room for more days than the plan is late: these cannot be won
        late = max(0, sum(su.delay_days for su in plan.sus))
        worth.append(f"{number(min(aim.gap_su_days, late), 3)} SU-days")
    inside = f" ({' or '.join(worth)})" if worth else ""
    # rounded up: what is said of the gap must hold
    return f"{found}: no plan is better by more than {math.ceil(1e4 * aim.gap - 1e-9) / 100:.2f} %{inside}"


def _objective(plan: Plan) -> Iterator[tuple[str, str]]:
    aim, code = plan.objective, plan.currency
    if aim.value is not None:
        parts = f"spend {money(aim.spend, code)} + delay {money(aim.delay, code)}"
        told = ("In money", "; told, not minimised") if plan.stages else ("Objective", "")
        yield told[0], f"{money(aim.value, code)} ({plan.perspective}) = {parts}{told[1]}"
        exact = f"; {money(aim.exact, code)} unrounded" if aim.exact is not None else ""
        off = f", off by at most {money(aim.rounding, code)}" if aim.rounding else ""
        yield "Rounding", f"counted in steps of {number(aim.step)} {code}{exact}{off}"
    if _useful(aim.bound, aim.value):
        gap = f"; gap {percent(aim.gap)}" if aim.gap is not None else ""
        yield "Bound", f"{money(aim.bound, code)} proven: no plan is below it{gap}"


def _useful(bound: float | None, value: float | None) -> bool:
    """Whether a bound says anything: that a plan which costs something is not free does not."""
    return bound is not None and (bound > 0 or (value is not None and value <= 0))


def _purchase_total(plan: Plan) -> str:
    shares: dict[str, float] = defaultdict(float)
    for lot, piece in _pieces(plan):
        shares[lot.paid_by] += piece.cost
    payers = ", ".join(f"{payer} {money(amount, plan.currency)}" for payer, amount in sorted(shares.items()))
    return f"{money(plan.purchases, plan.currency)}" + (f" (paid by: {payers})" if payers else " (nothing to buy)")


def _hire_total(plan: Plan) -> str:
    stays = [unit.hire for unit in plan.units if unit.hire is not None]
    rent, running = sum(stay.rent for stay in stays), sum(stay.running for stay in stays)
    return (
        f"{counted(len(stays), 'unit')} hired; beyond what is due with the orders {money(rent, plan.currency)} of rent "
        f"and {money(running, plan.currency)} of fuel and maintenance"
    )


def _made_with(plan: Plan) -> Iterator[tuple[str, str]]:
    used = plan.settings
    same = "; deterministic" if used.deterministic else ""
    yield (
        "Search",
        f"limit {number(used.seconds)} s, {counted(used.workers, 'worker')}, seed {used.seed}{same}; "
        f"period {plan.start} to {plan.end}",
    )
    yield "Versions", ", ".join(f"{name} {version}" for name, version in sorted(plan.versions.items()))
    yield "Input", f"sha256 {plan.input_sha256[:16]}"


# ---------------------------------------------------------------- ready, bought, built


def _setpoints(plan: Plan) -> list[str]:
    """Every choice of setpoints with its cost, then why the chosen one was taken and the others were not."""
    headers = ["supply", "", "status", "objective", "no plan below"]
    rows: list[list[Cell]] = []
    notes: list[str] = []
    for made in plan.alternatives:
        name = ", ".join(f"{loop} {supply}" for loop, supply in sorted(made.setpoints.items()))
        cost = money(made.value, plan.currency) if made.value is not None else "no plan"
        floor = money(made.bound, plan.currency) if _useful(made.bound, made.value) else ""
        rows.append([name, "chosen" if made.chosen else "", made.status.replace("_", " "), cost, floor])
        notes.append(f"{name}: {'; '.join(made.reasons)}")
    return [*table(headers, rows, right=["objective", "no plan below"]), "", *bullets(notes)] if rows else []


def _deployments(plan: Plan) -> list[str]:
    groups: dict[str, list[Su]] = defaultdict(list)
    for su in plan.sus:
        groups[su.deployment].append(su)

    def row(name: str, sus: list[Su]) -> list[Cell]:
        accepted = sorted(su.acceptance for su in sus)
        ready = max(su.ready_acceptance for su in sus)
        delays = [su.delay_days for su in sus]
        return [name, f"{len(sus):,}", accepted[0], accepted[-1], ready, f"{sum(delays):,}", f"{max(delays):,}"]

    headers = ["deployment", "SUs", "first accepted", "last accepted", "last at a ready site", "SU-days late", "worst"]
    rows = [row(name, sus) for name, sus in sorted(groups.items())]
    return table(headers, rows, right=["SUs", "SU-days late", "worst"]) if rows else []


class _Lot(NamedTuple):
    """Key of what is bought together."""

    order: date
    upgrade: str
    spec: str
    place: str
    paid_by: str
    strengthens: bool
    expedite: str = ""
    hired: str = ""


class _Piece(NamedTuple):
    """One bought thing of a lot."""

    number: int
    delivery: date
    in_service: date
    cost: float


def _in_service(plan: Plan) -> dict[str, date]:
    """The day from which each unit serves: the end of the first integrated test that names it."""
    found: dict[str, date] = {}
    for test in plan.tests:
        for unit in test.units:
            found[unit] = min(test.end, found.get(unit, test.end))
    return found


def _pieces(plan: Plan) -> Iterator[tuple[_Lot, _Piece]]:
    tested = _in_service(plan)
    for unit in plan.units:
        lot = _Lot(
            unit.order, unit.upgrade, unit.spec, unit.where, unit.paid_by, False, unit.expedite or "", _hired(unit)
        )
        yield lot, _Piece(1, unit.delivery, tested.get(unit.id, unit.counted), unit.cost)
    for su in plan.sus:
        if su.reinforcement is not None:
            work = su.reinforcement
            lot = _Lot(work.order, work.upgrade, work.spec, su.hall, work.paid_by, True)
            yield lot, _Piece(work.positions, work.start, work.end, work.cost)


def _hired(unit: Unit) -> str:
    """How long a hired unit stays; empty for one that is bought."""
    stay = unit.hire
    if stay is None:
        return ""
    duty = f" on {stay.duty} duty" if stay.duty else ""
    until = "still needed at the plan's end" if stay.stays else f"until {stay.released}, gone {stay.returned}"
    return f", hired{duty}, {until}"


def _purchases(plan: Plan) -> list[str]:
    """Lots, and reinforcements, in the order in which they must be ordered."""
    lots: dict[_Lot, list[_Piece]] = defaultdict(list)
    for lot, piece in _pieces(plan):
        lots[lot].append(piece)

    def row(lot: _Lot, pieces: list[_Piece]) -> list[Cell]:
        count = sum(piece.number for piece in pieces)
        what = f"{lot.upgrade} ({lot.spec})" if lot.spec != lot.upgrade else lot.upgrade
        what += f", expedited: {lot.expedite}" if lot.expedite else ""
        what += lot.hired
        arrive, serve = [piece.delivery for piece in pieces], [piece.in_service for piece in pieces]
        cost = money(sum(piece.cost for piece in pieces), plan.currency)
        noun = " pos." if lot.strengthens else ""
        delivered = span(min(arrive), max(arrive))
        return [
            lot.order,
            f"{count:,}{noun}",
            what,
            lot.place,
            delivered,
            span(min(serve), max(serve)),
            cost,
            lot.paid_by,
        ]

    headers = ["order by", "count", "what", "place", "delivery", "in service", "cost", "paid by"]
    rows = [row(lot, pieces) for lot, pieces in sorted(lots.items())]
    return table(headers, rows, right=["count", "cost"], wide="what") if rows else []


def _tie_ins(plan: Plan) -> list[str]:
    """For each outage that is used, its dates and what is tied in."""
    outages: dict[tuple[date, date, str], list[str]] = defaultdict(list)
    for unit in plan.units:
        if unit.tie_in is not None:
            outages[unit.tie_in.start, unit.install_end, unit.tie_in.window].append(unit.id)
    rows: list[list[Cell]] = [
        [window, start, end, _tested(ids, {unit.id: unit for unit in plan.units})]
        for (start, end, window), ids in sorted(outages.items())
    ]
    return table(["window", "start", "end", "tied in"], rows, wide="tied in") if rows else []


def _sus(plan: Plan) -> list[str]:
    """One row per SU; SUs whose row would be the same share it."""
    groups: dict[tuple[Cell, ...], list[str]] = defaultdict(list)
    for su in plan.sus:
        shown = (su.hall, su.delivery, su.set_start, su.energise, su.acceptance, f"{su.delay_days:,}", su.gated_by)
        groups[su.deployment, *shown].append(su.id)
    rows: list[list[Cell]] = [[_named(ids), *key[1:]] for key, ids in groups.items()]
    headers = ["SU", "hall", "delivery", "set", "energised", "accepted", "days late", "gated by"]
    lines = table(headers, rows[:MOST_ROWS], right=["days late"], wide="gated by") if rows else []
    return [*lines, *_left(len(rows))]


def _named(ids: list[str]) -> str:
    if len(ids) < 3:
        return ", ".join(ids)
    return f"{ids[0]} .. {ids[-1]} ({len(ids)})"


def _left(rows: int) -> list[str]:
    return [f"  ... and {rows - MOST_ROWS:,} more rows: --json has them all"] if rows > MOST_ROWS else []


def _tests(plan: Plan) -> list[str]:
    names = {unit.id: unit for unit in plan.units}
    rows: list[list[Cell]] = [
        [test.hall, test.start, test.end, f"{len(test.sus):,}", _tested(test.units, names)] for test in plan.tests
    ]
    headers = ["hall", "start", "end", "SUs it serves", "units that count when it ends"]
    lines = table(headers, rows[:MOST_ROWS], right=["SUs it serves"], wide=headers[-1]) if rows else []
    return [*lines, *_left(len(rows))]


def _tested(ids: Iterable[str], units: dict[str, Unit]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for name in ids:
        counts[f"{units[name].upgrade} at {units[name].where}" if name in units else name] += 1
    return ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))


# ---------------------------------------------------------------- cash


def _windows(plan: Plan) -> list[str]:
    paid = plan.payments
    if paid is None or not paid.windows:
        return ["  no milestone depends on readiness"]

    def row(one: Window) -> list[Cell]:
        late = f"{_days(one.delay_days)} ({_days(one.best_delay_days)} .. {_days(one.worst_delay_days)})"
        dates: list[Cell] = [one.ready, one.planned, f"{one.best} .. {one.worst}"]
        return [one.scope, money(one.amount, plan.currency), *dates, late]

    windows = paid.windows[1:] if len(paid.windows) == 2 and paid.windows[0].scope == "all" else paid.windows
    headers = ["deployment", "amount", "ready site", "planned", "best .. worst", "days late (best .. worst)"]
    lines = table(headers, map(row, windows), right=["amount", headers[-1]])
    lines += bullets([ENVELOPE])
    if paid.worst_unserved:
        lines += bullets([f"{counted(paid.worst_unserved, 'SU')} never energised in the worst world"])
    return lines


def _days(value: float) -> str:
    return f"{round(value, 1) + 0.0:,.1f}"


def _milestones(plan: Plan) -> list[str]:
    groups: dict[tuple[str, str, float], list[Cash]] = defaultdict(list)
    for cash in plan.payments.milestones if plan.payments else ():
        groups[cash.deployment, cash.event, cash.share].append(cash)

    def row(deployment: str, event: str, share: float, cash: list[Cash]) -> list[Cell]:
        planned, ready = [one.planned for one in cash], [one.ready for one in cash]
        stopped = sum(one.long_stop for one in cash)
        stop = f"{stopped} of {len(cash)}" if stopped else ""
        amount = money(sum(one.amount for one in cash), plan.currency)
        dates: list[Cell] = [span(min(ready), max(ready)), span(min(planned), max(planned))]
        return [deployment, event, f"{number(100 * share)} %", amount, *dates, stop]

    headers = ["deployment", "milestone", "share", "amount", "cash at a ready site", "cash as planned", "by long stop"]
    rows = [row(*key, cash) for key, cash in groups.items()]
    return table(headers, rows, right=["share", "amount"]) if rows else []
