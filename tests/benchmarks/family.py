"""The benchmark family as sites: identical SUs of 8 racks that fill equal halls while their plant is bought.

A size is (SUs, halls); a case may have fewer electricians, or be *mixed*: three kinds of SU, two customers, halls of
two sizes and holidays. Under dcplan's rules full load and cooling are needed from burn-in on, the last 4 days before
go-live; floor and install work may come before. Nothing runs at a loss: no UPS and no transformers are declared.

Cases *on hire* hire generators by the week; the others have sets at the price of a long hire, paid once, which is what
the rivals of :mod:`tests.benchmarks.rival` can plan.

Two things differ from a plain table of kilowatts. What CDUs and fans draw is heat as well, in the racks' liquid and in
the loop. And as all that loads generators loads the utility, the megawatt that only the utility carries is taken off
its 12 MW. The legacy 3 MW give 1.8 MW of heat to a hall of their own, which nothing new may enter.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dcplan.loading import load
from dcplan.site import SiteModel

Data = dict[str, Any]
START = date(2027, 1, 1)
HORIZON_DAYS = 1500
RACKS = 8
CAPEX_WEIGHT = 3650
"""USD of objective per 1,000 USD of plant."""
LEGACY = "legacy"


@dataclass(frozen=True)
class Kind:
    """An SU: its heat to liquid and to air [kW], and whether it needs floor work."""

    name: str
    liquid: int
    air: int
    floor_work: bool = True

    @property
    def total(self) -> int:
        return self.liquid + self.air


GB, LG, AIR = Kind("gb", 919, 137), Kind("lg", 1100, 164), Kind("air", 0, 320, floor_work=False)


@dataclass(frozen=True)
class Option:
    """One line of the price list: kW, k$, days, crew, what a running unit draws [kW]."""

    name: str
    service: str
    power: int
    price: int
    lead: int
    install: int
    crew: str
    crew_need: int
    commission: int
    draw: int = 0


OPTIONS = (
    Option("gen2", "generator", 2000, 1300, 420, 14, "E", 1, 5),
    Option("gen3", "generator", 3000, 2100, 560, 16, "E", 1, 5),
    Option("rent", "generator", 1500, 2600, 50, 4, "E", 1, 5),
    Option("c15", "heat_rejection", 1500, 700, 200, 10, "M", 2, 5, 330),
    Option("c25", "heat_rejection", 2500, 1050, 260, 12, "M", 2, 5, 520),
    Option("dry", "heat_rejection", 1000, 420, 120, 6, "M", 2, 5, 70),
    Option("u20", "utility", 20000, 6000, 700, 30, "E", 2, 5),
    Option("u10", "utility", 10000, 3500, 500, 30, "E", 2, 5),
    Option("cdu_a", "cdu", 1350, 260, 150, 5, "M", 1, 3, 12),
    Option("cdu_b", "cdu", 800, 170, 90, 4, "M", 1, 3, 8),
    Option("air_p", "room_air", 150, 45, 80, 3, "M", 1, 2, 9),
    Option("air_q", "room_air", 400, 110, 120, 5, "M", 1, 2, 18),
)
EXPEDITED: Data = {"gen2": {"sooner": {"saves": "90 day", "cost": f"{CAPEX_WEIGHT * 180} USD", "at_most": 6}}}
HIRED: Data = {
    "duty": "standby", "mobilisation": f"{CAPEX_WEIGHT * 40} USD", "rate": f"{CAPEX_WEIGHT * 60} USD/week",
    "minimum": "8 week", "removal": "2 day",
}  # fmt: skip
"""Of sets of 1,500 kW, which cases on hire have in place of `rent`, a hire that is paid once and stays."""
NEED = {"generator": 1.5, "utility": 1.5, "heat_rejection": 1.2}
"""About as much power of a service per heat of an SU, what cooling draws included."""


@dataclass(frozen=True)
class Case:
    """One site of the family."""

    sus: int
    halls: int
    electricians: int = 3
    mixed: bool = False
    hired: bool = False

    @property
    def name(self) -> str:
        """For example `64/8 mixed`."""
        tails = {" scarce crews": self.electricians < 3, " mixed": self.mixed, " on hire": self.hired}
        return f"{self.sus}/{self.halls}{''.join(tail for tail, said in tails.items() if said)}"

    def kind(self, number: int) -> Kind:
        """Of the SU with a number from 0."""
        return (GB, LG, AIR)[number % 3] if self.mixed else GB

    def arrival(self, number: int) -> int:
        """Day on which the SU with a number from 0 arrives."""
        return 60 + 300 * number // self.sus

    def slots(self) -> dict[str, int]:
        """SUs that each hall has room for."""
        even = math.ceil(self.sus / self.halls)
        extra = (3, -1) if self.mixed else (1, 1)
        return {f"hall-{number + 1:02d}": even + extra[number % 2] for number in range(self.halls)}


CASES = (
    Case(8, 1),
    Case(16, 2),
    Case(32, 4),
    Case(64, 8),
    Case(128, 16),
    Case(64, 8, electricians=2),
    Case(64, 8, mixed=True),
)


def site_of(case: Case) -> SiteModel:
    """The loaded site of a case."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "family.yaml"
        path.write_text(json.dumps(site_data(case)), encoding="utf-8")  # JSON is YAML
        return load(path)


def site_data(case: Case) -> Data:
    """The site file of a case as plain data."""
    slots = case.slots()
    hall = {
        "liquid": {"fluid": "water", "supply": "34 degC", "loop": "water"},
        "air": {"loop": "water"},
        "integrated_test": "0 workday",
        "floor": {"point": "300 kg"},
    }
    return {
        "dcplan": 1, "name": f"family {case.name}", "start": START.isoformat(), "end": _day(HORIZON_DAYS),
        "currency": "USD", "perspective": "operator", "financing_rate": "0 %/year",
        "place": {"altitude": "0 m", "design_dry_bulb": "20 degC", "recirculation_rise": "0 K"},
        "calendar": _calendar(case),
        "crews": {"E": {"size": case.electricians}, "M": {"size": 6}, "S": {"size": 3}, "I": {"size": 4}},
        "redundancy": {
            name: {"scheme": scheme, "unit": "unit", "group": group}
            for name, scheme, group in (
                ("utility", "N", "site"), ("generator", "N+1", "site"), ("heat_rejection", "N+1", "loop"),
                ("cdu", "N+1", "hall"), ("room_air", "N", "hall"),
            )
        },
        "mechanical_power_factor": "100 %",
        "loops": {"water": {"supply": "30 degC", "back": "40 degC"}},
        "halls": {name: {"positions": RACKS * number, **hall} for name, number in slots.items()}
        | {LEGACY: {"positions": 0, "air": {"loop": "water"}, "integrated_test": "0 workday"}},
        "plant": {
            "service": {"spec": "service", "count": 1, "at": "site"},
            "gensets": {"spec": "gen2", "count": 3, "at": "site"},
            "coolers": {"spec": "cooler", "count": 2, "at": "water"},
            "legacy-air": {"spec": "legacy-air", "count": 1, "at": LEGACY},
        }
        | {f"air-{name}": {"spec": "old-air", "count": 1, "at": name} for name in slots},
        "loads": {LEGACY: {"hall": LEGACY, "other": "3000 kW", "air_heat": "1800 kW"}},
        "upgrades": _upgrades(case, slots),
        "su_chain": {
            "set_and_connect": {"crew": "I", "crew_need": 1, "duration": "6 workday"},
            "burn_in": "4 day",
            "acceptance": "0 workday",
        },
        "deployments": _deployments(case, list(slots)),
        "specs": _specs(case),
    }  # fmt: skip


def _day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()


def _calendar(case: Case) -> Data:
    holidays = [{"day": _day(first), "to": _day(last), "name": "Holidays"} for first, last in ((355, 365), (720, 730))]
    return {
        "working_days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "holidays": holidays if case.mixed else [],
    }


# ---------------------------------------------------------------- what may be bought


def _upgrade(case: Case, option: Option) -> Data:
    """An option at its place, as many as carry everything alone, and two more."""
    kinds = [case.kind(number) for number in range(case.sus)]
    most = max(case.slots().values())
    if option.service in NEED:
        places = ["water"] if option.service == "heat_rejection" else ["site"]
        need = NEED[option.service] * sum(kind.total for kind in kinds)
    else:
        places = list(case.slots())
        need = most * max(kind.liquid if option.service == "cdu" else kind.air for kind in kinds)
    return {
        "spec": option.name, "at": places, "at_most": math.ceil(need / option.power) + 2, "crew": option.crew,
        "crew_need": option.crew_need, "lead_time": f"{option.lead} day", "install": f"{option.install} workday",
        "commission": f"{option.commission} workday", "cost": f"{CAPEX_WEIGHT * option.price} USD",
        "expedite": EXPEDITED.get(option.name, {}) if case.mixed else {},
    }  # fmt: skip


def _upgrades(case: Case, slots: Mapping[str, int]) -> Data:
    found = {option.name: _upgrade(case, option) for option in OPTIONS} | {"plates": _plates(slots)}
    if case.hired:
        found["hire"] = {name: value for name, value in found.pop("rent").items() if name != "cost"} | {"rental": HIRED}
    return found


def _plates(slots: Mapping[str, int]) -> Data:
    """Floor work of 12 days for the 8 positions of an SU, without price or lead time."""
    return {
        "spec": "plates", "at": list(slots), "at_most": RACKS * max(slots.values()), "crew": "S", "crew_need": 1,
        "lead_time": "0 day", "install": f"{12 / RACKS} workday", "cost": "0 USD",
    }  # fmt: skip


def _deployments(case: Case, halls: Iterable[str]) -> Data:
    """The SUs by customer and kind: with two customers, the first has those of even number."""
    orders: dict[tuple[int, str], Counter[int]] = {}
    for number in range(case.sus):
        customer = number % 2 if case.mixed else 0
        orders.setdefault((customer, case.kind(number).name), Counter())[case.arrival(number)] += 1
    return {
        f"{'ab'[customer]}-{kind}": {
            "customer": "AB"[customer],
            "su": [{"spec": f"rack-{kind}", "count": RACKS}],
            "deliveries": [{"day": _day(day), "count": count} for day, count in sorted(days.items())],
            "halls": list(halls),
            "ordered": START.isoformat(),
            "price": "1 MUSD",
            "lost_margin": f"{(24_000, 30_000)[customer]} USD/day",
            "terms": [{"event": "acceptance", "share": "100 %", "net": "30 day"}],
        }
        for (customer, kind), days in sorted(orders.items())
    }


# ---------------------------------------------------------------- specs


def _spec(family: str, name: str, **fields: Any) -> Data:
    return {"family": family, "maker": "Family", "model": name, **fields}


def _specs(case: Case) -> Data:
    """Units that give exactly their kW on this site, and racks."""
    found = {option.name: _unit(option) for option in OPTIONS}
    found["service"] = _spec("utility_service", "service", power="11000 kW")
    found["cooler"] = _cooler("cooler", 2000, 0)
    found["old-air"] = _spec("room_air_unit", "old air", capacity="100 kW", power="0 kW", water_supply="30 degC")
    found["legacy-air"] = _spec("room_air_unit", "legacy", capacity="1800 kW", power="0 kW", water_supply="30 degC")
    found["plates"] = _spec("floor_reinforcement", "plates", acts_on="spreader_plates", point="2000 kg")
    kinds = {case.kind(number).name: case.kind(number) for number in range(case.sus)}
    return found | {f"rack-{kind.name}": _rack(kind) for kind in kinds.values()}


def _cooler(name: str, power: int, draw: int) -> Data:
    """A dry cooler that gives its rated kW with water of 40 degC in air of 20 degC."""
    return _spec(
        "dry_cooler", name, capacity=f"{power} kW", rated_difference="20 K", minimum_approach="5 K", power=f"{draw} kW"
    )


def _unit(option: Option) -> Data:
    power, draw = f"{option.power} kW", f"{option.draw} kW"
    match option.service:
        case "generator":
            return _spec("generator", option.name, power=power, rating_class="PRP", power_factor="80 %")
        case "heat_rejection":
            return _cooler(option.name, option.power, option.draw)
        case "utility":
            return _spec("utility_service", option.name, power=power)
        case "cdu":
            # flow never binds: racks with a rise of 20 K need 0.7 L/min per kW
            flow = f"{option.power * 2} L/min"
            return _spec("cdu", option.name, capacity=power, approach="4 K", flow=flow, power=draw, fluid_share="100 %")
        case _:
            return _spec("room_air_unit", option.name, capacity=power, power=draw, water_supply="30 degC")


def _rack(kind: Kind) -> Data:
    rack = _spec(
        "rack", kind.name, role="compute", heat=f"{kind.total / RACKS} kW", power_factor="100 %",
        liquid_share=f"{100 * kind.liquid / kind.total!r} %", mass="1500 kg" if kind.floor_work else "500 kg",
    )  # fmt: skip
    if kind.liquid:
        rack["liquid"] = {"return_limit": "54 degC", "supply_max": "45 degC"}
    return rack
