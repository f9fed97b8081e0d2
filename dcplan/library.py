"""The catalog on disk: one YAML file per family, of which only the specs that are asked for are parsed.

The files travel with the package. A spec's text runs from its name at the left edge to the next one; parsing and
checking all of them would take longer than checking a site does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dcplan.catalog import FAMILIES, AnySpec, Catalog, Source, Spec
from dcplan.document import parse_yaml
from dcplan.read import specs_dir, validate

_TOP_KEY = re.compile(r"^([A-Za-z0-9][A-Za-z0-9_.+-]*):", re.MULTILINE | re.ASCII)


@dataclass(frozen=True)
class _Entry:
    """The text of one entry of a catalog file."""

    file: str
    family: str
    text: str


def _entries(family: str) -> Iterator[tuple[str, _Entry]]:
    path = specs_dir() / f"{family}.yaml"
    text = path.read_text(encoding="utf-8")
    starts = list(_TOP_KEY.finditer(text))
    ends = [found.start() for found in starts[1:]] + [len(text)]
    for found, end in zip(starts, ends, strict=True):
        yield found[1], _Entry(str(path), family, text[found.start() : end])


@cache
def _index() -> Mapping[str, _Entry]:
    return {name: entry for family in FAMILIES for name, entry in _entries(family)}


@cache
def source_keys() -> frozenset[str]:
    """Keys of the catalog's sources."""
    return frozenset(name for name, _ in _entries("sources"))


@cache
def catalog_spec(name: str) -> AnySpec:
    """One spec of the catalog.

    Raises
    ------
    KeyError
        There is no spec of that name.
    """
    entry = _index()[name]
    spec: AnySpec = validate(FAMILIES[entry.family], parse_yaml(entry.text, entry.file), (name,))  # type: ignore[assignment]
    return spec


def raw_spec(name: Any) -> dict[str, Any] | None:
    """One spec of the catalog as plain data, to be extended; None when there is none of that name."""
    entry = _index().get(name) if isinstance(name, str) else None
    if entry is None:
        return None
    return {"family": entry.family, **parse_yaml(entry.text, entry.file).data[name]}


@cache
def load_catalog() -> Catalog:
    """Every spec and source that travels with the package.

    Raises
    ------
    InputError
        A file of the catalog is damaged.
    """
    sources = {
        name: validate(Source, parse_yaml(entry.text, entry.file), (name,)) for name, entry in _entries("sources")
    }
    return Catalog.model_construct(specs={name: catalog_spec(name) for name in _index()}, sources=sources)


class SpecShelf(Mapping[str, Spec]):
    """The specs a site can name: its own first, then the catalog's, each read when it is asked for."""

    def __init__(self, own: Mapping[str, AnySpec]) -> None:
        self._own = own

    def __getitem__(self, name: str) -> AnySpec:
        return self._own[name] if name in self._own else catalog_spec(name)

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        yield from (name for name in _index() if name not in self._own)

    def __len__(self) -> int:
        return len({*self._own, *_index()})
