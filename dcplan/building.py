"""What carries racks: a hall's floor, the route to it, the structure above it, and the work that strengthens them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictBool, model_validator

from dcplan.figure import Figure
from dcplan.ranges import ConcreteStrength, GridLength, GridOffset, PlateSide, PositionArea, SlabDepth
from dcplan.spec import Record, Spec
from dcplan.units import FloorLoad, Length, Mass, Percent, PointLoad


class Floor(Record):
    """What a hall's floor carries; an absent field is reported as not checked."""

    kind: Literal["raised", "slab"] | None = Field(
        default=None, description="What racks stand on. Absent: tiles, and `uniform` is of all that is below them."
    )
    uniform: Figure[FloorLoad] | None = Field(default=None, description="Uniform rating of what racks stand on.")
    point: Figure[PointLoad] | None = Field(
        default=None, description="Concentrated load rating: of tile and pedestal, or of the slab under one foot."
    )
    rolling: Figure[PointLoad] | None = Field(
        default=None, description="Rolling load of the hall's own tiles, the last part of every rack's way in."
    )
    slab_uniform: Figure[FloorLoad] | None = Field(default=None, description="Uniform rating below a raised floor.")
    effective_depth: Figure[SlabDepth] | None = Field(
        default=None, description="Slab: from its top to the middle of its lower reinforcement."
    )
    concrete_strength: Figure[ConcreteStrength] | None = Field(default=None, description="Specified, in compression.")
    position_area: Figure[PositionArea] | None = Field(
        default=None, description="Tributary area of one position: pitch times row depth with its aisle share."
    )
    rack_pitch: Figure[GridLength] | None = Field(default=None, description="From a rack to the next in its row.")
    row_pitch: Figure[GridLength] | None = Field(
        default=None,
        description="From row to row, aisle included: with `rack_pitch` the tributary area.",
    )
    tile: Figure[GridLength] | None = Field(default=None, description="Side of a square tile.")
    row_offset: Figure[GridOffset] | None = Field(
        default=None, description="Along the row, from a tile joint to a rack's corner; absent: the worst."
    )
    row_setback: Figure[GridOffset] | None = Field(
        default=None, description="Across the row, from a tile joint to the racks' front; absent: the worst."
    )
    racks_share_tiles: StrictBool = Field(
        default=False, description="Two racks stand on one tile; used where feet or tiles are unknown."
    )

    @model_validator(mode="after")
    def _agrees(self) -> Floor:
        if self.slab_uniform is not None and self.kind != "raised":
            raise ValueError("`slab_uniform` is the slab below `kind: raised`; a slab itself states `uniform`")
        if self.position_area is not None and self.row_pitch is not None:
            raise ValueError("`position_area` or `row_pitch` gives the tributary area, not both")
        if self.row_pitch is not None and self.rack_pitch is None:
            raise ValueError("`row_pitch` gives the tributary area together with `rack_pitch`")
        return self


class RouteSegment(Record):
    """One part of the way from the dock to a hall: floor, door, ramp, or lift. It states what it limits."""

    rolling: Figure[PointLoad] | None = Field(default=None, description="Rolling load that its floor carries.")
    capacity: Figure[Mass] | None = Field(default=None, description="Rated mass; makes it a lift.")
    height: Figure[Length] | None = Field(default=None, description="Clear height.")
    width: Figure[Length] | None = Field(default=None, description="Clear width of a door or a lift's door.")
    depth: Figure[Length] | None = Field(default=None, description="Clear depth of a lift's car.")
    slope: Figure[Percent] | None = Field(default=None, description="Of a ramp, rise per run: 1 in 12 is 8.33 %.")


class Overhead(Record):
    """What hangs over one position, against what the structure above it carries."""

    rating: Figure[PointLoad]
    busway: Figure[PointLoad] | None = None
    pipes: Figure[PointLoad] | None = Field(default=None, description="Filled.")
    trays: Figure[PointLoad] | None = Field(default=None, description="With their cables.")


class RackFoot(Record):
    """One foot of a rack: where its centre is, from the front left corner, and what part of the weight it carries."""

    x: Figure[GridOffset] = Field(description="Along the row.")
    y: Figure[GridOffset] = Field(description="Front to back.")
    share: Figure[Percent] | None = Field(default=None, description="Absent: all feet carry the same.")


class FloorReinforcement(Spec):
    """One way to strengthen one position; it acts only on the checks it states."""

    family: Literal["floor_reinforcement"] = "floor_reinforcement"
    acts_on: Literal["pedestals_and_tiles", "spreader_plates", "dunnage_to_slab", "steel_under_slab"]
    point: Figure[PointLoad] | None = Field(default=None, description="Point load the position then carries.")
    uniform: Figure[FloorLoad] | None = Field(default=None, description="Uniform load the position then carries.")
    plate: Figure[PlateSide] | None = Field(
        default=None, description="Side of the square plate that it puts on the slab."
    )
    own_load: Figure[FloorLoad] | None = Field(default=None, description="Load the reinforcement itself adds.")

    @model_validator(mode="after")
    def _only_what_it_improves(self) -> FloorReinforcement:
        if self.acts_on in ("pedestals_and_tiles", "dunnage_to_slab") and self.uniform is not None:
            raise ValueError(f"{self.acts_on} improves point loads: it states no `uniform`")
        if self.acts_on == "steel_under_slab" and self.point is not None:
            raise ValueError("steel_under_slab improves the uniform load: it states no `point`")
        return self


class RouteProtection(Spec):
    """Plates laid once on the whole route into a hall, lifts excepted, before its first rack that needs them rolls.

    They end at the hall's door unless they say that they cover the hall.
    """

    family: Literal["route_protection"] = "route_protection"
    rolling: Figure[PointLoad] = Field(description="Rolling load that floor, doors and ramps of the route then carry.")
    covers_hall: StrictBool = Field(
        default=False, description="The plates reach over the hall's own floor to every position."
    )
