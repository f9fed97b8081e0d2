"""A site that is already ready: the check passes, nothing is bought, nobody waits.

Shows: counting the lines of a check, a plan without purchases, and verifying it again.

    python examples/ready_site.py
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dcplan import check, load, plan, verify

SITE = Path(__file__).with_suffix(".yaml")


def main() -> None:
    """Check, plan and verify the site."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="search limit")
    seconds = parser.parse_args().seconds
    site = load(SITE)
    lines = check(site)
    print(f"{lines.count('pass')} lines pass, {lines.count('fail')} fail, {lines.count('not checked')} are not checked")
    answer = plan(site, seconds=seconds)
    print(f"{answer.status}: {answer.purchases:,.0f} {answer.currency} to spend, {len(answer.units)} units to buy")
    print(f"late by {sum(su.delay_days for su in answer.sus)} SU-days")
    print(f"verified again: {verify(answer, site).ok}")


if __name__ == "__main__":
    main()
