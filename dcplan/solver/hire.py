"""Units that are hired: on hire from the start of their install, released once what is energised is carried without.

Of one type, the unit that came first goes first. In the relaxation a type has a second cumulative count, of the units
released by the end of each cell. That count is exact on the cell's last day, on which its balances are looked at; what
is paid by the day is charged from the last start that a cell allows to the first release that one does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from dcplan.errors import InternalError
from dcplan.hire import SCALE, Hire
from dcplan.problem import FINE, Problem, Purchase
from dcplan.solver.cells import Expr, Grid, GridSolution, coarse_step, weighted

if TYPE_CHECKING:
    from dcplan.solver.schedule import Install, Schedule, Timeline

Counted = Callable[[int, int], Expr]
"""Units of a plant type that count on a day."""


def terms(problem: Problem, plant: int) -> tuple[Purchase, Hire]:
    """How units of a hired plant type are ordered, and the terms of their hire."""
    purchase = problem.plants[plant].purchase
    if purchase is None or purchase.hire is None:
        raise InternalError(f"{problem.plants[plant].id} is not hired")
    return purchase, purchase.hire


# ---------------------------------------------------------------- the relaxation


def add_releases(
    model: cp_model.CpModel,
    problem: Problem,
    grid: Grid,
    starts: dict[int, list[cp_model.IntVar]],
    may_count: Counted,
    surely_count: Counted,
) -> dict[int, list[cp_model.IntVar]]:
    """Cumulative releases per cell of each hired type: after its minimum hire, and within the days it may serve.

    Parameters
    ----------
    model : CpModel
    problem : Problem
    grid : Grid
    starts : dict
        Cumulative install starts per cell, by plant type.
    may_count, surely_count : callable
        Units of a type that may, and that certainly do, count on a day; of a hired type none stand before.
    """
    found = {}
    for index in problem.hired:
        plant, (_, hire) = problem.plants[index], terms(problem, index)
        counts = [model.new_int_var(0, plant.most, f"release {plant.id}[{cell}]") for cell in grid.cells]
        last = problem.days - hire.removal
        for before, after in pairwise(counts):
            model.add(after >= before)
        for cell in grid.cells:
            day = min(grid.last(cell), last)
            if grid.first(cell) > last:
                model.add(counts[cell] == (counts[cell - 1] if cell else 0))
            begun = grid.covering(day + hire.removal - hire.minimum)
            model.add(counts[cell] <= (starts[index][begun] if begun >= 0 else 0))
            model.add(counts[cell] <= may_count(index, day))
            if hire.longest is not None:
                over = min(grid.last(cell), problem.days - 1) - hire.longest
                if over >= 0:
                    model.add(counts[cell] >= surely_count(index, over))
        if hire.bridge:
            model.add(counts[-1] == starts[index][-1])
        found[index] = counts
    return found


def hire_costs(
    problem: Problem,
    grid: Grid,
    index: int,
    starts: Sequence[cp_model.IntVar],
    releases: Sequence[cp_model.IntVar],
    last_open: Callable[[int], int],
) -> list[Expr]:
    """What a hired type costs at the least: begun as late, and released as early, as each cell allows."""
    plant, (purchase, hire) = problem.plants[index], terms(problem, index)
    stays = problem.hire_ended(hire, None)
    begun = [problem.hire_begun(plant, purchase, hire, last_open(cell)) + stays for cell in grid.cells]
    ended = [problem.hire_ended(hire, min(grid.first(cell), problem.days - hire.removal)) for cell in grid.cells]
    return [*weighted(starts, begun), *weighted(releases, [cost - stays for cost in ended])]


def serving_costs(
    model: cp_model.CpModel,
    problem: Problem,
    grid: Grid,
    starts: dict[int, list[cp_model.IntVar]],
    energised: dict[tuple[int, int], list[cp_model.IntVar]],
    counted: Counted,
    last_open: Callable[[int], int],
) -> list[Expr] | None:
    """A second bound on what all hired types cost together, which no handing over inside of cells gets round.

    On every day of a cell hired units serve that carry, with all bought ones that may count by its end, what was
    energised before it. Those of the cheapest day are charged for each of its days. None where interest eats up rent.
    """
    hires = {index: terms(problem, index) for index in problem.hired}
    if any(
        hire.rent_saved * problem.days > hire.rent or hire.running_saved * problem.days > hire.running
        for _, hire in hires.values()
    ):
        return None
    found: list[Expr] = []
    for index, (purchase, hire) in hires.items():
        ordered = [purchase.carry * max(last_open(cell) - purchase.lead_days, 0) for cell in grid.cells]
        prices = [(purchase.cost - saved) * (SCALE // FINE) - hire.rent * hire.minimum for saved in ordered]
        found.extend(weighted(starts[index], [price // SCALE - 1 for price in prices]))
    total = sum(len(su.arrivals) for su in problem.classes)
    for cell in grid.cells[1:]:
        before = {key: counts[cell - 1] for key, counts in energised.items()}
        live = model.new_bool_var(f"live before {cell}")
        model.add(sum(before.values()) <= total * live)
        serving = {
            index: model.new_int_var(0, problem.plants[index].most, f"serve {problem.plants[index].id}[{cell}]")
            for index in hires
        }
        for row in sorted({row for index in hires for row, amount in problem.plants[index].supply if amount}):
            _served(model, problem, row, serving, before, live, counted, grid.last(cell))
        first, end = grid.first(cell), min(grid.last(cell) + 1, problem.days)
        for index, (_, hire) in hires.items():
            found.append(((hire.accrued(end, end) - hire.accrued(first, first)) // SCALE) * serving[index])
    return found


def _served(
    model: cp_model.CpModel,
    problem: Problem,
    row: int,
    serving: dict[int, cp_model.IntVar],
    before: dict[tuple[int, int], cp_model.IntVar],
    live: cp_model.IntVar,
    counted: Counted,
    day: int,
) -> None:
    """One balance of the day on which hired units cost least: what they and all others supply, and what is live."""
    record = problem.rows[row]
    supply = [(amount, index) for index, plant in enumerate(problem.plants) for at, amount in plant.supply if at == row]
    asked = {(number, way): dict(problem.classes[number].modes[way].demand).get(row, 0) for number, way in before}
    # where each SU asks for something, more units run than may fail, and these take their supply with them
    out = record.failures * min(amount for amount, _ in supply) if all(asked.values()) else 0
    coarse = coarse_step([*(amount for amount, _ in supply), *asked.values(), record.demand, out])
    there: Expr = sum(
        -(-amount // coarse) * (serving[index] if index in serving else counted(index, day)) for amount, index in supply
    )
    need = sum((asked[key] // coarse) * count for key, count in before.items())
    model.add(there >= need + ((record.demand + out) // coarse) * live)


def hire_days(problem: Problem, grid: Grid, solution: GridSolution | None, schedules: Iterable[Schedule]) -> set[int]:
    """Days around every release, in schedules and in the relaxation, and around the last start that it allows."""
    days: set[int] = set()
    for schedule in schedules:
        for install in schedule.installs:
            if install.released is not None:
                days |= _around(problem, install.plant, install.released)
    for index, counts in ({} if solution is None else solution.releases).items():
        for cell in grid.cells:
            if counts[cell] > (counts[cell - 1] if cell else 0):
                first, last = grid.first(cell), grid.last(cell)
                days.update((first, first + 1, (first + last + 1) // 2, last))
                days |= _around(problem, index, first)
    return days


def _around(problem: Problem, index: int, released: int) -> set[int]:
    _, hire = terms(problem, index)
    begun = released + hire.removal - hire.minimum
    days = {released, released + 1, begun, begun + 1}
    for plant in problem.plants:
        if plant.purchase is not None:
            commissioned = problem.workdays.latest_start(released, problem.test_days(plant))
            days.add(problem.latest_install(plant.purchase, commissioned) + 1)
    return days


# ---------------------------------------------------------------- schedules


def install_cost(problem: Problem, install: Install) -> int:
    """What a bought or hired unit costs in a schedule, in money steps."""
    plant = problem.plants[install.plant]
    if plant.purchase is None:
        return 0
    hire = plant.purchase.hire
    if hire is None:
        return problem.unit_price(plant.purchase, install.start)
    begun = problem.hire_begun(plant, plant.purchase, hire, install.start)
    return begun + problem.hire_ended(hire, install.released)


def departures(installs: Iterable[Install]) -> list[tuple[int, int]]:
    """(day, plant) of every unit that is released."""
    return [(install.released, install.plant) for install in installs if install.released is not None]


def moved_hire(problem: Problem, install: Install, later: Install | None) -> Install | None:
    """A later install of the same unit, released no sooner; None where it may not be, or that costs more."""
    if later is None or not problem.plants[install.plant].is_hired:
        return later
    moved = later if install.released is None else _released(problem, later, max(install.released, later.counted))
    if _too_long(problem, moved) and not _too_long(problem, install):
        return None
    return moved if install_cost(problem, moved) <= install_cost(problem, install) else None


def _released(problem: Problem, install: Install, needed: int | None) -> Install:
    """The unit released on the first day from `needed` on that its hire allows; kept where that is past the plan."""
    _, hire = terms(problem, install.plant)
    day = None if needed is None else hire.release(install.start, max(needed, install.counted))
    return replace(install, released=None if day is None or day + hire.removal > problem.days else day)


def released(timeline: Timeline, installs: Sequence[Install]) -> list[Install]:
    """The installs with each hired unit released as early as everything energised stays carried; dearest rent first."""
    problem = timeline.problem
    types = {install.plant for install in installs if problem.plants[install.plant].is_hired}
    kept = [replace(install, released=None) if install.plant in types else install for install in installs]

    def daily(index: int) -> int:
        _, hire = terms(problem, index)
        return hire.rent + hire.running

    for index in sorted(types, key=lambda index: (-daily(index), index)):
        trial = _type_released(timeline, kept, index)
        if _carried(timeline, trial):
            kept = trial
    return kept


def _at(timeline: Timeline, installs: Sequence[Install]) -> Timeline:
    """The same energisations with other installs."""
    arrivals = [(day, index) for index, plant in enumerate(timeline.problem.plants) for day in plant.arrivals]
    counted = [(install.counted, install.plant) for install in installs]
    return replace(timeline, counted=counted + arrivals, left=departures(installs))


def _days(timeline: Timeline) -> list[int]:
    """Days of the plan, from the first energisation on, on which supply or demand changes."""
    first = min((day for day, _, _ in timeline.energised), default=0)
    return [day for day in timeline.changes(first - 1) if day <= timeline.problem.days]


def _carried(timeline: Timeline, installs: Sequence[Install]) -> bool:
    changed = _at(timeline, installs)
    return all(changed.carried(day) for day in _days(changed))


def _type_released(timeline: Timeline, installs: Sequence[Install], index: int) -> list[Install]:
    """The installs with the units of one type released, those that started first as soon as one can be spared."""
    now = _at(timeline, installs)
    days, spare = _days(now), list[int]()
    for day in days:
        there, demand = now.available(day), now.demand(day)
        needed = bisect_left(range(there[index]), True, key=lambda number: _enough(now, there, demand, index, number))
        spare.append(there[index] - needed)
    for place in range(len(spare) - 2, -1, -1):
        spare[place] = min(spare[place], spare[place + 1])
    units = sorted((place for place, install in enumerate(installs) if install.plant == index),
                   key=lambda place: installs[place].start)  # fmt: skip
    found = list(installs)
    for number, place in enumerate(units, 1):
        first = bisect_left(spare, number)
        found[place] = _released(problem=now.problem, install=found[place], needed=(
            days[first] if first < len(days) else None
        ))  # fmt: skip
    return found


def _enough(now: Timeline, there: tuple[int, ...], demand: tuple[int, ...], index: int, number: int) -> bool:
    units = (*there[:index], number, *there[index + 1 :])
    return now.capacity.running(units, demand) is not None


def worth_dropping(timeline: Timeline, kept: Sequence[Install], without: Sequence[Install]) -> bool:
    """Whether a unit that nothing needs as long as hired ones stay costs more than to keep these so long."""
    if not any(timeline.problem.plants[install.plant].is_hired for install in kept):
        return True

    def spend(installs: Sequence[Install]) -> tuple[bool, int]:
        left = released(timeline, installs)
        cost = sum(install_cost(timeline.problem, install) for install in left)
        return stays_too_long(timeline.problem, left), cost

    return spend(without) <= spend(kept)


def release_days(problem: Problem, installs: Iterable[Install]) -> set[int]:
    """Days on which hired units are released, and on which they may be at the latest."""
    hired = [install for install in installs if problem.plants[install.plant].is_hired]
    return {problem.days - terms(problem, one.plant)[1].removal for one in hired} | {
        day for day, _ in departures(hired)
    }


def kept_longer(timeline: Timeline, kept: list[Install], trial: list[Install], carry: int) -> list[Install]:
    """A trial with a later order, hired units kept for it where rent is less than the interest saved (`carry`)."""
    problem, part = timeline.problem, SCALE // FINE
    hires = [terms(problem, index)[1] for index in problem.hired]
    if not any(hire.rent + hire.running < carry * part for hire in hires):
        return trial
    longer = released(timeline, trial)
    costs = [sum(install_cost(problem, install) for install in one) for one in (longer, kept)]
    return longer if costs[0] < costs[1] and not stays_too_long(problem, longer) else trial


def stays_too_long(problem: Problem, installs: Iterable[Install]) -> bool:
    """Whether a hired unit serves more days than it may, or is not gone when it must be."""
    return any(_too_long(problem, install) for install in installs if problem.plants[install.plant].is_hired)


def _too_long(problem: Problem, install: Install) -> bool:
    _, hire = terms(problem, install.plant)
    if install.released is None and hire.bridge:
        return True
    last = problem.days if install.released is None else install.released
    return hire.longest is not None and last - install.counted > hire.longest
