"""The benchmark command measures what it says, keeps what it has measured, and prints medians."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks import run
from tests.benchmarks.family import CASES, Case
from tests.benchmarks.measure import PLANNERS, Run, case_of, measure


@pytest.mark.parametrize("planner", PLANNERS)
def test_one_run(planner: str):
    before, found = measure(Case(2, 1), planner, 3.0, seed=0)
    assert not before.verified
    assert (before.objective, before.bound, before.first) == (found.objective, found.bound, None)
    assert (found.case, found.planner, found.seconds, found.seed) == ("2/1", planner, 3.0, 0)
    assert found.build is not None
    assert found.memory is not None
    assert 50 < found.memory < 1000
    if planner != "weekly":  # which may well find nothing in so short a time
        assert found.verified
        assert found.first is not None
        assert found.verification is not None
        assert found.objective is not None
        assert found.build < found.first < 10
        assert found.verification < found.first
        assert found.objective >= 16.9265 - 1e-9
        assert found.bound is None or found.bound <= 16.9265 + 1e-9


def test_cases_are_named():
    assert [case_of(case.name) for case in CASES] == list(CASES)
    with pytest.raises(ValueError, match="no case is named '8x1'"):
        case_of("8x1")


def made(seed: int, **fields: object) -> Run:
    usual = {"build": 0.1, "first": 2.0 + seed, "objective": 100.0, "bound": 99.0, "memory": 150.0, "verified": True}
    return Run("16/2", "dcplan", 10.0, seed, "feasible", **{**usual, **fields})  # type: ignore[arg-type]


def test_medians_count_what_is_missing_as_the_worst():
    assert run.median([3.0, None, 1.0]) == 3.0
    assert run.median([None, None, 1.0]) is None
    assert run.median([3.0, None, 1.0], least=True) == 1.0
    assert run.median([]) is None


def test_the_table_has_the_medians_of_the_seeds():
    runs = [made(0), made(1, bound=98.0), made(2, bound=None, verified=False)]
    (line,) = [line for line in run.table(runs).splitlines() if "dcplan" in line]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells == ["16/2", "10 s", "dcplan", "0.10", "3.00", "100.000", "98.000", "2.00", "-", "150", "2/3"]


def test_growth_is_the_ratio_of_times_as_sites_double():
    times = {"16/2": 2.0, "32/4": 5.0, "64/8": None}
    runs = [Run(case, "dcplan", 60.0, 0, "feasible", close=close, memory=1.0) for case, close in times.items()]
    line = run.growth(runs).splitlines()[-1]
    assert [cell.strip() for cell in line.strip("|").split("|")] == ["dcplan", "2.00", "5.00", "-", "2.5", "-"]


def test_the_command_keeps_its_runs_and_does_not_repeat_them(tmp_path, capsys):
    kept = tmp_path / "runs.json"
    asked = ["--cases", "2/1", "--seconds", "2", "--seeds", "1", "--planners", "intervals", "--no-campus"]
    run.main([*asked, "--json", str(kept)])
    first = capsys.readouterr()
    (record,) = json.loads(kept.read_text(encoding="utf-8"))
    assert record["verified"]
    assert "2/1, intervals, 2 s, seed 0: optimal" in first.err
    run.main([*asked, "--json", str(kept)])
    again = capsys.readouterr()
    assert not again.err
    assert again.out == first.out
    assert "| 2/1" in again.out


def test_a_run_that_fails_is_told():
    failed = run.one("2/1", "nobody", 1.0, 0)
    assert (failed.memory, failed.verified) == (None, False)
    assert "nobody" in failed.status
    assert "no result: 2/1, nobody" in run.report([failed])
