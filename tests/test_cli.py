"""Commands as a script sees them: exit codes, streams, and what is said of a bad file."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import records
from benchmarks.family import Case, site_data

from dcplan import cli
from dcplan.errors import InternalError, OutsideRange
from dcplan.read import read_yaml
from dcplan.schema import site_schema

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "hopper_to_blackwell.yaml"
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))

COMMANDS = ("check", "plan", "explain", "front", "verify", "diff", "specs", "schema")


def _line_of(text: str) -> int:
    return 1 + EXAMPLE.read_text(encoding="utf-8").splitlines().index(text)


@pytest.fixture
def run(capsys):
    """Exit code, stdout and stderr of one command."""

    def command(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(code), out, err

    return command


@pytest.fixture
def answers(monkeypatch):
    """Make the commands give hand-made answers."""

    def give(**made):
        modules = {"check": "dcplan.assess.gap", "plan": "dcplan.planner"}
        for name, answer in made.items():

            def fake(*_, answer=answer, **__):
                if isinstance(answer, BaseException):
                    raise answer
                return answer

            monkeypatch.setattr(f"{modules[name]}.{name}", fake)

    return give


# ---------------------------------------------------------------- usage


def test_help_and_version(run):
    code, out, _ = run("--help")
    assert code == 0
    assert all(
        word in out for word in ("check", "plan", "explain", "front", "verify", "diff", "specs", "schema", "exit codes")
    )
    code, out, _ = run("--version")
    assert (code, out.split()[0]) == (0, "dcplan")
    for command in COMMANDS:
        assert run(command, "--help")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "COMMAND"),
        (("nonsense",), "nonsense"),
        (("plan",), "SITE"),
        (("plan", "a.yaml", "--seconds", "0"), "a number of seconds above 0"),
        (("plan", "a.yaml", "--seconds", "nan"), "allowed a number"),
        (("plan", "a.yaml", "--workers", "0"), "a whole number from 1"),
        (("plan", "a.yaml", "--seed", "-1"), "seed"),
        (("plan", "a.yaml", "--seed", "9" * 5000), "seed"),
        (("plan", "a.yaml", "--max-gap", "-1"), "max-gap"),
        (("plan", "a.yaml", "--max-gap", "much"), "allowed a number"),
        (("check", "a.yaml", "--set", "limits.budget"), "PATH=VALUE"),
        (("check", "a.yaml", "--stri"), "--stri"),
        (("check", "a\udcff.yaml"), "not UTF-8"),
        (("verify", "a.yaml"), "PLAN.json"),
        (("check", "a.yaml", "\x1b[2J"), "\\x1b[2J"),
    ],
)
def test_wrong_usage_is_1(run, arguments, words):
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert words in err
    assert "usage: dcplan" in err
    assert "\x1b" not in err


def test_wrong_usage_as_json(run):
    code, out, err = run("plan", "--json")
    assert (code, out) == (1, "")
    error = json.loads(err)
    assert (error["schema_version"], error["kind"]) == ("dcplan.error/1", "usage")


# ---------------------------------------------------------------- bad files

BAD = {
    "wrong dimension": ("altitude: 120 m", "altitude: 120 kW", "place.altitude", "an altitude in m"),
    "bare number": ("altitude: 120 m", "altitude: 120", "place.altitude", "for example"),
    "unknown key": ("  recirculation_rise:", "  recirculation_raise:", "place.recirculation_raise", "did you mean"),
    "duplicate key": ("currency: USD", "currency: USD\ncurrency: EUR", "currency", "once"),
    "missing spec": ("spec: cummins-c2250d5", "spec: cummins-c225Od5", "plant.gensets.spec", "did you mean"),
    "NaN": ("altitude: 120 m", "altitude: nan m", "place.altitude", "for example"),
    "negative mass": (
        "scenarios:\n",
        "specs:\n  mine: {extends: hopper-round, mass: -5 lb}\nscenarios:\n",
        "specs.mine",
        "a mass from 0",
    ),
    "impossible date": ("start: 2027-01-04", "start: 2027-02-30", "start", "day"),
    "impossible order": ("end: 2029-06-29", "end: 2026-06-29", "end", "a day after `start`"),
    "count with a unit": (
        "spec: utility-10mw, count: 1",
        "spec: utility-10mw, count: 1 kVA",
        "plant.service.count",
        "a whole number",
    ),
}


@pytest.mark.parametrize("command", ["check", "plan"])
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_2_with_file_line_and_what_to_do(run, tmp_path, command, kind):
    old, new, field, words = BAD[kind]
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    edited = text.replace(old, new, 1)
    site = tmp_path / "site.yaml"
    site.write_text(edited, encoding="utf-8")
    code, out, err = run(command, site)
    assert (code, out) == (2, "")
    # the first line that differs, or the second one of a duplicate
    pairs = zip(text.splitlines(), edited.splitlines(), strict=False)
    changed = next(number for number, (left, right) in enumerate(pairs, 1) if left != right)
    line = changed + 1 if kind == "negative mass" else changed
    assert f"{site}:{line}:" in err
    assert field in err
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_text(""), "an empty file"),
        (lambda path: path.mkdir(), "a folder"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "UTF-8"),
        (lambda path: path.write_text("a: [1\n"), "valid YAML"),
        (lambda path: path.write_text("- 1\n"), "given a list"),
        (lambda path: path.write_text("5\n"), "given 5"),
        (lambda path: path.write_text("name: \x1b[2J\n"), "control characters"),
        (lambda path: path.write_text("name: \u202egnp.exe\n", encoding="utf-8"), "control characters"),
        (lambda path: os.mkfifo(path), "a pipe"),
        (lambda path: None, "No such file"),
    ],
)
def test_what_is_not_a_site_file_is_2(run, tmp_path, make, words):
    site = tmp_path / "site.yaml"
    make(site)
    for command in ("check", "plan"):
        code, out, err = run(command, site)
        assert (code, out) == (2, "")
        assert str(site) in err
        assert words in err
        assert "Traceback" not in err
        assert "\x1b" not in err


def test_problems_as_json(run, tmp_path):
    site = tmp_path / "site.yaml"
    site.write_text(EXAMPLE.read_text(encoding="utf-8").replace("120 m", "120 kW", 1), encoding="utf-8")
    code, out, err = run("check", site, "--json")
    assert (code, out) == (2, "")
    error = json.loads(err)
    assert (error["schema_version"], error["kind"]) == ("dcplan.error/1", "input")
    (problem,) = error["problems"]
    assert problem["file"] == str(site)
    assert problem["field"] == "place.altitude"
    assert problem["line"] == 1 + EXAMPLE.read_text(encoding="utf-8").splitlines().index("  altitude: 120 m")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--scenario", "nonsense"), "hopper"),
        (("--scenario", "hoper"), "did you mean hopper?"),
        (("--scenario", "hoper"), f"{EXAMPLE.name}:{_line_of('scenarios:')}:1: scenario"),
        (("--set", "place.altitude=5 kW"), "place.altitude"),
        (("--set", "plaice.altitude=5 m"), "did you mean place?"),
        (("--set", "=5", "--set", "..=5"), "PATH"),
        (("--set", "crews.electrical={size: 4}"), "no mapping and no list; try: crews.electrical.size=VALUE"),
        (("--set", "calendar.working_days=[mon]"), "no list; try: calendar.working_days[0]=VALUE"),
        (("--set", "halls[0].positions=3"), "`halls` is a mapping: hall-1; try: halls.hall-1"),
        (("--set", "specs.gb300-nvl72.heat=3 kW"), "an entry that `extends: gb300-nvl72`"),
    ],
)
def test_bad_overrides(run, arguments, words):
    code, out, err = run("check", EXAMPLE, *arguments)
    assert code in (1, 2)
    assert out == ""
    assert words in err


def test_a_bad_override_is_told_once(run):
    _, _, err = run("check", EXAMPLE, "--set", "deployments.alpha.su[0]={spec: x}")
    assert len(err.splitlines()) == 1


def test_an_unknown_spec_is_2(run):
    code, _, err = run("specs", "gb300-nvl27")
    assert code == 2
    assert "did you mean gb300-nvl72?" in err


# ---------------------------------------------------------------- exit codes of answers


@pytest.mark.parametrize(
    ("verdicts", "arguments", "code"),
    [
        (("pass",), (), 0),
        (("pass", "open", "not checked"), (), 0),
        (("pass", "open"), ("--strict",), 4),
        (("pass", "not checked"), ("--strict",), 4),
        (("pass",), ("--strict",), 0),
        (("fail",), (), 4),
    ],
)
def test_codes_of_check(run, answers, verdicts, arguments, code):
    answers(check=records.check(*verdicts))
    found, out, err = run("check", EXAMPLE, *arguments)
    assert (found, err) == (code, "")
    assert out.splitlines()[-1].startswith(f"{len(verdicts)} line")


@pytest.mark.parametrize(
    ("plan", "arguments", "code"),
    [
        (records.plan(), (), 0),
        (records.plan(), ("--max-gap", "1"), 0),
        (records.plan(), ("--max-gap", "1%"), 0),
        (records.plan(), ("--max-gap", "0.5"), 7),
        (records.plan(objective=records.OBJECTIVE.model_copy(update={"gap": None})), ("--max-gap", "99"), 7),
        (records.plan(verified=False), ("--max-gap", "0.5"), 6),
        (records.plan(status="interrupted"), (), 130),
        (records.no_plan("interrupted", "stopped"), (), 130),
        (records.no_plan("infeasible", "too weak"), (), 3),
        (records.no_plan("no_plan", "too slow"), (), 5),
    ],
)
def test_codes_of_plan(run, answers, plan, arguments, code):
    answers(plan=plan)
    for json_too in ((), ("--json",)):
        found, out, err = run("plan", EXAMPLE, *arguments, *json_too)
        assert (found, err) == (code, "")
        assert plan.site in out


def test_the_plan_file_is_the_record(run, answers):
    answers(plan=records.plan(site="Stra\u00dfe"))
    _, out, _ = run("plan", EXAMPLE, "--json")
    assert type(records.plan()).model_validate_json(out) == records.plan(site="Stra\u00dfe")


def test_options_reach_the_planner(run, monkeypatch):
    seen = {}

    def fake(model, **options):
        seen.update(options, rate=str(model.site.financing_rate.value.magnitude))
        return records.plan()

    monkeypatch.setattr("dcplan.planner.plan", fake)
    run("plan", EXAMPLE, "--seconds", "5", "--workers", "3", "--seed", "9", "--deterministic",
        "--set", "financing_rate=9 %/year", "--set", "financing_rate=6 %/year")  # fmt: skip
    assert (seen["seconds"], seen["workers"], seen["seed"], seen["deterministic"]) == (5.0, 3, 9, True)
    assert float(seen["rate"]) == 6.0  # the last one of a place counts


def test_check_of_every_example(run):
    for path in EXAMPLES:
        code, out, err = run("check", path)
        assert code in (0, 4)
        assert err == ""
        assert max(map(len, out.splitlines())) <= 120
        assert json.loads(run("check", path, "--json")[1])["schema_version"] == "dcplan.check/1"


def test_a_plan_file_is_verified_against_its_own_site_only(run, tmp_path):
    hopper = ("--scenario", "hopper")
    code, out, err = run("plan", EXAMPLE, *hopper, "--seconds", "20", "--json")
    assert (code, err) == (0, "")
    file = tmp_path / "plan.json"
    file.write_text(out, encoding="utf-8")
    code, out, _ = run("verify", EXAMPLE, file, *hopper)
    assert code == 0
    assert out.splitlines()[-1].startswith("verified: ")
    # the same plan for the other racks
    code, out, _ = run("verify", EXAMPLE, file, "--json")
    assert code == 6
    assert json.loads(out)["violations"]


def test_what_is_not_a_plan_file_is_2(run, tmp_path):
    (tmp_path / "list.json").write_text("[]")
    for file in (EXAMPLE, tmp_path, tmp_path / "none.json", tmp_path / "list.json"):
        code, out, err = run("verify", EXAMPLE, file)
        assert (code, out) == (2, "")
        assert str(file) in err


# ---------------------------------------------------------------- things that go wrong inside


@pytest.mark.parametrize("error", [InternalError("rows do not add up"), KeyError("hall\x1b-1"), RecursionError("deep")])
def test_a_bug_is_70_without_a_traceback(run, answers, monkeypatch, error):
    monkeypatch.delenv("DCPLAN_DEBUG", raising=False)
    answers(check=error)
    code, out, err = run("check", EXAMPLE)
    assert (code, out) == (70, "")
    assert "report it" in err
    assert type(error).__name__ in err
    assert "Traceback" not in err
    assert "\x1b" not in err
    code, _, err = run("check", EXAMPLE, "--json")
    assert (code, json.loads(err)["kind"]) == (70, "internal")


def test_debug_shows_where(run, answers, monkeypatch):
    monkeypatch.setenv("DCPLAN_DEBUG", "1")
    answers(check=KeyError("hall"))
    assert "Traceback" in run("check", EXAMPLE)[2]


def test_a_formula_outside_its_range_is_2(run, answers):
    answers(check=OutsideRange("supply temperature", 95.0, 5.0, 60.0, "degC"))
    code, out, err = run("check", EXAMPLE)
    assert (code, out) == (2, "")
    assert "given 95 degC; valid from 5 to 60 degC" in err


def test_ctrl_c_is_130(run, answers):
    answers(check=KeyboardInterrupt())
    code, out, err = run("check", EXAMPLE)
    assert (code, out, err) == (130, "", "dcplan: interrupted\n")


def test_ascii_output_is_escaped_not_fatal(answers, monkeypatch):
    answers(plan=records.plan(site="Stra\u00dfe"))
    for arguments, words in (((), b"Stra\\xdfe"), (("--json",), b"Stra\\u00dfe")):
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
        assert cli.main(["plan", str(EXAMPLE), *arguments]) == 0
        assert words in raw.getvalue()


# ---------------------------------------------------------------- catalog and schema


def test_specs(run):
    code, out, _ = run("specs")
    assert code == 0
    assert "gb300-nvl72" in out
    assert "cummins-dqkan-2500" in out
    code, out, _ = run("specs", "generator")
    assert code == 0
    assert "gb300-nvl72" not in out
    code, out, _ = run("specs", "gb300-nvl72")
    assert code == 0
    assert "135 kW" in out
    assert "https://" in out
    assert "high" in out


def test_specs_as_json(run):
    data = json.loads(run("specs", "gb300-nvl72", "--json")[1])
    assert data["schema_version"] == "dcplan.specs/1"
    heat = data["specs"]["gb300-nvl72"]["heat"]
    assert heat["value"] == "135 kW"
    assert data["sources"][heat["source"]]["url"].startswith("https://")


def test_the_schema_is_valid_2020_12(run):
    schema = json.loads(run("schema")[1])
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema == site_schema()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_satisfy_the_schema(path):
    validator = jsonschema.Draft202012Validator(site_schema())
    assert [error.message for error in validator.iter_errors(read_yaml(path).data)] == []


SPEC = {"family": "utility_service", "maker": "here", "model": "ours", "power": "5 MW"}


@pytest.mark.parametrize(
    ("place", "value", "good"),
    [
        ("place.altitude", "120 m", True),
        ("place.altitude", {"value": "120 m", "source": "x", "confidence": "high"}, True),
        ("place.altitude", "120 kW", False),
        ("place.altitude", 120, False),
        ("place.altitude", {"vlaue": "120 m"}, False),
        ("start", "2027-1-4", False),
        ("halls", {}, False),
        ("halls", {"-hall": {}}, False),
        ("nonsense", 1, False),
        ("specs", {"ours": SPEC}, True),
        ("specs", {"ours": {**SPEC, "power": "5 MVA"}}, False),
        ("specs", {"ours": {key: SPEC[key] for key in ("maker", "model", "power")}}, False),
        ("specs", {"ours": {"extends": "gb300-nvl72", "heat": "140 kW"}}, True),
        ("specs", {"ours": {"extends": "gb300-nvl72", "liquid": {"supply_max": "40 degC"}}}, True),
        ("specs", {"ours": {"extends": "gb300-nvl72", "haet": "140 kW"}}, False),
    ],
)
def test_the_schema_accepts_what_the_loader_accepts(place, value, good):
    data = read_yaml(EXAMPLE).data
    *parents, last = place.split(".")
    node = data
    for step in parents:
        node = node[step]
    node[last] = value
    assert jsonschema.Draft202012Validator(site_schema()).is_valid(data) is good


# ---------------------------------------------------------------- as a process


def process(*arguments: str, **options):
    command = [sys.executable, "-m", "dcplan", *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, check=False, cwd=ROOT, **options)


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from dcplan.cli import main; [main([a]) for a in ('--help', '--version')]; "
        "print([n for n in ('pint', 'pydantic', 'pydantic_core', 'ortools', 'yaml') if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.splitlines()[-1] == "[]"


def test_a_closed_pipe_is_quiet():
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "dcplan", "specs", "--json"]
    found = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False, cwd=ROOT)
    os.close(writer)
    assert (found.returncode, found.stderr) == (141, b"")


def test_an_ascii_terminal_does_not_stop_it():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    found = process("specs", "gb300-nvl72", env=environment)
    assert found.returncode == 0, found.stderr
    assert found.stdout.isascii()


@pytest.mark.parametrize("arguments", [["--help"], ["specs"], ["specs", "--json"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_cannot_be_written_is_told(arguments, unbuffered):
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "dcplan", *arguments],
            stdout=full, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    assert ended.returncode == 2
    assert "No space left on device" in ended.stderr
    assert "Traceback" not in ended.stderr
    if "--json" in arguments:
        assert json.loads(ended.stderr)["problems"][0]["file"] == "standard output"
    else:
        assert ended.stderr.startswith("dcplan: the output could not be written: ")


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "site", ["bridge_power", pytest.param("colo_48_nvl72", marks=SLOW), pytest.param("mixed", marks=SLOW)]
)
def test_deterministic_plans_are_the_same_bytes(tmp_path, site):
    """Two processes, with sets and dictionaries hashed otherwise; proven, and stopped by the limit on work."""
    path = ROOT / "examples" / f"{site}.yaml"
    if site == "mixed":
        path = tmp_path / "mixed.yaml"
        path.write_text(json.dumps(site_data(Case(16, 2, mixed=True))))
    command = [sys.executable, "-m", "dcplan", "plan", path, "--deterministic", "--seconds", "1", "--json"]
    one, other = (
        subprocess.run(command, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed}, cwd=ROOT, check=True)
        for seed in "12"
    )
    assert one.stdout == other.stdout
    assert json.loads(one.stdout)["verified"]
