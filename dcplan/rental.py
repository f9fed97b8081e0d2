"""What hired units cost and how long they stay: the terms of a site file as integers, and in its currency."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dcplan.hire import SCALE, Hire
from dcplan.options import Rental
from dcplan.procure import days_of, minimum_days, period_days
from dcplan.ratings.hire import YEAR, fuel_per_day, prime_hours
from dcplan.site import SiteModel, Upgrade
from dcplan.units import round_steps


def running_per_day(model: SiteModel, upgrade: Upgrade) -> float:
    """Fuel and maintenance of a hired unit for each day that it serves [currency/day]."""
    rental = upgrade.rental
    if rental is None:
        return 0.0
    kept = 0.0 if rental.maintenance is None else rental.maintenance.si()
    return kept + fuel_per_day(model, upgrade)


def longest_days(rental: Rental) -> int | None:
    """Days that a set may serve on prime duty by its permit; None without a limit."""
    allowed = prime_hours(rental)
    return None if rental.duty != "prime" or allowed >= YEAR else math.floor(allowed + 1e-9)


def most_paid(model: SiteModel, upgrade: Upgrade, days: int) -> float:
    """What a hired unit can cost in so many days beyond what is due with its order, whoever pays."""
    return 0.0 if upgrade.rental is None else days * (upgrade.rental.rate.si() + running_per_day(model, upgrade))


def seen(model: SiteModel, upgrade: Upgrade) -> bool:
    """Whether the declared perspective sees what an upgrade costs."""
    return model.site.perspective in ("joint", upgrade.paid_by)


def hire_of(model: SiteModel, upgrade: Upgrade, step: float) -> Hire | None:
    """The terms of an upgrade's hire as integers; None where its units are bought.

    Parameters
    ----------
    model : SiteModel
    upgrade : Upgrade
    step : float
        Money step of the problem [currency].
    """
    rental = upgrade.rental
    if rental is None:
        return None
    part = step / SCALE
    rent, running = (
        amount if seen(model, upgrade) else 0.0 for amount in (rental.rate.si(), running_per_day(model, upgrade))
    )
    interest = model.site.financing_rate.si() / 365.0
    return Hire(
        minimum=minimum_days(rental),
        removal=days_of(rental.removal),
        period=period_days(rental),
        longest=longest_days(rental),
        bridge=rental.bridge,
        rent=round_steps(rent, part),
        rent_saved=round_steps(rent * interest, part),
        running=round_steps(running, part),
        running_saved=round_steps(running * interest, part),
    )


@dataclass(frozen=True)
class Stay:
    """Days of one hired unit: on hire, counted, released, gone; the last two are the plan's end where it stays."""

    begun: int
    counted: int
    released: int
    returned: int


def charged(model: SiteModel, upgrade: Upgrade, stay: Stay) -> tuple[float, float]:
    """Rent beyond the minimum hire, and fuel and maintenance, of one unit [currency], without interest."""
    rental = upgrade.rental
    if rental is None:
        return 0.0, 0.0
    beyond = max(0, stay.returned - stay.begun - minimum_days(rental))
    return beyond * rental.rate.si(), max(0, stay.released - stay.counted) * running_per_day(model, upgrade)


def carried(model: SiteModel, upgrade: Upgrade, stay: Stay) -> float:
    """The same in one sum, each day's at the planning date's money: less the simple interest saved by then."""
    rental = upgrade.rental
    if rental is None:
        return 0.0
    interest = model.site.financing_rate.si() / 365.0

    def total(first: int, end: int) -> float:
        return math.fsum(max(0.0, 1.0 - interest * day) for day in range(first, end))

    rent = rental.rate.si() * total(stay.begun + minimum_days(rental), stay.returned)
    return rent + running_per_day(model, upgrade) * total(stay.counted, stay.released)
