"""The README keeps its word: code, commands, options, exit codes and module map are those of the package."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dcplan import check, cli, load
from dcplan.exits import Exit
from dcplan.site import Limits

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = ("check", "plan", "explain", "front", "verify", "diff", "specs", "schema")


def block(mark: str) -> str:
    """The fenced block after a mark."""
    found = re.search(rf"^<!-- {mark} -->\n```\w+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found, mark
    return found[1]


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def help_of(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main([command, "--help"]) == 0
    return capsys.readouterr().out


def test_python_start_prints_what_it_says():
    code = block("test: start")
    assert len(code.splitlines()) <= 12
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout == block("test: output")


def test_ci_takes_its_commands_from_here():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "README.md" in script.read_text(encoding="utf-8")
    for mark, end in (
        ("first", "dcplan plan examples/colo_48_nvl72.yaml"),
        ("test", ".venv/bin/pytest -n 2 --dist loadfile"),
    ):
        (command,) = block(f"ci: {mark}").splitlines()
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")
        assert command.endswith(end)


def test_commands_and_options_are_all_told(capsys):
    told = section("Command line")
    for command in COMMANDS:
        assert f"`dcplan {command}" in told
        for option in set(re.findall(r"--[a-z][a-z-]*", help_of(command, capsys))) - {"--help"}:
            assert f"`{option}" in told or f" {option} " in told, f"{command} {option}"


def test_every_option_named_is_there(capsys):
    there = {option for command in COMMANDS for option in re.findall(r"--[a-z][a-z-]*", help_of(command, capsys))}
    assert set(re.findall(r"--[a-z][a-z-]*", section("Command line"))) <= there


def test_exit_codes():
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", section("Command line"), re.MULTILINE)}
    assert told == {int(code) for code in Exit}


def test_what_each_limit_counts():
    """Every limit has a row, and a line of the check where what stands counts: one that plant of the file moves."""
    rows = re.findall(
        r"^\| `(\w+)` \| .+ \| (yes|no) \| (?:`(.+)` )?\|$", section("What the numbers mean"), re.MULTILINE
    )
    assert [name for name, _, _ in rows] == list(Limits.model_fields)
    caps = {"limits.water": "1 L/min", "limits.generator_power": "1 kW", "limits.emissions": "1 kg"}
    caps |= {"limits.budget": "1 EUR", "limits.yard_area": "1 m2"}
    site = load(ROOT / "examples" / "reference_hall.yaml", overrides=caps)
    failing = {line.id for line in check(site).lines if line.verdict == "fail"}
    assert {line for _, stands, line in rows if stands == "yes"} <= failing
    assert all(not line for _, stands, line in rows if stands == "no")


def test_module_map_is_complete():
    rows = [line for line in section("Architecture").splitlines() if line.startswith("| `")]
    told = {name.rstrip("/") for row in rows for name in re.findall(r"`(\w+/?)`", row)}
    there = {path.stem for path in (ROOT / "dcplan").rglob("*.py")} - {"__init__", "__main__"}
    assert told == there | {path.parent.name for path in (ROOT / "dcplan").glob("*/__init__.py")}


def test_examples_are_all_told():
    for path in (ROOT / "examples").glob("*.yaml"):
        assert f"`{path.stem}`" in README
    for path in re.findall(r"(?:examples|tests|specs)/\w+\.\w+", README):
        assert (ROOT / path).exists(), path
