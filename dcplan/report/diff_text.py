"""What differs between two plans, as readable text."""

from __future__ import annotations

from collections.abc import Iterator

from dcplan.difference import (
    AmountChange,
    Bought,
    Difference,
    MovedCash,
    MovedLot,
    MovedSus,
    MovedWindow,
    OffHire,
    Shift,
)
from dcplan.report.table import Cell, bullets, counted, facts, money, number, percent, printable, section, table

MOST_ROWS = 80
SAME = "no difference in purchases, dates, money, cash and status (which members of a crew do what is not compared)"


def diff_text(found: Difference) -> str:
    """What changes from one plan to the other.

    Parameters
    ----------
    found : Difference
        As ``dcplan.diff`` gives it.

    Returns
    -------
    str
        Lines of at most 120 columns where names allow it.
    """
    found = printable(found)
    lines = [found.site]
    lines += section("WARNINGS", bullets(found.warnings))
    if found.same:
        return "\n".join([*lines, "", SAME])
    lines += section("OLD -> NEW", facts(_answers(found)))
    lines += section("BOUGHT", _bought(found))
    lines += section("LOTS WHOSE DATES MOVE", _lots(found.lots))
    lines += section("SCALABLE UNITS WHOSE DATES MOVE", _sus(found.sus))
    lines += section("NUMBER OF SCALABLE UNITS", _numbers(found))
    lines += section("PAYMENT WINDOW", _windows(found.windows))
    lines += section("RECEIPTS BY MILESTONE", _milestones(found.milestones))
    return "\n".join([*lines, "", _ending(found)])


def _answers(found: Difference) -> Iterator[tuple[str, str]]:
    for fact in found.facts:
        yield fact.name[0].upper() + fact.name[1:], f"{fact.old} -> {fact.new}"
    for one in found.amounts:
        yield one.name[0].upper() + one.name[1:], _amount(one)


def _amount(one: AmountChange) -> str:
    if not one.unit:
        return f"{percent(one.old)} -> {percent(one.new)}"
    change = "" if one.change is None else f" ({_signed(one.change, one.unit)})"
    return f"{money(one.old, one.unit)} -> {money(one.new, one.unit)}{change}"


def _signed(amount: float | None, currency: str) -> str:
    if amount is None:
        return "-"
    return ("+" if amount > 0 else "") + money(amount, currency)


def _moved(shift: Shift) -> str:
    return f"{shift.new}" + (f" ({shift.days:+,} d)" if shift.days else "")


def _shown(rows: list[list[Cell]], headers: list[str], right: list[str], wide: str | None = None) -> list[str]:
    """A table of the first rows; nothing without any."""
    left = len(rows) - MOST_ROWS
    more = [f"  ... and {left:,} more rows: --json has them all"] if left > 0 else []
    return [*table(headers, rows[:MOST_ROWS], right=right, wide=wide), *more] if rows else []


def _bought(found: Difference) -> list[str]:
    def row(one: Bought) -> list[Cell]:
        what = one.upgrade if one.spec == one.upgrade else f"{one.upgrade} ({one.spec})"
        what += f", expedited: {one.expedite}" if one.expedite else ""
        what += f", instead of {one.instead_of}" if one.instead_of else ""
        return [one.kind, what, one.place, f"{one.old:,}", f"{one.new:,}", _signed(one.cost, found.currency)]

    headers = ["", "what", "place", "old", "new", "cost"]
    return _shown([row(one) for one in found.purchases], headers, ["old", "new", "cost"], "what")


def _off_hire(one: OffHire | None) -> str:
    if one is None:
        return ""
    if one.old is None or one.new is None:
        old, new = ("stays" if day is None else str(day) for day in (one.old, one.new))
        return new if old == new else f"{new} (was: {old})"
    return _moved(Shift(old=one.old, new=one.new, days=(one.new - one.old).days))


def _lots(lots: tuple[MovedLot, ...]) -> list[str]:
    def row(lot: MovedLot) -> list[Cell]:
        what = lot.upgrade if lot.spec == lot.upgrade else f"{lot.upgrade} ({lot.spec})"
        dates: list[Cell] = [_moved(lot.order), _moved(lot.install), _moved(lot.counted)]
        return [f"{lot.count:,}", what, lot.place, *dates, *([_off_hire(lot.off_hire)] if hired else [])]

    hired = any(lot.off_hire is not None for lot in lots)
    headers = ["count", "what", "place", "order by", "install", "counted", *(["off hire"] if hired else [])]
    return _shown([row(lot) for lot in lots], headers, ["count"], "what")


def _sus(sus: tuple[MovedSus, ...]) -> list[str]:
    def row(one: MovedSus) -> list[Cell]:
        names = one.sus[0] if len(one.sus) == 1 else f"{one.sus[0]} .. ({len(one.sus)})"
        hall = one.hall if one.hall == one.old_hall else f"{one.hall} (was {one.old_hall})"
        gate = one.gated_by if one.gated_by == one.old_gated_by else f"{one.gated_by} (was {one.old_gated_by})"
        return [names, hall, _moved(one.energise), _moved(one.acceptance), gate]

    headers = ["SU", "hall", "energised", "accepted", "gated by"]
    return _shown([row(one) for one in sus], headers, [], "gated by")


def _numbers(found: Difference) -> list[str]:
    return bullets(f"{one.deployment}: {one.old:,} -> {one.new:,}" for one in found.deployments)


def _windows(windows: tuple[MovedWindow, ...]) -> list[str]:
    def row(one: MovedWindow) -> list[Cell]:
        return [one.scope, _amount(one.amount), _moved(one.planned), _moved(one.best), _moved(one.worst)]

    shown = windows[1:] if len(windows) == 2 and windows[0].scope == "all" else windows
    return _shown([row(one) for one in shown], ["deployment", "amount", "planned", "best", "worst"], [], "amount")


def _milestones(milestones: tuple[MovedCash, ...]) -> list[str]:
    def row(one: MovedCash) -> list[Cell]:
        name = f"{one.deployment} {one.event} {number(100 * one.share)} %"
        mean = f"{one.days:+,.1f} d" if round(one.days, 1) else "0 d"
        return [name, _amount(one.amount), f"{one.moved:,} of {one.receipts:,}", mean, _moved(one.last)]

    headers = ["milestone", "amount", "moved", "in the mean", "last receipt"]
    return _shown([row(one) for one in milestones], headers, ["moved", "in the mean"], "amount")


def _ending(found: Difference) -> str:
    said = [
        counted(len(found.purchases), "purchase") + " changed" if found.purchases else "",
        counted(sum(lot.count for lot in found.lots), "unit") + " moved" if found.lots else "",
        counted(sum(len(one.sus) for one in found.sus), "SU") + " moved" if found.sus else "",
    ]
    return "; ".join(filter(None, said)) or "same purchases, same dates"
