"""What every row must carry and what carries it today, in one world: SUs placed, cooling run, draws passed on.

SUs are placed before anything is planned: deployments by name, each into its own halls in the order of the file, as
many as find positions. Those that find none are counted in the last hall they may use, whose positions then fall
short. Cooling units that run are chosen pool by pool in the order in which the draws of one load the next: CDUs, room
air, heat rejection, and with all of them the electrical chain.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from dcplan.assess.line import Reading
from dcplan.cases import Case, Cases
from dcplan.catalog import Cdu
from dcplan.errors import OutsideRange
from dcplan.once import once
from dcplan.ratings.plant import unit_running, unit_standing, unit_supply
from dcplan.ratings.racks import existing_load, su_demand, su_obstacles
from dcplan.ratings.rows import Vector, World, add, row
from dcplan.site import Plant, Service, SiteModel, service_of
from dcplan.trace import noted, noted_rows

CASCADE: tuple[Service, ...] = ("cdu", "room_air", "facility_pump", "heat_rejection")
MOST_COMBINATIONS = 1000
COOLING = ("cdu", "cdu_flow", "room_air", "open_air", "loop_flow", "heat_rejection")
_POWER = ("utility", "generator", "ups")
_TOLERANCE = 1e-9
FailureSets = Mapping[str, Sequence[Case]]


@dataclass(frozen=True)
class Placement:
    """Which SUs are assumed in which hall.

    Parameters
    ----------
    sus : mapping of (deployment, hall) to int
        SUs assumed in a hall, those without positions included.
    without_positions : mapping of (deployment, hall) to int
        Those of them that find no positions.
    barred : mapping of deployment to mapping of hall to tuple of str
        Deployments that can run in none of their halls, with the obstacles; nothing else counts their load.
    """

    sus: Mapping[tuple[str, str], int]
    without_positions: Mapping[tuple[str, str], int]
    barred: Mapping[str, Mapping[str, tuple[str, ...]]]

    def here(self, hall: str) -> Mapping[str, int]:
        """SUs per deployment assumed in a hall."""
        return self._by_hall.get(hall, {})

    @cached_property
    def _by_hall(self) -> Mapping[str, Mapping[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for (deployment, hall), count in self.sus.items():
            found.setdefault(hall, {})[deployment] = count
        return found


@dataclass(frozen=True)
class Units:
    """Existing units of one type at one place, in one train, and what one of them supplies and loads."""

    spec: str
    place: str
    service: Service
    count: int
    supply: Vector
    running: Vector
    standing: Vector
    train: str | None = None


class Tightest(NamedTuple):
    """The balance of a row with least to spare: what it must carry, what it has, and its failure set."""

    required: float
    available: float
    case: Case


@dataclass(frozen=True)
class Balance:
    """Demand and supply on every row in one world.

    Parameters
    ----------
    baseline : Vector
        Running and reserved loads, and room that plant takes.
    sus : mapping of deployment to Vector
        Every SU of a deployment energised.
    plant : Vector
        What plant itself loads, on or off.
    supply : mapping of row to tuple of (Case, float)
        What is left in each failure set.
    running : mapping of (place, spec) to int
        Cooling units that run, redundant ones included.
    """

    baseline: Vector
    sus: Mapping[str, Vector]
    plant: Vector
    supply: Mapping[str, tuple[tuple[Case, float], ...]]
    running: Mapping[tuple[str, str], int]

    @cached_property
    def load(self) -> Vector:
        """Everything that every row must carry."""
        return add(self.baseline, *self.sus.values(), self.plant)

    @cached_property
    def rows(self) -> frozenset[str]:
        """Every row that something loads."""
        return frozenset(self.baseline).union(*self.sus.values(), self.plant)

    @cached_property
    def running_at(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """Types of cooling units that run at each place, with their number."""
        found: dict[str, list[tuple[str, int]]] = {}
        for (place, spec), count in sorted(self.running.items()):
            found.setdefault(place, []).append((spec, count))
        return found

    @cached_property
    def short_of_cooling(self) -> list[str]:
        """Cooling rows whose load no existing plant carries."""
        found = {key: self.tightest(key) for key in sorted(self.load) if key.split("@", 1)[0] in COOLING}
        return [key for key, one in found.items() if Reading(one.required, one.available).margin < 0.0]

    def tightest(self, key: str) -> Tightest:
        """The failure set that leaves a row least, against what it must then carry."""
        required = self.load.get(key, 0.0)
        found = [Tightest(_part(required, case), left, case) for case, left in self.supply.get(key, ())]
        return min(found, key=lambda one: one.available - one.required, default=Tightest(required, 0.0, Case()))


def _part(required: float, case: Case) -> float:
    """What of a row's load one of its balances must carry."""
    return required if case.share == 1.0 else required * noted(case.share, "share of the load: {}", case.title)


def stands(model: SiteModel, entry: Plant) -> bool:
    """Whether a plant entry counts as existing: it runs today, or was to be in service by the plan's first day."""
    if entry.status == "ordered":
        return entry.in_service is not None and entry.in_service <= model.site.start
    return entry.status == "existing"


@once
def room_taken(model: SiteModel) -> Mapping[str, float]:
    """Positions and gallery slots that plant takes, ordered and reserved plant included."""
    return add(
        *(
            {
                row("positions", entry.at): noted(float(entry.positions), "positions of one {}", name) * entry.count,
                row("gallery", entry.at): noted(float(entry.gallery_slots), "slots of one {}", name) * entry.count,
            }
            for name, entry in sorted(model.site.plant.items())
            if entry.at in model.site.halls
        )
    )


def place_sus(model: SiteModel) -> Placement:
    """Every SU's assumed hall: halls filled in the order of the file, deployments in the order of their names."""
    site = model.site
    taken = room_taken(model)
    free = {name: hall.positions - int(taken.get(row("positions", name), 0.0)) for name, hall in site.halls.items()}
    for load in site.loads.values():
        if load.hall is not None:
            free[load.hall] -= load.positions
    sus: dict[tuple[str, str], int] = {}
    spilled: dict[tuple[str, str], int] = {}
    barred: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, deployment in sorted(site.deployments.items()):
        obstacles = {
            hall: tuple(su_obstacles(model, name, hall, World.PLANNING)) for hall in dict.fromkeys(deployment.halls)
        }
        halls = [hall for hall, found in obstacles.items() if not found]
        if not halls:
            barred[name] = obstacles
            continue
        racks = sum(entry.count for entry in deployment.su)
        left = deployment.count
        for hall in halls:
            fits = min(left, max(0, free[hall]) // racks)
            if fits:
                sus[name, hall] = fits
                free[hall] -= fits * racks
                left -= fits
        if left:
            sus[name, halls[-1]] = sus.get((name, halls[-1]), 0) + left
            spilled[name, halls[-1]] = left
            free[halls[-1]] -= left * racks
    return Placement(sus, spilled, barred)


def balance(model: SiteModel, world: World, placement: Placement) -> Balance:
    """Demand and supply on every row in one world, with all SUs of a placement at full load."""
    units, cases = existing_units(model, world), Cases(model)
    baseline = _baseline(model, world)
    sus = _demand(model, world, placement)
    plant = add(*(_standing(unit) for unit in units))
    running: dict[tuple[str, str], int] = {}
    loaded = add(baseline, *sus.values())
    for pool in _pools(model, units):
        need = {
            key: loaded.get(key, 0.0) + plant.get(key, 0.0)
            for key in sorted({key for unit in pool for key in unit.supply})
        }
        counts = running_units(pool, need, {key: cases.of(key) for key in need})
        for unit, count in zip(pool, counts, strict=True):
            running[unit.place, unit.spec] = running.get((unit.place, unit.spec), 0) + count
            for key, value in _running(unit, count).items() if count else ():
                plant[key] = plant.get(key, 0.0) + value
    return Balance(baseline, sus, plant, _supply(model, units, cases, running), running)


def _standing(unit: Units) -> Vector:
    words = "what {} {} at {} take, on or off"
    return noted_rows(_times(unit.standing, unit.count), words, unit.count, unit.spec, unit.place)


def _running(unit: Units, count: int) -> Vector:
    words = "{} of {} {} at {}, running"
    return noted_rows(_times(unit.running, count), words, count, unit.count, unit.spec, unit.place)


def existing_units(model: SiteModel, world: World) -> list[Units]:
    """Existing plant by place, type and train, entries of one type taken together."""
    counts: dict[tuple[str, str, str], int] = {}
    for _, entry in sorted(model.site.plant.items()):
        if stands(model, entry):
            key = entry.at, entry.spec, entry.train or ""
            counts[key] = counts.get(key, 0) + entry.count
    found = []
    for (place, name, train), count in sorted(counts.items()):
        service = service_of(model.specs[name])
        if service is not None:
            found.append(Units(name, place, service, count, *one_unit(model, name, place, world), train or None))
    return found


def one_unit(model: SiteModel, name: str, place: str, world: World) -> tuple[Vector, Vector, Vector]:
    """What one unit supplies, draws when it runs, and draws when it stands."""
    # only a CDU splits its draw between liquid and air: for all others the adverse worlds are one
    adverse = world is not World.PLANNING and not isinstance(model.specs[name], Cdu)
    return _one_unit(model, name, place, World.ADVERSE_LIQUID if adverse else world)


@once
def _one_unit(model: SiteModel, name: str, place: str, world: World) -> tuple[Vector, Vector, Vector]:
    spec = model.specs[name]
    # a chiller outside its points in an adverse world has no draw to read: it keeps its planning value
    running = unit_running(model, spec, place, world) or unit_running(model, spec, place, World.PLANNING)
    return (
        noted_rows(unit_supply(model, spec, place, world), "one {} at {}", name, place),
        noted_rows(running, "draw of one {} at {}", name, place),
        noted_rows(unit_standing(model, spec, place, world), "what one {} at {} takes, on or off", name, place),
    )


def after_failures(units: Iterable[tuple[float, int]], out: int) -> float:
    """Supply of (capacity, count) with the `out` largest units lost: the worst of all failure sets.

    Examples
    --------
    >>> after_failures([(1.5e6, 3), (2.0e6, 1)], 2)
    3000000.0
    """
    total, pairs = 0.0, list(units)
    if out and len(pairs) > 1:
        pairs.sort(reverse=True)
    for capacity, count in pairs:
        left = count - out if out < count else 0
        out -= count - left
        total += noted(capacity * left, "{} of {} units left", left, count)
    return total


def running_units(pool: Sequence[Units], need: Mapping[str, float], sets: FailureSets) -> tuple[int, ...]:
    """How many units of each type of a pool run: the least draw that carries the need in every failure set.

    All units run where even all of them do not carry it. A type that cannot carry more than it loads, at this site,
    is left off where the others do. Beyond `MOST_COMBINATIONS` the types of most draw are switched off first, one
    type after the other, which may draw more than the least but still carries the need.

    Parameters
    ----------
    pool : sequence of Units
        Types that supply the same rows.
    need : mapping of row to float
        What the rows must carry, the pool's own draw left out.
    sets : mapping of row to tuple of Case
        Failure sets of each row.

    Returns
    -------
    tuple of int
        Running units per type.
    """
    nets = [[unit.supply[key] - unit.running.get(key, 0.0) for key in unit.supply] for unit in pool]
    # a rear door nets to nothing on the row that is there for its failure
    useful = [min(net, default=0.0) >= 0.0 and max(net, default=0.0) > 0.0 for net in nets]
    most = tuple(unit.count if good else 0 for unit, good in zip(pool, useful, strict=True))
    none = (0,) * len(pool)
    if _carries(pool, none, need, sets):
        return none
    if not _carries(pool, most, need, sets):
        return tuple(unit.count for unit in pool)
    combinations = 1
    for count in most[:-1]:
        combinations *= count + 1
    if combinations > MOST_COMBINATIONS:
        return _switched_off(pool, most, need, sets)
    heads = itertools.product(*(range(count + 1) for count in most[:-1]))
    fewest = (_fewest(pool, (*head, most[-1]), len(pool) - 1, need, sets) for head in heads)
    return min((counts for counts in fewest if counts is not None), key=lambda counts: _draw_key(pool, counts))


def _switched_off(
    pool: Sequence[Units], counts: tuple[int, ...], need: Mapping[str, float], sets: FailureSets
) -> tuple[int, ...]:
    """The dearest types switched off as far as the need allows."""
    for index in sorted(range(len(pool)), key=lambda index: (-_draw(pool[index]), pool[index].spec)):
        counts = _fewest(pool, counts, index, need, sets) or counts
    return counts


def _fewest(
    pool: Sequence[Units], counts: tuple[int, ...], index: int, need: Mapping[str, float], sets: FailureSets
) -> tuple[int, ...] | None:
    """Counts with as few units of one type as carry the need; None where all of them do not."""

    def with_count(number: int) -> tuple[int, ...]:
        return (*counts[:index], number, *counts[index + 1 :])

    low, high = 0, counts[index]
    if not _carries(pool, with_count(high), need, sets):
        return None
    while low < high:
        middle = (low + high) // 2
        if _carries(pool, with_count(middle), need, sets):
            high = middle
        else:
            low = middle + 1
    return with_count(high)


def _carries(pool: Sequence[Units], counts: Sequence[int], need: Mapping[str, float], sets: FailureSets) -> bool:
    here = [(unit, count) for unit, count in zip(pool, counts, strict=True) if count]
    for key, value in need.items():
        load = value
        for unit, count in here:
            if key in unit.running:
                load += unit.running[key] * count
        if load <= 0.0:
            continue
        for case in sets[key]:
            due = load * case.share * (1.0 - _TOLERANCE)
            if due > 0.0 and _left(here, key, case) < due:
                return False
    return True


def _left(units: Iterable[tuple[Units, int]], key: str, case: Case) -> float:
    """What running units leave of a row in one failure set, single units out at their largest."""
    counted = ((unit.supply.get(key, 0.0), count) for unit, count in units if case.counts(unit.train))
    return after_failures(counted, case.failures)


def _draw(unit: Units) -> float:
    """Electrical draw of one running unit, on every level that is declared."""
    return sum(value for key, value in unit.running.items() if key.split("@", 1)[0] in _POWER)


def _draw_key(pool: Sequence[Units], counts: tuple[int, ...]) -> tuple[float, int, tuple[int, ...]]:
    total = sum(_draw(unit) * count for unit, count in zip(pool, counts, strict=True))
    return total, sum(counts), counts


def _pools(model: SiteModel, units: Sequence[Units]) -> list[list[Units]]:
    """Cooling units by service and place, in the order of the cascade; loops before those that they pass heat on to."""
    found: list[list[Units]] = []
    for service in CASCADE:
        at: dict[str, list[Units]] = {}
        for unit in units:
            if unit.service == service:
                at.setdefault(unit.place, []).append(unit)
        found += [at[place] for place in sorted(at, key=lambda place: (-_loops_behind(model, place), place))]
    return found


def _loops_behind(model: SiteModel, place: str) -> int:
    """Through how many further loops a loop gives off its heat; none for a hall."""
    loop = model.site.loops.get(place)
    return 0 if loop is None or loop.fed_by is None else 1 + _loops_behind(model, loop.fed_by.loop)


def _supply(
    model: SiteModel, units: Sequence[Units], cases: Cases, running: Mapping[tuple[str, str], int]
) -> dict[str, tuple[tuple[Case, float], ...]]:
    """What every row has: fixed room, and plant in each failure set."""
    rows: dict[str, tuple[tuple[Case, float], ...]] = {}
    for name, hall in model.site.halls.items():
        positions, slots = float(hall.positions), float(hall.gallery_slots)
        rows[row("positions", name)] = ((Case(), noted(positions, "positions of {}", name)),)
        rows[row("gallery", name)] = ((Case(), noted(slots, "gallery slots of {}", name)),)
    suppliers: dict[str, list[tuple[Units, int]]] = {}
    for unit in units:
        for key in unit.supply:
            # a rear door counts on the row for its failure as often as it loads it: while it runs
            own = key.startswith("open_air@") and key in unit.running
            count = min(unit.count, running.get((unit.place, unit.spec), 0)) if own else unit.count
            suppliers.setdefault(key, []).append((unit, count))
    for key, every in sorted(suppliers.items()):
        rows[key] = tuple((case, _left(every, key, case)) for case in cases.of(key))
    return rows


def _baseline(model: SiteModel, world: World) -> Vector:
    loads = [
        noted_rows(existing_load(model, entry, world), "load {}", name)
        for name, entry in sorted(model.site.loads.items())
    ]
    return add(room_taken(model), *loads)


def _demand(model: SiteModel, world: World, placement: Placement) -> dict[str, Vector]:
    """Rows loaded by every deployment with all its placed SUs energised."""
    found: dict[str, Vector] = {}
    for (name, hall), count in sorted(placement.sus.items()):
        racks = sum(entry.count for entry in model.site.deployments[name].su)
        here = add(
            _su_demand(model, name, hall, world),
            {row("positions", hall): noted(float(racks), "racks of one SU of {}", name)},
        )
        one = noted_rows(here, "one SU of {} in {}", name, hall)
        placed = noted_rows(_times(one, count), "{} SUs of {} in {}", count, name, hall)
        found[name] = add(found.get(name, {}), placed)
    return found


def _su_demand(model: SiteModel, deployment: str, hall: str, world: World) -> Vector:
    try:
        return su_demand(model, deployment, hall, world)
    except OutsideRange:
        if world is World.PLANNING:
            raise
        # no coolant flow meets the racks' limits at the adverse end: the obstacle line says so
        return su_demand(model, deployment, hall, World.PLANNING)


def _times(vector: Vector, count: int) -> Vector:
    return {key: value * count for key, value in vector.items()}
