"""How problems read, and that errors survive a process boundary."""

import pickle

import pytest

from dcplan.errors import DcplanError, InputError, InternalError, OutsideRange, Problem, refusal, shown


def problem(line: int | None = 3, given: str = "132") -> Problem:
    return Problem("site.yaml", line, 12, "hall.power", given, "a power", "132 kW")


def test_the_tree():
    assert issubclass(InputError, DcplanError)
    assert issubclass(InternalError, DcplanError)
    assert issubclass(OutsideRange, DcplanError)
    assert issubclass(OutsideRange, ValueError)
    assert not issubclass(InputError, ValueError)  # pydantic would swallow it inside a validator


def test_a_problem_is_one_line_with_place_field_given_allowed_and_hint():
    assert str(problem()) == "site.yaml:3:12: hall.power: given 132; allowed a power; try: 132 kW"


def test_a_problem_without_place_field_or_hint_leaves_them_out():
    assert str(Problem("--set", None, None, "", "x", "y")) == "--set: given x; allowed y"
    assert str(Problem("a", 1, None, "k", "x", "y")) == "a:1: k: given x; allowed y"


@pytest.mark.parametrize("hostile", ["\x1b[31mred", "a\nb", "a\r\nb", "x\x00", "\u202ereversed", "\ud800"])
def test_control_characters_never_reach_a_terminal(hostile):
    assert str(Problem(hostile, 1, 1, hostile, hostile, hostile, hostile)).isprintable()


def test_a_megabyte_is_cut_in_every_part():
    big = "9" * 1_000_000
    assert len(str(Problem(big, 1, 1, big, big, big, big))) < 1500
    assert shown(big) == "9" * 57 + "..."


def test_shown_names_what_cannot_be_shown():
    assert [shown(value) for value in (None, True, 5, 1.5, [], {}, 10**5000)] == [
        *("nothing", "true", "5", "1.5", "a list", "a mapping", "an integer of over 60 digits")
    ]


def test_an_input_error_shows_fifty_problems_and_counts_the_rest():
    lines = str(InputError(problem(line) for line in range(1, 121))).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "and 70 more"


def test_an_input_error_needs_a_problem():
    with pytest.raises(InternalError):
        InputError([])


@pytest.mark.parametrize(
    "error",
    [InputError([problem(), problem(4)]), OutsideRange("t", 95.0, 5.0, None, "degC"), InternalError("x")],
)
def test_errors_pickle(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)


def test_outside_range_tells_open_ends():
    assert str(OutsideRange("x", 2.0, None, 1.0, "")) == "x: given 2; valid up to 1"
    assert str(OutsideRange("x", -2.0, 0.0, None, "m")) == "x: given -2 m; valid from 0 m up"
    assert str(OutsideRange("x", float("nan"), None, None, "")) == "x: given nan; valid for finite numbers only"


def test_a_refusal_carries_what_the_reader_needs():
    made = refusal("hall\n9", "a hall", "hall 1", ("halls", 0))
    assert made.context == {"given": "hall\\n9", "allowed": "a hall", "hint": "hall 1", "at": ["halls", 0]}
    assert made.message() == "given hall\\n9; allowed a hall; try: hall 1"
