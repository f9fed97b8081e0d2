"""What pydantic found wrong, in this project's words: what was given, what is allowed, what to try."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from dcplan.errors import shown

A_MAPPING = "a mapping of keys to values"
_FIXED = {
    "missing": "a value: this key is required",
    "string_type": "text",
    "string_unicode": "text without lone surrogates",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": A_MAPPING,
    "mapping_type": A_MAPPING,
    "model_type": A_MAPPING,
    "model_attributes_type": A_MAPPING,
    "dataclass_type": A_MAPPING,
    "date_type": "a day of the calendar, such as 2027-03-01",
    "date_parsing": "a day of the calendar, such as 2027-03-01",
    "date_from_datetime_parsing": "a day of the calendar, such as 2027-03-01",
    "date_from_datetime_inexact": "a date such as 2027-03-01, without a time",
    "recursion_loop": "data that does not contain itself",
}
_COMPARED = {
    "greater_than_equal": ("ge", "{} or more"),
    "less_than_equal": ("le", "{} or less"),
    "greater_than": ("gt", "more than {}"),
    "less_than": ("lt", "less than {}"),
}
_LENGTHS = {
    "too_short": ("min_length", "at least {} {}", "item"),
    "too_long": ("max_length", "at most {} {}", "item"),
    "string_too_short": ("min_length", "at least {} {}", "character"),
    "string_too_long": ("max_length", "at most {} {}", "character"),
}
_PATTERNS = {
    "^[A-Z]{3}$": "a currency of three capital letters, such as USD",
    "^[A-Za-z0-9][A-Za-z0-9_.+-]*$": "a name of letters, digits and . _ + - that begins with a letter or digit",
    r"^https?://\S+$": "an address that begins with http:// or https://",
}
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)
_DATE = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)", re.ASCII)


class Words(NamedTuple):
    """Parts of a problem; `below` is the rest of its path under the place that pydantic names."""

    given: str
    allowed: str
    hint: str = ""
    below: tuple[str | int, ...] = ()


def words(item: Mapping[str, Any]) -> Words:
    """One of pydantic's error records in plain words.

    Parameters
    ----------
    item : mapping
        From ``ValidationError.errors()``, with its context.

    Returns
    -------
    Words

    Examples
    --------
    >>> words({"type": "int_type", "input": "many", "msg": "Input should be a valid integer"})
    Words(given='many', allowed='a whole number', hint='', below=())
    """
    kind, context, value = item["type"], item.get("ctx", {}), item["input"]
    if kind == "refused":
        return Words(context["given"], context["allowed"], context["hint"], tuple(context["at"]))
    if kind == "missing":
        return Words("nothing", _FIXED[kind])
    if kind in ("int_type", "int_from_float") and (meant := _meant(value)):
        given = shown(value) if isinstance(value, float) else f'"{value}", which is text because of its quotes'
        return Words(given, _FIXED[kind], meant)
    if kind in _FIXED:
        hint = "put it in quotes" if kind == "string_type" and isinstance(value, bool | int | float) else ""
        return Words(shown(value), _FIXED[kind], hint)
    if kind == "json_invalid":
        return Words(f"text that is not JSON ({context['error']})", "a JSON plan")
    if kind in _COMPARED:
        name, sentence = _COMPARED[kind]
        return Words(shown(value), sentence.format(_plain(context[name])))
    if kind in _LENGTHS:
        return _length(value, context, *_LENGTHS[kind])
    if kind in ("literal_error", "union_tag_invalid", "union_tag_not_found"):
        return _choice(kind, value, context)
    if kind == "string_pattern_mismatch":
        return Words(shown(value), _PATTERNS.get(context["pattern"], f"text that matches {context['pattern']}"))
    return Words(shown(value), str(item["msg"]).removeprefix("Value error, ").removeprefix("Input should be "))


def _meant(value: Any) -> str:
    """The whole number that was written as a text, or with a point; empty where it was none."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) and _WHOLE.fullmatch(value) else ""


def _plain(limit: Any) -> str:
    """A bound as it is written in a file: a date as a date, also where pydantic gives its repr."""
    if found := _DATE.fullmatch(str(limit)):
        return f"{int(found[1]):04}-{int(found[2]):02}-{int(found[3]):02}"
    return str(limit)


def _length(value: Any, context: Mapping[str, Any], name: str, sentence: str, thing: str) -> Words:
    limit = context[name]
    plural = thing if limit == 1 else f"{thing}s"
    if isinstance(value, str):
        return Words(shown(value) if value else "empty text", sentence.format(limit, plural))
    actual = context.get("actual_length")
    count = len(value) if isinstance(value, list | tuple | dict) else actual
    given = "an empty list" if not count else f"{count} item{'' if count == 1 else 's'}"
    if isinstance(value, dict) and not count:
        given = "an empty mapping"
    return Words(given, sentence.format(limit, plural))


def _choice(kind: str, value: Any, context: Mapping[str, Any]) -> Words:
    """One of a few words: those of a literal, or the tag that says what a mapping is."""
    quoted = str(context.get("expected_tags" if kind == "union_tag_invalid" else "expected", ""))
    options = [option.strip("'") for option in quoted.replace(" or ", ", ").split(", ")]
    if kind == "literal_error":
        return Words(shown(value), _one_of(options), nearest(value, options))
    tag = str(context.get("discriminator", "family")).strip("'")
    if kind == "union_tag_not_found":
        return Words("nothing" if isinstance(value, dict) else shown(value), f"a mapping with `{tag}`", "", (tag,))
    given = context["tag"]
    return Words(shown(given), _one_of(options), nearest(given, options), (tag,))


def _one_of(options: list[str]) -> str:
    return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} or {options[-1]}"


def nearest(name: object, known: Iterable[str]) -> str:
    """A question after the known name most like one that is not known; empty when there is none.

    Examples
    --------
    >>> nearest("wrok", ["work", "play"]), nearest(5, ["work"])
    ('did you mean work?', '')
    """
    if not isinstance(name, str):
        return ""
    # difflib is quadratic in the length of a name, and slow on many
    near = difflib.get_close_matches(name[:64], [key for key in list(known)[:500] if len(key) <= 64], 1)
    return f"did you mean {near[0]}?" if near else ""
