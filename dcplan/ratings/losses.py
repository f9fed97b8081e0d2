"""What UPS and transformers of this site lose, as straight lines that are nowhere below their curves, in SI floats.

Each installed unit is charged its fixed part whether it carries load or not; each draw is charged a slope, the steepest
of the types that stand or may stand at the place. A single `efficiency` is a slope without a fixed part.
"""

from __future__ import annotations

from dataclasses import dataclass

from dcplan.catalog import Rack, Spec, Switchgear, Transformer, Ups
from dcplan.once import once
from dcplan.physics import losses
from dcplan.ratings.rows import SITE, World, capacity_of, load_of, types_at
from dcplan.site import Service, SiteModel


def ups_line(spec: Ups, world: World) -> losses.Line:
    """Losses [W] of one module: fixed, and per watt delivered."""
    if spec.efficiency is not None:
        return losses.Line(0.0, 1.0 / capacity_of(spec.efficiency, world) - 1.0)
    points = [(point.load.si(), capacity_of(point.efficiency, world)) for point in spec.efficiencies]
    return losses.line_above(losses.ups_losses(spec.power.si(), points))


def ups_recharge(spec: Ups, world: World) -> float:
    """Power [W] into the batteries of one module after an outage; 0 where it is not stated."""
    return 0.0 if spec.recharge is None else load_of(spec.recharge, world) * spec.power.si()


def rated_loss(spec: Spec, world: World) -> float:
    """The most that one unit of electrical plant gives off [W] at any load up to its rating."""
    match spec:
        case Ups(efficiency=None):
            points = [(point.load.si(), capacity_of(point.efficiency, world)) for point in spec.efficiencies]
            return max(loss for _, loss in losses.ups_losses(spec.power.si(), points).points)
        case Ups():
            return ups_line(spec, world).slope * spec.power.si()
        case Transformer():
            line = transformer_line(spec, world)
            return line.fixed + line.slope * spec.apparent.si()
        case Switchgear() if spec.loss is not None:
            return load_of(spec.loss, world)
    return 0.0


@dataclass(frozen=True)
class UpsStage:
    """The UPS of one place as a stage: loss per watt delivered, and power factor at its input."""

    slope: float
    power_factor: float

    def standing(self, spec: Ups, world: World) -> tuple[float, float]:
        """What one installed module draws at its input on top of its load [W, VA]."""
        draw = ups_line(spec, world).fixed + ups_recharge(spec, world)
        return draw, draw / self.power_factor


@once
def ups_stage(model: SiteModel, place: str, world: World) -> UpsStage:
    """The steepest slope and the lowest input power factor of the types that may stand at a place."""
    specs = [spec for name in types_at(model, "ups", place) if isinstance(spec := model.specs[name], Ups)]
    if not specs:
        return UpsStage(0.0, model.site.mechanical_power_factor.low())
    return UpsStage(
        max(ups_line(spec, world).slope for spec in specs),
        min(capacity_of(spec.input_power_factor, world) for spec in specs),
    )


@once
def _racks_with_peaks(model: SiteModel) -> list[Rack]:
    """Racks of all deployments that state a peak above their sustained power."""
    names = {entry.spec for deployment in model.site.deployments.values() for entry in deployment.su}
    racks = [spec for name in sorted(names) if isinstance(spec := model.specs[name], Rack)]
    return [rack for rack in racks if rack.peak is not None]


@once
def peaks_stated(model: SiteModel, place: str) -> bool:
    """Whether peaks can be held against overload curves: both are stated by all racks that peak and all UPS there."""
    racks = _racks_with_peaks(model)
    specs = [model.specs[name] for name in types_at(model, "ups", place)]
    timed = all(rack.peak_time is not None for rack in racks)
    return bool(racks) and timed and all(spec.overload for spec in specs if isinstance(spec, Ups))


def ups_overload(model: SiteModel, spec: Ups, world: World) -> float:
    """Share of its rating that a module carries through the longest peak of any rack: 1 or more."""
    racks = _racks_with_peaks(model)
    longest = max((load_of(rack.peak_time, world) for rack in racks if rack.peak_time is not None), default=0.0)
    points = [(capacity_of(point.load, world), capacity_of(point.time, world)) for point in spec.overload]
    return losses.overload(points, longest)


def rack_peak(rack: Rack, world: World) -> float:
    """What a rack draws at its peak [W], weighted by how many racks peak at once."""
    heat = load_of(rack.heat, world)
    if rack.peak is None:
        return heat
    share = 1.0 if rack.peak_simultaneity is None else load_of(rack.peak_simultaneity, world)
    return heat + share * max(0.0, load_of(rack.peak, world) - heat)


def transformer_line(spec: Transformer, world: World) -> losses.Line:
    """Losses [W] of one transformer: fixed, and per watt delivered (`efficiency`) or per volt-ampere (losses)."""
    if spec.no_load_loss is None or spec.load_loss is None:
        return losses.Line(0.0, 0.0 if spec.efficiency is None else 1.0 / capacity_of(spec.efficiency, world) - 1.0)
    return losses.transformer_line(
        spec.apparent.si(), load_of(spec.no_load_loss, world), load_of(spec.load_loss, world)
    )


def transformer_loss(
    model: SiteModel,
    world: World,
    watts: float,
    apparent: float,
    service: Service = "transformer",
    place: str = SITE,
) -> float:
    """Load-dependent loss [W] that a draw causes in the transformers that feed the bus, or in those of a level.

    Per watt while every type states an efficiency; per volt-ampere, which is never less, once one states its losses.
    """
    slope, of_apparent = _transformer_slope(model, service, place, world)
    return slope * (apparent if of_apparent else watts)


@once
def _transformer_slope(model: SiteModel, service: Service, place: str, world: World) -> tuple[float, bool]:
    """The steepest slope of the types that may stand, and whether it is per volt-ampere."""
    specs = [spec for name in types_at(model, service, place) if isinstance(spec := model.specs[name], Transformer)]
    slope = max((transformer_line(spec, world).slope for spec in specs), default=0.0)
    return slope, any(spec.load_loss is not None for spec in specs)
