"""What only some generated sites have: each feature changes a site that is otherwise done, where it applies.

Numbers stay round and kind to the site, so that most sites can still be planned: a feature is there to be planned and
verified with, not to make every site short of something.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from site_parts import GROUPS, TINY, Data, Pick, Size, crew_task, day, heat_of, permit_for, upgrade

Feature = Callable[[Pick, Size, Data], None]


def equip(pick: Pick, size: Size, data: Data) -> None:
    """Give a site some of the features."""
    declared = set(data["redundancy"])
    names = [name for name in FEATURES if declared & NEEDS.get(name, declared)]
    chosen = {pick.one(names) for _ in range(pick.integer(*size.features))}
    for name, feature in FEATURES.items():
        if name in chosen:
            feature(pick, size, data)


def specs_of(data: Data, family: str) -> dict[str, Data]:
    """The specs of a family, by name."""
    return {name: spec for name, spec in data["specs"].items() if spec["family"] == family}


def number(text: str) -> float:
    """The number of a quantity."""
    return float(text.split()[0])


def entries(data: Data, spec: str) -> Iterator[Data]:
    """Plant and upgrades of a spec."""
    for section in ("plant", "upgrades"):
        yield from (entry for entry in data[section].values() if entry["spec"] == spec)


def at(data: Data, family: str, place: str) -> dict[str, Data]:
    """The specs of a family that stand, or may stand, at a place."""
    places = {name: {place for entry in entries(data, name) for place in _places(entry)} for name in data["specs"]}
    return {name: spec for name, spec in specs_of(data, family).items() if place in places[name]}


def _places(entry: Data) -> list[str]:
    return entry["at"] if isinstance(entry["at"], list) else [entry["at"]]


def _supply(pick: Pick, size: Size, data: Data, name: str, spec: Data, place: str, needed: int) -> None:
    """Plant of a spec, some of it to be bought."""
    if place not in data["halls"]:
        spec["footprint"] = f"{pick.integer(2, 10)} m2"
    data["specs"][name] = {"maker": "M", "model": name, **spec}
    there = pick.integer(0, needed)
    if there:
        data["plant"][f"old-{name}"] = {"spec": name, "count": there, "at": place}
    if there < needed or pick.chance(50):
        upgrade(pick, size, data, name, place, max(1, needed - there + pick.integer(0, size.at_most)))


def _racks(data: Data) -> list[Data]:
    return list(specs_of(data, "rack").values())


# ---------------------------------------------------------------- power


def _losses(pick: Pick, _: Size, data: Data) -> None:
    """Losses that depend on the load, batteries that recharge, and a peak that UPS carry for a while."""
    for ups in specs_of(data, "ups").values():
        del ups["efficiency"]
        loads = (("25 %", "92 %"), ("50 %", "94.5 %"), ("75 %", "95 %"), ("100 %", pick.one(("95 %", "94 %"))))
        ups["efficiencies"] = [{"load": load, "efficiency": efficiency} for load, efficiency in loads]
        ups["overload"] = [{"load": "125 %", "time": "10 min"}, {"load": "150 %", "time": "1 min"}]
        if pick.chance(50):
            ups["recharge"] = "10 %"
    for transformer in specs_of(data, "transformer").values():
        del transformer["efficiency"]
        rating = number(transformer["apparent"])
        transformer |= {"no_load_loss": f"{rating * 0.002:g} kW", "load_loss": f"{rating * 0.01:g} kW"}
    for rack in _racks(data):
        if pick.chance(60):
            rack |= {"peak": f"{number(rack['heat']) * 1.3:g} kW", "peak_time": pick.one(("30 s", "5 min"))}


def _outages(pick: Pick, size: Size, data: Data) -> None:
    """Generators by rating class: hours, block load, fuel for the autonomy asked, a cap on emissions."""
    sets = specs_of(data, "generator")
    if not sets:
        return
    data["generator_duty"] = {"hours": pick.one(("60 h", "150 h")), "block": pick.one(("50 %", "80 %"))}
    for spec in sets.values():
        rating = number(spec["power"])
        spec |= {
            "rating_class": pick.one(("ESP", "PRP", "DCC", "COP")), "average_load": "85 %", "block_load": "70 %",
            "fuel": [{"load": at, "flow": f"{rating * use:g} L/h"} for at, use in (("50 %", 0.14), ("100 %", 0.26))],
            "engine_power": f"{rating * 1.1:g} kW", "emission": pick.one(("5 g/kWh", "8 g/kWh")),
        }  # fmt: skip
        if pick.chance(50):
            spec["tank"] = f"{rating * pick.one((1, 2)):g} L"
    if pick.chance(60):
        data["generator_duty"]["autonomy"] = "8 h"
        data["redundancy"]["fuel"] = {"scheme": pick.one(("N", "N+1")), "unit": "unit", "group": "site"}
        needed = int(2.2 * (1.5 * heat_of(data) + 90) / 1000) + 2
        _supply(pick, size, data, "tank", {"family": "fuel_tank", "volume": "1000 L"}, "site", needed)
    if pick.chance(50):
        data["limits"]["emissions"] = f"{pick.integer(2, 40) * 100} kg"


def _switchboard(pick: Pick, size: Size, data: Data) -> None:
    """Boards with a bus, circuits and a fault current."""
    data["redundancy"]["switchgear"] = {"scheme": pick.one(("N", "N+1")), "unit": "unit", "group": "site"}
    ways = {name: pick.integer(0, 2) for name in ("transformer", "generator", "ups", "heat_rejection")}
    data["switchboard"] = {"voltage": "480 V", "ways": ways, "parallel": 2, "contribution": "5 kA"}
    for transformer in specs_of(data, "transformer").values():
        transformer["impedance"] = pick.one(("4 %", "6 %"))
    spec = {"family": "switchgear", "current": "1600 A", "interrupting": "65 kA", "ways": 20, "loss": "1 kW"}
    _supply(pick, size, data, "board", spec, "site", int((1.5 * heat_of(data) + 90) * 1.3 / 1600) + 2)


def _feeds(pick: Pick, _: Size, data: Data) -> None:
    """Racks on busway, one side of which may be lost."""
    run = {
        "family": "busway",
        "maker": "M",
        "model": "run",
        "current": "800 A",
        "tap_current": pick.one(("125 A", "200 A")),
    }
    data["specs"]["run"] = run
    hall = data["halls"][pick.one(sorted(data["halls"]))]
    hall["feeds"] = {
        "busway": "run", "voltage": "415 V", "racks_per_run": pick.integer(1, 3), "sides": pick.one((1, 2)),
        "feeds_per_rack": 4, "rule": pick.one(("nec_80", "rated_100", "iec")),
    }  # fmt: skip
    for rack in _racks(data):
        rack["provisioned"] = rack["heat"]


def _rooms(pick: Pick, _: Size, data: Data) -> None:
    """Electrical rooms whose losses a hall's air, a loop or the outdoors takes."""
    for service in ("ups", "transformer"):
        if service not in data["redundancy"]:
            continue
        places = ["site"] if data["redundancy"][service]["group"] == "site" else sorted(data["halls"])
        for place in places:
            cooled_by = pick.one([*sorted(data["halls"]), "loop0", "outdoors"])
            data["electrical_rooms"] |= {
                f"{service}-{place}": {"service": service, "at": place, "cooled_by": cooled_by}
            }


def _ramp(pick: Pick, _: Size, data: Data) -> None:
    """Utility power that comes in steps."""
    if data["redundancy"]["utility"]["unit"] != "unit":
        return
    data["redundancy"]["utility"]["scheme"] = "N"
    for entry in data["plant"].values():
        spec = data["specs"][entry["spec"]]
        if spec["family"] == "utility_service" and entry.get("status", "existing") == "existing":
            full = entry["count"] * number(spec["power"])
            first = f"{full * pick.integer(1, 9) / 10:g} kW"
            entry |= {"count": 1, "ramp": [
                {"day": day(pick.integer(-5, 5)), "power": first, "non_firm": "50 kW"},
                {"day": day(pick.integer(6, 40)), "power": f"{full:g} kW"},
            ]}  # fmt: skip


_POWER = ("utility", "transformer", "generator", "ups")
_SCHEMES = (
    ("2N", "train", "AB"), ("2N", "side", "AC"), ("N+1", "train", "AB"), ("N+1", "train", "ABC"),
    ("2(N+1)", "train", "AB"), ("2N/3", "train", "ABC"), ("3N/4", "train", "ABCD"), ("2N/4", "train", "ABCD"),
    ("N+2", "train", "ABC"), ("N", "side", "AC"),
)  # fmt: skip
TRAINS: Data = {name: {"side": side} for name, side in zip("ABCD", "LLRR", strict=True)}
"""Four trains, two on the left side and two on the right."""


def _trains(pick: Pick, _: Size, data: Data) -> None:
    """One service redundant by train or side, its plant repeated in each of them."""
    name = pick.one([service for service in GROUPS if service in data["redundancy"]])
    scheme, unit, trains = pick.one(_SCHEMES)
    data["trains"] = copy.deepcopy(TRAINS)
    entry: Data = {"scheme": scheme, "unit": unit, "group": data["redundancy"][name]["group"]}
    if name in _POWER and scheme not in ("2N/4", "N+2", "N") and pick.chance(40):
        entry |= {"topology": "cords", "pairing": "balanced"}
        if scheme == "3N/4" and pick.chance(50):
            del entry["pairing"]
            entry["pairs"] = {"A-B": "50 %", "B-C": "20 %", "C-D": "30 %"}
    data["redundancy"][name] = entry
    for plant, old in list(data["plant"].items()):
        if old["spec"].split("-")[0] == name and old.get("status") != "reserved":
            del data["plant"][plant]
            data["plant"] |= {f"{plant}-{train}": {**old, "train": train} for train in trains}
    for option in data["upgrades"].values():
        if option["spec"].split("-")[0] == name:
            option["trains"] = list(trains)


def in_trains(pick: Pick, data: Data) -> Data:
    """A copy of a generated site with one of its services redundant by train or side."""
    data = copy.deepcopy(data)
    _trains(pick, TINY, data)
    return data


# ---------------------------------------------------------------- cooling


def _thin_air(pick: Pick, _: Size, data: Data) -> None:
    """A site in the mountains, whose plant loses capacity in thin air."""
    data["place"]["altitude"] = pick.one(("600 m", "1500 m"))
    for family in ("dry_cooler", "room_air_unit"):
        for spec in specs_of(data, family).values():
            spec["altitude_derate"] = pick.one(("5 %/km", "8 %/km"))
    for spec in specs_of(data, "generator").values():
        spec["engine"] = {
            "altitude_knee": "150 m", "altitude_slope": "7 %/km",
            "temperature_knee": "25 degC", "temperature_slope": "0.5 %/K",
        }  # fmt: skip


def _wet(pick: Pick, _: Size, data: Data) -> None:
    """Heat rejection by towers or wetted pads, and a limit on make-up water."""
    data["place"] |= {"design_dry_bulb": "24 degC", "design_wet_bulb": "16 degC"}
    towers = pick.chance(50)
    for spec in specs_of(data, "dry_cooler").values():
        rating = number(spec["capacity"])
        if not towers:
            spec["adiabatic"] = {
                "effectiveness": "75 %", "airflow": f"{rating * 0.2:g} m3/s", "evaporated_share": "75 %",
            }  # fmt: skip
            continue
        del spec["rated_difference"]
        spec |= {
            "family": "cooling_tower", "rated_wet_bulb": "16 degC", "rated_approach": "10 K", "rated_range": "10 K",
            "evaporated_share": pick.one(("67 %", "80 %")),
        }  # fmt: skip
        if pick.chance(40):
            spec["exchanger_approach"] = "2 K"
    if pick.chance(60):
        data["limits"]["water"] = f"{pick.integer(10, 80)} L/min"


def _chillers(_: Pick, __: Size, data: Data) -> None:
    """Chillers in place of dry coolers."""
    for spec in specs_of(data, "dry_cooler").values():
        rating = number(spec.pop("capacity"))
        for field in ("rated_difference", "minimum_approach", "power"):
            del spec[field]
        draw = max(6.0, 0.07 * rating)
        spec |= {"family": "chiller", "ratings": [
            {"ambient": air, "water": water, "capacity": f"{rating * more:g} kW", "power": f"{draw * drawn:g} kW"}
            for air, drawn in (("15 degC", 1.0), ("35 degC", 1.4))
            for water, more in (("25 degC", 1.1 / drawn**0.5), ("35 degC", 1.3 / drawn**0.5))
        ]}  # fmt: skip


def _pumps(pick: Pick, size: Size, data: Data) -> None:
    """Pumps of the facility loop as plant of their own."""
    loop = data["loops"]["loop0"]
    loop.pop("pump_power", None)
    if pick.chance(70):
        loop["pipe_pressure_drop"] = "150 kPa"
    extra = pick.integer(0, 1)
    data["redundancy"]["facility_pump"] = {"scheme": ("N", "N+1")[extra], "unit": "unit", "group": "loop"}
    if data["redundancy"].get("ups", {}).get("group", "site") == "site" and pick.chance(40):
        data["behind_ups"].append("facility_pump")
    units = pick.integer(1, 2)
    flow = int(1.45 * (1.3 * heat_of(data) + 150) / units)
    draw = pick.one(({"power": "4 kW"}, {"efficiency": "60 %"}))
    spec = {"family": "facility_pump", "flow": f"{flow} L/min", "head": pick.one(("150 kPa", "200 kPa")), **draw}
    _supply(pick, size, data, "pump", spec, "loop0", units + extra)


def _fed(pick: Pick, _: Size, data: Data) -> None:
    """The loop of the halls gives its heat to one that coolers stand on."""
    data["loops"]["loop0"]["fed_by"] = {"loop": "loop1", "approach": pick.one(("2 K", "3 K"))}
    data["loops"]["loop1"] = {"supply": "27 degC", "back": "37 degC", "pump_power": "1 %"}
    for section in ("plant", "upgrades"):
        for entry in data[section].values():
            if entry["spec"].startswith("heat_rejection"):
                entry["at"] = ["loop1"] if isinstance(entry["at"], list) else "loop1"
    if pick.chance(30):
        data["halls"][pick.one(sorted(data["halls"]))]["air"]["loop"] = "loop1"


def _setpoints(pick: Pick, _: Size, data: Data) -> None:
    """The temperature of the facility loop is left open."""
    if len(data["loops"]) == 1:
        data["loops"]["loop0"]["setpoints"] = list(pick.one((("28 degC", "30 degC"), ("27 degC", "32 degC"))))
        for spec in specs_of(data, "room_air_unit").values():
            spec["water_supply"] = pick.one(("30 degC", "35 degC"))


def _doors(pick: Pick, size: Size, data: Data) -> None:
    """Rear doors on one kind of rack in one hall."""
    entry = pick.one(list(data["deployments"].values()))
    rack, hall = entry["su"][0]["spec"], pick.one(entry["halls"])
    air = number(data["specs"][rack]["heat"]) * (1 - number(data["specs"][rack]["liquid_share"]) / 100)
    if "room_air" in data["redundancy"] and air > 0:
        spec = {
            "family": "rear_door", "capacity": f"{max(1.0, air * pick.integer(5, 12) / 10):g} kW",
            "power": pick.one(("0 kW", "0.5 kW")), "water_supply": "30 degC",
        }  # fmt: skip
        name = "room_air-door"
        _supply(pick, size, data, name, spec, hall, pick.integer(1, 3))
        for found in entries(data, name):
            found["on"] = rack


def _to_air(pick: Pick, _: Size, data: Data) -> None:
    """One hall's coolant is cooled by the room's air."""
    name = pick.one(sorted(data["halls"]))
    hall = data["halls"][name]
    if "liquid" not in hall:
        return
    del hall["liquid"]["loop"]
    # every loop is warmer than usual air: the room is too, and the coolant above it
    hall["air"]["supply"], hall["liquid"]["supply"] = "34 degC", "42 degC"
    for rack in _racks(data):
        if "liquid" in rack:
            rack["liquid"]["return_limit"] = "54 degC"
    for spec in at(data, "cdu", name).values():
        spec |= {"family": "liquid_to_air", "approach": pick.one(("8 K", "10 K"))}
    more = heat_of(data, side="liquid", hall=name)
    for spec in at(data, "room_air_unit", name).values():
        spec["capacity"] = f"{number(spec['capacity']) + more:g} kW"


def _air_flow(pick: Pick, _: Size, data: Data) -> None:
    """Room air is balanced by its flow too."""
    for rack in _racks(data):
        rack |= pick.one(({"air_rise": "12 K"}, {"airflow": f"{number(rack['heat']) * 200:g} m3/h"}))
    for family, flow in (("room_air_unit", 0.09), ("liquid_to_air", 0.03)):
        for spec in specs_of(data, family).values():
            spec["airflow"] = f"{number(spec['capacity']) * flow:.3g} m3/s"
    for load in data["loads"].values():
        if "air_heat" in load:
            load["air_flow"] = f"{number(load['air_heat']) * 0.07:.3g} m3/s"


def _coolant(pick: Pick, _: Size, data: Data) -> None:
    """Coolant with flows and pressures of its own, and a dew point to stay above."""
    for rack in _racks(data):
        if "liquid" in rack:
            rack["liquid"] |= {
                "minimum_flow": f"{pick.integer(20, 120)} L/min", "supply_min": "20 degC",
                "pressure_drop": "60 kPa", "pressure_flow": f"{pick.integer(80, 200)} L/min",
            }  # fmt: skip
    for spec in specs_of(data, "cdu").values():
        flow = number(spec["flow"])
        spec["head"] = "150 kPa"
        spec["pump_curve"] = [{"flow": f"{flow * 0.5:g} L/min", "head": "250 kPa"}]
    for hall in data["halls"].values():
        if "liquid" in hall:
            hall["liquid"]["pipe_pressure_drop"] = pick.one(("50 kPa", "120 kPa"))
            hall["humidity"] = {"dew_point": pick.one(("15 degC", "18 degC"))}


# ---------------------------------------------------------------- the building


def _route(pick: Pick, size: Size, data: Data) -> None:
    """Ways into the halls that carry a rolling rack, or only once plates lie on them."""
    name = pick.one(sorted(data["halls"]))
    data["halls"][name]["route"] = {
        "dock": {"rolling": f"{pick.integer(2, 9) * 100} kg"},
        "lift": {"capacity": pick.one(("2000 kg", "1500 kg")), "rolling": "900 kg"},
    }
    for rack in _racks(data):
        if pick.chance(50):
            rack["shipping_mass"] = f"{number(rack['mass']) - 50:g} kg"
    if pick.chance(85):
        plates = {"family": "route_protection", "maker": "M", "model": "plates", "rolling": "1500 kg"}
        data["specs"]["route-plates"] = plates
        crew, people, install = crew_task(pick, data["crews"], size.tasks)
        data["upgrades"][f"route-{name}"] = {
            "spec": "route-plates", "at": [name], "at_most": 1, "crew": crew, "crew_need": people, "install": install,
            "lead_time": f"{pick.integer(0, size.lead // 2)} day", "cost": f"{pick.integer(0, 20) * 1000} USD",
            "commission": "0 workday", "paid_by": pick.one(("operator", "vendor")),
        }  # fmt: skip
        if pick.chance(20):
            data["upgrades"][f"route-{name}"]["permit"] = permit_for(pick, size, data, ("order", "install"))


def _tiles(pick: Pick, _: Size, data: Data) -> None:
    """Racks that stand on tiles, or on a slab, with their feet."""
    for rack in _racks(data):
        rack |= {"width": "600 mm", "depth": "1200 mm", "foot_inset": "50 mm", "foot_plate": "100 mm"}
    for hall in data["halls"].values():
        own: Any = pick.one((
            {"kind": "raised", "tile": "600 mm", "rack_pitch": "600 mm"},
            {"kind": "slab", "effective_depth": "170 mm", "concrete_strength": "30 MPa", "rack_pitch": "600 mm"},
        ))  # fmt: skip
        if "floor" in hall:
            hall["floor"] |= own


def _pod(pick: Pick, _: Size, data: Data) -> None:
    """A pod that shares the plant of its hall."""
    data["halls"]["pod"] = {"positions": pick.integer(2, 8), "integrated_test": "1 workday", "within": "hall0"}
    for entry in data["deployments"].values():
        if pick.chance(70):
            entry["halls"] = sorted({*entry["halls"], "pod"} - ({"hall0"} if pick.chance(30) else set()))
    if "plates-hall0" in data["upgrades"]:
        data["upgrades"]["plates-hall0"]["at"].append("pod")


# ---------------------------------------------------------------- what nobody is sure of


def _assumed(pick: Pick, _: Size, data: Data) -> None:
    """Figures that are labelled assumptions, with their range."""
    named = (("rack", "heat"), ("dry_cooler", "capacity"), ("cdu", "capacity"), ("generator", "power"))
    figures = [(spec, field) for family, field in named for spec in specs_of(data, family).values()]
    for spec, field in figures:
        if pick.chance(40):
            value = number(spec[field])
            spec[field] = {
                "value": spec[field], "range": [f"{value * 0.9:g} kW", f"{value * 1.05:g} kW"],
                "confidence": "assumption", "note": "not published",
            }  # fmt: skip


FEATURES: dict[str, Feature] = {
    "chillers": _chillers,
    "wet": _wet,
    "thin air": _thin_air,
    "fed loop": _fed,
    "pumps": _pumps,
    "setpoints": _setpoints,
    "doors": _doors,
    "to air": _to_air,
    "air flow": _air_flow,
    "coolant": _coolant,
    "losses": _losses,
    "outages": _outages,
    "switchboard": _switchboard,
    "feeds": _feeds,
    "rooms": _rooms,
    "route": _route,
    "tiles": _tiles,
    "pod": _pod,
    "trains": _trains,
    "ramp": _ramp,
    "assumed": _assumed,
}
"""In the order in which they are applied: later ones see what earlier ones made."""
NEEDS = {
    "chillers": {"heat_rejection"}, "wet": {"heat_rejection"}, "thin air": {"heat_rejection", "room_air", "generator"},
    "doors": {"room_air"}, "to air": {"cdu"}, "coolant": {"cdu"}, "losses": {"ups", "transformer"},
    "outages": {"generator"}, "rooms": {"ups", "transformer"}, "ramp": {"utility"},
}  # fmt: skip
"""Services of which a feature needs one, so that it is not drawn in vain."""
