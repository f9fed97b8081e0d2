"""What a declared redundancy says: how many redundancy units may be out, which ones a place has, who shares a load.

A redundancy unit is what fails as one: a unit of plant, a train (generator, transformer, switchgear and UPS modules in
one line) or a side (all trains of that side). This module only reads the declaration out; the balances that follow
from it are made in :mod:`dcplan.cases`. The verifier does both a second time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from dcplan.catalog import Spec
from dcplan.site import Redundancy, Service, Site, service_of
from dcplan.units import si

_N_PLUS = re.compile(r"N(?:\+([1-9]))?", re.ASCII)
_SHARED = re.compile(r"([1-9][0-9]?)N/([1-9][0-9]?)", re.ASCII)
Pair = tuple[str, str, float]
"""Two redundancy units and the share of the load that has a cord to each of them."""


@dataclass(frozen=True)
class Scheme:
    """How much may be out at once.

    Parameters
    ----------
    out : int
        Redundancy units out at once.
    of : int or None
        How many redundancy units there must be; None where any number will do.
    beside : int
        Single units out beside them, among those that are left.
    """

    out: int
    of: int | None = None
    beside: int = 0


def scheme_of(text: str) -> Scheme | None:
    """The meaning of a scheme; None where it is none.

    Examples
    --------
    >>> scheme_of("N+2"), scheme_of("2N")
    (Scheme(out=2, of=None, beside=0), Scheme(out=1, of=2, beside=0))
    >>> scheme_of("2(N+1)"), scheme_of("3N/4")
    (Scheme(out=1, of=2, beside=1), Scheme(out=1, of=4, beside=0))
    >>> scheme_of("4N/3"), scheme_of("N+x")
    (None, None)
    """
    if found := _N_PLUS.fullmatch(text):
        return Scheme(int(found[1] or 0))
    if text == "2N":
        return Scheme(1, of=2)
    if text == "2(N+1)":
        return Scheme(1, of=2, beside=1)
    if (found := _SHARED.fullmatch(text)) and int(found[1]) < int(found[2]):
        return Scheme(int(found[2]) - int(found[1]), of=int(found[2]))
    return None


def declared(redundancy: Redundancy) -> Scheme:
    """The meaning of a checked declaration."""
    scheme = scheme_of(redundancy.scheme)
    if scheme is None:
        raise ValueError(f"{redundancy.scheme} is no scheme")
    return scheme


def members_at(site: Site, specs: Mapping[str, Spec], service: Service, place: str) -> dict[str, frozenset[str]]:
    """Trains of each redundancy unit that has, or may get, plant of a service at a place.

    Parameters
    ----------
    site : Site
    specs : mapping of str to Spec
    service : Service
        Redundant by train or by side.
    place : str
        Where the service is counted.

    Returns
    -------
    dict of str to frozenset of str
        By train or side, in order of names; plant that is promised to someone else is left out.
    """
    trains: set[str] = set()
    for entry in site.plant.values():
        if entry.train is not None and entry.at == place and entry.status != "reserved":
            trains |= {entry.train} if serves(specs, entry.spec, service) else set()
    for upgrade in site.upgrades.values():
        if place in upgrade.at and serves(specs, upgrade.spec, service):
            trains |= set(upgrade.trains)
    found: dict[str, frozenset[str]] = {}
    for name in sorted(trains & set(site.trains)):
        unit = site.trains[name].side if site.redundancy[service].unit == "side" else name
        if unit is not None:
            found[unit] = found.get(unit, frozenset()) | {name}
    return dict(sorted(found.items()))


def serves(specs: Mapping[str, Spec], name: str, service: Service) -> bool:
    """Whether a spec is known and is plant of a service."""
    spec = specs.get(name)
    return spec is not None and service_of(spec) == service


def pairs_at(redundancy: Redundancy, units: Sequence[str]) -> list[Pair]:
    """Which two redundancy units of a place feed how much of its load.

    The declared pairs among these units; with `pairing: balanced`, or where there is only one pair, every pair alike.
    """
    if redundancy.pairs is not None:
        named = [(*key.partition("-")[::2], si(share)) for key, share in redundancy.pairs.items()]
        return [(one, other, share) for one, other, share in named if one in units and other in units]
    every = list(combinations(sorted(units), 2))
    return [(one, other, 1.0 / len(every)) for one, other in every]


def places_of(site: Site, service: Service) -> list[str]:
    """Places where a service is counted. A hall is a pod of its own for what feeds it alone."""
    match site.redundancy[service].group:
        case "site":
            return ["site"]
        case "hall":
            return sorted(name for name, hall in site.halls.items() if hall.within is None)
        case "pod":
            return sorted(site.halls)
        case "loop":
            return sorted(site.loops)
    return []
