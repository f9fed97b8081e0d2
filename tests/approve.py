"""Whole printouts of the check, kept as text: ``python -m tests.approve`` writes them anew; read the diff.

Each site's check, line by line, with every line worked out, and what the verifier adds up of the same site. Then, of
plans, what the verifier says of each when it is forged, and when its site has changed since. The tests of each module
say why a number is right; these say that no word and no digit of a printout changes unseen.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from site_parts import Data

    from dcplan.answer import Formula, Line, Plan
    from dcplan.site import SiteModel
    from dcplan.verifier.verdict import Verdict

ROOT = Path(__file__).resolve().parent.parent
APPROVED = ROOT / "tests" / "approved"
EXAMPLES = {
    "colo_48_nvl72": None,
    "four_trains": "three_of_four",
    "hopper_to_blackwell": None,
    "two_loops": "hot",
}
"""Example -> scenario."""


def names() -> list[str]:
    """Every printout of a check: the examples, then small sites that use what the examples do not."""
    return [*EXAMPLES, *sorted(path.stem for path in APPROVED.glob("site_*.json"))]


def plans() -> list[str]:
    """Every printout of verdicts: the plan made by hand, then small sites that are planned."""
    return ["by_hand", *sorted(path.stem for path in APPROVED.glob("plan_*.json"))]


def printout(name: str) -> str:
    """The check of one site as it is now."""
    from sites import loaded

    from dcplan.assess.derive import derive_all
    from dcplan.assess.gap import check
    from dcplan.loading import load

    if name in EXAMPLES:
        model = load(ROOT / "examples" / f"{name}.yaml", scenario=EXAMPLES[name])
    else:
        model = loaded(json.loads((APPROVED / f"{name}.json").read_text(encoding="utf-8")))
    found = check(model)
    parts = [f"gates: {found.gates}", *(f"warning: {text}" for text in found.warnings)]
    parts += [f"not covered: {text}" for text in found.not_covered]
    formulas: dict[str, Formula] = {}
    sources: dict[str, str] = {}
    for one in derive_all(model).values():
        line = one.line
        parts.append(f"\n{line.id} | {line.scope} | {line.verdict}{' | assumed' if line.assumed else ''}")
        parts += [line.rule, line.source, line.reason]
        _, worked, steps = str(one).partition("\nSTEPS\n")
        parts += [steps] if worked else []
        formulas.update({formula.function: formula for formula in one.formulas})
        sources.update(one.sources)
    for _, formula in sorted(formulas.items()):
        parts += ["", formula.function, formula.question, formula.formula, *formula.references]
    parts += ["", *(f"[{key}] {text}" for key, text in sorted(sources.items()))]
    return "\n".join([*parts, "", *_balances(model), ""])


def _balances(model: SiteModel) -> Iterator[str]:
    """What the verifier adds up when all that stands or may be bought runs, and SUs are spread over their halls."""
    from dcplan.setpoints import choices, settled
    from dcplan.verifier.capacity import Balance, standing_types
    from dcplan.verifier.duty import asked
    from dcplan.verifier.energy import State, energies, real_losses
    from dcplan.verifier.flow import flows
    from dcplan.verifier.losses import most_lost
    from dcplan.verifier.terms import Terms
    from dcplan.verifier.water import make_up_water

    model = settled(model, choices(model.site)[0])
    types = standing_types(Terms.of(model))
    count = {name: len(kind.since) or 2 for name, kind in types.items()}
    energised = Counter(
        (name, entry.halls[number % len(entry.halls)])
        for name, entry in model.site.deployments.items()
        for number in range(entry.count)
    )
    state = State(energised, count, count, {name: (kind.spec, kind.place) for name, kind in types.items()})
    for what, found in (("energy", energies), ("flow", flows), ("duty", asked)):
        yield from (f"{what} of {key}: {value:.9g}" for key, value in sorted(found(model, state).items()))
    for key, charged, real in real_losses(model, state):
        yield f"losses of {key}: {charged:.9g} charged, {real:.9g} real"
    for name, kind in types.items():
        spec = model.specs[kind.spec]
        water = make_up_water(model, spec, kind.place)
        yield f"{name}: loses at most {most_lost(spec):.9g}, takes up water {water:.9g}"
    balance = Balance(model, types)
    load = balance.load(state)
    for row in balance.rows:
        need = load.get(row.key, 0.0)
        for outcome in row.survival.outcomes(balance.running(row.key, state), need):
            drawn = f"{outcome.need:.9g} of {need:.9g} drawn{outcome.carrier}"
            yield f"{row.key}: {outcome.lost} out, {drawn}, {outcome.left:.9g} left"


# ---------------------------------------------------------------- other sites


def others() -> list[str]:
    """Every printout of checks of a site of which one thing after the other is changed."""
    return sorted(path.stem for path in APPROVED.glob("other_*.json"))


def differences(name: str) -> Iterator[str]:
    """What the check says otherwise when one thing of a site is not stated, or is another."""
    from forge import elsewhere, lacking
    from sites import loaded

    from dcplan.assess.gap import check
    from dcplan.errors import DcplanError

    data = json.loads((APPROVED / f"{name}.json").read_text(encoding="utf-8"))
    before = {line.id: line for line in check(loaded(data)).lines}
    yield from (_line(line) for line in before.values())
    for how, changed in (*lacking(data), *elsewhere(data)):
        try:
            found = check(loaded(changed))
        except DcplanError:
            continue
        other = [_line(line) for line in found.lines if before.get(line.id) != line]
        yield f"\n# {how}: {len(found.lines)} lines, {len(other)} of them others; gates: {found.gates}\n"
        yield from other[:12]


def _line(line: Line) -> str:
    amounts = f"{line.required} {line.available} {line.margin} {line.unit}{' assumed' if line.assumed else ''}"
    return f"{line.id} | {line.scope} | {line.verdict} | {amounts} | {line.rule} | {line.source} | {line.reason}\n"


# ---------------------------------------------------------------- verdicts


def verdicts(name: str) -> Iterator[str]:
    """What the verifier says of a plan, of the plan forged, and of the plan at a site that has changed since."""
    from forge import elsewhere, fields, parts
    from sites import loaded

    from dcplan.errors import DcplanError
    from dcplan.verifier.verdict import verify

    data, plan = _by_hand() if name == "by_hand" else _stored(name)
    model = loaded(data)
    # the plan by hand is small enough for every kind of field and figure; the others share them
    first, few, every = (0, 1, 1) if name == "by_hand" else (sum(name.encode()), 6, 2)
    yield _told("as planned", verify(plan, model), full=True)
    for how, forged in (*fields(plan, first % few, few), *parts(plan)):
        yield _told(how, verify(forged, model))
    for how, changed in itertools.islice(elsewhere(data), first % every, None, every):
        try:
            yield _told(how, verify(plan, loaded(changed)))
        except DcplanError:
            yield f"\n# {how}: no such site\n"


def _by_hand() -> tuple[Data, Plan]:
    import yaml
    from sites import loaded
    from tiny import TEXT, planned_by_hand

    data = json.loads(json.dumps(yaml.safe_load(TEXT), default=str))
    return data, planned_by_hand(loaded(data))


def _stored(name: str) -> tuple[Data, Plan]:
    from dcplan.answer import Plan

    found = json.loads((APPROVED / f"{name}.json").read_text(encoding="utf-8"))
    return found["site"], Plan.model_validate_json(json.dumps(found["plan"]))


def quickly_planned(model: SiteModel) -> Plan:
    """A plan without any search: each system sized alone, cheapest unit first."""
    from greedy import greedy

    from dcplan.formulate.build import formulate
    from dcplan.planner import answered
    from dcplan.setpoints import choices, settled
    from dcplan.solver.run import Limits
    from dcplan.solver.search import Result, Status

    choice = choices(model.site)[0]
    problem = formulate(settled(model, choice))
    schedule = greedy(problem, per_capacity=False)
    found = Result(Status.FEASIBLE, schedule, bound=0, grids=0, seconds=0.0)
    return answered(model, choice, problem, found, Limits(seconds=1.0, workers=1, seed=0, deterministic=True))


def _plan_anew(name: str) -> None:
    from sites import loaded

    path = APPROVED / f"{name}.json"
    data = json.loads(path.read_text(encoding="utf-8"))["site"]
    plan = quickly_planned(loaded(data)).model_copy(update={"file": "site.yaml", "not_checked": ()})
    path.write_text(json.dumps({"site": data, "plan": plan.model_dump(mode="json")}, indent=1) + "\n")


def _told(how: str, verdict: Verdict, full: bool = False) -> str:
    lines = [f"\n# {how}: {'ok' if verdict.ok else 'refused'}"]
    for one in verdict.violations:
        if one.rule in ("other-input", "verified"):
            continue
        amounts = "" if one.required is one.found is None else f" {_short(one.required)} {_short(one.found)} {one.unit}"
        lines.append(f"{one.rule} | {one.place} | {one.on or ''}{amounts} | {one.message}")
    most = 9
    if len(lines) > most and not full:
        lines = [*lines[:most], f"and {len(lines) - most} more"]
    tried = [f"{rule} {number}" for rule, number in sorted(verdict.checked.items())]
    return "\n".join([*lines, ", ".join(tried) if full else str(sum(verdict.checked.values())), ""])


def _short(amount: float | None) -> str:
    return "none" if amount is None else f"{amount:.9g}"


def approved(name: str) -> Path:
    """Where a printout is kept."""
    return APPROVED / f"{name}.txt"


def every() -> dict[str, Callable[[str], Iterable[str]]]:
    """How each printout is made, in parts."""
    return {
        **dict.fromkeys(names(), lambda name: [printout(name)]),
        **dict.fromkeys(plans(), verdicts),
        **dict.fromkeys(others(), differences),
    }


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    for each, made in every().items():
        if each.startswith("plan_"):
            _plan_anew(each)
        approved(each).write_text("".join(made(each)), encoding="utf-8")
