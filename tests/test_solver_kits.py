"""Kits of a hall: what they carry, worked out on paper, and that no part of one carries as much."""

from __future__ import annotations

import itertools

from benchmarks.family import Case, site_of

from dcplan.formulate.build import formulate
from dcplan.solver.kits import HallPool, Kits, kits_of, pools_of
from dcplan.solver.merge import merged


def kits(sus: int, halls: int, mixed: bool = False) -> tuple[Kits, ...]:
    return kits_of(merged(formulate(site_of(Case(sus, halls, mixed=mixed)))))


def test_what_kits_carry_by_hand():
    """An SU gives 919 kW to coolant and 137 kW to air; CDUs of 1,350 and 800 kW give 12 and 8 kW of their own to it."""
    cdus, air = kits(4, 2)
    carried = dict(zip(cdus.contents, (one for (one,) in cdus.carried), strict=True))
    # 2 large: one is left, 1,350 - 24 kW; 3 large: 2,700 - 36 kW; 2 large and a small: 1,350 + 800 - 32 kW
    assert (carried[2, 0], carried[3, 0], carried[2, 1]) == (1, 2, 2)
    # one CDU alone leaves nothing when it fails, and a second of the small ones too little
    assert (1, 0) not in carried
    assert (0, 2) not in carried
    # old unit of 100 kW, and new ones of 150 and 400 kW, none to spare
    told = dict(zip(air.contents, (one for (one,) in air.carried), strict=True))
    assert (told[0, 1, 0], told[0, 0, 1], told[1, 0, 1]) == (1, 2, 3)


def test_no_part_of_a_kit_carries_as_much():
    for one in (*kits(4, 2), *kits(12, 4, mixed=True)):
        valued = list(zip(one.contents, one.carried, strict=True))
        for (part, worth), (kit, most) in itertools.permutations(valued, 2):
            smaller = all(few <= many for few, many in zip(part, kit, strict=True))
            assert not (smaller and all(high >= low for high, low in zip(worth, most, strict=True)))


def test_more_units_never_carry_less():
    problem = formulate(site_of(Case(4, 2)))
    for plants, rows in pools_of(problem, merged(problem).kinds[0]):
        pool = HallPool(problem, plants, rows)
        for kit in itertools.product(range(1, 4), repeat=len(plants)):
            for place in range(len(plants)):
                more = (*kit[:place], kit[place] + 1, *kit[place + 1 :])
                assert all(b >= a for a, b in zip(pool.left(kit), pool.left(more), strict=True))
