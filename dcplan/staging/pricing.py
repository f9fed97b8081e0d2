"""The problems of a site priced anew: once so that the objective is what everything costs, once so that it is delay.

*Cost* is the price of all purchases, hires and reinforcements, whoever pays, without interest. *Delay* is acceptance as
planned less acceptance at a ready site, each SU weighted by its value, which is its price. Both are counted in whole
steps. A step is the largest amount that all prices are multiples of, where that keeps the sums below the solver's
limit; then nothing is rounded. Else prices are rounded down to a coarser step, so that what no plan is below in steps
no plan is below in money.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dcplan.answer import Aim
from dcplan.dating import stay
from dcplan.formulate.scale import ROW_LIMIT
from dcplan.hire import SCALE
from dcplan.problem import FINE, Delay, Mode, Plant, Problem, Purchase, Reinforcement, SuClass
from dcplan.procure import CHAIN_MARGIN_DAYS, unit_cost
from dcplan.rental import charged, running_per_day
from dcplan.site import SiteModel
from dcplan.solver.schedule import Schedule, price

CENTS = 100
Prices = Mapping[tuple[str | None, str | None], int]
"""Cents of one unit by upgrade and by how it is had sooner."""
Daily = Mapping[str | None, tuple[int, int]]
"""Cents of one day by hired upgrade: rent, and fuel and maintenance while a unit serves."""


@dataclass(frozen=True)
class Priced:
    """The problems of a site, one for each choice of setpoints, whose objective is one number.

    Attributes
    ----------
    problems : tuple of Problem
        Their money step is that of the number [currency, or currency times days].
    unit : float
        What the number is told in: 1 for a cost; for a delay the value of all SUs, which makes mean days of it.
    """

    problems: tuple[Problem, ...]
    unit: float

    def steps(self, chosen: int, schedule: Schedule) -> int:
        """The number of a schedule of one problem, whatever it was found for, in whole steps."""
        return price(self.problems[chosen], schedule.installs, schedule.runs)[0]

    def told(self, steps: int) -> float:
        """Steps as they are told: in the site's currency, or in mean days."""
        return steps * self.problems[0].money_step / self.unit

    def most(self, told: float) -> int:
        """The largest number of whole steps that is no more than what is told, but for noise."""
        return math.floor(told * self.unit / self.problems[0].money_step * (1 + 1e-12) + 1e-6)


def priced(model: SiteModel, problems: Sequence[Problem]) -> dict[Aim, Priced]:
    """The problems of a site with each of the two numbers as their objective.

    Parameters
    ----------
    model : SiteModel
        A loaded site.
    problems : sequence of Problem
        At each choice of setpoints.
    """
    return {"cost": _costed(model, problems), "delay": _timed(model, problems)}


def exact(model: SiteModel, problem: Problem, schedule: Schedule) -> dict[Aim, float]:
    """Cost [currency] and value-weighted delay [mean days] of a schedule, without rounding."""
    costs = []
    for install in schedule.installs:
        plant = problem.plants[install.plant]
        if plant.upgrade is not None:
            upgrade = model.site.upgrades[plant.upgrade]
            costs.append(unit_cost(model, upgrade, plant.expedite))
            costs.extend(charged(model, upgrade, stay(problem, install)) if plant.is_hired else ())
    days = {su.id: -sum(problem.accepted(su, ready) for ready in su.ready) for su in problem.classes}
    for run in schedule.runs:
        su = problem.classes[run.su]
        days[su.id] += run.accepted
        way = su.modes[run.mode].reinforcement
        if way is not None:
            costs.append(unit_cost(model, model.site.upgrades[way.upgrade]) * way.positions)
    late = [_value(model, su) * days[su.id] for su in problem.classes]
    return {"cost": math.fsum(costs), "delay": math.fsum(late) / _whole_value(model, problem)}


# ---------------------------------------------------------------- the two numbers


def _costed(model: SiteModel, problems: Sequence[Problem]) -> Priced:
    """Delay counts for nothing, a purchase its price whenever it is made."""
    units = {
        (plant.upgrade, plant.expedite): unit_cost(model, model.site.upgrades[plant.upgrade], plant.expedite)
        for problem in problems
        for plant in problem.plants
        if plant.upgrade is not None
    }
    prices: Prices = {key: _cents(cost) for key, cost in units.items()}
    ways = {
        (way.upgrade, way.positions): _cents(unit_cost(model, model.site.upgrades[way.upgrade]) * way.positions)
        for problem in problems
        for way in _ways(problem)
    }
    daily: Daily = {
        name: (_cents(one.rental.rate.si()), _cents(running_per_day(model, one)))
        for name, one in model.site.upgrades.items()
        if one.rental is not None
    }
    most = max(_whole_cost(problem, prices, ways, daily) for problem in problems)
    step = _step((*prices.values(), *ways.values(), *(each for pair in daily.values() for each in pair)), most)

    def with_prices(problem: Problem) -> Problem:
        return _with(
            problem,
            step,
            lambda plant: prices[plant.upgrade, plant.expedite] // step,
            lambda way: ways[way.upgrade, way.positions] // step,
            lambda _: (),
            {name: (rent // step, running // step) for name, (rent, running) in daily.items()},
        )

    return Priced(tuple(map(with_prices, problems)), 1.0)


def _timed(model: SiteModel, problems: Sequence[Problem]) -> Priced:
    """Purchases are free, each day of an SU until acceptance counts its value."""
    values = {su.deployment: _cents(_value(model, su)) for problem in problems for su in problem.classes}
    days = max(problem.days for problem in problems) + CHAIN_MARGIN_DAYS
    most = max(sum(len(su.arrivals) * values[su.deployment] for su in problem.classes) for problem in problems)
    step = _step(values.values(), most * days)

    def with_values(problem: Problem) -> Problem:
        return _with(
            problem,
            step,
            lambda _: 0,
            lambda _: 0,
            lambda su: (Delay(values[su.deployment] // step * FINE, "acceptance", None),),
            {},
        )

    return Priced(tuple(map(with_values, problems)), _whole_value(model, problems[0]))


def _value(model: SiteModel, su: SuClass) -> float:
    """Value of one SU [currency]: its price."""
    return float(model.site.deployments[su.deployment].price.si())


def _whole_value(model: SiteModel, problem: Problem) -> float:
    """Value of all SUs [currency]; 1 where none has any, so that no delay counts."""
    return math.fsum(_value(model, su) * len(su.arrivals) for su in problem.classes) or 1.0


def _cents(amount: float) -> int:
    """Whole cents, rounded down but for noise."""
    return math.floor(amount * CENTS + 1e-4)


def _step(amounts: Iterable[int], total: int) -> int:
    """The largest common part of all amounts, or where that is too fine for their total, a power of ten.

    Examples
    --------
    >>> _step([2400, 3600, 0], 10**6), _step([7, 11], 2**31), _step([], 0)
    (1200, 10, 1)
    """
    step = math.gcd(*amounts) or 1
    if 2 * total < ROW_LIMIT * step:
        return step
    step = 1
    while 2 * total >= ROW_LIMIT * step:
        step *= 10
    return step


def _whole_cost(problem: Problem, prices: Prices, ways: Mapping[tuple[str, int], int], daily: Daily) -> int:
    """What all purchases that are allowed, hired to the plan's end, and the dearest floors cost together."""
    bought = sum(
        plant.purchase.at_most
        * (prices[plant.upgrade, plant.expedite] + problem.days * sum(daily.get(plant.upgrade, ())))
        for plant in problem.plants
        if plant.purchase is not None
    )
    for su in problem.classes:
        dearest = (ways[way.upgrade, way.positions] for mode in su.modes if (way := mode.reinforcement) is not None)
        bought += len(su.arrivals) * max(dearest, default=0)
    return bought


def _ways(problem: Problem) -> Iterable[Reinforcement]:
    modes = (mode for su in problem.classes for mode in su.modes)
    return (mode.reinforcement for mode in modes if mode.reinforcement is not None)


def _with(
    problem: Problem,
    step: int,
    plant_price: Callable[[Plant], int],
    way_price: Callable[[Reinforcement], int],
    delays: Callable[[SuClass], tuple[Delay, ...]],
    daily: Daily,
) -> Problem:
    """The problem with other prices and rates, in a step of so many cents; without interest."""

    def bought(plant: Plant, purchase: Purchase) -> Purchase:
        rent, running = (part * SCALE for part in daily.get(plant.upgrade, (0, 0)))
        hire = purchase.hire
        if hire is not None:
            hire = replace(hire, rent=rent, rent_saved=0, running=running, running_saved=0)
        return replace(purchase, cost=plant_price(plant) * FINE, carry=0, hire=hire)

    def moved(mode: Mode) -> Mode:
        way = mode.reinforcement
        return mode if way is None else replace(mode, reinforcement=replace(way, cost=way_price(way) * FINE, carry=0))

    plants = tuple(
        plant if plant.purchase is None else replace(plant, purchase=bought(plant, plant.purchase))
        for plant in problem.plants
    )
    classes = tuple(
        replace(su, delays=delays(su), modes=tuple(moved(mode) for mode in su.modes)) for su in problem.classes
    )
    return replace(problem, money_step=step / CENTS, plants=plants, classes=classes)
