"""Two numbers one after the other: the lexicographic optimum is that of brute force, every plan passes the verifier."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import brute
import pytest
import records
from site_options import with_options
from sites import SMALL, TINY, loaded, seeded
from tiny import TEXT, tiny

from dcplan import cli
from dcplan.answer import Aim, Goal, Plan, Stage
from dcplan.errors import InputError
from dcplan.formulate.build import formulate
from dcplan.loading import load
from dcplan.planner import plan
from dcplan.problem import FINE, Problem, Purchase
from dcplan.procure import CHAIN_MARGIN_DAYS
from dcplan.report.progress import Shown, told
from dcplan.setpoints import choices, settled
from dcplan.site import SiteModel
from dcplan.solver.grid import GridModel
from dcplan.solver.run import Limits
from dcplan.solver.search import Status
from dcplan.staging import pricing
from dcplan.staging.lexicographic import ORDER, Known, Least, Minimiser, Staged, lexicographic
from dcplan.verifier.verdict import verify

GOALS: tuple[Goal, ...] = ("earliest", "cheapest")
PERSPECTIVE: Goal = "perspective"
LIMITS = Limits(seconds=1000.0, workers=1, deterministic=True)
BIG = 10**9
"""More than any cost or delay of a tiny site in steps."""


def weighted(delay: Problem, cost: Problem, aim: Aim) -> Problem:
    """One problem whose optimum is the lexicographic one: brute force has no limit on the size of a number."""
    late, dear = (BIG, 1) if aim == "delay" else (1, BIG)
    classes = tuple(
        replace(
            su,
            delays=tuple(replace(each, rate=each.rate * late) for each in su.delays),
            modes=tuple(
                mode
                if mode.reinforcement is None
                else replace(mode, reinforcement=replace(mode.reinforcement, cost=mode.reinforcement.cost * dear))
                for mode in other.modes
            ),
        )
        for su, other in zip(delay.classes, cost.classes, strict=True)
    )
    plants = tuple(
        one if one.purchase is None else replace(one, purchase=dearer(one.purchase, dear)) for one in cost.plants
    )
    return replace(cost, plants=plants, classes=classes)


def dearer(purchase: Purchase, times: int) -> Purchase:
    hire = purchase.hire
    if hire is not None:
        hire = replace(hire, rent=hire.rent * times, running=hire.running * times)
    return replace(purchase, cost=purchase.cost * times, hire=hire)


def enumerable(
    change: Any = lambda _, data: data, most: int = 2500, sites: int = 200
) -> Iterator[tuple[int, SiteModel]]:
    """Sites small enough to be enumerated, and not so small that there is nothing to choose."""
    for seed in range(sites):
        model = loaded(change(seed, seeded(seed, TINY)))
        if 100 <= brute.tries(formulate(model), most) <= most:
            yield seed, model


def compared(model: SiteModel, goal: Goal, place: str) -> Staged:
    """The lexicographic optimum of a site, which brute force finds as well."""
    minimiser = Minimiser(model, [formulate(model)])
    staged = lexicographic(goal, minimiser, LIMITS)
    delay, cost = (minimiser.priced[aim].problems[0] for aim in ("delay", "cost"))
    least = brute.optimum(weighted(delay, cost, ORDER[goal][0]))
    if least is None:
        assert staged.result.status is Status.INFEASIBLE, place
        return staged
    assert staged.second is not None, place
    assert (staged.first.value, staged.second.value) == divmod(least, BIG), place
    assert staged.first.proven, place
    assert staged.second.proven, place
    assert staged.result.status is Status.OPTIMAL, place
    return staged


def test_the_lexicographic_optimum_is_that_of_brute_force():
    apart = planned = 0
    for seed, model in enumerable():
        early, cheap = (compared(model, goal, f"seed {seed}, {goal}") for goal in GOALS)
        if early.second is not None and cheap.second is not None:
            planned += 1
            apart += early.first.value != cheap.second.value
            assert early.first.value is not None
            assert early.first.value <= (cheap.second.value or 0)
            assert cheap.first.value is not None
            assert cheap.first.value <= (early.second.value or 0)
    assert planned >= 15
    assert apart >= 2


def test_the_lexicographic_optimum_of_sites_with_options_is_that_of_brute_force():
    """Expedited and hired units, units that others wait for or rule out."""
    apart = 0
    for seed, model in enumerable(with_options, sites=500):
        early, cheap = (compared(model, goal, f"seed {seed}, {goal}") for goal in GOALS)
        apart += early.second is not None and cheap.first.value != early.second.value
    assert apart >= 2


# ---------------------------------------------------------------- plans


def planned(model: SiteModel, goal: Goal, seconds: float = 20.0) -> Plan:
    return plan(model, objective=goal, seconds=seconds, workers=1, deterministic=True)


def number(found: Plan, aim: Aim) -> float:
    (value,) = [stage.value for stage in found.stages if stage.aim == aim]
    assert value is not None
    return value


def recomputed(found: Plan, model: SiteModel) -> dict[Aim, float]:
    """Cost and delay of any plan, by hand."""
    prices = [model.site.deployments[su.deployment].price.si() for su in found.sus]
    late = sum(price * su.delay_days for price, su in zip(prices, found.sus, strict=True))
    by_the_day = sum(unit.hire.rent + unit.hire.running for unit in found.units if unit.hire is not None)
    return {"cost": found.purchases + by_the_day, "delay": late / sum(prices)}


def test_no_plan_is_cheaper_than_the_cheapest_or_earlier_than_the_earliest():
    told = 0
    for seed in range(30):
        size, seconds = (SMALL, 0.3) if seed % 3 == 0 else (TINY, 3.0)
        model = loaded(with_options(seed, seeded(seed, size)))
        made = {goal: planned(model, goal, seconds) for goal in (*GOALS, PERSPECTIVE)}
        # a larger site is not given the time that a plan may take
        made = {goal: found for goal, found in made.items() if found.status != "no_plan"}
        if any(found.status == "infeasible" for found in made.values()):
            assert not any(one.sus or one.stages for one in made.values()), f"seed {seed}"
            continue
        for goal, found in made.items():
            assert found.verified, f"seed {seed}, {goal}: {found.warnings}"
            assert verify(found, model).ok, f"seed {seed}, {goal}"
            assert Plan.model_validate_json(found.model_dump_json()) == found
            numbers = recomputed(found, model)
            for other in {*GOALS} & {*made}:
                first = made[other].stages[0]
                assert first.bound is not None, f"seed {seed}"
                assert numbers[first.aim] >= first.bound - 0.01, f"seed {seed}, {goal} against {other}"
                assert first.gap != 0 or numbers[first.aim] >= number(made[other], first.aim) - 0.01, f"seed {seed}"
            for stage in found.stages:
                assert stage.value == pytest.approx(numbers[stage.aim], rel=1e-9, abs=1e-9), f"seed {seed}, {goal}"
        told += 1
    assert told >= 10


def test_a_goal_of_the_file_is_taken_and_an_option_goes_before_it(tmp_path: Path):
    model = tiny(tmp_path, {"objective": "cheapest"})
    assert planned(model, "earliest").goal == "earliest"
    found = plan(model, seconds=20, workers=1, deterministic=True)
    assert (found.goal, [stage.aim for stage in found.stages]) == ("cheapest", ["cost", "delay"])
    assert plan(model, objective="perspective", seconds=5, workers=1, deterministic=True).stages == ()
    text = " ".join(str(found).split())
    assert "Goal cheapest: the least cost, then the least delay with it" in text
    assert "In money" in text


def test_more_money_buys_less_delay(tmp_path: Path):
    """A generator three weeks sooner costs 50,000 USD more: the earliest plan pays for that, the cheapest does not."""
    sooner = TEXT.replace("permit: air}", "expedite: {air: {saves: 21 day, cost: 50000 USD}}}")
    text = sooner.replace("8 week", "12 week")
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    model = load(path)
    early, cheap = (planned(model, goal) for goal in GOALS)
    assert early.status == cheap.status == "optimal"
    assert number(early, "cost") == number(cheap, "cost") + 50_000
    assert number(early, "delay") < number(cheap, "delay")


def test_with_setpoints_the_best_of_all_is_taken(tmp_path: Path):
    model = tiny(tmp_path, {"loops.water.setpoints": ["24 degC", "28 degC", "30 degC"]})
    for goal in GOALS:
        found = planned(model, goal)
        assert found.status == "optimal"
        assert found.verified, found.warnings
        assert found.alternatives[0].status == "infeasible"
        alone = planned(tiny(tmp_path), goal)
        assert number(found, ORDER[goal][0]) <= number(alone, ORDER[goal][0])


def test_without_a_plan_the_answer_says_so(tmp_path: Path):
    model = tiny(tmp_path, {"limits.budget": "1 USD"})
    for goal in GOALS:
        found = planned(model, goal)
        assert (found.status, found.goal, found.stages, found.sus) == ("infeasible", goal, (), ())
        assert found.reasons


def test_an_unproven_first_stage_is_told(tmp_path: Path):
    found = planned(tiny(tmp_path), "earliest")
    first, second = found.stages
    unproven = first.model_copy(update={"bound": 1.0, "gap": 1 - 1 / number(found, "delay")})
    weak = found.model_copy(update={"status": "feasible", "stages": (unproven, second)})
    assert verify(weak, tiny(tmp_path)).ok
    text = " ".join(str(weak).split())
    assert "feasible; not proven the least: delay" in text
    assert "not proven the least: no plan has less than 1 day, gap" in text


# ---------------------------------------------------------------- the verifier


FORGED: dict[str, Any] = {
    "another goal": {"goal": "cheapest"},
    "no goal": {"goal": "perspective"},
    "no stages": {"stages": ()},
    "not stages": {"stages": ("something", "else")},
    "not proven": {"status": "feasible"},
}
FORGED_STAGES: dict[str, tuple[int, Any]] = {
    "less delay": (0, {"value": 1.0}),
    "no delay": (0, {"value": None}),
    "a bound above": (0, {"bound": 1000.0}),
    "a held first": (0, {"most": 100.0}),
    "less cost": (1, {"value": 1.0}),
    "not held": (1, {"most": None}),
    "held to less": (1, {"most": 0.5}),
    "held to more": (1, {"most": 1000.0}),
    "a gap": (1, {"gap": 0.5}),
    "no gap": (1, {"gap": None}),
}


def test_no_number_of_a_stage_can_be_forged(tmp_path: Path):
    model = tiny(tmp_path)
    found = planned(model, "earliest")
    assert verify(found, model).ok
    for name, change in FORGED.items():
        rules = {item.rule for item in verify(found.model_copy(update=change), model).violations}
        assert rules & {"stages", "status"}, name
    for name, (place, change) in FORGED_STAGES.items():
        stages = list(found.stages)
        stages[place] = stages[place].model_copy(update=change)
        rules = {item.rule for item in verify(found.model_copy(update={"stages": tuple(stages)}), model).violations}
        assert "stages" in rules, name
    huge = found.units[0].model_copy(update={"cost": 1.7e308})
    absurd = found.model_copy(update={"units": (huge, huge, *found.units[1:])})
    assert "stages" in {item.rule for item in verify(absurd, model).violations}
    bound = found.objective.model_copy(update={"bound": found.objective.value, "gap": 0.0, "gap_money": 0.0})
    assert "stages" in {item.rule for item in verify(found.model_copy(update={"objective": bound}), model).violations}


def test_what_a_second_stage_is_held_to_is_what_the_plan_has_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The second search may find less of the first number than an unproven first search reached."""
    model = tiny(tmp_path)
    usual = Minimiser.least
    late = planned(model, "cheapest")

    def least(self: Minimiser, aim: Aim, limits: Limits, **given: Any) -> Least:
        found = usual(self, aim, limits, **given)
        # the first search ends with a schedule that has all accepted three weeks later
        return replace(found, known=None if found.known is None else later(found.known)) if aim == "delay" else found

    def later(known: Known) -> Known:
        runs = tuple(replace(run, accepted=run.accepted + 21) for run in known.schedule.runs)
        return Known(known.chosen, replace(known.schedule, runs=runs))

    monkeypatch.setattr(Minimiser, "least", least)
    staged = lexicographic("earliest", Minimiser(model, [formulate(model)]), LIMITS)
    first, second = staged.stages
    assert second.most == first.value
    assert first.value == number(late, "delay")


# ---------------------------------------------------------------- interrupts and the command line


def interrupted_after(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Ctrl-C when the solver is called for the so-manieth time."""
    calls = iter(range(1000))

    def solve(self: GridModel, *given: Any, **named: Any) -> Any:
        if next(calls) >= number:
            raise KeyboardInterrupt
        return usual(self, *given, **named)

    usual = GridModel.solve
    monkeypatch.setattr(GridModel, "solve", solve)


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("number", [1, 3, 6, 9, 12])
def test_an_interrupt_keeps_the_best_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goal: Goal, number: int):
    model = tiny(tmp_path)
    interrupted_after(monkeypatch, number)
    found = planned(model, goal)
    assert found.status in ("interrupted", "optimal", "feasible")
    assert found.verified or not found.sus
    assert number < 6 or found.sus


def test_the_command_takes_a_goal(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    site = tmp_path / "site.yaml"
    site.write_text(TEXT, encoding="utf-8")
    options = ["--seconds", "20", "--workers", "1", "--deterministic", "--json"]
    assert cli.main(["plan", str(site), "--objective", "earliest", "--max-gap", "0", *options]) == 0
    out = capsys.readouterr().out
    found = json.loads(out)
    assert (found["goal"], found["status"]) == ("earliest", "optimal")
    file = tmp_path / "plan.json"
    file.write_text(out, encoding="utf-8")
    # a plan is verified whatever the file says is to be minimised
    assert cli.main(["verify", str(site), str(file)]) == 0
    assert cli.main(["verify", str(site), str(file), "--set", "objective=cheapest"]) == 6
    capsys.readouterr()
    assert cli.main(["plan", str(site), "--objective", "soonest"]) == 1
    assert "earliest" in capsys.readouterr().err
    assert cli.main(["plan", str(site), "--set", "objective=soonest"]) == 2
    assert "objective" in capsys.readouterr().err


def test_a_wide_gap_of_any_stage_is_7(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stages = (
        Stage(aim="delay", value=10.0, bound=10.0, gap=0.0, most=None),
        Stage(aim="cost", value=10.0, bound=9.0, gap=0.1, most=10.0),
    )
    monkeypatch.setattr("dcplan.planner.plan", lambda *_, **__: records.plan(goal="earliest", stages=stages))
    site = tmp_path / "site.yaml"
    site.write_text(TEXT, encoding="utf-8")
    assert cli.main(["plan", str(site), "--max-gap", "5"]) == 7
    assert cli.main(["plan", str(site), "--max-gap", "10"]) == 0


def test_progress_tells_of_days_where_a_delay_is_minimised():
    shown = Shown(StringIO(), "EUR")
    shown.begin("delay")
    assert told(12.5, 10.0, shown.currency) == "a plan of 12.50 days; none below 10 days; gap 20.00 %"
    shown.begin("cost")
    assert shown.currency == "EUR"


# ---------------------------------------------------------------- steps


def in_steps(priced: Problem) -> int:
    """The largest sum of absolute values that the objective of a priced problem can come to, both terms of a delay."""
    total = sum(one.purchase.at_most * one.purchase.cost // FINE for one in priced.plants if one.purchase is not None)
    for su in priced.classes:
        ways = [mode.reinforcement.cost // FINE for mode in su.modes if mode.reinforcement is not None]
        late = sum(each.rate // FINE for each in su.delays) * (priced.days + CHAIN_MARGIN_DAYS)
        total += len(su.arrivals) * (max(ways, default=0) + 2 * late)
    return total


@pytest.mark.parametrize("path", sorted(Path("examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_no_objective_comes_near_the_solver_s_limit(path: Path):
    model = settled(load(path), choices(load(path).site)[0])
    for aim, one in Minimiser(model, [formulate(model)]).priced.items():
        (problem,) = one.problems
        assert in_steps(problem) < 2**31, aim


def test_prices_that_are_too_fine_are_rounded_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Then a bound in steps is still one in money: nothing is proven that is not so, and little is lost."""
    changes = {"upgrades.cdu.cost": "100123.45 USD", "upgrades.genset.cost": "200456.78 USD"}
    exact_plans = [planned(tiny(tmp_path, changes), goal) for goal in GOALS]
    assert [one.status for one in exact_plans] == ["optimal", "optimal"]
    monkeypatch.setattr(pricing, "ROW_LIMIT", 10**5)
    for goal, right in zip(GOALS, exact_plans, strict=True):
        found = planned(tiny(tmp_path, changes), goal)
        assert found.verified, found.warnings
        for stage, same in zip(found.stages, right.stages, strict=True):
            assert stage.value == same.value
            assert stage.bound is not None
            assert 0.99 * number(found, stage.aim) <= stage.bound <= number(found, stage.aim)
        assert found.status == "feasible"


def test_no_other_goal_is_known(tmp_path: Path):
    for goal in ("soonest", "front"):
        with pytest.raises(InputError, match="perspective, earliest or cheapest"):
            plan(tiny(tmp_path), objective=goal)  # type: ignore[arg-type]
