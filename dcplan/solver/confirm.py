"""A second opinion on "infeasible": what one solver says of one model is not told to a user as proven.

CP-SAT has open reports of models wrongly called infeasible. A user who is told so gives a site up, so the same rows are
put to HiGHS, which shares no code with it; and where that does not end in time, or may not be used because its limit
is one of wall time, to CP-SAT again with another seed and with none of the rewriting that such errors come from.
"""

from __future__ import annotations

from dataclasses import replace

from ortools.sat.python import cp_model

from dcplan.solver.highs import refutes
from dcplan.solver.run import Limits, Outcome, solve


def surely_infeasible(model: cp_model.CpModel, limits: Limits) -> bool:
    """Whether a model that was called infeasible is so in a second way; False when that was not found in time.

    Parameters
    ----------
    model : CpModel
        All of whose constraints are linear.
    limits : Limits
        Of the second opinion; the seed is that of the first.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C.
    """
    half = replace(limits, seconds=limits.seconds / 2)
    if not limits.deterministic and refutes(model, half):
        return True
    found = solve(model, replace(half, seed=limits.seed + 1), plain=True)
    if found.outcome is Outcome.INTERRUPTED:
        raise KeyboardInterrupt
    return found.outcome is Outcome.INFEASIBLE
