"""What a YAML text says, and on which line it says it.

The parser's events are walked here without recursion, so that depth, size and position are known
before anything is built; anchors, aliases, tags, merge keys and second documents are refused. A plain
scalar is null, true, false, a decimal integer or a decimal float; every other scalar, and every key,
is text: ``NO``, ``on``, ``12:30``, ``017`` and dates stay as written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

import yaml

from dcplan.errors import InputError, Problem, shown

MAX_DEPTH = 50
MAX_NODES = 50_000
MAX_KEY = 200

KeyPath: TypeAlias = tuple[str | int, ...]
Mark: TypeAlias = tuple[int, int]

# the C parser is 7 times faster; both give the same events
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
# line ends other than LF would make the parser's line numbers differ from an editor's
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]|\r(?!\n)"
)


@dataclass(frozen=True)
class Document:
    """What a file says, and where it says it.

    Parameters
    ----------
    file : str
        Name used in messages.
    data : object
        Plain mappings with text keys, lists and scalars.
    marks : Mapping of path to (line, column)
        Where a value stands, from 1; for a mapping or a list below a key, where the key stands.
    keys : Mapping of path to (line, column)
        Where the key of a value stands.
    origins : Mapping of path to str
        What set a value that is not from the file.
    """

    file: str
    data: Any
    marks: Mapping[KeyPath, Mark] = field(default_factory=dict, repr=False)
    keys: Mapping[KeyPath, Mark] = field(default_factory=dict, repr=False)
    origins: Mapping[KeyPath, str] = field(default_factory=dict, repr=False)

    def problem(self, path: KeyPath, given: str, allowed: str, hint: str = "", key: bool = False) -> Problem:
        """Problem at a path, placed at its nearest ancestor that has a position.

        Parameters
        ----------
        path : tuple of str or int
            Keys and indices from the root.
        given, allowed, hint : str
            As in :class:`~dcplan.errors.Problem`.
        key : bool
            Whether the key is at fault rather than its value.

        Returns
        -------
        Problem
            With file, line and column.

        Examples
        --------
        >>> doc = parse_yaml("halls:\\n  - name: A\\n", "site.yaml")
        >>> print(doc.problem(("halls", 0, "name"), "A", "a number"))
        site.yaml:2:11: halls[0].name: given A; allowed a number
        """
        for length in range(len(path), -1, -1):
            prefix = path[:length]
            if prefix in self.origins:
                return Problem(self.origins[prefix], None, None, dotted(path), given, allowed, hint)
            mark = (self.keys.get(prefix) if key else None) or self.marks.get(prefix)
            if mark is not None:
                return Problem(self.file, *mark, dotted(path), given, allowed, hint)
        return Problem(self.file, None, None, dotted(path), given, allowed, hint)


def dotted(path: KeyPath) -> str:
    """Path as a person writes it.

    Examples
    --------
    >>> dotted(("deployments", "alpha", "su", 0, "spec"))
    'deployments.alpha.su[0].spec'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def parse_yaml(text: str, file: str) -> Document:
    """Document in a YAML text, under the same rules as ``dcplan.read.read_yaml``.

    Parameters
    ----------
    text : str
        One YAML document.
    file : str
        Name used in messages.

    Returns
    -------
    Document
        Data and positions.

    Raises
    ------
    InputError
        The text is not acceptable YAML.

    Examples
    --------
    >>> doc = parse_yaml("power: 132 kW\\nhalls: [1, NO]\\n", "site.yaml")
    >>> doc.data, doc.marks["halls", 1]
    ({'power': '132 kW', 'halls': [1, 'NO']}, (2, 12))
    """
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise InputError([Problem(file, line, column, "", found[0], "text without control characters")])
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        hint = "indent with spaces" if "\t" in text else "quote text that contains : # [ ] { } or quotes"
        given = error.problem or error.context or "text"
        if "nesting depth" in given:  # the parser's own limit, of later PyYAML, is reached before ours is looked at
            raise InputError([_too_deep(file, *place)]) from error
        raise InputError([Problem(file, place[0], place[1], "", given, "valid YAML", hint)]) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError([Problem(file, None, None, "", shown(str(error)), "valid YAML")]) from error
    if builder.empty:
        raise InputError([Problem(file, None, None, "", "an empty file", "a mapping of keys to values")])
    return Document(file, builder.root, builder.marks, builder.keys)


def _too_deep(file: str, line: int | None, column: int | None) -> Problem:
    return Problem(file, line, column, "", "deeper nesting", f"at most {MAX_DEPTH} levels")


class _Frame:
    """A mapping or a list whose end has not come yet."""

    def __init__(self, into: dict[str, Any] | list[Any], path: KeyPath) -> None:
        self.into = into
        self.path = path
        self.key: str | None = None


class _Builder:
    """Plain data from parser events, one at a time; recursion would overflow on hostile nesting."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Any = None
        self.empty = True
        self.marks: dict[KeyPath, Mark] = {}
        self.keys: dict[KeyPath, Mark] = {}
        self._stack: list[_Frame] = []
        self._nodes = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.NodeEvent):
            self._guard(event)
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            else:
                self._open({} if isinstance(event, yaml.MappingStartEvent) else [], event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(event, "a second document", "one document per file")

    def _guard(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._stop(event, f"an anchor or alias {shown(event.anchor)}", "no anchors", "write the value out")
        if event.tag is not None:
            self._stop(event, f"a tag {shown(event.tag)}", "plain values without tags")
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop(event, "a larger document", f"at most {MAX_NODES} values")

    def _scalar(self, event: Any) -> None:
        if found := CONTROL.search(event.value):
            self._stop(event, f"an escape for {found[0]}", "text without control characters")
        frame = self._stack[-1] if self._stack else None
        if frame is not None and isinstance(frame.into, dict) and frame.key is None:
            self._key(frame, frame.into, event)
            return
        self.empty = frame is None and not event.value
        self._place(event.value if event.style else resolve(event.value), self._path(), _mark(event))

    def _key(self, frame: _Frame, into: dict[str, Any], event: Any) -> None:
        key = event.value
        path = (*frame.path, key)
        if key == "<<" and not event.style:
            self._stop(event, "a merge key <<", "plain keys", "write the keys out")
        if len(key) > MAX_KEY or not key:
            self._stop(event, f"a key of {len(key)} characters", f"1 to {MAX_KEY} characters")
        if key in into:
            given = f"key {shown(key)} again"
            self._stop(event, given, "each key once", f"it is first given on line {self.keys[path][0]}")
        frame.key = key
        self.keys[path] = _mark(event)

    def _open(self, made: dict[str, Any] | list[Any], event: Any) -> None:
        if len(self._stack) >= MAX_DEPTH:
            self._stop(event, "deeper nesting", f"at most {MAX_DEPTH} levels")
        if self._stack and isinstance(self._stack[-1].into, dict) and self._stack[-1].key is None:
            self._stop(event, "a mapping or list as a key", "text as a key")
        self.empty = False
        path = self._path()
        self._place(made, path, self.keys.get(path) or _mark(event))
        self._stack.append(_Frame(made, path))

    def _path(self) -> KeyPath:
        if not self._stack:
            return ()
        frame = self._stack[-1]
        return (*frame.path, len(frame.into) if frame.key is None else frame.key)

    def _place(self, value: Any, path: KeyPath, mark: Mark) -> None:
        self.marks[path] = mark
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        if isinstance(frame.into, list):
            frame.into.append(value)
        else:
            frame.into[str(frame.key)] = value
            frame.key = None

    def _stop(self, event: Any, given: str, allowed: str, hint: str = "") -> NoReturn:
        name = dotted(self._stack[-1].path) if self._stack else ""
        raise InputError([Problem(self.file, *_mark(event), name, given, allowed, hint)])


def _mark(event: Any) -> Mark:
    return event.start_mark.line + 1, event.start_mark.column + 1


def resolve(text: str) -> str | int | float | bool | None:
    """Value of a plain scalar.

    Parameters
    ----------
    text : str
        As written, without quotes.

    Returns
    -------
    str, int, float, bool or None
        Text unless it is null, true, false or a decimal number.

    Examples
    --------
    >>> [resolve(text) for text in ("12", "1.5", "true", "~", "NO", "017", "12:30", "2026-01-31", ".nan")]
    [12, 1.5, True, None, 'NO', '017', '12:30', '2026-01-31', '.nan']
    """
    if text in _PLAIN:
        return _PLAIN[text]
    if len(text) > 48:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
