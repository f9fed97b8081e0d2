"""dcplan: what a datacenter must buy and build before its racks can run, when, and when the vendor is paid.

>>> import dcplan
>>> site = dcplan.load("examples/hopper_to_blackwell.yaml")
>>> print(dcplan.check(site))                    # doctest: +SKIP
>>> answer = dcplan.plan(site, seconds=60)       # doctest: +SKIP
>>> dcplan.verify(answer, site).ok               # doctest: +SKIP
True

Names are imported when they are first used, so that importing the package is cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dcplan.answer import Check, Derivation, Plan, Verdict
    from dcplan.assess.derive import derive
    from dcplan.assess.gap import check
    from dcplan.difference import Difference
    from dcplan.differing import diff
    from dcplan.errors import DcplanError, InputError
    from dcplan.explaining.answering import explain
    from dcplan.explaining.planned import explain_plan
    from dcplan.explanation import Explanation
    from dcplan.fronting.answering import front
    from dcplan.library import load_catalog
    from dcplan.loading import load
    from dcplan.planfile import read_plan
    from dcplan.planner import plan
    from dcplan.progressing import progressed
    from dcplan.rationale import Rationale
    from dcplan.site import SiteModel
    from dcplan.tradeoff import Front
    from dcplan.verifier.verdict import verify

    __version__: str

__all__ = [
    "Check",
    "DcplanError",
    "Derivation",
    "Difference",
    "Explanation",
    "Front",
    "InputError",
    "Plan",
    "Rationale",
    "SiteModel",
    "Verdict",
    "__version__",
    "check",
    "derive",
    "diff",
    "explain",
    "explain_plan",
    "front",
    "load",
    "load_catalog",
    "plan",
    "progressed",
    "read_plan",
    "verify",
]

_HOME = {
    "Check": "dcplan.answer",
    "DcplanError": "dcplan.errors",
    "Derivation": "dcplan.answer",
    "Difference": "dcplan.difference",
    "Explanation": "dcplan.explanation",
    "Front": "dcplan.tradeoff",
    "InputError": "dcplan.errors",
    "Plan": "dcplan.answer",
    "Rationale": "dcplan.rationale",
    "SiteModel": "dcplan.site",
    "Verdict": "dcplan.answer",
    "check": "dcplan.assess.gap",
    "derive": "dcplan.assess.derive",
    "diff": "dcplan.differing",
    "explain": "dcplan.explaining.answering",
    "front": "dcplan.fronting.answering",
    "explain_plan": "dcplan.explaining.planned",
    "load": "dcplan.loading",
    "load_catalog": "dcplan.library",
    "plan": "dcplan.planner",
    "progressed": "dcplan.progressing",
    "read_plan": "dcplan.planfile",
    "verify": "dcplan.verifier.verdict",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        found: Any = version("dcplan")
    elif name in _HOME:
        from importlib import import_module

        found = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
