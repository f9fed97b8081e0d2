"""Whether the options of upgrades are declared so that they can be taken: ways to have units sooner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dcplan.catalog import FloorReinforcement, Spec
from dcplan.groups import Found, Step
from dcplan.site import Site, Upgrade
from dcplan.units import text


def offer_problems(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Every problem of what upgrades offer."""
    for name, upgrade in site.upgrades.items():
        spec = specs.get(upgrade.spec)
        if spec is not None:
            yield from _expedites(("upgrades", name, "expedite"), upgrade, spec)


def _expedites(path: Step, upgrade: Upgrade, spec: Spec) -> Iterator[Found]:
    """Nothing is delivered before it is ordered, and positions are not delivered at all."""
    lead = upgrade.lead_time or spec.procurement.lead_time
    for name, way in upgrade.expedite.items():
        if isinstance(spec, FloorReinforcement):
            yield (*path, name), "a floor reinforcement", "an upgrade that buys plant", "state a shorter `lead_time`"
        elif lead is not None and way.saves.si() > lead.si():
            given, allowed = text(way.saves.value), f"at most the lead time of {text(lead.value)}"
            yield (*path, name, "saves"), given, allowed, f"saves: {text(lead.value)}"
