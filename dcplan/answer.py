"""The plan record: what an answer says, in dates, real money and names. A leaf, written to and read from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast, Field

Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Text = Annotated[str, Field(max_length=2000)]
T = TypeVar("T")
Many = Annotated[tuple[T, ...], FailFast()]
"""A list that is read up to its first wrong item: a hostile file must not make a million errors."""
Amount = Annotated[float, Field(allow_inf_nan=False)]
Outcome = Literal["optimal", "feasible", "infeasible", "no_plan", "interrupted"]
Event = Literal["order", "delivery", "energise", "acceptance"]
Goal = Literal["perspective", "earliest", "cheapest"]
"""What is minimised: the perspective's money; delay, then cost; cost, then delay."""
Minimised = Literal["perspective", "earliest", "cheapest", "front"]
"""Of a plan also: cost, with at most so much delay, as one point of a front."""
Aim = Literal["delay", "cost"]


class Part(BaseModel):
    """A frozen part of an answer that refuses unknown keys; its schema is built when the first one is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Stay(Part):
    """How long a hired unit stays, and what it costs beyond what is due with its order."""

    duty: Literal["standby", "prime"] | None = None
    released: date = Field(description="From here on it no longer counts; the plan's end for one that stays so long.")
    returned: date = Field(description="Removed: rent runs from the start of its install to here.")
    stays: bool = Field(description="Whether it is still needed when the plan ends.")
    rent: Amount = Field(description="For the days beyond its minimum hire.")
    running: Amount = Field(description="Fuel and maintenance, from the day it counts to its release.")


class TieIn(Part):
    """Work on live plant, which ends with the install that it is part of."""

    window: Text = Field(description="The outage windows of the site file.")
    start: date


class Unit(Part):
    """One bought unit, dated. Dates are half-open: what ends on a date is finished at the start of that day."""

    id: Text
    upgrade: Text
    spec: Text
    place: Text
    train: Text | None = None
    expedite: Text | None = Field(default=None, description="How it is had sooner, at the price stated for that.")
    order: date
    delivery: date
    install_start: date
    install_end: date
    tie_in: TieIn | None = Field(default=None, description="For upgrades with one: in an outage window.")
    commissioned: date
    counted: date = Field(
        description="Commissioned and tested on its own; it serves from the end of the test that names it."
    )
    crew: Text
    members: Many[Count] = Field(description="Members of the crew that install it, counted from 1.")
    cost: Amount
    paid_by: Literal["operator", "vendor"]
    hire: Stay | None = Field(default=None, description="A hired unit: `cost` is what is due with its order.")

    @property
    def where(self) -> str:
        """Its place, and its train if it is part of one."""
        return self.place if self.train is None else f"{self.place}/{self.train}"


class Reinforcement(Part):
    """Strengthening the positions of one SU."""

    upgrade: Text
    spec: Text
    positions: Count
    order: date
    start: date
    end: date
    crew: Text
    members: Many[Count]
    cost: Amount
    paid_by: Literal["operator", "vendor"]


class Su(Part):
    """One scalable unit from delivery to acceptance."""

    id: Text
    deployment: Text
    hall: Text
    delivery: date
    reinforcement: Reinforcement | None
    set_start: date
    set_end: date
    crew: Text
    members: Many[Count]
    fill_start: date
    fill_end: date
    energise: date = Field(description="Burn-in begins: full load from here on.")
    burn_in_end: date
    acceptance: date
    ready_energise: date = Field(description="Energisation of the same SU at a ready site.")
    ready_acceptance: date
    delay_days: int
    gated_by: Text


class HallTest(Part):
    """Flushing and integrated systems test of one hall tranche."""

    hall: Text
    start: date
    end: date
    units: Many[Text] = Field(description="Units that count when it ends.")
    sus: Many[Text] = Field(description="SUs first energised on it.")


class Running(Part):
    """Units that run from a date on, redundant ones included, per plant id."""

    since: date
    units: Mapping[Text, Count]


class Objective(Part):
    """What was minimised, in the site's currency, and how far it may be from the best."""

    value: Amount | None
    spend: Amount | None = Field(description="The part that is spend, at the planning date's money.")
    delay: Amount | None = Field(description="The part that is delay.")
    bound: Amount | None
    gap: Amount | None = Field(description="(value - bound) / value.")
    gap_money: Amount | None
    gap_su_days: Amount | None
    step: Amount = Field(description="Money step the objective is rounded to.")
    exact: Amount | None = Field(description="The same without rounding.")
    rounding: Amount = Field(description="Largest difference that rounding can make.")


class Stage(Part):
    """One of two numbers that were minimised one after the other, and how far it may be from the least.

    A cost is the price of all purchases, hires and reinforcements, whoever pays, without interest, in the currency. A
    delay is acceptance as planned less acceptance at a ready site, the mean over all SUs weighted by their price [day].
    """

    aim: Aim
    value: Amount | None
    bound: Amount | None = Field(description="No plan that holds the other number to `most` has less.")
    gap: Amount | None = Field(description="(value - bound) / value.")
    most: Amount | None = Field(
        description="What the other number was held to: what the stage before reached of it; None in the first."
    )


class Cash(Part):
    """One milestone of one SU: its share of the price, and the date its cash arrives in each world."""

    su: Text
    deployment: Text
    event: Event
    share: Amount
    amount: Amount
    readiness: bool = Field(description="Whether it depends on the site being ready.")
    long_stop: bool = Field(description="Whether the planned date is the long stop rather than the event.")
    ready: date
    planned: date
    best: date
    worst: date
    delay_days: int


class Window(Part):
    """Value-weighted payment dates over readiness-dependent milestones, and their delay against a ready site."""

    scope: Text = Field(description="`all`, or a deployment.")
    amount: Amount
    ready: date
    planned: date
    best: date
    worst: date
    delay_days: Amount
    best_delay_days: Amount
    worst_delay_days: Amount


class Payments(Part):
    """The deterministic payment window: planned, and an envelope of every duration at its best and worst end.

    The envelope is no probability statement: it is not P10 or P90.
    """

    milestones: Many[Cash]
    windows: Many[Window]
    worst_unserved: Count = Field(description="SUs that are never energised in the worst world; 0 is usual.")


class Alternative(Part):
    """One choice of loop supply temperatures: what it would cost and why."""

    setpoints: Mapping[Text, Text] = Field(description="Supply temperature by loop.")
    chosen: bool
    status: Outcome
    value: Amount | None = Field(description="Objective of the best plan found with it.")
    bound: Amount | None = Field(description="No plan with it costs less.")
    bought: Mapping[Text, Count] = Field(description="Units bought per spec in that plan.")
    reasons: Many[Text] = Field(description="Against the chosen one; what these temperatures do to the plant.")


class Settings(Part):
    """How the answer was searched for."""

    seconds: Amount
    workers: Count
    seed: Count
    deterministic: bool


class Plan(Part):
    """One site's answer."""

    schema_version: Literal["dcplan.plan/1"] = "dcplan.plan/1"
    site: Text
    file: Text
    input_sha256: Text
    status: Outcome
    reasons: Many[Text] = Field(description="Why there is no plan; empty when there is one.")
    perspective: Literal["operator", "vendor", "joint"]
    currency: Text
    start: date
    end: date
    goal: Minimised = Field(default="perspective", description="What was minimised.")
    stages: Many[Stage] = Field(default=(), description="Of a goal with two stages; `objective` is then told, no more.")
    objective: Objective
    setpoints: Mapping[Text, Text] = Field(default={}, description="Supply temperature chosen for each open loop.")
    alternatives: Many[Alternative] = Field(default=(), description="Every choice of setpoints, if there is any.")
    purchases: Amount = Field(description="All purchases and reinforcements at their price, whoever pays.")
    units: Many[Unit]
    sus: Many[Su]
    tests: Many[HallTest]
    running: Many[Running]
    payments: Payments | None
    verified: bool
    not_checked: Many[Text]
    assumed: Many[Text] = Field(description="Labelled assumptions the answer rests on.")
    warnings: Many[Text]
    settings: Settings
    versions: Mapping[Text, Text]

    def __str__(self) -> str:
        """The plan as readable text."""
        from dcplan.report.plan_text import plan_text

        return plan_text(self)


class Violation(Part):
    """One way in which a plan breaks a rule of its site."""

    rule: Text
    place: Text
    on: date | None
    required: Amount | None
    found: Amount | None
    unit: Text
    message: Text


class Verdict(Part):
    """What the independent verifier says of a plan."""

    schema_version: Literal["dcplan.verdict/1"] = "dcplan.verdict/1"
    site: Text
    ok: bool
    violations: Many[Violation]
    checked: Mapping[Text, Count] = Field(description="How many times each rule was tried.")
    not_recomputed: tuple[Text, ...] = Field(description="What a plan says that no verifier can recompute, and why.")
    notes: tuple[Text, ...] = Field(default=(), description="What breaks no rule, and a reader should know.")

    def __str__(self) -> str:
        """The verdict as readable text."""
        from dcplan.report.check_text import verdict_text

        return verdict_text(self)


class Line(Part):
    """One line of a check."""

    id: Text
    scope: Text = Field(description="The hall, loop, site or deployment it is about.")
    rule: Text
    required: Amount | None
    available: Amount | None
    margin: Amount | None
    unit: Text
    verdict: Literal["pass", "fail", "open", "not checked"]
    assumed: bool = Field(description="Whether labelled assumptions move it.")
    source: Text
    reason: Text


class Check(Part):
    """The gap between what stands and what the deployments need."""

    schema_version: Literal["dcplan.check/1"] = "dcplan.check/1"
    site: Text
    file: Text
    input_sha256: Text
    lines: Many[Line]
    gates: Text | None = Field(description="Id of the first limit that gates; None when nothing fails.")
    warnings: Many[Text]
    not_covered: Many[Text] = Field(description="What dcplan does not check at all.")

    def count(self, verdict: str) -> int:
        """Number of lines with a verdict."""
        return sum(line.verdict == verdict for line in self.lines)

    def __str__(self) -> str:
        """The check as readable text."""
        from dcplan.report.check_text import check_text

        return check_text(self)


class Operand(Part):
    """Something a step uses: a figure, an argument of a formula, or the result of an earlier step."""

    name: Text = Field(description="Name of the argument; empty in sums and products.")
    value: Amount | None = Field(description="In SI; None for a word.")
    unit: Text = Field(description="SI unit of the value; empty where it has none.")
    shown: Text = Field(description="The value in an engineer's unit.")
    origin: Text = Field(description="Place of the figure, as it is written there, and its source.")
    step: Count | None = Field(description="Number of the step that computed it.")


class DerivationStep(Part):
    """One calculation; a number in brackets in its expression is that of an earlier step."""

    number: Count
    what: Text
    function: Text = Field(description="The physics function; empty for sums and products.")
    expression: Text = Field(description="With numbers put in: SI inside a function, the shown units elsewhere.")
    value: Amount = Field(description="In SI.")
    unit: Text = Field(description="SI unit of the value; empty where it has none.")
    shown: Text = Field(description="The value in an engineer's unit.")
    operands: Many[Operand]


class Formula(Part):
    """What a physics function of the derivation answers, by which formula, from which references."""

    function: Text
    question: Text
    formula: Text
    references: Many[Text]


class Worked(Part):
    """A line worked out in one world, in the line's unit."""

    world: Text
    required: Amount
    available: Amount
    required_step: Count
    available_step: Count
    steps: Many[DerivationStep]


class Derivation(Part):
    """How one line of a check is worked out."""

    schema_version: Literal["dcplan.derivation/1"] = "dcplan.derivation/1"
    site: Text
    file: Text
    input_sha256: Text
    line: Line
    worked: Many[Worked] = Field(description="Planning values first; none for a line without numbers.")
    formulas: Many[Formula]
    sources: Mapping[Text, Text] = Field(description="Title and address per key.")

    def __str__(self) -> str:
        """The derivation as readable text."""
        from dcplan.report.derivation_text import derivation_text

        return derivation_text(self)
