"""Racks that are there before the power is: hire sets to bridge it, or wait, or buy what ships sooner.

Shows: hired plant on prime duty, and the switch between hiring and waiting by what a day of delay costs.

    python examples/bridge_power.py
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from dcplan import Plan, load, plan

SITE = Path(__file__).with_suffix(".yaml")
SCENARIOS = {"60,000 USD a day": None, "3,000 USD a day": "patient", "short of backup": "sooner"}


def print_answer(name: str, answer: Plan) -> None:
    """What is hired and bought, for how long, and when the last SU is accepted."""
    aim = answer.objective
    print(
        f"{name}: {answer.status}, verified: {answer.verified}; accepted by {max(su.acceptance for su in answer.sus)}; "
        f"spend {aim.spend or 0:,.0f} and delay {aim.delay or 0:,.0f} {answer.currency}"
    )
    for upgrade, count in sorted(Counter(unit.upgrade for unit in answer.units).items()):
        print(f"  {count} x {upgrade}")
    for stay in (unit.hire for unit in answer.units if unit.hire is not None):
        print(f"  hired until {stay.returned}: {stay.rent:,.0f} of rent, {stay.running:,.0f} of fuel and maintenance")


def main() -> None:
    """Plan the site in each scenario."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="search limit per plan")
    seconds = parser.parse_args().seconds
    for name, scenario in SCENARIOS.items():
        print_answer(name, plan(load(SITE, scenario=scenario), seconds=seconds))


if __name__ == "__main__":
    main()
