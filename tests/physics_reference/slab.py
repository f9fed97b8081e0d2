"""Known answers of ``dcplan.physics.slab``."""

from math import inf

from dcplan.physics.slab import punching_force, slab_load_ibm
from physics_reference import Reference

REFERENCES = (
    Reference(
        slab_load_ibm,
        {"mass": 1_580.0, "area": 1.44, "service_area": 0.8, "raised": True},
        238.9,
        "psf",
        "(3,483 lb + 15 psf x 0.5 x 8.61 ft2 + 10 psf x 15.5 ft2) / 15.5 ft2, IBM rule",
        {"mass": (-1.0, inf), "area": (0.79, inf), "service_area": (-0.1, 1.45)},
        by_hand=True,
    ),
    Reference(
        punching_force,
        {"plate": 12 * 0.0254, "effective_depth": 6 * 0.0254, "strength": 4_000 * 6_894.757},
        228.0,
        "kN",
        "CalcAdy: 12 in column on 6 in of 4,000 psi concrete, 82.0 kips factored, over a live load factor of 1.6",
        {"plate": (0.009, 5.1), "effective_depth": (0.029, 2.1), "strength": (9.9e6, 70.1e6)},
        address="https://calcady.com/trade/construction/concrete-punching-shear",
        within=0.01,
    ),
)
