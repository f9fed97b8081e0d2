"""How a plain number becomes an integer of the solver, and how fine the step may be.

This is the only place where it happens. A value within 1e-9 relative of a whole number of steps is
that number; any other is rounded by the side its constraint needs.
"""

from __future__ import annotations

import math

from dcplan.errors import OutsideRange


def snap(value: float, step: float) -> float:
    """Nearest multiple of a step if it is within 1e-9 relative, else the value itself.

    Examples
    --------
    >>> snap(0.1 + 0.2, 0.1) == 3 * 0.1, snap(0.25, 0.1)
    (True, 0.25)
    """
    count = _steps(value, step)
    return count * step if count == round(count) else value


def floor_steps(value: float, step: float) -> int:
    """Whole steps in a value, rounded down after the snap.

    Parameters
    ----------
    value, step : float
        In the same unit; the step is positive.

    Returns
    -------
    int
        Number of steps.

    Raises
    ------
    OutsideRange
        The value is not finite or the step not positive.

    Examples
    --------
    >>> floor_steps(0.3, 0.1), floor_steps(0.29, 0.1), floor_steps(-0.25, 0.1)
    (3, 2, -3)
    """
    return math.floor(_steps(value, step))


def ceil_steps(value: float, step: float) -> int:
    """Whole steps that cover a value, rounded up after the snap.

    Examples
    --------
    >>> ceil_steps(0.1 + 0.2, 0.1), ceil_steps(0.31, 0.1)
    (3, 4)
    """
    return math.ceil(_steps(value, step))


def round_steps(value: float, step: float) -> int:
    """Nearest whole number of steps, halves away from zero.

    Examples
    --------
    >>> round_steps(2.5, 1.0), round_steps(-2.5, 1.0), round_steps(2.4, 1.0)
    (3, -3, 2)
    """
    count = _steps(value, step)
    return int(math.copysign(math.floor(abs(count) + 0.5), count))


def finest_step(total: float, limit: int = 2**31) -> float:
    """Finest power of ten that keeps a row of the solver below a limit.

    Parameters
    ----------
    total : float
        Sum of the absolute values of the row.
    limit : int
        What the sum in steps stays below.

    Returns
    -------
    float
        Never finer than 1e-6.

    Examples
    --------
    >>> finest_step(0.0), finest_step(2.0e9), finest_step(3.0e9)
    (1e-06, 1.0, 10.0)
    """
    if not 0 <= total < math.inf:
        raise OutsideRange("total of a row", total, 0.0, None, "")
    exponent = -6
    while total / float(f"1e{exponent}") >= limit:
        exponent += 1
    return float(f"1e{exponent}")


def _steps(value: float, step: float) -> float:
    if not 0 < step < math.inf:
        raise OutsideRange("step", step, 0.0, None, "")
    count = value / step
    if not math.isfinite(count):
        raise OutsideRange("value to round", value, None, None, "")
    near = float(round(count))
    # relative alone would swallow real fractions of a step once counts reach 1e6
    tolerance = min(1e-9 * max(1.0, abs(near)), 1e-3)
    return near if abs(count - near) <= tolerance else count
