"""The record of a front: what less delay costs, point by point, each a verified plan with its bound. Leaf of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from dcplan.answer import Amount, Count, Many, Outcome, Part, Plan, Settings, Stage, Text


class Point(Part):
    """The cheapest plan found with at most so much delay."""

    most: Amount = Field(description="Delay it was held to [day].")
    delay: Amount = Field(description="Value-weighted mean delay of its plan [day].")
    cost: Amount = Field(description="All purchases, hires and reinforcements at their price, whoever pays.")
    bound: Amount | None = Field(description="No plan with a delay of at most `most` costs less.")
    gap: Amount | None = Field(description="(cost - bound) / cost.")
    gap_money: Amount | None
    week: Amount | None = Field(description="What a week less costs between the next point and this; None in the last.")
    accepted: date = Field(description="Last acceptance.")
    paid: date | None = Field(description="Mean date of cash, over milestones that depend on readiness.")
    bought: Mapping[Text, Count] = Field(description="Units bought per upgrade, expedited ones apart.")
    plan: Plan


class Front(Part):
    """Cost against delay of one site: points in order of delay, none dominated by another."""

    schema_version: Literal["dcplan.front/1"] = "dcplan.front/1"
    site: Text
    file: Text
    input_sha256: Text
    currency: Text
    status: Outcome = Field(description="optimal: every bound is met.")
    reasons: Many[Text] = Field(description="Why there is no plan; empty when there is one.")
    points: Many[Point]
    earliest: Many[Stage] = Field(description="What the search for the earliest plan came to.")
    cheapest: Many[Stage] = Field(description="What the search for the cheapest plan came to.")
    dropped: Many[Text] = Field(description="Limits on delay that gave no point of their own, and why.")
    untried: Count = Field(description="Limits on delay that were not got to.")
    settings: Settings

    def __str__(self) -> str:
        """The front as readable text."""
        from dcplan.report.front_text import front_text

        return front_text(self)
