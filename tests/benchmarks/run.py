"""The benchmark of the optimizer: cases x limits x planners x seeds, each in a process of its own, and their medians.

``python -m tests.benchmarks``. Runs that are side by side in the table are made one after another, so that a busy hour
of the machine meets all planners alike. Nothing is asserted: the README records the table.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

from tabulate import tabulate

from tests.benchmarks.family import CASES
from tests.benchmarks.measure import CLOSE, PLANNERS, WORKERS, Run, case_of

ROOT = Path(__file__).resolve().parents[2]
CAMPUS = "96/12"
"""96 SUs of 1,056 kW: a campus of 100 MW."""
GROWTH = ("16/2", "32/4", "64/8")
GRACE = 300.0
"""Seconds beyond its limit after which a run is ended."""
NOTES = f"""\
Every run is a process of its own, with {WORKERS} threads (HiGHS uses one). Medians over the seeds; "-" where half or
more of them have none. Money in millions.
build: from the loaded site to the problem and, for a rival, to its model and the schedule it starts from; dcplan's
  grids are part of its search.
first plan: from the loaded site to the first plan that is verified: the time to the first schedule, and what it takes
  to make a verified plan of one, measured on the last one. HiGHS tells nothing of its own before it ends.
bound: no plan is below it. Gap = (plan - bound) / plan. To {CLOSE:.0%}: from the loaded site to a gap of {CLOSE:.0%}.
memory: the most that the process held at once, from reading the site to the verified plan, libraries included.
verified: runs that ended with a plan that the verifier passed, of all.
dcplan: the optimizer. intervals: an interval per unit and Booleans for what is ready when, in CP-SAT. weekly: an
  integer program by the week in HiGHS, rounded in the plan's favour, so that its bound is valid; what it chooses is
  scheduled to the day. Both start from a greedy schedule, which is no plan of theirs before their solver has taken it
  up. Scheduling what they found is not held to their limit."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the runs asked for that are not there yet, and print the tables."""
    options = _options().parse_args(arguments)
    runs = [] if options.json is None or not options.json.exists() else _read(options.json)
    wanted = list(_wanted(options))
    for number, (case, planner, seconds, seed) in enumerate(wanted, start=1):
        if any((run.case, run.planner, run.seconds, run.seed) == (case, planner, seconds, seed) for run in runs):
            continue
        run = one(case, planner, seconds, seed)
        runs.append(run)
        print(f"{number}/{len(wanted)}  {_line(run)}", file=sys.stderr, flush=True)
        if options.json is not None:
            options.json.write_text(json.dumps([asdict(made) for made in runs], indent=1), encoding="utf-8")
    asked = set(wanted)
    print(report([run for run in runs if (run.case, run.planner, run.seconds, run.seed) in asked]))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    names = [case.name for case in CASES]
    parser.add_argument(
        "--cases", nargs="+", default=names, metavar="CASE", type=lambda name: case_of(name).name,
        help=f"SUS/HALLS, with ' scarce crews' or ' mixed' after it (default: {', '.join(names)})",
    )  # fmt: skip
    parser.add_argument("--seconds", nargs="+", default=[10.0, 60.0], type=float, help="limits (default: 10 60)")
    parser.add_argument("--seeds", default=5, type=int, metavar="N", help="seeds 0 to N-1 (default: 5)")
    parser.add_argument("--planners", nargs="+", default=list(PLANNERS), choices=list(PLANNERS), help="default: all")
    parser.add_argument("--no-campus", action="store_true", help="leave the memory of a campus of 100 MW out")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="keep every run in FILE; those in it are not repeated"
    )
    return parser


def _wanted(options: argparse.Namespace) -> Iterator[tuple[str, str, float, int]]:
    """Case, planner, limit and seed of each run, in the order in which they are made."""
    for seconds, case, seed in itertools.product(options.seconds, options.cases, range(options.seeds)):
        for planner in options.planners:
            yield case, planner, seconds, seed
    if not options.no_campus and "dcplan" in options.planners and CAMPUS not in options.cases:
        yield CAMPUS, "dcplan", max(options.seconds), 0


def _read(path: Path) -> list[Run]:
    return [Run(**record) for record in json.loads(path.read_text(encoding="utf-8"))]


def one(case: str, planner: str, seconds: float, seed: int) -> Run:
    """One run, in a process of its own; one that fails or does not end is told as such."""
    command = [sys.executable, "-m", "tests.benchmarks.measure", case, planner, str(seconds), str(seed)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=seconds + GRACE
        )
    except subprocess.TimeoutExpired as error:
        told = error.stdout.decode() if isinstance(error.stdout, bytes) else error.stdout or ""
        found = _printed(told)
        if found is None:
            return Run(case, planner, seconds, seed, status="not ended")
        return replace(found, status=f"{found.status}, verification not ended")
    found = _printed(done.stdout)
    if done.returncode != 0 or found is None:
        told = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return Run(case, planner, seconds, seed, status=told)
    return found


def _printed(text: str) -> Run | None:
    """The last run that was printed whole; HiGHS now and then has a word to say as well."""
    lines = [line for line in text.splitlines() if line.startswith("{") and line.endswith("}")]
    return Run(**json.loads(lines[-1])) if lines else None


# ---------------------------------------------------------------- what is printed


def report(runs: Sequence[Run]) -> str:
    """The tables of some runs."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, OR-Tools {version('ortools')}"
    parts = [machine, table(runs), growth(runs), campus(runs), failures(runs), NOTES]
    return "\n\n".join(part for part in parts if part)


def table(runs: Sequence[Run]) -> str:
    """Medians by case, limit and planner."""
    groups: dict[tuple[str, float, str], list[Run]] = {}
    for run in runs:
        groups.setdefault((run.case, run.seconds, run.planner), []).append(run)
    # in the order of the cases, the limits side by side
    order = list(dict.fromkeys(case for case, _, _ in groups))
    rows = [
        [
            case,
            f"{seconds:g} s",
            planner,
            _seconds(median(run.build for run in group)),
            _seconds(median(run.first for run in group)),
            _number(median(run.objective for run in group), 3),
            # a missing bound is the worst there is: below all others
            _number(median((run.bound for run in group), least=True), 3),
            _number(median(run.gap for run in group), 2, 100),
            _seconds(median(run.close for run in group)),
            _number(median(run.memory for run in group), 0),
            f"{sum(run.verified for run in group)}/{len(group)}",
        ]
        for (case, seconds, planner), group in sorted(
            groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        )
    ]
    head = ["case", "limit", "planner", "build s", "first plan s", "plan M", "bound M", "gap %", f"to {CLOSE:.0%} s"]
    return tabulate(rows, [*head, "memory MB", "verified"], tablefmt="pipe", disable_numparse=True)


def growth(runs: Sequence[Run]) -> str:
    """How the time to a small gap grows as SUs and halls double, at the longest limit."""
    longest = max((run.seconds for run in runs), default=0.0)
    rows = []
    for planner in PLANNERS:
        mine = [run for run in runs if run.planner == planner and run.seconds == longest]
        times = [median(run.close for run in mine if run.case == case) for case in GROWTH]
        grown = [
            None if before is None or after is None else after / before for before, after in itertools.pairwise(times)
        ]
        if any(run.case in GROWTH for run in mine):
            rows.append([planner, *map(_seconds, times), *(_number(ratio, 1) for ratio in grown)])
    if not rows:
        return ""
    steps = [f"{before} to {after}" for before, after in itertools.pairwise(GROWTH)]
    head = [
        f"to {CLOSE:.0%} within {longest:g} s",
        *(f"{case}, s" for case in GROWTH),
        *(f"{step}, times" for step in steps),
    ]
    return tabulate(rows, head, tablefmt="pipe", disable_numparse=True)


def campus(runs: Sequence[Run]) -> str:
    """The memory of a campus of 100 MW."""
    found = [run for run in runs if run.case == CAMPUS and run.planner == "dcplan" and run.memory is not None]
    if not found:
        return ""
    worst = max(found, key=lambda run: run.memory or 0.0)
    return (
        f"Campus of 100 MW ({CAMPUS}), {worst.seconds:g} s: peak memory {_number(worst.memory, 0)} MB; {_line(worst)}"
    )


def failures(runs: Sequence[Run]) -> str:
    """Runs that did not end as they should."""
    none = [f"no result: {_line(run)}" for run in runs if run.memory is None]
    return "\n".join([*none, *(_line(run) for run in runs if run.objective is not None and not run.verified)])


def median(values: Iterable[float | None], *, least: bool = False) -> float | None:
    """The median, where a missing value is more than any other (`least`: less); None when the median is one."""
    missing = -math.inf if least else math.inf
    known = [missing if value is None else value for value in values]
    found = statistics.median(known) if known else missing
    return found if math.isfinite(found) else None


def _line(run: Run) -> str:
    where = f"{run.case}, {run.planner}, {run.seconds:g} s, seed {run.seed}: {run.status}"
    if run.memory is None:
        return where
    return (
        f"{where}, plan {_number(run.objective, 3)}, bound {_number(run.bound, 3)}, gap {_number(run.gap, 2, 100)} %, "
        f"first plan {_seconds(run.first)} s, {_number(run.memory, 0)} MB{'' if run.verified else ', not verified'}"
    )


def _seconds(value: float | None) -> str:
    return _number(value, 2 if value is not None and value < 10 else 1)


def _number(value: float | None, digits: int, scale: float = 1.0) -> str:
    return "-" if value is None else f"{value * scale:,.{digits}f}"
