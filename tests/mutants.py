"""Names of mutants drawn at random: `mutmut run $(python tests/mutants.py verifier 300)` tries a sample of them.

The same seed gives the same sample of the same code; without a number, every mutant of the modules is named.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def names(part: str) -> list[str]:
    """Every mutant of a module or folder of the package, in order."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    where = ROOT / "dcplan" / part
    files = sorted(where.glob("*.py")) if where.is_dir() else [where.with_suffix(".py")]
    found = []
    for path in files:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        made = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
        found += [f"{module}.{name}" for name in made.mutant_names]
    return found


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("part", help="units, assess or verifier")
    arguments.add_argument("number", type=int, nargs="?")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    every = names(given.part)
    drawn = every if given.number is None else random.Random(given.seed).sample(every, min(given.number, len(every)))
    print("\n".join(drawn))
