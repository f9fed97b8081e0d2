"""An explanation as readable text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from dcplan.explanation import Conflict, Cure, Explanation
from dcplan.report.table import bullets, counted, facts, money, paragraph, printable, section

MOST_REASONS = 6
T = TypeVar("T")


def explain_text(found: Explanation) -> str:
    """Why there is no plan and what would cure it, or why the plan is what it is.

    Parameters
    ----------
    found : Explanation
        As ``dcplan.explain`` gives it.

    Returns
    -------
    str
        Lines of at most 120 columns where names allow it.
    """
    found = printable(found)
    lines = [f"{found.site}  ({found.file})", "", *facts(_summary(found))]
    title = "SMALLEST SETS OF LIMITS THAT CANNOT BE KEPT TOGETHER (all other limits lifted)"
    lines += section(title, [line for number, one in _numbered(found.conflicts) for line in _set(number, one)])
    title = "WHAT WOULD CURE IT (fewest limits first, then the smallest change; each planned and verified)"
    lines += section(title, [line for number, one in _numbered(found.cures) for line in _cure(number, one, found)])
    lines += section("NOT KNOWN", bullets(found.unknown))
    return "\n".join(lines)


def _summary(found: Explanation) -> Iterator[tuple[str, str]]:
    words = {
        "infeasible": "no plan keeps every limit of the file: proven",
        "no_plan": "no plan was found, and none was proven not to be: allow more time with --seconds",
        "interrupted": "interrupted",
    }
    yield "Status", words.get(found.status, "there is a plan")
    if found.status == "infeasible":
        sets = f"{counted(len(found.conflicts), 'smallest set')} of limits, {counted(len(found.cures), 'cure')}"
        yield "Found", f"{sets}; {'there are no others' if found.complete else 'there may be others'}"
        yield "Tried", f"{counted(found.tried, 'change')} of the file, each solved anew"


def _numbered(items: tuple[T, ...]) -> Iterator[tuple[int, T]]:
    return iter(enumerate(items, 1))


def _set(number: int, conflict: Conflict) -> Iterator[str]:
    if not conflict.limits:
        yield from paragraph("there is no plan whatever limit of the file is lifted", f"  {number}. ", "     ")
    for index, limit in enumerate(conflict.limits):
        first = f"  {number}. " if index == 0 else "     "
        yield from paragraph(f"{limit.words}  ({limit.where})", first, "       ")
    if conflict.limits:
        one = "it" if len(conflict.limits) == 1 else "any one of them"
        words = f"without {one} there is a verified plan"
        yield f"     {words if conflict.minimal == 'yes' else 'whether each of them is needed is not known'}"
    for reason in conflict.reasons[:MOST_REASONS]:
        yield from paragraph(reason, "     - ", "       ")


def _cure(number: int, cure: Cure, found: Explanation) -> Iterator[str]:
    for index, change in enumerate(cure.changes):
        least = "" if change.least or change.share is None else "; less may do"
        yield from paragraph(change.words + least, f"  {number}. " if index == 0 else "     ", "       ")
    yield from (f"     --set '{setting}'" for change in cure.changes for setting in change.settings)
    if cure.verified:
        words = f"a verified plan: all accepted by {cure.accepted}, at most {money(cure.value, found.currency)}"
        yield from paragraph(f"{words}; gated by {'; '.join(cure.gates)}", "     ", "       ")
    else:
        yield "     not confirmed by a plan within the limit"
