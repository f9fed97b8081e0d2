"""Whether Ctrl-C was pressed: recorded when it comes, so that nothing it breaks into can swallow it.

Python raises KeyboardInterrupt wherever it happens to be: inside an import that reports it as a failed import, or in a
callback that ignores it. The record outlives both, and is asked for between stages of work.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

_pressed = False


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


def _record(*_: Any) -> NoReturn:
    global _pressed
    _pressed = True
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
