"""Whether Ctrl-C was pressed: recorded when it comes, so that nothing it breaks into can swallow it.

Python raises KeyboardInterrupt wherever it happens to be: inside an import that reports it as a failed import, or in a
callback that ignores it. The record outlives both, and is asked for between stages of work.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_pressed = False
_held = False


@contextmanager
def recorded() -> Iterator[None]:
    """Record SIGINT inside the block, and raise KeyboardInterrupt as ever; what ignores the signal goes on doing so."""
    global _pressed
    usual = threading.current_thread() is threading.main_thread()
    if not usual or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _record)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _pressed = False


@contextmanager
def held() -> Iterator[None]:
    """Record a first Ctrl-C inside the block without raising: what was found is still made presentable, and shown.

    One that follows another is raised as ever. Where none is recorded, this changes nothing.
    """
    global _held
    before, _held = _held, True
    try:
        yield
    finally:
        _held = before


def _record(*_: Any) -> None:
    global _pressed
    first, _pressed = not _pressed, True
    if not (first and _held):
        raise KeyboardInterrupt


def pressed() -> bool:
    """Whether it was pressed while it is recorded."""
    return _pressed


def stop_if_pressed() -> None:
    """Raise KeyboardInterrupt if an earlier one may have been swallowed.

    Raises
    ------
    KeyboardInterrupt
    """
    if _pressed:
        raise KeyboardInterrupt
