"""How a requirement and a supply, read in each world, become one line of a check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dcplan.answer import Line
from dcplan.catalog import figures
from dcplan.once import once
from dcplan.ratings.rows import World
from dcplan.site import SiteModel
from dcplan.trace import keep
from dcplan.units import Kind, Quantity, in_unit, text

WORLDS = (World.PLANNING, World.ADVERSE_LIQUID, World.ADVERSE_AIR)
PLAIN = {"positions", "slots", "ways", ""}
SITE_FILE = "site file"
_LISTED = 6
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Reading:
    """What is required and what is there, in SI, in one world."""

    required: float
    available: float

    @cached_property
    def margin(self) -> float:
        """What is left over; rounding noise counts as nothing."""
        margin = self.available - self.required
        return 0.0 if abs(margin) <= _TOLERANCE * max(abs(self.required), abs(self.available)) else margin

    def holds(self, strictly: bool) -> bool:
        """Whether the supply covers the requirement, or exceeds it where it must."""
        return self.margin > 0.0 if strictly else self.margin >= 0.0


@dataclass(frozen=True)
class Subject:
    """What a line is about, before it is judged."""

    id: str
    scope: str
    rule: str
    unit: str
    source: str
    kind: Kind | None = None
    strictly: bool = False


def judge(subject: Subject, readings: Sequence[Reading], reasons: Iterable[str] = ()) -> Line:
    """The line of a subject: judged at planning values, then at the adverse ends of labelled assumptions.

    Parameters
    ----------
    subject : Subject
        What the line is about.
    readings : sequence of Reading
        One per world, in the order of `WORLDS`.
    reasons : iterable of str
        Sentences that explain the numbers.

    Returns
    -------
    Line
        `fail` where the planning value fails, `open` where it passes and an adverse world does not.

    Examples
    --------
    >>> sets = Subject("generator.site", "site", "N by unit", "kW", "site file")
    >>> line = judge(sets, [Reading(9e5, 1e6), Reading(11e5, 1e6), Reading(9e5, 1e6)])
    >>> line.verdict, line.assumed, line.margin, line.reason
    ('open', True, 100.0, 'margin -100 kW at the adverse ends of labelled assumptions (most heat to liquid)')
    """
    keep(subject.id, subject, readings)
    planned = readings[0]
    worst = min(range(len(readings)), key=lambda index: readings[index].margin)
    assumed = any(_moved(planned, reading) for reading in readings[1:])
    holds = [reading.holds(subject.strictly) for reading in readings]
    said = list(reasons)
    if assumed and readings[worst].margin < planned.margin:
        adverse = amount(readings[worst], subject)
        world = WORLDS[worst].value.removeprefix("adverse, ")
        said.append(f"margin {adverse} at the adverse ends of labelled assumptions ({world})")
    return Line(
        id=subject.id,
        scope=subject.scope,
        rule=subject.rule,
        required=in_line_unit(planned.required, subject),
        available=in_line_unit(planned.available, subject),
        margin=_margin(planned, subject),
        unit=subject.unit,
        verdict="fail" if not holds[0] else "pass" if all(holds) else "open",
        assumed=assumed,
        source=subject.source,
        reason=clipped(said),
    )


def unchecked(line_id: str, scope: str, rule: str, reason: str) -> Line:
    """A line that says what is not checked, and why."""
    return Line(
        id=line_id,
        scope=scope,
        rule=rule,
        required=None,
        available=None,
        margin=None,
        unit="",
        verdict="not checked",
        assumed=False,
        source=SITE_FILE,
        reason=reason,
    )


def _moved(planned: Reading, reading: Reading) -> bool:
    scale = max(abs(planned.required), abs(planned.available), abs(reading.required), abs(reading.available))
    return abs(planned.margin - reading.margin) > _TOLERANCE * scale


def in_line_unit(value: float, subject: Subject) -> float:
    """A side of a line as the line states it."""
    return tidy(_shown(value, subject))


def _shown(value: float, subject: Subject) -> float:
    return value if subject.unit in PLAIN else in_unit(value, subject.unit, subject.kind)


def _margin(reading: Reading, subject: Subject) -> float:
    """The margin in the line's unit; that of two temperatures is their difference."""
    if reading.margin == 0.0:
        return 0.0
    return tidy(_shown(reading.available, subject) - _shown(reading.required, subject))


def tidy(value: float) -> float:
    """A number without the noise of its last digits, the same on every machine."""
    return float(f"{value:.12g}") + 0.0


def number(value: float) -> str:
    """A number for reading, to a few digits.

    Examples
    --------
    >>> number(12345.6), number(12.345), number(-0.5)
    ('12,346', '12.3', '-0.5')
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def amount(reading: Reading, subject: Subject) -> str:
    """The margin of a reading with its unit."""
    unit = "K" if subject.unit == "degC" else subject.unit
    return f"{number(_margin(reading, subject))} {unit}".rstrip()


def quantity(value: float, unit: str) -> str:
    """A plain SI value with the unit it is shown in."""
    return f"{number(value if unit in PLAIN else in_unit(value, unit))} {unit}".rstrip()


def spelling(value: Quantity) -> str:
    """The unit a quantity of the site file was written in."""
    return text(value).split(" ", 1)[1]


def listed(items: Iterable[str], most: int = _LISTED) -> str:
    """Items joined by commas, the tail only counted."""
    found = list(items)
    tail = [f"{len(found) - most} more"] if len(found) > most else []
    return ", ".join(found[:most] + tail)


def clipped(sentences: Iterable[str], limit: int = 1900) -> str:
    """Sentences joined, cut where an answer has no room for more."""
    joined = "; ".join(sentence for sentence in sentences if sentence)
    return joined if len(joined) <= limit else joined[: limit - 3] + "..."


@once
def _cited(model: SiteModel, name: str) -> str:
    spec = model.specs[name]
    keys = {figure.source for place, figure in figures(spec) if figure.source and not place.startswith("procurement")}
    titles = [model.site.sources[key].title if key in model.site.sources else key for key in sorted(keys)]
    return f"{spec.maker} {spec.model}" + (f" [{listed(titles, 3)}]" if titles else "")


def source_of(model: SiteModel, specs: Iterable[str], *standards: str) -> str:
    """Short references: standards, then maker and model of each spec with the keys of its sources."""
    found = list(standards)
    names = sorted(set(specs))
    for name in names[:_LISTED]:
        found.append(_cited(model, name))
    if len(names) > _LISTED:
        found.append(f"{len(names) - _LISTED} more specs")
    return clipped([*found, SITE_FILE])
