"""The README's table of physics functions: ``python -m tests.physics_table`` writes it anew."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START, END = "<!-- physics: start -->\n", "<!-- physics: end -->\n"


def table() -> str:
    """Markdown of the whole table."""
    from physics_reference import references

    rows = ["| function | reference | computed | from |", "| --- | --- | --- | --- |"]
    for one in references():
        source = (
            f"by hand: {one.source}" if one.by_hand else f"[{one.source}]({one.address})" if one.address else one.source
        )
        rows.append(
            f"| `{one.name}` | {_text(one.expected, one.unit)} | {_text(one.computed(), one.unit)} | {source} |"
        )
    return "\n".join(rows) + "\n"


def _text(value: float | bool, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    number = f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:,.5g}"
    return f"{number} {unit}".rstrip()


def written(readme: str) -> str:
    """The README with the table of today."""
    head, _, rest = readme.partition(START)
    _, _, tail = rest.partition(END)
    return head + START + table() + END + tail


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    path = ROOT / "README.md"
    path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
