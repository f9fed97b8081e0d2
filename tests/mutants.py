"""Mutants drawn at random: `mutmut run $(python tests/mutants.py verifier 300)` tries a sample of them.

The same seed gives the same sample of the same code; without a number, every mutant of the modules is named. With
`--left` each is first tried against the approved printouts alone, which takes seconds where mutmut takes minutes, and
only those are named that no printout notices; how many each printout noticed is told on stderr.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import resource
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 120
"""Processor time [s] after which a mutant is taken to loop; all printouts together take about 20."""


def mutated(part: str) -> Iterator[tuple[Path, str, list[str]]]:
    """Each file of a module or folder of the package, with its mutants in it, and their names in order."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    where = ROOT / "dcplan" / part
    for path in sorted(where.glob("*.py")) if where.is_dir() else [where.with_suffix(".py")]:
        inside = path.relative_to(ROOT)
        made = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
        module = ".".join(inside.with_suffix("").parts)
        yield inside, made.code, [f"{module}.{name}" for name in made.mutant_names]


def left(names: list[str], files: list[tuple[Path, str, list[str]]]) -> Iterator[str]:
    """Those of some mutants that no approved printout notices."""

    noticed: Counter[str] = Counter()
    with TemporaryDirectory() as folder:
        for name in ("dcplan", "examples", "specs", "tests"):
            shutil.copytree(ROOT / name, Path(folder) / name)
        shutil.copy(ROOT / "pyproject.toml", folder)
        for inside, code, _ in files:
            (Path(folder) / inside).write_text(code, encoding="utf-8")
        os.chdir(folder)
        sys.path[:0] = [folder, f"{folder}/tests"]
        for module in ("approve", "forge", "sites", "tiny", "yaml", "dcplan.assess.derive", "dcplan.verifier.verdict"):
            importlib.import_module(module)
        for number, name in enumerate(["", *names]):
            # a name that is in no file changes nothing: that run must notice nothing
            by = _in_a_child(name)
            if number == 0 and by:
                raise SystemExit(f"without a mutant, {by} is not as approved")
            noticed[by] += number > 0
            if not by and name:
                yield name
    told = ", ".join(f"{by or 'none'} {number}" for by, number in noticed.most_common())
    print(f"{len(names) - noticed['']} of {len(names)} noticed: {told}", file=sys.stderr)


def _in_a_child(mutant: str) -> str:
    """Which printout is not as approved with a mutant in force; empty where all are."""
    ear, mouth = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
        os.write(mouth, _noticed(mutant).encode())
        os._exit(0)
    os.close(mouth)
    with os.fdopen(ear, "rb") as told:
        by = told.read().decode()
    _, status = os.waitpid(child, 0)
    return by if status == 0 else "processor time"


def _noticed(mutant: str) -> str:
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


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("part", help="units, assess or verifier")
    arguments.add_argument("number", type=int, nargs="?")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--left", action="store_true")
    given = arguments.parse_args()
    files = list(mutated(given.part))
    every = [name for _, _, names in files for name in names]
    drawn = every if given.number is None else random.Random(given.seed).sample(every, min(given.number, len(every)))
    for name in left(drawn, files) if given.left else drawn:
        print(name, flush=True)
