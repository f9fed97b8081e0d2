"""One line of the check, worked out step by step as a person would by hand.

The check is made once more with a recording on. What a line was judged by then knows how it was computed: figures that
were read, physics functions that were called, sums and products between them. Each call and each named amount becomes
a numbered step; the expression of a step is the one that was evaluated.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from dcplan.answer import Check, Derivation, Formula, Line, Worked
from dcplan.assess.gap import check
from dcplan.assess.line import PLAIN, WORLDS, Reading, Subject, in_line_unit
from dcplan.assess.sheet import Sheet
from dcplan.catalog import figures
from dcplan.errors import InputError, Problem
from dcplan.library import load_catalog
from dcplan.site import SiteModel
from dcplan.trace import Tape, node_of, recording
from dcplan.units import KINDS


def derive(model: SiteModel, line_id: str) -> Derivation:
    """How a line of the check is worked out.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    line_id : str
        Id of the line, as the check prints it.

    Returns
    -------
    Derivation
        The steps from figures and formulas to what is required and available, at planning values; those of the worst
        adverse world too where the line is open.

    Raises
    ------
    InputError
        The check of this site has no such line.

    Examples
    --------
    >>> from dcplan.loading import load
    >>> found = derive(load("examples/hopper_to_blackwell.yaml"), "cdu.hall-1")
    >>> print(str(found).splitlines()[-3])
    required   3,456 kW  (step 4: 3,456 kW)
    """
    found, tape = _recorded(model)
    line = next((line for line in found.lines if line.id == line_id), None)
    if line is None:
        raise _unknown(model, line_id, [line.id for line in found.lines])
    return _derivation(model, _names(model), found, line, tape.lines.get(line_id))


def derive_all(model: SiteModel) -> dict[str, Derivation]:
    """Every line of the check worked out, by id."""
    found, tape = _recorded(model)
    names = _names(model)
    return {line.id: _derivation(model, names, found, line, tape.lines.get(line.id)) for line in found.lines}


def _recorded(model: SiteModel) -> tuple[Check, Tape]:
    with recording() as tape:
        return check(model), tape


def _derivation(
    model: SiteModel, names: dict[int, str], found: Check, line: Line, judged: tuple[Subject, Sequence[Reading]] | None
) -> Derivation:
    worked: list[Worked] = []
    formulas: dict[str, Formula] = {}
    keys: set[str] = set()
    if judged is not None and line.required is not None:
        subject, readings = judged
        for index in _worlds(line, readings):
            sheet = Sheet(names)
            worked.append(_worked(sheet, WORLDS[index].value, subject, readings[index]))
            formulas |= sheet.formulas
            keys |= sheet.sources
    return Derivation(
        site=found.site,
        file=found.file,
        input_sha256=found.input_sha256,
        line=line,
        worked=tuple(worked),
        formulas=tuple(formulas[name] for name in sorted(formulas)),
        sources=_sources(model, keys),
    )


def _worked(sheet: Sheet, world: str, subject: Subject, reading: Reading) -> Worked:
    unit = _si_unit(subject)
    required = sheet.side("required", node_of(reading.required), unit)
    available = sheet.side("available", node_of(reading.available), unit)
    return Worked(
        world=world,
        required=in_line_unit(reading.required, subject),
        available=in_line_unit(reading.available, subject),
        required_step=required,
        available_step=available,
        steps=tuple(sheet.steps),
    )


def _si_unit(subject: Subject) -> str:
    """The unit that both sides of a line are worked out in; an absolute temperature by its own name."""
    if subject.unit in PLAIN or subject.unit == "degC":
        return subject.unit if subject.unit == "degC" else ""
    kinds = KINDS if subject.kind is None else (subject.kind,)
    return next(kind.units[subject.unit] for kind in kinds if subject.unit in kind.units)


def _worlds(line: Line, readings: Sequence[Reading]) -> list[int]:
    """Planning values, and where these pass but an adverse world does not, the worst of those."""
    if line.verdict != "open" or len(readings) < 2:
        return [0]
    return [0, min(range(1, len(readings)), key=lambda index: readings[index].margin)]


def _unknown(model: SiteModel, line_id: str, there: Sequence[str]) -> InputError:
    near = difflib.get_close_matches(line_id, there, n=3, cutoff=0.4)
    allowed = f"the id of a line of this check, such as {', '.join(near or there[:3])}"
    return InputError([Problem(model.file, None, None, "--explain", line_id, allowed, near[0] if near else "")])


def _names(model: SiteModel) -> dict[int, str]:
    """Dotted place of every figure of a site and of its specs, and of its limits, which are plain amounts."""
    named = {id(amount): f"limits.{name}" for name, amount in model.site.limits}
    named |= {id(figure): place for place, figure in figures(model.site)}
    for name, spec in model.specs.items():
        named |= {id(figure): f"{name}.{place}" for place, figure in figures(spec)}
    return named


def _sources(model: SiteModel, keys: set[str]) -> dict[str, str]:
    known = {**load_catalog().sources, **model.site.sources} if keys else {}
    return {key: f"{known[key].title}, {known[key].url}" for key in sorted(keys)}
