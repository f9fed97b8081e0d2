"""From a site file to a checked site: overrides, scenario, specs by name, and every reference between them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dcplan.crosscheck import reference_problems, warnings_of
from dcplan.document import Document
from dcplan.errors import InputError
from dcplan.levels import levelled
from dcplan.library import SpecShelf, raw_spec, source_keys
from dcplan.ramps import ramped
from dcplan.read import apply_overrides, read_yaml, validate
from dcplan.site import Site, SiteModel
from dcplan.wording import nearest

_SHARED = ("floor", "route", "overhead", "liquid", "air", "humidity", "feeds")
"""Fields that a pod takes from its hall where it states none."""


def load(path: str | Path, *, overrides: Mapping[str, Any] | None = None, scenario: str | None = None) -> SiteModel:
    """A site file, checked and joined with the specs it names.

    Parameters
    ----------
    path : str or Path
        The site file.
    overrides : mapping of str to plain data, optional
        Dotted place to new value, for example ``{"limits.budget": "40 MUSD"}``; applied after the scenario.
    scenario : str, optional
        Name of one of the file's own `scenarios`.

    Returns
    -------
    SiteModel

    Raises
    ------
    InputError
        Everything that is wrong with the file, at once, each with line and column.
    """
    doc = read_yaml(path)
    doc = _in_scenario(doc, scenario)
    if overrides:
        doc = apply_overrides(doc, overrides, "override")
    return joined(doc)


def joined(read: Document) -> SiteModel:
    """What was read, scenario and overrides applied, as a checked site.

    Raises
    ------
    InputError
        As :func:`load` does.
    """
    doc = _extended(read)
    site = validate(Site, doc)
    site, of_levels = levelled(site, SpecShelf(site.specs))
    specs = SpecShelf({**site.specs, **of_levels})
    problems = reference_problems(site, specs, {*source_keys(), *site.sources}, doc)
    if problems:
        raise InputError(problems)
    site = _with_pods(site)
    site, used = ramped(site, {name: specs[name] for name in _used(site)})
    text = hashlib.sha256(repr(doc.data).encode("utf-8", "backslashreplace")).hexdigest()
    draft = SiteModel.model_construct(site=site, specs=used, file=doc.file, warnings=(), text_sha256=text)
    return SiteModel.model_construct(
        site=site, specs=used, file=doc.file, warnings=tuple(warnings_of(draft)), text_sha256=text, document=read
    )


def _with_pods(site: Site) -> Site:
    """The site with the shared fields of each hall written into those of its pods that state none."""
    halls = dict(site.halls)
    for name, pod in site.halls.items():
        if pod.within is not None:
            shared = site.halls[pod.within]
            absent = {field for field in _SHARED if field not in pod.model_fields_set}
            halls[name] = pod.model_copy(update={field: getattr(shared, field) for field in absent})
    return site.model_copy(update={"halls": halls})


def _in_scenario(doc: Document, scenario: str | None) -> Document:
    if scenario is None:
        return doc
    known = doc.data.get("scenarios") if isinstance(doc.data, dict) else None
    if not isinstance(known, dict) or not isinstance(known.get(scenario), dict):
        names = ", ".join(sorted(known)) if isinstance(known, dict) and known else "none: the file has no scenarios"
        problem = doc.problem(
            ("scenarios",), scenario, names, nearest(scenario, known if isinstance(known, dict) else ())
        )
        raise InputError([replace(problem, field="scenario")])
    return apply_overrides(doc, known[scenario], f"scenario {scenario}")


def _extended(doc: Document) -> Document:
    """The document with every `specs` entry that `extends` a catalog spec written out."""
    entries = doc.data.get("specs") if isinstance(doc.data, dict) else None
    if not isinstance(entries, dict):
        return doc
    written: dict[str, Any] = {}
    problems = []
    for name, entry in entries.items():
        written[name] = entry
        if not isinstance(entry, dict) or "extends" not in entry:
            continue
        base = raw_spec(entry["extends"])
        if base is None:
            problems.append(
                doc.problem(
                    ("specs", name, "extends"), str(entry["extends"]), "the name of a catalog spec", "dcplan specs"
                )
            )
        else:
            own = {key: value for key, value in entry.items() if key != "extends"}
            written[name] = _merged(base, own)
    if problems:
        raise InputError(problems)
    return Document(doc.file, {**doc.data, "specs": written}, doc.marks, doc.keys, doc.origins)


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A spec with some fields replaced; a figure is replaced whole."""
    merged: dict[str, Any] = dict(base)
    for key, value in own.items():
        inner = merged.get(key)
        if isinstance(inner, dict) and isinstance(value, dict) and "value" not in inner:
            merged[key] = _merged(inner, value)
        else:
            merged[key] = value
    return merged


def _used(site: Site) -> list[str]:
    names = {entry.spec for entry in site.plant.values()} | {entry.spec for entry in site.upgrades.values()}
    names |= {racks.spec for deployment in site.deployments.values() for racks in deployment.su}
    names |= {hall.feeds.busway for hall in site.halls.values() if hall.feeds is not None}
    return sorted(names)
