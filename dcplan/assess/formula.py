"""What a physics function says of itself: its question, formula, units and references, read from its docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
_ENTRY = re.compile(r"^(\w+).*\n((?:[ \t]+\S.*\n?|\n)+)", re.MULTILINE)
_UNIT = re.compile(r"\[([^\]]+)\]\s*$")
_MARK = re.compile(r"\s*\[\d+\]_")
_SENTENCE = re.compile(r"(?<=[^A-Z\s.])\.\s+(?=[A-Z`])|\n\s*\n")


@dataclass(frozen=True)
class Doc:
    """A docstring, read.

    Parameters
    ----------
    name : str
        Module and name, such as ``power.input_power``.
    question : str
        What it answers, in one sentence.
    formula : str
        First sentence of its notes.
    units : mapping of parameter to str
        SI unit; ``degC`` for an absolute temperature, which is computed with in kelvin.
    answer : str
        SI unit of the answer.
    references : tuple of str
        Standards and makers' pages.
    """

    name: str
    question: str
    formula: str
    units: Mapping[str, str]
    answer: str
    references: tuple[str, ...]


@cache
def doc_of(described: Callable[..., Any]) -> Doc:
    """What the docstring of a function or a class of the physics says.

    Examples
    --------
    >>> from dcplan.physics.cooling import liquid_flow
    >>> doc = doc_of(liquid_flow)
    >>> doc.formula[:52], doc.units["return_limit"], doc.answer
    ('V = Q / (rho * cp * (T_return - T_supply)), an energ', 'degC', 'm3/s')
    """
    text = inspect.getdoc(described) or ""
    parts = _SECTION.split(text)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    units = {name: _unit(words) for name, words in _ENTRY.findall(sections.get("Parameters", "") + "\n")}
    return Doc(
        name=f"{described.__module__.rpartition('.')[2]}.{described.__qualname__}",
        question=_flat(parts[0].split("\n\n")[0]),
        formula=_flat(_SENTENCE.split(sections.get("Notes", "").strip(), maxsplit=1)[0]).rstrip("."),
        units=units,
        answer=_unit(sections.get("Returns", "")),
        references=tuple(
            _flat(entry) for entry in re.split(r"^\.\. \[\d+\] ", sections.get("References", ""), flags=re.M)[1:]
        ),
    )


def _unit(words: str) -> str:
    """Unit at the end of a description; an absolute temperature is told by that word."""
    found = _UNIT.search(words.strip())
    if found is None:
        return ""
    unit = {"-": "1"}.get(found[1], found[1])
    if unit.startswith("any"):
        return ""  # whatever its arguments are in
    return "degC" if unit == "K" and re.search(r"\babsolute\b", words, re.IGNORECASE) else unit


def _flat(text: str) -> str:
    return _MARK.sub("", " ".join(text.split()))
