"""Redundancy, trains and pods: what leaves a failure set unknown or loses a load by design is refused at its line."""

from __future__ import annotations

from typing import Any

import pytest
from assess_site import TINY, merged
from sites import loaded

from dcplan.errors import InputError

TRAINS: dict[str, Any] = {
    "trains": {name: {"side": "A" if name < "C" else "B"} for name in "ABCD"},
    "plant": {
        "ups": None,
        **{f"ups-{name}": {"spec": "module", "count": 1, "at": "site", "train": name} for name in "ABCD"},
    },
    "redundancy": {"ups": {"scheme": "3N/4", "unit": "train"}},
}


def ups(**own: Any) -> dict[str, Any]:
    return {"redundancy": {"ups": own}}


def cords(**own: Any) -> dict[str, Any]:
    return ups(topology="cords", **own)


MANY = {
    "trains": {f"T{number}": {} for number in range(12)},
    "plant": {
        **dict.fromkeys(f"ups-{name}" for name in "ABCD"),
        **{f"u{number}": {"spec": "module", "count": 1, "at": "site", "train": f"T{number}"} for number in range(12)},
    },
}
PAIRS = {"A-B": "50 %", "C-D": "50 %"}
CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "a scheme nobody knows": (ups(scheme="4N/3"), "redundancy.ups.scheme", "2N, 2(N+1), or xN/y"),
    "2N by unit": (ups(scheme="2N", unit="unit"), "redundancy.ups.unit", "what stands for the other"),
    "generators by hall": ({"redundancy": {"generator": {"group": "hall"}}}, "redundancy.generator.group", "over the"),
    "4 trains for 2": (ups(scheme="2N"), "redundancy.ups.scheme", "2 of them"),
    "3 of 5": (ups(scheme="3N/5"), "redundancy.ups.scheme", "3N/5 over 4 trains at site: A, B, C, D"),
    "all trains out": (ups(scheme="N+4"), "redundancy.ups.scheme", "more than 4 of them"),
    "too many sets": (merged(MANY, ups(scheme="N+3")), "redundancy.ups.scheme", "220 failure sets"),
    "plant in no train": ({"plant": {"ups-A": {"train": None}}}, "plant.ups-A", "ups is redundant by train"),
    "a train of no side": (
        merged(ups(scheme="2N", unit="side"), {"trains": {"A": {"side": None}}}), "trains.A", "redundant by side",
    ),
    "a train nobody declares": ({"plant": {"ups-A": {"train": "Z"}}}, "plant.ups-A.train", "a train: A, B, C, D"),
    "a train of another hall": (
        {"trains": {"E": {"group": "b"}}, "halls": {"b": TINY["halls"]["a"]}, "plant": {"fans": {"train": "E"}}},
        "plant.fans.train", "a train that feeds a",
    ),
    "a train of no hall": ({"trains": {"A": {"group": "z"}}}, "trains.A.group", "`site` or a hall"),
    "cords by unit": (cords(scheme="N+1", unit="unit"), "redundancy.ups.topology", "`unit: train`"),
    "cooling by cords": (
        {"redundancy": {"room_air": {"topology": "cords", "unit": "train"}}}, "redundancy.room_air.topology", "power",
    ),
    "both cords out": (cords(scheme="2N/4", pairs=PAIRS), "redundancy.ups.topology", "its load is lost"),
    "pairs unknown": (cords(), "redundancy.ups.topology", "pairing: balanced"),
    "pairs on a shared bus": (ups(pairs=PAIRS), "redundancy.ups.pairs", "any survivor takes any load"),
    "pairing and pairs": (cords(pairs=PAIRS, pairing="balanced"), "redundancy.ups.pairing", "one of them"),
    "shares": (cords(pairs={"A-B": "50 %", "C-D": "40 %"}), "redundancy.ups.pairs", "90 % at site"),
    "a train in no pair": (cords(pairs={"A-B": "50 %", "B-C": "50 %"}), "redundancy.ups.pairs", "train D"),
    "both cords at one": (cords(pairs={**PAIRS, "A-A": "0 %"}), "redundancy.ups.pairs.A-A", "two different ones"),
    "a pair twice": (cords(pairs={**PAIRS, "B-A": "0 %"}), "redundancy.ups.pairs.B-A", "each pair once"),
    "a pair of nothing": (cords(pairs={**PAIRS, "A-Z": "0 %"}), "redundancy.ups.pairs.A-Z", "declared in `trains`"),
    "a pod of nothing": ({"halls": {"b": {**TINY["halls"]["a"], "within": "c"}}}, "halls.b.within", "no pod itself: a"),
    "a pod of itself": ({"halls": {"a": {"within": "a"}}}, "halls.a.within", "a hall that is no pod itself"),
    "a pod of a pod": (
        {"halls": {name: {**TINY["halls"]["a"], "within": on} for name, on in (("b", "a"), ("c", "b"))}},
        "halls.c.within", "no pod itself: a",
    ),
    "a pod on another loop": (
        {
            "loops": {"other": TINY["loops"]["cold"]},
            "halls": {"b": {**TINY["halls"]["a"], "within": "a", "air": {"loop": "other"}}},
        },
        "halls.b.air", "room_air is shared over the hall",
    ),
    "plates in a train": (
        {"upgrades": {"plates": {"spec": "plates", "at": ["a"], "at_most": 1, "crew": "all", "lead_time": "1 week",
                                 "cost": "1 USD", "install": "1 workday", "trains": ["A"]}}},
        "upgrades.plates.trains", "no `trains`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_gap_is_refused_where_it_is(name: str) -> None:
    edit, field, words = CASES[name]
    with pytest.raises(InputError) as caught:
        loaded(merged(merged(TINY, TRAINS), edit))
    assert any(field in str(problem) and words in str(problem) for problem in caught.value.problems), str(caught.value)


@pytest.mark.parametrize(
    "edit",
    [
        {},
        ups(scheme="N"),
        ups(scheme="N+3"),
        ups(scheme="2N", unit="side"),
        ups(scheme="2(N+1)", unit="side"),
        cords(pairing="balanced"),
        cords(pairs=PAIRS),
        cords(scheme="2N", unit="side"),
        ups(scheme="N+1", unit="unit"),
        merged(MANY, ups(scheme="N+1")),
        merged(MANY, ups(scheme="11N/12")),
        {"trains": {"E": {"group": "a"}}, "plant": {"fans": {"train": "E"}}},
    ],
)
def test_what_is_declared_without_gaps_is_read(edit: dict[str, Any]) -> None:
    assert loaded(merged(merged(TINY, TRAINS), edit)).site.trains
