"""Hostile and careless YAML, overrides, and problems that point at the right line."""

import os
import socket
import time
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, model_validator

from dcplan import document, read
from dcplan.document import Document, parse_yaml, resolve
from dcplan.errors import InputError, InternalError, refusal
from dcplan.loading import load
from dcplan.read import apply_overrides, read_yaml, specs_dir, validate
from dcplan.units import Power


def refused(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "site.yaml")
    return str(caught.value)


def test_data_and_marks():
    text = "name: A\nhalls:\n  - power: 5 MW\n    rows: 4\n  - {power: 6 MW}\nempty:\n"
    doc = parse_yaml(text, "site.yaml")
    assert doc.data == {
        "name": "A",
        "halls": [{"power": "5 MW", "rows": 4}, {"power": "6 MW"}],
        "empty": None,
    }
    assert doc.marks["name",] == (1, 7)
    assert doc.marks["halls",] == (2, 1)  # a collection stands where its key stands
    assert doc.marks["halls", 0] == (3, 5)
    assert doc.marks["halls", 0, "rows"] == (4, 11)
    assert doc.keys["halls", 0, "rows"] == (4, 5)
    assert doc.marks["halls", 1, "power"] == (5, 13)
    assert doc.marks[()] == (1, 1)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("-2.5E-3", -0.0025),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        *((same, same) for same in ("NO", "on", "yes", "True", "12:30", "017", "1_000", "0x10", ".nan", ".inf")),
        *((same, same) for same in ("2026-01-31", "1.2.3", "9" * 19, "1e999", "\uff11\uff12", "1.", ".5", "+-1")),
    ],
)
def test_plain_scalars(written, value):
    assert resolve(written) == value
    assert type(resolve(written)) is type(value)
    assert parse_yaml(f"a: {written}", "f").data == {"a": value}


def test_quoted_scalars_and_keys_are_text():
    assert parse_yaml("'12': \"12\"\n1: 'true'\nNO: |\n  5\nnull: x", "f").data == {
        "12": "12",
        "1": "true",
        "NO": "5\n",
        "null": "x",
    }


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=60))
def test_resolve_never_raises_and_never_changes_a_number(value):
    found = resolve(str(value))
    if isinstance(found, int | float) and not isinstance(found, bool):
        assert float(found) == float(str(value))


HOSTILE = [
    ("[" * 100_000, "deeper nesting"),
    ("[" * 3_000_000, "deeper nesting"),
    ("{a: " * 1000, "deeper nesting"),
    ("- " * 60 + "x", "deeper nesting"),
    ("[]\n---\n[]", "second document"),
    ("a: &x 1\nb: *x", "anchor or alias x"),
    ("a: *x", "anchor or alias x"),
    ("&r [*r]", "anchor or alias r"),
    ("a:\n  <<: {b: 1}", "merge key"),
    ("a: !!python/object/apply:os.system ['true']", "a tag"),
    ("a: !!str 5", "a tag"),
    ("!x\na: 5", "a tag"),
    ("a: 1\nb: 2\na: 3", "first given on line 1"),
    ("{a: 1, 'a': 2}", "first given on line 1"),
    ("? [a]\n: 1", "as a key"),
    ("? {a: 1}\n: 1", "as a key"),
    ("'': 1", "0 characters"),
    ("k" * 500 + ": 1", "500 characters"),
    ("", "an empty file"),
    ("# only a comment\n", "an empty file"),
    ("---\n...\n", "an empty file"),
    ("a: \x00", "control characters"),
    ("a: \x1b[31m", "control characters"),
    ("a: x\u2028y", "control characters"),
    ("a: 1\rb: 2", "control characters"),
    ('a: "\\0"', "control characters"),
    ('a: "\\e[31m"', "control characters"),
    ("a: [1, 2", "valid YAML"),
    ("a: b: c", "valid YAML"),
    ("a:\n\t- b", "indent with spaces"),
    ("a: @b", "valid YAML"),
    ("%TAG ! x\n", "valid YAML"),
    ('"\\ud800": 1', "valid YAML"),
    ("\ud800", "control characters"),
]


@pytest.mark.parametrize(("text", "told"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_yaml_is_refused_at_once(text, told):
    start = time.perf_counter()
    message = refused(text)
    assert time.perf_counter() - start < 1.0
    assert told in message
    assert message.startswith("site.yaml:")
    assert len(message) < 1000


@pytest.mark.parametrize("index", [i for i, (text, _) in enumerate(HOSTILE) if len(text) < 1_000_000])
def test_the_parser_in_python_refuses_the_same(monkeypatch, index):
    monkeypatch.setattr(document, "_PARSER", yaml.SafeLoader)
    assert refused(HOSTILE[index][0]).startswith("site.yaml:")


def test_too_many_values_are_refused():
    assert "at most 50000 values" in refused("[" + "1," * 50_001 + "]")


def test_a_large_file_of_mistakes_is_refused_within_a_moment(tmp_path: Path):
    path = tmp_path / "site.yaml"
    for text in (
        "".join(f"u{number}: 1\n" for number in range(24_900)),
        "".join("k" * 190 + f"{number}: 1\n" for number in range(24_000)),
        "deployments:\n" + "".join(f"  u{number}: {{}}\n" for number in range(24_900)),
        "halls:\n" + "".join(f"  u{number}: {{air: {{loop: x{number}}}}}\n" for number in range(8_000)),
        "specs:\n" + "".join(f"  u{number}: {{family: rack}}\n" for number in range(12_400)),
        "loads:\n" + "".join(f"  u{number}: {{ups: 5 kVA, air_heat: 3 xx}}\n" for number in range(8_000)),
        "x: " + "[" * 4_900_000,
        "x: '" + "y" * 4_900_000 + "'",
        "x: " + "9" * 4_900_000,
    ):
        path.write_text(text, encoding="utf-8")
        begun = time.process_time()
        with pytest.raises(InputError) as caught:
            load(path)
        assert time.process_time() - begun < 2.0, text[:40]
        assert len(str(caught.value).splitlines()) <= 51


def test_errors_carry_line_and_column():
    assert refused("a: 1\nb: 2\na: 3").startswith("site.yaml:3:1: given key a again")
    assert refused("x:\n  - a: 1\n    a: 2").startswith("site.yaml:3:5: x[0]:")
    assert refused("a: 1\nb: \x07").startswith("site.yaml:2:4:")


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: \xc3\x85rhus\r\nb: 1\r\n")
    doc = read_yaml(path)
    assert doc.data == {"name": "Århus", "b": 1}
    assert doc.marks["b",] == (2, 4)
    assert doc.file == str(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a: 1\nb: \xff\n", ":2: given byte 0xff at offset 8"),
        ("a: 1".encode("utf-16"), "at offset 0"),
        (b"a: \xc3", "at offset 3"),
        (b"x" * 101, "at most 100 bytes"),
        (b"", "empty file"),
    ],
)
def test_bytes_that_are_not_ours(tmp_path: Path, content, told):
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        read_yaml(path, max_bytes=100)


def test_only_regular_files_are_opened(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket"))
    listener.close()
    for path, told in [
        (tmp_path, "a folder"),
        (tmp_path / "socket", "socket"),
        (tmp_path / "pipe", "a pipe"),
        ("/dev/zero", "device"),
        (tmp_path / "none", "No such file"),
        (tmp_path / "loop", "symbolic links"),
        ("a\x00b", "null"),
        ("x" * 5000, "too long"),
    ]:
        with pytest.raises(InputError, match=told):
            read_yaml(path)


def test_a_file_swapped_for_a_pipe_does_not_hang(tmp_path: Path, monkeypatch):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    regular = Path(__file__).stat()
    monkeypatch.setattr(Path, "stat", lambda self: regular)
    with pytest.raises(InputError, match="a pipe"):
        read_yaml(path)


SITE = """\
name: north
opened: 2026-01-31
halls:
  alpha:
    power: 5 MW
    rows: 4
  beta:
    power: 100 kVA
    row: 4
loads:
  - kind: fan
    speed: fast
  - kind: pump
    head: 3
    heads: 3
  - kind: crane
"""


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hall(Strict):
    power: Power
    rows: int


class Fan(Strict):
    kind: Literal["fan"]
    speed: float


class Pump(Strict):
    kind: Literal["pump"]
    head: float


class Site(Strict):
    name: str
    opened: date
    halls: dict[str, Hall]
    loads: tuple[Annotated[Fan | Pump, Field(discriminator="kind")], ...] = ()


def problems(model: type[BaseModel], text: str, at: tuple[str | int, ...] = ()) -> list[str]:
    with pytest.raises(InputError) as caught:
        validate(model, parse_yaml(text, "site.yaml"), at)
    return [str(problem) for problem in caught.value.problems]


def test_every_problem_of_a_site_by_line():
    found = problems(Site, SITE)
    places = [line.split(" given ")[0] for line in found]
    assert places == [
        "site.yaml:7:3: halls.beta.rows:",
        "site.yaml:8:12: halls.beta.power:",
        "site.yaml:9:5: halls.beta.row:",
        "site.yaml:12:12: loads[0].speed:",
        "site.yaml:15:5: loads[1].heads:",
        "site.yaml:16:11: loads[2].kind:",
    ]
    assert "this key is required" in found[0]
    assert "explicit power factor" in found[1]
    assert found[2].endswith("given an unknown key; allowed power, rows; try: did you mean rows?")
    assert found[4].endswith("allowed head, kind; try: did you mean head?")


def test_a_valid_site():
    site = validate(Site, parse_yaml("name: a\nopened: 2026-01-31\nhalls: {x: {power: 5 MW, rows: 1}}", "f"))
    assert site.opened == date(2026, 1, 31)
    assert site.halls["x"].rows == 1


def test_a_part_of_a_document():
    doc = parse_yaml(SITE, "site.yaml")
    assert validate(Hall, doc, ("halls", "alpha")).rows == 4
    assert problems(Hall, SITE, ("halls", "beta"))[0].startswith("site.yaml:7:3: halls.beta.rows:")
    assert problems(Hall, SITE, ("halls", "gamma")) == [
        "site.yaml:3:1: halls.gamma: given nothing; allowed a value: this key is required"
    ]


def test_members_of_a_plain_union_are_told_once():
    class Either(Strict):
        rows: int | Literal["auto"]

    (told,) = problems(Either, "rows: many")
    assert told.startswith("site.yaml:1:7: rows: given many; allowed a whole number")
    assert told.endswith("; or auto")


def test_a_refusal_of_a_validator_can_point_below_its_object():
    class Checked(Strict):
        halls: dict[str, int]
        served: list[str]

        @model_validator(mode="after")
        def known(self) -> "Checked":
            for index, name in enumerate(self.served):
                if name not in self.halls:
                    raise refusal(name, "a hall of this site", "a", ("served", index))
            return self

    assert problems(Checked, "halls: {a: 1}\nserved: [a, b]") == [
        "site.yaml:2:13: served[1]: given b; allowed a hall of this site; try: a"
    ]


def test_a_plain_value_error_of_a_validator_is_told():
    class Checked(Strict):
        rows: int

        @model_validator(mode="after")
        def even(self) -> "Checked":
            raise ValueError("an even number of rows")

    assert problems(Checked, "\nrows: 3") == ["site.yaml:2:1: given a mapping; allowed an even number of rows"]


def test_a_root_that_is_not_a_mapping():
    assert problems(Site, "- 1")[0].startswith("site.yaml:1:1: given a list;")
    assert problems(Site, "5")[0].startswith("site.yaml:1:1: given 5;")


def test_a_thousand_mistakes_are_counted():
    text = "name: a\nopened: 2026-01-31\nhalls:\n" + "".join(f"  h{i}: 5\n" for i in range(1000))
    with pytest.raises(InputError) as caught:
        validate(Site, parse_yaml(text, "f"))
    assert len(caught.value.problems) == 1000
    assert str(caught.value).endswith("and at least 950 more")


def test_the_second_key_of_a_bad_mapping_key():
    class Keyed(Strict):
        by: dict[Annotated[str, Field(max_length=3)], int]

    assert problems(Keyed, "by:\n  abc: 1\n  abcd: 2")[0].startswith("site.yaml:3:3: by.abcd:")


def override(**given_: object) -> Document:
    doc = parse_yaml(SITE, "site.yaml")
    return apply_overrides(doc, {key.replace("__", "."): value for key, value in given_.items()}, "--set")


def test_overrides_replace_and_add_without_touching_the_original():
    doc = parse_yaml(SITE, "site.yaml")
    changes = {
        "halls.alpha.rows": "6",
        "loads[0].speed": "1.5",
        "halls.alpha.note": "'7'",
        "loads[2]": {"kind": "pump"},
    }
    made = apply_overrides(doc, changes, "--set")
    assert made.data["halls"]["alpha"] == {"power": "5 MW", "rows": 6, "note": "7"}
    assert made.data["loads"][0]["speed"] == 1.5
    assert made.data["loads"][2] == {"kind": "pump"}
    assert doc == parse_yaml(SITE, "site.yaml")
    assert ("loads", 2, "kind") not in made.marks


def test_a_problem_with_an_override_names_its_origin():
    doc = apply_overrides(parse_yaml(SITE, "site.yaml"), {"halls.alpha": {"rows": 1, "power": 5}}, "--set")
    with pytest.raises(InputError) as caught:
        validate(Hall, doc, ("halls", "alpha"))
    assert str(caught.value).startswith("--set: halls.alpha.power: given 5; allowed a power")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "halls.alfa.rows",
            "--set: halls.alfa: given no such key; allowed a key that is there: alpha, beta; try: did you mean alpha?",
        ),
        ("fresh.a.other", "fresh.a: given no such key; allowed a key that is there, and there is none; try: write it"),
        (
            "halls.alpha.needs[0]",
            "halls.alpha.needs: given no such key; allowed a key that is there: power, rows; try: w",
        ),
        ("none[0]", "none[0]: given no such item; allowed an item that is there: the list is empty; try: write it"),
        ("loads[3].kind", "--set: loads[3]: given no such item; allowed an index below 3"),
        ("loads[3]", "an index below 3"),
        ("loads.kind", "an index below 3"),
        ("name.first", "no key below a single value"),
        ("halls[0]", "`halls` is a mapping: alpha, beta"),
        ("name[0]", "no key below a single value"),
        *((bad, "a path such as") for bad in ("", ".", "a..b", "a.", ".a", "a[", "a[x]", "a[-1]", "[0]", "a b")),
        ("a." * 10_000 + "a", "a path such as"),
    ],
)
def test_overrides_that_lead_nowhere(name, told):
    with pytest.raises(InputError) as caught:
        apply_overrides(parse_yaml(SITE + "none: []\n", "site.yaml"), {name: "1"}, "--set")
    assert told in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("fresh", "{a: 1}", "write it into the file"),
        ("fresh.list", "[a]", "write it into the file"),
        ("none", '["cdu"]', "write it into the file"),
        ("loads", "[a]", "loads[0].kind=VALUE; or write it into the file"),
        ("halls", "{alpha: 1}", "halls.alpha.power=VALUE; or write it into the file"),
        ("name", "[a]", "write it into the file"),
    ],
)
def test_instead_of_a_list_or_mapping_a_value_is_named_that_can_be_set(name: str, value: str, hint: str):
    doc = parse_yaml(SITE + "none: []\n", "site.yaml")
    with pytest.raises(InputError) as caught:
        apply_overrides(doc, {name: value}, "--set")
    (problem,) = caught.value.problems
    assert problem.hint == hint
    path, equals, _ = hint.partition("=VALUE")
    if equals:
        apply_overrides(doc, {path: "1"}, "--set")


def test_bad_overrides_are_gathered():
    with pytest.raises(InputError) as caught:
        override(halls__x__a="1", halls__y__b="2", name="\x1b[31m", opened="ok")
    assert len(caught.value.problems) == 3


def test_specs_come_from_the_checkout_or_the_package(monkeypatch, tmp_path: Path):
    assert specs_dir().name == "specs"
    assert specs_dir().is_dir()
    package = tmp_path / "dcplan"
    package.mkdir()
    monkeypatch.setattr(read, "files", lambda name: package)
    monkeypatch.setattr(read, "__file__", str(package / "read.py"))
    (tmp_path / "specs").mkdir()
    with pytest.raises(InternalError):  # a folder named specs beside the package need not be ours
        specs_dir()
    (tmp_path / "pyproject.toml").touch()
    assert specs_dir() == tmp_path / "specs"
    (package / "specs").mkdir()
    assert specs_dir() == package / "specs"
