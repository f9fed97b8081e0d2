"""Progress: told to a person at a terminal, and to nobody else."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import TEXT

from dcplan.report.progress import Shown, told

AMOUNT = st.none() | st.floats(-1e9, 1e12)


@pytest.mark.parametrize(
    ("objective", "bound", "words"),
    [
        (None, None, "no plan yet"),
        (None, 5e6, "no plan yet; none below 5,000,000 USD"),
        (5e6, 0.0, "a plan of 5,000,000 USD; no useful bound yet"),
        (5e6, 5e6, "a plan of 5,000,000 USD; none below 5,000,000 USD; gap 0.00 %"),
        # rounded up: what is said of the gap must hold
        (5e6, 4999999.0, "a plan of 5,000,000 USD; none below 4,999,999 USD; gap 0.01 %"),
    ],
)
def test_what_is_told(objective: float | None, bound: float | None, words: str):
    assert told(objective, bound, "USD") == words


@given(AMOUNT, AMOUNT)
def test_a_gap_is_told_of_a_plan_and_a_useful_bound_only(objective: float | None, bound: float | None):
    known = objective is not None and objective > 0 and bound is not None and bound > 0
    assert ("gap" in told(objective, bound, "USD")) is known


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_line_is_shown_and_taken_away(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    stream = Terminal()

    def interrupted() -> None:
        with Shown(stream, "EUR") as shown:
            shown(1.0, 2e6, 1.5e6)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "no plan yet" in stream.getvalue()
    assert "gap 25.00 %" in stream.getvalue()
    # the line is cleared and the cursor is shown again
    assert stream.getvalue().endswith(("\x1b[2K", "\x1b[?25h"))


def test_nothing_but_a_terminal_is_written_to():
    stream = StringIO()
    with Shown(stream, "USD") as shown:
        shown(1.0, 2e6, 1.5e6)
    assert stream.getvalue() == ""


# ---------------------------------------------------------------- the command


@pytest.fixture
def site(tmp_path: Path) -> str:
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    return str(path)


def planned(site: str, stderr: int, *options: str) -> None:
    arguments = [sys.executable, "-m", "dcplan", "plan", site, "--seconds", "2", *options]
    env = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=stderr, env=env, check=True, timeout=60)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_terminal_is_told_unless_the_answer_is_json(site: str, options: tuple[str, ...]):
    parent, child = os.openpty()
    planned(site, child, *options)
    os.close(child)
    read = b""
    # a terminal that nobody holds open ends with an error
    with contextlib.suppress(OSError):
        while part := os.read(parent, 4096):
            read += part
    os.close(parent)
    assert (b"no plan yet" in read) is not options
    assert not (options and read)


def test_elsewhere_it_is_silent_and_costs_nothing(site: str):
    code = (
        f"import sys; from dcplan.cli import main; assert main(['plan', {site!r}, '--seconds', '2']) == 0; "
        "assert 'rich' not in sys.modules"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
