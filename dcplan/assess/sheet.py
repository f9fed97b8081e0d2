"""From the recording of a number to numbered steps that a person can follow with a pocket calculator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from dcplan.answer import DerivationStep, Formula, Operand
from dcplan.assess.dimension import DAY, FACTOR, Units, behind, dimension, is_pure
from dcplan.assess.formula import doc_of
from dcplan.trace import Constant, Given, Named, Node, Operation, Outcome, Read
from dcplan.units import in_unit, text

_SHOWN_IN = {"W": "kW", "VA": "kVA", "m3/s": "L/min", "Pa": "kPa", "N": "kN", "J": "kWh", "degC": "degC"}
_SHORT = 1 / 12
"""Durations [d] below it, two hours, are read in seconds."""
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_SIGNS = {"*": "x", "**": "^"}
_ATOM = 9
_DEPTH = 4


@dataclass(frozen=True)
class _Term:
    """Part of an expression: in SI and as shown, with its SI unit (None: unknown) and how strongly it binds.

    `spelling` is the unit that its amounts are shown in; None where they are in several, so that only SI adds up.
    """

    value: float
    plain: str
    shown: str
    unit: str | None
    spelling: str | None
    binds: int = _ATOM


@dataclass
class Sheet:
    """The steps of one line in one world, each after those that it uses.

    Parameters
    ----------
    names : mapping of id to str
        Dotted place of every figure, by its identity.
    """

    names: Mapping[int, str]
    steps: list[DerivationStep] = field(default_factory=list)
    formulas: dict[str, Formula] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    _done: dict[object, _Term] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._units = Units(self.names)

    def side(self, what: str, node: Node, unit: str) -> int:
        """Add the steps to one side of a line, which is in this SI unit; the number of the last one."""
        self._arithmetic(what, node, unit)
        return len(self.steps)

    # ------------------------------------------------------------ steps

    def _arithmetic(self, what: str, node: Node, wanted: str = "") -> _Term:
        """A step of sums and products, what it uses first; it is told in the unit that is wanted where it is in it."""
        operands: list[Operand] = []
        term = self._term(node, operands)
        expression = term.plain if term.unit is None or term.spelling is None else term.shown
        asked = dimension(wanted)
        if asked is not None and (term.unit == "" or (term.unit is not None and dimension(term.unit) == asked)):
            term = replace(term, unit=wanted)
            if isinstance(node, Constant):
                expression = _amount(node.value, wanted)
        return self._write(what, term, expression, operands)

    def _call(self, what: str, outcome: Outcome) -> _Term:
        """A step of one physics function: what it is given, and its own arithmetic on that in SI."""
        doc = doc_of(outcome.call.function)
        self.formulas[doc.name] = Formula(
            function=doc.name, question=doc.question, formula=doc.formula, references=doc.references
        )
        operands: list[Operand] = []
        for given in outcome.call.arguments:
            if isinstance(given, Given):
                self._argument(given, doc.units.get(given.name), doc.name, operands)
            else:
                operands.append(Operand(name=given[0], value=None, unit="", shown=given[1], origin="", step=None))
        body = self._term(outcome.body, None)
        term = replace(body, value=outcome.value, unit=self._units.of(outcome))
        return self._write(what or doc.question, term, body.plain, operands, doc.name)

    def _write(self, what: str, term: _Term, expression: str, operands: list[Operand], function: str = "") -> _Term:
        number = len(self.steps) + 1
        shown = _amount(term.value, term.unit)
        self.steps.append(
            DerivationStep(
                number=number,
                what=what,
                function=function,
                expression=expression,
                value=float(term.value),
                unit=_si_name(term.unit),
                shown=shown,
                operands=tuple(operands),
            )
        )
        return _atom(term.value, term.unit, f" [{number}]")

    def _argument(self, given: Given, unit: str | None, function: str, operands: list[Operand]) -> None:
        """An argument of a call, with where it comes from."""
        node = behind(given)
        inside: list[Operand] = []
        if isinstance(node, Operation):
            words = f"{given.name.replace('_', ' ')} for {function}"
            term = self._once(node, lambda: self._arithmetic(words, node, unit or ""))
        else:
            term = self._term(node, inside)
        unit = unit or term.unit
        step, origin = _reference(term), inside[0].origin if inside else ""
        operands.append(
            Operand(
                name=given.name,
                value=given.value,
                unit=_si_name(unit),
                shown=_amount(given.value, unit),
                origin=origin,
                step=step,
            )
        )

    def _once(self, node: Node, make: Callable[[], _Term]) -> _Term:
        key = _key(node, _DEPTH)
        if key not in self._done:
            self._done[key] = make()
        return self._done[key]

    # ------------------------------------------------------------ terms

    def _term(self, node: Node, operands: list[Operand] | None) -> _Term:
        """A node inside an expression. Without `operands` it is the body of a call: in SI, its arguments told."""
        match node:
            case Constant():
                return _bare(node.value)
            case Given() if operands is None:
                return _bare(node.value)
            case Given():
                return self._term(behind(node), operands)
            case Read():
                return self._figure(node, operands)
            case Operation():
                return self._operation(node, operands)
            case Named(of=Named()):
                return self._term(node.of, operands)
            case Named(of=Outcome() as inner):
                return self._once(inner, lambda: self._call(node.words, inner))
            case Named():
                return self._once(node, lambda: self._arithmetic(node.words, node.of))
            case Outcome():
                return self._once(node, lambda: self._call("", node))

    def _figure(self, node: Read, operands: list[Operand] | None) -> _Term:
        figure, unit = node.figure, self._units.of(node)
        given = figure.value if node.end == "planning" else figure.range[node.end == "high"]
        place = self.names.get(id(figure)) or self.names.get(id(figure.value), "site file")
        origin = f"{place}: {text(given)}"
        if node.end != "planning":
            origin += f", the {node.end} end of an assumption"
        elif figure.assumed:
            origin += ", assumption"
        elif figure.source is not None:
            origin += f" [{figure.source}]"
            self.sources.add(figure.source)
        shown = _amount(node.value, unit)
        if operands is not None and all(known.origin != origin for known in operands):
            operands.append(
                Operand(name="", value=node.value, unit=_si_name(unit), shown=shown, origin=origin, step=None)
            )
        return _atom(node.value, unit)

    def _operation(self, node: Operation, operands: list[Operand] | None) -> _Term:
        """A sum with all its terms, or one product, quotient or power."""
        first, rest = _chain(node)
        term = self._term(first, operands)
        for one in rest:
            right = self._term(one.right, operands)
            if operands is not None and _in_days(one, term.unit):
                term = replace(term, value=one.value, unit="day")
            else:
                term = _joined(one, term, right, self._units.of(one))
        return term


def _chain(node: Operation) -> tuple[Node, list[Operation]]:
    """The leftmost node of a run of operations and those after it, so that a long sum needs no deep recursion."""
    rest: list[Operation] = []
    first: Node = node
    while isinstance(first, Operation):
        rest.append(first)
        first = first.left
    return first, rest[::-1]


def _joined(node: Operation, left: _Term, right: _Term, unit: str | None) -> _Term:
    binds = _BINDS[node.sign]
    open_left = left.binds < binds
    open_right = right.binds < binds or (right.binds == binds and node.sign != "+" and node.sign != "*")
    sign = _SIGNS.get(node.sign, node.sign)

    def put(one: str, other: str) -> str:
        one, other = f"({one})" if open_left else one, f"({other})" if open_right else other
        return f"{one} {sign} {other}"

    spelling = _spelled(node.sign, left, right, unit)
    return _Term(node.value, put(left.plain, right.plain), put(left.shown, right.shown), unit, spelling, binds)


def _in_days(node: Operation, left: str | None) -> bool:
    """Whether an operation turns seconds into the days in which durations are kept."""
    return node.sign == "/" and left == "s" and behind(node.right).value == DAY


def _spelled(sign: str, left: _Term, right: _Term, unit: str | None) -> str | None:
    """The unit that a result has of amounts as they are shown; None where these would give another number."""
    one, other = left.spelling, right.spelling
    if one is None or other is None:
        return None
    if sign in "+-":
        if one == other:
            return one if one != "degC" else "K" if sign == "-" else None
        return one if (one, other) == ("degC", "K") else None
    if sign == "/" and one == other:
        return ""
    if sign == "**" or "degC" in (one, other) or (one and other) or (sign == "/" and other):
        return one or other or None
    # a day times its seconds is in neither's unit
    return one or other if unit in (left.unit, right.unit) else None


def _key(node: Node, depth: int) -> object:
    """Equal for nodes that say the same: one step serves them all."""
    match node:
        case Given():
            return _key(node.of, depth)
        case Read():
            return id(node.figure), node.end
        case Named():
            return node.words, node.value
        case Outcome():
            return (node.call.function, node.part, node.value, *_argument_keys(node, depth))
        case Operation() if depth:
            return node.sign, node.value, _key(node.left, depth - 1), _key(node.right, depth - 1)
    return node.value


def _argument_keys(node: Outcome, depth: int) -> Iterator[object]:
    for given in node.call.arguments:
        if isinstance(given, Given):
            yield given.name, given.value, _key(given.of, depth - 1) if depth > 0 else None
        else:
            yield given


def _reference(term: _Term) -> int | None:
    """Number of the step a term refers to."""
    _, bracket, tail = term.plain.rpartition(" [")
    return int(tail[:-1]) if bracket and tail[:-1].isdigit() else None


def _atom(value: float, unit: str | None, mark: str = "") -> _Term:
    """An amount by itself, marked perhaps with the step that it comes from."""
    return _Term(value, f"{_plain(value, unit)}{mark}", f"{_amount(value, unit)}{mark}", unit, _spelling(value, unit))


def _bare(value: float) -> _Term:
    """A number without its unit; a negative one in parentheses."""
    words = f"({_number(value)})" if value < 0.0 else _number(value)
    return _Term(value, words, words, "", "")


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value + 0.0:,.7g}"


def _si_name(unit: str | None) -> str:
    return {"degC": "K", FACTOR: "1"}.get(unit or "", unit or "")


def _plain(value: float, unit: str | None) -> str:
    name = _si_name(unit)
    return _number(value) if name in ("", "1") else f"{_number(value)} {name}"


def _spelling(value: float, unit: str | None) -> str:
    """The unit in which an engineer reads an amount; empty for a pure number."""
    if unit == "day" and 0.0 < abs(value) < _SHORT:
        return "s"
    return "" if unit is None or is_pure(unit) else _SHOWN_IN.get(unit, unit)


def _amount(value: float, unit: str | None) -> str:
    """An amount in the unit in which an engineer reads it."""
    spelling = _spelling(value, unit)
    if spelling in ("", _si_name(unit)):
        return _plain(value, unit)
    return f"{_number(in_unit(value, spelling))} {spelling}"
