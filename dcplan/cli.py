"""The command line: what was asked, which answer is printed, and which exit code a script sees.

Nothing heavy is imported before a command runs: ``dcplan --help`` costs a bare Python start.
"""

from __future__ import annotations

import argparse
import errno
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from dcplan.arguments import parser_of
from dcplan.exits import Exit, UsageError
from dcplan.interrupt import pressed, recorded, stop_if_pressed

if TYPE_CHECKING:
    from dcplan.answer import Plan
    from dcplan.report.progress import Shown
    from dcplan.site import SiteModel

DEBUG = "DCPLAN_DEBUG"
WITHOUT_PLAN = {"infeasible": Exit.INFEASIBLE, "no_plan": Exit.NO_PLAN, "interrupted": Exit.INTERRUPTED}


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
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _commanded(arguments: list[str]) -> int:
    try:
        options = parser_of(_COMMANDS).parse_args(arguments)
    except SystemExit as leaving:
        # --help and --version
        _need_output()
        return leaving.code if isinstance(leaving.code, int) else Exit.FINE
    _need_output()
    command: Callable[[argparse.Namespace], int] = options.command
    return command(options)


def _need_output() -> None:
    """Without a standard output print() would lose the answer without a word."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, "it is closed")


def _interrupted() -> int:
    if sys.stderr is not None:
        print("dcplan: interrupted", file=sys.stderr)
    return Exit.INTERRUPTED


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
            objective=options.objective,
            progress=progress,
            begun=None if progress is None else progress.begin,
        )
    _print(found, options.json)
    return _plan_code(found, options.max_gap)


def _plan_code(plan: Plan, max_gap: float | None) -> Exit:
    if plan.status in WITHOUT_PLAN:
        return WITHOUT_PLAN[plan.status]
    if not plan.verified:
        return Exit.NOT_VERIFIED
    gaps = [stage.gap for stage in plan.stages] or [plan.objective.gap]
    if max_gap is not None and any(gap is None or gap > max_gap for gap in gaps):
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


def _front(options: argparse.Namespace) -> int:
    model = _loaded(options)
    from dcplan.fronting.answering import front

    stop_if_pressed()
    gc.enable()
    with _progress(options, model.site.currency) as progress:
        found = front(
            model,
            points=options.points,
            seconds=options.seconds,
            workers=options.workers,
            seed=options.seed,
            deterministic=options.deterministic,
            progress=progress,
            begun=None if progress is None else progress.begin,
            starting=None if progress is None else progress.start,
        )
    _print(found, options.json)
    if all(point.plan.verified for point in found.points):
        return WITHOUT_PLAN.get(found.status, Exit.FINE)
    return Exit.NOT_VERIFIED


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


_COMMANDS = {
    "check": _check,
    "plan": _plan,
    "explain": _explain,
    "front": _front,
    "verify": _verify,
    "diff": _diff,
    "specs": _specs,
    "schema": _schema,
}
