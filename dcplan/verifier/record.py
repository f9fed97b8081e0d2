"""What a plan says of itself and of its input: that it is verified, its warnings, the assumptions it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from dcplan.answer import Plan
from dcplan.catalog import figures
from dcplan.site import SiteModel
from dcplan.units import text
from dcplan.verifier.terms import Findings

NOT_RECOMPUTED: Mapping[str, str] = {
    "objective.bound": "proven by the search alone; that it is not above the objective, and the gap, are recomputed",
    "stages": "bounds are proven by the search alone, like that of the objective; numbers and gaps are recomputed",
    "status": "whether a search without proof ended by itself or was interrupted; `optimal` is checked against the gap",
    "settings": "how the answer was searched for",
    "versions": "what it was made with",
    "file": "where the site file was; its content is checked by its sum",
    "alternatives": "what the search made of the other setpoints; the chosen one is compared with the plan",
    "not_checked": "what the check of the site leaves open: `dcplan check` says it again",
}
"""Fields of a plan, subfields included, that are taken as stated, and why."""

UNVERIFIED = (
    "the plan itself says `verified: false`: what made it found a rule broken or did not ask; this verdict is of now"
)
"""A plan is verified before it says so, so this breaks no rule; dcplan shows none like it but with its violations."""

_REFUSED = "verification: "
"""How the warnings begin that a plan gets when it was not verified."""


def check_record(plan: Plan, model: SiteModel, found: Findings) -> None:
    """A plan with a schedule has no reasons for having none, and names the site's warnings and assumptions."""
    message = f"the plan has a schedule, and reasons why there is none: {'; '.join(plan.reasons)}"
    found.check(not plan.reasons, "reasons", "site", message)
    own = tuple(line for line in plan.warnings if not line.startswith(_REFUSED))
    message = f"warnings: {list(own)} are stated, the site file gives {list(model.warnings)}"
    found.check(own == model.warnings, "warnings", "site", message)
    due = _assumed(model)
    for line in sorted(due - set(plan.assumed)):
        found.check(False, "assumed", "site", f"the plan rests on {line}, an assumption that it does not name")
    for line in sorted(set(plan.assumed) - due):
        found.check(False, "assumed", "site", f"the plan names an assumption that the site does not make: {line}")
    for line, times in Counter(plan.assumed).items():
        found.check(times == 1, "assumed", "site", f"the plan names an assumption {times} times: {line}")
    found.checked["assumed"] += 1
    _alternatives(plan, found)


def _alternatives(plan: Plan, found: Findings) -> None:
    """One of the alternatives is the plan: same setpoints, objective and purchases."""
    if not plan.setpoints and not plan.alternatives:
        return
    bought = dict(Counter(unit.spec for unit in plan.units))
    mine = [one for one in plan.alternatives if one.chosen]
    same = [
        one for one in mine if (one.setpoints, one.value, one.bought) == (plan.setpoints, plan.objective.value, bought)
    ]
    message = (
        f"{len(mine)} alternatives are called chosen, {len(same)} have the plan's setpoints, objective and purchases"
    )
    found.check(len(mine) == len(same) == 1, "alternatives", "site", message)


def check_flag(plan: Plan, found: Findings) -> None:
    """No plan that breaks a rule calls itself verified."""
    broken = len(found.violations)
    message = f"the plan calls itself verified, {broken} of its statements are wrong"
    found.check(not (plan.verified and broken), "verified", "site", message)


def _assumed(model: SiteModel) -> set[str]:
    """Every labelled assumption of the site and of its specs, with its place."""
    found = figures(model.site)
    for name, spec in model.specs.items():
        found += figures(spec, f"specs.{name}.")
    return {f"{place}: {text(figure.value)}" for place, figure in found if figure.confidence == "assumption"}
