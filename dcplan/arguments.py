"""The words of the command line: commands, their options, and what each option may be given."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from dcplan.exits import EXIT_CODES, UsageError

LARGEST_SEED = 2**31 - 1
MOST_WORKERS = 1024

Run = Callable[[argparse.Namespace], int]


class _Parser(argparse.ArgumentParser):
    """Raises instead of exiting with argparse's own code."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(self.format_usage(), message)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Unlike argparse's own, lets an output that cannot be written be told."""
        (file or sys.stderr).write(message)


def parser_of(runs: Mapping[str, Run]) -> argparse.ArgumentParser:
    """The command line's parser.

    Parameters
    ----------
    runs : mapping of str to callable
        What carries each command out; it becomes `command` of the parsed options.
    """
    parser = _Parser(
        prog="dcplan",
        description="Plans the infrastructure readiness of datacenters: what to buy and build, where and when, "
        "and when the vendor is paid.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _check_arguments(commands, runs)
    _plan_arguments(commands, runs)
    _explain_arguments(commands, runs)
    _front_arguments(commands, runs)
    _verify_arguments(commands, runs)
    _diff_arguments(commands, runs)
    _specs_arguments(commands, runs)
    return parser


class _Version(argparse.Action):
    """Look the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> NoReturn:
        from importlib.metadata import version

        print(f"dcplan {version('dcplan')}")
        parser.exit()


def _command(commands: Any, name: str, runs: Mapping[str, Run], words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=words[0].lower() + words[1:].partition(".")[0],
        description=words,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=runs[name])
    return parser


def _site_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", metavar="SITE", type=_file, help="the site file (YAML)")
    parser.add_argument("--scenario", metavar="NAME", help="apply one of the file's own scenarios")
    parser.add_argument(
        "--set",
        metavar="PATH=VALUE",
        type=_override,
        action="append",
        default=[],
        dest="overrides",
        help="replace one value after the scenario, such as financing_rate='6 %%/year', or give one that its entry "
        "does not state; no lists ([] empties one) and no new entries: these are for the file; may be repeated",
    )
    _json_argument(parser)


def _past_arguments(parser: argparse.ArgumentParser) -> None:
    words = "what was ordered and done since, and what slipped (YAML); with --from"
    parser.add_argument("--progress", metavar="PROGRESS.yaml", type=_file, help=words)
    parser.add_argument("--from", metavar="PLAN.json", type=_file, dest="origin", help="the plan carried out so far")


def _json_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, errors included")


def _check_arguments(commands: Any, runs: Mapping[str, Run]) -> None:
    parser = _command(commands, "check", runs, "Say what falls short for the deployments, by how much, and why.")
    _site_arguments(parser)
    parser.add_argument("--strict", action="store_true", help="lines that are open or not checked fail too")
    words = "work one line out step by step: formulas, numbers put in, sources"
    parser.add_argument("--explain", metavar="ID", type=_file, help=words)


def _plan_arguments(commands: Any, runs: Mapping[str, Run]) -> None:
    words = "Decide what to buy and build, where and when. With --json the output is the plan file for `verify`."
    parser = _command(commands, "plan", runs, words)
    _site_arguments(parser)
    _past_arguments(parser)
    add = parser.add_argument
    add("--seconds", metavar="S", type=_positive, default=45.0, help="limit on the search (default 45)")
    add("--workers", metavar="N", type=_whole(1, MOST_WORKERS), default=2, help="solver threads (default 2)")
    add("--seed", metavar="N", type=_whole(0, LARGEST_SEED), default=0, help="seed of the search (default 0)")
    goals = ("perspective", "earliest", "cheapest")
    words = "what is minimised instead of what the file says: the perspective's money; delay, then cost; the reverse"
    add("--objective", metavar="NAME", choices=goals, help=words)
    add("--deterministic", action="store_true", help="same input, seed and limit: same answer")
    add("--max-gap", metavar="PERCENT", type=_percent, help="leave with code 7 if the proven gap is wider or unknown")


def _explain_arguments(commands: Any, runs: Mapping[str, Run]) -> None:
    words = "Say which limits leave no plan and what would cure it; or, given a plan, why it is what it is."
    parser = _command(commands, "explain", runs, words)
    _site_arguments(parser)
    parser.add_argument("plan", metavar="PLAN.json", nargs="?", type=_file, help="explain this plan of the site")
    add = parser.add_argument
    add("--seconds", metavar="S", type=_positive, default=60.0, help="limit on all trials together (default 60)")
    add("--workers", metavar="N", type=_whole(1, MOST_WORKERS), default=2, help="solver threads (default 2)")
    add("--seed", metavar="N", type=_whole(0, LARGEST_SEED), default=0, help="seed of the search (default 0)")


def _front_arguments(commands: Any, runs: Mapping[str, Run]) -> None:
    words = "Say what less delay costs: the cheapest plan at each of several limits on delay, each verified."
    parser = _command(commands, "front", runs, words)
    _site_arguments(parser)
    add = parser.add_argument
    add("--points", metavar="N", type=_whole(2, 50), default=7, help="limits on delay, both ends included (default 7)")
    add("--seconds", metavar="S", type=_positive, default=120.0, help="limit on all searches together (default 120)")
    add("--workers", metavar="N", type=_whole(1, MOST_WORKERS), default=2, help="solver threads (default 2)")
    add("--seed", metavar="N", type=_whole(0, LARGEST_SEED), default=0, help="seed of the search (default 0)")
    add("--deterministic", action="store_true", help="same input, seed and limit: same answer")


def _verify_arguments(commands: Any, runs: Mapping[str, Run]) -> None:
    words = "Recompute a plan from its site file; give the --scenario and --set that it was made with."
    parser = _command(commands, "verify", runs, words)
    _site_arguments(parser)
    _past_arguments(parser)
    parser.add_argument("plan", metavar="PLAN.json", type=_file, help="what `dcplan plan SITE --json` printed")


def _diff_arguments(commands: Any, runs: Mapping[str, Run]) -> None:
    words = "Say what differs between two plans of one site: purchases, dates, money, cash. Differences are no failure."
    parser = _command(commands, "diff", runs, words)
    parser.add_argument("old", metavar="OLD.json", type=_file, help="what `dcplan plan SITE --json` printed")
    parser.add_argument("new", metavar="NEW.json", type=_file, help="another plan of the same site")
    _json_argument(parser)


def _specs_arguments(commands: Any, runs: Mapping[str, Run]) -> None:
    parser = _command(commands, "specs", runs, "List the catalog, or show one spec with every figure and its source.")
    parser.add_argument("name", metavar="NAME", nargs="?", help="a spec or a family, such as gb300-nvl72 or rack")
    _json_argument(parser)
    parser = _command(commands, "schema", runs, "Print the JSON Schema of the site file, for editors.")
    parser.add_argument("--json", action="store_true", help="accepted for symmetry: a schema is JSON anyway")


def _file(given: str) -> str:
    try:
        given.encode("utf-8")
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"a file name that is not UTF-8: {given!a}") from None
    return given


def _override(given: str) -> tuple[str, str]:
    path, equals, value = given.partition("=")
    if not (path and equals):
        raise argparse.ArgumentTypeError(f"given {given!a}; allowed PATH=VALUE, for example financing_rate='6 %/year'")
    return path, value


def _number(given: str) -> float:
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"given {given!a}; allowed a number")
    return value


def _positive(given: str) -> float:
    value = _number(given)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"given {given!a}; allowed a number of seconds above 0")
    return value


def _percent(given: str) -> float:
    value = _number(given.removesuffix("%").rstrip())
    if value < 0:
        raise argparse.ArgumentTypeError(f"given {given!a}; allowed a percentage of 0 or more")
    return value / 100


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(given: str) -> int:
        if not (given.isascii() and given.isdecimal() and len(given) < 12 and low <= int(given) <= high):
            raise argparse.ArgumentTypeError(f"given {given!a}; allowed a whole number from {low} to {high}")
        return int(given)

    return read
