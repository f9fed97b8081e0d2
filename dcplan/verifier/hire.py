"""Whether hired units keep to the site file: how long they stay, what that costs, and what runs on prime duty.

A unit is on hire from the start of its install. It serves from the day it counts to its release, and is gone, and its
rent ends, when it is removed. What is still needed when the plan ends is charged to that day, or to the end of its
minimum hire.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta

from dcplan.answer import Plan, Unit
from dcplan.catalog import Generator
from dcplan.ratings.hire import prime_power
from dcplan.ratings.rows import World
from dcplan.site import Rental, Upgrade
from dcplan.units import si
from dcplan.verifier.terms import CENT, RELATIVE, Findings, Terms

YEAR = 365.0
_DAY = 86_400.0


def released(unit: Unit) -> date | None:
    """The day from which a hired unit no longer counts; None for any other, and for one that stays."""
    return None if unit.hire is None or unit.hire.stays else unit.hire.released


def check_hires(plan: Plan, terms: Terms, found: Findings) -> None:
    """Units are hired where the site file says so, for its duty, as long as it lets them, at its rates."""
    for unit in plan.units:
        upgrade = terms.known(unit)
        if upgrade is None:
            continue
        rental, stay = upgrade.rental, unit.hire
        says = "hires" if rental is not None else "buys"
        message = f"{unit.id}: {'bought' if stay is None else 'hired'}, the site file {says} units of {unit.upgrade}"
        if not found.check((rental is None) == (stay is None), "hire", unit.id, message, on=unit.order):
            continue
        if rental is not None and stay is not None:
            message = f"{unit.id}: {stay.duty} duty is stated, the site file says {rental.duty}"
            found.check(stay.duty == rental.duty, "hire-duty", unit.id, message, on=unit.order)
            _stay(unit, rental, terms, found)
            _charged(unit, upgrade, rental, terms, found)


def _stay(unit: Unit, rental: Rental, terms: Terms, found: Findings) -> None:
    """Released once it counts, removed in its time, in whole periods, after its minimum hire, by the plan's end."""
    stay, end, name = unit.hire, terms.model.site.end, unit.id
    if stay is None:
        return
    least = unit.install_start + timedelta(days=terms.minimum_hire(rental))
    message = f"{name}: it stays, the site file wants it gone by the plan's end"
    found.check(not (rental.bridge and stay.stays), "hire-bridge", name, message, on=stay.released)
    if stay.stays:
        found.exactly("hire-end", name, stay.released, end, "it stays to the plan's end")
        found.exactly("hire-end", name, stay.returned, max(end, least), "it is charged to the plan's end")
    else:
        found.not_before("hire-end", name, stay.released, unit.counted, "released before it counts")
        gone = stay.released + timedelta(days=terms.days(rental.removal))
        found.exactly("hire-removal", name, stay.returned, gone, "it is removed after its release")
        found.not_before("minimum-hire", name, stay.returned, least, "its minimum hire has not passed")
        found.not_after("hire-end", name, stay.returned, end, "what leaves is gone by the plan's end")
        days, period = (stay.returned - unit.install_start).days, terms.hire_period(rental)
        message = f"{name}: on hire for {days} days, which is no whole number of the {period} days charged together"
        found.check(days % period == 0, "hire-period", name, message, on=stay.returned)
    if rental.duty == "prime" and _hours(rental) < YEAR:
        most, served = math.floor(_hours(rental) + RELATIVE), (stay.released - unit.counted).days
        message = f"{name}: it serves {served} days on prime duty, its permit's hours allow {most}"
        found.check(
            served <= most, "hire-hours", name, message, on=stay.released,
            required=float(most), found=float(served), unit="day",
        )  # fmt: skip


def _hours(rental: Rental) -> float:
    """Days per year that prime duty may last."""
    return YEAR if rental.hours is None else rental.hours.si()


# ---------------------------------------------------------------- money


def _charged(unit: Unit, upgrade: Upgrade, rental: Rental, terms: Terms, found: Findings) -> None:
    """Rent beyond the minimum hire, fuel and maintenance, as they fall due."""
    stay = unit.hire
    if stay is None:
        return
    days = max(0, (stay.returned - unit.install_start).days - terms.minimum_hire(rental))
    served = max(0, (stay.released - unit.counted).days)
    for what, stated, due in (
        ("rent", stay.rent, days * rental.rate.si()),
        ("running cost", stay.running, served * running(upgrade, rental, terms)),
    ):
        found.check(
            abs(stated - due) <= CENT + RELATIVE * due, "hire-cost", unit.id,
            f"{unit.id}: {what} of {stated:,.2f} is stated, its dates and the site file make {due:,.2f}",
            on=stay.returned, required=due, found=stated, unit=terms.model.site.currency,
        )  # fmt: skip


def running(upgrade: Upgrade, rental: Rental, terms: Terms) -> float:
    """Fuel and maintenance of a unit for each day that it serves."""
    kept = 0.0 if rental.maintenance is None else rental.maintenance.si()
    spec = terms.spec_of(upgrade)
    if rental.duty != "prime" or not isinstance(spec, Generator):
        return kept
    watts = prime_power(terms.model, rental, spec, World.PLANNING)
    if rental.fuel_cost is not None:
        return kept + watts * _DAY * rental.fuel_cost.si()
    if rental.fuel_price is None or not spec.fuel:
        return kept
    idle, rating = spec.fuel[0].flow.si(), spec.power.si()
    rise = max((point.flow.si() - idle) / (point.load.si() * rating) for point in spec.fuel)
    return kept + (idle + rise * watts) * _DAY * si(rental.fuel_price.value)


def spent(unit: Unit, upgrade: Upgrade, ordered: float, terms: Terms) -> Iterator[float]:
    """What a unit costs at the planning date's money: what is due with its order, and what is paid day by day.

    Parameters
    ----------
    unit : Unit
    upgrade : Upgrade
    ordered : float
        What is due with the order, less its interest.
    terms : Terms

    Yields
    ------
    float
        Of a hired unit two amounts, each rounded by itself: with all that is charged by the day taken off up to the
        first day that is, and all of it up to the last one, both counted from the plan's first day.
    """
    rental, stay, site = upgrade.rental, unit.hire, terms.model.site
    if rental is None or stay is None:
        yield ordered
        return
    rent, kept = rental.rate.si(), running(upgrade, rental, terms)

    def accrued(hired: date, served: date) -> float:
        return rent * _until(hired, terms) + kept * _until(served, terms)

    least = unit.install_start + timedelta(days=terms.minimum_hire(rental))
    yield ordered - accrued(min(least, site.end), min(unit.counted, site.end))
    yield accrued(site.end, site.end) if stay.stays else accrued(stay.returned, stay.released)


def _until(day: date, terms: Terms) -> float:
    """Days before one, each less the simple interest saved by then, and never less than nothing."""
    days, daily = max(0, (day - terms.model.site.start).days), terms.model.site.financing_rate.si() / YEAR
    last = days if daily == 0 else min(days, math.ceil(1.0 / daily))
    return last - daily * last * (last - 1) / 2.0


# ---------------------------------------------------------------- emissions


def prime_emissions(plan: Plan, terms: Terms) -> Iterator[tuple[date, float]]:
    """What sets on prime duty may emit per year [kg] beyond what standby would; on the day each is installed."""
    asked = terms.model.site.generator_duty.hours
    for unit in plan.units:
        upgrade = terms.known(unit)
        if upgrade is None or upgrade.rental is None or upgrade.rental.duty != "prime" or asked is None:
            continue
        spec = terms.spec_of(upgrade)
        if isinstance(spec, Generator) and spec.engine_power is not None and spec.emission is not None:
            more = min(_hours(upgrade.rental), YEAR) - asked.si()
            yield unit.install_start, spec.engine_power.si() * spec.emission.si() * more * _DAY
