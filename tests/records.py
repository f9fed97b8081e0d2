"""Small hand-made answers for the tests of the reports and of the command line."""

from datetime import date, timedelta
from typing import Any

from dcplan.answer import (
    Cash,
    Check,
    HallTest,
    Line,
    Objective,
    Payments,
    Plan,
    Reinforcement,
    Running,
    Settings,
    Stage,
    Su,
    Unit,
    Verdict,
    Violation,
    Window,
)
from dcplan.tradeoff import Front, Point

START = date(2027, 1, 4)


def day(number: int) -> date:
    return START + timedelta(days=number)


def unit(number: int, **changes: Any) -> Unit:
    """A generator of 2 MUSD, ordered on day 20 and in service on day 300 plus its number."""
    values: dict[str, Any] = {
        "id": f"genset@site#{number}", "upgrade": "genset", "spec": "cummins-dqkan-2500", "place": "site",
        "order": day(20), "delivery": day(250), "install_start": day(250), "install_end": day(270),
        "commissioned": day(280), "counted": day(300 + number), "crew": "electrical", "members": (1, 2),
        "cost": 2_000_000.0, "paid_by": "operator",
    }  # fmt: skip
    return Unit(**{**values, **changes})


def su(number: int, **changes: Any) -> Su:
    """An SU delivered on day 150, accepted on day 320 and 150 days late."""
    values: dict[str, Any] = {
        "id": f"alpha#{number}", "deployment": "alpha", "hall": "hall-1", "delivery": day(150),
        "reinforcement": Reinforcement(
            upgrade="spreader", spec="spreader-plates", positions=8, order=day(60), start=day(120), end=day(124),
            crew="structural", members=(1,), cost=16_000.0, paid_by="vendor",
        ),
        "set_start": day(151), "set_end": day(158), "crew": "integration", "members": (1, 2, 3, 4),
        "fill_start": day(200), "fill_end": day(203), "energise": day(310), "burn_in_end": day(315),
        "acceptance": day(320), "ready_energise": day(160), "ready_acceptance": day(170), "delay_days": 150,
        "gated_by": "capacity: genset@site",
    }  # fmt: skip
    return Su(**{**values, **changes})


def cash(number: int, **changes: Any) -> Cash:
    values: dict[str, Any] = {
        "su": f"alpha#{number}", "deployment": "alpha", "event": "acceptance", "share": 0.3, "amount": 7_200_000.0,
        "readiness": True, "long_stop": False, "ready": day(222), "planned": day(372), "best": day(340),
        "worst": day(420), "delay_days": 150,
    }  # fmt: skip
    return Cash(**{**values, **changes})


def window(scope: str, **changes: Any) -> Window:
    values: dict[str, Any] = {
        "scope": scope, "amount": 14_400_000.0, "ready": day(222), "planned": day(372), "best": day(340),
        "worst": day(420), "delay_days": 150.0, "best_delay_days": 118.0, "worst_delay_days": 198.0,
    }  # fmt: skip
    return Window(**{**values, **changes})


OBJECTIVE = Objective(
    value=5_000_000.0, spend=4_000_000.0, delay=1_000_000.0, bound=4_950_000.0, gap=0.01, gap_money=50_000.0,
    gap_su_days=3.5, step=100.0, exact=5_000_012.34, rounding=650.0,
)  # fmt: skip
NO_OBJECTIVE = Objective(
    value=None, spend=None, delay=None, bound=None, gap=None, gap_money=None, gap_su_days=None, step=100.0,
    exact=None, rounding=0.0,
)  # fmt: skip


def plan(**changes: Any) -> Plan:
    """Two gensets and two SUs."""
    values: dict[str, Any] = {
        "site": "Test site", "file": "site.yaml", "input_sha256": "ab" * 32, "status": "feasible", "reasons": (),
        "perspective": "joint", "currency": "USD", "start": START, "end": day(900), "objective": OBJECTIVE,
        "purchases": 4_032_000.0, "units": (unit(1), unit(2)), "sus": (su(1), su(2)),
        "tests": (
            HallTest(hall="hall-1", start=day(290), end=day(302), units=("genset@site#1",), sus=("alpha#1", "alpha#2")),
        ),
        "running": (Running(since=day(310), units={"genset@site": 2}),),
        "payments": Payments(
            milestones=(cash(1), cash(2)), windows=(window("all"), window("alpha")), worst_unserved=0
        ),
        "verified": True, "not_checked": ("halls.hall-1.floor.uniform: rolling load on the route",),
        "assumed": tuple(f"place.figure_{number}: {number} K" for number in range(12)), "warnings": ("look twice",),
        "settings": Settings(seconds=60.0, workers=2, seed=7, deterministic=True), "versions": {"dcplan": "0.1.0"},
    }  # fmt: skip
    return Plan(**{**values, **changes})


def no_plan(status: str, *reasons: str) -> Plan:
    return plan(
        status=status, reasons=reasons, objective=NO_OBJECTIVE, purchases=0.0, units=(), sus=(), tests=(),
        running=(), payments=None, verified=False,
    )  # fmt: skip


def line(name: str, verdict: str, **changes: Any) -> Line:
    values: dict[str, Any] = {
        "id": name, "scope": "site", "rule": f"rule of {name}", "required": 4730.5, "available": 4500.0,
        "margin": -230.5, "unit": "kW", "verdict": verdict, "assumed": False, "source": "a book, page 3",
        "reason": f"reason of {name}",
    }  # fmt: skip
    return Line(**{**values, **changes})


def check(*verdicts: str) -> Check:
    """One line per verdict, named line-0, line-1 and so on."""
    lines = tuple(line(f"line-{number}", verdict) for number, verdict in enumerate(verdicts))
    fails = [one.id for one in lines if one.verdict == "fail"]
    return Check(
        site="Test site", file="site.yaml", input_sha256="ab" * 32, lines=lines, gates=fails[0] if fails else None,
        warnings=("look twice",), not_covered=("arc flash", "seismic"),
    )  # fmt: skip


def verdict(*messages: str) -> Verdict:
    """One violation per message."""
    violations = tuple(
        Violation(
            rule="power.generator", place="site", on=day(310), required=4730.5, found=4500.0, unit="kW", message=message
        )
        for message in messages
    )
    return Verdict(
        site="Test site",
        ok=not violations,
        violations=violations,
        checked={"power.generator": 12, "money": 1},
        not_recomputed=("settings: how the answer was searched for",),
    )


STAGES = (
    Stage(aim="delay", value=12.5, bound=10.0, gap=0.2, most=None),
    Stage(aim="cost", value=4_032_000.0, bound=4_032_000.0, gap=0.0, most=12.5),
)


def point(delay: float, cost: float, bound: float | None, week: float | None, **bought: int) -> Point:
    return Point(
        most=delay, delay=delay, cost=cost, bound=bound, gap=None if bound is None else (cost - bound) / cost,
        gap_money=None if bound is None else cost - bound, week=week, accepted=day(320), paid=day(350), bought=bought,
        plan=plan(goal="front", stages=(Stage(aim="cost", value=cost, bound=bound, gap=None, most=delay),)),
    )  # fmt: skip


def front(**changes: Any) -> Front:
    """Two points a fortnight and 1 MUSD apart."""
    fast = {"genset": 2, "genset (expedited: air)": 1}
    values: dict[str, Any] = {
        "site": "Test site", "file": "site.yaml", "input_sha256": "ab" * 32, "currency": "USD", "status": "feasible",
        "reasons": (),
        "points": (point(12.5, 5e6, 4.9e6, 500_000.0, **fast), point(26.5, 4e6, None, None, genset=2)),
        "earliest": STAGES, "cheapest": STAGES[::-1], "dropped": ("at most 20.00 days of delay: nothing",),
        "untried": 2, "settings": Settings(seconds=60.0, workers=2, seed=7, deterministic=True),
    }  # fmt: skip
    return Front(**{**values, **changes})
