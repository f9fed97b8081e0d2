"""What a concrete slab under racks is asked to carry: over its area, and under one foot.

Pure functions on SI floats. Screening figures only: a slab has reinforcement, openings, columns and other loads that
no function here knows; a structural engineer confirms them.
"""

from __future__ import annotations

import math

from dcplan.physics.floor import STANDARD_GRAVITY
from dcplan.physics.fluid import within
from dcplan.trace import recorded

SERVICE_LOAD = 718.2
"""Live load on the service area, 15 psf in the IBM rule [Pa]."""
RAISED_FLOOR_LOAD = 478.8
"""Raised floor and cables, 10 psf in the IBM rule [Pa]."""
LIVE_LOAD_FACTOR = 1.6
"""Factor on live load where it governs: 1.2 D + 1.6 L, ACI 318-19, table 5.3.1 [1]."""
SHEAR_FACTOR = 0.75
"""Strength reduction factor for shear, ACI 318-19, table 21.2.1 [1]."""


@recorded
def slab_load_ibm(mass: float, area: float, service_area: float, raised: bool) -> float:
    """What equipment, the people around it and a raised floor put on the slab, by the IBM rule.

    Parameters
    ----------
    mass
        Operating mass, zero or more. [kg]
    area
        Floor area that carries this equipment and nothing else, service area included; 0.01 m2 or more. [m2]
    service_area
        Part of `area` that is not under the equipment, 0 to `area`. [m2]
    raised
        Whether a raised floor stands on the slab.

    Returns
    -------
    float
        Uniform load on the slab. [Pa]

    Raises
    ------
    OutsideRange
        If an argument is outside its range.

    Notes
    -----
    p = (W + 15 psf * 0.5 * service area + 10 psf * area) / area [1]_; the last term is that of the raised floor and
    its cables, and is left out where there is none. Each area is counted for one rack only.

    References
    ----------
    .. [1] IBM, POWER8 floor construction and floor loading,
       https://www.ibm.com/support/knowledgecenter/en/POWER8/p8ebe/p8ebe_floorconstruction.htm.

    Examples
    --------
    A rack of 1,580 kg and 0.6 m by 1.068 m on a pitch of 0.6 m in rows 2.4 m deep: 10.76 kPa of its own, 11.44 kPa
    (239 psf) with service load and raised floor.

    >>> round(slab_load_ibm(mass=1_580.0, area=1.44, service_area=1.44 - 0.6 * 1.068, raised=True))
    11438
    """
    within("mass", mass, 0.0, None, "kg")
    within("area", area, 0.01, None, "m2")
    within("service_area", service_area, 0.0, area, "m2")
    own = RAISED_FLOOR_LOAD if raised else 0.0
    return mass * STANDARD_GRAVITY / area + SERVICE_LOAD * 0.5 * service_area / area + own


@recorded
def punching_force(plate: float, effective_depth: float, strength: float) -> float:
    """What force a square plate may put on a slab before concrete alone no longer resists punching.

    Parameters
    ----------
    plate
        Side of the square plate under the foot, 0.01 m to 5 m. [m]
    effective_depth
        From the slab's top to the middle of its lower reinforcement, 0.03 m to 2 m. [m]
    strength
        Specified compressive strength of the concrete, 10 MPa to 70 MPa. [Pa]

    Returns
    -------
    float
        Unfactored live load that one plate may carry. [N]

    Raises
    ------
    OutsideRange
        If an argument is outside its range.

    Notes
    -----
    The critical section lies half an effective depth around the plate: b0 = 4 (c + d). Normal-weight concrete
    without shear reinforcement resists vc = min(0.33, 0.083 (40 d / b0 + 2)) * ls * sqrt(fc) [MPa], with
    ls = sqrt(2 / (1 + 0.004 d [mm])), at most 1, for depth [1]_. Allowed is 0.75 vc b0 d / 1.6: strength reduction
    over live load factor, all of the load being live. Feet whose sections overlap, openings and edges are not seen.

    References
    ----------
    .. [1] ACI 318-19, 22.6.4 (critical section), 22.6.5 (two-way shear strength), table 21.2.1;
       https://www.civiltechstudio.com/civiltechstudio/codes/aci318-22-6-5.
    .. [2] CalcAdy, concrete punching shear, worked example of a 12 in column on 6 in of effective depth,
       https://calcady.com/trade/construction/concrete-punching-shear.

    Examples
    --------
    A plate of 0.1 m on a slab of 0.125 m effective depth, concrete of 28 MPa: 92 kN, far above one foot of a rack.

    >>> round(punching_force(plate=0.1, effective_depth=0.125, strength=28e6))
    92085
    """
    within("plate", plate, 0.01, 5.0, "m")
    within("effective_depth", effective_depth, 0.03, 2.0, "m")
    within("strength", strength, 10e6, 70e6, "Pa")
    perimeter = 4.0 * (plate + effective_depth)
    size = min(1.0, math.sqrt(2.0 / (1.0 + 0.004 * effective_depth * 1e3)))
    shape = min(0.33, 0.083 * (40.0 * effective_depth / perimeter + 2.0))
    stress = shape * size * math.sqrt(strength / 1e6) * 1e6
    return SHEAR_FACTOR * stress * perimeter * effective_depth / LIVE_LOAD_FACTOR
