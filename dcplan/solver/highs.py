"""One guarded call of HiGHS, through OR-Tools' MathOpt, on a model built for CP-SAT.

HiGHS proves much better bounds on the larger grids. It computes in floats, so its bound is used less a margin, and
whether a problem is infeasible it is asked only after CP-SAT has said so: two solvers then agree.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from dcplan.interrupt import stop_if_pressed
from dcplan.solver.run import Limits, Outcome, RunResult

RELATIVE_MARGIN = 1e-6
"""Ten times HiGHS' own feasibility tolerance, relative to the bound."""


def solve_highs(model: cp_model.CpModel, limits: Limits, meanwhile: Callable[[], None] | None = None) -> RunResult:
    """Bound, and if there is one a solution, of a CP-SAT model all of whose constraints are linear.

    HiGHS works on one processor; `meanwhile`, something short, is done over and over until it has ended.
    """
    program, variables = _program(model)
    result = _solved(program, limits, meanwhile)
    return RunResult(Outcome.INTERRUPTED, None, None) if result is None else _read(result, variables, _lattice(model))


def refutes(model: cp_model.CpModel, limits: Limits) -> bool:
    """Whether HiGHS too finds no point in a model, asked without its objective.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C.
    """
    program, _ = _program(model)
    program.minimize(0.0)
    result = _solved(program, limits)
    if result is None:
        raise KeyboardInterrupt
    return bool(result.termination.reason == mathopt.TerminationReason.INFEASIBLE)


def _solved(program: mathopt.Model, limits: Limits, meanwhile: Callable[[], None] | None = None) -> Any:
    """What HiGHS found; None after Ctrl-C.

    HiGHS cannot be stopped, so its thread is left behind until its time is up: nobody waits for it.
    """
    stop_if_pressed()
    parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=limits.seconds), relative_gap_tolerance=1e-6)
    done = threading.Event()
    results: list[Any] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            results.append(mathopt.solve(program, mathopt.SolverType.HIGHS, params=parameters))
        except BaseException as error:
            failures.append(error)
        finally:
            done.set()

    threading.Thread(target=work, daemon=True).start()
    try:
        while not done.wait(0.1 if meanwhile is None else 0.0):
            if meanwhile is not None:
                meanwhile()
    except KeyboardInterrupt:
        return None
    if failures:
        raise failures[0]
    return results[0]


def _lattice(model: cp_model.CpModel) -> tuple[int, int]:
    """Step and offset of the values that the objective can take: all its coefficients are whole."""
    objective = model.proto.objective
    return math.gcd(*map(int, objective.coeffs)) or 1, int(objective.offset)


def _read(result: Any, variables: list[Any], lattice: tuple[int, int]) -> RunResult:
    dual, (step, offset) = result.termination.objective_bounds.dual_bound, lattice
    bound = None
    if math.isfinite(dual):
        # no point lies between two values of the objective: the next one up is as sure as the dual bound itself
        bound = math.ceil((math.floor(dual - RELATIVE_MARGIN * abs(dual)) - offset) / step) * step + offset
    if not result.has_primal_feasible_solution():
        return RunResult(Outcome.LIMIT, bound, None)
    values = result.variable_values(variables)

    def value(variable: cp_model.IntVar) -> int:
        return int(values[variable.index] + 0.5)

    optimal = result.termination.reason == mathopt.TerminationReason.OPTIMAL
    return RunResult(Outcome.OPTIMAL if optimal else Outcome.FEASIBLE, bound, value)


def _program(model: cp_model.CpModel) -> tuple[mathopt.Model, list[Any]]:
    """The same linear program in MathOpt."""
    proto = model.proto
    program = mathopt.Model()
    # list(): a negative index into the solver's own repeated fields reads garbage
    domains = [list(variable.domain) for variable in proto.variables]
    variables = [program.add_integer_variable(lb=domain[0], ub=domain[-1]) for domain in domains]
    for constraint in proto.constraints:
        if not constraint.has_linear():  # asked first: looking at `linear` would make it one
            _decided(program, variables, list(constraint.bool_or.literals))
            continue
        linear = constraint.linear
        low, *_, high = list(linear.domain)
        program.add_linear_constraint(
            lb=-math.inf if low < -(2**62) else low,
            ub=math.inf if high > 2**62 else high,
            expr=mathopt.fast_sum(
                [coefficient * variables[index] for index, coefficient in zip(linear.vars, linear.coeffs, strict=True)]
            ),
        )
    objective = proto.objective
    program.minimize(
        mathopt.fast_sum(
            [
                coefficient * variables[index]
                for index, coefficient in zip(objective.vars, objective.coeffs, strict=True)
            ]
        )
        + objective.offset
    )
    return program, variables


def _decided(program: mathopt.Model, variables: list[Any], literals: list[int]) -> None:
    """A comparison of plain numbers: CP-SAT's model keeps it as "one of these", a constant that is true or nothing."""
    negated = sum(literal < 0 for literal in literals)
    terms = [variables[literal] if literal >= 0 else -variables[-literal - 1] for literal in literals]
    program.add_linear_constraint(lb=1.0 - negated, ub=math.inf, expr=mathopt.fast_sum(terms) if terms else None)
