"""What a plan must keep to, restated from the site file: calendar, durations, permits, prices; and what was found.

Nothing here is shared with the optimizer: dates are real dates, money is in the site's currency, and every duration
is read from the file a second time.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from dcplan.answer import Unit, Violation
from dcplan.catalog import (
    Cdu,
    Chiller,
    CoolingTower,
    DryCooler,
    Figure,
    FloorReinforcement,
    Generator,
    RearDoor,
    RoomAirUnit,
    RouteProtection,
    Spec,
    Transformer,
    Ups,
    UtilityService,
)
from dcplan.ratings.racks import is_liquid
from dcplan.site import Deployment, Plant, Rental, SiteModel, SuChain, Upgrade
from dcplan.units import si, text

RELATIVE = 1e-9
"""Relative tolerance of balances."""
CENT = 0.01
"""Tolerance of money."""
LONGEST = 100_000
"""Working days beyond which a duration is cut: later than any date a plan may name."""
LONGEST_TEXT = 2000
"""Characters of a name or message."""
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _finite(amount: float | None) -> float | None:
    """The amount, unless a plan's absurd figures have made it overflow."""
    return amount if amount is not None and math.isfinite(amount) else None


@dataclass
class Findings:
    """Violations found so far, and how many times each rule was tried.

    Examples
    --------
    >>> found = Findings(date(2027, 1, 4))
    >>> found.check(True, "budget", "site", "")
    True
    >>> found.not_before("permit", "genset@site#1", date(2027, 1, 5), date(2027, 1, 7), "install starts before it")
    False
    >>> found.violations[0].required, found.violations[0].found, dict(found.checked)
    (3.0, 1.0, {'budget': 1, 'permit': 1})
    """

    start: date
    violations: list[Violation] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)

    def check(
        self,
        holds: bool,
        rule: str,
        place: str,
        message: str,
        *,
        on: date | None = None,
        required: float | None = None,
        found: float | None = None,
        unit: str = "",
    ) -> bool:
        """Note that a rule was tried, and its violation if it does not hold."""
        self.checked[rule] += 1
        if not holds:
            self.violations.append(
                Violation(
                    rule=rule,
                    place=place[:LONGEST_TEXT],
                    on=on,
                    required=_finite(required),
                    found=_finite(found),
                    unit=unit,
                    message=message[:LONGEST_TEXT],
                )
            )
        return holds

    def _dated(self, holds: bool, rule: str, place: str, found: date, required: date, message: str) -> bool:
        days = float((required - self.start).days), float((found - self.start).days)
        return self.check(holds, rule, place, message, on=found, required=days[0], found=days[1], unit="day of plan")

    def not_before(self, rule: str, place: str, found: date, required: date, why: str) -> bool:
        """A date that must not be earlier than another."""
        message = f"{place}: {why}; it is dated {found}, possible from {required}"
        return self._dated(found >= required, rule, place, found, required, message)

    def not_after(self, rule: str, place: str, found: date, required: date, why: str) -> bool:
        """A date that must not be later than another."""
        message = f"{place}: {why}; it is dated {found}, allowed until {required}"
        return self._dated(found <= required, rule, place, found, required, message)

    def exactly(self, rule: str, place: str, found: date, required: date, why: str) -> bool:
        """A date that follows from others."""
        message = f"{place}: {why}; it is dated {found}, by the site file it is {required}"
        return self._dated(found == required, rule, place, found, required, message)


def _closed(model: SiteModel) -> Iterator[date]:
    for period in (*model.site.calendar.holidays, *model.site.calendar.freezes):
        day, last = period.day, period.to or period.day
        while day <= last:
            yield day
            day += timedelta(days=1)


@dataclass(frozen=True)
class Terms:
    """A site's calendar, durations, permits and prices."""

    model: SiteModel
    calendar: np.busdaycalendar
    end: int | None = None
    """The end of its range that every duration takes: 0 the best, 1 the worst, None as planned."""

    @classmethod
    def of(cls, model: SiteModel) -> Terms:
        """The terms of a site, as planned."""
        mask = [day in model.site.calendar.working_days for day in _WEEK]
        closed = np.array(sorted(set(_closed(model))), dtype="datetime64[D]")
        return cls(model, np.busdaycalendar(weekmask=mask, holidays=closed))

    def days(self, figure: Figure[Any] | None, times: int = 1) -> int:
        """A duration, `times` over, in whole days or working days, rounded up; zero where there is none."""
        if figure is None:
            return 0
        each = figure.si() if self.end is None or figure.range is None else si(figure.range[self.end])
        return math.ceil(each * times - RELATIVE)

    # ------------------------------------------------------------ calendar

    def is_open(self, day: date) -> bool:
        """Whether crews work on a day."""
        return bool(np.is_busday(np.datetime64(day, "D"), busdaycal=self.calendar))

    def finish(self, start: date, duration: int) -> date:
        """The day at whose start so many working days of work, begun on `start` or the next open day, are done."""
        if duration <= 0:
            return start
        steps = min(duration, LONGEST) - 1
        last = np.busday_offset(np.datetime64(start, "D"), steps, roll="forward", busdaycal=self.calendar)
        return date.fromisoformat(str(last)) + timedelta(days=1)

    def last_open_before(self, day: date) -> date:
        """The last working day before a day."""
        before = np.datetime64(day, "D") - np.timedelta64(1, "D")
        return date.fromisoformat(str(np.busday_offset(before, 0, roll="backward", busdaycal=self.calendar)))

    def open_days(self, start: date, duration: int) -> list[date]:
        """The working days on which work of so many days, begun on `start`, is done."""
        span = np.arange(np.datetime64(start, "D"), np.datetime64(self.finish(start, duration), "D"))
        days = span[np.is_busday(span, busdaycal=self.calendar)]
        return [date.fromisoformat(str(day)) for day in days]

    def scheme_changes(self) -> list[date]:
        """Dates of the plan on which another redundancy scheme comes into force somewhere, in order."""
        site = self.model.site
        ends = {lower.day for entry in site.redundancy.values() for lower in entry.until}
        return sorted(day for day in ends if site.start < day <= site.end)

    # ------------------------------------------------------------ plant

    def in_service(self, entry: Plant) -> date | None:
        """The day plant on order counts; in the worst world the day it may slip to, if it is still to come."""
        due, start = entry.in_service, self.model.site.start
        return entry.slips_to or due if self.end == 1 and due is not None and due > start else due

    def upgrade_of(self, name: str) -> Upgrade | None:
        """A declared upgrade."""
        return self.model.site.upgrades.get(name)

    def spec_of(self, upgrade: Upgrade) -> Spec:
        """What an upgrade buys."""
        return self.model.specs[upgrade.spec]

    def first_order(self, upgrade: Upgrade) -> date:
        """First day on which an order can be placed: engineering is done."""
        return self.finish(self.model.site.start, self.days(upgrade.engineering))

    def permit(self, upgrade: Upgrade, *gates: str) -> date | None:
        """The day an upgrade's permit is there, if it gates one of these steps."""
        if upgrade.permit is None:
            return None
        permit = self.model.site.permits[upgrade.permit]
        if permit.gates not in gates:
            return None
        return (permit.apply or self.model.site.start) + timedelta(days=self.days(permit.duration))

    def lead(self, upgrade: Upgrade, expedite: str | None = None) -> timedelta:
        """Order to delivery, less the whole days that an expedite saves; one that nobody states saves nothing."""
        days = self.days(upgrade.lead_time or self.spec_of(upgrade).procurement.lead_time)
        way = upgrade.expedite.get(expedite or "")
        if way is not None:
            saved = way.saves.si()
            if self.end is not None and way.saves.range is not None:
                saved = si(way.saves.range[1 - self.end])  # the best world is the one in which most is saved
            days = max(0, days - math.floor(saved + RELATIVE))
        return timedelta(days=days)

    def required(self, upgrade: Upgrade, place: str) -> dict[str, set[str]]:
        """Where each upgrade must be commissioned that goes before an install at a place: as near as it may stand."""
        halls, found = self.model.site.halls, dict[str, set[str]]()
        for name in upgrade.requires:
            at = set(self.model.site.upgrades[name].at)
            hall = halls[place].within if place in halls else None
            found[name] = at & {place} or at & {hall} or at
        return found

    def install_days(self, upgrade: Upgrade, positions: int = 1) -> int:
        """Crew's working days for one unit, or for the positions of one SU; at least one."""
        return max(1, self.days(upgrade.install or self.spec_of(upgrade).procurement.install, positions))

    def tie_in_days(self, upgrade: Upgrade) -> int:
        """Last working days of an install that are its tie-in: as stated, at least one, never more than the install."""
        stated = None if upgrade.tie_in is None else upgrade.tie_in.duration
        return min(max(1, self.days(stated)), self.install_days(upgrade))

    def commission_days(self, upgrade: Upgrade) -> int:
        """Working days of start-up and functional test."""
        return self.days(upgrade.commission or self.spec_of(upgrade).procurement.commission)

    def tested(self, upgrade: Upgrade) -> bool:
        """Whether an integrated test has anything to test: not so for plates on a route."""
        return not isinstance(self.spec_of(upgrade), RouteProtection)

    def counted(self, place: str, upgrade: Upgrade, commissioned: date) -> date:
        """The first day on which a commissioned unit counts: after its integrated test, where it has one."""
        return self.finish(commissioned, self.test_days(place) if self.tested(upgrade) else 0)

    def test_days(self, place: str) -> int:
        """Integrated test of plant at a place: the longest of all halls and pods that share it."""
        halls = self.model.site.halls
        chosen = [hall for name, hall in halls.items() if place not in halls or place in (name, hall.within)]
        return max(self.days(hall.integrated_test) for hall in chosen)

    def price(self, upgrade: Upgrade, expedite: str | None = None) -> float | None:
        """Price of one unit or position, expedited or not; None where one per kW meets something without a rating."""
        way, usual = upgrade.expedite.get(expedite or ""), self._usual_price(upgrade)
        return usual if usual is None or way is None else usual + way.cost.si()

    def _usual_price(self, upgrade: Upgrade) -> float | None:
        spec, rental = self.spec_of(upgrade), upgrade.rental
        if rental is not None:
            away = 0.0 if rental.demobilisation is None else rental.demobilisation.si()
            return rental.mobilisation.si() + away + rental.rate.si() * self.minimum_hire(rental)
        figure = upgrade.cost or spec.procurement.cost
        if figure is None:
            return None
        if "/" not in text(figure.value):
            return figure.si()
        rated = rating(spec)
        return None if rated is None else figure.si() * rated

    def minimum_hire(self, rental: Rental) -> int:
        """Days of the shortest hire, in whole periods where these are charged as they start; always as planned."""
        period = self.hire_period(rental)
        return math.ceil(math.ceil(rental.minimum.si() - RELATIVE) / period) * period

    def hire_period(self, rental: Rental) -> int:
        """Days of a period that is charged in full once it has started."""
        return 1 if rental.period is None else max(1, math.ceil(rental.period.si() - RELATIVE))

    def spots(self, upgrade: Upgrade) -> list[str]:
        """Where an upgrade's units may stand: its places, each with the trains that units may be added to."""
        if not upgrade.trains:
            return list(upgrade.at)
        return [f"{place}/{train}" for place in upgrade.at for train in upgrade.trains]

    def may_stand(self, unit: Unit, upgrade: Upgrade) -> bool:
        """Whether a unit of an upgrade may stand at its place and in its train."""
        return unit.place in upgrade.at and unit.train in (upgrade.trains or (None,))

    def known(self, unit: Unit) -> Upgrade | None:
        """The upgrade a unit was bought under, if it may be bought as plant and stand where it stands."""
        upgrade = self.upgrade_of(unit.upgrade)
        if upgrade is None or not self.may_stand(unit, upgrade):
            return None
        if isinstance(self.spec_of(upgrade), FloorReinforcement):
            return None
        return upgrade

    # ------------------------------------------------------------ SUs

    def chain(self, deployment: Deployment) -> SuChain:
        """The chain of a deployment: its own, else the site's."""
        return deployment.chain or self.model.site.su_chain

    def connect_days(self, deployment: Deployment) -> int:
        """Crew's working days to set and connect one SU; at least one."""
        return max(1, self.days(self.chain(deployment).set_and_connect.duration))

    def fill_days(self, name: str) -> int:
        """Working days of fill and leak test of one SU of a deployment; none without liquid."""
        if not is_liquid(self.model, name):
            return 0
        return self.days(self.chain(self.model.site.deployments[name]).fill_and_leak_test)

    def at_a_ready_site(self, name: str, delivery: date) -> tuple[date, date]:
        """Energisation and acceptance of an SU, from the plan's first day on, where nothing is missing."""
        deployment = self.model.site.deployments[name]
        begun = max(delivery, self.model.site.start)
        energised = self.finish(self.finish(begun, self.connect_days(deployment)), self.fill_days(name))
        return energised, self.accepted(deployment, energised)

    def accepted(self, deployment: Deployment, energised: date) -> date:
        """Acceptance of an SU energised on a day."""
        chain = self.chain(deployment)
        return self.finish(energised + timedelta(days=self.days(chain.burn_in)), self.days(chain.acceptance))


def rating(spec: Spec) -> float | None:
    """The rating [W or VA] that a price per kW is multiplied with; None for what has none."""
    match spec:
        case Generator() | Ups() | UtilityService():
            return spec.power.si()
        case Transformer():
            return spec.apparent.si()
        case Cdu() | RoomAirUnit() | RearDoor() | DryCooler() | CoolingTower():
            return spec.capacity.si()
        case Chiller():
            return max(point.capacity.si() for point in spec.ratings)
    return None
