"""The record of an explanation: what conflicts and what would cure it, or why a plan is what it is. Written as JSON."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from dcplan.answer import Amount, Count, Many, Outcome, Part, Settings, Text

Known = Literal["yes", "no", "unknown"]


class StatedLimit(Part):
    """A limit that the site file sets itself."""

    id: Text
    words: Text
    where: Text = Field(description="File and line.")


class Conflict(Part):
    """A smallest set of limits that cannot all be kept, whatever becomes of all others."""

    limits: Many[StatedLimit] = Field(description="Empty: there is no plan whatever limit is lifted.")
    minimal: Known = Field(description="yes: without each one of them alone a verified plan was found.")
    reasons: Many[Text] = Field(description="What is plain of the site with only these limits.")


class Loosened(Part):
    """One limit of a cure and how far it has to give."""

    limit: Text = Field(description="Id of the limit.")
    words: Text
    settings: Many[Text] = Field(description="PATH=VALUE as --set takes them.")
    share: Amount | None = Field(description="Change as a part of the limit; of a date, of the plan. None: lifted.")
    least: bool = Field(description="Whether one step less is proven not to do, the others as they are.")


class Cure(Part):
    """Limits to loosen together; none of them is loosened for nothing."""

    changes: Many[Loosened]
    share: Amount | None = Field(description="Sum of the shares: what cures are ranked by, after their number.")
    verified: bool = Field(description="Whether the file with these settings was planned and the plan verified.")
    value: Amount | None = Field(description="Objective of that plan.")
    bound: Amount | None
    accepted: date | None = Field(description="Last acceptance in that plan.")
    gates: Many[Text] = Field(description="What gates the last SUs in it.")


class Explanation(Part):
    """Why a site has no plan, or why its plan is what it is."""

    schema_version: Literal["dcplan.explanation/1"] = "dcplan.explanation/1"
    site: Text
    file: Text
    input_sha256: Text
    currency: Text
    status: Outcome
    conflicts: Many[Conflict]
    cures: Many[Cure] = Field(description="Fewest limits first, then the smallest sum of shares.")
    complete: bool = Field(description="Whether there are provably no other conflicts and cures.")
    unknown: Many[Text] = Field(description="What was asked and could not be decided in time.")
    tried: Count = Field(description="Changes of the file that were tried.")
    settings: Settings

    def __str__(self) -> str:
        """The explanation as readable text."""
        from dcplan.report.explain_text import explain_text

        return explain_text(self)
