"""Every error the library raises on purpose, and how an input problem reads.

::

    DcplanError
    ├── InputError      what a person wrote is wrong; holds every Problem found, raised once
    ├── OutsideRange    a formula was asked outside its range of validity (also a ValueError)
    └── InternalError   a bug in dcplan; nothing the person wrote can cause it

A plan that does not exist is a result, not an error: see the verdict of a plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from pydantic_core import PydanticCustomError

SHOWN_LENGTH = 60
FIELD_LENGTH = 160
TEXT_LENGTH = 400
SHOWN_PROBLEMS = 50
MOST_PROBLEMS = 1000


class DcplanError(Exception):
    """Root of every error the library raises on purpose."""


def shown(value: object, limit: int = SHOWN_LENGTH) -> str:
    """Short, printable form of anything a person may have given.

    Parameters
    ----------
    value : object
        Text is shown as written; collections are named, not listed.
    limit : int
        Longest answer, in characters.

    Returns
    -------
    str
        One line without control characters.

    Examples
    --------
    >>> shown("5 kW\\n")
    '5 kW\\\\n'
    >>> shown(None), shown(True), shown({"a": 1}), shown("9" * 100, 10)
    ('nothing', 'true', 'a mapping', '9999999...')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # repr of an integer of more than 4300 digits raises in Python 3.11 and later
        return str(value) if value.bit_length() < 200 else "an integer of over 60 digits"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return _printable(value, limit)
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else f"a {type(value).__name__}"


def _printable(text: str, limit: int) -> str:
    # a megabyte is cut before it is escaped: the cost of a message is bounded
    head = text[: limit + 1]
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in head)
    if len(text) <= limit and len(safe) <= limit:
        return safe
    return safe[: max(limit - 3, 0)] + "..."


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what a person wrote, and where.

    Parameters
    ----------
    file : str
        File, or the origin of an override such as ``--set``.
    line, column : int or None
        Position counted from 1, where there is one.
    field : str
        Dotted path of the key.
    given : str
        What was found, with its unit.
    allowed : str
        What would have been accepted.
    hint : str
        Something to try; may be empty.

    Examples
    --------
    >>> print(Problem("site.yaml", 3, 12, "hall.power", "132", "a power", "132 kW"))
    site.yaml:3:12: hall.power: given 132; allowed a power; try: 132 kW
    """

    file: str
    line: int | None
    column: int | None
    field: str
    given: str
    allowed: str
    hint: str = ""

    def __str__(self) -> str:
        place = _printable(self.file, FIELD_LENGTH)
        if self.line is not None:
            place += f":{self.line}" if self.column is None else f":{self.line}:{self.column}"
        field = f" {_printable(self.field, FIELD_LENGTH)}:" if self.field else ""
        words = f"{place}:{field} given {_printable(self.given, SHOWN_LENGTH)}"
        words += f"; allowed {_printable(self.allowed, TEXT_LENGTH)}"
        return f"{words}; try: {_printable(self.hint, TEXT_LENGTH)}" if self.hint else words


class InputError(DcplanError):
    """What a person wrote cannot be used; every problem found is in it, or the first thousand.

    Parameters
    ----------
    problems : iterable of Problem
        At least one; no more are taken than are kept.

    Examples
    --------
    >>> error = InputError([Problem("a.yaml", 1, None, "x", "2", "1", "")])
    >>> len(error.problems), str(error)
    (1, 'a.yaml:1: x: given 2; allowed 1')
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(islice(problems, MOST_PROBLEMS))
        if not self.problems:
            raise InternalError("an InputError without a problem")
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        if len(self.problems) > SHOWN_PROBLEMS:
            least = "at least " if len(self.problems) == MOST_PROBLEMS else ""
            lines.append(f"and {least}{len(self.problems) - SHOWN_PROBLEMS} more")
        return "\n".join(lines)


class OutsideRange(DcplanError, ValueError):
    """An argument lies outside the range in which a formula holds.

    Parameters
    ----------
    name : str
        The argument.
    given : float
        Its value.
    low, high : float or None
        Ends of the range of validity; None where it is open.
    unit : str
        Unit of the three numbers.

    Examples
    --------
    >>> print(OutsideRange("supply temperature", 95.0, 5.0, 60.0, "degC"))
    supply temperature: given 95 degC; valid from 5 to 60 degC
    """

    def __init__(self, name: str, given: float, low: float | None, high: float | None, unit: str) -> None:
        self.name, self.given, self.low, self.high, self.unit = name, given, low, high, unit
        super().__init__(name, given, low, high, unit)

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if self.low is None and self.high is None:
            valid = "valid for finite numbers only"
        elif self.high is None:
            valid = f"valid from {self.low:.12g}{unit} up"
        elif self.low is None:
            valid = f"valid up to {self.high:.12g}{unit}"
        else:
            valid = f"valid from {self.low:.12g} to {self.high:.12g}{unit}"
        return f"{self.name}: given {self.given:.12g}{unit}; {valid}"


class InternalError(DcplanError):
    """A bug in dcplan: no input should be able to cause it."""


def refusal(given: object, allowed: str, hint: str = "", at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """Error for a pydantic validator to raise, which the reader turns into a Problem.

    Parameters
    ----------
    given : object
        What was found.
    allowed : str
        What would have been accepted.
    hint : str
        Something to try.
    at : tuple of str or int
        Path of the guilty key below the object being validated.

    Returns
    -------
    pydantic_core.PydanticCustomError
        To be raised by the caller.

    Examples
    --------
    >>> print(refusal("hall 9", "a hall of this site", "hall 1").message())
    given hall 9; allowed a hall of this site; try: hall 1
    """
    template = "given {given}; allowed {allowed}" + ("; try: {hint}" if hint else "")
    context = {"given": shown(given), "allowed": allowed, "hint": hint, "at": list(at)}
    return PydanticCustomError("refused", template, context)
