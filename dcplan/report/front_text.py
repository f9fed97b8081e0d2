"""A front as readable text: the curve, what a week less of delay costs along it, and what each point buys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dcplan.answer import Stage
from dcplan.report.stages_text import amount, days
from dcplan.report.table import Cell, bullets, counted, facts, money, number, percent, printable, section, table
from dcplan.tradeoff import Front, Point


def front_text(found: Front) -> str:
    """What less delay costs.

    Parameters
    ----------
    found : Front
        As ``dcplan.front`` gives it.

    Returns
    -------
    str
        Lines of at most 120 columns where names allow it.
    """
    found = printable(found)
    lines = [f"{found.site}  ({found.file})", "", *facts(_summary(found))]
    lines += section("WHY THERE IS NO PLAN", bullets(found.reasons))
    title = "COST AGAINST DELAY (days late: in the mean, against a ready site, weighted by price; cost: whoever pays)"
    lines += section(title, _curve(found))
    lines += section("WHAT A WEEK LESS COSTS", bullets(_weeks(found)))
    lines += section("WHAT EACH POINT BUYS", bullets(_bought(found)))
    lines += section("NO POINTS OF THEIR OWN", bullets(found.dropped))
    return "\n".join(lines)


def _summary(found: Front) -> Iterator[tuple[str, str]]:
    yield "Status", _status(found)
    if found.points:
        verified = sum(point.plan.verified for point in found.points)
        every = "each plan verified" if verified == len(found.points) else f"only {verified} VERIFIED: see their plans"
        yield "Points", f"{len(found.points)}, none of them better than another in both; {every}"
    for name, stages in (("Earliest", found.earliest), ("Cheapest", found.cheapest)):
        if stages:
            yield name, _end(stages[0], found.currency)
    if found.untried and found.points:
        yield "Not tried", f"{counted(found.untried, 'limit')} on delay: allow more time with --seconds"
    used = found.settings
    same = "; deterministic" if used.deterministic else ""
    workers = counted(used.workers, "worker")
    yield "Search", f"limit {number(used.seconds)} s for all points, {workers}, seed {used.seed}{same}"


def _status(found: Front) -> str:
    if found.status == "interrupted" and not found.points:
        return "INTERRUPTED before a plan was found"
    words = {
        "optimal": "optimal: proven, no plan is cheaper than a point with no more delay",
        "feasible": "feasible: each point with the bound that is proven for it",
        "infeasible": "INFEASIBLE: proven, no plan exists under these limits",
        "no_plan": "NO PLAN FOUND within the search limit; that does not prove that there is none",
        "interrupted": "interrupted: the points that were finished",
    }
    return words[found.status]


def _end(stage: Stage, currency: str) -> str:
    """What is known of the least of one number alone."""
    if stage.bound is None or (stage.bound <= 0 and stage.gap):
        return f"no useful bound on {stage.aim} is known"
    least = f"no plan has a {stage.aim} below {amount(stage, stage.bound, currency)}: proven"
    return f"{least}, and reached" if stage.gap == 0 else f"{least}; found: {amount(stage, stage.value, currency)}"


def _curve(found: Front) -> list[str]:
    headers = [
        "point",
        "days late",
        "accepted",
        "mean cash",
        "cost",
        "none below",
        "gap",
        "gap in money",
        "a week less",
    ]

    def row(place: int, point: Point) -> list[Cell]:
        known = point.bound is not None and (point.bound > 0 or point.cost <= 0)
        return [
            place,
            f"{point.delay:,.1f}",
            point.accepted,
            point.paid,
            money(point.cost, found.currency),
            money(point.bound, found.currency) if known else "unknown",
            percent(point.gap) if known else "unknown",
            money(point.gap_money, found.currency) if known else "unknown",
            money(point.week, found.currency) if point.week is not None else "",
        ]

    rows = [row(place, point) for place, point in enumerate(found.points, 1)]
    right = ["point", "days late", "cost", "none below", "gap", "or", "a week less"]
    return table(headers, rows, right=right) if rows else []


def _weeks(found: Front) -> Iterator[str]:
    """From the cheapest point to the earliest, what each step takes and gives."""
    pairs = list(zip(found.points, found.points[1:], strict=False))
    for place, (this, following) in reversed(list(enumerate(pairs, 1))):
        less, more = days(following.delay - this.delay), money(this.cost - following.cost, found.currency)
        week = money(this.week, found.currency)
        yield f"from point {place + 1} to point {place}: {less} less for {more} more, which is {week} a week"
    if len(found.points) == 1 and found.status in ("optimal", "feasible"):
        yield "no plan was found that is cheaper and later, or earlier and dearer: there is nothing to trade"


def _bought(found: Front) -> Iterator[str]:
    """The purchases of the cheapest point, then what each earlier one buys otherwise."""
    before: Mapping[str, int] | None = None
    for place, point in reversed(list(enumerate(found.points, 1))):
        if before is None:
            buys = ", ".join(f"{count} {name}" for name, count in point.bought.items())
            yield f"point {place}: {buys or 'nothing'}"
        else:
            differs = _difference(before, point.bought) or "the same, at other times or in other places"
            yield f"point {place}, against point {place + 1}: {differs}"
        before = point.bought


def _difference(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    parts = []
    for name in sorted({*before, *after}):
        more = after.get(name, 0) - before.get(name, 0)
        if more:
            parts.append(f"{abs(more)} {name} {'more' if more > 0 else 'fewer'}")
    return "; ".join(parts)
