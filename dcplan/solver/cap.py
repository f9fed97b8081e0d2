"""What a cap on another objective says of single days: the rest of it is one row of the grid and one look at a plan."""

from __future__ import annotations

from dcplan.problem import Cap, SuClass


def latest_within(cap: Cap, su: SuClass, latest: int) -> int:
    """Last day up to `latest` on which one SU alone does not lose more than a cap allows all of them together.

    Parameters
    ----------
    cap : Cap
    su : SuClass
        Of the problem that has this cap.
    latest : int
        A day on or after which nothing is asked.

    Returns
    -------
    int
        No earlier than energisation at a ready site, which loses nothing.
    """
    priced = next(one for one in cap.prices.classes if one.id == su.id)
    allowed = cap.most + max(cap.prices.delay_cost(priced, ready) for ready in su.ready)
    low, high = max(su.ready), latest
    if high <= low or cap.prices.delay_cost(priced, high) <= allowed:
        return latest
    while high - low > 1:
        middle = (low + high) // 2
        if cap.prices.delay_cost(priced, middle) <= allowed:
            low = middle
        else:
            high = middle
    return low
