"""Why a plan is what it is, as readable text."""

from __future__ import annotations

from collections.abc import Iterator

from dcplan.rationale import Choice, Gate, Lot, Rationale, Relaxation, Rest, Spare
from dcplan.report.table import Cell, bullets, counted, facts, money, number, paragraph, printable, section, table

MOST = 40
STRANDED = (
    "stranded: what the most further SUs of any one kind could use would leave; spare after the failures that must be "
    "survived, as few units running as carry the load"
)


def rationale_text(found: Rationale) -> str:
    """What gates a plan, what each choice is worth, what limits cost, what it hangs on, what it leaves over.

    Parameters
    ----------
    found : Rationale
        As ``dcplan.explain_plan`` gives it.

    Returns
    -------
    str
        Lines of at most 120 columns where names allow it.
    """
    found = printable(found)
    lines = [f"{found.site}  ({found.file})", "", *facts(_summary(found))]
    lines += section("WHAT GATES EACH GO-LIVE", [line for gate in found.gates[:MOST] for line in _gate(gate)])
    lines += section("WHAT EACH CHOICE IS WORTH (planned anew without it)", _choices(found))
    lines += section(
        "LIMITS THAT COST MONEY (the smallest change found to save some; each planned and verified)",
        [line for one in found.relaxations for line in _relaxation(one, found)],
    )
    lines += section("LIMITS THAT COST NOTHING: PROVEN", bullets(found.free, MOST))
    lines += section("ORDER BY (float: how much later, people aside)", _lots(found))
    lines += section(
        "ORDERED BEFORE ITS PERMIT", bullets(_ahead(lot, found.currency) for lot in found.lots if lot.permit)
    )
    lines += section("ASSUMPTIONS IT HANGS ON (within their own ranges)", _rests(found))
    lines += section("LEFT OVER ONCE EVERYTHING RUNS", _spares(found))
    lines += section("NOT KNOWN", bullets(found.unknown, MOST))
    return "\n".join(lines)


def _summary(found: Rationale) -> Iterator[tuple[str, str]]:
    bound = "" if found.bound is None else f"; none is below {money(found.bound, found.currency)}"
    yield "Plan", f"{found.status}, {money(found.value, found.currency)}{bound}"
    declared, tried = found.assumptions.get("declared", 0), found.assumptions.get("tried", 0)
    hangs = f"hangs on {len(found.rests):,} of them"
    yield "Rests on", f"{counted(declared, 'labelled assumption')}, {tried:,} tried: {hangs}"


def _gate(gate: Gate) -> Iterator[str]:
    names = ", ".join(gate.sus) if len(gate.sus) < 4 else f"{gate.sus[0]} .. {gate.sus[-1]} ({len(gate.sus)})"
    late = f"{gate.delay_days:,} days late" if gate.delay_days else "no day late"
    yield from paragraph(f"{names} in {gate.hall}, {late}: {gate.gated_by}", "  - ", "    ")
    yield from (f"      {step.on}  {step.what}" for step in gate.steps)


def _choices(found: Rationale) -> list[str]:
    return [line for choice in found.choices for line in _choice(choice, found)]


def _choice(choice: Choice, found: Rationale) -> Iterator[str]:
    yield from paragraph(f"{choice.what}: {_worth(choice, found.currency)}", "  - ", "    ")
    if choice.rise_most is not None and choice.most is not None and choice.most >= 0:
        low, high = money(choice.rise_least, found.currency), money(choice.rise_most, found.currency)
        until = high if choice.rise_least is None or low == high else f"between {low} and {high}"
        yield from paragraph(f"a plan without it is cheaper once its price rises by {until} a unit", "    ", "    ")
    if choice.most is not None:
        buys = f"it buys {', '.join(choice.instead)}" if choice.instead else "it buys the same"
        yield from paragraph(f"without it, {buys}; all accepted by {choice.accepted}", "    ", "    ")


def _worth(choice: Choice, currency: str) -> str:
    """What a choice is worth, in words.

    Examples
    --------
    >>> one = Choice(what="a", settings=(), status="optimal", least=5.0, most=5.0, instead=(), accepted=None)
    >>> _worth(one, "USD")
    'the best plan without it costs 5 USD more'
    >>> _worth(one.model_copy(update={"least": 2.0}), "USD")
    'the best plan without it costs between 2 USD and 5 USD more'
    """
    if choice.status == "infeasible":
        return "there is no plan without it: proven"
    least = 0.0 if choice.least is None else choice.least
    if choice.most is None:
        known = (
            f"at least {money(least, currency)} more"
            if choice.least is not None and least > 0
            else "an unknown amount more"
        )
        return f"no plan without it was found in time; one would cost {known}"
    if choice.most < 0:
        return f"a plan without it costs {money(-choice.most, currency)} less: this plan is not the best"
    if round(least, 2) == round(choice.most, 2):
        return f"the best plan without it costs {money(choice.most, currency)} more"
    low = money(max(0.0, least), currency)
    return f"the best plan without it costs between {low} and {money(choice.most, currency)} more"


def _relaxation(one: Relaxation, found: Rationale) -> Iterator[str]:
    least = "" if one.least else "; less may do"
    yield from paragraph(f"{one.words}  ({one.where}) -> {one.told}{least}", "  - ", "    ")
    most = one.saves_at_most
    known = round(most or 0.0, 2) == round(one.saves, 2)
    saves = money(one.saves, found.currency)
    # a bound far off says nothing that helps
    useful = most is not None and most <= 10 * one.saves
    span = saves if known else f"at least {saves}" + (f", at most {money(most, found.currency)}" if useful else "")
    lifted = f"; lifted altogether, at least {money(one.lifted_saves, found.currency)}" if one.told != "lifted" else ""
    doubt = "" if one.proven else "; part of it may be had without, as this plan is not proven the best"
    yield from paragraph(f"saves {span}{lifted}{doubt}", "    ", "    ")
    yield from (f"    --set '{setting}'" for setting in one.settings)


def _lots(found: Rationale) -> list[str]:
    def row(lot: Lot) -> list[Cell]:
        what = lot.upgrade if lot.spec == lot.upgrade else f"{lot.upgrade} ({lot.spec})"
        what += f", expedited: {lot.expedite}" if lot.expedite else ""
        slack = "nothing waits" if lot.float_days is None else f"{lot.float_days:,} d"
        cost = money(lot.cost, found.currency)
        return [lot.order_by, slack, f"{lot.count:,}", what, lot.place, lot.install, lot.in_service, cost]

    headers = ["order by", "float", "count", "what", "place", "install", "in service", "cost"]
    return table(headers, map(row, found.lots), right=["float", "count", "cost"], wide="what") if found.lots else []


def _ahead(lot: Lot, currency: str) -> str:
    days = (lot.permit_on - lot.order_by).days if lot.permit_on is not None else 0
    cancelling = "not stated" if lot.cancelling is None else money(lot.cancelling, currency)
    return (
        f"{lot.count:,} {lot.upgrade} at {lot.place}, {money(lot.cost, currency)}: ordered {days:,} days before permit "
        f"{lot.permit} is there ({lot.permit_on}); what cancelling it would cost: {cancelling}"
    )


def _rests(found: Rationale) -> list[str]:
    return [line for rest in found.rests[:MOST] for line in _rest(rest)]


def _rest(rest: Rest) -> Iterator[str]:
    said = f"{rest.place}: {rest.value}, assumed {rest.low} .. {rest.high}; holds {rest.holds_from} .. {rest.holds_to}"
    yield from paragraph(said, "  - ", "    ")
    yield from paragraph(f"beyond: {rest.breaks}", "    ", "    ")


def _spares(found: Rationale) -> list[str]:
    def row(one: Spare) -> list[Cell]:
        return [one.service, one.place, number(one.spare), number(one.stranded), one.unit]

    headers = ["service", "place", "spare", "stranded", "unit"]
    lines = table(headers, map(row, found.spares), right=["spare", "stranded"]) if found.spares else []
    more = [
        f"{one.count:,} more of {one.deployment} in {one.hall}"
        + (f"; one more would lack {', '.join(one.short)}" if one.short else "")
        for one in found.further
    ]
    return [*lines, "", *bullets(more), *bullets([STRANDED])]
