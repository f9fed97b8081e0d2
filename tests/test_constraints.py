"""Every constraint matters: for each one a tiny site whose answer changes when just that constraint is taken away.

All sites are one base with a few edits. The base is one hall with one SU of two air-cooled racks of 100 kW, delivered
on day 10; nothing limits it, so it is energised on day 11, the day after it is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from assess_site import merged
from sites import Data, day, loaded

from dcplan.formulate.build import formulate
from dcplan.problem import Problem
from dcplan.ratings.rows import DIMENSIONS
from dcplan.solver.run import Limits
from dcplan.solver.schedule import Schedule
from dcplan.solver.search import Status, optimise

BASE: Data = {
    "dcplan": 1, "name": "base", "start": day(0), "end": day(80), "currency": "USD", "perspective": "joint",
    "financing_rate": "0 %/year",
    "place": {"altitude": "0 m", "design_dry_bulb": "20 degC", "recirculation_rise": "0 K"},
    "calendar": {"working_days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
    "crews": {"mep": {"size": 4}, "racks": {"size": 2}},
    "redundancy": {}, "mechanical_power_factor": "100 %",
    "loops": {"water": {"supply": "30 degC", "back": "40 degC"}},
    "halls": {
        "hall": {
            "positions": 8, "gallery_slots": 8, "integrated_test": "0 workday", "air": {"loop": "water"},
            "liquid": {"fluid": "water", "supply": "34 degC", "loop": "water"},
        },
    },
    "plant": {}, "upgrades": {},
    "su_chain": {
        "set_and_connect": {"crew": "racks", "duration": "1 workday"}, "fill_and_leak_test": "0 workday",
        "burn_in": "0 day", "acceptance": "0 workday",
    },
    "deployments": {
        "alpha": {
            "customer": "Alpha", "su": [{"spec": "rack", "count": 2}], "deliveries": [{"day": day(10), "count": 1}],
            "halls": ["hall"], "ordered": day(0), "price": "1 MUSD", "lost_margin": "1000 USD/day",
            "terms": [{"event": "acceptance", "share": "100 %", "net": "30 day"}],
        },
    },
    "specs": {
        "rack": {
            "family": "rack", "maker": "M", "model": "rack", "role": "compute", "heat": "100 kW",
            "power_factor": "100 %", "liquid_share": "0 %", "mass": "900 kg",
        },
    },
}  # fmt: skip
SPECS: Data = {
    "utility": {"family": "utility_service", "power": "150 kW"},
    "transformer": {"family": "transformer", "apparent": "150 kVA", "efficiency": "100 %"},
    "generator": {"family": "generator", "power": "150 kW", "rating_class": "PRP", "power_factor": "75 %"},
    "ups": {
        "family": "ups", "power": "150 kW", "apparent": "150 kVA", "efficiency": "100 %", "input_power_factor": "100 %",
    },
    "cdu": {
        "family": "cdu", "capacity": "150 kW", "approach": "4 K", "flow": "900 L/min", "power": "0 kW",
        "fluid_share": "100 %",
    },
    "room_air": {"family": "room_air_unit", "capacity": "150 kW", "power": "0 kW", "water_supply": "30 degC"},
    "fuel": {"family": "fuel_tank", "volume": "1000 L"},
    "switchgear": {"family": "switchgear", "current": "200 A", "interrupting": "65 kA", "ways": 4},
    "facility_pump": {"family": "facility_pump", "flow": "3 L/s", "head": "200 kPa", "power": "0 kW"},
    "heat_rejection": {
        "family": "dry_cooler", "capacity": "150 kW", "rated_difference": "20 K", "minimum_approach": "5 K",
        "power": "0 kW",
    },
}  # fmt: skip
PLACES = {"ups": "hall", "cdu": "hall", "room_air": "hall", "facility_pump": "water", "heat_rejection": "water"}
GROUPS = {"ups": "hall", "cdu": "hall", "room_air": "hall", "facility_pump": "loop", "heat_rejection": "loop"}
LIQUID: Data = {
    "specs": {
        "rack": {"liquid_share": "100 %", "liquid": {"return_limit": "54 degC", "supply_max": "45 degC"}},
    },
}


def service(name: str, *, count: int = 0, scheme: str = "N", spec: Data | None = None, **own: Any) -> Data:
    """A declared service, `count` units of 150 kW that stand, and up to four more for sale, there at once."""
    place = PLACES.get(name, "site")
    upgrade = {
        "spec": name, "at": [place], "at_most": 4, "crew": "mep", "lead_time": "0 day", "cost": "100000 USD",
        "install": "1 workday", **own,
    }  # fmt: skip
    edit: Data = {
        "redundancy": {name: {"scheme": scheme, "unit": "unit", "group": GROUPS.get(name, "site")}},
        "specs": {name: {"maker": "M", "model": name, "footprint": "20 m2", **SPECS[name], **(spec or {})}},
        "upgrades": {f"buy-{name}": upgrade},
    }
    if count:
        edit["plant"] = {f"old-{name}": {"spec": name, "count": count, "at": place}}
    return edit


def plates(**own: Any) -> Data:
    upgrade = {
        "spec": "plates", "at": ["hall"], "at_most": 8, "crew": "mep", "lead_time": "0 day", "cost": "1000 USD",
        "install": "1 workday",
    }  # fmt: skip
    spec = {"family": "floor_reinforcement", "maker": "M", "model": "plates", "acts_on": "spreader_plates"}
    return {
        "specs": {"plates": {**spec, "point": "9000 kg", "uniform": "9000 kg/m2"}},
        "upgrades": {"plates": {**upgrade, **own}},
    }


def bought(**own: Any) -> Data:
    """Two generators to buy, with their upgrade's own terms."""
    return service("generator", **own)


def hired(**own: Any) -> Data:
    """The generators are hired, at 10 USD a day each."""
    rental = {"duty": "standby", "mobilisation": "0 USD", "rate": "10 USD/day", "minimum": "0 day", **own}
    return upgrade(cost=None, rental=rental)


def hire(**own: Any) -> Data:
    """Two generators of 150 kW to buy, there after 30 days, or to hire at once; what is hired must go again."""
    rental = {"duty": "standby", "mobilisation": "0 USD", "rate": "200 USD/day", "minimum": "0 day", "bridge": True}
    spot = {"spec": "generator", "at": ["site"], "at_most": 2, "crew": "mep", "lead_time": "0 day",
            "install": "1 workday", "rental": {**rental, **own}}  # fmt: skip
    return merged(bought(lead_time="30 day", at_most=2), {"upgrades": {"hire": spot}})


def on_hire(**own: Any) -> Data:
    return {"upgrades": {"hire": {"rental": own}}}


def permit(gate: str) -> Data:
    return merged(
        bought(permit="air", lead_time="5 day", install="2 workday", commission="3 workday"),
        {"permits": {"air": {"duration": "25 day", "gates": gate}}},
    )


def chain(**own: Any) -> Data:
    return {"su_chain": own}


def hall(**own: Any) -> Data:
    return {"halls": {"hall": own}}


def alpha(**own: Any) -> Data:
    return {"deployments": {"alpha": own}}


def upgrade(name: str = "generator", **own: Any) -> Data:
    return {"upgrades": {f"buy-{name}": own}}


def spec(name: str, **own: Any) -> Data:
    return {"specs": {name: own}}


def spared(number: int) -> Data:
    """A spare generator from a day on."""
    return {"redundancy": {"generator": {"scheme": "N+1", "until": [{"scheme": "N", "day": day(number)}]}}}


def gone(name: str) -> Data:
    """The service is not declared, and nothing of it stands or is for sale."""
    return {"redundancy": {name: None}, "upgrades": {f"buy-{name}": None}, "plant": {f"old-{name}": None}}


def route_plates(**own: Any) -> Data:
    """A route that does not carry rolling racks, and plates for it."""
    upgrade = {
        "spec": "sheets", "at": ["hall"], "at_most": 1, "crew": "mep", "lead_time": "0 day", "cost": "1000 USD",
        "install": "1 workday",
    }  # fmt: skip
    return merged(
        hall(route={"way": {"rolling": "400 kg"}}),
        {
            "specs": {"sheets": {"family": "route_protection", "maker": "M", "model": "sheets", "rolling": "600 kg"}},
            "upgrades": {"sheets": {**upgrade, **own}},
        },
    )


RAISED: Data = hall(floor={"kind": "raised", "point": "200 kg", "uniform": "2000 kg/m2", "position_area": "1 m2"})
"""Tiles that racks of 900 kg overload, over a slab of which nothing is said."""
FEET: Data = spec("rack", width="600 mm", depth="1200 mm", foot_inset="100 mm")
"""A rack of one tile by two: half its weight on a tile between the joints, three feet where the row is anywhere."""


@dataclass(frozen=True)
class Case:
    """A constraint: edits of the base that make it bind, one edit that takes it away, and what that changes."""

    on: tuple[Data, ...]
    off: Data
    changes: frozenset[str]


def case(*edits: Data, changes: str) -> Case:
    """The last edit takes the constraint away."""
    return Case(edits[:-1], edits[-1], frozenset(changes.split()))


def trains(scheme: str, names: str, *, unit: str = "train", **own: Any) -> Data:
    """UPS modules of 150 kW to be bought in trains, redundant by train or side."""
    return merged(service("ups", trains=list(names)), {
        "trains": {name: {"side": name} for name in names},
        "redundancy": {"ups": {"scheme": scheme, "unit": unit, **own}},
    })  # fmt: skip


def survive(**own: Any) -> Data:
    return {"redundancy": {"ups": own}}


def pods(group: str, place: str) -> Data:
    """Two SUs, one in each of two pods, on modules counted per pod or over the hall."""
    two = {"positions": 2, "integrated_test": "0 workday", "within": "hall"}
    return merged(service("ups", at=place.split()), {
        "halls": {"hall": {"positions": 0}, "one": two, "two": two}, "redundancy": {"ups": {"group": group}},
        "deployments": {"alpha": {"halls": ["one", "two"], "deliveries": [{"day": day(10), "count": 2}]}},
    })  # fmt: skip


CLIMATE: Data = {"place": {"design_dry_bulb": "30 degC", "design_wet_bulb": "18 degC"}}
TOWERS = (
    CLIMATE,
    service("heat_rejection", spec={
        "family": "cooling_tower", "capacity": "110 kW", "rated_wet_bulb": "25 degC", "rated_approach": "4 K",
        "rated_range": "10 K", "minimum_approach": "3 K", "evaporated_share": "75 %",
    }),
    spec("heat_rejection", rated_difference=None),
)  # fmt: skip
PADS = (
    CLIMATE,
    service("heat_rejection", spec={
        "adiabatic": {"effectiveness": "80 %", "airflow": "10 m3/s", "evaporated_share": "33 %"},
    }),
)  # fmt: skip
DRY: Data = {
    "specs": {"dry": {**SPECS["heat_rejection"], "maker": "M", "model": "dry", "minimum_approach": "0 K"}},
    "upgrades": {"buy-dry": {"spec": "dry", "at": ["water"], "at_most": 4, "crew": "mep", "lead_time": "0 day",
                             "cost": "300000 USD", "install": "1 workday"}},
}  # fmt: skip
DOORS = (
    service("room_air"),
    {
        "specs": {"door": {"family": "rear_door", "maker": "M", "model": "door", "capacity": "60 kW", "power": "0 kW",
                           "water_supply": "30 degC"}},
        "upgrades": {"buy-door": {"spec": "door", "at": ["hall"], "on": "rack", "at_most": 4, "crew": "mep",
                                  "lead_time": "0 day", "cost": "1000 USD", "install": "1 workday"}},
    },
)  # fmt: skip
COLD: Data = {"loops": {"water": {"supply": "20 degC", "back": "30 degC"}}}  # air of 24 degC is made with it
TO_AIR = (
    LIQUID, service("cdu", count=2, spec={"family": "liquid_to_air"}), service("room_air"), COLD,
    {"halls": {"hall": {"liquid": {"loop": None}, "air": {"supply": "24 degC"}}}},
)  # fmt: skip
COOLED = (service("heat_rejection", count=2), service("generator", count=1, spec={"power": "220 kW"}))
# two racks take 72 L/min each at 57 kPa; a CDU gives 400 L/min at 100 kPa and 100 L/min at 160 kPa
PRESSURE = merged(
    merged(LIQUID, spec("rack", liquid={"pressure_drop": "100 kPa", "pressure_flow": "100 L/min"})),
    service("cdu", spec={
        "capacity": "400 kW", "flow": "400 L/min", "head": "100 kPa",
        "pump_curve": [{"flow": "100 L/min", "head": "160 kPa"}],
    }),
)  # fmt: skip
BEHIND_UPS = (service("ups", count=2, spec={"power": "200 kW", "apparent": "200 kVA"}), service("generator"))
FEEDS = {
    "busway": "track", "voltage": "415 V", "racks_per_run": 2, "feeds_per_rack": 2, "rule": "nec_80",
}  # fmt: skip
TRACK = {"family": "busway", "maker": "M", "model": "track", "current": "1000 A", "tap_current": "250 A"}
ONE_SET = service("generator", spec={"power": "200 kW", "power_factor": "100 %"})
BEHIND_TRANSFORMERS = (
    service("transformer", count=2, spec={"efficiency": None, "no_load_loss": "0 kW", "load_loss": "0 kW"}),
    service("utility", spec={"power": "204 kW"}),
)


def duty(**own: Any) -> Data:
    return {"generator_duty": own}


def curve(half: str, full: str) -> Data:
    """Efficiencies of the UPS at half and full load."""
    points = [{"load": "50 %", "efficiency": half}, {"load": "100 %", "efficiency": full}]
    return spec("ups", efficiency=None, efficiencies=points)


def pdu(efficiency: str, *, count: int = 0) -> Data:
    """A level between racks and UPS, of units of 150 kVA; none stand, or all that are needed do."""
    edit = service("transformer", count=count, spec={"apparent": "150 kVA", "efficiency": efficiency})
    kept = {**edit["upgrades"]["buy-transformer"], "at": ["hall"], "level": "pdu"}
    named: Data = {"upgrades": {"buy-transformer": kept}}
    if count:
        named["plant"] = {"old-transformer": {"at": "hall", "level": "pdu"}}
    return {
        **merged(edit, named), "redundancy": {},
        "levels": {"pdu": {"below": "ups", "redundancy": {"scheme": "N", "unit": "unit", "group": "hall"}}},
    }  # fmt: skip


SHORT = (service("utility", count=1, at_most=0), bought(), hired(duty="prime", fuel_cost="0 USD/kWh"))
OFF: Data = {"levels": None, "upgrades": {"buy-transformer": None}}
FED: Data = {"fed_by": {"loop": "outer", "approach": "4 K"}}
UTILITY_LATE: Data = service("utility", count=2, commission="20 workday")
"""Enough, and one more for sale."""
CASES: dict[str, Case] = {
    # a lot: engineering, order, lead time, permit, install, start-up, test
    "engineering": case(bought(engineering="20 workday"), upgrade(engineering=None), changes="dates cost"),
    "lead time": case(bought(lead_time="20 day"), upgrade(lead_time="0 day"), changes="dates cost"),
    **{
        f"permit gates {gate}": case(permit(gate), {"permits": {"air": {"duration": "0 day"}}}, changes="dates cost")
        for gate in ("order", "delivery", "install", "startup")
    },
    "install time": case(bought(install="15 workday"), upgrade(install="1 workday"), changes="dates cost"),
    "crew size": case(bought(install="9 workday"), {"crews": {"mep": {"size": 1}}}, {"crews": {"mep": {"size": 2}}},
                      changes="dates cost"),
    "crew need": case(bought(install="9 workday", crew_need=4), upgrade(crew_need=2), changes="dates cost"),
    "commissioning": case(bought(commission="20 workday"), upgrade(commission=None), changes="dates cost"),
    "integrated test": case(bought(), hall(integrated_test="20 workday"), hall(integrated_test="0 workday"),
                            changes="dates cost"),
    "at most": case(bought(at_most=1), upgrade(at_most=2), changes="status"),
    "requires": case(bought(), UTILITY_LATE, upgrade(requires=["buy-utility"]), upgrade(requires=[]),
                     changes="purchases dates cost"),
    "excludes": case(bought(), service("utility"), upgrade(excludes=["buy-utility"]), upgrade(excludes=[]),
                     changes="status"),
    "outage window": case(bought(tie_in={"window": "bus"}), {"outage_windows": {"bus": [{"day": day(30)}]}},
                          upgrade(tie_in=None), changes="dates cost"),
    "tie-in time": case(bought(install="5 workday", tie_in={"window": "bus", "duration": "5 workday"}),
                        {"outage_windows": {"bus": [{"day": day(18), "to": day(20)}, {"day": day(40), "to": day(44)}]}},
                        upgrade(tie_in={"duration": "3 workday"}), changes="dates cost"),
    "scheme in force": case(bought(), {"financing_rate": "10 %/year"},
                            spared(30), {"redundancy": {"generator": {"scheme": "N", "until": None}}},
                            changes="purchases cost"),
    # the spare set is there on day 41: live before it, the SU would be without it from day 20 on
    "day of a scheme": case(service("generator", count=2, lead_time="40 day"),
                            spared(20), spared(41), changes="dates cost"),
    "expedited at most": case(bought(lead_time="40 day", expedite={"air": {"saves": "20 day", "cost": "0 USD"}}),
                              upgrade(expedite={"air": {"at_most": 1}}), upgrade(expedite={"air": {"at_most": 2}}),
                              changes="dates cost"),
    "expedited units among at most": case(bought(at_most=1, expedite={"air": {"saves": "0 day", "cost": "0 USD"}}),
                                          upgrade(at_most=2), changes="status"),
    "minimum hire": case(hire(minimum="40 day"), on_hire(minimum="0 day"), changes="cost"),
    "removal": case(hire(removal="9 day"), on_hire(removal=None), changes="cost"),
    "bridge": case(hire(), on_hire(bridge=False), changes="purchases cost"),
    "rent": case(hire(), on_hire(rate="0 USD/day"), changes="cost"),
    "hire at most": case(hire(), {"upgrades": {"hire": {"at_most": 1}}}, {"upgrades": {"hire": {"at_most": 2}}},
                         changes="purchases dates cost"),
    # 150 kW of utility power for 200 kW; two sets of 150 kW give 105 kW each by their class
    "duty": case(*SHORT, upgrade(rental={"duty": "standby", "fuel_cost": None}),
                 upgrade(rental={"duty": "prime", "fuel_cost": "0 USD/kWh"}), changes="status"),
    "prime load": case(*SHORT, upgrade(rental={"load": "15 %"}), upgrade(rental={"load": None}),
                       changes="purchases cost"),
    "fuel": case(*SHORT, upgrade(rental={"fuel_cost": "0.01 USD/kWh"}), upgrade(rental={"fuel_cost": "0 USD/kWh"}),
                 changes="cost"),
    "maintenance": case(*SHORT, upgrade(rental={"maintenance": "100 USD/day"}), upgrade(rental={"maintenance": None}),
                        changes="cost"),
    "prime hours": case(*SHORT, upgrade(rental={"hours": "5 day"}), upgrade(rental={"hours": None}),
                        changes="purchases dates cost"),
    "prime emissions": case(*SHORT, spec("generator", engine_power="100 kW", emission="10 g/kWh"),
                            duty(hours="100 hour"), {"limits": {"emissions": "9000 kg"}},
                            {"limits": {"emissions": None}},
                            changes="status"),
    # calendar
    "working days": case(bought(install="9 workday"), {"calendar": {"working_days": ["mon", "tue"]}},
                         {"calendar": BASE["calendar"]}, changes="dates cost"),
    "holidays": case(bought(install="9 workday"), {"calendar": {"holidays": [{"day": day(3), "to": day(20),
                     "name": "Holiday"}]}}, {"calendar": {"holidays": []}}, changes="dates cost"),
    "freezes": case(bought(install="9 workday"), {"calendar": {"freezes": [{"day": day(3), "to": day(20),
                    "name": "Freeze"}]}}, {"calendar": {"freezes": []}}, changes="dates cost"),
    # what must be carried
    "N+k": case(service("generator", scheme="N+1"), {"redundancy": {"generator": {"scheme": "N"}}},
                changes="purchases cost"),
    "N+k by train": case(trains("N+1", "AB"), survive(unit="unit"), changes="purchases cost"),
    "2N": case(trains("2N", "AB", unit="side"), survive(scheme="N"), changes="purchases cost"),
    "2(N+1)": case(trains("2(N+1)", "AB"), survive(scheme="2N"), changes="purchases cost"),
    "xN/y": case(trains("3N/4", "ABCD"), survive(scheme="N"), changes="purchases cost"),
    "cords": case(trains("3N/4", "ABCD", topology="cords", pairs={"A-B": "50 %", "C-D": "50 %"}),
                  survive(topology=None, pairs=None), changes="purchases cost"),
    "shares of pairs": case(trains("3N/4", "ABCD", topology="cords", pairs={"A-B": "80 %", "C-D": "20 %"}),
                            survive(pairs={"A-B": "50 %", "C-D": "50 %"}), changes="purchases cost"),
    "trains of an upgrade": case(trains("2N", "AB"), upgrade("ups", trains=["A"]),
                                 {"plant": {"one": {"spec": "ups", "count": 1, "at": "hall", "train": "B"}}},
                                 upgrade("ups", trains=["A", "B"]), changes="status"),
    "group": case(pods("pod", "one two"), pods("hall", "hall"), changes="purchases cost"),
    "row utility": case(service("utility"), spec("utility", power="200 kW"), changes="purchases cost"),
    "row transformer": case(service("transformer"), spec("transformer", apparent="200 kVA"), changes="purchases cost"),
    "row generator": case(bought(), spec("generator", power="200 kW"), changes="purchases cost"),
    "row generator_va": case(service("generator", spec={"power": "200 kW", "power_factor": "100 %"}),
                             spec("rack", power_factor="80 %"), spec("generator", power_factor="80 %"),
                             changes="purchases cost"),
    "row ups": case(service("ups", spec={"apparent": "300 kVA"}), spec("ups", power="200 kW"),
                    changes="purchases cost"),
    "row ups_va": case(service("ups", spec={"power": "300 kW"}), spec("ups", apparent="200 kVA"),
                       changes="purchases cost"),
    "row cdu": case(LIQUID, service("cdu"), spec("cdu", capacity="200 kW"), changes="purchases cost"),
    "row cdu_flow": case(LIQUID, service("cdu", spec={"capacity": "400 kW", "flow": "100 L/min"}),
                         spec("cdu", flow="900 L/min"), changes="purchases cost"),
    "row room_air": case(service("room_air"), spec("room_air", capacity="200 kW"), changes="purchases cost"),
    "row loop_flow": case(service("facility_pump"), spec("facility_pump", flow="5 L/s"), changes="purchases cost"),
    "row heat_rejection": case(service("heat_rejection"), spec("heat_rejection", capacity="200 kW"),
                               changes="purchases cost"),
    "wet bulb": case(*TOWERS, {"place": {"design_wet_bulb": "27 degC"}}, {"place": {"design_wet_bulb": "18 degC"}},
                     changes="purchases cost"),
    "wetted pads": case(*PADS, spec("heat_rejection", adiabatic={"effectiveness": "10 %"}),
                        spec("heat_rejection", adiabatic={"effectiveness": "80 %"}), changes="status"),
    "thin air": case(service("heat_rejection", spec={"capacity": "110 kW", "altitude_derate": "10 %/km"}),
                     {"place": {"altitude": "2000 m"}}, {"place": {"altitude": "0 m"}}, changes="purchases cost"),
    "water": case(*TOWERS, DRY, {"limits": {"water": "6 L/min"}}, {"limits": {"water": None}},
                  changes="purchases cost"),
    "row open_air": case(*DOORS, spec("door", capacity="100 kW"), changes="cost"),
    "row room_airflow": case(service("room_air", spec={"capacity": "400 kW", "airflow": "10 m3/s"}),
                             spec("rack", air_rise="10 K"), spec("room_air", airflow="20 m3/s"),
                             changes="purchases cost"),
    "heat moved to air": case(*TO_AIR, {"specs": {"cdu": {"family": "cdu"}},
                                        "halls": {"hall": {"liquid": {"loop": "water"}}}}, changes="purchases cost"),
    "air temperature": case(COLD, hall(air={"supply": "30 degC"}), spec("rack", air_inlet_max="27 degC"),
                            hall(air={"supply": "25 degC"}), changes="status"),
    "services declared": case(bought(), gone("generator"), changes="purchases cost"),
    "running draw of cooling": case(*COOLED, spec("heat_rejection", power="30 kW"),
                                    spec("heat_rejection", power="0 kW"), changes="purchases cost"),
    "standing draw": case(service("heat_rejection", count=3), bought(), spec("generator", power="270 kW"),
                          {"plant": {"old-generator": {"spec": "generator", "count": 1, "at": "site"}}},
                          spec("heat_rejection", power="30 kW", standing_power="30 kW"),
                          spec("heat_rejection", standing_power="0 kW"), changes="purchases cost"),
    # losses: 200 kW of racks behind 400 kW of UPS, one generator of 150 kW and one or two to buy
    "UPS losses by load": case(*BEHIND_UPS, spec("generator", power="214 kW"), curve("92 %", "96 %"),
                               curve("96 %", "96 %"), changes="purchases cost"),
    "battery recharge": case(*BEHIND_UPS, spec("generator", power="214 kW"), spec("ups", recharge="10 %"),
                             spec("ups", recharge=None), changes="purchases cost"),
    "no-load loss": case(*BEHIND_TRANSFORMERS, spec("transformer", no_load_loss="5 kW"),
                         spec("transformer", no_load_loss="0 kW"), changes="purchases cost"),
    "load loss": case(*BEHIND_TRANSFORMERS, spec("transformer", load_loss="20 kW"),
                      spec("transformer", load_loss="0 kW"), changes="purchases cost"),
    "level of transformers": case(pdu("100 %"), OFF, changes="purchases cost"),
    "losses of a level": case(pdu("97 %", count=2), ONE_SET, pdu("100 %", count=2), changes="purchases cost"),
    "other loads": case(bought(), {"loads": {"offices": {"other": "150 kW"}}}, {"loads": {"offices": None}},
                        changes="purchases cost"),
    "reserved plant": case(service("generator", count=2), {"plant": {"old-generator": {"status": "reserved"}}},
                           {"plant": {"old-generator": {"status": None}}}, changes="purchases cost"),
    "ordered plant": case(service("generator", count=2, at_most=0),
                          {"plant": {"old-generator": {"status": "ordered", "in_service": day(30)}}},
                          {"plant": {"old-generator": {"status": None, "in_service": None}}}, changes="dates cost"),
    # two UPS modules lose 16.7 kW each at full load; two air units carry 220 kW
    "electrical room": case(service("ups", count=2, spec={"efficiency": "90 %"}),
                            service("room_air", count=2, spec={"capacity": "110 kW"}),
                            {"electrical_rooms": {"r": {"service": "ups", "at": "hall", "cooled_by": "hall"}}},
                            {"electrical_rooms": {"r": {"cooled_by": "outdoors"}}}, changes="purchases cost"),
    # 200 kW at 480 V are 241 A
    "row switchgear": case(service("switchgear"), {"switchboard": {"voltage": "480 V"}},
                           {"switchboard": {"voltage": "690 V"}}, changes="purchases cost"),
    "row ways": case(service("switchgear", spec={"current": "400 A"}), service("generator", count=2),
                     {"switchboard": {"voltage": "480 V", "ways": {"generator": 3}}},
                     {"switchboard": {"ways": {"generator": 2}}}, changes="purchases cost"),
    "rack feeds": case({"specs": {"track": TRACK}}, hall(feeds=FEEDS), spec("rack", provisioned="150 kW"),
                       spec("rack", provisioned="110 kW"), changes="status"),
    # what an outage asks: sets of 200 kW, one of which carries the sustained load of 200 kW
    "row generator_average": case(ONE_SET, duty(hours="100 hour"), spec("generator", average_load="100 %"),
                                  changes="purchases cost"),
    "row generator_block": case(ONE_SET, duty(block="100 %"), spec("generator", block_load="50 %"),
                                spec("generator", block_load="100 %"), changes="purchases cost"),
    "generator hours": case(ONE_SET, duty(hours="300 hour"),
                            spec("generator", rating_class="ESP", average_load="100 %"),
                            spec("generator", rating_class="PRP"), changes="status"),
    "row fuel": case(service("fuel"), service("generator", count=2), duty(autonomy="20 hour"),
                     spec("generator", fuel=[{"load": "100 %", "flow": "40 L/h"}]), duty(autonomy="10 hour"),
                     changes="purchases cost"),
    "emissions": case(bought(), duty(hours="100 hour"), {"limits": {"emissions": "200 kg"}},
                      spec("generator", average_load="100 %", engine_power="150 kW", emission="10 g/kWh"),
                      {"limits": None}, changes="status"),
    "row ups_peak": case(service("ups", spec={"power": "200 kW", "apparent": "200 kVA",
                                              "overload": [{"load": "125 %", "time": "1 min"}]}),
                         spec("rack", peak="150 kW", peak_time="0.5 min"), spec("rack", peak="120 kW"),
                         changes="purchases cost"),
    # room and money
    "row positions": case(hall(positions=1), hall(positions=2), changes="status"),
    "row gallery": case(service("room_air", gallery_slots=5), hall(gallery_slots=10), changes="status"),
    "yard": case(bought(), {"limits": {"yard_area": "30 m2"}}, {"limits": None}, changes="status"),
    "generator permit": case(bought(), {"limits": {"generator_power": "200 kW"}}, {"limits": None}, changes="status"),
    "budget": case(bought(), {"limits": {"budget": "150000 USD"}}, {"limits": None}, changes="status"),
    # floor
    "floor point": case(plates(), hall(floor={"point": "100 kg"}), hall(floor={"point": "9000 kg"}),
                        changes="purchases cost"),
    "floor uniform": case(plates(), hall(floor={"uniform": "100 kg/m2", "position_area": "1 m2"}),
                          hall(floor={"uniform": "9000 kg/m2"}), changes="purchases cost"),
    "floor before set": case(plates(lead_time="30 day"), hall(floor={"point": "100 kg"}),
                             {"upgrades": {"plates": {"lead_time": "0 day"}}}, changes="dates cost"),
    "plates at most": case(plates(at_most=1), hall(floor={"point": "100 kg"}), {"upgrades": {"plates": {"at_most": 2}}},
                           changes="status"),
    "feet on tiles": case(plates(), FEET, hall(floor={"point": "600 kg", "tile": "600 mm", "rack_pitch": "600 mm"}),
                          hall(floor={"row_offset": "0 mm", "row_setback": "0 mm"}), changes="purchases cost"),
    "slab under dunnage": case(RAISED, plates(), spec("plates", acts_on="dunnage_to_slab", uniform=None),
                               hall(floor={"slab_uniform": "500 kg/m2"}), hall(floor={"slab_uniform": "2000 kg/m2"}),
                               changes="status"),
    "uniform load past dunnage": case(RAISED, plates(), spec("plates", acts_on="dunnage_to_slab", uniform=None),
                                      hall(floor={"kind": None, "uniform": "500 kg/m2"}),
                                      hall(floor={"kind": "raised"}), changes="status"),
    "punching": case(hall(floor={"kind": "slab", "effective_depth": "60 mm", "concrete_strength": "20 MPa"}),
                     spec("rack", foot_plate="20 mm", mass="5000 kg"), spec("rack", foot_plate="200 mm"),
                     changes="status"),
    "floor under plant": case(service("ups", spec={"mass": "3 t", "footprint": "1 m2"}),
                              hall(floor={"uniform": "2000 kg/m2", "position_area": "1 m2"}),
                              hall(floor={"uniform": "3000 kg/m2"}), changes="status"),
    # route
    "route rolling": case(route_plates(), hall(route={"way": {"rolling": "9000 kg"}}), changes="purchases cost"),
    "route before set": case(route_plates(lead_time="30 day"), {"upgrades": {"sheets": {"lead_time": "0 day"}}},
                             changes="dates cost"),
    "route at most": case(route_plates(at_most=0), {"upgrades": {"sheets": {"at_most": 1}}}, changes="status"),
    "route lift": case(hall(route={"lift": {"capacity": "800 kg"}}), hall(route={"lift": {"capacity": "900 kg"}}),
                       changes="status"),
    "route door": case(spec("rack", height="2.4 m"), hall(route={"door": {"height": "2.3 m"}}),
                       hall(route={"door": {"height": "2.4 m"}}), changes="status"),
    "route ramp": case(spec("rack", ramp_limit="5 %"), hall(route={"ramp": {"slope": "8 %"}}),
                       hall(route={"ramp": {"slope": "5 %"}}), changes="status"),
    # an SU: delivery, set, fill, burn-in, acceptance, deadline
    "delivery": case(alpha(deliveries=[{"day": day(30), "count": 1}]), alpha(deliveries=[{"day": day(10), "count": 1}]),
                     changes="dates"),
    "set": case(chain(set_and_connect={"crew": "racks", "duration": "9 workday"}),
                chain(set_and_connect={"crew": "racks", "duration": "1 workday"}), changes="dates"),
    "set crew": case(alpha(deliveries=[{"day": day(10), "count": 3}]), {"crews": {"racks": {"size": 1}}},
                     {"crews": {"racks": {"size": 3}}}, changes="dates cost"),
    "fill": case(LIQUID, chain(fill_and_leak_test="9 workday"), chain(fill_and_leak_test="0 workday"),
                 changes="dates"),
    "burn-in": case(chain(burn_in="9 day"), chain(burn_in="0 day"), changes="dates"),
    "acceptance": case(chain(acceptance="9 workday"), chain(acceptance="0 workday"), changes="dates"),
    "loop before leak test": case(LIQUID, chain(fill_and_leak_test="5 workday"), service("cdu", lead_time="20 day"),
                                  {"plant": {"first": {"spec": "cdu", "count": 1, "at": "hall"}}},
                                  changes="purchases dates cost"),
    "deadline": case(bought(lead_time="20 day"), alpha(deadline=day(15)), alpha(deadline=None), changes="status"),
    "end of the plan": case(bought(lead_time="20 day"), {"end": day(15)}, {"end": day(80)}, changes="status"),
    "rack minimum flow": case(LIQUID, service("cdu", spec={"capacity": "400 kW", "flow": "300 L/min"}),
                              spec("rack", liquid={"minimum_specific_flow": "2 L/min/kW"}),
                              spec("rack", liquid={"minimum_specific_flow": None}), changes="purchases cost"),
    "CDU pressure": case(PRESSURE, hall(liquid={"pipe_pressure_drop": "100 kPa"}),
                         hall(liquid={"pipe_pressure_drop": "10 kPa"}), changes="purchases cost"),
    "CDU supply range": case(LIQUID, service("cdu", spec={"supply_max": "33 degC"}), spec("cdu", supply_max="34 degC"),
                             changes="status"),
    "coldest coolant": case(LIQUID, spec("rack", liquid={"supply_min": "35 degC"}),
                            spec("rack", liquid={"supply_min": "34 degC"}), changes="status"),
    "pump head": case(service("facility_pump"), {"loops": {"water": {"pipe_pressure_drop": "201 kPa"}}},
                      {"loops": {"water": {"pipe_pressure_drop": "200 kPa"}}}, changes="status"),
    "pump draw": case(service("facility_pump", count=2, spec={"power": None, "efficiency": "2 %"}),
                      service("generator", count=1, spec={"power": "220 kW"}),
                      spec("facility_pump", efficiency="100 %"), changes="purchases cost"),
    # at 36 degC back a cooler of 200 kW rejects 160 kW: the exchanger costs a second one
    "loop fed by a loop": case(service("heat_rejection", spec={"capacity": "200 kW"}, at=["outer"]),
                               {"loops": {"outer": {"supply": "26 degC", "back": "36 degC"}, "water": FED}},
                               {"loops": {"water": {"fed_by": None}},
                                "upgrades": {"buy-heat_rejection": {"at": ["water"]}}}, changes="purchases cost"),
    "dew point": case(LIQUID, hall(humidity={"dew_point": "33 degC"}), hall(humidity={"dew_point": "32 degC"}),
                      changes="status"),
    "coolant temperature": case(LIQUID, hall(liquid={"supply": "46 degC"}), hall(liquid={"supply": "34 degC"}),
                                changes="status"),
    "halls allowed": case(hall(positions=1), {"halls": {"other": {**BASE["halls"]["hall"]}}},
                          alpha(halls=["hall", "other"]), changes="status"),
    # money
    "lost margin": case(bought(lead_time="20 day"), alpha(lost_margin=None), changes="cost"),
    "long stop": case(bought(lead_time="40 day"), {"financing_rate": "10 %/year", "perspective": "vendor"},
                      alpha(terms=[{**BASE["deployments"]["alpha"]["terms"][0], "long_stop": "5 day"}]),
                      alpha(terms=BASE["deployments"]["alpha"]["terms"]), changes="cost"),
    "who pays": case(bought(), {"perspective": "operator"}, upgrade(paid_by="vendor"), changes="cost"),
    "interest": case(bought(), {"financing_rate": "10 %/year"}, {"financing_rate": "0 %/year"},
                     changes="cost"),
}  # fmt: skip
FAMILIES = {
    "engineering", "lead time", "permit gates order", "permit gates delivery", "permit gates install",
    "permit gates startup", "install time", "crew size", "crew need", "commissioning", "integrated test", "at most",
    "requires", "excludes", "expedited at most", "expedited units among at most",
    "outage window", "tie-in time", "scheme in force", "day of a scheme",
    "minimum hire", "removal", "bridge", "rent", "hire at most", "duty", "prime load", "fuel",
    "maintenance", "prime hours", "prime emissions",
    "working days", "holidays", "freezes", "N+k", "N+k by train", "2N", "2(N+1)", "xN/y", "cords", "shares of pairs",
    "trains of an upgrade", "group", "services declared", "running draw of cooling", "standing draw",
    "other loads", "reserved plant", "ordered plant", "yard", "generator permit", "budget", "floor point",
    "floor uniform", "floor before set", "plates at most", "feet on tiles", "slab under dunnage",
    "uniform load past dunnage", "punching", "floor under plant", "route rolling", "route before set", "route at most",
    "route lift", "route door", "route ramp", "delivery", "set", "set crew", "fill", "burn-in",
    "acceptance", "loop before leak test", "deadline", "end of the plan", "coolant temperature", "halls allowed",
    "rack minimum flow", "CDU pressure", "CDU supply range", "coldest coolant",
    "lost margin", "long stop", "who pays", "interest", "UPS losses by load", "battery recharge", "no-load loss",
    "load loss", "pump head", "pump draw", "loop fed by a loop", "dew point",
    "wet bulb", "wetted pads", "thin air", "water",
    "generator hours", "emissions", "rack feeds", "electrical room",
    "heat moved to air", "air temperature", "level of transformers", "losses of a level",
}  # fmt: skip


def site(*edits: Data) -> Data:
    data = BASE
    for edit in edits:
        data = merged(data, edit)
    return data


@cache
def answer(name: str, on: bool) -> dict[str, Any]:
    """What is decided with a constraint, or with it taken away."""
    found = CASES[name]
    problem = formulate(loaded(site(*found.on) if on else site(*found.on, found.off)))
    result = optimise(problem, Limits(seconds=20.0, workers=1, deterministic=True))
    if result.schedule is None:
        return {"status": result.status}
    assert result.status is Status.OPTIMAL
    return {"status": result.status, **summary(problem, result.schedule)}


def summary(problem: Problem, schedule: Schedule) -> dict[str, Any]:
    reinforced = sum(run.reinforce is not None for run in schedule.runs)
    return {
        "purchases": (len(schedule.installs), reinforced),
        "dates": [(run.energised, run.accepted) for run in schedule.runs],
        "cost": schedule.objective * problem.money_step,
    }


@pytest.mark.parametrize("name", CASES)
def test_taking_a_constraint_away_changes_the_answer(name: str):
    bound, free = answer(name, True), answer(name, False)
    if bound["status"] is not free["status"]:
        changed = {"status"}
    else:
        changed = {aspect for aspect in bound if bound[aspect] != free[aspect]}
    assert changed == CASES[name].changes, (bound, free)


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("long stop", "interest")])
def test_taking_a_constraint_away_never_costs(name: str):
    """But a long stop caps what delay costs, and interest is saved by ordering late."""
    bound, free = answer(name, True), answer(name, False)
    assert free["status"] is Status.OPTIMAL
    assert bound["status"] is Status.INFEASIBLE or free["cost"] <= bound["cost"]


def test_every_constraint_has_a_case():
    assert set(CASES) == FAMILIES | {f"row {name}" for name in DIMENSIONS}


def test_the_base_needs_nothing():
    problem = formulate(loaded(BASE))
    result = optimise(problem, Limits(seconds=5.0, workers=1, deterministic=True))
    assert result.schedule is not None
    assert summary(problem, result.schedule) == {"purchases": (0, 0), "dates": [(11, 11)], "cost": 0.0}


def test_gates_are_told_apart():
    """A permit of 25 days, a lead time of 5, an install of 2 and a start-up of 3 days."""
    energised = {
        gate: answer(f"permit gates {gate}", True)["dates"][0][0]
        for gate in ("order", "delivery", "install", "startup")
    }
    assert energised == {"order": 35, "delivery": 30, "install": 30, "startup": 28}
