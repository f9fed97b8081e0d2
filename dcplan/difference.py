"""The record of what differs between two plans of one site. Written as JSON."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from dcplan.answer import Amount, Count, Event, Many, Part, Text


class Shift(Part):
    """A date in the old plan and in the new one."""

    old: date
    new: date
    days: int = Field(description="How much later it is in the new plan; below zero: earlier.")


class Fact(Part):
    """Something that both plans say of themselves, in words."""

    name: Text
    old: Text
    new: Text


class AmountChange(Part):
    """An amount in the old plan and in the new one; None where a plan has none."""

    name: Text
    unit: Text
    old: Amount | None
    new: Amount | None
    change: Amount | None


class Bought(Part):
    """Units of one upgrade at one place (positions, for a floor), where the plans do not buy the same."""

    kind: Literal["added", "dropped", "more", "fewer", "retyped"]
    upgrade: Text
    spec: Text
    place: Text
    expedite: Text | None
    old: Count
    new: Count
    cost: Amount | None = Field(description="Change of what they cost together.")
    instead_of: Text | None = Field(default=None, description="Retyped: what the old plan buys there instead.")


class OffHire(Part):
    """The day on which hired units are given back; None in a plan in which they stay."""

    old: date | None
    new: date | None


class MovedLot(Part):
    """Units of one upgrade at one place that both plans buy, by the same dates in each, but not in both."""

    upgrade: Text
    spec: Text
    place: Text
    count: Count
    order: Shift
    install: Shift
    counted: Shift
    off_hire: OffHire | None = Field(default=None, description="Of hired units: when they are given back.")


class MovedSus(Part):
    """SUs of one deployment with the same dates in each plan, but not in both."""

    deployment: Text
    hall: Text
    old_hall: Text
    sus: Many[Text] = Field(description="Their names in the new plan.")
    energise: Shift
    acceptance: Shift
    gated_by: Text = Field(description="What gates them in the new plan.")
    old_gated_by: Text


class CountedSus(Part):
    """How many SUs of a deployment the plans have, where that is not the same number."""

    deployment: Text
    old: Count
    new: Count


class MovedWindow(Part):
    """A payment window whose dates or amount are not the same."""

    scope: Text = Field(description="`all`, or a deployment.")
    amount: AmountChange
    planned: Shift
    best: Shift
    worst: Shift


class MovedCash(Part):
    """Receipts of one milestone of a deployment, earliest with earliest, where they are not the same."""

    deployment: Text
    event: Event
    share: Amount
    amount: AmountChange
    receipts: Count = Field(description="Receipts in both plans.")
    moved: Count = Field(description="Those whose planned date moves.")
    days: Amount = Field(description="How much later they come in the mean, those that stay included.")
    last: Shift


class Difference(Part):
    """What differs between two plans, from the old one to the new one."""

    schema_version: Literal["dcplan.diff/1"] = "dcplan.diff/1"
    site: Text
    currency: Text
    same: bool = Field(description="Whether nothing that is compared differs.")
    warnings: Many[Text] = Field(description="Why the plans may not be comparable.")
    facts: Many[Fact]
    amounts: Many[AmountChange]
    purchases: Many[Bought]
    lots: Many[MovedLot]
    sus: Many[MovedSus]
    deployments: Many[CountedSus]
    windows: Many[MovedWindow]
    milestones: Many[MovedCash]

    def __str__(self) -> str:
        """The difference as readable text."""
        from dcplan.report.diff_text import diff_text

        return diff_text(self)
