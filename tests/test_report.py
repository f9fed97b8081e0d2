"""What a person reads: every total as in the record, nothing raw from a file, nothing said that is not known."""

import json

import pytest
import records

from dcplan.answer import Plan
from dcplan.catalog import figures
from dcplan.library import load_catalog
from dcplan.report.check_text import MOST_VIOLATIONS
from dcplan.report.plan_text import MOST_ROWS
from dcplan.report.specs_text import chosen, list_text, spec_text, specs_data
from dcplan.report.table import WIDTH, bullets, money, number, percent, printable, table
from dcplan.units import text as written

SAMPLES = {
    "plan": records.plan(),
    "earliest": records.plan(goal="earliest", stages=records.STAGES),
    "front": records.front(),
    "no front": records.front(status="no_plan", points=(), earliest=(), cheapest=(), dropped=(), reasons=("too slow",)),
    "infeasible": records.no_plan("infeasible", "because"),
    "check": records.check("pass", "fail", "open", "not checked"),
    "verdict": records.verdict("too little power"),
}


def squeezed(text: str) -> str:
    """Text with single spaces: columns may be padded and lines broken anywhere."""
    return " ".join(text.split())


@pytest.mark.parametrize("record", SAMPLES.values(), ids=SAMPLES)
def test_text_is_narrow_ascii_without_trailing_space(record):
    for line in str(record).splitlines():
        assert len(line) <= 120
        assert line == line.rstrip()
        assert line.isascii()
        assert line.isprintable()


@pytest.mark.parametrize("record", SAMPLES.values(), ids=SAMPLES)
def test_records_survive_json(record):
    text = json.dumps(record.model_dump(mode="json"))
    assert type(record).model_validate_json(text) == record
    assert json.loads(text)["schema_version"].endswith("/1")


# ---------------------------------------------------------------- plan


def test_no_more_su_days_are_said_to_be_won_than_the_plan_is_late():
    wide = records.OBJECTIVE.model_copy(update={"gap_su_days": 759.0})
    assert "(50,000 USD or 300 SU-days)" in squeezed(str(records.plan(objective=wide)))


def test_sides_that_differ_are_told_with_digits_that_differ():
    close = records.line("pump_head", "fail", required=125.0001, available=125.0, margin=-0.0001)
    text = squeezed(str(records.check().model_copy(update={"lines": (close,)})))
    assert "125.0001 125 -0.0001" in text


def test_plan_says_when_what_and_how_sure():
    text = squeezed(str(records.plan()))
    assert f"Ready {records.day(320)}: every SU accepted (2 of them, the first on {records.day(320)})" in text
    assert "feasible: no plan is better by more than 1.00 % (50,000 USD or 3.5 SU-days)" in text
    assert "5,000,000 USD (joint) = spend 4,000,000 USD + delay 1,000,000 USD" in text
    assert "4,950,000 USD proven" in text
    assert "Verified yes" in text
    assert "300 SU-days" in text
    assert "limit 60 s, 2 workers, seed 7; deterministic" in text
    assert "best/worst is an envelope, not P10/P90" in text
    assert "dcplan 0.1.0" in text


def test_stages_say_what_is_proven_and_for_which_plans():
    text = squeezed(str(SAMPLES["earliest"]))
    assert "Goal earliest: the least delay, then the least cost with it" in text
    assert "Status feasible; not proven the least: delay" in text
    assert "Mean delay 12.5 days over all SUs, weighted by their price; not proven the least" in text
    assert "no plan has less than 10 days, gap 20.00 %" in text
    assert "Cost 4,032,000 USD for all purchases at their price, whoever pays" in text
    assert "proven, no plan of at most 12.5 days of delay has less" in text
    assert "told, not minimised" in text


def test_a_front_says_what_a_week_costs():
    text = squeezed(str(SAMPLES["front"]))
    assert "from point 2 to point 1: 14 days less for 1,000,000 USD more, which is 500,000 USD a week" in text
    assert "point 2: 2 genset" in text
    assert "point 1, against point 2: 1 genset (expedited: air) more" in text
    assert "no plan has a delay below 10 days: proven; found: 12.5 days" in text
    assert "2 limits on delay: allow more time" in text
    unverified = records.front().points[0].plan.model_copy(update={"verified": False})
    points = (records.front().points[0].model_copy(update={"plan": unverified}), records.front().points[1])
    assert "only 1 VERIFIED" in str(records.front(points=points))


def test_totals_are_the_record_s_totals():
    plan = records.plan()
    text = squeezed(str(plan))
    assert f"{money(plan.purchases, 'USD')} (paid by: operator 4,000,000 USD, vendor 32,000 USD)" in text
    # two units of 2 MUSD are one lot; eight positions of each of two SUs are one reinforcement
    assert "2 genset (cummins-dqkan-2500) site" in text
    assert "16 pos. spreader (spreader-plates) hall-1" in text
    assert plan.payments is not None
    receipts = sum(cash.amount for cash in plan.payments.milestones)
    assert f"acceptance 30 % {money(receipts, 'USD')}" in text


def test_purchases_stand_in_the_order_of_their_order_dates():
    late = records.unit(3, upgrade="cdu", place="hall-1", order=records.day(90))
    early = records.unit(4, upgrade="ups", place="hall-1", order=records.day(1))
    text = str(records.plan(units=(late, records.unit(1), early)))
    block = text.split("BUY AND BUILD")[1].split("\n\n")[0].splitlines()[3:]
    dates = [line.split()[0] for line in block if line.strip()[:2] == "20"]
    assert dates == sorted(dates)
    assert len(dates) == 4


def test_lots_part_where_place_date_or_payer_differ():
    base = records.unit(1)
    others = [{"place": "yard"}, {"order": records.day(21)}, {"paid_by": "vendor"}, {"upgrade": "other"}]
    units = (base, *(records.unit(2 + i, **change) for i, change in enumerate(others)))
    block = str(records.plan(units=units)).split("BUY AND BUILD")[1].split("\n\n")[0]
    assert sum("2,000,000 USD" in line for line in block.splitlines()) == 5


def test_equal_sus_share_a_row():
    sus = [records.su(number) for number in range(1, 6)] + [records.su(6, gated_by="delivery")]
    text = squeezed(str(records.plan(sus=tuple(sus))))
    assert "alpha#1 .. alpha#5 (5)" in text
    assert "alpha#6 hall-1" in text


def test_many_sus_are_cut_and_counted():
    sus = tuple(records.su(number, gated_by=f"gate {number}") for number in range(MOST_ROWS + 9))
    text = str(records.plan(sus=sus))
    assert "... and 9 more rows: --json has them all" in text


def test_a_plan_that_is_not_verified_says_so():
    text = str(records.plan(verified=False))
    assert "NO: the plan breaks" in text
    assert "yes: recomputed" not in text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("infeasible", "INFEASIBLE"),
        ("no_plan", "does not prove that there is none"),
        ("interrupted", "INTERRUPTED before a plan was found"),
    ],
)
def test_without_a_plan_the_reasons_stand_and_nothing_is_promised(status, words):
    text = squeezed(str(records.no_plan(status, "hall-1 is too weak")))
    assert words in text
    assert "hall-1 is too weak" in text
    for absent in ("Ready", "Verified", "Purchases", "Objective", "PAYMENT", "BUY"):
        assert absent not in text


def test_a_gap_nobody_proved_is_unknown():
    unknown = {"bound": None, "gap": None, "gap_money": None, "gap_su_days": None}
    text = str(records.plan(objective=records.OBJECTIVE.model_copy(update=unknown)))
    assert "no useful bound is known" in text
    assert "proven: no plan is below" not in text


@pytest.mark.parametrize("bound", [0.0, -5.0])
def test_that_a_plan_is_not_free_is_no_useful_bound(bound):
    """A gap of 100 % or more says nothing, and is not said."""
    value = records.OBJECTIVE.value
    useless = {"bound": bound, "gap": (value - bound) / value, "gap_money": value - bound, "gap_su_days": None}
    text = str(records.plan(objective=records.OBJECTIVE.model_copy(update=useless)))
    assert "no useful bound is known" in text
    assert "%" not in text.partition("READY WHEN")[0]
    assert "proven: no plan is below" not in text


def test_a_plan_that_costs_nothing_is_optimal():
    free = {"value": 0.0, "bound": 0.0, "gap": 0.0, "gap_money": 0.0, "gap_su_days": 0.0}
    text = str(records.plan(status="optimal", objective=records.OBJECTIVE.model_copy(update=free)))
    assert "optimal: proven" in text
    assert "0 USD proven: no plan is below it; gap 0 %" in text


@pytest.mark.parametrize(("gap", "words"), [(0.01, "1.00 %"), (0.010001, "1.01 %"), (1e-9, "0.01 %"), (0.0, "0.00 %")])
def test_a_gap_is_rounded_up(gap, words):
    text = str(records.plan(objective=records.OBJECTIVE.model_copy(update={"gap": gap})))
    assert f"no plan is better by more than {words}" in text


def test_nothing_to_buy_is_said():
    sus = (records.su(1, reinforcement=None),)
    text = str(records.plan(units=(), sus=sus, purchases=0.0, tests=()))
    assert "0 USD (nothing to buy)" in text
    assert "BUY AND BUILD" not in text


def test_windows_of_two_deployments_and_their_sum():
    windows = (records.window("all"), records.window("alpha"), records.window("beta"))
    paid = records.plan().payments
    assert paid is not None
    text = str(records.plan(payments=paid.model_copy(update={"windows": windows, "worst_unserved": 2})))
    block = text.split("PAYMENT WINDOW")[1].split("\n\n")[0]
    assert [line.split()[0] for line in block.splitlines()[3:6]] == ["all", "alpha", "beta"]
    assert "2 SUs never energised in the worst world" in block


def test_names_from_a_file_cannot_drive_the_terminal():
    evil = "A\x1b[2J\x07\nREADY\u202e"
    plan = records.plan(
        site=evil, units=(records.unit(1, place=evil, id=evil),), warnings=(evil,), versions={evil: evil}
    )
    verdict = records.verdict(evil)
    for text in (str(plan), str(verdict), str(records.check("fail").model_copy(update={"site": evil, "gates": evil}))):
        assert all(line.isprintable() for line in text.split("\n"))
        assert "\\x1b[2J" in text
        assert "\nREADY\\u202e" not in text


# ---------------------------------------------------------------- check, verdict


def test_check_counts_in_its_last_line():
    text = str(records.check("pass", "pass", "fail", "open", "not checked"))
    assert text.splitlines()[-1] == "5 lines: 2 pass, 1 fail, 1 open, 1 not checked"
    assert text.splitlines()[-2] == "gates first: line-2"
    assert "reason of line-2" in text
    assert "reason of line-0" not in text
    assert "arc flash" in text


def test_check_without_failure():
    lines = str(records.check("pass")).splitlines()
    assert lines[-2:] == ["nothing fails", "1 line: 1 pass, 0 fail, 0 open, 0 not checked"]


def test_what_is_not_checked_is_told_once_per_reason():
    lines = tuple(records.line(name, "not checked", reason="no field for it") for name in ("a.east", "a.west"))
    text = str(records.check().model_copy(update={"lines": lines}))
    assert "no field for it (a.east, a.west)" in text
    assert text.count("a.east") == 1


def test_check_marks_what_is_assumed_and_what_is_unknown():
    check = records.check().model_copy(
        update={"lines": (records.line("a", "open", assumed=True, required=None, available=None, margin=None),)}
    )
    assert "a open - - - kW assumed" in squeezed(str(check))


def test_verdicts():
    assert str(records.verdict()).endswith("verified: 2 rules tried 13 times, no violation")
    bad = squeezed(str(records.verdict("too little power")))
    assert "required 4730.5, found 4500 kW" in bad
    assert bad.endswith("NOT VERIFIED: 2 rules tried 13 times, 1 violation")
    many = str(records.verdict(*(f"violation {number}" for number in range(MOST_VIOLATIONS + 5))))
    assert "... and 5 more" in many


# ---------------------------------------------------------------- catalog


def test_every_spec_prints_with_every_figure_and_source():
    catalog = load_catalog()
    for name, spec in chosen(catalog, None).items():
        text = spec_text(name, spec, catalog)
        flat = squeezed(text)
        for place, figure in figures(spec):
            assert f" {place} {written(figure.value)} " in flat, f"{name}.{place}"
            assert figure.note is None or f"- {place}: {squeezed(figure.note)}" in flat, f"{name}.{place}"
        for source in specs_data({name: spec}, catalog)["sources"].values():
            assert source["url"] in text
        assert all(line.isprintable() for line in text.split("\n"))


def test_the_list_names_every_spec():
    catalog = load_catalog()
    text = list_text(chosen(catalog, None))
    assert all(name in text for name in catalog.specs)
    assert f"{len(catalog.specs)} specs" in text
    assert max(map(len, text.splitlines())) <= 120


# ---------------------------------------------------------------- numbers and tables


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (999.96, "1000"),
        (1000.4, "1,000"),
        (-1234567.0, "-1,234,567"),
        (2.0, "2"),
        (1e-7, "1e-07"),
    ],
)
def test_numbers(value, text):
    assert number(value) == text


def test_a_small_gap_is_never_shown_as_none():
    assert percent(1e-9) == "< 0.01 %"
    assert percent(0.0) == "0 %"
    assert percent(0.01234) == "1.23 %"


def test_money_rounds_to_whole_units_but_keeps_small_change():
    assert money(1234567.89, "USD") == "1,234,568 USD"
    assert money(-0.0, "USD") == "0 USD"
    assert money(0.5, "EUR") == "0.50 EUR"


def test_printable_keeps_the_record_s_type_and_what_is_clean():
    plan = records.plan()
    assert printable(plan) == plan
    assert isinstance(printable(records.plan(site="a\tb")), Plan)
    assert printable(records.plan(site="a\tb")).site == "a\\tb"


def test_a_wide_column_is_broken_to_the_page():
    lines = table(["a", "b"], [["x" * 30, "word " * 60]], wide="b")
    assert len(lines) > 4
    assert max(map(len, lines)) <= WIDTH
    assert table(["a"], []) == ["  a", "  -"]


def test_bullets_are_cut_and_counted():
    assert bullets(["a", "b", "c"], 2) == ["  - a", "  - b", "  ... and 1 more: --json has them all"]
