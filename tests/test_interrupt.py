"""Ctrl-C at any moment ends a command with code 130, also where what it broke into hides it."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dcplan import cli
from dcplan.interrupt import pressed, recorded, stop_if_pressed

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
