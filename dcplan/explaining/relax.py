"""The limits that a site file sets itself: where each stands, how to lift it, and how to loosen it by an amount.

Every loosening is a change of the file, path by path, as ``--set`` takes it. What the world sets (physics, ratings,
lead times, permit durations) is no limit here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from dcplan.catalog import FloorReinforcement, UtilityService
from dcplan.document import Document, KeyPath, dotted
from dcplan.errors import InputError, InternalError
from dcplan.figure import Figure
from dcplan.loading import joined
from dcplan.read import apply_overrides
from dcplan.site import LEVEL, OutageWindow, Plant, SiteModel
from dcplan.units import text

Changes = Mapping[str, str]
"""New values of a site file by dotted path, as ``--set`` takes them."""
MOST_STEPS = 4096
"""No limit is loosened by more steps than this; a step is a hundredth of its value, one unit or one day."""
LIFTED = 1000
"""A count that is as good as no limit is its own value and this."""
LONGER = 1461
"""A plan's end that is as good as no limit: four years on."""
_SITE_LIMITS = {
    "budget": "budget",
    "yard_area": "yard area",
    "water": "make-up water",
    "generator_power": "permit cap on installed generator power",
    "emissions": "permit cap on emissions",
}
_ROUTE = {
    "capacity": "rated mass of lift",
    "height": "clear height of",
    "width": "clear width of",
    "depth": "clear depth of",
    "rolling": "rolling load on",
    "slope": "slope of",
}
_FLOOR = {
    "uniform": "uniform rating of the floor",
    "point": "point rating of the floor",
    "rolling": "rolling rating of the floor",
    "slab_uniform": "uniform rating of the slab",
}


@dataclass(frozen=True)
class Limit:
    """One limit of a site file, and how it may be loosened.

    Attributes
    ----------
    id : str
        Dotted path of what it is.
    words : str
        What a planner calls it, with its value.
    where : str
        File and line.
    lifted : mapping of str to str
        The changes that leave nothing of it.
    at : callable
        The changes that loosen it by a number of steps; None where it cannot be loosened so far.
    told : callable
        The same in words.
    share : callable
        How far that is from the limit, as a part of its value; of a date, as a part of the plan's length.
    """

    id: str
    words: str
    where: str
    lifted: Changes
    at: Callable[[int], Changes | None]
    told: Callable[[int], str]
    share: Callable[[int], float]


def limits_of(model: SiteModel) -> list[Limit]:
    """Every limit that a site's file states, in the order of the sections.

    Raises
    ------
    InternalError
        The site was not loaded from a file.
    """
    if model.document is None:
        raise InternalError("a site that was not loaded has no limits to loosen")
    job = _Job(model, model.document)
    kinds = (_dates, _outages, _schemes, _site, _halls, _plants, _upgrades, _crews)
    made = [limit for kind in kinds for limit in kind(job)]
    return [limit for limit in made if _accepted(model.document, limit.lifted)]


def changed(doc: Document, changes: Mapping[str, Any]) -> SiteModel:
    """The site of a file with some values changed, checked anew.

    Raises
    ------
    InputError
        What the changes make of it is no valid site file.
    """
    return joined(apply_overrides(doc, changes, "--set"))


def _accepted(doc: Document, changes: Changes) -> bool:
    try:
        changed(doc, changes)
    except InputError:
        return False
    return True


@dataclass(frozen=True)
class _Job:
    model: SiteModel
    doc: Document

    def where(self, path: KeyPath) -> str:
        """File and line of what a path names."""
        found = self.doc.problem(path, "", "")
        return found.file if found.line is None else f"{found.file}:{found.line}"

    def states(self, path: KeyPath) -> bool:
        """Whether the file itself says something at a path."""
        node = self.doc.data
        for step in path:
            if not (isinstance(node, dict) and step in node):
                return False
            node = node[step]
        return node is not None

    def quantity(self, path: KeyPath, words: str, value: Any, *, rises: bool = True) -> Limit:
        """A limit that is a quantity; `rises`: more of it is looser."""
        written = text(value)
        number, _, unit = written.partition(" ")
        given = float(number)
        step = 10.0 ** (math.floor(math.log10(abs(given))) - 2) if given else 1.0
        name, first = dotted(path), math.floor(given / step + 1e-9) if rises else math.ceil(given / step - 1e-9)

        def new(steps: int) -> float:
            return max(0.0, (first + steps if rises else first - steps) * step)

        def at(steps: int) -> Changes:
            return {name: f"{_plain(new(steps))} {unit}"}

        def told(steps: int) -> str:
            return f"{_plain(new(steps))} {unit} ({_plain(new(steps) - given, signed=True)} {unit})"

        return Limit(
            name,
            f"{words}: {_plain(given)} {unit}",
            self.where(path),
            {name: "null"},
            at,
            told,
            lambda steps: abs(new(steps) - given) / (abs(given) or 1.0),
        )

    def count(self, path: KeyPath, words: str, value: int, lifted: int = LIFTED) -> Limit:
        """A limit that is a number of things."""
        name = dotted(path)
        return Limit(
            name,
            f"{words}: {value:,}",
            self.where(path),
            {name: str(value + lifted)},
            lambda steps: {name: str(value + min(steps, lifted))},
            lambda steps: f"{value + steps:,} (+{steps:,})",
            lambda steps: steps / max(1, value),
        )

    def day(self, path: KeyPath, words: str, value: date, lifted: str) -> Limit:
        """A limit that is a last day."""
        name, days = dotted(path), (self.model.site.end - self.model.site.start).days

        def later(steps: int) -> date:
            return value + timedelta(days=steps)

        return Limit(
            name,
            f"{words}: {value}",
            self.where(path),
            {name: lifted},
            lambda steps: {name: later(steps).isoformat()},
            lambda steps: f"{later(steps)} (+{steps:,} d)",
            lambda steps: steps / days,
        )


def _plain(value: float, *, signed: bool = False) -> str:
    """A number that a site file takes: no exponent, no separators.

    Examples
    --------
    >>> _plain(1580.0), _plain(80.0, signed=True), _plain(0.1 + 0.2)
    ('1580', '+80', '0.3')
    """
    written = f"{value:{'+' if signed else ''}.10f}".rstrip("0").rstrip(".")
    return "0" if written in ("-0", "+0") else written


# ---------------------------------------------------------------- the limits, section by section


def _dates(job: _Job) -> Iterator[Limit]:
    """Deadlines, the plan's end, and days on which nobody works."""
    site = job.model.site
    for name, deployment in sorted(site.deployments.items()):
        if deployment.deadline is not None:
            path: KeyPath = ("deployments", name, "deadline")
            yield job.day(path, f"deadline of deployment {name}", deployment.deadline, "null")
    longest = site.end + timedelta(days=LONGER)
    yield job.day(("end",), "end of the plan", site.end, longest.isoformat())
    if site.calendar.freezes:
        days = sum(((one.to or one.day) - one.day).days + 1 for one in site.calendar.freezes)
        path = ("calendar", "freezes")
        whole: Changes = {dotted(path): "[]"}
        yield Limit(
            dotted(path),
            f"change freezes of the calendar: {days:,} days",
            job.where(path),
            whole,
            lambda steps: whole if steps >= days else None,
            lambda steps: "none",
            lambda steps: 1.0,
        )


def _outages(job: _Job) -> Iterator[Limit]:
    """Outage windows, each of a name opened earlier and closed later by as many days."""
    site = job.model.site
    length = (site.end - site.start).days
    for name, windows in sorted(site.outage_windows.items()):
        path: KeyPath = ("outage_windows", name)

        def at(steps: int, path: KeyPath = path, windows: Sequence[OutageWindow] = windows) -> Changes:
            wider, found = timedelta(days=steps), dict[str, str]()
            for index, window in enumerate(windows):
                found[dotted((*path, index, "day"))] = (window.day - wider).isoformat()
                found[dotted((*path, index, "to"))] = ((window.to or window.day) + wider).isoformat()
            return found

        whole = {"day": site.start.isoformat(), "to": (site.end + timedelta(days=2 * LONGER)).isoformat()}
        yield Limit(
            dotted(path),
            f"outage windows {name}: {', '.join(_period(window) for window in windows)}",
            job.where(path),
            {dotted((*path, 0, key)): day for key, day in whole.items()},
            at,
            lambda steps: f"each opened {steps:,} d earlier and closed {steps:,} d later",
            lambda steps: 2 * steps / length,
        )


def _period(window: OutageWindow) -> str:
    return str(window.day) if window.to is None else f"{window.day} to {window.to}"


def _schemes(job: _Job) -> Iterator[Limit]:
    """Days on which higher redundancy comes into force."""
    site = job.model.site
    length = (site.end - site.start).days
    for service, entry in sorted(site.redundancy.items()):
        level = service.removeprefix(LEVEL)
        path: KeyPath = ("redundancy", service, "until")
        path = path if level == service else ("levels", level, "redundancy", "until")
        ends = [lower.day for lower in entry.until]
        if not ends or ends[-1] <= site.start:
            continue

        def at(steps: int, path: KeyPath = path, ends: Sequence[date] = ends) -> Changes:
            later = timedelta(days=steps)
            return {dotted((*path, index, "day")): (day + later).isoformat() for index, day in enumerate(ends)}

        yield Limit(
            dotted(path),
            f"days on which higher redundancy of {service} is in force: {', '.join(map(str, ends))}",
            job.where(path),
            at(length + 2 * LONGER),
            at,
            lambda steps: f"{steps:,} d later",
            lambda steps: steps / length,
        )


def _site(job: _Job) -> Iterator[Limit]:
    """What may not be exceeded on the whole site."""
    for field, words in _SITE_LIMITS.items():
        value = getattr(job.model.site.limits, field)
        if value is not None:
            yield job.quantity(("limits", field), words, value)


def _halls(job: _Job) -> Iterator[Limit]:
    """Room in each hall, its floor, and the way in."""
    for name, hall in sorted(job.model.site.halls.items()):
        yield job.count(("halls", name, "positions"), f"positions of hall {name}", hall.positions)
        yield job.count(("halls", name, "gallery_slots"), f"gallery slots of hall {name}", hall.gallery_slots)
        for segment, part in hall.route.items():
            for field, words in _ROUTE.items():
                yield from _stated(
                    job, ("halls", name, "route", segment, field), part, f"{words} {segment}, on the route to {name}"
                )
        for field, words in _FLOOR.items():
            yield from _stated(job, ("halls", name, "floor", field), hall.floor, f"{words} of hall {name}")
        if hall.overhead is not None:
            yield from _stated(
                job, ("halls", name, "overhead", "rating"), hall.overhead, f"what may hang over a position of {name}"
            )


def _stated(job: _Job, path: KeyPath, record: object, words: str) -> Iterator[Limit]:
    """A figure of a hall, where the file states it there: pods take theirs from their hall."""
    figure: Figure[Any] | None = getattr(record, str(path[-1]))
    if figure is not None and job.states(path):
        yield job.quantity(path, words, figure.value, rises=path[-1] != "slope")


def _plants(job: _Job) -> Iterator[Limit]:
    """Power from the utility, and plant on order that comes late."""
    for name, entry in sorted(job.model.site.plant.items()):
        if not job.states(("plant", name)) or entry.status == "reserved":
            continue
        if entry.ramp:
            yield _ramp_power(job, name, entry)
            yield from _ramp_days(job, name, entry)
        elif isinstance(job.model.specs[entry.spec], UtilityService):
            yield job.count(("plant", name, "count"), f"utility services {name} ({entry.spec})", entry.count, 20)
        if entry.status == "ordered" and entry.in_service is not None and entry.in_service > job.model.site.start:
            path: KeyPath = ("plant", name, "in_service")
            yield _earlier(job, path, f"day on which ordered {name} counts", [entry.in_service], [dotted(path)])


def _ramp_power(job: _Job, name: str, entry: Plant) -> Limit:
    """Firm power of a utility ramp: each of its steps may be more."""
    path: KeyPath = ("plant", name, "ramp")
    last = job.quantity((*path, len(entry.ramp) - 1, "power"), "", entry.ramp[-1].power)
    steps_of = [job.quantity((*path, number, "power"), "", step.power) for number, step in enumerate(entry.ramp)]

    def at(steps: int) -> Changes:
        """All steps by as much as the last one, so that they go on rising."""
        more = last.share(steps)
        found: dict[str, str] = {}
        for limit, step in zip(steps_of, entry.ramp, strict=True):
            number, _, unit = text(step.power).partition(" ")
            found[limit.id] = f"{_plain(float(number) * (1 + more))} {unit}"
        return found

    return replace(
        last,
        id=f"{dotted(path)} power",
        words=f"firm power of utility service {name}: {text(entry.ramp[-1].power)} from {entry.ramp[-1].day}",
        where=job.where(path),
        lifted=at(10 * MOST_STEPS),
        at=at,
        told=lambda steps: f"{last.told(steps)}, every step in proportion",
    )


def _ramp_days(job: _Job, name: str, entry: Plant) -> Iterator[Limit]:
    """The days on which a utility's power grows."""
    path: KeyPath = ("plant", name, "ramp")
    start = job.model.site.start
    late = [(number, step.day) for number, step in enumerate(entry.ramp) if step.day > start]
    if late:
        days = [day for _, day in late]
        names = [dotted((*path, number, "day")) for number, _ in late]
        limit = _earlier(job, path, f"days on which utility service {name} grows", days, names)
        yield replace(limit, id=f"{dotted(path)} days")


def _earlier(job: _Job, path: KeyPath, words: str, days: Sequence[date], names: Sequence[str]) -> Limit:
    """A limit that is one day or several, each of which may come earlier, in their order."""
    start = job.model.site.start
    length, most = (job.model.site.end - start).days, (days[-1] - start).days

    def at(steps: int) -> Changes:
        earlier = timedelta(days=min(steps, most))
        moved = [max(day - earlier, start + timedelta(days=index)) for index, day in enumerate(days)]
        return {
            name: min(new, old).isoformat() for name, new, old in zip(names, moved, days, strict=True) if new <= old
        }

    shown = ", ".join(str(day) for day in days)
    return Limit(
        dotted(path),
        f"{words}: {shown}",
        job.where(path),
        at(most),
        at,
        lambda steps: ", ".join(at(steps).values()) + f" (-{steps:,} d)",
        lambda steps: steps / length,
    )


def _upgrades(job: _Job) -> Iterator[Limit]:
    """How many of each upgrade may be bought."""
    for name, upgrade in sorted(job.model.site.upgrades.items()):
        floor = isinstance(job.model.specs[upgrade.spec], FloorReinforcement)
        words = f"`at_most` of upgrade {name}, per {'hall' if floor else 'place'}"
        lifted = LIFTED if floor else max(20, 3 * upgrade.at_most)
        yield job.count(("upgrades", name, "at_most"), words, upgrade.at_most, lifted)


def _crews(job: _Job) -> Iterator[Limit]:
    """How many people there are."""
    for name, crew in sorted(job.model.site.crews.items()):
        yield job.count(("crews", name, "size"), f"size of crew {name}", crew.size, max(20, 10 * crew.size))
