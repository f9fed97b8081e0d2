"""Whether redundancy, trains, pods and levels are declared: every failure set known, no load lost by design."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dcplan.catalog import FloorReinforcement, RouteProtection, Spec, Transformer
from dcplan.distribution import OUTDOORS
from dcplan.levels import TOPS, fed_by, feeding, top_of, upwards
from dcplan.redundancy import Scheme, members_at, pairs_at, places_of, scheme_of, serves
from dcplan.site import LEVEL, Hall, Plant, Redundancy, Service, Site, Train, Upgrade
from dcplan.wording import nearest

Step = tuple[str | int, ...]
"""Where in a site file: keys and list positions."""
Found = tuple[Step, str, str, str]
"""A problem: where, what is given, what is allowed, one line to try."""
GROUPS: dict[Service, tuple[str, ...]] = {
    "utility": ("site",),
    "transformer": ("site",),
    "generator": ("site",),
    "ups": ("site", "hall", "pod"),
    "cdu": ("hall", "pod"),
    "room_air": ("hall", "pod"),
    "facility_pump": ("loop",),
    "heat_rejection": ("loop",),
    "fuel": ("site",),
    "switchgear": ("site",),
}
POWER: tuple[Service, ...] = ("utility", "transformer", "generator", "ups")
_WIDTH = {"pod": 0, "hall": 1, "site": 2}
MOST_SETS = 64
"""Failure sets of one service at one place."""
_SHARE = 1e-9


def scheme_problems(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Schemes, redundancy units, groups and topologies that are unknown, do not fit together or lose a load."""
    for service, entry in site.redundancy.items():
        level = service.removeprefix(LEVEL)
        path: Step = ("redundancy", service) if level == service else ("levels", level, "redundancy")
        wrong = list(_words(path, service, entry))
        yield from wrong
        scheme = scheme_of(entry.scheme)
        if wrong or scheme is None:
            continue
        lower = list(_lower(path, service, entry, scheme))
        yield from lower
        if lower or entry.unit == "unit":
            continue
        outside = list(_outside(site, specs, service, entry.unit))
        yield from outside
        for place in [] if outside else places_of(site, service):
            units = tuple(members_at(site, specs, service, place))
            if units:
                yield from _by_units(path, entry, place, units)
        yield from _strange_pairs(site, path, entry)


def _by_units(path: Step, entry: Redundancy, place: str, units: Sequence[str]) -> Iterator[Found]:
    """Every scheme of a service against the redundancy units of a place, the one in force last first."""
    dated = [((*path, "until", index), lower.scheme) for index, lower in enumerate(entry.until)]
    for at, text in [(path, entry.scheme), *dated]:
        scheme, other = scheme_of(text), entry.model_copy(update={"scheme": text})
        if scheme is not None:
            found = list(_counts(at, other, scheme, place, units))
            yield from found or _pairing(at, other, scheme, place, units)


def _lower(path: Step, service: Service, entry: Redundancy, last: Scheme) -> Iterator[Found]:
    """Schemes in force before a day: in order of their days, each lower than the one that follows it."""
    following, text = last, entry.scheme
    for index in range(len(entry.until) - 1, -1, -1):
        lower, at = entry.until[index], (*path, "until", index)
        if index and lower.day <= entry.until[index - 1].day:
            before = entry.until[index - 1].day
            yield (*at, "day"), str(lower.day), f"a day after {before}, on which the one before it ends", ""
        scheme = scheme_of(lower.scheme)
        yield from _words(at, service, entry.model_copy(update={"scheme": lower.scheme}))
        if scheme is None:
            return
        if scheme.out > following.out or scheme.beside > following.beside or _lost(scheme) == _lost(following):
            yield (*at, "scheme"), lower.scheme, f"a lower scheme than {text}, which follows it", ""
        following, text = scheme, lower.scheme


def _lost(scheme: Scheme) -> tuple[int, int]:
    return scheme.out, scheme.beside


def _words(path: Step, service: Service, entry: Redundancy) -> Iterator[Found]:
    scheme = scheme_of(entry.scheme)
    if scheme is None:
        yield (*path, "scheme"), entry.scheme, "N, N+1 to N+9, 2N, 2(N+1), or xN/y such as 3N/4", ""
    if entry.unit not in ("unit", "train", "side"):
        yield (*path, "unit"), entry.unit, "unit, train or side", ""
    elif scheme is not None and scheme.of is not None and entry.unit == "unit":
        hint = "unit: train, with `train` named in plant and upgrades"
        yield (*path, "unit"), f"{entry.scheme} by unit", "train or side: what stands for the other", hint
    groups = GROUPS["ups"] if service.startswith(LEVEL) else GROUPS[service]
    if entry.group not in groups:
        hint = "generators, transformers and utility are one group over the site" if service in POWER else ""
        yield (*path, "group"), entry.group, " or ".join(groups), hint
    if entry.topology == "cords":
        if service not in POWER and not service.startswith(LEVEL):
            yield (*path, "topology"), "cords", "shared_bus: only power comes by cords", ""
        elif entry.unit == "unit":
            yield (*path, "topology"), "cords by unit", "`unit: train` or `unit: side`", ""
        if entry.pairing is not None and entry.pairs is not None:
            yield (*path, "pairing"), "`pairing` and `pairs`", "one of them", ""
    elif entry.pairing is not None or entry.pairs is not None:
        field = "pairs" if entry.pairing is None else "pairing"
        yield (*path, field), f"`{field}` on a shared bus", "`topology: cords`", "any survivor takes any load there"


def _outside(site: Site, specs: Mapping[str, Spec], service: Service, unit: str) -> Iterator[Found]:
    """Plant of a service redundant by train or side that is part of none."""
    entries: list[tuple[str, str, str, tuple[str | None, ...], str]] = [
        ("plant", name, entry.spec, (entry.train,), "train")
        for name, entry in site.plant.items()
        if entry.status != "reserved"
    ]
    entries += [
        ("upgrades", name, upgrade.spec, upgrade.trains or (None,), "trains") for name, upgrade in site.upgrades.items()
    ]
    for section, name, spec, trains, field in entries:
        if not serves(specs, spec, service):
            continue
        for train in trains:
            if train is None:
                yield (section, name), f"plant outside of any train: {service} is redundant by {unit}", f"`{field}`", ""
            elif unit == "side" and train in site.trains and site.trains[train].side is None:
                why = f"train {train} is part of no side: {service} is redundant by side"
                yield ("trains", train), why, "`side`", "side: A"


def _counts(path: Step, entry: Redundancy, scheme: Scheme, place: str, units: Sequence[str]) -> Iterator[Found]:
    """As many redundancy units as the scheme speaks of, and no more sets of them than can be tried."""
    what = f"{len(units)} {entry.unit}{'' if len(units) == 1 else 's'} at {place}: {', '.join(units[:8])}"
    if scheme.of is not None and len(units) != scheme.of:
        yield (*path, "scheme"), f"{entry.scheme} over {what}", f"{scheme.of} of them", "name them in plant or upgrades"
    elif scheme.out >= len(units):
        yield (*path, "scheme"), f"{entry.scheme} over {what}", f"more than {scheme.out} of them", ""
    elif math.comb(len(units), scheme.out) > MOST_SETS:
        sets = math.comb(len(units), scheme.out)
        yield (*path, "scheme"), f"{sets} failure sets of {what}", f"at most {MOST_SETS}", "fewer, larger trains"


def _pairing(path: Step, entry: Redundancy, scheme: Scheme, place: str, units: Sequence[str]) -> Iterator[Found]:
    """Under cords: every load on two cords of which one is always alive."""
    if entry.topology != "cords":
        return
    if scheme.out > 1:
        why = f"{entry.scheme}: both cords of a rack may be out, its load is lost"
        yield (*path, "topology"), why, "one train or side out at once, or `topology: shared_bus`", ""
        return
    if entry.pairs is None:
        if entry.pairing is None and len(units) > 2:
            given = f"{len(units)} {entry.unit}s at {place} without shares of their pairs"
            yield (*path, "topology"), given, "`pairs`, or `pairing: balanced` as an assumption", "pairing: balanced"
        return
    pairs = pairs_at(entry, units)
    total = sum(share for _, _, share in pairs)
    if abs(total - 1.0) > _SHARE:
        yield (*path, "pairs"), f"shares that add up to {100 * total:g} % at {place}", "100 %", ""
    for unit in sorted(set(units) - {name for one, other, _ in pairs for name in (one, other)}):
        yield (*path, "pairs"), f"{entry.unit} {unit} at {place} is in no pair", "every one in a pair", ""


def _strange_pairs(site: Site, path: Step, entry: Redundancy) -> Iterator[Found]:
    known = {*site.trains} if entry.unit == "train" else {train.side for train in site.trains.values()}
    seen: set[frozenset[str]] = set()
    for key in entry.pairs or ():
        pair = frozenset(key.split("-", 1))
        if len(pair) < 2:
            yield (*path, "pairs", key), "both cords at one", "two different ones", "a rack on one cord is lost with it"
        elif pair in seen:
            yield (*path, "pairs", key), "a pair named twice", "each pair once", ""
        elif not pair <= known:
            yield (*path, "pairs", key), key, f"two of the {entry.unit}s declared in `trains`", ""
        seen.add(pair)


# ---------------------------------------------------------------- trains and pods


def train_problems(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Trains that are not declared, feed no known place, or stand where they do not feed."""
    for name, train in site.trains.items():
        if train.group != "site" and train.group not in site.halls:
            yield ("trains", name, "group"), train.group, "`site` or a hall", ""
    for name, entry in site.plant.items():
        if entry.train is not None:
            yield from _in_train(site, ("plant", name, "train"), entry.train, (entry.at,))
    for name, upgrade in site.upgrades.items():
        path: Step = ("upgrades", name, "trains")
        if upgrade.trains and isinstance(specs.get(upgrade.spec), FloorReinforcement | RouteProtection):
            yield path, "floor or route work in a train", "no `trains`", ""
        if len(set(upgrade.trains)) < len(upgrade.trains):
            yield path, "a train named twice", "each train once", ""
        for index, train_name in enumerate(upgrade.trains):
            yield from _in_train(site, (*path, index), train_name, upgrade.at)


def _in_train(site: Site, path: Step, name: str, places: Iterable[str]) -> Iterator[Found]:
    train = site.trains.get(name)
    if train is None:
        known = ", ".join(sorted(site.trains)[:12]) or "none is declared"
        yield path, name, f"a train: {known}", f"trains: {{{name}: {{}}}}"
        return
    for place in places:
        if not _feeds(site, train, place):
            yield path, f"train {name} at {place}", f"a train that feeds {place}; {name} feeds {train.group}", ""


def _feeds(site: Site, train: Train, place: str) -> bool:
    hall = site.halls.get(place)
    return hall is None or train.group in ("site", place, hall.within)


def pod_problems(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Pods of no hall or of another pod, and pods whose loops differ from those of plant they share."""
    for name, pod in site.halls.items():
        if pod.within is None:
            continue
        hall = site.halls.get(pod.within)
        if hall is None or hall.within is not None or pod.within == name:
            rooms = ", ".join(sorted(other for other, room in site.halls.items() if room.within is None)[:12])
            yield ("halls", name, "within"), pod.within, f"a hall that is no pod itself: {rooms}", ""
            continue
        yield from _shared(site, name, pod, hall)


def _shared(site: Site, name: str, pod: Hall, hall: Hall) -> Iterator[Found]:
    services: tuple[tuple[Service, str], ...] = (("cdu", "liquid"), ("room_air", "air"))
    for service, side in services:
        entry, own = site.redundancy.get(service), getattr(pod, side)
        if entry is not None and entry.group == "hall" and own is not None and own != getattr(hall, side):
            hint = f"leave out `{side}`, or count {service} by pod"
            yield ("halls", name, side), f"another loop than {pod.within}'s", f"{service} is shared over the hall", hint


# ---------------------------------------------------------------- levels of transformers


def level_problems(site: Site, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Levels that hang nowhere or in a circle, feed the same twice, or have no plant; plant of unknown levels."""
    sections: tuple[tuple[str, Mapping[str, Plant | Upgrade]], ...] = (
        ("plant", site.plant),
        ("upgrades", site.upgrades),
    )
    for section, entries in sections:
        for name, entry in entries.items():
            if entry.level is None:
                continue
            if entry.level not in site.levels:
                known = ", ".join(sorted(site.levels)[:12]) or "none is declared"
                path: Step = (section, name, "level")
                yield path, entry.level, f"a level: {known}", nearest(entry.level, sorted(site.levels))
            elif entry.spec in specs and not isinstance(specs[entry.spec], Transformer):
                yield (section, name, "level"), f"{entry.spec} as part of a level", "a transformer", ""
    chained = list(_hung(site))
    yield from chained
    for name in site.levels:
        yield from _level(site, name, climbing=not chained)
    for what in () if chained else ("racks", "ups", "mechanical"):
        found = feeding(site, what)
        if len(found) > 1:
            why, hint = f"{what} fed by {' and '.join(found[:12])}", "one level that feeds each"
            yield ("levels", found[-1]), why, hint, "" if what == "racks" else f"feeds: [{what}]"


def _hung(site: Site) -> Iterator[Found]:
    for name, level in site.levels.items():
        if name in TOPS:
            yield ("levels", name), name, f"another name: `{name}` is taken", ""
        if level.below not in TOPS and level.below not in site.levels:
            known = sorted({*TOPS, *site.levels} - {name})
            path: Step = ("levels", name, "below")
            yield path, level.below, f"ups, bus or a level: {', '.join(known[:12])}", nearest(level.below, known)
            continue
        try:
            upwards(site, name)
        except ValueError as error:
            yield ("levels", name, "below"), str(error), "a chain that ends at `ups` or `bus`", ""


def _level(site: Site, name: str, *, climbing: bool) -> Iterator[Found]:
    level, path = site.levels[name], ("levels", name)
    if not any(entry.level == name for entries in (site.plant, site.upgrades) for entry in entries.values()):
        yield path, f"level {name} without plant", f"plant or upgrades with `level: {name}`", ""
    airy = [hall for hall in site.halls if site.halls[hall].air is not None]
    coolers = sorted([*airy, *site.loops, OUTDOORS])
    if level.cooled_by is not None and level.cooled_by not in coolers:
        allowed = f"a hall with `air`, a loop or outdoors: {', '.join(coolers[:12])}"
        yield (*path, "cooled_by"), level.cooled_by, allowed, nearest(level.cooled_by, coolers)
    if not climbing:
        return
    top = top_of(site, name)
    if level.feeds and top == "ups":
        yield (*path, "feeds"), ", ".join(level.feeds), "no `feeds`: racks draw from the lowest level below `ups`", ""
    width = _WIDTH.get(level.redundancy.group, 2)
    above = site.levels.get(level.below)
    ups = site.redundancy.get("ups")
    over = above.redundancy.group if above is not None else ups.group if ups is not None and top == "ups" else "site"
    if width > _WIDTH.get(over, 2):
        given = f"{name} over the {level.redundancy.group}, {level.below} above it by {over}"
        yield (*path, "redundancy", "group"), given, f"{over} or less: what feeds it must know which place it feeds", ""
    if "mechanical" in level.feeds and level.redundancy.group != "site":
        yield (*path, "feeds"), f"mechanical by {level.redundancy.group}", "a level over the site", ""
    fed = "site" if ups is None else ups.group
    if fed_by(site, "ups") == name and _WIDTH.get(fed, 0) > width:
        given = f"{name} by {level.redundancy.group} feeds UPS over the {fed}"
        yield (*path, "redundancy", "group"), given, f"{fed} or wider", ""
