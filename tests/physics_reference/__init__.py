"""Published or hand-worked values of every public physics function, one file per module of ``dcplan.physics``.

``python -m tests.physics_table`` writes the README's table from them; ``tests/test_physics_reference.py`` tries them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dcplan.units import in_unit


@dataclass(frozen=True)
class Reference:
    """One case of one physics function whose answer is known.

    Parameters
    ----------
    of : callable
        The function.
    given : mapping
        Its arguments, in SI.
    expected : float or bool
        The known answer, in `unit`.
    unit : str
        Where dcplan.units knows it, the computed answer is taken into it; else it is that of the function.
    source : str
        Who published it, or the arithmetic by hand.
    outside : mapping of argument to (float, float)
        For every number among the arguments one value below its range and one above, the rest being as given. Where
        a range has no upper end, infinity lies outside.
    address : str
        Where it is published; empty for a standard on paper, and for work by hand.
    by_hand : bool
        Whether `source` is arithmetic rather than a publication.
    within : float
        Relative tolerance.
    read : callable, optional
        Takes the number out of an answer that is more than one.
    """

    of: Callable[..., Any]
    given: Mapping[str, Any]
    expected: float | bool
    unit: str
    source: str
    outside: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    address: str = ""
    by_hand: bool = False
    within: float = 1e-3
    read: Callable[[Any], float] | None = None

    @property
    def name(self) -> str:
        """Module and name of the function."""
        return f"{self.of.__module__.rpartition('.')[2]}.{self.of.__qualname__}"

    def computed(self) -> float | bool:
        """What the function answers, in `unit`."""
        answer = self.of(**self.given)
        value = self.read(answer) if self.read is not None else answer
        return value if isinstance(value, bool) or self.unit not in SHOWN else in_unit(value, self.unit)


SHOWN = {"kW", "kVA", "L/min", "L/s", "degC", "kPa", "psf", "lbf", "kN", "CFM", "kWh", "m3/h", "gpm", "bar", "MW"}


def references() -> tuple[Reference, ...]:
    """Every reference, by module and in the order of each file."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(one for name in names for one in importlib.import_module(f"{__name__}.{name}").REFERENCES)
