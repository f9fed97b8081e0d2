"""Two halls, two customers, 48 racks: what gates the go-live, and who pays when.

Shows: purchases by order date, what gates each SU, payment windows per customer, saving the plan as JSON.

    python examples/colo_48_nvl72.py --seconds 60 --save plan.json
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from dcplan import Plan, load, plan

SITE = Path(__file__).with_suffix(".yaml")


def print_orders(answer: Plan) -> None:
    """What to order by which day."""
    orders = Counter((unit.order, unit.upgrade, unit.place) for unit in answer.units)
    for (day, upgrade, place), count in sorted(orders.items()):
        print(f"  order by {day}: {count} x {upgrade} for {place}")


def print_windows(answer: Plan) -> None:
    """When each customer pays what depends on the site, against a ready site."""
    if answer.payments is None:
        return
    for window in answer.payments.windows:
        print(f"  {window.scope}: paid around {window.planned}, {window.delay_days:.0f} days after a ready site")


def main() -> None:
    """Plan the site, and save the plan if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="search limit")
    parser.add_argument("--save", type=Path, help="where to write the plan file for `dcplan verify`")
    options = parser.parse_args()
    answer = plan(load(SITE), seconds=options.seconds)
    print(f"{answer.site}: {answer.status}, verified: {answer.verified}")
    print_orders(answer)
    for su in answer.sus:
        print(f"  {su.id} in {su.hall} is accepted on {su.acceptance}, {su.delay_days} days late: {su.gated_by}")
    print_windows(answer)
    if options.save is not None:
        options.save.write_text(answer.model_dump_json(indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
