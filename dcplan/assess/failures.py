"""How a line of the check says what the declared redundancy survives."""

from __future__ import annotations

from dcplan.redundancy import declared
from dcplan.site import Redundancy


def survives(redundancy: Redundancy, place: str) -> str:
    """Scheme, redundancy unit, group, topology and what may be out, in one phrase.

    Examples
    --------
    >>> survives(Redundancy(scheme="N+1", unit="unit", group="site"), "site")
    'N+1 by unit over site: largest unit out, shared bus'
    >>> survives(Redundancy(scheme="2(N+1)", unit="side", group="hall"), "east")
    '2(N+1) by side over hall east: any 1 side out and the largest unit of the other, shared bus'
    >>> survives(Redundancy(scheme="3N/4", unit="train", group="hall", topology="cords"), "east")
    "3N/4 by train over hall east: any 1 train out, load moves to the racks' other cords, all pairs alike (assumed)"
    """
    over = redundancy.group if redundancy.group == place else f"{redundancy.group} {place}"
    phrase = f"{redundancy.scheme} by {redundancy.unit} over {over}: {_lost(redundancy)}"
    if redundancy.topology == "shared_bus":
        return f"{phrase}, shared bus"
    spread = "shares of pairs as declared" if redundancy.pairs is not None else "all pairs alike (assumed)"
    return f"{phrase}, load moves to the racks' other cords, {spread}"


def _lost(redundancy: Redundancy) -> str:
    scheme, unit = declared(redundancy), redundancy.unit
    if scheme.out == 0:
        return f"no {unit} out"
    if unit == "unit":
        return "largest unit out" if scheme.out == 1 else f"{scheme.out} largest units out"
    beside = " and the largest unit of the other" if scheme.beside else ""
    return f"any {scheme.out} {unit}{'s' if scheme.out > 1 else ''} out{beside}"
