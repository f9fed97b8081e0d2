"""The catalog as readable text and as plain data: what is known of each spec, and where it was read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from dcplan.catalog import FAMILIES, Catalog, Figure, Source, Spec, figures
from dcplan.errors import InputError, Problem, shown
from dcplan.report.table import Cell, bullets, counted, paragraph, printable, section, table
from dcplan.units import text

SCHEMA = "dcplan.specs/1"
_RATINGS = (
    "heat", "capacity", "power", "apparent", "current", "volume", "flow", "rolling", "point", "uniform",
)  # fmt: skip


def chosen(catalog: Catalog, name: str | None) -> dict[str, Spec]:
    """The specs a person asks for.

    Parameters
    ----------
    catalog : Catalog
    name : str or None
        A spec, a family, or None for all.

    Returns
    -------
    dict of str to Spec

    Raises
    ------
    InputError
        There is neither a spec nor a family of this name.
    """
    if name is None:
        return {key: spec for family in FAMILIES for key, spec in catalog.family(family).items()}
    if name in catalog.specs:
        return {name: catalog.specs[name]}
    if name in FAMILIES:
        return catalog.family(name)
    near = difflib.get_close_matches(name[:80], [*catalog.specs, *FAMILIES], n=1)
    allowed = "a spec, or a family: " + ", ".join(FAMILIES)
    hint = f"did you mean {near[0]}?" if near else "`dcplan specs` lists them all"
    raise InputError([Problem("specs", None, None, "", shown(name), allowed, hint)])


def sources_of(specs: Iterable[Spec], catalog: Catalog) -> dict[str, Source]:
    """The sources that the figures of some specs name."""
    keys = {figure.source for spec in specs for _, figure in figures(spec) if figure.source is not None}
    return {key: catalog.sources[key] for key in sorted(keys) if key in catalog.sources}


def specs_data(specs: Mapping[str, Spec], catalog: Catalog) -> dict[str, Any]:
    """Specs and their sources as plain data, ready for JSON."""
    return {
        "schema_version": SCHEMA,
        "specs": {name: spec.model_dump(mode="json", exclude_none=True) for name, spec in specs.items()},
        "sources": {key: one.model_dump(mode="json") for key, one in sources_of(specs.values(), catalog).items()},
    }


def list_text(specs: Mapping[str, Spec]) -> str:
    """One line per spec, under its family."""
    lines: list[str] = []
    for family in FAMILIES:
        rows: list[list[Cell]] = [
            [name, spec.maker, spec.model, _rating(spec)] for name, spec in specs.items() if _family(spec) == family
        ]
        if rows:
            lines += [
                *([""] if lines else []),
                family,
                *table(["name", "maker", "model", "rating"], rows, wide="model"),
            ]
    return "\n".join([*lines, "", f"{counted(len(specs), 'spec')}; `dcplan specs NAME` shows one with its sources"])


def _family(spec: Spec) -> str:
    return str(getattr(spec, "family", ""))


def _rating(spec: Spec) -> str:
    """The figure people know a spec by; every other one is in its own listing."""
    known = dict(figures(spec))
    known |= {place.removeprefix("ratings[0]."): figure for place, figure in known.items() if "ratings[0]" in place}
    found = next((name for name in _RATINGS if name in known), None)
    return "" if found is None else f"{text(known[found].value)} {found}"


def spec_text(name: str, spec: Spec, catalog: Catalog) -> str:
    """One spec with every figure, how far it is to be trusted, and where it was read."""
    spec = printable(spec)
    known = figures(spec)
    lines = [f"{name} ({_family(spec)}): {spec.maker}, {spec.model}"]
    lines += paragraph(spec.note, "  ", "  ") if spec.note else []
    lines += section("FIGURES", table(["figure", "value", "range", "confidence", "source"], map(_row, known)))
    lines += section("OTHER", bullets(_plain(spec)))
    lines += section("NOTES", bullets(f"{place}: {figure.note}" for place, figure in known if figure.note))
    found = sources_of([spec], catalog)
    lines += section("SOURCES", [line for key, source in found.items() for line in _source(key, source)])
    return "\n".join(lines)


def _row(item: tuple[str, Figure[Any]]) -> list[Cell]:
    place, figure = item
    spread = "" if figure.range is None else f"{text(figure.range[0])} .. {text(figure.range[1])}"
    return [place, text(figure.value), spread, figure.confidence, figure.source]


def _plain(spec: Spec) -> list[str]:
    """Fields that are words or counts rather than figures."""
    skip = {"family", "maker", "model", "note"}
    values = {field: getattr(spec, field) for field in type(spec).model_fields if field not in skip}
    return [f"{field}: {shown(value)}" for field, value in values.items() if isinstance(value, str | bool | int)]


def _source(key: str, source: Source) -> list[str]:
    return [*paragraph(f"{key}: {source.title}", "  ", "    "), f"    {source.url}"]
