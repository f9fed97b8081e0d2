"""What an upgrade costs and how long each of its steps takes: the site's own figure, else the catalog's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any, Literal

from dcplan.catalog import Figure, FloorReinforcement, RouteProtection, Spec
from dcplan.errors import InternalError
from dcplan.options import Rental
from dcplan.ratings.floors import floor_holds
from dcplan.ratings.racks import su_racks
from dcplan.ratings.route import rolls
from dcplan.ratings.rows import World
from dcplan.site import Deployment, SiteModel, SuChain, Upgrade
from dcplan.units import si
from dcplan.workdays import Workdays, workdays

CHAIN_MARGIN_DAYS = 400
"""Days tabulated beyond the plan's end, so that chains that overrun it can still be dated."""


class Pace(Enum):
    """Which end of its range every duration takes."""

    PLANNED = "planned"
    OPTIMISTIC = "optimistic"
    PESSIMISTIC = "pessimistic"


def days_of(figure: Figure[Any] | None, pace: Pace = Pace.PLANNED) -> int:
    """A duration in whole days (or working days), rounded up; zero where there is none."""
    if figure is None:
        return 0
    value = figure.si()
    if figure.range is not None and pace is not Pace.PLANNED:
        value = si(figure.range[0 if pace is Pace.OPTIMISTIC else 1])
    return math.ceil(value - 1e-9)


def site_workdays(model: SiteModel) -> Workdays:
    """The crews' working days from the plan's first day on."""
    site = model.site
    closed: list[date] = []
    for period in (*site.calendar.holidays, *site.calendar.freezes):
        last = period.to or period.day
        closed.extend(period.day + timedelta(days=offset) for offset in range((last - period.day).days + 1))
    days = (site.end - site.start).days + CHAIN_MARGIN_DAYS
    return workdays(site.calendar.working_days, closed, site.start, days)


def day_of(model: SiteModel, when: date) -> int:
    """Day number of a date."""
    return (when - model.site.start).days


def date_of(model: SiteModel, day: int) -> date:
    """Date of a day number."""
    return model.site.start + timedelta(days=day)


def rating_watts(spec: Spec) -> float:
    """The rating [W or VA] that a cost per kW is multiplied with."""
    for field in ("capacity", "power", "apparent"):
        figure = getattr(spec, field, None)
        if figure is not None:
            return float(figure.si())
    points = getattr(spec, "ratings", ())
    return max((float(point.capacity.si()) for point in points), default=0.0)


def unit_cost(model: SiteModel, upgrade: Upgrade, expedite: str | None = None) -> float:
    """Cost of one unit in the site's currency, with what it costs more to have it sooner.

    Of a hired one: what is due with the order, to bring it, to take it away, and the rent of its minimum hire.
    """
    spec = model.specs[upgrade.spec]
    more = 0.0 if expedite is None else upgrade.expedite[expedite].cost.si()
    if upgrade.rental is not None:
        return _hired(upgrade.rental) + more
    figure = upgrade.cost or spec.procurement.cost
    if figure is None:
        raise InternalError(f"upgrade with spec {upgrade.spec} has no cost")
    per_watt = "/" in str(figure.value.units)
    return figure.si() * (rating_watts(spec) if per_watt else 1.0) + more


def _hired(rental: Rental) -> float:
    away = 0.0 if rental.demobilisation is None else rental.demobilisation.si()
    return rental.mobilisation.si() + away + rental.rate.si() * minimum_days(rental)


def period_days(rental: Rental) -> int:
    """Days of a started period that is charged in full; a day where rent is charged by the day."""
    return max(1, days_of(rental.period))


def minimum_days(rental: Rental) -> int:
    """Days of the shortest hire: whole periods."""
    period = period_days(rental)
    return -(-days_of(rental.minimum) // period) * period


def paid(model: SiteModel, upgrade: Upgrade, expedite: str | None = None) -> float:
    """Cost of one unit as the declared perspective sees it."""
    seen = model.site.perspective == "joint" or upgrade.paid_by == model.site.perspective
    return unit_cost(model, upgrade, expedite) if seen else 0.0


def engineering_days(upgrade: Upgrade, pace: Pace = Pace.PLANNED) -> int:
    """Working days of release-for-purchase engineering."""
    return days_of(upgrade.engineering, pace)


def lead_days(upgrade: Upgrade, spec: Spec, pace: Pace = Pace.PLANNED, expedite: str | None = None) -> int:
    """Calendar days from order to delivery."""
    lead = days_of(upgrade.lead_time or spec.procurement.lead_time, pace)
    return lead if expedite is None else max(0, lead - _saved_days(upgrade.expedite[expedite].saves, pace))


def _saved_days(saves: Figure[Any], pace: Pace) -> int:
    """Whole days saved, rounded down; where they are a range, most in the best world."""
    value = saves.si()
    if saves.range is not None and pace is not Pace.PLANNED:
        value = si(saves.range[1 if pace is Pace.OPTIMISTIC else 0])
    return math.floor(value + 1e-9)


def install_days(upgrade: Upgrade, spec: Spec, pace: Pace = Pace.PLANNED) -> int:
    """Crew's working days to install one unit; at least one."""
    return max(1, days_of(upgrade.install or spec.procurement.install, pace))


def tie_in_days(upgrade: Upgrade, spec: Spec, pace: Pace = Pace.PLANNED) -> int:
    """Last working days of an install on which it ties into live plant; 0 for upgrades that do not."""
    if upgrade.tie_in is None:
        return 0
    return min(max(1, days_of(upgrade.tie_in.duration, pace)), install_days(upgrade, spec, pace))


def reinforce_days(upgrade: Upgrade, spec: Spec, positions: int, pace: Pace = Pace.PLANNED) -> int:
    """Crew's working days to reinforce some positions: the figure per position, summed, then rounded up."""
    figure = upgrade.install or spec.procurement.install
    if figure is None:
        return 1
    value = figure.si()
    if figure.range is not None and pace is not Pace.PLANNED:
        value = si(figure.range[0 if pace is Pace.OPTIMISTIC else 1])
    return max(1, math.ceil(value * positions - 1e-9))


def commission_days(upgrade: Upgrade, spec: Spec, pace: Pace = Pace.PLANNED) -> int:
    """Working days of start-up and functional test of one unit."""
    return days_of(upgrade.commission or spec.procurement.commission, pace)


def required_at(model: SiteModel, upgrade: Upgrade, place: str) -> dict[str, tuple[str, ...]]:
    """Where a unit of each upgrade must be commissioned before one of this upgrade is installed at a place.

    At the same place if it may stand there, else in the hall that the place is a pod of, else anywhere.
    """
    hall = model.site.halls.get(place)
    found: dict[str, tuple[str, ...]] = {}
    for name in upgrade.requires:
        at = model.site.upgrades[name].at
        near = [where for where in (place, None if hall is None else hall.within) if where in at]
        found[name] = tuple(near[:1]) or at
    return found


def permit_day(model: SiteModel, upgrade: Upgrade, pace: Pace = Pace.PLANNED) -> int:
    """Day on which the upgrade's permit is there; 0 without one."""
    if upgrade.permit is None:
        return 0
    permit = model.site.permits[upgrade.permit]
    applied = 0 if permit.apply is None else day_of(model, permit.apply)
    return max(0, applied + days_of(permit.duration, pace))


def su_chain(model: SiteModel, deployment: Deployment) -> SuChain:
    """The chain of a deployment: its own, else the site's."""
    return deployment.chain or model.site.su_chain


def floor_ways(model: SiteModel, deployment: str, hall_name: str) -> list[tuple[str | None, int]]:
    """Ways to make a hall's floor carry an SU: (upgrade, positions), or (None, 0) where it already does."""
    hall = model.site.halls[hall_name]
    weak = [
        (rack, count)
        for _, rack, count in su_racks(model, deployment)
        if not floor_holds(rack, hall, None, World.PLANNING)
    ]
    if not weak:
        return [(None, 0)]
    ways: list[tuple[str | None, int]] = []
    for name, upgrade in sorted(model.site.upgrades.items()):
        spec = model.specs[upgrade.spec]
        if not isinstance(spec, FloorReinforcement) or hall_name not in upgrade.at:
            continue
        if all(floor_holds(rack, hall, spec, World.PLANNING) for rack, _ in weak):
            ways.append((name, sum(count for _, count in weak)))
    return ways


def route_ways(model: SiteModel, deployment: str, hall_name: str) -> list[str] | None:
    """Plant, upgrade@place, that lets an SU roll into a hall; None where the route carries it as it is.

    Plates that are laid to a hall serve its pods too.
    """
    hall = model.site.halls[hall_name]
    heavy = [rack for _, rack, _ in su_racks(model, deployment) if not rolls(rack, hall, None, World.PLANNING)]
    if not heavy:
        return None
    return [
        f"{name}@{place}"
        for name, upgrade in sorted(model.site.upgrades.items())
        for place in upgrade.at
        if isinstance(spec := model.specs[upgrade.spec], RouteProtection)
        and upgrade.at_most
        and place in (hall_name, hall.within)
        and all(rolls(rack, hall, spec, World.PLANNING) for rack in heavy)
    ]


@dataclass(frozen=True)
class DailyLoss:
    """What one SU costs per day [currency/day] until an event, no longer than to day `cap`."""

    rate: float
    until: Literal["energise", "acceptance"]
    cap: int | None


def daily_losses(model: SiteModel, deployment: Deployment, delivered: int) -> tuple[DailyLoss, ...]:
    """What delay of one SU costs, as the declared perspective sees it.

    The operator loses margin; the vendor loses interest on each readiness-dependent milestone until it is met, or
    deemed met by its long stop.
    """
    perspective = model.site.perspective
    found: list[DailyLoss] = []
    if perspective in ("operator", "joint") and deployment.lost_margin is not None:
        found.append(DailyLoss(si(deployment.lost_margin), "acceptance", None))
    if perspective in ("vendor", "joint"):
        daily = model.site.financing_rate.si() / 365.0
        for term in deployment.terms:
            if term.event == "energise" or term.event == "acceptance":
                cap = None if term.long_stop is None else delivered + math.ceil(si(term.long_stop) - 1e-9)
                found.append(DailyLoss(deployment.price.si() * si(term.share) * daily, term.event, cap))
    return tuple(found)
