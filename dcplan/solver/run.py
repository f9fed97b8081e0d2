"""One guarded call of CP-SAT: fixed seed and workers, integers only, Ctrl-C keeps the incumbent."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from ortools.sat.python import cp_model

from dcplan.errors import InternalError
from dcplan.interrupt import stop_if_pressed


class Outcome(Enum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    LIMIT = "limit"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Limits:
    """How long and how hard to search.

    With `deterministic` the limit is in CP-SAT's deterministic seconds instead of wall time.
    """

    seconds: float
    workers: int = 2
    seed: int = 0
    deterministic: bool = False


@dataclass(frozen=True)
class RunResult:
    """Outcome, bound and a reader of values; `values` is None when there is no solution."""

    outcome: Outcome
    bound: int | None
    values: Callable[[cp_model.IntVar], int] | None
    work: float = 0.0
    """CP-SAT's deterministic seconds."""


_OUTCOMES = {
    cp_model.OPTIMAL: Outcome.OPTIMAL,
    cp_model.FEASIBLE: Outcome.FEASIBLE,
    cp_model.INFEASIBLE: Outcome.INFEASIBLE,
    cp_model.UNKNOWN: Outcome.LIMIT,
}


def solve(model: cp_model.CpModel, limits: Limits, *, plain: bool = False) -> RunResult:
    """Solve a model; with `plain` as it stands, without the presolve and symmetry that most wrong answers come from.

    The search runs in a thread of its own with CP-SAT's signal handler off, because an interrupt would otherwise
    either be swallowed or end the process; on Ctrl-C the search is stopped and its incumbent kept.

    Raises
    ------
    InternalError
        When CP-SAT calls the model invalid: a bug, never an answer.
    """
    stop_if_pressed()
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = limits.workers
    solver.parameters.random_seed = limits.seed
    if plain:
        solver.parameters.cp_model_presolve = False
        solver.parameters.symmetry_level = 0
    if limits.deterministic:
        solver.parameters.max_deterministic_time = limits.seconds
        solver.parameters.interleave_search = limits.workers > 1
    else:
        solver.parameters.max_time_in_seconds = limits.seconds
    status, interrupted = _solve_in_thread(solver, model)
    if status == cp_model.MODEL_INVALID:
        raise InternalError(f"CP-SAT refused the model: {model.validate()}")
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    bound = None if status == cp_model.INFEASIBLE else _bound(solver)
    outcome = Outcome.INTERRUPTED if interrupted else _OUTCOMES[status]
    return RunResult(outcome, bound, solver.value if found else None, solver.response_proto.deterministic_time)


def _bound(solver: cp_model.CpSolver) -> int | None:
    bound = solver.best_objective_bound
    return math.ceil(bound - 1e-6) if math.isfinite(bound) and abs(bound) < 2**53 else None


def _solve_in_thread(solver: cp_model.CpSolver, model: cp_model.CpModel) -> tuple[cp_model.CpSolverStatus, bool]:
    done = threading.Event()
    result: list[cp_model.CpSolverStatus] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            result.append(solver.solve(model))
        except BaseException as error:
            failure.append(error)
        finally:
            done.set()

    threading.Thread(target=work, daemon=True).start()
    interrupted = False
    while not done.is_set():
        try:
            while not done.wait(0.1):
                pass
        except KeyboardInterrupt:
            interrupted = True
            solver.stop_search()
    if failure:
        raise failure[0]
    return result[0], interrupted
