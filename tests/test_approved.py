"""What the check prints of whole sites, to the last digit and word."""

from __future__ import annotations

import pytest
from approve import approved, names, printout


@pytest.mark.parametrize("name", names())
def test_printout_is_the_one_that_was_approved(name: str) -> None:
    assert printout(name) == approved(name).read_text(encoding="utf-8"), "python -m tests.approve, then read the diff"
