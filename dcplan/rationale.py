"""The record of why a plan is what it is: its gates, the worth of its choices, what is left over. Written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from dcplan.answer import Amount, Count, Many, Outcome, Part, Settings, Text


class Step(Part):
    """One date on the way to a go-live."""

    what: Text
    on: date


class Gate(Part):
    """What keeps SUs with the same dates from being accepted sooner."""

    deployment: Text
    hall: Text
    sus: Many[Text]
    gated_by: Text
    steps: Many[Step] = Field(description="From the order, or the delivery, that gates them to their acceptance.")
    delay_days: int


class Lot(Part):
    """Units of one upgrade at one place that are bought by the same dates; positions, for a floor."""

    upgrade: Text
    spec: Text
    place: Text
    expedite: Text | None
    count: Count
    order_by: date
    install: date
    in_service: date = Field(description="From here on it counts.")
    cost: Amount
    float_days: Count | None = Field(
        description="How much later it may be ordered, people aside, all SUs as planned; None: nothing waits for it."
    )
    permit: Text | None = Field(
        description="The permit that gates a later step, if it is ordered before that is there."
    )
    permit_on: date | None
    cancelling: Amount | None = Field(description="What cancelling it would cost then; None: not stated in the file.")


class Choice(Part):
    """A choice of the plan, and what the best plan without it costs more than this one."""

    what: Text
    settings: Many[Text] = Field(description="PATH=VALUE, as --set takes them, that rule it out.")
    status: Outcome = Field(description="Of the search without it.")
    least: Amount | None = Field(description="No plan without it costs less than so much more: proven.")
    most: Amount | None = Field(description="A verified plan without it costs so much more.")
    rise_least: Amount | None = Field(
        default=None,
        description="No plan without it is cheaper until its price rises by so much a unit: proven; None: unknown, or "
        "another party pays.",
    )
    rise_most: Amount | None = Field(
        default=None, description="Where its price rises by more a unit, a verified plan without is cheaper."
    )
    instead: Many[Text] = Field(description="What that plan buys that this one does not, and the other way round.")
    accepted: date | None = Field(description="Last acceptance in that plan.")


class Relaxation(Part):
    """A limit of the file that costs money, and the smallest change of it that was found to save some."""

    limit: Text
    words: Text
    where: Text = Field(description="File and line.")
    told: Text = Field(description="The limit as changed.")
    settings: Many[Text] = Field(description="PATH=VALUE as --set takes them.")
    least: bool = Field(description="Whether one step less is proven to save nothing.")
    proven: bool = Field(description="Whether no plan is as cheap without a change: below the plan's own bound.")
    saves: Amount = Field(description="At least: by a verified plan, against the plan that is explained.")
    saves_at_most: Amount | None = Field(description="No plan saves more with it: proven.")
    lifted_saves: Amount = Field(description="At least, were it lifted altogether.")


class Rest(Part):
    """An assumption that the plan does not hold without, and how far it may move."""

    place: Text
    value: Text
    low: Text
    high: Text
    holds_from: Text = Field(description="The plan keeps every rule from here, as far as was tried.")
    holds_to: Text
    breaks: Text = Field(description="The rule that the plan breaks beyond.")


class Spare(Part):
    """What is left of one service at one place once everything of the plan runs."""

    service: Text
    place: Text
    unit: Text
    spare: Amount
    stranded: Amount = Field(description="The part of it that further SUs like those of the plan could not use.")


class Further(Part):
    """How many more SUs of a deployment a hall would carry, as it is built."""

    deployment: Text
    hall: Text
    count: Count
    short: Many[Text] = Field(description="What one more would lack.")


class Rationale(Part):
    """Why a plan is what it is."""

    schema_version: Literal["dcplan.rationale/1"] = "dcplan.rationale/1"
    site: Text
    file: Text
    input_sha256: Text
    currency: Text
    status: Outcome
    value: Amount
    bound: Amount | None
    gates: Many[Gate]
    lots: Many[Lot]
    choices: Many[Choice]
    relaxations: Many[Relaxation]
    free: Many[Text] = Field(description="Limits that are proven to cost nothing: lifting one saves nothing.")
    rests: Many[Rest] = Field(description="Assumptions that the plan hangs on within their own range.")
    assumptions: Mapping[Text, Count] = Field(description="How many assumptions there are, and how many were tried.")
    further: Many[Further]
    spares: Many[Spare]
    unknown: Many[Text] = Field(description="What was asked and could not be decided in time.")
    settings: Settings

    def __str__(self) -> str:
        """The rationale as readable text."""
        from dcplan.report.rationale_text import rationale_text

        return rationale_text(self)
