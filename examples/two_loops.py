"""One building in three climates: how warm its new water loop should run, and why.

Shows: setpoints of a loop, scenarios, what each alternative would have cost.

    python examples/two_loops.py --seconds 40
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dcplan import Plan, load, plan

SITE = Path(__file__).with_suffix(".yaml")
CLIMATES = {"mild": None, "temperate": "temperate", "hot": "hot"}


def print_answer(climate: str, answer: Plan) -> None:
    """The chosen supply temperature, and every alternative with its reason."""
    print(f"{climate}: {answer.setpoints.get('warm', 'no plan')} ({answer.status}, verified: {answer.verified})")
    for made in answer.alternatives:
        cost = "no plan" if made.value is None else f"{made.value / 1e6:,.1f} M{answer.currency}"
        print(f"  {made.setpoints['warm']}: {cost}; {'; '.join(made.reasons)}")


def main() -> None:
    """Plan the site in each climate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=40.0, help="search limit per plan")
    seconds = parser.parse_args().seconds
    for climate, scenario in CLIMATES.items():
        print_answer(climate, plan(load(SITE, scenario=scenario), seconds=seconds))


if __name__ == "__main__":
    main()
