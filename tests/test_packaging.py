"""The wheel: what is in it, and that it works away from the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SPEC_FILES = sorted((ROOT / "specs").glob("*.yaml"))


def run(*arguments: object, folder: Path = ROOT, **environment: str) -> str:
    found = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout, built without a network."""
    out = tmp_path_factory.mktemp("wheel")
    run("-m", "pip", "wheel", "-q", "--no-deps", "--no-index", "--no-build-isolation", "-w", out, ROOT)
    (built,) = out.glob("dcplan-*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory) -> Path:
    """A folder that holds nothing but the installed wheel."""
    target = tmp_path_factory.mktemp("elsewhere") / "site"
    run("-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile", "--target", target, wheel)
    return target


def test_wheel_holds_the_package_and_its_data(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {str(path.relative_to(ROOT)) for path in (ROOT / "dcplan").rglob("*.py")}
    assert sources <= names
    assert {f"dcplan/specs/{path.name}" for path in SPEC_FILES} <= names
    assert {"dcplan/units.txt", "dcplan/py.typed"} <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_wheel_holds_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"dcplan"}
    assert not [name for name in names if "__pycache__" in name or "tests" in name.split("/")]


def test_wheel_runs_away_from_the_checkout(elsewhere):
    where = run("-c", "import dcplan; print(dcplan.__file__)", folder=elsewhere.parent, PYTHONPATH=str(elsewhere))
    assert Path(where.strip()).is_relative_to(elsewhere)


def test_wheel_finds_its_specs(elsewhere):
    """As many specs as the checkout's files hold, none read from the checkout."""
    out = run("-m", "dcplan", "specs", "--json", folder=elsewhere.parent, PYTHONPATH=str(elsewhere))
    files = [path for path in SPEC_FILES if path.name != "sources.yaml"]
    written = {name for path in files for name in yaml.safe_load(path.read_text(encoding="utf-8"))}
    assert len(written) > 20
    assert set(json.loads(out)["specs"]) == written


def test_wheel_checks_a_site(elsewhere, examples):
    site = examples / "ready_site.yaml"
    out = run("-m", "dcplan", "check", site, "--json", folder=elsewhere.parent, PYTHONPATH=str(elsewhere))
    assert json.loads(out)["gates"] is None
