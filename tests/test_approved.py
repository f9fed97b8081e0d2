"""What the check prints of whole sites, and the verifier of whole plans, to the last digit and word."""

from __future__ import annotations

import pytest
from approve import approved, differences, names, others, plans, printout, verdicts

AGAIN = "python -m tests.approve, then read the diff"


@pytest.mark.parametrize("name", names())
def test_printout_is_the_one_that_was_approved(name: str) -> None:
    assert printout(name) == approved(name).read_text(encoding="utf-8"), AGAIN


@pytest.mark.parametrize("name", plans())
def test_verdicts_are_those_that_were_approved(name: str) -> None:
    assert "".join(verdicts(name)) == approved(name).read_text(encoding="utf-8"), AGAIN


@pytest.mark.parametrize("name", others())
def test_lines_of_a_changed_site_are_those_that_were_approved(name: str) -> None:
    assert "".join(differences(name)) == approved(name).read_text(encoding="utf-8"), AGAIN
