"""One line of the check worked out: the same numbers, every one with an origin, every step to be redone by hand."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from assess_site import EXAMPLE, TINY, merged
from sites import loaded

from dcplan import cli
from dcplan.answer import Derivation, DerivationStep
from dcplan.assess.derive import derive, derive_all
from dcplan.assess.formula import doc_of
from dcplan.assess.gap import check
from dcplan.assess.line import PLAIN
from dcplan.errors import InputError
from dcplan.loading import load
from dcplan.physics.fluid import air_density
from dcplan.report.table import number
from dcplan.units import KINDS

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
SI = {"s": 1 / 86_400, "kW": 1e3, "kVA": 1e3, "L/min": 1 / 60_000, "kPa": 1e3, "kN": 1e3, "": 1.0}


@cache
def derivations(path: Path) -> dict[str, Derivation]:
    return derive_all(load(path))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_line_ends_in_its_own_numbers(path: Path) -> None:
    found = check(load(path))
    all_of_them = derivations(path)
    assert [one.line for one in all_of_them.values()] == list(found.lines)
    for line in found.lines:
        one = all_of_them[line.id]
        last = str(one).splitlines()[-3:]
        if line.required is None:
            assert one.worked == ()
            assert line.verdict in last[-1] or line.verdict in " ".join(str(one).splitlines())
            continue
        assert (one.worked[0].required, one.worked[0].available) == (line.required, line.available)
        for text, name in zip(last, ("required", "available", "margin"), strict=True):
            assert re.split(r"\s\s+", text)[:2][0] == name
            assert f" {number(getattr(line, name))}" in text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_number_is_without_an_origin(path: Path) -> None:
    """In sums and products every number is a figure, an earlier step, or a count of things."""
    for line_id, one in derivations(path).items():
        for step in (step for worked in one.worked for step in worked.steps if not step.function):
            if step.what.startswith("share of the load"):
                continue  # which failure set gives it is said in words
            expression = re.sub(r"[\d,.e+-]+(?: [A-Za-z/0-9]+)? \[\d+\]", "", step.expression)
            for operand in step.operands:
                expression = expression.replace(operand.shown, "").replace(f"{operand.value:,.7g} {operand.unit}", "")
            for bare in re.findall(r"(?<![\w.])\d[\d,.]*(?![\w.])", expression):
                assert float(bare.replace(",", "")).is_integer(), f"{line_id}: {bare} in {step.what}: {step.expression}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_expression_gives_its_value(path: Path) -> None:
    """Each printed expression, evaluated as it stands, is the printed result to the digits that are printed."""
    tried = 0
    for line_id, one in derivations(path).items():
        for worked in one.worked:
            for step in worked.steps:
                if "degC" in step.expression or not re.search(r" [-+x/^] ", step.expression):
                    continue
                tried += 1
                assert evaluated(step) == pytest.approx(step.value, rel=2e-5, abs=1e-9), f"{line_id}: {step}"
    assert tried >= (10 if path.stem == "three_causes" else 21)


def evaluated(step: DerivationStep) -> float:
    """Value [SI] of the text of an expression; units other than that of the result are only named in it."""
    text = re.sub(r" \[\d+\]", "", step.expression)
    units = set(re.findall(r"(?<=\d) (kW|kVA|L/min|kPa|kN|s)\b", text))
    if step.unit != "day":
        units.discard("s")  # SI already
    text = re.sub(r"(?<=\d) (?:J/\(kg K\)|(?!x\b)[A-Za-z][A-Za-z0-9/]*)", "", text)
    text = text.replace(",", "").replace(" x ", " * ").replace("^", "**")
    scale = SI[units.pop()] if units else 1.0
    assert not units
    assert re.fullmatch(r"[-+*/() .0-9e]+", text), text
    return float(eval(text)) * (1.0 if step.unit in ("1", "") and scale == 1.0 else scale)


def test_short_times_are_in_seconds_and_no_step_says_any_unit_or_calls_circuits_a_draw() -> None:
    found = derivations(ROOT / "examples" / "reference_hall.yaml")
    started = next(step for step in found["ride_through.chilled"].worked[0].steps if step.what == "required")
    assert started.expression.startswith("10 s + 300 s")
    assert started.shown == "310 s"
    held = found["ride_through.warm"].worked[0].steps[-1]
    assert held.what == "available"
    assert re.fullmatch(r"292\.0\d* s \[\d+\]", held.expression)
    assert re.fullmatch(r"292\.0\d* s", held.shown)
    steps = [step for one in found.values() for worked in one.worked for step in worked.steps]
    assert not [step for step in steps if "any" in f"{step.unit} {step.shown}".split()]
    assert not [one for step in steps for one in step.operands if "any" in f"{one.unit} {one.shown}".split()]
    assert not [step.what for step in found["ways.site"].worked[0].steps if "draw" in step.what]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_step_is_in_the_unit_that_its_operands_make(path: Path) -> None:
    """Both sides of a line are in the line's own kind of unit, and nothing with a dimension is told without a unit."""
    for line_id, one in derivations(path).items():
        for worked in one.worked:
            for last in (worked.required_step, worked.available_step):
                told = worked.steps[last - 1]
                if one.line.unit in PLAIN:
                    assert told.unit in ("", "1"), f"{line_id}: {told}"
                else:
                    kind = next(kind for kind in KINDS if one.line.unit in kind.units)
                    other = {"Pa": "Pa", "kg": "N"}.get(kind.units[one.line.unit])  # floor loads, in kg or in N
                    assert told.unit in (kind.units[one.line.unit], other), f"{line_id}: {told}"
            for step in worked.steps:
                assert step.unit or is_pure_by_words(step), f"{line_id}: {step}"


def is_pure_by_words(step: DerivationStep) -> bool:
    """Counts, shares and what is nothing at all."""
    counts = ("positions", "slots", "racks", "SUs of", "take", "left", "load", "one ", "share", "cycles", "Four equal")
    return step.value == 0.0 or step.what in ("required", "available") or any(word in step.what for word in counts)


def steps_of(path: str, line_id: str) -> dict[str, DerivationStep]:
    return {step.what: step for step in derivations(ROOT / "examples" / path)[line_id].worked[0].steps}


def test_seconds_kva_and_kelvin_are_called_so() -> None:
    emitted = steps_of("reference_hall.yaml", "emissions.site")
    asked = emitted["seconds for generators.emitted"]
    assert (asked.shown, asked.unit) == ("720,000 s", "s")
    assert emitted["available"].shown == "20,000 kg"
    assert [one.origin for one in emitted["available"].operands] == ["limits.emissions: 20 t"]
    drawn = steps_of("reference_hall.yaml", "transformer.site")
    assert drawn["what one eaton-9395p-1100 at site takes, on or off"].shown == "151.5306 kVA"
    assert " W [" not in drawn["required"].expression
    assert drawn["required"].shown == "2,692.966 kVA"
    assert steps_of("bridge_power.yaml", "room_air.hall-a")["available"].shown == "1,490.55 kW"
    assert steps_of("reference_hall.yaml", "utility.site")["required"].shown.endswith(" kW")
    assert steps_of("reference_hall.yaml", "fuel.site")["load house"].shown == "0.674 m3"
    mean = steps_of("bridge_power.yaml", "cdu_flow.hall-a")["temperature for fluid.density"]
    assert (mean.expression, mean.shown) == ("(318.15 K + 328.65 K) / 2", "50.25 degC")
    text = str(derivations(ROOT / "examples" / "bridge_power.yaml")["cdu_flow.hall-a"])
    assert "(318.15 K + 328.65 K) / 2 = 323.4 K = 50.25 degC" in text


def test_an_hour_is_read_in_seconds_and_a_load_behind_the_ups_in_kva() -> None:
    peak = derivations(ROOT / "examples" / "reference_hall.yaml")["ups_peak.site"]
    assert "= 3,600 s = 0.04166667 day  (eaton-9395p-1100.overload[0].time: 60 min, assumption)" in str(peak)
    assert steps_of("bridge_power.yaml", "generator_hours.site.cat-c175-16-3000")["available"].unit == "day"
    kept = steps_of("colo_48_nvl72.yaml", "ups_va.west")["load tenant-x"]
    assert (kept.shown, kept.function) == ("400 kVA", "power.apparent_power")


def test_steps_only_use_earlier_ones() -> None:
    for one in derivations(EXAMPLE).values():
        for worked in one.worked:
            assert [step.number for step in worked.steps] == list(range(1, len(worked.steps) + 1))
            for step in worked.steps:
                used = {int(mark) for mark in re.findall(r"\[(\d+)\]", step.expression)}
                used |= {operand.step for operand in step.operands if operand.step is not None}
                assert all(earlier < step.number for earlier in used)


def test_an_open_line_is_worked_out_at_the_end_that_opens_it_too() -> None:
    """Four racks of 100 kW, perhaps 130 kW, on the one module of 500 kW that is left."""
    heat = {"value": "100 kW", "range": ["90 kW", "130 kW"], "confidence": "assumption", "note": "for the test"}
    one = derive(loaded(merged(TINY, {"specs": {"airrack": {"heat": heat}}})), "ups.site")
    assert one.line.verdict == "open"
    assert [(worked.required, worked.available) for worked in one.worked] == [(400.0, 500.0), (520.0, 500.0)]
    origins = [operand.origin for worked in one.worked for operand in worked.steps[0].operands]
    assert origins == ["airrack.heat: 100 kW, assumption", "airrack.heat: 130 kW, the high end of an assumption"]


def test_a_flow_is_worked_out_from_heat_temperatures_and_fluid() -> None:
    one = derivations(EXAMPLE)["cdu_flow.hall-1"]
    (flow,) = (step for step in one.worked[0].steps if step.function == "cooling.liquid_flow")
    assert [operand.shown for operand in flow.operands] == ["108 kW", "45 degC", "55.5 degC", "PG25"]
    assert flow.operands[1].origin == "halls.hall-1.liquid.supply: 45 degC"
    assert flow.shown.endswith("L/min")
    (formula,) = (formula for formula in one.formulas if formula.function == "cooling.liquid_flow")
    assert formula.formula.startswith("V = Q / (rho * cp * (T_return - T_supply))")
    assert "lenovopress.lenovo.com" in formula.references[0]
    text = str(one)
    assert "8 blackwell-round of one SU" in text
    assert "4 SUs of alpha in hall-1" in text


def test_supply_names_the_units_left_and_the_figures_with_their_sources() -> None:
    one = derivations(EXAMPLE)["generator.site"]
    what = [step.what for step in one.worked[0].steps]
    assert "2 of 3 units left" in what
    assert "cummins-c2250d5" in one.sources
    assert one.sources["cummins-c2250d5"].count("https://") == 1


def test_an_open_line_is_worked_out_at_its_adverse_end_too() -> None:
    lines = derivations(EXAMPLE).values()
    opened = [one for one in lines if one.line.verdict == "open" and one.line.required is not None]
    found = check(load(EXAMPLE, scenario="hopper"))
    name = next(line.id for line in found.lines if line.verdict == "open" and line.required is not None)
    one = derive(load(EXAMPLE, scenario="hopper"), name)
    planning, adverse = one.worked
    assert (planning.world, adverse.world.partition(",")[0]) == ("planning", "adverse")
    assert adverse.available < adverse.required
    assert all(len(other.worked) == 2 for other in opened)
    assert "ADVERSE ENDS" in str(one)


def test_an_unknown_line_is_refused_with_its_neighbours(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError) as caught:
        derive(load(EXAMPLE), "cdu_flw.hall-1")
    (problem,) = caught.value.problems
    assert (problem.field, problem.given, problem.hint) == ("--explain", "cdu_flw.hall-1", "cdu_flow.hall-1")
    assert cli.main(["check", str(EXAMPLE), "--explain", "nothing like it"]) == 2
    assert "allowed the id of a line of this check" in capsys.readouterr().err


def test_the_command_line_gives_text_or_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(EXAMPLE), "--explain", "cdu.hall-1"]) == 4
    assert capsys.readouterr().out == f"{derivations(EXAMPLE)['cdu.hall-1']}\n"
    assert cli.main(["check", str(EXAMPLE), "--explain", "approach.hall-1", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["schema_version"] == "dcplan.derivation/1"
    assert data["worked"][0]["available"] == data["line"]["available"]
    assert cli.main(["check", str(EXAMPLE), "--explain", "room_airflow.hall-1"]) == 0
    assert cli.main(["check", str(EXAMPLE), "--explain", "room_airflow.hall-1", "--strict"]) == 4
    assert "not checked: " in capsys.readouterr().out


def test_docstrings_are_read() -> None:
    doc = doc_of(air_density)
    assert doc.name == "fluid.air_density"
    assert doc.question == "How heavy dry air is at this temperature and altitude."
    assert doc.formula == "rho = p / (R * T) with the standard pressure at that altitude"
    assert dict(doc.units) == {"temperature": "degC", "altitude": "m"}
    assert doc.answer == "kg/m3"
    assert doc.references == ("ISO 2533:1975, Standard Atmosphere: equation of state with R = 287.05287 J/(kg K).",)
