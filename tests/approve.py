"""Whole printouts of the check, kept as text: ``python -m tests.approve`` writes them anew; read the diff.

Each site's check, line by line, with every line worked out. The tests of each module say why a number is right; these
say that no word and no digit of a printout changes unseen.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dcplan.answer import Formula

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
    return "\n".join([*parts, "", *(f"[{key}] {text}" for key, text in sorted(sources.items())), ""])


def approved(name: str) -> Path:
    """Where a printout is kept."""
    return APPROVED / f"{name}.txt"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    for each in names():
        approved(each).write_text(printout(each), encoding="utf-8")
