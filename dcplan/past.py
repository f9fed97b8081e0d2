"""What has happened on a site that is planned again: records that planner and verifier take as facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Literal

from pydantic import Field

from dcplan.answer import Amount, Many, Part, Su, Text, Unit
from dcplan.site import SiteModel

Stage = Literal["floor", "set", "filled", "energised"]
"""How far an SU has come: its positions are being reinforced, it is being set, filled, or it is energised."""


class PastSu(Part):
    """An SU whose work has begun; what its stage includes has happened, or has begun and ends as dated."""

    stage: Stage
    su: Su

    @property
    def is_set(self) -> bool:
        """Whether setting it has begun."""
        return self.stage != "floor"

    @property
    def filled(self) -> bool:
        """Whether its leak test has begun."""
        return self.stage in ("filled", "energised")


class Past(Part):
    """What was ordered and done before a day, and what was promised."""

    as_of: date = Field(description="Nothing that is not listed starts before this day.")
    units: Many[Unit] = Field(description="Units ordered before, with every date that they keep.")
    sus: Many[PastSu]
    intended: Many[Unit] = Field(description="Units that the plan meant to order and that are not committed.")
    planned: Many[Su] = Field(description="SUs that are not energised, as the plan meant them to go on.")
    setpoints: Mapping[Text, Text] = Field(description="Supply temperature of each open loop, which stays.")
    deliveries: Mapping[Text, date] = Field(description="Of each SU, by its name.")
    promises: Mapping[Text, date] = Field(description="Acceptance of each SU in the plan that is planned again.")
    promised: Amount = Field(description="Money per SU and day that it is accepted later than promised.")

    @cached_property
    def unit_of(self) -> Mapping[str, Unit]:
        """Committed units by name."""
        return {unit.id: unit for unit in self.units}

    @cached_property
    def su_of(self) -> Mapping[str, PastSu]:
        """SUs whose work has begun, by name."""
        return {one.su.id: one for one in self.sus}

    def late(self, su: str, accepted: date) -> float:
        """What it costs to accept an SU on a day, against its promise."""
        due = self.promises.get(su)
        return 0.0 if due is None else self.promised * max(0, (accepted - due).days)


class PastModel(SiteModel):
    """A site with its past."""

    past: Past


def past_of(model: SiteModel) -> Past | None:
    """The past of a site, where it has one.

    Parameters
    ----------
    model : SiteModel
        As ``load`` or ``progressed`` gives it.
    """
    return model.past if isinstance(model, PastModel) else None
