"""The hardware catalog in specs/: every entry valid, every figure sourced or labelled, the anchors exact."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dcplan.catalog import FAMILIES, Catalog, Chiller, Figure, Procurement, Rack, Source, figures
from dcplan.physics import chiller, cooling
from dcplan.read import read_yaml, specs_dir
from dcplan.units import si

SPECS = specs_dir()
FILES = sorted(SPECS.glob("*.yaml"))
SIZE_OF_PLANT = {
    "generator": "power",
    "fuel_tank": "volume",
    "switchgear": "current",
    "busway": "current",
    "ups": "power",
    "utility_service": "power",
    "cdu": "capacity",
    "dry_cooler": "capacity",
    "cooling_tower": "capacity",
    "facility_pump": "flow",
    "rear_door": "capacity",
    "liquid_to_air": "capacity",
}
FEWER_MAKERS = {
    "facility_pump": "a pump is selected for its loop; makers publish curves, not sizes",
    "floor_reinforcement": "work to order; one maker of tiles publishes a load",
    "route_protection": "nobody publishes what plates and tiles carry together",
    "switchgear": "a table of bus and interrupting ratings was found of Eaton only",
    "utility_service": "an offer of the local utility, not a product",
}
LB = 0.45359237
ZERO_CELSIUS = 273.15


def _load(family: str) -> dict[str, dict[str, Any]]:
    # the project's reader also refuses a key written twice
    loaded: dict[str, dict[str, Any]] = read_yaml(SPECS / f"{family}.yaml").data
    return loaded


def _entries() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for family in FAMILIES:
        for name, spec in _load(family).items():
            yield family, name, spec


ENTRIES = list(_entries())


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    specs = {name: FAMILIES[family].model_validate({**spec, "family": family}) for family, name, spec in ENTRIES}
    sources = {key: Source.model_validate(source) for key, source in _load("sources").items()}
    return Catalog.model_validate({"specs": specs, "sources": sources})


@pytest.fixture(scope="module")
def every_figure(catalog: Catalog) -> list[tuple[str, Figure[Any]]]:
    return [found for name, spec in catalog.specs.items() for found in figures(spec, f"{name}.")]


def _rack(catalog: Catalog, name: str) -> Rack:
    spec = catalog.specs[name]
    assert isinstance(spec, Rack)
    return spec


def test_one_file_per_family_and_the_sources() -> None:
    assert [path.stem for path in FILES] == sorted([*FAMILIES, "sources"])


def test_no_name_is_used_twice() -> None:
    names = [name for _, name, _ in ENTRIES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("family", "name", "spec"), ENTRIES, ids=[name for _, name, _ in ENTRIES])
def test_every_spec_is_valid_and_named_in_kebab_case(family: str, name: str, spec: dict[str, Any]) -> None:
    assert "family" not in spec
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    FAMILIES[family].model_validate({**spec, "family": family})


def _unsourced(found: list[tuple[str, Figure[Any]]], sources: Container[str]) -> list[str]:
    """Places of figures that name neither a known source nor themselves an assumption with its range and why."""
    return [
        place
        for place, figure in found
        if figure.confidence == "stated"
        or (figure.source is not None and figure.source not in sources)
        or (figure.range is None or not figure.note if figure.assumed else figure.source is None)
    ]


def test_every_figure_says_how_far_it_is_to_be_trusted(catalog: Catalog, every_figure: list[Any]) -> None:
    assert len(every_figure) > 800
    assert _unsourced(every_figure, catalog.sources) == []


def test_a_spec_with_an_unsourced_figure_is_refused() -> None:
    """Also where it is nested in a curve, or names a source that is not listed."""
    load = {"value": "50 %", "confidence": "high", "source": "sheet"}
    spec = FAMILIES["generator"].model_validate(
        {
            "family": "generator",
            "maker": "A",
            "model": "B",
            "rating_class": "ESP",
            "power": {"value": "2 MW", "confidence": "high", "source": "sheet"},
            "power_factor": {"value": "80 %", "confidence": "high", "source": "a-sheet-nobody-listed"},
            "start_time": "10 s",
            "fuel": [
                {"load": load, "flow": "300 L/h"},
                {"load": {**load, "value": "100 %"}, "flow": {**load, "value": "500 L/h"}},
            ],
        }
    )
    assert _unsourced(figures(spec), {"sheet"}) == ["power_factor", "start_time", "fuel[0].flow"]


@pytest.mark.parametrize("missing", ["range", "note", "source"])
def test_what_a_confidence_asks_for_is_asked_when_a_spec_is_read(missing: str) -> None:
    assumed = {"value": "5 MW", "range": ["4 MW", "6 MW"], "confidence": "assumption", "note": "why"}
    sourced = {"value": "5 MW", "confidence": "high", "source": "sheet"}
    power = sourced if missing == "source" else assumed
    whole = {"family": "utility_service", "maker": "A", "model": "B", "power": power}
    FAMILIES["utility_service"].model_validate(whole)
    lacking = {key: value for key, value in power.items() if key != missing}
    with pytest.raises(ValidationError, match="only with"):
        FAMILIES["utility_service"].model_validate({**whole, "power": lacking})


@pytest.mark.parametrize(
    ("spec", "place", "others"),
    [
        ("gb200-nvl72", "heat", ["120 kW", "125 kW"]),
        ("gb200-nvl72", "provisioned", ["150 kW", "142 kW is NVIDIA's for GB300"]),
        ("gb200-nvl72", "peak", ["1.45", "1.17"]),
        ("gb200-nvl72", "liquid_share", ["85 %", "115 kW"]),
        ("gb200-nvl72", "liquid.pressure_flow", ["170 to 195", "80 L/min", "30 to 40"]),
        ("gb200-nvl72", "mass", ["1,360 kg", "1,500 kg", "2,700 to 3,600 kg"]),
        ("gb200-nvl72", "height", ["2,236 mm"]),
        ("gb300-nvl72", "heat", ["132 kW", "132 to 140 kW", "about 120 kW", "1,400 W", "1,100 W"]),
        ("gb300-nvl72", "peak", ["1.4 x"]),
        ("gb300-nvl72", "liquid_share", ["100 %"]),
        ("gb300-nvl72", "mass", ["1,360 kg"]),
        ("vera-rubin-nvl72", "heat", ["136 kW", "198 to 330 kW", "120 to 130 kW"]),
        ("motivair-mcdu-60", "capacity", ["2,350 kW", "600 and 1,200 kW"]),
        ("coolit-chx2000", "flow", ["1,800 L/min"]),
        ("vertiv-coolchip-70", "capacity", ["55 kW"]),
        ("kohler-kd3300", "engine.temperature_slope", ["20 % per 10 K", "10 % per 5 K"]),
        ("cummins-dqkan-2500", "procurement.lead_time", ["52 to 70 weeks", "50 to 110 weeks"]),
        ("vertiv-xdu1350", "procurement.lead_time", ["42 weeks", "33 worldwide"]),
        ("liquid-2500", "procurement.lead_time", ["60 and up", "128 weeks"]),
        ("eaton-9395p-900", "overload[1].time", ["10 minutes", "30 seconds"]),
    ],
)
def test_where_sources_disagree_the_note_keeps_the_others(
    catalog: Catalog, spec: str, place: str, others: list[str]
) -> None:
    note = dict(figures(catalog.specs[spec]))[place].note or ""
    assert [other for other in others if other not in note] == []


def test_every_source_is_used(catalog: Catalog, every_figure: list[Any]) -> None:
    assert {figure.source for _, figure in every_figure if figure.source} == set(catalog.sources)


def test_no_address_is_listed_twice(catalog: Catalog) -> None:
    addresses = [source.url for source in catalog.sources.values()]
    assert len(addresses) == len(set(addresses))


def test_planning_values_lie_in_their_ranges(every_figure: list[Any]) -> None:
    for place, figure in every_figure:
        if figure.range is not None:
            assert si(figure.range[0]) <= figure.si() <= si(figure.range[1]), place


def test_a_range_keeps_the_unit_of_its_value(every_figure: list[Any]) -> None:
    for place, figure in every_figure:
        assert figure.range is None or {end.units for end in figure.range} == {figure.value.units}, place


@pytest.mark.parametrize(("family", "size"), SIZE_OF_PLANT.items())
def test_at_least_three_sizes_of_each_plant(catalog: Catalog, family: str, size: str) -> None:
    assert len({getattr(spec, size).si() for spec in catalog.family(family).values()}) >= 3


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "rack"])
def test_at_least_two_makers_of_each_plant_unless_fewer_publish(catalog: Catalog, family: str) -> None:
    makers = {spec.maker for spec in catalog.family(family).values()} - {"generic"}
    assert len(makers) >= 2 or family in FEWER_MAKERS
    assert len(makers) < 2 or family not in FEWER_MAKERS


def test_at_least_three_sizes_of_chiller(catalog: Catalog) -> None:
    chillers = [spec for spec in catalog.family("chiller").values() if isinstance(spec, Chiller)]
    assert len({spec.ratings[0].capacity.si() for spec in chillers}) >= 3


def test_whatever_is_bought_has_lead_time_cost_and_crew_time_with_ranges(catalog: Catalog) -> None:
    for name, spec in catalog.specs.items():
        if spec.family == "rack":
            continue
        wanted = set(Procurement.model_fields) - (
            {"commission"} if spec.family in ("floor_reinforcement", "route_protection") else set()
        )
        for field in sorted(wanted):
            figure = getattr(spec.procurement, field)
            assert figure is not None, f"{name}.procurement.{field}"
            assert figure.range is not None, f"{name}.procurement.{field}"


def test_the_round_hopper_rack(catalog: Catalog) -> None:
    rack = _rack(catalog, "hopper-round")
    assert rack.heat.si() == rack.heat.low() == rack.heat.high() == 60e3
    assert rack.mass.si() == rack.mass.low() == rack.mass.high() == pytest.approx(1000 * LB)
    assert rack.liquid_share.high() == 0.0
    assert rack.liquid is None


def test_the_round_blackwell_rack(catalog: Catalog) -> None:
    rack = _rack(catalog, "blackwell-round")
    assert rack.heat.si() == rack.heat.low() == rack.heat.high() == 120e3
    assert rack.mass.si() == rack.mass.low() == rack.mass.high() == pytest.approx(3000 * LB)
    assert (rack.liquid_share.low(), rack.liquid_share.si(), rack.liquid_share.high()) == pytest.approx(
        (0.85, 0.9, 1.0)
    )


def test_gb200_sends_115_kw_to_liquid(catalog: Catalog) -> None:
    rack = _rack(catalog, "gb200-nvl72")
    assert rack.heat.si() * rack.liquid_share.si() == pytest.approx(115e3, abs=500)


@pytest.mark.parametrize(("supply", "published"), [(25, 59), (30, 71), (35, 89), (40, 119), (45, 177)])
def test_gb300_flow_follows_the_makers_table_and_is_not_below_it(
    catalog: Catalog, supply: float, published: float
) -> None:
    rack = _rack(catalog, "gb300-nvl72")
    assert rack.liquid is not None
    flow = cooling.liquid_flow(
        rack.heat.si() * rack.liquid_share.si(), supply + ZERO_CELSIUS, rack.liquid.return_limit.si(), "PG25"
    )
    # the table is in whole L/min
    assert published - 0.5 <= flow * 60_000 <= published * 1.03


def test_support_racks_are_there(catalog: Catalog) -> None:
    assert {spec.role for spec in catalog.family("rack").values() if isinstance(spec, Rack)} == {
        "compute",
        "network",
        "storage",
        "management",
    }


@pytest.mark.parametrize("end", ["planning", "adverse"])
def test_chiller_points_do_not_contradict_each_other(catalog: Catalog, end: str) -> None:
    for spec in catalog.family("chiller").values():
        assert isinstance(spec, Chiller)
        points = [
            chiller.ChillerPoint(
                ambient=rating.ambient.si() if end == "planning" else rating.ambient.low(),
                water=rating.water.si() if end == "planning" else rating.water.high(),
                capacity=rating.capacity.si() if end == "planning" else rating.capacity.low(),
                power=rating.power.si() if end == "planning" else rating.power.high(),
            )
            for rating in spec.ratings
        ]
        coldest, hottest = min(point.water for point in points), max(point.ambient for point in points)
        found = chiller.chiller_rating(points, hottest, coldest)
        assert 1.5 < found.capacity / found.power < 5
        for colder, warmer in pairwise(sorted({point.water for point in points})):
            assert (
                chiller.chiller_rating(points, hottest, colder).capacity
                <= chiller.chiller_rating(points, hottest, warmer).capacity
            )


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_text_is_plain_and_carries_no_working_marks(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.isascii()
    # keys of working lists, such as two letters and three digits; product names (GB200, KD3300) are not such keys
    assert not re.search(r"\b(?:RK|CD|AC|HR|GN|EL|FL|PH|LT)\d{3}\b|\b[BCDE]\d{1,2}\b", text)
    assert not re.search(r"\.\./|/work/|\bTODO\b|\btranscri", text)
