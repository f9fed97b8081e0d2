"""Damaged site and plan files at random, and a worker that feeds them to reader, check and verifier.

Every input has a number, and the same number makes the same input for ever. What a worker finds comes out as one JSON
line per input: ``python tests/fuzz.py FOLDER FIRST COUNT STEP`` tries inputs FIRST, FIRST + STEP, ... of the files in
FOLDER (``*.yaml`` sites and ``*.json`` plans, each plan beside the site of the same name).
"""

from __future__ import annotations

import copy
import json
import random
import re
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from dcplan.assess.gap import check
from dcplan.document import parse_yaml
from dcplan.errors import InputError
from dcplan.loading import load
from dcplan.planfile import read_plan
from dcplan.site import SiteModel
from dcplan.verifier.verdict import verify

MEMORY = 1_500_000_000
"""Address space of a worker in bytes: a runaway ends in MemoryError before the machine notices."""
PATIENCE = 20
"""Seconds after which a worker gives an input up."""
FOREIGN = re.compile(
    r"pydantic|Input should|Field required|validation error|datetime\.|Traceback|Error\(", re.IGNORECASE
)
NUMBERS = ("0", "-0", "1", "-1", "1e-99", "1e99", "1e-9", "1e9", "1e15", "9" * 40, "0.1", "99.9", "100", "1e400", "nan")
UNITS = [
    "kW",
    "MW",
    "W",
    "kVA",
    "MVA",
    "m",
    "mm",
    "ft",
    "in",
    "m2",
    "ft2",
    "kg",
    "lb",
    "t",
    "degC",
    "degF",
    "K",
    "delta_degF",
    "gpm",
    "L/min",
    "m3/h",
    "CFM",
    "kPa",
    "bar",
    "psi",
    "psf",
    "kN",
    "day",
    "week",
    "hour",
    "workday",
    "USD",
    "MUSD",
    "EUR",
    "MEUR",
    "USD/kW",
    "USD/week",
    "%",
    "%/year",
    "%/km",
    "%/K",
    "V",
    "A",
    "kWh",
    "ton",
    "month",
    "year",
    "kw",
]
TEXTS = (
    *(
        "",
        " ",
        "x" * 5000,
        "null",
        "~",
        "NO",
        "yes",
        "<<",
        "*a",
        "&a b",
        "!!python/object/apply:os.system [id]",
        "@",
        "%",
    ),
    *(
        "\x00",
        "\x1b[2J",
        "\u2028",
        "\u202e",
        "\ud800",
        "\U0001f4a9",
        "é" * 300,
        "../../etc/passwd",
        "/dev/zero",
        "=1+1",
    ),
    *("2027-01-01", "2000-01-01", "2100-01-01", "2027-02-30", "0000-00-00", "9999-12-31", "0001-01-01", "site", "all"),
    *("N", "N+1", "N+9", "2N", "2(N+1)", "4N/3", "N+999999", "1" * 400, "{}", "[]", "a.b[0]", "deployments.all"),
)
ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        10**6,
        10**18,
        10**30,
        -(10**18),
        1.5,
        1e308,
        -0.0,
        [],
        {},
        [[]],
        {"": 1},
        [None] * 3000,
    ),
    *(
        {"value": 1},
        {"value": "1 kW", "range": ["2 kW", "1 kW"]},
        {"extends": "gb200-nvl72"},
        {f"k{i}": i for i in range(3000)},
    ),
)
SNIPPETS = (
    *(
        "&a",
        "*a",
        "<<: *a",
        "!!str",
        "!!binary",
        "!x",
        "---",
        "...",
        "%YAML 1.1",
        "? ",
        ": ",
        "- ",
        "- - - ",
        "|",
        ">",
        "|9",
    ),
    *(
        "{",
        "}",
        "[",
        "]",
        ",",
        "'",
        '"',
        "\\",
        "#",
        "\t",
        "\r",
        "\n",
        "\n\n",
        "\x00",
        "\ufeff",
        "\x85",
        "\xa0",
        "@",
        "`",
    ),
    *(
        "[" * 200,
        "{a: " * 200,
        "- " * 200,
        "'" * 99,
        "9" * 400,
        "1e999",
        "0x1F",
        "1_000",
        "12:30:45",
        ".inf",
        "include: x",
    ),
)


class Damage:
    """One seeded series of choices, and what they do to a file."""

    def __init__(self, number: int) -> None:
        self.rng = random.Random(number)

    # ------------------------------------------------------------ structure

    def nodes(self, data: Any) -> list[tuple[Any, Any]]:
        """Every (parent, key or index) of a document."""
        found: list[tuple[Any, Any]] = []
        stack = [data]
        while stack and len(found) < 20_000:
            node = stack.pop()
            keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
            for key in keys:
                found.append((node, key))
                stack.append(node[key])
        return found

    def structure(self, data: Any) -> Any:
        """The document with one to four places changed."""
        data = copy.deepcopy(data)
        # most often small damage: what is still a site or a plan reaches the check or the verifier
        for _ in range(self.rng.choice((1, 1, 1, 2, 2, 3, 4))):
            nodes = self.nodes(data)
            if not nodes:
                return data
            parent, key = self.rng.choice(nodes)
            # what is nested deeper than Python copies is left as it is
            with suppress(RecursionError):
                self.rng.choice(self.moves)(self, parent, key, nodes)
        return data

    def drop(self, parent: Any, key: Any, nodes: list[tuple[Any, Any]]) -> None:
        del parent[key]

    def replace(self, parent: Any, key: Any, nodes: list[tuple[Any, Any]]) -> None:
        parent[key] = copy.deepcopy(self.rng.choice((self.rng.choice(ODD), self.rng.choice(TEXTS), self.quantity())))

    def quantity(self) -> str:
        return f"{self.rng.choice(NUMBERS)} {self.rng.choice(UNITS)}"

    def rescale(self, parent: Any, key: Any, nodes: list[tuple[Any, Any]]) -> None:
        """Change one number that stands somewhere, its unit kept: most of these are still valid."""
        holders = [(p, k) for p, k in nodes if isinstance(p[k], int | float | str) and re.search(r"\d", str(p[k]))]
        parent, key = self.rng.choice(holders or nodes)
        value = parent[key]
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return
        if not isinstance(value, str):
            parent[key] = self.rng.choice((0, 1, value * 10, value * 1000, -value, value + 1, 10**6, value / 3))
            return
        number = self.rng.choice(
            (*NUMBERS, *(f"{self.rng.uniform(0, 10) * 10.0 ** self.rng.randint(-6, 9):.6g}" for _ in "ab"))
        )
        parent[key] = re.sub(r"[-+.e\d]+", number, value, count=1)

    def gently(self, data: Any) -> Any:
        """The document with one to three numbers made larger or smaller: mostly still a site or a plan."""
        data = copy.deepcopy(data)
        nodes = [
            (p, k) for p, k in self.nodes(data) if re.match(r"\d", str(p[k])) and not isinstance(p[k], dict | list)
        ]
        for parent, key in self.rng.sample(nodes, min(len(nodes), self.rng.choice((1, 1, 2, 3)))):
            value, factor = parent[key], self.rng.choice((0, 0.1, 0.5, 0.9, 1.1, 2, 10, 100))
            if isinstance(value, str):
                number = re.match(r"[\d.]+(?=[ %])", value)
                parent[key] = f"{float(number[0]) * factor:.6g}{value[number.end() :]}" if number else value
            else:
                parent[key] = type(value)(value * factor)
        return data

    def swap(self, parent: Any, key: Any, nodes: list[tuple[Any, Any]]) -> None:
        other, place = self.rng.choice(nodes)
        parent[key], other[place] = copy.deepcopy(other[place]), copy.deepcopy(parent[key])

    def retarget(self, parent: Any, key: Any, nodes: list[tuple[Any, Any]]) -> None:
        """Let one text say what another one says: references that lead elsewhere, or in circles."""
        texts = [(p, k) for p, k in nodes if isinstance(p[k], str)]
        if len(texts) > 1:
            (parent, key), (other, place) = self.rng.sample(texts, 2)
            names = [key for p, key in nodes if isinstance(p, dict)]
            parent[key] = self.rng.choice((other[place], self.rng.choice(names)))

    def rename(self, parent: Any, key: Any, nodes: list[tuple[Any, Any]]) -> None:
        if isinstance(parent, dict):
            names = [key for p, key in nodes if isinstance(p, dict)]
            new = self.rng.choice((self.rng.choice(TEXTS), self.rng.choice(names), str(key)[::-1], str(key) + "x"))
            parent[new] = parent.pop(key)

    def nest(self, parent: Any, key: Any, nodes: list[tuple[Any, Any]]) -> None:
        for _ in range(self.rng.choice((1, 2, 48, 300))):
            parent[key] = self.rng.choice(([parent[key]], {str(key): parent[key]}))

    def repeat(self, parent: Any, key: Any, nodes: list[tuple[Any, Any]]) -> None:
        """Many copies of one entry, as names or as items."""
        count = self.rng.choice((2, 3, 50, 1500))
        holders = [(p, k) for p, k in nodes if isinstance(p, list) or isinstance(p[k], dict)] or nodes
        parent, key = self.rng.choice(holders)
        if isinstance(parent, list):
            parent.extend(copy.deepcopy(parent[key]) for _ in range(count))
        else:
            parent.update({f"{key}-{number}"[:80]: copy.deepcopy(parent[key]) for number in range(count)})

    moves: tuple[Callable[..., None], ...] = (
        *(drop, replace, replace, rescale, rescale, rescale, rescale, swap, retarget, retarget, rename, nest, repeat),
    )

    # ------------------------------------------------------------ text and bytes

    def tokens(self, text: str) -> str:
        """The text with some of its tokens dropped, doubled, exchanged or joined by foreign ones."""
        parts = re.split(r"(\s+|[\[\]{},:#'\"])", text)
        for _ in range(self.rng.choice((1, 1, 2, 5, 20))):
            here, there = self.rng.randrange(len(parts)), self.rng.randrange(len(parts))
            kind = self.rng.randrange(5)
            if kind == 0:
                parts[here] = ""
            elif kind == 1:
                parts[here] *= 2
            elif kind == 2:
                parts[here], parts[there] = parts[there], parts[here]
            else:
                parts[here] = self.rng.choice(("", parts[here])) + self.rng.choice((*SNIPPETS, *TEXTS, self.quantity()))
        return "".join(parts)

    def lines(self, text: str) -> str:
        lines = text.split("\n")
        here, count = self.rng.randrange(len(lines)), self.rng.choice((1, 2, 10))
        block = lines[here : here + count]
        kind = self.rng.randrange(4)
        if kind == 0:
            del lines[here : here + count]
        elif kind == 1:
            lines[here:here] = block * self.rng.choice((1, 2, 300))
        elif kind == 2:
            lines[here : here + count] = [self.rng.choice((" ", "  ", "\t")) + line for line in block]
        else:
            there = self.rng.randrange(len(lines))
            lines[there:there] = block
        return "\n".join(lines)

    def content(self, text: str) -> bytes:
        """The text in bytes: now and then in another encoding, cut, or with some bytes changed."""
        kind = self.rng.randrange(14)
        if kind < 5:
            encoding = self.rng.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "cp037", "utf-7"))
            return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode(encoding, "replace")
        raw = bytearray(text.encode("utf-8", "surrogatepass"))
        if kind == 5:
            return bytes(raw[: self.rng.randrange(len(raw) + 1)])
        if kind < 10:
            for _ in range(self.rng.choice((1, 2, 8, 100))):
                if raw:
                    raw[self.rng.randrange(len(raw))] = self.rng.randrange(256)
        elif kind < 12:
            place = self.rng.randrange(len(raw) + 1)
            raw[place:place] = bytes(self.rng.randrange(256) for _ in range(self.rng.choice((1, 4, 64))))
        elif kind == 12:
            place = self.rng.randrange(len(raw) + 1)
            raw[place:place] = (
                self.rng.choice((b"x", b"[", b"9", b"- ", b"\n", b" ", b"'", b"{", b'"\\u', b"&a ")) * 400_000
            )
        return bytes(raw)


class Material:
    """The files that are damaged: sites, and plans beside their sites."""

    def __init__(self, folder: Path) -> None:
        self.sites = sorted(folder.glob("*.yaml"))
        self.plans = sorted(folder.glob("*.json"))
        self.texts = {path: path.read_text(encoding="utf-8") for path in (*self.sites, *self.plans)}
        self.data = {path: parse_yaml(self.texts[path], str(path)).data for path in self.sites}
        self.data |= {path: json.loads(self.texts[path]) for path in self.plans}
        self.models: dict[Path, SiteModel] = {}

    def model(self, plan: Path) -> SiteModel:
        """The site of a plan."""
        if plan not in self.models:
            self.models[plan] = load(plan.with_suffix(".yaml"))
        return self.models[plan]


def made(number: int, material: Material) -> tuple[Path, bytes, dict[str, Any]]:
    """What is damaged, its damaged content, and the overrides to load it with."""
    damage = Damage(number)
    rng = damage.rng
    kind = rng.randrange(10)
    source = rng.choice(material.plans if kind in (0, 1, 2) and material.plans else material.sites)
    text, data = material.texts[source], material.data[source]
    if kind == 3:
        nodes = damage.nodes(data)
        return source, text.encode(), dict(_override(damage, data, nodes) for _ in range(rng.choice((1, 1, 2, 5))))
    if kind in (2, 4, 5, 6):
        return source, _dumped(damage.gently(data), source.suffix, rng), {}
    if rng.randrange(10) < 6:
        return source, _dumped(damage.structure(data), source.suffix, rng), {}
    if rng.randrange(4):
        return source, rng.choice((damage.tokens, damage.lines))(text).encode("utf-8", "surrogatepass"), {}
    return source, damage.content(text), {}


def _dumped(data: Any, suffix: str, rng: random.Random) -> bytes:
    return json.dumps(data, indent=rng.choice((None, 1)), ensure_ascii=suffix == ".yaml" and rng.random() < 0.2).encode(
        "utf-8", "surrogatepass"
    )


def _override(damage: Damage, data: Any, nodes: list[tuple[Any, Any]]) -> tuple[str, Any]:
    """A place of the site, now and then a wrong one, and something to put there."""
    steps: list[str] = []
    node = data
    while isinstance(node, dict | list) and node and damage.rng.random() < 0.85:
        key: Any = damage.rng.choice(list(node) if isinstance(node, dict) else range(len(node)))
        steps.append(f".{key}" if isinstance(node, dict) else f"[{key}]")
        node = node[key]
    place = "".join(steps).removeprefix(".") or damage.rng.choice(TEXTS)
    if damage.rng.random() < 0.15:
        place += damage.rng.choice((".", "[0]", "[999999]", ".x", "[-1]", "x" * 2000, "\x00"))
    number = damage.rng.choice(NUMBERS)
    if isinstance(node, str) and damage.rng.random() < 0.5:
        return place, re.sub(r"[-+.e\d]+", number, node, count=1)
    return place, damage.rng.choice((*TEXTS, damage.quantity(), damage.rng.choice(ODD)))


def attempt(source: Path, path: Path, overrides: dict[str, Any], material: Material) -> str:
    """What comes of one damaged file; anything but an answer or an InputError in our own words is raised."""
    try:
        if source.suffix == ".json":
            plan = read_plan(path)
            read = str(plan)
            verdict = verify(plan, material.model(source))
            return f"verified {len(str(verdict)) + len(read) > 0}"
        model = load(path, overrides=overrides)
    except InputError as error:
        _judge(error, path, bool(overrides))
        return "refused"
    str(check(model))
    return "accepted"


def _judge(error: InputError, path: Path, overridden: bool) -> None:
    """Every problem names the file and, but for problems with the file as a whole, a line; and speaks our words."""
    told = str(error)
    assert told.isprintable() or all(line.isprintable() for line in told.split("\n"))
    assert len(told) < 60_000
    for problem in error.problems:
        assert problem.allowed, "nothing allowed"
        assert not FOREIGN.search(problem.allowed), problem.allowed
        if not overridden:
            assert problem.file == str(path)
            whole = not problem.field and (
                "file" in problem.given or "UTF-8" in problem.allowed or "larger" in problem.given
            )
            assert problem.line is not None or whole or "a JSON plan" in problem.allowed, f"no line: {problem}"


def _give_up(*_: object) -> None:
    raise TimeoutError(f"more than {PATIENCE} s")


def peak_memory() -> int:
    """Most memory [MB] that this process has had since its program began; what its parent had is not its own."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) // 1024


def try_one(number: int, material: Material, path: Path) -> dict[str, Any]:
    """One input: its outcome, seconds, and what went wrong."""
    source, content, overrides = made(number, material)
    # beyond the largest file that is read, more bytes only cost the disk
    path.write_bytes(content[:11_000_000])
    begun, cpu, failure = time.perf_counter(), time.process_time(), ""
    signal.alarm(PATIENCE)
    try:
        outcome = attempt(source, path, overrides, material)
    except BaseException as error:
        import traceback

        last = traceback.extract_tb(error.__traceback__)[-1]
        outcome = "failed"
        failure = f"{type(error).__name__}: {str(error)[:300]} at {Path(last.filename).name}:{last.lineno}"
    finally:
        signal.alarm(0)
    return {
        "number": number,
        "source": source.name,
        "outcome": outcome.split()[0],
        "wall": time.perf_counter() - begun,
        "cpu": time.process_time() - cpu,
        "memory": peak_memory(),
        "failure": failure,
    }


def smallest(number: int, material: Material, folder: Path) -> Path:
    """A failing input, kept in a folder without the lines that it fails without just as well."""
    source, content, overrides = made(number, material)
    path = folder / f"{number}-{source.name}"

    def failure(tried: bytes) -> str:
        path.write_bytes(tried)
        try:
            attempt(source, path, overrides, material)
        except BaseException as error:
            return type(error).__name__
        return ""

    wanted, lines = failure(content), content.split(b"\n")
    size = len(lines) // 2
    until = time.monotonic() + PATIENCE
    while wanted and size and time.monotonic() < until:
        here = 0
        while here < len(lines) and time.monotonic() < until:
            fewer = lines[:here] + lines[here + size :]
            if failure(b"\n".join(fewer)) == wanted:
                lines = fewer
            else:
                here += size
        size //= 2
    path.write_bytes(b"\n".join(lines))
    if overrides:
        path.with_suffix(".set.json").write_text(json.dumps(overrides), encoding="utf-8")
    return path


def main(folder: str, first: str, count: str, step: str) -> None:
    """A worker's whole life."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _give_up)
    material = Material(Path(folder))
    path = Path(folder) / f"input-{first}"
    for number in range(int(first), int(first) + int(count) * int(step), int(step)):
        print(json.dumps(try_one(number, material, path)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
