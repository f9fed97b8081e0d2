"""Numbers, dates and tables as a person reads them; nothing printed can drive the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel
from tabulate import tabulate

WIDTH = 118

Cell = str | int | date | None
T = TypeVar("T")


def printable(value: T) -> T:
    r"""The same record with every character that is not plain print written as an escape.

    Parameters
    ----------
    value : object
        A pydantic record, a dataclass, a mapping, a tuple or a text; anything else is returned as it is.

    Returns
    -------
    object
        Of the same type. Names in a file may hold codes that move a terminal's cursor; none reaches it.

    Examples
    --------
    >>> printable({"hall": "A\x1b[2J"})
    {'hall': 'A\\x1b[2J'}
    """
    cleaned: Any = value
    if isinstance(value, str):
        cleaned = value if value.isprintable() else "".join(map(_escaped, value))
    elif isinstance(value, BaseModel):
        cleaned = value.model_copy(update={name: printable(getattr(value, name)) for name in type(value).model_fields})
    elif is_dataclass(value) and not isinstance(value, type):
        cleaned = replace(value, **{field.name: printable(getattr(value, field.name)) for field in fields(value)})
    elif isinstance(value, Mapping):
        cleaned = {printable(key): printable(item) for key, item in value.items()}
    elif isinstance(value, tuple):
        cleaned = tuple(printable(item) for item in value)
    result: T = cleaned
    return result


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def number(value: float | None, digits: int = 4) -> str:
    """A number with four significant digits, or all digits of its whole part.

    Examples
    --------
    >>> number(1234567.8), number(123.456), number(0.012345), number(-0.0), number(None)
    ('1,234,568', '123.5', '0.01235', '0', '-')
    """
    if value is None:
        return "-"
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    if value == 0:
        return "0"
    return f"{value:.{digits}g}"


def apart(one: float | None, other: float | None) -> int:
    """How many digits show that two numbers differ; those of :func:`number` where they do not.

    Examples
    --------
    >>> apart(125.0, 125.0001), apart(125.0, 125.0), apart(125.0, 130.0), apart(None, 125.0)
    (7, 4, 4, 4)
    """
    differing = (digits for digits in range(4, 13) if number(one, digits) != number(other, digits))
    return 4 if one == other else next(differing, 12)


def money(value: float | None, currency: str) -> str:
    """An amount in whole units of its currency; small ones with cents.

    Examples
    --------
    >>> money(24000000.0, "USD"), money(12.5, "USD"), money(None, "USD")
    ('24,000,000 USD', '12.50 USD', '-')
    """
    if value is None:
        return "-"
    digits = 2 if abs(value) < 1000 and value != round(value) else 0
    return f"{value + 0.0:,.{digits}f} {currency}"


def percent(value: float | None) -> str:
    """A fraction as a percentage with two decimals, never rounded down to nothing.

    Examples
    --------
    >>> percent(0.0042), percent(0.0), percent(0.00001), percent(None)
    ('0.42 %', '0 %', '< 0.01 %', 'unknown')
    """
    if value is None:
        return "unknown"
    if value == 0:
        return "0 %"
    return "< 0.01 %" if 0 < value < 0.00005 else f"{100 * value:.2f} %"


def counted(count: int, word: str, plural: str = "") -> str:
    """A count with its noun.

    Examples
    --------
    >>> counted(1, "line"), counted(1200, "line"), counted(2, "entry", "entries")
    ('1 line', '1,200 lines', '2 entries')
    """
    return f"{count:,} {word if count == 1 else plural or word + 's'}"


def span(first: date, last: date) -> str:
    """Two dates as one text.

    Examples
    --------
    >>> span(date(2027, 1, 4), date(2027, 1, 4)), span(date(2027, 1, 4), date(2027, 2, 1))
    ('2027-01-04', '2027-01-04 .. 2027-02-01')
    """
    return f"{first}" if first == last else f"{first} .. {last}"


def table(
    headers: Sequence[str], rows: Iterable[Sequence[Cell]], right: Iterable[str] = (), wide: str | None = None
) -> list[str]:
    """Lines of a table whose columns stand two spaces apart.

    Parameters
    ----------
    headers : sequence of str
        Column names.
    rows : iterable of sequences
        Cells; None is an empty one.
    right : iterable of str
        Names of the columns aligned to the right.
    wide : str, optional
        The column that is broken into several lines where the table would be wider than the page.

    Returns
    -------
    list of str
        The headers, a rule, and the rows, each indented by two spaces.

    Examples
    --------
    >>> print("\\n".join(table(["hall", "SUs"], [["hall-1", "4"]], right=["SUs"])))
      hall    SUs
      ------  ---
      hall-1    4
    """
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if wide is not None:
        _break(cells, headers, list(headers).index(wide))
    flush = set(right)
    made = tabulate(
        [list(headers), ["-" * width for width in _widths(cells, headers)], *cells],
        tablefmt="plain",
        disable_numparse=True,
        colalign=["right" if name in flush else "left" for name in headers],
    )
    return [f"  {line}".rstrip() for line in made.splitlines()]


def _widths(cells: Sequence[Sequence[str]], headers: Sequence[str]) -> list[int]:
    """Width of each column; a cell may hold several lines."""
    texts = ([header, *(line for row in cells for line in row[i].split("\n"))] for i, header in enumerate(headers))
    return [max(map(len, column)) for column in texts]


def _break(cells: list[list[str]], headers: Sequence[str], wide: int) -> None:
    """Break one column so that the table fits the page."""
    widths = _widths(cells, headers)
    room = max(24, WIDTH - sum(widths) + widths[wide] - 2 * len(headers))
    for row in cells:
        row[wide] = "\n".join(textwrap.wrap(row[wide], room, break_on_hyphens=False)) or ""


def bullets(texts: Iterable[str], most: int | None = None, more: str = "more: --json has them all") -> list[str]:
    """Lines of a list, broken to the width of the page.

    Parameters
    ----------
    texts : iterable of str
        One item each.
    most : int, optional
        How many to show.
    more : str
        What to say of the rest, after their number.

    Returns
    -------
    list of str
    """
    items = list(texts)
    shown = items if most is None else items[:most]
    lines = [line for item in shown for line in paragraph(item, "  - ", "    ")]
    if len(shown) < len(items):
        lines.append(f"  ... and {len(items) - len(shown):,} {more}")
    return lines


def paragraph(text: str, first: str = "", rest: str = "") -> list[str]:
    """Lines of one text, broken to the width of the page."""
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=True, break_on_hyphens=False
    )
    return lines or [first.rstrip()]


def section(title: str, lines: Sequence[str]) -> list[str]:
    """A headed block with an empty line before it; nothing where there is nothing to say."""
    return ["", title, *lines] if lines else []


def facts(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Lines of named facts, their texts below each other.

    Examples
    --------
    >>> print("\\n".join(facts([("Status", "optimal"), ("Verified", "yes")])))
    Status    optimal
    Verified  yes
    """
    known = list(pairs)
    room = max((len(name) for name, _ in known), default=0) + 2
    return [line for name, text in known for line in paragraph(text, name.ljust(room), " " * room)]
