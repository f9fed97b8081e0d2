"""One run of one planner on one case, in a process of its own; prints it as JSON.

``python -m tests.benchmarks.measure CASE PLANNER SECONDS SEED``. All planners get the same problem record, two threads
and the same limit; what each finds becomes a plan that is verified from the site file, as `dcplan plan` does it.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from dcplan.formulate.build import formulate
from dcplan.planner import answered
from dcplan.problem import Problem
from dcplan.setpoints import choices
from dcplan.solver import search
from dcplan.solver.run import Limits
from tests.benchmarks import intervals, weekly
from tests.benchmarks.family import Case, site_of

WORKERS = 2
CLOSE = 0.02
"""The gap whose time is taken."""
PLANNERS: dict[str, Callable[[Problem, Limits, search.Progress], Any]] = {
    "dcplan": search.optimise,
    "intervals": intervals.optimise,
    "weekly": weekly.optimise,
}


@dataclass(frozen=True)
class Run:
    """What one run took and found; seconds of wall time, money in millions, None where there is nothing to tell."""

    case: str
    planner: str
    seconds: float
    seed: int
    status: str
    build: float | None = None
    """From the loaded site to the problem and, for a rival, to its model."""
    first: float | None = None
    """From the loaded site to the first plan, verified: that the last plan took to be verified is added."""
    verification: float | None = None
    """From a schedule to a plan that has been verified."""
    close: float | None = None
    """To a gap of `CLOSE`."""
    objective: float | None = None
    bound: float | None = None
    memory: float | None = None
    """Most that the process held at once [MB], the site read and the plan verified."""
    verified: bool = False

    @property
    def gap(self) -> float | None:
        """(plan - bound) / plan."""
        return gap(self.objective, self.bound)


def gap(objective: float | None, bound: float | None) -> float | None:
    """(plan - bound) / plan; None without either."""
    return None if objective is None or bound is None or objective <= 0 else (objective - bound) / objective


def _close(objective: float | None, bound: float | None) -> bool:
    apart = gap(objective, bound)
    return apart is not None and apart <= CLOSE


def case_of(name: str) -> Case:
    """The case of a name such as `64/8`, `64/8 scarce crews` or `64/8 mixed`.

    Raises
    ------
    ValueError
        The name is none of a case.
    """
    found = re.fullmatch(r"(\d+)/(\d+)( scarce crews)?( mixed)?( on hire)?", name)
    if found is None:
        raise ValueError(f"no case is named {name!r}; one is, for example, '64/8 scarce crews'")
    sus, halls, scarce, mixed, hired = found.groups()
    electricians = 2 if scarce else 3
    return Case(int(sus), int(halls), electricians=electricians, mixed=bool(mixed), hired=bool(hired))


def measure(case: Case, planner: str, seconds: float, seed: int) -> Iterator[Run]:
    """Run one planner on one case: what is known before its plan is verified, and then all of it."""
    model = site_of(case)
    limits = Limits(seconds=seconds, workers=WORKERS, seed=seed)
    steps: list[tuple[float, int | None, int | None]] = []
    begun = time.monotonic()
    problem = formulate(model)
    formulated = time.monotonic()
    result = PLANNERS[planner](problem, limits, lambda *step: steps.append(step))
    searched = time.monotonic()
    schedule, million, before = result.schedule, problem.money_step / 1e6, formulated - begun
    if schedule is not None:
        steps.append((searched - formulated, schedule.objective, result.bound))
    planned = next((taken for taken, objective, _ in steps if objective is not None), None)
    run = Run(
        case=case.name,
        planner=planner,
        seconds=seconds,
        seed=seed,
        status=result.status.value,
        build=before + getattr(result, "build_seconds", 0.0),
        close=next((before + taken for taken, *found in steps if _close(*found)), None),
        objective=None if schedule is None else schedule.objective * million,
        bound=None if result.bound is None else result.bound * million,
        memory=_memory(),
    )
    yield run
    (choice,) = choices(model.site)
    plan = answered(model, choice, problem, result, limits)
    verification = time.monotonic() - searched
    yield replace(
        run,
        first=None if planned is None else before + planned + verification,
        verification=None if schedule is None else verification,
        memory=_memory(),
        verified=plan.verified,
    )


def _memory() -> float:
    """Most that this process has held at once [MB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    """Print a run as JSON, once before its plan is verified and once after."""
    case, planner, seconds, seed = arguments
    for run in measure(case_of(case), planner, float(seconds), int(seed)):
        print(json.dumps(asdict(run)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
