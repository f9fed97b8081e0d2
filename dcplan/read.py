"""How a YAML file becomes validated records, and how its mistakes are told by file and line.

file → :func:`read_yaml` → Document → :func:`apply_overrides` → Document → :func:`validate` → records.
Everything wrong is gathered into one InputError. ``dcplan.document`` holds the rules for the text itself.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from importlib.resources import files
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from dcplan.document import CONTROL, Document, KeyPath, dotted, parse_yaml, resolve
from dcplan.errors import MOST_PROBLEMS, InputError, InternalError, Problem, shown
from dcplan.wording import nearest, words

MAX_BYTES = 5_000_000
EMPTY = "[]"
"""The one list that an override may be: it takes away what a list in the file says."""
WRITE = "write it into the file"
"""What else an override cannot do: it makes no entry, no list and no item of one."""

Model = TypeVar("Model", bound=BaseModel)

_PATH = re.compile(r"[^.\[\]\s]+(?:\[[0-9]{1,6}\])*(?:\.[^.\[\]\s]+(?:\[[0-9]{1,6}\])*)*", re.ASCII)
_STEP = re.compile(r"([^.\[\]\s]+)|\[([0-9]{1,6})\]", re.ASCII)


def read_yaml(path: Path | str, *, max_bytes: int = MAX_BYTES) -> Document:
    """Document in a YAML file, guarded against hostile and careless files.

    Parameters
    ----------
    path : pathlib.Path or str
        A regular file in UTF-8.
    max_bytes : int
        Largest file accepted.

    Returns
    -------
    Document
        Data and positions.

    Raises
    ------
    InputError
        The file cannot be read or is not acceptable YAML.
    """
    return parse_yaml(read_text(path, max_bytes), str(path))


def read_text(path: Path | str, max_bytes: int) -> str:
    """Text of a regular file in UTF-8, without its byte order mark.

    Raises
    ------
    InputError
        It is not such a file, or larger.
    """
    name = str(path)
    content = _content(path, max_bytes)
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        given = f"byte 0x{content[error.start]:02x} at offset {error.start}"
        problem = Problem(name, line, None, "", given, "UTF-8 text", "save the file as UTF-8")
        raise InputError([problem]) from error


def _content(path: Path | str, max_bytes: int) -> bytes:
    def refused(given: str, allowed: str) -> InputError:
        return InputError([Problem(str(path), None, None, "", given, allowed)])

    def regular(mode: int) -> None:
        if not stat.S_ISREG(mode):
            raise refused("a folder" if stat.S_ISDIR(mode) else "a pipe, socket or device", "a regular file")

    try:
        # asked before opening: opening a pipe would wait for a writer for ever; and after, for it may have been swapped
        regular(Path(path).stat().st_mode)
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb", buffering=0) as stream:
            regular(os.fstat(handle).st_mode)
            parts, left = [], max_bytes + 1
            while left > 0 and (part := stream.read(left)):
                parts.append(part)
                left -= len(part)
    except (OSError, ValueError) as error:
        raise refused(getattr(error, "strerror", None) or str(error), "a readable file") from error
    if left <= 0:
        raise refused("a larger file", f"at most {max_bytes} bytes")
    return b"".join(parts)


def apply_overrides(doc: Document, overrides: Mapping[str, Any], origin: str) -> Document:
    """Document with some values replaced from elsewhere, such as a command line.

    Parameters
    ----------
    doc : Document
        Left as it is.
    overrides : Mapping of str to str or plain data
        Path such as ``deployments.alpha.su[0].spec`` to its value. Text is read as a plain YAML
        scalar, or as text if it stands in quotes. The first key may be new, and so may the last; all between must
        exist.
    origin : str
        What to call the source in messages, such as ``--set``.

    Returns
    -------
    Document
        A new one.

    Raises
    ------
    InputError
        Names every override that cannot be applied.

    Examples
    --------
    >>> doc = parse_yaml("halls: [{power: 5 MW}]", "site.yaml")
    >>> apply_overrides(doc, {"halls[0].power": "6 MW", "halls[0].rows": "4"}, "--set").data
    {'halls': [{'power': '6 MW', 'rows': 4}]}
    """
    data = deepcopy(doc.data)
    problems, changed = [], dict(doc.origins)
    for name, given in overrides.items():
        wrong = _override(data, name, given, origin)
        if wrong is not None:
            problems.append(wrong)
        else:
            changed[_steps(name)] = origin
    if problems:
        raise InputError(problems)

    def stale(path: KeyPath) -> bool:
        return any(path[:length] in changed for length in range(1, len(path) + 1))

    marks = {path: mark for path, mark in doc.marks.items() if not stale(path)}
    keys = {path: mark for path, mark in doc.keys.items() if not stale(path)}
    return replace(doc, data=data, marks=marks, keys=keys, origins=changed)


def _steps(name: str) -> KeyPath:
    return tuple(found[1] or int(found[2]) for found in _STEP.finditer(name))


def _override(data: Any, name: str, given: Any, origin: str) -> Problem | None:
    """Set one value in place, or say why not."""
    if len(name) > 1000 or not _PATH.fullmatch(name):
        return Problem(origin, None, None, "", shown(name), "a path such as halls[0].power")
    if isinstance(given, str) and CONTROL.search(given):
        return Problem(origin, None, None, name, given, "text without control characters")
    if isinstance(given, str) and given[:1] in ("{", "[") and given != EMPTY:
        hint = _one_by_one(data, name)
        return Problem(origin, None, None, name, given, "one plain value: no mapping and no list", hint)
    *parents, last = _steps(name)
    node = data
    if parents and isinstance(data, dict) and isinstance(parents[0], str):
        # a whole section may be absent from the file: what it may hold is for the model to say
        data.setdefault(parents[0], {})
    for done, step in enumerate(parents):
        if not _has(node, step):
            return _no_such(node, (*parents, last)[: done + 1], origin)
        node = node[step]
    if not (_has(node, last) or (isinstance(node, dict) and isinstance(last, str))):
        return _no_such(node, (*parents, last), origin)
    node[last] = _value_of(given)
    return None


def _one_by_one(data: Any, name: str) -> str:
    """How to change a mapping or list of the file; a value inside it is named only where there is one."""
    path: list[str | int] = []
    for step in _steps(name):
        if not _has(data, step):
            return WRITE
        data = data[step]
    while isinstance(data, dict | list) and data:
        step = min(data) if isinstance(data, dict) else 0
        path.append(step)
        data = data[step]
    return WRITE if not path or isinstance(data, dict | list) else f"{dotted((*_steps(name), *path))}=VALUE; or {WRITE}"


def _value_of(given: Any) -> Any:
    """The value of an override."""
    if not isinstance(given, str):
        return deepcopy(given)
    if given == EMPTY:
        return []
    quoted = len(given) > 1 and given[0] == given[-1] and given[0] in "\"'"
    return given[1:-1] if quoted else resolve(given)


def _has(node: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(node, list) and 0 <= step < len(node)
    return isinstance(node, dict) and step in node


def _no_such(node: Any, path: KeyPath, origin: str) -> Problem:
    if isinstance(node, dict) and isinstance(path[-1], int):
        allowed = f"a key, because `{dotted(path[:-1]) or 'the file'}` is a mapping: {_listed(node) or 'it is empty'}"
        hint = dotted((*path[:-1], min(node))) if node else ""
        return Problem(origin, None, None, dotted(path), f"index {path[-1]}", allowed, hint)
    if isinstance(node, dict) and path[:-1] == ("specs",):
        allowed = f"an entry of `specs` in the file: {_listed(node) or 'it has none'}"
        hint = f"catalog specs cannot be set: write an entry that `extends: {path[-1]}`, and name that one"
        return Problem(origin, None, None, dotted(path), "no such entry", allowed, nearest(str(path[-1]), node) or hint)
    if isinstance(node, dict):
        near = nearest(str(path[-1]), node)
        allowed = f"a key that is there: {_listed(node)}" if node else "a key that is there, and there is none"
        return Problem(origin, None, None, dotted(path), "no such key", allowed, near or WRITE)
    if node == []:
        return Problem(
            origin, None, None, dotted(path), "no such item", "an item that is there: the list is empty", WRITE
        )
    allowed = f"an index below {len(node)}" if isinstance(node, list) else "no key below a single value"
    return Problem(origin, None, None, dotted(path), "no such item", allowed)


def _listed(names: Iterable[str]) -> str:
    found = sorted(names)
    return ", ".join(found[:20]) + (", ..." if len(found) > 20 else "")


def validate(model: type[Model], doc: Document, at: KeyPath = ()) -> Model:
    """Records from a document, or every problem with it at once.

    Parameters
    ----------
    model : type of pydantic.BaseModel
        What the data must be.
    doc : Document
        From :func:`read_yaml`.
    at : tuple of str or int
        Part of the document to validate.

    Returns
    -------
    pydantic.BaseModel
        An instance of ``model``.

    Raises
    ------
    InputError
        One problem per mistake, in the order of the lines.

    Examples
    --------
    >>> class Hall(BaseModel, extra="forbid"):
    ...     rows: int
    >>> validate(Hall, parse_yaml("rows: 4", "site.yaml"))
    Hall(rows=4)
    >>> validate(Hall, parse_yaml("row: 4", "site.yaml"))
    Traceback (most recent call last):
    ...
    dcplan.errors.InputError: site.yaml:1:1: rows: given nothing; allowed a value: this key is required
    site.yaml:1:1: row: given an unknown key; allowed rows; try: did you mean rows?
    """
    data = doc.data
    for step in at:
        if not _has(data, step):
            raise InputError([doc.problem(at, "nothing", "a value: this key is required")])
        data = data[step]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems = [_problem(model, doc, at, data, item) for item in found[:MOST_PROBLEMS]]
    raise InputError(_tidy(problems))


def _problem(model: type[BaseModel], doc: Document, at: KeyPath, data: Any, item: Mapping[str, Any]) -> Problem:
    loc: tuple[str | int, ...] = item["loc"]
    missing = loc[-1:] if item["type"] == "missing" else ()
    path = (*at, *_found(data, loc[: len(loc) - len(missing)]), *missing)
    if item["type"] == "extra_forbidden":
        known = _keys_of(model, loc[:-1])
        return doc.problem(path, "an unknown key", _listed(known), nearest(loc[-1], known), key=True)
    given, allowed, hint, below = words(item)
    return doc.problem((*path, *below), given, allowed, hint, key=loc[-1:] == ("[key]",))


def _found(data: Any, loc: Sequence[str | int]) -> Iterator[str | int]:
    """Steps of an error's place that are in the data; pydantic adds tags and names of validators."""
    for step in loc:
        key = str(step) if isinstance(data, dict) else step
        if _has(data, key):
            yield key
            data = data[key]


def _tidy(problems: list[Problem]) -> list[Problem]:
    """One problem per place, members of a union joined, in the order of the lines."""
    merged: dict[tuple[Any, ...], Problem] = {}
    for new in problems:
        key = (new.file, new.line, new.column, new.field, new.given)
        old = merged.setdefault(key, new)
        if new.allowed not in old.allowed.split("; or "):
            merged[key] = replace(old, allowed=f"{old.allowed}; or {new.allowed}", hint=old.hint or new.hint)
    return sorted(merged.values(), key=lambda one: (one.file, one.line or 0, one.column or 0))


def _plain_types(annotation: Any) -> Iterator[Any]:
    """Members of an annotation without Annotated, unions and named aliases."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _plain_types(get_args(annotation)[0])
    elif origin is Union or origin is UnionType:
        for member in get_args(annotation):
            yield from _plain_types(member)
    elif hasattr(annotation, "__value__"):
        yield from _plain_types(annotation.__value__)
    else:
        yield annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _below(annotation: Any, step: str | int) -> Iterator[Any]:
    """Annotations one step further down."""
    if _is_model(annotation):
        for name, info in annotation.model_fields.items():
            if step in (name, info.alias):
                yield from _plain_types(info.annotation)
    elif arguments := [one for one in get_args(annotation) if one is not Ellipsis]:
        yield from _plain_types(arguments[-1])


def _tagged(annotation: Any, tag: str | int) -> bool:
    if not _is_model(annotation):
        return False
    literals = (info.annotation for info in annotation.model_fields.values())
    return any(get_origin(one) is Literal and tag in get_args(one) for one in literals)


def _keys_of(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """Keys allowed at the place of an error."""
    types: list[Any] = [model]
    for step in loc:
        # a step that leads nowhere is the tag of a union
        below = [found for one in types for found in _below(one, step)]
        types = below or [one for one in types if _tagged(one, step)] or types
    return sorted({key for one in types for key in _keys(one)})


def _keys(annotation: Any) -> Iterator[str]:
    """Keys of a record."""
    if _is_model(annotation):
        yield from (info.alias or name for name, info in annotation.model_fields.items())
    elif is_dataclass(annotation):
        yield from (field.name for field in fields(annotation))


def specs_dir() -> Path:
    """Folder of the specs that come with the library.

    Returns
    -------
    pathlib.Path
        In the installed package, or beside pyproject.toml in a checkout.

    Raises
    ------
    InternalError
        The installation has lost its specs.
    """
    packaged = Path(str(files("dcplan"))) / "specs"
    if packaged.is_dir():
        return packaged
    root = Path(__file__).resolve().parent.parent
    if (root / "specs").is_dir() and (root / "pyproject.toml").is_file():
        return root / "specs"
    raise InternalError(f"no specs folder at {packaged}; install dcplan again")
