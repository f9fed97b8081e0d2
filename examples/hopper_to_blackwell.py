"""One hall, two generations of racks: what is missing for each, and how far the payment window moves.

Shows: a scenario of a site file, the check as data, the plan as data, the payment window.

    python examples/hopper_to_blackwell.py --seconds 30
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from dcplan import Check, Plan, check, load, plan

SITE = Path(__file__).with_suffix(".yaml")
SCENARIOS = {"Hopper": "hopper", "Blackwell": None}


def print_missing(found: Check) -> None:
    """Every line that falls short, and by how much."""
    for line in found.lines:
        if line.verdict == "fail" and line.margin is not None:
            print(f"  falls short: {line.id}, by {-line.margin:,.0f} {line.unit}")


def print_answer(answer: Plan) -> None:
    """What is bought, when it is ready, and when it is paid."""
    bought = Counter(f"{unit.upgrade} at {unit.place}" for unit in answer.units)
    for su in answer.sus:
        if su.reinforcement is not None:
            bought[f"{su.reinforcement.upgrade} at {su.hall}"] += su.reinforcement.positions
    print("  buys: " + (", ".join(f"{count} x {what}" for what, count in sorted(bought.items())) or "nothing"))
    print(f"  last SU accepted on {max(su.acceptance for su in answer.sus)}")
    if answer.payments is not None:
        window = answer.payments.windows[0]
        print(f"  payment window moves by {window.delay_days:.1f} days, from {window.ready} to {window.planned}")
    print(f"  {answer.status}, verified: {answer.verified}")


def main() -> None:
    """Check and plan both generations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="search limit per plan")
    seconds = parser.parse_args().seconds
    for name, scenario in SCENARIOS.items():
        site = load(SITE, scenario=scenario)
        print(f"{name} racks")
        print_missing(check(site))
        print_answer(plan(site, seconds=seconds))


if __name__ == "__main__":
    main()
