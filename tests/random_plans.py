"""Plans drawn at random: two halls, coolers that draw on gensets, a few SUs, two crews."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import assume
from hypothesis import strategies as st

from dcplan.problem import (
    FINE,
    Delay,
    HallTest,
    Mode,
    Plant,
    Problem,
    Purchase,
    Reinforcement,
    Row,
    SuClass,
    Task,
    Terms,
)
from dcplan.procure import CHAIN_MARGIN_DAYS
from dcplan.solver.capacity import Capacity
from dcplan.solver.decode import Choice, SuChoice, UnitChoice, build
from dcplan.solver.schedule import Schedule
from dcplan.workdays import Workdays

DAYS = 300
WEEKDAYS = Workdays(tuple(day for day in range(DAYS + CHAIN_MARGIN_DAYS) if day % 7 < 5))
EVERY_DAY = Workdays(tuple(range(DAYS + CHAIN_MARGIN_DAYS)))

GENSET = Plant(
    id="genset@site", upgrade="genset", spec="g", place="site", hall=None, existing=0, arrivals=(),
    supply=((0, 10),), running=(), standing=(), takes=(),
    purchase=Purchase(
        at_most=4, cost=FINE, carry=0, lead_days=20, order_release=5, install=Task(0, 1, 4, 25), commission_days=2,
        startup_release=0,
    ),
)  # fmt: skip

Span = tuple[int, int]
"""First day of a window, and how many more it has."""
small = st.integers(1, 6)


@st.composite
def tasks(draw: st.DrawFn, crew: int, longest: int = 6) -> Task:
    return Task(crew, draw(st.integers(1, 2)), draw(st.integers(1, longest)), draw(st.integers(0, 30)))


@st.composite
def purchases(draw: st.DrawFn) -> Purchase:
    purchase = Purchase(
        at_most=5, cost=draw(small) * 100 * FINE, carry=draw(small) * 1000, lead_days=draw(st.integers(0, 40)),
        order_release=draw(st.integers(0, 10)), install=draw(tasks(0)), commission_days=draw(st.integers(0, 4)),
        startup_release=draw(st.sampled_from([0, 0, 60])),
    )  # fmt: skip
    return replace(purchase, install=released(purchase.install, purchase))


def released(task: Task, bought: Purchase | Reinforcement) -> Task:
    """The task, not before its material can be there."""
    return replace(task, release=max(task.release, bought.order_release + bought.lead_days))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Two halls with coolers of two kinds that draw, running and standing, on gensets of the site."""
    halls = (0, 1)
    rows = [Row("power", "kW", 1.0, draw(st.integers(0, 1)), draw(st.integers(0, 5)), None)]
    rows += [Row(f"cooling@{hall}", "kW", 1.0, draw(st.integers(0, 1)), 0, None) for hall in halls]
    plants = [
        replace(GENSET, existing=draw(st.integers(0, 2)), supply=((0, draw(st.integers(8, 30))),),
                arrivals=tuple(draw(st.lists(st.integers(1, 60), max_size=1))), purchase=draw(purchases())),
    ]  # fmt: skip
    plants += [
        replace(
            GENSET, id=f"cooler{kind}@{hall}", hall=hall, existing=draw(st.integers(0, 1)),
            supply=((1 + hall, draw(st.integers(8, 20))),), running=((0, draw(st.integers(0, 3))),),
            standing=((0, draw(st.integers(0, 3))),), purchase=draw(purchases()),
        )
        for hall in halls
        for kind in range(draw(st.integers(1, 2)))
    ]  # fmt: skip
    loops = [tuple(i for i, plant in enumerate(plants) if plant.hall == hall) for hall in halls]
    classes = tuple(draw(su_classes(number)) for number in range(draw(st.integers(1, 3))))
    return Problem(
        days=DAYS, workdays=draw(st.sampled_from([WEEKDAYS, EVERY_DAY])), money_step=1.0,
        crews=(("plant", draw(st.integers(2, 3))), ("racks", draw(st.integers(2, 3)))), rows=tuple(rows),
        plants=tuple(plants),
        halls=tuple(HallTest(str(hall), draw(st.integers(0, 5)), (loops[hall],)) for hall in halls), classes=classes,
    )  # fmt: skip


@st.composite
def su_classes(draw: st.DrawFn, number: int) -> SuClass:
    arrivals = tuple(sorted(draw(st.lists(st.integers(0, 60), min_size=1, max_size=3))))
    need = ((0, draw(st.integers(3, 12))),)
    modes = []
    for hall in (0, 1):
        ways: list[Reinforcement | None] = [None]
        if draw(st.booleans()):
            way = Reinforcement("tiles", 1, FINE, 100, draw(st.integers(0, 9)), draw(st.integers(0, 9)), draw(tasks(1)))
            ways = [replace(way, task=released(way.task, way))]
        modes += [Mode(hall, way, (*need, (1 + hall, draw(st.integers(3, 12)))), ()) for way in ways]
    return SuClass(
        id=str(number),
        deployment=str(number),
        arrivals=arrivals,
        ready=arrivals,
        connect=replace(draw(tasks(1)), release=0),
        fill_days=draw(st.integers(0, 3)),
        liquid=draw(st.booleans()),
        burn_in_days=draw(st.integers(0, 7)),
        acceptance_days=draw(st.integers(0, 5)),
        delays=(Delay(draw(st.integers(0, 3)) * FINE, "acceptance", None),),
        deadline=DAYS,
        modes=tuple(modes),
    )


@st.composite
def plans(draw: st.DrawFn) -> tuple[Problem, Schedule]:
    problem = draw(problems())
    return problem, draw(schedules(problem))


@st.composite
def dated_plans(draw: st.DrawFn) -> tuple[Problem, Schedule, list[Span]]:
    """Plans of which installs end in windows, and one more unit of power may fail from a day on."""
    windows = draw(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 20)), min_size=1, max_size=3))
    windows = [*windows, (110, 20), (150, 400)]
    problem = tied(spared(draw(problems()), draw(st.integers(1, 140))), windows)
    return problem, draw(schedules(problem)), windows


def tied(problem: Problem, windows: list[Span]) -> Problem:
    """The problem with every install ending on a day inside a window."""
    open_days = problem.workdays.open_days

    def purchase(old: Purchase) -> Purchase:
        number = old.install.days
        starts = tuple(
            day
            for day, last in zip(open_days, open_days[number - 1 :], strict=False)
            if any(first <= last <= first + more for first, more in windows)
        )
        return replace(old, install=replace(old.install, starts=starts))

    plants = (replace(one, purchase=None if one.purchase is None else purchase(one.purchase)) for one in problem.plants)
    return replace(problem, plants=tuple(plants))


def spared(problem: Problem, day: int) -> Problem:
    """The problem with one more unit out at once in the balance of power from a day on."""
    power, late = problem.rows[0], len(problem.rows)
    later = replace(power, id="power later", failures=power.failures + 1, since=day)

    def twice(terms: Terms) -> Terms:
        return tuple(sorted([*terms, *((late, amount) for row, amount in terms if row == 0)]))

    def mode(old: Mode) -> Mode:
        return replace(old, demand=twice(old.demand))

    return replace(
        problem,
        rows=(replace(power, until=day), *problem.rows[1:], later),
        plants=tuple(
            replace(one, supply=twice(one.supply), running=twice(one.running), standing=twice(one.standing))
            for one in problem.plants
        ),
        classes=tuple(replace(su, modes=tuple(map(mode, su.modes))) for su in problem.classes),
    )


@st.composite
def schedules(draw: st.DrawFn, problem: Problem) -> Schedule:
    day = st.integers(0, 80)
    units = tuple(
        UnitChoice(index, draw(day), draw(day))
        for index in range(len(problem.plants))
        for _ in range(draw(st.integers(1, 5)))
    )
    sus = tuple(
        SuChoice(number, draw(st.integers(0, len(su.modes) - 1)), draw(day), draw(day), draw(day), draw(day))
        for number, su in enumerate(problem.classes)
        for _ in su.arrivals
    )
    schedule = build(problem, Capacity(problem), Choice(units, sus), shift=draw(st.booleans()))
    assume(schedule is not None)
    assert schedule is not None
    return schedule


def changed(problem: Problem, step: Callable[[int], int]) -> Problem:
    """The problem with every duration and every release changed by `step`, which is drawn anew for each."""

    def task(old: Task) -> Task:
        return replace(old, days=max(1, step(old.days)), release=step(old.release))

    def purchase(old: Purchase) -> Purchase:
        new = replace(
            old, lead_days=step(old.lead_days), order_release=step(old.order_release), install=task(old.install),
            commission_days=step(old.commission_days), startup_release=step(old.startup_release),
        )  # fmt: skip
        return replace(new, install=released(new.install, new))

    def mode(old: Mode) -> Mode:
        way = old.reinforcement
        if way is None:
            return old
        new = replace(way, lead_days=step(way.lead_days), order_release=step(way.order_release), task=task(way.task))
        return replace(old, reinforcement=replace(new, task=released(new.task, new)))

    return replace(
        problem,
        plants=tuple(
            replace(plant, purchase=None if plant.purchase is None else purchase(plant.purchase))
            for plant in problem.plants
        ),
        halls=tuple(replace(hall, test_days=step(hall.test_days)) for hall in problem.halls),
        classes=tuple(
            replace(
                su, connect=replace(su.connect, days=max(1, step(su.connect.days))), fill_days=step(su.fill_days),
                burn_in_days=step(su.burn_in_days), acceptance_days=step(su.acceptance_days),
                modes=tuple(mode(way) for way in su.modes),
            )
            for su in problem.classes
        ),
    )  # fmt: skip
