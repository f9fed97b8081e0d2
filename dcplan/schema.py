"""What a site file may contain, as JSON Schema 2020-12, for editors and for programs that write site files.

It says what one file alone can show. References between entries, dates in order and shares that add up to 100 %
are checked by ``dcplan.loading.load``.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from dcplan.site import Site

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DEFS = "#/$defs/"
_DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}

Node = dict[str, Any]


def site_schema() -> Node:
    """JSON Schema of the site file.

    Returns
    -------
    dict
        Plain data, ready to be written as JSON.

    Examples
    --------
    >>> schema = site_schema()
    >>> schema["$schema"], schema["required"][:2]
    ('https://json-schema.org/draft/2020-12/schema', ['dcplan', 'name'])
    """
    made = Site.model_json_schema(mode="validation")
    defs: Node = made["$defs"]
    titles = {name: str(definition["title"]) for name, definition in defs.items()}
    schema = _tidied(made, titles)
    schema["$defs"] = {titles[name]: definition for name, definition in schema["$defs"].items()}
    _allow_extends(schema)
    schema["$defs"] = dict(sorted(schema["$defs"].items()))
    return {"$schema": DIALECT, **schema, "title": "dcplan site file"}


def _tidied(node: Any, titles: Mapping[str, str]) -> Any:
    """The schema with readable names of definitions, dates as dates, and names that must match their pattern."""
    if isinstance(node, list):
        return [_tidied(item, titles) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _tidied(value, titles) for key, value in node.items() if key != "discriminator"}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = _DEFS + titles[made["$ref"].removeprefix(_DEFS)]
    if isinstance(made.get("ge"), str) and "le" in made:
        low, high = made.pop("ge"), made.pop("le")
        made |= _DAY | {"description": f"{made.get('description', 'A day.')} From {low} to {high}."}
    if "patternProperties" in made:
        made["additionalProperties"] = False
    return made


def _allow_extends(schema: Node) -> None:
    """Let an entry of `specs` name its family and be complete, or extend a catalog spec and give only changes."""
    defs = schema["$defs"]
    ((pattern, entry),) = schema["properties"]["specs"]["patternProperties"].items()
    families = [option["$ref"].removeprefix(_DEFS) for option in entry["oneOf"]]
    changes: Node = {}
    for family in families:
        _changes(family, defs, changes)
        partial = changes[f"{family}_changes"]
        partial["properties"]["extends"] = {"type": "string", "description": "Name of a catalog spec."}
        partial["required"] = ["extends"]
        defs[family]["required"] = ["family", *defs[family].get("required", [])]
    complete = {"oneOf": [{"$ref": _DEFS + family} for family in families]}
    partial = {"anyOf": [{"$ref": f"{_DEFS}{family}_changes"} for family in families]}
    schema["properties"]["specs"]["patternProperties"][pattern] = {
        "if": {"required": ["extends"]},
        "then": partial,
        "else": complete,
    }
    defs.update(changes)


def _changes(name: str, defs: Node, changes: Node) -> None:
    """Add the definition of a record whose keys are all optional, at every depth that `extends` merges."""
    if f"{name}_changes" in changes:
        return
    changes[f"{name}_changes"] = made = deepcopy(defs[name])
    made.pop("required", None)
    made["title"] = f"{name}_changes"
    for key, value in made["properties"].items():
        for option in [value, *value.get("anyOf", [])]:
            inner = option.get("$ref", "").removeprefix(_DEFS)
            if inner and "properties" in defs[inner]:
                _changes(inner, defs, changes)
                option["$ref"] = f"{_DEFS}{inner}_changes"
        made["properties"][key].pop("default", None)
