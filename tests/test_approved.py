"""What the check prints of whole sites, and the verifier of whole plans, to the last digit and word."""

from __future__ import annotations

import pytest
from approve import approved, every


@pytest.mark.parametrize("name", every())
def test_printout_is_the_one_that_was_approved(name: str) -> None:
    found = "".join(every()[name](name))
    assert found == approved(name).read_text(encoding="utf-8"), "python -m tests.approve, then read the diff"
