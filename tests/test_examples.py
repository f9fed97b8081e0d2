"""The examples: every script runs, and the sites come out as their first lines say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from dcplan import check, load, plan

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 8.0
FAMILIES = {"generator": {"generator"}, "cdu": {"cdu"}, "heat rejection": {"dry_cooler", "chiller"}}


def script(name: str, *arguments: str, folder: Path) -> str:
    found = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples" / f"{name}.py"), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


# ---------------------------------------------------------------- scripts


def test_every_site_has_its_script():
    scripts = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert scripts == {path.stem for path in (ROOT / "examples").glob("*.yaml")}


def test_hopper_to_blackwell_script(tmp_path):
    out = script("hopper_to_blackwell", "--seconds", "5", folder=tmp_path)
    hopper, blackwell = out.split("Blackwell racks")
    assert "buys: nothing" in hopper
    assert "moves by 0.0 days" in hopper
    assert "falls short: generator.site" in blackwell
    assert out.count("verified: True") == 2


def test_colo_script(tmp_path):
    out = script("colo_48_nvl72", "--seconds", "6", "--save", "plan.json", folder=tmp_path)
    assert "verified: True" in out.splitlines()[0]
    assert out.count("is accepted on") == 6
    verdict = subprocess.run(
        [sys.executable, "-m", "dcplan", "verify", str(ROOT / "examples" / "colo_48_nvl72.yaml"), "plan.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_two_loops_script(tmp_path):
    """The warmest water that dry coolers make and that asks for the fewest CDUs; chillers where no dry cooler works."""
    out = script("two_loops", "--seconds", "8", folder=tmp_path)
    mild, temperate, hot = (part.splitlines() for part in re.split(r"\n(?=temperate:|hot:)", out))
    assert [part[0].split(" (")[0] for part in (mild, temperate, hot)] == [
        "mild: 36 degC", "temperate: 41 degC", "hot: 18 degC"
    ]  # fmt: skip
    assert out.count("verified: True") == 3
    assert re.search(r"dry-cooler-1200 1,1\d\d kW each", mild[3])
    assert "more coolit-chx2000" in mild[4]
    assert "dry-cooler-1200 cannot make this water at design air" in temperate[3]
    assert re.search(r"carrier-30xa-1000 1,0\d\d kW each", hot[1])
    assert all("dry-cooler-1200 cannot make this water at design air" in line for line in hot[1:])


def test_four_trains_script(tmp_path):
    """3.6 MW on sets of 3 MW and 2.4 MW on modules of 1.5 MW: two of each carry it; by cords each train has a third."""
    out = script("four_trains", "--seconds", "5", folder=tmp_path)
    lines = out.splitlines()
    assert [line.split(";")[0] for line in lines[::2]] == [
        "N+1 by unit: 3 x genset, 3 x ups",
        "2N by side: 4 x genset, 4 x ups",
        "2(N+1) by side: 6 x genset, 6 x ups",
        "3N/4 by train: 3 x genset, 4 x ups",
    ]
    assert out.count("verified: True") == 4
    assert "{'A': 1, 'B': 1, 'C': 1, 'D': 1}" in lines[-1]


def test_three_causes_script(tmp_path):
    """The lift carries no rack, the cap no fourth set, and that set comes in 60 weeks: three sets, one cure."""
    lines = script("three_causes", "--seconds", "40", folder=tmp_path).splitlines()
    assert lines[0].startswith("Three causes: infeasible, ")
    assert lines[1:4] == [
        "  1. cannot be kept: deadline of deployment alpha: 2028-03-31",
        "  2. cannot be kept: permit cap on installed generator power: 7100 kW",
        "  3. cannot be kept: rated mass of lift freight-lift, on the route to hall-1: 1350 kg",
    ]
    assert [line.partition(" -> ")[2] for line in lines[4:7]] == [
        "2028-05-18 (+48 d)", "7900 kW (+800 kW)", "1370 kg (+20 kg)"
    ]  # fmt: skip
    assert "verified: True, accepted by 2028-05-" in lines[7]
    assert len(lines) == 8


def test_bridge_power_script(tmp_path):
    """Power is hired where a day of delay costs more than rent and fuel; dearer sets are bought that ship sooner."""
    out = script("bridge_power", "--seconds", "40", folder=tmp_path)
    dear, patient, sooner = (part.splitlines() for part in re.split(r"\n(?=3,000|short)", out.strip()))
    assert [part[0].split(";")[0] for part in (dear, patient, sooner)] == [
        "60,000 USD a day: optimal, verified: True",
        "3,000 USD a day: optimal, verified: True",
        "short of backup: optimal, verified: True",
    ]
    assert dear[1] == "  3 x bridge"
    assert all(line.startswith("  hired until 2028-06-03: 512,571 of rent, 2,589,086 of fuel") for line in dear[2:])
    assert len(dear) == 5
    assert (len(patient), patient[0].split("; ")[1]) == (1, "accepted by 2028-06-13")
    assert sooner[1:] == ["  3 x stock-set"]


def test_ready_site_script(tmp_path):
    out = script("ready_site", folder=tmp_path)
    assert ", 0 fail," in out
    assert "optimal: 0 EUR to spend, 0 units to buy" in out
    assert "late by 0 SU-days" in out
    assert "verified again: True" in out


def test_reference_hall_script(tmp_path):
    """Published counts hold with the coolant they are published for; with the warmest, flow runs out first."""
    out = script("reference_hall", folder=tmp_path)
    assert "one scalable unit: 1,185 kW here, 1,200 kW published" in out
    assert "pass, 0 fail, 1 are open" in out
    assert "4 of 5 CDUs with 40 degC coolant: pass" in out
    assert "4 of 5 CDUs with 45 degC coolant: fail" in out
    assert "optimal: 0 EUR to spend, late by 0 SU-days" in out
    assert "verified: True" in out


# ---------------------------------------------------------------- (a) one hall, two generations


@pytest.fixture(scope="module")
def blackwell():
    site = load(ROOT / "examples" / "hopper_to_blackwell.yaml")
    return site, plan(site, seconds=SECONDS)


def test_hopper_racks_are_ready_at_once():
    site = load(ROOT / "examples" / "hopper_to_blackwell.yaml", scenario="hopper")
    assert check(site).gates is None
    answer = plan(site, seconds=SECONDS)
    assert (answer.status, answer.verified) == ("optimal", True)
    assert answer.units == ()
    assert all(su.reinforcement is None and su.delay_days == 0 for su in answer.sus)
    assert answer.purchases == 0
    assert [window.delay_days for window in answer.payments.windows] == [0.0] * len(answer.payments.windows)


def test_blackwell_racks_need_generators_liquid_cooling_and_floor(blackwell):
    site, answer = blackwell
    assert answer.verified
    bought = {site.specs[unit.spec].family for unit in answer.units}
    for system, families in FAMILIES.items():
        assert bought & families, system
    assert sum(su.reinforcement.positions for su in answer.sus if su.reinforcement is not None) == 32


def test_the_payment_window_moves_by_the_weighted_days(blackwell):
    """The delay is that of the milestones that wait for the site, each weighted with its money."""
    _, answer = blackwell
    waiting = [cash for cash in answer.payments.milestones if cash.readiness]
    money = sum(cash.amount for cash in waiting)
    (window,) = [window for window in answer.payments.windows if window.scope == "alpha"]
    for name in ("planned", "ready", "best", "worst"):
        day = sum(cash.amount * getattr(cash, name).toordinal() for cash in waiting) / money
        assert getattr(window, name).toordinal() == pytest.approx(day, abs=1), name
    weighted = sum(cash.amount * (cash.planned - cash.ready).days for cash in waiting) / money
    assert window.delay_days == pytest.approx(weighted)
    assert window.delay_days > 0
    assert window.best <= window.planned <= window.worst


def test_what_falls_short_is_what_is_bought(blackwell):
    site, _ = blackwell
    short = {line.id.partition(".")[0] for line in check(site).lines if line.verdict == "fail"}
    assert {"generator", "cdu", "heat_rejection", "floor_point"} <= short


# ---------------------------------------------------------------- (c) ready


def test_what_is_bought_is_no_longer_missing_from_what_is_checked(blackwell):
    _, blackwell = blackwell
    unchecked = " ".join(blackwell.not_checked)
    assert "loop_supply.warm" not in unchecked
    assert "no CDU stands" not in unchecked
    assert "dew_point.hall-1" in unchecked


def test_units_are_in_service_when_their_test_ends(blackwell):
    _, blackwell = blackwell
    lines = str(blackwell).partition("BUY AND BUILD")[2].partition("SCALABLE UNITS")[0].splitlines()
    ends = {str(test.end) for test in blackwell.tests}
    bought = [line.split() for line in lines if "dry-cooler" in line or "genset" in line]
    assert bought
    for row in bought:
        dates = [word for word in row if word.startswith("202")]
        assert dates[2] in ends, row


def test_ready_site_passes_every_line_that_is_checked():
    found = check(load(ROOT / "examples" / "ready_site.yaml"))
    assert {line.verdict for line in found.lines} == {"pass", "not checked"}
    assert found.gates is None
    assert found.warnings == ()


# ---------------------------------------------------------------- (d) published


def test_the_reference_hall_overrides_no_spec_and_leaves_little_unchecked():
    model = load(ROOT / "examples" / "reference_hall.yaml")
    assert model.site.specs == {}
    assert [line.id for line in check(model).lines if line.verdict == "not checked"] == [
        "plant_floor.data-hall.vertiv-xdu1350",  # nobody publishes its mass
        "air_supply.data-hall",  # no maker states the air that goes with a fan wall's heat
        "ride_through.data-hall",  # batteries are not looked at
        "loop_back.chilled",  # what air of its electrical rooms warms it is not stated
    ]


def test_the_reference_hall_takes_gb200_too():
    found = check(load(ROOT / "examples" / "reference_hall.yaml", scenario="gb200"))
    assert found.count("fail") == 0
    assert [line.id.partition(".")[0] for line in found.lines if line.verdict == "not checked"] == [
        "plant_floor", "air_supply", "ride_through", "loop_back", "peak"
    ]  # fmt: skip


def test_the_reference_hall_needs_what_makers_publish():
    """Feed current of 142 kW, and coolant of 32 racks by the maker's flow table, within its rounding to L/min."""
    lines = {line.id: line for line in check(load(ROOT / "examples" / "reference_hall.yaml")).lines}
    tap = lines["feed_tap.data-hall.gb300-nvl72"].required
    assert tap == pytest.approx(142e3 / 0.98 / (3**0.5 * 415), rel=1e-6)
    assert lines["cdu_flow.data-hall"].required == pytest.approx(32 * 119, rel=0.01)
    heat = lines["cdu.data-hall"]
    assert heat.available == pytest.approx(4 * 1368)
    assert heat.required == pytest.approx(32 * 0.9 * 135, rel=0.02)  # and the heat of the pumps


# ---------------------------------------------------------------- what a check costs

TIMED = """
import sys, time
start = time.perf_counter()
import numpy, pint, pydantic, tabulate, yaml
imported = time.perf_counter() - start
start = time.perf_counter()
from dcplan import cli
code = cli.main(["check", sys.argv[1], "--json"])
checked = time.perf_counter() - start
loaded = [name for name in sys.modules if name.partition(".")[0] == "ortools"]
print(code, loaded, f"{imported:.2f} s importing, {checked:.2f} s more for the check", file=sys.stderr)
sys.exit(bool(loaded))
"""


@pytest.mark.parametrize("site", sorted(path.name for path in (ROOT / "examples").glob("*.yaml")))
def test_a_check_never_imports_ortools(site):
    """Its time is printed (`pytest -s`), not asserted: machines differ."""
    found = subprocess.run(
        [sys.executable, "-c", TIMED, str(ROOT / "examples" / site)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    print(f"{site}: {found.stderr.strip()}")
    assert found.returncode == 0, found.stderr
