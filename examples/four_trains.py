"""What redundancy costs: the same racks with the same units, by unit, by side, by side and unit, and by four trains.

Shows: trains and sides, a hall with pods, load that moves by cords, and scenarios that change what may fail.

    python examples/four_trains.py
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from dcplan import load, plan

SITE = Path(__file__).with_suffix(".yaml")


def main() -> None:
    """Plan the site under each declaration and count what it buys."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="search limit for each plan")
    seconds = parser.parse_args().seconds
    for scenario in ("by_unit", None, "side_and_unit", "three_of_four"):
        site = load(SITE, scenario=scenario)
        declared = site.site.redundancy["ups"]
        answer = plan(site, seconds=seconds)
        bought = Counter(unit.upgrade for unit in answer.units)
        words = ", ".join(f"{number} x {name}" for name, number in sorted(bought.items()))
        print(f"{declared.scheme} by {declared.unit}: {words}; {answer.purchases:,.0f} {answer.currency}")
        trains = Counter(unit.train for unit in answer.units if unit.upgrade == "ups")
        print(f"  modules per train: {dict(sorted(trains.items()))}; verified: {answer.verified}")


if __name__ == "__main__":
    main()
