"""Figures as fields of a record: what is read, what is refused and where, what is written back."""

import copy
import gc
import pickle

import pytest

from dcplan import cli
from dcplan.catalog import AnySpec, Record
from dcplan.document import parse_yaml
from dcplan.errors import InputError
from dcplan.figure import Figure
from dcplan.read import validate
from dcplan.units import LENGTH, POWER, Length, Power


class Hall(Record):
    heat: Figure[Power]
    width: Figure[Length] | None = None


class Shelf(Record):
    specs: dict[str, AnySpec]


LONG = {"value": "5 kW", "range": ["4 kW", "6 kW"], "confidence": "assumption", "source": None, "note": "a guess"}


@pytest.mark.parametrize("heat", ["5 kW", LONG, {"value": "5 kW", "confidence": "low", "source": "maker"}])
def test_what_is_written_reads_back_equal(heat):
    hall = Hall.model_validate({"heat": heat, "width": "3 ft"})
    for again in (
        Hall.model_validate(hall.model_dump()),
        Hall.model_validate(hall.model_dump(mode="json", exclude_none=True)),
        Hall.model_validate_json(hall.model_dump_json()),
        Hall(heat=hall.heat, width=hall.width),
        pickle.loads(pickle.dumps(hall)),
        copy.deepcopy(hall),
    ):
        assert again == hall
        assert hash(again) == hash(hall)


def test_only_an_assumption_has_two_ends():
    assumed = Hall.model_validate({"heat": LONG}).heat
    stated = Hall.model_validate({"heat": {"value": "5 kW", "range": ["4 kW", "6 kW"]}}).heat
    assert (assumed.low(), assumed.si(), assumed.high()) == (4e3, 5e3, 6e3)
    assert (stated.low(), stated.si(), stated.high()) == (5e3, 5e3, 5e3)


def test_a_figure_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="m is a unit of length"):
        Hall(heat=Figure(LENGTH.read("5 m")))


def test_a_figure_made_by_hand_is_consistent_too():
    with pytest.raises(ValueError, match="only with a `source`"):
        Figure(POWER.read("5 kW"), confidence="high")


@pytest.mark.parametrize(
    ("heat", "told"),
    [
        ("5 kg", ["a:1:7: heat: given 5 kg; allowed a power"]),
        ("{vlaue: 5 kW}", ["heat.value: given nothing", "heat.vlaue: given an unknown key", "did you mean value?"]),
        ("\n  value: 5 kW\n  range: [6 kW, 7 kW]", ["a:3:3: heat.range: given 6 kW to 7 kW; allowed [low, high]"]),
        ("\n  value: 5 kW\n  range: [5 kW]", ["heat.range[1]: given nothing"]),
        ("\n  value: 5 kW\n  confidence: high", ["a:3:15: heat.confidence: given high; allowed `high` only with"]),
        ("\n  value: 5 kW\n  confidence: assumption", ["a:3:15: heat.confidence: given assumption", "`note`"]),
        (
            "\n  value: 5 kg\n  range: [1 kW, 2 m]\n  confidence: hgih\n  source: 3\n  note: ''",
            ["a:2:10: heat.value", "a:3:17: heat.range[1]", "a:4:15: heat.confidence", "a:5:11: heat.source", "a:6:9:"],
        ),
    ],
    ids=range(7),
)
def test_every_mistake_in_a_figure_is_told_with_its_line(heat, told):
    with pytest.raises(InputError) as caught:
        validate(Hall, parse_yaml(f"heat: {heat}", "a"))
    assert [words for words in told if words not in str(caught.value)] == []


def test_the_kinds_of_figure_are_named_in_the_json_schema():
    schema = Hall.model_json_schema()
    assert set(schema["$defs"]) == {"Figure_power", "Figure_length"}
    short, long = schema["$defs"]["Figure_power"]["anyOf"]
    assert short["x-unit"] == long["properties"]["value"]["x-unit"] == "W"


def test_a_spec_is_validated_and_written_by_its_family():
    ups = {"family": "ups", "maker": "a", "model": "b", "power": "5 kW", "apparent": "5 kVA"}
    ups |= {"efficiency": "95 %", "input_power_factor": "99 %"}
    shelf = Shelf.model_validate({"specs": {"ours": ups}})
    assert Shelf.model_validate(shelf.model_dump(mode="json")) == Shelf(specs=shelf.specs) == shelf
    with pytest.raises(InputError, match=r"specs\.ours\.pwoer: given an unknown key.*did you mean power\?"):
        validate(Shelf, parse_yaml("specs: {ours: {family: ups, pwoer: 5 kW}}", "a"))
    with pytest.raises(InputError, match=r"specs\.ours\.family: .*rack, generator"):
        validate(Shelf, parse_yaml("specs: {ours: {family: usp}}", "a"))


def test_a_command_leaves_the_garbage_collector_as_it_found_it(capsys):
    assert gc.isenabled()
    assert cli.main(["specs", "gb300-nvl72"]) == 0
    assert gc.isenabled()
