"""Ctrl-C at any moment ends a command with code 130, also where what it broke into hides it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tiny import TEXT

from dcplan import cli, planner
from dcplan.interrupt import held, pressed, recorded, stop_if_pressed
from dcplan.solver.grid import GridModel
from dcplan.solver.search import Result, Status
from dcplan.solver.variants import Variants

SITE = Path(__file__).parent.parent / "examples" / "hopper_to_blackwell.yaml"


@pytest.fixture
def usual():
    """Python's own handler, as in a process of its own."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press():
    """Ctrl-C, broken into something that hides it."""
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        return
    pytest.fail("Ctrl-C was not raised")


def test_a_swallowed_interrupt_is_remembered(usual):
    with recorded():
        stop_if_pressed()
        press()
        assert pressed()
        with pytest.raises(KeyboardInterrupt):
            stop_if_pressed()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not pressed()


def test_a_first_interrupt_can_wait_for_what_is_nearly_done(usual):
    with recorded():
        with held():
            signal.raise_signal(signal.SIGINT)
            assert pressed()
            press()
        press()
    with recorded():
        press()
        with held():
            press()


def test_a_command_told_to_ignore_it_goes_on_ignoring_it(usual):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with recorded():
        signal.raise_signal(signal.SIGINT)
        assert not pressed()


@pytest.mark.parametrize("after", ["an error", "an answer"])
def test_what_hides_it_does_not_change_the_code(usual, monkeypatch, capsys, after):
    def hiding(*_, **__):
        press()
        if after == "an error":
            raise ImportError("initialization failed")
        return object()

    monkeypatch.setattr("dcplan.loading.load", hiding)
    assert cli.main(["check", str(SITE)]) == 130
    out, err = capsys.readouterr()
    assert (out, err) == ("", "dcplan: interrupted\n")


@pytest.fixture
def tiny_site(tmp_path):
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    return str(path)


def pressing(instead_of):
    """Ctrl-C, and then what would have been done."""

    def work(*given, **named):
        signal.raise_signal(signal.SIGINT)
        return instead_of(*given, **named)

    return work


@pytest.mark.parametrize("at", ["the first grid", "verification"])
def test_an_interrupted_plan_is_verified_and_printed(usual, monkeypatch, capsys, tiny_site, at):
    module, name = (GridModel, "add_cover") if at == "the first grid" else (planner, "verify")
    monkeypatch.setattr(module, name, pressing(getattr(module, name)))
    assert cli.main(["plan", tiny_site, "--json"]) == 130
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["verified"], len(found["sus"])) == (True, 2)
    assert found["status"] == ("interrupted" if at == "the first grid" else "optimal")
    assert err in ("", "dcplan: interrupted\n")


def test_interrupted_before_a_plan_the_limit_is_not_blamed(usual, monkeypatch, capsys, tiny_site):
    def nothing(problems, *_):
        result = Result(Status.INTERRUPTED, None, None, 0, 0.0)
        return Variants((result,) * len(problems), 0, result)

    monkeypatch.setattr(planner, "optimise_variants", nothing)
    assert cli.main(["plan", tiny_site, "--json"]) == 130
    (reason,) = json.loads(capsys.readouterr().out)["reasons"]
    assert reason == "the search was interrupted before it found a plan; whether there is one is not known"


def test_an_interrupt_while_reasons_are_looked_for_leaves_infeasible(usual, monkeypatch, capsys, tiny_site):
    monkeypatch.setattr(planner, "reasons_against", pressing(planner.reasons_against))
    assert cli.main(["plan", tiny_site, "--json", "--set", "limits.budget=1 USD"]) == 130
    found = json.loads(capsys.readouterr().out)
    assert (found["status"], len(found["reasons"])) == ("infeasible", 1)
    assert found["reasons"][0] == "`limits.budget`: the SUs need 4,000 USD, and 1 USD is left"


@pytest.mark.parametrize("seconds", [0.6, 1.2, 2.2])
def test_a_plan_is_interrupted_whatever_it_is_at(seconds):
    # some runs of a test are started with the signal ignored
    start = (
        "import signal, runpy; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "runpy.run_module('dcplan', run_name='__main__')"
    )
    arguments = [sys.executable, "-c", start, "plan", str(SITE), "--seconds", "40"]
    running = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(seconds)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=15)
    assert running.returncode == 130, err
    assert "Traceback" not in err
