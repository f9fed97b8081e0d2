"""Thousands of damaged site and plan files: each is answered or refused in our own words, in bounded time and memory.

``pytest -m slow tests/test_fuzz.py -s`` tries 20,000 of them and prints how they ended. An input that fails is
kept, cut down to the lines that matter, in the folder that the message names.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fuzz
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from sites import SMALL, seeded
from tiny import planned_by_hand, tiny

from dcplan.loading import load
from dcplan.planner import plan
from dcplan.units import KINDS, Kind, si, text

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 2.0
MEGABYTES = 500
WORKERS = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sites to be damaged, and plans beside theirs."""
    made = tmp_path_factory.mktemp("fuzz")
    for path in (ROOT / "examples").glob("*.yaml"):
        shutil.copy(path, made)
    for seed in range(4):
        (made / f"seed-{seed}.yaml").write_text(json.dumps(seeded(seed, SMALL), indent=1), encoding="utf-8")
    by_hand = tiny(made)
    written = planned_by_hand(by_hand).model_dump_json(indent=1)
    Path(by_hand.file).with_suffix(".json").write_text(written, encoding="utf-8")
    ready = plan(load(made / "ready_site.yaml"), seconds=2.0)
    (made / "ready_site.json").write_text(ready.model_dump_json(indent=1), encoding="utf-8")
    return made


def run(folder: Path, first: int, count: int) -> list[dict[str, Any]]:
    """What each of `count` inputs came to, each in one of the workers."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    workers = []
    for number in range(WORKERS):
        arguments = (folder, first + number, -(-count // WORKERS), WORKERS)
        command = [sys.executable, str(ROOT / "tests" / "fuzz.py"), *map(str, arguments)]
        workers.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment))
    # all at once: a worker that nobody listens to would stand still when its pipe is full
    with ThreadPoolExecutor(WORKERS) as ears:
        heard = list(ears.map(lambda worker: worker.communicate(timeout=60 + count), workers))
    found: list[dict[str, Any]] = []
    for worker, (out, err) in zip(workers, heard, strict=True):
        assert worker.returncode == 0, f"a worker died after {out[-300:]!r}: {err[-2000:]!r}"
        found.extend(json.loads(line) for line in out.splitlines())
    return found


def judge(found: Sequence[dict[str, Any]], folder: Path) -> str:
    """Summary of a run in which nothing failed; otherwise the inputs that did are kept and named."""
    slow = [row for row in found if row["cpu"] > SECONDS]
    wrong = [row for row in found if row["failure"]] + slow
    if wrong:
        kept = Path(tempfile.mkdtemp(prefix="dcplan-fuzz-"))
        material = fuzz.Material(folder)
        told = [f"{fuzz.smallest(row['number'], material, kept)}: {row['failure'] or row}" for row in wrong[:10]]
        pytest.fail(f"{len(wrong)} of {len(found)} inputs:\n" + "\n".join(told))
    memory = max(row["memory"] for row in found)
    assert memory < MEGABYTES, f"{memory} MB"
    counts = Counter(row["outcome"] for row in found)
    worst = max(found, key=lambda row: row["cpu"])
    shares = ", ".join(f"{name} {100 * number / len(found):.0f} %" for name, number in counts.most_common())
    return (
        f"{len(found):,} inputs: {shares}; slowest {worst['cpu']:.2f} s of processor time (input {worst['number']}), "
        f"{max(row['wall'] for row in found):.2f} s of the clock; peak memory {memory} MB"
    )


def test_a_few_hundred_damaged_files(folder: Path) -> None:
    found = run(folder, 0, 300)
    print(judge(found, folder))
    # damage that nothing survives would try the reader alone
    assert {"accepted", "refused", "verified"} == {row["outcome"] for row in found}


@pytest.mark.slow
def test_twenty_thousand_damaged_files(folder: Path) -> None:
    found = run(folder, 1000, 20_000)
    print(judge(found, folder))


def test_a_failing_input_is_kept_and_cut_down(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def picky(source: Path, path: Path, overrides: object, material: object) -> str:
        assert b"mar" not in path.read_bytes()
        return "accepted"

    monkeypatch.setattr(fuzz, "attempt", picky)
    material = fuzz.Material(folder)
    path = tmp_path / "input"
    number = next(number for number in range(100) if fuzz.try_one(number, material, path)["failure"])
    kept = fuzz.smallest(number, material, tmp_path)
    assert b"mar" in kept.read_bytes()
    assert len(kept.read_bytes()) < 0.2 * len(path.read_bytes())


# ---------------------------------------------------------------- quantities

PIECES = st.sampled_from(
    [*"0123456789.,+-eE %/_ ", "kW", "kVA", "degC", "USD", "**", "(", ")", "nan", "inf", "\t", "٣", "µ"]
)
WRITTEN = st.builds(
    "{}{}{}".format,
    st.one_of(st.sampled_from(fuzz.NUMBERS), st.integers().map(str), st.floats().map(repr)),
    st.sampled_from([" ", "", "  ", "\u00a0"]),
    st.sampled_from([*fuzz.UNITS, *(unit for kind in KINDS for unit in list(kind.units)[:4])]),
)


@given(st.sampled_from(KINDS), st.one_of(st.text(max_size=80), WRITTEN, st.lists(PIECES, max_size=30).map("".join)))
def test_a_quantity_is_read_or_refused_in_our_words(kind: Kind, written: str) -> None:
    refused: list[PydanticCustomError] = []
    try:
        read = kind.read(written)
    except PydanticCustomError as error:
        refused.append(error)
    else:
        assert kind.lo <= si(read) <= kind.hi
        assert kind.read(text(read)) == read
    for error in refused:
        assert error.type == "refused"
        assert "allowed" in error.message()
        assert len(error.message()) < 1000


@pytest.mark.parametrize(
    "piece", ["9", "1e", "1 ", "(", "-", "kW", "**9", "1,000", "é", "\ud800", "\x00", ".", " kW/", "_"]
)
def test_a_megabyte_of_anything_is_no_quantity(piece: str) -> None:
    for kind in KINDS:
        with pytest.raises(PydanticCustomError, match="at most 64 characters"):
            kind.read(piece * (1_000_000 // len(piece)))
