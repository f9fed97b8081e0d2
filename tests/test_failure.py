"""What is said where it cannot be said: an output or an error stream that is closed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dcplan.errors import InputError, Problem
from dcplan.report.failure import explain

ROOT = Path(__file__).resolve().parent.parent
READY = "examples/ready_site.yaml"


def shell(words: str) -> subprocess.CompletedProcess[str]:
    """One command with what the shell does to its streams."""
    line = f'"{sys.executable}" -m dcplan {words}'
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)


@pytest.mark.parametrize("words", [f"check {READY}", f"plan {READY} --json", "specs", "schema", "--help"])
def test_a_closed_output_is_refused_like_a_full_one(words: str) -> None:
    found = shell(f"{words} >&-")
    assert (found.returncode, found.stdout) == (2, "")
    if "--json" in words:
        (problem,) = json.loads(found.stderr)["problems"]
        assert (problem["file"], problem["given"]) == ("standard output", "it is closed")
    else:
        assert found.stderr.endswith("dcplan: the output could not be written: it is closed\n")


def test_wrong_usage_goes_before_a_closed_output() -> None:
    assert shell("plan >&-").returncode == 1


@pytest.mark.parametrize(("words", "code"), [("check nowhere.yaml", 2), ("check nowhere.yaml --json", 2), ("plan", 1)])
def test_with_errors_closed_no_error_goes_to_the_output(words: str, code: int) -> None:
    found = shell(f"{words} 2>&-")
    assert (found.returncode, found.stdout, found.stderr) == (code, "", "")
    both = shell(f"{words} >&- 2>&-")
    assert (both.returncode, both.stdout, both.stderr) == (code, "", "")


def test_an_error_without_a_stream_still_has_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    problem = Problem("site.yaml", None, None, "x", "1", "2")
    assert explain(InputError([problem]), as_json=False, debug=True) == 2
    assert capsys.readouterr().out == ""
