"""How one line of the check is worked out, as text that ends in the numbers of the line."""

from __future__ import annotations

from collections.abc import Iterator

from dcplan.answer import Derivation, DerivationStep, Formula, Operand, Worked
from dcplan.report.table import apart, bullets, facts, number, paragraph, printable, section


def derivation_text(found: Derivation) -> str:
    """The steps from figures and formulas to one line of the check.

    Parameters
    ----------
    found : Derivation
        As ``dcplan.derive`` gives it.

    Returns
    -------
    str
        Lines of at most 120 columns where names allow it; the last ones are the numbers of the line.
    """
    found = printable(found)
    line = found.line
    said = [("Verdict", line.verdict), ("Rule", line.rule), ("Source", line.source), ("Reason", line.reason)]
    lines = [f"{line.id}  {found.site}  ({found.file})", "", *facts(pair for pair in said if pair[1])]
    planning, *adverse = found.worked or (None,)
    for worked in adverse:
        if worked is not None:
            lines += section(f"STEPS AT THE ADVERSE ENDS OF ASSUMPTIONS ({worked.world})", _steps(worked))
            lines += [f"  so, {_result(worked.required, worked.available, line.unit)}"]
    lines += section("FORMULAS", [text for formula in found.formulas for text in _formula(formula)])
    lines += section("SOURCES OF FIGURES", bullets(f"[{key}] {title}" for key, title in found.sources.items()))
    if planning is None:
        why = f"{line.verdict}: {line.reason or line.rule}"
        return "\n".join([*lines, "", *paragraph(why)])
    lines += section("STEPS", _steps(planning))
    return "\n".join([*lines, "", *_ending(found, planning)])


def _steps(worked: Worked) -> list[str]:
    return [text for step in worked.steps for text in _step(step)]


def _step(step: DerivationStep) -> Iterator[str]:
    name = f"{step.function}: {step.what}" if step.function else step.what
    yield from paragraph(name, f"  [{step.number}] ".ljust(7), " " * 9)
    for operand in step.operands:
        yield from paragraph(_operand(operand), " " * 9, " " * 13)
    # what is worked out in other units than it is shown in comes to its value in SI first
    converted = step.function or f" {step.shown.rpartition(' ')[2]}" not in step.expression
    said = [step.expression, _in_si(step.value, step.unit, step.shown) if converted else "", step.shown]
    yield from paragraph(" = ".join(dict.fromkeys(filter(None, said))), " " * 7 + "= ", " " * 9)


def _operand(operand: Operand) -> str:
    origin = f"step {operand.step}" if operand.step is not None else operand.origin
    plain = "" if operand.value is None else _in_si(operand.value, operand.unit, operand.shown)
    named = f"{operand.name} = {operand.shown}" if operand.name else operand.shown
    return named + (f" = {plain}" if operand.name and plain else "") + (f"  ({origin})" if origin else "")


def _in_si(value: float, unit: str, shown: str) -> str:
    """The value in SI, where it is shown in another unit."""
    return "" if unit in ("", "1") or shown.endswith(f" {unit}") else f"{value:,.7g} {unit}"


def _formula(formula: Formula) -> Iterator[str]:
    yield from paragraph(f"{formula.function}: {formula.question}", "  ", "    ")
    yield from paragraph(formula.formula, "      ", "      ")
    for reference in formula.references:
        yield from paragraph(reference, "      - ", "        ")


def _result(required: float, available: float, unit: str) -> str:
    unit = "K" if unit == "degC" else unit
    return f"the margin is {number(available - required)} {unit}".rstrip()


def _ending(found: Derivation, worked: Worked) -> Iterator[str]:
    line, steps = found.line, {step.number: step.shown for step in worked.steps}
    difference = "K" if line.unit == "degC" else line.unit
    digits = apart(line.required, line.available)
    for name, value, unit, origin in (
        ("required", line.required, line.unit, f"step {worked.required_step}: {steps[worked.required_step]}"),
        ("available", line.available, line.unit, f"step {worked.available_step}: {steps[worked.available_step]}"),
        ("margin", line.margin, difference, "available - required"),
    ):
        told = number(value, 4 if name == "margin" else digits)
        yield f"{name:<10} {told} {unit}".rstrip() + f"  ({origin})"
