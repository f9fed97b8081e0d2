"""Figures outside the range of a formula are refused at their line, in the unit they were written in, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcplan import ranges
from dcplan.errors import InputError
from dcplan.loading import load
from dcplan.units import KINDS, Kind

BOUNDED = sorted((name, kind) for name, kind in vars(ranges).items() if isinstance(kind, Kind) and kind not in KINDS)

OUTSIDE = [
    ("design_dry_bulb: 90 degC", "an air temperature from -60 to 70 degC"),
    ("design_dry_bulb: 200 degF", "an air temperature from -76 to 158 degF"),
    ("recirculation_rise: -5 K", "a rise of the air temperature from 0 to 20 K"),
    ("recirculation_rise: {value: 1 K, range: [0 K, 40 K], confidence: assumption, note: much}", "from 0 to 20 K"),
    ("mechanical_power_factor: 0 %", "a power factor from 1 to 100 %"),
    ("back: 300 degC", "a water temperature from -20 to 100 degC"),
]


@pytest.mark.parametrize(("written", "words"), OUTSIDE)
def test_a_figure_outside_is_refused_at_its_line(written: str, words: str, examples: Path, tmp_path: Path) -> None:
    key = written.partition(":")[0]
    lines = (examples / "ready_site.yaml").read_text(encoding="utf-8").splitlines()
    number = next(index for index, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
    lines[number] = lines[number][: lines[number].index(key)] + written
    path = tmp_path / "site.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"{path}:{number + 1}:")
    assert words in problem.allowed


def test_all_of_them_are_told_at_once(examples: Path) -> None:
    overrides = {"place.design_dry_bulb": "90 degC", "place.recirculation_rise": "-5 K", "loops.warm.back": "-30 degC"}
    with pytest.raises(InputError) as caught:
        load(examples / "ready_site.yaml", overrides=overrides)
    assert {problem.field for problem in caught.value.problems} == set(overrides)


def test_weather_and_recirculation_together_may_be_too_hot(examples: Path) -> None:
    overrides = {"place.design_dry_bulb": "69 degC", "place.recirculation_rise": "2 K"}
    with pytest.raises(InputError, match=r"place.design_dry_bulb: given 71 degC; allowed at most 70 degC"):
        load(examples / "ready_site.yaml", overrides=overrides)
    overrides["place.recirculation_rise"] = "1 K"
    assert load(examples / "ready_site.yaml", overrides=overrides).site.place.design_dry_bulb.si() == 342.15


@pytest.mark.parametrize(("name", "kind"), BOUNDED)
def test_a_bounded_kind_reads_its_example_and_lies_in_its_general_kind(name: str, kind: Kind) -> None:
    general = next(one for one in KINDS if one.name == kind.general)
    assert general.lo <= kind.lo < kind.hi <= general.hi
    assert general.read(kind.example) == kind.read(kind.example)


def test_kinds_have_names_of_their_own() -> None:
    """The JSON schema and pydantic know them by name."""
    names = [kind.name for kind in (*KINDS, *(kind for _, kind in BOUNDED))]
    assert len(set(names)) == len(names)


def test_the_advice_of_the_general_kind_is_kept() -> None:
    with pytest.raises(ValueError, match="a difference in K"):
        ranges.AIR_TEMPERATURE.read("35 delta_degC")
