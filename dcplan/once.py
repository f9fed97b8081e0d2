"""What follows from a site alone is worked out once for it and kept as long as the site lives."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from dcplan.trace import recording_on

P = ParamSpec("P")
R = TypeVar("R")


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Keep what a function answers for a site and its other arguments, which must be hashable.

    Callers must not change the answer. A recording neither uses nor leaves kept answers, as its numbers are its own.

    Examples
    --------
    >>> class Site: "A place."
    >>> @once
    ... def halls(site, kind):
    ...     print("worked out")
    ...     return [kind]
    >>> here = Site()
    >>> halls(here, "a") is halls(here, "a")
    worked out
    True
    """
    sites: dict[int, tuple[weakref.ref[Any], dict[Any, R]]] = {}

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if recording_on():
            return function(*args, **kwargs)
        site = args[0]
        found = sites.get(id(site))
        if found is None or found[0]() is not site:
            key = id(site)
            found = sites[key] = (weakref.ref(site, lambda _: sites.pop(key, None)), {})
        kept: dict[Any, R] = found[1]
        others: tuple[Any, ...] = (*args[1:], *kwargs.items()) if kwargs else args[1:]
        try:
            return kept[others]
        except KeyError:
            answer = kept[others] = function(*args, **kwargs)
            return answer

    return run
