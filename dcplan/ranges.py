"""Kinds of quantities with the bounds of the formulas they enter, so that a figure outside is refused at its line.

The bounds are those of ``dcplan.physics``. Each kind has a name of its own, which messages and the JSON schema show.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from dcplan.physics.cooling import COLDEST_WATER, HOTTEST_WATER, SMALLEST_RISE
from dcplan.physics.fluid import COLDEST, COLDEST_AIR, HOTTEST, HOTTEST_AIR
from dcplan.physics.psychrometrics import FREEZING
from dcplan.units import (
    ALTITUDE,
    AREA,
    LENGTH,
    PERCENT,
    PERCENT_PER_LENGTH,
    PRESSURE,
    TEMPERATURE,
    TEMPERATURE_DIFFERENCE,
    VOLTAGE,
    VOLUME_FLOW,
    Quantity,
)

WARMEST_WET_BULB = 313.15

AIR_TEMPERATURE = TEMPERATURE.within(COLDEST_AIR, HOTTEST_AIR, "35 degC", name="air temperature")
WATER_TEMPERATURE = TEMPERATURE.within(COLDEST_WATER, HOTTEST_WATER, "20 degC", name="water temperature")
COOLANT_SUPPLY = TEMPERATURE.within(COLDEST, HOTTEST - SMALLEST_RISE, "40 degC", name="coolant temperature")
COOLANT_LIMIT = TEMPERATURE.within(COLDEST + SMALLEST_RISE, HOTTEST, "65 degC", name="coolant return temperature")
AIR_RISE = TEMPERATURE_DIFFERENCE.within(0.0, 20.0, "2 K", name="rise of the air temperature")
RACK_AIR_RISE = TEMPERATURE_DIFFERENCE.within(SMALLEST_RISE, 60.0, "12 K", name="rise of a rack's air")
THIN_AIR_LOSS = PERCENT_PER_LENGTH.within(0.0, 2e-4, "8 %/km", name="capacity lost per altitude")
RATED_APPROACH = TEMPERATURE_DIFFERENCE.within(0.1, 50.0, "4 K", name="rated approach")
RATED_DIFFERENCE = TEMPERATURE_DIFFERENCE.within(0.1, 100.0, "10 K", name="rated temperature difference")
MINIMUM_APPROACH = TEMPERATURE_DIFFERENCE.within(0.0, 50.0, "4 K", name="minimum approach")
WET_BULB = TEMPERATURE.within(FREEZING, WARMEST_WET_BULB, "25 degC", name="rated wet bulb")
TOWER_DIFFERENCE = TEMPERATURE_DIFFERENCE.within(1.0, 30.0, "5 K", name="approach or range of a tower")
ROOM_TEMPERATURE = TEMPERATURE.within(FREEZING, 333.15, "25 degC", name="room temperature")
RELATIVE_HUMIDITY = PERCENT.within(0.01, 1.0, "50 %", name="relative humidity")
PIPE_DIAMETER = LENGTH.within(0.01, 5.0, "300 mm", name="diameter of a pipe")
RUNNING_FLOW = VOLUME_FLOW.within(1e-6, example="90 L/min", name="flow at a pressure drop")
LINE_VOLTAGE = VOLTAGE.within(50.0, 500e3, "415 V", name="voltage of a circuit")
POWER_FACTOR = PERCENT.within(0.01, 1.0, "95 %", name="power factor")
EFFICIENCY = PERCENT.within(0.01, 1.0, "96 %", name="efficiency")
LOAD_SHARE = PERCENT.within(0.01, 1.0, "30 %", name="share of a rating")
POSITION_AREA = AREA.within(0.01, 1e4, "2.6 m2", name="area of a position")
FOOTPRINT = AREA.within(0.01, 1e6, "12 m2", name="footprint")
GRID_LENGTH = LENGTH.within(0.1, 10.0, "600 mm", name="side of a rack or a tile, or their pitch")
GRID_OFFSET = LENGTH.within(0.0, 10.0, "50 mm", name="place of a foot or of a row")
PLATE_SIDE = LENGTH.within(0.01, 5.0, "100 mm", name="side of a plate")
SLAB_DEPTH = LENGTH.within(0.03, 2.0, "170 mm", name="effective depth of a slab")
CONCRETE_STRENGTH = PRESSURE.within(10e6, 70e6, "30 MPa", name="strength of concrete")
ALTITUDE_KNEE = ALTITUDE.within(example="150 m", name="altitude of a knee")

LineVoltage: TypeAlias = Annotated[Quantity, LINE_VOLTAGE]
LoadShare: TypeAlias = Annotated[Quantity, LOAD_SHARE]
AirTemperature: TypeAlias = Annotated[Quantity, AIR_TEMPERATURE]
WaterTemperature: TypeAlias = Annotated[Quantity, WATER_TEMPERATURE]
CoolantSupply: TypeAlias = Annotated[Quantity, COOLANT_SUPPLY]
CoolantLimit: TypeAlias = Annotated[Quantity, COOLANT_LIMIT]
AirRise: TypeAlias = Annotated[Quantity, AIR_RISE]
RackAirRise: TypeAlias = Annotated[Quantity, RACK_AIR_RISE]
ThinAirLoss: TypeAlias = Annotated[Quantity, THIN_AIR_LOSS]
RatedApproach: TypeAlias = Annotated[Quantity, RATED_APPROACH]
RatedDifference: TypeAlias = Annotated[Quantity, RATED_DIFFERENCE]
MinimumApproach: TypeAlias = Annotated[Quantity, MINIMUM_APPROACH]
WetBulb: TypeAlias = Annotated[Quantity, WET_BULB]
TowerDifference: TypeAlias = Annotated[Quantity, TOWER_DIFFERENCE]
RoomTemperature: TypeAlias = Annotated[Quantity, ROOM_TEMPERATURE]
RelativeHumidity: TypeAlias = Annotated[Quantity, RELATIVE_HUMIDITY]
PipeDiameter: TypeAlias = Annotated[Quantity, PIPE_DIAMETER]
RunningFlow: TypeAlias = Annotated[Quantity, RUNNING_FLOW]
PowerFactor: TypeAlias = Annotated[Quantity, POWER_FACTOR]
Efficiency: TypeAlias = Annotated[Quantity, EFFICIENCY]
PositionArea: TypeAlias = Annotated[Quantity, POSITION_AREA]
Footprint: TypeAlias = Annotated[Quantity, FOOTPRINT]
GridLength: TypeAlias = Annotated[Quantity, GRID_LENGTH]
GridOffset: TypeAlias = Annotated[Quantity, GRID_OFFSET]
PlateSide: TypeAlias = Annotated[Quantity, PLATE_SIDE]
SlabDepth: TypeAlias = Annotated[Quantity, SLAB_DEPTH]
ConcreteStrength: TypeAlias = Annotated[Quantity, CONCRETE_STRENGTH]
AltitudeKnee: TypeAlias = Annotated[Quantity, ALTITUDE_KNEE]
