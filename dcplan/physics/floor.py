"""What racks put on a floor: on the slab, on a tile, on a foot.

Pure functions on SI floats, at standard gravity. Masses are operating masses (coolant and cables included)
where the rack stands and shipping masses where it rolls. Results are screening figures; a structural engineer
confirms them.
"""

from __future__ import annotations

from dcplan.physics.fluid import within
from dcplan.trace import recorded

STANDARD_GRAVITY = 9.80665
"""Acceleration that turns mass into weight [m/s2] (ISO 80000-3, exact by convention)."""


@recorded
def uniform_load(mass: float, tributary_area: float) -> float:
    """What pressure equipment puts on the floor that carries it.

    Parameters
    ----------
    mass
        Operating mass, zero or more. [kg]
    tributary_area
        Floor that carries this mass and no other: own footprint, or rack pitch times row depth with its share
        of the aisles; 0.01 m2 or more. [m2]

    Returns
    -------
    float
        Uniform load. [Pa]

    Raises
    ------
    OutsideRange
        If `mass` is negative or `tributary_area` is below 0.01 m2.

    Notes
    -----
    p = m * g / A. Compare it with a uniform rating such as the 12 kPa of ANSI/TIA-942 Rated-3 [1]_. The area
    decides the answer: it may be counted once only, and the structure must really spread the load over it.

    References
    ----------
    .. [1] ANSI/TIA-942, Telecommunications Infrastructure Standard for Data Centers: uniformly distributed
       floor load.
    .. [2] Lenovo, GB300 NVL72 mechanical specifications (1,580 kg),
       https://pubs.lenovo.com/gb300-nvl72/server_specifications_mechanical.

    Examples
    --------
    A rack of 1,580 kg on a pitch of 0.6 m in rows 2.4 m deep, aisles included: 10.8 kPa, or 225 psf.

    >>> round(uniform_load(mass=1_580.0, tributary_area=0.6 * 2.4))
    10760
    """
    within("mass", mass, 0.0, None, "kg")
    within("tributary_area", tributary_area, 0.01, None, "m2")
    return mass * STANDARD_GRAVITY / tributary_area


@recorded
def tile_load_ibm(mass: float, sharing: bool) -> float:
    """What a standing rack puts on one raised-floor tile, by the IBM rule.

    Parameters
    ----------
    mass
        Operating mass of one rack, zero or more. [kg]
    sharing
        True if the neighbour, an equal rack, has feet on the same tile. [-]

    Returns
    -------
    float
        Load on the tile. [N]

    Raises
    ------
    OutsideRange
        If `mass` is negative.

    Notes
    -----
    W / 3 for one rack; (W1 + W2) / 3 for two racks that share the tile, here 2 W / 3 as both are equal [1]_.
    A rule of thumb for use where foot positions are unknown: with feet and tile grid known, add up
    `foot_load` instead. Racks on four feet or casters on tiles of about 0.6 m.

    References
    ----------
    .. [1] IBM, POWER8 floor construction and floor loading,
       https://www.ibm.com/support/knowledgecenter/en/POWER8/p8ebe/p8ebe_floorconstruction.htm.

    Examples
    --------
    A rack of 1,580 kg puts 1,161 lb on a tile, two such racks 2,322 lb:

    >>> round(tile_load_ibm(mass=1_580.0, sharing=False))
    5165
    >>> round(tile_load_ibm(mass=1_580.0, sharing=True))
    10330
    """
    within("mass", mass, 0.0, None, "kg")
    return mass * STANDARD_GRAVITY * (2.0 if sharing else 1.0) / 3.0


@recorded
def tile_load_moving(mass: float) -> float:
    """What a rack puts on one raised-floor tile while it is moved, by the IBM rule.

    Parameters
    ----------
    mass
        Mass as moved, zero or more. [kg]

    Returns
    -------
    float
        Load on the tile. [N]

    Raises
    ------
    OutsideRange
        If `mass` is negative.

    Notes
    -----
    W / 2: while it rolls, two of the four casters can be on one tile [1]_. Compare it with a tile's rolling
    or concentrated rating on every tile of the route, not at the final position only.

    References
    ----------
    .. [1] IBM, POWER8 floor construction and floor loading,
       https://www.ibm.com/support/knowledgecenter/en/POWER8/p8ebe/p8ebe_floorconstruction.htm.

    Examples
    --------
    1,742 lb for a rack of 1,580 kg:

    >>> round(tile_load_moving(mass=1_580.0))
    7747
    """
    within("mass", mass, 0.0, None, "kg")
    return mass * STANDARD_GRAVITY / 2.0


@recorded
def foot_load(mass: float, feet: int = 4, imbalance: float = 1.0) -> float:
    """What the most loaded foot or caster puts on the floor.

    Parameters
    ----------
    mass
        Mass of the equipment, zero or more. [kg]
    feet
        Feet or casters that carry it, 3 or more. [-]
    imbalance
        Load on the most loaded foot over the mean foot load: 1 for an even stand, at most `feet`. [-]

    Returns
    -------
    float
        Load on the most loaded foot. [N]

    Raises
    ------
    OutsideRange
        If `mass` is negative, `feet` is below 3, or `imbalance` is not in 1 to `feet`.

    Notes
    -----
    F = m * g * imbalance / feet, by equilibrium [1]_. Four stiff feet on an uneven floor can stand on two:
    that is an imbalance of 2.

    References
    ----------
    .. [1] ISO 80000-4:2019, Mechanics: weight is mass times local acceleration of free fall; ISO 80000-3 for
       the standard value of that acceleration.

    Examples
    --------
    A rack of 1,580 kg on four feet, 3.9 kN (871 lb) each:

    >>> round(foot_load(mass=1_580.0))
    3874
    """
    within("mass", mass, 0.0, None, "kg")
    within("feet", feet, 3, None, "")
    within("imbalance", imbalance, 1.0, float(feet), "")
    return mass * STANDARD_GRAVITY * imbalance / feet


@recorded
def shared_weight(mass: float, share: float) -> float:
    """What a tile or a foot carries when it bears a known share of one rack's weight.

    Parameters
    ----------
    mass
        Mass of one rack, zero or more. [kg]
    share
        Part of the rack's weight that rests there, 0 to 16; above 1 where several racks meet on a tile. [-]

    Returns
    -------
    float
        Load there. [N]

    Raises
    ------
    OutsideRange
        If `mass` is negative or `share` is not in 0 to 16.

    Notes
    -----
    F = m * g * share, by equilibrium [1]_; the share of a tile is that of `dcplan.physics.tiles.worst_tile`.

    References
    ----------
    .. [1] ISO 80000-4:2019, Mechanics: weight is mass times local acceleration of free fall; ISO 80000-3 for
       the standard value of that acceleration.

    Examples
    --------
    Three quarters of a rack of 1,580 kg:

    >>> round(shared_weight(mass=1_580.0, share=0.75))
    11621
    """
    within("mass", mass, 0.0, None, "kg")
    within("share", share, 0.0, 16.0, "")
    return mass * STANDARD_GRAVITY * share
