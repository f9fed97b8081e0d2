"""Whatever pydantic finds wrong is told in our words."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from dcplan.wording import nearest, words


def told(annotation: Any, value: Any) -> tuple[str, str, str]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value)
    return words(caught.value.errors(include_url=False)[0])[:3]


class Hall(BaseModel):
    family: Literal["hall"]


class Pump(BaseModel):
    family: Literal["pump"]


EITHER = Annotated[Hall | Pump, Field(discriminator="family")]
DAY = Annotated[date, Field(le=date(2100, 1, 1))]
BEFORE = Annotated[date, BeforeValidator(lambda value: value), Field(le=date(2100, 1, 1))]
MANY = Annotated[tuple[int, ...], Field(min_length=1, max_length=2)]
CASES = [
    (MANY, (), ("an empty list", "at least 1 item", "")),
    (MANY, (1, 2, 3), ("3 items", "at most 2 items", "")),
    (Annotated[dict[str, int], Field(min_length=1)], {}, ("an empty mapping", "at least 1 item", "")),
    (Annotated[str, Field(min_length=1)], "", ("empty text", "at least 1 character", "")),
    (Annotated[str, Field(max_length=2)], "abc", ("abc", "at most 2 characters", "")),
    (Annotated[str, Field(pattern="^[A-Z]{3}$")], "x", ("x", "a currency of three capital letters, such as USD", "")),
    (Annotated[str, Field(pattern="^b$")], "x", ("x", "text that matches ^b$", "")),
    (str, 5, ("5", "text", "put it in quotes")),
    (str, [], ("a list", "text", "")),
    (DAY, "2100-01-02", ("2100-01-02", "2100-01-01 or less", "")),
    (BEFORE, "2100-01-02", ("2100-01-02", "2100-01-01 or less", "")),
    (DAY, "2027-02-30", ("2027-02-30", "a day of the calendar, such as 2027-03-01", "")),
    (Annotated[int, Field(strict=True, ge=1)], 0, ("0", "1 or more", "")),
    (Annotated[int, Field(strict=True)], 1.5, ("1.5", "a whole number", "")),
    (Annotated[int, Field(strict=True)], 32.0, ("32.0", "a whole number", "32")),
    (Annotated[int, Field(strict=True)], "10", ('"10", which is text because of its quotes', "a whole number", "10")),
    (Annotated[int, Field(strict=True)], "1_0", ("1_0", "a whole number", "")),
    (Annotated[bool, Field(strict=True)], "yes", ("yes", "true or false", "")),
    (Literal["mon", "tue", "wed"], "wen", ("wen", "mon, tue or wed", "did you mean wed?")),
    (Literal[1], 2, ("2", "1", "")),
    (Hall, 5, ("5", "a mapping of keys to values", "")),
    (Hall, {}, ("nothing", "a value: this key is required", "")),
    (EITHER, {"family": "pumpe"}, ("pumpe", "hall or pump", "did you mean pump?")),
    (EITHER, {}, ("nothing", "a mapping with `family`", "")),
    (dict[str, int], [], ("a list", "a mapping of keys to values", "")),
    (tuple[int, ...], 5, ("5", "a list", "")),
    (Annotated[float, Field(allow_inf_nan=False)], float("inf"), ("inf", "a finite number", "")),
]


@pytest.mark.parametrize(("annotation", "value", "expected"), CASES)
def test_words(annotation: Any, value: Any, expected: tuple[str, str, str]) -> None:
    assert told(annotation, value) == expected


def test_a_tag_is_told_at_the_tag() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(EITHER).validate_python({"family": "x"})
    assert words(caught.value.errors()[0]).below == ("family",)


def test_the_nearest_of_very_many_or_very_long_names_is_found_or_not_at_once() -> None:
    assert nearest("x" * 1_000_000, ["x" * 1_000_000]) == ""
    assert nearest("plant", [f"plant{number}" for number in range(100_000)]).startswith("did you mean plant")
