"""What follows from a site is worked out once for it, and never outlives it or leaks into a recording."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from dcplan.assess.derive import derive_all
from dcplan.assess.gap import check
from dcplan.loading import load
from dcplan.once import once
from dcplan.trace import recording

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "colo_48_nvl72.yaml"


class Site:
    """Anything that can be weakly referenced."""


def counted() -> tuple[list[object], object]:
    calls: list[object] = []

    @once
    def work(site: Site, kind: str) -> object:
        calls.append(kind)
        return object()

    return calls, work


def test_once_for_each_site_and_argument() -> None:
    calls, work = counted()
    here, there = Site(), Site()
    assert work(here, "a") is work(here, "a")
    assert work(here, "b") is not work(here, "a")
    assert work(there, "a") is not work(here, "a")
    assert calls == ["a", "b", "a"]


def test_a_site_that_is_gone_leaves_nothing_to_the_next_one_in_its_place() -> None:
    _, work = counted()
    seen = set()
    for _ in range(5):
        site = Site()
        seen.add(id(work(site, "a")))
        answer = work(site, "a")
        del site
        gc.collect()
        seen.discard(id(answer))
    assert not seen


def test_a_recording_works_everything_out_for_itself() -> None:
    calls, work = counted()
    here = Site()
    kept = work(here, "a")
    with recording():
        assert work(here, "a") is not kept
    assert work(here, "a") is kept
    assert len(calls) == 2


def test_a_check_is_the_same_before_and_after_a_recording() -> None:
    model = load(EXAMPLE)
    before = check(model)
    assert [one.line for one in derive_all(model).values()] == list(before.lines)
    assert check(model) == before == check(load(EXAMPLE))


def test_a_site_that_was_checked_is_let_go() -> None:
    """Nothing that is kept for a site may hold the site."""
    model = load(EXAMPLE)
    check(model)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
