"""Declared levels of transformers: who feeds whom.

A level hangs below `ups`, below `bus` or below another level, so that a chain of any length stands between racks and
UPS output, and another between UPS input and the bus of generators and transformers. From here on a level is one more
service: its redundancy stands with that of the others, its transformers are told apart from those that feed the bus.
"""

from __future__ import annotations

from collections.abc import Mapping

from dcplan.catalog import AnySpec, LevelTransformer, Spec, Transformer
from dcplan.site import Plant, Site, Upgrade, level_service

TOPS = ("ups", "bus")
"""What the uppermost levels hang below."""


def levelled(site: Site, specs: Mapping[str, Spec]) -> tuple[Site, dict[str, AnySpec]]:
    """The site with each level as a service, and the specs of transformers that are part of a level.

    Parameters
    ----------
    site : Site
        Not yet checked: entries that name no level of it, or no transformer, stay as they are.
    specs : mapping of str to Spec
        The specs it can name.

    Returns
    -------
    tuple of Site and dict
        The same site and nothing more where no level is declared.
    """
    if not site.levels:
        return site, {}
    found: dict[str, AnySpec] = {}

    def resolved(entry: Plant | Upgrade) -> dict[str, str]:
        spec = specs.get(entry.spec)
        if entry.level is None or entry.level not in site.levels or not isinstance(spec, Transformer):
            return {}
        name = f"{entry.spec}+{entry.level}"
        while name in specs:
            name += "+"
        found[name] = LevelTransformer.model_construct(**dict(spec), level=entry.level)
        return {"spec": name}

    own = {level_service(name): level.redundancy for name, level in site.levels.items()}
    changed = {
        "plant": {name: entry.model_copy(update=resolved(entry)) for name, entry in site.plant.items()},
        "upgrades": {name: entry.model_copy(update=resolved(entry)) for name, entry in site.upgrades.items()},
        "redundancy": {**site.redundancy, **own},
    }
    return site.model_copy(update=changed), found


def upwards(site: Site, level: str) -> list[str]:
    """A level and those above it, up to the top of its chain.

    Raises
    ------
    ValueError
        The chain leads nowhere or round in a circle.
    """
    chain = [level]
    while (above := site.levels[chain[-1]].below) not in TOPS:
        if above in chain or above not in site.levels:
            raise ValueError(f"{' below '.join([*chain, above])} has no top")
        chain.append(above)
    return chain


def top_of(site: Site, level: str) -> str:
    """What the chain of a level ends at: `ups` or `bus`."""
    return site.levels[upwards(site, level)[-1]].below


def fed_by(site: Site, what: str) -> str | None:
    """The level that racks, UPS or mechanical load draw from; None: the top of their chain itself."""
    if not site.levels:
        return None
    return next(iter(feeding(site, what)), None)


def feeding(site: Site, what: str) -> list[str]:
    """Every level that could be meant; a checked site has one at most."""
    named = [name for name, level in site.levels.items() if what in level.feeds]
    if named or what == "mechanical":
        return sorted(named)
    carrying = {level.below for level in site.levels.values()}
    lowest = [name for name, level in site.levels.items() if name not in carrying and not level.feeds]
    return sorted(name for name in lowest if top_of(site, name) == ("ups" if what == "racks" else "bus"))
