"""The step of each row and of money, and how amounts are rounded to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dcplan.cases import Cases
from dcplan.formulate.raw import RawMode, RawPlant
from dcplan.problem import Row, Terms
from dcplan.procure import CHAIN_MARGIN_DAYS, paid
from dcplan.ratings.rows import Vector, add, dimensions
from dcplan.rental import most_paid
from dcplan.site import SiteModel
from dcplan.units import ceil_steps, finest_step, floor_steps, si

ROW_LIMIT = 2**31


@dataclass(frozen=True)
class Money:
    """Exact prices behind the rounded objective."""

    step: float
    rate_per_day: float


@dataclass(frozen=True)
class Grid:
    """Index and step of each row."""

    ids: Mapping[str, int]
    steps: tuple[float, ...]

    def up(self, vector: Mapping[str, float]) -> Terms:
        """Amounts rounded up: demand and draws; what is left of nothing but rounding noise is left out."""
        terms = ((self.ids[key], value) for key, value in vector.items() if key in self.ids)
        steps = ((index, ceil_steps(value, self.steps[index])) for index, value in terms)
        return tuple(sorted((index, amount) for index, amount in steps if amount))

    def down(self, vector: Mapping[str, float]) -> Terms:
        """Amounts rounded down: supply."""
        terms = ((self.ids[key], value) for key, value in vector.items() if key in self.ids)
        return tuple(sorted((index, floor_steps(value, self.steps[index])) for index, value in terms))


def row_steps(
    model: SiteModel,
    plants: list[RawPlant],
    modes: Mapping[str, list[RawMode]],
    baseline: Vector,
    capacities: Vector,
) -> dict[str, float]:
    """Every row with the finest power-of-ten step that keeps its sum of absolute values below 2^31."""
    totals: Vector = add(baseline, capacities)
    for raw in plants:
        for vector in (raw.supply, raw.running, raw.standing, raw.takes):
            totals = add(totals, {key: value * max(1, raw.most) for key, value in vector.items()})
    for name, ways in modes.items():
        count = model.site.deployments[name].count
        for raw_mode in ways:
            for vector in (raw_mode.demand, raw_mode.takes):
                totals = add(totals, {key: value * count for key, value in vector.items()})
    limited = set(capacities)
    return {
        key: finest_step(4.0 * total, ROW_LIMIT)
        for key, total in sorted(totals.items())
        if dimension_of(key) in dimensions(model) or key in limited
    }


def dimension_of(row_id: str) -> str:
    return row_id.split("@", 1)[0]


def scaled_row(cases: Cases, row_id: str, step: float, baseline: Vector, capacities: Vector) -> Row:
    """A row or one balance of it, with the single units that it must do without."""
    dimension = dimensions(cases.model).get(dimension_of(row_id))
    key = row_id.split("/", 1)[0]
    case = next(case for case in cases.of(key) if key + case.suffix == row_id)
    service = dimension.service if dimension else None
    fixed = capacities.get(row_id)
    return Row(
        id=row_id,
        unit=dimension.unit if dimension else "",
        step=step,
        failures=case.failures,
        demand=ceil_steps(baseline.get(row_id, 0.0), step),
        capacity=None if fixed is None and service else floor_steps(fixed or 0.0, step),
        since=0 if case.since is None else (case.since - cases.model.site.start).days,
        until=None if case.until is None else (case.until - cases.model.site.start).days,
    )


def money_of(model: SiteModel, plants: list[RawPlant], modes: Mapping[str, list[RawMode]]) -> Money:
    """The finest money step, a hundredth at the finest, that keeps the objective below 2^31."""
    site = model.site
    rate = site.financing_rate.si() / 365.0
    total = 0.0
    for raw in plants:
        if raw.upgrade is not None:
            total += paid(model, site.upgrades[raw.upgrade], raw.expedite) * raw.at_most
            days = (site.end - site.start).days + CHAIN_MARGIN_DAYS
            total += most_paid(model, site.upgrades[raw.upgrade], days) * raw.at_most
    for name, ways in modes.items():
        deployment = site.deployments[name]
        dearest = max(
            (paid(model, site.upgrades[way.upgrade]) * way.positions for way in ways if way.upgrade), default=0.0
        )
        daily = si(deployment.lost_margin) if deployment.lost_margin is not None else 0.0
        days = (site.end - site.start).days + CHAIN_MARGIN_DAYS
        total += deployment.count * (dearest + days * (daily + deployment.price.si() * rate))
    return Money(step=max(0.01, finest_step(2.0 * total, ROW_LIMIT)), rate_per_day=rate)
