"""A tiny site for the check, as data: round figures that can be worked by hand."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dcplan.answer import Check, Line
from dcplan.assess.gap import check
from dcplan.loading import load

EXAMPLE = Path(__file__).parents[1] / "examples" / "hopper_to_blackwell.yaml"
N = {"scheme": "N", "unit": "unit", "group": "site"}
N1 = {"scheme": "N+1", "unit": "unit", "group": "site"}

# one hall, air-cooled; every figure round enough to work by hand
TINY: dict[str, Any] = {
    "dcplan": 1,
    "name": "tiny",
    "start": "2027-01-04",
    "end": "2028-12-29",
    "currency": "USD",
    "perspective": "operator",
    "financing_rate": "8 %/year",
    "place": {"altitude": "100 m", "design_dry_bulb": "33 degC", "recirculation_rise": "2 K"},
    "crews": {"all": {"size": 4}},
    "redundancy": {
        "utility": N,
        "transformer": N,
        "generator": N1,
        "ups": N1,
        "room_air": {**N1, "group": "hall"},
        "heat_rejection": {**N, "group": "loop"},
    },
    "mechanical_power_factor": "80 %",
    "loops": {"cold": {"supply": "18 degC", "back": "28 degC", "pump_power": "10 %"}},
    "halls": {
        "a": {
            "positions": 8,
            "floor": {"uniform": "500 kg/m2", "point": "400 kg", "position_area": "2 m2"},
            "air": {"loop": "cold"},
            "integrated_test": "5 workday",
        }
    },
    "plant": {
        "service": {"spec": "grid", "count": 1, "at": "site"},
        "transformer": {"spec": "trafo", "count": 1, "at": "site"},
        "gensets": {"spec": "genset", "count": 2, "at": "site"},
        "ups": {"spec": "module", "count": 2, "at": "site"},
        "fans": {"spec": "wall", "count": 3, "at": "a"},
        "chiller": {"spec": "chiller", "count": 1, "at": "cold"},
    },
    "su_chain": {
        "set_and_connect": {"crew": "all", "duration": "2 workday"},
        "burn_in": "5 day",
        "acceptance": "3 workday",
    },
    "deployments": {
        "alpha": {
            "customer": "Alpha",
            "su": [{"spec": "airrack", "count": 4}],
            "deliveries": [{"day": "2027-06-07", "count": 1}],
            "halls": ["a"],
            "ordered": "2027-01-04",
            "price": "1 MUSD",
            "terms": [{"event": "acceptance", "share": "100 %", "net": "30 day"}],
        }
    },
    "specs": {
        "airrack": {
            "family": "rack",
            "maker": "M",
            "model": "air rack",
            "role": "compute",
            "heat": "100 kW",
            "power_factor": "100 %",
            "liquid_share": "0 %",
            "mass": "900 kg",
        },
        "wetrack": {
            "family": "rack",
            "maker": "M",
            "model": "wet rack",
            "role": "compute",
            "heat": "100 kW",
            "power_factor": "100 %",
            "liquid_share": "80 %",
            "liquid": {"return_limit": "60 degC", "supply_max": "45 degC"},
            "mass": "1500 kg",
        },
        "grid": {"family": "utility_service", "maker": "M", "model": "grid", "power": "3 MW"},
        "trafo": {
            "family": "transformer",
            "maker": "M",
            "model": "trafo",
            "apparent": "2 MVA",
            "efficiency": "99 %",
        },
        "genset": {
            "family": "generator",
            "maker": "M",
            "model": "genset",
            "power": "1 MW",
            "rating_class": "PRP",
            "power_factor": "80 %",
        },
        "module": {
            "family": "ups",
            "maker": "M",
            "model": "module",
            "power": "500 kW",
            "apparent": "500 kVA",
            "efficiency": "95 %",
            "input_power_factor": "95 %",
        },
        "wall": {
            "family": "room_air_unit",
            "maker": "M",
            "model": "wall",
            "capacity": "250 kW",
            "power": "10 kW",
            "water_supply": "18 degC",
        },
        "chiller": {
            "family": "chiller",
            "maker": "M",
            "model": "chiller",
            "ratings": [{"ambient": "35 degC", "water": "18 degC", "capacity": "500 kW", "power": "150 kW"}],
        },
        "cooler": {
            "family": "dry_cooler",
            "maker": "M",
            "model": "cooler",
            "capacity": "500 kW",
            "rated_difference": "10 K",
            "minimum_approach": "5 K",
            "power": "20 kW",
        },
        "cdu": {
            "family": "cdu",
            "maker": "M",
            "model": "cdu",
            "capacity": "500 kW",
            "approach": "4 K",
            "flow": "1000 L/min",
            "power": "10 kW",
            "fluid_share": "50 %",
        },
        "plates": {
            "family": "floor_reinforcement",
            "maker": "M",
            "model": "plates",
            "acts_on": "spreader_plates",
            "point": "2000 kg",
        },
    },
}


def merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Deep merge; None removes a key."""
    found = dict(base)
    for key, value in own.items():
        if value is None:
            found.pop(key, None)
        else:
            both = isinstance(value, dict) and isinstance(found.get(key), dict)
            found[key] = merged(found[key], value) if both else value
    return found


def checked(data: dict[str, Any]) -> Check:
    """The check of a site given as data; JSON is YAML without aliases."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "site.yaml"
        path.write_text(json.dumps(data, default=str), encoding="utf-8")
        return check(load(path))


def tiny(**own: Any) -> Check:
    return checked(merged(TINY, own))


def line(found: Check, line_id: str) -> Line:
    return next(line for line in found.lines if line.id == line_id)


def failing(found: Check) -> set[str]:
    return {line.id for line in found.lines if line.verdict == "fail"}


def upgrade(spec: str, at: str, weeks: int, **own: Any) -> dict[str, Any]:
    return {
        "spec": spec,
        "at": [at],
        "at_most": 9,
        "crew": "all",
        "lead_time": f"{weeks} week",
        "cost": "1 MUSD",
        "install": "3 workday",
        **own,
    }


def sus(count: int, **own: Any) -> dict[str, Any]:
    return {"alpha": {"deliveries": [{"day": "2027-06-07", "count": count}], **own}}
