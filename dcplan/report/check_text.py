"""A check and a verdict as readable text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dcplan.answer import Check, Line, Verdict, Violation
from dcplan.report.table import Cell, apart, bullets, counted, number, paragraph, printable, section, table

_NUMBERS = ("required", "available", "margin")
MOST_VIOLATIONS = 200


def check_text(check: Check) -> str:
    """The gap between what stands and what is needed.

    Parameters
    ----------
    check : Check
        As ``dcplan.check`` gives it.

    Returns
    -------
    str
        Lines of at most 120 columns where names allow it; the last one counts the verdicts.
    """
    check = printable(check)
    fails = [line for line in check.lines if line.verdict == "fail"]
    unsure = [line for line in check.lines if line.verdict == "open"]
    tried = [line for line in check.lines if line.verdict != "not checked"]
    lines = [f"{check.site}  ({check.file})"]
    lines += section("CHECK", _lines_table(tried))
    lines += section("WHAT FAILS", [text for line in fails for text in _explained(line)])
    lines += section("WHAT IS OPEN", [text for line in unsure for text in _explained(line)])
    lines += section("NOT CHECKED HERE", bullets(_untried(check.lines)))
    lines += section("WARNINGS", bullets(check.warnings))
    lines += section("WHAT DCPLAN DOES NOT CHECK AT ALL", bullets(check.not_covered))
    gates = "nothing fails" if check.gates is None else f"gates first: {check.gates}"
    return "\n".join([*lines, "", gates, _count(check)])


def _count(check: Check) -> str:
    found = {verdict: check.count(verdict) for verdict in ("pass", "fail", "open", "not checked")}
    return f"{counted(len(check.lines), 'line')}: " + ", ".join(f"{count} {name}" for name, count in found.items())


def _lines_table(lines: list[Line]) -> list[str]:
    def row(line: Line) -> list[Cell]:
        mark = "assumed" if line.assumed else ""
        verdict = line.verdict.upper() if line.verdict == "fail" else line.verdict
        digits = apart(line.required, line.available)
        sides = (number(line.required, digits), number(line.available, digits), number(line.margin))
        return [line.id, verdict, *sides, line.unit, mark]

    headers = ["line", "verdict", *_NUMBERS, "unit", "basis"]
    return table(headers, map(row, lines), right=_NUMBERS) if lines else ["  no lines"]


def _untried(lines: tuple[Line, ...]) -> list[str]:
    """Each reason for not checking something, with the lines it holds for."""
    groups: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        if line.verdict == "not checked":
            groups[line.reason or line.rule].append(line.id)
    return [f"{reason} ({', '.join(ids)})" for reason, ids in groups.items()]


def _explained(line: Line) -> Iterator[str]:
    """What a line means, where its rule comes from and why it says what it says."""
    yield f"  {line.id}" if line.scope in line.id.split(".") else f"  {line.id} ({line.scope})"
    for name in ("rule", "reason", "source"):
        text = getattr(line, name)
        if text:
            yield from paragraph(text, f"    {name + ':':<8}", " " * 12)


def verdict_text(verdict: Verdict) -> str:
    """What the independent verifier says.

    Parameters
    ----------
    verdict : Verdict
        As ``dcplan.verify`` gives it.

    Returns
    -------
    str
        The violations, if any, and how often each rule was tried.
    """
    verdict = printable(verdict)
    tried = sum(verdict.checked.values())
    lines = [verdict.site]
    rules = ", ".join(f"{name} {count:,}" for name, count in sorted(verdict.checked.items()))
    lines += section("RULES TRIED, HOW OFTEN", paragraph(rules, "  ", "  ") if rules else [])
    violations = verdict.violations
    lines += section("VIOLATIONS", [text for one in violations[:MOST_VIOLATIONS] for text in _violation(one)])
    if len(violations) > MOST_VIOLATIONS:
        lines.append(f"  ... and {len(violations) - MOST_VIOLATIONS:,} more: --json has them all")
    lines += section("TAKEN AS STATED", bullets(verdict.not_recomputed))
    lines += section("NOTES", bullets(verdict.notes))
    work = f"{counted(len(verdict.checked), 'rule')} tried {counted(tried, 'time')}"
    if verdict.ok:
        last = f"verified: {work}, no violation"
    else:
        last = f"NOT VERIFIED: {work}, {counted(len(violations), 'violation')}"
    return "\n".join([*lines, "", last])


def _violation(one: Violation) -> list[str]:
    on = f" on {one.on}" if one.on else ""
    lines = paragraph(f"{one.rule}, {one.place}{on}: {one.message}", "  - ", "    ")
    if one.required is not None or one.found is not None:
        lines.append(f"    required {number(one.required, 6)}, found {number(one.found, 6)} {one.unit}".rstrip())
    return lines
