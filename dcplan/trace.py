"""Where a number comes from: while a recording is on, floats remember what they were computed from.

A figure that is read, a physics function that is called and every ``+ - * / **`` between them then give a
:class:`Traced` float: equal to the plain one in every bit, with a node of the computation behind it. Ratings and checks
need no second statement of what they compute, and the recording cannot disagree with it. With no recording, all of
this costs one look at a context variable per figure and per call.

What leaves plain arithmetic (``math.sqrt``, ``float(...)``) leaves the recording as well and shows up as a bare number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeAlias, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, eq=False, slots=True)
class Constant:
    """A number that stands in the code, or that left the recording."""

    value: float


@dataclass(frozen=True, eq=False, slots=True)
class Read:
    """A figure as it was read; `end` is planning, low or high."""

    value: float
    figure: Any
    end: str


@dataclass(frozen=True, eq=False, slots=True)
class Operation:
    """Two numbers and the sign between them."""

    value: float
    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, eq=False, slots=True)
class Named:
    """A number with words for what it is."""

    value: float
    words: str
    of: Node


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """An argument, as the body of a recorded function sees it."""

    value: float
    name: str
    of: Node


@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """One call of a recorded function: every number and word it was given."""

    function: Callable[..., Any]
    arguments: tuple[Given | tuple[str, str], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """What a call answered, and the body that computed it; `part` is one field of an answer of the class `owner`."""

    value: float
    call: Call
    owner: type | None
    part: str
    body: Node


Node: TypeAlias = Constant | Read | Operation | Named | Given | Outcome


class Traced(float):
    """A float that knows how it was computed."""

    __slots__ = ("node",)
    node: Node

    def __add__(self, other: float) -> float:
        return _operation("+", self, other, float.__add__(self, other))

    def __radd__(self, other: float) -> float:
        return _operation("+", other, self, float.__radd__(self, other))

    def __sub__(self, other: float) -> float:
        return _operation("-", self, other, float.__sub__(self, other))

    def __rsub__(self, other: float) -> float:
        return _operation("-", other, self, float.__rsub__(self, other))

    def __mul__(self, other: float) -> float:
        return _operation("*", self, other, float.__mul__(self, other))

    def __rmul__(self, other: float) -> float:
        return _operation("*", other, self, float.__rmul__(self, other))

    def __truediv__(self, other: float) -> float:
        return _operation("/", self, other, float.__truediv__(self, other))

    def __rtruediv__(self, other: float) -> float:
        return _operation("/", other, self, float.__rtruediv__(self, other))

    def __pow__(self, other: float, modulus: None = None) -> Any:
        return _operation("**", self, other, float.__pow__(self, other))

    def __neg__(self) -> float:
        return _operation("-", 0.0, self, float.__neg__(self))

    def __abs__(self) -> float:
        return self if self >= 0.0 else -self


def traced(value: float, node: Node) -> Traced:
    """A float with the node it was computed by."""
    made = Traced(value)
    made.node = node
    return made


def node_of(value: float) -> Node:
    """How a number was computed; a constant where nothing is known."""
    return value.node if isinstance(value, Traced) else Constant(value)


def _operation(sign: str, left: float, right: float, value: float) -> float:
    """The recorded value; a plain zero that is added or taken away leaves no mark."""
    if not isinstance(value, float):
        return value  # NotImplemented, or a complex power
    if sign in "+-" and not isinstance(right, Traced) and right == 0:
        return left
    if sign == "+" and not isinstance(left, Traced) and left == 0:
        return right
    return traced(value, Operation(value, sign, node_of(left), node_of(right)))


# ---------------------------------------------------------------- recording


@dataclass
class Tape:
    """What a recording keeps: the subject and the readings of every line that was judged."""

    lines: dict[str, tuple[Any, Sequence[Any]]] = field(default_factory=dict)


_TAPE: ContextVar[Tape | None] = ContextVar("tape", default=None)


@contextmanager
def recording() -> Iterator[Tape]:
    """Record what is computed inside.

    Examples
    --------
    >>> with recording():
    ...     heat = noted(2.0, "heat of one rack")
    ...     total = 3 * heat
    >>> total, type(total.node).__name__, noted(2.0, "outside") == 2.0
    (6.0, 'Operation', True)
    """
    tape = Tape()
    token = _TAPE.set(tape)
    try:
        yield tape
    finally:
        _TAPE.reset(token)


def recording_on() -> bool:
    """Whether a recording is on: what was computed without one must not be reused in it."""
    return _TAPE.get() is not None


def keep(line_id: str, subject: Any, readings: Sequence[Any]) -> None:
    """Remember what a line of the check was judged by."""
    tape = _TAPE.get()
    if tape is not None:
        tape.lines[line_id] = (subject, readings)


def read(value: float, figure: Any, end: str) -> float:
    """A figure's number, with the figure behind it."""
    return value if _TAPE.get() is None else traced(value, Read(value, figure, end))


def noted(value: float, words: str, *about: object) -> float:
    """A number with words for what it is, `about` filling the braces; the number itself without a recording."""
    if _TAPE.get() is None:
        return value
    return traced(value, Named(float(value), words.format(*about), node_of(value)))


def noted_rows(rows: dict[str, float], words: str, *about: object) -> dict[str, float]:
    """The same for every entry of a vector of rows."""
    if _TAPE.get() is None:
        return rows
    return {key: noted(value, words, *about) for key, value in rows.items()}


def recorded(function: Callable[P, R]) -> Callable[P, R]:
    """Let a recording see every call of a physics function, what it was given, and what it answered.

    Goes above every public function of ``dcplan.physics``; a test refuses one without it.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _TAPE.get() is None:
            return function(*args, **kwargs)
        return _called(function, args, kwargs)

    return run


def _called(function: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
    bound = signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    seen: list[Given | tuple[str, str]] = []
    given = {name: _taken(name, value, seen) for name, value in bound.arguments.items()}
    answer = function(**given)
    return _answered(Call(function, tuple(seen)), None, "", answer)  # type: ignore[no-any-return]


def _taken(name: str, value: Any, seen: list[Given | tuple[str, str]]) -> Any:
    """An argument as the body takes it: every float inside it becomes a given one."""
    if isinstance(value, float):
        given = Given(float(value), name, node_of(value))
        seen.append(given)
        return traced(value, given)
    if is_dataclass(value) and not isinstance(value, type):
        inside = {one.name: getattr(value, one.name) for one in fields(value)}
        return replace(value, **{part: _taken(f"{name}.{part}", item, seen) for part, item in inside.items()})
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(_taken(f"{name}[{index}]", item, seen) for index, item in enumerate(value))
    seen.append((name, "none" if value is None else str(value)))
    return value


def _answered(call: Call, owner: type | None, part: str, value: Any) -> Any:
    """An answer whose floats know the call."""
    if isinstance(value, float):
        return traced(value, Outcome(float(value), call, owner, part, node_of(value)))
    if is_dataclass(value) and not isinstance(value, type):
        inside = {one.name: getattr(value, one.name) for one in fields(value)}
        return replace(value, **{name: _answered(call, type(value), name, item) for name, item in inside.items()})
    if type(value) is tuple:
        return tuple(_answered(call, None, str(index), item) for index, item in enumerate(value))
    return value
