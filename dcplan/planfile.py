"""Reading a plan from its JSON file, guarded against hostile and careless files."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dcplan.answer import Plan
from dcplan.document import dotted
from dcplan.errors import InputError, Problem, shown

MAX_BYTES = 20_000_000
MAX_DEPTH = 40
MAX_PROBLEMS = 200
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


def read_plan(path: str | Path) -> Plan:
    """A plan from the JSON file that `dcplan plan --json` writes.

    Parameters
    ----------
    path : str or Path
        A regular file of at most 20 MB in UTF-8.

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        The file cannot be read or is not a plan; every problem found is in it.
    """
    name = str(path)
    text = _decoded(_content(path, name), name)
    _check_shape(text, name)
    try:
        return Plan.model_validate_json(text, strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)[:MAX_PROBLEMS]
        raise InputError([_problem(name, item) for item in found]) from error


def _refused(name: str, given: str, allowed: str, hint: str = "", line: int | None = None) -> InputError:
    return InputError([Problem(name, line, None, "", given, allowed, hint)])


def _content(path: str | Path, name: str) -> bytes:
    try:
        # asked before opening: opening a pipe would wait for a writer for ever
        mode = Path(path).stat().st_mode
        if not stat.S_ISREG(mode):
            raise _refused(name, "a folder" if stat.S_ISDIR(mode) else "a pipe, socket or device", "a regular file")
        with open(path, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _refused(name, getattr(error, "strerror", None) or str(error), "a readable file") from error
    if len(content) > MAX_BYTES:
        raise _refused(name, "a larger file", f"at most {MAX_BYTES} bytes")
    return content


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        given = f"byte 0x{content[error.start]:02x} at offset {error.start}"
        raise _refused(name, given, "UTF-8 text", "save the file as UTF-8", line) from error


def _check_shape(text: str, name: str) -> None:
    """Refuse what is no JSON, is nested too deep, or says a key twice (readers differ on which one counts)."""
    _check_depth(text, name)
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                twice.append(key)
            found[key] = value
        return found

    try:
        json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise InputError([Problem(name, error.lineno, error.colno, "", error.msg, "a JSON plan")]) from error
    except (ValueError, RecursionError) as error:
        raise _refused(name, shown(str(error)), "a JSON plan") from error
    if twice:
        raise InputError([Problem(name, None, None, shown(twice[0]), "the key twice", "each key once")])


def _check_depth(text: str, name: str) -> None:
    """Nesting counted by brackets outside of strings, before anything is built."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > MAX_DEPTH:
            raise _refused(name, f"more than {MAX_DEPTH} levels of nesting", "a plan, which has fewer than 10")


def _problem(name: str, error: Any) -> Problem:
    return Problem(name, None, None, dotted(error["loc"]), shown(error["input"]), error["msg"])
