"""Whole site files at random, as plain data: what the planner has to cope with, small enough to be planned at once.

:func:`site_data` draws one site from a :class:`Pick`, which is either a seeded generator (:class:`Seeded`: the same
seed gives the same site for ever) or Hypothesis (:func:`sites`: failing sites shrink). :func:`loaded` writes the data
as YAML and loads it. :data:`SMALL` sites have a few deployments, :data:`TINY` ones can be enumerated by hand.

The physics is kept round: coolers, CDUs and air units work at their rated difference, so that a unit of 200 kW carries
200 kW here, and generators are not derated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from site_features import equip
from site_parts import GATES as GATES
from site_parts import GROUPS as GROUPS
from site_parts import SMALL as SMALL
from site_parts import TINY as TINY
from site_parts import Data as Data
from site_parts import Drawn as Drawn
from site_parts import Pick as Pick
from site_parts import Seeded as Seeded
from site_parts import Size as Size
from site_parts import crew_task, heat_of, permit_for, upgrade
from site_parts import day as day

from dcplan.loading import load
from dcplan.site import SiteModel

LIQUID, AIR = ("cdu", "heat_rejection"), ("room_air", "heat_rejection")


@st.composite
def sites(draw: st.DrawFn, size: Size = SMALL) -> Data:
    """Sites as plain data."""
    return site_data(Drawn(draw), size)


def seeded(seed: int, size: Size = SMALL) -> Data:
    """The site of a seed, as plain data."""
    return site_data(Seeded(seed), size)


def loaded(data: Data) -> SiteModel:
    """A site given as data, written to a file and loaded; JSON is YAML."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "site.yaml"
        path.write_text(json.dumps(data), encoding="utf-8")
        return load(path)


# ---------------------------------------------------------------- the site


def site_data(pick: Pick, size: Size) -> Data:
    """One site: its frame, who comes, what carries them, what may be bought, then what only some sites have."""
    days = pick.integer(*size.days)
    liquid = pick.chance(60)
    financing = pick.one((0, 8, 30))
    halls = {f"hall{number}": _hall(pick, liquid) for number in range(pick.one(size.halls))}
    crews = {"mep": {"size": pick.integer(1, 4)}, "racks": {"size": pick.integer(1, 3)}}
    if pick.chance(25):
        crews = {"mep": crews["mep"]}
    data: Data = {
        "dcplan": 1, "name": "generated", "start": day(0), "end": day(days), "currency": "USD",
        "perspective": pick.one(("operator", "vendor", "joint")), "financing_rate": f"{financing} %/year",
        "place": {"altitude": "0 m", "design_dry_bulb": "20 degC", "recirculation_rise": "0 K"},
        "calendar": _calendar(pick, days), "crews": crews, "limits": {}, "redundancy": {},
        "mechanical_power_factor": pick.one(("100 %", "90 %")),
        "behind_ups": [name for name in ("cdu", "room_air") if pick.chance(30)],
        "loops": {"loop0": {"supply": "30 degC", "back": "40 degC"}},
        "electrical_rooms": {}, "halls": halls, "plant": {}, "loads": {}, "permits": {}, "upgrades": {},
        "su_chain": _chain(pick, size, crews), "deployments": {}, "specs": {},
    }  # fmt: skip
    if pick.chance(40):
        data["loops"]["loop0"]["pump_power"] = pick.one(("2 %", "5 %"))
    left = size.sus
    for number in range(pick.integer(*size.deployments)):
        if left > 0:
            left -= _deployment(pick, size, data, f"customer{number}", liquid, left)
    _redundancy(pick, size, data, liquid)
    _loads(pick, data, liquid)
    _plant(pick, size, data)
    _floors(pick, size, data)
    _limits(pick, data)
    equip(pick, size, data)
    return data


def _hall(pick: Pick, liquid: bool) -> Data:
    hall: Data = {
        "positions": pick.integer(10, 30), "gallery_slots": pick.integer(4, 20),
        "integrated_test": f"{pick.integer(0, 3)} workday", "air": {"loop": "loop0"},
    }  # fmt: skip
    if liquid:
        hall["liquid"] = {"fluid": pick.one(("water", "PG25")), "supply": "34 degC", "loop": "loop0"}
    return hall


def _calendar(pick: Pick, days: int) -> Data:
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    found: Data = {"working_days": week[: pick.one((5, 5, 6, 7))]}
    if pick.chance(40):
        found["holidays"] = [{"day": day(pick.integer(1, days // 2)), "name": "Holiday"}]
    if pick.chance(30):
        begun = pick.integer(2, days // 2)
        found["freezes"] = [{"day": day(begun), "to": day(begun + pick.integer(0, 6)), "name": "Freeze"}]
    return found


def _chain(pick: Pick, size: Size, crews: Data) -> Data:
    _, _, duration = crew_task(pick, crews, size.tasks)
    crew = "racks" if "racks" in crews else "mep"
    connect = {"crew": crew, "crew_need": pick.integer(1, min(2, crews[crew]["size"])), "duration": duration}
    chain: Data = {
        "set_and_connect": connect, "burn_in": f"{pick.integer(0, 4)} day",
        "acceptance": f"{pick.integer(0, 3)} workday",
    }  # fmt: skip
    if pick.chance(70):
        chain["fill_and_leak_test"] = f"{pick.integer(0, 2)} workday"
    return chain


# ---------------------------------------------------------------- deployments


def _deployment(pick: Pick, size: Size, data: Data, name: str, liquid: bool, most: int) -> int:
    """Add a deployment and its rack; the number of its SUs."""
    data["specs"][f"rack-{name}"] = _rack(pick, liquid and pick.chance(80))
    first, count = pick.integer(*size.delivery), pick.integer(1, most)
    deliveries = [{"day": day(first), "count": count}]
    if count > 1 and pick.chance(50):
        later = first + pick.integer(1, max(2, size.delivery[1] - first))
        deliveries = [{"day": day(first), "count": 1}, {"day": day(later), "count": count - 1}]
    found: Data = {
        "customer": name, "su": [{"spec": f"rack-{name}", "count": pick.integer(1, 3)}], "deliveries": deliveries,
        "halls": sorted({pick.one(sorted(data["halls"])) for _ in data["halls"]}), "ordered": "2026-06-01",
        "price": f"{pick.integer(1, 30) / 10} MUSD", "terms": _terms(pick),
    }  # fmt: skip
    if pick.chance(75):
        found["lost_margin"] = f"{pick.integer(0, 40) * 100} USD/day"
    if pick.chance(15):
        found["deadline"] = day(first + pick.integer(*size.days) // 2)
    if pick.chance(15):
        found["chain"] = _chain(pick, size, data["crews"])
    data["deployments"][name] = found
    return count


def _rack(pick: Pick, liquid: bool) -> Data:
    rack: Data = {
        "family": "rack", "maker": "M", "model": "rack", "role": "compute", "heat": f"{10 * pick.integer(2, 13)} kW",
        "power_factor": pick.one(("100 %", "95 %")), "liquid_share": "0 %", "mass": f"{100 * pick.integer(5, 16)} kg",
    }  # fmt: skip
    if liquid:
        rack["liquid_share"] = pick.one(("80 %", "100 %"))
        rack["liquid"] = {"return_limit": pick.one(("44 degC", "54 degC")), "supply_max": "45 degC"}
    return rack


def _terms(pick: Pick) -> list[Data]:
    shares = pick.one(((100,), (50, 50), (30, 20, 50), (10, 40, 30, 20)))
    events = {1: ("acceptance",), 2: ("delivery", "acceptance"), 3: ("delivery", "energise", "acceptance")}
    named = events.get(len(shares), ("order", "delivery", "energise", "acceptance"))
    terms: list[Data] = []
    for event, share in zip(named, shares, strict=True):
        term: Data = {"event": event, "share": f"{share} %", "net": "30 day"}
        if pick.chance(20):
            term["long_stop"] = f"{pick.integer(5, 60)} day"
        terms.append(term)
    return terms


# ---------------------------------------------------------------- what carries them


def _redundancy(pick: Pick, size: Size, data: Data, liquid: bool) -> None:
    cooled = (*LIQUID, "room_air") if liquid else AIR
    known = [service for service in GROUPS if service not in ("cdu", "room_air", "heat_rejection") or service in cooled]
    number = min(len(known), pick.integer(*size.services))
    chosen = {pick.one(known) for _ in range(number)}
    for service in GROUPS:
        if service in chosen:
            scheme = pick.one(("N", "N", "N+1", "N+1", "N+2"))
            data["redundancy"][service] = {"scheme": scheme, "unit": "unit", "group": pick.one(GROUPS[service])}


def _loads(pick: Pick, data: Data, liquid: bool) -> None:
    if pick.chance(40):
        hall = pick.one(sorted(data["halls"]))
        load: Data = {"hall": hall, "status": pick.one(("running", "reserved")), "ups": f"{pick.integer(1, 60)} kW"}
        load["air_heat"] = load["ups"]
        load["positions"] = pick.integer(0, 3)
        if liquid and pick.chance(40):
            load["liquid_heat"] = f"{pick.integer(1, 40)} kW"
            load["liquid_flow"] = f"{pick.integer(1, 50)} L/min"
        data["loads"]["tenant"] = load
    if pick.chance(30):
        data["loads"]["offices"] = {"other": f"{pick.integer(1, 80)} kW"}


@dataclass(frozen=True)
class _Need:
    """What a service must carry at one place, about [kW]."""

    service: str
    place: str
    power: int


def _needs(data: Data) -> list[_Need]:
    """Every service at every place, with what it may have to carry there, losses and other loads included."""
    needs = []
    for service, entry in data["redundancy"].items():
        places = {"site": ["site"], "hall": sorted(data["halls"]), "loop": ["loop0"]}[entry["group"]]
        for place in places:
            side = {"cdu": "liquid", "room_air": "air"}.get(service, "all")
            heat = heat_of(data, side=side, hall=place if entry["group"] == "hall" else None)
            needs.append(_Need(service, place, int(1.4 * heat) + 90))
    return needs


def _plant(pick: Pick, size: Size, data: Data) -> None:
    """Plant that stands, and upgrades for some of the needs; most needs without an upgrade are carried by plant."""
    needs = _needs(data)
    wanted = min(len(needs), pick.integer(*size.upgrades))
    chosen = {pick.integer(0, len(needs) - 1) for _ in range(wanted)}
    for number, need in enumerate(needs):
        units = pick.integer(1, 3)
        rating = max(20, 10 * (need.power // (10 * units) + 1))
        failures = _failures(data, need.service)
        spec = f"{need.service}-{number}"
        data["specs"][spec] = _spec(pick, need.service, rating, data)
        if number not in chosen:
            _stand(pick, data, spec, need, units + failures - (1 if pick.chance(3) else 0))
            continue
        there = pick.integer(0, units + failures - 1)
        _stand(pick, data, spec, need, there)
        spare = pick.integer(0, size.at_most) - (1 if pick.chance(8) else 0)
        upgrade(pick, size, data, spec, need.place, max(1, units + failures - there + spare))
        if pick.chance(25) and len(data["upgrades"]) < size.upgrades[1]:
            other = f"{spec}-large"
            data["specs"][other] = _spec(pick, need.service, 2 * rating, data)
            upgrade(pick, size, data, other, need.place, pick.integer(1, 1 + size.at_most))


def _failures(data: Data, service: str) -> int:
    return int(data["redundancy"][service]["scheme"][2:] or 0)


def _stand(pick: Pick, data: Data, spec: str, need: _Need, count: int) -> None:
    if count > 0:
        entry: Data = {"spec": spec, "count": count, "at": need.place}
        if pick.chance(15):
            entry |= {"status": "ordered", "in_service": day(pick.integer(-5, 30))}
        data["plant"][f"old-{spec}"] = entry
    if pick.chance(10):
        data["plant"][f"promised-{spec}"] = {"spec": spec, "count": 1, "at": need.place, "status": "reserved"}


def _spec(pick: Pick, service: str, rating: int, data: Data) -> Data:
    """A unit of a service that carries `rating` kW on this site."""
    families = {"utility": "utility_service", "room_air": "room_air_unit", "heat_rejection": "dry_cooler"}
    spec: Data = {"family": families.get(service, service), "maker": "M", "model": service}
    draw = f"{pick.one((0, 1, 3, 10))} kW"
    own: dict[str, Data] = {
        "utility": {"power": f"{rating} kW"},
        "transformer": {"apparent": f"{rating} kVA", "efficiency": "99 %"},
        "generator": {"power": f"{rating} kW", "rating_class": "PRP", "power_factor": "80 %", "footprint": "20 m2"},
        "ups": {
            "power": f"{rating} kW", "apparent": f"{rating} kVA", "efficiency": "95 %", "input_power_factor": "99 %",
        },
        "cdu": {
            "capacity": f"{rating} kW", "approach": "4 K", "flow": f"{rating * pick.one((1, 2))} L/min", "power": draw,
            "fluid_share": "90 %",
        },
        "room_air": {"capacity": f"{rating} kW", "power": draw, "water_supply": "30 degC"},
        "heat_rejection": {
            "capacity": f"{rating} kW", "rated_difference": "20 K", "minimum_approach": "5 K", "power": draw,
        },
    }  # fmt: skip
    if service in ("cdu", "room_air", "heat_rejection") and pick.chance(30):
        spec["standing_power"] = min(pick.one(("0.5 kW", "5 kW")), draw, key=lambda power: float(power.split()[0]))
    if GROUPS[service] != ("hall",) and data["redundancy"][service]["group"] != "hall":
        spec["footprint"] = f"{pick.integer(5, 30)} m2"
    return spec | own[service]


def _floors(pick: Pick, size: Size, data: Data) -> None:
    """Floors that carry every rack, or only light ones until they are strengthened."""
    for name, hall in sorted(data["halls"].items()):
        if pick.chance(60):
            hall["floor"] = {"point": f"{100 * pick.integer(2, 8)} kg"}
            if pick.chance(50):
                hall["floor"] |= {"uniform": f"{100 * pick.integer(4, 12)} kg/m2", "position_area": "2 m2"}
            if pick.chance(85):
                crew, people, _ = crew_task(pick, data["crews"], size.tasks)
                data["specs"]["plates"] = {
                    "family": "floor_reinforcement", "maker": "M", "model": "plates", "acts_on": "spreader_plates",
                    "point": "3000 kg", "uniform": "3000 kg/m2",
                }  # fmt: skip
                data["upgrades"][f"plates-{name}"] = {
                    "spec": "plates", "at": [name], "at_most": pick.integer(4, 14), "crew": crew, "crew_need": people,
                    "lead_time": f"{pick.integer(0, size.lead // 2)} day", "cost": f"{pick.integer(0, 20) * 1000} USD",
                    "install": pick.one(("0.5 workday", "1 workday")), "paid_by": pick.one(("operator", "vendor")),
                }  # fmt: skip
                if pick.chance(20):
                    data["upgrades"][f"plates-{name}"]["permit"] = permit_for(pick, size, data, GATES[:3])


def _limits(pick: Pick, data: Data) -> None:
    if pick.chance(25):
        data["limits"]["budget"] = f"{pick.integer(5, 400) / 100} MUSD"
    if pick.chance(20):
        data["limits"]["yard_area"] = f"{pick.integer(20, 200)} m2"
    if pick.chance(20):
        data["limits"]["generator_power"] = f"{pick.integer(2, 40) * 100} kW"
