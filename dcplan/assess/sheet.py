"""From the recording of a number to numbered steps that a person can follow with a pocket calculator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from dcplan.answer import DerivationStep, Formula, Operand
from dcplan.assess.formula import doc_of
from dcplan.trace import Constant, Given, Named, Node, Operation, Outcome, Read
from dcplan.units import in_unit, si_unit, text

_SHOWN_IN = {"W": "kW", "VA": "kVA", "m3/s": "L/min", "Pa": "kPa", "N": "kN", "J": "kWh", "degC": "degC"}
_SHORT = 0.04
"""Durations [d] below it, about an hour, are read in seconds."""
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_SIGNS = {"*": "x", "**": "^"}
_ATOM = 9
_DEPTH = 4
_DAY = 86_400.0


@dataclass(frozen=True)
class _Term:
    """Part of an expression: in SI and as shown, with its SI unit (None: unknown) and how strongly it binds."""

    value: float
    plain: str
    shown: str
    unit: str | None
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

    def side(self, what: str, node: Node) -> int:
        """Add the steps to one side of a line; the number of the last one."""
        self._arithmetic(what, node)
        return len(self.steps)

    # ------------------------------------------------------------ steps

    def _arithmetic(self, what: str, node: Node) -> _Term:
        """A step of sums and products, what it uses first."""
        operands: list[Operand] = []
        term = self._term(node, operands)
        return self._write(what, term, term.plain if term.unit is None else term.shown, operands)

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
        unit = doc_of(outcome.owner).units.get(outcome.part, "") if outcome.owner else doc.answer
        body = self._term(outcome.body, None)
        term = _Term(outcome.value, body.plain, body.plain, unit or None)
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
        return _Term(term.value, f"{_plain(term.value, term.unit)} [{number}]", f"{shown} [{number}]", term.unit)

    def _argument(self, given: Given, unit: str | None, function: str, operands: list[Operand]) -> None:
        """An argument of a call, with where it comes from."""
        node = _behind(given)
        inside: list[Operand] = []
        if isinstance(node, Operation):
            words = f"{given.name.replace('_', ' ')} for {function}"
            term = self._once(node, lambda: self._arithmetic(words, node))
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
                return _bare(node.value, "")
            case Given() if operands is None:
                return _bare(node.value, None)
            case Given():
                return self._term(_behind(node), operands)
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
        figure, unit = node.figure, si_unit(node.figure.value)
        given = figure.value if node.end == "planning" else figure.range[node.end == "high"]
        origin = f"{self.names.get(id(figure), 'site file')}: {text(given)}"
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
        return _Term(node.value, _plain(node.value, unit), shown, unit)

    def _operation(self, node: Operation, operands: list[Operand] | None) -> _Term:
        """A sum with all its terms, or one product, quotient or power."""
        first, rest = _chain(node)
        term = self._term(first, operands)
        for one in rest:
            term = _joined(one, term, self._term(one.right, operands))
        return term


def _chain(node: Operation) -> tuple[Node, list[Operation]]:
    """The leftmost node of a run of operations and those after it, so that a long sum needs no deep recursion."""
    rest: list[Operation] = []
    first: Node = node
    while isinstance(first, Operation):
        rest.append(first)
        first = first.left
    return first, rest[::-1]


def _joined(node: Operation, left: _Term, right: _Term) -> _Term:
    binds = _BINDS[node.sign]
    open_left = left.binds < binds
    open_right = right.binds < binds or (right.binds == binds and node.sign != "+" and node.sign != "*")
    sign = _SIGNS.get(node.sign, node.sign)

    def put(one: str, other: str) -> str:
        one, other = f"({one})" if open_left else one, f"({other})" if open_right else other
        return f"{one} {sign} {other}"

    if _in_days(node, left.unit):
        return _Term(node.value, left.plain, left.shown, "day", left.binds)
    unit = _unit(node.sign, left.unit, right.unit)
    return _Term(node.value, put(left.plain, right.plain), put(left.shown, right.shown), unit, binds)


def _in_days(node: Operation, left: str | None) -> bool:
    """Whether an operation turns seconds into the days in which durations are kept."""
    return node.sign == "/" and left == "s" and _behind(node.right).value == _DAY


def _unit(sign: str, left: str | None, right: str | None) -> str | None:
    """Unit of a result; None where it is not one of the operands' own, so that SI must be shown."""
    if left is None or right is None:
        return None
    if sign in "+-":
        if left == right:
            return left if left != "degC" else "K" if sign == "-" else None
        if {left, right} == {"degC", "K"}:
            return "degC" if left == "degC" else None
        return left or right if "" in (left, right) else None
    pure = ("", "1")
    if sign == "/":
        return left if right in pure else "1" if left == right else None
    if sign == "*":
        return left if right in pure else right if left in pure else None
    return None


def _behind(node: Node) -> Node:
    """What an argument really is, through the calls that only passed it on."""
    while isinstance(node, Given):
        node = node.of
    return node


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


def _bare(value: float, unit: str | None) -> _Term:
    """A number without its unit; a negative one in parentheses."""
    words = f"({_number(value)})" if value < 0.0 else _number(value)
    return _Term(value, words, words, unit)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value + 0.0:,.7g}"


def _si_name(unit: str | None) -> str:
    return "K" if unit == "degC" else unit or ""


def _plain(value: float, unit: str | None) -> str:
    name = _si_name(unit)
    return _number(value) if name in ("", "1") else f"{_number(value)} {name}"


def _amount(value: float, unit: str | None) -> str:
    """An amount in the unit in which an engineer reads it."""
    spelling = _SHOWN_IN.get(unit or "")
    if unit == "day" and 0.0 < abs(value) < _SHORT:
        spelling = "s"
    return _plain(value, unit) if spelling is None else f"{_number(in_unit(value, spelling))} {spelling}"
