"""What the two rivals of the optimizer share: what they cover, the balances they keep, where they start, how they end.

A rival is what somebody would write who sets out from one of the two usual ideas: :mod:`tests.benchmarks.intervals`
and :mod:`tests.benchmarks.weekly`. Each takes the problem record that the optimizer takes, and gives a schedule and
a bound on the same objective.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dcplan.problem import Plant, Problem, SuClass, Terms
from dcplan.solver.capacity import Capacity
from dcplan.solver.decode import Choice, SuChoice, UnitChoice, build
from dcplan.solver.schedule import Schedule
from dcplan.solver.search import Status
from tests.greedy import greedy

Key = tuple[int, int]
"""(class, mode)"""


DIGITS = 10_000


class Uncovered(NotImplementedError):
    """The problem has something that the rivals were not written for."""


def refuse_uncovered(problem: Problem) -> None:
    """Raise for what the benchmark family does not need.

    Raises
    ------
    Uncovered
        Names each feature.
    """
    features = {
        "plant that draws power while it stands": any(plant.standing for plant in problem.plants),
        "plant on order": any(plant.arrivals for plant in problem.plants),
        "plates on a route": any(mode.route for su in problem.classes for mode in su.modes),
        "upgrades that need others first": problem.waits,
        "upgrades that rule out others": bool(problem.exclusive),
        "plant that is hired": bool(problem.hired),
    }
    found = [name for name, there in features.items() if there]
    if found:
        raise Uncovered(f"not covered by the benchmark's rivals: {', '.join(found)}")


@dataclass(frozen=True)
class Found:
    """What a rival ends with, in money steps; read like the search's own result."""

    status: Status
    schedule: Schedule | None
    bound: int | None
    build_seconds: float
    """From the problem to a model that a solver can take."""
    doubted: bool = False


def ended(schedule: Schedule | None, bound: int | None, build_seconds: float, *, infeasible: bool = False) -> Found:
    """A result, with the status that schedule and bound give it."""
    if infeasible:
        return Found(Status.INFEASIBLE, None, None, build_seconds)
    if schedule is None:
        return Found(Status.NO_PLAN, None, bound, build_seconds)
    proven = bound is not None and bound >= schedule.objective
    return Found(Status.OPTIMAL if proven else Status.FEASIBLE, schedule, bound, build_seconds)


# ---------------------------------------------------------------- rows to keep


@dataclass(frozen=True)
class Balance:
    """One row to keep at every moment, divided by what its amounts have in common."""

    failures: int
    base: int
    supply: dict[int, int]
    """Plant type -> what a running unit supplies."""
    draws: dict[int, int]
    """Plant type -> what a running unit draws."""
    demand: dict[Key, int]

    def relaxed(self) -> Balance:
        """The row with amounts of at most so many digits, rounded in the plan's favour: what floats compute well."""
        most = max((*self.supply.values(), *self.draws.values(), *self.demand.values()), default=1)
        step = max(1, most // DIGITS)
        less, more = (lambda amount: amount // step), (lambda amount: -(-amount // step))
        supply = {index: more(amount) for index, amount in self.supply.items()}
        draws, demand = ({key: less(amount) for key, amount in loads.items()} for loads in (self.draws, self.demand))
        return Balance(self.failures, less(self.base), supply, draws, demand)


def balances(problem: Problem) -> list[Balance]:
    """The rows that plant has to keep, without those that others imply."""
    kept: list[Balance] = []
    rows = [balance for index in range(len(problem.rows)) if (balance := _balance(problem, index)) is not None]
    for number, row in enumerate(rows):
        if not any(_implies(other, row) for other in (*kept, *rows[number + 1 :])):
            kept.append(row)
    return kept


def _balance(problem: Problem, index: int) -> Balance | None:
    row = problem.rows[index]
    demand = {
        (number, way): amount
        for number, su in enumerate(problem.classes)
        for way, mode in enumerate(su.modes)
        if (amount := dict(mode.demand).get(index, 0))
    }
    supply, draws = (
        {plant: amount for plant, terms in enumerate(kind) if (amount := dict(terms).get(index, 0))}
        for kind in ([plant.supply for plant in problem.plants], [plant.running for plant in problem.plants])
    )
    if row.capacity is not None or not (row.demand or draws or demand):
        return None
    common = math.gcd(*supply.values(), *draws.values(), *demand.values()) or 1

    def divided(amounts: dict[Any, int]) -> dict[Any, int]:
        return {key: amount // common for key, amount in amounts.items()}

    return Balance(row.failures, -(-row.demand // common), divided(supply), divided(draws), divided(demand))


def _implies(row: Balance, other: Balance) -> bool:
    """Whether a row that is kept keeps another one: scaled to its loads, it has no more supply and as many failures."""
    if row.failures < other.failures:
        return False
    loads = [(other.base, row.base)]
    loads += [(amount, row.draws.get(key, 0)) for key, amount in other.draws.items()]
    loads += [(amount, row.demand.get(key, 0)) for key, amount in other.demand.items()]
    if any(mine == 0 < theirs for theirs, mine in loads):
        return False
    scale = max(Fraction(theirs, mine) for theirs, mine in loads if mine)
    return all(other.supply.get(plant, 0) >= scale * amount for plant, amount in row.supply.items())


def surely_running(plant: Plant) -> int:
    """Units that stand and that nothing would be gained by switching off."""
    return 0 if plant.running else plant.existing


Loss = tuple[int, list[tuple[int, int, int]]]
"""A fixed amount, and (amount, plant type, j) for each that is lost too when at least j units of the type run."""


def losses(problem: Problem, balance: Balance) -> list[Loss]:
    """What each set of units that may fail loses: first what is lost for certain, then what may be more."""
    units = sorted(
        (amount for index, amount in balance.supply.items() for _ in range(surely_running(problem.plants[index]))),
        reverse=True,
    )
    certain = sum(units[: balance.failures])
    found: list[Loss] = [(certain, [])]
    for failed in itertools.combinations_with_replacement(sorted(balance.supply), balance.failures):
        amounts = [(balance.supply[index], index, number) for index, number in _numbered(failed)]
        if sum(amount for amount, _, _ in amounts) <= certain:
            continue
        if balance.failures == 1:
            # tighter than the larger of the two where counts are fractions
            found.append((certain, [(amount - certain, index, number) for amount, index, number in amounts]))
        else:
            found.append((0, amounts))
    return found


def _numbered(failed: Sequence[int]) -> list[tuple[int, int]]:
    """Each plant type of a set with 1, 2, ... up to the number of its units in the set."""
    return [(index, number) for index in sorted(set(failed)) for number in range(1, failed.count(index) + 1)]


def taken(problem: Problem) -> Iterator[tuple[int, dict[int, int], dict[Key, int]]]:
    """For each row of fixed supply: what is left of it, and what a unit of each plant type and an SU per mode take."""
    for index, row in enumerate(problem.rows):
        units = {number: dict(plant.takes).get(index, 0) for number, plant in enumerate(problem.plants)}
        sus = {
            (number, way): dict(mode.takes).get(index, 0)
            for number, su in enumerate(problem.classes)
            for way, mode in enumerate(su.modes)
        }
        if row.capacity is not None:
            yield row.capacity - row.demand, _positive(units), _positive(sus)


def _positive(amounts: dict[Any, int]) -> dict[Any, int]:
    return {key: amount for key, amount in amounts.items() if amount}


def loop_starters(problem: Problem, hall: int) -> list[tuple[int, ...]]:
    """For each group that a hall's loop waits for, the plant types of which a first unit has to be bought."""
    groups = problem.halls[hall].loop_groups
    return [
        tuple(index for index in group if problem.plants[index].purchase is not None)
        for group in groups
        if not any(problem.plants[index].existing for index in group)
    ]


def last_energisation(problem: Problem, su: SuClass) -> int:
    """Last day on which an SU can be energised and be accepted by its deadline."""
    return problem.workdays.latest_start(su.deadline, su.acceptance_days) - su.burn_in_days


# ---------------------------------------------------------------- halls that are alike


def alike(problem: Problem) -> list[list[int]]:
    """Halls that differ in nothing but their names, in groups of two or more."""
    groups: dict[object, list[int]] = {}
    for hall in range(len(problem.halls)):
        groups.setdefault(_portrait(problem, hall), []).append(hall)
    return [group for group in groups.values() if len(group) > 1]


def _portrait(problem: Problem, hall: int) -> object:
    """Everything that is said of a hall, without its name."""
    name, test = problem.halls[hall].name, problem.halls[hall]

    def nameless(id: str) -> str:
        what, _, where = id.rpartition("@")
        return f"{what}@" if where == name else id

    def terms(amounts: Terms) -> tuple[tuple[str, int], ...]:
        return tuple((nameless(problem.rows[index].id), amount) for index, amount in amounts)

    plants = tuple(
        (
            plant.upgrade,
            plant.spec,
            plant.existing,
            plant.purchase,
            *map(terms, (plant.supply, plant.running, plant.takes)),
        )
        for plant in problem.plants
        if plant.hall == hall
    )
    rows = tuple(
        (nameless(row.id), row.step, row.failures, row.demand, row.capacity)
        for row in problem.rows
        if row.id.endswith(f"@{name}")
    )
    modes = tuple(
        (number, mode.reinforcement, terms(mode.demand), terms(mode.takes))
        for number, su in enumerate(problem.classes)
        for mode in su.modes
        if mode.hall == hall
    )
    groups = tuple(
        tuple("" if problem.plants[index].hall == hall else problem.plants[index].id for index in group)
        for group in test.loop_groups
    )
    within = hall if test.within is not None or any(other.within == hall for other in problem.halls) else None
    return plants, rows, modes, test.test_days, groups, within


# ---------------------------------------------------------------- from a schedule, and to one


def first_schedule(problem: Problem) -> Schedule | None:
    """Where a search may start: each system sized alone, cheapest unit first, everything as early as crews allow."""
    number = sum(len(su.arrivals) for su in problem.classes)
    for per_capacity in (False, True):
        schedule = greedy(problem, per_capacity=per_capacity, shift=False)
        # greedy leaves out what finds no hall
        if schedule is not None and len(schedule.runs) == number:
            return schedule
    return None


@dataclass(frozen=True)
class Placed:
    """When the work of one SU starts, and when it is energised, as a model would have it [day]."""

    su: int
    mode: int
    reinforce: int
    set_start: int
    energised: int


def decoded(problem: Problem, units: Iterable[tuple[int, int]], sus: Sequence[Placed]) -> Iterator[Schedule]:
    """Day-exact schedules of what a model has chosen: as early as crews allow, and not before the model's own days.

    Parameters
    ----------
    problem : Problem
    units : iterable of (int, int)
        Plant type and install start [day] of each unit to buy.
    sus : sequence of Placed
        Every SU.
    """
    capacity, bought = Capacity(problem), list(units)
    early = Choice(
        tuple(UnitChoice(plant, day) for plant, day in bought),
        tuple(SuChoice(item.su, item.mode, item.set_start, item.energised) for item in sus),
    )
    dated = Choice(
        tuple(UnitChoice(plant, day, day) for plant, day in bought),
        tuple(
            SuChoice(item.su, item.mode, item.set_start, item.energised, item.reinforce, item.set_start, item.energised)
            for item in sus
        ),
    )
    # without interest nothing is gained by putting units off, and it takes long
    purchases = [plant.purchase for plant in problem.plants if plant.purchase is not None]
    ways = [way for su in problem.classes for mode in su.modes if (way := mode.reinforcement) is not None]
    shifts = (False, True) if any(bought.carry for bought in (*purchases, *ways)) else (False,)
    for choice, shift in itertools.product((dated, early), shifts):
        schedule = build(problem, capacity, choice, shift=shift)
        if schedule is not None:
            yield schedule


def best(schedules: Iterable[Schedule]) -> Schedule | None:
    """The cheapest of some schedules."""
    return min(schedules, key=lambda schedule: schedule.objective, default=None)
