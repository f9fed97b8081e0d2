"""How a search is getting on: one line on a terminal that is rewritten in place and gone in the end."""

from __future__ import annotations

import math
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from dcplan.report.table import money

DAYS = "days"
"""Stands for the currency where a delay is minimised."""


def told(objective: float | None, bound: float | None, currency: str) -> str:
    """What is known so far, in words.

    Parameters
    ----------
    objective : float, optional
        Of the best plan.
    bound : float, optional
        No plan costs less.
    currency : str
        Or :data:`DAYS`.

    Returns
    -------
    str

    Examples
    --------
    >>> told(12e6, 11.9e6, "USD")
    'a plan of 12,000,000 USD; none below 11,900,000 USD; gap 0.84 %'
    >>> told(None, 0.0, "USD"), told(12e6, None, "USD")
    ('no plan yet', 'a plan of 12,000,000 USD; no useful bound yet')
    """
    useful = bound is not None and bound > 0
    below = f"none below {money(bound, currency)}" if useful else "no useful bound yet"
    if objective is None:
        return f"no plan yet; {below}" if useful else "no plan yet"
    gap = ""
    if bound is not None and useful and objective > 0:
        gap = f"; gap {math.ceil(1e4 * max(0.0, objective - bound) / objective - 1e-9) / 100:.2f} %"
    return f"a plan of {money(objective, currency)}; {below}{gap}"


class Shown:
    """Shows progress while it is entered, with a clock that runs on while a solver is silent.

    Parameters
    ----------
    stream : TextIO
        A terminal; anything else is left alone.
    currency : str
        Of the site.
    """

    def __init__(self, stream: TextIO, currency: str) -> None:
        self.currency = self.site_currency = currency
        self.words = ""
        words = TextColumn("{task.description}", markup=False)
        console = Console(file=stream, highlight=False)
        columns = (SpinnerColumn("line"), TimeElapsedColumn(), words)
        watched = stream.isatty()
        self.line = Progress(*columns, console=console, transient=True, refresh_per_second=4, disable=not watched)
        self.task = self.line.add_task(told(None, None, currency), total=None)

    def __call__(self, seconds: float, objective: float | None, bound: float | None) -> None:
        """Tell what is known now."""
        self.line.update(self.task, description=self.words + told(objective, bound, self.currency))

    def start(self, words: str) -> None:
        """From now on one search of several is told of."""
        self.words = f"{words}: "

    def begin(self, aim: str) -> None:
        """From now on a delay or a cost is told of."""
        self.currency = DAYS if aim == "delay" else self.site_currency
        self(0.0, None, None)

    def __enter__(self) -> Shown:
        self.line.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.line.stop()
