"""What is left to decide on a site with a past: its problem without what is ordered, begun or done.

Committed units arrive on the day they count, whatever is decided; their crews are taken; what they and the SUs that are
energised use up is a load of the site. An SU whose work has begun is a class with what is left of its chain. All else
is released on the as-of date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dcplan.answer import Su, Unit
from dcplan.errors import InternalError
from dcplan.past import Past, PastSu
from dcplan.problem import FINE, Delay, HallTest, Mode, Plant, Problem, Purchase, Row, SuClass, Task, Terms
from dcplan.solver.schedule import Schedule
from dcplan.units import round_steps


@dataclass(frozen=True)
class Left:
    """A class of SUs that is left, and whose it is in the whole problem."""

    su: int
    """Class in the whole problem."""
    modes: tuple[int, ...]
    """Mode in the whole problem of each of its modes."""
    names: tuple[str, ...]
    """Names of its SUs, in the order of its arrivals."""


@dataclass(frozen=True)
class Residual:
    """The problem that is left; its plants begin with those of the whole problem, in their order.

    After the classes that are left there is one more where an SU is energised: it stands for them all, asks nothing
    beside what they load the rows with, and is live from the as-of date on, so that all that is in force from then on,
    a redundancy scheme that falls due included, is kept also before another SU is energised.
    """

    whole: Problem
    problem: Problem
    left: tuple[Left, ...]

    def own(self, schedule: Schedule) -> Schedule:
        """A schedule of the problem that is left without what stands for the energised SUs."""
        return replace(schedule, runs=tuple(run for run in schedule.runs if run.su < len(self.left)))

    def live(self) -> int | None:
        """The class that stands for the energised SUs; None where there are none."""
        return len(self.left) if len(self.problem.classes) > len(self.left) else None


@dataclass(frozen=True)
class Frame:
    """The whole problem and its past, with dates as days."""

    whole: Problem
    past: Past
    day: Callable[[date], int]

    @property
    def now(self) -> int:
        """The as-of date."""
        return self.day(self.past.as_of)

    def plant(self, unit: Unit) -> int:
        """Plant type of a committed unit."""
        return plant_of(self.whole, unit)

    def placed(self, su: Su) -> tuple[int, int]:
        """Class and mode of an SU whose work has begun."""
        return mode_of(self.whole, su, self.day(su.delivery))


def plant_of(problem: Problem, unit: Unit) -> int:
    """Plant type of a unit of a plan."""
    spot = (unit.upgrade, unit.place, unit.train, unit.expedite)
    for index, plant in enumerate(problem.plants):
        if plant.purchase is not None and (plant.upgrade, plant.place, plant.train, plant.expedite) == spot:
            return index
    raise InternalError(f"{unit.id} is for sale nowhere")


def mode_of(problem: Problem, su: Su, delivered: int) -> tuple[int, int]:
    """Class and mode of an SU of a plan that is delivered on a day."""
    number = class_of(problem, su.deployment, delivered)
    way = None if su.reinforcement is None else su.reinforcement.upgrade
    for index, mode in enumerate(problem.classes[number].modes):
        made = None if mode.reinforcement is None else mode.reinforcement.upgrade
        if problem.halls[mode.hall].name == su.hall and made == way:
            return number, index
    raise InternalError(f"{su.id} can stand nowhere")


def class_of(problem: Problem, deployment: str, delivered: int) -> int:
    """Class of the SUs of a deployment that are delivered on a day."""
    for index, su in enumerate(problem.classes):
        if su.deployment == deployment and delivered in su.arrivals:
            return index
    raise InternalError(f"no SU of {deployment} is delivered on day {delivered}")


def residual(whole: Problem, past: Past, day: Callable[[date], int]) -> Residual:
    """What is left of a problem.

    Parameters
    ----------
    whole : Problem
        Of the site, with the deliveries of its past.
    past : Past
    day : callable
        Day number of a date.
    """
    frame = Frame(whole, past, day)
    committed: dict[int, list[Unit]] = defaultdict(list)
    for unit in past.units:
        committed[frame.plant(unit)].append(unit)
    plants = [_plant(frame, index, plant, committed) for index, plant in enumerate(whole.plants)]
    halls = tuple(_hall(frame, hall, committed) for hall in whole.halls)
    laid: dict[int, int] = {}
    modes = [[_mode(frame, mode, plants, committed, laid) for mode in su.modes] for su in whole.classes]
    classes, left = _classes(frame, modes)
    classes += _live(frame)
    problem = replace(
        whole,
        rows=_rows(frame, committed),
        plants=tuple(plants),
        halls=halls,
        classes=tuple(classes),
        busy=tuple(_busy(frame)),
    )
    return Residual(whole, problem, tuple(left))


# ---------------------------------------------------------------- plant


def _first(frame: Frame, units: Iterable[Unit]) -> int | None:
    """Day on which the first of some units is commissioned."""
    return min((frame.day(unit.commissioned) for unit in units), default=None)


def _of(committed: dict[int, list[Unit]], group: Iterable[int]) -> list[Unit]:
    return [unit for index in group for unit in committed.get(index, ())]


def _plant(frame: Frame, index: int, plant: Plant, committed: dict[int, list[Unit]]) -> Plant:
    purchase, units = plant.purchase, committed.get(index, [])
    if purchase is None:
        return plant
    release, after = purchase.install.release, []
    for group in purchase.after:
        there = _first(frame, _of(committed, group))
        if there is None:
            after.append(group)
        else:
            release = max(release, there)
    order = max(purchase.order_release, frame.now)
    barred = any(
        index in mine and _of(committed, others)
        for pair in frame.whole.exclusive
        for mine, others in (pair, pair[::-1])
    )
    left = replace(
        purchase,
        at_most=0 if barred else max(0, purchase.at_most - len(units)),
        order_release=order,
        install=replace(purchase.install, release=max(release, order + purchase.lead_days)),
        after=tuple(after),
    )
    arrivals = (*plant.arrivals, *(frame.day(unit.counted) for unit in units))
    return replace(plant, arrivals=tuple(sorted(arrivals)), purchase=left)


def _hall(frame: Frame, hall: HallTest, committed: dict[int, list[Unit]]) -> HallTest:
    """The hall with the groups of its loop of which no unit is committed."""
    groups, since = [], hall.loop_from
    for group in hall.loop_groups:
        first = _first(frame, _of(committed, group))
        if first is None or any(frame.whole.plants[index].existing for index in group):
            groups.append(group)
        else:
            since = max(since, min([first, *(day for index in group for day in frame.whole.plants[index].arrivals)]))
    return replace(hall, loop_groups=tuple(groups), loop_from=since)


def _busy(frame: Frame) -> Iterator[tuple[int, int, int]]:
    """Crew, day and members of work that keeps its dates, from the as-of date on."""
    names = [name for name, _ in frame.whole.crews]
    for crew, members, start, end in fixed_work(frame.past):
        for day in range(max(frame.day(start), frame.now), frame.day(end)):
            if frame.whole.workdays.is_open(day):
                yield names.index(crew), day, members


def fixed_work(past: Past) -> Iterator[tuple[str, int, date, date]]:
    """Crew, members, start and end of all work of a past, that which is still to come included."""
    for unit in past.units:
        yield unit.crew, len(unit.members), unit.install_start, unit.install_end
    for one in past.sus:
        made = one.su.reinforcement
        if made is not None:
            yield made.crew, len(made.members), made.start, made.end
        if one.is_set:
            yield one.su.crew, len(one.su.members), one.su.set_start, one.su.set_end


def _rows(frame: Frame, committed: dict[int, list[Unit]]) -> tuple[Row, ...]:
    """The rows with what committed units and energised SUs use up."""
    used = [row.demand for row in frame.whole.rows]

    def use(terms: Terms, times: int) -> None:
        for index, amount in terms:
            used[index] += amount * times

    for plant, units in committed.items():
        use(frame.whole.plants[plant].takes, len(units))
    for one in frame.past.sus:
        if one.stage == "energised":
            su, way = frame.placed(one.su)
            use((*frame.whole.classes[su].modes[way].takes, *frame.whole.classes[su].modes[way].demand), 1)
    return tuple(replace(row, demand=demand) for row, demand in zip(frame.whole.rows, used, strict=True))


# ---------------------------------------------------------------- SUs


def _mode(
    frame: Frame, mode: Mode, plants: list[Plant], committed: dict[int, list[Unit]], laid: dict[int, int]
) -> Mode:
    """A mode with its floor ordered on the as-of date at the earliest, and over plates that are committed."""
    way, route = mode.reinforcement, mode.route
    if way is not None:
        order = max(way.order_release, frame.now)
        task = replace(way.task, release=max(way.task.release, order + way.lead_days))
        way = replace(way, order_release=order, task=task)
    first = _first(frame, _of(committed, route))
    if first is not None:
        route = () if first <= frame.now else (_plates(frame, route[0], first, plants, laid),)
    return replace(mode, reinforcement=way, route=route)


def _plates(frame: Frame, like: int, day: int, plants: list[Plant], laid: dict[int, int]) -> int:
    """Committed plates on a route as a plant type of its own, which costs nothing and is there from a day on."""
    if like not in laid:
        purchase = frame.whole.plants[like].purchase
        crew = 0 if purchase is None else purchase.install.crew
        free = Purchase(1, 0, 0, 0, frame.now, Task(crew, 0, 0, day), 0, 0)
        plant = frame.whole.plants[like]
        plants.append(replace(plant, id=f"{plant.id} laid", existing=0, arrivals=(), takes=(), purchase=free))
        laid[like] = len(plants) - 1
    return laid[like]


def _live(frame: Frame) -> list[SuClass]:
    """What stands for the SUs that are energised; nothing where there are none."""
    energised = [one.su for one in frame.past.sus if one.stage == "energised"]
    if not energised:
        return []
    now = frame.whole.workdays.next_open(frame.now)
    return [
        SuClass(
            id="energised",
            deployment=energised[0].deployment,
            arrivals=(now,),
            ready=(now,),
            connect=Task(0, 0, 0, now),
            fill_days=0,
            liquid=False,
            burn_in_days=0,
            acceptance_days=0,
            delays=(),
            deadline=now,
            modes=tuple(Mode(hall, None, (), ()) for hall in range(len(frame.whole.halls))),
        )
    ]


@dataclass(frozen=True)
class _Waiting:
    """An SU that is left: from when its next step may start, and which steps are left."""

    name: str
    su: int
    mode: int | None
    """The only one, once its work has begun."""
    stage: str
    arrival: int
    ready: int
    promise: int | None

    @property
    def kind(self) -> tuple[int, int, str, int]:
        """What SUs of one class have in common."""
        return self.su, -1 if self.mode is None else self.mode, self.stage, -1 if self.promise is None else self.promise


def _classes(frame: Frame, modes: Sequence[Sequence[Mode]]) -> tuple[list[SuClass], list[Left]]:
    groups: dict[tuple[int, int, str, int], list[_Waiting]] = defaultdict(list)
    for one in _waiting(frame):
        groups[one.kind].append(one)
    classes: list[SuClass] = []
    left: list[Left] = []
    for kind in sorted(groups):
        waiting = sorted(groups[kind], key=lambda one: (one.arrival, one.ready, one.name))
        first = waiting[0]
        ways = range(len(modes[first.su])) if first.mode is None else (first.mode,)
        classes.append(_class(frame, waiting, [modes[first.su][way] for way in ways], len(classes)))
        left.append(Left(first.su, tuple(ways), tuple(one.name for one in waiting)))
    return classes, left


def _waiting(frame: Frame) -> Iterator[_Waiting]:
    past = frame.past
    for name, delivery in past.deliveries.items():
        one, day = past.su_of.get(name), frame.day(delivery)
        su = class_of(frame.whole, name.rpartition("#")[0], day)
        promise = frame.day(past.promises[name]) if past.promised else None
        record = frame.whole.classes[su]
        ready = record.ready[record.arrivals.index(day)]
        if one is None:
            yield _Waiting(name, su, None, "", max(day, frame.now), ready, promise)
        elif one.stage != "energised":
            mode = frame.placed(one.su)[1]
            yield _Waiting(name, su, mode, one.stage, max(_since(frame, one), frame.now), ready, promise)


def _since(frame: Frame, one: PastSu) -> int:
    """The day from which the next step of an SU may start."""
    if one.filled:
        return frame.day(one.su.fill_end)
    if one.is_set:
        return frame.day(one.su.set_end)
    made = one.su.reinforcement
    return frame.day(one.su.delivery if made is None else max(one.su.delivery, made.end))


def _class(frame: Frame, waiting: Sequence[_Waiting], modes: Sequence[Mode], number: int) -> SuClass:
    """SUs that are alike, with the steps that are left to them."""
    first = waiting[0]
    su = frame.whole.classes[first.su]
    if first.stage:
        modes = [replace(mode, reinforcement=None) for mode in modes]
    connect, fill, liquid = replace(su.connect, release=max(su.connect.release, frame.now)), su.fill_days, su.liquid
    if first.stage in ("set", "filled"):
        connect = replace(connect, need=0, days=0)
        modes = [replace(mode, route=()) for mode in modes]
    if first.stage == "filled":
        fill, liquid = 0, False
    delays = su.delays
    if first.promise is not None:
        rate = round_steps(frame.past.promised, frame.whole.money_step / FINE)
        delays = (*delays, Delay(rate, "acceptance", None), Delay(-rate, "acceptance", first.promise))
    return replace(
        su,
        id=f"{su.id} {number}",
        arrivals=tuple(one.arrival for one in waiting),
        ready=tuple(one.ready for one in waiting),
        connect=connect,
        fill_days=fill,
        liquid=liquid,
        delays=delays,
        modes=tuple(modes),
    )
