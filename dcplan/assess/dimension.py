"""Which unit a recorded number is in: what is written beside figures and functions, multiplied and divided by name.

A unit is told by its SI name, ``degC`` being an absolute temperature, which is computed with in kelvin, and ``""`` a
plain count or a constant. A number whose operands have units has the unit that these make of each other; it is not
known (None) only where an operand's is not, or where they cannot be added.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from dcplan.assess.formula import doc_of
from dcplan.trace import Constant, Given, Named, Node, Operation, Outcome, Read
from dcplan.units import CURRENCIES, si_unit

DAY = 86_400.0
_PARTS = {DAY: "s", 24.0: "h"}
"""What a day is divided into, by the number of them: a constant of this size beside them turns one into the other."""
FACTOR = "pf"
"""Unit of a power factor, which makes volt-amperes of watts; it is printed as the plain number that it is."""
_MADE_OF = {
    "N": {"kg": 1, "m": 1, "s": -2},
    "Pa": {"kg": 1, "m": -1, "s": -2},
    "J": {"kg": 1, "m": 2, "s": -2},
    "W": {"kg": 1, "m": 2, "s": -3},
    "VA": {"kg": 1, "m": 2, "s": -3, "va": 1},
    "V": {"kg": 1, "m": 2, "s": -3, "A": -1},
    "degC": {"K": 1},
    "1": {},
    FACTOR: {"va": -1},
}
_BASES = {"kg", "m", "s", "K", "A", "h", "day", "workday", "year", *CURRENCIES}
_NAMES = (
    *("1", "W", "VA", "J", "Pa", "N", "V", "A", "K", "day", "s", "m", "m2", "m3", "kg", "m3/s", "m/s", "kg/m3", "kg/s"),
    *("J/kg", "J/K", "J/(kg K)", "J/(m3 K)", "W/K", "W/VA", "VA/W", "m3/s/W", "m3/s/VA", "kg/J", "1/m", "1/K", "1/s"),
)
"""What a product is called where it is neither operand's own unit, first come first served."""
_PART = re.compile(r"([A-Za-z]+)(\d?)", re.ASCII)
Dimension = frozenset[tuple[str, int]]
"""Base units with their exponents. Days stay days and VA stay VA: numbers in them are not numbers in s or W."""


@cache
def dimension(unit: str) -> Dimension | None:
    """Base units of a unit by its name; None where it is no such name.

    Examples
    --------
    >>> dimension("J/(kg K)") == dimension("m2/s/s/K"), dimension("W") == dimension("VA"), dimension("any per W or VA")
    (True, False, None)
    """
    found: dict[str, int] = {}
    for number, part in enumerate(unit.replace("(", "").replace(")", "").split("/")):
        for name in part.split():
            match = _PART.fullmatch(name)
            if match is None and name != "1":
                return None
            word, power = (match[1], int(match[2] or 1)) if match else ("1", 1)
            if word not in _BASES and word not in _MADE_OF:
                return None
            for base, exponent in _MADE_OF.get(word, {word: 1}).items():
                found[base] = found.get(base, 0) + (power if number == 0 else -power) * exponent
    return frozenset((base, exponent) for base, exponent in found.items() if exponent)


_KNOWN = {dimension(name): name for name in reversed(_NAMES)}


def _named(found: Dimension, *own: str) -> str:
    """The name of a dimension: an operand's own where it fits."""
    if found == dimension("1"):
        return "1"
    for unit in (*own, _KNOWN.get(found)):
        if unit is not None and unit != "degC" and dimension(unit) == found:
            return unit
    above = [f"{base}{power if power > 1 else ''}" for base, power in sorted(found) if power > 0]
    below = [f"/{base}{-power if power < -1 else ''}" for base, power in sorted(found) if power < 0]
    return " ".join(above or ["1"]) + "".join(below)


def is_pure(unit: str | None) -> bool:
    """Whether a number is a count, a share or a factor, by which others may be multiplied as they are shown."""
    return unit in ("", "1", FACTOR)


def combined(sign: str, left: str | None, right: str | None) -> str | None:
    """Unit of a sum, difference, product or quotient; None where it is not known.

    Examples
    --------
    >>> combined("/", "W", "W/K"), combined("*", "W/VA", "VA"), combined("/", "W", "pf"), combined("+", "W", "VA")
    ('K', 'W', 'VA', 'VA')
    >>> combined("-", "degC", "degC"), combined("+", "degC", "K"), combined("+", "W", "K")
    ('K', 'degC', None)
    """
    if left is None or right is None:
        return None
    if sign in "+-":
        return _added(sign, left, right)
    if "" in (left, right) and (sign == "*" or right == ""):
        return "K" if "degC" in (left, right) else left or right
    one, other = dimension(left or "1"), dimension(right or "1")
    if one is None or other is None:
        return None
    turned = 1 if sign == "*" else -1
    powers = dict(one)
    for base, power in other:
        powers[base] = powers.get(base, 0) + turned * power
    made = frozenset((base, power) for base, power in powers.items() if power)
    return _named(made, left, right)


def _added(sign: str, left: str, right: str) -> str | None:
    if left == right:
        return "K" if left == "degC" else left
    if {left, right} == {"degC", "K"}:
        return "degC" if left == "degC" else "K"
    if "" in (left, right):
        return left or right
    if {left, right} == {"W", "VA"}:
        return "VA"
    return left if dimension(left) is not None and dimension(left) == dimension(right) else None


def _raised(unit: str | None, power: Node) -> str | None:
    """Unit of a power: of a pure number any, of others a whole one."""
    if unit is None or unit in ("", "1"):
        return unit
    found = dimension(unit)
    if found is None or not float(power.value).is_integer():
        return None
    return _named(frozenset((base, int(exponent * power.value)) for base, exponent in found if power.value), unit)


@dataclass
class Units:
    """The unit of every node of a recording.

    Parameters
    ----------
    names : mapping of id to str
        Dotted place of every figure, by its identity.
    """

    names: Mapping[int, str]
    _known: dict[int, tuple[Node, str | None]] = field(default_factory=dict)

    def of(self, node: Node) -> str | None:
        """The unit of a number; None where it is not known."""
        # the node is kept too: another one might be given its identity
        if id(node) not in self._known:
            self._known[id(node)] = node, self._find(node)
        return self._known[id(node)][1]

    def _find(self, node: Node) -> str | None:
        match node:
            case Read():
                place = self.names.get(id(node.figure), "")
                return FACTOR if place.endswith("power_factor") else si_unit(node.figure.value)
            case Given() | Named():
                return self.of(node.of)
            case Outcome():
                stated = doc_of(node.call.function).answer if node.owner is None else ""
                stated = doc_of(node.owner).units.get(node.part, "") if node.owner else stated
                return stated or self.of(node.body)
            case Operation():
                return self._worked(node)
        return ""

    def _worked(self, node: Operation) -> str | None:
        """Along the run of operations on the left, so that a long sum needs no deep recursion."""
        rest: list[Operation] = []
        first: Node = node
        while isinstance(first, Operation) and id(first) not in self._known:
            rest.append(first)
            first = first.left
        unit = self.of(first)
        for one in reversed(rest):
            unit = self.step(one, unit)
            self._known[id(one)] = one, unit
        return unit

    def step(self, node: Operation, left: str | None) -> str | None:
        """Unit of one operation, its left side being in this unit."""
        if node.sign == "**":
            return _raised(left, node.right)
        right = self.of(node.right)
        part = _PARTS.get(node.right.value)
        if part is not None and left is not None and isinstance(behind(node.right), Constant):
            days, parts = (dict(dimension(left) or {}).get(base, 0) for base in ("day", part))
            if (node.sign == "*" and days > 0) or (node.sign == "/" and parts > 0):
                right = f"{part}/day"
        return combined(node.sign, left, right)


def behind(node: Node) -> Node:
    """What an argument really is, through the calls that only passed it on."""
    while isinstance(node, Given):
        node = node.of
    return node
