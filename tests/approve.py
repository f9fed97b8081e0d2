"""Whole printouts of the check, kept as text: ``python -m tests.approve`` writes them anew; read the diff.

Each site's check, line by line, with every line worked out, and what the verifier adds up of the same site. The tests
of each module say why a number is right; these say that no word and no digit of a printout changes unseen.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dcplan.answer import Formula
    from dcplan.site import SiteModel

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
    """Every printout: the examples, then small sites that use what the examples do not."""
    return [*EXAMPLES, *sorted(path.stem for path in APPROVED.glob("*.json"))]


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


def approved(name: str) -> Path:
    """Where a printout is kept."""
    return APPROVED / f"{name}.txt"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    for each in names():
        approved(each).write_text(printout(each), encoding="utf-8")
