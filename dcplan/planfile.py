"""Reading a plan from its JSON file, guarded against hostile and careless files.

The file is bounded before anything is built of it; where a mistake stands is looked for only when there is one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dcplan.answer import Plan
from dcplan.document import KeyPath, Mark, dotted
from dcplan.errors import MOST_PROBLEMS, InputError, Problem
from dcplan.read import read_text
from dcplan.wording import words

MAX_BYTES = 10_000_000
MAX_VALUES = 400_000
MAX_KEYS = 5_000
MAX_DEPTH = 40
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{},:]|[^\s"\[\]{},:]+', re.DOTALL)


def read_plan(path: str | Path) -> Plan:
    """A plan from the JSON file that `dcplan plan --json` writes.

    Parameters
    ----------
    path : str or Path
        A regular file of at most 10 MB in UTF-8.

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        The file cannot be read or is not a plan; every problem found is in it, of a list those of its first wrong item.
    """
    name = str(path)
    text = read_text(path, MAX_BYTES)
    _check_size(text, name)
    _check_shape(text, name)
    try:
        return Plan.model_validate_json(text, strict=True)
    except ValidationError as error:
        found = [(item["loc"], item) for item in error.errors(include_url=False)[:MOST_PROBLEMS]]
    marks = _marks(text, {loc[:length] for loc, _ in found for length in range(len(loc) + 1)})
    raise InputError(_problem(name, loc, item, marks) for loc, item in found)


def _refused(name: str, given: str, allowed: str, hint: str = "", mark: Mark | None = None) -> InputError:
    line, column = mark or (None, None)
    return InputError([Problem(name, line, column, "", given, allowed, hint)])


def _check_size(text: str, name: str) -> None:
    """Bound the number of values and of strings by counting characters, which costs next to nothing."""
    if sum(text.count(sign) for sign in ",[{") > MAX_VALUES or text.count('"') > 4 * MAX_VALUES:
        raise _refused(name, "a larger plan", f"at most {MAX_VALUES} values")
    depth = 0
    for token in _TOKEN.finditer(text) if max(text.count("["), text.count("{")) > MAX_DEPTH // 2 else ():
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > MAX_DEPTH:
            given, mark = f"more than {MAX_DEPTH} levels of nesting", _mark(text, token.start())
            raise _refused(name, given, "a plan, which has fewer than 10", "", mark)


def _check_shape(text: str, name: str) -> None:
    """Refuse what is no JSON, or says a key twice (readers differ on which one counts)."""
    crowded: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            crowded.append("twice")
        if len(pairs) > MAX_KEYS:
            raise _refused(name, f"a mapping of {len(pairs)} keys", f"at most {MAX_KEYS}")
        return found

    try:
        json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        given = f"text that is not JSON ({error.msg.lower()})"
        hint = "`dcplan plan SITE --json` writes one"
        raise _refused(name, given, "a JSON plan", hint, (error.lineno, error.colno)) from error
    except (ValueError, RecursionError) as error:
        raise _refused(name, "a number of thousands of digits, or deep nesting", "a JSON plan") from error
    if crowded:
        raise InputError([_twice(text, name)])


def _twice(text: str, name: str) -> Problem:
    seen: dict[KeyPath, int] = {}
    for path, start, is_key in _places(text):
        if is_key and path in seen:
            first = _mark(text, seen[path])[0]
            hint = f"it is first given on line {first}"
            return Problem(name, *_mark(text, start), dotted(path), "the key twice", "each key once", hint)
        if is_key:
            seen[path] = start
    return Problem(name, None, None, "", "a key twice", "each key once")


def _problem(name: str, loc: KeyPath, item: Any, marks: dict[KeyPath, Mark]) -> Problem:
    given, allowed, hint, _ = words(item)
    if item["type"] == "extra_forbidden":
        given, allowed = "an unknown key", "the keys of a plan"
    line, column = next(marks[loc[:length]] for length in range(len(loc), -1, -1) if loc[:length] in marks)
    return Problem(name, line, column, dotted(loc), given, allowed, hint)


# ---------------------------------------------------------------- where things stand


def _mark(text: str, start: int) -> Mark:
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def _marks(text: str, wanted: set[KeyPath]) -> dict[KeyPath, Mark]:
    """Line and column of the wanted paths that are in a JSON text."""
    found: dict[KeyPath, Mark] = {}
    line, counted = 1, 0
    for path, start, is_key in _places(text):
        if not is_key and path in wanted and path not in found:
            line, counted = line + text.count("\n", counted, start), start
            found[path] = line, start - text.rfind("\n", 0, start)
            if len(found) == len(wanted):
                break
    return found


def _places(text: str) -> Iterator[tuple[KeyPath, int, bool]]:
    """Every key and every value of a valid JSON text with its path and its offset."""
    path: list[str | int] = []
    opened: list[str] = []
    key_next = False
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign == ":":
            key_next = False
        elif sign == ",":
            key_next = opened[-1] == "{"
            if not key_next:
                path[-1] = int(path[-1]) + 1
        elif sign in "]}":
            opened.pop()
            path.pop()
        elif key_next:
            path[-1] = json.loads(sign) if "\\" in sign else sign[1:-1]
            yield tuple(path), token.start(), True
        else:
            yield tuple(path), token.start(), False
            if sign in "[{":
                opened.append(sign)
                path.append(0)
                key_next = sign == "{"
