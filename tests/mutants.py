"""Mutants drawn at random and decided: `python tests/mutants.py verifier 150 --seed 13`.

Each of mutmut's mutants is first tried against the approved printouts; one that none of them notices, against those of
the tests that `mutmut run` takes (`[tool.mutmut]` in pyproject.toml) which reach the function it is in. The same seed
draws the same sample of the same code; without a number, every mutant of the part is tried. Prints the survivors by
name, then how many were killed and by what.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import resource
import shutil
import signal
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SLOWER = 5
"""A mutant is taken to loop after this many times the processor time that the same takes without it."""

IMPORTED = "approve forge sites tiny hypothesis pytest yaml dcplan.assess.derive dcplan.planner dcplan.verifier.verdict"
"""Once for all mutants. Whatever is worked out of a site is worked out in a child, with the mutant in force."""


class File(NamedTuple):
    """A file of the package with every mutant in it, and the mutants' names in order."""

    path: Path
    code: str
    names: list[str]


class Run(NamedTuple):
    """How a child ended: what it said, the processor time [s] it took, and whether it was stopped for that."""

    said: str
    seconds: float
    looped: bool


def mutated(part: str) -> Iterator[File]:
    """Each file of a module or folder of the package."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    where = ROOT / "dcplan" / part
    for path in sorted(where.glob("*.py")) if where.is_dir() else [where.with_suffix(".py")]:
        inside = path.relative_to(ROOT)
        made = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
        module = ".".join(inside.with_suffix("").parts)
        yield File(inside, made.code, [f"{module}.{name}" for name in made.mutant_names])


def enter(folder: str, files: Iterable[File]) -> list[str]:
    """Go to a copy of the checkout that has the mutants in it, with all imported; which tests to run."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    for name in ("dcplan", "tests", *options["also_copy"], "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, Path(folder) / name)
    for file in files:
        (Path(folder) / file.path).write_text(file.code, encoding="utf-8")
    os.chdir(folder)
    sys.path[:0] = [folder, f"{folder}/tests"]
    for module in IMPORTED.split():
        importlib.import_module(module)
    # the printouts go first in any case
    return [test for test in options["pytest_add_cli_args_test_selection"] if test != "tests/test_approved.py"]


def in_a_child(job: Callable[[], str], longest: float = 600) -> Run:
    """What a function says that runs in a copy of this process, for so much processor time [s] at most."""
    ear, mouth = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (int(longest) + 1, int(longest) + 1))
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        with os.fdopen(mouth, "wb") as told:
            told.write(job().encode())
        os._exit(0)
    os.close(mouth)
    with os.fdopen(ear, "rb") as heard:
        said = heard.read().decode()
    _, status, used = os.wait4(child, 0)
    stopped = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
    return Run(said if status == 0 else "crash", used.ru_utime + used.ru_stime, stopped)


def printouts(mutant: str = "") -> str:
    """The first printout, the short ones first, that is not as approved with a mutant in force; empty where all are."""
    import approve
    from mutmut.mutation import trampoline

    trampoline.get_mutant_under_test = lambda: mutant
    files = {name: approve.approved(name).read_text(encoding="utf-8") for name in approve.every()}
    for name in sorted(files, key=lambda name: len(files[name])):
        try:
            if not _same(approve.every()[name](name), files[name]):
                return name
        except Exception:
            return name
    return ""


def _same(parts: Iterable[str], text: str) -> bool:
    at = 0
    for part in parts:
        if not text.startswith(part, at):
            return False
        at += len(part)
    return at == len(text)


def failing(tests: Iterable[str], mutant: str) -> str:
    """Whether some tests fail with a mutant in force; empty where all pass."""
    import pytest
    from mutmut.mutation import trampoline

    trampoline.get_mutant_under_test = lambda: mutant
    # pytest warns of its plug-in for Hypothesis, which is imported already
    quiet = ("-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
    return "tests" if pytest.main([*quiet, *tests]) else ""


def reached(test: str) -> str:
    """The functions that a file of tests calls, one a line; empty where it does not pass as the code is."""
    from mutmut.mutation import trampoline

    called: set[str] = set()

    def record(name: str, caller: str | None = None) -> None:
        called.add(name)

    vars(trampoline)["record_trampoline_hit"] = record
    return "" if failing([test], "stats") else "\n".join([test, *called])


def decided(drawn: Iterable[str], tests: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each mutant, and what noticed it: printouts, tests, time or nothing.

    Raises
    ------
    SystemExit
        Where a printout or a test does not pass without a mutant.
    """
    plain = in_a_child(printouts)
    if plain.said:
        raise SystemExit(f"without a mutant, {plain.said} is not as approved")
    print(f"{plain.seconds:.0f} s: printouts", file=sys.stderr, flush=True)
    calls: dict[str, Run] = {}
    for test in tests:
        calls[test] = in_a_child(partial(reached, test))
        if not calls[test].said.startswith(test):
            raise SystemExit(f"without a mutant, {test} does not pass")
        print(f"{calls[test].seconds:.0f} s: {test}", file=sys.stderr, flush=True)
    quickest = sorted(calls, key=lambda test: calls[test].seconds)
    for mutant in drawn:
        run = in_a_child(partial(printouts, mutant), SLOWER * plain.seconds)
        by = "printouts" if run.said else ""
        if not by:
            function = mutant.rpartition("__mutmut_")[0]
            some = [test for test in quickest if function in calls[test].said.split("\n")]
            longest = 10 + SLOWER * sum(calls[test].seconds for test in some)
            run = in_a_child(partial(failing, some, mutant), longest) if some else run
            by = "tests" if run.said else ""
        yield mutant, "time" if run.looped else by


def wilson(killed: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson.

    >>> [round(each, 3) for each in wilson(140, 150)]
    [0.882, 0.963]
    """
    z = 1.96
    middle, half = killed + z * z / 2, z * sqrt(killed * (of - killed) / of + z * z / 4)
    return (middle - half) / (of + z * z), (middle + half) / (of + z * z)


def main() -> None:
    """Draw, decide and tell."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("part", help="units, assess or verifier")
    arguments.add_argument("number", type=int, nargs="?")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    files = list(mutated(given.part))
    every = [name for file in files for name in file.names]
    drawn = every if given.number is None else random.Random(given.seed).sample(every, min(given.number, len(every)))
    noticed: Counter[str] = Counter()
    with TemporaryDirectory() as folder:
        for number, (mutant, by) in enumerate(decided(drawn, enter(folder, files)), 1):
            noticed[by] += 1
            print(f"{number} of {len(drawn)}: {mutant}: {by or 'survives'}", file=sys.stderr, flush=True)
            if not by:
                print(mutant, flush=True)
    killed = len(drawn) - noticed[""]
    low, high = wilson(killed, len(drawn))
    by = ", ".join(f"{noticed[name]} by {name}" for name in ("printouts", "tests", "time"))
    print(f"{killed} of {len(drawn)} killed ({killed / len(drawn):.0%}, 95 % interval {low:.0%} to {high:.0%}): {by}")


if __name__ == "__main__":
    main()
