"""Tiles: rows worked by hand, incidence counted the long way round, and equilibrium."""

import math
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dcplan.errors import OutsideRange
from dcplan.physics.tiles import Foot, corner_feet, tile_shares, worst_tile

INCH = 0.0254
tenths = st.integers(0, 20_000)  # of a millimetre
spacing = st.integers(2_000, 15_000)


@st.composite
def racks(draw: st.DrawFn) -> tuple[Foot, ...]:
    places = draw(st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 15_000)), min_size=1, max_size=6))
    weights = [draw(st.integers(1, 9)) for _ in places]
    return tuple(Foot(x / 1e4, y / 1e4, part / sum(weights)) for (x, y), part in zip(places, weights, strict=True))


def counted_by_hand(
    feet: tuple[Foot, ...], pitch: int, tile: int, offset: int, setback: int
) -> dict[tuple[int, int], float]:
    """Every tile of a long row looked at for feet within its closed square; those of the middle period are kept."""
    period = math.lcm(pitch, tile)
    found: defaultdict[tuple[int, int], float] = defaultdict(float)
    start = (offset // period + 2) * period
    for column in range(start // tile, (start + period) // tile):
        for rack in range((start - offset - 100_000) // pitch, (start + period - offset) // pitch + 2):
            for foot in feet:
                x, y = offset + rack * pitch + round(foot.x * 1e4), setback + round(foot.y * 1e4)
                if column * tile <= x <= (column + 1) * tile:
                    for line in (y // tile - 1, y // tile):
                        if line * tile <= y <= (line + 1) * tile:
                            found[column % (period // tile), line] += foot.share
    return found


@given(feet=racks(), pitch=st.sampled_from([6_000, 7_500, 8_000]), tile=st.sampled_from([5_000, 6_000]),
       offset=tenths, setback=tenths)  # fmt: skip
def test_incidence_is_that_of_looking_at_every_tile(
    feet: tuple[Foot, ...], pitch: int, tile: int, offset: int, setback: int
) -> None:
    found = tile_shares(feet, pitch / 1e4, tile / 1e4, offset / 1e4, setback / 1e4)
    assert found == pytest.approx(counted_by_hand(feet, pitch, tile, offset, setback))


@given(feet=racks(), pitch=spacing, tile=spacing, offset=tenths, setback=tenths)
def test_tiles_together_carry_the_weight_of_all_racks(
    feet: tuple[Foot, ...], pitch: int, tile: int, offset: int, setback: int
) -> None:
    step = math.gcd(pitch, tile)
    assume(tile // step <= 500)
    on_joint = any(
        (offset + round(foot.x * 1e4)) % step == 0 or (setback + round(foot.y * 1e4)) % tile == 0 for foot in feet
    )
    total = sum(tile_shares(feet, pitch / 1e4, tile / 1e4, offset / 1e4, setback / 1e4).values())
    number = tile // step
    if on_joint:
        assert number - 1e-9 <= total <= 4 * number + 1e-9
    else:
        assert total == pytest.approx(number, rel=1e-12)


@given(feet=racks(), pitch=st.sampled_from([6_000, 7_000, 8_000]), tile=st.sampled_from([5_000, 6_000]),
       offset=tenths, setback=tenths)  # fmt: skip
def test_no_place_on_the_grid_is_worse_than_an_unknown_one(
    feet: tuple[Foot, ...], pitch: int, tile: int, offset: int, setback: int
) -> None:
    known = worst_tile(feet, pitch / 1e4, tile / 1e4, offset / 1e4, setback / 1e4)
    half = worst_tile(feet, pitch / 1e4, tile / 1e4, offset / 1e4)
    anywhere = worst_tile(feet, pitch / 1e4, tile / 1e4)
    assert max(foot.share for foot in feet) - 1e-12 <= known <= half + 1e-12 <= anywhere + 2e-12


@given(feet=racks(), offset=tenths, setback=tenths, tile=st.sampled_from([5_000, 6_000, 6_096]))
def test_the_grid_repeats_after_one_tile(feet: tuple[Foot, ...], offset: int, setback: int, tile: int) -> None:
    here = worst_tile(feet, 0.6, tile / 1e4, offset / 1e4, setback / 1e4)
    beside = worst_tile(feet, 0.6, tile / 1e4, (offset + tile) / 1e4, (setback + tile) / 1e4)
    assert here == pytest.approx(beside, rel=1e-12)


@given(width=st.floats(0.1, 10.0), depth=st.floats(0.1, 10.0), part=st.floats(0.0, 1.0))
def test_corner_feet_balance_about_the_middle(width: float, depth: float, part: float) -> None:
    feet = corner_feet(width, depth, part * min(width, depth) / 2)
    assert sum(foot.share for foot in feet) == 1.0
    assert sum(foot.share * foot.x for foot in feet) == pytest.approx(width / 2)
    assert sum(foot.share * foot.y for foot in feet) == pytest.approx(depth / 2)


def test_a_rack_of_one_tile_by_two_between_joints_puts_half_its_weight_on_each() -> None:
    feet = corner_feet(0.6, 1.2, 0.1)
    assert tile_shares(feet, 0.6, 0.6, 0.0, 0.0) == {(0, 0): 0.5, (0, 1): 0.5}


def test_half_a_tile_aside_the_neighbours_feet_take_the_place_of_its_own() -> None:
    assert tile_shares(corner_feet(0.6, 1.2, 0.1), 0.6, 0.6, 0.3, 0.0) == {(0, 0): 0.5, (0, 1): 0.5}


def test_half_a_tile_aside_and_back_all_feet_of_short_racks_are_on_one_line() -> None:
    # feet 0.4 m apart in both directions, from 0.1 m to 0.5 m of the tiles' line: a whole weight on each tile
    assert tile_shares(corner_feet(0.6, 0.6, 0.1), 0.6, 0.6, 0.3, 0.0) == {(0, 0): 1.0}


def test_a_foot_on_a_joint_counts_on_both_sides_and_on_a_corner_four_times() -> None:
    on_joint = tile_shares([Foot(0.0, 0.3, 1.0)], 1.2, 0.6, 0.0, 0.0)
    assert on_joint == {(0, 0): 1.0, (1, 0): 1.0}
    assert len(tile_shares([Foot(0.0, 0.0, 1.0)], 1.2, 0.6, 0.0, 0.0)) == 4


def test_racks_as_long_as_tiles_with_feet_on_the_joints_put_their_neighbours_feet_on_the_same_tile() -> None:
    assert tile_shares(corner_feet(0.6, 0.5, 0.0), 0.6, 0.6, 0.0, 0.05) == {(0, 0): 2.0}


def test_a_tenth_of_a_millimetre_beside_the_joint_counts_once() -> None:
    assert tile_shares([Foot(1e-4, 0.3, 1.0)], 1.2, 0.6, 0.0, 0.0) == {(0, 0): 1.0}


def test_racks_of_600_mm_on_tiles_of_24_in_drift_past_the_joints() -> None:
    feet = corner_feet(0.6, 1.1, 0.05)
    # 127 racks of 600 mm are 125 tiles of 609.6 mm: somewhere in the row three feet of a line share a tile
    assert len({column for column, _ in tile_shares(feet, 0.6, 24 * INCH, 0.02, 0.02)}) == 125
    assert worst_tile(feet, 0.6, 24 * INCH, 0.02, 0.02) == 0.75
    assert worst_tile(feet, 0.6, 0.6, 0.02, 0.02) == 0.5


def test_uneven_feet_count_with_their_share() -> None:
    feet = (Foot(0.1, 0.1, 0.4), Foot(0.5, 0.1, 0.4), Foot(0.3, 0.9, 0.2))
    assert tile_shares(feet, 0.6, 0.6, 0.0, 0.0) == pytest.approx({(0, 0): 0.8, (0, 1): 0.2})


FEET = corner_feet(0.6, 1.2, 0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"feet": ()}, "feet: given 0; valid from 1 to 64"),
        ({"feet": (Foot(0.1, 0.1, 1 / 65),) * 65}, "feet: given 65; valid from 1 to 64"),
        ({"feet": (replace(FEET[0], x=-0.1),)}, "foot: given -0.1 m; valid from 0 to 10 m"),
        ({"feet": (replace(FEET[0], y=10.1),)}, "foot: given 10.1 m; valid from 0 to 10 m"),
        ({"feet": (replace(FEET[0], share=1.1),)}, "share: given 1.1; valid from 0 to 1"),
        ({"pitch": 0.09}, "pitch: given 0.09 m; valid from 0.1 to 10 m"),
        ({"pitch": math.nan}, "pitch: given nan"),
        ({"tile": 10.1}, "tile: given 10.1 m; valid from 0.1 to 10 m"),
        ({"offset": -0.1}, "offset: given -0.1 m; valid from 0 to 10 m"),
        ({"setback": 10.1}, "setback: given 10.1 m; valid from 0 to 10 m"),
    ],
)
def test_arguments_outside_their_range(change: dict[str, object], message: str) -> None:
    given = {"feet": FEET, "pitch": 0.6, "tile": 0.6, "offset": 0.0, "setback": 0.0} | change
    with pytest.raises(OutsideRange, match=message):
        worst_tile(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("width", "depth", "inset"), [(0.09, 1.0, 0.01), (0.6, 10.1, 0.1), (0.6, 1.0, 0.31)])
def test_feet_lie_within_their_rack(width: float, depth: float, inset: float) -> None:
    with pytest.raises(OutsideRange):
        corner_feet(width, depth, inset)
