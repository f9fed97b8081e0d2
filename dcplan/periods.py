"""Which redundancy scheme is in force when: lower ones until their days, then the declared one.

A scheme is in force on every day before the `day` at which its `until` ends, and no longer on that day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dcplan.once import once
from dcplan.site import Redundancy, Site, SiteModel


@dataclass(frozen=True)
class Period:
    """A scheme and the days on which it is in force: from `since` on, before `until`; None: without end."""

    scheme: str
    since: date | None
    until: date | None


def periods(redundancy: Redundancy, start: date) -> Iterator[Period]:
    """The schemes of a declared redundancy in order of their days, those that end by the start of the plan left out.

    Examples
    --------
    >>> from dcplan.site import LowerScheme
    >>> lower = LowerScheme(scheme="N", day=date(2027, 9, 1))
    >>> found = Redundancy(scheme="N+1", unit="unit", group="site", until=(lower,))
    >>> [(one.scheme, str(one.since), str(one.until)) for one in periods(found, date(2027, 1, 4))]
    [('N', 'None', '2027-09-01'), ('N+1', '2027-09-01', 'None')]
    >>> [one.scheme for one in periods(found, date(2027, 9, 1))]
    ['N+1']
    """
    since: date | None = None
    for lower in redundancy.until:
        if lower.day > start:
            yield Period(lower.scheme, since, lower.day)
            since = lower.day
    yield Period(redundancy.scheme, since, None)


def scheme_changes(site: Site) -> list[date]:
    """Days after the plan's first on which another scheme comes into force somewhere, in ascending order."""
    days = {lower.day for entry in site.redundancy.values() for lower in entry.until}
    return sorted(day for day in days if day > site.start)


def in_force(model: SiteModel, day: date) -> SiteModel:
    """The site with the schemes that are in force on a day, without dates; the same where nothing is dated."""
    # kept for a site, the site itself would never be let go
    return _dated(model, day) if any(entry.until for entry in model.site.redundancy.values()) else model


@once
def _dated(model: SiteModel, day: date) -> SiteModel:
    found = {service: _on(entry, day) for service, entry in model.site.redundancy.items()}
    return model.model_copy(update={"site": model.site.model_copy(update={"redundancy": found})})


def _on(redundancy: Redundancy, day: date) -> Redundancy:
    if not redundancy.until:
        return redundancy
    return redundancy.model_copy(update={"scheme": next(periods(redundancy, day)).scheme, "until": ()})
