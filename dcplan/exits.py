"""The exit codes of the command line, which scripts may rely on."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a script sees."""

    FINE = 0
    USAGE = 1
    INPUT = 2
    INFEASIBLE = 3
    CHECK_FAILS = 4
    NO_PLAN = 5
    NOT_VERIFIED = 6
    WIDE_GAP = 7
    INTERNAL = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


EXIT_CODES = """\
exit codes:
  0 fine   1 wrong usage   2 invalid input or unreadable file   3 infeasible   4 a line of the check fails
  5 no plan within the search limit   6 verification failed   7 gap wider than --max-gap
  70 internal error   130 interrupted   141 the reader of the output went away
"""


class UsageError(Exception):
    """The command line itself is wrong; holds its usage line and what to say."""

    def __init__(self, usage: str, message: str) -> None:
        self.usage, self.message = usage, message
        super().__init__(usage, message)
