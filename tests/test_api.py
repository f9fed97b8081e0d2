"""The package's front door."""

import subprocess
import sys
from pathlib import Path

import pytest

import dcplan

ROOT = Path(dcplan.__file__).parent


def test_all_is_honest():
    assert dcplan.__all__ == sorted(dcplan.__all__)
    for name in dcplan.__all__:
        assert getattr(dcplan, name) is not None, name
    assert set(dcplan._HOME) == set(dcplan.__all__) - {"__version__"}
    assert set(dcplan.__all__) <= set(dir(dcplan))


def test_no_module_has_the_name_of_a_public_name():
    modules = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert not modules & set(dcplan.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        dcplan.chekc  # noqa: B018


def test_every_error_is_a_dcplan_error():
    assert issubclass(dcplan.InputError, dcplan.DcplanError)


def test_typed():
    assert (ROOT / "py.typed").is_file()


def test_importing_is_cheap():
    code = (
        "import sys, dcplan, dcplan.cli; assert dcplan.__version__; "
        "print([n for n in ('pint', 'pydantic', 'pydantic_core', 'ortools', 'yaml') if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "[]"
