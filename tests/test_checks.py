"""Format, lint, types, layers and sizes: the checks that need no plan, so that `pytest` is all checks."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import dcplan

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "dcplan"
MODULES = sorted(PACKAGE.rglob("*.py"))
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
FILE_LINES = 500
FUNCTION_LINES = 60


def python(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600
    )


def passes(*arguments: str) -> None:
    found = python("-m", *arguments)
    assert found.returncode == 0, f"{' '.join(arguments)}\n{found.stdout}{found.stderr}"


# ---------------------------------------------------------------- tools


def test_lint():
    passes("ruff", "check", ".")


def test_format():
    passes("ruff", "format", "--check", ".")


def test_types():
    passes("mypy")


# ---------------------------------------------------------------- layers

LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def lint_imports(folder: Path) -> str:
    """Broken contracts, or nothing."""
    found = python("-c", LINT_IMPORTS, "--no-cache", folder=folder)
    return "" if found.returncode == 0 else found.stdout + found.stderr


def test_imports_point_up():
    assert lint_imports(ROOT) == ""


PLANTED = {
    "dcplan/physics/floor.py": ("from dcplan import units", "physics is plain functions on floats"),
    "dcplan/problem.py": ("from dcplan import units", "problem and answer are leaves"),
    "dcplan/read.py": ("import yaml", "only document imports yaml"),
    "dcplan/site.py": ("import pint", "only units imports pint"),
    "dcplan/ratings/rows.py": ("from dcplan import assess", "data flows down, imports point up"),
    "dcplan/verifier/lots.py": ("from dcplan import procure", "the verifier shares nothing with the optimizer"),
    "dcplan/assess/line.py": ("import ortools", "a check knows neither the optimizer nor the verifier"),
    "dcplan/solver/cover.py": ("from dcplan import site", "the solver sees integers only"),
}


def test_each_contract_catches_what_it_forbids(tmp_path):
    """Every forbidden import planted at once in a copy: each contract breaks."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(PACKAGE, tmp_path / "dcplan", ignore=shutil.ignore_patterns("__pycache__"))
    for path, (line, _) in PLANTED.items():
        with (tmp_path / path).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    (tmp_path / "dcplan" / "homeless.py").touch()
    assert "dcplan.homeless" in lint_imports(tmp_path), "a module without a layer"
    (tmp_path / "dcplan" / "homeless.py").unlink()
    words = " ".join(lint_imports(tmp_path).split())
    for path, (_, contract) in PLANTED.items():
        assert re.search(rf"{contract}(?:(?!KEPT|BROKEN).)* BROKEN", words), f"{contract}: not broken by {path}"
    assert "only the solver imports OR-Tools BROKEN" in words


# ---------------------------------------------------------------- sizes and names


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_are_short():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines >= FILE_LINES} == {}


def test_functions_are_short():
    lengths = {
        f"{path.relative_to(ROOT)}:{made.name}": (made.end_lineno or 0) - made.lineno + 1
        for path in MODULES
        for made in functions(path)
    }
    assert {name: lines for name, lines in lengths.items() if lines >= FUNCTION_LINES} == {}


def test_every_module_says_what_it_is():
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in MODULES}
    assert [name for name, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))] == []


def test_no_module_has_the_name_of_a_public_function():
    modules = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert not modules & (set(dcplan.__all__) | {"check", "plan", "verify", "simulate"})
