"""What to tell a person whose quantity text cannot be read.

The grammar of the text is here, and the words for the mistakes people make most: a missing unit,
a comma, bare ton, C for degC, kVA for kW, day for workday.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence

MAX_LENGTH = 64
NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?"
NO_UNIT = "a number alone means nothing; write its unit after it"

_NUMBER = re.compile(NUMBER, re.ASCII)
_GLUED = re.compile(rf"({NUMBER})([A-Za-z%][A-Za-z0-9_/%]*)", re.ASCII)
_COMMAS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?: .*)?", re.ASCII)

# what people write, and the one spelling it is written back in
SAME = {
    "lbs": "lb",
    "days": "day",
    "weeks": "week",
    "hours": "hour",
    "h": "hour",
    "workdays": "workday",
    "tonne": "t",
    "ton_refrigeration": "TR",
}

_TON = "bare ton is refused (short ton, tonne or refrigeration ton?); write TR for cooling, t or lb for mass"
_NO_LENGTH = "months and years have no fixed length; write it in week or day"
_REFUSED = {
    "ton": _TON,
    "tons": _TON,
    "month": _NO_LENGTH,
    "months": _NO_LENGTH,
    "year": _NO_LENGTH,
    "years": _NO_LENGTH,
    "C": "C is coulomb; write degC for a temperature, K or delta_degC for a difference",
    "F": "F is farad; write degF for a temperature, delta_degF for a difference",
    "U": "rack units are not a unit here; write the height in mm or in",
}
_POWER_HINT = "kVA is apparent power, kW is real power; the only bridge is an explicit power factor"
_CLOCK_HINT = "a workday is not a day: holidays and shifts lie between; only a site calendar converts"
_DEGREES_HINT = "a temperature is written in degC or degF, a difference in K, delta_degC or delta_degF"
_CROSSED = {
    ("power", "apparent power"): _POWER_HINT,
    ("apparent power", "power"): _POWER_HINT,
    ("calendar time", "work time"): _CLOCK_HINT,
    ("work time", "calendar time"): _CLOCK_HINT,
    ("temperature", "temperature difference"): _DEGREES_HINT,
    ("temperature difference", "temperature"): _DEGREES_HINT,
}


def text_hint(given: str, units: Collection[str]) -> str:
    """What is wrong with a text that is not NUMBER UNIT.

    Parameters
    ----------
    given : str
        What was written, of any length.
    units : collection of str
        Spellings the field accepts.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> text_hint("132kW", ["kW"]), text_hint("1,200 kW", ["kW"])
    ('one space between number and unit: 132 kW', 'no commas in numbers: 1200 kW')
    """
    if len(given) > MAX_LENGTH:
        return f"at most {MAX_LENGTH} characters"
    if _NUMBER.fullmatch(given):
        return NO_UNIT
    if glued := _GLUED.fullmatch(given):
        return f"one space between number and unit: {glued[1]} {glued[2]}"
    if _COMMAS.fullmatch(given):
        return f"no commas in numbers: {given.replace(',', '')}"
    if not given.isascii():
        return "plain ASCII only: no other digits, spaces or signs"
    if given in units:
        return f"the number is missing: 1 {given}"
    return "one decimal number, one space, one unit; nothing is computed"


def unit_hint(name: str, unit: str, units: Collection[str], others: Sequence[str]) -> str:
    """What is wrong with a unit that a field does not accept.

    Parameters
    ----------
    name : str
        Name of the kind the field wants.
    unit : str
        What was written.
    units : collection of str
        Spellings the field accepts.
    others : sequence of str
        Names of the kinds that accept what was written.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> unit_hint("power", "kw", ["kW", "W"], []), unit_hint("power", "m", ["kW"], ["length"])
    ('did you mean kW?', 'm is a unit of length')
    """
    if unit in _REFUSED:
        return _REFUSED[unit]
    crossed = next((hint for other in others if (hint := _CROSSED.get((name, other)))), "")
    if crossed or others:
        return crossed or f"{unit} is a unit of {others[0]}"
    folded = {spelling.casefold(): spelling for spelling in units}
    near = folded.get(unit.casefold()) or next(iter(difflib.get_close_matches(unit, units, 1)), "")
    return f"did you mean {near}?" if near else f"{unit} is not a unit known here"
