"""A utility service that grows by dates, written out as plant: each rise of its firm power is a unit of its own.

Power counts from the day of its step; before the first step nothing of the service is firm. Non-firm power (what the
utility may withdraw) is told and never counts.
"""

from __future__ import annotations

from collections.abc import Mapping

from dcplan.catalog import AnySpec, UtilityService
from dcplan.figure import Figure
from dcplan.site import Plant, Site
from dcplan.units import registry, si


def ramped(site: Site, specs: Mapping[str, AnySpec]) -> tuple[Site, dict[str, AnySpec]]:
    """The site with every ramp written out, and the specs of the rises.

    Parameters
    ----------
    site : Site
        A checked site.
    specs : mapping of str to spec
        The specs it names.

    Returns
    -------
    tuple of Site and dict
        The same objects where no plant has a ramp.
    """
    plant: dict[str, Plant] = {}
    found = dict(specs)
    for name, entry in site.plant.items():
        spec = specs[entry.spec]
        if not entry.ramp or not isinstance(spec, UtilityService):
            plant[name] = entry
            continue
        before = 0.0
        for number, step in enumerate(entry.ramp, 1):
            firm = si(step.power)
            later = name if number == 1 else f"{name}+{number}"
            rise = Figure(registry.Quantity((firm - before) / 1e3, "kW"))
            found[f"{entry.spec}+{later}"] = spec.model_copy(update={"power": rise})
            there = step.day <= site.start
            change = {
                "spec": f"{entry.spec}+{later}",
                "status": "existing" if there else "ordered",
                "in_service": None if there else step.day,
                "ramp": entry.ramp if number == 1 else (),
            }
            plant[later] = entry.model_copy(update=change)
            before = firm
    return site.model_copy(update={"plant": plant}), found
