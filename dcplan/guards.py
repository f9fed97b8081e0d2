"""What a caller of the library may have mistaken: refused by name, before anything is worked out."""

from __future__ import annotations

import math

from dcplan.arguments import LARGEST_SEED, MOST_WORKERS
from dcplan.errors import InputError, Problem, shown


def demand(given: object, kind: type, call: str, argument: str, hint: str) -> None:
    """Refuse an argument that is not a record of a kind.

    Raises
    ------
    InputError
        It says what was given, and how to come by what is wanted.

    Examples
    --------
    >>> demand("mini.yaml", dict, "check()", "model", "load('mini.yaml')")
    Traceback (most recent call last):
    ...
    dcplan.errors.InputError: check(): model: given mini.yaml; allowed a dict; try: load('mini.yaml')
    """
    if not isinstance(given, kind):
        raise InputError([Problem(call, None, None, argument, shown(given), f"a {kind.__name__}", hint)])


def demand_search(call: str, seconds: float, workers: int, seed: int) -> None:
    """Refuse a limit, a number of threads or a seed that no search can have; every one that is wrong at once.

    Raises
    ------
    InputError

    Examples
    --------
    >>> demand_search("plan()", -1, 2, 0)
    Traceback (most recent call last):
    ...
    dcplan.errors.InputError: plan(): seconds: given -1; allowed a number of seconds above 0; try: seconds=60
    """
    wrong = []
    if not (_is_number(seconds) and seconds > 0):
        wrong.append(("seconds", seconds, "a number of seconds above 0", "seconds=60"))
    for name, number, low, high in (("workers", workers, 1, MOST_WORKERS), ("seed", seed, 0, LARGEST_SEED)):
        if not (isinstance(number, int) and not isinstance(number, bool) and low <= number <= high):
            wrong.append((name, number, f"a whole number from {low} to {high}", f"{name}={low}"))
    if wrong:
        raise InputError(
            Problem(call, None, None, name, shown(given), allowed, hint) for name, given, allowed, hint in wrong
        )


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
