"""A complete reference hall for GB300 NVL72 as makers publish it: what dcplan confirms, and where it does not.

Shows: a site that names catalog specs only, comparing lines of a check with published counts, and a scenario.

    python examples/reference_hall.py
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dcplan import check, load, plan
from dcplan.catalog import Rack

SITE = Path(__file__).with_suffix(".yaml")
PUBLISHED_UNIT = 1200  # kW of a scalable unit of 8 racks, NVIDIA


def main() -> None:
    """Check the hall with two coolant temperatures, then plan its four scalable units."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=45.0, help="search limit")
    seconds = parser.parse_args().seconds
    site = load(SITE)
    unit = 0.0
    for kind in site.site.deployments["superpod"].su:
        rack = site.specs[kind.spec]
        unit += kind.count * rack.heat.si() / 1000 if isinstance(rack, Rack) else 0.0
    print(f"one scalable unit: {unit:,.0f} kW here, {PUBLISHED_UNIT:,} kW published")
    lines = check(site)
    print(f"{lines.count('pass')} lines pass, {lines.count('fail')} fail, {lines.count('open')} are open")
    for line in lines.lines:
        if line.verdict in ("open", "not checked"):
            print(f"  {line.verdict}: {line.id}")
    for scenario, water in ((None, "40 degC"), ("warmest", "45 degC")):
        found = check(load(SITE, scenario=scenario))
        (flow,) = (line for line in found.lines if line.id == "cdu_flow.data-hall")
        share = f"{flow.required:,.0f} of {flow.available:,.0f} {flow.unit}"
        print(f"4 of 5 CDUs with {water} coolant: {flow.verdict}, {share}")
    answer = plan(site, seconds=seconds)
    late = sum(su.delay_days for su in answer.sus)
    print(f"{answer.status}: {answer.purchases:,.0f} {answer.currency} to spend, late by {late} SU-days")
    print(f"verified: {answer.verified}")


if __name__ == "__main__":
    main()
