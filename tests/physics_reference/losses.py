"""Known answers of ``dcplan.physics.losses``."""

from math import inf

from dcplan.physics.losses import (
    PartLoad,
    line_above,
    overload,
    part_load,
    transformer_line,
    transformer_losses,
    ups_losses,
)
from physics_reference import Reference

LOSS, RATING = (-1.0, inf), (0.0, inf)
CURVE = PartLoad(((250e3, 16e3), (500e3, 21e3), (1000e3, 42e3)))

REFERENCES = (
    Reference(
        ups_losses,
        {"rating": 1e6, "efficiencies": [(0.5, 0.96), (1.0, 0.96)]},
        41.667,
        "kW",
        "1,000 kW x (1 / 0.96 - 1) at full load",
        {"rating": RATING},
        by_hand=True,
        read=lambda curve: float(curve.points[-1][1]),
    ),
    Reference(
        part_load,
        {"curve": CURVE, "load": 750e3},
        31.5,
        "kW",
        "halfway between 21 and 42 kW",
        {"load": (-1.0, 1000.1e3)},
        by_hand=True,
    ),
    Reference(
        line_above,
        {"curve": CURVE},
        0.026,
        "",
        "slope (42 - 16) kW / 1,000 kW, the larger of two",
        by_hand=True,
        read=lambda line: float(line.slope),
    ),
    Reference(
        transformer_losses,
        {"rating": 2.5e6, "no_load": 2_800.0, "load_loss": 11_400.0, "load": 1.25e6},
        5.65,
        "kW",
        "2.8 kW + 11.4 kW x 0.5 ^ 2",
        {"rating": RATING, "no_load": LOSS, "load_loss": LOSS, "load": (-1.0, 2.6e6)},
        by_hand=True,
    ),
    Reference(
        transformer_line,
        {"rating": 2.5e6, "no_load": 2_800.0, "load_loss": 10_000.0},
        0.004,
        "",
        "slope 10 kW / 2,500 kVA",
        {"rating": RATING, "no_load": LOSS, "load_loss": LOSS},
        by_hand=True,
        read=lambda line: float(line.slope),
    ),
    Reference(
        overload,
        {"points": [(1.1, 3600.0), (1.25, 600.0), (1.5, 60.0)], "time": 300.0},
        1.25,
        "",
        "Liebert APM manual: 110 % for 60 min, 125 % for 10 min, 150 % for 1 min; a peak of 5 min",
        {"time": LOSS},
        "https://www.manualshelf.com/manual/emerson/liebert-aps/installation-manual-english/page-47.html",
    ),
)
