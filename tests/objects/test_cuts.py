from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from datagit.ids import checksum
from datagit.objects.cuts import FORMAT_1, CutRule, cut_points, find_cuts

SMALL = CutRule(leaf=16, inner=8)


def slow_cuts(keys: Sequence[bytes], level: int, size: int) -> list[int]:
    """The rule as architecture.md states it, a row at a time."""
    cuts: list[int] = []
    count = 0
    for position, key in enumerate(keys):
        count += 1
        h = checksum(key, level)
        if (
            (count >= size / 4 and h < 2**64 / (2 * size))
            or (count >= size and h < 2**64 / (size / 4))
            or count == 4 * size
        ):
            cuts.append(position + 1)
            count = 0
    return cuts


@given(st.integers(0, 500), st.integers(0, 3), st.integers(0, 1000))
def test_cuts_are_those_of_the_rule(count: int, level: int, seed: int) -> None:
    keys = [b"%06d-%d" % (number, seed) for number in range(count)]
    expected = slow_cuts(keys, level, SMALL.size(level))
    assert find_cuts(keys, level, SMALL) == expected
    ends = expected if expected and expected[-1] == count else [*expected, count]
    assert cut_points(keys, level, SMALL) == (ends if count else [])


def test_cuts_of_the_format_are_those_of_the_rule() -> None:
    keys = [b"images/%06d.jpg" % number for number in range(60_000)]
    assert find_cuts(keys, 0) == slow_cuts(keys, 0, FORMAT_1.leaf)
    assert find_cuts(keys, 1) == slow_cuts(keys, 1, FORMAT_1.inner)


def test_the_cuts_of_a_known_table_are_pinned() -> None:
    keys = [b"images/%06d.jpg" % number for number in range(8_000)]
    assert find_cuts(keys, 0) == [2810, 5480, 7903]
    assert find_cuts(keys, 1)[:6] == [689, 925, 1475, 1893, 2268, 2836]


def test_keys_that_all_hash_low_or_high_stay_within_bounds() -> None:
    numbered = [b"%07d" % number for number in range(40_000)]
    low = [key for key in numbered if checksum(key) < 2**64 // 32]
    high = [key for key in numbered if checksum(key) >= 2**62]
    assert find_cuts(low[:100], 0, SMALL) == list(range(4, 101, 4))
    assert find_cuts(high[:300], 0, SMALL) == [64, 128, 192, 256]
