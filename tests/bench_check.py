"""How long the check of a site of 10,000 racks takes, against loading the same file: ``python -m tests.bench_check``.

A hundred halls of a hundred racks on twenty loops. Power in four trains, any of which may fail; cooling units of two
types at each place, two of them out; every deployment may use five halls. Nothing is asserted: the README records it.
"""

from __future__ import annotations

import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from dcplan.assess.gap import check
from dcplan.loading import load

T = TypeVar("T")
HALLS, LOOPS, TRAINS = 100, 10, "ABCD"
SUS_PER_HALL = 10
SU = [{"spec": "gb200-nvl72", "count": 8}, {"spec": "nvl72-network-rack", "count": 2}]
ROUNDS = 9


def site_data(halls: int = HALLS) -> dict[str, Any]:
    """The site file as plain data: `halls` halls of 100 racks each."""
    names = [f"hall-{number:03d}" for number in range(halls)]
    blocks = [names[start : start + 5] for start in range(0, halls, 5)]
    return {
        "dcplan": 1,
        "name": f"{halls * SUS_PER_HALL * sum(racks['count'] for racks in SU):,} racks in {halls} halls",
        "start": "2027-01-04",
        "end": "2030-12-27",
        "currency": "USD",
        "perspective": "operator",
        "financing_rate": "8 %/year",
        "place": {"altitude": "450 ft", "design_dry_bulb": "84 degF", "recirculation_rise": "2 delta_degF"},
        "calendar": {"working_days": ["mon", "tue", "wed", "thu", "fri"]},
        "crews": {"electrical": {"size": 40}},
        "redundancy": _redundancy(),
        "trains": {train: {} for train in TRAINS},
        "mechanical_power_factor": "88 %",
        "behind_ups": ["cdu"],
        "loops": {
            f"{kind}-{number}": {"supply": supply, "back": back, "pump_power": "2 %"}
            for kind, supply, back in (("chilled", "64 degF", "82 degF"), ("warm", "106 degF", "124 degF"))
            for number in range(LOOPS)
        },
        "halls": {name: _hall(index % LOOPS) for index, name in enumerate(names)},
        "plant": _plant(names),
        "loads": {f"house-{name}": {"hall": name, "other": "20 kW", "air_heat": "20 kW"} for name in names},
        "su_chain": {
            "set_and_connect": {"crew": "electrical", "crew_need": 2, "duration": "6 workday"},
            "burn_in": "5 day",
            "acceptance": "6 workday",
        },
        "deployments": {f"order-{index:02d}": _order(block) for index, block in enumerate(blocks)},
    }


def _redundancy() -> dict[str, Any]:
    power = {"scheme": "3N/4", "unit": "train"}
    cooling = {"scheme": "N+2", "unit": "unit"}
    return {
        "utility": {"scheme": "N", "unit": "unit", "group": "site"},
        "transformer": {**power, "group": "site"},
        "generator": {**power, "group": "site"},
        "ups": {**power, "group": "hall"},
        "cdu": {**cooling, "group": "hall"},
        "room_air": {**cooling, "group": "hall"},
        "heat_rejection": {**cooling, "group": "loop"},
    }


def _hall(loop: int) -> dict[str, Any]:
    return {
        "positions": 100,
        "gallery_slots": 20,
        "floor": {"uniform": "200 psf", "point": "2500 lb", "position_area": "28 ft2"},
        "liquid": {"fluid": "PG25", "supply": "113 degF", "loop": f"warm-{loop}"},
        "air": {"loop": f"chilled-{loop}"},
        "integrated_test": "10 workday",
    }


def _plant(halls: list[str]) -> dict[str, Any]:
    """Seven entries a hall, two a loop, and eight for the site."""
    plant: dict[str, Any] = {"service": {"spec": "utility-10mw", "count": 200, "at": "site"}}
    for train in TRAINS:
        plant[f"transformers-{train}"] = {"spec": "liquid-3750", "count": 140, "at": "site", "train": train}
        plant[f"gensets-{train}"] = {"spec": "cat-c175-16-3000", "count": 190, "at": "site", "train": train}
    for hall in halls:
        for train in TRAINS:
            plant[f"ups-{hall}-{train}"] = {"spec": "eaton-9395xr-1500", "count": 3, "at": hall, "train": train}
        plant[f"cdu-{hall}"] = {"spec": "vertiv-xdu1350", "count": 9, "at": hall}
        plant[f"cdu-large-{hall}"] = {"spec": "coolit-chx2000", "count": 4, "at": hall}
        plant[f"crah-{hall}"] = {"spec": "vertiv-cwa-500", "count": 6, "at": hall}
        plant[f"crah-small-{hall}"] = {"spec": "vertiv-cwa-400", "count": 3, "at": hall}
    for number in range(LOOPS):
        plant[f"chillers-{number}"] = {"spec": "carrier-30xa-1000", "count": 26, "at": f"chilled-{number}"}
        plant[f"coolers-{number}"] = {"spec": "dry-cooler-1200", "count": 90, "at": f"warm-{number}"}
        plant[f"coolers-small-{number}"] = {"spec": "dry-cooler-800", "count": 60, "at": f"warm-{number}"}
    return plant


def _order(halls: list[str]) -> dict[str, Any]:
    return {
        "customer": "Northlight AI",
        "su": SU,
        "deliveries": [{"day": "2027-08-02", "count": SUS_PER_HALL * len(halls)}],
        "halls": halls,
        "ordered": "2026-12-14",
        "price": "26 MUSD",
        "lost_margin": "24000 USD/day",
        "terms": [{"event": "acceptance", "share": "100 %", "net": "45 day"}],
    }


def seconds(work: Callable[[], T]) -> tuple[float, T]:
    """CPU time of one run, as the command line makes it: without garbage collection inside."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    answer = work()
    taken = time.process_time() - start
    gc.enable()
    return taken, answer


def main() -> None:
    """Load the file and check what was loaded, in turn; print the medians and their ratio."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.yaml"
        # JSON is YAML; with one value a line it is as long as a person's file would be
        path.write_text(json.dumps(site_data(), indent=1), encoding="utf-8")
        found = check(load(path))
        for _ in range(ROUNDS):
            loading, model = seconds(lambda: load(path))
            # nothing is kept from an earlier round: this model is new
            checking, found = seconds(lambda: check(model))  # noqa: B023
            times.append((loading, checking))
    loading, checking = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"{found.site}: {len(model.site.plant)} entries of plant, {len(found.lines)} lines")
    print(f"load {loading:.3f} s, check {checking:.3f} s, ratio {checking / loading:.2f} (medians of {ROUNDS} rounds)")


if __name__ == "__main__":
    main()
