"""Why a command could not answer, for a person and for a program; never a traceback unless it is asked for."""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any

from dcplan.errors import InputError, InternalError, OutsideRange, Problem, shown
from dcplan.exits import Exit, UsageError

SCHEMA = "dcplan.error/1"
_CAUSE = 300


def explain(error: Exception, as_json: bool, debug: bool) -> int:
    """Print an error on stderr and give its exit code.

    Parameters
    ----------
    error : Exception
        Whatever ended the command.
    as_json : bool
        Whether to print it as JSON.
    debug : bool
        Whether to print the traceback too.

    Returns
    -------
    int
    """
    code, problems, text = _read(error)
    if sys.stderr is None:
        # print() to no file goes to stdout, where only answers are looked for
        return code
    if as_json:
        print(json.dumps(_data(code, problems), indent=2), file=sys.stderr)
    else:
        print(text, file=sys.stderr)
    if debug:
        traceback.print_exception(error)
    return code


def _read(error: Exception) -> tuple[Exit, tuple[Problem, ...], str]:
    """Exit code, problems and text of an error."""
    if isinstance(error, UsageError):
        problem = Problem("command line", None, None, "", shown(error.message, _CAUSE), "see `dcplan --help`")
        return Exit.USAGE, (problem,), f"{error.usage}dcplan: {shown(error.message, _CAUSE)}"
    if isinstance(error, InputError):
        found = len(error.problems)
        count = "" if found == 1 else f"\ndcplan: {found} problems"
        return Exit.INPUT, error.problems, f"{error}{count}"
    if isinstance(error, OutsideRange):
        text = str(error)
        problem = Problem("site", None, None, error.name, text, "values inside the range of validity")
        return Exit.INPUT, (problem,), f"dcplan: the site leaves the range in which a formula holds: {text}"
    if isinstance(error, OSError) and error.filename is None:
        words = shown(error.strerror or str(error), _CAUSE)
        return (
            Exit.INPUT,
            (Problem("standard output", None, None, "", words, "an output that can be written"),),
            f"dcplan: the output could not be written: {words}",
        )
    if isinstance(error, OSError):
        words = shown(f"{error.filename or 'output'}: {error.strerror or error}", _CAUSE)
        return (
            Exit.INPUT,
            (Problem(words, None, None, "", "an error of the system", "a usable file"),),
            f"dcplan: {words}",
        )
    cause = shown(f"{type(error).__name__}: {error}", _CAUSE)
    kind = "internal error" if isinstance(error, InternalError) else "internal error (unforeseen)"
    text = (
        f"dcplan: {kind}: {cause}\n"
        "This is a bug in dcplan, not in your file. Please report it with the command and the file;\n"
        "DCPLAN_DEBUG=1 shows where it happened."
    )
    return Exit.INTERNAL, (Problem("dcplan", None, None, "", cause, "no error: please report this bug"),), text


def _data(code: Exit, problems: tuple[Problem, ...]) -> dict[str, Any]:
    kinds = {Exit.USAGE: "usage", Exit.INPUT: "input", Exit.INTERNAL: "internal"}
    shown_problems = [
        {
            "file": one.file,
            "line": one.line,
            "column": one.column,
            "field": one.field,
            "given": one.given,
            "allowed": one.allowed,
            "hint": one.hint,
        }
        for one in problems
    ]
    return {"schema_version": SCHEMA, "kind": kinds[code], "problems": shown_problems}
