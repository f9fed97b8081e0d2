"""Heat rejection of a whole site: towers, pads and thin air by hand, the water row, laws of warm loops and weather."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from assess_site import TINY, N, checked, line, merged, tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from sites import loaded
from test_constraints import BASE, TOWERS, service, site
from tiny import planned_by_hand
from tiny import tiny as small

from dcplan.errors import InputError
from dcplan.formulate.build import formulate
from dcplan.ratings.plant import unit_supply
from dcplan.ratings.rejection import water_use
from dcplan.ratings.rows import World
from dcplan.site import SiteModel
from dcplan.solver.run import Limits
from dcplan.solver.search import optimise
from dcplan.verifier.verdict import verify
from dcplan.verifier.water import make_up_water

PLACE = {"altitude": "0 m", "design_dry_bulb": "33 degC", "design_wet_bulb": "24 degC", "recirculation_rise": "1 K"}
CELL = {
    "family": "cooling_tower", "maker": "M", "model": "cell", "capacity": "500 kW", "rated_wet_bulb": "25 degC",
    "rated_approach": "5 K", "rated_range": "10 K", "minimum_approach": "3 K", "power": "9 kW",
    "evaporated_share": "75 %",
}  # fmt: skip
PADS = {"effectiveness": "80 %", "airflow": "40 m3/s", "evaporated_share": "50 %"}
COOLER = {
    "family": "dry_cooler", "maker": "M", "model": "cooler", "capacity": "500 kW", "rated_difference": "15 K",
    "minimum_approach": "5 K", "power": "20 kW",
}  # fmt: skip
LOOP = {"supply": "30 degC", "back": "40 degC"}


def model(**own: Any) -> SiteModel:
    """A site with one loop on which two units of `cell` stand."""
    base = merged(TINY, {
        "place": PLACE, "loops": {"cold": LOOP}, "redundancy": {"heat_rejection": {**N, "group": "loop"}},
        "specs": {"cell": CELL, "wall": {"water_supply": "30 degC"}},
    })  # fmt: skip
    base["plant"] = {"cells": {"spec": "cell", "count": 2, "at": "cold"}}
    return loaded(merged(base, own))


def towers(count: int) -> dict[str, Any]:
    """The tiny site of the check, with towers for its chiller."""
    own = {"place": PLACE, "loops": {"cold": LOOP}, "specs": {"cell": CELL}}
    return merged(TINY, {**own, "plant": {"chiller": {"spec": "cell", "count": count}}})


def capacity(found: SiteModel, name: str = "cell", world: World = World.PLANNING) -> float:
    return unit_supply(found, found.specs[name], "cold", world)["heat_rejection@cold"]


def test_a_tower_at_its_rating_gives_its_name_plate() -> None:
    assert capacity(model()) == pytest.approx(500e3)


def test_a_tower_counts_as_nothing_below_its_minimum_approach() -> None:
    assert capacity(model(place={"design_wet_bulb": "26 degC"})) > 0.0
    assert capacity(model(place={"design_wet_bulb": "26.1 degC"})) == 0.0


def test_the_exchanger_of_an_open_tower_takes_from_the_approach() -> None:
    closed = model(place={"design_wet_bulb": "23 degC"})
    opened = model(place={"design_wet_bulb": "23 degC"}, specs={"cell": {"exchanger_approach": "2 K"}})
    assert capacity(opened) < capacity(closed)
    assert capacity(model(specs={"cell": {"exchanger_approach": "2.1 K"}})) == 0.0


def test_adverse_ends_of_a_tower_never_help() -> None:
    wet = {"value": "24 degC", "range": ["22 degC", "25 degC"], "confidence": "assumption", "note": "no station near"}
    found = model(place={"design_wet_bulb": wet})
    assert capacity(found, world=World.ADVERSE_LIQUID) < capacity(found)


def test_pads_by_hand() -> None:
    """34 degC air of 25 degC wet bulb leaves pads of 80 % at 26.8 degC: 500 x (40 - 26.8) / 15 kW of 500."""
    dry = model(specs={"cell": None, "cooler": COOLER}, plant={"cells": {"spec": "cooler"}})
    wet = model(specs={"cell": None, "cooler": {**COOLER, "adiabatic": PADS, "minimum_approach": "3 K"}},
                plant={"cells": {"spec": "cooler"}})  # fmt: skip
    assert capacity(dry, "cooler") == 0.0  # 34 + 5 degC is warmer than the loop
    assert capacity(wet, "cooler") == pytest.approx(500e3 * (40.0 - 26.8) / 15.0)


def test_thin_air_by_hand() -> None:
    loop = {"loops": {"cold": {"supply": "45 degC", "back": "55 degC"}}, "plant": {"cells": {"spec": "cooler"}}}
    cooler = {"cell": None, "cooler": {**COOLER, "altitude_derate": "8 %/km"}}
    assert capacity(model(**loop, specs=cooler), "cooler") == pytest.approx(500e3)
    assert capacity(model(**loop, specs=cooler, place={"altitude": "1500 m"}), "cooler") == pytest.approx(440e3)


def test_water_of_a_tower_by_hand() -> None:
    """500 kW over 2,431 kJ/kg (at 30 degC) at four cycles."""
    found = model()
    assert water_use(found, found.specs["cell"], "cold", World.PLANNING) == pytest.approx(
        500e3 / 2_431.22e6 / 0.75, rel=1e-5
    )


def test_water_line_counts_every_unit_and_what_is_missing_is_not_checked() -> None:
    base = towers(3)
    assert line(checked(base), "water.site").verdict == "not checked"
    each = 500e3 / 2_431.22e6 / 0.75 * 60_000.0
    enough = line(checked(merged(base, {"limits": {"water": f"{3 * each + 0.1} L/min"}})), "water.site")
    assert enough.verdict == "pass"
    assert enough.required == pytest.approx(3 * each, rel=1e-4)
    assert line(checked(merged(base, {"limits": {"water": f"{3 * each - 0.1} L/min"}})), "water.site").verdict == "fail"


def test_a_tower_that_misses_the_supply_temperature_still_evaporates_its_rated_heat() -> None:
    warm = {"place": {"design_wet_bulb": "27 degC"}}
    found = model(**warm)
    assert capacity(found) == 0.0
    assert water_use(found, found.specs["cell"], "cold", World.PLANNING) == pytest.approx(
        500e3 / 2_431.22e6 / 0.75, rel=1e-5
    )
    each = 500e3 / 2_431.22e6 / 0.75 * 60_000.0
    enough = line(checked(merged(towers(3), {**warm, "limits": {"water": f"{3 * each + 0.1} L/min"}})), "water.site")
    assert (enough.verdict, "counts as zero" in enough.reason) == ("not checked", True)
    little = merged(towers(3), {**warm, "limits": {"water": f"{3 * each - 0.1} L/min"}})
    assert line(checked(little), "water.site").verdict == "fail"


def padded(**place: Any) -> SiteModel:
    cooler = {"cell": None, "cooler": {**COOLER, "adiabatic": PADS, "minimum_approach": "3 K"}}
    return model(specs=cooler, plant={"cells": {"spec": "cooler"}}, place=place)


def litres(found: SiteModel) -> float:
    return water_use(found, found.specs["cooler"], "cold", World.PLANNING) * 60_000.0


def test_pads_take_the_water_of_the_driest_air_by_hand() -> None:
    """40 m3/s of 34 degC air without water, 0.8698 m3/kg: 80 % of the way to its wet bulb of 12.19 degC.

    There W_s = 0.00887; (2501 - 2.326 x 12.19) x 0.00887 = 1.006 x (34 - 12.19) kJ/kg. Behind the pads the air has
    16.55 degC: W = ((2501 - 28.35) x 0.00887 - 1.006 x 4.36) / (2501 + 1.86 x 16.55 - 4.186 x 12.19) = 0.00707.
    """
    assert litres(padded()) == pytest.approx(40.0 / 0.8698 * 0.00707 * 60.0 * 2.0, rel=5e-3)


def test_drier_air_never_takes_less_water_and_the_wettest_hour_is_not_what_counts() -> None:
    wet = [litres(padded(driest_wet_bulb=f"{degrees} degC")) for degrees in (24, 21, 18, 15)]
    assert wet == sorted(wet)
    assert litres(padded(driest_wet_bulb="0 degC")) == litres(padded())  # no air is drier than dry
    assert litres(padded(design_wet_bulb="20 degC")) == litres(padded())
    assert wet[-1] < litres(padded())


def test_water_of_pads_is_not_checked_between_humid_and_bone_dry_air() -> None:
    cooler = {**COOLER, "adiabatic": PADS, "minimum_approach": "3 K"}
    base = merged(towers(1), {"specs": {"cell": None, "cooler": cooler}, "plant": {"chiller": {"spec": "cooler"}}})
    most, least = litres(padded()), litres(padded(driest_wet_bulb="24 degC"))

    def verdict(limit: float, **place: Any) -> str:
        found = line(checked(merged(base, {"limits": {"water": f"{limit} L/min"}, "place": place})), "water.site")
        return found.verdict

    assert verdict(most + 0.1) == "pass"
    assert verdict(most - 0.1) == "not checked"
    assert verdict(0.5 * least) == "fail"
    assert verdict(most - 0.1, driest_wet_bulb="18 degC") == "pass"
    assert verdict(least + 0.1, driest_wet_bulb="18 degC") == "fail"


@pytest.mark.parametrize("wet", ["24.1 degC", "-1 degC"])
def test_impossible_driest_wet_bulbs_are_refused(wet: str) -> None:
    with pytest.raises(InputError, match="0 degC to the `design_wet_bulb`"):
        padded(driest_wet_bulb=wet)


def test_the_verifier_states_the_water_of_towers_and_pads_anew() -> None:
    for found, name in ((model(), "cell"), (padded(), "cooler"), (padded(driest_wet_bulb="19 degC"), "cooler")):
        asked = water_use(found, found.specs[name], "cold", World.PLANNING)
        assert make_up_water(found, found.specs[name], "cold") == pytest.approx(asked, rel=1e-9)


def test_no_water_line_where_nothing_is_wet() -> None:
    assert "water.site" not in {found.id for found in tiny().lines}


def test_loop_supply_line_of_towers_and_pads() -> None:
    base = towers(1)
    found = line(checked(base), "loop_supply.cold")
    assert (found.required, found.verdict) == (pytest.approx(28.0), "pass")
    hot = line(checked(merged(base, {"place": {"design_wet_bulb": "27 degC"}})), "loop_supply.cold")
    assert hot.verdict == "fail"
    assert "a wet bulb of 28 degC by its minimum approach" in hot.reason


def test_thin_air_is_not_checked_where_no_derate_is_stated() -> None:
    ids = {found.id: found.verdict for found in tiny().lines}
    assert ids["altitude.chiller"] == "not checked"
    assert "altitude.chiller" not in {found.id for found in tiny(place={"altitude": "0 m"}).lines}


def test_electrical_plant_and_inlets_in_thin_air_are_not_checked() -> None:
    high = {found.id: found.verdict for found in tiny(place={"altitude": "1001 m"}).lines}
    assert (high["altitude.electrical"], high["altitude.air_inlet"]) == ("not checked", "not checked")
    assert not {"altitude.electrical", "altitude.air_inlet"} & {
        one.id for one in tiny(place={"altitude": "1000 m"}).lines
    }


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"place": {"design_wet_bulb": None}}, "no `design_wet_bulb`, but cell"),
        ({"place": {"design_wet_bulb": "34 degC"}}, "0 degC to the `design_dry_bulb`"),
        ({"place": {"design_wet_bulb": "-1 degC"}}, "0 degC to the `design_dry_bulb`"),
        ({"place": {"design_wet_bulb": "5 degC"}}, "no air is that dry"),
        ({"loops": {"cold": {"supply": "3 degC"}}}, "a tower's loop between 5 degC and 70 degC"),
        ({"specs": {"cell": {"evaporated_share": "100 %"}}}, "1 % to 99 %"),
        ({"specs": {"cell": {"rated_range": "40 K"}}}, "approach or range of a tower"),
    ],
)
def test_impossible_climates_and_towers_are_refused(own: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        model(**own)


def test_the_verifier_counts_water_itself(tmp_path: Path) -> None:
    wet = {"specs.cooler-500.adiabatic": PADS, "place.design_wet_bulb": "15 degC"}
    for limit, rules in (("300 L/min", set()), ("10 L/min", {"water"})):
        found = small(tmp_path, {**wet, "limits.water": limit})
        verdict = verify(planned_by_hand(found), found)
        assert {violation.rule for violation in verdict.violations} == rules


# ---------------------------------------------------------------- laws


def bought(*edits: dict[str, Any]) -> int:
    """Units a plan of the tiny site buys."""
    problem = formulate(loaded(site(*edits)))
    result = optimise(problem, Limits(seconds=20.0, workers=1, deterministic=True))
    assert result.schedule is not None
    return len(result.schedule.installs)


POINTS = [
    {"ambient": f"{air} degC", "water": f"{water} degC", "capacity": f"{capacity} kW", "power": "0 kW"}
    for air, water, capacity in ((20, 18, 80), (35, 18, 60), (20, 28, 110), (35, 28, 90))
]
CHILLERS = (
    service("heat_rejection", spec={"family": "chiller", "ratings": POINTS}),
    {
        "specs": {
            "heat_rejection": {"capacity": None, "rated_difference": None, "minimum_approach": None, "power": None}
        }
    },
    {"upgrades": {"buy-heat_rejection": {"at_most": 9}}, "loops": {"water": {"supply": "24 degC"}}},
)


def test_warmer_supply_never_needs_more_chillers() -> None:
    supplies = [18, 20, 24, 27, 28]
    counts = [bought(*CHILLERS, {"loops": {"water": {"supply": f"{supply} degC"}}}) for supply in supplies]
    assert counts == [3, 3, 3, 3, 2]


def test_hotter_or_thinner_air_never_needs_fewer_chillers() -> None:
    hot = [bought(*CHILLERS, {"place": {"design_dry_bulb": f"{air} degC"}}) for air in (15, 25, 35)]
    assert hot == sorted(hot)
    derated = {"specs": {"heat_rejection": {"altitude_derate": "5 %/km"}}}
    thin = [bought(*CHILLERS, derated, {"place": {"altitude": f"{height} m"}}) for height in (0, 1500, 4000)]
    assert thin == sorted(thin)
    assert thin[-1] > thin[0]


def test_more_towers_under_a_higher_wet_bulb() -> None:
    counts = [bought(*TOWERS, {"place": {"design_wet_bulb": f"{wet} degC"}}) for wet in (15, 24, 27)]
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


@settings(max_examples=30)
@given(dry=st.integers(20, 40), hotter=st.integers(0, 5), share=st.integers(0, 100), height=st.integers(0, 2_500))
def test_no_cooler_gains_in_hotter_or_thinner_air(dry: int, hotter: int, share: int, height: int) -> None:
    def watts(air: float, altitude: float) -> float:
        cooler = {**COOLER, "minimum_approach": "0 K", "altitude_derate": "7 %/km"}
        cooler["adiabatic"] = {**PADS, "effectiveness": f"{share} %"}
        place = {**PLACE, "design_dry_bulb": f"{air} degC", "design_wet_bulb": "18 degC", "altitude": f"{altitude} m"}
        data = merged(BASE, {"place": place, "loops": {"cold": {"supply": "45 degC", "back": "55 degC"}}})
        data = merged(data, {"specs": {"cooler": cooler}, "redundancy": {"heat_rejection": {**N, "group": "loop"}}})
        return capacity(loaded(merged(data, {"plant": {"c": {"spec": "cooler", "count": 1, "at": "cold"}}})), "cooler")

    here = watts(dry, height)
    assert watts(dry + hotter, height) <= here * (1 + 1e-12)
    assert watts(dry, height + 100) <= here * (1 + 1e-12)
