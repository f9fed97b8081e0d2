"""The command line: what was asked, which answer is printed, and which exit code a script sees.

Nothing heavy is imported before a command runs: ``dcplan --help`` costs a bare Python start.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, NoReturn

from dcplan.exits import EXIT_CODES, Exit, UsageError
from dcplan.interrupt import pressed, recorded, stop_if_pressed

if TYPE_CHECKING:
    from dcplan.answer import Plan
    from dcplan.report.progress import Shown
    from dcplan.site import SiteModel

DEBUG = "DCPLAN_DEBUG"
LARGEST_SEED = 2**31 - 1
WITHOUT_PLAN = {"infeasible": Exit.INFEASIBLE, "no_plan": Exit.NO_PLAN, "interrupted": Exit.INTERRUPTED}


class _Parser(argparse.ArgumentParser):
    """Raises instead of exiting with argparse's own code."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(self.format_usage(), message)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Unlike argparse's own, lets an output that cannot be written be told."""
        (file or sys.stderr).write(message)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments after the program's name; default those of the process, which ends here when it is interrupted.

    Returns
    -------
    int
        The exit code, one of :class:`Exit`.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    collecting = gc.isenabled()
    # a collection walks all that was imported, which is not garbage: a tenth of a check's time
    gc.disable()
    try:
        with recorded():
            code = _guarded(arguments)
            if argv is None:
                _leave(code)
        return code
    finally:
        if collecting:
            gc.enable()


def _leave(code: int) -> None:
    """Nothing is left to interrupt; and a solver's thread that still runs would abort an ordinary end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if code == Exit.INTERRUPTED or pressed():
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, OSError, ValueError):
                stream.flush()
        os._exit(Exit.INTERRUPTED)


def _guarded(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        # what the terminal cannot show is escaped rather than fatal
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(arguments)
    except BrokenPipeError:
        _discard_output()
        return Exit.BROKEN_PIPE
    return code


def _run(arguments: list[str]) -> int:
    try:
        code = _commanded(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
        return _interrupted() if pressed() and code != Exit.INTERRUPTED else code
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        raise
    except Exception as error:
        if pressed():
            # whatever it broke into, such as an import, may report it as an error of its own
            return _interrupted()
        if isinstance(error, OSError) and error.filename is None:
            _discard_output()
        from dcplan.report.failure import explain

        return explain(error, as_json="--json" in arguments, debug=os.environ.get(DEBUG) == "1")


def _discard_output() -> None:
    """The interpreter flushes at exit too, and would complain of an output that cannot be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _commanded(arguments: list[str]) -> int:
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as leaving:
        # --help and --version
        return leaving.code if isinstance(leaving.code, int) else Exit.FINE
    command: Callable[[argparse.Namespace], int] = options.command
    return command(options)


def _interrupted() -> int:
    print("dcplan: interrupted", file=sys.stderr)
    return Exit.INTERRUPTED


# ---------------------------------------------------------------- arguments


def _parser() -> argparse.ArgumentParser:
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
    _check_arguments(commands)
    _plan_arguments(commands)
    _explain_arguments(commands)
    _verify_arguments(commands)
    _diff_arguments(commands)
    _specs_arguments(commands)
    return parser


class _Version(argparse.Action):
    """Look the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> NoReturn:
        from importlib.metadata import version

        print(f"dcplan {version('dcplan')}")
        parser.exit()


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=words[0].lower() + words[1:].partition(".")[0],
        description=words,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=run)
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
        help="replace one value after the scenario, such as financing_rate='6 %%/year'; may be repeated",
    )
    _json_argument(parser)


def _past_arguments(parser: argparse.ArgumentParser) -> None:
    words = "what was ordered and done since, and what slipped (YAML); with --from"
    parser.add_argument("--progress", metavar="PROGRESS.yaml", type=_file, help=words)
    parser.add_argument("--from", metavar="PLAN.json", type=_file, dest="origin", help="the plan carried out so far")


def _json_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, errors included")


def _check_arguments(commands: Any) -> None:
    parser = _command(commands, "check", _check, "Say what falls short for the deployments, by how much, and why.")
    _site_arguments(parser)
    parser.add_argument("--strict", action="store_true", help="lines that are open or not checked fail too")
    words = "work one line out step by step: formulas, numbers put in, sources"
    parser.add_argument("--explain", metavar="ID", type=_file, help=words)


def _plan_arguments(commands: Any) -> None:
    words = "Decide what to buy and build, where and when. With --json the output is the plan file for `verify`."
    parser = _command(commands, "plan", _plan, words)
    _site_arguments(parser)
    _past_arguments(parser)
    add = parser.add_argument
    add("--seconds", metavar="S", type=_positive, default=45.0, help="limit on the search (default 45)")
    add("--workers", metavar="N", type=_whole(1, 1024), default=2, help="solver threads (default 2)")
    add("--seed", metavar="N", type=_whole(0, LARGEST_SEED), default=0, help="seed of the search (default 0)")
    add("--deterministic", action="store_true", help="same input, seed and limit: same answer")
    add("--max-gap", metavar="PERCENT", type=_percent, help="leave with code 7 if the proven gap is wider or unknown")


def _explain_arguments(commands: Any) -> None:
    words = "Say which limits leave no plan and what would cure it; or, given a plan, why it is what it is."
    parser = _command(commands, "explain", _explain, words)
    _site_arguments(parser)
    parser.add_argument("plan", metavar="PLAN.json", nargs="?", type=_file, help="explain this plan of the site")
    add = parser.add_argument
    add("--seconds", metavar="S", type=_positive, default=60.0, help="limit on all trials together (default 60)")
    add("--workers", metavar="N", type=_whole(1, 1024), default=2, help="solver threads (default 2)")
    add("--seed", metavar="N", type=_whole(0, LARGEST_SEED), default=0, help="seed of the search (default 0)")


def _verify_arguments(commands: Any) -> None:
    words = "Recompute a plan from its site file; give the --scenario and --set that it was made with."
    parser = _command(commands, "verify", _verify, words)
    _site_arguments(parser)
    _past_arguments(parser)
    parser.add_argument("plan", metavar="PLAN.json", type=_file, help="what `dcplan plan SITE --json` printed")


def _diff_arguments(commands: Any) -> None:
    words = "Say what differs between two plans of one site: purchases, dates, money, cash. Differences are no failure."
    parser = _command(commands, "diff", _diff, words)
    parser.add_argument("old", metavar="OLD.json", type=_file, help="what `dcplan plan SITE --json` printed")
    parser.add_argument("new", metavar="NEW.json", type=_file, help="another plan of the same site")
    _json_argument(parser)


def _specs_arguments(commands: Any) -> None:
    parser = _command(commands, "specs", _specs, "List the catalog, or show one spec with every figure and its source.")
    parser.add_argument("name", metavar="NAME", nargs="?", help="a spec or a family, such as gb300-nvl72 or rack")
    _json_argument(parser)
    parser = _command(commands, "schema", _schema, "Print the JSON Schema of the site file, for editors.")
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


# ---------------------------------------------------------------- commands


def _loaded(options: argparse.Namespace) -> SiteModel:
    from dcplan.loading import load

    progress, origin = getattr(options, "progress", None), getattr(options, "origin", None)
    if (progress is None) != (origin is None):
        raise UsageError("", "given one of --progress and --from; allowed both, or neither")
    model = load(options.site, overrides=dict(options.overrides), scenario=options.scenario)
    if progress is not None and origin is not None:
        from dcplan import progressed, read_plan

        model = progressed(model, read_plan(origin), progress, name=origin)
    stop_if_pressed()
    return model


def _check(options: argparse.Namespace) -> int:
    model = _loaded(options)
    if options.explain is not None:
        return _derive(model, options)
    from dcplan.assess.gap import check

    found = check(model)
    _print(found, options.json)
    unsure = found.count("open") + found.count("not checked")
    return Exit.CHECK_FAILS if found.count("fail") or (options.strict and unsure) else Exit.FINE


def _derive(model: SiteModel, options: argparse.Namespace) -> int:
    from dcplan.assess.derive import derive

    found = derive(model, options.explain)
    _print(found, options.json)
    bad = ("fail", "open", "not checked") if options.strict else ("fail",)
    return Exit.CHECK_FAILS if found.line.verdict in bad else Exit.FINE


def _plan(options: argparse.Namespace) -> int:
    model = _loaded(options)
    # OR-Tools is not waited for to be told of a slip of the pen
    from dcplan.planner import plan

    stop_if_pressed()
    # unlike what comes before it, a search is long and leaves garbage behind
    gc.enable()
    with _progress(options, model.site.currency) as progress:
        found = plan(
            model,
            seconds=options.seconds,
            workers=options.workers,
            seed=options.seed,
            deterministic=options.deterministic,
            progress=progress,
        )
    _print(found, options.json)
    return _plan_code(found, options.max_gap)


def _plan_code(plan: Plan, max_gap: float | None) -> Exit:
    if plan.status in WITHOUT_PLAN:
        return WITHOUT_PLAN[plan.status]
    if not plan.verified:
        return Exit.NOT_VERIFIED
    if max_gap is not None and (plan.objective.gap is None or plan.objective.gap > max_gap):
        return Exit.WIDE_GAP
    return Exit.FINE


def _explain(options: argparse.Namespace) -> int:
    model = _loaded(options)
    if options.plan is not None:
        return _explain_plan(model, options)
    from dcplan.explaining.answering import explain

    stop_if_pressed()
    gc.enable()
    found = explain(model, seconds=options.seconds, workers=options.workers, seed=options.seed)
    _print(found, options.json)
    return WITHOUT_PLAN.get(found.status, Exit.FINE)


def _explain_plan(model: SiteModel, options: argparse.Namespace) -> int:
    from dcplan import explain_plan, read_plan

    plan, search = read_plan(options.plan), {"workers": options.workers, "seed": options.seed}
    stop_if_pressed()
    gc.enable()
    _print(explain_plan(model, plan, seconds=options.seconds, name=options.plan, **search), options.json)
    return Exit.FINE


def _progress(options: argparse.Namespace, currency: str) -> AbstractContextManager[Shown | None]:
    """For a person who watches; a program, or a file, is told nothing."""
    if options.json or sys.stderr is None or not sys.stderr.isatty():
        return nullcontext()
    from dcplan.report.progress import Shown

    return Shown(sys.stderr, currency)


def _verify(options: argparse.Namespace) -> int:
    model = _loaded(options)
    from dcplan import read_plan, verify

    verdict = verify(read_plan(options.plan), model)
    _print(verdict, options.json)
    return Exit.FINE if verdict.ok else Exit.NOT_VERIFIED


def _diff(options: argparse.Namespace) -> int:
    from dcplan import diff, read_plan

    _print(diff(read_plan(options.old), read_plan(options.new), names=(options.old, options.new)), options.json)
    return Exit.FINE


def _specs(options: argparse.Namespace) -> int:
    from dcplan.library import load_catalog
    from dcplan.report.specs_text import chosen, list_text, spec_text, specs_data

    catalog = load_catalog()
    specs = chosen(catalog, options.name)
    if options.json:
        _print_json(specs_data(specs, catalog))
    elif options.name in specs:
        print(spec_text(options.name, specs[options.name], catalog))
    else:
        print(list_text(specs))
    return Exit.FINE


def _schema(options: argparse.Namespace) -> int:
    from dcplan.schema import site_schema

    _print_json(site_schema())
    return Exit.FINE


# ---------------------------------------------------------------- output


def _print(record: Any, as_json: bool) -> None:
    if as_json:
        _print_json(record.model_dump(mode="json"))
    else:
        print(record)


def _print_json(data: Any) -> None:
    import json

    # JSON has an escape of its own for what the output cannot hold
    wide = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "").startswith("utf")
    print(json.dumps(data, indent=2, ensure_ascii=not wide, allow_nan=False))
