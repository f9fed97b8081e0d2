"""No plan, for three causes at once: each named by itself, and the changes of the file that give a verified plan.

Shows: smallest sets of limits that conflict, how far each limit has to give, and loading the file with a cure applied.

    python examples/three_causes.py
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dcplan import explain, load, plan

SITE = Path(__file__).with_suffix(".yaml")


def main() -> None:
    """Explain why there is no plan, and plan the file as cured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="limit on all trials together")
    options = parser.parse_args()
    found = explain(load(SITE), seconds=options.seconds)
    print(f"{found.site}: {found.status}, {found.tried} changes tried")
    for number, conflict in enumerate(found.conflicts, 1):
        print(f"  {number}. cannot be kept: {', '.join(limit.words for limit in conflict.limits)}")
    for cure in found.cures:
        for change in cure.changes:
            print(f"  loosen {change.words}")
        settings = dict(setting.split("=", 1) for change in cure.changes for setting in change.settings)
        cured = plan(load(SITE, overrides=settings), seconds=5)
        print(
            f"  cured: {cured.status}, verified: {cured.verified}, accepted by {max(su.acceptance for su in cured.sus)}"
        )


if __name__ == "__main__":
    main()
