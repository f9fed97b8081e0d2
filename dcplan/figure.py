"""A quantity together with its source, or labelled as an assumption with its range.

``Figure[Power]`` is a type for a field of a record: the text of a power, or a mapping with the keys of :class:`Figure`.
There are many such fields. One light class and one validator serve them all; a model per kind of quantity would cost
more at start-up than a check takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, SchemaValidator, core_schema

from dcplan.errors import refusal
from dcplan.trace import read
from dcplan.units import Kind, Quantity, si, text

T = TypeVar("T")

Confidence = Literal["high", "medium", "low", "assumption", "stated"]
NOTE_LENGTH = 600


class _Kept:
    """Where a figure keeps its plain numbers once they were asked for; no part of what it says."""

    __slots__ = ("_numbers",)
    _numbers: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Figure(_Kept, Generic[T]):
    """A quantity with its source, or a labelled assumption with its range.

    A plain quantity text (``120 kW``) is short for a figure that the file's author states on their own authority.

    Parameters
    ----------
    value : Quantity
        The planning value.
    range : tuple of Quantity, optional
        Lowest and highest value: of an assumption, or of a duration.
    confidence : str
        How far the source is to be trusted; ``assumption`` if nobody publishes it, ``stated`` on the author's word.
    source : str, optional
        Key of the source.
    note : str, optional
        Condition, disagreement between sources, or why assumed.

    Examples
    --------
    >>> from dcplan.units import POWER
    >>> figure = FigureKind(POWER).read({"value": "5 kW", "range": ["4 kW", "6 kW"], "source": "maker"})
    >>> figure.si(), figure.low(), figure.assumed
    (5000.0, 5000.0, False)
    """

    value: T
    range: tuple[T, T] | None = None
    confidence: Confidence = "stated"
    source: str | None = None
    note: str | None = None

    if not TYPE_CHECKING:

        def __class_getitem__(cls, quantity):
            """The class itself, with the kind of an annotated quantity for pydantic to see."""
            kinds = [part for part in get_args(quantity) if isinstance(part, Kind)]
            return Annotated[cls, FigureKind(*kinds)] if kinds else cls

    def __post_init__(self) -> None:
        if self.assumed and (self.range is None or self.note is None):
            allowed = "`assumption` only with `range: [low, high]` and a `note` that says why"
            raise refusal(self.confidence, allowed, at=("confidence",))
        if self.confidence in ("high", "medium", "low") and self.source is None:
            allowed = f"`{self.confidence}` only with a `source`"
            raise refusal(self.confidence, allowed, "`stated` needs none", at=("confidence",))
        # the value may be written in another unit than the range, and differ in the last digit
        slack = 1e-9 * abs(self.si())
        if self.range is not None and not self._end(0) - slack <= self.si() <= self._end(1) + slack:
            given = " to ".join(text(end) for end in self.range)  # type: ignore[arg-type]
            raise refusal(given, "[low, high] with `value` inside", at=("range",))

    @property
    def assumed(self) -> bool:
        """Whether this is a labelled assumption."""
        return self.confidence == "assumption"

    def _end(self, index: int) -> float:
        return si(self.value if self.range is None else self.range[index])  # type: ignore[arg-type]

    def _in_si(self) -> tuple[float, float, float]:
        """Planning value, low and high end; pint is slow, and a site asks thousands of times."""
        try:
            return self._numbers
        except AttributeError:
            value = si(self.value)  # type: ignore[arg-type]
            made = (value, self._end(0), self._end(1)) if self.assumed else (value, value, value)
            object.__setattr__(self, "_numbers", made)
            return made

    def low(self) -> float:
        """The low end of an assumption in SI, the planning value of anything else."""
        return read(self._in_si()[1], self, "low") if self.assumed else self.si()

    def high(self) -> float:
        """The high end of an assumption in SI, the planning value of anything else."""
        return read(self._in_si()[2], self, "high") if self.assumed else self.si()

    def si(self) -> float:
        """The planning value in SI."""
        return read(self._in_si()[0], self, "planning")


_KEYS = tuple(field.name for field in fields(Figure))


def _long_form() -> SchemaValidator:
    """Validator of a figure written as a mapping; the kind of quantity comes as context."""

    def read(value: object, info: core_schema.ValidationInfo) -> Quantity:
        kind: Kind = info.context  # type: ignore[assignment]
        return kind.read(value)

    quantity = core_schema.with_info_plain_validator_function(read)
    wanted = {
        "range": core_schema.tuple_positional_schema([quantity, quantity]),
        "source": core_schema.str_schema(),
        "note": core_schema.str_schema(min_length=1, max_length=NOTE_LENGTH),
    }
    keys: dict[str, CoreSchema] = {name: core_schema.nullable_schema(schema) for name, schema in wanted.items()}
    keys |= {"value": quantity, "confidence": core_schema.literal_schema(list(get_args(Confidence)))}
    made = {name: core_schema.typed_dict_field(keys[name], required=name == "value") for name in _KEYS}
    return SchemaValidator(core_schema.typed_dict_schema(made, extra_behavior="forbid"))


_LONG_FORM = _long_form()


@dataclass(frozen=True)
class FigureKind:
    """What pydantic is told of the figures of one kind: ``Figure[Power]`` is ``Annotated[Figure, FigureKind(POWER)]``.

    Parameters
    ----------
    kind : Kind
        Of the value and of both ends of the range.
    """

    kind: Kind

    @property
    def name(self) -> str:
        """Name of these figures in the JSON schema, such as ``Figure_floor_load``."""
        return f"Figure_{self.kind.name.replace(' ', '_')}"

    def read(self, value: object) -> Figure[Quantity]:
        """Figure from its text, from a mapping, or from another figure.

        Raises
        ------
        ValueError
            One of pydantic's; it holds everything that is wrong.
        """
        if isinstance(value, Figure):
            value = _plain(value)
        if isinstance(value, Mapping):
            return Figure(**_LONG_FORM.validate_python(value, context=self.kind))
        return Figure(self.kind.read(value))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        writer = core_schema.plain_serializer_function_ser_schema(
            _written, info_arg=True, return_schema=core_schema.dict_schema()
        )
        described = handler.generate_schema(Annotated[Any, _Described(self)])
        return core_schema.no_info_plain_validator_function(
            self.read, ref=self.name, json_schema_input_schema=described, serialization=writer
        )


@dataclass(frozen=True)
class _Described:
    """The JSON schema of the figures of one kind, made only when it is asked for."""

    of: FigureKind

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        number = self.of.kind.__get_pydantic_json_schema__(schema, handler)
        long_form = _json_schema(self.of.name, number)
        return {"title": self.of.name, "anyOf": [long_form["properties"]["value"], long_form]}


def _plain(figure: Figure[Any]) -> dict[str, Any]:
    return {name: getattr(figure, name) for name in _KEYS}


def _written(figure: Figure[Any], info: core_schema.SerializationInfo) -> dict[str, Any]:
    """A figure as its mapping, which :meth:`FigureKind.read` reads back to the equal figure."""
    made = _plain(figure)
    if info.mode == "json":
        made["value"] = text(figure.value)
        made["range"] = figure.range and [text(end) for end in figure.range]
    return {key: value for key, value in made.items() if value is not None} if info.exclude_none else made


def _json_schema(title: str, number: JsonSchemaValue) -> JsonSchemaValue:
    """JSON schema of a figure written as a mapping."""

    def optional(name: str, schema: JsonSchemaValue, description: str) -> JsonSchemaValue:
        return {
            "anyOf": [schema, {"type": "null"}],
            "default": None,
            "description": description,
            "title": name.capitalize(),
        }

    spread = {"type": "array", "minItems": 2, "maxItems": 2, "prefixItems": [number, number]}
    note = {"type": "string", "minLength": 1, "maxLength": NOTE_LENGTH}
    return {
        "type": "object",
        "title": title,
        "properties": {
            "value": {**number, "title": "Value", "description": "The planning value: a number with its unit."},
            "range": optional("range", spread, "Lowest and highest value: of an assumption, or of a duration."),
            "confidence": {
                "type": "string",
                "enum": list(get_args(Confidence)),
                "default": "stated",
                "title": "Confidence",
                "description": "high, medium or low: how far the source is to be trusted; assumption: nobody publishes "
                "it; stated: the author of this file says so.",
            },
            "source": optional(
                "source", {"type": "string"}, "Key of the source in specs/sources.yaml or in `sources`."
            ),
            "note": optional("note", note, "Condition, disagreement between sources, or why assumed."),
        },
        "required": ["value"],
        "additionalProperties": False,
    }
