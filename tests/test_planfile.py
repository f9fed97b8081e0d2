"""Plan files: what is written is read back, and whatever else is in a file ends in an InputError."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from tiny import planned_by_hand, tiny

from dcplan.errors import InputError
from dcplan.planfile import MAX_BYTES, read_plan


@pytest.fixture
def written(tmp_path: Path) -> str:
    return planned_by_hand(tiny(tmp_path)).model_dump_json(indent=1)


def test_what_is_written_is_read_back(tmp_path: Path, written: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(written, encoding="utf-8")
    assert read_plan(path).model_dump_json(indent=1) == written
    path.write_bytes(b"\xef\xbb\xbf" + written.encode())
    assert read_plan(str(path)).site == "Tiny"


def refused(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_plan(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "plan.json:1:1: given text that is not JSON (expecting value)"),
        (b"\xff{}", "byte 0xff at offset 0; allowed UTF-8 text"),
        (b'{"site": "\xed\xa0\x80"}', "allowed UTF-8 text"),
        (b"{}", "plan.json:1:1: site: given nothing; allowed a value: this key is required"),
        (b"[]", "given a list"),
        (b"7", "given 7"),
        (b'"text"', "given text"),
        (b'{"site": ', "plan.json:1:10: given text that is not JSON (expecting value); allowed a JSON plan"),
        (
            b'{"site": 1, "site": 2}',
            "plan.json:1:13: site: given the key twice; allowed each key once; try",
        ),
        (b"[" * 100_000, "more than 40 levels of nesting"),
        (b'{"a":' * 100_000, "more than 40 levels of nesting"),
        (b'"' + b"x" * 100, "allowed a JSON plan"),
        (b'{"purchases": NaN}', "allowed"),
        (b'{"purchases": 1e999}', "purchases: given inf"),
        (b'{"purchases": ' + b"9" * 5000 + b"}", "allowed a JSON plan"),
        (b'{"units": [{"members": [-1]}]}', "units[0].members[0]: given -1"),
        (b'{"start": 5}', "start: given 5"),
        (b'{"site": "\\ud800"}', "allowed"),
        (b'{"site": "a\\u0000b"}', "allowed"),
        (b" " * (MAX_BYTES + 1), f"given a larger file; allowed at most {MAX_BYTES} bytes"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refused(tmp_path, content)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("verified", "yes", "verified: given yes"),
        ("verified", 1, "verified: given 1"),
        ("start", "2027-02-30", "start: given 2027-02-30"),
        ("start", "tomorrow", "start: given tomorrow"),
        ("status", "perfect", "status: given perfect"),
        ("schema_version", "dcplan.plan/2", "schema_version: given dcplan.plan/2"),
        ("surprise", 1, "surprise: given an unknown key"),
        ("purchases", "12", "purchases: given 12"),
        ("site", "x" * 2001, "site: given x"),
    ],
)
def test_a_plan_is_read_strictly(tmp_path: Path, written: str, key: str, value: object, words: str) -> None:
    data = json.loads(written)
    data[key] = value
    assert words in refused(tmp_path, json.dumps(data).encode())


def test_each_mistake_is_told_at_its_line(tmp_path: Path, written: str) -> None:
    old, new = '"purchases": ', '"purchases": "a lot", "was": '
    message = refused(tmp_path, written.replace(old, new, 1).replace('"status": "', '"status": "x', 1).encode())
    lines = written.splitlines()
    for key, words in (("purchases", "a number"), ("status", "did you mean"), ("was", "an unknown key")):
        there = f'"{"purchases" if key == "was" else key}"'
        line = next(number for number, text in enumerate(lines, 1) if there in text)
        (told,) = (problem for problem in message.splitlines() if f": {key}: " in problem)
        assert told.startswith(f"{tmp_path}/plan.json:{line}:")
        assert words in told


HUGE = {
    "mappings": b"[" + b"{}," * 3_300_000 + b"{}]",
    "items": b'{"units": [' + b"{}," * 300_000 + b"{}]}",
    "numbers": b"[" + b"1," * 4_900_000 + b"1]",
    "keys": b"{" + b",".join(b'"k%d":1' % number for number in range(390_000)) + b"}",
    "keys of many": b"[" + b",".join(b'{"k":1, "k":2}' for _ in range(190_000)) + b"]",
    "quotes": b'"' * 9_500_000,
    "counts": b'{"versions": {' + b",".join(b'"k%d":1' % number for number in range(4_900)) + b"}}",
    "backslashes": b'"' + b"\\" * 9_500_000,
    "digits": b"[0." + b"9" * 9_500_000 + b"]",
    "an exponent": b"[1e" + b"9" * 9_500_000 + b"]",
    "spaces": b"{" + b" " * 9_500_000 + b"}",
}


@pytest.mark.parametrize("kind", HUGE)
def test_ten_megabytes_are_refused_within_a_moment(tmp_path: Path, kind: str) -> None:
    refused(tmp_path, b"{}")
    begun = time.process_time()
    assert len(refused(tmp_path, HUGE[kind])) < 20_000
    assert time.process_time() - begun < 2.0


def test_many_mistakes_are_told_shortly(tmp_path: Path, written: str) -> None:
    data = json.loads(written)
    data["units"] = [{}] * 50_000
    message = refused(tmp_path, json.dumps(data).encode())
    assert len(message.splitlines()) <= 51


def test_only_a_regular_file_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, words in (("pipe", "a pipe"), ("", "a folder"), ("none.json", "No such file"), ("a\0b", "null")):
        with pytest.raises(InputError, match=words):
            read_plan(f"{tmp_path}/{name}")
