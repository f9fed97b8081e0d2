"""What a plan leaves over: capacity of each service once everything runs, and how much of it further SUs could use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dcplan.explaining.given import Given
from dcplan.ratings.rows import Dimension, dimensions
from dcplan.rationale import Further, Spare
from dcplan.solver.capacity import Counts
from dcplan.units import in_unit

MOST = 1000
"""No more further SUs than these are counted."""


def left_over(given: Given) -> tuple[tuple[Further, ...], tuple[Spare, ...]]:
    """Further SUs of each deployment per hall, as it is built; what is spare, and what stranded, of each service.

    Stranded is what the most that further SUs of any one kind could use would leave. Spare capacity is what is left
    after the failures that the declared redundancy must survive, with as few units running as carry the load.
    """
    last = max(run.energised for run in given.runs)
    line = given.timeline(given.installs)
    last = max([last, *line.changes(0)])
    there, demand = line.available(last), line.demand(last)
    most: dict[tuple[str, str], tuple[int, int, int]] = {}
    for number, su in enumerate(given.problem.classes):
        for way, mode in enumerate(su.modes):
            key = (su.deployment, given.problem.halls[mode.hall].name)
            count = _more(given, there, number, way)
            if key not in most or count > most[key][0]:
                most[key] = (count, number, way)
    further = tuple(
        Further(deployment=name, hall=hall, count=count, short=tuple(_short(given, there, count + 1, number, way)))
        for (name, hall), (count, number, way) in sorted(most.items())
    )
    now = _spare(given, there, demand)
    after = [_spare(given, there, _demand(given, count, number, way)) for count, number, way in most.values()]
    spares = []
    for key, (amount, unit, title) in sorted(now.items()):
        stranded = min([max(0.0, one[key][0]) for one in after if key in one], default=amount)
        spares.append(
            Spare(service=title, place=key[1], unit=unit, spare=max(0.0, amount), stranded=min(amount, stranded))
        )
    return further, tuple(spares)


def _demand(given: Given, more: int, number: int, way: int) -> Counts:
    live = [(run.su, run.mode, 1) for run in given.runs]
    return given.capacity.demand([*live, (number, way, more)])


def _fits(given: Given, there: Counts, more: int, number: int, way: int) -> bool:
    """Whether so many further SUs would find room, and be carried."""
    taken = _taken(given, more, number, way)
    room = all(
        row.capacity is None or used <= row.capacity for row, used in zip(given.problem.rows, taken, strict=True)
    )
    return room and given.capacity.running(there, _demand(given, more, number, way)) is not None


def _taken(given: Given, more: int, number: int, way: int) -> list[int]:
    """What rows of fixed supply carry with so many further SUs; money is no question here."""
    used = [0 if row.id.startswith("budget") else row.demand for row in given.problem.rows]
    takes = [given.problem.plants[install.plant].takes for install in given.installs]
    takes += [given.problem.classes[run.su].modes[run.mode].takes for run in given.runs]
    takes += [given.problem.classes[number].modes[way].takes] * more
    for terms in takes:
        for index, amount in terms:
            if not given.problem.rows[index].id.startswith("budget"):
                used[index] += amount
    return used


def _more(given: Given, there: Counts, number: int, way: int) -> int:
    count = 0
    while count < MOST and _fits(given, there, count + 1, number, way):
        count += 1
    return count


def _short(given: Given, there: Counts, more: int, number: int, way: int) -> Iterator[str]:
    """What so many further SUs would lack: room that is full, then services that fall short with everything running."""
    shown = dimensions(given.model)
    taken = _taken(given, more, number, way)
    told = set()
    for row, used in zip(given.problem.rows, taken, strict=True):
        if row.capacity is not None and used > row.capacity:
            kind, _, place = row.id.partition("@")
            told.add(f"{_named(kind, shown)} at {place.partition('/')[0]}")
    if not told:
        for (title, place), (amount, _, _) in _spare(
            given, there, _demand(given, more, number, way), full=True
        ).items():
            if amount < 0:
                told.add(f"{title} at {place}")
    yield from sorted(told)


def _named(kind: str, shown: Mapping[str, Dimension]) -> str:
    """A row of fixed supply in words."""
    if kind in shown:
        return shown[kind].title
    what, _, upgrade = kind.partition(":")
    return f"`at_most` of {upgrade}" if upgrade else what.replace("_", " ")


def _spare(
    given: Given, there: Counts, demand: Counts, *, full: bool = False
) -> dict[tuple[str, str], tuple[float, str, str]]:
    """By title and place what is left of each service, in the unit it is shown in; the least of its cases."""
    problem = given.problem
    running = there if full else given.capacity.running(there, demand) or there
    loads = list(demand)
    for plant, number, runs in zip(problem.plants, there, running, strict=True):
        for index, amount in plant.running:
            loads[index] += amount * runs
        for index, amount in plant.standing:
            loads[index] += amount * number
    shown, found = dimensions(given.model), dict[tuple[str, str], tuple[float, str, str]]()
    for index, row in enumerate(problem.rows):
        kind, _, rest = row.id.partition("@")
        if row.capacity is not None or kind not in shown:
            continue
        supply = _left(
            [(dict(plant.supply).get(index, 0), count) for plant, count in zip(problem.plants, there, strict=True)],
            row.failures,
        )
        about, place = shown[kind], rest.partition("/")[0]
        rest_si = (supply - loads[index]) * row.step
        spare = rest_si if about.unit == "1" else in_unit(rest_si, about.shown_in)
        key = (about.title, place)
        if (supply or loads[index]) and (key not in found or spare < found[key][0]):
            found[key] = (spare, about.shown_in, about.title)
    return found


def _left(units: Sequence[tuple[int, int]], failures: int) -> int:
    """What is left of the units when the largest fail."""
    total = 0
    for amount, number in sorted(units, reverse=True):
        out = min(failures, number) if amount else 0
        failures -= out
        total += amount * (number - out)
    return total
